"""How far uploads are: their pages, their documents, and what waits for a person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.intake import (
    EntryStage,
    IntakeDocument,
    IntakePage,
    IntakeStatus,
    IntakeWait,
    Upload,
    UploadFile,
    UploadPage,
)
from db.queries.intake import FOR_A_PERSON, UNDECIDED, UNREAD, WAITS


@dataclass(frozen=True, slots=True)
class UploadNeed:
    """Documents of an upload that wait for the same act of a person for the same reason."""

    waits_for: IntakeWait
    reason_code: str | None
    documents: int
    pages: int


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How far an upload is."""

    pages: int
    """Found in the files that were opened."""
    pages_kept: int
    pages_read: int
    """Of which no document waits for the machine."""
    pages_done: int
    """Of which every document was decided, or another stands for it."""
    documents: int
    settled: int
    """Documents that do not wait for the machine any more."""
    needs: tuple[UploadNeed, ...]
    inspected: bool

    @property
    def need_person(self) -> int:
        return sum(need.documents for need in self.needs)

    @property
    def finished(self) -> bool:
        """Whether nothing is left for the machine."""
        return self.inspected and self.settled == self.documents

    @property
    def percent(self) -> int:
        """Inspecting counts as a tenth of the work: that is about its share of the time."""
        if not self.inspected:
            return 10 * self.pages_kept // max(1, self.pages)
        return 10 + 90 * self.settled // max(1, self.documents)


@dataclass(slots=True)
class _Documents:
    known: int = 0
    settled: int = 0


def progress_of_uploads(session: Session, upload_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, UploadProgress]:
    """How far uploads are that the caller loaded through `uploads_visible_to`, by three statements."""
    wanted = set(upload_ids)
    files = session.execute(
        sa.select(Upload.id, Upload.inspected_at, sa.func.coalesce(sa.func.sum(UploadFile.pages), 0))
        .outerjoin(UploadFile, UploadFile.upload_id == Upload.id)
        .where(Upload.id.in_(wanted))
        .group_by(Upload.id, Upload.inspected_at)
    ).all()
    pages = {row[0]: row for row in session.execute(_pages(wanted))}
    documents: dict[uuid.UUID, _Documents] = {id_: _Documents() for id_ in wanted}
    needs: dict[uuid.UUID, list[UploadNeed]] = {id_: [] for id_ in wanted}
    for upload_id, status, stage, reason_code, count, own_pages in session.execute(_documents(wanted)):
        documents[upload_id].known += count
        documents[upload_id].settled += 0 if status in UNREAD else count
        if status in FOR_A_PERSON:
            needs[upload_id].append(UploadNeed(WAITS[status, stage], reason_code, count, own_pages))
    found = {}
    for upload_id, inspected_at, total in files:
        kept, read, done = pages[upload_id][1:] if upload_id in pages else (0, 0, 0)
        found[upload_id] = UploadProgress(
            pages=int(total or 0),
            pages_kept=kept,
            pages_read=int(read or 0),
            pages_done=int(done or 0),
            documents=documents[upload_id].known,
            settled=documents[upload_id].settled,
            needs=tuple(sorted(needs[upload_id], key=lambda need: (need.waits_for.value, need.reason_code or ""))),
            inspected=inspected_at is not None,
        )
    return found


def _pages(upload_ids: set[uuid.UUID]) -> sa.Select[uuid.UUID, int, int, int]:
    """Upload, pages that are kept, those that are read, those that are done."""
    one = (
        sa.select(
            UploadFile.upload_id.label("upload_id"),
            sa.func.max(_counts(IntakeDocument.status.in_(UNREAD))).label("unread"),
            sa.func.max(_counts(IntakeDocument.status.in_(UNDECIDED))).label("open"),
        )
        .join(UploadPage, UploadPage.upload_file_id == UploadFile.id)
        .outerjoin(IntakePage, IntakePage.upload_page_id == UploadPage.id)
        .outerjoin(IntakeDocument, IntakeDocument.id == IntakePage.document_id)
        .where(UploadFile.upload_id.in_(upload_ids))
        .group_by(UploadFile.upload_id, UploadPage.id)
        .subquery()
    )
    # A page without a document counts as neither: its document is not known yet.
    return sa.select(
        one.c.upload_id,
        sa.func.count(),
        sa.func.sum(_counts(one.c.unread == 0)),
        sa.func.sum(_counts(one.c.open == 0)),
    ).group_by(one.c.upload_id)


def _counts(condition: sa.ColumnElement[bool]) -> sa.Case[int]:
    """1 where it holds, 0 where it does not, nothing where there is nothing to hold."""
    return sa.case((condition, 1), (sa.not_(condition), 0))


def _documents(
    upload_ids: set[uuid.UUID],
) -> sa.Select[uuid.UUID, IntakeStatus, EntryStage | None, str | None, int, int]:
    return (
        sa.select(
            IntakeDocument.upload_id,
            IntakeDocument.status,
            IntakeDocument.entry_stage,
            IntakeDocument.reason_code,
            sa.func.count(sa.distinct(IntakeDocument.id)),
            sa.func.count(IntakePage.id),
        )
        .outerjoin(IntakePage, IntakePage.document_id == IntakeDocument.id)
        .where(IntakeDocument.upload_id.in_(upload_ids))
        .group_by(
            IntakeDocument.upload_id, IntakeDocument.status, IntakeDocument.entry_stage, IntakeDocument.reason_code
        )
    )
