"""Red, yellow, green or grey: what readings of a deliverable are worth under a threshold.

Pure and exact. Green needs evidence: a measured value in a unit that converts to the threshold's, undisputed, from
enough samples (a percentile from as many as it needs, whatever the threshold asks), and read surely or confirmed by a
person. A target, a bound or an example never counts; nothing that counts is grey; a contradiction, too few samples or a
doubtful reading is yellow at best, and red stays red. What was before (a baseline, the previous version) makes no flag
unless the threshold's scope names it. With `*` every environment of a file is judged, with a pattern those that it
covers. The worst of several readings decides, and red beats yellow beats grey beats green over several thresholds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from db.models.projects import flags as rows
from db.models.projects.flags import Flag
from db.models.projects.templates import ThresholdDirection
from resolvers.rules.samples import needed_samples
from resolvers.rules.units import converted

SURE: Final = Decimal("0.85")
"""How sure a reading must be to be green without a person's word, where its threshold does not say. Below lie values
from sentences, with a unit that was assumed, and from pictures that are hard to read. In files that no reader had met
more than a quarter of these values was wrong, and one in twelve of the others. Thresholds that were published
before they could say it judge so, too."""

MEASURED = "measured"
"""The only kind of reading that is a result."""

_OVERALL = frozenset(
    {"", "total", "totals", "overall", "all", "all requests", "aggregated", "aggregate", "global information",
     "summary", "总体", "总计", "合计", "汇总", "整体", "全部"}
)  # fmt: skip


_LOAD = r"(?:并发\w{0,4}|线程\w{0,2}|虚拟用户\w{0,2}|用户数|concurren\w+(?: users)?|threads?|(?:virtual )?users?|vus?)"
_LOAD_STEP = re.compile(rf"{_LOAD}\s*[:=：]?\s*\d[\d,]*|\d[\d,]*\s*{_LOAD}")
"""A scope that says under which load the whole was measured, such as "并发数 800"."""


_EARLIER = re.compile(
    r"(?<![\w/.-])(?:baseline|before|(?:previous|prior|old|last) (?:run|round|test|build|release|version|host|server"
    r"|code|week|month|quarter|year|sprint|\w*index))(?![\w/-])|^(?:previous|prior|old|legacy)$"
    r"|(?:优化|调优|改造|升级|扩容|修复|变更|上线|迁移|整改|重构|改进)之?前|基线|之前|旧版|原(?:版本|方案|架构)"
    r"|上(?:一?个?版本?|一?轮|次|周|个?月|季度|一?年)"
)
"""A scope that says that its value is what was before."""


class Reason(StrEnum):
    WITHIN_GREEN = "WITHIN_GREEN"
    WITHIN_YELLOW = "WITHIN_YELLOW"
    BEYOND_YELLOW = "BEYOND_YELLOW"
    NO_READING = "NO_READING"
    NOT_A_RESULT = "NOT_A_RESULT"
    """Readings exist, and all are targets, bounds or examples."""
    EARLIER_STATE = "EARLIER_STATE"
    """Results exist, and all are of a baseline or a previous version."""
    OTHER_UNIT = "OTHER_UNIT"
    CONFLICT = "CONFLICT"
    TOO_FEW_SAMPLES = "TOO_FEW_SAMPLES"
    SAMPLES_UNKNOWN = "SAMPLES_UNKNOWN"
    UNCONFIRMED = rows.UNCONFIRMED
    """The machine is not sure of the value, and nobody confirmed it."""


class ThresholdError(ValueError):
    """A threshold contradicts itself; the message says how."""


Band = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a metric must be. `green` and `yellow` are the outermost good and tolerable values; for `WITHIN` they are
    bands (lowest, highest). `scope_pattern` is a shell pattern over the reading's scope, without case; `total` also
    matches every word for the whole run. `minimum_samples` is how many samples a reading needs to be green,
    a percentile never fewer than `needed_samples`, and
    `minimum_confidence`, 0 to 1, how sure it must be where nobody confirmed it."""

    metric: str
    unit: str
    direction: ThresholdDirection
    green: Decimal | Band
    yellow: Decimal | Band
    scope_pattern: str = "*"
    minimum_samples: int = 0
    minimum_confidence: Decimal = SURE
    required: bool = True

    def __post_init__(self) -> None:
        if self.direction is ThresholdDirection.WITHIN:
            inner, outer = self.green, self.yellow
            if not isinstance(inner, tuple) or not isinstance(outer, tuple):
                raise ThresholdError(f"{self.metric}: a threshold to keep within needs two bands")
            if not outer[0] <= inner[0] <= inner[1] <= outer[1]:
                raise ThresholdError(f"{self.metric}: the green band must lie inside the yellow one")
            return
        if isinstance(self.green, tuple) or isinstance(self.yellow, tuple):
            raise ThresholdError(f"{self.metric}: bands belong to thresholds to keep within")
        if self.direction is ThresholdDirection.AT_MOST and self.green > self.yellow:
            raise ThresholdError(f"{self.metric}: the yellow bound lies above the green one where lower is better")
        if self.direction is ThresholdDirection.AT_LEAST and self.green < self.yellow:
            raise ThresholdError(f"{self.metric}: the yellow bound lies below the green one where higher is better")


@dataclass(frozen=True, slots=True)
class Reading:
    """One value read from a deliverable. `confidence`: how sure the machine is, 0 to 1. `disputed`: another place of
    the file contradicts it. `samples`: how many measurements it summarises, None when the file does not say.
    `confirmed`: a person said that it was read right."""

    metric: str
    value: Decimal
    unit: str
    scope: str = ""
    kind: str = MEASURED
    confidence: Decimal = Decimal(1)
    disputed: bool = False
    samples: int | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading under a threshold."""

    reading: Reading
    flag: Flag
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a threshold makes of all readings: the worst of them, or grey."""

    threshold: Threshold
    flag: Flag
    reasons: tuple[Reason, ...]
    judged: tuple[Judged, ...]


BADNESS = {Flag.GREEN: 0, Flag.GREY: 1, Flag.YELLOW: 2, Flag.RED: 3}
"""The greatest decides over several thresholds."""


def matches(pattern: str, scope: str) -> bool:
    """Whether a scope pattern covers a scope; "total" and the empty pattern stand for the whole run, at any load."""
    wanted, given = pattern.strip().casefold(), scope.strip().casefold()
    if wanted in _OVERALL:
        return all(part in _OVERALL or _LOAD_STEP.fullmatch(part) for part in given.split(" / "))
    return fnmatchcase(given, wanted)


def is_earlier(scope: str) -> bool:
    """Whether a scope, or a scope pattern, names a baseline or a previous version."""
    return any(_EARLIER.search(part.strip()) for part in scope.casefold().split(" / "))


def judge(threshold: Threshold, readings: Sequence[Reading]) -> Verdict:
    """The flag of one threshold over the readings of a deliverable."""
    about = [
        reading
        for reading in readings
        if reading.metric == threshold.metric and matches(threshold.scope_pattern, reading.scope)
    ]
    if not about:
        return Verdict(threshold, Flag.GREY, (Reason.NO_READING,), ())
    results = [reading for reading in about if reading.kind == MEASURED]
    if not results:
        return Verdict(threshold, Flag.GREY, (Reason.NOT_A_RESULT,), ())
    if not is_earlier(threshold.scope_pattern):
        results = [reading for reading in results if not is_earlier(reading.scope)]
        if not results:
            return Verdict(threshold, Flag.GREY, (Reason.EARLIER_STATE,), ())
    values = [(reading, converted(reading.value, reading.unit, threshold.unit)) for reading in results]
    judged = tuple(_judge_one(threshold, reading, value) for reading, value in values if value is not None)
    if not judged:
        return Verdict(threshold, Flag.GREY, (Reason.OTHER_UNIT,), ())
    worst = max(judged, key=lambda one: BADNESS[one.flag])
    if len(judged) < len(results) and worst.flag is Flag.GREEN:
        # A result in another unit could not be compared: the rest alone proves nothing for all of it.
        return Verdict(threshold, Flag.YELLOW, (*worst.reasons, Reason.OTHER_UNIT), judged)
    return Verdict(threshold, worst.flag, worst.reasons, judged)


def _judge_one(threshold: Threshold, reading: Reading, value: Decimal) -> Judged:
    """`value`: the reading's in the threshold's unit."""
    flag, reason = _compare(threshold, value)
    reasons = [reason]
    if reading.disputed:
        reasons.append(Reason.CONFLICT)
    if threshold.minimum_samples > 0 and reading.samples is None:
        reasons.append(Reason.SAMPLES_UNKNOWN)
    elif reading.samples is not None and reading.samples < max(
        threshold.minimum_samples, needed_samples(reading.metric)
    ):
        reasons.append(Reason.TOO_FEW_SAMPLES)
    if reading.confidence < threshold.minimum_confidence and not reading.confirmed:
        reasons.append(Reason.UNCONFIRMED)
    if flag is Flag.GREEN and len(reasons) > 1:
        flag = Flag.YELLOW
    return Judged(reading, flag, tuple(reasons))


def _compare(threshold: Threshold, value: Decimal) -> tuple[Flag, Reason]:
    if _reaches(threshold.direction, threshold.green, value):
        return Flag.GREEN, Reason.WITHIN_GREEN
    if _reaches(threshold.direction, threshold.yellow, value):
        return Flag.YELLOW, Reason.WITHIN_YELLOW
    return Flag.RED, Reason.BEYOND_YELLOW


def _reaches(direction: ThresholdDirection, bound: Decimal | Band, value: Decimal) -> bool:
    if isinstance(bound, tuple):
        return bound[0] <= value <= bound[1]
    return value <= bound if direction is ThresholdDirection.AT_MOST else value >= bound


def overall(verdicts: Sequence[Verdict]) -> Flag:
    """The flag of a deliverable: the worst of its required thresholds; grey when none is required."""
    required = [verdict.flag for verdict in verdicts if verdict.threshold.required]
    return max(required, key=lambda flag: BADNESS[flag], default=Flag.GREY)
