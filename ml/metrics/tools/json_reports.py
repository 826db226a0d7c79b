"""JSON reports: vegeta, oha, and reports of people's own scripts whose keys name metrics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ml.metrics import kinds, vocabulary
from ml.metrics.contract import Kind, Metric, MetricDefinition, Place
from ml.metrics.grid import definition_for, outcome_names
from ml.metrics.numbers import Quantity, cell_quantity, normalise
from ml.metrics.tools.record import PERCENTILES, decimal_of, make
from ml.metrics.units import Unit, unit_in_label, whole_unit
from ml.metrics.values import Context, build, settle, settle_definition
from ml.metrics.vocabulary import Label

_VEGETA_LATENCIES = {
    "mean": "avg",
    "50th": "p50",
    "90th": "p90",
    "95th": "p95",
    "99th": "p99",
    "max": "max",
    "min": "min",
}


def is_vegeta(value: object) -> bool:
    """Whether a JSON value is vegeta's report."""
    return isinstance(value, Mapping) and {"latencies", "requests", "success"} <= set(value)


def read_vegeta_json(value: Mapping[str, Any]) -> list[Metric]:
    """vegeta's JSON; its times are nanoseconds, its duration is that of the attack and the wait together."""
    found: list[Metric | None] = [make("vegeta", "requests_total", value["requests"], Place())]
    found.append(make("vegeta", "throughput", value.get("throughput", value.get("rate")), Place()))
    found.append(make("vegeta", "success_rate", value["success"], Place(), unit="fraction"))
    attack, wait = decimal_of(value.get("duration")), decimal_of(value.get("wait"))
    if attack is not None:
        found.append(make("vegeta", "duration", attack + (wait or 0), Place(), unit="nanosecond"))
    for key, number in value["latencies"].items():
        if key in _VEGETA_LATENCIES:
            found.append(
                make(
                    "vegeta",
                    f"latency_{_VEGETA_LATENCIES[key]}",
                    number,
                    Place(),
                    unit="nanosecond",
                    snippet=f"latencies {key}: {number}",
                )
            )
    for code, number in (value.get("status_codes") or {}).items():
        if str(code)[0] in "045":
            found.append(make("vegeta", "error_count", number, Place(), scope=str(code)))
    return [metric for metric in found if metric is not None]


def is_oha(value: object) -> bool:
    """Whether a JSON value is oha's report."""
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("summary"), Mapping)
        and "requestsPerSec" in value["summary"]
    )


def read_oha_json(value: Mapping[str, Any]) -> list[Metric]:
    """oha's JSON; its times are seconds."""
    summary = value["summary"]
    found: list[Metric | None] = [
        make("oha", "success_rate", summary.get("successRate"), Place(), unit="fraction"),
        make("oha", "duration", summary.get("total"), Place(), unit="second"),
        make("oha", "latency_max", summary.get("slowest"), Place(), unit="second"),
        make("oha", "latency_min", summary.get("fastest"), Place(), unit="second"),
        make("oha", "latency_avg", summary.get("average"), Place(), unit="second"),
        make("oha", "throughput", summary.get("requestsPerSec"), Place()),
    ]
    for key, number in (value.get("latencyPercentiles") or {}).items():
        name = PERCENTILES.get(str(key).removeprefix("p"))
        if name:
            found.append(
                make(
                    "oha",
                    f"latency_{name}",
                    number,
                    Place(),
                    unit="second",
                    snippet=f"latencyPercentiles {key}: {number}",
                )
            )
    statuses = {
        str(code): decimal_of(number) or Decimal(0)
        for code, number in (value.get("statusCodeDistribution") or {}).items()
    }
    errors = {
        str(name): decimal_of(number) or Decimal(0) for name, number in (value.get("errorDistribution") or {}).items()
    }
    if statuses or errors:
        found.append(make("oha", "requests_total", sum((*statuses.values(), *errors.values()), Decimal(0)), Place()))
    failed = {f"HTTP {code}": number for code, number in statuses.items() if code[0] in "45"} | errors
    if failed:
        found.append(make("oha", "requests_failed", sum(failed.values(), Decimal(0)), Place()))
    found += [make("oha", "error_count", number, Place(), scope=name) for name, number in failed.items()]
    return [metric for metric in found if metric is not None]


_SIEGE: tuple[tuple[str, str, str | None], ...] = (
    ("transactions", "requests_total", None),
    ("availability", "availability", None),
    ("elapsed_time", "duration", "second"),
    ("response_time", "latency_avg", "second"),
    ("transaction_rate", "throughput", None),
    ("concurrency", "concurrency", None),
    ("successful_transactions", "requests_ok", None),
    ("failed_transactions", "requests_failed", None),
    ("longest_transaction", "latency_max", "second"),
    ("shortest_transaction", "latency_min", "second"),
)


def is_siege(value: object) -> bool:
    """Whether a JSON value is siege's report."""
    return isinstance(value, Mapping) and {"transactions", "availability", "transaction_rate"} <= set(value)


def read_siege_json(value: Mapping[str, Any]) -> list[Metric]:
    """siege's JSON; its times are seconds, its `throughput` is megabytes and left out."""
    made = [
        make("siege", metric, value.get(key), Place(), unit=unit, snippet=f"{key}: {value.get(key)}")
        for key, metric, unit in _SIEGE
    ]
    return [metric for metric in made if metric is not None]


_NAME_KEYS = (
    "name",
    "scenario",
    "label",
    "endpoint",
    "transaction",
    "test",
    "title",
    "接口",
    "场景",
    "名称",
    "case",
    "api",
    "url",
    "path",
    "接口名",
    "接口名称",
    "场景名称",
    "事务",
    "事务名称",
    "服务",
    "模块",
)
_MOST = 20_000
MOST_SECONDS = 10_000_000
"""Of a duration: 115 days. A larger number is in a smaller unit."""


def read_named_keys(value: object, definitions: tuple[MetricDefinition, ...]) -> list[Metric]:
    """Any JSON whose keys name metrics: nested keys are joined ("latency_ms" › "p95"), names become scopes."""
    walker = _Walker(definitions)
    walker.walk(value, (), "", Context(definitions=definitions))
    return walker.found


_COUNTED = frozenset({"total", "count", "failed", "ok", "successful", "总数", "失败"})


class _Walker:
    def __init__(self, definitions: tuple[MetricDefinition, ...]) -> None:
        self.found: list[Metric] = []
        self._definitions = definitions
        self._seen = 0

    def walk(self, node: object, path: tuple[str, ...], scope: str, context: Context) -> None:
        self._seen += 1
        if self._seen > _MOST:
            return
        if isinstance(node, Mapping):
            name = next((str(node[key]) for key in _NAME_KEYS if isinstance(node.get(key), str)), "")
            inner = " ".join(part for part in (scope, name) if part)
            said = next((node[key] for key in ("unit", "units", "单位") if isinstance(node.get(key), str)), "")
            if unit := whole_unit(said):
                context = replace(context, unit=unit)  # {"unit": "ms", "p95": 28.4}
            if self._entry(node, path, scope, context, said):
                return
            bases = {label.base for key in node if (label := vocabulary.classify(_words(str(key)))) is not None}
            for key, child in node.items():
                self._child(str(key), child, path=path, scope=inner, context=context, bases=bases, siblings=node)
        elif isinstance(node, list):
            for item in node[:2000]:
                if isinstance(item, Mapping):
                    self.walk(item, path, scope, context)

    def _entry(self, node: Mapping[str, Any], path: tuple[str, ...], scope: str, context: Context, unit: str) -> bool:
        """Whether an object is one value with its name: {"metric": "p95", "value": 1.25, "unit": "s"}."""
        named = next((str(node[key]) for key in ("metric", "name") if isinstance(node.get(key), str)), "")
        value = node.get("value")
        if not named or value is None or isinstance(value, Mapping | list):
            return False
        label = vocabulary.classify(_words(named))
        if definition_for(named, self._definitions) is None and (label is None or not label.base):
            return False
        about = [str(node[key]) for key in _NAME_KEYS if isinstance(node.get(key), str) and node[key] != named]
        told = f"{value} {unit}" if unit and not unit[0].isdigit() else value
        bases = {label.base} if label else set()
        inner = " ".join(filter(None, (scope, *about)))
        self._child(named, told, path=path, scope=inner, context=context, bases=bases, siblings=node)
        return True

    def _child(
        self, key: str, child: object, *, path: tuple[str, ...], scope: str, context: Context, bases: set[str],
        siblings: Mapping[str, Any],
    ) -> None:  # fmt: skip
        words = _words(key)
        if isinstance(child, Mapping | list):
            kind = kinds.section_kind(words) or context.kind
            label = vocabulary.classify(words)
            configured = context.configuration or kinds.is_configuration(words)
            base = label.base if label and label.base else context.base
            unit = (label.unit if label else None) or context.unit
            named = not (label or kind or configured) and not re.fullmatch(
                r"(?i)(?:results?|metrics?|summary|stats|statistics|data|values?|report|total|overall|latenc\w*|endpoints?|scenarios?|requests?|tests?|items?|details?|runs?|aggregate|performance|run|output)",
                words,
            )
            inner = f"{scope} {key}".strip() if named and isinstance(child, Mapping) else scope
            self.walk(
                child,
                (*path, key),
                inner,
                Context(kind=kind, configuration=configured, base=base, unit=unit, definitions=context.definitions),
            )
            return
        quantity = _quantity(child)
        if quantity is None:
            return
        snippet = f"{' › '.join((*path, key))}: {child}"
        kind = kinds.header_kind(words) or context.kind or Kind.MEASURED
        if kind is Kind.MEASURED and quantity.comparison in ("<", ">", "-"):
            kind = Kind.BOUND
        definition = definition_for(key, self._definitions)
        if definition is not None:
            settled = settle_definition(definition, quantity, unit_in_label(words)[0])
        else:
            label = vocabulary.classify(kinds.without_kind_words(words) or words)
            if path and (label is None or not label.base) and words.casefold() in _COUNTED:
                # "requests": {"total": …}: the parent says what is counted.
                label = vocabulary.classify(f"{_words(path[-1])} {words}") or label
            label = self._resolved(label, context, bases)
            if label is None or (
                context.configuration and label.base not in (vocabulary.CONCURRENCY, vocabulary.DURATION)
            ):
                return
            unit = label.unit or (context.unit if context.unit and label.base == context.base else None)
            quantity = _fraction(label, quantity, siblings)
            settled = settle(label.base, label.aggregate, quantity, unit)
        if settled is not None and settled.metric == vocabulary.DURATION and settled.value > MOST_SECONDS:
            return  # nanoseconds, or a moment in time
        if settled is not None:
            self.found.append(
                build(
                    settled,
                    scope=scope,
                    kind=kind,
                    raw=str(child),
                    where=Place(),
                    method="json",
                    confidence=0.9,
                    snippet=snippet,
                )
            )

    def _resolved(self, label: Label | None, context: Context, bases: set[str]) -> Label | None:
        if label is None:
            return None
        base = label.base or context.base
        if not base and re.match(r"p\d", label.aggregate):
            base = vocabulary.LATENCY
        if not base or label.scope:
            return None
        renamed = outcome_names(bases | {context.base}, context).get(base, base)
        return Label(renamed, label.aggregate, label.unit, label.scope)


def _words(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", normalise(key))


def _quantity(child: object) -> Quantity | None:
    if isinstance(child, bool) or child is None:
        return None
    if isinstance(child, int | Decimal):
        return Quantity(Decimal(child), None, 0, 0, str(child))
    return cell_quantity(normalise(child)) if isinstance(child, str) else None


def _fraction(label: Label, quantity: Quantity, siblings: Mapping[str, Any]) -> Quantity:
    """An error rate without a sign is a fraction when the counts beside it say so."""
    if (
        label.base not in ("error_rate", "success_rate")
        or quantity.unit is not None
        or label.unit is not None
        or not 0 < quantity.value <= 1
    ):
        return quantity
    counts = {}
    for key, value in siblings.items():
        other = vocabulary.classify(_words(str(key)))
        number = decimal_of(value)
        if other is not None and number is not None:
            counts[other.base] = number
    total = counts.get("requests_total")
    part = (
        counts.get("requests_failed", counts.get("test_cases_failed"))
        if label.base == "error_rate"
        else counts.get("requests_ok")
    )
    if (
        total
        and part is not None
        and abs(part / total - quantity.value) <= Decimal("0.005") * max(quantity.value, Decimal("0.01"))
    ):
        return Quantity(quantity.value, Unit("fraction", "share"), 0, 0, quantity.raw)
    return quantity
