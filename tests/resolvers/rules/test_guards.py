"""Warnings about sprawl: they name numbers and refuse nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from resolvers.rules.guards import (
    GuardCode,
    GuardWarning,
    Portfolio,
    objective_warnings,
    portfolio_warnings,
    source_warnings,
)


def test_a_modest_portfolio_is_left_alone() -> None:
    assert portfolio_warnings(Portfolio(objectives=3, measures=9, measures_without_data=9), measure_limit=9) == []


def test_sprawl_is_named_with_the_share_lacking_data() -> None:
    found = portfolio_warnings(Portfolio(objectives=4, measures=27, measures_without_data=22), measure_limit=9)
    assert found == [
        GuardWarning(GuardCode.TOO_MANY_OBJECTIVES, 4, 3),
        GuardWarning(GuardCode.TOO_MANY_MEASURES, 27, 9, Decimal("81.5")),
    ]


@pytest.mark.parametrize(
    ("count", "codes"),
    [
        (0, [GuardCode.TOO_FEW_KEY_RESULTS]),
        (1, [GuardCode.TOO_FEW_KEY_RESULTS]),
        (2, []),
        (3, []),
        (4, [GuardCode.TOO_MANY_KEY_RESULTS]),
    ],
)
def test_two_or_three_key_results(count: int, codes: list[GuardCode]) -> None:
    assert [warning.code for warning in objective_warnings(count)] == codes


def test_a_measure_needs_a_source() -> None:
    assert source_warnings(0) == []
    assert source_warnings(2) == [GuardWarning(GuardCode.MEASURE_WITHOUT_SOURCE, 2)]
