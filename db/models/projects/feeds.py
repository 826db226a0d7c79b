"""Feeds: values and events that other systems send or are asked for, and what became of each."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, PlainDecimal, Timestamped, Versioned
from db.models.projects.rules import TaskPlan, TaskPlanRevision


class Feed(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """Another system that brings values of measures, or events."""

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    name: Mapped[str] = mapped_column(String(64))
    """Small letters, digits and hyphens: part of its address."""
    description: Mapped[str | None] = mapped_column(Text)
    every_minutes: Mapped[int | None]
    """How often something is expected; for a pull, how often it is asked. None: whenever it comes."""
    pull_url: Mapped[str | None] = mapped_column(Text)
    """Where it is asked; None: it sends."""
    next_pull_at: Mapped[datetime.datetime | None]
    received_at: Mapped[datetime.datetime | None]
    """The latest delivery."""
    pull_error: Mapped[str | None] = mapped_column(String(64))
    """Code of why it could not be asked the last time."""
    paused_at: Mapped[datetime.datetime | None]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class FeedSecret(Base, Identified, OrganizationOwned, Timestamped):
    """A key with which deliveries are signed. It is worked out from the installation's secret and this row's id and
    stands nowhere, see `resolvers.projects.signatures`."""

    __tablename__ = "feed_secret"

    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"), index=True)
    valid_until: Mapped[datetime.datetime | None]
    """None: until another one takes its place."""


class FeedDelivery(Base, Identified, OrganizationOwned):
    """Something that came in whole. Its key makes sending it again harmless."""

    __tablename__ = "feed_delivery"
    __table_args__ = (
        UniqueConstraint("feed_id", "key"),
        Index("ix_feed_delivery_received", "organization_id", "received_at"),
    )

    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"))
    key: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the bytes."""
    records: Mapped[int]
    duplicates: Mapped[int]
    """Records whose own key was known already: they count for nothing."""
    received_at: Mapped[datetime.datetime]
    applied_at: Mapped[datetime.datetime | None]


class RecordOutcome(StrEnum):
    PENDING = "PENDING"
    APPLIED = "APPLIED"
    """It became a check-in, or a task."""
    SUPERSEDED = "SUPERSEDED"
    """A later value of the same measure was there already."""
    UNBOUND = "UNBOUND"
    """Nothing waits for a value or event of this name."""
    UNIT_CONFLICT = "UNIT_CONFLICT"
    """Its unit is not that of the measure."""
    REFUSED = "REFUSED"
    """The goal or project takes nothing in its present state; the reason says why."""


class FeedRecord(Base, Identified, OrganizationOwned):
    """One value or event of a delivery, with what became of it."""

    __tablename__ = "feed_record"
    __table_args__ = (
        UniqueConstraint("feed_id", "key"),
        UniqueConstraint("delivery_id", "position"),
        Index("ix_feed_record_name", "organization_id", "name", "unit"),
        Index("ix_feed_record_outcome", "organization_id", "outcome", "feed_id"),
    )

    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"))
    delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed_delivery.id"))
    position: Mapped[int]
    key: Mapped[str | None] = mapped_column(String(200))
    """What the other system calls it; known ones are not taken again."""
    name: Mapped[str] = mapped_column(String(200))
    """Of the metric or event."""
    value: Mapped[Decimal | None] = mapped_column(PlainDecimal())
    """None: an event."""
    unit: Mapped[str | None] = mapped_column(String(32))
    measured_at: Mapped[datetime.datetime]
    outcome: Mapped[RecordOutcome] = mapped_column(default=RecordOutcome.PENDING)
    reason: Mapped[str | None] = mapped_column(String(64))
    """Code of why it was refused, by one rule of several too."""
    check_in_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal_check_in.id"), index=True)
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project_task.id"), index=True)


class FeedBinding(Base, Identified, OrganizationOwned, Timestamped):
    """Values of this name become check-ins of a measure. A measure has one source."""

    __tablename__ = "feed_binding"
    __table_args__ = (UniqueConstraint("measure_id"), Index("ix_feed_binding_name", "feed_id", "name"))

    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"))
    name: Mapped[str] = mapped_column(String(200))
    measure_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("measure.id"))
    measured_at: Mapped[datetime.datetime | None]
    """Of the latest value that the measure took; when it came, where that was earlier."""
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class FeedRule(Base, Identified, OrganizationOwned, Timestamped, Versioned, TaskPlan):
    """Events of this name become tasks of a project."""

    __tablename__ = "feed_rule"
    __table_args__ = (Index("ix_feed_rule_name", "feed_id", "name"),)

    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"))
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[int] = mapped_column(default=1)
    """Of what the tasks are like now; grows with every edit."""
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    measure_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("measure.id"))
    retired_at: Mapped[datetime.datetime | None]


class FeedRuleRevision(Base, Identified, OrganizationOwned, TaskPlanRevision):
    """What the tasks of a feed's rule were like until it was edited."""

    __tablename__ = "feed_rule_revision"
    __table_args__ = (UniqueConstraint("rule_id", "number"),)

    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed_rule.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    measure_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("measure.id"))
