"""Voice notes of the growth log: kept as they were recorded, heard by a worker, taken over by their owner.

The sound is kept for as many days as the organisation says; the words stay.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from db.base import new_id, now
from db.events import record
from db.files import FileStore
from db.jobs import enqueue
from db.models.feedback.growth import GrowthEntry, GrowthRecording, TranscriptionState
from db.models.files import StoredFile
from db.queries import people
from db.queries.feedback import growth, notes
from db.viewer import Role, Viewer
from ml import sound
from resolvers.access import require_answers_for
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback.growth import EntryDraft, keep_revision, new_entry, own_entry, recording_of
from resolvers.goals.inputs import TEXT_LENGTH, required_text

JOB = "feedback.transcribe"
MAXIMUM_BYTES = 30 * 1024 * 1024
"""A quarter of an hour of uncompressed speech at 16 kHz and 16 bits, which is as long as is listened to."""
TRANSCRIPT_LENGTH = TEXT_LENGTH


def add_recording(
    session: Session, viewer: Viewer, files: FileStore, content: bytes, entry_id: uuid.UUID | None
) -> GrowthRecording:
    """Keep a voice note with an own entry, or with a new one, and put in the job that listens to it.

    Raises `DomainError`: FILE_EMPTY, FILE_TOO_LARGE (over 30 MB), FILE_TYPE_UNSUPPORTED for what
    does not begin like a recording, NOT_FOUND, FORBIDDEN, RECORDING_TAKEN when the entry has one.
    """
    at = ("input", "file")
    if not content:
        raise DomainError(ErrorCode.FILE_EMPTY, at)
    if len(content) > MAXIMUM_BYTES:
        raise DomainError(ErrorCode.FILE_TOO_LARGE, at, maximum_mb=MAXIMUM_BYTES >> 20)
    media_type = sound.media_type(content)
    if media_type is None:
        raise DomainError(ErrorCode.FILE_TYPE_UNSUPPORTED, at, types=sound.TYPE_NAMES)
    if entry_id is None:
        entry = new_entry(session, viewer, EntryDraft(), None, ("input",))
    else:
        entry = own_entry(session, viewer, entry_id, None, ("input", "entryId"))
        if growth.recordings_of(session, viewer, [entry.id]):
            raise DomainError(ErrorCode.RECORDING_TAKEN, ("input", "entryId"))
    recording = GrowthRecording(
        id=new_id(),
        organization_id=viewer.organization_id,
        entry_id=entry.id,
        file_id=files.put(session, viewer.organization_id, content, media_type).id,
        state=TranscriptionState.WAITING,
    )
    _ask(session, viewer, recording)
    session.add(recording)
    session.flush()
    record(session, viewer, "growth_entry.recorded", "GrowthEntry", entry.id)
    return recording


def transcribe_again(session: Session, viewer: Viewer, recording_id: uuid.UUID) -> GrowthRecording:
    """Ask anew for the words of an own voice note that nobody could hear; one that waits or was heard stays as it is.

    Raises NOT_FOUND, RECORDING_ERASED.
    """
    recording = recording_of(session, viewer, recording_id)
    if recording.file_id is None:
        raise DomainError(ErrorCode.RECORDING_ERASED, ("input", "id"))
    if recording.state in {TranscriptionState.NOT_CONFIGURED, TranscriptionState.FAILED}:
        recording.state, recording.reason_code = TranscriptionState.WAITING, None
        _ask(session, viewer, recording)
        session.flush()
        record(session, viewer, "growth_entry.recorded", "GrowthEntry", recording.entry_id)
    return recording


def accept_transcript(
    session: Session, viewer: Viewer, recording_id: uuid.UUID, text: str | None, expected_version: int | None
) -> GrowthEntry:
    """Take what was heard, or better words for it, into the entry in place of its text; what stood there before stays
    as with any change. The transcript itself stays as the machine's.

    Raises NOT_FOUND, TRANSCRIPT_MISSING, TEXT_REQUIRED, TEXT_TOO_LONG, CONFLICT (another version of the entry).
    """
    recording = recording_of(session, viewer, recording_id)
    if recording.transcript is None:
        raise DomainError(ErrorCode.TRANSCRIPT_MISSING, ("input", "id"))
    words = required_text(recording.transcript if text is None else text, TEXT_LENGTH, ("input", "text"))
    entry = own_entry(session, viewer, recording.entry_id, expected_version)
    keep_revision(session, viewer, entry)
    entry.text = words
    recording.accepted_at = now()
    session.flush()
    record(session, viewer, "growth_entry.changed", "GrowthEntry", entry.id)
    return entry


def erase_recording(session: Session, viewer: Viewer, recording_id: uuid.UUID) -> GrowthRecording:
    """Let go of the sound of an own voice note, and of what was heard in it and not taken over. The bytes are removed
    once nothing refers to them. Doing it again changes nothing. Raises NOT_FOUND."""
    recording = recording_of(session, viewer, recording_id)
    _erase(session, viewer, [recording])
    return recording


def erase_recordings(session: Session, viewer: Viewer, person_id: uuid.UUID) -> int:
    """Let go of all voice notes of a person as `erase_recording` does of one; return how many. For the person, and for
    HR once the person works there no more: a log is nobody else's while its owner can look after it.

    Raises `DomainError` FORBIDDEN, and NOT_FOUND for an unknown person.
    """
    at = ("input", "personId")
    if person_id != viewer.person_id:
        require_answers_for(session, viewer, person_id, at)
        known = people.entries(session, viewer, [person_id])[person_id]
        if not viewer.has(Role.HR) or (known.department_id is not None and known.archived_at is None):
            raise DomainError(ErrorCode.FORBIDDEN, at)
    return _erase(session, viewer, growth.recordings_with_sound(session, viewer, person_id))


def _erase(session: Session, viewer: Viewer, recordings: Iterable[GrowthRecording]) -> int:
    erased = [recording for recording in recordings if recording.file_id is not None]
    for recording in erased:
        recording.file_id, recording.erased_at = None, now()
        if recording.accepted_at is None:
            recording.transcript = None
        if recording.state is TranscriptionState.WAITING:
            recording.state, recording.reason_code = TranscriptionState.FAILED, "recording_erased"
    session.flush()
    for recording in erased:
        record(session, viewer, "growth_entry.recording_erased", "GrowthEntry", recording.entry_id)
    return len(erased)


def kept_until(recording: GrowthRecording, kept_days: int) -> datetime.datetime | None:
    """From when on the sound is let go of; None once it is gone, and while a worker is to listen to it.

    The time runs from when the words were taken over, else written down, else from the recording.
    """
    if recording.file_id is None or recording.state is TranscriptionState.WAITING:
        return None
    began = recording.accepted_at or recording.transcribed_at or recording.created_at
    return began + datetime.timedelta(days=kept_days)


def expire_recordings(session: Session, viewer: Viewer, moment: datetime.datetime) -> int:
    """Let go of the sound of voice notes whose time is over at `moment`; return of how many. What was heard in them
    stays, taken over or not. For the system's viewer; raises FORBIDDEN for people."""
    if not viewer.is_system:
        raise DomainError(ErrorCode.FORBIDDEN)
    kept_days = notes.policy(session, viewer).recordings_kept_days
    over = growth.recordings_kept_since(session, viewer, moment - datetime.timedelta(days=kept_days))
    for recording in over:
        recording.file_id, recording.erased_at = None, now()
    session.flush()
    for recording in over:
        record(session, viewer, "growth_entry.recording_expired", "GrowthEntry", recording.entry_id)
    return len(over)


def recording_to_hear(session: Session, viewer: Viewer, files: FileStore, recording_id: uuid.UUID) -> bytes | None:
    """The sound of a voice note that still waits; None when there is nothing to do (any more)."""
    recording = session.scalars(growth.recordings(viewer).where(GrowthRecording.id == recording_id)).first()
    if recording is None or recording.file_id is None or recording.state is not TranscriptionState.WAITING:
        return None
    return files.read(session.get_one(StoredFile, recording.file_id))


def record_transcript(session: Session, viewer: Viewer, recording_id: uuid.UUID, text: str) -> None:
    """Keep what the model heard. Doing it again changes nothing."""
    recording = _waiting(session, viewer, recording_id)
    if recording is not None:
        # A model that babbles may write without end, and what no database stores.
        kept = text.replace("\x00", "").encode("utf-8", "ignore").decode()[:TRANSCRIPT_LENGTH].strip()
        recording.transcript, recording.transcribed_at = kept or None, now()
        recording.state = TranscriptionState.DONE if kept else TranscriptionState.FAILED
        recording.reason_code = None if kept else "nothing_heard"
        _tell(session, viewer, recording)


def record_silence(
    session: Session, viewer: Viewer, recording_id: uuid.UUID, state: TranscriptionState, code: str
) -> None:
    """Say why there are no words. Doing it again changes nothing."""
    recording = _waiting(session, viewer, recording_id)
    if recording is not None:
        recording.state, recording.reason_code = state, code
        _tell(session, viewer, recording)


def _waiting(session: Session, viewer: Viewer, recording_id: uuid.UUID) -> GrowthRecording | None:
    statement = growth.recordings(viewer).where(GrowthRecording.id == recording_id).with_for_update()
    recording = session.scalars(statement.execution_options(populate_existing=True)).first()
    waits = recording is not None and recording.state is TranscriptionState.WAITING and recording.file_id is not None
    return recording if waits else None


def _tell(session: Session, viewer: Viewer, recording: GrowthRecording) -> None:
    session.flush()
    record(session, viewer, "growth_entry.heard", "GrowthEntry", recording.entry_id)


def _ask(session: Session, viewer: Viewer, recording: GrowthRecording) -> None:
    recording.job_id = enqueue(session, viewer, JOB, {"recording_id": str(recording.id)}).id
