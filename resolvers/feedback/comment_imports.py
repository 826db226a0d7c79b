"""Customers' comments from a table: asked for, read by a worker, checked row by row, and recorded all or none."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from db.files import FileStore
from db.models.feedback.customers import CustomerCommentImport
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback.comment_sources import Recorder
from resolvers.feedback.customers import RECORDERS
from resolvers.goals.authority import require_role
from resolvers.goals.tables import Column, HeaderError, read_header
from resolvers.rules.comment_records import CommentFieldError, comment_of
from resolvers.table_imports import TableImport, row_error

COMMENTS = TableImport(CustomerCommentImport, "feedback.import_comments")
MAXIMUM_COMMENTS = 5_000
COLUMNS = (
    Column("source", "来源", "Source", "客户发言所在的系统。", "The system in which it was said.", required=True),
    Column("source_id", "来源编号", "Source ID", "该系统中的编号。", "What that system calls it.", required=True),
    Column("said_on", "日期", "Date", "如 2026-10-01。", "Such as 2026-10-01.", required=True),
    Column("text", "原文", "Text", "原话，最多 5000 字。", "Word for word; at most 5,000 characters.", required=True),
    Column("person", "工号", "Staff number", "所指的人员。", "Whom it names."),
    Column("project", "项目", "Project", "项目全名。", "The project's exact name."),
    Column("task", "任务编号", "Task number", "项目内的任务编号。", "The task's number in the project."),
    Column("rating", "评分", "Rating", "从 0 起。", "From 0."),
    Column("rating_maximum", "满分", "Rating maximum", "默认为 5。", "5 where nothing is said."),
)


def request_import(
    session: Session, viewer: Viewer, files: FileStore, content: bytes, *, dry_run: bool
) -> CustomerCommentImport:
    """Keep a table of comments and put in the job that reads it. A dry run checks everything and records nothing.

    Raises `DomainError`: FORBIDDEN, FILE_EMPTY, FILE_TOO_LARGE (over 10 MB), FILE_TYPE_UNSUPPORTED.
    """
    require_role(viewer, *RECORDERS)
    return COMMENTS.request(session, viewer, files, content, dry_run=dry_run)


class _UndoneError(Exception):
    """Nothing of what was tried is to stay."""


def record_import(session: Session, viewer: Viewer, import_id: uuid.UUID, rows: Sequence[Sequence[str]]) -> None:
    """Record the comments of a table, all or none; those that are known already count as repeated. A dry run does the
    same and takes it back. Doing it again changes nothing."""
    wanted = COMMENTS.waiting(session, import_id)
    if wanted is None:
        return
    dry_run = wanted.dry_run
    errors: list[dict[str, Any]] = []
    found, new = 0, 0
    try:
        with session.begin_nested():
            found, new = _record_rows(session, viewer, import_id, rows, errors)
            if errors or dry_run:
                raise _UndoneError
    except _UndoneError:
        session.refresh(wanted)
    if not errors:
        wanted.rows, wanted.repeated = found, found - new
        wanted.created = 0 if dry_run else new
    COMMENTS.finish(session, viewer, wanted, errors)


def _record_rows(
    session: Session, viewer: Viewer, import_id: uuid.UUID, rows: Sequence[Sequence[str]], errors: list[dict[str, Any]]
) -> tuple[int, int]:
    """How many comments there are, and how many of them are new."""
    try:
        places = read_header(rows[0] if rows else [], COLUMNS)
    except HeaderError as error:
        errors.append(row_error(1, error.key, "COLUMN_MISSING"))
        return 0, 0
    if len(rows) - 1 > MAXIMUM_COMMENTS:
        errors.append(row_error(MAXIMUM_COMMENTS + 2, None, ErrorCode.TOO_MANY.value))
        return 0, 0
    recorder = Recorder(session, viewer, f"import:{import_id}")
    found = new = 0
    for number, row in enumerate(rows[1:], 2):
        cells = {key: row[place] for key, place in places.items() if place < len(row)}
        if not any(cell.strip() for cell in cells.values()):
            continue
        found += 1
        try:
            with session.begin_nested():
                written = comment_of(cells)
                new += recorder.record(written, written.source or "").new
        except CommentFieldError as error:
            errors.append(row_error(number, error.field, error.code))
        except DomainError as error:
            errors.append(row_error(number, error.field[-1] if error.field else None, error.code.value))
    return found, new
