"""Percentiles of whole numbers, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def percentile(values: Sequence[int], percent: int) -> Fraction | None:
    """The value below which `percent` of the values lie; None when there are none.

    Between two neighbours it is in proportion (definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical
    Packages", 1996: what spreadsheets and numpy give), so the median of an even number is the mean of the middle two.
    """
    if not values:
        return None
    ordered = sorted(values)
    rank = Fraction(percent * (len(ordered) - 1), 100)
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (rank - below) * (ordered[above] - ordered[below])


def half_up(value: Fraction) -> int:
    """The nearest whole number; of two equally near ones the greater."""
    return int((value + Fraction(1, 2)) // 1)
