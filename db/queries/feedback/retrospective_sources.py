"""The goals and deliverables that a retrospective is about."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.feedback.retrospectives import Retrospective
from db.models.goals import COUNTED, Goal, GoalLevel, GoalStatus
from db.models.projects.deliverables import Deliverable, DeliverableStatus
from db.models.projects.flags import Flag
from db.models.projects.tasks import Project, ProjectTask
from db.queries import goals, schedules
from db.queries.projects import deliverables
from db.viewer import Viewer


def goals_of(session: Session, viewer: Viewer, held: Sequence[Retrospective]) -> dict[uuid.UUID, list[Goal]]:
    """By retrospective: its goal; or of its cycle the goals that were confirmed once, of the person or department."""
    wanted = sa.select(Retrospective.id.label("retrospective_id"), Goal.id.label("goal_id")).where(
        Retrospective.id.in_([row.id for row in held])
    )
    counted = sa.and_(Goal.status.in_((*COUNTED, GoalStatus.DROPPED)), Goal.confirmed_at.is_not(None))
    in_cycle = sa.and_(Goal.cycle_id == Retrospective.cycle_id, counted)
    of_department = sa.and_(Goal.department_id == Retrospective.department_id, Goal.level == GoalLevel.DEPARTMENT)
    pairs = sa.union_all(
        wanted.join(Goal, Goal.id == Retrospective.goal_id),
        wanted.join(Goal, sa.and_(Goal.owner_id == Retrospective.person_id, in_cycle)),
        wanted.join(Goal, sa.and_(of_department, in_cycle)),
    ).subquery()
    found: dict[uuid.UUID, list[Goal]] = {}
    rows: Any = session.execute(
        goals.visible_to(session, viewer)
        .join(pairs, pairs.c.goal_id == Goal.id)
        .add_columns(sa.type_coerce(pairs.c.retrospective_id, sa.Uuid()))
        .order_by(Goal.id)
    )
    for goal, row_id in rows:
        found.setdefault(row_id, []).append(goal)
    return found


class Judged(NamedTuple):
    """A deliverable and its flag."""

    id: uuid.UUID
    title: str
    flag: Flag


def deliverables_of(session: Session, viewer: Viewer, held: Sequence[Retrospective]) -> dict[uuid.UUID, list[Judged]]:
    """By retrospective, without those that nobody could read: what was handed in for the project, for a task that
    serves the goal (by its own word, or its project's where it names none), or by the person in the cycle."""
    wanted = sa.select(Retrospective.id.label("retrospective_id"), Deliverable.id.label("deliverable_id")).where(
        Retrospective.id.in_([row.id for row in held])
    )
    arms = [
        wanted.join(ProjectTask, ProjectTask.project_id == Retrospective.project_id).join(
            Deliverable, Deliverable.task_id == ProjectTask.id
        ),
        wanted.join(ProjectTask, ProjectTask.goal_id == Retrospective.goal_id).join(
            Deliverable, Deliverable.task_id == ProjectTask.id
        ),
        wanted.join(Project, Project.goal_id == Retrospective.goal_id)
        .join(ProjectTask, sa.and_(ProjectTask.project_id == Project.id, ProjectTask.goal_id.is_(None)))
        .join(Deliverable, Deliverable.task_id == ProjectTask.id),
        *_in_cycles(session, viewer, held),
    ]
    pairs = sa.union(*arms).subquery()
    found: dict[uuid.UUID, list[Judged]] = {}
    rows: Any = session.execute(
        deliverables.visible_to(session, viewer)
        .join(pairs, pairs.c.deliverable_id == Deliverable.id)
        .where(Deliverable.status.in_((DeliverableStatus.OK, DeliverableStatus.NO_DATA)))
        .with_only_columns(
            sa.type_coerce(pairs.c.retrospective_id, sa.Uuid()), Deliverable.id, Deliverable.title, Deliverable.flag
        )
    )
    for row_id, *judged in rows:
        found.setdefault(row_id, []).append(Judged(*judged))
    return found


def _in_cycles(
    session: Session, viewer: Viewer, held: Sequence[Retrospective]
) -> list[sa.Select[uuid.UUID, uuid.UUID]]:
    """What people handed in in their cycles, by the organisation's clocks: an arm of the union for each."""
    owned = [row for row in held if row.person_id is not None and row.cycle_id is not None]
    if not owned:
        return []
    cycles = goals.by_ids(session, viewer, [row.cycle_id for row in owned if row.cycle_id])
    zone = ZoneInfo(schedules.organization_zone(session, viewer) or "UTC")
    return [
        sa.select(sa.literal(row.id, sa.Uuid()), Deliverable.id).where(
            Deliverable.owner_id == row.person_id,
            Deliverable.created_at >= _midnight(cycles[row.cycle_id].starts_on, zone),
            Deliverable.created_at < _midnight(cycles[row.cycle_id].ends_on + datetime.timedelta(days=1), zone),
        )
        for row in owned
        if row.cycle_id in cycles
    ]


def _midnight(day: datetime.date, zone: ZoneInfo) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.min, zone).astimezone(datetime.UTC)
