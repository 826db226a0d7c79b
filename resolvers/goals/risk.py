"""Whether check-ins found a goal at risk, one after the other."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goal_updates import CheckIn
from db.models.goals import Cycle, Goal
from db.models.projects.rules import RuleTrigger
from db.queries import schedules
from db.viewer import Viewer
from resolvers.causes import put_down, waited_for
from resolvers.rules.health import Health, elapsed_share, health

RUNNING = 2
"""So many check-ins at risk one after the other are told; a third one is the same news."""
_AT_RISK = (Health.AT_RISK, Health.BEHIND)


def put_down_risk(session: Session, viewer: Viewer, goal: Goal, written: CheckIn) -> None:
    """Where rules wait for it: put down that the goal is at risk for the second check-in running.

    Each check-in is judged by the progress and confidence that it left, on its own day. One without a known progress
    says nothing for sure and ends the row.
    """
    if not waited_for(session, viewer, RuleTrigger.GOAL_AT_RISK):
        return
    latest = session.scalars(
        sa.select(CheckIn)
        .where(CheckIn.goal_id == goal.id, CheckIn.id <= written.id)
        .order_by(CheckIn.id.desc())
        .limit(RUNNING + 1)
    ).all()
    cycle = session.scalars(sa.select(Cycle).where(Cycle.id == goal.cycle_id)).one()
    zone = ZoneInfo(schedules.organization_zone(session, viewer) or "UTC")
    at_risk = [
        health(
            one.progress,
            elapsed_share(cycle.starts_on, cycle.ends_on, one.created_at.astimezone(zone).date()),
            one.confidence,
        )
        in _AT_RISK
        for one in latest
    ]
    if at_risk[:RUNNING] == [True] * RUNNING and not any(at_risk[RUNNING:]):
        put_down(session, viewer, RuleTrigger.GOAL_AT_RISK, goal.id, f"goal_at_risk:{written.id}")
