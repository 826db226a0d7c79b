"""Review records in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from db.models import reviews as rows
from db.models.events import AccessedResource
from db.queries import reviews
from db.queries.paging import Order, Page, fetch_page
from schema.batching import batch, field, root
from schema.context import Context
from schema.forms import FormTemplate, form_of
from schema.goals import Cycle, cycle_of
from schema.inputs import optional_id
from schema.people import Department, Person, load_departments, loaded, localized, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import After, Connection, First, Node, node_type, read_page
from schema.scalars import described_enum

if TYPE_CHECKING:
    from schema.intake_types import IntakeField

described_enum(
    rows.ReviewStatus,
    description="How far a review is.",
    values={"DRAFT": "Begun, not complete.", "CONFIRMED": "Complete, and confirmed by a person."},
)
described_enum(
    rows.ReviewSource,
    description="How a review came in.",
    values={"PAPER": "From a photographed form.", "SCREEN": "Entered on a screen."},
)
described_enum(
    rows.AnswerSource,
    description="Where the value of an answer comes from.",
    values={
        "MACHINE": "Read from paper and left as it was.",
        "CHECKED": "Read from paper; a person looked and agreed.",
        "CORRECTED": "Read from paper; a person put another value.",
        "TYPED": "Entered on a screen.",
    },
)

LATEST_FIRST = Order((rows.Review.created_at, rows.Review.id), descending=True)
READERS = Permission("the subject once confirmed, the reviewer, the managers above the subject by today's line, and HR")


def shown(context: Context, found: Sequence[rows.Review | None]) -> None:
    """Note that the answer shows these reviews."""
    for review in found:
        if review is not None:
            context.note_access(AccessedResource.REVIEW, review.id, review.subject_id)


def load_reviews(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Review | None]:
    """The reviews that the viewer may read; reading them is noted."""
    wanted = [id_ for id_ in ids if id_ is not None]
    found = loaded(reviews.by_ids(context.session, context.viewer, wanted), ids)
    shown(context, found)
    return found


def review_of(attribute: str) -> Callable[[Context, Sequence[Any]], list[rows.Review | None]]:
    """The batch function of a field that is the review whose id stands in `attribute` of the parent's row."""

    def load(context: Context, parents: Sequence[Any]) -> list[rows.Review | None]:
        return load_reviews(context, [getattr(parent, attribute) for parent in parents])

    return load


def _answers(context: Context, parents: Sequence[rows.Review]) -> list[list[Any]]:
    found = reviews.answers(context.session, [review.id for review in parents])
    return [found.get(review.id, []) for review in parents]


def _answer_fields(context: Context, parents: Sequence[Any]) -> list[Any]:
    from schema.intake_types import load_fields  # noqa: PLC0415 - documents know reviews, and answers their documents' fields

    return load_fields(context, [answer.field_id for answer in parents])


def _departments(context: Context, parents: Sequence[rows.Review]) -> list[Any]:
    return load_departments(context, [review.department_id for review in parents])


@strawberry.type(description="The answer to one field of the form.")
class ReviewAnswer:
    key: str = field(description="Key of the field in the form.")
    label: str = batch(localized("label"), description="What the form prints beside the field.")
    value: str | None = field(description="The value as text: ISO date, plain decimal, option; null when empty.")
    score: Decimal | None = field(description="The score, for a field that is scored.")
    weight: Decimal | None = field(description="Weight of the score in percent.")
    source: rows.AnswerSource = field(description="Where the value comes from.")
    field: Annotated[IntakeField, strawberry.lazy("schema.intake_types")] | None = batch(
        _answer_fields, description="The machine's reading behind it, with its picture; null without paper."
    )


@node_type(rows.Review, load=load_reviews, description="What was said about a person's work in a cycle.")
class Review(Node):
    subject: Person | None = batch(person_of("subject_id"), description="Whom it is about.")
    reviewer: Person | None = batch(
        person_of("reviewer_id"), description="Who wrote it; null when the form names no known person."
    )
    cycle: Cycle | None = batch(cycle_of("cycle_id"), description="The cycle it is about.")
    department: Department | None = batch(
        _departments, description="The subject's department when the review was made."
    )
    template: FormTemplate | None = batch(form_of("form_version_id"), description="The form that was filled in.")
    source: rows.ReviewSource = field(description="How it came in.")
    status: rows.ReviewStatus = field(description="How far it is.")
    score: Decimal | None = field(description="Weighted mean of the scores; null as long as one is missing.")
    grade: str | None = field(description="Overall grade as ticked on the form.")
    comment: str | None = field(description="Remark of the person who confirmed it.")
    answers: list[ReviewAnswer] = batch(_answers, description="The answers in the order of the form.")
    confirmed_by: Person | None = batch(person_of("confirmed_by"), description="Who confirmed it.")
    confirmed_at: datetime.datetime | None = field(description="When it was confirmed.")
    created_at: datetime.datetime = field(description="When it was begun.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which reviews to list; every part that is given must hold.")
class ReviewFilter:
    subject_id: strawberry.ID | None = strawberry.field(default=None, description="About this person.")
    reviewer_id: strawberry.ID | None = strawberry.field(default=None, description="Written by this person.")
    cycle_id: strawberry.ID | None = strawberry.field(default=None, description="About this cycle.")
    status: rows.ReviewStatus | None = strawberry.field(default=None, description="In this state.")


def _reviews(
    context: Context, first: First = None, after: After = None, filter: ReviewFilter | None = None
) -> Page[rows.Review]:
    wanted = filter or ReviewFilter()
    statement = reviews.visible_to(context.session, context.viewer)
    for column, value in (
        (rows.Review.subject_id, optional_id(wanted.subject_id, "Person", ("filter", "subjectId"))),
        (rows.Review.reviewer_id, optional_id(wanted.reviewer_id, "Person", ("filter", "reviewerId"))),
        (rows.Review.cycle_id, optional_id(wanted.cycle_id, "Cycle", ("filter", "cycleId"))),
        (rows.Review.status, wanted.status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    page = read_page(lambda request: fetch_page(context.session, statement, LATEST_FIRST, request), first, after)
    shown(context, page.rows)
    return page


@strawberry.type
class ReviewQueries:
    reviews: Connection[Review] = root(_reviews, description="The reviews that the viewer may read, the latest first.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "reviews"),
    **grant(
        "Review",
        READERS,
        "id subject reviewer cycle department template source status score grade comment answers confirmedBy "
        "confirmedAt createdAt version",
    ),
    **grant("ReviewAnswer", READERS, "key label value score weight source field"),
}
