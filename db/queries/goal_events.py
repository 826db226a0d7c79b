"""What the log says about goals, for those in whose line they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.events import Event
from db.models.goals import Goal
from db.queries import event_log, people
from db.queries.event_log import Place
from db.queries.goals import visible_to
from db.queries.sets import among
from db.viewer import Role, Viewer

SUBJECT = "Goal"


def since(session: Session, viewer: Viewer, place: Place) -> tuple[Place, Sequence[Event]]:
    """Lines about goals after a place, in order, and the place after them."""
    until = event_log.end(session, viewer)
    statement = sa.select(Event).where(
        Event.organization_id == viewer.organization_id,
        Event.subject_type == SUBJECT,
        event_log.between(Event, place, until),
    )
    return until, session.scalars(statement.order_by(Event.transaction, Event.sequence)).all()


def in_line(session: Session, viewer: Viewer, goal_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Goal]:
    """Those of the goals that the viewer may see and that are the viewer's own or of the reports below."""
    answerable = sa.func.coalesce(Goal.owner_id, Goal.created_by)
    condition = answerable == viewer.person_id
    if viewer.has(Role.MANAGER):
        below = people.reports_below(viewer, people.today(session, viewer.organization_id))
        condition = sa.or_(condition, answerable.in_(below))
    found = session.scalars(visible_to(session, viewer).where(among(session, Goal.id, goal_ids), condition))
    return {goal.id: goal for goal in found}
