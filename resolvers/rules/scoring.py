"""How a review's scores become one figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class WeightedScore:
    """One scored item: its score, or None when nothing was given, and its weight in percent."""

    score: Decimal | None
    weight: Decimal


def weighted_mean(items: Sequence[WeightedScore]) -> Decimal | None:
    """The weighted arithmetic mean Σ(weight x score) / Σ weight, rounded half up to four decimal places.

    A missing score is not zero: as long as one item has none there is no mean and the answer is None, as it is
    without items. Items of weight zero are shown on a form and do not count; their score may be missing.
    Weights need not add up to 100, since the sum divides. Raises `ValueError` on a negative weight.
    """
    if any(item.weight < 0 for item in items):
        raise ValueError("a weight must not be negative")
    counted = [item for item in items if item.weight > 0]
    total = sum((item.weight for item in counted), Decimal(0))
    weighted = Decimal(0)
    for item in counted:
        if item.score is None:
            return None
        weighted += item.weight * item.score
    if not counted:
        return None
    # Without trailing zeros: the same text before and after it was stored.
    return (weighted / total).quantize(_PLACES, ROUND_HALF_UP).normalize() + 0
