"""Deliverables: what was handed in, in how many versions, and what was read in each file."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, PlainDecimal, Timestamped, Versioned
from db.models.projects.flags import Flag


class DeliverableStatus(StrEnum):
    UPLOADED = "UPLOADED"
    READING = "READING"
    OK = "OK"
    NO_DATA = "NO_DATA"
    """Readable, and nothing in it is a measured value."""
    UNREADABLE = "UNREADABLE"
    SUPERSEDED = "SUPERSEDED"
    """The same file was handed in under the same template before; that deliverable stands for it."""


class Deliverable(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """Something that somebody hands in, judged by its newest file."""

    __tablename__ = "deliverable"
    __table_args__ = (
        Index("ix_deliverable_flag", "organization_id", "flag", "id"),
        Index("ix_deliverable_owner", "organization_id", "owner_id"),
        Index("ix_deliverable_template", "template_id", "id"),
    )

    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliverable_template.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    """Who handed it in first."""
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project_task.id"), index=True)
    """The task whose deliverable it is."""
    title: Mapped[str] = mapped_column(String(300))
    number: Mapped[int] = mapped_column(default=1)
    """Of the newest file."""
    status: Mapped[DeliverableStatus] = mapped_column(default=DeliverableStatus.UPLOADED)
    """Of the newest file."""
    flag: Mapped[Flag] = mapped_column(default=Flag.GREY)
    """What holds: a person's word where there is one, else the machine's."""
    machine_flag: Mapped[Flag] = mapped_column(default=Flag.GREY)


class DeliverableFile(Base, Identified, OrganizationOwned, Timestamped):
    """One version of a deliverable: the bytes as received and how far they were read. Older ones are kept."""

    __tablename__ = "deliverable_file"
    __table_args__ = (
        UniqueConstraint("deliverable_id", "number"),
        Index("ix_deliverable_file_sha256", "organization_id", "sha256"),
    )

    deliverable_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliverable.id"))
    number: Mapped[int]
    """From 1."""
    template_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliverable_template_version.id"))
    """What the file is held against: the newest version when it was handed in."""
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(255))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    duplicate_of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("deliverable.id"))
    status: Mapped[DeliverableStatus] = mapped_column(default=DeliverableStatus.UPLOADED)
    reason_code: Mapped[str | None] = mapped_column(String(64))
    """Why it is unreadable."""
    format: Mapped[str | None] = mapped_column(String(32))
    """As `ml.metrics` calls it: `docx`, `jmeter`, …"""
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    """Objects {code, message}."""
    conflicts: Mapped[list[Any]] = mapped_column(default=list)
    """Objects {code, message, readings: positions}."""
    read_at: Mapped[datetime.datetime | None]


class DeliverablePicture(Base, Identified, OrganizationOwned):
    """A page or picture of a file in which something was read: re-encoded, without metadata."""

    __tablename__ = "deliverable_picture"

    deliverable_file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliverable_file.id"), index=True)
    page: Mapped[int | None]
    image: Mapped[int | None]
    image_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))
    width: Mapped[int]
    height: Mapped[int]
    """Pixels."""


class Reading(Base, Identified, OrganizationOwned):
    """One value that the machine read in a file. Never changed."""

    __tablename__ = "reading"
    __table_args__ = (UniqueConstraint("deliverable_file_id", "position"),)

    deliverable_file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliverable_file.id"))
    position: Mapped[int]
    metric: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal] = mapped_column(PlainDecimal())
    unit: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(Text)
    """What the value is about, in the file's own words; empty: the whole."""
    kind: Mapped[str] = mapped_column(String(16))
    """See `ml.metrics.contract.Kind`."""
    raw: Mapped[str] = mapped_column(Text)
    snippet: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(String(64))
    confidence: Mapped[Decimal]
    place: Mapped[dict[str, Any]]
    """Page, sheet, cell, line, image, and region [x, y, width, height] in pixels of the picture."""
    picture_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("deliverable_picture.id"))
    disputed: Mapped[bool] = mapped_column(default=False)
    """Another place of the file contradicts it."""
    samples: Mapped[int | None]
    """How many measurements it summarises, where the file says so."""


class ChecklistItem(Base, Identified, OrganizationOwned):
    """One thing that the template wants in the file, and where it was found."""

    __tablename__ = "checklist_item"
    __table_args__ = (UniqueConstraint("deliverable_file_id", "position"),)

    deliverable_file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliverable_file.id"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(16))
    """See `ml.metrics.contract.RequirementKind`."""
    label_zh: Mapped[str] = mapped_column(String(200))
    label_en: Mapped[str] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(16))
    """See `ml.metrics.contract.Outcome`."""
    words: Mapped[str | None] = mapped_column(Text)
    """What was found, as the file writes it."""
    place: Mapped[dict[str, Any]]
    """As in `Reading`."""
    picture_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("deliverable_picture.id"))


class ReadingConfirmation(Base, Identified, OrganizationOwned, Timestamped):
    """A person who did not hand the file in says that the machine read this value right. It stands from then on."""

    __tablename__ = "reading_confirmation"
    __table_args__ = (UniqueConstraint("reading_id"),)

    reading_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reading.id"))
    confirmed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class ReadingAcceptance(Base, Identified, OrganizationOwned, Timestamped):
    """A person took a reading as the value of a goal's measure: it became a check-in, once."""

    __tablename__ = "reading_acceptance"
    __table_args__ = (UniqueConstraint("reading_id", "measure_id"),)

    reading_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reading.id"))
    measure_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("measure.id"), index=True)
    check_in_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal_check_in.id"), index=True)
    accepted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
