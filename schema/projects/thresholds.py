"""Thresholds in the schema: from which value on a metric is green, yellow or red, in versions."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import strawberry

from db.models.projects import templates as rows
from db.queries.projects import templates
from resolvers.projects import thresholds as use_cases
from resolvers.projects.templates import TEMPLATE_ROLES
from resolvers.rules.flags import SURE
from schema.batching import batch, field
from schema.context import Context
from schema.errors import UserError
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Person, loaded, person_of
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant, only
from schema.relay import Node, decode_id, node_type
from schema.scalars import described_enum

described_enum(
    rows.ThresholdDirection,
    description="Which values of a metric are good.",
    values={
        "AT_MOST": "Low ones: latencies, error rates. Takes greenHigh and yellowHigh.",
        "AT_LEAST": "High ones: throughput, pass rates. Takes greenLow and yellowLow.",
        "WITHIN": "Those in a band: takes all four bounds, green inside yellow.",
    },
)

_FEW = (
    "A value from fewer measurements, or from unknown many, is never green. Nor is a percentile from fewer than it "
    "needs, where the file says how many: 59 for a p95, 299 for a p99."
)


@dataclass(frozen=True, slots=True)
class ThresholdAsOf:
    """A version of a threshold, with what all its versions share."""

    metric: str
    scope_pattern: str
    number: int
    unit: str
    direction: rows.ThresholdDirection
    green_low: Decimal | None
    green_high: Decimal | None
    yellow_low: Decimal | None
    yellow_high: Decimal | None
    minimum_samples: int
    minimum_confidence: Decimal
    confidence_assumed: bool
    required: bool
    published_by: uuid.UUID | None
    created_at: datetime.datetime


def as_of(threshold: rows.Threshold, version: rows.ThresholdVersion) -> ThresholdAsOf:
    """What a version said."""
    return ThresholdAsOf(
        metric=threshold.metric,
        scope_pattern=threshold.scope_pattern,
        number=version.number,
        unit=version.unit,
        direction=version.direction,
        green_low=version.green_low,
        green_high=version.green_high,
        yellow_low=version.yellow_low,
        yellow_high=version.yellow_high,
        minimum_samples=version.minimum_samples,
        minimum_confidence=SURE if version.minimum_confidence is None else version.minimum_confidence,
        confidence_assumed=version.minimum_confidence is None,
        required=version.required,
        published_by=version.published_by,
        created_at=version.created_at,
    )


def _load(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Threshold | None]:
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(templates.thresholds_by_ids(context.session, context.viewer, wanted), ids)


def _versions(context: Context, parents: Sequence[rows.Threshold]) -> list[list[ThresholdAsOf]]:
    found = templates.threshold_versions(context.session, [parent.id for parent in parents])
    return [[as_of(parent, version) for version in found.get(parent.id, [])] for parent in parents]


def _current(context: Context, parents: Sequence[rows.Threshold]) -> list[ThresholdAsOf]:
    return [versions[0] for versions in _versions(context, parents)]


def _of_templates(context: Context, parents: Sequence[rows.DeliverableTemplate]) -> list[list[rows.Threshold]]:
    found = templates.thresholds(context.session, [parent.id for parent in parents])
    return [found.get(parent.id, []) for parent in parents]


@strawberry.type(description="The bounds of a threshold from a moment on. They never change.")
class ThresholdVersion:
    metric: str = field(description="Name of the metric that is judged.")
    scope_pattern: str = field(
        description="Which scopes: a shell pattern without case; `*` all, `total` whatever stands for the whole run."
    )
    number: int = field(description="From 1.")
    unit: str = field(description="Of the bounds. Readings in units that do not convert to it are not judged.")
    direction: rows.ThresholdDirection = field(description="Which values are good.")
    green_low: Decimal | None = field(description="Least green value.")
    green_high: Decimal | None = field(description="Greatest green value.")
    yellow_low: Decimal | None = field(description="Least yellow value; below is red.")
    yellow_high: Decimal | None = field(description="Greatest yellow value; above is red.")
    minimum_samples: int = field(description=_FEW)
    minimum_confidence: Decimal = field(
        description="A value of which the machine is less sure, 0 to 1, is not green until a person confirms it."
    )
    confidence_assumed: bool = field(
        description="Whether it was published before this could be said: minimumConfidence is the default, which "
        "holds since, and evaluations of before, which asked for none, stay as they are. A new version says it."
    )
    required: bool = field(description="Whether it counts for the flag of the deliverable.")
    published_by: Person | None = batch(person_of("published_by"), description="Who published it.")
    created_at: datetime.datetime = field(description="When.")


@node_type(rows.Threshold, load=_load, description="How one metric of a template's deliverables is judged.")
class Threshold(Node):
    metric: str = field(description="Name of the metric.")
    scope_pattern: str = field(description="Which scopes of it.")
    current: ThresholdVersion = batch(_current, description="The newest version.")
    versions: list[ThresholdVersion] = batch(_versions, description="All versions, the newest first.")
    retired_at: datetime.datetime | None = field(description="From then on it judges nothing.")
    version: int = field(description="Changes with every change; for expectedVersion.")


@strawberry.input(description="How a metric of a template's deliverables is judged from now on.")
class SetThresholdInput:
    template_id: strawberry.ID = strawberry.field(description="Of whose deliverables.")
    metric: str = strawberry.field(description="Name of the metric, such as `latency_p95`.")
    unit: str = strawberry.field(description="Of the bounds, such as `ms`; one in which the metric can be measured.")
    direction: rows.ThresholdDirection = strawberry.field(description="Which values are good.")
    scope_pattern: str = strawberry.field(
        default="*",
        description="Which scopes: a shell pattern without case; `*` all, `total` whatever stands for the whole run.",
    )
    green_low: Decimal | None = strawberry.field(default=None, description="Least green value.")
    green_high: Decimal | None = strawberry.field(default=None, description="Greatest green value.")
    yellow_low: Decimal | None = strawberry.field(default=None, description="Least yellow value.")
    yellow_high: Decimal | None = strawberry.field(default=None, description="Greatest yellow value.")
    minimum_samples: int = strawberry.field(default=0, description=_FEW)
    minimum_confidence: Decimal = strawberry.field(
        default=SURE,
        description="A value of which the machine is less sure, 0 to 1, is not green until a person confirms it.",
    )
    required: bool = strawberry.field(default=True, description="Whether it counts for the flag of the deliverable.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The threshold.")
class SetThresholdPayload:
    threshold: Threshold | None = field(description="The threshold; null when nothing was published.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.input(description="Which threshold judges no longer.")
class RetireThresholdInput:
    id: strawberry.ID = strawberry.field(description="Global id of the threshold.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The retired threshold.")
class RetireThresholdPayload:
    threshold: Threshold | None = field(description="The threshold; null when it could not be retired.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _set(context: Context, input: SetThresholdInput) -> Mapping[str, Any]:
    draft = use_cases.ThresholdDraft(
        template_id=decode_id(input.template_id, "DeliverableTemplate", at=("input", "templateId")),
        metric=input.metric,
        unit=input.unit,
        direction=input.direction,
        scope_pattern=input.scope_pattern,
        green_low=input.green_low,
        green_high=input.green_high,
        yellow_low=input.yellow_low,
        yellow_high=input.yellow_high,
        minimum_samples=input.minimum_samples,
        minimum_confidence=input.minimum_confidence,
        required=input.required,
    )
    return {"threshold": use_cases.set_threshold(context.session, context.viewer, draft, input.expected_version)}


def _retire(context: Context, input: RetireThresholdInput) -> Mapping[str, Any]:
    threshold_id = decode_id(input.id, "Threshold", at=("input", "id"))
    made = use_cases.retire_threshold(context.session, context.viewer, threshold_id, input.expected_version)
    return {"threshold": made}


@strawberry.type
class TemplateThresholds:
    """What thresholds bring to `DeliverableTemplate`."""

    thresholds: list[Threshold] = batch(
        _of_templates, description="How its metrics are judged, by metric and scope; retired ones included."
    )


@strawberry.type
class ThresholdMutations:
    set_threshold: SetThresholdPayload = mutation(
        _set,
        description=(
            "Publish how a metric and scope is judged, or a new version of it. A job judges what was handed in anew; "
            "older evaluations stay."
        ),
    )
    retire_threshold: RetireThresholdPayload = mutation(
        _retire, description="Judge nothing by a threshold from now on; older evaluations stay."
    )


PERMISSIONS: PermissionMap = {
    **grant("Mutation", only(*TEMPLATE_ROLES), "setThreshold retireThreshold"),
    **grant("Threshold", SIGNED_IN, "id metric scopePattern current versions retiredAt version"),
    **grant(
        "ThresholdVersion",
        VISIBLE,
        "metric scopePattern number unit direction greenLow greenHigh yellowLow yellowHigh minimumSamples "
        "minimumConfidence confidenceAssumed required publishedBy createdAt",
    ),
}
