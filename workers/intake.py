"""Jobs of paper: reading a photographed form, and printing a sheet."""

from __future__ import annotations

import uuid
from typing import Any

import structlog
from sqlalchemy.orm import Session

from db.viewer import Viewer
from ocr.forms.fonts import FontMissingError, find_cjk_font
from ocr.forms.stamp import stamp
from resolvers.intake import reading, sheets
from workers.reading import UnreadableFileError
from workers.registry import Effect, JobRun, job

log = structlog.get_logger()


def _reading_failed(session: Session, viewer: Viewer, args: dict[str, Any], code: str) -> None:
    """A document whose reading was given up says so to whoever handed it in."""
    reading.record_failure(session, viewer, uuid.UUID(args["document_id"]), code)


@job("intake.read", max_failures=3, time_limit=600, gave_up=_reading_failed)
def read(run: JobRun) -> Effect | None:
    """Read an uploaded form: decode its pages, find the form, read its fields."""
    document_id = uuid.UUID(run.args["document_id"])
    with run.write() as session:
        if not reading.begin_reading(session, run.viewer, document_id):
            return None
    files = run.services.files
    with run.read() as session:
        content = reading.pictures_to_read(session, run.viewer, files, document_id)
        forms = reading.forms_to_match(session, run.viewer, files, document_id)
    run.progress(5, "decoding")
    try:
        pictures = run.services.reading.decode(content)
    except UnreadableFileError as error:
        code = error.code
        return lambda session: reading.record_failure(session, run.viewer, document_id, code)
    run.progress(20, "reading")
    found = run.services.reading.read_form(pictures, forms)
    run.progress(90, "recording")
    return lambda session: reading.record_reading(session, run.viewer, files, document_id, found)


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


def stamped(wanted: sheets.SheetToPrint) -> bytes:
    """The PDF of a sheet, with the known words if there is a font to print them."""
    try:
        font = find_cjk_font()
    except FontMissingError:
        # The code on the paper says whose sheet it is; the words are a convenience.
        log.warning("sheet.printed_without_words", advice="install fonts-noto-cjk")
        return stamp(wanted.blank_pdf, wanted.template, wanted.sheet_id)
    return stamp(wanted.blank_pdf, wanted.template, wanted.sheet_id, wanted.prefilled, font=font)
