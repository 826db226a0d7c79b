"""What the product recorded of people's work in a span: tasks and steps that fell due, work taken up again, values."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goal_updates import CheckIn, CheckInValue, GoalStep
from db.models.goals import COUNTED, DataSource, Goal, Measure
from db.models.projects.deliverables import Deliverable, DeliverableStatus
from db.models.projects.tasks import UNFINISHED, ProjectTask, TaskStatus, TaskUpdate
from db.queries.goals import seen_by
from db.queries.sets import among
from db.viewer import Viewer

_OWNER = cast("sa.ColumnElement[uuid.UUID]", Goal.owner_id)
_GIVEN = cast("sa.ColumnElement[Decimal]", CheckInValue.value)
"""Never null under the conditions below."""


class Span(NamedTuple):
    """From an instant to before another."""

    begins_at: datetime.datetime
    ends_at: datetime.datetime


class DueTask(NamedTuple):
    owner_id: uuid.UUID
    due_at: datetime.datetime
    """As first planned."""
    done_at: datetime.datetime | None


class DueStep(NamedTuple):
    owner_id: uuid.UUID
    due_on: datetime.date
    done_at: datetime.datetime | None


class Again(NamedTuple):
    """Of somebody's finished things how many there are, and how many were taken up again."""

    owner_id: uuid.UUID
    all: int
    again: int


class Value(NamedTuple):
    owner_id: uuid.UUID
    measure_id: uuid.UUID
    value: Decimal
    source: DataSource
    recorded_at: datetime.datetime


def due_tasks(session: Session, people: Sequence[uuid.UUID], span: Span) -> list[DueTask]:
    """Their tasks that were first planned to be done within the span, without those that were dropped."""
    statement = sa.select(
        ProjectTask.owner_id,
        ProjectTask.first_due_at,
        sa.case((ProjectTask.status == TaskStatus.DONE, ProjectTask.finished_at)),
    ).where(
        among(ProjectTask.owner_id, people),
        ProjectTask.status != TaskStatus.DROPPED,
        ProjectTask.first_due_at >= span.begins_at,
        ProjectTask.first_due_at < span.ends_at,
    )
    return [DueTask(*row) for row in session.execute(statement)]


def due_steps(
    session: Session, viewer: Viewer, people: Sequence[uuid.UUID], since: datetime.date, until: datetime.date
) -> list[DueStep]:
    """The dated steps of their goals, as far as the viewer may see these, that fall due on days of the span."""
    statement = (
        sa.select(_OWNER, GoalStep.due_on, GoalStep.done_at)
        .join(Goal, Goal.id == GoalStep.goal_id)
        .where(
            among(Goal.owner_id, people),
            Goal.organization_id == viewer.organization_id,
            Goal.status.in_(COUNTED),
            seen_by(session, viewer),
            GoalStep.due_on.between(since, until),
        )
    )
    return [DueStep(*row) for row in session.execute(statement)]


def finished_tasks(session: Session, people: Sequence[uuid.UUID], span: Span) -> list[Again]:
    """Their tasks that were done for the first time within the span, and those of them that were open again later."""
    done = (
        sa.select(TaskUpdate.task_id, ProjectTask.owner_id, sa.func.min(TaskUpdate.created_at).label("first"))
        .join(ProjectTask, ProjectTask.id == TaskUpdate.task_id)
        .where(among(ProjectTask.owner_id, people), TaskUpdate.status == TaskStatus.DONE)
        .group_by(TaskUpdate.task_id, ProjectTask.owner_id)
        .subquery()
    )
    again = (
        sa.select(TaskUpdate.id)
        .where(
            TaskUpdate.task_id == done.c.task_id,
            TaskUpdate.created_at > done.c.first,
            TaskUpdate.status.in_(UNFINISHED),
        )
        .exists()
    )
    statement = (
        sa.select(done.c.owner_id, sa.func.count(), sa.func.sum(sa.case((again, 1), else_=0)))
        .where(done.c.first >= span.begins_at, done.c.first < span.ends_at)
        .group_by(done.c.owner_id)
    )
    return [Again(*row) for row in session.execute(statement)]


def deliverables(session: Session, people: Sequence[uuid.UUID], span: Span) -> list[Again]:
    """What they first handed in within the span, and what of it was handed in in another version later."""
    statement = (
        sa.select(Deliverable.owner_id, sa.func.count(), sa.func.sum(sa.case((Deliverable.number > 1, 1), else_=0)))
        .where(
            among(Deliverable.owner_id, people),
            Deliverable.status != DeliverableStatus.SUPERSEDED,
            Deliverable.created_at >= span.begins_at,
            Deliverable.created_at < span.ends_at,
        )
        .group_by(Deliverable.owner_id)
    )
    return [Again(*row) for row in session.execute(statement)]


def values(session: Session, viewer: Viewer, people: Sequence[uuid.UUID], span: Span) -> list[Value]:
    """The values that check-ins within the span gave to measures of their goals, as far as the viewer may see these, in
    the order of time."""
    statement = (
        sa.select(_OWNER, CheckInValue.measure_id, _GIVEN, CheckInValue.source, CheckIn.created_at)
        .join(CheckIn, CheckIn.id == CheckInValue.check_in_id)
        .join(Goal, Goal.id == CheckIn.goal_id)
        .join(Measure, Measure.id == CheckInValue.measure_id)
        .where(
            among(Goal.owner_id, people),
            Goal.organization_id == viewer.organization_id,
            Goal.status.in_(COUNTED),
            seen_by(session, viewer),
            Measure.dropped_at.is_(None),
            CheckInValue.applicable.is_(True),
            CheckInValue.value.is_not(None),
            CheckIn.created_at >= span.begins_at,
            CheckIn.created_at < span.ends_at,
        )
        .order_by(CheckIn.created_at, CheckInValue.id)
    )
    return [Value(*row) for row in session.execute(statement)]
