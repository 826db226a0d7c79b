"""The steps of a goal: what is to be done by when, and that it is done.

Steps say how a goal is to be reached. They cannot touch its target, measures, weight or owner, which is why they are no
part of a revision and change without approval while the goal is worked on; what is done stays. A goal that is carried
over begins without steps, for their days belong to the cycle that is over.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from db.models.goal_updates import CheckIn, GoalStep
from db.models.goals import LIVE, Cycle, Goal, GoalStatus
from db.queries import goal_updates
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import authority
from resolvers.goals.inputs import TEXT_LENGTH, TITLE_LENGTH, Path, optional_text, required_text
from resolvers.goals.loading import goal_to_change
from resolvers.telling import GOAL, tell

STEPS_OF_A_GOAL = 50


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A step as a client writes it."""

    text: str
    due_on: datetime.date
    step_id: uuid.UUID | None = None
    """The step that there is already; None for a new one."""


@dataclass(frozen=True, slots=True)
class StepDone:
    """That a step is done, and what there is to say about it."""

    step_id: uuid.UUID
    note: str | None = None


def set_steps(
    session: Session, viewer: Viewer, goal_id: uuid.UUID, drafts: Sequence[StepDraft], expected_version: int | None
) -> Goal:
    """Put these steps, in this order, in place of the goal's steps.

    For whoever may shape the goal, as a draft and while it is worked on. Raises `DomainError`: NOT_FOUND also for a
    step of another goal or one that is named twice, FORBIDDEN, GOAL_STATE, CONFLICT, TOO_MANY, TEXT_REQUIRED,
    TEXT_TOO_LONG, STEP_OUTSIDE_CYCLE, and STEP_DONE when a step that is done would change or go.
    """
    at = ("input", "steps")
    if len(drafts) > STEPS_OF_A_GOAL:
        raise DomainError(ErrorCode.TOO_MANY, at)
    statuses = (GoalStatus.DRAFT, *LIVE)
    goal = goal_to_change(session, viewer, goal_id, expected_version, statuses=statuses, at=("input", "goalId"))
    authority.require_may_shape(session, viewer, authority.subject_of(goal))
    cycle = session.get_one(Cycle, goal.cycle_id)
    known = {step.id: step for step in goal_updates.steps_of(session, [goal.id]).get(goal.id, [])}
    for position, draft in enumerate(drafts):
        here = (*at, str(position))
        step = _named(known, draft, here) or GoalStep(organization_id=goal.organization_id, goal_id=goal.id)
        _write(step, draft, cycle, here)
        step.position = position
        session.add(step)
    for step in known.values():
        if step.done_at is not None:
            raise DomainError(ErrorCode.STEP_DONE, at)
        session.delete(step)
    flag_modified(goal, "status")  # a new version, so that of two who write steps at once one is told
    session.flush()
    tell(session, viewer, "goal.steps_set", GOAL, goal.id)
    return goal


def complete(session: Session, check_in: CheckIn, done: Sequence[StepDone]) -> None:
    """Write down that a check-in says of steps that they are done. Raises NOT_FOUND, also for a step of another goal or
    one that is named twice, STEP_DONE, TEXT_TOO_LONG."""
    if not done:
        return
    known = {step.id: step for step in goal_updates.steps_of(session, [check_in.goal_id]).get(check_in.goal_id, [])}
    for index, each in enumerate(done):
        at = ("input", "stepsDone", str(index))
        step = known.pop(each.step_id, None)
        if step is None:
            raise DomainError(ErrorCode.NOT_FOUND, (*at, "stepId"))
        if step.done_at is not None:
            raise DomainError(ErrorCode.STEP_DONE, (*at, "stepId"))
        step.note = optional_text(each.note, TEXT_LENGTH, (*at, "note"))
        step.done_at, step.check_in_id = check_in.created_at, check_in.id


def _named(known: dict[uuid.UUID, GoalStep], draft: StepDraft, at: Path) -> GoalStep | None:
    """The step that the draft names, taken out of those that are known."""
    if draft.step_id is None:
        return None
    step = known.pop(draft.step_id, None)
    if step is None:
        raise DomainError(ErrorCode.NOT_FOUND, (*at, "id"))
    return step


def _write(step: GoalStep, draft: StepDraft, cycle: Cycle, at: Path) -> None:
    text = required_text(draft.text, TITLE_LENGTH, (*at, "text"))
    if step.done_at is not None:
        if (step.text, step.due_on) != (text, draft.due_on):
            raise DomainError(ErrorCode.STEP_DONE, at)
        return
    if not cycle.starts_on <= draft.due_on <= cycle.ends_on:
        bounds = {"starts_on": cycle.starts_on.isoformat(), "ends_on": cycle.ends_on.isoformat()}
        raise DomainError(ErrorCode.STEP_OUTSIDE_CYCLE, (*at, "dueOn"), **bounds)
    step.text, step.due_on = text, draft.due_on
