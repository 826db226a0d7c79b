"""Weights: totals, relative change against points, and putting a set right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from db.models.goal_changes import ChangeMode
from resolvers.rules.weights import WeightError, changed, check_total, renormalised

D = Decimal


@pytest.mark.parametrize(
    "weights", [["100"], ["33.33", "33.33", "33.34"], ["33.33", "33.33", "33.33"], ["60", "40.01"]]
)
def test_totals_that_stand(weights: list[str]) -> None:
    check_total([D(weight) for weight in weights])


def test_equal_shares_need_no_numbers() -> None:
    check_total([None, None])
    check_total([])


@pytest.mark.parametrize(
    ("weights", "code", "total"),
    [
        (["60", "30"], "WEIGHTS_NOT_WHOLE", "90"),
        (["60", "40.02"], "WEIGHTS_NOT_WHOLE", "100.02"),
        (["100", None], "WEIGHTS_MIXED", "100"),
    ],
)
def test_totals_that_fall(weights: list[str | None], code: str, total: str) -> None:
    with pytest.raises(WeightError) as caught:
        check_total([None if weight is None else D(weight) for weight in weights])
    assert (caught.value.code, caught.value.total) == (code, D(total))


def test_thirty_percent_is_not_thirty_points() -> None:
    assert changed(D(40), D(-30), ChangeMode.RELATIVE) == D(28)
    assert changed(D(40), D(-30), ChangeMode.POINTS) == D(10)
    with pytest.raises(WeightError) as caught:
        changed(D(20), D(-30), ChangeMode.POINTS)
    assert (caught.value.code, caught.value.total) == ("WEIGHT_OUT_OF_RANGE", D(-10))


def test_the_rest_is_shared_in_old_proportions() -> None:
    assert renormalised({"a": D(28), "b": D(40), "c": D(20)}, fixed={"a"}) == {"a": D(28), "b": D(48), "c": D(24)}
    assert renormalised({"a": D(1), "b": D(1), "c": D(1)}) == {"a": D("33.34"), "b": D("33.33"), "c": D("33.33")}


def test_nothing_can_take_up_the_rest() -> None:
    with pytest.raises(WeightError):
        renormalised({"a": D(70), "b": D(0)}, fixed={"a"})
    with pytest.raises(WeightError):
        renormalised({"a": D(70), "b": D(40)}, fixed={"a", "b"})


weight = st.decimals(min_value="0.01", max_value=100, places=2)


@given(st.dictionaries(st.integers(), weight, min_size=1, max_size=9), st.data())
def test_whatever_is_renormalised_totals_one_hundred_and_keeps_its_order(
    weights: dict[int, D], data: st.DataObject
) -> None:
    fixed = data.draw(st.sets(st.sampled_from(sorted(weights)), max_size=len(weights) - 1))
    assume(sum(weights[key] for key in fixed) <= 100)
    found = renormalised(weights, fixed)
    assert sum(found.values()) == 100
    assert all(found[key] == weights[key] for key in fixed)
    free = [key for key in weights if key not in fixed]
    for one in free:
        for other in free:
            if weights[one] > weights[other]:
                assert found[one] >= found[other]


@given(weight, st.decimals(min_value=-50, max_value=0, places=0))
def test_relative_change_keeps_proportions(before: Decimal, amount: Decimal) -> None:
    assert abs(changed(before, amount, ChangeMode.RELATIVE) - before * (100 + amount) / 100) <= D("0.005")
