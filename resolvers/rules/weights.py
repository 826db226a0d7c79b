"""Weights in percent: they total 100 for one owner, kind and cycle, and within one goal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from db.models.goal_changes import ChangeMode

Key = TypeVar("Key")

WHOLE = Decimal(100)
TOLERANCE = Decimal("0.01")
STEP = Decimal("0.01")


class WeightError(ValueError):
    """A weight or a set of weights that cannot stand. `code` says why, `total` what they come to."""

    def __init__(self, code: str, total: Decimal | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.total = total


def check_total(weights: Sequence[Decimal | None]) -> None:
    """Raise `WeightError` unless all weights are missing (equal shares) or all are given and total 100 ± 0.01."""
    given = [weight for weight in weights if weight is not None]
    if not given:
        return
    total = sum(given, Decimal(0))
    if len(given) < len(weights):
        raise WeightError("WEIGHTS_MIXED", total)
    if abs(total - WHOLE) > TOLERANCE:
        raise WeightError("WEIGHTS_NOT_WHOLE", total)


def changed(weight: Decimal, amount: Decimal, mode: ChangeMode) -> Decimal:
    """A weight changed by a signed amount: -30 relative turns 40 into 28, -30 points turn it into 10.

    To two places. Raises `WeightError` when the outcome is not between 0 and 100.
    """
    outcome = weight + (weight * amount / WHOLE if mode is ChangeMode.RELATIVE else amount)
    outcome = outcome.quantize(STEP)
    if not 0 <= outcome <= WHOLE:
        raise WeightError("WEIGHT_OUT_OF_RANGE", outcome)
    return outcome


def renormalised(weights: Mapping[Key, Decimal], fixed: Collection[Key] = ()) -> dict[Key, Decimal]:
    """Weights that total exactly 100: the fixed ones stay, the others share the rest in their old proportions.

    Hundredths that rounding leaves over go to the largest remainders. Raises `WeightError` when the fixed ones alone
    pass 100, or nothing is left to take up the rest.
    """
    kept = {key: weights[key] for key in weights if key in fixed}
    free = {key: weight for key, weight in weights.items() if key not in fixed}
    rest = WHOLE - sum(kept.values(), Decimal(0))
    base = sum(free.values(), Decimal(0))
    if rest < 0 or (rest > TOLERANCE and not base):
        raise WeightError("WEIGHTS_CANNOT_BALANCE", WHOLE - rest)
    if not free or not base:
        return {key: weights[key] for key in weights}
    steps = Fraction(rest) / Fraction(STEP)
    exact = {key: steps * Fraction(weight) / Fraction(base) for key, weight in free.items()}
    whole = {key: int(share) for key, share in exact.items()}
    left = int(steps) - sum(whole.values())
    order = list(free)
    for key in sorted(order, key=lambda key: (whole[key] - exact[key], order.index(key)))[:left]:
        whole[key] += 1
    return {key: kept[key] if key in kept else whole[key] * STEP for key in weights}
