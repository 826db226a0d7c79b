"""Taking unfinished goals over into the next cycle."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from db.base import now
from db.models.goals import LIVE, Direction, Goal, GoalStatus, Measure, MeasureKind
from db.queries import goals
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import authority
from resolvers.goals.drafting import add_measures
from resolvers.goals.inputs import MeasureDraft, scale_of
from resolvers.goals.loading import cycle_to_use, lock_all
from resolvers.goals.snapshots import measure_content, measure_from
from resolvers.telling import GOAL, tell

GOALS_AT_ONCE = 200


def carry_over(session: Session, viewer: Viewer, goal_ids: Sequence[uuid.UUID], to_cycle_id: uuid.UUID) -> list[Goal]:
    """Copy live goals into another cycle as drafts and end the old ones as carried over.

    A numeric measure starts where the old one stands; what was agreed stays readable in the old goal's revisions. A
    parent that is carried over too (now or earlier) becomes the parent of the copy; any other parent stays behind.
    Raises `DomainError`: NOT_FOUND, FORBIDDEN, GOAL_STATE for a goal that is not live or is of that cycle already,
    CYCLE_CLOSED for the new cycle, TOO_MANY.
    """
    if len(goal_ids) > GOALS_AT_ONCE:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "ids"))
    cycle_to_use(session, viewer, to_cycle_id, ("input", "toCycleId"))
    wanted = goals.visible_to(session, viewer).where(Goal.id.in_(goal_ids)).order_by(Goal.id)
    found = {goal.id: goal for goal in lock_all(session, wanted)}
    measures = goals.measures(session, found)
    copies: dict[uuid.UUID, Goal] = {}
    for index, goal_id in enumerate(dict.fromkeys(goal_ids)):
        at = ("input", "ids", str(index))
        goal = found.get(goal_id)
        if goal is None:
            raise DomainError(ErrorCode.NOT_FOUND, at)
        authority.require_may_shape(session, viewer, authority.subject_of(goal), at)
        if goal.status not in LIVE or goal.cycle_id == to_cycle_id:
            raise DomainError(ErrorCode.GOAL_STATE, at)
        copy = _copy(viewer, goal, to_cycle_id)
        session.add(copy)
        session.flush()
        add_measures(session, copy, [_rest_of(measure) for measure in measures.get(goal.id, [])], 0)
        copies[goal.id] = copy
        goal.status = GoalStatus.CARRIED_OVER
        goal.ended_at = now()
        tell(session, viewer, "goal.carried_over", GOAL, goal.id)
        tell(session, viewer, "goal.created", GOAL, copy.id)
    earlier = goals.copies_in(session, viewer, to_cycle_id, {goal.parent_id for goal in found.values()})
    for goal_id, copy in copies.items():
        parent_id = found[goal_id].parent_id
        if parent_id is not None:
            copy.parent_id = copies[parent_id].id if parent_id in copies else earlier.get(parent_id)
    session.flush()
    return list(copies.values())


def _copy(viewer: Viewer, goal: Goal, cycle_id: uuid.UUID) -> Goal:
    return Goal(
        organization_id=goal.organization_id,
        cycle_id=cycle_id,
        kind=goal.kind,
        level=goal.level,
        owner_id=goal.owner_id,
        department_id=goal.department_id,
        title=goal.title,
        description=goal.description,
        weight=goal.weight,
        hours=goal.hours,
        visibility=goal.visibility,
        status=GoalStatus.DRAFT,
        created_by=viewer.person_id,
        carried_from_id=goal.id,
    )


def _rest_of(measure: Measure) -> MeasureDraft:
    """What is left to do: the same target, from where the measure stands, unless it has passed the target."""
    draft = measure_from(measure_content(measure))
    if measure.current is None or measure.kind is MeasureKind.STAGED or measure.direction is Direction.KEEP_WITHIN:
        return draft
    try:
        return _checked(replace(draft, start=measure.current))
    except DomainError:
        return draft


def _checked(draft: MeasureDraft) -> MeasureDraft:
    scale_of(draft)
    return draft
