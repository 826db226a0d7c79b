"""The growth log in the schema: one's own entries, and what people share with their line."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

import strawberry

from db.models.events import AccessedResource
from db.models.feedback import growth as rows
from db.models.feedback.meetings import Mood
from db.queries.feedback import growth, notes
from db.queries.paging import Order, Page, fetch_page
from resolvers.feedback.growth import mood_word
from resolvers.feedback.voice import kept_until
from resolvers.reasons import reason_text
from schema.batching import batch, field, root
from schema.context import Context
from schema.feedback.moods import CHOICES, MoodChoice
from schema.files import file_url
from schema.goal_types import Goal, goal_of
from schema.inputs import lookup_text, optional_id
from schema.jobs import Job, load_jobs
from schema.people import Person, loaded, person_of
from schema.permissions import SIGNED_IN, VISIBLE, Permission, PermissionMap, grant
from schema.relay import After, Connection, First, Node, node_type, read_page
from schema.scalars import described_enum

described_enum(
    rows.TranscriptionState,
    description="What became of a voice note.",
    values={
        "WAITING": "A worker will listen to it.",
        "DONE": "There is a transcript.",
        "NOT_CONFIGURED": "No speech model is configured; the recording is kept and can be asked for again.",
        "FAILED": "There is none; the problem says why.",
    },
)

LATEST_FIRST = Order((rows.GrowthEntry.written_on, rows.GrowthEntry.id), descending=True)
IN_CHAIN = 50
READERS = Permission("the owner; where the owner shares it, the managers above and HR")
OWNER = Permission("the owner; null or empty for everybody else")
OWNER_ALONE = Permission("the owner, and nobody else")


def shown(context: Context, found: Sequence[rows.GrowthEntry | None]) -> None:
    """Note that the answer shows these entries to somebody who does not own them."""
    for row in found:
        if row is not None:
            context.note_access(AccessedResource.GROWTH_ENTRY, row.id, row.person_id)


def load_entries(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.GrowthEntry | None]:
    """The entries that the viewer may see; the line's reading is noted."""
    wanted = [id_ for id_ in ids if id_ is not None]
    found = loaded(growth.by_ids(context.session, context.viewer, wanted), ids)
    shown(context, found)
    return found


def _load_todos(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.GrowthTodo | None]:
    statement = growth.todos(context.session, context.viewer).where(rows.GrowthTodo.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _load_recordings(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.GrowthRecording | None]:
    statement = growth.recordings(context.viewer).where(rows.GrowthRecording.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _todos(context: Context, parents: Sequence[rows.GrowthEntry]) -> list[list[rows.GrowthTodo]]:
    found = growth.todos_of(context.session, [row.id for row in parents])
    return [found.get(row.id, []) for row in parents]


def _own(context: Context, parents: Sequence[rows.GrowthEntry]) -> list[uuid.UUID]:
    return [row.id for row in parents if row.person_id == context.viewer.person_id]


def _revisions(context: Context, parents: Sequence[rows.GrowthEntry]) -> list[list[rows.GrowthRevision]]:
    found = growth.revisions(context.session, _own(context, parents))
    return [found.get(row.id, []) for row in parents]


def _recordings(context: Context, parents: Sequence[rows.GrowthEntry]) -> list[rows.GrowthRecording | None]:
    found = growth.recordings_of(context.session, context.viewer, _own(context, parents))
    return [found.get(row.id) for row in parents]


def _words(context: Context, parents: Sequence[Any]) -> list[str | None]:
    return [None if row.mood is None else mood_word(row.mood, context.locale) for row in parents]


def _problems(context: Context, parents: Sequence[rows.GrowthRecording]) -> list[str | None]:
    return [None if row.reason_code is None else reason_text(row.reason_code, context.locale) for row in parents]


def _urls(context: Context, parents: Sequence[rows.GrowthRecording]) -> list[str | None]:
    return [None if row.file_id is None else file_url(context, row.file_id) for row in parents]


def _kept_until(context: Context, parents: Sequence[rows.GrowthRecording]) -> list[datetime.datetime | None]:
    kept_days = notes.policy(context.session, context.viewer).recordings_kept_days
    return [kept_until(row, kept_days) for row in parents]


def _jobs(context: Context, parents: Sequence[rows.GrowthRecording]) -> list[Any]:
    return load_jobs(context, [row.job_id for row in parents])


@node_type(rows.GrowthTodo, load=_load_todos, description="Something that the owner of an entry wants to do.")
class GrowthTodo(Node):
    text: str = field(description="What.")
    due_on: datetime.date | None = field(description="Until when.")
    done_at: datetime.datetime | None = field(description="When it was done; null while it is open.")


@node_type(rows.GrowthRecording, load=_load_recordings, description="A voice note, and what a machine heard in it.")
class GrowthRecording(Node):
    state: rows.TranscriptionState = field(description="What became of it.")
    problem_code: str | None = batch(
        lambda _context, parents: [row.reason_code for row in parents],
        description="Why there is no transcript, for programs: transcription_not_configured, recording_unreadable, "
        "recording_too_long, recording_model_unavailable, nothing_heard, or a job's code.",
    )
    problem: str | None = batch(_problems, description="Why there is none, in the viewer's language.")
    transcript: str | None = field(
        description="A machine's text, which may be wrong: show it as such until its owner takes it into the entry."
    )
    transcribed_at: datetime.datetime | None = field(description="When it was heard.")
    accepted_at: datetime.datetime | None = field(description="When its owner took it into the entry.")
    url: str | None = batch(_urls, description="Address of the sound, good for some minutes; null once erased.")
    kept_until: datetime.datetime | None = batch(
        _kept_until,
        description="From when on the sound is let go of, by the organisation's settings: some days after its words "
        "were taken over, else heard, else after it was handed in. Null once erased, and while a worker is to listen "
        "to it.",
    )
    erased_at: datetime.datetime | None = field(
        description="When the sound was erased, by its owner or because its time was over; the words stay."
    )
    job: Job | None = batch(_jobs, description="The job that listens; follow it by `jobProgress`.")
    created_at: datetime.datetime = field(description="When it was handed in.")


@strawberry.type(description="What an entry said before a change.")
class GrowthRevision:
    number: int = field(description="From 1, the words that came first.")
    text: str | None = field(description="The words then.")
    mood: Mood | None = field(description="The mood then.")
    created_at: datetime.datetime = field(description="When it was changed.")


@node_type(rows.GrowthEntry, load=load_entries, description="An entry of somebody's own growth log.")
class GrowthEntry(Node):
    person: Person | None = batch(person_of("person_id"), description="Whose log it is.")
    written_on: datetime.date = field(description="The day that it is about.")
    text: str | None = field(description="The words.")
    mood: Mood | None = field(description="How the owner felt.")
    mood_word: str | None = batch(_words, description="The mood in the viewer's language.")
    goal: Goal | None = batch(goal_of("goal_id"), description="The goal it is about, if the viewer may see that.")
    shared: bool = field(description="Whether the managers above and HR read it.")
    todos: list[GrowthTodo] = batch(_todos, description="What the owner wants to do, at most twenty.")
    recording: GrowthRecording | None = batch(_recordings, description="The voice note.")
    revisions: list[GrowthRevision] = batch(
        _revisions, description="What it said before changes after the edit window, the oldest first; at most twenty."
    )
    created_at: datetime.datetime = field(description="When it was written.")
    corrected_at: datetime.datetime | None = field(description="When it was last changed after the edit window.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which entries to list; every part that is given must hold.")
class GrowthFilter:
    person_id: strawberry.ID | None = strawberry.field(default=None, description="Of this person.")
    goal_id: strawberry.ID | None = strawberry.field(default=None, description="About this goal.")
    mood: Mood | None = strawberry.field(default=None, description="With this mood.")
    words: str | None = strawberry.field(default=None, description="With these words in the text, in any case.")
    since: datetime.date | None = strawberry.field(default=None, description="Of that day or later.")
    until: datetime.date | None = strawberry.field(default=None, description="Of before that day.")
    to_do: bool | None = strawberry.field(default=None, description="True: something in it is still to be done.")


def _log(
    context: Context, first: First = None, after: After = None, filter: GrowthFilter | None = None
) -> Page[rows.GrowthEntry]:
    asked = filter or GrowthFilter()
    wanted = growth.Wanted(
        person_id=optional_id(asked.person_id, "Person", ("filter", "personId")),
        goal_id=optional_id(asked.goal_id, "Goal", ("filter", "goalId")),
        mood=asked.mood,
        words=lookup_text(asked.words, ("filter", "words")),
        since=asked.since,
        until=asked.until,
        to_do=asked.to_do,
    )
    statement = growth.filtered(growth.visible_to(context.session, context.viewer), wanted)
    page = read_page(lambda request: fetch_page(context.session, statement, LATEST_FIRST, request), first, after)
    shown(context, page.rows)
    return page


def _of_goals(context: Context, goals: Sequence[Any]) -> list[list[rows.GrowthEntry]]:
    found = growth.latest_of_goals(context.session, context.viewer, [goal.id for goal in goals], limit=IN_CHAIN)
    shown(context, [row for some in found.values() for row in some])
    return [found.get(goal.id, []) for goal in goals]


@strawberry.type
class GrowthLinks:
    """What growth logs bring to the chain of one goal, see `schema.chain`."""

    growth_entries: list[GrowthEntry] = batch(
        _of_goals, description="The 50 latest entries about it: one's own, and those shared with the viewer."
    )


@strawberry.type
class GrowthQueries:
    growth_log: Connection[GrowthEntry] = root(
        _log, description="One's own growth log and what others share with the viewer, the latest day first."
    )
    moods: list[MoodChoice] = root(
        lambda _context: list(CHOICES), description="The five moods to choose from, the best first."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "growthLog moods"),
    **grant("Chain", VISIBLE, "growthEntries"),
    **grant(
        "GrowthEntry",
        READERS,
        "id person writtenOn text mood moodWord goal shared todos createdAt correctedAt version",
    ),
    **grant("GrowthEntry", OWNER, "recording revisions"),
    **grant("GrowthTodo", READERS, "id text dueOn doneAt"),
    **grant(
        "GrowthRecording",
        OWNER_ALONE,
        "id state problemCode problem transcript transcribedAt acceptedAt url keptUntil erasedAt job createdAt",
    ),
    **grant("GrowthRevision", OWNER_ALONE, "number text mood createdAt"),
}
