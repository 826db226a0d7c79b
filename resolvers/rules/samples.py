"""How many measurements a summarised value rests on, as far as the file says so.

A percentile, an average or a share of requests rests on the requests of the same scope; a pass rate on the test cases.
A p95 of 20 samples is one value of one request.
"""

from __future__ import annotations

from collections.abc import Sequence

from ml.metrics.contract import Kind, Metric

_OF_REQUESTS = ("latency_", "error_rate", "success_rate", "throughput")
_OF_CASES = ("pass_rate",)
_COUNTS = {"requests_total": _OF_REQUESTS, "test_cases_total": _OF_CASES}


def sample_sizes(metrics: Sequence[Metric]) -> list[int | None]:
    """For each value how many measurements it summarises; None when the file does not say, or says it of another
    scope. Where counts of one scope contradict each other, the least holds."""
    counts: dict[tuple[str, str], int] = {}
    for metric in metrics:
        if metric.metric in _COUNTS and metric.kind is Kind.MEASURED and metric.value >= 0:
            key = (metric.metric, metric.scope.strip().casefold())
            counts[key] = min(counts.get(key, int(metric.value)), int(metric.value))
    return [_size(metric, counts) for metric in metrics]


def _size(metric: Metric, counts: dict[tuple[str, str], int]) -> int | None:
    for count, prefixes in _COUNTS.items():
        if metric.metric.startswith(prefixes):
            return counts.get((count, metric.scope.strip().casefold()))
    return None
