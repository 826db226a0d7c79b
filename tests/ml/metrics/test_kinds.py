"""Results, targets, bounds and examples in sentences."""

from __future__ import annotations

import pytest

from ml.metrics.extract import extract


def kinds(text: str) -> dict[str, str]:
    return {f"{one.metric} {one.value}": one.kind.value for one in extract(text.encode(), "a.txt").metrics}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("平均响应时间为120ms，满足要求。", {"latency_avg 120": "measured"}),
        ("系统TPS达到1331，高于目标值1000。", {"throughput 1331": "measured", "throughput 1000": "target"}),
        ("要求平均响应时间不超过500ms，实际为231ms。", {"latency_avg 500": "target", "latency_avg 231": "measured"}),
        ("The p95 latency must stay below 300 ms.", {"latency_p95 300": "target"}),
        ("Average response time was 84 ms, which meets the target.", {"latency_avg 84": "measured"}),
        (
            "Throughput reached 420 req/s (target: 400 req/s).",
            {"throughput 420": "measured", "throughput 400": "target"},
        ),
        ("错误率低于0.1%。", {"error_rate 0.1": "bound"}),
        ("例如，p99延迟为300ms时用户会察觉。", {"latency_p99 300": "example"}),
        ("According to industry benchmarks, the average latency is 100 ms.", {"latency_avg 100": "example"}),
        ("预计优化后平均响应时间可降到80ms。", {"latency_avg 80": "target"}),
        (
            "平均响应时间和95%响应时间分别为120ms和300ms。",
            {"latency_avg 120": "measured", "latency_p95 300": "measured"},
        ),
        (
            "p50/p95/p99 latency: 12/45/90 ms",
            {"latency_p50 12": "measured", "latency_p95 45": "measured", "latency_p99 90": "measured"},
        ),
        ("17 of 2,400,000 requests failed.", {"requests_failed 17": "measured", "requests_total 2400000": "measured"}),
        ("We ran 1,000 concurrent users for 10 minutes.", {"concurrency 1000": "measured", "duration 600": "measured"}),
        (
            "缺陷共47个，其中严重6个，已修复44个。",
            {"defects_total 47": "measured", "defects_critical 6": "measured", "defects_fixed 44": "measured"},
        ),
    ],
)
def test_sentences(text: str, expected: dict[str, str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "下周三14:30在3号会议室讨论压测安排，参会5人。",
        "The service started in 2.3 seconds on port 8080.",
        "服务器为8核16GB，JDK 1.8。",
        "$ wrk -t2 -c40 -d30s http://localhost:8080/",
        "Timeout is 30 s and think time is 2 s.",
    ],
)
def test_nothing_to_read(text: str) -> None:
    assert kinds(text) == {}
