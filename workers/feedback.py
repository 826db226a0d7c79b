"""Jobs of feedback: releasing what was written anonymously, listening to voice notes,
reading tables of customers' comments, and reminders."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy.orm import Session

from db.models.feedback.growth import TranscriptionState
from db.viewer import Viewer
from ml.sound import SpeechError
from resolvers.feedback import comment_imports, growth, upward, voice
from workers.registry import Effect, JobRun, job
from workers.table_imports import given_up, import_table
from workers.voice import transcribe


@job(upward.RELEASE_JOB, max_failures=10, time_limit=60)
def release_upward(run: JobRun) -> Effect:
    """Release the texts of a round of anonymous feedback together, or destroy them where too few wrote."""
    round_id = uuid.UUID(run.args["round_id"])
    return lambda session: upward.release_round(session, run.viewer, round_id)


def _not_heard(session: Session, viewer: Viewer, args: dict[str, Any], code: str) -> None:
    voice.record_silence(session, viewer, uuid.UUID(args["recording_id"]), TranscriptionState.FAILED, code)


@job(voice.JOB, max_failures=3, time_limit=900, gave_up=_not_heard)
def transcribe_recording(run: JobRun) -> Effect | None:
    """Write down what is said in a voice note, with the configured speech model."""
    recording_id = uuid.UUID(run.args["recording_id"])
    settings = run.services.settings
    with run.read() as session:
        content = voice.recording_to_hear(session, run.viewer, run.services.files, recording_id)
    if content is None:
        return None
    if not settings.speech_model:
        return _silence(run, recording_id, TranscriptionState.NOT_CONFIGURED, "transcription_not_configured")
    run.progress(10, "listening")
    try:
        text = transcribe(settings, content)
    except SpeechError as error:
        return _silence(run, recording_id, TranscriptionState.FAILED, f"recording_{error.code}")
    return lambda session: voice.record_transcript(session, run.viewer, recording_id, text)


def _silence(run: JobRun, recording_id: uuid.UUID, state: TranscriptionState, code: str) -> Effect:
    return lambda session: voice.record_silence(session, run.viewer, recording_id, state, code)


@job("feedback.expire_recordings", max_failures=3, time_limit=300)
def expire_recordings(run: JobRun) -> Effect:
    """Let go of the sound of voice notes whose time is over; the words stay."""
    due = datetime.datetime.fromisoformat(run.args["due"])

    def effect(session: Session) -> None:
        voice.expire_recordings(session, run.viewer, due)

    return effect


@job("feedback.remind_of_todos", max_failures=5, time_limit=300)
def remind_of_todos(run: JobRun) -> Effect:
    """Remind people of one zone of what they wanted to do until today, on a working day."""
    due = datetime.datetime.fromisoformat(run.args["due"])
    return lambda session: growth.remind_of_todos(session, run.viewer, due, run.args["zone"])


@job(comment_imports.COMMENTS.job, max_failures=3, time_limit=600, gave_up=given_up(comment_imports.COMMENTS))
def import_comments(run: JobRun) -> Effect | None:
    """Read a table of customers' comments, check every row, and record them, all or none."""
    return import_table(run, comment_imports.COMMENTS, comment_imports.record_import)
