"""Anonymous feedback to a manager. Who wrote a text is stored nowhere, and cannot be worked out from what is stored.

A round has a box: one row that holds all its texts as one list in the order of random ids. Every new text rewrites the
whole row, so neither the row's place on disk, nor its transaction, nor a time says which text came with which author.
Who took part is kept apart, without a time. When the round is over the texts leave the box together, in one statement,
for rows of their own with the same random ids, and the box is emptied.
"""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped


class RoundStatus(StrEnum):
    OPEN = "OPEN"
    RELEASED = "RELEASED"
    TOO_FEW = "TOO_FEW"
    """Fewer people wrote than are needed to stay unknown: the texts were destroyed unread."""


class UpwardRound(Base, Identified, OrganizationOwned, Timestamped):
    """Some days in which the direct reports of a manager may write."""

    __tablename__ = "upward_round"
    __table_args__ = (
        Index("ix_upward_round_subject", "organization_id", "subject_id"),
        Index(
            "uq_upward_round_open",
            "subject_id",
            unique=True,
            postgresql_where=sql("status = 'OPEN'"),
            sqlite_where=sql("status = 'OPEN'"),
        ),
        CheckConstraint("minimum >= 4", name="minimum"),
    )

    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    opened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    closes_on: Mapped[datetime.date]
    """The last day, by the organisation's calendar."""
    minimum: Mapped[int]
    """Authors below which nothing is released; as the organisation had set it when the round was opened."""
    status: Mapped[RoundStatus]


class UpwardInvitation(Base, OrganizationOwned):
    """Who may write in a round, and whether they did. It has no time, and its rows are made before anybody writes."""

    __tablename__ = "upward_invitation"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upward_round.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    took_part: Mapped[bool]


class UpwardBox(Base, OrganizationOwned):
    """The texts of an open round."""

    __tablename__ = "upward_box"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upward_round.id"), primary_key=True)
    notes: Mapped[list[Any]]
    """`{id, seal, text}` each, by id. The id is random (version 4); the seal is the digest of a secret that only the
    writer's own device knows, and by which alone the text can be changed."""


class UpwardNote(Base, OrganizationOwned):
    """A released text."""

    __tablename__ = "upward_note"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upward_round.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
