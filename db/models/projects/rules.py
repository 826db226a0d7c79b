"""Rules by which events make tasks: what the tasks are like, which event fires a rule, and what became of it."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned


class TaskPlan:
    """What the tasks of a rule are like, whether a feed's events or the product's own fire it."""

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    collaborator_ids: Mapped[list[Any]]
    """Keys of people, as text."""
    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliverable_template.id"))
    due_hours: Mapped[int]
    """Of working time, from when the task is made."""
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class TaskPlanRevision(TaskPlan, Timestamped):
    """What the tasks of a rule were like until it was edited: `created_at` is then, `created_by` who had set it so."""

    number: Mapped[int]
    """From 1."""


class RuleTrigger(StrEnum):
    """What happens in the product that makes a task."""

    DELIVERABLE_RED = "DELIVERABLE_RED"
    """The flag of a deliverable turned red."""
    GOAL_AT_RISK = "GOAL_AT_RISK"
    """A check-in found a goal at risk or behind for the second time running."""
    TASK_BLOCKED = "TASK_BLOCKED"
    """The silence about a late task reached the rule's level."""


class RuleOwner(StrEnum):
    """Who owns the tasks of a rule."""

    SUBJECT_OWNER = "SUBJECT_OWNER"
    """Whoever owns the deliverable, goal or task that it happened to."""
    GOAL_OWNER = "GOAL_OWNER"
    """Whoever owns the goal that it served, or that it is."""
    NAMED = "NAMED"


class RuleFailure(StrEnum):
    """Why a rule made no task."""

    PROJECT_ENDED = "PROJECT_ENDED"
    TEMPLATE_RETIRED = "TEMPLATE_RETIRED"
    OWNER_LEFT = "OWNER_LEFT"
    NOBODY_OWNS = "NOBODY_OWNS"
    """Nothing says who owns what it happened to, or there is no goal."""
    NOBODY_HELPS = "NOBODY_HELPS"
    """Nobody of the collaborators is there besides the owner, nor the project's lead."""
    NO_WORKING_TIME = "NO_WORKING_TIME"
    """The calendar has no working days by which it could be due."""
    GOAL_GONE = "GOAL_GONE"


class TaskRule(Base, Identified, OrganizationOwned, Timestamped, Versioned, TaskPlan):
    """When this happens in the product, make a task like that."""

    __tablename__ = "task_rule"
    __table_args__ = (Index("ix_task_rule_trigger", "organization_id", "trigger"),)

    number: Mapped[int] = mapped_column(default=1)
    """Of what the tasks are like now; grows with every edit."""
    trigger: Mapped[RuleTrigger]
    level: Mapped[int | None]
    """Of a blocked task, from 1; None for what else happens."""
    owner_from: Mapped[RuleOwner]
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """Only where the owner is named."""
    disabled_at: Mapped[datetime.datetime | None]


class TaskRuleRevision(Base, Identified, OrganizationOwned, TaskPlanRevision):
    """What the tasks of a rule were like until it was edited."""

    __tablename__ = "task_rule_revision"
    __table_args__ = (UniqueConstraint("rule_id", "number"),)

    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task_rule.id"))
    owner_from: Mapped[RuleOwner]
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class TaskRuleRun(Base, Identified, OrganizationOwned, Timestamped):
    """A rule fired, once for each cause: the task that it made, or why it made none."""

    __tablename__ = "task_rule_run"
    __table_args__ = (
        UniqueConstraint("rule_id", "cause"),
        UniqueConstraint("task_id"),
        Index("ix_task_rule_run_failure", "organization_id", "reason", "id"),
        Index("ix_task_rule_run_subject", "rule_id", "subject_id"),
    )

    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task_rule.id"))
    rule_number: Mapped[int]
    """The rule's number when it fired."""
    cause: Mapped[str] = mapped_column(String(200))
    """What tells this happening from all others."""
    subject_type: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[uuid.UUID]
    """What it happened to: a type of the schema and the key of its row."""
    happened_at: Mapped[datetime.datetime]
    chain: Mapped[list[Any]]
    """Keys of the rules whose tasks led here, as text, this one the last: none fires twice in a chain."""
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project_task.id"))
    reason: Mapped[RuleFailure | None]
