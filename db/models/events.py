"""What happened, who looked, and which requests were already answered."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.expression import FunctionElement

from db.base import Base, Identified, OrganizationOwned, now


class CurrentTransaction(FunctionElement[int]):
    """The number of the running transaction: readers of the log stop before the oldest one still running."""

    type = BigInteger()
    inherit_cache = True


@compiles(CurrentTransaction, "postgresql")
def _postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return "(pg_current_xact_id()::text::bigint)"


@compiles(CurrentTransaction, "sqlite")
def _sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return "0"  # one writer: sequence order is commit order


class Event(Base, OrganizationOwned):
    """One line of the log. It says what changed, never its content."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_organization_sequence", "organization_id", "sequence"),
        Index("ix_event_place", "organization_id", "subject_type", "transaction", "sequence"),
        Index("ix_event_subject", "organization_id", "subject_id", "transaction", "sequence"),
    )

    sequence: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    transaction: Mapped[int] = mapped_column(BigInteger, default=CurrentTransaction())
    type: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[uuid.UUID]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    occurred_at: Mapped[datetime.datetime] = mapped_column(default=now)


class LostSight(Base, OrganizationOwned):
    """Somebody who could see the subject of a line before it, and cannot after it: who gets a tombstone."""

    __tablename__ = "lost_sight"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(ForeignKey("event.sequence"), primary_key=True)


class AccessedResource(StrEnum):
    REVIEW = "REVIEW"
    INTAKE_DOCUMENT = "INTAKE_DOCUMENT"
    FORM_PICTURE = "FORM_PICTURE"
    BRIEF = "BRIEF"
    GOAL_EXPORT = "GOAL_EXPORT"
    FEEDBACK = "FEEDBACK"
    CUSTOMER_COMMENT = "CUSTOMER_COMMENT"
    GROWTH_ENTRY = "GROWTH_ENTRY"
    RETROSPECTIVE = "RETROSPECTIVE"
    GROWTH_ARCHIVE = "GROWTH_ARCHIVE"


class AccessEvent(Base, Identified, OrganizationOwned):
    """Somebody read what is recorded about a person; that person may see it."""

    __tablename__ = "access_event"
    __table_args__ = (Index("ix_access_event_subject", "organization_id", "subject_id", "occurred_at"),)

    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    resource: Mapped[AccessedResource]
    resource_id: Mapped[uuid.UUID]
    occurred_at: Mapped[datetime.datetime] = mapped_column(default=now)


class RequestReceipt(Base, OrganizationOwned):
    """What a mutation with a request id answered, so that a repeat answers the same and changes nothing."""

    __tablename__ = "request_receipt"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    mutation: Mapped[str] = mapped_column(String(100))
    input_digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]]
    created_at: Mapped[datetime.datetime] = mapped_column(default=now)
