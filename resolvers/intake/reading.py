"""What the worker needs and brings: the bytes to read, and the reading, its pictures and its failures.

Every function may run again after a crash: what was recorded or decided meanwhile stays as it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.events import record
from db.files import FileStore
from db.jobs import announce
from db.models.intake import (
    FormVersion,
    IntakeDocument,
    IntakeField,
    IntakeStatus,
    Sheet,
    Upload,
)
from db.models.reviews import Review, ReviewStatus
from db.queries import intake
from db.viewer import Viewer
from ocr.contract import FieldReading, FieldStatus, FormReading, PublishedForm
from ocr.form_fields.contract import PageFields, fields_from_json
from resolvers import forms
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake import template_choice
from resolvers.intake.directory import directory_word
from resolvers.rules.reading import AGREES, Judgement

JPEG = "image/jpeg"
SHEET_UNKNOWN = "sheet_unknown"
"""Warning: the sheet's QR code is none that this organisation printed for this form."""
SHEET_USED = "sheet_already_confirmed"
"""Warning: a review was already made of this sheet of paper."""
REVIEW_EXISTS = "review_exists"
"""Warning: this person has a confirmed review of this cycle on this form; another one may be meant, or a mistake."""

NEWER_PICTURE = "newer_picture"
"""Reason code of a document for which a newer picture of its sheet of paper stands."""

_TO_READ = (IntakeStatus.UPLOADED, IntakeStatus.READING, IntakeStatus.FAILED)
"""FAILED: an operator started the job again."""


def begin_reading(session: Session, viewer: Viewer, document_id: uuid.UUID) -> bool:
    """Mark a document READING. False when there is nothing to read: it was read, a person decided, or it has no
    pictures (any more).

    Raises `DomainError` NOT_FOUND.
    """
    document = locked_document(session, viewer, document_id)
    pages = intake.pictures(session, document_id)
    if document.status not in _TO_READ or not pages or any(page.image_id is None for page in pages):
        return False
    document.status = IntakeStatus.READING
    document.reason_code = None
    session.flush()
    return True


def upload_of(session: Session, viewer: Viewer, document_id: uuid.UUID) -> uuid.UUID:
    """The upload that a document came by. Raises `DomainError` NOT_FOUND."""
    return visible_document(session, viewer, document_id).upload_id


@dataclass(frozen=True, slots=True)
class PageToRead:
    """A page as it was decoded."""

    picture: bytes
    form: PageFields | None
    """The form fields of a PDF's page, if it has any."""


def pages_to_read(session: Session, viewer: Viewer, files: FileStore, document_id: uuid.UUID) -> list[PageToRead]:
    """The pages of a document as they were decoded, in its order. Raises `DomainError` NOT_FOUND."""
    visible_document(session, viewer, document_id)
    pages = intake.pictures(session, document_id)
    stored = intake.stored_files(session, [page.image_id for page in pages if page.image_id is not None])
    return [
        PageToRead(
            files.read(stored[page.image_id]), None if page.form_fields is None else fields_from_json(page.form_fields)
        )
        for page in pages
        if page.image_id is not None
    ]


def forms_to_match(session: Session, viewer: Viewer, files: FileStore, document_id: uuid.UUID) -> list[PublishedForm]:
    """The forms that the document may be: the one that a person chose for it, else all versions of the one its sender
    named, else all of the organisation.

    Raises `DomainError` NOT_FOUND.
    """
    document = visible_document(session, viewer, document_id)
    if document.chosen_version_id is not None:
        chosen = session.get_one(FormVersion, document.chosen_version_id)
        return [forms.published_form(session, files, chosen)]
    upload = session.get_one(Upload, document.upload_id)
    return forms.published_forms(session, viewer, files, upload.template_key)


def record_reading(
    session: Session, viewer: Viewer, files: FileStore, document_id: uuid.UUID, reading: FormReading
) -> None:
    """Keep what was read: pages and crops as pictures, each field with its confidence, whom and what it is about.

    The document ends NEEDS_REVIEW, RETAKE (with the reason for taking another picture) or NEEDS_TEMPLATE. A sheet that
    this organisation printed names person and cycle; otherwise staff number and name together name a person of the
    directory and the period a cycle, or nobody. What the directory contradicts is marked for a person, not changed.
    Raises `DomainError` NOT_FOUND.
    """
    if reading.sheet_id is not None:
        # All that write to several pictures of a sheet hold the sheet before any of their documents.
        intake.hold_sheets(session, viewer, [uuid.UUID(hex=reading.sheet_id)])
    document = locked_document(session, viewer, document_id)
    if document.status not in _TO_READ:
        return
    version = None if reading.retake else _form_version(session, viewer, reading)
    document.matched_by = reading.matched_by.value
    document.match_score = _decimal(reading.score)
    document.warnings = list(dict.fromkeys([*document.warnings, *reading.warnings]))
    _keep_pages(session, files, document, reading)
    if reading.retake is not None:
        document.status = IntakeStatus.RETAKE
        document.reason_code = reading.retake.value
    elif version is None:
        document.status = IntakeStatus.NEEDS_TEMPLATE
        document.reason_code = "template_unknown"
        document.candidates = template_choice.kept_candidates(session, viewer, reading.candidates)
        document.suggestions = template_choice.kept_suggestions(reading.suggestions)
    else:
        document.status = IntakeStatus.NEEDS_REVIEW
        document.reason_code = None
        document.form_version_id = version.id
        document.candidates = document.suggestions = None
        template = forms.template_of(version)
        sheet = _sheet(session, document, version, reading)
        word = directory_word(session, viewer, template, _values(reading), _known(document, sheet))
        document.subject_id = word.subject_id
        document.cycle_id = word.cycle_id
        document.warnings = [*document.warnings, *word.warnings]
        if _review_exists(session, document, version):
            document.warnings = [*document.warnings, REVIEW_EXISTS]
        _add_fields(session, files, document, reading, word.judgements)
    record(session, viewer, "intake.read", "IntakeDocument", document.id)
    if document.status is IntakeStatus.NEEDS_REVIEW and document.sheet_id is not None:
        _supersede_older_pictures(session, viewer, document)
    announce(session, document.upload_id)
    session.flush()


def record_failure(session: Session, viewer: Viewer, document_id: uuid.UUID, code: str) -> None:
    """End a document FAILED with the code of what is wrong with its file or with the reading of it.

    Raises `DomainError` NOT_FOUND.
    """
    document = locked_document(session, viewer, document_id)
    if document.status not in _TO_READ:
        return
    document.status = IntakeStatus.FAILED
    document.reason_code = code
    record(session, viewer, "intake.failed", "IntakeDocument", document.id)
    announce(session, document.upload_id)
    session.flush()


def visible_document(session: Session, viewer: Viewer, document_id: uuid.UUID) -> IntakeDocument:
    """The document, if the viewer may see it. Raises `DomainError` NOT_FOUND."""
    document = session.scalars(intake.visible_to(session, viewer).where(IntakeDocument.id == document_id)).first()
    if document is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return document


def locked_document(session: Session, viewer: Viewer, document_id: uuid.UUID) -> IntakeDocument:
    """The document, held until the transaction ends so that no decision falls between reading and writing it.

    Raises `DomainError` NOT_FOUND.
    """
    statement = intake.visible_to(session, viewer).where(IntakeDocument.id == document_id)
    locked = statement.with_for_update(of=IntakeDocument).execution_options(populate_existing=True)
    document = session.scalars(locked).first()
    if document is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return document


def _form_version(session: Session, viewer: Viewer, reading: FormReading) -> FormVersion | None:
    if reading.template_key is None or reading.template_version is None:
        return None
    return session.scalars(
        intake.forms(viewer).where(
            FormVersion.key == reading.template_key, FormVersion.number == reading.template_version
        )
    ).first()


def _sheet(session: Session, document: IntakeDocument, version: FormVersion, reading: FormReading) -> Sheet | None:
    """The sheet that the QR code names, if this organisation printed it as this form; else a warning."""
    if reading.sheet_id is None:
        return None
    sheet = session.scalars(
        sa.select(Sheet).where(
            Sheet.organization_id == document.organization_id, Sheet.id == uuid.UUID(hex=reading.sheet_id)
        )
    ).first()
    if sheet is None or sheet.form_version_id != version.id:
        document.warnings = [*document.warnings, SHEET_UNKNOWN]
        return None
    document.sheet_id = sheet.id
    used = sa.select(IntakeDocument.id).where(
        IntakeDocument.sheet_id == sheet.id, IntakeDocument.status == IntakeStatus.CONFIRMED
    )
    if session.scalars(used.limit(1)).first() is not None:
        document.warnings = [*document.warnings, SHEET_USED]
    return sheet


def _review_exists(session: Session, document: IntakeDocument, version: FormVersion) -> bool:
    if document.subject_id is None or document.cycle_id is None:
        return False
    standing = (
        sa.select(Review.id)
        .join(FormVersion, FormVersion.id == Review.form_version_id)
        .where(
            Review.organization_id == document.organization_id,
            Review.subject_id == document.subject_id,
            Review.cycle_id == document.cycle_id,
            Review.status == ReviewStatus.CONFIRMED,
            FormVersion.key == version.key,
        )
    )
    return session.scalars(standing.limit(1)).first() is not None


def _known(document: IntakeDocument, sheet: Sheet | None) -> tuple[uuid.UUID, uuid.UUID] | None:
    """Person and cycle by the sheet, else by the review for which the paper was handed in."""
    if sheet is not None:
        return sheet.subject_id, sheet.cycle_id
    if document.subject_id is not None and document.cycle_id is not None:
        return document.subject_id, document.cycle_id
    return None


def _values(reading: FormReading) -> dict[str, str | None]:
    return {field.key: field.value for field in reading.fields}


def _keep_pages(session: Session, files: FileStore, document: IntakeDocument, reading: FormReading) -> None:
    """The pages as they were read, upright, in place of the pages as they were decoded."""
    rows = intake.pages(session, [document.id]).get(document.id, [])
    for row, page in zip(rows, reading.pages, strict=True):
        row.number = page.page
        row.image_id = files.put(session, document.organization_id, page.image, JPEG).id
        row.width, row.height = page.width, page.height
        row.labels_found, row.labels_expected = page.labels_found, page.labels_expected
        row.residual_mm = None if page.residual_mm is None else _decimal(page.residual_mm)


def _supersede_older_pictures(session: Session, viewer: Viewer, document: IntakeDocument) -> None:
    """Of several pictures of one sheet of paper the newest that is readable counts, in whatever order they are read."""
    others = session.scalars(
        sa.select(IntakeDocument)
        .where(
            IntakeDocument.organization_id == document.organization_id,
            IntakeDocument.sheet_id == document.sheet_id,
            IntakeDocument.status == IntakeStatus.NEEDS_REVIEW,
            IntakeDocument.id != document.id,
        )
        .order_by(IntakeDocument.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    newest = max([document, *others], key=lambda each: (each.created_at, each.id))
    for older in (document, *others):
        if older is not newest:
            older.status = IntakeStatus.SUPERSEDED
            older.reason_code = NEWER_PICTURE
            older.superseded_by_id = newest.id
            record(session, viewer, "intake.superseded", "IntakeDocument", older.id)


def _add_fields(
    session: Session,
    files: FileStore,
    document: IntakeDocument,
    reading: FormReading,
    judgements: Mapping[str, Judgement],
) -> None:
    """One row for each field of the form; a field that the reading does not name was not found on the picture."""
    template = forms.template_of(session.get_one(FormVersion, document.form_version_id))
    read: Mapping[str, FieldReading] = {field.key: field for field in reading.fields}
    for position, field in enumerate(template.fields):
        found = read.get(field.key)
        judgement = judgements.get(field.key)
        row = IntakeField(
            organization_id=document.organization_id,
            document_id=document.id,
            position=position,
            page=field.page,
            key=field.key,
            label_zh=field.label.zh,
            label_en=field.label.en,
            type=field.type.value,
            required=field.required,
            value=None,
            raw_text="",
            status=FieldStatus.UNREADABLE.value,
            confidence=Decimal(0),
            notes=["not_found"],
        )
        if found is not None:
            _fill(row, found, judgement)
            if found.crop is not None:
                row.crop_id = files.put(session, document.organization_id, found.crop, JPEG).id
        session.add(row)


def _fill(row: IntakeField, found: FieldReading, judgement: Judgement | None) -> None:
    parts = found.confidence
    whole = parts.whole if judgement is None else min(parts.whole, judgement.confidence)
    doubted = judgement is not None and judgement.confidence < AGREES
    status = FieldStatus.LOW_CONFIDENCE if doubted and found.status is FieldStatus.READ else found.status
    row.page = found.page
    row.value = judgement.repaired if judgement is not None and judgement.repaired else found.value
    row.raw_text = found.raw_text
    row.source = found.source.value
    row.status = status.value
    row.confidence = _decimal(whole)
    row.confidence_recognition = _part(parts.recognition)
    row.confidence_registration = _part(parts.registration)
    row.confidence_format = _part(parts.format)
    row.confidence_directory = _part(judgement.confidence if judgement else parts.directory)
    row.box = None if found.box is None else [list(corner) for corner in found.box]
    row.notes = [*found.notes, *([judgement.note] if judgement and judgement.note else [])]


def _part(value: float | None) -> Decimal | None:
    return None if value is None else _decimal(value)


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 4)))
