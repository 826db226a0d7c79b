"""Jobs of briefs: writing one from its evidence, and making a file of it."""

from __future__ import annotations

import datetime
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.viewer import Viewer
from ocr.forms.fonts import FontMissingError
from resolvers.briefs import documents, opening, requesting, writing
from workers.brief_text import compose
from workers.documents.rendering import rendered
from workers.registry import Effect, JobFailureError, JobRun, job
from workers.writing import brief_engine, entailment_judge


def _given_up(session: Session, viewer: Viewer, args: dict[str, Any], _code: str) -> None:
    writing.give_up(session, viewer, uuid.UUID(args["brief_id"]))


@job(requesting.JOB, max_failures=3, time_limit=900, gave_up=_given_up)
def write(run: JobRun) -> Effect:
    """Write a brief from the evidence that its reader may see."""
    brief_id = uuid.UUID(run.args["brief_id"])
    settings = run.services.settings
    with run.read() as session:
        material = writing.material(session, run.viewer, brief_id, settings.generator_name)
    if material is None:
        return lambda session: writing.give_up(session, run.viewer, brief_id)
    run.progress(20, "writing")
    text = compose(material, brief_engine(settings), entailment_judge(settings))
    return lambda session: writing.record_text(session, run.viewer, brief_id, material, text)


@job("briefs.open", max_failures=5, time_limit=300)
def open_briefs(run: JobRun) -> Effect:
    """Ask for everybody's brief of the cycles that are under review; doing it again asks for nothing twice."""
    due = datetime.datetime.fromisoformat(run.args["due"]).astimezone(ZoneInfo(run.args["zone"]))

    def effect(session: Session) -> None:
        opening.open_briefs(session, run.viewer, due.date())

    return effect


def _document_given_up(session: Session, _viewer: Viewer, args: dict[str, Any], _code: str) -> None:
    documents.give_up(session, uuid.UUID(args["document_id"]))


@job(documents.JOB, max_failures=3, time_limit=300, throws=("font_missing",), gave_up=_document_given_up)
def write_document(run: JobRun) -> Effect:
    """Make a file of a brief, as whoever asked for it may read it."""
    document_id = uuid.UUID(run.args["document_id"])
    with run.read() as session:
        wanted = documents.page_to_write(session, run.viewer, document_id)
    if wanted is None:
        return lambda session: documents.give_up(session, document_id)
    page, format_ = wanted
    try:
        content = rendered(page, format_)
    except FontMissingError as error:
        raise JobFailureError("font_missing", again=False) from error
    files = run.services.files
    return lambda session: documents.record_document(session, files, document_id, page, content)
