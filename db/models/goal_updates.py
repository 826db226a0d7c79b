"""What happens to goals on the way: check-ins, comments, the week's key action, health checks, imports, exports."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned
from db.models.goals import DataSource, Stage


class CheckIn(Base, Identified, OrganizationOwned, Timestamped):
    """Progress, risk, next step and support wanted, note: the smallest loop. Never changed afterwards."""

    __tablename__ = "goal_check_in"
    __table_args__ = (
        Index("ix_goal_check_in_goal", "goal_id", "id"),
        CheckConstraint("confidence BETWEEN 0 AND 10", name="confidence"),
    )

    goal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal.id"))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """None: a feed or rule of the system."""
    revision: Mapped[int]
    """The goal's revision at that time."""
    confidence: Mapped[int | None]
    progress: Mapped[Decimal | None]
    """The goal's progress by its measures after this check-in, as a share."""
    risk: Mapped[str | None] = mapped_column(Text)
    next_step: Mapped[str | None] = mapped_column(Text)
    support: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)


class CheckInValue(Base, Identified, OrganizationOwned):
    """A measure's value at a check-in, with the scale of that day and where the value came from."""

    __tablename__ = "goal_check_in_value"
    __table_args__ = (UniqueConstraint("check_in_id", "measure_id"),)

    check_in_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal_check_in.id"))
    measure_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("measure.id"), index=True)
    value: Mapped[Decimal | None]
    stage: Mapped[Stage | None]
    applicable: Mapped[bool]
    confidence: Mapped[int | None]
    start: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    source: Mapped[DataSource]
    citation: Mapped[str | None] = mapped_column(String(300))
    """What the source calls the thing that the value was read from."""


class GoalStep(Base, Identified, OrganizationOwned, Timestamped):
    """A small step towards a goal, with a date. Once a check-in has said that it is done, it stays as it is."""

    __tablename__ = "goal_step"
    __table_args__ = (
        Index("ix_goal_step_goal", "goal_id", "position"),
        Index("ix_goal_step_due", "organization_id", "due_on"),
        CheckConstraint("(done_at IS NULL) = (check_in_id IS NULL)", name="done_by_check_in"),
    )

    goal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[datetime.date]
    """A day of the goal's cycle."""
    done_at: Mapped[datetime.datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
    """What was said when it was done."""
    check_in_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal_check_in.id"), index=True)
    """The check-in that says that it is done."""


class CommentKind(StrEnum):
    COMMENT = "COMMENT"
    RETURN = "RETURN"
    """Why a proposed goal was given back."""


class GoalComment(Base, Identified, OrganizationOwned, Timestamped):
    __tablename__ = "goal_comment"
    __table_args__ = (Index("ix_goal_comment_goal", "goal_id", "id"),)

    goal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[CommentKind]
    text: Mapped[str] = mapped_column(Text)


class GoalMention(Base, OrganizationOwned):
    """A colleague named in a comment."""

    __tablename__ = "goal_mention"

    comment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal_comment.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class ActionOutcome(StrEnum):
    OPEN = "OPEN"
    DONE = "DONE"
    NOT_DONE = "NOT_DONE"


class WitnessAnswer(StrEnum):
    ASKED = "ASKED"
    SEEN = "SEEN"
    """The witness saw it finished."""
    NOT_SEEN = "NOT_SEEN"


class WeeklyAction(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """The one thing a person must finish this week, the goal it serves, and a colleague as witness."""

    __tablename__ = "weekly_action"
    __table_args__ = (
        UniqueConstraint("person_id", "week"),
        Index("ix_weekly_action_week", "organization_id", "week"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    week: Mapped[datetime.date]
    """The Monday of the week."""
    goal_text: Mapped[str] = mapped_column(String(300))
    """My goal, in the person's own words."""
    goal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal.id"), index=True)
    must_finish: Mapped[str] = mapped_column(String(200))
    """At most 20 characters as people count them."""
    witness_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    witness_answer: Mapped[WitnessAnswer] = mapped_column(default=WitnessAnswer.ASKED)
    witnessed_at: Mapped[datetime.datetime | None]
    outcome: Mapped[ActionOutcome] = mapped_column(default=ActionOutcome.OPEN)
    closed_at: Mapped[datetime.datetime | None]


class HealthVerdict(StrEnum):
    KEEP = "KEEP"
    CHANGE = "CHANGE"
    """A change request is to follow."""
    SUPPORT = "SUPPORT"
    """The goals stand; the person needs help."""


class GoalHealthCheck(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """In the middle of a cycle the system asks a manager to look at one person's goals."""

    __tablename__ = "goal_health_check"
    __table_args__ = (UniqueConstraint("cycle_id", "person_id"),)

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """The manager of that day; None for whoever has none."""
    verdict: Mapped[HealthVerdict | None]
    note: Mapped[str | None] = mapped_column(Text)
    completed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    completed_at: Mapped[datetime.datetime | None]


class TableFormat(StrEnum):
    CSV = "CSV"
    XLSX = "XLSX"


class TransferStatus(StrEnum):
    QUEUED = "QUEUED"
    DONE = "DONE"
    REFUSED = "REFUSED"
    """Nothing was created; the errors say why."""


class GoalImport(Base, Identified, OrganizationOwned, Timestamped):
    """A table of goals that somebody sent."""

    __tablename__ = "goal_import"

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"), index=True)
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    format: Mapped[TableFormat]
    dry_run: Mapped[bool]
    status: Mapped[TransferStatus] = mapped_column(default=TransferStatus.QUEUED)
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    errors: Mapped[list[Any]] = mapped_column(default=list)
    """`{row, column, code}` each, at most as many as `resolvers.table_imports` keeps."""
    finished_at: Mapped[datetime.datetime | None]


class GoalExport(Base, Identified, OrganizationOwned, Timestamped):
    """A table of goals that somebody asked for: those that this person may see."""

    __tablename__ = "goal_export"

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"))
    department_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    format: Mapped[TableFormat]
    status: Mapped[TransferStatus] = mapped_column(default=TransferStatus.QUEUED)
    rows: Mapped[int] = mapped_column(default=0)
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    finished_at: Mapped[datetime.datetime | None]
