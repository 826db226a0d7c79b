"""Jobs of goals: reading a table of goals, writing one, and opening health checks in mid-cycle."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from db.queries import people
from db.viewer import Viewer
from resolvers.goals import exports, healthchecks, imports, tables
from workers.registry import Effect, JobRun, job
from workers.sandbox import SandboxError
from workers.sandbox import run as run_in_child
from workers.tables import READING, TableError, read_table, write_table


def _import_given_up(session: Session, viewer: Viewer, args: dict[str, Any], code: str) -> None:
    """An import that was given up says so to whoever asked for it."""
    imports.refuse_import(session, viewer, uuid.UUID(args["import_id"]), code)


@job(imports.JOB, max_failures=3, time_limit=600, gave_up=_import_given_up)
def import_goals(run: JobRun) -> Effect | None:
    """Read a table of goals, check every row, and create the goals as drafts, all or none."""
    import_id = uuid.UUID(run.args["import_id"])
    with run.read() as session:
        wanted = imports.table_to_read(session, run.viewer, run.services.files, import_id)
    if wanted is None:
        return None
    content, format_ = wanted
    run.progress(10, "reading")
    try:
        rows = run_in_child(READING, read_table, content, format_.value)
    except TableError as error:
        code = error.code
        return lambda session: imports.refuse_import(session, run.viewer, import_id, code)
    except SandboxError:
        return lambda session: imports.refuse_import(session, run.viewer, import_id, "FILE_UNREADABLE")
    run.progress(50, "checking")
    return lambda session: imports.record_import(session, run.viewer, import_id, rows)


@job(exports.JOB, max_failures=3, time_limit=600)
def export_goals(run: JobRun) -> Effect | None:
    """Write the goals that somebody may see as a table."""
    export_id = uuid.UUID(run.args["export_id"])
    with run.read() as session:
        wanted = exports.rows_to_write(session, run.viewer, export_id)
    if wanted is None:
        return None
    rows, format_ = wanted
    run.progress(50, "writing")
    content = write_table(rows, format_.value, tables.help_rows(run.viewer.locale))
    count = len(rows) - 1
    files = run.services.files
    return lambda session: exports.record_export(session, run.viewer, files, export_id, content=content, rows=count)


@job("goals.open_health_checks", max_failures=5, time_limit=120)
def open_health_checks(run: JobRun) -> Effect | None:
    """Open the health checks that are due today; doing it again opens nothing twice."""

    def effect(session: Session) -> None:
        today = people.today(session, run.viewer.organization_id)
        healthchecks.open_health_checks(session, run.viewer, today)

    return effect
