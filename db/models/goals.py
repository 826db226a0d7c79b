"""The calendar that goals and reviews share, goals, and the measures by which they are judged."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned


class CycleKind(StrEnum):
    YEAR = "YEAR"
    HALF = "HALF"
    QUARTER = "QUARTER"
    MONTH = "MONTH"


class Cycle(Base, Identified, OrganizationOwned, Timestamped):
    """A span of the organisation's calendar (both days inclusive) and the days in which its reviews are written."""

    __tablename__ = "cycle"
    __table_args__ = (
        UniqueConstraint("organization_id", "key"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("review_ends_on >= review_starts_on", name="review_dates"),
    )

    key: Mapped[str] = mapped_column(String(32))
    """Short and unique: `2026Q3`."""
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    kind: Mapped[CycleKind]
    starts_on: Mapped[datetime.date]
    ends_on: Mapped[datetime.date]
    review_starts_on: Mapped[datetime.date]
    review_ends_on: Mapped[datetime.date]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cycle.id"), index=True)
    """The longer cycle that this one lies in: a quarter's year."""


class Phase(StrEnum):
    """What is done in a cycle, in the order in which it is done."""

    DRAFTING = "DRAFTING"
    RUNNING = "RUNNING"
    MID_CHECK = "MID_CHECK"
    REVIEW = "REVIEW"
    CALIBRATION = "CALIBRATION"
    PUBLISHED = "PUBLISHED"
    CLOSED = "CLOSED"


class CyclePhase(Base, Identified, OrganizationOwned):
    """From which day on (of the organisation's calendar) a phase of a cycle holds; the next one's day ends it."""

    __tablename__ = "cycle_phase"
    __table_args__ = (UniqueConstraint("cycle_id", "phase"),)

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"))
    phase: Mapped[Phase]
    starts_on: Mapped[datetime.date]


class GoalKind(StrEnum):
    OBJECTIVE = "OBJECTIVE"
    KPI = "KPI"
    GS = "GS"
    """A goal setting: work or skill that is judged against words rather than a figure."""
    KEY_TASK = "KEY_TASK"


class GoalLevel(StrEnum):
    ORGANIZATION = "ORGANIZATION"
    DEPARTMENT = "DEPARTMENT"
    PERSON = "PERSON"


class GoalVisibility(StrEnum):
    ORGANIZATION = "ORGANIZATION"
    LINE = "LINE"
    """The owner, the managers above, the reports below; of a department's goal, its members."""
    PRIVATE = "PRIVATE"
    """The owner and the managers above."""


class GoalStatus(StrEnum):
    DRAFT = "DRAFT"
    PROPOSED = "PROPOSED"
    CONFIRMED = "CONFIRMED"
    RUNNING = "RUNNING"
    """Confirmed, and at least one check-in was made."""
    DONE = "DONE"
    DROPPED = "DROPPED"
    CARRIED_OVER = "CARRIED_OVER"


COUNTED = (GoalStatus.CONFIRMED, GoalStatus.RUNNING, GoalStatus.DONE, GoalStatus.CARRIED_OVER)
"""The goals that count in roll-ups: confirmed once, and not dropped."""
LIVE = (GoalStatus.CONFIRMED, GoalStatus.RUNNING)
"""The goals that are being worked on."""
UPDATE_EVERY_DAYS = 14
"""Where an organisation has set no rhythm of its own."""


class Goal(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """Something to be reached in a cycle. Until it is confirmed it is edited freely; afterwards only by an approved
    change request, and every state it had stays readable as a revision."""

    __tablename__ = "goal"
    __table_args__ = (
        UniqueConstraint("cycle_id", "code"),
        CheckConstraint("parent_id <> id", name="parent"),
        Index("ix_goal_page", "organization_id", "cycle_id", "id"),
        Index("ix_goal_owner", "organization_id", "owner_id", "cycle_id"),
        Index("ix_goal_department", "organization_id", "department_id", "cycle_id"),
        Index("ix_goal_creator", "organization_id", "created_by"),
    )

    # `ix_goal_page` begins with it.
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organization.id"))
    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"))
    kind: Mapped[GoalKind]
    level: Mapped[GoalLevel]
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """The person who answers for it; may be missing above the level of persons."""
    department_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"))
    """The department whose goal it is, or the owner's department when the goal was made."""
    code: Mapped[str | None] = mapped_column(String(32))
    """A short name that people write and import files refer to, unique in its cycle: `O2`."""
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(Text)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal.id"), index=True)
    """The goal it serves, of whomever it is."""
    weight: Mapped[Decimal | None]
    """Percent among the goals of the same owner, kind and cycle."""
    hours: Mapped[Decimal | None]
    """Working hours planned for it in the cycle."""
    visibility: Mapped[GoalVisibility] = mapped_column(default=GoalVisibility.ORGANIZATION)
    status: Mapped[GoalStatus] = mapped_column(default=GoalStatus.DRAFT)
    confidence: Mapped[int | None]
    """0 to 10, as of the latest check-in that said."""
    revision: Mapped[int] = mapped_column(default=0)
    """Number of the latest revision; 0 before the first confirmation."""
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime.datetime | None]
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime.datetime | None]
    checked_in_at: Mapped[datetime.datetime | None]
    ended_at: Mapped[datetime.datetime | None]
    """When it was done, dropped or carried over."""
    carried_from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal.id"), index=True)


class MeasureKind(StrEnum):
    NUMERIC = "NUMERIC"
    STAGED = "STAGED"
    """In words: what is committed to, what is the target, what would be a stretch."""


class Direction(StrEnum):
    INCREASE = "INCREASE"
    """More is better: at least 92 %."""
    DECREASE = "DECREASE"
    """Less is better: at most 28 days."""
    KEEP_WITHIN = "KEEP_WITHIN"
    """Neither more nor less than a range."""


class Stage(StrEnum):
    """What a measure in words has reached."""

    NONE = "NONE"
    COMMIT = "COMMIT"
    TARGET = "TARGET"
    STRETCH = "STRETCH"


class DataSource(StrEnum):
    """Where the values of a measure come from."""

    MANUAL = "MANUAL"
    FEED = "FEED"
    DELIVERABLE = "DELIVERABLE"
    EVENT = "EVENT"


class Measure(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """A key result: how one sees that the goal is reached."""

    __tablename__ = "measure"
    __table_args__ = (CheckConstraint("low <= high", name="range"),)

    goal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[MeasureKind]
    unit: Mapped[str | None] = mapped_column(String(32))
    direction: Mapped[Direction | None]
    start: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    """The range of a measure to keep within."""
    commit_text: Mapped[str | None] = mapped_column(Text)
    target_text: Mapped[str | None] = mapped_column(Text)
    stretch_text: Mapped[str | None] = mapped_column(Text)
    weight: Mapped[Decimal | None]
    """Percent within the goal."""
    data_source: Mapped[DataSource | None]
    current: Mapped[Decimal | None]
    stage: Mapped[Stage | None]
    applicable: Mapped[bool] = mapped_column(default=True)
    """False: does not apply (any more), and counts nowhere."""
    confidence: Mapped[int | None]
    measured_at: Mapped[datetime.datetime | None]
    dropped_at: Mapped[datetime.datetime | None]
    """Taken away by an approved change; older revisions still show it."""


class GoalPolicy(Base, OrganizationOwned, Versioned):
    """An organisation's own limits and marks. Without a row the defaults hold."""

    __tablename__ = "goal_policy"

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    """The organisation's id: one row each."""
    measure_limit: Mapped[int] = mapped_column(default=9)
    """Measures of one person in one cycle above which there is a warning."""
    update_every_days: Mapped[int] = mapped_column(default=UPDATE_EVERY_DAYS)
    """A live goal without a check-in for longer is stale."""
    change_within_hours: Mapped[int] = mapped_column(default=48)
    """From the event to the effect of a change."""
    healthy_rate: Mapped[Decimal] = mapped_column(default=Decimal(15))
    top_rate: Mapped[Decimal] = mapped_column(default=Decimal("22.7"))
    """Marks of the calibration rate, in percent."""
