"""Talks between a manager and somebody who reports to that manager: what both wrote, and what they agreed on."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned


class Topic(StrEnum):
    AGENDA = "AGENDA"
    TOP_THREE = "TOP_THREE"
    """First coaching question: the three most important things."""
    RISK = "RISK"
    """Second: the biggest risk."""
    SUPPORT = "SUPPORT"
    """Third: the support that is wanted."""
    MOOD = "MOOD"
    RESOURCES = "RESOURCES"
    GROWTH = "GROWTH"
    MINUTES = "MINUTES"
    PRIVATE = "PRIVATE"
    """For its author alone."""


class Mood(StrEnum):
    GREAT = "GREAT"
    GOOD = "GOOD"
    FAIR = "FAIR"
    LOW = "LOW"
    BAD = "BAD"


class OneOnOne(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """One talk. Those of the same two people are a series."""

    __tablename__ = "one_on_one"
    __table_args__ = (
        UniqueConstraint("manager_id", "report_id", "held_on"),
        Index("ix_one_on_one_report", "report_id", "held_on"),
    )

    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    held_on: Mapped[datetime.date]
    manager_confirmed_at: Mapped[datetime.datetime | None]
    report_confirmed_at: Mapped[datetime.datetime | None]


class OneOnOneEntry(Base, Identified, OrganizationOwned, Timestamped):
    """What one side wrote under a topic."""

    __tablename__ = "one_on_one_entry"
    __table_args__ = (UniqueConstraint("meeting_id", "author_id", "topic"),)

    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("one_on_one.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    topic: Mapped[Topic]
    text: Mapped[str | None] = mapped_column(Text)
    mood: Mapped[Mood | None]


class OneOnOneAction(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """What somebody is to do, agreed in a talk or in a retrospective. Until it is done it stands in every later talk of
    the two, or of its owner with the manager."""

    __tablename__ = "one_on_one_action"
    __table_args__ = (
        CheckConstraint("(meeting_id IS NULL) <> (retrospective_id IS NULL)", name="agreed_somewhere"),
        CheckConstraint(
            "(meeting_id IS NULL) = (manager_id IS NULL) AND (meeting_id IS NULL) = (report_id IS NULL)",
            name="two_of_a_talk",
        ),
        Index("ix_one_on_one_action_pair", "manager_id", "report_id"),
    )

    meeting_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("one_on_one.id"))
    manager_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """Of a talk alone."""
    retrospective_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("retrospective.id"), index=True)
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(String(500))
    due_on: Mapped[datetime.date | None]
    done_at: Mapped[datetime.datetime | None]
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project_task.id"), unique=True)
    """The project's task that carries it out: once that is done, so is this."""


class CoachingCommitment(Base, Identified, OrganizationOwned, Timestamped):
    """One of the two things that each side commits to for a quarter."""

    __tablename__ = "coaching_commitment"
    __table_args__ = (
        UniqueConstraint(
            "manager_id", "report_id", "quarter", "author_id", "position", name="uq_coaching_commitment_slot"
        ),
        CheckConstraint("position IN (1, 2)", name="position"),
    )

    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    quarter: Mapped[datetime.date]
    """Its first day."""
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))


class OneOnOneRhythm(Base, OrganizationOwned):
    """How often a manager talks with each of the team. Without a row: every week."""

    __tablename__ = "one_on_one_rhythm"
    __table_args__ = (CheckConstraint("every_days BETWEEN 1 AND 92", name="every_days"),)

    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    every_days: Mapped[int]
