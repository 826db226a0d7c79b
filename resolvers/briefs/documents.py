"""A brief as a file, for whoever may read it: what stands in it is what that reader sees."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from db.base import new_id, now
from db.events import record
from db.files import FileStore
from db.jobs import enqueue
from db.models.briefs import BriefDocument, BriefStatus, DocumentFormat, DocumentStatus
from db.queries import briefs
from db.viewer import Viewer
from resolvers.briefs.page import Page, page_of
from resolvers.errors import DomainError, ErrorCode

JOB = "briefs.write_document"
MEDIA_TYPES = {
    DocumentFormat.HTML: "text/html",
    DocumentFormat.PDF: "application/pdf",
    DocumentFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    DocumentFormat.JSON: "application/json",
}


def request_document(session: Session, viewer: Viewer, brief_id: uuid.UUID, format_: DocumentFormat) -> BriefDocument:
    """Put in the job that makes the file. Raises `DomainError` NOT_FOUND, and NOT_READY before the brief is written."""
    brief = briefs.by_ids(session, viewer, [brief_id]).get(brief_id)
    if brief is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "briefId"))
    if brief.status not in {BriefStatus.READY, BriefStatus.INSUFFICIENT}:
        raise DomainError(ErrorCode.NOT_READY, ("input", "briefId"))
    made = BriefDocument(
        id=new_id(),
        organization_id=viewer.organization_id,
        brief_id=brief_id,
        format=format_,
        requested_by=viewer.person_id,
        status=DocumentStatus.QUEUED,
    )
    made.job_id = enqueue(session, viewer, JOB, {"document_id": str(made.id)}).id
    session.add(made)
    session.flush()
    record(session, viewer, "brief_document.requested", "Brief", brief_id)
    return made


def page_to_write(session: Session, viewer: Viewer, document_id: uuid.UUID) -> tuple[Page, DocumentFormat] | None:
    """What the file is to show, with the rights of today; None when it was made already or may not be made any more."""
    wanted = session.scalars(briefs.documents(viewer).where(BriefDocument.id == document_id)).first()
    if wanted is None or wanted.status is not DocumentStatus.QUEUED:
        return None
    brief = briefs.by_ids(session, viewer, [wanted.brief_id]).get(wanted.brief_id)
    return None if brief is None else (page_of(session, viewer, brief), wanted.format)


def record_document(session: Session, files: FileStore, document_id: uuid.UUID, content: bytes) -> None:
    """Keep the file. Doing it again changes nothing."""
    wanted = session.get_one(BriefDocument, document_id, with_for_update=True)
    if wanted.status is DocumentStatus.QUEUED:
        wanted.file_id = files.put(session, wanted.organization_id, content, MEDIA_TYPES[wanted.format]).id
        wanted.status = DocumentStatus.DONE
        wanted.finished_at = now()


def give_up(session: Session, document_id: uuid.UUID) -> None:
    """A file that cannot be made, or may not be any more, says so; it can be asked for again."""
    wanted = session.get_one(BriefDocument, document_id, with_for_update=True)
    if wanted.status is DocumentStatus.QUEUED:
        wanted.status = DocumentStatus.FAILED
        wanted.finished_at = now()
