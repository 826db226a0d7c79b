"""Percentiles, exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.rules.percentiles import half_up, percentile


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 50, None),
        ([7], 90, Fraction(7)),
        ([4, 1, 3], 50, Fraction(3)),
        ([4, 1, 3, 2], 50, Fraction(5, 2)),
        ([10, 20], 90, Fraction(19)),
        (list(range(1, 12)), 90, Fraction(10)),
        (list(range(1, 11)), 90, Fraction(91, 10)),
        ([5, 5, 5], 90, Fraction(5)),
        # Larger than a float can tell apart.
        ([2**60, 2**60 + 1, 2**60 + 2], 50, Fraction(2**60 + 1)),
    ],
)
def test_percentile(values: list[int], percent: int, expected: Fraction | None) -> None:
    assert percentile(values, percent) == expected


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40), st.integers(0, 100))
def test_it_is_what_numpy_gives(values: list[int], percent: int) -> None:
    found = percentile(values, percent)
    assert found is not None
    assert float(found) == pytest.approx(float(np.percentile(values, percent)))


@pytest.mark.parametrize(("value", "whole"), [(Fraction(5, 2), 3), (Fraction(7, 3), 2), (Fraction(0), 0)])
def test_half_up(value: Fraction, whole: int) -> None:
    assert half_up(value) == whole
