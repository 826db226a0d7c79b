"""What customers said, word for word, with where it was said and whom or what it is about."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned
from db.models.goal_updates import TableFormat, TransferStatus


class CustomerComment(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    __tablename__ = "customer_comment"
    __table_args__ = (
        UniqueConstraint("organization_id", "source", "source_id"),
        CheckConstraint("subject_id IS NOT NULL OR project_id IS NOT NULL", name="about_something"),
        CheckConstraint("(rating IS NULL) = (rating_maximum IS NULL)", name="rating_has_a_scale"),
        Index("ix_customer_comment_subject", "subject_id", "said_on"),
        Index("ix_customer_comment_task", "task_id", "said_on"),
        Index("ix_customer_comment_project", "project_id", "said_on"),
    )

    source: Mapped[str] = mapped_column(String(100))
    """The system in which it was said; of a feed its name."""
    source_id: Mapped[str] = mapped_column(String(200))
    """What that system calls it."""
    said_on: Mapped[datetime.date]
    text: Mapped[str] = mapped_column(Text)
    """Word for word: neither trimmed nor folded nor translated."""
    rating: Mapped[Decimal | None]
    rating_maximum: Mapped[Decimal | None]
    """The best rating that the source knows; the worst is 0."""
    subject_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project_task.id"))
    project_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project.id"))
    """Of a comment on a task: the task's project."""
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None: a feed brought it."""
    corrected_at: Mapped[datetime.datetime | None]


class CustomerCommentRevision(Base, Identified, OrganizationOwned, Timestamped):
    """What stood there before a correction. Never changed."""

    __tablename__ = "customer_comment_revision"
    __table_args__ = (UniqueConstraint("comment_id", "number"),)

    comment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer_comment.id"))
    number: Mapped[int]
    """From 1, the words that came first."""
    said_on: Mapped[datetime.date]
    text: Mapped[str] = mapped_column(Text)
    rating: Mapped[Decimal | None]
    rating_maximum: Mapped[Decimal | None]
    corrected_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """None: the source corrected it."""
    reason: Mapped[str | None] = mapped_column(Text)


class CustomerCommentImport(Base, Identified, OrganizationOwned, Timestamped):
    """A table of customers' comments that somebody sent."""

    __tablename__ = "customer_comment_import"

    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"), index=True)
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    format: Mapped[TableFormat]
    dry_run: Mapped[bool]
    status: Mapped[TransferStatus] = mapped_column(default=TransferStatus.QUEUED)
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    """Comments of it that were known already."""
    errors: Mapped[list[Any]] = mapped_column(default=list)
    """`{row, column, code}` each, at most as many as `resolvers.table_imports` keeps."""
    finished_at: Mapped[datetime.datetime | None]
