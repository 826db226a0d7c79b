"""A brief as a file, for whoever may read it: what stands in it is what that reader sees.

It is taken out only while that reader may read the brief and all evidence that stands in the file: what somebody took
back or hid since then would be read in it still. It is kept for a week.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import new_id, now
from db.events import record, record_accesses
from db.files import FileStore
from db.jobs import enqueue
from db.models.briefs import BriefBatch, BriefDocument, BriefStatus, DocumentFormat, DocumentStatus
from db.models.events import AccessedResource
from db.models.files import StoredFile
from db.queries import briefs
from db.queries.logins import load_viewer
from db.viewer import Viewer
from resolvers.briefs import reading
from resolvers.briefs.page import Page, page_of
from resolvers.errors import DomainError, ErrorCode

JOB = "briefs.write_document"
KEPT = datetime.timedelta(days=7)
"""How long a file, and an archive of many, can be taken out."""
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


def record_document(session: Session, files: FileStore, document_id: uuid.UUID, page: Page, content: bytes) -> None:
    """Keep the file of that page, unless what stands in it was erased meanwhile. Doing it again changes nothing."""
    wanted = session.get_one(BriefDocument, document_id)
    briefs.hold(session, [wanted.brief_id])
    session.refresh(wanted, with_for_update=True)
    if wanted.status is DocumentStatus.QUEUED:
        wanted.evidence = [proof.number for proof in page.evidence]
        if not briefs.erased_positions(session, wanted.brief_id).intersection(wanted.evidence):
            wanted.file_id = files.put(session, wanted.organization_id, content, MEDIA_TYPES[wanted.format]).id
        wanted.status = DocumentStatus.DONE
        wanted.finished_at = now()


def give_up(session: Session, document_id: uuid.UUID) -> None:
    """A file that cannot be made, or may not be any more, says so; it can be asked for again."""
    wanted = session.get_one(BriefDocument, document_id, with_for_update=True)
    if wanted.status is DocumentStatus.QUEUED:
        wanted.status = DocumentStatus.FAILED
        wanted.finished_at = now()


def problems(session: Session, viewer: Viewer, wanted: Sequence[BriefDocument]) -> list[ErrorCode | None]:
    """Why each of the viewer's files may not be taken out now; None where it may, and before it is made.

    WORK_FAILED: it was given up. NOT_FOUND: the brief is not for the viewer any more. EVIDENCE_WITHDRAWN: something
    that stands in it is not. FILE_EXPIRED: its week is over.
    """
    found = briefs.by_ids(session, viewer, {document.brief_id for document in wanted})
    texts = reading.texts(session, viewer, list(found.values()))
    return [_problem(document, texts.get(document.brief_id)) for document in wanted]


def _problem(document: BriefDocument, text: reading.BriefText | None) -> ErrorCode | None:
    if document.status is DocumentStatus.QUEUED:
        return None
    if text is None:
        return ErrorCode.NOT_FOUND
    if document.status is DocumentStatus.FAILED:
        return ErrorCode.WORK_FAILED
    if document.finished_at is None or document.finished_at < now() - KEPT:
        return ErrorCode.FILE_EXPIRED
    return None if text.holds(document.evidence) and document.file_id is not None else ErrorCode.EVIDENCE_WITHDRAWN


def take_out(session: Session, document_id: uuid.UUID) -> StoredFile:
    """The file, with the rights that whoever asked for it has now, and noted as a reading of its brief.

    Raises `DomainError` NOT_FOUND, EVIDENCE_WITHDRAWN, FILE_EXPIRED.
    """
    document = session.get(BriefDocument, document_id)
    viewer = None if document is None or document.requested_by is None else load_viewer(session, document.requested_by)
    if document is None or viewer is None or document.status is not DocumentStatus.DONE:
        raise DomainError(ErrorCode.NOT_FOUND)
    (problem,) = problems(session, viewer, [document])
    if problem is not None or document.file_id is None:
        raise DomainError(problem or ErrorCode.FILE_EXPIRED)
    brief = briefs.by_ids(session, viewer, [document.brief_id])[document.brief_id]
    record_accesses(session, viewer, [(AccessedResource.BRIEF, brief.id, brief.subject_id)])
    return session.get_one(StoredFile, document.file_id)


def let_go_of_files(session: Session, organization_id: uuid.UUID) -> None:
    """Files and archives whose time is over belong to nobody any more, so that the sweeper takes their bytes."""
    for made in (BriefDocument, BriefBatch):
        over = sa.and_(made.organization_id == organization_id, made.finished_at < now() - KEPT)
        session.execute(sa.update(made).where(over).values(file_id=None))
