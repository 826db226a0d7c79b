"""An extraction as JSON values: the output of `throughline metrics`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ml.metrics.contract import Conflict, Extraction, Metric, Place


def describe(extraction: Extraction) -> dict[str, Any]:
    """{file, format, status, metrics, conflicts, warnings} with the fields of the command line's contract."""
    return {
        "file": extraction.file,
        "format": extraction.format,
        "status": extraction.status.value,
        "metrics": [describe_metric(metric) for metric in extraction.metrics],
        "conflicts": [_conflict(conflict) for conflict in extraction.conflicts],
        "warnings": [{"code": notice.code, "message": notice.message} for notice in extraction.warnings],
    }


def describe_metric(metric: Metric) -> dict[str, Any]:
    """One metric; places that a format does not have are left out."""
    return {
        "metric": metric.metric,
        "value": number(metric.value),
        "unit": metric.unit,
        "scope": metric.scope,
        "kind": metric.kind.value,
        "raw": metric.raw,
        "where": describe_place(metric.where),
        "method": metric.method,
        "confidence": metric.confidence,
        "snippet": metric.snippet,
    }


def describe_place(place: Place) -> dict[str, Any]:
    """The parts of a place that are known."""
    parts = {
        "page": place.page,
        "sheet": place.sheet,
        "cell": place.cell,
        "line": place.line,
        "image": place.image,
        "region": list(place.region) if place.region is not None else None,
    }
    return {name: value for name, value in parts.items() if value is not None}


def number(value: Decimal) -> int | float:
    """A JSON number: whole values as integers, others as the nearest double."""
    return int(value) if value == value.to_integral_value() else float(value)


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "code": conflict.code,
        "message": conflict.message,
        "metrics": [
            {
                "metric": metric.metric,
                "value": number(metric.value),
                "unit": metric.unit,
                "scope": metric.scope,
                "raw": metric.raw,
                "where": describe_place(metric.where),
            }
            for metric in conflict.metrics
        ],
    }
