"""What the product tells a person."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped


class NotificationCode(StrEnum):
    """What is told; the words are made when it is read, in the reader's language."""

    MENTIONED = "MENTIONED"
    FEEDBACK_RECEIVED = "FEEDBACK_RECEIVED"
    FEEDBACK_FOR_LINE = "FEEDBACK_FOR_LINE"
    KUDOS_RECEIVED = "KUDOS_RECEIVED"
    CUSTOMER_COMMENT_RECEIVED = "CUSTOMER_COMMENT_RECEIVED"
    GROWTH_TODO_DUE = "GROWTH_TODO_DUE"
    RETROSPECTIVE_OPENED = "RETROSPECTIVE_OPENED"
    RETROSPECTIVE_FINISHED = "RETROSPECTIVE_FINISHED"
    REDEMPTION_DECIDED = "REDEMPTION_DECIDED"
    UPWARD_OPENED = "UPWARD_OPENED"
    UPWARD_RELEASED = "UPWARD_RELEASED"
    WITNESS_ASKED = "WITNESS_ASKED"
    HEALTH_CHECK_OPENED = "HEALTH_CHECK_OPENED"
    WEEKLY_ACTION_TO_WRITE = "WEEKLY_ACTION_TO_WRITE"
    WEEKLY_ACTION_OPEN = "WEEKLY_ACTION_OPEN"
    CHECK_IN_DUE = "CHECK_IN_DUE"
    GOAL_STEPS_OVERDUE = "GOAL_STEPS_OVERDUE"
    DELIVERABLE_RED = "DELIVERABLE_RED"
    DELIVERABLE_UNCONFIRMED = "DELIVERABLE_UNCONFIRMED"
    OVERRULE_TO_REVIEW = "OVERRULE_TO_REVIEW"
    PAPER_SECOND_ENTRY = "PAPER_SECOND_ENTRY"
    PAPER_DECISION = "PAPER_DECISION"
    TASK_ASSIGNED = "TASK_ASSIGNED"
    TASK_WAITED_FOR = "TASK_WAITED_FOR"
    TASK_FREED = "TASK_FREED"
    TASK_BLOCKED = "TASK_BLOCKED"
    TASK_MENTIONED = "TASK_MENTIONED"
    TASK_RULE_FAILED = "TASK_RULE_FAILED"
    CHANNEL_FAILED = "CHANNEL_FAILED"


class Notification(Base, Identified, OrganizationOwned, Timestamped):
    """One line of a person's inbox. Nobody else sees it."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("person_id", "dedupe_key"),
        Index("ix_notification_inbox", "person_id", "created_at", "id"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    code: Mapped[NotificationCode]
    params: Mapped[dict[str, Any]]
    """Dates and counts that the words name; never names or texts of people."""
    subject_type: Mapped[str | None] = mapped_column(String(64))
    subject_id: Mapped[uuid.UUID | None]
    """What it is about: a type of the schema and the key of its row."""
    dedupe_key: Mapped[str] = mapped_column(String(200))
    """The person is told once under a key."""
    read_at: Mapped[datetime.datetime | None]
