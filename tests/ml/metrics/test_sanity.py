from __future__ import annotations

from decimal import Decimal

import pytest

from ml.metrics.contract import Kind, Metric, Place
from ml.metrics.extract import extract
from ml.metrics.sanity import find_conflicts, scope_key


def metric(name: str, value: str, scope: str = "", *, method: str = "table", raw: str = "") -> Metric:
    return Metric(name, Decimal(value), "ms", scope, Kind.MEASURED, raw or value, Place(line=1), method, 0.9, value)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"latency_min": "5", "latency_p50": "4"}, "percentiles_out_of_order"),
        ({"latency_p95": "900", "latency_p99": "640"}, "percentiles_out_of_order"),
        ({"latency_avg": "700", "latency_max": "640"}, "average_outside_range"),
        ({"test_cases_total": "10", "test_cases_passed": "9", "test_cases_failed": "3"}, "parts_do_not_add_up"),
        ({"requests_total": "10000", "requests_failed": "500", "error_rate": "0.5"}, "share_does_not_fit"),
        ({"error_rate": "3", "success_rate": "99"}, "share_does_not_fit"),
        ({"throughput": "100", "duration": "60", "requests_total": "20000"}, "throughput_does_not_fit"),
    ],
)
def test_contradictions(values: dict[str, str], code: str) -> None:
    conflicts = find_conflicts([metric(name, value) for name, value in values.items()])
    assert [conflict.code for conflict in conflicts] == [code]
    assert {one.metric for one in conflicts[0].metrics} <= set(values)
    assert len(conflicts[0].metrics) >= 2


@pytest.mark.parametrize(
    "values",
    [
        {"latency_min": "5", "latency_p50": "20", "latency_p95": "60", "latency_max": "61"},
        {"latency_p99.9": "58", "latency_max": "57"},
        {"test_cases_total": "10", "test_cases_passed": "7", "test_cases_failed": "1", "test_cases_skipped": "2"},
        {"requests_total": "184203", "requests_failed": "92", "error_rate": "0.05"},
        {"throughput": "98", "duration": "60.5", "requests_total": "6000"},
    ],
)
def test_consistent_values(values: dict[str, str]) -> None:
    assert find_conflicts([metric(name, value) for name, value in values.items()]) == []


def test_the_same_value_with_fewer_digits_is_no_contradiction() -> None:
    precise = metric("latency_avg", "231.4", "登录")
    assert find_conflicts([precise, metric("latency_avg", "231", "登录接口", method="prose")]) == []
    different = find_conflicts([precise, metric("latency_avg", "132", "登录接口", method="prose")])
    assert [conflict.code for conflict in different] == ["different_values"]


def test_scopes_are_compared_without_what_decorates_them() -> None:
    assert scope_key("登录接口") == scope_key("登录")
    assert scope_key("TOTAL") == scope_key("总体") == scope_key("")
    assert scope_key("GET /orders") != scope_key("POST /orders")


def test_both_places_of_a_contradiction_are_named() -> None:
    text = "| 接口 | 平均响应时间 |\n|---|---|\n| 登录 | 231ms |\n\n登录接口平均响应时间为132ms。\n"
    conflict = extract(text.encode(), "a.md").conflicts[0]
    assert sorted(one.where.line or 0 for one in conflict.metrics) == [3, 5]
