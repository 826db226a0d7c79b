"""Sentences with a number, a unit and a cue: what the number measures, and whether it is a result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ml.metrics import kinds, vocabulary
from ml.metrics.blocks import Line
from ml.metrics.contract import Kind, Metric
from ml.metrics.numbers import Quantity, quantities, to_decimal
from ml.metrics.scopes import PHASES, leading_name, scope_of
from ml.metrics.sequences import (
    ASIDE,
    OF_WHAT,
    ROSE,
    Choice,
    carried,
    compatible,
    listed,
    moved,
    named_base,
    next_aggregate,
    respective,
    said_aggregate,
)
from ml.metrics.units import COUNT, RATE, SHARE, TIME, Unit, plain
from ml.metrics.values import Context, Settled, build, settle
from ml.metrics.vocabulary import CONCURRENCY, DURATION, LATENCY, THROUGHPUT, Cue

_CONNECT = re.compile(
    r"^[\s*`\"']*(?:(?:值|要求|目标|实测|实际|约|大约|数|数量|率|分别|均|也|都|仅|只|则|已|已经|高达|可|能|最终|稳定|保持|维持|控制|出现|有|在|到|至|上升|下降|升|降|提升|降低|增加|减少|共|共计|合计|总计|累计|平均|上限|最高|最低|峰值|为|是|达到?了?|成功|达成|率为)|"
    r"[:=≈~<>≤≥]|(?:is|was|were|are|of|at|to|about|around|approximately|only|just|roughly"
    r"|reached|reaching|reaches|hit|averaged|averaging|averages|stood|stayed|remained"
    r"|peaked|came|came in|with|up to|a|an|the|be|had been|has been|been|rose|fell|dropped"
    r"|increased|from|total(?:led|ed|s)?|equals?|value|time|measured|recorded|in|under"
    r"|below|over|above|within|for|our|all|completed|finished|returned|responded|answered|served|took|done)\b|\s|（|\(|\)|）)*$",
    re.IGNORECASE,
)
_USERS_BEFORE = re.compile(
    r"(?:\b(?:at|with|for|of|under|by|from|to|and|simulat\w+|using|ran|run|handled|supports?"
    r"|sustained)|在|以|用|模拟|使用|采用|启动|加载|支持|支撑|加到|增加到|升到|至|到)\s*(?:about|up to"
    r"|约)?\s*$",
    re.IGNORECASE,
)
_CONCURRENT_WORDS = re.compile(
    r"concurren|virtual|simul|parallel|并发|虚拟|(?<![A-Za-z])VUs?(?![A-Za-z])|connections",
    re.IGNORECASE,
)
_LOAD_WORDS = re.compile(
    r"并发|压测|压力|加压|负载|性能|测试|灰度|虚拟用户|load|stress|soak|test|concurren|run\b|ran\b|benchmark|users",
    re.IGNORECASE,
)
_DURATION_BEFORE = re.compile(
    r"(?:持续(?:运行|压测|加压|时间)?(?:了|为|:)?|历时|运行(?:了|时间)?|压测(?:了|时长"
    r"|时间)?(?:为|:)?|观察(?:了|期)?|\b(?:lasted|ran for|run for|running for|for|over|during|sustained for"
    r"|(?:soak|load|stress|endurance|spike|test|run)(?: test| run)?\s*\())\s*(?:about"
    r"|约|approximately|a|an|the)?\s*$",
    re.IGNORECASE,
)
_DURATION_AFTER = re.compile(
    r"^[\s-]*(?:(?:load|stress|soak|endurance|spike|performance|stability)\s+)*(?:test|run)\b|^\s*的?(?:压测|压力测试|稳定性测试|持续压测)",
    re.IGNORECASE,
)
_OUT_OF = re.compile(
    r"(?P<part>\d[\d,]*)\s*(?:of|out of|/)\s*(?:the |all )?(?P<whole>\d[\d,]*)\s*(?:https? )?(?:requests?"
    r"|calls|transactions|samples)\s*(?:\w+\s){0,2}(?P<verb>failed|errored|timed out"
    r"|succeeded|passed)",
    re.IGNORECASE,
)
_FAILED_AFTER = re.compile(
    r"^\s*(?:requests?|calls|transactions)?\s*(?:have |had |were |was )?(?:failed|errored|timed out|失败|报错|出错)",
    re.IGNORECASE,
)
_CASE_WORDS = re.compile(r"用例|test ?cases?|\btests\b|\bcases\b", re.IGNORECASE)

_PAST = re.compile(
    r"(?:\b(?:used to (?:\w+ )?(?:at|be)|(?:up|down) from|previously|formerly)"
    r"|原(?:来|先)(?:为|是)?|此前(?:为|是)?)\s*$",
    re.IGNORECASE,
)
"""Before a number: what was the case once."""
_FORMULA = re.compile(r"\s*[/×*÷]\s*\d")
_UNDER_CONDITION = re.compile(r"(?:到|达到?)\s*$")
_SETTING = re.compile(r"(?:设置|设定|配置)(?:的|了|为)|\b(?:configured|set (?:to|at)|limited to)\b", re.IGNORECASE)
_RESULT_MARK = re.compile(
    r"实际|实测|测得|结果(?:为|显示|表明)|本次(?:压测|测试)|压测(?:结果|中|期间|过程)"
    r"|达到了|\b(?:actual(?:ly)?|measured|achieved|observed|recorded|reached|handled"
    r"|we (?:saw|ran|got|measured)|in practice|came in at)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    at: int
    kind: Kind


def marks_of(sentence: str) -> list[Mark]:
    """The words of a sentence that say of what kind the numbers behind them are."""
    met = kinds.MET_PHRASE.sub(lambda found: " " * len(found.group()), sentence)
    marks = [Mark(found.start(), Kind.TARGET) for found in kinds.TARGET_WORDS.finditer(met)]
    marks += [Mark(found.start(), Kind.EXAMPLE) for found in kinds.EXAMPLE_WORDS.finditer(met)]
    marks += [Mark(found.start(), Kind.EXAMPLE) for found in kinds.OTHERS_WORDS.finditer(met)]
    marks += [Mark(found.start(), Kind.MEASURED) for found in _RESULT_MARK.finditer(met)]
    return sorted(marks, key=lambda mark: mark.at)


def _closed(between: str) -> bool:
    """Whether a bracket closes between a word and a number: what is said in brackets ends with them."""
    return between.count(")") + between.count("）") > between.count("(") + between.count("（")


def kind_at(
    sentence: str, marks: list[Mark], quantity: Quantity, *, following: int, context: Context, base: str = ""
) -> Kind:
    """The kind of one number of a sentence; `following` is where the next number begins."""
    before = [mark for mark in marks if mark.at < quantity.start and not _closed(sentence[mark.at : quantity.start])]
    kind: Kind | None = before[-1].kind if before else None
    # "1000 users is the target", "500 ms (target)": a mark behind the number, before the clause ends.
    tail = sentence[quantity.end : following]
    edge = re.search(r"[,，;；。]|[(（](?!\s*[\w\u4e00-\u9fff ]+[)）])|\b(?:but|while|whereas|and)\b|而|但", tail)
    reach = quantity.end + (edge.start() if edge else len(tail))
    after = next((mark for mark in marks if quantity.end <= mark.at < reach), None)
    if after is not None and after.kind is not Kind.MEASURED and kind in (None, Kind.MEASURED):
        kind = after.kind
    if kind is None:
        kind = context.kind or Kind.MEASURED
    if kind is Kind.MEASURED and base not in (CONCURRENCY, DURATION) and _SETTING.search(sentence[: quantity.start]):
        kind = Kind.TARGET
    # "Under 1,000 users" is the load that was put on, not a limit of it.
    if kind is Kind.MEASURED and quantity.comparison in (("-",) if base == CONCURRENCY else ("<", ">", "-")):
        return Kind.BOUND
    return kind


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
    bases = {cue.base for cue in cues if cue.base}
    only = bases.pop() if len(bases) == 1 else ""
    # "Response times: avg 120 ms / max 1.2 s": the one metric named is that of the bare aggregates, too.
    here = replace(context, cases=cases, base=context.base or (only if only == LATENCY else ""))
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
        following = found[at + 1].start if at + 1 < len(found) else len(sentence)
        kind = kind_at(sentence, marks, quantity, following=following, context=context, base=base)
        if kind is Kind.MEASURED and (label.past or _PAST.search(sentence[: quantity.start])):
            kind = Kind.EXAMPLE
        scope = label.scope or scope_of(sentence, cue.start if cue else quantity.start, found, chosen, at)
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
    metrics += _out_of(sentence, line, context, marks) + _one_in(sentence, line, context, marks)
    return metrics + _how_long(sentence, line, metrics)


_HOW_LONG = re.compile(
    r"\bfor (?P<words>[\d.]+|an?|one|two|three|four|five|six|eight|ten|twelve) (?P<unit>hours?|minutes?|mins?)\b"
    r"|^\W*(?P<number>[\d.]+) ?(?P<short>h|min|m|s) @ \d",
    re.IGNORECASE,
)
_NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12
}  # fmt: skip
_SECONDS = {"h": 3600, "m": 60, "s": 1}


def _how_long(sentence: str, line: Line, metrics: Sequence[Metric]) -> list[Metric]:
    """How long a load was held, in a sentence that says what came of it: "1,200 req/s for two hours", "15m @ 300"."""
    held = {"throughput", "concurrency"}
    carrier = next((metric for metric in metrics if metric.metric in held), None)
    found = _HOW_LONG.search(sentence)
    if found is None or carrier is None or any(metric.metric == DURATION for metric in metrics):
        return []
    said = (found.group("words") or found.group("number")).casefold()
    number = _NUMBER_WORDS.get(said) or to_decimal(said)
    if number is None:
        return []
    seconds = Decimal(number) * _SECONDS[(found.group("unit") or found.group("short"))[0].casefold()]
    return [
        build(
            Settled(DURATION, plain(seconds), "s", 1.0), scope="", kind=carrier.kind, raw=found.group().strip(),
            where=line.where, method="prose", confidence=0.75 * line.confidence, snippet=sentence.strip(),
        )
    ]  # fmt: skip


def _assign(sentence: str, cues: list[Cue], found: list[Quantity], context: Context) -> dict[int, Choice]:
    """For each quantity the metric that it is a value of: the cue before it, the cue right after it, or its unit."""
    chosen = listed(sentence, cues, found, context) or respective(sentence, cues, found, context)
    taken = [match.span() for match in _OUT_OF.finditer(sentence)]
    for at, quantity in enumerate(found):
        if at in chosen or any(start <= quantity.start < end for start, end in taken):
            continue
        previous_end = found[at - 1].end if at else 0
        if at and at - 1 not in chosen and ASIDE.search(sentence[: previous_end + 16]) is not None:
            previous_end = found[at - 2].end if at > 1 else 0
        choice = _outcome(sentence, quantity, context)
        choice = (
            choice
            or _before(sentence, cues, quantity, previous_end, context)
            or _after(sentence, cues, found, at, context)
        )
        choice = choice or _by_unit(sentence, quantity, context)
        if choice is None and at and at - 1 in chosen:
            choice = carried(sentence, found[at - 1], quantity, chosen[at - 1])
            choice = choice or next_aggregate(sentence, found, at, chosen[at - 1])
        if choice is not None:
            chosen[at] = choice
            moved(sentence, found, at, chosen)
    return chosen


_OUTCOME = re.compile(
    r"\s*(?:(?:tests?|cases?|were|was|have|had|of them) ){0,2}(?P<how>passed|failed|blocked|skipped)\b", re.IGNORECASE
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


def _before(sentence: str, cues: list[Cue], quantity: Quantity, floor: int, context: Context) -> Choice | None:
    candidates = [cue for cue in cues if floor <= cue.start and cue.end <= quantity.start]
    for cue in reversed(candidates):
        base = named_base(cue, quantity, context)
        gap = OF_WHAT.sub("", ROSE.sub("", ASIDE.sub("", sentence[cue.end : quantity.start])))
        if not base or not compatible(base, quantity, gap) or vocabulary.is_blocked(gap):
            continue
        if _blocked_before(sentence, cue) or _FORMULA.match(sentence[quantity.end :]):
            return None
        share = quantity.unit is not None and quantity.unit.dimension == SHARE
        if not share and _only_named(sentence, cue, base, gap, context):
            continue
        loose = vocabulary.dimension(base) != COUNT and len(gap) <= 24 and not re.search(r"[,，;；。]", gap)
        if loose or _CONNECT.match(gap if vocabulary.dimension(base) == COUNT else gap.replace(",", " ")):
            if _UNDER_CONDITION.search(sentence[: cue.start]) and re.match(r"\s*(?:时|后)", sentence[quantity.end :]):
                return None  # "压到CPU 80%时": what was aimed at
            return Choice(base, cue.aggregate or said_aggregate(base, gap), cue)
    return None


def _only_named(sentence: str, cue: Cue, base: str, gap: str, context: Context) -> bool:
    """Whether a cue is only a word: users who are not at once there, memory that a machine has."""
    text = sentence[cue.start : cue.end]
    if base == CONCURRENCY:
        return not (_CONCURRENT_WORDS.search(text) or context.load or _LOAD_WORDS.search(sentence))
    if base == vocabulary.MEMORY and not cue.aggregate and not re.search(r"\bfrom$|[由从]$", gap.rstrip()):
        return re.fullmatch(r"(?:物理)?内存|memory|mem|ram|rss", text.strip(), re.IGNORECASE) is not None
    return False


_THIS_VERSION = re.compile(r"(?:新|旧|老|当前|本|该)?版本(?:的)?$")


def _blocked_before(sentence: str, cue: Cue) -> bool:
    return vocabulary.is_blocked(_THIS_VERSION.sub("", sentence[max(0, cue.start - 6) : cue.start]))


def _after(sentence: str, cues: list[Cue], found: list[Quantity], at: int, context: Context) -> Choice | None:
    quantity = found[at]
    ceiling = found[at + 1].start if at + 1 < len(found) else len(sentence)
    for cue in cues:
        if not quantity.start < cue.end <= ceiling:
            continue
        gap = sentence[quantity.end : cue.start] if cue.start >= quantity.end else ""
        base = named_base(cue, quantity, context)
        if not base or not re.fullmatch(
            r"[\s*`(（]*(?:were|was|are|is|have|had|的|of|in|for|a|an|the|个|次|average"
            r"|overall)?[\s*`]*",
            gap,
            re.IGNORECASE,
        ):
            continue
        dimension = vocabulary.dimension(base)
        if dimension in (TIME, SHARE) and compatible(base, quantity, ""):
            return Choice(base, cue.aggregate, cue)
        if (
            dimension == COUNT
            and compatible(base, quantity, "")
            and base.startswith(("requests", "test_cases", "defects"))
        ):
            return Choice(base, cue.aggregate, cue)
        if base in (CONCURRENCY, THROUGHPUT) and compatible(base, quantity, ""):
            return Choice(base, cue.aggregate, cue)
    return None


_ERRORS = re.compile(r"\berrors?\b|\breconnects?\b|\bfail(?:ed|ures?)\b|错误|失败|异常", re.IGNORECASE)
_TOP_RATE = re.compile(
    r"(?:最大|最高|峰值|peak(?: of)?|max(?:imum)?)(?:\D{0,8}|[^\d,.;。，；]{0,30}[:：]\s*)$", re.IGNORECASE
)
_SHARE_OF = re.compile(
    r"\s*of (?:all |the |our )*(?:https? )?(?:requests?|calls|transactions|samples|responses) "
    r"(?:had |were |was |have )?"
    r"(?P<how>failed|errored|timed out|errors|succeeded|successful|ok)\b",
    re.IGNORECASE,
)
_COUNT_BEFORE_SHARE = re.compile(
    r"\d\s*(?:个|次|笔|条)?\s*(?:requests? |transactions? |calls? |have |had |were |was |of them |请求|事务)*"
    r"(?P<how>failed|errored|timed out|succeeded|successful|失败|报错|成功)\s*[(（]\s*$",
    re.IGNORECASE,
)


def _outcome_share(how: str) -> str:
    return "success_rate" if re.match(r"succe|ok|成功", how, re.IGNORECASE) else "error_rate"


def _by_unit(sentence: str, quantity: Quantity, context: Context) -> Choice | None:
    unit = quantity.unit
    if unit is None:
        ends = re.match(
            r"^\s*(?:of them\s+)?(failed|个?失败|succeeded|个?成功)(?![A-Za-z率])",
            sentence[quantity.end :],
            re.IGNORECASE,
        )
        if ends is None or not re.search(r"requests?|请求", sentence, re.IGNORECASE):
            return None
        return Choice("requests_failed" if re.search(r"fail|失败", ends.group(), re.IGNORECASE) else "requests_ok")
    before, after = sentence[: quantity.start], sentence[quantity.end :]
    if unit.dimension == SHARE:
        outcome = _SHARE_OF.match(after) or _COUNT_BEFORE_SHARE.search(before)
        return Choice(_outcome_share(outcome.group("how"))) if outcome else None
    if unit.dimension == RATE:
        if vocabulary.is_blocked(before[-12:]) or _ERRORS.search(" ".join(before.split())[-24:]):
            return None
        return Choice(
            THROUGHPUT,
            "max" if _TOP_RATE.search(before) else "",
        )
    if unit.dimension == TIME and quantity.raw:
        long_enough = unit.name in ("second", "minute", "hour", "day")
        near = _DURATION_BEFORE.search(before)
        if long_enough and unit.thing != "clock" and _LOAD_WORDS.search(f"{context.about} {sentence}"):
            if near and not re.search(r"(?:every|each|per)\s*$", before, re.IGNORECASE):
                return Choice(DURATION)
            if _DURATION_AFTER.match(after):
                return Choice(DURATION)
        return None
    if unit.dimension == COUNT and unit.thing == "users":
        loaded = context.load or _LOAD_WORDS.search(sentence)
        told = _USERS_BEFORE.search(before) or re.match(r"\s*(?:时|下)", after)
        if _CONCURRENT_WORDS.search(quantity.raw) or (told and loaded):
            if re.search(r"(?:registered|total|注册|总)\s*$|\bpool\b|连接池|线程池", before, re.IGNORECASE):
                return None
            top = re.search(r"(?:最大|最高|up to|max(?:imum)?(?: of)?|峰值|peak(?: of)?)\s*$", before, re.IGNORECASE)
            return Choice(CONCURRENCY, "max" if top else "")
        return None
    if (
        unit.dimension == COUNT
        and unit.thing == "requests"
        and re.search(r"requests?|请求", quantity.raw, re.IGNORECASE)
    ):
        if _FAILED_AFTER.match(after) or re.match(r"^\s*\w*\s*(?:failed|timed out|失败)", after):
            return Choice("requests_failed")
        if re.match(r"^\s*(?:were |was |have |had )?(?:succeeded|successful|成功)", after, re.IGNORECASE):
            return Choice("requests_ok")
        if _OUT_OF.search(sentence[max(0, quantity.start - 24) :]):
            return None
        if re.search(r"(?:每|per|each|every|of|in)\s*(?:\d+\s*)?$", before, re.IGNORECASE):
            return None
        return (
            Choice("requests_total")
            if _LOAD_WORDS.search(sentence)
            or re.search(r"处理|发送|发起|共|handled|processed|served|sent|total|made|issued", before, re.IGNORECASE)
            else None
        )
    return None


_CAPTION = re.compile(
    r"(?P<what>^\W*(?:图|fig(?:ure)?\.?)\s*\d[^,，:：]*?)\s*(?:的?(?:变化)?(?:曲线|趋势)图?|监控图|截图|\b(?:chart|graph|curve|screenshot))"
    r"(?=\s*[,，:：])",
    re.IGNORECASE,
)
"""A figure's caption; the picture's kind says nothing of the values behind it."""
_ONE_IN = re.compile(
    r"\b(?:one|1) (?:request|call|response|transaction|query)s? (?:in|out of) (?:an? |every )?(?P<of>ten|10|twenty|20"
    r"|hundred|100|thousand|1,?000)\b[^.;]{0,24}?\b(?:longer|more|slower) than (?P<value>[\d.,]+ ?[a-zµ]+)"
    r"|(?P<share>百分之一|百分之五|百分之十|千分之一)的?(?:请求|调用|交易|查询)[^。;；,，]{0,8}?"
    r"(?:超过|大于|高于)(?:了)?\s*(?P<zh>[\d.,]+\s*(?:ms|s|毫秒|秒))",
    re.IGNORECASE,
)
_TAILS = {
    "ten": "p90", "10": "p90", "twenty": "p95", "20": "p95", "hundred": "p99", "100": "p99", "thousand": "p99.9",
    "1000": "p99.9", "百分之十": "p90", "百分之五": "p95", "百分之一": "p99", "千分之一": "p99.9",
}  # fmt: skip


def _one_in(sentence: str, line: Line, context: Context, marks: list[Mark]) -> list[Metric]:
    """A percentile in words: "one request in a hundred took longer than 410 ms"."""
    found = []
    for match in _ONE_IN.finditer(sentence):
        at = match.start("value") if match.group("value") else match.start("zh")
        value = quantities(match.group("value") or match.group("zh"))
        settled = (
            settle(
                LATENCY, _TAILS[(match.group("of") or match.group("share")).casefold().replace(",", "")], value[0], None
            )
            if value
            else None
        )
        if settled is not None:
            told = replace(value[0], start=at, end=match.end(), comparison="")
            kind = kind_at(sentence, marks, told, following=len(sentence), context=context)
            found.append(
                build(
                    settled, scope="", kind=kind, raw=match.group(), where=line.where, method="prose",
                    confidence=0.8 * line.confidence, snippet=sentence.strip(),
                )
            )  # fmt: skip
    return found


def _out_of(sentence: str, line: Line, context: Context, marks: list[Mark]) -> list[Metric]:
    found: list[Metric] = []
    for match in _OUT_OF.finditer(sentence):
        failed = match.group("verb").lower() not in ("succeeded", "passed")
        for name, group in (("requests_failed" if failed else "requests_ok", "part"), ("requests_total", "whole")):
            value = Decimal(match.group(group).replace(",", ""))
            quantity = Quantity(value, Unit("event", COUNT), match.start(group), match.end(group), match.group(group))
            settled = settle(name, "", quantity, None)
            if settled is not None:
                kind = kind_at(sentence, marks, quantity, following=len(sentence), context=context)
                found.append(
                    build(
                        settled, scope="", kind=kind, raw=match.group(), where=line.where, method="prose",
                        confidence=0.85 * line.confidence, snippet=sentence.strip(),
                    )
                )  # fmt: skip
    return found
