"""Paper: form versions, printed sheets, uploads with files and pages, documents and what was read in each field."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned


class FormVersion(Base, Identified, OrganizationOwned, Timestamped):
    """A published form: immutable, with its blank as PDF and as picture."""

    __tablename__ = "form_version"
    __table_args__ = (UniqueConstraint("organization_id", "key", "number"),)

    key: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    definition: Mapped[dict[str, Any]]
    """JSON of `ocr.contract.FormTemplate`."""
    blank_pdf_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))


class FormPage(Base, OrganizationOwned):
    """The picture of one blank page: PNG, 8-bit grey, 200 dpi."""

    __tablename__ = "form_page"

    form_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("form_version.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))


class DoubleEntry(Base, Identified, OrganizationOwned, Versioned):
    """Which fields of a form two people check independently of each other. Beside the form, which never changes."""

    __tablename__ = "double_entry"

    form_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("form_version.id"), unique=True)
    fields: Mapped[list[Any]]
    """Keys of fields, in the order of the form."""


class Sheet(Base, OrganizationOwned, Timestamped):
    """One printed piece of paper. Its random id is in the QR code; only this row knows for whom it was printed."""

    __tablename__ = "sheet"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    form_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("form_version.id"))
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"))
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    pdf_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"))


class Upload(Base, Identified, OrganizationOwned, Timestamped):
    """The act of handing in files."""

    __tablename__ = "upload"

    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    template_key: Mapped[str | None] = mapped_column(String(100))
    review_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("review.id"))
    together: Mapped[bool] = mapped_column(default=False)
    """All files are pages of one document, in their order."""
    pages_per_document: Mapped[int | None]
    """So many pages without a code make a document; None: those of one file do."""
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    """The job that inspects the files."""
    inspected_at: Mapped[datetime.datetime | None]
    """Since when it is known which pages make which document."""


class IntakePolicy(Base, Identified, OrganizationOwned, Versioned):
    """How an organisation keeps paper."""

    __tablename__ = "intake_policy"
    __table_args__ = (UniqueConstraint("organization_id"),)

    pictures_kept_days: Mapped[int]
    """Days after a form was decided for which its pictures are kept."""


class UploadFile(Base, Identified, OrganizationOwned):
    """One file of an upload, with the bytes as they were received."""

    __tablename__ = "upload_file"
    __table_args__ = (
        UniqueConstraint("upload_id", "position"),
        Index("ix_upload_file_organization_sha256", "organization_id", "sha256"),
    )

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"))
    position: Mapped[int]
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"))
    """None once the time for which pictures are kept is over."""
    sha256: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(255))
    pages: Mapped[int | None]
    """How many it has; None until it was opened."""
    reason_code: Mapped[str | None] = mapped_column(String(64))
    """Why it gives no pages."""


class UploadPage(Base, Identified, OrganizationOwned):
    """One page of a file as it was decoded, and what could be told of it at a glance."""

    __tablename__ = "upload_page"
    __table_args__ = (UniqueConstraint("upload_file_id", "number"),)

    upload_file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload_file.id"))
    number: Mapped[int]
    """In the file, from 1."""
    image_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"))
    """JPEG, re-encoded, without metadata; None once the time for which pictures are kept is over."""
    width: Mapped[int]
    height: Mapped[int]
    sheet_code: Mapped[str | None] = mapped_column(String(32))
    """Sheet id of the printed code, 32 hexadecimal digits, whether or not the organisation printed it."""
    page_code: Mapped[int | None]
    """Page number of the printed code."""
    likeness: Mapped[str | None] = mapped_column(String(256))
    """Perceptual hash: pictures that differ in few of its bits look alike."""
    problem: Mapped[str | None] = mapped_column(String(64))
    """Why another picture is wanted, as far as a glance tells."""
    form_fields: Mapped[dict[str, Any] | None]
    """The form fields of a PDF's page and what they hold (`ocr.form_fields.contract`); None where it has none, and once
    the time for which pictures are kept is over."""


class IntakeStatus(StrEnum):
    UPLOADED = "UPLOADED"
    READING = "READING"
    NEEDS_TEMPLATE = "NEEDS_TEMPLATE"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    RETAKE = "RETAKE"
    CONFIRMED = "CONFIRMED"
    REJECTED = "REJECTED"
    SUPERSEDED = "SUPERSEDED"
    FAILED = "FAILED"


class EntryStage(StrEnum):
    """How far the entries of several people are; nobody gave theirs before."""

    SECOND = "SECOND"
    """One person gave theirs; another is to do so without seeing them."""
    DECISION = "DECISION"
    """Two people disagree; a third decides."""


class IntakeWait(StrEnum):
    """Which act of a person a document waits for."""

    TEMPLATE = "TEMPLATE"
    PICTURE = "PICTURE"
    ENTRY = "ENTRY"
    SECOND_ENTRY = "SECOND_ENTRY"
    DECISION = "DECISION"


class IntakeDocument(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """One filled form on its way to becoming a review."""

    __tablename__ = "intake_document"
    __table_args__ = (
        Index("ix_intake_document_organization_status", "organization_id", "status"),
        Index("ix_intake_document_sheet_id", "sheet_id"),
    )

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"), index=True)
    upload_file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload_file.id"), index=True)
    """The file that its first page came in."""
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    status: Mapped[IntakeStatus] = mapped_column(default=IntakeStatus.UPLOADED)
    reason_code: Mapped[str | None] = mapped_column(String(64))
    """Why it ended FAILED, RETAKE or REJECTED, or what stands against it (`duplicate`, `sheet_unknown`, …)."""
    reason: Mapped[str | None] = mapped_column(Text)
    """The words of the person who rejected it."""
    duplicate_of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("intake_document.id"))
    superseded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("intake_document.id"))
    """The document that stands for it since: a newer picture of the sheet, or the one that took its pages."""
    similar_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("intake_document.id"))
    """An earlier document with a picture that looks the same: a hint, nothing more."""
    form_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("form_version.id"))
    matched_by: Mapped[str | None] = mapped_column(String(16))
    match_score: Mapped[Decimal | None]
    candidates: Mapped[list[Any] | None]
    """The forms that it may be, the likeliest first: `{"form_version_id", "score"}`; None once it is known."""
    suggestions: Mapped[list[Any] | None]
    """Values near known labels while the form is not known, see `ocr.contract.Suggestion`; None once it is."""
    chosen_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("form_version.id"))
    """The form that a person chose for it."""
    sheet_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sheet.id"))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    cycle_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cycle.id"))
    review_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("review.id"))
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    double_entry: Mapped[list[Any] | None]
    """Keys of the fields that two people check, as the form had them when the first gave theirs; None before."""
    entry_stage: Mapped[EntryStage | None]
    disputed: Mapped[list[Any] | None]
    """Keys of the fields about which two people disagreed."""
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime.datetime | None]
    erased_at: Mapped[datetime.datetime | None]
    """Since when it has no pictures and no words any more, because the person it is about was erased."""


class IntakePage(Base, Identified, OrganizationOwned):
    """A page in its document."""

    __tablename__ = "intake_page"
    __table_args__ = (UniqueConstraint("document_id", "position"),)

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("intake_document.id"))
    position: Mapped[int]
    """Its place among the document's pictures, from 1."""
    upload_page_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload_page.id"), index=True)
    number: Mapped[int]
    """The page of the form that it shows; its position until it was read."""
    image_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"))
    """JPEG, re-encoded, without metadata; upright once it was read. None when its time is over."""
    width: Mapped[int]
    height: Mapped[int]
    labels_found: Mapped[int] = mapped_column(default=0)
    labels_expected: Mapped[int] = mapped_column(default=0)
    residual_mm: Mapped[Decimal | None]


class IntakeField(Base, Identified, OrganizationOwned):
    """The machine's reading of one field. What a person says is an `IntakeEntry` beside it and never changes it; only
    the erasure of the person whom the form is about takes words out of both."""

    __tablename__ = "intake_field"
    __table_args__ = (UniqueConstraint("document_id", "key"),)

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("intake_document.id"))
    position: Mapped[int]
    page: Mapped[int]
    key: Mapped[str] = mapped_column(String(100))
    label_zh: Mapped[str] = mapped_column(String(200))
    label_en: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(16))
    required: Mapped[bool]
    value: Mapped[str | None] = mapped_column(Text)
    raw_text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(16), default="picture")
    """Where the value comes from, see `ocr.contract.FieldSource`."""
    status: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[Decimal]
    confidence_recognition: Mapped[Decimal | None]
    confidence_registration: Mapped[Decimal | None]
    confidence_format: Mapped[Decimal | None]
    confidence_directory: Mapped[Decimal | None]
    box: Mapped[list[Any] | None]
    """Four [x, y] corners in pixels of the page's picture."""
    crop_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"))
    notes: Mapped[list[Any]] = mapped_column(default=list)


class IntakeEntry(Base, Identified, OrganizationOwned, Timestamped):
    """What a person said a field holds, beside the machine's reading. None means empty."""

    __tablename__ = "intake_entry"

    field_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("intake_field.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    value: Mapped[str | None] = mapped_column(Text)


class IntakeCheck(Base, Identified, OrganizationOwned, Timestamped):
    """That a person gave their entries for a form of which two people check fields, and what they said besides."""

    __tablename__ = "intake_check"
    __table_args__ = (UniqueConstraint("document_id", "person_id"),)

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("intake_document.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    """Whom the form is about, by this person."""
    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"))
    comment: Mapped[str | None] = mapped_column(Text)
