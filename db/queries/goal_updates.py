"""Check-ins, comments, weekly actions, health checks, imports and exports: what a viewer may see of them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goal_updates import (
    CheckIn,
    CheckInValue,
    GoalComment,
    GoalExport,
    GoalHealthCheck,
    GoalImport,
    GoalMention,
    GoalStep,
    WeeklyAction,
)
from db.models.goals import Goal, GoalStatus
from db.models.people import Employment, Person
from db.queries import goals, people
from db.queries.sets import among
from db.viewer import Role, Viewer


def check_ins(session: Session, viewer: Viewer) -> sa.Select[CheckIn]:
    """The check-ins of goals that the viewer may see."""
    seen = goals.visible_to(session, viewer).with_only_columns(Goal.id)
    return sa.select(CheckIn).where(CheckIn.organization_id == viewer.organization_id, CheckIn.goal_id.in_(seen))


def check_in_values(session: Session, check_in_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[CheckInValue]]:
    """The values of check-ins that the caller loaded by what the viewer may see."""
    found: dict[uuid.UUID, list[CheckInValue]] = {}
    for value in session.scalars(
        sa.select(CheckInValue).where(CheckInValue.check_in_id.in_(set(check_in_ids))).order_by(CheckInValue.id)
    ):
        found.setdefault(value.check_in_id, []).append(value)
    return found


def latest_check_ins(session: Session, measure_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, uuid.UUID]:
    """By measure, of goals that the caller loaded by what the viewer may see: the check-in with its latest value."""
    rank = sa.func.row_number().over(partition_by=CheckInValue.measure_id, order_by=CheckInValue.id.desc())
    ranked = (
        sa.select(CheckInValue.measure_id, CheckInValue.check_in_id, rank.label("rank"))
        .where(among(CheckInValue.measure_id, measure_ids))
        .subquery()
    )
    latest = sa.select(ranked.c.measure_id, ranked.c.check_in_id).where(ranked.c.rank == 1)
    return dict(session.execute(latest).all())


def steps(session: Session, viewer: Viewer) -> sa.Select[GoalStep]:
    """The steps of goals that the viewer may see."""
    seen = goals.visible_to(session, viewer).with_only_columns(Goal.id)
    return sa.select(GoalStep).where(GoalStep.organization_id == viewer.organization_id, GoalStep.goal_id.in_(seen))


def steps_of(session: Session, goal_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[GoalStep]]:
    """The steps, in their order, of goals that the caller loaded by what the viewer may see."""
    found: dict[uuid.UUID, list[GoalStep]] = {}
    statement = sa.select(GoalStep).where(among(GoalStep.goal_id, goal_ids))
    for step in session.scalars(statement.order_by(GoalStep.position, GoalStep.id)):
        found.setdefault(step.goal_id, []).append(step)
    return found


def steps_done_by(session: Session, check_in_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[GoalStep]]:
    """The steps that check-ins, which the caller loaded likewise, say are done."""
    found: dict[uuid.UUID, list[GoalStep]] = {}
    statement = sa.select(GoalStep).where(among(GoalStep.check_in_id, check_in_ids))
    for step in session.scalars(statement.order_by(GoalStep.position, GoalStep.id)):
        if step.check_in_id is not None:
            found.setdefault(step.check_in_id, []).append(step)
    return found


def comments(session: Session, viewer: Viewer) -> sa.Select[GoalComment]:
    """The comments on goals that the viewer may see."""
    seen = goals.visible_to(session, viewer).with_only_columns(Goal.id)
    return sa.select(GoalComment).where(
        GoalComment.organization_id == viewer.organization_id, GoalComment.goal_id.in_(seen)
    )


def mentions(session: Session, comment_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    """The people named in comments."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    for row in session.scalars(
        sa.select(GoalMention).where(GoalMention.comment_id.in_(set(comment_ids))).order_by(GoalMention.person_id)
    ):
        found.setdefault(row.comment_id, []).append(row.person_id)
    return found


def weekly_actions(session: Session, viewer: Viewer) -> sa.Select[WeeklyAction]:
    """One's own, those one is asked to witness, and those of the people one answers for."""
    statement = sa.select(WeeklyAction).where(WeeklyAction.organization_id == viewer.organization_id)
    if viewer.is_system:
        return statement
    conditions = [WeeklyAction.person_id == viewer.person_id, WeeklyAction.witness_id == viewer.person_id]
    led = people.led_ids(session, viewer)
    if led is not None:
        conditions.append(WeeklyAction.person_id.in_(led))
    return statement.where(sa.or_(*conditions))


def filtered_actions(
    statement: sa.Select[WeeklyAction],
    *,
    person_id: uuid.UUID | None,
    witness_id: uuid.UUID | None,
    week: datetime.date | None,
) -> sa.Select[WeeklyAction]:
    """The statement narrowed to what is wanted; None leaves a part open."""
    for column, value in ((WeeklyAction.person_id, person_id), (WeeklyAction.witness_id, witness_id)):
        if value is not None:
            statement = statement.where(column == value)
    return statement if week is None else statement.where(WeeklyAction.week == week)


def actions_for(
    session: Session, viewer: Viewer, goal_ids: Iterable[uuid.UUID], *, limit: int = 50
) -> Mapping[uuid.UUID, list[WeeklyAction]]:
    """The latest visible actions that name each goal, at most `limit` each, the latest week first."""
    rank = sa.func.row_number().over(
        partition_by=WeeklyAction.goal_id, order_by=(WeeklyAction.week.desc(), WeeklyAction.id)
    )
    ranked = (
        weekly_actions(session, viewer)
        .where(WeeklyAction.goal_id.in_(set(goal_ids)))
        .with_only_columns(WeeklyAction.id, rank.label("rank"))
        .subquery()
    )
    found: dict[uuid.UUID, list[WeeklyAction]] = {}
    for action in session.scalars(
        sa.select(WeeklyAction)
        .join(ranked, ranked.c.id == WeeklyAction.id)
        .where(ranked.c.rank <= limit)
        .order_by(WeeklyAction.week.desc(), WeeklyAction.id)
    ):
        if action.goal_id is not None:
            found.setdefault(action.goal_id, []).append(action)
    return found


def filtered_checks(
    statement: sa.Select[GoalHealthCheck],
    *,
    cycle_id: uuid.UUID | None,
    person_id: uuid.UUID | None,
    reviewer_id: uuid.UUID | None,
    still_open: bool | None,
) -> sa.Select[GoalHealthCheck]:
    """The statement narrowed to what is wanted; None leaves a part open."""
    for column, value in (
        (GoalHealthCheck.cycle_id, cycle_id),
        (GoalHealthCheck.person_id, person_id),
        (GoalHealthCheck.reviewer_id, reviewer_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if still_open is not None:
        statement = statement.where(GoalHealthCheck.completed_at.is_(None) == still_open)
    return statement


def health_checks(session: Session, viewer: Viewer) -> sa.Select[GoalHealthCheck]:
    """Those about oneself, those one is to complete, and those of the people one answers for."""
    statement = sa.select(GoalHealthCheck).where(GoalHealthCheck.organization_id == viewer.organization_id)
    if viewer.is_system:
        return statement
    conditions = [GoalHealthCheck.person_id == viewer.person_id, GoalHealthCheck.reviewer_id == viewer.person_id]
    led = people.led_ids(session, viewer)
    if led is not None:
        conditions.append(GoalHealthCheck.person_id.in_(led))
    return statement.where(sa.or_(*conditions))


def owners_without_health_check(
    session: Session, viewer: Viewer, cycle_id: uuid.UUID
) -> list[tuple[uuid.UUID, uuid.UUID | None]]:
    """People with confirmed goals of their own in the cycle who have no health check yet, with today's manager."""
    on = people.today(session, viewer.organization_id)
    owners = sa.select(Goal.owner_id).where(
        Goal.organization_id == viewer.organization_id,
        Goal.cycle_id == cycle_id,
        Goal.status.in_((GoalStatus.CONFIRMED, GoalStatus.RUNNING)),
    )
    checked = sa.select(GoalHealthCheck.person_id).where(GoalHealthCheck.cycle_id == cycle_id)
    rows = session.execute(
        sa.select(Person.id, sa.func.max(sa.cast(Employment.manager_id, sa.String)))
        .outerjoin(Employment, sa.and_(Employment.person_id == Person.id, people.in_force(Employment, on)))
        .where(Person.id.in_(owners), Person.id.not_in(checked), Person.archived_at.is_(None))
        .group_by(Person.id)
        .order_by(Person.id)
    )
    return [(person_id, uuid.UUID(manager) if manager else None) for person_id, manager in rows]


def imports(session: Session, viewer: Viewer) -> sa.Select[GoalImport]:
    """One's own imports; all of the organisation for HR."""
    statement = sa.select(GoalImport).where(GoalImport.organization_id == viewer.organization_id)
    if viewer.is_system or viewer.has(Role.HR):
        return statement
    return statement.where(GoalImport.requested_by == viewer.person_id)


def exports(session: Session, viewer: Viewer) -> sa.Select[GoalExport]:
    """One's own exports: each holds what its maker may see."""
    statement = sa.select(GoalExport).where(GoalExport.organization_id == viewer.organization_id)
    return statement if viewer.is_system else statement.where(GoalExport.requested_by == viewer.person_id)


def team_actions(
    session: Session, viewer: Viewer, week: datetime.date, people_ids: sa.Select[uuid.UUID]
) -> list[WeeklyAction]:
    """The actions of some people in the week that begins on that Monday, as far as the viewer may see them."""
    return list(
        session.scalars(
            weekly_actions(session, viewer)
            .where(WeeklyAction.week == week, WeeklyAction.person_id.in_(people_ids))
            .order_by(WeeklyAction.id)
        )
    )
