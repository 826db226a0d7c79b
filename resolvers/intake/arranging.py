"""A person says which pages make which document, where codes and files do not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from db.events import record
from db.models.intake import IntakeDocument, IntakeStatus, UploadFile, UploadPage
from db.queries import intake
from db.viewer import Viewer
from resolvers import access
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake.inspection import MOST_PAGES, add_pages
from resolvers.intake.uploads import enqueue_reading
from resolvers.rules.page_order import LONGEST_DOCUMENT

REARRANGED = "rearranged"
"""Reason code of a document whose pages a person put into others."""

_AT = ("input", "documents")


def arrange_pages(session: Session, viewer: Viewer, groups: Sequence[Sequence[uuid.UUID]]) -> list[IntakeDocument]:
    """Make a new document of each group of pages, in the given order, and let it be read.

    The documents that the pages were in end SUPERSEDED, with their reading kept; pages that are not named are left
    out. For who may reject each of those documents. Raises `DomainError` FORBIDDEN, NOT_FOUND, INVALID (a group without
    pages, or of more than 20), FIELD_REPEATED (a page named twice), TOO_MANY (over 200 pages), NOT_READY for a
    document that is decided, or whose pictures are gone.
    """
    access.require_paper_role(viewer)
    ids = [page_id for group in groups for page_id in group]
    if len(ids) > MOST_PAGES:
        raise DomainError(ErrorCode.TOO_MANY, _AT)
    if not groups or any(not 1 <= len(group) <= LONGEST_DOCUMENT for group in groups):
        raise DomainError(ErrorCode.INVALID, _AT)
    if len(set(ids)) != len(ids):
        raise DomainError(ErrorCode.FIELD_REPEATED, _AT)
    pages = intake.pages_by_ids(session, viewer, ids)
    if len(pages) != len(ids):
        raise DomainError(ErrorCode.NOT_FOUND, _AT)
    old = _held(session, viewer, {page.document_id for page in pages.values()})
    pictures = intake.upload_pages_by_ids(session, [page.upload_page_id for page in pages.values()])
    if any(picture.image_id is None for picture in pictures.values()):
        raise DomainError(ErrorCode.NOT_READY, _AT)
    made = []
    for group in groups:
        own = [pages[page_id] for page_id in group]
        document = _document(session, viewer, old[own[0].document_id], [pictures[page.upload_page_id] for page in own])
        _supersede(session, viewer, [old[page.document_id] for page in own], document)
        made.append(document)
    session.flush()
    return made


def _held(session: Session, viewer: Viewer, ids: set[uuid.UUID]) -> dict[uuid.UUID, IntakeDocument]:
    """The documents, locked; nobody may have decided them."""
    mine = intake.visible_to(session, viewer).where(IntakeDocument.id.in_(ids)).order_by(IntakeDocument.id)
    intake.hold_sheets(session, viewer, [row.sheet_id for row in session.scalars(mine) if row.sheet_id is not None])
    locked = mine.with_for_update(of=IntakeDocument).execution_options(populate_existing=True)
    found = {document.id: document for document in session.scalars(locked)}
    for document in found.values():
        access.require_may_reject(session, viewer, document)
        if document.status not in intake.UNDECIDED:
            raise DomainError(ErrorCode.NOT_READY, _AT)
    return found


def _document(
    session: Session, viewer: Viewer, before: IntakeDocument, pictures: Sequence[UploadPage]
) -> IntakeDocument:
    file = session.get_one(UploadFile, pictures[0].upload_file_id)
    document = IntakeDocument(
        organization_id=viewer.organization_id,
        upload_id=file.upload_id,
        upload_file_id=file.id,
        uploaded_by=before.uploaded_by,
        status=IntakeStatus.UPLOADED,
        warnings=[],
    )
    session.add(document)
    session.flush()
    add_pages(session, document, pictures)
    document.job_id = enqueue_reading(session, viewer, document).id
    record(session, viewer, "intake.arranged", "IntakeDocument", document.id)
    return document


def _supersede(session: Session, viewer: Viewer, documents: Sequence[IntakeDocument], by: IntakeDocument) -> None:
    for document in documents:
        if document.status is not IntakeStatus.SUPERSEDED:
            document.status = IntakeStatus.SUPERSEDED
            document.reason_code = REARRANGED
            document.superseded_by_id = by.id
            record(session, viewer, "intake.superseded", "IntakeDocument", document.id)
