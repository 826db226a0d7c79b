"""Jobs of paper: inspecting an upload, reading a photographed form, and printing a sheet."""

from __future__ import annotations

import datetime
import tempfile
import uuid
from collections.abc import Iterator
from typing import Any

import structlog
from sqlalchemy.orm import Session

from db.viewer import Viewer
from ocr.forms.fonts import FontMissingError, find_cjk_font
from ocr.forms.stamp import stamp
from resolvers.intake import inspection, reading, retention, sheets
from workers.reading import OpenedFile, UnreadableFileError
from workers.registry import Effect, JobRun, job

log = structlog.get_logger()

MOST_ENDED_CHILDREN = 3
"""Pages of one file that may end the child that decodes them, each in its own time, before the file is given up."""
TOO_HARD = "too_many_hard_pages"
"""Reason code of a file that was given up so; the pages before are kept."""


def _reading_failed(session: Session, viewer: Viewer, args: dict[str, Any], code: str) -> None:
    """A document whose reading was given up says so to whoever handed it in."""
    reading.record_failure(session, viewer, uuid.UUID(args["document_id"]), code)


def _inspection_failed(session: Session, viewer: Viewer, args: dict[str, Any], code: str) -> None:
    """The documents of an upload whose inspection was given up say so to whoever handed it in."""
    inspection.give_up(session, viewer, uuid.UUID(args["upload_id"]), code)


@job("intake.inspect", max_failures=3, time_limit=900, gave_up=_inspection_failed)
def inspect(run: JobRun) -> Effect | None:
    """Decode the pages of an upload one by one, tell early what is wrong with them, and find its documents."""
    upload_id = uuid.UUID(run.args["upload_id"])
    if not _inspected(run, upload_id):
        return None
    return lambda session: inspection.settle_upload(session, run.viewer, upload_id)


@job("intake.read", max_failures=3, time_limit=600, gave_up=_reading_failed)
def read(run: JobRun) -> Effect | None:
    """Read the pages of a document: find the form, read its fields."""
    document_id = uuid.UUID(run.args["document_id"])
    with run.read() as session:
        upload_id = reading.upload_of(session, run.viewer, document_id)
    if _inspected(run, upload_id):
        with run.write() as session:
            inspection.settle_upload(session, run.viewer, upload_id)
    with run.write() as session:
        if not reading.begin_reading(session, run.viewer, document_id):
            return None
    files = run.services.files
    with run.read() as session:
        pages = reading.pages_to_read(session, run.viewer, files, document_id)
        forms = reading.forms_to_match(session, run.viewer, files, document_id)
    run.progress(20, "reading")
    found = run.services.reading.read_form([page.picture for page in pages], forms, [page.form for page in pages])
    run.progress(90, "recording")
    return lambda session: reading.record_reading(session, run.viewer, files, document_id, found)


def _inspected(run: JobRun, upload_id: uuid.UUID) -> bool:
    """Keep the pages of an upload that are not kept yet. False when the upload was inspected before.

    Each page is kept in a transaction of its own: what a worker did before it died is not done again.
    """
    files = run.services.files
    with run.read() as session:
        waiting = inspection.files_to_inspect(session, run.viewer, upload_id)
        templates = inspection.templates_to_match(session, run.viewer, upload_id)
    if waiting is None:
        return False
    for place, file in enumerate(waiting):
        # Nameless: the copy is gone with the process, whatever ends it.
        with tempfile.TemporaryFile() as content:
            with run.read() as session:
                inspection.copy_content(session, files, file, content)
            try:
                with run.services.reading.opened(content, templates) as opened:
                    for number in _keep_pages(run, opened, file):
                        run.progress(round(100 * (place + number / opened.pages) / len(waiting)), "inspecting")
            except UnreadableFileError as error:
                with run.write() as session:
                    inspection.refuse_file(session, file.id, error.code)
    return True


def _keep_pages(run: JobRun, opened: OpenedFile, file: inspection.FileToInspect) -> Iterator[int]:
    """Keep the pages of a file that are not kept yet; the number of each. Raises `UnreadableFileError`."""
    with run.write() as session:
        if not inspection.begin_file(session, file.id, opened.pages):
            return
    ended = 0
    for number in range(file.pages_kept + 1, opened.pages + 1):
        ended += _keep_page(run, opened, file.id, number)
        if ended == MOST_ENDED_CHILDREN:
            raise UnreadableFileError(TOO_HARD)
        yield number


def _keep_page(run: JobRun, opened: OpenedFile, file_id: uuid.UUID, number: int) -> bool:
    """Decode a page of a file and keep it, or that it is broken; whether decoding it ended its child."""
    try:
        glance = opened.page(number)
    except UnreadableFileError as error:
        with run.write() as session:
            inspection.keep_broken_page(session, file_id, number, error.code)
        return error.code.startswith("sandbox_")
    with run.write() as session:
        inspection.keep_page(session, run.services.files, file_id, number, glance)
    return False


@job("intake.print_sheet", max_failures=3, time_limit=120)
def print_sheet(run: JobRun) -> Effect | None:
    """Stamp a blank form with its sheet's code and what is known of the person."""
    sheet_id = uuid.UUID(run.args["sheet_id"])
    files = run.services.files
    with run.read() as session:
        wanted = sheets.sheet_to_print(session, run.viewer, files, sheet_id)
    if wanted is None:
        return None
    pdf = stamped(wanted)
    return lambda session: sheets.record_sheet(session, run.viewer, files, sheet_id, pdf)


@job("intake.expire_pictures", max_failures=3, time_limit=900)
def expire_pictures(run: JobRun) -> Effect:
    """Let go of the pictures of forms whose time is over, and remove their bytes."""
    due = datetime.datetime.fromisoformat(run.args["due"])

    def effect(session: Session) -> None:
        retention.expire_pictures(session, run.viewer, due)
        run.services.files.sweep(session, run.viewer.organization_id)

    return effect


def stamped(wanted: sheets.SheetToPrint) -> bytes:
    """The PDF of a sheet, with the known words if there is a font to print them."""
    try:
        font = find_cjk_font()
    except FontMissingError:
        # The code on the paper says whose sheet it is; the words are a convenience.
        log.warning("sheet.printed_without_words", advice="install fonts-noto-cjk")
        return stamp(wanted.blank_pdf, wanted.template, wanted.sheet_id)
    return stamp(wanted.blank_pdf, wanted.template, wanted.sheet_id, wanted.prefilled, font=font)
