from __future__ import annotations

import pytest

from ml.metrics.numbers import normalise
from ml.metrics.vocabulary import classify, cues, metric_name, severity


@pytest.mark.parametrize(
    ("label", "metric", "scope"),
    [
        ("平均响应时间(ms)", "latency_avg", ""),
        ("90%响应时间", "latency_p90", ""),
        ("P95 response time", "latency_p95", ""),
        ("p50_latency", "latency_p50", ""),
        ("吞吐量（TPS）", "throughput", ""),
        ("requests_per_second", "throughput", ""),
        ("最大并发用户数", "concurrency_max", ""),
        ("峰值并发", "concurrency_peak", ""),
        ("Max Virtual Users (VU)", "concurrency_max", ""),
        ("Error %", "error_rate", ""),
        ("事务成功率", "success_rate", ""),
        ("# Samples", "requests_total", ""),
        ("Failed requests", "requests_failed", ""),
        ("应用服务器CPU使用率", "cpu", "应用服务器"),
        ("内存使用率峰值", "memory_usage_max", ""),
        ("登录接口平均响应时间", "latency_avg", "登录接口"),
        ("用例总数", "test_cases_total", ""),
        ("压测时长", "duration", ""),
        ("网关可用性", "availability", "网关"),
    ],
)
def test_labels(label: str, metric: str, scope: str) -> None:
    found = classify(normalise(label))
    assert found is not None
    assert (metric_name(found.base, found.aggregate), found.scope) == (metric, scope)


@pytest.mark.parametrize(
    "label",
    [
        "Received KB/sec",
        "响应时间达标率",
        "CPU 型号",
        "Transaction",
        "Transaction Name",
        "ramp_up_time",
        "think time",
        "首字节时间",
        "Average Bandwidth",
        "Failures/s",
        "场景",
        "备注",
        "98%",
        "connection timeout",
    ],
)
def test_labels_of_something_else(label: str) -> None:
    assert classify(normalise(label)) is None


def test_an_aggregate_goes_with_the_base_that_follows_at_once() -> None:
    found = cues("150 virtual users, the median response time was 88 ms")
    assert [(cue.base, cue.aggregate) for cue in found] == [("concurrency", ""), ("latency", "p50")]


@pytest.mark.parametrize(
    ("label", "grade"), [("致命", "fatal"), ("严重缺陷", "critical"), ("Major", "major"), ("P1", "p1"), ("数量", None)]
)
def test_severity(label: str, grade: str | None) -> None:
    assert severity(label) == grade
