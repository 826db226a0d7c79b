"""Of the goals that the log tells of, those in whose line the viewer is."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goals import Goal
from db.queries import people
from db.queries.goals import visible_to
from db.queries.sets import among
from db.viewer import Role, Viewer


def in_line(session: Session, viewer: Viewer, goal_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Goal]:
    """Those of the goals that the viewer may see and that are the viewer's own or of the reports below."""
    answerable = sa.func.coalesce(Goal.owner_id, Goal.created_by)
    condition = answerable == viewer.person_id
    if viewer.has(Role.MANAGER):
        below = people.reports_below(viewer, people.today(session, viewer.organization_id))
        condition = sa.or_(condition, answerable.in_(below))
    found = session.scalars(visible_to(session, viewer).where(among(Goal.id, goal_ids), condition))
    return {goal.id: goal for goal in found}
