"""What the log says about goals, for those in whose line they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.events import Event
from db.models.goals import Goal
from db.queries import people
from db.queries.goals import visible_to
from db.queries.sets import among
from db.viewer import Role, Viewer

SUBJECT = "Goal"
_WINDOW = 10_000
"""Lines by which a transaction may lag behind another one that wrote later and committed earlier."""


class Place(NamedTuple):
    """How far the log of an organisation was read."""

    transaction: int
    """PostgreSQL: everything of older transactions was read, and nothing of this one or younger ones."""
    sequence: int
    """SQLite, which has one writer: the number of the last line read. PostgreSQL: about where to look on."""


def end_of_log(session: Session, viewer: Viewer) -> Place:
    """The place after everything that is in the log now."""
    last = session.scalar(sa.select(sa.func.max(Event.sequence)).where(Event.organization_id == viewer.organization_id))
    return Place(_oldest_running(session), last or 0)


def since(session: Session, viewer: Viewer, place: Place) -> tuple[Place, Sequence[Event]]:
    """Lines about goals after a place, and the place after them.

    On PostgreSQL a line's number is given before its transaction commits, so lines are read by transactions: those
    that have ended since the last time, and none that is younger than one still running.
    """
    statement = sa.select(Event).where(Event.organization_id == viewer.organization_id, Event.subject_type == SUBJECT)
    oldest = _oldest_running(session)
    if oldest:
        near = sa.and_(
            Event.sequence > place.sequence - _WINDOW,
            Event.transaction >= place.transaction,
            Event.transaction < oldest,
        )
    else:
        near = Event.sequence > place.sequence
    lines = session.scalars(statement.where(near).order_by(Event.sequence)).all()
    return Place(oldest, max([place.sequence, *(line.sequence for line in lines)])), lines


def _oldest_running(session: Session) -> int:
    """The number of the oldest transaction that still runs; 0 on SQLite."""
    if session.get_bind().dialect.name != "postgresql":
        return 0
    return int(session.scalar(sa.text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")) or 0)


def in_line(session: Session, viewer: Viewer, goal_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Goal]:
    """Those of the goals that the viewer may see and that are the viewer's own or of the reports below."""
    answerable = sa.func.coalesce(Goal.owner_id, Goal.created_by)
    condition = answerable == viewer.person_id
    if viewer.has(Role.MANAGER):
        below = people.reports_below(viewer, people.today(session, viewer.organization_id))
        condition = sa.or_(condition, answerable.in_(below))
    found = session.scalars(visible_to(session, viewer).where(among(session, Goal.id, goal_ids), condition))
    return {goal.id: goal for goal in found}
