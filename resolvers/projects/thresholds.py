"""Setting thresholds: a change is a new version, and what was judged before is judged anew beside it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.jobs import enqueue
from db.models.projects.templates import DeliverableTemplate, Threshold, ThresholdDirection, ThresholdVersion
from db.queries.projects import templates
from db.viewer import Viewer, system_viewer
from ml.metrics.names import is_part_of_all, product_unit
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.inputs import checked_number, required_text
from resolvers.projects.evaluation import judged_under, threshold_of
from resolvers.projects.templates import definitions_of, require_template_role, template_to_change
from resolvers.rules.flags import SURE, ThresholdError
from resolvers.rules.units import converted

EVALUATE_JOB = "deliverables.evaluate"
METRIC_LENGTH = 200
UNIT_LENGTH = 32
MOST_SAMPLES = 1_000_000_000
THRESHOLDS_OF_A_TEMPLATE = 200

_BOUNDS = {
    ThresholdDirection.AT_MOST: {"green_high", "yellow_high"},
    ThresholdDirection.AT_LEAST: {"green_low", "yellow_low"},
    ThresholdDirection.WITHIN: {"green_low", "green_high", "yellow_low", "yellow_high"},
}
_CLIENT_NAMES = {
    "green_low": "greenLow",
    "green_high": "greenHigh",
    "yellow_low": "yellowLow",
    "yellow_high": "yellowHigh",
}


@dataclass(frozen=True, slots=True)
class ThresholdDraft:
    """How a metric is judged, as a client writes it."""

    template_id: uuid.UUID
    metric: str
    unit: str
    direction: ThresholdDirection
    scope_pattern: str = "*"
    green_low: Decimal | None = None
    green_high: Decimal | None = None
    yellow_low: Decimal | None = None
    yellow_high: Decimal | None = None
    minimum_samples: int = 0
    minimum_confidence: Decimal = SURE
    required: bool = True


def set_threshold(
    session: Session, viewer: Viewer, draft: ThresholdDraft, expected_version: int | None = None
) -> Threshold:
    """Publish the threshold of a metric and scope, or a new version of it; a retired one is in force again.

    A job judges the newest files of the template's deliverables anew; older evaluations stay. Raises `DomainError`:
    FORBIDDEN, NOT_FOUND, TEMPLATE_RETIRED, CONFLICT, THRESHOLD_BOUNDS, UNIT_MISMATCH for a unit in which the metric
    is never read, TOO_MANY, and what is wrong with a text or number.
    """
    require_template_role(viewer)
    template = template_to_change(session, viewer, draft.template_id, at=("input", "templateId"))
    metric = required_text(draft.metric, METRIC_LENGTH, ("input", "metric"))
    pattern = required_text(draft.scope_pattern or "*", METRIC_LENGTH, ("input", "scopePattern"))
    unit = required_text(draft.unit, UNIT_LENGTH, ("input", "unit"))
    _check_bounds(draft)
    _check_measurable(draft, _own_units(session, template.id))
    known = templates.thresholds(session, [template.id]).get(template.id, [])
    threshold = next((row for row in known if (row.metric, row.scope_pattern) == (metric, pattern)), None)
    if threshold is None:
        if len(known) >= THRESHOLDS_OF_A_TEMPLATE:
            raise DomainError(ErrorCode.TOO_MANY, ("input", "templateId"))
        threshold = Threshold(
            organization_id=viewer.organization_id,
            template_id=template.id,
            metric=metric,
            scope_pattern=pattern,
            number=1,
        )
        session.add(threshold)
    else:
        _require_version(threshold, expected_version)
        threshold.number += 1
        threshold.retired_at = None
    session.flush()
    version = ThresholdVersion(
        organization_id=viewer.organization_id,
        threshold_id=threshold.id,
        number=threshold.number,
        unit=unit,
        direction=draft.direction,
        green_low=draft.green_low,
        green_high=draft.green_high,
        yellow_low=draft.yellow_low,
        yellow_high=draft.yellow_high,
        minimum_samples=draft.minimum_samples,
        minimum_confidence=draft.minimum_confidence,
        required=draft.required,
        published_by=viewer.person_id,
    )
    try:
        threshold_of(threshold, version)
    except ThresholdError:
        raise DomainError(ErrorCode.THRESHOLD_BOUNDS, ("input", "direction")) from None
    session.add(version)
    _changed(session, viewer, template, threshold, "threshold.published")
    return threshold


def _own_units(session: Session, template_id: uuid.UUID) -> dict[str, str]:
    """The units of the metrics that the template defines itself, by name."""
    version = templates.newest_versions(session, [template_id])[template_id]
    return {each.name: each.unit for each in definitions_of(version)}


def _check_measurable(draft: ThresholdDraft, own_units: Mapping[str, str]) -> None:
    """Raises for a unit to which no reading of the metric converts, and for bounds that no value can have."""
    kept = own_units.get(draft.metric.strip()) or product_unit(draft.metric.strip())
    if kept == "count":
        return  # numbers of things are called by many words
    if converted(Decimal(1), kept, draft.unit) is None:
        raise DomainError(ErrorCode.UNIT_MISMATCH, ("input", "unit"))
    if draft.metric.strip() in own_units:
        return
    most = Decimal(100) if is_part_of_all(draft.metric.strip()) else None
    for name, client in _CLIENT_NAMES.items():
        bound = getattr(draft, name)
        if bound is not None and (bound < 0 or (most is not None and bound > most)):
            raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", client))


def retire_threshold(
    session: Session, viewer: Viewer, threshold_id: uuid.UUID, expected_version: int | None
) -> Threshold:
    """Judge nothing by the threshold from now on; a job judges the newest files anew without it.

    Raises `DomainError`: FORBIDDEN, NOT_FOUND, CONFLICT, NOT_READY for one that is retired.
    """
    require_template_role(viewer)
    threshold = templates.thresholds_by_ids(session, viewer, [threshold_id]).get(threshold_id)
    if threshold is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    template = session.scalars(
        sa.select(DeliverableTemplate).where(DeliverableTemplate.id == threshold.template_id).with_for_update()
    ).one()
    session.refresh(threshold)
    _require_version(threshold, expected_version)
    if threshold.retired_at is not None:
        raise DomainError(ErrorCode.NOT_READY, ("input", "id"))
    threshold.retired_at = now()
    _changed(session, viewer, template, threshold, "threshold.retired")
    return threshold


def _changed(session: Session, viewer: Viewer, template: DeliverableTemplate, threshold: Threshold, type_: str) -> None:
    record(session, viewer, type_, "Threshold", threshold.id)
    session.flush()
    # The template is held: what is being read now is judged after this, by what is in force then.
    if judged_under(session, system_viewer(viewer.organization_id), template.id):
        enqueue(session, viewer, EVALUATE_JOB, {"template_id": str(template.id)})


def _require_version(threshold: Threshold, expected_version: int | None) -> None:
    if expected_version is not None and threshold.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))


def _check_bounds(draft: ThresholdDraft) -> None:
    for name, client in _CLIENT_NAMES.items():
        checked_number(getattr(draft, name), ("input", client))
        if (getattr(draft, name) is not None) != (name in _BOUNDS[draft.direction]):
            raise DomainError(ErrorCode.THRESHOLD_BOUNDS, ("input", client))
    if not 0 <= draft.minimum_samples <= MOST_SAMPLES:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "minimumSamples"))
    checked_number(draft.minimum_confidence, ("input", "minimumConfidence"), low=Decimal(0))
    if draft.minimum_confidence > 1:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "minimumConfidence"))
