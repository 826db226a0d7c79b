"""From a draft to a confirmed goal: created, edited, proposed, returned with a comment, confirmed, and ended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from db.base import now
from db.models.goal_updates import CommentKind, GoalComment
from db.models.goals import LIVE, Goal, GoalLevel, GoalStatus, Measure
from db.models.people import Department
from db.queries import goals, people
from db.queries.goal_audience import audience, lost
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import authority
from resolvers.goals.inputs import (
    TEXT_LENGTH,
    GoalDraft,
    MeasureDraft,
    checked_goal,
    optional_text,
    required_text,
)
from resolvers.goals.loading import GOAL_PATH, cycle_to_use, goal_to_change, hold_weights
from resolvers.goals.snapshots import revise
from resolvers.rules.weights import WeightError, check_total
from resolvers.telling import GOAL, tell

_EDITABLE = (GoalStatus.DRAFT,)
_WEIGHED = (GoalStatus.PROPOSED, *LIVE, GoalStatus.DONE)
"""Goals whose weights count in the total of 100 that a confirmation asks for."""


def create_goal(session: Session, viewer: Viewer, draft: GoalDraft, at: tuple[str, ...] = ("input",)) -> Goal:
    """A new draft. Only its owner and its maker see it until it is proposed.

    Raises `DomainError`: what `inputs.checked_goal` refuses, FORBIDDEN, NOT_FOUND for a cycle, parent, person or
    department, CYCLE_CLOSED, CODE_TAKEN, GOAL_TOO_DEEP. `at` is the path of the draft in the input.
    """
    checked_goal(draft, at)
    cycle_to_use(session, viewer, draft.cycle_id, (*at, "cycleId"))
    draft = _placed(session, viewer, draft, at)
    subject = authority.Subject(draft.level, draft.owner_id, draft.department_id, viewer.person_id)
    authority.require_may_shape(session, viewer, subject, at)
    if draft.parent_id is not None:
        _require_parent(session, viewer, draft.parent_id, (*at, "parentId"))
    _require_free_code(session, draft, None, (*at, "code"))
    goal = Goal(
        organization_id=viewer.organization_id,
        cycle_id=draft.cycle_id,
        kind=draft.kind,
        level=draft.level,
        owner_id=draft.owner_id,
        department_id=draft.department_id,
        code=optional_text(draft.code, TEXT_LENGTH, at),
        title=draft.title.strip(),
        description=optional_text(draft.description, TEXT_LENGTH, at),
        parent_id=draft.parent_id,
        weight=draft.weight,
        hours=draft.hours,
        visibility=draft.visibility,
        status=GoalStatus.DRAFT,
        created_by=viewer.person_id,
    )
    session.add(goal)
    _flush_code(session, goal, (*at, "code"))
    add_measures(session, goal, draft.measures, 0)
    session.flush()
    tell(session, viewer, "goal.created", GOAL, goal.id)
    return goal


@dataclass(frozen=True, slots=True)
class GoalEdit:
    """New values for some of a draft's fields. Measures are replaced as a whole."""

    values: dict[str, Any]
    """By attribute of `GoalDraft`; only those that are to change."""
    measures: Sequence[MeasureDraft] | None = None


def edit_goal(
    session: Session, viewer: Viewer, goal_id: uuid.UUID, edit: GoalEdit, expected_version: int | None
) -> Goal:
    """Change a draft. A confirmed goal is changed by `changes.propose_change`; only its parent may be moved here.

    Raises what `create_goal` does, GOAL_STATE, CONFLICT, and GOAL_LOOP for a parent that lies below the goal.
    """
    moves_only = set(edit.values) <= {"parent_id"} and edit.measures is None
    statuses = (GoalStatus.DRAFT, GoalStatus.PROPOSED, *LIVE) if moves_only else _EDITABLE
    goal = goal_to_change(session, viewer, goal_id, expected_version, statuses=statuses)
    authority.require_may_shape(session, viewer, authority.subject_of(goal))
    current = GoalDraft(
        cycle_id=goal.cycle_id,
        kind=goal.kind,
        level=goal.level,
        title=goal.title,
        owner_id=goal.owner_id,
        department_id=goal.department_id,
        code=goal.code,
        description=goal.description,
        parent_id=goal.parent_id,
        weight=goal.weight,
        hours=goal.hours,
        visibility=goal.visibility,
    )
    wanted = replace(current, **edit.values, measures=tuple(edit.measures or ()))
    checked_goal(wanted)
    if {"owner_id", "department_id", "level"} & set(edit.values):
        wanted = _placed(session, viewer, wanted, ("input",))
        subject = authority.Subject(wanted.level, wanted.owner_id, wanted.department_id, goal.created_by)
        authority.require_may_shape(session, viewer, subject)
    if wanted.parent_id is not None and wanted.parent_id != goal.parent_id:
        _require_no_loop(session, viewer, goal.id, wanted.parent_id)
    _require_free_code(session, wanted, goal.id, ("input", "code"))
    before = audience(session, goal)
    for name in ("kind", "level", "owner_id", "department_id", "parent_id", "weight", "hours", "visibility"):
        setattr(goal, name, getattr(wanted, name))
    goal.title = wanted.title.strip()
    goal.code = optional_text(wanted.code, TEXT_LENGTH, ("input", "code"))
    goal.description = optional_text(wanted.description, TEXT_LENGTH, ("input", "description"))
    if edit.measures is not None:
        flag_modified(goal, "status")  # a new version, so that of two who write measures at once one is told
    _flush_code(session, goal, ("input", "code"))
    if edit.measures is not None:
        session.execute(sa.delete(Measure).where(Measure.goal_id == goal.id))
        add_measures(session, goal, edit.measures, 0)
    session.flush()
    tell(session, viewer, "goal.edited", GOAL, goal.id, lost_to=lost(before, audience(session, goal)))
    return goal


def propose_goal(session: Session, viewer: Viewer, goal_id: uuid.UUID, expected_version: int | None) -> Goal:
    """Hand a draft to whoever confirms it; from now on they see it. Raises NOT_FOUND, FORBIDDEN, GOAL_STATE,
    CONFLICT."""
    goal = goal_to_change(session, viewer, goal_id, expected_version, statuses=_EDITABLE)
    authority.require_may_shape(session, viewer, authority.subject_of(goal))
    goal.status = GoalStatus.PROPOSED
    goal.proposed_at = now()
    session.flush()
    tell(session, viewer, "goal.proposed", GOAL, goal.id)
    return goal


def return_goal(
    session: Session, viewer: Viewer, goal_id: uuid.UUID, comment: str, expected_version: int | None
) -> tuple[Goal, GoalComment]:
    """Give a proposed goal back as a draft, with a comment that says why. For whoever may confirm it.

    Raises TEXT_REQUIRED besides what `propose_goal` does.
    """
    text = required_text(comment, TEXT_LENGTH, ("input", "comment"))
    goal = goal_to_change(session, viewer, goal_id, expected_version, statuses=(GoalStatus.PROPOSED,))
    authority.require_may_decide(session, viewer, authority.subject_of(goal))
    before = audience(session, goal)
    goal.status = GoalStatus.DRAFT
    goal.proposed_at = None
    written = GoalComment(
        organization_id=goal.organization_id,
        goal_id=goal.id,
        author_id=viewer.person_id,
        kind=CommentKind.RETURN,
        text=text,
    )
    session.add(written)
    session.flush()
    tell(session, viewer, "goal.returned", GOAL, goal.id, lost_to=lost(before, audience(session, goal)))
    return goal, written


def confirm_goal(session: Session, viewer: Viewer, goal_id: uuid.UUID, expected_version: int | None) -> Goal:
    """Make a proposed goal count, with its first revision.

    The weights of the owner's proposed and confirmed goals of this kind and cycle, and those of the goal's measures,
    must total 100 or all be missing. Raises NOT_FOUND, FORBIDDEN, GOAL_STATE, CONFLICT, WEIGHTS_NOT_WHOLE,
    WEIGHTS_MIXED.
    """
    known = goals.goals_by_ids(session, viewer, [goal_id]).get(goal_id)
    owner_id = known.owner_id if known else None
    hold_weights(session, viewer, [owner_id])
    goal = goal_to_change(session, viewer, goal_id, expected_version, statuses=(GoalStatus.PROPOSED,))
    if goal.owner_id != owner_id:
        raise DomainError(ErrorCode.CONFLICT, GOAL_PATH)
    authority.require_may_decide(session, viewer, authority.subject_of(goal))
    others = [other for other in goals.siblings(session, goal, _WEIGHED) if other.id != goal.id]
    require_whole([goal.weight, *(other.weight for other in others)], GOAL_PATH)
    measures = goals.measures(session, [goal.id]).get(goal.id, [])
    require_whole([measure.weight for measure in measures], GOAL_PATH)
    settle(session, viewer, goal)
    tell(session, viewer, "goal.confirmed", GOAL, goal.id)
    return goal


def settle(session: Session, viewer: Viewer, goal: Goal) -> None:
    """Mark a goal confirmed by the viewer and write its first revision. The caller has checked everything."""
    moment = now()
    goal.status = GoalStatus.CONFIRMED
    goal.proposed_at = goal.proposed_at or moment
    goal.confirmed_at = moment
    goal.confirmed_by = viewer.person_id
    session.flush()
    revise(session, viewer, goal, None)
    session.flush()


def finish_goal(session: Session, viewer: Viewer, goal_id: uuid.UUID, expected_version: int | None) -> Goal:
    """Say that a confirmed goal is done. Its progress stays what its measures say.

    Raises NOT_FOUND, FORBIDDEN, GOAL_STATE, CONFLICT.
    """
    goal = goal_to_change(session, viewer, goal_id, expected_version, statuses=LIVE)
    authority.require_may_shape(session, viewer, authority.subject_of(goal))
    goal.status = GoalStatus.DONE
    goal.ended_at = now()
    session.flush()
    tell(session, viewer, "goal.done", GOAL, goal.id)
    return goal


def withdraw_goal(session: Session, viewer: Viewer, goal_id: uuid.UUID, expected_version: int | None) -> Goal:
    """Drop a goal that was never confirmed. A confirmed one is dropped by a change request.

    Raises NOT_FOUND, FORBIDDEN, GOAL_STATE, CONFLICT.
    """
    goal = goal_to_change(session, viewer, goal_id, expected_version, statuses=(GoalStatus.DRAFT, GoalStatus.PROPOSED))
    authority.require_may_shape(session, viewer, authority.subject_of(goal))
    goal.status = GoalStatus.DROPPED
    goal.ended_at = now()
    session.flush()
    tell(session, viewer, "goal.dropped", GOAL, goal.id)
    return goal


def add_measures(session: Session, goal: Goal, drafts: Sequence[MeasureDraft], first_position: int) -> list[Measure]:
    """Append measures to a goal. The caller has checked the drafts and flushes."""
    made = [
        Measure(
            organization_id=goal.organization_id,
            goal_id=goal.id,
            position=first_position + index,
            name=draft.name.strip(),
            kind=draft.kind,
            unit=draft.unit,
            direction=draft.direction,
            start=draft.start,
            target=draft.target,
            low=draft.low,
            high=draft.high,
            commit_text=draft.commit_text,
            target_text=draft.target_text,
            stretch_text=draft.stretch_text,
            weight=draft.weight,
            data_source=draft.data_source,
        )
        for index, draft in enumerate(drafts)
    ]
    session.add_all(made)
    return made


def require_whole(weights: Sequence[Any], at: tuple[str, ...]) -> None:
    """Raises WEIGHTS_NOT_WHOLE or WEIGHTS_MIXED unless the weights total 100 or are all missing."""
    try:
        check_total(weights)
    except WeightError as error:
        raise DomainError(ErrorCode(error.code), at, total=error.total) from error


def _placed(session: Session, viewer: Viewer, draft: GoalDraft, at: tuple[str, ...]) -> GoalDraft:
    """The draft with its owner and department known to exist; a person's goal gets the owner's department of today."""
    if draft.owner_id is not None:
        authority.require_colleague(session, viewer, draft.owner_id, (*at, "ownerId"))
    if draft.level is GoalLevel.PERSON and draft.owner_id is not None:
        entry = people.entries(session, viewer, [draft.owner_id])[draft.owner_id]
        return replace(draft, department_id=entry.department_id)
    if draft.level is GoalLevel.ORGANIZATION:
        return replace(draft, department_id=None)
    department = session.scalar(
        sa.select(Department.id).where(
            Department.organization_id == viewer.organization_id, Department.id == draft.department_id
        )
    )
    if department is None:
        raise DomainError(ErrorCode.NOT_FOUND, (*at, "departmentId"))
    return draft


def _require_parent(session: Session, viewer: Viewer, parent_id: uuid.UUID, at: tuple[str, ...]) -> list[uuid.UUID]:
    """Ids of the goals above the new parent. Raises NOT_FOUND when the viewer may not see it, GOAL_TOO_DEEP."""
    if parent_id not in goals.goals_by_ids(session, viewer, [parent_id]):
        raise DomainError(ErrorCode.NOT_FOUND, at)
    above = goals.ancestors(session, parent_id)
    if len(above) >= goals.MAXIMUM_DEPTH - 1:
        raise DomainError(ErrorCode.GOAL_TOO_DEEP, at)
    return above


def _require_no_loop(session: Session, viewer: Viewer, goal_id: uuid.UUID, parent_id: uuid.UUID) -> None:
    """Wait for other moves in the trees, then raise GOAL_LOOP when the new parent lies below the goal or is it."""
    at = ("input", "parentId")
    goals.lock_tree(session, viewer)
    above = _require_parent(session, viewer, parent_id, at)
    if goal_id == parent_id or goal_id in above:
        raise DomainError(ErrorCode.GOAL_LOOP, at)
    if len(above) + 1 + goals.height(session, goal_id) >= goals.MAXIMUM_DEPTH:
        raise DomainError(ErrorCode.GOAL_TOO_DEEP, at)


def _require_free_code(session: Session, draft: GoalDraft, own_id: uuid.UUID | None, at: tuple[str, ...]) -> None:
    code = optional_text(draft.code, TEXT_LENGTH, at)
    if code is None:
        return
    taken = session.scalar(sa.select(Goal.id).where(Goal.cycle_id == draft.cycle_id, Goal.code == code))
    if taken not in (None, own_id):
        raise DomainError(ErrorCode.CODE_TAKEN, at)


def _flush_code(session: Session, goal: Goal, at: tuple[str, ...]) -> None:
    """Write the goal. Raises CODE_TAKEN when somebody took its code in the meantime."""
    try:
        session.flush()
    except IntegrityError as error:
        if goal.code is None:
            raise
        raise DomainError(ErrorCode.CODE_TAKEN, at) from error
