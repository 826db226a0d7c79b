"""Figures that say how much, told apart from figures that are names, versions, dates and ordinals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from resolvers.rules.smart.contract import Span

_ARABIC = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN = r"[〇零一二两三四五六七八九十百千万亿]{1,12}"
_CLASSIFIERS = (
    "个|家|名|人|位|次|件|份|篇|场|套|台|项|条|起|款|轮|页|单|吨|公斤|千克|克|米|公里|小时|分钟|秒|毫秒|天|工作日|元|块|万|亿|倍|成|点|分|门|节|"
    "辆|箱|张|本|座|间|户|例|宗|批|组|队|支|颗|升|度|星|颗|行|列|字|词|句|集|部|首|幅|处|所|座|层|平方米|平米|亩|公顷|千瓦时|度电|工时|人天|人月|周|月|年"
)
_UNITS = (
    r"(?:ms|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|months?|x|k|m|bn?|kb|mb|gb|tb|kg|km|cm|mm|kw|"
    r"kwh|pp|pts?|points?|qps|tps|rps|rpm|usd|eur|rmb|cny|people|users?|customers?|percent|fold|million|billion|thousand)"
)
_PATTERN = re.compile(
    rf"百分之\s*(?:{_ARABIC}|{_HAN})|(?:百|千|万)分之\s*(?:{_ARABIC}|{_HAN})"
    rf"|(?:[¥￥$€£]|RMB|USD|EUR|CNY)\s*(?:{_ARABIC})\s*(?:[kKmMbB]\b|million|billion|thousand|万|亿)?"
    rf"|(?:{_ARABIC})\s*(?:%|％|‰|pp\b|percent(?:age points?)?\b|per cent\b|个百分点)"
    rf"|(?<![A-Za-z0-9.])(?:{_ARABIC})(?:\s*-?{_UNITS}\b|\s*(?:万|亿|千|百)?\s*(?:{_CLASSIFIERS})?)"
    rf"|(?<![第周])(?:{_HAN})\s*(?:多|余)?\s*(?:{_CLASSIFIERS})"
    rf"|翻(?:一番|两番|倍|{_HAN}倍)|(?:增加|提高|提升|降低|减少|缩短)?一半|减半|翻倍|过半|(?:零|0)\s*(?:事故|缺陷|投诉|差错|故障|违规|泄露|延误|逾期)"
    rf"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|"
    rf"seventy|eighty|ninety|a hundred|a thousand|a dozen|hundreds?|thousands?|zero|double|triple|quadruple|halve|"
    rf"half|twice|one[- ](?:third|quarter|half)|two[- ]thirds|three[- ]quarters)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"\b(?:ISO|GB(?:/T)?|IEC|IEEE|RFC|SOC|PCI|CMMI?|TL|AS|QS|OHSAS|IATF)\s*[-/]?\s*\d+(?:[-:]\d+)*"
    r"|\bv(?:ersion)?\.?\s*\d+(?:\.\d+)*\b"
    r"|\b(?:python|java|node|php|angular|vue|react|windows|android|ios|iphone|ipad|office|web|industry|工业|"
    r"第)\s*\d+(?:\.\d+)*"
    r"|(?:phase|stage|level|tier|class|grade|type|model|room|floor|building|team|line|plant|batch|step|part|section|"
    r"chapter|version|priority|top)\s+\d+\b"
    r"|第\s*[\d一二三四五六七八九十百]+\s*(?:期|批|代|届|号|阶段|名|大|工厂|产线|车间|部|组|版|章|节|步|级|类|届|次|个|家|位)?"
    r"|\d+(?:\.\d+)*\s*(?:版本?|代|期工程)"
    r"|\d+\s*(?:号|#)\s*(?:线|楼|车间|机|厂|仓|产线)|\b\d+\s*(?:对|v|vs\.?|on|-on-)\s*\d+\b|\b24\s*/\s*7\b|\b7\s*[x×*]\s*24\b"
    r"|\b\d+(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_TOKENS = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")
_WITH_UNIT = re.compile(rf"\d+(?:[.,]\d+)*-?{_UNITS}", re.IGNORECASE)
_IDIOMS = re.compile(
    r"一(?:个|种|些|定|下|起|直|流|致|体|线|切|般|样|次性|站式|系列|把手|支|套|项|份|名|位|方面|步|步到位|盘棋|条龙|揽子)"
    r"|(?:第一|唯一|统一|之一|万一|十分|百分百|千万|万分|三方|双|两化|四化|五险一金|八小时内外|九宫格|一对一|三观|三农|四个意识|七上八下|百万)"
    r"|(?:one of|one another|one-on-one|one on one|two-way|second to none|first-class|five whys|seven habits)",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    rf"(?:从|由|自)\s*(?:[^，。；,;]{{0,14}}?)({_ARABIC})\s*(\S{{0,4}}?)\s*(?:，|,)?\s*"
    rf"(?:提高|提升|增加|增长|上升|降低|降|下降|减少|缩短|压缩|压降|扩大|扩|拓展|改善|优化|涨|升|变|调整|减|拉升|做|增)?(?:到|至|"
    rf"为)\s*(?:[^，。；,;]{{0,4}}?)({_ARABIC})(?:\s*[%％]|个百分点|[万亿]?(?:{_CLASSIFIERS}))?"
    rf"|\bfrom\s+(?:[$€£¥]|an?\s+\w+\s+of\s+|about\s+|around\s+|roughly\s+|"
    rf"an average of\s+)?({_ARABIC})\s*([a-z%]{{0,12}}(?:\s[a-z]{{1,12}}){{0,2}}?)\s*"
    rf"(?:down\s+|up\s+)?to\s+(?:[$€£¥]|under\s+|below\s+|above\s+|over\s+|at least\s+|less than\s+|"
    rf"about\s+)?({_ARABIC})(?:\s*%|\s*{_UNITS}\b)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """A change told with both ends."""

    span: Span
    before: Decimal
    after: Decimal

    @property
    def leap(self) -> bool:
        """More than three times as much, or less than a third."""
        low, high = sorted((abs(self.before), abs(self.after)))
        return low > 0 and high > 3 * low


def quantities(text: str, dates: Sequence[Span]) -> list[Span]:
    """The figures that say how much, in order; those inside `dates` and in names and idioms are left out."""
    taken = [
        *dates,
        *(Span(match.start(), match.end()) for match in _NAMES.finditer(text)),
        *(Span(match.start(), match.end()) for match in _TOKENS.finditer(text) if _is_name(match.group())),
    ]
    idioms = [Span(match.start(), match.end()) for match in _IDIOMS.finditer(text)]
    found = []
    for match in _PATTERN.finditer(text):
        span = Span(match.start(), match.start() + len(match.group().rstrip()))
        if any(one.start <= span.start and span.end <= one.end for one in taken):
            continue
        if any(one.start < span.end and span.start < one.end for one in taken) and _digits_within(text, span, taken):
            continue
        if any(one.start <= span.start < one.end for one in idioms) and not any(c.isdigit() for c in match.group()):
            continue
        found.append(span)
    return found


def steps(text: str) -> list[Step]:
    """The changes told with both ends: from 62 to 75, 从 62% 提高到 75%."""
    found = []
    for match in _FROM_TO.finditer(text):
        before, after = (match.group(1), match.group(3)) if match.group(1) else (match.group(4), match.group(6))
        found.append(Step(Span(match.start(), match.end()), _number(before), _number(after)))
    return found


def _is_name(token: str) -> bool:
    """Whether letters and digits together are a name (B2B, GPT4, 5G) rather than a figure with its unit (200ms)."""
    mixed = any(c.isdigit() for c in token) and any(c.isalpha() for c in token)
    return mixed and not _WITH_UNIT.fullmatch(token)


def _digits_within(text: str, span: Span, taken: Sequence[Span]) -> bool:
    """Whether every digit of the span lies inside something taken."""
    digits = [index for index in range(span.start, span.end) if text[index].isdigit()]
    return bool(digits) and all(any(one.start <= index < one.end for one in taken) for index in digits)


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("，", ""))
