"""Retrospectives: what was intended, what happened, why, and what is kept or changed, with the facts that show it."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned
from db.models.goals import Direction, GoalStatus, Stage
from db.models.projects.flags import Flag


class Occasion(StrEnum):
    ENDED = "ENDED"
    """The goal, project or cycle is over."""
    LATE = "LATE"
    """The project is late."""
    OTHER = "OTHER"
    """The reason says which."""


class RetrospectiveState(StrEnum):
    OPEN = "OPEN"
    """Being written, for the first time or to be corrected."""
    FINISHED = "FINISHED"
    DROPPED = "DROPPED"
    """Given up before it was finished."""


class Step(StrEnum):
    """The four steps; the last one has two sides."""

    INTENDED = "INTENDED"
    HAPPENED = "HAPPENED"
    CAUSES = "CAUSES"
    KEEP = "KEEP"
    CHANGE = "CHANGE"


class Retrospective(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """About a goal, a project, or a cycle of one person or department. What it says stands in its editions."""

    __tablename__ = "retrospective"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN goal_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN project_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN department_id IS NULL THEN 0 ELSE 1 END)"
            " = 1",
            name="one_subject",
        ),
        CheckConstraint("(cycle_id IS NULL) = (person_id IS NULL AND department_id IS NULL)", name="cycle_of_somebody"),
        Index("ix_retrospective_page", "organization_id", "created_at", "id"),
    )

    goal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal.id"), index=True)
    project_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    department_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"), index=True)
    cycle_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cycle.id"))
    """Of a person's or department's."""
    occasion: Mapped[Occasion]
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it is held; where nothing has ended and nothing is late there is one."""
    facilitator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[RetrospectiveState] = mapped_column(default=RetrospectiveState.OPEN)
    edition: Mapped[int] = mapped_column(default=1)
    """Number of the latest edition."""
    written_at: Mapped[datetime.datetime]
    """When something in it last changed."""
    finished_at: Mapped[datetime.datetime | None]
    """When an edition was last finished; none yet: only who takes part reads it."""


class RetrospectiveParticipant(Base, OrganizationOwned, Timestamped):
    __tablename__ = "retrospective_participant"

    retrospective_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("retrospective.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class RetrospectiveEdition(Base, Identified, OrganizationOwned, Timestamped):
    """What a retrospective says. Once finished it is never changed; a correction is the next edition."""

    __tablename__ = "retrospective_edition"
    __table_args__ = (
        UniqueConstraint("retrospective_id", "number"),
        CheckConstraint("(finished_at IS NULL) = (finished_by IS NULL)", name="finished_by_somebody"),
    )

    retrospective_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("retrospective.id"))
    number: Mapped[int]
    """From 1."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why the edition before is corrected."""
    finished_at: Mapped[datetime.datetime | None]
    finished_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class RetrospectiveEntry(Base, Identified, OrganizationOwned, Timestamped):
    """What one participant wrote under a step."""

    __tablename__ = "retrospective_entry"
    __table_args__ = (UniqueConstraint("edition_id", "author_id", "step"),)

    edition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("retrospective_edition.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    step: Mapped[Step]
    text: Mapped[str] = mapped_column(Text)


class FactKind(StrEnum):
    GOAL = "GOAL"
    MEASURE = "MEASURE"
    DELAY = "DELAY"
    DELAY_PART = "DELAY_PART"
    FLAG = "FLAG"


class RetrospectiveFact(Base, Identified, OrganizationOwned):
    """What the product knew when the edition was finished, as figures, with where it knew it from. Never changed."""

    __tablename__ = "retrospective_fact"
    __table_args__ = (UniqueConstraint("edition_id", "position"),)

    edition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("retrospective_edition.id"))
    position: Mapped[int]
    kind: Mapped[FactKind]
    source_type: Mapped[str] = mapped_column(String(64))
    source_id: Mapped[uuid.UUID]
    """A type of the schema and the key of its row: who may not see that does not see the fact."""
    name: Mapped[str] = mapped_column(String(300))
    """What the source was called then."""
    unit: Mapped[str | None] = mapped_column(String(32))
    direction: Mapped[Direction | None]
    start: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    target_text: Mapped[str | None] = mapped_column(Text)
    result: Mapped[Decimal | None]
    stage: Mapped[Stage | None]
    progress: Mapped[Decimal | None]
    """A share: 1 is the target."""
    measured_at: Mapped[datetime.datetime | None]
    check_in_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal_check_in.id"))
    """Which check-in the result stands in."""
    status: Mapped[GoalStatus | None]
    seconds: Mapped[int | None]
    """Of a delay or a part of it, by the calendar; parts sum to the delay."""
    cause: Mapped[str | None] = mapped_column(String(32))
    """Of the part of a delay: a value of `resolvers.rules.delay.Cause`."""
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """To whom the part of a delay is traced."""
    flag: Mapped[Flag | None]
