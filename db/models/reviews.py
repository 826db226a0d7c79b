"""The review record: who was reviewed, by whom, for which cycle, and every answer with where it came from."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned


class ReviewStatus(StrEnum):
    DRAFT = "DRAFT"
    CONFIRMED = "CONFIRMED"
    """Complete and confirmed by a person."""


class ReviewSource(StrEnum):
    PAPER = "PAPER"
    SCREEN = "SCREEN"


class AnswerSource(StrEnum):
    """Where an answer's value came from."""

    MACHINE = "MACHINE"
    """Read from paper and left as it was."""
    CHECKED = "CHECKED"
    """Read from paper; a person looked and agreed."""
    CORRECTED = "CORRECTED"
    """Read from paper; a person put another value."""
    TYPED = "TYPED"
    """Entered on a screen."""


class Review(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    __tablename__ = "review"
    __table_args__ = (Index("ix_review_organization_subject", "organization_id", "subject_id"),)

    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"), index=True)
    department_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"))
    """The subject's department when the review was made."""
    form_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("form_version.id"))
    source: Mapped[ReviewSource]
    status: Mapped[ReviewStatus]
    score: Mapped[Decimal | None]
    """Weighted mean of the scored answers; None when one is missing."""
    grade: Mapped[str | None] = mapped_column(String(16))
    comment: Mapped[str | None] = mapped_column(Text)
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime.datetime | None]


class ReviewAnswer(Base, Identified, OrganizationOwned):
    __tablename__ = "review_answer"
    __table_args__ = (UniqueConstraint("review_id", "key"),)

    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(100))
    label_zh: Mapped[str] = mapped_column(String(200))
    label_en: Mapped[str] = mapped_column(String(200))
    value: Mapped[str | None] = mapped_column(Text)
    score: Mapped[Decimal | None]
    weight: Mapped[Decimal | None]
    """Percent."""
    source: Mapped[AnswerSource]
    field_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("intake_field.id"))
    """The machine's reading it came from, with its picture."""


class ReviewStandards(Base, Identified, OrganizationOwned, Versioned):
    """Which grades and scores an organisation's reviews may have, where a form does not say it itself."""

    __tablename__ = "review_standards"
    __table_args__ = (UniqueConstraint("organization_id"),)

    grades: Mapped[list[Any]]
    """None: any."""
    score_minimum: Mapped[str | None] = mapped_column(String(20))
    score_maximum: Mapped[str | None] = mapped_column(String(20))
    score_step: Mapped[str | None] = mapped_column(String(20))
    """Exact decimal text, as in a form's template."""
