"""Whether a measure moved the good way: "complaints fell", "late orders from 15 to 4", "97.5 %, target 95 %".

The phrase that names the measure says which way is good: one bad word makes it a bad thing, whatever good noun it
qualifies ("late orders", 延期订单), unless what is counted is its absence or its cure ("days without an accident",
"complaint resolution rate"). The movement comes from two figures, else from a verb, else from a goal that is missed or
beaten; a negation before the movement turns it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from ml.assist.lexicon import measures as words
from ml.text.folding import Language
from ml.text.polarity import negations
from ml.text.quantities import Kind, Quantity


@dataclass(frozen=True, slots=True)
class _Words:
    bad: re.Pattern[str]
    good: re.Pattern[str]
    cured: re.Pattern[str]
    free: re.Pattern[str]
    move: re.Pattern[str]
    goal: re.Pattern[str]
    ceiling: re.Pattern[str]
    versus_goal: re.Pattern[str]
    earlier: re.Pattern[str]
    now: re.Pattern[str]
    instead: re.Pattern[str]
    change: re.Pattern[str]
    reach: int
    """Characters on either side of a figure that say when it held."""


def _compiled(language: Language) -> _Words:
    edge = r"\b" if language == "en" else ""

    def one(pattern: str) -> re.Pattern[str]:
        return re.compile(rf"{edge}(?:{pattern}){edge}")

    goals = f"{words.GOALS[language]}|{words.CEILINGS[language]}"
    return _Words(
        bad=one(words.BAD[language]),
        good=one(words.GOOD[language]),
        cured=one(words.RESOLVED[language]),
        free=one(words.FREE[language]),
        move=one(rf"(?P<up>{words.UP[language]})|(?P<down>{words.DOWN[language]})"),
        goal=one(goals),
        ceiling=one(words.CEILINGS[language]),
        versus_goal=re.compile(
            rf"(?:(?P<over>{edge}(?:{words.OVER[language]}){edge})|(?P<under>{edge}(?:{words.UNDER[language]}){edge}))"
            rf"[^,，;；]{{0,12}}?(?:{goals})"
        ),
        earlier=one(words.EARLIER[language]),
        now=one(words.NOW[language]),
        instead=one(words.INSTEAD[language]),
        change=re.compile(r"\bto\b|->|→|=>|⇒|>|到|至|变|为|成|降|升|涨|跌|减"),
        reach=22 if language == "en" else 8,
    )


_WORDS: dict[Language, _Words] = {"zh": _compiled("zh"), "en": _compiled("en")}
LESS_IS_BETTER = {language: each.bad for language, each in _WORDS.items()}
MORE_IS_BETTER = {language: each.good for language, each in _WORDS.items()}
_OF_GOAL = re.compile(r"of (?:the )?(?:plan|target|quota|budget)|(?:计划|目标|任务|指标)的|完成率|达成率")
_ACTUAL = re.compile(r"实际|实得|只|才|仅|完成|\b(?:only|got|reached|came in|actual|made|we)\b")
_DATED = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|"
    r"winter|q[1-4]|20\d\d|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|[一二三四五六七八九十\d]月|季度|[春夏秋冬]|20\d\d年"
)
"""Two dated figures stand in the order of time."""
_COUNTED = re.compile(r"[次回遍趟笔件个箱张条台单人位名家份批封只套辆桶袋瓶]")
"""What is counted, right behind its number."""
_COMPARABLE = {Kind.NUMBER, Kind.PERCENT, Kind.DURATION, Kind.MONTHS, Kind.MONEY, Kind.MEASURE}
_TIMES = {Kind.DURATION, Kind.MONTHS}
_TIME_UNIT = re.compile(
    r"(?P<minute>minute|分)|(?P<hour>hour|小时|钟头)|(?P<day>day|天|日)|(?P<week>week|周|星期|礼拜)"
)
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_BREAK = re.compile(r"[,，、;；:：。(（)）]|\s[-–—]\s|\band\b|\bwhile\b|\bthen\b|\bbut\b|后来?又?|而且|并")
_Figure = tuple[Quantity, Decimal]


def _value(quantity: Quantity) -> Decimal | None:
    match = re.match(r"\w+:(-?[\d.]+)", quantity.key)
    try:
        return Decimal(match[1]) if match else None
    except InvalidOperation:
        return None


def _bare(part: str, quantity: Quantity, value: Decimal) -> Decimal:
    """The figure as it is written, without its unit: 30 of "30 minutes", 0.5 of "half an hour"."""
    written = part[quantity.start : quantity.end]
    match = re.match(r"\d+(?:\.\d+)?", written)
    if match:
        return Decimal(match[0])
    unit = _TIME_UNIT.search(written) if quantity.kind is Kind.DURATION else None
    return value / _SECONDS[unit.lastgroup] if unit and unit.lastgroup else value


def _is_place(part: str, quantity: Quantity) -> bool:
    """Whether it says which one, not how many: "the third time this month" is no amount."""
    return "第" in part[max(0, quantity.start - 1) : quantity.start + 1]


def _has_unit(part: str, quantity: Quantity) -> bool:
    """Whether it is a number of a thing of its own, "三次", which is not set against the days of another, "半天"."""
    return quantity.kind is Kind.NUMBER and _COUNTED.match(part, quantity.end) is not None


def _better(phrase: str, vocabulary: _Words) -> int:
    """+1 when more of what the phrase names is better, -1 when less is, 0 when it names no measure."""
    if vocabulary.free.search(phrase):
        return 1
    bad = [match.end() for match in vocabulary.bad.finditer(phrase)]
    if bad:
        return 1 if vocabulary.cured.search(phrase, bad[0]) else -1
    return 1 if vocabulary.good.search(phrase) else 0


def _held_before(part: str, left: Quantity, right: Quantity, vocabulary: _Words) -> bool | None:
    """Whether the left of two figures is the older one; None when the words between them compare nothing."""
    between = part[left.end : right.start]
    breaks = list(_BREAK.finditer(between))
    split = breaks[0].start() if breaks else 0
    around_left = _nearest(part[max(0, left.start - vocabulary.reach) : left.start]) + " | " + between[:split]
    after = part[right.end : right.end + vocabulary.reach]
    around_right = between[split:] + " | " + _BREAK.split(after)[0]
    if vocabulary.instead.search(between):
        return False
    if len(between) < 14 and re.search(r"\bfrom\b", between) and not re.search(r"\bto\b", between):
        return False
    if vocabulary.earlier.search(around_right) and not vocabulary.earlier.search(around_left):
        return False
    if vocabulary.now.search(around_left) and not vocabulary.now.search(around_right):
        return False
    if vocabulary.earlier.search(around_left) or vocabulary.now.search(around_right):
        return True
    if _DATED.search(around_left) and _DATED.search(around_right):
        return True
    if len(between) <= 30 and (vocabulary.change.search(between) or vocabulary.move.search(between)):
        return True
    return None


def _nearest(text: str) -> str:
    return _BREAK.split(text)[-1]


def _of_figures(part: str, figures: list[_Figure], vocabulary: _Words) -> list[int]:
    """The verdict of each pair of figures that are set against each other."""
    verdicts = []
    done = 0
    for index, (older, newer) in enumerate(pairwise(figures)):
        (left, first), (right, second) = older, newer
        if left.start < done:
            continue
        if left.kind is not right.kind:
            # "from 22 to 6 minutes", "6 min instead of 22": a bare number borrows the unit of the other
            if Kind.NUMBER not in {left.kind, right.kind} or any(_has_unit(part, each) for each in (left, right)):
                continue
            first, second = _bare(part, left, first), _bare(part, right, second)
        following = figures[index + 2][0].start if index + 2 < len(figures) else len(part)
        better = _better(part[done : right.start], vocabulary) or _better(part[right.end : following], vocabulary)
        if better == 0 and {left.kind, right.kind} & _TIMES:
            better = -1
        between = part[left.end : right.start]
        goal = vocabulary.goal.search(between)
        head = vocabulary.goal.search(part, done, left.start)
        if goal or (head and _ACTUAL.search(between)):
            actual, asked = (first, second) if goal else (second, first)
            ceiling = vocabulary.ceiling.search(part, done, right.start)
            way = better or (-1 if ceiling else 1)
            verdicts.append(way if actual > asked else -way if actual < asked and not ceiling else abs(way))
            done = right.end
            continue
        before = _held_before(part, left, right, vocabulary)
        if before is None or first == second:
            continue
        old, new = (first, second) if before else (second, first)
        verdicts.append(better if new > old else -better)
        done = right.end
    return verdicts


def _of_verbs(part: str, timed: bool, language: Language) -> list[int]:
    """The verdict of each verb of movement; one that names no measure of its own carries the last one on."""
    vocabulary = _WORDS[language]
    moves = list(vocabulary.move.finditer(part))
    if not moves:
        return []
    turned = [stop for _, stop in negations(part)]
    verdicts: list[int] = []
    carried = 0
    for index, move in enumerate(moves):
        left = moves[index - 1].end() if index else 0
        right = moves[index + 1].start() if index + 1 < len(moves) else len(part)
        behind = _BREAK.split(part[move.end() : right])[0]
        named = _better(part[left : move.start()], vocabulary) or _better(behind, vocabulary)
        if named == 0 and timed and not verdicts:
            named = -1
        sign = 1 if move["up"] else -1
        reach = 26 if language == "en" else 5
        near = [stop for stop in turned if 0 <= move.start() - stop <= reach and part[stop : stop + 1] != "-"]
        if near and not _BREAK.search(part, near[-1], move.start()) and move.group() not in {"no more", "更低"}:
            sign = -sign
        if named:
            carried = named
            verdicts.append(sign * named)
        elif verdicts and carried:
            verdicts[-1] = sign * carried
    return verdicts


def measure_sign(part: str, quantities: Sequence[Quantity], language: Language) -> int:
    """+1 when the measures of the folded clause moved or stand the good way, -1 the bad way, 0 unsaid or divided."""
    vocabulary = _WORDS[language]
    figures = [
        (quantity, value)
        for quantity in quantities
        if quantity.kind in _COMPARABLE and not _is_place(part, quantity) and (value := _value(quantity)) is not None
    ]
    shares = [quantity for quantity, _ in figures if quantity.kind is Kind.PERCENT]
    if len(shares) == 1 and shares[0] is figures[0][0] and _OF_GOAL.search(part):
        return 1 if figures[0][1] >= 100 else -1 if figures[0][1] < 95 else 0
    verdicts = _of_figures(part, figures, vocabulary)
    if not verdicts:
        against = vocabulary.versus_goal.search(part)
        if against:
            better = _better(part[: against.start()], vocabulary)
            better = better or (-1 if vocabulary.ceiling.search(against.group()) else 1)
            verdicts = [better if against["over"] else -better]
        else:
            timed = any(quantity.kind in _TIMES for quantity, _ in figures)
            verdicts = _of_verbs(part, timed, language)
    if not verdicts and figures and figures[0][1] == 0:
        better = _better(part, vocabulary)
        verdicts = [-better]
    total = {verdict for verdict in verdicts if verdict}
    return total.pop() if len(total) == 1 else 0
