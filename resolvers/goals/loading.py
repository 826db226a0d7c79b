"""Finding the goal that a use case is about, and holding it still until the transaction ends."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goals import Cycle, Goal, GoalStatus, Phase
from db.models.people import Person
from db.queries import goals, people
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode

GOAL_PATH = ("input", "id")


def goal_to_change(
    session: Session,
    viewer: Viewer,
    goal_id: uuid.UUID,
    expected_version: int | None,
    *,
    statuses: Collection[GoalStatus],
    at: tuple[str, ...] = GOAL_PATH,
) -> Goal:
    """The goal, locked: whoever else wants to change it waits.

    Raises NOT_FOUND when the viewer may not see it, CONFLICT when it has another version, GOAL_STATE when it is in
    none of the statuses, CYCLE_CLOSED when its cycle is over for good.
    """
    locked = (
        goals.visible_to(session, viewer)
        .where(Goal.id == goal_id)
        .with_for_update(of=Goal)
        .execution_options(populate_existing=True)
    )
    goal = session.scalars(locked).first()
    if goal is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    if expected_version is not None and goal.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    if goal.status not in statuses:
        raise DomainError(ErrorCode.GOAL_STATE, at)
    require_open(session, viewer, session.get_one(Cycle, goal.cycle_id), at)
    return goal


def hold_weights(session: Session, viewer: Viewer, owner_ids: Iterable[uuid.UUID | None]) -> None:
    """Let one transaction at a time decide about the weights of these owners' goals, until it ends; None stands for
    goals without an owner.

    Locks on the goals alone would not do: a goal that another transaction adds meanwhile is not among them. Hold the
    weights before any goal, so that no two transactions wait for each other.
    """
    wanted = set(owner_ids)
    if None in wanted:
        goals.lock_tree(session, viewer)
    owners = sa.select(Person.id).where(
        Person.organization_id == viewer.organization_id, Person.id.in_({owner for owner in wanted if owner})
    )
    session.execute(owners.order_by(Person.id).with_for_update(key_share=True))


def cycle_to_use(session: Session, viewer: Viewer, cycle_id: uuid.UUID, at: tuple[str, ...]) -> Cycle:
    """The cycle. Raises NOT_FOUND, and CYCLE_CLOSED when it takes no changes any more."""
    cycle = goals.by_ids(session, viewer, [cycle_id]).get(cycle_id)
    if cycle is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    require_open(session, viewer, cycle, at)
    return cycle


def require_open(session: Session, viewer: Viewer, cycle: Cycle, at: tuple[str, ...]) -> None:
    """Raises CYCLE_CLOSED from the day of the cycle's closing phase on."""
    for phase in goals.phases(session, [cycle.id]).get(cycle.id, []):
        if phase.phase is Phase.CLOSED and phase.starts_on <= people.today(session, viewer.organization_id):
            raise DomainError(ErrorCode.CYCLE_CLOSED, at)


def lock_all(session: Session, statement: sa.Select[Goal]) -> list[Goal]:
    """The goals of a statement, locked in its order and as they are now."""
    return list(session.scalars(statement.with_for_update(of=Goal).execution_options(populate_existing=True)))
