"""What is done with goals one by one: drafted, proposed, returned, confirmed, checked in, commented, ended."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import strawberry

from db.models import goal_updates as update_rows
from db.models import goals as rows
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import carrying, checkins, drafting
from resolvers.goals.steps import StepDone
from schema.batching import field
from schema.context import Context
from schema.errors import UserError
from schema.goal_inputs import (
    CreateGoalInput,
    CreateGoalsInput,
    EditGoalInput,
    edited_measures,
    edited_values,
    goal_draft,
)
from schema.goal_types import Goal, GoalCheckIn, GoalComment
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.relay import decode_id

GOALS_AT_ONCE = 100


@strawberry.input(description="Which goal, as it was when the client read it.")
class GoalStepInput:
    id: strawberry.ID = strawberry.field(description="The goal.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Which draft to propose.")
class ProposeGoalInput(GoalStepInput):
    pass


@strawberry.input(description="Which proposed goal to confirm.")
class ConfirmGoalInput(GoalStepInput):
    pass


@strawberry.input(description="Which confirmed goal is finished.")
class FinishGoalInput(GoalStepInput):
    pass


@strawberry.input(description="Which unconfirmed goal to give up.")
class WithdrawGoalInput(GoalStepInput):
    pass


@strawberry.input(description="Which proposed goal to give back, and why.")
class ReturnGoalInput(GoalStepInput):
    comment: str = strawberry.field(description="What is to be changed before it can be confirmed.")


@strawberry.input(description="A new value of a measure: a number, a stage, or that it does not apply.")
class MeasureValueInput:
    measure_id: strawberry.ID = strawberry.field(description="The measure.")
    value: Decimal | None = strawberry.field(default=None, description="The number, of a numeric measure.")
    stage: rows.Stage | None = strawberry.field(default=None, description="The stage, of a measure in words.")
    applicable: bool = strawberry.field(default=True, description="False: it does not apply; then no value.")
    confidence: int | None = strawberry.field(default=None, description="0 to 10.")
    source: rows.DataSource = strawberry.field(
        default=rows.DataSource.MANUAL, description="Where the value comes from."
    )
    citation: str | None = strawberry.field(
        default=None, description="What the source calls what it was read from; needed unless entered by hand."
    )


@strawberry.input(description="A step of the goal that is done.")
class StepDoneInput:
    step_id: strawberry.ID = strawberry.field(description="The step.")
    note: str | None = strawberry.field(default=None, description="What there is to say; at most 5,000 characters.")


@strawberry.input(description="How a goal goes on; every part may be left out, but not all.")
class CheckInGoalInput:
    goal_id: strawberry.ID = strawberry.field(description="The goal.")
    values: list[MeasureValueInput] = strawberry.field(default_factory=list, description="New values of measures.")
    confidence: int | None = strawberry.field(default=None, description="0 (no belief in it) to 10 (sure).")
    risk: str | None = strawberry.field(default=None, description="What is in the way.")
    next_step: str | None = strawberry.field(default=None, description="What comes next.")
    support: str | None = strawberry.field(default=None, description="What help is wanted.")
    note: str | None = strawberry.field(default=None, description="Anything else.")
    steps_done: list[StepDoneInput] = strawberry.field(
        default_factory=list, description="Steps of the goal that are done; this is not taken back."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A remark on a goal.")
class CommentOnGoalInput:
    goal_id: strawberry.ID = strawberry.field(description="The goal.")
    text: str = strawberry.field(description="The words; at most 5,000 characters.")
    mention_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Colleagues named in it, at most 50. A mention opens nothing to them."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Which goals to continue in another cycle.")
class CarryOverGoalsInput:
    ids: list[strawberry.ID] = strawberry.field(description="Confirmed goals that are not finished, at most 200.")
    to_cycle_id: strawberry.ID = strawberry.field(description="The cycle in which they go on as drafts.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The goal after what was done with it.")
class GoalPayload:
    goal: Goal | None = field(description="The goal; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The new draft.")
class CreateGoalPayload(GoalPayload):
    pass


@strawberry.type(description="The draft.")
class EditGoalPayload(GoalPayload):
    pass


@strawberry.type(description="The proposed goal.")
class ProposeGoalPayload(GoalPayload):
    pass


@strawberry.type(description="The confirmed goal.")
class ConfirmGoalPayload(GoalPayload):
    pass


@strawberry.type(description="The finished goal.")
class FinishGoalPayload(GoalPayload):
    pass


@strawberry.type(description="The goal that was given up.")
class WithdrawGoalPayload(GoalPayload):
    pass


@strawberry.type(description="The goal, a draft again, and the comment.")
class ReturnGoalPayload(GoalPayload):
    comment: GoalComment | None = field(description="The comment that says why.")


@strawberry.type(description="The new drafts.")
class CreateGoalsPayload:
    goals: list[Goal] | None = field(description="The drafts in the order of the input; null when none was made.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The check-in.")
class CheckInGoalPayload:
    check_in: GoalCheckIn | None = field(description="The check-in; null when it was refused.")
    goal: Goal | None = field(description="The goal after it.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The comment.")
class CommentOnGoalPayload:
    comment: GoalComment | None = field(description="The comment; null when it was refused.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The drafts of the other cycle.")
class CarryOverGoalsPayload:
    goals: list[Goal] | None = field(description="The drafts in the order of the input; null when none was made.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _create(context: Context, input: CreateGoalInput) -> Mapping[str, Any]:
    draft = goal_draft(input, context.viewer.person_id, ("input",))
    return {"goal": drafting.create_goal(context.session, context.viewer, draft)}


def _create_several(context: Context, input: CreateGoalsInput) -> Mapping[str, Any]:
    if len(input.goals) > GOALS_AT_ONCE:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "goals"))
    made = []
    for index, given in enumerate(input.goals):
        at = ("input", "goals", str(index))
        draft = goal_draft(given, context.viewer.person_id, at)
        made.append(drafting.create_goal(context.session, context.viewer, draft, at))
    return {"goals": made}


def _edit(context: Context, input: EditGoalInput) -> Mapping[str, Any]:
    goal_id = decode_id(input.id, "Goal", at=("input", "id"))
    edit = drafting.GoalEdit(edited_values(input), edited_measures(input))
    return {"goal": drafting.edit_goal(context.session, context.viewer, goal_id, edit, input.expected_version)}


def _step(use_case: Callable[..., rows.Goal]) -> Callable[[Context, Any], Mapping[str, Any]]:
    """The mutation function of a use case that takes a goal and its version."""

    def run(context: Context, input: Any) -> Mapping[str, Any]:
        goal_id = decode_id(input.id, "Goal", at=("input", "id"))
        return {"goal": use_case(context.session, context.viewer, goal_id, input.expected_version)}

    return run


def _propose(context: Context, input: ProposeGoalInput) -> Mapping[str, Any]:
    return _step(drafting.propose_goal)(context, input)


def _confirm(context: Context, input: ConfirmGoalInput) -> Mapping[str, Any]:
    return _step(drafting.confirm_goal)(context, input)


def _finish(context: Context, input: FinishGoalInput) -> Mapping[str, Any]:
    return _step(drafting.finish_goal)(context, input)


def _withdraw(context: Context, input: WithdrawGoalInput) -> Mapping[str, Any]:
    return _step(drafting.withdraw_goal)(context, input)


def _return(context: Context, input: ReturnGoalInput) -> Mapping[str, Any]:
    goal_id = decode_id(input.id, "Goal", at=("input", "id"))
    goal, comment = drafting.return_goal(
        context.session, context.viewer, goal_id, input.comment, input.expected_version
    )
    return {"goal": goal, "comment": comment}


def _check_in(context: Context, input: CheckInGoalInput) -> Mapping[str, Any]:
    goal_id = decode_id(input.goal_id, "Goal", at=("input", "goalId"))
    draft = checkins.CheckInDraft(
        values=[_value(given, index) for index, given in enumerate(input.values)],
        confidence=input.confidence,
        risk=input.risk,
        next_step=input.next_step,
        support=input.support,
        note=input.note,
        steps=[
            StepDone(decode_id(given.step_id, "GoalStep", at=("input", "stepsDone", str(index), "stepId")), given.note)
            for index, given in enumerate(input.steps_done)
        ],
    )
    written = checkins.check_in(context.session, context.viewer, goal_id, draft, input.expected_version)
    return {"check_in": written, "goal": context.session.get_one(rows.Goal, goal_id)}


def _value(given: MeasureValueInput, index: int) -> checkins.ValueDraft:
    return checkins.ValueDraft(
        measure_id=decode_id(given.measure_id, "Measure", at=("input", "values", str(index), "measureId")),
        value=given.value,
        stage=given.stage,
        applicable=given.applicable,
        confidence=given.confidence,
        source=given.source,
        citation=given.citation,
    )


def _comment(context: Context, input: CommentOnGoalInput) -> Mapping[str, Any]:
    goal_id = decode_id(input.goal_id, "Goal", at=("input", "goalId"))
    mentions = [
        decode_id(given, "Person", at=("input", "mentionIds", str(index)))
        for index, given in enumerate(input.mention_ids)
    ]
    written: update_rows.GoalComment = checkins.comment_on_goal(
        context.session, context.viewer, goal_id, input.text, mentions
    )
    return {"comment": written}


def _carry_over(context: Context, input: CarryOverGoalsInput) -> Mapping[str, Any]:
    ids = [decode_id(given, "Goal", at=("input", "ids", str(index))) for index, given in enumerate(input.ids)]
    cycle_id = decode_id(input.to_cycle_id, "Cycle", at=("input", "toCycleId"))
    return {"goals": carrying.carry_over(context.session, context.viewer, ids, cycle_id)}


@strawberry.type
class GoalMutations:
    create_goal: CreateGoalPayload = mutation(
        _create,
        description="Draft a goal: one's own, of a report below, of a department one leads, of the organisation (for "
        "the committee); HR for everybody.",
    )
    create_goals: CreateGoalsPayload = mutation(_create_several, description="Draft several goals, all or none.")
    edit_goal: EditGoalPayload = mutation(
        _edit, description="Change a draft, or move a goal below another parent. For whoever may draft it."
    )
    propose_goal: ProposeGoalPayload = mutation(
        _propose, description="Hand a draft to whoever confirms it. For whoever may draft it."
    )
    return_goal: ReturnGoalPayload = mutation(
        _return, description="Give a proposed goal back with a comment. For whoever may confirm it."
    )
    confirm_goal: ConfirmGoalPayload = mutation(
        _confirm,
        description="Make a goal count. For a manager above the owner, where there is none the committee; for the "
        "organisation's goals the committee. Weights must total 100.",
    )
    finish_goal: FinishGoalPayload = mutation(
        _finish, description="Say that a confirmed goal is done. For whoever may draft it."
    )
    withdraw_goal: WithdrawGoalPayload = mutation(
        _withdraw, description="Give up a goal that is not confirmed. For whoever may draft it."
    )
    check_in_goal: CheckInGoalPayload = mutation(
        _check_in,
        description="Say how a confirmed goal goes on. For whoever may draft it; values that cite another system also "
        "for PMO and ADMINISTRATOR.",
    )
    comment_on_goal: CommentOnGoalPayload = mutation(_comment, description="Write a remark. For whoever sees the goal.")
    carry_over_goals: CarryOverGoalsPayload = mutation(
        _carry_over, description="Continue unfinished goals in another cycle as drafts. For whoever may draft them."
    )


PERMISSIONS: PermissionMap = grant(
    "Mutation",
    SIGNED_IN,
    "createGoal createGoals editGoal proposeGoal returnGoal confirmGoal finishGoal withdrawGoal checkInGoal "
    "commentOnGoal carryOverGoals",
)
