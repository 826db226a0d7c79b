"""A person's own growth log: entries, what they are to lead to, and voice notes."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned
from db.models.feedback.meetings import Mood


class GrowthEntry(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """One entry, for its owner alone unless the owner shares it."""

    __tablename__ = "growth_entry"
    __table_args__ = (
        Index("ix_growth_entry_person", "person_id", "written_on"),
        Index("ix_growth_entry_goal", "goal_id"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    written_on: Mapped[datetime.date]
    """The day that it is about."""
    text: Mapped[str | None] = mapped_column(Text)
    mood: Mapped[Mood | None]
    goal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal.id"))
    shared: Mapped[bool] = mapped_column(default=False)
    """With the line: the managers above the owner, and HR."""
    corrected_at: Mapped[datetime.datetime | None]


class GrowthRevision(Base, Identified, OrganizationOwned, Timestamped):
    """What an entry said before a change after the edit window; for its owner alone. Never changed."""

    __tablename__ = "growth_revision"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("growth_entry.id"))
    number: Mapped[int]
    text: Mapped[str | None] = mapped_column(Text)
    mood: Mapped[Mood | None]


class GrowthTodo(Base, Identified, OrganizationOwned, Timestamped):
    """Something that the owner of an entry wants to do."""

    __tablename__ = "growth_todo"
    __table_args__ = (Index("ix_growth_todo_due", "organization_id", "due_on"),)

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("growth_entry.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(500))
    due_on: Mapped[datetime.date | None]
    done_at: Mapped[datetime.datetime | None]


class TranscriptionState(StrEnum):
    WAITING = "WAITING"
    """A worker will listen to it."""
    DONE = "DONE"
    NOT_CONFIGURED = "NOT_CONFIGURED"
    """No speech model is configured; the recording is kept and can be asked for again."""
    FAILED = "FAILED"
    """The reason says why."""


class GrowthRecording(Base, Identified, OrganizationOwned, Timestamped):
    """The voice note of an entry, and what a speech model made of it; for the entry's owner alone."""

    __tablename__ = "growth_recording"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        CheckConstraint("(file_id IS NULL) = (erased_at IS NOT NULL)", name="erased_has_no_file"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("growth_entry.id"))
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    state: Mapped[TranscriptionState]
    reason_code: Mapped[str | None] = mapped_column(String(64))
    transcript: Mapped[str | None] = mapped_column(Text)
    """What the model heard: a machine's text, until the owner takes it into the entry."""
    transcribed_at: Mapped[datetime.datetime | None]
    accepted_at: Mapped[datetime.datetime | None]
    """When the owner took it, as it is or in other words, into the entry."""
    erased_at: Mapped[datetime.datetime | None]
