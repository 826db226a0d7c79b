"""The dated steps of a goal in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from db.models.goal_updates import GoalStep as StepRow
from db.queries import goal_updates, people
from resolvers.goals import steps
from schema.batching import batch, field
from schema.context import Context
from schema.errors import UserError
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import loaded
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant
from schema.relay import Node, decode_id, node_type

if TYPE_CHECKING:
    from schema.goal_types import Goal


def _load_steps(context: Context, ids: Sequence[uuid.UUID]) -> list[StepRow | None]:
    statement = goal_updates.steps(context.session, context.viewer).where(StepRow.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _overdue(context: Context, parents: Sequence[StepRow]) -> list[bool]:
    today = people.today(context.session, context.viewer.organization_id)
    return [step.done_at is None and step.due_on < today for step in parents]


@node_type(StepRow, load=_load_steps, description="A small step towards a goal, with its day.")
class GoalStep(Node):
    text: str = field(description="What is to be done.")
    due_on: datetime.date = field(description="By when, a day of the goal's cycle.")
    overdue: bool = batch(_overdue, description="Not done, and its day has passed where the organisation is.")
    done_at: datetime.datetime | None = field(description="When a check-in said that it is done.")
    note: str | None = field(description="What was said about it then.")


def steps_of_goals(context: Context, parents: Sequence[Any]) -> list[list[StepRow]]:
    """The batch function of a goal's steps."""
    found = goal_updates.steps_of(context.session, [goal.id for goal in parents])
    return [found.get(goal.id, []) for goal in parents]


def steps_of_check_ins(context: Context, parents: Sequence[Any]) -> list[list[StepRow]]:
    """The batch function of the steps that a check-in says are done."""
    found = goal_updates.steps_done_by(context.session, [row.id for row in parents])
    return [found.get(row.id, []) for row in parents]


@strawberry.input(description="A step as it is to be.")
class GoalStepDraftInput:
    text: str = strawberry.field(description="What is to be done; at most 300 characters.")
    due_on: datetime.date = strawberry.field(description="By when, a day of the goal's cycle.")
    id: strawberry.ID | None = strawberry.field(
        default=None, description="The step that there is already; without it a new one."
    )


@strawberry.input(description="The steps of a goal, in their order.")
class SetGoalStepsInput:
    goal_id: strawberry.ID = strawberry.field(description="The goal.")
    steps: list[GoalStepDraftInput] = strawberry.field(
        description="All of its steps, at most 50. Those that are left out go; those that are done stay unchanged."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The goal with its steps.")
class SetGoalStepsPayload:
    goal: Annotated[Goal, strawberry.lazy("schema.goal_types")] | None = field(
        description="The goal; null when nothing was done."
    )
    errors: list[UserError] = field(description="Why not; empty on success.")


def _set_steps(context: Context, input: SetGoalStepsInput) -> Mapping[str, Any]:
    goal_id = decode_id(input.goal_id, "Goal", at=("input", "goalId"))
    drafts = [
        steps.StepDraft(
            given.text,
            given.due_on,
            None if given.id is None else decode_id(given.id, "GoalStep", at=("input", "steps", str(index), "id")),
        )
        for index, given in enumerate(input.steps)
    ]
    return {"goal": steps.set_steps(context.session, context.viewer, goal_id, drafts, input.expected_version)}


@strawberry.type
class GoalStepMutations:
    set_goal_steps: SetGoalStepsPayload = mutation(
        _set_steps,
        description="Say by which dated steps a draft or confirmed goal is to be reached; needs no approval, for its "
        "target stays. For whoever may draft it.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Mutation", SIGNED_IN, "setGoalSteps"),
    **grant("GoalStep", VISIBLE, "id text dueOn overdue doneAt note"),
}
