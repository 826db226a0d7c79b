"""What tells the values of a document apart: the section, the heading or the line over each, and the load they stand
under."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ml.metrics import kinds, vocabulary
from ml.metrics.contract import Kind, Metric
from ml.metrics.numbers import normalise
from ml.metrics.values import rescoped


class Placed(NamedTuple):
    """A value and what stands over it: the section when that names something, the heading whatever it says."""

    metric: Metric
    section: str
    heading: str
    lead: str = ""
    """The line directly over it that ends in a colon, or that a table follows."""
    setting: bool = False
    """Whether it stands among settings."""


def told_apart(found: list[Placed], *, pending: bool = False) -> list[Metric]:
    """The values with scopes that tell them apart, planned loads as targets, and without the threads of a tool;
    `pending` when the document still waits for results."""
    return _with_sections(_with_steps(_without_workers(_settings_planned(found, pending))))


def _settings_planned(found: list[Placed], pending: bool) -> list[Placed]:
    """Loads of a document without any result are only planned: those among its settings, and all of them where it
    says what is wanted or that results are to come."""
    results = [placed for placed in found if placed.metric.kind is Kind.MEASURED and not placed.setting]
    wanted = any(placed.metric.kind is Kind.TARGET and placed.metric.metric not in _LOADS for placed in found)
    loads = [placed for placed in results if placed.metric.metric in _LOADS or (pending and _drives(placed))]
    if (wanted or pending) and results and len(loads) == len(results):
        return [placed._replace(metric=placed.metric._replace(kind=Kind.TARGET)) for placed in found]
    if results:
        return found
    return [
        placed._replace(metric=placed.metric._replace(kind=Kind.TARGET)) if placed.setting else placed
        for placed in found
    ]


_LOAD_HEADING = re.compile(
    r"负载|加压|压力|场景|阶段|梯度|\b(?:loads?|stages?|scenarios?|profiles?|traffic|ramp|steps?)\b", re.IGNORECASE
)


def _drives(placed: Placed) -> bool:
    """Whether a value says what is put on: callers at their most, and a rate below a heading of loads."""
    if placed.metric.metric.startswith(vocabulary.CONCURRENCY):
        return True
    told = placed.metric.metric in (vocabulary.THROUGHPUT, "requests_total")
    return told and _LOAD_HEADING.search(placed.heading) is not None and not kinds.is_result_section(placed.heading)


def _without_workers(found: list[Placed]) -> list[Placed]:
    """Without the threads that a tool spreads its clients over: beside "clients: 32" the "threads: 8" are no load."""
    loads = [placed for placed in found if placed.metric.metric == vocabulary.CONCURRENCY]
    labels = {id(placed): normalise(placed.metric.snippet).split(":")[0] for placed in loads}
    callers = {
        placed.metric.where.line
        for placed in loads
        if placed.metric.method == "labelled" and vocabulary.are_callers(labels[id(placed)])
    }
    return [
        placed
        for placed in found
        if id(placed) not in labels
        or placed.metric.method != "labelled"
        or not vocabulary.are_workers(labels[id(placed)])
        or not any(
            line is not None and placed.metric.where.line is not None and abs(line - placed.metric.where.line) <= 3
            for line in callers
        )
    ]


def _with_steps(found: list[Placed]) -> list[Placed]:
    """Sentences that give different values of one metric, each under a load of its own ("at 100 users …", "at 300
    users …"), with that load as scope."""
    loads: dict[tuple[object, str], set[str]] = {}
    for placed in found:
        if placed.metric.metric == vocabulary.CONCURRENCY and placed.metric.kind is Kind.MEASURED:
            loads.setdefault(_sentence(placed), set()).add(placed.metric.raw)
    step = {place: next(iter(raws)) for place, raws in loads.items() if len(raws) == 1}
    if len(step) < 2:
        return found
    values: dict[tuple[str, str, str], dict[str, set[object]]] = {}
    for placed in found:
        if placed.metric.method == "prose" and (load := step.get(_sentence(placed))):
            values.setdefault((placed.metric.metric, placed.section, placed.metric.scope), {}).setdefault(
                load, set()
            ).add(placed.metric.value)
    told = {key for key, by_load in values.items() if len(by_load) > 1}
    return [
        placed._replace(metric=rescoped(placed.metric, " / ".join(filter(None, (placed.metric.scope, load)))))
        if (load := step.get(_sentence(placed)))
        and placed.metric.metric != vocabulary.CONCURRENCY
        and load not in placed.metric.scope
        and (placed.metric.metric, placed.section, placed.metric.scope) in told
        else placed
        for placed in found
    ]


def _sentence(placed: Placed) -> tuple[object, str]:
    return placed.metric.where, placed.metric.snippet


_LOADS = (vocabulary.CONCURRENCY, vocabulary.DURATION)
_ENTITY = re.compile(
    r"接口|场景|模块|页面|交易|业务|服务器|数据库|\b(?:GET|POST|PUT|DELETE|PATCH)\b|(?<!\w)/\w+|\b(?:scenario|endpoint|service|server|host|flow)\b",
    re.IGNORECASE,
)


def _with_sections(found: list[Placed]) -> list[Metric]:
    """Scopes with their section in front where two sections disagree on the same metric and scope, or the section is
    the thing measured; with the whole heading, or the line over them, where the sections' names do not tell them
    apart."""
    named = _disagreeing(found, lambda placed: placed.section)
    headed = _disagreeing(
        [placed for placed in found if not placed.section and not _concludes(placed.heading)],
        lambda placed: placed.heading,
    )
    made = []
    for placed in found:
        front = ""
        if placed.section in named or (placed.section and not placed.metric.scope and _ENTITY.search(placed.section)):
            front = placed.section
        elif placed.heading in headed and not placed.section:
            front = placed.heading
        made.append(_under(front, placed))
    led = _disagreeing(made, lambda placed: placed.lead)
    return [(_under(placed.lead, placed) if placed.lead in led else placed).metric for placed in made]


def _under(front: str, placed: Placed) -> Placed:
    scope = placed.metric.scope
    if not front or front in scope:
        return placed
    return placed._replace(metric=rescoped(placed.metric, f"{front} / {scope}" if scope else front))


_CONCLUDES = re.compile(
    r"(?:测试|压测|总体)?(?:结论|总结|小结|摘要|概要|概述|评价|综述)(?:[与和及](?:建议|评价|总结|分析))?"
    r"|(?:executive |test |key )?(?:summary|conclusions?|abstract|overview|findings"
    r"|verdict)(?: and recommendations)?",
    re.IGNORECASE,
)
"""A heading over what is said of the whole: values below it repeat, or contradict, those of the other sections."""


def _concludes(heading: str) -> bool:
    return _CONCLUDES.fullmatch(re.sub(r"^[\W\d一二三四五六七八九十]+|\W+$", "", heading)) is not None


def _disagreeing(found: list[Placed], place: Callable[[Placed], str]) -> set[str]:
    """The places that give different values for one metric and scope."""
    if not any(map(place, found)):
        return set()
    values: dict[tuple[str, str], dict[str, set[object]]] = {}
    for placed in found:
        # Load steps and durations are expected to differ from section to section.
        if placed.metric.kind is Kind.MEASURED and placed.metric.metric not in (
            vocabulary.CONCURRENCY,
            vocabulary.DURATION,
        ):
            values.setdefault((placed.metric.metric, placed.metric.scope), {}).setdefault(place(placed), set()).add(
                placed.metric.value
            )
    different: set[str] = set()
    for by_place in values.values():
        if len(by_place) > 1 and len(set().union(*by_place.values())) > 1:
            different.update(name for name in by_place if name)
    return different
