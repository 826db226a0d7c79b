"""Making cycles, and an organisation's limits and marks for goals, in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import strawberry

from db.models import goals as rows
from db.queries import goals
from resolvers.goals import cycles
from schema.batching import field, root
from schema.context import Context
from schema.errors import UserError
from schema.goals import Cycle
from schema.inputs import optional_id
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant, only
from schema.relay import Node, decode_id, node_type


def _load_policies(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.GoalPolicy | None]:
    own = context.viewer.organization_id
    return [goals.policy(context.session, context.viewer) if id_ == own else None for id_ in ids]


@node_type(rows.GoalPolicy, load=_load_policies, description="The organisation's limits and marks for goals.")
class GoalPolicy(Node):
    measure_limit: int = field(description="Measures of one person in a cycle above which there is a warning.")
    update_every_days: int = field(description="Days after which a goal without a check-in is stale.")
    change_within_hours: int = field(description="Hours that a change may take from event to effect.")
    healthy_rate: Decimal = field(description="Healthy mark of the calibration rate, in percent.")
    top_rate: Decimal = field(description="Top mark of the calibration rate, in percent.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.type
class GoalSettingQueries:
    goal_policy: GoalPolicy = root(
        lambda context: goals.policy(context.session, context.viewer),
        description="The organisation's limits and marks for goals.",
    )


@strawberry.input(description="From which day on a phase holds.")
class CyclePhaseInput:
    phase: rows.Phase = strawberry.field(description="The phase.")
    starts_on: datetime.date = strawberry.field(description="Its first day, by the organisation's calendar.")


@strawberry.input(description="A new cycle.")
class CreateCycleInput:
    key: str = strawberry.field(description="Short and unique: 2026Q4.")
    name_zh: str = strawberry.field(description="Chinese name.")
    name_en: str = strawberry.field(description="English name.")
    kind: rows.CycleKind = strawberry.field(description="How long it lasts.")
    starts_on: datetime.date = strawberry.field(description="First day.")
    ends_on: datetime.date = strawberry.field(description="Last day.")
    review_starts_on: datetime.date = strawberry.field(description="First day on which its reviews are written.")
    review_ends_on: datetime.date = strawberry.field(description="Last day on which its reviews are written.")
    parent_id: strawberry.ID | None = strawberry.field(default=None, description="The longer cycle that it lies in.")
    phases: list[CyclePhaseInput] = strawberry.field(
        default_factory=list, description="Phases in their order, each beginning after the one before."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Other days for all phases of a cycle.")
class SetCyclePhasesInput:
    id: strawberry.ID = strawberry.field(description="The cycle.")
    phases: list[CyclePhaseInput] = strawberry.field(description="All phases, in place of the present ones.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="New limits and marks; what is left out stays.")
class SetGoalPolicyInput:
    measure_limit: int | None = strawberry.field(default=None, description="1 to 1,000.")
    update_every_days: int | None = strawberry.field(default=None, description="1 to 366.")
    change_within_hours: int | None = strawberry.field(default=None, description="1 to 8,784.")
    healthy_rate: Decimal | None = strawberry.field(default=None, description="0 to 100.")
    top_rate: Decimal | None = strawberry.field(default=None, description="0 to 100, not below the healthy mark.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The new cycle.")
class CreateCyclePayload:
    cycle: Cycle | None = field(description="The cycle; null when it was refused.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The cycle with its new phases.")
class SetCyclePhasesPayload:
    cycle: Cycle | None = field(description="The cycle; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The limits and marks.")
class SetGoalPolicyPayload:
    policy: GoalPolicy | None = field(description="The limits and marks; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _phases(given: Sequence[CyclePhaseInput]) -> list[cycles.PhaseDraft]:
    return [cycles.PhaseDraft(each.phase, each.starts_on) for each in given]


def _create(context: Context, input: CreateCycleInput) -> Mapping[str, Any]:
    draft = cycles.CycleDraft(
        key=input.key,
        name_zh=input.name_zh,
        name_en=input.name_en,
        kind=input.kind,
        starts_on=input.starts_on,
        ends_on=input.ends_on,
        review_starts_on=input.review_starts_on,
        review_ends_on=input.review_ends_on,
        parent_id=optional_id(input.parent_id, "Cycle", ("input", "parentId")),
        phases=_phases(input.phases),
    )
    return {"cycle": cycles.create_cycle(context.session, context.viewer, draft)}


def _set_phases(context: Context, input: SetCyclePhasesInput) -> Mapping[str, Any]:
    cycle_id = decode_id(input.id, "Cycle", at=("input", "id"))
    return {"cycle": cycles.set_phases(context.session, context.viewer, cycle_id, _phases(input.phases))}


def _set_policy(context: Context, input: SetGoalPolicyInput) -> Mapping[str, Any]:
    edit = cycles.PolicyEdit(
        measure_limit=input.measure_limit,
        update_every_days=input.update_every_days,
        change_within_hours=input.change_within_hours,
        healthy_rate=input.healthy_rate,
        top_rate=input.top_rate,
    )
    return {"policy": cycles.set_policy(context.session, context.viewer, edit, input.expected_version)}


@strawberry.type
class GoalSettingMutations:
    create_cycle: CreateCyclePayload = mutation(_create, description="Make a cycle.")
    set_cycle_phases: SetCyclePhasesPayload = mutation(_set_phases, description="Set the days of a cycle's phases.")
    set_goal_policy: SetGoalPolicyPayload = mutation(_set_policy, description="Set limits and marks for goals.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "goalPolicy"),
    **grant("Mutation", only(*cycles.CALENDAR_ROLES), "createCycle setCyclePhases setGoalPolicy"),
    **grant("GoalPolicy", VISIBLE, "id measureLimit updateEveryDays changeWithinHours healthyRate topRate version"),
}
