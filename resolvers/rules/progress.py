"""How far a measure has come, and how far a goal has come through its parts.

Progress is a share: 0 at the start, 1 at the target, above 1 beyond it, below 0 when things are worse than at the
start. Nothing is cut off. None means that nothing is known, which never counts as zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import NamedTuple

from db.models.goals import Direction, Stage

PLACES = Decimal("0.0001")
_NOTHING, _ALL = Decimal(0), Decimal(1)
_EXACT = Context(prec=60)


STAGE_PROGRESS = {
    Stage.NONE: Decimal(0),
    Stage.COMMIT: Decimal("0.7"),
    Stage.TARGET: Decimal(1),
    Stage.STRETCH: Decimal("1.3"),
}
"""0.7 is the usual OKR reading of "what we commit to"; the stretch lies as far above the target."""


class ScaleError(ValueError):
    """A scale on which progress cannot be told. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers against which a current value is held, all in the measure's unit.

    Increase and decrease need `target`; a missing `start` means zero for an increase and twice the target for a
    decrease, which are the two usual formulas "actual ÷ target" and "2 - actual ÷ target". Keep-within needs `low`
    and `high`. Raises `ScaleError` where the numbers contradict the direction.
    """

    direction: Direction
    target: Decimal | None = None
    start: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self) -> None:
        if self.direction is Direction.KEEP_WITHIN:
            self._check_range()
        else:
            self._check_line()

    def _check_range(self) -> None:
        if self.low is None or self.high is None:
            raise ScaleError("RANGE_NEEDED")
        if self.low > self.high:
            raise ScaleError("RANGE_REVERSED")
        outside = self.start is not None and not self.low <= self.start <= self.high
        if self.low == self.high and not outside:
            raise ScaleError("RANGE_EMPTY")

    def _check_line(self) -> None:
        if self.target is None:
            raise ScaleError("TARGET_NEEDED")
        if self.start is None and self.target <= 0:
            raise ScaleError("START_NEEDED")
        start, target = self.line
        if start == target:
            raise ScaleError("START_IS_TARGET")
        if (target > start) != (self.direction is Direction.INCREASE):
            raise ScaleError("DIRECTION_CONTRADICTED")

    @property
    def line(self) -> tuple[Decimal, Decimal]:
        """Start and target of an increase or decrease, with the usual start filled in."""
        target = self.target if self.target is not None else _NOTHING
        if self.start is not None:
            return self.start, target
        return (_NOTHING, target) if self.direction is Direction.INCREASE else (target * 2, target)


def numeric(scale: Scale, current: Decimal | None) -> Decimal | None:
    """The progress of a measured value on its scale, to four places.

    Increase and decrease are one straight line, (current - start) ÷ (target - start), so that a cost going down and
    a revenue going up are treated alike. A range counts 1 inside; outside, 1 - distance to the range ÷ reference,
    where the reference is the distance at the start, or the width of the range when the start was inside or unknown.
    """
    if current is None:
        return None
    if scale.direction is not Direction.KEEP_WITHIN:
        start, target = scale.line
        return _share(current - start, target - start)
    low, high = scale.low or _NOTHING, scale.high or _NOTHING
    reference = _outside(scale.start, low, high) if scale.start is not None else _NOTHING
    reference = reference or high - low
    return _share(reference - _outside(current, low, high), reference)


def staged(stage: Stage | None) -> Decimal | None:
    """The progress of a measure in words; None before anybody has said which stage is reached."""
    return None if stage is None else STAGE_PROGRESS[stage]


class Part(NamedTuple):
    """A measure of a goal, or a confirmed child goal. Parts that do not apply are left out by the caller."""

    weight: Decimal | None
    progress: Decimal | None


class RollUp(NamedTuple):
    progress: Decimal | None
    """Weighted mean of the parts whose progress is known; None when none is."""
    coverage: Decimal
    """Share of the weight, 0 to 1, that the mean rests on: 0.5 means that half of the goal is unknown."""


def roll_up(parts: Sequence[Part]) -> RollUp:
    """Σ weight × progress ÷ Σ weight over the parts whose progress is known.

    Weights need not total 100: only their proportions count. A part without weight counts like the average of the
    weighted ones, so parts without any weight count alike. Parts of weight zero count only when there are no others.
    """
    if len(parts) == 1:
        return RollUp(parts[0].progress, _NOTHING if parts[0].progress is None else _ALL)
    given = [part.weight for part in parts if part.weight is not None]
    level = not any(given)
    # The average of n weights is Σ ÷ n: with everything taken n times, nothing is divided before the end.
    count, usual = (1, _ALL) if level else (len(given), sum(given, _NOTHING))
    total = base = reached = _NOTHING
    for weight, progress in parts:
        counted = usual if level or weight is None else weight * count
        total += counted
        if progress is not None:
            base += counted
            reached += counted * progress
    return RollUp(_share(reached, base), _share(base, total)) if base else RollUp(None, _NOTHING)


def _outside(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    return max(low - value, value - high, _NOTHING)


def _share(part: Decimal, whole: Decimal) -> Decimal:
    """The quotient to four places, half to even. Sixty digits leave nothing to a second rounding."""
    return _EXACT.divide(part, whole).quantize(PLACES, context=_EXACT).normalize() + 0
