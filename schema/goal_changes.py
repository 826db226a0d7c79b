"""Change requests in the schema: one approval for one or several edits of confirmed goals."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import strawberry

from db.models import goal_changes as rows
from db.queries import goal_changes, goals
from db.queries.paging import Order, Page, fetch_page
from resolvers.goals import changes
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.goal_inputs import MeasureInput, measure_draft
from schema.goal_types import Goal, Measure, MeasureDescription, department_of, described_measures, goal_of, measure_of
from schema.goals import Cycle, cycle_of
from schema.inputs import optional_id
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Department, Person, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import After, Connection, First, Node, decode_id, node_type, read_page
from schema.scalars import described_enum

described_enum(
    rows.ChangeStatus,
    name="GoalChangeStatus",
    description="How far a change request is.",
    values={
        "PROPOSED": "Waits for a decision.",
        "APPROVED": "Took effect.",
        "REJECTED": "Turned down; nothing changed.",
        "WITHDRAWN": "Taken back by whoever asked.",
    },
)
described_enum(
    rows.WeightRule,
    description="What happens when the weights after a change do not total 100.",
    values={
        "REFUSE": "The change is refused.",
        "RENORMALISE": "Weights that the request does not name share the rest in their old proportions.",
    },
)
described_enum(
    rows.ChangeMode,
    description="What an amount is measured in.",
    values={
        "RELATIVE": "Percent of what there is: -30 turns 40 into 28.",
        "POINTS": "Percentage points, of hours: hours. -30 turns 40 into 10.",
    },
)
described_enum(
    rows.ChangeKind,
    name="GoalChangeKind",
    description="One kind of edit, and what it needs besides goalId.",
    values={
        "ADD_GOAL": "Confirm this draft. Nothing else.",
        "DROP_GOAL": "Give the goal up. Nothing else.",
        "GOAL_TEXT": "New words: title or description or both.",
        "GOAL_WEIGHT": "Change the goal's weight: amount and mode.",
        "GOAL_OWNER": "Hand the goal over: ownerId.",
        "MOVE_HOURS": "Move planned hours to another goal of the same owner: toGoalId, amount above 0 and mode.",
        "ADD_MEASURE": "Add a measure: measure.",
        "DROP_MEASURE": "Take a measure away: measureId.",
        "MEASURE_WEIGHT": "Change a measure's weight: measureId, amount and mode.",
        "MEASURE_TARGET": "Replace what a measure is to reach: measureId and measure (its weight stays).",
    },
)

LATEST_FIRST = Order((rows.ChangeRequest.id,), descending=True)
SEERS = Permission("the goals' owner, who asked, the managers above, HR, and the committee for goals above persons")


def load_changes(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.ChangeRequest | None]:
    """The change requests that the viewer may see."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(goal_changes.by_ids(context.session, context.viewer, wanted), ids)


def _items(context: Context, parents: Sequence[rows.ChangeRequest]) -> list[list[rows.ChangeItem]]:
    found = goal_changes.items(context.session, [row.id for row in parents])
    return [found.get(row.id, []) for row in parents]


def _words(name: str) -> Any:
    def read(_context: Context, parents: Sequence[rows.ChangeItem]) -> list[str | None]:
        return [(row.content or {}).get(name) if row.kind is rows.ChangeKind.GOAL_TEXT else None for row in parents]

    return read


def _described(_context: Context, parents: Sequence[rows.ChangeItem]) -> list[Any]:
    holding = (rows.ChangeKind.ADD_MEASURE, rows.ChangeKind.MEASURE_TARGET)
    return [described_measures([row.content])[0] if row.content and row.kind in holding else None for row in parents]


def _within(context: Context, parents: Sequence[rows.ChangeRequest]) -> list[bool | None]:
    limit = goals.policy(context.session, context.viewer).change_within_hours
    taken = [changes.hours_to_effect(row) for row in parents]
    return [None if hours is None else hours <= limit for hours in taken]


@strawberry.type(description="One edit of a change request.")
class GoalChangeItem:
    kind: rows.ChangeKind = field(description="What is edited.")
    goal: Goal | None = batch(goal_of("goal_id"), description="The goal.")
    measure: Measure | None = batch(measure_of("measure_id"), description="The measure that is changed.")
    to_goal: Goal | None = batch(goal_of("to_goal_id"), description="Where hours are moved.")
    owner: Person | None = batch(person_of("owner_id"), description="The new owner.")
    amount: Decimal | None = field(description="By how much; below 0 lowers.")
    mode: rows.ChangeMode | None = field(description="What the amount is measured in.")
    title: str | None = batch(_words("title"), description="The new title.")
    description: str | None = batch(_words("description"), description="The new description.")
    content: MeasureDescription | None = batch(_described, description="The new or changed measure.")


@node_type(
    rows.ChangeRequest,
    load=load_changes,
    description="One or several edits of one owner's confirmed goals, decided as one.",
)
class GoalChange(Node):
    cycle: Cycle | None = batch(cycle_of("cycle_id"), description="The goals' cycle.")
    owner: Person | None = batch(person_of("owner_id"), description="The goals' owner.")
    department: Department | None = batch(department_of, description="The goals' department.")
    reason: rows.ReasonCategory = field(description="The category of the reason.")
    reason_text: str = field(description="The reason.")
    weight_rule: rows.WeightRule = field(description="What happens when weights do not total 100.")
    items: list[GoalChangeItem] = batch(_items, description="The edits.")
    status: rows.ChangeStatus = field(description="How far it is.")
    occurred_at: datetime.datetime = field(description="When that happened which makes the change necessary.")
    requested_by: Person | None = batch(person_of("requested_by"), description="Who asked.")
    created_at: datetime.datetime = field(description="When it was asked for.")
    decided_by: Person | None = batch(person_of("decided_by"), description="Who decided.")
    decided_at: datetime.datetime | None = field(description="When; an approval took effect then.")
    decision_comment: str | None = field(description="What was said with the decision.")
    hours_to_effect: Decimal | None = batch(
        lambda _context, parents: [changes.hours_to_effect(row) for row in parents],
        description="From the event to the effect of an approved change, in hours.",
    )
    within_limit: bool | None = batch(_within, description="Whether that kept the organisation's limit (48 h).")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which change requests to list; every part that is given must hold.")
class GoalChangeFilter:
    cycle_id: strawberry.ID | None = strawberry.field(default=None, description="About goals of this cycle.")
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="About goals of this person.")
    goal_id: strawberry.ID | None = strawberry.field(default=None, description="With an edit of this goal.")
    status: rows.ChangeStatus | None = strawberry.field(default=None, description="In this state.")


def _changes(
    context: Context, first: First = None, after: After = None, filter: GoalChangeFilter | None = None
) -> Page[rows.ChangeRequest]:
    wanted = filter or GoalChangeFilter()
    statement = goal_changes.filtered(
        goal_changes.visible_to(context.session, context.viewer),
        cycle_id=optional_id(wanted.cycle_id, "Cycle", ("filter", "cycleId")),
        owner_id=optional_id(wanted.owner_id, "Person", ("filter", "ownerId")),
        goal_id=optional_id(wanted.goal_id, "Goal", ("filter", "goalId")),
        status=wanted.status,
    )
    return read_page(lambda page: fetch_page(context.session, statement, LATEST_FIRST, page), first, after)


@strawberry.type
class GoalChangeQueries:
    goal_changes: Connection[GoalChange] = root(_changes, description="Change requests, the latest first.")


@strawberry.input(description="One edit; the description of its kind says which values it needs.")
class GoalChangeItemInput:
    kind: rows.ChangeKind = strawberry.field(description="What is edited.")
    goal_id: strawberry.ID = strawberry.field(description="The goal.")
    measure_id: strawberry.ID | None = strawberry.field(default=None, description="The measure that is changed.")
    to_goal_id: strawberry.ID | None = strawberry.field(default=None, description="Where hours are moved.")
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="The new owner.")
    amount: Decimal | None = strawberry.field(default=None, description="By how much; below 0 lowers.")
    mode: rows.ChangeMode | None = strawberry.field(default=None, description="What the amount is measured in.")
    title: str | None = strawberry.field(default=None, description="The new title.")
    description: str | None = strawberry.field(default=None, description="The new description.")
    measure: MeasureInput | None = strawberry.field(default=None, description="The new or changed measure.")


@strawberry.input(description="A request to change confirmed goals of one owner in one cycle.")
class ProposeGoalChangeInput:
    items: list[GoalChangeItemInput] = strawberry.field(description="The edits, 1 to 50; decided as one.")
    reason: rows.ReasonCategory = strawberry.field(description="The category of the reason.")
    reason_text: str = strawberry.field(description="The reason.")
    occurred_at: datetime.datetime | None = strawberry.field(
        default=None, description="When that happened which makes the change necessary; by default now."
    )
    weight_rule: rows.WeightRule = strawberry.field(
        default=rows.WeightRule.REFUSE, description="What happens when weights do not total 100."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A decision on a change request.")
class DecideGoalChangeInput:
    id: strawberry.ID = strawberry.field(description="The request.")
    approve: bool = strawberry.field(description="True approves all edits, false rejects all.")
    comment: str | None = strawberry.field(default=None, description="Needed for a rejection.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Which request to take back.")
class WithdrawGoalChangeInput:
    id: strawberry.ID = strawberry.field(description="The request.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The request.")
class ProposeGoalChangePayload:
    change: GoalChange | None = field(description="The request; null when it was refused.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The request as decided.")
class DecideGoalChangePayload:
    change: GoalChange | None = field(description="The request; null when nothing was decided.")
    goals: list[Goal] | None = field(description="The goals that its edits name.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The request, taken back.")
class WithdrawGoalChangePayload:
    change: GoalChange | None = field(description="The request; null when it was not taken back.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _item(given: GoalChangeItemInput, index: int) -> changes.ItemDraft:
    at = ("input", "items", str(index))
    return changes.ItemDraft(
        kind=given.kind,
        goal_id=decode_id(given.goal_id, "Goal", at=(*at, "goalId")),
        measure_id=optional_id(given.measure_id, "Measure", (*at, "measureId")),
        to_goal_id=optional_id(given.to_goal_id, "Goal", (*at, "toGoalId")),
        owner_id=optional_id(given.owner_id, "Person", (*at, "ownerId")),
        amount=given.amount,
        mode=given.mode,
        title=given.title,
        description=given.description,
        measure=None if given.measure is None else measure_draft(given.measure),
    )


def _propose(context: Context, input: ProposeGoalChangeInput) -> Mapping[str, Any]:
    draft = changes.ChangeDraft(
        items=[_item(item, index) for index, item in enumerate(input.items)],
        reason=input.reason,
        reason_text=input.reason_text,
        occurred_at=input.occurred_at,
        weight_rule=input.weight_rule,
    )
    return {"change": changes.propose_change(context.session, context.viewer, draft)}


def _decide(context: Context, input: DecideGoalChangeInput) -> Mapping[str, Any]:
    request = changes.decide_change(
        context.session,
        context.viewer,
        decode_id(input.id, "GoalChange", at=("input", "id")),
        approve=input.approve,
        comment=input.comment,
        expected_version=input.expected_version,
    )
    named = [item.goal_id for item in goal_changes.items(context.session, [request.id])[request.id]]
    found = goals.goals_by_ids(context.session, context.viewer, named)
    return {"change": request, "goals": [found[id_] for id_ in dict.fromkeys(named) if id_ in found]}


def _withdraw(context: Context, input: WithdrawGoalChangeInput) -> Mapping[str, Any]:
    request_id = decode_id(input.id, "GoalChange", at=("input", "id"))
    return {"change": changes.withdraw_change(context.session, context.viewer, request_id, input.expected_version)}


@strawberry.type
class GoalChangeMutations:
    propose_goal_change: ProposeGoalChangePayload = mutation(
        _propose,
        description="Ask for changes of confirmed goals. They are tried out at once, so that an impossible request is "
        "refused; nothing changes before the approval.",
    )
    decide_goal_change: DecideGoalChangePayload = mutation(
        _decide,
        description="Approve or reject a request as a whole. For a manager above the owner other than who asked, else "
        "the committee; for the organisation's goals the committee.",
    )
    withdraw_goal_change: WithdrawGoalChangePayload = mutation(_withdraw, description="Take one's own request back.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "goalChanges"),
    **grant("Mutation", SIGNED_IN, "proposeGoalChange decideGoalChange withdrawGoalChange"),
    **grant(
        "GoalChange",
        SEERS,
        "id cycle owner department reason reasonText weightRule items status occurredAt requestedBy createdAt "
        "decidedBy decidedAt decisionComment hoursToEffect withinLimit version",
    ),
    **grant("GoalChangeItem", SEERS, "kind goal measure toGoal owner amount mode title description content"),
}
