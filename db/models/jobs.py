"""The jobs table: what is to be done, in the same transaction as what it is done for."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped


class JobState(StrEnum):
    QUEUED = "QUEUED"
    SENT = "SENT"
    """Handed to the broker; nobody has taken it yet."""
    RUNNING = "RUNNING"
    DONE = "DONE"
    DEAD = "DEAD"
    """Given up, with `error_code`; `throughline jobs retry` queues it again."""


class Job(Base, Identified, OrganizationOwned, Timestamped):
    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("organization_id", "dedupe_key"),
        Index("ix_job_due", "state", "run_at"),
        Index("ix_job_lease", "state", "lease_until"),
    )

    name: Mapped[str] = mapped_column(String(100))
    args: Mapped[dict[str, Any]]
    dedupe_key: Mapped[str | None] = mapped_column(String(200))
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """The person it runs as; None: the system, for this organisation."""
    run_at: Mapped[datetime.datetime]
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    """Times a worker started it."""
    failures: Mapped[int] = mapped_column(default=0)
    """Times it ended in an error of its own, as against its worker dying."""
    lease_token: Mapped[uuid.UUID | None]
    lease_until: Mapped[datetime.datetime | None]
    progress: Mapped[int] = mapped_column(default=0)
    """Percent."""
    stage: Mapped[str | None] = mapped_column(String(64))
    """Code of what it is doing now."""
    error_code: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(String(2000))
    """For operators; free of personal data."""
    finished_at: Mapped[datetime.datetime | None]
