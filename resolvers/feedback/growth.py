"""A person's own growth log: written, changed and shared by its owner alone; the line reads what is shared."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.inbox import notify
from db.models.feedback.growth import GrowthEntry, GrowthRecording, GrowthRevision, GrowthTodo
from db.models.feedback.meetings import Mood
from db.models.inbox import NotificationCode
from db.queries import goals, people
from db.queries.feedback import growth, notes
from db.viewer import Role, Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.inputs import TEXT_LENGTH, optional_text, required_text
from resolvers.languages import in_language
from resolvers.working_time import calendar_of

TODOS = 20
TODO_LENGTH = 500
REVISIONS = 20
AHEAD = datetime.timedelta(days=1)
REMIND_FOR = datetime.timedelta(days=7)
"""What was due longer ago is not told of any more, if it has not been."""

MOODS: Mapping[Mood, tuple[str, str]] = {
    Mood.GREAT: ("很好", "great"),
    Mood.GOOD: ("不错", "good"),
    Mood.FAIR: ("一般", "fair"),
    Mood.LOW: ("低落", "low"),
    Mood.BAD: ("很差", "bad"),
}
"""Chinese and English."""

Path = tuple[str, ...]


def mood_word(mood: Mood, locale: str) -> str:
    """The word for a mood (`zh…` is Chinese, everything else English)."""
    return in_language(MOODS[mood], locale)


@dataclass(frozen=True, slots=True)
class TodoDraft:
    text: str
    due_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """What an entry says. A text, a mood, a to-do or a voice note is enough."""

    text: str | None = None
    mood: Mood | None = None
    goal_id: uuid.UUID | None = None
    shared: bool = False


def write_entry(
    session: Session,
    viewer: Viewer,
    draft: EntryDraft,
    *,
    written_on: datetime.date | None = None,
    todos: Sequence[TodoDraft] = (),
) -> GrowthEntry:
    """Write into one's own log.

    Raises `DomainError`: ENTRY_EMPTY, NOT_FOUND (goal), TIME_IN_FUTURE, TEXT_REQUIRED (to-do), TEXT_TOO_LONG, TOO_MANY.
    """
    at = ("input",)
    text = optional_text(draft.text, TEXT_LENGTH, (*at, "text"))
    if text is None and draft.mood is None and not todos:
        raise DomainError(ErrorCode.ENTRY_EMPTY, (*at, "text"))
    entry = new_entry(session, viewer, draft, written_on, at)
    add_todos(session, viewer, entry, todos)
    return entry


def new_entry(
    session: Session, viewer: Viewer, draft: EntryDraft, written_on: datetime.date | None, at: Path
) -> GrowthEntry:
    """A stored entry, which may say nothing yet. Raises as `write_entry`."""
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    today = people.today(session, viewer.organization_id)
    if written_on is not None and written_on > today + AHEAD:
        raise DomainError(ErrorCode.TIME_IN_FUTURE, (*at, "writtenOn"))
    entry = GrowthEntry(
        organization_id=viewer.organization_id,
        person_id=viewer.person_id,
        written_on=written_on or today,
        shared=draft.shared,
    )
    _set(session, viewer, entry, draft, at)
    session.add(entry)
    session.flush()
    record(session, viewer, "growth_entry.written", "GrowthEntry", entry.id)
    return entry


def edit_entry(
    session: Session, viewer: Viewer, entry_id: uuid.UUID, draft: EntryDraft, expected_version: int | None
) -> GrowthEntry:
    """Put other words into one's own entry, and say anew whether it is shared. Within the organisation's edit window
    nothing else is kept; afterwards what stood before stays readable for its owner.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN for somebody else's, CONFLICT, TOO_MANY after twenty changes, and what
    `write_entry` says.
    """
    at = ("input",)
    entry = own_entry(session, viewer, entry_id, expected_version)
    text = optional_text(draft.text, TEXT_LENGTH, (*at, "text"))
    held = growth.todos_of(session, [entry.id]) or growth.recordings_of(session, viewer, [entry.id])
    if text is None and draft.mood is None and not held:
        raise DomainError(ErrorCode.ENTRY_EMPTY, (*at, "text"))
    if (entry.text, entry.mood) != (text, draft.mood):
        keep_revision(session, viewer, entry)
    before = entry.shared
    _set(session, viewer, entry, draft, at)
    entry.shared = draft.shared
    session.flush()
    lost_to = _line(session, viewer, entry) if before and not entry.shared else set()
    record(session, viewer, "growth_entry.changed", "GrowthEntry", entry.id, lost_to=lost_to)
    return entry


def add_todos(session: Session, viewer: Viewer, entry: GrowthEntry, drafts: Sequence[TodoDraft]) -> None:
    """Add to what an own entry is to lead to. Raises TEXT_REQUIRED, TEXT_TOO_LONG, TOO_MANY beyond twenty."""
    if len(drafts) + len(growth.todos_of(session, [entry.id]).get(entry.id, [])) > TODOS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "todos"))
    session.add_all(
        GrowthTodo(
            organization_id=entry.organization_id,
            entry_id=entry.id,
            person_id=entry.person_id,
            text=required_text(each.text, TODO_LENGTH, ("input", "todos", str(index), "text")),
            due_on=each.due_on,
        )
        for index, each in enumerate(drafts)
    )
    session.flush()


def add_to_entry(
    session: Session, viewer: Viewer, entry_id: uuid.UUID, drafts: Sequence[TodoDraft], expected_version: int | None
) -> GrowthEntry:
    """Add to-dos to an own entry. Raises NOT_FOUND, FORBIDDEN, CONFLICT, and what `add_todos` says."""
    entry = own_entry(session, viewer, entry_id, expected_version)
    add_todos(session, viewer, entry, drafts)
    record(session, viewer, "growth_entry.changed", "GrowthEntry", entry.id)
    return entry


def set_todo(session: Session, viewer: Viewer, todo_id: uuid.UUID, *, done: bool) -> GrowthTodo:
    """Say whether something of an own entry is done. Raises NOT_FOUND, FORBIDDEN for somebody else's."""
    statement = growth.todos(session, viewer).where(GrowthTodo.id == todo_id).with_for_update()
    todo = session.scalars(statement.execution_options(populate_existing=True)).first()
    if todo is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    if todo.person_id != viewer.person_id:
        raise DomainError(ErrorCode.FORBIDDEN)
    todo.done_at = (todo.done_at or now()) if done else None
    session.flush()
    record(session, viewer, "growth_entry.todo_set", "GrowthEntry", todo.entry_id)
    return todo


def remind_of_todos(session: Session, viewer: Viewer, due: datetime.datetime, zone: str) -> None:
    """Remind those who live in the zone of what they wanted to do until today: once for each to-do and day that it is
    due, on working days alone. For the system's viewer; raises FORBIDDEN for people."""
    if not viewer.is_system:
        raise DomainError(ErrorCode.FORBIDDEN)
    clock = ZoneInfo(zone)
    day = due.astimezone(clock).date()
    if not calendar_of(session, viewer, clock).is_working_day(day):
        return
    for todo in growth.due_todos(session, viewer, zone, day, day - REMIND_FOR):
        notify(
            session,
            viewer,
            [todo.person_id],
            NotificationCode.GROWTH_TODO_DUE,
            key=f"growth_todo:{todo.id}:{todo.due_on}",
            subject=("GrowthEntry", todo.entry_id),
            params={"due_on": str(todo.due_on)},
        )


def own_entry(
    session: Session, viewer: Viewer, entry_id: uuid.UUID, expected_version: int | None, at: Path = ("input", "id")
) -> GrowthEntry:
    """The viewer's own entry, locked. Raises NOT_FOUND, FORBIDDEN for one that is only shared, CONFLICT."""
    locked = growth.visible_to(session, viewer).where(GrowthEntry.id == entry_id).with_for_update(of=GrowthEntry)
    entry = session.scalars(locked.execution_options(populate_existing=True)).first()
    if entry is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    if entry.person_id != viewer.person_id:
        raise DomainError(ErrorCode.FORBIDDEN)
    if expected_version is not None and entry.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    return entry


def keep_revision(session: Session, viewer: Viewer, entry: GrowthEntry) -> None:
    """Keep what an entry says now, unless it is as young as the edit window or says nothing. Raises TOO_MANY."""
    window = datetime.timedelta(minutes=notes.policy(session, viewer).edit_minutes)
    if now() <= entry.created_at + window or (entry.text is None and entry.mood is None):
        return
    number = 1 + len(growth.revisions(session, [entry.id]).get(entry.id, []))
    if number > REVISIONS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "id"))
    session.add(
        GrowthRevision(
            organization_id=entry.organization_id, entry_id=entry.id, number=number, text=entry.text, mood=entry.mood
        )
    )
    entry.corrected_at = now()


def _set(session: Session, viewer: Viewer, entry: GrowthEntry, draft: EntryDraft, at: Path) -> None:
    named = {draft.goal_id} - {entry.goal_id, None}
    if named and not goals.goals_by_ids(session, viewer, [id_ for id_ in named if id_]):
        raise DomainError(ErrorCode.NOT_FOUND, (*at, "goalId"))
    entry.text = optional_text(draft.text, TEXT_LENGTH, (*at, "text"))
    entry.mood = draft.mood
    entry.goal_id = draft.goal_id


def _line(session: Session, viewer: Viewer, entry: GrowthEntry) -> set[uuid.UUID]:
    """Who reads what the owner of an entry shares."""
    above = people.managers_above(session, viewer, entry.person_id)
    managers = {id_ for id_, held in people.roles(session, above).items() if Role.MANAGER in held}
    return (managers | people.holders(session, viewer, Role.HR)) - {entry.person_id}


def recording_of(session: Session, viewer: Viewer, recording_id: uuid.UUID) -> GrowthRecording:
    """The voice note of an own entry, locked. Raises NOT_FOUND."""
    statement = growth.recordings(viewer).where(GrowthRecording.id == recording_id).with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    return found
