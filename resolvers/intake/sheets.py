"""Printed sheets: one piece of paper for one person and cycle, known by the random id in its QR code."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.events import record
from db.files import FileStore
from db.jobs import enqueue
from db.models.files import StoredFile
from db.models.goals import Cycle
from db.models.intake import FormVersion, Sheet
from db.models.people import Department
from db.queries import goals, intake, people
from db.viewer import Viewer
from ocr.contract import FormTemplate
from resolvers import access, forms
from resolvers.errors import DomainError, ErrorCode
from resolvers.forms import PDF

PRINT_JOB = "intake.print_sheet"


@dataclass(frozen=True, slots=True)
class SheetToPrint:
    """All that stamping a blank for one person needs."""

    blank_pdf: bytes
    template: FormTemplate
    sheet_id: str
    """32 hexadecimal digits, as the QR code carries it."""
    prefilled: Mapping[str, str]
    """Field key to the words that are printed into the field."""


def request_sheet(
    session: Session, viewer: Viewer, template_key: str, subject_id: uuid.UUID, cycle_id: uuid.UUID
) -> Sheet:
    """Make a sheet of the newest version of a form for a person and cycle, and put in the job that prints it.

    For the managers above the person and HR. Raises `DomainError` FORBIDDEN, and NOT_FOUND for an unknown form, person
    or cycle.
    """
    access.require_paper_role(viewer)
    access.require_answers_for(session, viewer, subject_id, ("input", "subjectId"))
    version = intake.latest_form(session, viewer, template_key)
    if version is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "templateKey"))
    if cycle_id not in goals.by_ids(session, viewer, [cycle_id]):
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "cycleId"))
    sheet = Sheet(
        id=uuid.uuid4(),
        organization_id=viewer.organization_id,
        form_version_id=version.id,
        subject_id=subject_id,
        cycle_id=cycle_id,
        requested_by=viewer.person_id,
    )
    session.add(sheet)
    session.flush()
    enqueue(session, viewer, PRINT_JOB, {"sheet_id": str(sheet.id)}, dedupe_key=print_key(sheet.id))
    record(session, viewer, "intake.sheet_requested", "FormSheet", sheet.id)
    session.flush()
    return sheet


def print_key(sheet_id: uuid.UUID) -> str:
    """Dedupe key of the job that prints a sheet."""
    return f"{PRINT_JOB}:{sheet_id}"


def sheet_to_print(session: Session, viewer: Viewer, files: FileStore, sheet_id: uuid.UUID) -> SheetToPrint | None:
    """What to stamp for a sheet; None when it is printed already. Raises `DomainError` NOT_FOUND."""
    sheet = _visible(session, viewer, sheet_id)
    if sheet.pdf_id is not None:
        return None
    version = session.get_one(FormVersion, sheet.form_version_id)
    template = forms.template_of(version)
    blank = files.read(session.get_one(StoredFile, version.blank_pdf_id))
    return SheetToPrint(blank, template, sheet.id.hex, _prefilled(session, viewer, template, sheet))


def record_sheet(session: Session, viewer: Viewer, files: FileStore, sheet_id: uuid.UUID, pdf: bytes) -> None:
    """Keep the printable PDF of a sheet; a second one changes nothing. Raises `DomainError` NOT_FOUND."""
    sheet = _visible(session, viewer, sheet_id)
    if sheet.pdf_id is None:
        sheet.pdf_id = files.put(session, sheet.organization_id, pdf, PDF).id
        record(session, viewer, "intake.sheet_printed", "FormSheet", sheet.id)
        session.flush()


def _visible(session: Session, viewer: Viewer, sheet_id: uuid.UUID) -> Sheet:
    sheet = session.scalars(intake.sheets_visible_to(session, viewer).where(Sheet.id == sheet_id)).first()
    if sheet is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return sheet


def _prefilled(session: Session, viewer: Viewer, template: FormTemplate, sheet: Sheet) -> dict[str, str]:
    """What is known of person and cycle, in the person's language, for the fields that ask for it."""
    entry = people.entries(session, viewer, [sheet.subject_id])[sheet.subject_id]
    cycle = session.get_one(Cycle, sheet.cycle_id)
    department = session.get(Department, entry.department_id) if entry.department_id else None
    manager = people.entries(session, viewer, [entry.manager_id]).get(entry.manager_id) if entry.manager_id else None
    chinese = people.locale(session, viewer, sheet.subject_id).startswith("zh")
    known: dict[str, str | None] = {
        "subject_name": entry.name,
        "subject_staff_number": entry.staff_number,
        "department": None if department is None else (department.name_zh if chinese else department.name_en),
        "period": cycle.name_zh if chinese else cycle.name_en,
        "reviewer": manager.name if manager else None,
    }
    return {field.key: words for field in template.fields if field.role and (words := known.get(field.role))}
