"""Changing confirmed goals: a request with one or several edits, one decision, new revisions."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.models.goal_changes import (
    ChangeItem,
    ChangeKind,
    ChangeMode,
    ChangeRequest,
    ChangeStatus,
    ReasonCategory,
    WeightRule,
)
from db.models.goals import LIVE, Goal, GoalStatus
from db.queries import goal_changes, goals
from db.queries.goal_audience import audience, lost
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import authority
from resolvers.goals.applying import Application
from resolvers.goals.inputs import (
    TEXT_LENGTH,
    TITLE_LENGTH,
    MeasureDraft,
    checked_measure,
    checked_number,
    optional_text,
    required_text,
)
from resolvers.goals.loading import cycle_to_use
from resolvers.goals.snapshots import measure_content
from resolvers.telling import GOAL, tell

ITEMS = 50


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One edit; which of the values a kind needs is said at `_NEEDED`."""

    kind: ChangeKind
    goal_id: uuid.UUID
    measure_id: uuid.UUID | None = None
    to_goal_id: uuid.UUID | None = None
    owner_id: uuid.UUID | None = None
    amount: Decimal | None = None
    mode: ChangeMode | None = None
    title: str | None = None
    description: str | None = None
    measure: MeasureDraft | None = None

    @property
    def given(self) -> frozenset[str]:
        names = ("measure_id", "to_goal_id", "owner_id", "amount", "mode", "title", "description", "measure")
        return frozenset(name for name in names if getattr(self, name) is not None)


_NEEDED: dict[ChangeKind, frozenset[str]] = {
    ChangeKind.ADD_GOAL: frozenset(),
    ChangeKind.DROP_GOAL: frozenset(),
    ChangeKind.GOAL_TEXT: frozenset({"title", "description"}),  # at least one of them
    ChangeKind.GOAL_WEIGHT: frozenset({"amount", "mode"}),
    ChangeKind.GOAL_OWNER: frozenset({"owner_id"}),
    ChangeKind.MOVE_HOURS: frozenset({"to_goal_id", "amount", "mode"}),
    ChangeKind.ADD_MEASURE: frozenset({"measure"}),
    ChangeKind.DROP_MEASURE: frozenset({"measure_id"}),
    ChangeKind.MEASURE_WEIGHT: frozenset({"measure_id", "amount", "mode"}),
    ChangeKind.MEASURE_TARGET: frozenset({"measure_id", "measure"}),
}


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """A request as a client writes it."""

    items: Sequence[ItemDraft]
    reason: ReasonCategory
    reason_text: str
    occurred_at: datetime.datetime | None = None
    weight_rule: WeightRule = WeightRule.REFUSE


def propose_change(session: Session, viewer: Viewer, draft: ChangeDraft) -> ChangeRequest:
    """Ask for changes of confirmed goals of one owner (or of one department, or of the organisation) in one cycle.

    The edits are tried out first, so that a request which could not be approved as things are is refused at once.
    Raises `DomainError`: NOT_FOUND, FORBIDDEN, GOAL_STATE, CYCLE_CLOSED, TEXT_REQUIRED, CHANGE_INCOMPLETE,
    CHANGE_EMPTY, INVALID when the goals are not of one owner, NUMBER_OUT_OF_RANGE for an event in the future, and what
    `applying.Application` refuses.
    """
    reason_text = required_text(draft.reason_text, TEXT_LENGTH, ("input", "reasonText"))
    occurred_at = draft.occurred_at or now()
    if occurred_at > now():
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "occurredAt"))
    if not draft.items:
        raise DomainError(ErrorCode.CHANGE_EMPTY, ("input", "items"))
    if len(draft.items) > ITEMS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "items"))
    for index, item in enumerate(draft.items):
        _require_complete(item, ("input", "items", str(index)))
    named = _named_goals(session, viewer, draft.items)
    first = named[draft.items[0].goal_id]
    cycle_to_use(session, viewer, first.cycle_id, ("input", "items"))
    authority.require_may_shape(session, viewer, authority.subject_of(first))
    request = ChangeRequest(
        organization_id=viewer.organization_id,
        cycle_id=first.cycle_id,
        level=first.level,
        owner_id=first.owner_id,
        department_id=first.department_id,
        reason=draft.reason,
        reason_text=reason_text,
        weight_rule=draft.weight_rule,
        occurred_at=occurred_at,
        requested_by=viewer.person_id,
        status=ChangeStatus.PROPOSED,
    )
    session.add(request)
    session.flush()
    items = [_row(request, index, item) for index, item in enumerate(draft.items)]
    session.add_all(items)
    session.flush()
    trial = session.begin_nested()
    try:
        Application(session, viewer, request, items).apply()
    finally:
        trial.rollback()
    record(session, viewer, "goal_change.proposed", "GoalChange", request.id)
    return request


def decide_change(
    session: Session,
    viewer: Viewer,
    request_id: uuid.UUID,
    *,
    approve: bool,
    comment: str | None,
    expected_version: int | None,
) -> ChangeRequest:
    """Approve or reject all edits of a request as one. An approval takes effect at once and writes revisions.

    Of two decisions at once the first stands and the second gets ALREADY_DECIDED. Raises also NOT_FOUND, FORBIDDEN,
    CONFLICT, REASON_REQUIRED for a rejection without a comment, and what `applying.Application` refuses when the goals
    have moved on since the request was made.
    """
    words = optional_text(comment, TEXT_LENGTH, ("input", "comment"))
    if not approve and words is None:
        raise DomainError(ErrorCode.REASON_REQUIRED, ("input", "comment"))
    request = _request_to_close(session, viewer, request_id, expected_version)
    items = goal_changes.items(session, [request.id])[request.id]
    subject = _subject(session, request, items)
    authority.require_may_decide(session, viewer, subject, request.requested_by)
    request.status = ChangeStatus.APPROVED if approve else ChangeStatus.REJECTED
    request.decided_by = viewer.person_id
    request.decided_at = now()
    request.decision_comment = words
    session.flush()
    if approve:
        cycle_to_use(session, viewer, request.cycle_id, ("input", "id"))
        moving = {item.goal_id for item in items if item.kind is ChangeKind.GOAL_OWNER}
        before = {goal_id: audience(session, session.get_one(Goal, goal_id)) for goal_id in moving}
        for goal in Application(session, viewer, request, items).apply():
            gone = lost(before[goal.id], audience(session, goal)) if goal.id in moving else ()
            tell(session, viewer, "goal.changed", GOAL, goal.id, lost_to=gone)
    record(session, viewer, f"goal_change.{request.status.value.lower()}", "GoalChange", request.id)
    return request


def withdraw_change(
    session: Session, viewer: Viewer, request_id: uuid.UUID, expected_version: int | None
) -> ChangeRequest:
    """Take back one's own request before it is decided. Raises NOT_FOUND, FORBIDDEN, CONFLICT, ALREADY_DECIDED."""
    request = _request_to_close(session, viewer, request_id, expected_version)
    if request.requested_by != viewer.person_id:
        raise DomainError(ErrorCode.FORBIDDEN)
    request.status = ChangeStatus.WITHDRAWN
    request.decided_at = now()
    session.flush()
    record(session, viewer, "goal_change.withdrawn", "GoalChange", request.id)
    return request


def hours_to_effect(request: ChangeRequest) -> Decimal | None:
    """From the event to the effect of an approved request, in hours to one place; None for others."""
    if request.status is not ChangeStatus.APPROVED or request.decided_at is None:
        return None
    seconds = (request.decided_at - request.occurred_at) / datetime.timedelta(seconds=1)
    return (Decimal(str(seconds)) / 3600).quantize(Decimal("0.1"))


def _request_to_close(
    session: Session, viewer: Viewer, request_id: uuid.UUID, expected_version: int | None
) -> ChangeRequest:
    statement = goal_changes.visible_to(session, viewer).where(ChangeRequest.id == request_id)
    request = session.scalars(
        statement.with_for_update(of=ChangeRequest).execution_options(populate_existing=True)
    ).first()
    if request is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    if request.status is not ChangeStatus.PROPOSED:
        raise DomainError(ErrorCode.ALREADY_DECIDED, ("input", "id"))
    if expected_version is not None and request.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    return request


def _subject(session: Session, request: ChangeRequest, items: Sequence[ChangeItem]) -> authority.Subject:
    """Whose goals these are. Where no owner is named, whoever made the first goal answers for them."""
    made_by = session.scalar(sa.select(Goal.created_by).where(Goal.id == items[0].goal_id))
    return authority.Subject(request.level, request.owner_id, request.department_id, made_by)


def _named_goals(session: Session, viewer: Viewer, items: Sequence[ItemDraft]) -> dict[uuid.UUID, Goal]:
    """The goals that the items name, all of one owner, level and cycle, each in a state that its edit needs."""
    wanted = {item.goal_id for item in items} | {item.to_goal_id for item in items if item.to_goal_id}
    found = goals.goals_by_ids(session, viewer, wanted)
    for index, item in enumerate(items):
        at = ("input", "items", str(index))
        goal = found.get(item.goal_id)
        if goal is None:
            raise DomainError(ErrorCode.NOT_FOUND, (*at, "goalId"))
        added = (GoalStatus.DRAFT, GoalStatus.PROPOSED)
        if goal.status not in (added if item.kind is ChangeKind.ADD_GOAL else LIVE):
            raise DomainError(ErrorCode.GOAL_STATE, (*at, "goalId"))
        if item.to_goal_id is not None and item.to_goal_id not in found:
            raise DomainError(ErrorCode.NOT_FOUND, (*at, "toGoalId"))
        if item.owner_id is not None:
            authority.require_colleague(session, viewer, item.owner_id, (*at, "ownerId"))
    first = found[items[0].goal_id]
    for goal in found.values():
        if _whose(goal) != _whose(first):
            raise DomainError(ErrorCode.INVALID, ("input", "items"))
    return found


def _whose(goal: Goal) -> tuple[Any, ...]:
    return goal.cycle_id, goal.level, goal.owner_id, goal.department_id if goal.owner_id is None else None


def _require_complete(item: ItemDraft, at: tuple[str, ...]) -> None:
    """Raises CHANGE_INCOMPLETE unless the item has what its kind needs and nothing else."""
    needed = _NEEDED[item.kind]
    complete = bool(item.given) and item.given <= needed if item.kind is ChangeKind.GOAL_TEXT else item.given == needed
    if not complete:
        raise DomainError(ErrorCode.CHANGE_INCOMPLETE, at)
    if item.title is not None:
        required_text(item.title, TITLE_LENGTH, (*at, "title"))
    optional_text(item.description, TEXT_LENGTH, (*at, "description"))
    checked_number(item.amount, (*at, "amount"))
    if item.measure is not None:
        checked_measure(item.measure, (*at, "measure"))


def _row(request: ChangeRequest, position: int, item: ItemDraft) -> ChangeItem:
    content: dict[str, Any] | None = None
    if item.measure is not None:
        content = measure_content(item.measure)
    elif item.kind is ChangeKind.GOAL_TEXT:
        words = {"title": item.title, "description": item.description}
        content = {name: text.strip() for name, text in words.items() if text is not None}
    return ChangeItem(
        organization_id=request.organization_id,
        request_id=request.id,
        position=position,
        kind=item.kind,
        goal_id=item.goal_id,
        measure_id=item.measure_id,
        to_goal_id=item.to_goal_id,
        owner_id=item.owner_id,
        amount=item.amount,
        mode=item.mode,
        content=content,
    )
