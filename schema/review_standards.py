"""Which grades and scores reviews of the organisation may have, in the schema."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry

from db.models import reviews as rows
from db.queries import reviews
from db.queries.forms import FORM_ROLES
from resolvers import review_standards
from schema.batching import field, root
from schema.context import Context
from schema.errors import UserError
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.permissions import SIGNED_IN, PermissionMap, grant, only


@dataclass(frozen=True, slots=True)
class Shown:
    """The standards as they are."""

    grades: list[str]
    score_minimum: str | None
    score_maximum: str | None
    score_step: str | None
    version: int


@strawberry.type(description="Which grades and scores reviews may have. What a form says itself comes first.")
class ReviewStandards:
    grades: list[str] = field(description="The grades; none: any.")
    score_minimum: str | None = field(description="Least score; null: none is set.")
    score_maximum: str | None = field(description="Greatest score.")
    score_step: str | None = field(description="Scores go up from the least by this.")
    version: int = field(description="Grows with every change; 0 before the first. Give it as expectedVersion.")


@strawberry.input(description="Which grades and scores reviews may have; what is left out is not restricted.")
class SetReviewStandardsInput:
    grades: list[str] = strawberry.field(
        default_factory=list, description="At most 50 different ones, of at most 16 characters."
    )
    score_minimum: str | None = strawberry.field(default=None, description="Least score, as decimal text.")
    score_maximum: str | None = strawberry.field(default=None, description="Greatest score, as decimal text.")
    score_step: str | None = strawberry.field(
        default=None, description="Scores go up from the least by this, as decimal text."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The standards from now on.")
class SetReviewStandardsPayload:
    standards: ReviewStandards | None = field(description="The standards; null when they were not set.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _shown(row: rows.ReviewStandards | None) -> Shown:
    if row is None:
        return Shown([], None, None, None, 0)
    return Shown(row.grades, row.score_minimum, row.score_maximum, row.score_step, row.version)


def _set(context: Context, input: SetReviewStandardsInput) -> Mapping[str, Any]:
    draft = review_standards.Draft(
        input.grades, input.score_minimum, input.score_maximum, input.score_step, input.expected_version
    )
    return {"standards": _shown(review_standards.set_standards(context.session, context.viewer, draft))}


@strawberry.type
class ReviewStandardQueries:
    review_standards: ReviewStandards = root(
        lambda context: _shown(context.session.scalars(reviews.standards(context.viewer)).first()),
        description="Which grades and scores reviews of the organisation may have.",
    )


@strawberry.type
class ReviewStandardMutations:
    set_review_standards: SetReviewStandardsPayload = mutation(
        _set,
        description="Say which grades and scores reviews may have. What is read otherwise is marked for a person; a "
        "form that says nothing itself takes nothing else. Only HR and administrators.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "reviewStandards"),
    **grant("Mutation", only(*FORM_ROLES), "setReviewStandards"),
    **grant("ReviewStandards", SIGNED_IN, "grades scoreMinimum scoreMaximum scoreStep version"),
}
