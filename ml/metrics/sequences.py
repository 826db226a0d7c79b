"""Several numbers of one metric, or one number each of several, in a sentence; and what a number may be a value of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from ml.metrics import vocabulary
from ml.metrics.numbers import Quantity
from ml.metrics.units import COUNT, RATE, SHARE, TIME
from ml.metrics.values import Context
from ml.metrics.vocabulary import CONCURRENCY, LATENCY, Cue


@dataclass(frozen=True, slots=True)
class Choice:
    """The metric that a quantity is a value of: by which cue, and about what if the order of a list says so."""

    base: str
    aggregate: str = ""
    cue: Cue | None = None
    scope: str = ""
    past: bool = False
    """What was before, in a sentence that says what it became."""


def compatible(base: str, quantity: Quantity, gap: str) -> bool:
    """Whether a quantity can be a value of a base, given the text between them."""
    unit = quantity.unit
    tight = len(gap.strip()) <= 8
    match vocabulary.dimension(base):
        case "time":
            return unit is not None and unit.dimension == TIME
        case "share":
            nothing = unit is None and quantity.value == 0 and tight  # "失败率 0"
            return nothing or (unit is not None and unit.dimension == SHARE)
        case "rate":
            if unit is None or unit.dimension == COUNT:
                return tight and (unit is None or unit.thing != "users")
            return unit.dimension == RATE
        case "data":
            return unit is not None and unit.dimension in ("data", SHARE)
        case _:
            return tight and (unit is None or unit.dimension == COUNT)


def named_base(cue: Cue, quantity: Quantity, context: Context) -> str:
    """The base of a cue: its own, or for a bare aggregate that of the context; empty when it names none here."""
    base = cue.base
    if not base:
        is_time = quantity.unit is not None and quantity.unit.dimension == TIME
        if context.base:
            return context.base if vocabulary.dimension(context.base) == TIME or not is_time else ""
        return LATENCY if is_time and re.match(r"p\d", cue.aggregate) else ""
    if base in (
        "test_cases_passed",
        "test_cases_failed",
        "test_cases_errors",
        "test_cases_skipped",
        "test_cases_blocked",
    ):
        return base if context.cases else ""
    if base == "requests_failed" and quantity.unit is not None and quantity.unit.dimension == SHARE:
        return vocabulary.SHARES[base]  # "errors 0.08 %"
    return base


_STILL = re.compile(
    r"实际|实测|目标|要求|期望|预期|标准|阈值|值|结果|测试|却?只?仅?有?|高于|低于|超过|超出|达到?了?|满足|小于|大于|优于|为|是|而|但|则|的|了"
    r"|\b(?:actual(?:ly)?|measured|target|goal|required?|requirement|threshold|sla|slo|limit|was|were|is|against|versus|vs\.?|compared|to|with"
    r"|the|a|an|of|our|its|and|but|we|got|achieved|reached|above|below|at|instead|from|while)\b|[\s,，、(（)）:：;；<>≤≥=~-]",
    re.IGNORECASE,
)


def carried(sentence: str, last: Quantity, quantity: Quantity, choice: Choice) -> Choice | None:
    """The metric of the number before, when only words of comparison lie between: "要求…不超过500ms，实际为231ms"."""
    between = sentence[last.end : quantity.start]
    same = (last.unit and last.unit.dimension) == (quantity.unit and quantity.unit.dimension)
    says_so = re.search(
        r"实际|实测|目标|要求|期望|预期|标准|阈值|actual|measured|target|goal|requir"
        r"|threshold|sl[ao]",
        between,
        re.IGNORECASE,
    )
    if not same or says_so is None or _STILL.sub("", between):
        return None
    return Choice(choice.base, choice.aggregate)


_HIGHEST = re.compile(
    r"\b(?:peak(?:ed|s|ing)?|max(?:imum)?(?: of)?|maxed(?: out)?|topp(?:ed|ing) out|(?:went|rose|got) (?:as high as"
    r"|up to)"
    r"|never (?:went|rose|got|came|climbed) (?:above|over|past|beyond))\b|最高|峰值|高达|顶峰",
    re.IGNORECASE,
)
_MEAN = re.compile(r"\b(?:averag(?:ed|es|ing)|on average|mean of)\b|平均|均值", re.IGNORECASE)
_LIGHT = re.compile(
    r"[\s,，;；、(（/|]|\b(?:and|but|then|while|with|a|an|the|it|at|of|to|was|were|is|about|around|roughly|out|by|now|today)\b"
    r"|为|是|达到?|到|约|而|且|但|则|也|仅|可|之间|左右|以内|瞬时|瞬间|短时|全程|其中|期间",
    re.IGNORECASE,
)


def said_aggregate(base: str, gap: str) -> str:
    """The aggregate that a verb between a name and its number says: "averaged", "peaked at", "最高"."""
    if base not in ("cpu", "memory", "memory_usage", "throughput", CONCURRENCY):
        return ""
    return "max" if _HIGHEST.search(gap) else "avg" if _MEAN.search(gap) else ""


_BEHIND = (
    (
        "max",
        re.compile(
            r"\s*(?:[(（]\s*)?(?:at (?:the |its |their )?(?:top|peak|most|worst|highest|maximum)|max(?:imum)?\b"
            r"|peak\b|最高|峰值|最大)",
            re.IGNORECASE,
        ),
    ),
    ("avg", re.compile(r"\s*(?:[(（]\s*)?(?:on average|in the mean|average\b|avg\b|mean\b|平均|均值)", re.IGNORECASE)),
)


def aggregate_behind(base: str, tail: str) -> str:
    """The aggregate that stands behind a number of a load or of a machine's share: "61 % CPU on average"."""
    if base not in ("cpu", "memory", "memory_usage", "throughput"):
        return ""
    return next((name for name, words in _BEHIND if words.match(tail)), "")


_RANK = re.compile(r"\s*[(（]\s*(?P<name>p\d\d(?:\.\d+)?|median|mean|average|avg|max|min)\s*[)）]", re.IGNORECASE)


def ranked_behind(base: str, tail: str) -> str:
    """The aggregate in brackets behind a time: "45ms (p50), 120ms (p95)"."""
    found = _RANK.match(tail) if base == LATENCY else None
    cues = vocabulary.cues(found.group("name")) if found else ()
    return cues[0].aggregate if cues else ""


def without_rank(tail: str) -> str:
    """What follows a time, without the aggregate in brackets that is its own."""
    found = _RANK.match(tail)
    return tail[found.end() :] if found else tail


def next_machine(sentence: str, found: list[Quantity], at: int, last: Choice) -> Choice | None:
    """The same share of another machine: "the database ran at 94 percent CPU, the web servers at 48 percent"."""
    unit = found[at].unit
    if (
        unit is None
        or unit.dimension != SHARE
        or last.base not in ("cpu", "memory_usage")
        or last.cue is None
        or last.cue.start < found[at - 1].end
    ):
        return None
    between = sentence[last.cue.end : found[at].start]
    if (
        re.fullmatch(r"\s*(?:[,;]|,? and)\s+(?:the |our )?[A-Za-z][\w -]{1,30} (?:at|to) ", between, re.IGNORECASE)
        is None
    ):
        return None
    return Choice(last.base, last.aggregate)


def next_aggregate(sentence: str, found: list[Quantity], at: int, last: Choice) -> Choice | None:
    """Another aggregate of what was named before: "平均45%, 最高88%", "averaged 38 % and never went above 57 %"."""
    between = sentence[found[at - 1].end : found[at].start]
    units = [quantity.unit.dimension if quantity.unit else "" for quantity in found[at - 1 : at + 1]]
    if last.cue is not None and last.cue.start >= found[at - 1].end:
        between = between.replace(
            sentence[last.cue.start : last.cue.end], "", 1
        )  # "61 % CPU on average, 79 % at the top"
    words = _LIGHT.sub("", _HIGHEST.sub("", _MEAN.sub("", between)))
    aggregate = aggregate_behind(last.base, sentence[found[at].end :]) or said_aggregate(last.base, between)
    if units[0] != units[1] or words or not aggregate:
        return None
    if _HIGHEST.search(between):
        # Never above it: the highest, not a limit.
        found[at] = replace(found[at], comparison="")
    return Choice(last.base, aggregate, last.cue, last.scope)


ROSE = re.compile(
    r"(?:略有|有所|明显|大幅|小幅|显著)?(?:上升|下降|升高|降低|增加|减少|提升|提高|缩短)[,，]\s*(?=[从由])"
)
"""Said before it is told how far: "使用率略有上升, 从 35% 升至 42%"."""
OF_WHAT = re.compile(
    r"^\s*of (?:the |all )?[\w-]+ (?:were |was |are )?(?:completed|complete|answered|returned|finished|took"
    r"|responded|loaded|served)\b|"
    r"^\s*(?:of|on|in|for|at) (?:(?:the|our|its|all|both|busiest) )*(?:[\w-]+ ){0,2}[\w-]+(?= (?:used|is|was|were"
    r"|stood|sat|averag|peak|reach|stay|remain|hit|ran|climb|rose|went|fell|never|topp|came|dropp))|\bused to \w+\b",
    re.IGNORECASE,
)
"""Between a name and its number: of what it is, and that it was so once: "CPU of the database used to sit at 88%"."""
ASIDE = re.compile(
    r"\b(?:during|in|for|at|of|under|with) (?:the |a )?[\d.,]+ ?\w* (?:\w+ )?"
    r"(?:run|test|stage|step|case|payloads?|phase|scenario|load)\b",
    re.IGNORECASE,
)
"""Which run is meant: "CPU during the 16 KB run was 78 %"."""


def listed(sentence: str, cues: list[Cue], found: list[Quantity], context: Context) -> dict[int, Choice]:
    """ "平均响应时间和95%响应时间分别为120ms和300ms", "p50/p95/p99: 12/45/90 ms": as many cues as numbers, in order."""
    if len(cues) < 2 or len(found) < 2:
        return {}
    for first in range(len(cues) - 1):
        for last in range(len(cues) - 1, first, -1):
            run = cues[first : last + 1]
            between = [sentence[a.end : b.start] for a, b in pairwise(run)]
            if not all(
                re.fullmatch(r"\s*(?:[、,，/&|]|和|与|及|以及|and|,\s*and)*\s*(?:the\s+)?", gap, re.IGNORECASE)
                for gap in between
            ):
                continue
            behind = [at for at, quantity in enumerate(found) if quantity.start >= run[-1].end][: len(run)]
            if len(behind) != len(run):
                continue
            gaps = [sentence[found[a].end : found[b].start] for a, b in pairwise(behind)]
            if not all(
                re.fullmatch(r"\s*(?:[、,，/&|]|和|与|及|以及|and|,\s*and)*\s*", gap, re.IGNORECASE) for gap in gaps
            ):
                continue
            lead = sentence[run[-1].end : found[behind[0]].start]
            if len(lead) > 24:
                continue
            unit = found[behind[-1]].unit
            base = (
                next((cue.base for cue in run if cue.base), "")
                or context.base
                or (LATENCY if unit and unit.dimension == TIME else "")
            )
            if not base:
                continue
            chosen: dict[int, Choice] = {}
            for at, cue in zip(behind, run, strict=True):
                if found[at].unit is None and unit is not None:
                    found[at] = replace(found[at], unit=unit)
                name = cue.base or base
                if compatible(name, found[at], ""):
                    chosen[at] = Choice(name, cue.aggregate, cue)
            return chosen
    return {}


_EDGE_BEHIND = re.compile(r"\s*(?:[,;/|)）.，；、]|\band\b|$)")


def named_behind(sentence: str, cues: list[Cue], found: list[Quantity], context: Context) -> dict[int, Choice]:
    """Times in a list, each with its aggregate behind it: "65ms p50, 120ms p95", "2 ms (fastest) to 9 s (slowest)"."""
    chosen: dict[int, Choice] = {}
    base = context.base or LATENCY
    for at, quantity in enumerate(found):
        cue = next((cue for cue in cues if cue.start >= quantity.end), None)
        timed = quantity.unit is not None and quantity.unit.dimension == TIME
        if (
            cue is None
            or not timed
            or cue.base not in ("", base)
            or not cue.aggregate
            or vocabulary.dimension(base) != TIME
            or sentence[quantity.end : cue.start].strip() not in ("", "(")
            or not _EDGE_BEHIND.match(sentence[cue.end :])
        ):
            break
        chosen[at] = Choice(base, cue.aggregate, cue)
    return chosen if len(chosen) > 1 else {}


_GAP = re.compile(r"\s*(?:[、,，/&|]|和|与|及|以及|and|,\s*and)*\s*", re.IGNORECASE)


def _run_from(sentence: str, found: list[Quantity], first: int) -> list[int]:
    """The quantities from `first` on that a list holds together: "410、720、980"."""
    run = [first]
    while run[-1] + 1 < len(found) and _GAP.fullmatch(sentence[found[run[-1]].end : found[run[-1] + 1].start]):
        run.append(run[-1] + 1)
    return run


def respective(sentence: str, cues: list[Cue], found: list[Quantity], context: Context) -> dict[int, Choice]:
    """One cue for a list, its values told apart by the list before it: "在100、200并发下，TPS分别为410、720"."""
    word = re.search(r"分别|依次|respectively", sentence, re.IGNORECASE)
    if word is None or len(found) < 2:
        return {}
    chosen: dict[int, Choice] = {}
    for cue in cues:
        behind = next((at for at, quantity in enumerate(found) if quantity.start >= cue.end), None)
        if behind is None or any(other.start >= cue.end and other.end <= found[behind].start for other in cues):
            continue
        run = _run_from(sentence, found, behind)
        if len(run) < 2 or len(sentence[cue.end : found[behind].start]) > 16:
            continue
        unit = found[run[-1]].unit
        steps = next((other for at in range(behind) if len(other := _run_from(sentence, found, at)) == len(run)), [])
        for index, at in enumerate(run):
            if found[at].unit is None and unit is not None:
                found[at] = replace(found[at], unit=unit)
            base = named_base(cue, found[at], context)
            if base and compatible(base, found[at], ""):
                named = found[steps[index]] if steps else None
                chosen[at] = Choice(
                    base, cue.aggregate, cue, f"{named.raw}{_tail(found[steps[-1]], named)}" if named else ""
                )
        last = found[steps[-1]].unit if steps else None
        if last is not None and last.thing == "users":
            for at in steps:
                chosen[at] = Choice(CONCURRENCY)
    return chosen


def _tail(last: Quantity, quantity: Quantity) -> str:
    """The unit that only the last of a list carries."""
    return "" if quantity is last else re.sub(r"^[\d.,\s]+", "", last.raw)


_MOVE = re.compile(
    r"\s*(?:[,，]?\s*(?:降低?|下降|减少|缩短|优化|提升|提高|上升|增加|增长|升|涨|变))*\s*(?:至"
    r"|到|为|成|->|→|\bto\b)了?\s*",
    re.IGNORECASE,
)


_RANGED = re.compile(r"\b(?:rang|vari|spann|fluctuat)\w*\s*$", re.IGNORECASE)
"""Before "from 12 ms to 340 ms": the least and the most, not what was and what became of it."""


def moved(sentence: str, found: list[Quantity], at: int, chosen: dict[int, Choice]) -> None:
    """Was and is: "由820ms降至236ms", "dropped from 820 ms to 236 ms" (the first number is what it was before)."""
    source = re.search(r"(由|从|\bfrom)\s*(?:原来的?|之前的?|about)?\s*$", sentence[: found[at].start], re.IGNORECASE)
    if source is None or at + 1 >= len(found) or at + 1 in chosen:
        return
    first, second = found[at], found[at + 1]
    if not _MOVE.fullmatch(sentence[first.end : second.start]):
        return
    if first.unit is None and second.unit is not None:
        found[at] = replace(first, unit=second.unit)
    choice = chosen[at]
    if not choice.aggregate and _RANGED.search(sentence[: source.start()]):
        chosen[at], chosen[at + 1] = replace(choice, aggregate="min"), replace(choice, aggregate="max")
        return
    before = "before" if source.group(1).isascii() else "之前"  # of what it became
    chosen[at + 1] = Choice(choice.base, choice.aggregate, choice.cue)
    chosen[at] = replace(choice, scope=before, past=True)
