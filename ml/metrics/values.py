"""From a number that stands beside a label to a metric with the product's unit, or to nothing when they do not fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ml.metrics import vocabulary
from ml.metrics.contract import Kind, Metric, MetricDefinition, Place
from ml.metrics.names import product_unit
from ml.metrics.numbers import Quantity
from ml.metrics.units import COUNT, DATA, DATA_RATE, RATE, SHARE, TIME, Unit, convert, dimension_of, plain

ASSUMED_UNIT = 0.75
"""Factor on the confidence when neither the cell nor its header names the unit."""

MILLISECOND, SECOND, PERCENT = Unit("millisecond", TIME), Unit("second", TIME), Unit("percent", SHARE)
BYTE = Unit("byte", DATA)
ASSUMED_MILLISECOND = Unit("millisecond", TIME, "assumed")
"""The unit of a time that bears none, where the others of its column leave no doubt."""


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a value: headings, the kind they give, the unit they state, the template's definitions."""

    about: str = ""
    """The heading over the value."""
    kind: Kind | None = None
    configuration: bool = False
    base: str = ""
    unit: Unit | None = None
    declared: tuple[Unit, ...] = ()
    """Units that a sentence states for all figures of a kind: "All latencies in seconds, memory in GiB"."""
    definitions: tuple[MetricDefinition, ...] = ()
    cases: bool = False
    """Whether the text around is about test cases, so that "passed" counts cases."""
    load: bool = False
    """Whether the text around is about requests, so that "failed" counts requests."""

    def unit_of(self, dimension: str) -> Unit | None:
        """The unit stated over a value for what it measures."""
        stated = (self.unit, *self.declared) if self.unit else self.declared
        return next((unit for unit in stated if unit.dimension == dimension), None)

    def merge_kind(self, kind: Kind | None) -> Kind:
        """The kind of a value here: what its own words say, else what the section says, else measured."""
        return kind or self.kind or Kind.MEASURED


MOST_CASES = 10_000_000
"""More test cases or defects than this are a time stamp or an identifier."""


class Settled(NamedTuple):
    metric: str
    value: Decimal
    unit: str
    factor: float
    """1 when the unit was read, less when it was assumed."""


def settle(base: str, aggregate: str, quantity: Quantity, label_unit: Unit | None) -> Settled | None:
    """The metric and value that a number is under a label, or None when unit or size contradict the label."""
    unit = quantity.unit
    value = quantity.value
    if unit is not None and unit.dimension == COUNT and label_unit is not None and label_unit.dimension != COUNT:
        unit = None
    stated = unit or label_unit
    dimension = stated.dimension if stated is not None else ""
    if base == vocabulary.MEMORY_USAGE and dimension == DATA:
        # A machine has so many gigabytes; what a program takes is written with its aggregate, or in megabytes.
        if not aggregate and not (label_unit is not None and label_unit.name in ("megabyte", "mebibyte", "kilobyte")):
            return None
        base = vocabulary.MEMORY
    if base == vocabulary.THROUGHPUT and unit is not None and unit.thing == "users":
        return None  # "吞吐量: 200 并发时 20,220": under which load
    if base == vocabulary.CONCURRENCY and unit is not None and unit.dimension == RATE:
        base = vocabulary.THROUGHPUT  # "并发处理能力: 85 req/s"
    if base == vocabulary.CONCURRENCY and quantity.raw.endswith(("次", "条", "笔", "件", "处")):
        return None  # how often, or how many of something, not how many at once
    if unit is not None and unit.thing == "users" and base.startswith(("defects", "test_cases")):
        return None
    ranked = aggregate[:1] == "p" and aggregate[1:2].isdigit()
    if ranked and aggregate not in vocabulary.KEPT_PERCENTILES:
        return None
    if ranked and base not in (vocabulary.LATENCY, "") and (base, aggregate) != (vocabulary.THROUGHPUT, "p50"):
        return None  # a percentile of a rate or of a load; the median of several runs' rates is their rate
    if base == vocabulary.DURATION and aggregate:
        return None  # of each thread or case, not of the run
    if base == vocabulary.MEMORY and stated is None and quantity.raw[-1:] in ("k", "K", "M"):
        unit = BYTE  # "280M" of memory: the letter has scaled the number
    if dimension == SHARE:
        # "Errors: 0.05 %", "Passed 98 %": the share under the name of the count.
        base = vocabulary.MEMORY_USAGE if base == vocabulary.MEMORY else vocabulary.SHARES.get(base, base)
    if base == vocabulary.LATENCY and unit is not None and _is_no_latency(unit, quantity.raw):
        return None
    metric = vocabulary.metric_name(base, aggregate)
    product = product_unit(metric)
    wanted = dimension_of(product)
    if value < 0 or (unit is not None and unit.dimension == DATA_RATE):
        return None
    factor = 1.0
    if wanted == COUNT:
        if dimension not in ("", COUNT) or (metric.startswith(("test_cases", "defects")) and value > MOST_CASES):
            return None
        if label_unit is not None and "万" not in quantity.raw:
            value *= label_unit.scale
        if base != vocabulary.CONCURRENCY and value != value.to_integral_value():
            return None
        return Settled(metric, plain(value), product, 1.0)
    if unit is None or (unit.dimension == COUNT and wanted == RATE):
        unit = label_unit if label_unit is not None and label_unit.dimension != COUNT else None
    if unit is None:
        unit, factor = _assumed(metric, wanted, value)
        if unit is None:
            return None
    elif unit == ASSUMED_MILLISECOND:
        factor = ASSUMED_UNIT
    converted = convert(value, unit, product)
    if converted is None or (wanted == SHARE and not _plausible_share(metric, converted)):
        return None
    return Settled(metric, plain(converted), product, factor)


def _is_no_latency(unit: Unit, raw: str) -> bool:
    """Whether a time is how soon a person answers, the time of day at which it was slow, or no time: "504s"."""
    clock = unit.thing == "clock" and "." not in raw
    return unit.name in ("minute", "hour", "day") or clock or _ANSWERS.fullmatch(raw) is not None


_ANSWERS = re.compile(r"(?:4[0-2]\d|50\d)s")


def _assumed(metric: str, wanted: str, value: Decimal) -> tuple[Unit | None, float]:
    if wanted == TIME:
        if metric != vocabulary.DURATION and value < 60 and value != value.to_integral_value():
            return None, 0.0  # 1.21 may be seconds: a thousand times too fast would be green
        return (SECOND if metric == vocabulary.DURATION else MILLISECOND), ASSUMED_UNIT
    if wanted == RATE:
        return Unit("per_second", RATE), 1.0
    if wanted == SHARE:
        if metric.startswith((vocabulary.CPU, vocabulary.MEMORY_USAGE)) or metric == "error_rate":
            return PERCENT, ASSUMED_UNIT
        # A success rate of 0.9998 without a sign is a fraction; nobody reports 0.9998 %.
        return (Unit("fraction", SHARE) if 0 < value <= 1 else PERCENT), ASSUMED_UNIT
    return None, 0.0


def _plausible_share(metric: str, percent: Decimal) -> bool:
    return percent <= (6400 if metric.startswith(vocabulary.CPU) else 100)


def settle_definition(definition: MetricDefinition, quantity: Quantity, label_unit: Unit | None) -> Settled | None:
    """The value of a template's own metric, converted when its unit is one that the product knows."""
    if definition.unit in ("ms", "s", "%", "req/s", "bytes"):
        unit = quantity.unit or label_unit
        if unit is None:
            return Settled(definition.name, plain(quantity.value), definition.unit, ASSUMED_UNIT)
        converted = convert(quantity.value, unit, definition.unit)
        return None if converted is None else Settled(definition.name, plain(converted), definition.unit, 1.0)
    if quantity.unit is not None and quantity.unit.dimension not in (COUNT,):
        return None
    value = quantity.value
    # "9.6万" under a definition in 万元 was scaled to 96,000 when it was read: bring it back to the defined unit.
    if definition.unit.startswith("万") and "万" in quantity.raw:
        value = value / 10_000
    elif definition.unit.startswith("亿") and "亿" in quantity.raw:
        value = value / 100_000_000
    return Settled(definition.name, plain(value), definition.unit, 1.0)


def build(
    settled: Settled,
    *,
    scope: str,
    kind: Kind,
    raw: str,
    where: Place,
    method: str,
    confidence: float,
    snippet: str,
) -> Metric:
    """A metric from a settled value; the confidence carries the factor of an assumed unit."""
    return Metric(
        settled.metric, settled.value, settled.unit, scope[:120], kind, raw[:80], where, method,
        round(confidence * settled.factor, 3), snippet.strip()[:200],
    )  # fmt: skip


def rescoped(metric: Metric, scope: str) -> Metric:
    return metric._replace(scope=scope[:120])
