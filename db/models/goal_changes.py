"""How confirmed goals change: requests with items, one decision for all of them, and revisions that stay."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned
from db.models.goals import GoalLevel


class ReasonCategory(StrEnum):
    """Why a confirmed goal is to change."""

    MARKET = "MARKET"
    TECHNOLOGY = "TECHNOLOGY"
    POLICY = "POLICY"
    CUSTOMER = "CUSTOMER"
    RESOURCE = "RESOURCE"
    CORRECTION = "CORRECTION"
    """A mistake of writing is put right: says nothing about how the team steers."""


class ChangeStatus(StrEnum):
    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class WeightRule(StrEnum):
    """What happens when the weights after a change do not total 100."""

    REFUSE = "REFUSE"
    RENORMALISE = "RENORMALISE"
    """Weights that the request does not name share the rest in their old proportions."""


class ChangeRequest(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """One or several edits of one owner's confirmed goals, decided as one."""

    __tablename__ = "goal_change_request"
    __table_args__ = (
        Index("ix_goal_change_request_decided", "organization_id", "decided_at"),
        Index("ix_goal_change_request_cycle", "organization_id", "cycle_id", "id"),
    )

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cycle.id"))
    level: Mapped[GoalLevel]
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    department_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"))
    reason: Mapped[ReasonCategory]
    reason_text: Mapped[str] = mapped_column(Text)
    weight_rule: Mapped[WeightRule]
    occurred_at: Mapped[datetime.datetime]
    """When that happened which makes the change necessary."""
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[ChangeStatus] = mapped_column(default=ChangeStatus.PROPOSED)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime.datetime | None]
    """An approved change takes effect at this moment."""
    decision_comment: Mapped[str | None] = mapped_column(Text)


class ChangeMode(StrEnum):
    """What "lower by 30" means."""

    RELATIVE = "RELATIVE"
    """Percent of what it is now: 40 becomes 28."""
    POINTS = "POINTS"
    """Percentage points (of hours: hours): 40 becomes 10."""


class ChangeKind(StrEnum):
    ADD_GOAL = "ADD_GOAL"
    DROP_GOAL = "DROP_GOAL"
    GOAL_TEXT = "GOAL_TEXT"
    GOAL_WEIGHT = "GOAL_WEIGHT"
    GOAL_OWNER = "GOAL_OWNER"
    MOVE_HOURS = "MOVE_HOURS"
    ADD_MEASURE = "ADD_MEASURE"
    DROP_MEASURE = "DROP_MEASURE"
    MEASURE_WEIGHT = "MEASURE_WEIGHT"
    MEASURE_TARGET = "MEASURE_TARGET"


class ChangeItem(Base, Identified, OrganizationOwned):
    """One edit of a request."""

    __tablename__ = "goal_change_item"
    __table_args__ = (UniqueConstraint("request_id", "position"),)

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal_change_request.id"))
    position: Mapped[int]
    kind: Mapped[ChangeKind]
    goal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal.id"), index=True)
    measure_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("measure.id"), index=True)
    to_goal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal.id"), index=True)
    """Where hours are moved."""
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """The new owner."""
    amount: Mapped[Decimal | None]
    """Signed: -30 lowers."""
    mode: Mapped[ChangeMode | None]
    content: Mapped[dict[str, Any] | None]
    """New words, or the new or changed measure, in the form of a revision's content."""


class GoalRevision(Base, Identified, OrganizationOwned, Timestamped):
    """What a goal was from a moment on. Rows are never changed and never deleted."""

    __tablename__ = "goal_revision"
    __table_args__ = (UniqueConstraint("goal_id", "number"),)

    goal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal.id"))
    number: Mapped[int]
    """From 1, the goal as first confirmed."""
    content: Mapped[dict[str, Any]]
    """See `resolvers.goals.snapshots`; decimals are text."""
    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("goal_change_request.id"), index=True)
    """The approved change it came from; None for the first."""
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class RevisionChangedError(RuntimeError):
    """Something tried to change or delete a revision."""


@event.listens_for(GoalRevision, "before_update")
@event.listens_for(GoalRevision, "before_delete")
def _refuse(_mapper: Mapper[GoalRevision], _connection: Connection, revision: GoalRevision) -> None:
    raise RevisionChangedError(f"revision {revision.number} of a goal must stay as it is")
