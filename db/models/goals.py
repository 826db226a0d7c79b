"""The calendar that goals and reviews share."""

from __future__ import annotations

import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped


class CycleKind(StrEnum):
    YEAR = "YEAR"
    HALF = "HALF"
    QUARTER = "QUARTER"
    MONTH = "MONTH"


class Cycle(Base, Identified, OrganizationOwned, Timestamped):
    """A span of the organisation's calendar (both days inclusive) and the days in which its reviews are written."""

    __tablename__ = "cycle"
    __table_args__ = (
        UniqueConstraint("organization_id", "key"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("review_ends_on >= review_starts_on", name="review_dates"),
    )

    key: Mapped[str] = mapped_column(String(32))
    """Short and unique: `2026Q3`."""
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    kind: Mapped[CycleKind]
    starts_on: Mapped[datetime.date]
    ends_on: Mapped[datetime.date]
    review_starts_on: Mapped[datetime.date]
    review_ends_on: Mapped[datetime.date]
