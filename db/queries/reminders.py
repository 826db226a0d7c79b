"""Whom there is something to remind of. For scheduled work: everybody of the organisation in one zone."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goal_updates import ActionOutcome, GoalStep, WeeklyAction
from db.models.goals import LIVE, Cycle, Goal
from db.models.people import Employment, Person
from db.queries import people
from db.viewer import Viewer


def working_in(viewer: Viewer, zone: str, day: datetime.date) -> sa.Select[uuid.UUID]:
    """Ids of the people of the organisation who live in the zone and are employed on that day."""
    employed = sa.exists().where(Employment.person_id == Person.id, people.in_force(Employment, day))
    return sa.select(Person.id).where(
        Person.organization_id == viewer.organization_id,
        Person.timezone == zone,
        Person.archived_at.is_(None),
        employed,
    )


def without_action(
    session: Session, viewer: Viewer, zone: str, day: datetime.date, week: datetime.date
) -> Sequence[uuid.UUID]:
    """Those of the zone who have not written down their key action of the week that begins on that Monday."""
    written = sa.select(WeeklyAction.person_id).where(
        WeeklyAction.organization_id == viewer.organization_id, WeeklyAction.week == week
    )
    return session.scalars(working_in(viewer, zone, day).where(Person.id.not_in(written))).all()


def open_actions(
    session: Session, viewer: Viewer, zone: str, day: datetime.date, week: datetime.date
) -> Sequence[WeeklyAction]:
    """The open key actions of that week of those in the zone."""
    return session.scalars(
        sa.select(WeeklyAction).where(
            WeeklyAction.organization_id == viewer.organization_id,
            WeeklyAction.week == week,
            WeeklyAction.outcome == ActionOutcome.OPEN,
            WeeklyAction.person_id.in_(working_in(viewer, zone, day)),
        )
    ).all()


def goals_without_check_in(
    session: Session, viewer: Viewer, zone: str, day: datetime.date, before: datetime.datetime
) -> dict[uuid.UUID, int]:
    """How many goals that are being worked on have had no check-in since that instant, by their owners in the zone.

    Only goals of cycles that hold the day count; a goal without any check-in counts from its confirmation.
    """
    statement = (
        sa.select(Goal.owner_id, sa.func.count())
        .join(Cycle, Cycle.id == Goal.cycle_id)
        .where(
            Goal.organization_id == viewer.organization_id,
            Goal.owner_id.in_(working_in(viewer, zone, day)),
            Goal.status.in_(LIVE),
            Cycle.starts_on <= day,
            Cycle.ends_on >= day,
            sa.func.coalesce(Goal.checked_in_at, Goal.confirmed_at) < before,
        )
        .group_by(Goal.owner_id)
    )
    return {owner_id: count for owner_id, count in session.execute(statement) if owner_id is not None}


def overdue_steps(session: Session, viewer: Viewer, zone: str, day: datetime.date) -> dict[uuid.UUID, int]:
    """How many steps should have been done before that day, of goals that are being worked on, by their owners in the
    zone."""
    statement = (
        sa.select(Goal.owner_id, sa.func.count())
        .join(GoalStep, GoalStep.goal_id == Goal.id)
        .where(
            Goal.organization_id == viewer.organization_id,
            Goal.owner_id.in_(working_in(viewer, zone, day)),
            Goal.status.in_(LIVE),
            GoalStep.done_at.is_(None),
            GoalStep.due_on < day,
        )
        .group_by(Goal.owner_id)
    )
    return {owner_id: count for owner_id, count in session.execute(statement) if owner_id is not None}
