"""Change requests and revisions: who may see them, and what the calibration rate is counted from."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goal_changes import ChangeItem, ChangeRequest, ChangeStatus, GoalRevision, ReasonCategory
from db.models.goals import Cycle, Goal, GoalKind, GoalLevel
from db.queries import goals, people
from db.queries.goal_trees import in_departments
from db.viewer import Role, Viewer


def visible_to(session: Session, viewer: Viewer) -> sa.Select[ChangeRequest]:
    """The change requests whose reasons the viewer may read: one's own, those of the reports below, all for HR, and
    those above persons and of people without a manager for the committee.

    Others see that and when a goal changed, never why.
    """
    statement = sa.select(ChangeRequest).where(ChangeRequest.organization_id == viewer.organization_id)
    if viewer.is_system or viewer.has(Role.HR):
        return statement
    conditions = [ChangeRequest.owner_id == viewer.person_id, ChangeRequest.requested_by == viewer.person_id]
    if viewer.has(Role.MANAGER):
        below = people.reports_below(viewer, people.today(session, viewer.organization_id))
        conditions.append(sa.func.coalesce(ChangeRequest.owner_id, ChangeRequest.requested_by).in_(below))
    if viewer.has(Role.COMMITTEE):
        on = people.today(session, viewer.organization_id)
        conditions.append(sa.or_(ChangeRequest.level != GoalLevel.PERSON, ~people.managed(ChangeRequest.owner_id, on)))
    return statement.where(sa.or_(*conditions))


def filtered(
    statement: sa.Select[ChangeRequest],
    *,
    cycle_id: uuid.UUID | None,
    owner_id: uuid.UUID | None,
    goal_id: uuid.UUID | None,
    status: ChangeStatus | None,
) -> sa.Select[ChangeRequest]:
    """The statement narrowed to what is wanted; None leaves a part open."""
    for column, value in (
        (ChangeRequest.cycle_id, cycle_id),
        (ChangeRequest.owner_id, owner_id),
        (ChangeRequest.status, status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if goal_id is not None:
        statement = statement.where(
            ChangeRequest.id.in_(sa.select(ChangeItem.request_id).where(ChangeItem.goal_id == goal_id))
        )
    return statement


def by_ids(session: Session, viewer: Viewer, request_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ChangeRequest]:
    """Those of the requests that the viewer may see."""
    found = session.scalars(visible_to(session, viewer).where(ChangeRequest.id.in_(set(request_ids))))
    return {request.id: request for request in found}


def items(session: Session, request_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[ChangeItem]]:
    """The items of requests, in their order."""
    found: dict[uuid.UUID, list[ChangeItem]] = {}
    for item in session.scalars(
        sa.select(ChangeItem).where(ChangeItem.request_id.in_(set(request_ids))).order_by(ChangeItem.position)
    ):
        found.setdefault(item.request_id, []).append(item)
    return found


def revisions(session: Session, goal_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[GoalRevision]]:
    """All revisions of goals that the caller loaded through `goals.visible_to`, the first one first."""
    found: dict[uuid.UUID, list[GoalRevision]] = {}
    for revision in session.scalars(
        sa.select(GoalRevision).where(GoalRevision.goal_id.in_(set(goal_ids))).order_by(GoalRevision.number)
    ):
        found.setdefault(revision.goal_id, []).append(revision)
    return found


def revisions_by_ids(
    session: Session, viewer: Viewer, revision_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, GoalRevision]:
    """Those of the revisions whose goals the viewer may see."""
    seen = goals.visible_to(session, viewer).with_only_columns(Goal.id)
    found = session.scalars(
        sa.select(GoalRevision).where(GoalRevision.id.in_(set(revision_ids)), GoalRevision.goal_id.in_(seen))
    )
    return {revision.id: revision for revision in found}


def reasons(session: Session, request_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ReasonCategory]:
    """The categories of requests' reasons, which whoever sees the goal may know; the words are for `visible_to`."""
    rows = session.execute(
        sa.select(ChangeRequest.id, ChangeRequest.reason).where(ChangeRequest.id.in_(set(request_ids)))
    )
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class Span:
    """What a calibration rate is taken over: days of the calendar as instants, and whose key tasks."""

    cycle: Cycle
    opens_at: datetime.datetime
    closes_at: datetime.datetime
    """The first instant after the span."""
    kinds: Collection[GoalKind]
    department_id: uuid.UUID | None = None
    owner_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """A goal named in an approved request."""

    goal_id: uuid.UUID
    request_id: uuid.UUID
    reason: ReasonCategory

    @property
    def counts(self) -> bool:
        """Whether it says something about steering: a correction does not."""
        return self.reason is not ReasonCategory.CORRECTION


def confirmed_in(session: Session, viewer: Viewer, span: Span) -> set[uuid.UUID]:
    """Goals of cycles that overlap the span and that were confirmed, and not yet ended, at some time in it."""
    return set(session.scalars(_confirmed(session, viewer, span)))


def touched_in(session: Session, viewer: Viewer, span: Span) -> Sequence[Touch]:
    """The goals named in requests approved within the span, once for each request, the earliest first."""
    moved = sa.union_all(
        sa.select(ChangeItem.request_id, ChangeItem.goal_id.label("goal_id")),
        sa.select(ChangeItem.request_id, ChangeItem.to_goal_id.label("goal_id")).where(
            ChangeItem.to_goal_id.is_not(None)
        ),
    ).subquery()
    rows = session.execute(
        sa.select(moved.c.goal_id, ChangeRequest.id, ChangeRequest.reason)
        .join(ChangeRequest, ChangeRequest.id == moved.c.request_id)
        .where(
            ChangeRequest.organization_id == viewer.organization_id,
            ChangeRequest.status == ChangeStatus.APPROVED,
            ChangeRequest.decided_at >= span.opens_at,
            ChangeRequest.decided_at < span.closes_at,
            moved.c.goal_id.in_(_confirmed(session, viewer, span)),
        )
        .group_by(moved.c.goal_id, ChangeRequest.id, ChangeRequest.reason, ChangeRequest.decided_at)
        .order_by(ChangeRequest.decided_at, ChangeRequest.id, moved.c.goal_id)
    )
    return [Touch(*row) for row in rows]


def _confirmed(session: Session, viewer: Viewer, span: Span) -> sa.Select[uuid.UUID]:
    overlapping = sa.select(Cycle.id).where(
        Cycle.organization_id == viewer.organization_id,
        Cycle.starts_on <= span.cycle.ends_on,
        Cycle.ends_on >= span.cycle.starts_on,
    )
    statement = sa.select(Goal.id).where(
        Goal.organization_id == viewer.organization_id,
        Goal.cycle_id.in_(overlapping),
        Goal.kind.in_(span.kinds),
        Goal.confirmed_at < span.closes_at,
        sa.or_(Goal.ended_at.is_(None), Goal.ended_at >= span.opens_at),
    )
    if span.owner_id is not None:
        statement = statement.where(Goal.owner_id == span.owner_id)
    if span.department_id is not None:
        statement = statement.where(in_departments(session, [span.department_id]))
    return statement
