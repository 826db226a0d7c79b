"""Lists of photographed forms in the schema."""

from __future__ import annotations

import strawberry

from db.models import intake as rows
from db.queries import intake
from db.queries.paging import Order, Page, fetch_page
from schema.batching import root
from schema.context import Context
from schema.inputs import optional_id
from schema.intake_types import IntakeDocument, IntakePolicy, shown
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.relay import After, Connection, First, read_page

LATEST_FIRST = Order((rows.IntakeDocument.created_at, rows.IntakeDocument.id), descending=True)


@strawberry.input(description="Which documents to list; every part that is given must hold.")
class IntakeDocumentFilter:
    status: list[rows.IntakeStatus] | None = strawberry.field(default=None, description="In one of these states.")
    subject_id: strawberry.ID | None = strawberry.field(default=None, description="About this person.")
    cycle_id: strawberry.ID | None = strawberry.field(default=None, description="About this cycle.")
    uploaded_by_id: strawberry.ID | None = strawberry.field(default=None, description="Handed in by this person.")
    upload_id: strawberry.ID | None = strawberry.field(default=None, description="Of this upload.")
    waits_for: list[rows.IntakeWait] | None = strawberry.field(
        default=None, description="Waiting for one of these acts of a person."
    )
    needs_person: bool | None = strawberry.field(
        default=None, description="Whether it waits for a person: a review, a form to choose or another picture."
    )


def _intake_documents(
    context: Context, first: First = None, after: After = None, filter: IntakeDocumentFilter | None = None
) -> Page[rows.IntakeDocument]:
    wanted = filter or IntakeDocumentFilter()
    statement = intake.visible_to(context.session, context.viewer)
    for column, value in (
        (rows.IntakeDocument.subject_id, optional_id(wanted.subject_id, "Person", ("filter", "subjectId"))),
        (rows.IntakeDocument.cycle_id, optional_id(wanted.cycle_id, "Cycle", ("filter", "cycleId"))),
        (rows.IntakeDocument.upload_id, optional_id(wanted.upload_id, "IntakeUpload", ("filter", "uploadId"))),
        (rows.IntakeDocument.uploaded_by, optional_id(wanted.uploaded_by_id, "Person", ("filter", "uploadedById"))),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.status is not None:
        statement = statement.where(rows.IntakeDocument.status.in_(wanted.status))
    if wanted.waits_for is not None:
        statement = statement.where(intake.waits_for(wanted.waits_for))
    if wanted.needs_person is not None:
        waits = rows.IntakeDocument.status.in_(intake.FOR_A_PERSON)
        statement = statement.where(waits if wanted.needs_person else ~waits)
    page = read_page(lambda request: fetch_page(context.session, statement, LATEST_FIRST, request), first, after)
    shown(context, page.rows)
    return page


@strawberry.type
class IntakeQueries:
    intake_policy: IntakePolicy | None = root(
        lambda context: context.session.scalars(intake.policies(context.viewer)).first(),
        description="How paper is kept; null until somebody said so: then pictures are kept for 180 days.",
    )
    intake_documents: Connection[IntakeDocument] = root(
        _intake_documents, description="The photographed forms that the viewer may see, the latest first."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "intakeDocuments intakePolicy"),
}
