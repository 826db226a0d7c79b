"""Paper: form versions, printed sheets, uploads, their pages, documents and what was read in each field."""

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
    """The act of handing in one file, with the bytes as they were received."""

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_organization_sha256", "organization_id", "sha256"),)

    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(255))
    template_key: Mapped[str | None] = mapped_column(String(100))
    review_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("review.id"))


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


class IntakeDocument(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """One filled form on its way to becoming a review."""

    __tablename__ = "intake_document"
    __table_args__ = (Index("ix_intake_document_organization_status", "organization_id", "status"),)

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"), index=True)
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    status: Mapped[IntakeStatus] = mapped_column(default=IntakeStatus.UPLOADED)
    reason_code: Mapped[str | None] = mapped_column(String(64))
    """Why it ended FAILED, RETAKE or REJECTED, or what stands against it (`duplicate`, `sheet_unknown`, …)."""
    reason: Mapped[str | None] = mapped_column(Text)
    """The words of the person who rejected it."""
    duplicate_of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("intake_document.id"))
    form_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("form_version.id"))
    matched_by: Mapped[str | None] = mapped_column(String(16))
    match_score: Mapped[Decimal | None]
    sheet_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sheet.id"))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    cycle_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cycle.id"))
    review_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("review.id"))
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime.datetime | None]


class IntakePage(Base, Identified, OrganizationOwned):
    __tablename__ = "intake_page"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("intake_document.id"))
    number: Mapped[int]
    image_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))
    """JPEG of the upright page, re-encoded, without metadata."""
    width: Mapped[int]
    height: Mapped[int]
    labels_found: Mapped[int]
    labels_expected: Mapped[int]
    residual_mm: Mapped[Decimal | None]


class IntakeField(Base, Identified, OrganizationOwned):
    """The machine's reading of one field. It is never changed; what a person says is an `IntakeEntry` beside it."""

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
