"""The work of every import of a table: read it in a limited child, then check and record its rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from db.viewer import Viewer
from resolvers.table_imports import TableImport
from workers.registry import Effect, JobRun
from workers.sandbox import SandboxError
from workers.sandbox import run as run_in_child
from workers.tables import READING, TableError, read_table

Record = Callable[[Session, Viewer, uuid.UUID, Sequence[Sequence[str]]], None]
GivenUp = Callable[[Session, Viewer, dict[str, Any], str], None]


def import_table(run: JobRun, kind: TableImport[Any], record: Record) -> Effect | None:
    """Read the table of the import that the job names; the effect records its rows, or refuses it with the reason."""
    import_id = uuid.UUID(run.args["import_id"])
    with run.read() as session:
        wanted = kind.table_to_read(session, run.viewer, run.services.files, import_id)
    if wanted is None:
        return None
    content, format_ = wanted
    run.progress(10, "reading")
    try:
        rows = run_in_child(READING, read_table, content, format_.value)
    except (TableError, SandboxError) as error:
        code = error.code if isinstance(error, TableError) else "FILE_UNREADABLE"
        return lambda session: kind.refuse(session, run.viewer, import_id, code)
    run.progress(50, "checking")
    return lambda session: record(session, run.viewer, import_id, rows)


def given_up(kind: TableImport[Any]) -> GivenUp:
    """An import that was given up says so to whoever asked for it."""
    return lambda session, viewer, args, code: kind.refuse(session, viewer, uuid.UUID(args["import_id"]), code)
