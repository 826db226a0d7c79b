"""Where notifications are carried on to, when people want quiet, and what became of each."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned
from db.channels import ChannelKind, DeliveryReason

QUIET_FROM, QUIET_UNTIL = 22 * 60, 8 * 60
"""Quiet hours where nothing else is set: minutes after midnight."""


class NotificationChannel(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """A place outside of the product: the organisation's, or one person's own."""

    __tablename__ = "notification_channel"

    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[ChannelKind]
    sealed_url: Mapped[str] = mapped_column(Text)
    """The Apprise URL, encrypted with the installation's secret; empty once the channel is removed."""
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Whose own it is; None: the organisation's."""
    to_each: Mapped[bool] = mapped_column(default=False)
    """E-mail to each receiver's own address, rather than to a place that several people read."""
    codes: Mapped[list[Any]]
    """What is carried on: values of `NotificationCode`."""
    person_ids: Mapped[list[Any]]
    department_ids: Mapped[list[Any]]
    """Whose notifications: keys as text; with neither people nor departments everybody's."""
    paused_at: Mapped[datetime.datetime | None]
    removed_at: Mapped[datetime.datetime | None]
    failing_since: Mapped[datetime.datetime | None]
    """Since when it has been given up on, until something arrives again."""
    tested_at: Mapped[datetime.datetime | None]
    test_reason: Mapped[DeliveryReason | None]
    """Why the test did not arrive; None with `tested_at`: it did."""
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class NotificationPolicy(Base, OrganizationOwned, Versioned):
    """The organisation's quiet hours, and what is urgent enough to pass them. Without a row the defaults hold."""

    __tablename__ = "notification_policy"

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    """The organisation's id: one row each."""
    quiet_from: Mapped[int | None]
    """Minutes after midnight where the receiver is; None with `quiet_until`: no quiet hours."""
    quiet_until: Mapped[int | None]
    urgent_codes: Mapped[list[Any]]


class QuietChoice(StrEnum):
    ORGANIZATION = "ORGANIZATION"
    """The organisation's quiet hours, in the person's own zone."""
    OWN = "OWN"
    NONE = "NONE"


class NotificationPreference(Base, OrganizationOwned, Versioned):
    """What a person wants carried on, and when not. Without a row everything, outside of the organisation's hours."""

    __tablename__ = "notification_preference"

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    quiet: Mapped[QuietChoice]
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    muted: Mapped[dict[str, Any]]
    """Channel's key → codes that it must not carry for this person; an empty list: none at all."""


class DeliveryState(StrEnum):
    WAITING = "WAITING"
    """For its time, or for another try."""
    SENDING = "SENDING"
    """A worker has it in hand."""
    SENT = "SENT"
    """The other side took it."""
    UNKNOWN = "UNKNOWN"
    """It was handed over, and no answer came: it may have arrived, and is not sent again."""
    FAILED = "FAILED"
    """Given up."""
    DROPPED = "DROPPED"
    """No longer wanted: read in the inbox meanwhile, muted, or the channel is gone."""


class NotificationDelivery(Base, Identified, OrganizationOwned, Timestamped):
    """A notification on its way through a channel; it goes each way once."""

    __tablename__ = "notification_delivery"
    __table_args__ = (
        UniqueConstraint("notification_id", "channel_id"),
        Index("ix_notification_delivery_channel", "channel_id", "id"),
    )

    notification_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notification.id"))
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notification_channel.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    """Who is told."""
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime.datetime | None]
    reason: Mapped[DeliveryReason | None]
    ended_at: Mapped[datetime.datetime | None]
