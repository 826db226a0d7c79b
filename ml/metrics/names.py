"""What the product measures under the names of its own vocabulary: unit and possible values.

Nothing is imported for it, so that thresholds can be checked without loading a reader.
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=512)
def product_unit(metric: str) -> str:
    """The unit in which the product keeps a metric of its own vocabulary; `count` for every other name."""
    if metric.startswith("latency"):
        return "ms"
    if metric.startswith("throughput"):
        return "req/s"
    if metric == "duration":
        return "s"
    if metric.startswith(("cpu", "memory_usage")) or is_part_of_all(metric):
        return "%"
    return "bytes" if metric.startswith("memory") else "count"


def is_part_of_all(metric: str) -> bool:
    """Whether its values are shares of a whole, 0 to 100 %. Processors' are not: eight of them have 800 %."""
    return metric.endswith("_rate") or metric == "availability"
