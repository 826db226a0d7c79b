"""When recurring work is due next, and on which days the organisation works."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Versioned


class Schedule(Base, Identified, OrganizationOwned):
    """When a recurring job is to be put in next, by the clocks of a zone.

    The row's lock is the lease of its tick: whoever holds it puts the job in and moves `next_at` on in one transaction.
    """

    __tablename__ = "schedule"
    __table_args__ = (UniqueConstraint("organization_id", "job", "zone"),)

    job: Mapped[str] = mapped_column(String(100))
    zone: Mapped[str] = mapped_column(String(64))
    """IANA name."""
    next_at: Mapped[datetime.datetime]


class WorkingYear(Base, Identified, OrganizationOwned, Versioned):
    """On which days and at which hours of a calendar year the organisation works."""

    __tablename__ = "working_year"
    __table_args__ = (
        UniqueConstraint("organization_id", "year"),
        CheckConstraint("opens_minute < closes_minute", name="hours"),
    )

    year: Mapped[int]
    weekdays: Mapped[list[Any]]
    """Numbers of the weekdays on which one works, 1 for Monday to 7 for Sunday."""
    days: Mapped[dict[str, Any]]
    """Days that differ, by ISO date: `{working: bool, name: str}`."""
    opens_minute: Mapped[int]
    closes_minute: Mapped[int]
    """Minutes after midnight where the reader's clock hangs."""
