"""Health, elapsed time and staleness."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.rules.health import Health, elapsed_share, health, stale_days

D = Decimal
JULY, SEPTEMBER_END = datetime.date(2026, 7, 1), datetime.date(2026, 9, 30)
shares = st.decimals(min_value=0, max_value=2, places=3)
elapsed = st.decimals(min_value=0, max_value=1, places=3)
ORDER = [Health.BEHIND, Health.AT_RISK, Health.ON_PLAN, Health.AHEAD]


@pytest.mark.parametrize(
    ("progress", "over", "confidence", "expected"),
    [
        ("0.50", "0.50", None, Health.ON_PLAN),
        ("0.40", "0.50", None, Health.ON_PLAN),
        ("0.39", "0.50", None, Health.AT_RISK),
        ("0.25", "0.50", None, Health.AT_RISK),
        ("0.24", "0.50", None, Health.BEHIND),
        ("0.60", "0.50", None, Health.AHEAD),
        ("0.70", "0.50", 5, Health.ON_PLAN),
        ("0.70", "0.50", 3, Health.AT_RISK),
        ("0.10", "0.50", 10, Health.BEHIND),  # confidence never lifts
        ("1.20", "0.50", 1, Health.AHEAD),  # reached: nothing left to doubt
        ("1.00", "1.00", None, Health.ON_PLAN),
    ],
)
def test_health(progress: str, over: str, confidence: int | None, expected: Health) -> None:
    assert health(D(progress), D(over), confidence) is expected


def test_nothing_known_is_never_good() -> None:
    assert health(None, D("0.1"), 10) is Health.UNKNOWN


@given(shares, shares, elapsed, st.one_of(st.none(), st.integers(0, 10)))
def test_more_progress_is_never_less_healthy(a: Decimal, b: Decimal, over: Decimal, confidence: int | None) -> None:
    low, high = sorted((a, b))
    assert ORDER.index(health(high, over, confidence)) >= ORDER.index(health(low, over, confidence))


@given(shares, elapsed, st.integers(0, 10), st.integers(0, 10))
def test_more_confidence_is_never_less_healthy(progress: Decimal, over: Decimal, a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert ORDER.index(health(progress, over, high)) >= ORDER.index(health(progress, over, low))


@pytest.mark.parametrize(
    ("today", "expected"),
    [("2026-06-30", "0"), ("2026-09-30", "1"), ("2026-12-01", "1"), ("2026-08-15", "0.5")],
)
def test_elapsed_share_of_a_quarter(today: str, expected: str) -> None:
    assert elapsed_share(JULY, SEPTEMBER_END, datetime.date.fromisoformat(today)) == D(expected)


def test_staleness_counts_whole_days_beyond_the_rhythm() -> None:
    monday = datetime.datetime(2026, 8, 3, 9, tzinfo=datetime.UTC)
    assert stale_days(monday, monday + datetime.timedelta(days=14, hours=23), 14) == 0
    assert stale_days(monday, monday + datetime.timedelta(days=17), 14) == 3
