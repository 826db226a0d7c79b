"""The algebra of progress: examples worked out by hand, and laws that hold for all numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models.goals import Direction, Stage
from resolvers.rules.progress import Part, Scale, ScaleError, numeric, roll_up, staged

D = Decimal
numbers = st.decimals(min_value=-10_000, max_value=10_000, places=2)
shares = st.decimals(min_value=-2, max_value=3, places=3)
positive = st.decimals(min_value="0.01", max_value=100, places=2)


def up(target: str, start: str | None = None) -> Scale:
    return Scale(Direction.INCREASE, D(target), None if start is None else D(start))


def down(target: str, start: str | None = None) -> Scale:
    return Scale(Direction.DECREASE, D(target), None if start is None else D(start))


def within(low: str, high: str, start: str | None = None) -> Scale:
    return Scale(Direction.KEEP_WITHIN, None, None if start is None else D(start), D(low), D(high))


@pytest.mark.parametrize(
    ("scale", "current", "expected"),
    [
        (up("92", "80"), "86", "0.5"),
        (up("92", "80"), "98", "1.5"),  # over-achievement is kept
        (up("92", "80"), "74", "-0.5"),  # worse than at the start is kept, too
        (up("4.5"), "3.6", "0.8"),  # turns a quarter, from nothing
        (down("28", "40"), "34", "0.5"),
        (down("28", "40"), "28", "1"),
        (down("28", "40"), "22", "1.5"),
        (down("28"), "28", "1"),  # 2 - actual ÷ target
        (down("28"), "42", "0.5"),
        (down("28"), "0", "2"),
        (down("0", "12"), "3", "0.75"),  # no accident at all
        (up("-5", "-20"), "-10", "0.6667"),  # a loss that shrinks
        (within("20", "30"), "20", "1"),
        (within("20", "30"), "25", "1"),
        (within("20", "30"), "35", "0.5"),
        (within("20", "30"), "5", "-0.5"),
        (within("20", "30", "40"), "35", "0.5"),
        (within("20", "30", "40"), "15", "0.5"),
        (within("7", "7", "9"), "8", "0.5"),
        (within("7", "7", "9"), "7", "1"),
    ],
)
def test_progress_is_what_a_person_works_out(scale: Scale, current: str, expected: str) -> None:
    assert numeric(scale, D(current)) == D(expected)


def test_nothing_measured_is_not_zero() -> None:
    assert numeric(up("92"), None) is None
    assert staged(None) is None
    assert staged(Stage.NONE) == 0


def test_stages_rise() -> None:
    values = [staged(stage) for stage in Stage]
    assert values == [D(0), D("0.7"), D(1), D("1.3")]


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("TARGET_NEEDED", (Direction.INCREASE,)),
        ("START_NEEDED", (Direction.DECREASE, D(0))),
        ("START_NEEDED", (Direction.INCREASE, D(-3))),
        ("START_IS_TARGET", (Direction.INCREASE, D(5), D(5))),
        ("DIRECTION_CONTRADICTED", (Direction.INCREASE, D(28), D(40))),
        ("DIRECTION_CONTRADICTED", (Direction.DECREASE, D(92), D(80))),
        ("RANGE_NEEDED", (Direction.KEEP_WITHIN, None, None, D(3))),
        ("RANGE_REVERSED", (Direction.KEEP_WITHIN, None, None, D(3), D(2))),
        ("RANGE_EMPTY", (Direction.KEEP_WITHIN, None, None, D(3), D(3))),
    ],
)
def test_a_scale_that_contradicts_itself_is_refused(code: str, arguments: tuple[Direction, Decimal]) -> None:
    with pytest.raises(ScaleError) as caught:
        Scale(*arguments)
    assert caught.value.code == code


@given(numbers, positive, numbers, positive)
def test_more_is_never_less_progress_when_rising(start: Decimal, way: Decimal, at: Decimal, more: Decimal) -> None:
    scale = Scale(Direction.INCREASE, start + way, start)
    before, after = numeric(scale, at), numeric(scale, at + more)
    assert before is not None
    assert after is not None
    assert after >= before


@given(numbers, positive, numbers)
def test_falling_is_rising_seen_in_a_mirror(start: Decimal, way: Decimal, at: Decimal) -> None:
    rising = Scale(Direction.INCREASE, start + way, start)
    falling = Scale(Direction.DECREASE, -start - way, -start)
    assert numeric(rising, at) == numeric(falling, -at)


@given(numbers, positive)
def test_start_is_nothing_and_target_is_all(start: Decimal, way: Decimal) -> None:
    scale = Scale(Direction.INCREASE, start + way, start)
    assert numeric(scale, start) == 0
    assert numeric(scale, start + way) == 1


@given(numbers, positive, positive)
def test_a_range_is_the_same_on_both_sides_and_never_above_one(low: Decimal, width: Decimal, off: Decimal) -> None:
    scale = Scale(Direction.KEEP_WITHIN, None, None, low, low + width)
    assert numeric(scale, low - off) == numeric(scale, low + width + off)
    assert numeric(scale, low + width / 2) == 1
    outside = numeric(scale, low - off)
    assert outside is not None
    assert outside <= 1


parts = st.lists(st.builds(Part, positive, st.one_of(st.none(), shares)), max_size=8)


@given(parts)
def test_a_roll_up_lies_between_its_parts(given_parts: list[Part]) -> None:
    known = [part.progress for part in given_parts if part.progress is not None]
    found = roll_up(given_parts)
    if not known:
        assert found.progress is None
        assert found.coverage == 0
    else:
        assert found.progress is not None
        assert min(known) <= found.progress <= max(known)
        assert 0 < found.coverage <= 1


@given(parts, st.integers(min_value=2, max_value=9))
def test_only_the_proportions_of_weights_count(given_parts: list[Part], factor: int) -> None:
    scaled = [Part(part.weight * factor if part.weight else None, part.progress) for part in given_parts]
    assert roll_up(scaled) == roll_up(given_parts)


@given(parts)
def test_an_unknown_part_changes_the_coverage_and_never_the_progress(given_parts: list[Part]) -> None:
    found, more = roll_up(given_parts), roll_up([*given_parts, Part(D(10), None)])
    assert more.progress == found.progress
    assert more.coverage <= found.coverage


def test_weights_and_what_is_missing() -> None:
    half = roll_up([Part(D(60), D("0.5")), Part(D(40), None)])
    assert (half.progress, half.coverage) == (D("0.5"), D("0.6"))
    zero = roll_up([Part(D(60), D("0.5")), Part(D(40), D(0))])
    assert (zero.progress, zero.coverage) == (D("0.3"), D(1))
    unweighted = roll_up([Part(None, D("0.2")), Part(None, D("0.4"))])
    assert unweighted.progress == D("0.3")
    mixed = roll_up([Part(D(30), D(1)), Part(D(10), D(1)), Part(None, D(0))])  # counts like their average, 20
    assert mixed.progress == D("0.6667")
    assert roll_up([Part(D(0), D("0.4"))]).progress == D("0.4")
    assert roll_up([Part(D(0), D("0.4")), Part(D(5), D("0.8"))]).progress == D("0.8")
