"""How a reading is scored against a label: metric, value, unit and scope must agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ml.metrics.contract import Extraction, Metric, MetricDefinition, Status
from tests.deliverables.corpus import Deliverable, Expected


@dataclass(slots=True)
class Score:
    """One deliverable: labelled values found and missed, values read without a label, decoys read as measured."""

    name: str
    found: int = 0
    missed: list[Expected] = field(default_factory=list)
    extra: list[Metric] = field(default_factory=list)
    decoys: list[Metric] = field(default_factory=list)
    status_right: bool = True
    conflicts_right: bool = True


def definitions_of(deliverable: Deliverable) -> tuple[MetricDefinition, ...]:
    return tuple(
        MetricDefinition(**{**entry, "aliases": tuple(entry.get("aliases", ()))}) for entry in deliverable.definitions
    )


def _same_value(metric: Metric, expected: Expected) -> bool:
    wanted = Decimal(expected.value)
    return metric.unit == expected.unit and abs(metric.value - wanted) <= max(
        abs(wanted) * Decimal("0.0005"), Decimal("0.00005")
    )


def _scope_fits(scope: str, wanted: str) -> bool:
    folded = scope.casefold()
    return all(word.casefold() in folded for word in wanted.split())


def score(deliverable: Deliverable, extraction: Extraction) -> Score:
    """Match every label to one measured value at most; what is left over on either side counts against it."""
    result = Score(deliverable.name)
    left = list(extraction.measured())
    # Labels with the longest scopes choose first: an empty scope fits everything.
    for expected in sorted(deliverable.metrics, key=lambda entry: -len(entry.scope)):
        fitting = [
            metric
            for metric in left
            if metric.metric == expected.metric
            and _same_value(metric, expected)
            and _scope_fits(metric.scope, expected.scope)
        ]
        if fitting:
            left.remove(min(fitting, key=lambda metric: len(metric.scope)))
            result.found += 1
        else:
            result.missed.append(expected)
    result.extra = left
    for decoy in deliverable.decoys:
        result.decoys += [
            metric
            for metric in left
            if metric.metric.split("_")[0] == decoy.metric.split("_")[0] and _same_value(metric, decoy)
        ]
    result.status_right = extraction.status is Status(deliverable.status)
    result.conflicts_right = not deliverable.conflicts or bool(extraction.conflicts)
    return result


def totals(scores: Sequence[Score]) -> dict[str, float | int]:
    """Recall, precision and counts over several deliverables."""
    found = sum(entry.found for entry in scores)
    missed = sum(len(entry.missed) for entry in scores)
    extra = sum(len(entry.extra) for entry in scores)
    return {
        "files": len(scores),
        "values": found + missed,
        "recall": round(found / (found + missed), 4) if found + missed else 1.0,
        "precision": round(found / (found + extra), 4) if found + extra else 1.0,
        "decoys_as_measured": sum(len(entry.decoys) for entry in scores),
        "wrong_status": sum(not entry.status_right for entry in scores),
        "conflicts_unnoticed": sum(not entry.conflicts_right for entry in scores),
    }
