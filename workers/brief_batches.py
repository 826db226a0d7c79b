"""The job that makes the briefs of many people and their archive."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, BinaryIO

import structlog
from sqlalchemy.orm import Session

from db import jobs
from db.logs import place_of
from db.models.briefs import DocumentFormat, LeftOut
from db.viewer import Viewer
from ocr.forms.fonts import FontMissingError
from resolvers.briefs import batch_writing, batches, words, writing
from resolvers.briefs.batch_writing import Member, Plan
from resolvers.briefs.contract import Text
from resolvers.briefs.page import Page
from workers.brief_text import compose
from workers.documents.archive import Archive
from workers.documents.rendering import rendered
from workers.registry import Effect, JobFailureError, JobRun, job
from workers.writing import brief_engine, entailment_judge

log = structlog.get_logger()

SHIFT_SECONDS = 1800.0
"""After so long another job goes on with the briefs, so that none is ever near its time limit."""
SHARE_OF_WRITING = 80
"""Percent of the progress that the briefs are; the archive is the rest."""
SECONDS_BETWEEN_REPORTS = 1.0


def _given_up(session: Session, viewer: Viewer, args: dict[str, Any], _code: str) -> None:
    batch_writing.give_up(session, viewer, uuid.UUID(args["batch_id"]))


@job(batches.JOB, max_failures=3, time_limit=3600, throws=("font_missing",), gave_up=_given_up)
def write_batch(run: JobRun) -> Effect | None:
    """Write the briefs of a batch one by one, then its archive; a new attempt goes on where the last one stopped."""
    batch_id = uuid.UUID(run.args["batch_id"])
    began = time.monotonic()
    with run.read() as session:
        if batch_writing.stands(session, batch_id, run.id) is None:
            return None
        everybody = batch_writing.entry_ids(session, run.viewer, batch_id, waiting=False)
        waiting = batch_writing.entry_ids(session, run.viewer, batch_id, waiting=True)
        names = writing.names(session, run.viewer)
    generator = run.services.settings.generator_name
    for left, entry_id in zip(range(len(waiting), 0, -1), waiting, strict=True):
        if time.monotonic() - began > SHIFT_SECONDS:
            return lambda session: batches.continue_later(session, run.viewer, batch_id, run.id)
        with run.read() as session:
            plan = batch_writing.plan(session, entry_id, generator, names)
        text = _composed(run, plan)
        with run.write() as session:
            if batch_writing.stands(session, batch_id, run.id, lock=True) is None:
                return None
            batch_writing.keep(session, run.viewer, plan, text)
            done = len(everybody) - left + 1
            jobs.report(session, run.lease, done * SHARE_OF_WRITING // len(everybody), "writing")
    # Nameless: the file is gone with the process, whatever ends it.
    with tempfile.TemporaryFile() as file:
        left_out = _archived(run, batch_id, everybody, file)
        if left_out is not None:
            with run.write() as session:
                batch_writing.finish(
                    session, run.viewer, run.services.files, batch_id, run.id, archive=file, left_out=left_out
                )
    return None


def _composed(run: JobRun, plan: Plan) -> Text | None:
    """The text of one person's brief; None when it fails, which does not keep the others waiting."""
    if plan.material is None:
        return None
    settings = run.services.settings
    try:
        return compose(plan.material, brief_engine(settings), entailment_judge(settings))
    except Exception as error:  # noqa: BLE001 - whatever is the matter with one person's notes, the others go on
        log.warning("brief_batch.brief_failed", job=str(run.id), entry=str(plan.entry_id), place=place_of(error))
        return None


def _archived(
    run: JobRun, batch_id: uuid.UUID, everybody: Sequence[uuid.UUID], file: BinaryIO
) -> dict[uuid.UUID, LeftOut] | None:
    """Write the archive; who fell out of it at the last moment. None when the batch was cancelled meanwhile."""
    left_out: dict[uuid.UUID, LeftOut] = {}
    reported = 0.0
    with run.read() as session:
        batch = batch_writing.stands(session, batch_id, run.id)
        if batch is None:
            return None
        formats, language = batch_writing.formats_of(batch), batch.language
    with Archive(file, words.INDEX_COLUMNS[language]) as archive:
        for at, entry_id in enumerate(everybody):
            if time.monotonic() - reported > SECONDS_BETWEEN_REPORTS:
                reported = time.monotonic()
                run.progress(SHARE_OF_WRITING + at * (100 - SHARE_OF_WRITING) // len(everybody), "archiving")
            with run.read() as session:
                if batch_writing.stands(session, batch_id, run.id) is None:
                    return None
                member = batch_writing.member(session, entry_id)
            paths: list[str] = []
            documents = None if member.page is None else _documents(run, entry_id, member.page, formats)
            if documents is not None:
                paths = _added(archive, member, documents)
            elif member.reason in {None, LeftOut.NO_ACCESS}:
                member = replace(member, reason=member.reason or LeftOut.FAILED, edition=None)
                left_out[entry_id] = member.reason or LeftOut.FAILED
            archive.note(batch_writing.index_row(member, paths, language))
    return left_out


def _documents(
    run: JobRun, entry_id: uuid.UUID, page: Page, formats: list[DocumentFormat]
) -> dict[DocumentFormat, bytes] | None:
    """The person's documents; None when one of them cannot be made, which does not keep the others waiting."""
    try:
        return {format_: rendered(page, format_) for format_ in formats}
    except FontMissingError as error:
        raise JobFailureError("font_missing", again=False) from error
    except Exception as error:  # noqa: BLE001 - whatever is the matter with one person's words, the others go on
        log.warning("brief_batch.document_failed", job=str(run.id), entry=str(entry_id), place=place_of(error))
        return None


def _added(archive: Archive, member: Member, documents: dict[DocumentFormat, bytes]) -> list[str]:
    """Put the member's documents into the archive; their paths."""
    folder = archive.folder(f"{member.staff_number} {member.name}".strip())
    return [
        archive.add(folder, f"{member.staff_number}-{member.edition}.{format_.value.lower()}", content)
        for format_, content in documents.items()
    ]
