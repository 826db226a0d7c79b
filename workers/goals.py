"""Jobs of goals: reading a table of goals, writing one, opening health checks in mid-cycle, and reminders."""

from __future__ import annotations

import datetime
import uuid
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from resolvers.goals import exports, healthchecks, imports, reminders, tables
from workers.registry import Effect, JobRun, job
from workers.table_imports import given_up, import_table
from workers.tables import write_table


@job(imports.GOALS.job, max_failures=3, time_limit=600, gave_up=given_up(imports.GOALS))
def import_goals(run: JobRun) -> Effect | None:
    """Read a table of goals, check every row, and create the goals as drafts, all or none."""
    return import_table(run, imports.GOALS, imports.record_import)


@job(exports.JOB, max_failures=3, time_limit=600)
def export_goals(run: JobRun) -> Effect | None:
    """Write the goals that somebody may see as a table."""
    export_id = uuid.UUID(run.args["export_id"])
    with run.read() as session:
        table = exports.table_to_write(session, run.viewer, export_id)
    if table is None:
        return None
    run.progress(50, "writing")
    content = write_table(table.rows, table.format.value, tables.help_rows(run.viewer.locale))
    files = run.services.files
    return lambda session: exports.record_export(session, run.viewer, files, export_id, content=content, table=table)


@job("goals.open_health_checks", max_failures=5, time_limit=120)
def open_health_checks(run: JobRun) -> Effect:
    """Open the health checks that are due today; doing it again opens nothing twice."""
    due = _due(run)

    def effect(session: Session) -> None:
        healthchecks.open_health_checks(session, run.viewer, due.date())

    return effect


@job("goals.remind_of_check_ins", max_failures=5, time_limit=300)
def remind_of_check_ins(run: JobRun) -> Effect:
    """Remind people of one zone of late check-ins and overdue steps of goals, on a working day and once a week."""
    due = _due(run)
    return lambda session: reminders.remind_of_check_ins(session, run.viewer, due, run.args["zone"])


@job("goals.remind_of_week", max_failures=5, time_limit=300)
def remind_of_week(run: JobRun) -> Effect:
    """Remind people of one zone of the week's key action, on a working day."""
    due = _due(run)
    return lambda session: reminders.remind_of_week(session, run.viewer, due, run.args["zone"])


def _due(run: JobRun) -> datetime.datetime:
    """The instant of the tick that the job was put in for, by the clocks of its zone."""
    return datetime.datetime.fromisoformat(run.args["due"]).astimezone(ZoneInfo(run.args["zone"]))
