"""How far an upload is, as it changes: its pages, its documents, and what waits for a person and why."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import strawberry
from sqlalchemy.orm import Session

from db.models import intake as rows
from db.queries import intake, uploads
from resolvers.errors import DomainError, ErrorCode
from resolvers.reasons import reason_text
from schema.batching import batch, field
from schema.context import Context
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import GlobalId, decode_id
from schema.subscription import subscription

UPLOAD_SEERS = Permission("who handed it in, and HR")


def _reasons(context: Context, needs: Sequence[uploads.UploadNeed]) -> list[str | None]:
    return [None if need.reason_code is None else reason_text(need.reason_code, context.locale) for need in needs]


@strawberry.type(description="Documents of an upload that wait for a person for one reason.")
class IntakeNeed:
    waits_for: rows.IntakeWait = field(description="Which act of a person they wait for.")
    reason_code: str | None = field(description="Why, for programs; null when they simply wait to be checked.")
    reason_message: str | None = batch(_reasons, description="Why and what to do, in the viewer's language.")
    documents: int = field(description="How many; `intakeDocuments(filter: {uploadId, waitsFor})` lists them.")
    pages: int = field(description="Their pages.")


@strawberry.type(description="How far an upload is.")
class IntakeProgress:
    pages: int = field(description="Pages found in its files so far.")
    pages_kept: int = field(name="pagesInspected", description="Those that were decoded and looked at.")
    pages_read: int = field(description="Those that the machine is done with: read, or of no use as they are.")
    pages_done: int = field(description="Those of which people are done, too: confirmed, turned down or replaced.")
    documents: int = field(description="Documents known so far.")
    settled: int = field(description="Those that were read, or whose reading ended otherwise.")
    need_person: int = field(
        name="needPerson", description="Those that wait for a person: a review, a form to choose or another picture."
    )
    needs: list[IntakeNeed] = field(description="The same by what they wait for and why.")
    percent: int = field(description="How far inspection and reading are together, 0 to 100.")
    finished: bool = field(description="Whether nothing is left for the machine.")


def progress_of(context: Context, parents: Sequence[rows.Upload]) -> list[uploads.UploadProgress]:
    """How far uploads are."""
    found = uploads.progress_of_uploads(context.session, [upload.id for upload in parents])
    return [found[upload.id] for upload in parents]


async def follow_upload(context: Context, id: GlobalId) -> AsyncGenerator[uploads.UploadProgress, None]:
    """How far an upload is, now and at each change, until the machine is done with it.

    It looks when a page was kept or a document was read, and then at all that happened meanwhile. Raises `DomainError`
    NOT_FOUND for uploads that the viewer may not see.
    """
    upload_id = decode_id(id, "IntakeUpload", at=("id",))

    def look(session: Session) -> uploads.UploadProgress | None:
        visible = intake.by_ids(session, intake.uploads_visible_to(context.viewer), [upload_id])
        return uploads.progress_of_uploads(session, visible).get(upload_id)

    shown: uploads.UploadProgress | None = None
    async with context.services.changes.watch(str(upload_id)) as changed:
        while True:
            progress = await context.read(look)
            if progress is None:
                raise DomainError(ErrorCode.NOT_FOUND, ("id",))
            if progress != shown:
                shown = progress
                yield progress
            if progress.finished:
                return
            await changed()


@strawberry.type
class UploadSubscriptions:
    upload_progress: IntakeProgress = subscription(
        follow_upload,
        description=(
            "How far an upload is, now and at each change, until nothing is left for the machine; then the stream "
            "ends. An upload that the viewer may not see is NOT_FOUND."
        ),
    )


PERMISSIONS: PermissionMap = {
    **grant("Subscription", SIGNED_IN, "uploadProgress"),
    **grant(
        "IntakeProgress",
        UPLOAD_SEERS,
        "pages pagesInspected pagesRead pagesDone documents settled needPerson needs percent finished",
    ),
    **grant("IntakeNeed", UPLOAD_SEERS, "waitsFor reasonCode reasonMessage documents pages"),
}
