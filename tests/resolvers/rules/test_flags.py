from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models.projects.flags import Flag
from db.models.projects.templates import ThresholdDirection
from resolvers.rules.flags import (
    SURE,
    Reading,
    Reason,
    Threshold,
    ThresholdError,
    judge,
    matches,
    overall,
)

P95 = Threshold("latency_p95", "ms", ThresholdDirection.AT_MOST, Decimal(500), Decimal(800))


def p95(value: str, **more: object) -> Reading:
    return Reading("latency_p95", Decimal(value), "ms", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "flag"),
    [("499", Flag.GREEN), ("500", Flag.GREEN), ("500.1", Flag.YELLOW), ("800", Flag.YELLOW), ("801", Flag.RED)],
)
def test_lower_is_better(value: str, flag: Flag) -> None:
    assert judge(P95, [p95(value)]).flag is flag


@pytest.mark.parametrize(("value", "flag"), [("1000", Flag.GREEN), ("900", Flag.YELLOW), ("899", Flag.RED)])
def test_higher_is_better(value: str, flag: Flag) -> None:
    threshold = Threshold("throughput", "req/s", ThresholdDirection.AT_LEAST, Decimal(1000), Decimal(900))
    assert judge(threshold, [Reading("throughput", Decimal(value), "req/s")]).flag is flag


@pytest.mark.parametrize(
    ("value", "flag"),
    [("60", Flag.GREEN), ("50", Flag.YELLOW), ("85", Flag.YELLOW), ("39", Flag.RED), ("91", Flag.RED)],
)
def test_within_a_band(value: str, flag: Flag) -> None:
    bands = ((Decimal(55), Decimal(80)), (Decimal(40), Decimal(90)))
    threshold = Threshold("cpu", "%", ThresholdDirection.WITHIN, *bands)
    assert judge(threshold, [Reading("cpu", Decimal(value), "%")]).flag is flag


@pytest.mark.parametrize(
    ("readings", "reason"),
    [
        ([], Reason.NO_READING),
        ([p95("100", kind="target")], Reason.NOT_A_RESULT),
        ([p95("100", kind="bound")], Reason.NOT_A_RESULT),
        ([p95("100", kind="example")], Reason.NOT_A_RESULT),
        ([Reading("latency_p95", Decimal(1), "%")], Reason.OTHER_UNIT),
        ([Reading("latency_p95", Decimal(1), "req/s")], Reason.OTHER_UNIT),
        ([Reading("latency_p99", Decimal(1), "ms")], Reason.NO_READING),
    ],
)
def test_without_evidence_it_is_grey(readings: list[Reading], reason: Reason) -> None:
    verdict = judge(P95, readings)
    assert (verdict.flag, verdict.reasons) == (Flag.GREY, (reason,))


def test_a_conflict_is_yellow_at_best_and_red_stays_red() -> None:
    assert judge(P95, [p95("100", disputed=True)]).flag is Flag.YELLOW
    assert judge(P95, [p95("900", disputed=True)]).flag is Flag.RED


@pytest.mark.parametrize(
    ("samples", "flag", "reason"),
    [
        (20, Flag.YELLOW, Reason.TOO_FEW_SAMPLES),
        (None, Flag.YELLOW, Reason.SAMPLES_UNKNOWN),
        (1000, Flag.GREEN, Reason.WITHIN_GREEN),
    ],
)
def test_few_samples_are_never_green(samples: int | None, flag: Flag, reason: Reason) -> None:
    threshold = Threshold(
        "latency_p95", "ms", ThresholdDirection.AT_MOST, Decimal(500), Decimal(800), minimum_samples=1000
    )
    verdict = judge(threshold, [p95("100", samples=samples)])
    assert verdict.flag is flag
    assert verdict.reasons[-1] is reason


@pytest.mark.parametrize(
    ("metric", "samples", "flag"),
    [
        ("latency_p95", 20, Flag.YELLOW),
        ("latency_p95", 58, Flag.YELLOW),
        ("latency_p95", 59, Flag.GREEN),
        ("latency_p95", None, Flag.GREEN),
        ("latency_p99", 298, Flag.YELLOW),
        ("latency_p99", 299, Flag.GREEN),
        ("latency_p99.9", 2994, Flag.YELLOW),
        ("latency_p50", 5, Flag.GREEN),
        ("latency_max", 1, Flag.GREEN),
    ],
)
def test_a_percentile_of_a_handful_is_not_green_whatever_the_threshold_asks(
    metric: str, samples: int | None, flag: Flag
) -> None:
    threshold = replace(P95, metric=metric)
    verdict = judge(threshold, [replace(p95("100", samples=samples), metric=metric)])
    assert (verdict.flag, Reason.TOO_FEW_SAMPLES in verdict.reasons) == (flag, flag is Flag.YELLOW)
    assert judge(threshold, [replace(p95("900", samples=samples), metric=metric)]).flag is Flag.RED


@pytest.mark.parametrize(
    ("confidence", "confirmed", "value", "flag", "reasons"),
    [
        ("0.85", False, "100", Flag.GREEN, (Reason.WITHIN_GREEN,)),
        ("0.8499", False, "100", Flag.YELLOW, (Reason.WITHIN_GREEN, Reason.UNCONFIRMED)),
        ("0", False, "600", Flag.YELLOW, (Reason.WITHIN_YELLOW, Reason.UNCONFIRMED)),
        ("0.5", False, "900", Flag.RED, (Reason.BEYOND_YELLOW, Reason.UNCONFIRMED)),
        ("0.5", True, "100", Flag.GREEN, (Reason.WITHIN_GREEN,)),
        ("0.5", True, "900", Flag.RED, (Reason.BEYOND_YELLOW,)),
    ],
)
def test_a_doubtful_reading_is_green_only_when_a_person_confirmed_it(
    confidence: str, confirmed: bool, value: str, flag: Flag, reasons: tuple[Reason, ...]
) -> None:
    verdict = judge(P95, [p95(value, confidence=Decimal(confidence), confirmed=confirmed)])
    assert (verdict.flag, verdict.reasons) == (flag, reasons)


def test_a_persons_word_on_a_reading_settles_no_contradiction() -> None:
    assert judge(P95, [p95("100", disputed=True, confirmed=True)]).flag is Flag.YELLOW


def test_one_doubtful_reading_takes_the_green_of_the_sure_ones() -> None:
    sure, doubtful = p95("100", scope="GET /items"), p95("90", scope="POST /orders", confidence=Decimal("0.7"))
    assert judge(P95, [sure]).flag is Flag.GREEN
    assert judge(P95, [sure, doubtful]).flag is Flag.YELLOW
    anything = replace(P95, minimum_confidence=Decimal(0))
    assert judge(anything, [sure, doubtful]).flag is Flag.GREEN


@pytest.mark.parametrize(
    ("value", "unit", "flag"),
    [
        ("0.5", "s", Flag.GREEN),
        ("0.5001", "s", Flag.YELLOW),
        ("500000", "µs", Flag.GREEN),
        ("1", "s", Flag.RED),
        ("500", "毫秒", Flag.GREEN),
    ],
)
def test_a_reading_in_another_unit_of_the_same_dimension_is_converted(value: str, unit: str, flag: Flag) -> None:
    assert judge(P95, [Reading("latency_p95", Decimal(value), unit)]).flag is flag


def test_a_band_of_one_value() -> None:
    only = (Decimal(3), Decimal(3))
    threshold = Threshold("replicas", "count", ThresholdDirection.WITHIN, only, only)
    flags = [judge(threshold, [Reading("replicas", Decimal(value), "count")]).flag for value in ("2.9999", "3.0", "4")]
    assert flags == [Flag.RED, Flag.GREEN, Flag.RED]


def test_the_worst_reading_decides() -> None:
    verdict = judge(P95, [p95("100", scope="GET /items"), p95("900", scope="POST /orders")])
    assert verdict.flag is Flag.RED
    assert [(one.reading.scope, one.flag) for one in verdict.judged] == [
        ("GET /items", Flag.GREEN),
        ("POST /orders", Flag.RED),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [("baseline", "current"), ("Checkout / before", "Checkout / after"), ("old host", "new host"),
     ("登录 优化前", "登录 优化后"), ("上一版本", "本版本"), ("Baseline build 1182", "build 1190")],
)  # fmt: skip
def test_what_was_before_makes_no_flag_unless_the_threshold_names_it(before: str, after: str) -> None:
    earlier, now = p95("900", scope=before), p95("100", scope=after)
    verdict = judge(P95, [earlier, now])
    assert (verdict.flag, [one.reading for one in verdict.judged]) == (Flag.GREEN, [now])
    alone = judge(P95, [earlier])
    assert (alone.flag, alone.reasons, alone.judged) == (Flag.GREY, (Reason.EARLIER_STATE,), ())
    assert judge(replace(P95, scope_pattern=f"*{before}*"), [earlier, now]).flag is Flag.RED


@pytest.mark.parametrize("scope", ["GET /before", "Previous page", "/api/old/items", "old orders", "之后", "生产环境"])
def test_a_name_that_only_sounds_old_is_judged(scope: str) -> None:
    assert judge(P95, [p95("900", scope=scope)]).flag is Flag.RED


def test_an_environment_that_the_threshold_does_not_name_makes_no_flag() -> None:
    production = replace(P95, scope_pattern="*生产*")
    verdict = judge(production, [p95("900", scope="测试环境"), p95("100", scope="生产环境")])
    assert (verdict.flag, [one.reading.scope for one in verdict.judged]) == (Flag.GREEN, ["生产环境"])


def test_a_result_that_cannot_be_compared_takes_the_green_away() -> None:
    verdict = judge(P95, [p95("100"), Reading("latency_p95", Decimal(1), "%", "slow")])
    assert (verdict.flag, verdict.reasons) == (Flag.YELLOW, (Reason.WITHIN_GREEN, Reason.OTHER_UNIT))


@pytest.mark.parametrize(
    ("pattern", "scope", "covers"),
    [
        ("*", "anything", True),
        ("total", "TOTAL", True),
        ("total", "总体", True),
        ("total", "", True),
        ("total", "登录", False),
        ("total", "总体 / 并发数 800", True),
        ("total", "Concurrent users 1,200", True),
        ("total", "登录 / 并发数 800", False),
        ("total", "users/1", False),
        ("GET *", "get /items", True),
        ("登录*", "登录 / 并发用户数 300", True),
        ("POST *", "GET /items", False),
    ],
)
def test_scope_patterns(pattern: str, scope: str, covers: bool) -> None:
    assert matches(pattern, scope) is covers


@pytest.mark.parametrize(
    ("direction", "green", "yellow"),
    [
        (ThresholdDirection.AT_MOST, Decimal(800), Decimal(500)),
        (ThresholdDirection.AT_LEAST, Decimal(500), Decimal(800)),
        (ThresholdDirection.WITHIN, Decimal(5), Decimal(8)),
        (ThresholdDirection.WITHIN, (Decimal(1), Decimal(9)), (Decimal(2), Decimal(8))),
        (ThresholdDirection.AT_MOST, (Decimal(1), Decimal(9)), Decimal(8)),
    ],
)
def test_thresholds_that_contradict_themselves(direction: ThresholdDirection, green: object, yellow: object) -> None:
    with pytest.raises(ThresholdError):
        Threshold("m", "ms", direction, green, yellow)  # type: ignore[arg-type]


def test_the_deliverable_is_its_worst_required_threshold() -> None:
    good, missing, bad = judge(P95, [p95("1")]), judge(P95, []), judge(P95, [p95("9000")])
    optional = judge(Threshold("m", "ms", ThresholdDirection.AT_MOST, Decimal(1), Decimal(2), required=False), [])
    assert overall([]) is Flag.GREY
    assert overall([good, optional]) is Flag.GREEN
    assert overall([good, missing]) is Flag.GREY
    assert overall([good, missing, bad]) is Flag.RED


READINGS = st.builds(
    Reading,
    metric=st.sampled_from(["latency_p95", "latency_p99"]),
    value=st.decimals(0, 2000, places=1),
    unit=st.sampled_from(["ms", "s", "%"]),
    scope=st.sampled_from(["", "a", "b"]),
    kind=st.sampled_from(["measured", "target", "bound", "example"]),
    confidence=st.decimals(0, 1, places=2),
    disputed=st.booleans(),
    confirmed=st.booleans(),
    samples=st.none() | st.integers(0, 5000),
)


@given(st.lists(READINGS, max_size=6), st.integers(0, 2000))
def test_green_always_has_evidence(readings: list[Reading], minimum: int) -> None:
    threshold = Threshold(
        "latency_p95", "ms", ThresholdDirection.AT_MOST, Decimal(500), Decimal(800), minimum_samples=minimum
    )
    verdict = judge(threshold, readings)
    results = [one for one in readings if one.metric == "latency_p95" and one.kind == "measured"]
    if verdict.flag is Flag.GREEN:
        assert results
        assert all(one.value <= (Decimal("0.5") if one.unit == "s" else 500) and not one.disputed for one in results)
        assert all(one.confirmed or one.confidence >= SURE for one in results)
        assert minimum == 0 or all(one.samples is not None and one.samples >= minimum for one in results)
    assert (verdict.flag is Flag.GREY) == (not any(one.unit in ("ms", "s") for one in results))
