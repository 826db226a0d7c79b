"""Words of time in Chinese and English: deadlines, rhythms, and words that only sound like time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from resolvers.rules.smart.contract import Span

_NUMBER = r"(?:\d+(?:\.\d+)?|[〇零一二两三四五六七八九十百]{1,6})"
_YEAR = r"(?:(?:19|20)\d\d|[一二]?[〇零一二三四五六七八九]{4})\s*年(?:度)?"
_MONTH_DAY = (
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*月(?:份)?(?:\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号])?"
)
_EDGE = r"(?:底|末|初|中旬|上旬|下旬|中)"
_TILL = r"(?:\s*(?:之前|以前|前|之内|以内|内|截止|结束))?"
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_WORD_NUMBER = (
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|sixty|ninety|a|an)"
)
_LONG_UNIT = r"(?:days?|weeks?|months?|quarters?|years?|sprints?)"
_DAYS = r"(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?)"

_DEADLINES_ZH = re.compile(
    rf"(?:截至|截止到?|在|于|至|到)?\s*(?:"
    rf"{_YEAR}\s*(?:第?\s*[一二三四1-4]\s*季度?|Q[1-4]|[上下]半年|{_MONTH_DAY})?\s*{_EDGE}?{_TILL}"
    rf"|(?:20\d\d\s*)?[QH][1-4]\s*{_EDGE}?{_TILL}"
    rf"|第?\s*[一二三四1-4]\s*季度\s*{_EDGE}?{_TILL}"
    rf"|{_MONTH_DAY}\s*{_EDGE}?{_TILL}"
    rf"|[本下今明当]\s*(?:个)?\s*(?:年度?|季度?|月|周|星期|财年|半年|学期|周期|迭代)\s*(?:内|底|末|初|中|前|结束前|[一二三四五六日天])?{_TILL}"
    rf"|(?:年|季|月|周|季度|财年|半年)\s*(?:底|末|中|内)(?:之?前)?"
    rf"|(?:未来|接下来|今后)?\s*{_NUMBER}\s*个?\s*(?:年|季度|月|周|星期|天|个?工作日|日)\s*(?:之内|以内|内|之前|前)"
    rf"|(?:春节|国庆|元旦|双十一|双11|618|五一|中秋|年会)\s*(?:之前|前|期间)"
    rf"|[上下]半年{_TILL}|全年|全季度?|全月"
    rf"|(?:未来|今后|接下来)\s*{_NUMBER}\s*个?\s*(?:年|季度|月|周)"
    rf")",
    re.IGNORECASE,
)
_DEADLINES_EN = re.compile(
    rf"\b(?:by|before|until|till|no later than|not later than|due(?: on| by)?|on or before|through|in|during|at|for|"
    rf"effective|starting|within)?\s*(?:the\s+)?(?:"
    rf"(?:end|close|start|beginning|middle|first half|second half|last day)\s+of\s+(?:the\s+|this\s+|next\s+)?"
    rf"(?:(?:fiscal|financial|calendar|current|school)\s+)?(?:year|quarter|month|week|cycle|sprint|half|{_MONTHS}|"
    rf"[qh][1-4]|(?:fy)?\s?(?:20)?\d\d)(?:\s*,?\s*(?:20\d\d|fy\d\d))?"
    rf"|(?:year|quarter|month|week)[- ]end"
    rf"|{_MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:\s*,?\s*20\d\d)?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTHS}(?:\s*,?\s*20\d\d)?"
    rf"|{_MONTHS}\s*,?\s*20\d\d|(?:early|mid|late)[- ]?(?:{_MONTHS}|20\d\d)"
    rf"|[qh][1-4](?:\s*,?\s*(?:of\s+)?(?:fy)?\s?'?(?:20)?\d\d)?"
    rf"|fy\s?'?(?:20)?\d\d"
    rf"|20\d\d-\d\d?-\d\d?"
    rf"|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?"
    rf"|(?:this|next|current|coming|first|second|third|fourth|1st|2nd|3rd|4th)\s+"
    rf"(?:fiscal\s+|calendar\s+)?(?:year|quarter|month|week|half|sprint|cycle|summer|autumn|fall|winter|spring)"
    rf"(?:\s+(?:of\s+)?20\d\d)?"
    rf"|(?:christmas|new year|thanksgiving|easter|eoy|eoq|eom|year's end)"
    rf")\b",
    re.IGNORECASE,
)
# A bare month or year is a deadline only after a word such as "by"; "in 2026" is one, "2026 customers" is not.
_DEADLINES_EN_AFTER = re.compile(
    rf"\b(?:by|before|until|till|no later than|in|during|of|due)\s+(?:{_MONTHS}|20\d\d|{_DAYS}|tomorrow|tonight)\b"
    rf"|\b(?:within|in|over|during)\s+(?:the\s+)?(?:next\s+|coming\s+|first\s+)?{_WORD_NUMBER}\s+"
    rf"(?:(?:working|business|calendar)\s+)?{_LONG_UNIT}\b"
    rf"|\b(?:next|coming)\s+{_WORD_NUMBER}\s+{_LONG_UNIT}\b",
    re.IGNORECASE,
)
_ISO_DATE = re.compile(r"(?<!\d)20\d\d[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?(?!\d)")

_RHYTHMS = re.compile(
    r"年度|每\s*(?:个)?\s*(?:天|日|周|星期|月|季度?|半?年|迭代|两周|双周)|(?:双?周|月|季)度?\s*(?:一次|例会)|"
    r"\b(?:daily|weekly|biweekly|fortnightly|monthly|quarterly|annually|yearly|"
    r"(?:every|each|per)\s+(?:other\s+)?(?:day|week|month|quarter|year|sprint)|"
    r"(?:once|twice)\s+a\s+(?:day|week|month|quarter|year)|a\s+(?:day|week|month))\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"尽快|尽早|早日|近期|近日|及时|适时|逐步|逐渐|长期|未来|将来|以后|今后|随时|持续|不久|一段时间|"
    r"\b(?:soon|asap|as soon as possible|eventually|some\s?day|one day|in the (?:near )?future|over time|"
    r"ongoing|later|at some point|in due course|when possible|going forward|in the long run|long[- ]term)\b",
    re.IGNORECASE,
)
# "Answer within 2 days" and "在 3 天内回复" say how fast something is done each time, not when the goal ends.
_TASK_ZH = re.compile(
    r"(?:响应|回复|答复|反馈|处理|处置|解决|修复|交付周期|周期|时长|时间|耗时|到货|送达|发货|出具|审批|关闭|到场|恢复|办结|故障|"
    r"投诉|工单|问题|缺陷|请求|申请|订单)"
)
_TASK_EN = re.compile(
    r"\b(?:respon[ds]\w*|repl(?:y|ies|ied)|answer\w*|resol\w+|acknowledg\w+|ship\w*|process(?:ed|ing)?|"
    r"fix(?:ed|es|ing)?|"
    r"handl\w+|escalat\w+|tickets?|requests?|incidents?|complaints?|inquir\w+|orders?|lead time|cycle time|"
    r"turnaround|"
    r"hir\w+|onboard\w*|time[- ]to[- ]\w+|close[ds]?|paid|payments?)\b",
    re.IGNORECASE,
)
_SHORT_LIMIT = re.compile(
    r"(?:within|in)\s+\w+\s+(?:(?:working|business|calendar)\s+)?(?:days?|weeks?)$|\d+(?:\.\d+)?\s*个?\s*(?:天|"
    r"工作日|日|周|星期)\s*(?:之内|以内|内)$|"
    r"[一二两三四五六七八九十]{1,5}\s*个?\s*(?:天|工作日|日|周)\s*(?:之内|以内|内)$",
    re.IGNORECASE,
)
_NEAR = 24
"""Characters around a short limit in which a word of service makes it a limit of each time."""


def deadlines(text: str) -> list[Span]:
    """The places that say by when, in order."""
    found = [
        Span(*_trimmed(text, match.start(), match.end()))
        for pattern in (_DEADLINES_ZH, _DEADLINES_EN, _DEADLINES_EN_AFTER, _ISO_DATE)
        for match in pattern.finditer(text)
        if match.group().strip()
    ]
    return [span for span in _merged(found) if not _is_limit_of_each_time(text, span)]


def rhythms(text: str) -> list[Span]:
    """The places that say how often."""
    return [Span(match.start(), match.end()) for match in _RHYTHMS.finditer(text)]


def vague_times(text: str) -> list[Span]:
    """The places that sound like a time and name none."""
    return [Span(match.start(), match.end()) for match in _VAGUE.finditer(text)]


def _is_limit_of_each_time(text: str, span: Span) -> bool:
    if not _SHORT_LIMIT.search(text[span.start : span.end]):
        return False
    around = text[max(span.start - _NEAR, 0) : span.start] + " " + text[span.end : span.end + _NEAR // 2]
    return bool(_TASK_ZH.search(around) or _TASK_EN.search(around))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Overlapping places as one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        elif span.end > span.start:
            merged.append(span)
    return merged
