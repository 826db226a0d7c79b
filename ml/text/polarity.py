"""Negation, and the direction that words give to a fact: rose or fell, on time or late, passed or failed.

Standard library only. A direction is an `axis` with a sign, after negation is applied: "not on time", "没有按期" and
"two weeks late" all give `time-`. Two texts disagree when they give one axis opposite signs.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ml.text.folding import fold

_NEGATION = re.compile(
    r"\b(?:not|never|no longer|no|none|nobody|nothing|neither|nor|without|hardly|barely|cannot|failed to|"
    r"fails to|refused to"
    r"|instead of|rather than|unable to|did not|has not)\b|[a-z]{1,12}n't\b"
    r"|没有|没能|并没|从没|没(?!事|准|劲|落|收|头|想到|问题|毛病|得说)|未(?!来|必|婚|可期)|(?<![无毫])不(?!但|"
    r"仅|只|过|错|良|断|同|少|愧|止|论|管|久|合格|及格|可|得不|由|禁|妨|厌|知不|俗|凡|菲|满|足|便|光|到\d)"
    r"|(?<![毫全])无(?!论|线|所|意|形|比|微|私|需|须|误|人机|障碍|缝)|并非|从不|拒绝|毫无|难以|无法|尚未|"
    r"(?<![特分区个类级差识告辨道])别(?!人|的|处|名)"
)
_DOUBLE = re.compile(
    r"not only|not just|no doubt|no less than|not least|不得不|不能不|不会不|无不|没有不|没少|不无|并不仅"
)
_AXES: tuple[tuple[str, str, str], ...] = (
    (
        "time",
        r"on time|on schedule|in time|ahead of (?:plan|schedule|time)|(?:days?|weeks?|months?|hours?|"
        r"minutes?) (?:early|ahead)|punctual(?:ly)?|met the (?:deadline|date)|early"
        r"|按时|按期|准时|如期|及时|提前|准点|守时",
        r"late(?! (?:shift|night|evening|afternoon|morning|in|at))|overdue|behind (?:plan|schedule)|delayed|"
        r"slipped|missed the (?:deadline|date)|past the deadline|too late|belated(?:ly)?"
        r"|延期|逾期|延误|迟到|晚了|晚交|推迟|拖延|拖期|超期|滞后|误期|迟交|晚点|拖了",
    ),
    (
        "change",
        r"rose|risen|rises?|rising|grew|grown|grows?|increas(?:ed?|es|ing)|went up|gone up|(?:is |was |are |"
        r"went )?up(?= (?:by |to |from )?\d)|plus \d|is up|was up|are up|climb(?:ed|s)|doubled|gained|soared|"
        r"jumped|higher"
        r"|上升|升到|升至|增长|增加|提高|提升|上涨|涨到|涨了|升了|翻了?一?番|翻倍|走高|更高|多了",
        r"fell|fallen|falls?(?= (?:by|to|from))|drop(?:ped|s)?|decreas(?:ed?|es|ing)|declin(?:ed?|es|ing)|"
        r"went down|gone down|(?:is |was |are |went )?down(?= (?:by |to |from )?\d)|minus \d|is down|was down|"
        r"are down|shrank|shrunk|reduc(?:ed?|es|ing)|cut|halved|lowered|lower|sank|lost"
        r"|下降|降到|降至|降低|降了|减少|减到|下滑|下跌|跌到|跌了|缩短|压缩|回落|走低|更低|少了|掉了|掉到|降为|减半",
    ),
    (
        "success",
        r"pass(?:ed|es)?|succeed(?:ed|s)?|successful(?:ly)?|won|achieved?|accomplish(?:ed)?|met|reach(?:ed)?|"
        r"fulfill?(?:ed)?|complete(?:d|s)?|finish(?:ed|es)?|deliver(?:ed|s)?|solved?|fix(?:ed)?|resolved?"
        r"|通过|成功|达成|达标|完成|赢得|拿下|解决|修复|合格|实现|交付",
        r"failed|fails?|failure|missed|lost|unsuccessful|fell short|unfinished|incomplete|unsolved|rejected"
        r"|失败|未果|丢了|不合格|不及格|落空|未达|挂了|流产|没通过",
    ),
    (
        "correct",
        r"correct(?:ly)?|accurate(?:ly)?|right|error-free|flawless(?:ly)?|no errors?|without (?:an? )?errors?"
        r"|正确|准确|无误|没有错|零差错|没有差错|零缺陷",
        r"incorrect(?:ly)?|inaccurate(?:ly)?|wrong(?:ly)?|faulty|mistakes?|errors?|mistaken"
        r"|错误|有误|出错|弄错|搞错|差错|写错|发错|填错|算错|记错|缺陷",
    ),
    (
        "amount",
        r"more|most|exceed(?:ed|s)?|above|over target|超过|高于|超额|超出",
        r"less|fewer|below|under target|低于|不足|少于|不到",
    ),
    (
        "speed",
        r"fast(?:er)?|quick(?:ly|er)?|prompt(?:ly)?|immediately|at once|swift(?:ly)?|很快|快速|迅速|立即|马上|"
        r"当场|更快",
        r"slow(?:ly|er)?|sluggish|缓慢|太慢|拖拖拉拉|迟迟|很慢",
    ),
    (
        "mood",
        r"satisfied|happy|pleased|praised|thanked|delighted|满意|表扬|感谢|赞扬|好评|高兴|称赞",
        r"dissatisfied|unhappy|complain(?:ed|s|ts?)|angry|upset|annoyed|不满|投诉|抱怨|生气|差评|恼火",
    ),
    (
        "consent",
        r"agreed?|accept(?:ed)?|approved?|volunteer(?:ed)?|(?:took|take) over|同意|接受|批准|采纳|主动顶|答应",
        r"refused|declined|denied|turned down|disagreed|拒绝|驳回|否决|反对|不肯|推脱",
    ),
    (
        "presence",
        r"attend(?:ed)?|present|took part|showed up|出席|到场|参加|到岗|在岗",
        r"absent|skipped|no-show|缺席|旷工|缺勤|没来",
    ),
    (
        "opening",
        r"opened|started|launched|begun|began|上线|启动|开通|开始",
        r"closed|stopped|cancelled|canceled|shut down|停线|取消|关闭|中止|终止|停止",
    ),
)


def _alternatives(pattern: str) -> list[str]:
    """Split at the top-level bars only."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(pattern):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "|" and depth == 0:
            parts.append(pattern[start:index])
            start = index + 1
    return [*parts, pattern[start:]]


def _merged(english: bool) -> re.Pattern[str]:
    """All direction words of one script in one pattern; the group names are `axis` and `u` or `d`."""
    groups = []
    for axis, up, down in _AXES:
        for suffix, pattern in (("_u", up), ("_d", down)):
            items = [item for item in _alternatives(pattern) if item[0].isascii() is english]
            if items:
                groups.append(rf"(?P<{axis}{suffix}>{'|'.join(items)})")
    body = "|".join(groups)
    return re.compile(rf"\b(?:{body})\b" if english else body)


_ENGLISH, _CHINESE = _merged(True), _merged(False)
_CLAUSE_BREAK = re.compile(
    r"[,，、。;；:：!?！？\n]|\.(?!\d)|\b(?:but|and|so|which|because|although|while|however|yet)\b|但|所以|而且|因为|却"
)


class Direction(NamedTuple):
    """A direction word at `start:end`; `sign` is +1 or -1 with negation applied."""

    axis: str
    sign: int
    start: int
    end: int


def negations(text: str) -> list[tuple[int, int]]:
    """Offsets of the negation words that count; "not only" and 不得不 do not."""
    folded = fold(text)
    cancelled = [match.span() for match in _DOUBLE.finditer(folded)]
    return [
        match.span()
        for match in _NEGATION.finditer(folded)
        if not any(start <= match.start() < end for start, end in cancelled)
    ]


def directions(text: str) -> list[Direction]:
    """The direction words of the text, in order; a negation in the same clause just before one turns its sign."""
    folded = fold(text)
    turned = negations(text)
    taken: list[tuple[int, int]] = []
    found: list[Direction] = []
    matches = list(_ENGLISH.finditer(folded))
    if not folded.isascii():
        matches += _CHINESE.finditer(folded)
    for match in sorted(matches, key=lambda each: each.start()):
        start, end = match.span()
        axis, _, suffix = (match.lastgroup or "").rpartition("_")
        sign = 1 if suffix == "u" else -1
        if any(start < stop and begin < end for begin, stop in taken):
            continue
        taken.append((start, end))
        reach = 28 if folded[start].isascii() else 7
        for _, stop in turned:
            if stop <= start and start - stop <= reach and not _CLAUSE_BREAK.search(folded, stop, start):
                sign = -sign
                break
        found.append(Direction(axis, sign, start, end))
    return found


def signs(text: str) -> dict[str, set[int]]:
    """The signs that each axis is given anywhere in the text."""
    result: dict[str, set[int]] = {}
    for direction in directions(text):
        result.setdefault(direction.axis, set()).add(direction.sign)
    return result
