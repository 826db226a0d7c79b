"""Points: a ledger with two sides, the accounts it moves points between, and what points are exchanged for."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned


class AccountKind(StrEnum):
    ISSUED = "ISSUED"
    """Where points come from: what the organisation has issued, as a negative number."""
    ALLOWANCE = "ALLOWANCE"
    """What a person may still give away in a month."""
    BALANCE = "BALANCE"
    """What a person has."""
    HELD = "HELD"
    """What a person asked to exchange, until that is decided and done."""
    REDEEMED = "REDEEMED"
    """Where exchanged points go."""


class PointsAccount(Base, Identified, OrganizationOwned):
    """What stands to the credit of a person. `points` is kept in step with the lines, in the same transaction."""

    __tablename__ = "points_account"
    __table_args__ = (
        UniqueConstraint("organization_id", "key"),
        CheckConstraint("points >= 0 OR kind IN ('ISSUED', 'REDEEMED')", name="never_negative"),
    )

    kind: Mapped[AccountKind]
    key: Mapped[str] = mapped_column(String(100))
    """Kind, person and month as one text: an account exists once."""
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None for the two accounts of the organisation, whose `points` stay 0: only their lines count."""
    points: Mapped[int] = mapped_column(default=0)


class PostingReason(StrEnum):
    ALLOWANCE = "ALLOWANCE"
    """A month's allowance."""
    KUDOS = "KUDOS"
    RULE = "RULE"
    """Sharing, helping, mentoring, by the organisation's rule."""
    REDEMPTION_ASKED = "REDEMPTION_ASKED"
    REDEMPTION_RETURNED = "REDEMPTION_RETURNED"
    REDEMPTION_FULFILLED = "REDEMPTION_FULFILLED"


class PointsPosting(Base, Identified, OrganizationOwned, Timestamped):
    """A movement of points: lines that add up to nothing. Never changed."""

    __tablename__ = "points_posting"
    __table_args__ = (UniqueConstraint("organization_id", "dedupe_key"),)

    reason: Mapped[PostingReason]
    feedback_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("feedback.id"), index=True)
    redemption_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("points_redemption.id"), index=True)
    dedupe_key: Mapped[str | None] = mapped_column(String(200))
    """A movement under the same key happens once."""


class PointsLine(Base, Identified, OrganizationOwned, Timestamped):
    """One side of a movement. Never changed."""

    __tablename__ = "points_line"
    __table_args__ = (Index("ix_points_line_account", "account_id", "id"),)

    posting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("points_posting.id"), index=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("points_account.id"))
    points: Mapped[int]
    """Above 0: to the account."""


class RedemptionStatus(StrEnum):
    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    FULFILLED = "FULFILLED"


class PointsRedemption(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """What a person wants for points."""

    __tablename__ = "points_redemption"
    __table_args__ = (CheckConstraint("points > 0", name="points"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    points: Mapped[int]
    wish: Mapped[str] = mapped_column(String(300))
    status: Mapped[RedemptionStatus]
    comment: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime.datetime | None]
    fulfilled_at: Mapped[datetime.datetime | None]
