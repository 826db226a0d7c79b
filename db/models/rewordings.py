"""Other wordings that a model proposes for a goal or a piece of feedback. They go after some days."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped


class RewordingState(StrEnum):
    WAITING = "WAITING"
    """A worker will ask the model."""
    PROPOSED = "PROPOSED"
    """There is a wording that passed every check."""
    DROPPED = "DROPPED"
    """The model wrote one, and a check refused it."""
    NOT_CONFIGURED = "NOT_CONFIGURED"
    """No model is configured."""
    FAILED = "FAILED"
    """There is none; the reason says why."""


class Rewording(Base, Identified, OrganizationOwned, Timestamped):
    """A proposal for one text, for whoever asked for it alone. Nothing takes it over but a person."""

    __tablename__ = "rewording"
    __table_args__ = (
        CheckConstraint("(goal_id IS NULL) <> (feedback_id IS NULL)", name="one_subject"),
        Index("ix_rewording_requester", "requester_id", "created_at"),
    )

    requester_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    goal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal.id"), index=True)
    """Its title is what is to be said otherwise."""
    feedback_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("feedback.id"), index=True)
    """Its text is."""
    source_version: Mapped[int]
    """Of the goal or the feedback, when the words were read."""
    questions: Mapped[list[Any]]
    """What the rules ask for in the text, in its language."""
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    state: Mapped[RewordingState]
    reason_code: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str | None] = mapped_column(Text)
    """The proposal: a machine's text."""
    failures: Mapped[list[Any]]
    """Of a dropped one: `{"check", "words"}`."""
    engine: Mapped[str | None] = mapped_column(String(40))
    model: Mapped[str | None] = mapped_column(String(500))
    prompt_version: Mapped[str | None] = mapped_column(String(40))
    written_at: Mapped[datetime.datetime | None]
    expires_at: Mapped[datetime.datetime]
