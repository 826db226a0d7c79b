"""The weighted mean of a review's scores."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.rules.scoring import WeightedScore, weighted_mean

scores = st.decimals(1, 5, places=1)
weights = st.decimals(1, 100, places=2)


def _items(*pairs: tuple[str | None, str]) -> list[WeightedScore]:
    return [WeightedScore(None if score is None else Decimal(score), Decimal(weight)) for score, weight in pairs]


@pytest.mark.parametrize(
    ("items", "mean"),
    [
        (_items(("4", "30"), ("5", "25"), ("3", "20"), ("4", "15"), ("5", "10")), "4.15"),
        (_items(("5", "100")), "5"),
        (_items(("1", "1"), ("2", "1"), ("2", "1")), "1.6667"),
        (_items(("1", "1"), ("1", "1"), ("2", "1")), "1.3333"),
        (_items(("0.00005", "1")), "0.0001"),
        (_items(("4", "50"), (None, "0")), "4"),
        (_items(("0", "50"), ("4", "50")), "2"),
    ],
)
def test_mean(items: list[WeightedScore], mean: str) -> None:
    assert weighted_mean(items) == Decimal(mean)


def test_a_missing_score_is_not_zero() -> None:
    assert weighted_mean(_items(("4", "50"), (None, "50"))) is None


@pytest.mark.parametrize("items", [[], _items(("4", "0"))])
def test_nothing_to_weigh(items: list[WeightedScore]) -> None:
    assert weighted_mean(items) is None


def test_negative_weight() -> None:
    with pytest.raises(ValueError, match="negative"):
        weighted_mean(_items(("4", "-1"), ("4", "2")))


@given(st.lists(st.tuples(scores, weights), min_size=1, max_size=8), st.integers(2, 9))
def test_only_the_proportions_of_weights_count(pairs: list[tuple[Decimal, Decimal]], factor: int) -> None:
    plain = weighted_mean([WeightedScore(score, weight) for score, weight in pairs])
    scaled = weighted_mean([WeightedScore(score, weight * factor) for score, weight in pairs])
    assert plain == scaled
    assert plain is not None
    assert min(score for score, _ in pairs) <= plain <= max(score for score, _ in pairs)


def test_no_trailing_zeros() -> None:
    assert str(weighted_mean(_items(("4", "75"), ("5", "25")))) == "4.25"
    assert str(weighted_mean(_items(("20", "1")))) == "20"
