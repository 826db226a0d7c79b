"""How many measurements a summarised value rests on, as far as the file says so.

A percentile, an average or a share of requests rests on the requests of the same scope; a pass rate on the test cases.
A p95 of 20 samples is one value of one request. How many a percentile needs is the rule of S. S. Wilks for tolerance
limits without a distribution ("Determination of sample sizes for setting tolerance limits", 1941): the greatest of n
measurements lies above the quantile q with the probability 1 - q^n.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ml.metrics.contract import Kind, Metric

_OF_REQUESTS = ("latency_", "error_rate", "success_rate", "throughput")
_OF_CASES = ("pass_rate",)
_COUNTS = {"requests_total": _OF_REQUESTS, "test_cases_total": _OF_CASES}


_DOUBT = 0.05
"""How likely it may be that all measurements lie below the percentile."""
_PERCENTILE = re.compile(r"_p(\d{1,2}(?:\.\d{1,6})?)\Z")


def needed_samples(metric: str) -> int:
    """How many measurements a percentile needs, so that the greatest of them lies above it with a certainty of 95 %: 59
    for a p95, 299 for a p99. 0 for a metric that is no percentile."""
    found = _PERCENTILE.search(metric)
    share = float(found[1]) / 100 if found else 0.0
    return math.ceil(math.log(_DOUBT) / math.log(share)) if share else 0


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
