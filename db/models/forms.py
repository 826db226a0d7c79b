"""A company's own forms in the making: drafts proposed from a blank, their pages, and trials on example photographs.

Published versions are `db.models.intake.FormVersion`; they never change.
"""

from __future__ import annotations

import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned


class DraftStatus(StrEnum):
    PROPOSING = "PROPOSING"
    READY = "READY"
    FAILED = "FAILED"
    PUBLISHED = "PUBLISHED"
    DISCARDED = "DISCARDED"


class FormDraft(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """A form that somebody registers: the file of its blank, and the template as it was proposed and edited."""

    __tablename__ = "form_draft"
    __table_args__ = (Index("ix_form_draft_organization_status", "organization_id", "status"),)

    key: Mapped[str] = mapped_column(String(100))
    status: Mapped[DraftStatus] = mapped_column(default=DraftStatus.PROPOSING)
    reason_code: Mapped[str | None] = mapped_column(String(64))
    """Why it FAILED."""
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))
    """The blank as it was received."""
    filename: Mapped[str] = mapped_column(String(255))
    blank_pdf_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"))
    """The blank made anew from its pictures, to print."""
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    definition: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """JSON of `ocr.contract.FormTemplate`; empty until it was proposed."""
    notes: Mapped[list[Any]] = mapped_column(default=list)
    """Codes of what a person should look at."""
    form_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("form_version.id"))
    """What was published of it."""


class FormDraftPage(Base, OrganizationOwned):
    """The picture of one page of a blank, flat and straight: PNG, 8-bit grey, 200 dpi."""

    __tablename__ = "form_draft_page"

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("form_draft.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))
    width: Mapped[int]
    height: Mapped[int]


class TrialStatus(StrEnum):
    QUEUED = "QUEUED"
    DONE = "DONE"
    FAILED = "FAILED"


class FormTrial(Base, Identified, OrganizationOwned, Timestamped):
    """An example photograph read with a draft as it was then. Nothing of it becomes a review."""

    __tablename__ = "form_trial"

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("form_draft.id"), index=True)
    requested_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    definition: Mapped[dict[str, Any]]
    """The draft's definition when the trial was asked for."""
    status: Mapped[TrialStatus] = mapped_column(default=TrialStatus.QUEUED)
    reason_code: Mapped[str | None] = mapped_column(String(64))
    """Why it FAILED, or why the photograph would be refused."""
    matched_by: Mapped[str | None] = mapped_column(String(16))
    match_score: Mapped[Decimal | None]
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    fields: Mapped[list[Any]] = mapped_column(default=list)
    """What would be read: an object a field, see `resolvers.form_drafts.TrialField`."""


class FormTrialPage(Base, OrganizationOwned):
    """The picture of one page of a trial, upright and without metadata: JPEG."""

    __tablename__ = "form_trial_page"

    trial_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("form_trial.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))
    width: Mapped[int]
    height: Mapped[int]
    labels_found: Mapped[int]
    labels_expected: Mapped[int]
