"""Sentences with a number, a unit and a cue: what the number measures, and whether it is a result."""

from __future__ import annotations

import re
from dataclasses import replace

from ml.metrics import vocabulary
from ml.metrics.blocks import Line
from ml.metrics.contract import Kind, Metric
from ml.metrics.marks import kind_at, marks_of
from ml.metrics.numbers import Quantity, quantities
from ml.metrics.phrased import OUT_OF, cases_told, how_long, of_cases, one_in, out_of
from ml.metrics.scopes import PHASES, leading_name, ran_at, scope_of
from ml.metrics.sequences import (
    ASIDE,
    OF_WHAT,
    ROSE,
    Choice,
    aggregate_behind,
    carried,
    compatible,
    listed,
    moved,
    named_base,
    named_behind,
    next_aggregate,
    next_machine,
    respective,
    said_aggregate,
)
from ml.metrics.units import COUNT, SHARE, TIME
from ml.metrics.unnamed import CONCURRENT_WORDS, LOAD_WORDS, TOP_RATE, by_unit
from ml.metrics.values import Context, build, settle
from ml.metrics.vocabulary import CONCURRENCY, DURATION, LATENCY, THROUGHPUT, Cue

_CONNECT = re.compile(
    r"^[\s*`\"']*(?:(?:值|要求|目标|实测|实际|约|大约|数|数量|率|分别|均|也|都|仅|只|则|已|已经|高达|可|能|最终|稳定|平稳|比较|较为?|相对|基本|一直|始终|大概|大致|处于|保持|维持|控制|出现|有|在|到|至|上升|下降|升|降|提升|降低|增加|减少|共|共?发现|提交|共计|合计|总计|累计|平均|上限|最高|最低|峰值|为|是|达到?了?|成功|达成|率为)|"
    r"[:=≈~<>≤≥]|(?:is|was|were|are|of|at|to|about|around|approximately|only|just|roughly"
    r"|reached|reaching|reaches|hit|averaged|averaging|averages|stood|stayed|remained"
    r"|peaked|came|came in|with|up to|a|an|the|be|had been|has been|been|rose|fell|dropped"
    r"|increased|from|total(?:led|ed|s)?|equals?|value|time|measured|recorded|in|under"
    r"|below|over|above|within|for|our|all|completed|finished|returned|responded|answered|served|took|done)\b|\s|（|\(|\)|）)*$",
    re.IGNORECASE,
)
_CASE_WORDS = re.compile(r"用例|test ?cases?|\btests\b|\bcases\b", re.IGNORECASE)

_PAST = re.compile(
    r"(?:\b(?:used to (?:\w+ )?(?:at|be)|(?:up|down) from|previously|formerly|baseline [~≈]?)"
    r"|原(?:来|先)(?:为|是)?|此前(?:为|是)?"
    r"|[(（](?:was|yesterday|last \w+|previously|previous \w+|before|formerly|prev\.?|上次|上周|上轮|上月|昨日|原"
    r"|之前)[\s:：为是约]*)\s*$",
    re.IGNORECASE,
)
"""Before a number: what was the case once."""
_FORMULA = re.compile(r"\s*[/×*÷]\s*\d")
_SUPPOSED = re.compile(r"(?:当|如果|若)\s*$")
_WHEN_THERE = re.compile(r"\s*(?:时|后)")
_BY_HOW_MUCH = re.compile(r"(?:增加|提高|提升|上升|增长|降低|下降|减少)了?(?:约|近|大约)?\s*$")
_IN_STATE = re.compile(r"\s*的[\u4e00-\u9fffA-Za-z]{0,8}(?:条件|前提|负载)下")
_UNDER_CONDITION = re.compile(r"(?:到|达到?)\s*$")


def read_sentence(sentence: str, line: Line, context: Context) -> list[Metric]:
    """All values of one sentence of a normalised line."""
    sentence = _CAPTION.sub(lambda caption: caption.group("what"), sentence)
    cues = [
        cue for cue in vocabulary.cues(sentence) if cue.base or re.match(r"p\d|avg|max|min|peak|stddev", cue.aggregate)
    ]
    found = quantities(
        sentence,
        tuple((cue.start, cue.end) for cue in cues if any(ch.isdigit() for ch in sentence[cue.start : cue.end])),
    )
    if not found:
        return []
    marks = marks_of(sentence)
    cases = context.cases or _CASE_WORDS.search(sentence) is not None
    # "Response times: avg 120 ms / max 1.2 s", "the average was 390 ms (p95 1.1 s)": bare aggregates of times, too.
    timed = any(cue.base == LATENCY or (not cue.base and re.match(r"p\d", cue.aggregate)) for cue in cues)
    here = replace(context, cases=cases, base=context.base or (LATENCY if timed else ""))
    chosen = _assign(sentence, cues, found, here)
    metrics: list[Metric] = []
    phase = PHASES.findall(sentence)
    named = leading_name(sentence)
    for at, quantity in enumerate(found):
        label = chosen.get(at)
        if label is None:
            continue
        base, aggregate, cue = label.base, label.aggregate, label.cue
        if context.configuration and base not in (CONCURRENCY, DURATION):
            continue
        settled = settle(base, aggregate, quantity, None)
        if settled is None:
            continue
        if (
            cue is not None
            and re.search(r"\d\s*% of\b", sentence[cue.start : quantity.start])
            and aggregate.startswith("p")
        ):
            quantity = replace(quantity, comparison="")  # noqa: PLW2901  "95 % of calls within 1.9 s" is the percentile
        following = found[at + 1].start if at + 1 < len(found) else len(sentence)
        kind = kind_at(sentence, marks, quantity, following=following, context=context, base=base)
        if kind is Kind.MEASURED and (label.past or _PAST.search(sentence[: quantity.start])):
            kind = Kind.EXAMPLE
        scope = label.scope or scope_of(sentence, cue.start if cue else quantity.start, found, chosen, at)
        if not scope and base in ("cpu", "memory_usage") and (cue is None or cue.start > quantity.start):
            scope = ran_at(sentence[: quantity.start])
        scope = scope or named
        if phase and not label.scope:
            last = next((match.group() for match in reversed(list(PHASES.finditer(sentence[: quantity.start])))), "")
            scope = " ".join(part for part in (scope, last) if part)
        metrics.append(
            build(
                settled, scope=scope, kind=kind, raw=quantity.raw, where=line.where, method="prose",
                confidence=0.8 * line.confidence, snippet=sentence.strip(),
            )
        )  # fmt: skip
    metrics += of_cases(sentence, line, context, marks, named)
    metrics += out_of(sentence, line, context, marks) + one_in(sentence, line, context, marks)
    return metrics + how_long(sentence, line, metrics)


def _assign(sentence: str, cues: list[Cue], found: list[Quantity], context: Context) -> dict[int, Choice]:
    """For each quantity the metric that it is a value of: the cue before it, the cue right after it, or its unit."""
    chosen = (
        listed(sentence, cues, found, context)
        or respective(sentence, cues, found, context)
        or named_behind(sentence, cues, found, context)
    )
    taken = [match.span() for match in (*OUT_OF.finditer(sentence), *cases_told(sentence))]
    for at, quantity in enumerate(found):
        if at in chosen or any(start <= quantity.start < end for start, end in taken):
            continue
        previous_end = found[at - 1].end if at else 0
        if at and at - 1 not in chosen and ASIDE.search(sentence[: previous_end + 16]) is not None:
            previous_end = found[at - 2].end if at > 1 else 0
        choice = _outcome(sentence, quantity, context)
        choice = (
            choice
            or _of_processor(sentence, cues, quantity)
            or _before(sentence, cues, quantity, previous_end, context)
            or _after(sentence, cues, found, at, context)
        )
        choice = choice or by_unit(sentence, quantity, context)
        if choice is None and at and at - 1 in chosen:
            choice = carried(sentence, found[at - 1], quantity, chosen[at - 1])
            choice = choice or next_aggregate(sentence, found, at, chosen[at - 1])
            choice = choice or next_machine(sentence, found, at, chosen[at - 1])
        if choice is not None:
            chosen[at] = choice
            moved(sentence, found, at, chosen)
    _held(sentence, found, chosen)
    return chosen


_LIST_EDGE = re.compile(r"[/,，、;；|(（+]\s*(?:持续|时长|各|每(?:轮|次|个?场景|个?阶段)|共)?\s*$|^\W*$")
_LIST_END = re.compile(r"\s*(?:[/,，、;；|)）.。+]|$)")


def _held(sentence: str, found: list[Quantity], chosen: dict[int, Choice]) -> None:
    """In a list of what was put on ("8 线程 / 400 连接 / 5 分钟", "300 VUs, 20 min") the time is how long, and threads
    beside connections only spread these."""
    loads = [at for at, choice in chosen.items() if choice.base == CONCURRENCY]
    if not loads:
        return
    raws = {at: f"{found[at].raw} {sentence[cue.start : cue.end] if (cue := chosen[at].cue) else ''}" for at in loads}
    if any(vocabulary.are_callers(raw) for raw in raws.values()):
        for at, raw in raws.items():
            if vocabulary.are_workers(raw):
                del chosen[at]
    if any(choice.base == DURATION for choice in chosen.values()):
        return
    for at, quantity in enumerate(found):
        long = quantity.unit is not None and quantity.unit.name in ("minute", "hour", "day") and not quantity.comparison
        if (
            at not in chosen
            and long
            and _LIST_EDGE.search(sentence[: quantity.start])
            and _LIST_END.match(sentence[quantity.end :])
        ):
            chosen[at] = Choice(DURATION)
            return


_OUTCOME = re.compile(
    r"\s*(?:(?:tests?|cases?|are|is|were|was|have|had|of them) ){0,2}(?P<how>executed|passed|failed|blocked|skipped)\b",
    re.IGNORECASE,
)
_RAN = re.compile(r"\b(?:executed|ran|run)\s*$", re.IGNORECASE)


def _outcome(sentence: str, quantity: Quantity, context: Context) -> Choice | None:
    """What became of test cases, said right behind their number: "executed 214 of 220: 205 passed, 7 failed"."""
    if not context.cases or (quantity.unit is not None and quantity.unit.dimension != COUNT):
        return None
    if _RAN.search(sentence[: quantity.start]) and re.match(r"\s*(?:out )?of\b", sentence[quantity.end :]):
        return Choice("test_cases_executed")
    how = _OUTCOME.match(sentence[quantity.end :])
    return Choice(f"test_cases_{how.group('how').casefold()}") if how else None


def _of_processor(sentence: str, cues: list[Cue], quantity: Quantity) -> Choice | None:
    """A share "of the CPU", whatever was named before it: "53 MB of RAM and 0.7 % of CPU"."""
    if quantity.unit is None or quantity.unit.dimension != SHARE:
        return None
    of = _OF.match(sentence, quantity.end)
    cue = next((cue for cue in cues if of and 0 <= of.end() - cue.start <= 1 and cue.base == vocabulary.CPU), None)
    return Choice(vocabulary.CPU, cue.aggregate, cue) if cue else None


_OF = re.compile(r"\s*of (?:the |its |our |one )?", re.IGNORECASE)


def _before(sentence: str, cues: list[Cue], quantity: Quantity, floor: int, context: Context) -> Choice | None:
    candidates = [cue for cue in cues if floor <= cue.start and cue.end <= quantity.start]
    for cue in reversed(candidates):
        base = named_base(cue, quantity, context)
        gap = OF_WHAT.sub("", ROSE.sub("", ASIDE.sub("", sentence[cue.end : quantity.start])))
        if not cue.base and re.search(r"\d ?[a-zµ]{0,12} on $", sentence[: cue.start]):
            continue  # "88 ms on average and 240 ms": said of the number before it
        if vocabulary.dimension(base) == COUNT and quantity.raw in _HTTP_CODES and _ANSWERED.search(gap):
            continue  # "5 % of requests returned 504": with what
        if vocabulary.dimension(base) == COUNT and re.fullmatch(r"\s*(?:in|of|out of|among)\s*", gap):
            continue  # "no request failed in 432,000": of how many
        if vocabulary.dimension(base) == COUNT and _NONE_OF.search(sentence[: cue.start]):
            continue  # "zero errors at 1000 connections"
        if vocabulary.dimension(base) == TIME and _LATER.search(gap):
            continue  # "normal response times after 3 min": when
        if not base or not compatible(base, quantity, gap) or vocabulary.is_blocked(gap):
            continue
        if base.startswith(vocabulary.MEMORY) and vocabulary.PART_OF_MEMORY.search(gap):
            continue
        if base.startswith("defects") and re.search(r"\d\s$", sentence[: cue.start]):
            continue  # "14 open defects: 0 critical": counted before it is named
        if _blocked_before(sentence, cue) or _FORMULA.match(sentence[quantity.end :]):
            return None
        share = quantity.unit is not None and quantity.unit.dimension == SHARE
        if not share and _only_named(sentence, cue, base, gap, context):
            continue
        loose = vocabulary.dimension(base) != COUNT and len(gap) <= 24 and not re.search(r"[,，;；。]", gap)
        if loose or _CONNECT.match(gap if vocabulary.dimension(base) == COUNT else gap.replace(",", " ")):
            if vocabulary.dimension(base) == SHARE and _IN_STATE.match(sentence, quantity.end):
                return None  # "在 CPU 使用率达到 50% 的负载条件下": what was set up beforehand
            if _UNDER_CONDITION.search(sentence[: cue.start]) and _WHEN_THERE.match(sentence, quantity.end):
                return None  # "压到CPU 80%时": what was aimed at
            if (
                base != CONCURRENCY
                and _SUPPOSED.search(sentence[: cue.start])
                and re.match(r"\s*(?:时|后)", sentence[quantity.end :])
            ):
                return None  # "当TPS为250时": under which load something else was found
            return Choice(base, cue.aggregate or said_aggregate(base, gap), cue)
    return None


def _only_named(sentence: str, cue: Cue, base: str, gap: str, context: Context) -> bool:
    """Whether a cue is only a word: users who are not at once there, memory that a machine has."""
    text = sentence[cue.start : cue.end]
    if base == CONCURRENCY:
        return not (CONCURRENT_WORDS.search(text) or context.load or LOAD_WORDS.search(sentence))
    if base == vocabulary.MEMORY and not cue.aggregate and not re.search(r"\bfrom$|[由从]$", gap.rstrip()):
        return re.fullmatch(r"(?:物理)?内存|memory|mem|ram|rss", text.strip(), re.IGNORECASE) is not None
    return False


_THIS_VERSION = re.compile(r"(?:新|旧|老|当前|本|该|此)?(?:版本的?|配置下的?)$")


def _blocked_before(sentence: str, cue: Cue) -> bool:
    near = re.split(r"[,，;；。(（]", sentence[max(0, cue.start - 6) : cue.start])[-1]
    return vocabulary.is_blocked(_THIS_VERSION.sub("", near))


_NONE_OF = re.compile(r"(?:\b(?:zero|no|without)(?: \w+)?|[零无未])\s*$", re.IGNORECASE)
_LATER = re.compile(r"\b(?:after|since|until)\s*$", re.IGNORECASE)
_SPAN = re.compile(r"\b(?:first|last|initial|final|next|after|within|every|for|in)\s*$|[前后每]$", re.IGNORECASE)
"""Before a time that says when: "during the first 40 seconds the average was 4.8 s"."""


_ANSWERED = re.compile(r"\b(?:return|respond|answer|receiv|got|end|http|status|code|with)\w*", re.IGNORECASE)
_HTTP_CODES = frozenset(map(str, (400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 499, 500, 501, 502, 503, 504)))


def _after(sentence: str, cues: list[Cue], found: list[Quantity], at: int, context: Context) -> Choice | None:
    quantity = found[at]
    ceiling = found[at + 1].start if at + 1 < len(found) else len(sentence)
    for cue in cues:
        if not quantity.start < cue.end <= ceiling:
            continue
        gap = sentence[quantity.end : cue.start] if cue.start >= quantity.end else ""
        base = named_base(cue, quantity, context)
        if not base or not re.fullmatch(
            r"[\s*`(（]*(?:(?:were|was|are|is|have|had|of|in|for|at|a|an|the|average|overall)\b\s*|的|个|次)*[\s*`]*",
            gap,
            re.IGNORECASE,
        ):
            continue
        following = found[at + 1] if at + 1 < len(found) else None
        if "(" in gap and following is not None and not sentence[cue.end : following.start].strip(" :=约为"):
            continue  # "settled at 390 ms (p95 1.1 s)": the name of the next number
        dimension = vocabulary.dimension(base)
        if base in ("requests_failed", "test_cases_errors") and quantity.raw in _HTTP_CODES:
            continue  # "a high rate of 429 errors": which, not how many
        if dimension == TIME and _SPAN.search(sentence[: quantity.start]):
            continue
        if dimension == SHARE and _BY_HOW_MUCH.search(sentence[: quantity.start]):
            continue
        if dimension in (TIME, SHARE) and compatible(base, quantity, ""):
            return Choice(base, cue.aggregate or aggregate_behind(base, sentence[cue.end :]), cue)
        if (
            dimension == COUNT
            and compatible(base, quantity, "")
            and base.startswith(("requests", "test_cases", "defects"))
        ):
            return Choice(base, cue.aggregate, cue)
        if base in (CONCURRENCY, THROUGHPUT) and compatible(base, quantity, ""):
            behind = sentence[max(cue.end, quantity.end) :]
            top = base == THROUGHPUT and (
                TOP_RATE.search(sentence[: quantity.start]) or aggregate_behind(base, behind) == "max"
            )
            return Choice(base, cue.aggregate or ("max" if top else ""), cue)
    return None


_CAPTION = re.compile(
    r"(?P<what>^\W*(?:图|fig(?:ure)?\.?)\s*\d[^,，:：]*?)\s*(?:的?(?:变化)?(?:曲线|趋势)图?|监控图|截图|\b(?:chart|graph|curve|screenshot))"
    r"(?=\s*[,，:：])",
    re.IGNORECASE,
)
"""A figure's caption; the picture's kind says nothing of the values behind it."""
