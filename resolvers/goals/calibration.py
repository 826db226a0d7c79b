"""The goal calibration rate of the organisation, a department or a person, with the changes behind it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.models.goals import Goal, GoalKind
from db.models.people import Organization
from db.queries import goal_changes, goals
from db.viewer import Viewer
from resolvers import access
from resolvers.errors import DomainError, ErrorCode
from resolvers.rules.calibration import ApprovedChange, CalibrationMark, calibration_rate
from resolvers.rules.clock import at_local


@dataclass(frozen=True, slots=True)
class Calibration:
    """The rate and what it is counted from."""

    percent: Decimal | None
    mark: CalibrationMark | None
    healthy: Decimal
    top: Decimal
    confirmed: int
    changed: int
    requests: Sequence[uuid.UUID]
    """The approved requests that count, the earliest first."""
    goals: Sequence[uuid.UUID]
    """The goals that were changed."""


def calibration(
    session: Session,
    viewer: Viewer,
    cycle_id: uuid.UUID,
    *,
    department_id: uuid.UUID | None = None,
    owner_id: uuid.UUID | None = None,
    kinds: Collection[GoalKind] = (GoalKind.KEY_TASK,),
) -> Calibration:
    """The rate over a cycle's days in the organisation's zone; see `rules.calibration` for the formula.

    Everybody of the organisation may see the figures of the organisation and of departments. Of a person: oneself and
    those who answer for that person; others get FORBIDDEN. Raises NOT_FOUND for a cycle or person that is not there.
    """
    cycle = goals.by_ids(session, viewer, [cycle_id]).get(cycle_id)
    if cycle is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("cycleId",))
    if owner_id is not None and owner_id != viewer.person_id:
        access.require_answers_for(session, viewer, owner_id, ("ownerId",))
    zone = ZoneInfo(session.get_one(Organization, viewer.organization_id).timezone)
    span = goal_changes.Span(
        cycle=cycle,
        opens_at=at_local(cycle.starts_on, 0, zone),
        closes_at=at_local(cycle.ends_on + datetime.timedelta(days=1), 0, zone),
        kinds=kinds,
        department_id=department_id,
        owner_id=owner_id,
    )
    touches = goal_changes.touched_in(session, viewer, span)
    rate = calibration_rate(
        goal_changes.confirmed_in(session, viewer, span),
        [ApprovedChange(touch.goal_id, touch.reason) for touch in touches],
    )
    policy = goals.policy(session, viewer)
    counted = [touch for touch in touches if touch.goal_id in rate.changed and touch.counts]
    return Calibration(
        percent=rate.percent,
        mark=rate.mark(policy.healthy_rate, policy.top_rate),
        healthy=policy.healthy_rate,
        top=policy.top_rate,
        confirmed=len(rate.confirmed),
        changed=len(rate.changed),
        requests=list(dict.fromkeys(touch.request_id for touch in counted)),
        goals=list(dict.fromkeys(touch.goal_id for touch in counted)),
    )


def changed_goals(session: Session, viewer: Viewer, goal_ids: Collection[uuid.UUID]) -> list[Goal]:
    """Those of the goals that the viewer may see, in the given order."""
    found = goals.goals_by_ids(session, viewer, goal_ids)
    return [found[goal_id] for goal_id in goal_ids if goal_id in found]
