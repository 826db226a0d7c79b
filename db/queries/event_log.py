"""Reading the event log in the order in which its transactions ended, so that none is missed.

A line gets its number when it is written, which on PostgreSQL may be long before its transaction commits: a reader who
goes by numbers alone would pass lines that are not there yet. So lines are read by (transaction, number), and only
those of transactions older than the oldest one that still runs. SQLite has one writer, and numbers suffice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.events import Event
from db.viewer import Viewer


class Place(NamedTuple):
    """How far the log was read: up to and including the line of this transaction and number."""

    transaction: int
    """0 on SQLite."""
    sequence: int
    """0: before all lines of the transaction."""


START = Place(0, 0)


def end(session: Session, viewer: Viewer) -> Place:
    """The place up to which the log is complete now.

    Read it before the lines: those of transactions that end in between are then left for the next time.
    """
    if session.get_bind().dialect.name == "postgresql":
        oldest = session.scalar(sa.text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
        return Place(oldest or 0, 0)
    last = session.scalar(sa.select(sa.func.max(Event.sequence)).where(Event.organization_id == viewer.organization_id))
    return Place(0, last or 0)


def lines_about(
    session: Session, viewer: Viewer, subject_type: str, after: Place, *, only: str | None = None
) -> tuple[Place, Sequence[Event]]:
    """Lines about objects of a type beyond a place, in order, and the place after them. `only`: of this happening."""
    until = end(session, viewer)
    statement = sa.select(Event).where(
        Event.organization_id == viewer.organization_id,
        Event.subject_type == subject_type,
        between(Event, after, until),
    )
    if only is not None:
        statement = statement.where(Event.type == only)
    return until, session.scalars(statement.order_by(Event.transaction, Event.sequence)).all()


def numbering(session: Session) -> str:
    """What the numbers of transactions belong to: a server of PostgreSQL counts its own. Empty on SQLite."""
    if session.get_bind().dialect.name != "postgresql":
        return ""
    return str(session.scalar(sa.text("SELECT system_identifier FROM pg_control_system()")))


def between(line: type[Event], after: Place, until: Place) -> sa.ColumnElement[bool]:
    """Lines beyond one place, up to another that `end` gave."""
    return sa.and_(place_of(line) > constant(after), place_of(line) <= constant(until))


def place_of(line: type[Event]) -> sa.Tuple:
    """The columns of a line's place, to compare with another's."""
    return sa.tuple_(line.transaction, line.sequence)


def constant(place: Place) -> sa.Tuple:
    """A place as a value of the statement."""
    return sa.tuple_(*(sa.literal(number, sa.BigInteger()) for number in place))
