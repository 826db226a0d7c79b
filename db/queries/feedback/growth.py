"""Growth logs that a viewer may see."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import UtcDateTime
from db.models.feedback.growth import GrowthEntry, GrowthRecording, GrowthRevision, GrowthTodo, TranscriptionState
from db.models.feedback.meetings import Mood
from db.queries import people
from db.queries.reminders import working_in
from db.viewer import Viewer


def visible_to(session: Session, viewer: Viewer) -> sa.Select[GrowthEntry]:
    """The viewer's own entries, and those that people share for whom the viewer answers."""
    statement = sa.select(GrowthEntry).where(GrowthEntry.organization_id == viewer.organization_id)
    if viewer.is_system:
        return statement
    own = GrowthEntry.person_id == viewer.person_id
    led = people.led_ids(session, viewer)
    if led is None:
        return statement.where(own)
    return statement.where(sa.or_(own, sa.and_(GrowthEntry.shared, GrowthEntry.person_id.in_(led))))


def by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, GrowthEntry]:
    """Those of the entries that the viewer may see."""
    found = session.scalars(visible_to(session, viewer).where(GrowthEntry.id.in_(set(ids))))
    return {row.id: row for row in found}


def todos(session: Session, viewer: Viewer) -> sa.Select[GrowthTodo]:
    """What is to be done, of entries that the viewer may see."""
    seen = visible_to(session, viewer).with_only_columns(GrowthEntry.id)
    return sa.select(GrowthTodo).where(
        GrowthTodo.organization_id == viewer.organization_id, GrowthTodo.entry_id.in_(seen)
    )


def recordings(viewer: Viewer) -> sa.Select[GrowthRecording]:
    """The voice notes of the viewer's own entries, and nobody else's."""
    statement = sa.select(GrowthRecording).where(GrowthRecording.organization_id == viewer.organization_id)
    if viewer.is_system:
        return statement
    own = sa.select(GrowthEntry.id).where(GrowthEntry.person_id == viewer.person_id)
    return statement.where(GrowthRecording.entry_id.in_(own))


def recordings_with_sound(session: Session, viewer: Viewer, person_id: uuid.UUID) -> Sequence[GrowthRecording]:
    """The voice notes of a person that are not erased, locked. The caller checked that the viewer may erase them."""
    own = sa.select(GrowthEntry.id).where(GrowthEntry.person_id == person_id)
    return session.scalars(
        sa.select(GrowthRecording)
        .where(GrowthRecording.organization_id == viewer.organization_id, GrowthRecording.entry_id.in_(own))
        .where(GrowthRecording.file_id.is_not(None))
        .order_by(GrowthRecording.id)
        .with_for_update()
    ).all()


def recordings_kept_since(session: Session, viewer: Viewer, before: datetime.datetime) -> Sequence[GrowthRecording]:
    """The organisation's voice notes with sound that wait for no worker and whose words were taken over, else written
    down, else that were made before that moment, locked."""
    began = sa.func.coalesce(
        GrowthRecording.accepted_at, GrowthRecording.transcribed_at, GrowthRecording.created_at, type_=UtcDateTime()
    )
    return session.scalars(
        recordings(viewer)
        .where(GrowthRecording.file_id.is_not(None), GrowthRecording.state != TranscriptionState.WAITING)
        .where(began < before)
        .order_by(GrowthRecording.id)
        .with_for_update()
    ).all()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to list; None leaves a part open."""

    person_id: uuid.UUID | None = None
    goal_id: uuid.UUID | None = None
    mood: Mood | None = None
    words: str | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    """Before this day."""
    to_do: bool | None = None
    """Whether something in it is still to be done."""


def filtered(statement: sa.Select[GrowthEntry], wanted: Wanted) -> sa.Select[GrowthEntry]:
    """The statement narrowed to what is wanted."""
    for column, value in (
        (GrowthEntry.person_id, wanted.person_id),
        (GrowthEntry.goal_id, wanted.goal_id),
        (GrowthEntry.mood, wanted.mood),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.words is not None:
        statement = statement.where(GrowthEntry.text.icontains(wanted.words, autoescape=True))
    if wanted.since is not None:
        statement = statement.where(GrowthEntry.written_on >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(GrowthEntry.written_on < wanted.until)
    if wanted.to_do is not None:
        still = sa.exists().where(GrowthTodo.entry_id == GrowthEntry.id, GrowthTodo.done_at.is_(None))
        statement = statement.where(still if wanted.to_do else ~still)
    return statement


def todos_of(session: Session, entry_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[GrowthTodo]]:
    """What is to be done, of entries that the caller loaded through `visible_to`, in the order of writing."""
    found: dict[uuid.UUID, list[GrowthTodo]] = {}
    for row in session.scalars(
        sa.select(GrowthTodo).where(GrowthTodo.entry_id.in_(set(entry_ids))).order_by(GrowthTodo.id)
    ):
        found.setdefault(row.entry_id, []).append(row)
    return found


def revisions(session: Session, entry_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[GrowthRevision]]:
    """What entries of the caller's own said before, the oldest first."""
    found: dict[uuid.UUID, list[GrowthRevision]] = {}
    for row in session.scalars(
        sa.select(GrowthRevision).where(GrowthRevision.entry_id.in_(set(entry_ids))).order_by(GrowthRevision.number)
    ):
        found.setdefault(row.entry_id, []).append(row)
    return found


def recordings_of(
    session: Session, viewer: Viewer, entry_ids: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, GrowthRecording]:
    """The voice note of each of the viewer's own entries that has one."""
    found = session.scalars(recordings(viewer).where(GrowthRecording.entry_id.in_(set(entry_ids))))
    return {row.entry_id: row for row in found}


def latest_of_goals(
    session: Session, viewer: Viewer, goal_ids: Iterable[uuid.UUID], *, limit: int
) -> Mapping[uuid.UUID, list[GrowthEntry]]:
    """The latest visible entries about each of these goals, at most `limit` each."""
    rank = sa.func.row_number().over(
        partition_by=GrowthEntry.goal_id, order_by=(GrowthEntry.written_on.desc(), GrowthEntry.id.desc())
    )
    ranked = (
        visible_to(session, viewer)
        .where(GrowthEntry.goal_id.in_(set(goal_ids)))
        .with_only_columns(GrowthEntry.id, rank.label("rank"))
        .subquery()
    )
    found: dict[uuid.UUID, list[GrowthEntry]] = {}
    for row in session.scalars(
        sa.select(GrowthEntry)
        .join(ranked, ranked.c.id == GrowthEntry.id)
        .where(ranked.c.rank <= limit)
        .order_by(GrowthEntry.written_on.desc(), GrowthEntry.id.desc())
    ):
        if row.goal_id is not None:
            found.setdefault(row.goal_id, []).append(row)
    return found


def due_todos(
    session: Session, viewer: Viewer, zone: str, day: datetime.date, since: datetime.date
) -> Sequence[GrowthTodo]:
    """What people who live in the zone wanted to do until that day, not before another, and have not done."""
    return session.scalars(
        sa.select(GrowthTodo).where(
            GrowthTodo.organization_id == viewer.organization_id,
            GrowthTodo.done_at.is_(None),
            GrowthTodo.due_on <= day,
            GrowthTodo.due_on >= since,
            GrowthTodo.person_id.in_(working_in(viewer, zone, day)),
        )
    ).all()
