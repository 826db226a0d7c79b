"""The board: projects, their tasks, what the tasks wait for, and the history of both."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned


class ProjectStatus(StrEnum):
    ACTIVE = "ACTIVE"
    DONE = "DONE"
    DROPPED = "DROPPED"


class Project(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """Work of several teams towards one end, cut into atomic tasks."""

    __tablename__ = "project"
    __table_args__ = (Index("ix_project_page", "organization_id", "id"),)

    name: Mapped[str] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(Text)
    lead_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    goal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal.id"), index=True)
    """The goal it serves."""
    status: Mapped[ProjectStatus] = mapped_column(default=ProjectStatus.ACTIVE)
    starts_at: Mapped[datetime.datetime | None]
    due_at: Mapped[datetime.datetime | None]
    first_due_at: Mapped[datetime.datetime | None]
    """As first planned: delay is counted from here, so that moving the due time hides nothing."""
    ended_at: Mapped[datetime.datetime | None]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    task_count: Mapped[int] = mapped_column(default=0)
    """Tasks ever made; the next one's number is one more."""


class ProjectMember(Base, OrganizationOwned, Timestamped):
    """Somebody who leads the project, or owns or helps with one of its tasks, or did."""

    __tablename__ = "project_member"

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class TaskStatus(StrEnum):
    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    WAITING = "WAITING"
    """Begun or not, it stands still until something else happens."""
    DONE = "DONE"
    DROPPED = "DROPPED"


UNFINISHED = (TaskStatus.OPEN, TaskStatus.IN_PROGRESS, TaskStatus.WAITING)


class ProjectTask(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """One thing that one person answers for, with the deliverable that will show it is done."""

    __tablename__ = "project_task"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("planned_start_at <= due_at", name="plan"),
        Index("ix_project_task_due", "organization_id", "status", "due_at"),
        Index("ix_project_task_page", "organization_id", "id"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    """From 1, within the project."""
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliverable_template.id"), index=True)
    """What is to be handed in."""
    goal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal.id"), index=True)
    measure_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("measure.id"), index=True)
    """The goal, and the key result of it, that the task serves."""
    planned_start_at: Mapped[datetime.datetime | None]
    """None: when what it depends on is due."""
    due_at: Mapped[datetime.datetime]
    first_due_at: Mapped[datetime.datetime]
    """As first planned."""
    status: Mapped[TaskStatus] = mapped_column(default=TaskStatus.OPEN)
    waiting_for_task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project_task.id"), index=True)
    waiting_for_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime.datetime | None]
    finished_at: Mapped[datetime.datetime | None]
    """When it was done or dropped."""
    reported_at: Mapped[datetime.datetime | None]
    """The latest status update."""
    escalation_level: Mapped[int] = mapped_column(default=0)
    """How far up its present silence was told; 0 when it is not blocked."""
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """None: a rule made it."""


class TaskCollaborator(Base, OrganizationOwned):
    """Somebody who helps the owner of a task."""

    __tablename__ = "project_task_collaborator"

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project_task.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class TaskDependency(Base, OrganizationOwned):
    """A task can only go on when another one of the same project is done."""

    __tablename__ = "project_task_dependency"
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project_task.id"), primary_key=True)
    depends_on_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project_task.id"), primary_key=True, index=True)


class TaskUpdate(Base, Identified, OrganizationOwned, Timestamped):
    """How a task stood from a moment on. Never changed afterwards."""

    __tablename__ = "project_task_update"
    __table_args__ = (Index("ix_project_task_update_task", "task_id", "id"),)

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project_task.id"))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """None: a rule of the system."""
    status: Mapped[TaskStatus]
    waiting_for_task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project_task.id"))
    waiting_for_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime.datetime]
    """Owner and due time at that moment."""
    note: Mapped[str | None] = mapped_column(Text)


class TaskComment(Base, Identified, OrganizationOwned, Timestamped):
    __tablename__ = "project_task_comment"
    __table_args__ = (Index("ix_project_task_comment_task", "task_id", "id"),)

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project_task.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)


class TaskMention(Base, OrganizationOwned):
    """A colleague named in a comment on a task."""

    __tablename__ = "project_task_mention"

    comment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project_task_comment.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class TaskEscalation(Base, Identified, OrganizationOwned):
    """A blocked task was told of, once for each level of each silence."""

    __tablename__ = "project_task_escalation"
    __table_args__ = (UniqueConstraint("task_id", "since", "level"),)

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project_task.id"))
    since: Mapped[datetime.datetime]
    """When the silence began."""
    level: Mapped[int]
    told: Mapped[int]
    """How many people."""
    escalated_at: Mapped[datetime.datetime]


class ProjectPolicy(Base, OrganizationOwned, Versioned):
    """An organisation's own limits for late tasks, in hours of working time. Without a row the defaults hold."""

    __tablename__ = "project_policy"

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    """The organisation's id: one row each."""
    first_hours: Mapped[int] = mapped_column(default=2)
    silence_hours: Mapped[int | None]
    repeat_hours: Mapped[int] = mapped_column(default=9)
    levels: Mapped[int] = mapped_column(default=3)
    """See `resolvers.rules.blocking.EscalationRule`."""
