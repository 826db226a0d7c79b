"""Writing the growth log, and voice notes in it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models.feedback.meetings import Mood
from resolvers.feedback import growth, voice
from schema.batching import field
from schema.context import Context
from schema.errors import UserError
from schema.feedback.growth import GrowthEntry, GrowthRecording, GrowthTodo
from schema.inputs import optional_id
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.relay import decode_id
from schema.scalars import UploadedFile


@strawberry.input(description="Something to do.")
class GrowthTodoInput:
    text: str = strawberry.field(description="What, in at most 500 characters.")
    due_on: datetime.date | None = strawberry.field(
        default=None, description="Until when: on that day the inbox reminds of it."
    )


@strawberry.input(description="What an entry says.")
class GrowthWords:
    text: str | None = strawberry.field(default=None, description="The words, at most 5,000 characters.")
    mood: Mood | None = strawberry.field(default=None, description="How one feels.")
    goal_id: strawberry.ID | None = strawberry.field(default=None, description="The goal it is about.")
    shared: bool = strawberry.field(default=False, description="Whether the managers above and HR may read it.")


@strawberry.input(description="A new entry: a text, a mood or something to do is enough.")
class WriteGrowthEntryInput(GrowthWords):
    written_on: datetime.date | None = strawberry.field(default=None, description="The day; by default today.")
    todos: list[GrowthTodoInput] = strawberry.field(default_factory=list, description="What to do, at most twenty.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="What an own entry is to say in place of what it says.")
class EditGrowthEntryInput(GrowthWords):
    id: strawberry.ID = strawberry.field(description="The entry.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="What else to do.")
class AddGrowthTodosInput:
    entry_id: strawberry.ID = strawberry.field(description="The own entry.")
    todos: list[GrowthTodoInput] = strawberry.field(description="What to do.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Whether something is done.")
class SetGrowthTodoInput:
    id: strawberry.ID = strawberry.field(description="What was to be done.")
    done: bool = strawberry.field(default=True, description="False: it is open after all.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A voice note.")
class AddGrowthRecordingInput:
    file: UploadedFile = strawberry.field(
        description="WAV, M4A, MP4, 3GP, WebM, Ogg, MP3, AAC or AMR, at most 30 MB and 15 minutes. Uncompressed WAV "
        "(PCM of 8, 16 or 32 bits) is heard everywhere, the others where the operator installed what decodes them."
    )
    entry_id: strawberry.ID | None = strawberry.field(
        default=None, description="The own entry that it belongs to; by default a new one."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A voice note of one's own.")
class TranscribeGrowthRecordingInput:
    id: strawberry.ID = strawberry.field(description="The voice note.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="What to take over of a transcript.")
class AcceptGrowthRecordingInput:
    id: strawberry.ID = strawberry.field(description="The voice note.")
    text: str | None = strawberry.field(default=None, description="Better words; by default the transcript as it is.")
    expected_version: int | None = strawberry.field(
        default=None, description=f"{EXPECTED_VERSION} Here the version of the entry."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A voice note of one's own.")
class EraseGrowthRecordingInput:
    id: strawberry.ID = strawberry.field(description="The voice note.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Whose voice notes to erase.")
class EraseGrowthRecordingsInput:
    person_id: strawberry.ID = strawberry.field(description="Whose log they are in.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type
class _GrowthEntryPayload:
    entry: GrowthEntry | None = field(description="The entry; null when nothing was written.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The entry.")
class WriteGrowthEntryPayload(_GrowthEntryPayload):
    pass


@strawberry.type(description="The entry.")
class EditGrowthEntryPayload(_GrowthEntryPayload):
    pass


@strawberry.type(description="The entry.")
class AddGrowthTodosPayload(_GrowthEntryPayload):
    pass


@strawberry.type(description="The entry.")
class AcceptGrowthRecordingPayload(_GrowthEntryPayload):
    pass


@strawberry.type(description="What was to be done.")
class SetGrowthTodoPayload:
    todo: GrowthTodo | None = field(description="What was to be done; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type
class _GrowthRecordingPayload:
    recording: GrowthRecording | None = field(description="The voice note; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The voice note.")
class AddGrowthRecordingPayload(_GrowthRecordingPayload):
    pass


@strawberry.type(description="The voice note.")
class TranscribeGrowthRecordingPayload(_GrowthRecordingPayload):
    pass


@strawberry.type(description="The voice note.")
class EraseGrowthRecordingPayload(_GrowthRecordingPayload):
    pass


@strawberry.type(description="What was erased.")
class EraseGrowthRecordingsPayload:
    recordings: int | None = field(description="How many voice notes; null when it was refused.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _draft(input: GrowthWords) -> growth.EntryDraft:
    goal_id = optional_id(input.goal_id, "Goal", ("input", "goalId"))
    return growth.EntryDraft(input.text, input.mood, goal_id, input.shared)


def _todos(todos: Sequence[GrowthTodoInput]) -> list[growth.TodoDraft]:
    return [growth.TodoDraft(each.text, each.due_on) for each in todos]


def _write(context: Context, input: WriteGrowthEntryInput) -> Mapping[str, Any]:
    entry = growth.write_entry(
        context.session, context.viewer, _draft(input), written_on=input.written_on, todos=_todos(input.todos)
    )
    return {"entry": entry}


def _edit(context: Context, input: EditGrowthEntryInput) -> Mapping[str, Any]:
    entry_id = decode_id(input.id, "GrowthEntry", at=("input", "id"))
    draft = _draft(input)
    return {"entry": growth.edit_entry(context.session, context.viewer, entry_id, draft, input.expected_version)}


def _add_todos(context: Context, input: AddGrowthTodosInput) -> Mapping[str, Any]:
    entry_id = decode_id(input.entry_id, "GrowthEntry", at=("input", "entryId"))
    todos = _todos(input.todos)
    return {"entry": growth.add_to_entry(context.session, context.viewer, entry_id, todos, input.expected_version)}


def _set_todo(context: Context, input: SetGrowthTodoInput) -> Mapping[str, Any]:
    todo_id = decode_id(input.id, "GrowthTodo", at=("input", "id"))
    return {"todo": growth.set_todo(context.session, context.viewer, todo_id, done=input.done)}


def _add_recording(context: Context, input: AddGrowthRecordingInput) -> Mapping[str, Any]:
    entry_id = optional_id(input.entry_id, "GrowthEntry", ("input", "entryId"))
    content = input.file.read()
    return {"recording": voice.add_recording(context.session, context.viewer, context.files, content, entry_id)}


def _transcribe(context: Context, input: TranscribeGrowthRecordingInput) -> Mapping[str, Any]:
    recording_id = decode_id(input.id, "GrowthRecording", at=("input", "id"))
    return {"recording": voice.transcribe_again(context.session, context.viewer, recording_id)}


def _accept(context: Context, input: AcceptGrowthRecordingInput) -> Mapping[str, Any]:
    recording_id = decode_id(input.id, "GrowthRecording", at=("input", "id"))
    return {
        "entry": voice.accept_transcript(
            context.session, context.viewer, recording_id, input.text, input.expected_version
        )
    }


def _erase(context: Context, input: EraseGrowthRecordingInput) -> Mapping[str, Any]:
    recording_id = decode_id(input.id, "GrowthRecording", at=("input", "id"))
    return {"recording": voice.erase_recording(context.session, context.viewer, recording_id)}


def _erase_all(context: Context, input: EraseGrowthRecordingsInput) -> Mapping[str, Any]:
    person_id = decode_id(input.person_id, "Person", at=("input", "personId"))
    return {"recordings": voice.erase_recordings(context.session, context.viewer, person_id)}


@strawberry.type
class GrowthMutations:
    write_growth_entry: WriteGrowthEntryPayload = mutation(_write, description="Write into one's own growth log.")
    edit_growth_entry: EditGrowthEntryPayload = mutation(
        _edit,
        description="Change an own entry and whether it is shared; after the edit window the earlier words stay for "
        "their owner.",
    )
    add_growth_todos: AddGrowthTodosPayload = mutation(_add_todos, description="Add to-dos to an own entry.")
    set_growth_todo: SetGrowthTodoPayload = mutation(_set_todo, description="Say whether something own is done.")
    add_growth_recording: AddGrowthRecordingPayload = mutation(
        _add_recording, description="Keep a voice note in one's own log; a worker writes down what is said."
    )
    transcribe_growth_recording: TranscribeGrowthRecordingPayload = mutation(
        _transcribe, description="Ask anew for the words of an own voice note that could not be heard."
    )
    accept_growth_recording: AcceptGrowthRecordingPayload = mutation(
        _accept, description="Take the words of an own voice note, corrected or not, into its entry."
    )
    erase_growth_recording: EraseGrowthRecordingPayload = mutation(
        _erase, description="Erase the sound of an own voice note, and its transcript unless that was taken over."
    )
    erase_growth_recordings: EraseGrowthRecordingsPayload = mutation(
        _erase_all,
        description="Erase all voice notes of a person as eraseGrowthRecording does one: for oneself, and for HR once "
        "the person works there no more. The bytes are gone within a day.",
    )


PERMISSIONS: PermissionMap = grant(
    "Mutation",
    SIGNED_IN,
    "writeGrowthEntry editGrowthEntry addGrowthTodos setGrowthTodo addGrowthRecording transcribeGrowthRecording "
    "acceptGrowthRecording eraseGrowthRecording eraseGrowthRecordings",
)
