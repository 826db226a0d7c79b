"""Tables that people send: kept, read by a worker, and ended with what is wrong in which row."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from db.base import new_id, now
from db.events import record
from db.files import FileStore
from db.jobs import enqueue
from db.models.feedback.customers import CustomerCommentImport
from db.models.files import StoredFile
from db.models.goal_updates import GoalImport, TableFormat, TransferStatus
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode

MAXIMUM_BYTES = 10 * 1024 * 1024
KEPT_ERRORS = 200
MEDIA_TYPES = {
    TableFormat.CSV: "text/csv",
    TableFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Row = TypeVar("Row", GoalImport, CustomerCommentImport)


def row_error(row: int | None, column: str | None, code: str) -> dict[str, Any]:
    """What is wrong with one place: the row as a spreadsheet counts, the key of the column, a code."""
    return {"row": row, "column": column, "code": code}


@dataclass(frozen=True, slots=True)
class TableImport(Generic[Row]):
    """One kind of import: the rows that remember it, and the name of its job. Who may do it is its use case's."""

    rows: type[Row]
    job: str

    def request(
        self, session: Session, viewer: Viewer, files: FileStore, content: bytes, *, dry_run: bool, **more: Any
    ) -> Row:
        """Keep a table and put in the job that reads it; `more` are columns of this kind alone.

        Raises `DomainError`: FILE_EMPTY, FILE_TOO_LARGE (over 10 MB), FILE_TYPE_UNSUPPORTED (neither XLSX nor text).
        """
        format_ = _table_format(content)
        made = self.rows(
            id=new_id(),
            organization_id=viewer.organization_id,
            file_id=files.put(session, viewer.organization_id, content, MEDIA_TYPES[format_]).id,
            requested_by=viewer.person_id,
            format=format_,
            dry_run=dry_run,
            status=TransferStatus.QUEUED,
            errors=[],
            **more,
        )
        made.job_id = enqueue(session, viewer, self.job, {"import_id": str(made.id)}).id
        session.add(made)
        session.flush()
        self._record(session, viewer, made, "requested")
        return made

    def table_to_read(
        self, session: Session, viewer: Viewer, files: FileStore, import_id: uuid.UUID
    ) -> tuple[bytes, TableFormat] | None:
        """The file of an import that is still to be done; None when it was done already."""
        wanted = session.get(self.rows, import_id)
        if wanted is None or wanted.organization_id != viewer.organization_id:
            return None
        if wanted.status is not TransferStatus.QUEUED:
            return None
        return files.read(session.get_one(StoredFile, wanted.file_id)), wanted.format

    def waiting(self, session: Session, import_id: uuid.UUID) -> Row | None:
        """The import, held against everybody else; None when it was done already."""
        wanted = session.get_one(self.rows, import_id, with_for_update=True)
        return wanted if wanted.status is TransferStatus.QUEUED else None

    def refuse(self, session: Session, viewer: Viewer, import_id: uuid.UUID, code: str) -> None:
        """End an import whose file could not be read, with the code of why. Doing it again changes nothing."""
        wanted = self.waiting(session, import_id)
        if wanted is not None:
            self.finish(session, viewer, wanted, [row_error(None, None, code)])

    def finish(self, session: Session, viewer: Viewer, wanted: Row, errors: Sequence[dict[str, Any]]) -> None:
        """End an import: done without errors, refused with them; the first 200 are kept."""
        wanted.errors = list(errors[:KEPT_ERRORS])
        wanted.status = TransferStatus.REFUSED if errors else TransferStatus.DONE
        wanted.finished_at = now()
        session.flush()
        self._record(session, viewer, wanted, wanted.status.value.lower())

    def _record(self, session: Session, viewer: Viewer, wanted: Row, what: str) -> None:
        record(session, viewer, f"{self.rows.__tablename__}.{what}", self.rows.__name__, wanted.id)


def _table_format(content: bytes) -> TableFormat:
    at = ("input", "file")
    if not content:
        raise DomainError(ErrorCode.FILE_EMPTY, at)
    if len(content) > MAXIMUM_BYTES:
        raise DomainError(ErrorCode.FILE_TOO_LARGE, at, maximum_mb=MAXIMUM_BYTES >> 20)
    if content.startswith(b"PK\x03\x04"):
        return TableFormat.XLSX
    if b"\x00" in content[:4096]:
        raise DomainError(ErrorCode.FILE_TYPE_UNSUPPORTED, at, types="CSV, XLSX")
    return TableFormat.CSV
