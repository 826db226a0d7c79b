"""Goals as a table for whoever asks: those that this person may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import new_id, now
from db.events import record, record_accesses
from db.files import FileStore
from db.jobs import enqueue
from db.models.events import AccessedResource
from db.models.goal_updates import GoalExport, TableFormat, TransferStatus
from db.models.goals import Goal, GoalStatus, Measure, MeasureKind
from db.models.people import Department
from db.queries import goal_updates, goals, people
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import tables
from resolvers.table_imports import MEDIA_TYPES

JOB = "goals.export"
ROWS = 100_000


def request_export(
    session: Session, viewer: Viewer, cycle_id: uuid.UUID, department_id: uuid.UUID | None, format_: TableFormat
) -> GoalExport:
    """Put in the job that writes the cycle's goals, of one department or of all. An empty cycle gives a template.

    Raises `DomainError` NOT_FOUND.
    """
    if cycle_id not in goals.by_ids(session, viewer, [cycle_id]):
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "cycleId"))
    if department_id is not None and department_id not in people.departments(session, viewer, [department_id]):
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "departmentId"))
    made = GoalExport(
        id=new_id(),
        organization_id=viewer.organization_id,
        cycle_id=cycle_id,
        department_id=department_id,
        requested_by=viewer.person_id,
        format=format_,
        status=TransferStatus.QUEUED,
    )
    made.job_id = enqueue(session, viewer, JOB, {"export_id": str(made.id)}).id
    session.add(made)
    session.flush()
    record(session, viewer, "goal_export.requested", "GoalExport", made.id)
    return made


@dataclass(frozen=True, slots=True)
class Table:
    """What an export is to hold."""

    rows: list[list[str]]
    """Header first, with safe cells."""
    format: TableFormat
    owners: frozenset[uuid.UUID]
    """Whose goals are in it."""


def table_to_write(session: Session, viewer: Viewer, export_id: uuid.UUID) -> Table | None:
    """The table of an export that is still to be done; None when it was done already.

    Dropped goals are left out. At most 100,000 goals.
    """
    wanted = session.scalars(goal_updates.exports(session, viewer).where(GoalExport.id == export_id)).first()
    if wanted is None or wanted.status is not TransferStatus.QUEUED:
        return None
    statement = goals.filtered(
        goals.visible_to(session, viewer),
        goals.Wanted(cycle_id=wanted.cycle_id, department_id=wanted.department_id),
    )
    found = session.scalars(statement.where(Goal.status != GoalStatus.DROPPED).order_by(Goal.id).limit(ROWS)).all()
    measures = goals.measures(session, [goal.id for goal in found])
    codes = {goal.id: goal.code for goal in found}
    staff = people.entries(session, viewer, {goal.owner_id for goal in found if goal.owner_id})
    departments = dict(session.execute(sa.select(Department.id, Department.code)).all())
    rows = [tables.header(viewer.locale)]
    for goal in found:
        held = [measure for measure in measures.get(goal.id, []) if measure.kind is MeasureKind.NUMERIC]
        owner = staff.get(goal.owner_id) if goal.owner_id else None
        cells = {
            "code": goal.code,
            "title": goal.title,
            "kind": tables.first_word(goal.kind),
            "level": tables.first_word(goal.level),
            "owner": owner.staff_number if owner else None,
            "department": departments.get(goal.department_id) if goal.department_id else None,
            "parent": codes.get(goal.parent_id) if goal.parent_id else None,
            "weight": goal.weight,
            "hours": goal.hours,
            "visibility": tables.first_word(goal.visibility),
            "description": goal.description,
        }
        rows.append(_cells(cells | (_measure_cells(held[0]) if held else {})))
        rows += [_cells(_measure_cells(measure)) for measure in held[1:]]
    return Table(rows, wanted.format, frozenset(staff))


def record_export(
    session: Session, viewer: Viewer, files: FileStore, export_id: uuid.UUID, *, content: bytes, table: Table
) -> None:
    """Keep the written table, and note who took it out for each owner of a goal in it. Again, it changes nothing."""
    wanted = session.get_one(GoalExport, export_id, with_for_update=True)
    if wanted.status is not TransferStatus.QUEUED:
        return
    wanted.file_id = files.put(session, viewer.organization_id, content, MEDIA_TYPES[wanted.format]).id
    wanted.rows = len(table.rows) - 1
    wanted.status = TransferStatus.DONE
    wanted.finished_at = now()
    session.flush()
    record(session, viewer, "goal_export.done", "GoalExport", wanted.id)
    taken = [(AccessedResource.GOAL_EXPORT, wanted.id, owner_id) for owner_id in sorted(table.owners)]
    record_accesses(session, viewer, taken)


def _measure_cells(measure: Measure) -> dict[str, object]:
    return {
        "measure": measure.name,
        "unit": measure.unit,
        "direction": tables.first_word(measure.direction) if measure.direction else None,
        "start": measure.start,
        "target": measure.target,
        "low": measure.low,
        "high": measure.high,
        "measure_weight": measure.weight,
        "data_source": tables.first_word(measure.data_source) if measure.data_source else None,
    }


def _cells(values: dict[str, object]) -> list[str]:
    return [tables.safe_cell(_text(values.get(column.key))) for column in tables.COLUMNS]


def _text(value: object) -> str:
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)
