"""The health check of goals in the middle of a cycle: opened by the system, completed by the manager."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.inbox import notify
from db.models.goal_updates import GoalHealthCheck, HealthVerdict
from db.models.goals import Cycle, CycleKind, Phase
from db.models.inbox import NotificationCode
from db.queries import goal_updates, goals, people
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.inputs import TEXT_LENGTH, optional_text

WEEK_OF_CHECK = 6
"""A quarter's goals are checked from the Monday of its sixth week on, counting the week of its first day as one."""


def check_day(session: Session, cycle: Cycle) -> datetime.date | None:
    """From which day on the cycle's goals are to be checked: the mid-check phase if the cycle has one, else the sixth
    week of a quarter; None for other cycles."""
    for phase in goals.phases(session, [cycle.id]).get(cycle.id, []):
        if phase.phase is Phase.MID_CHECK:
            return phase.starts_on
    if cycle.kind is not CycleKind.QUARTER:
        return None
    first_monday = cycle.starts_on - datetime.timedelta(days=cycle.starts_on.weekday())
    return first_monday + datetime.timedelta(weeks=WEEK_OF_CHECK - 1)


def open_health_checks(session: Session, viewer: Viewer, today: datetime.date) -> list[GoalHealthCheck]:
    """Open what is due on that day in the organisation: one check for each person with live goals in a running cycle.

    For the system's viewer, once a day; doing it again opens nothing twice. Raises FORBIDDEN for people.
    """
    if not viewer.is_system:
        raise DomainError(ErrorCode.FORBIDDEN)
    opened: list[GoalHealthCheck] = []
    running = goals.cycles(viewer).where(Cycle.starts_on <= today, Cycle.ends_on >= today).order_by(Cycle.id)
    for cycle in session.scalars(running).all():
        day = check_day(session, cycle)
        if day is None or today < day:
            continue
        for person_id, manager_id in goal_updates.owners_without_health_check(session, viewer, cycle.id):
            opened.append(
                GoalHealthCheck(
                    organization_id=viewer.organization_id,
                    cycle_id=cycle.id,
                    person_id=person_id,
                    reviewer_id=manager_id,
                )
            )
    session.add_all(opened)
    session.flush()
    for check in opened:
        record(session, viewer, "goal_health_check.opened", "GoalHealthCheck", check.id)
        if check.reviewer_id is not None:
            notify(
                session,
                viewer,
                [check.reviewer_id],
                NotificationCode.HEALTH_CHECK_OPENED,
                key=f"health_check:{check.id}",
                subject=("GoalHealthCheck", check.id),
            )
    return opened


def complete_health_check(
    session: Session,
    viewer: Viewer,
    check_id: uuid.UUID,
    *,
    verdict: HealthVerdict,
    note: str | None,
    expected_version: int | None,
) -> GoalHealthCheck:
    """Say what came of looking at a person's goals. For the managers above that person.

    Raises NOT_FOUND, FORBIDDEN, CONFLICT, ALREADY_DECIDED, TEXT_TOO_LONG.
    """
    statement = goal_updates.health_checks(session, viewer).where(GoalHealthCheck.id == check_id)
    check = session.scalars(
        statement.with_for_update(of=GoalHealthCheck).execution_options(populate_existing=True)
    ).first()
    if check is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    above = people.managers_above(session, viewer, check.person_id)
    if viewer.person_id not in above | {check.reviewer_id} or viewer.person_id == check.person_id:
        raise DomainError(ErrorCode.FORBIDDEN)
    if expected_version is not None and check.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    if check.completed_at is not None:
        raise DomainError(ErrorCode.ALREADY_DECIDED, ("input", "id"))
    check.verdict = verdict
    check.note = optional_text(note, TEXT_LENGTH, ("input", "note"))
    check.completed_by = viewer.person_id
    check.completed_at = now()
    session.flush()
    record(session, viewer, "goal_health_check.completed", "GoalHealthCheck", check.id)
    return check
