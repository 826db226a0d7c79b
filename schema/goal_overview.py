"""Many goals at a glance: the tree, the map of a department, the calibration rate; and what goals add to the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

import strawberry

from db.models import goal_updates as update_rows
from db.models import goals as rows
from db.queries import goal_updates, goals
from db.queries.paging import Page, fetch_pages
from resolvers.goals import calibration, overview
from resolvers.rules.calibration import CalibrationMark
from resolvers.rules.health import Health
from schema.batching import batch, field, root
from schema.context import Context
from schema.goal_changes import GoalChange, load_changes
from schema.goal_types import CHECK_INS_LATEST_FIRST, Goal, GoalCheckIn, GoalStanding, goal_of
from schema.goals import Cycle
from schema.inputs import optional_id
from schema.people import Person, person_of
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant
from schema.relay import After, Connection, First, GlobalId, decode_id, encode_id, read_page
from schema.scalars import described_enum
from schema.weekly import WeeklyAction

described_enum(
    overview.TreeDirection,
    name="GoalTreeDirection",
    description="Which way a tree is read.",
    values={"DOWN": "From a root, or all roots, to what serves them.", "UP": "From a goal to what it serves."},
)
described_enum(
    CalibrationMark,
    description="Where a calibration rate stands.",
    values={
        "BELOW_HEALTHY": "Below the healthy mark.",
        "HEALTHY": "At or above the healthy mark.",
        "TOP": "At or above the top mark.",
    },
)

Depth = Annotated[int | None, strawberry.argument(description="Levels below the roots, 0 to 32; by default all.")]


@dataclass(frozen=True, slots=True)
class _Count:
    health: Health
    count: int


def _counts(found: Mapping[Health, int]) -> list[_Count]:
    return [_Count(health, found[health]) for health in Health if found.get(health)]


@strawberry.type(description="How many are in one state of health.")
class HealthCount:
    health: Health = field(description="The state.")
    count: int = field(description="How many.")


@strawberry.type(description="A goal in a tree. The list is flat: parents come before what serves them.")
class GoalTreeNode:
    goal: Goal = batch(goal_of("goal_id"), description="The goal.")
    parent_id: strawberry.ID | None = batch(
        lambda _context, nodes: [encode_id("Goal", node.parent_id) if node.parent_id else None for node in nodes],
        description="Global id of the goal in this answer that it hangs from: the nearest one above that the viewer "
        "may see; null at a root.",
    )
    depth: int = field(description="Levels from the root (read upwards: from the goal that was asked for).")
    standing: GoalStanding = field(description="How the goal stands today.")
    rolled_up: Decimal | None = batch(
        lambda _context, nodes: overview.rolled_up(nodes),
        description="Weighted progress of its confirmed children in this answer, whatever its own measures say.",
    )
    child_count: int = batch(
        lambda context, nodes: overview.child_counts(context.session, context.viewer, nodes),
        description="Goals that hang directly from it, also where the answer stops.",
    )
    descendants: list[HealthCount] = batch(
        lambda _context, nodes: [_counts(found) for found in overview.descendants(nodes)],
        description="The goals below it in this answer by health.",
    )


def _tree(
    context: Context,
    cycle_id: GlobalId,
    root_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="Only this goal and what hangs from it.")
    ] = None,
    direction: Annotated[
        overview.TreeDirection, strawberry.argument(description="From the roots down, or from the goal up.")
    ] = overview.TreeDirection.DOWN,
    depth: Depth = None,
) -> list[overview.TreeNode]:
    return overview.goal_tree(
        context.session,
        context.viewer,
        decode_id(cycle_id, "Cycle", at=("cycleId",)),
        optional_id(root_id, "Goal", ("rootId",)),
        direction=direction,
        depth=depth,
    )


def _cell_goals(context: Context, cells: Sequence[overview.MapCell]) -> list[list[rows.Goal]]:
    wanted = {goal_id for cell in cells for goal_id in cell.goal_ids}
    found = goals.goals_by_ids(context.session, context.viewer, wanted)
    return [[found[goal_id] for goal_id in cell.goal_ids if goal_id in found] for cell in cells]


@strawberry.type(description="One person on a map of goals.")
class GoalMapCell:
    person: Person | None = batch(person_of("person_id"), description="The person.")
    health: Health = field(description="The worst among the goals whose health is known.")
    progress: Decimal | None = field(description="Weighted progress of the person's goals.")
    counts: list[HealthCount] = batch(
        lambda _context, cells: [_counts(cell.counts) for cell in cells], description="The goals by health."
    )
    stale: int = field(description="Goals whose check-in is late.")
    goals: list[Goal] = batch(_cell_goals, description="The confirmed goals that the viewer may see.")


@strawberry.type(description="Who of a department is ahead, on plan, at risk or behind.")
class GoalMap:
    cycle: Cycle = field(description="The cycle.")
    counts: list[HealthCount] = batch(
        lambda _context, maps: [_counts(one.counts) for one in maps], description="The people by health."
    )
    cells: list[GoalMapCell] = field(description="Everybody who works there today, at most 1,000.")


def _map(context: Context, cycle_id: GlobalId, department_id: GlobalId) -> overview.GoalMap:
    return overview.goal_map(
        context.session,
        context.viewer,
        decode_id(cycle_id, "Cycle", at=("cycleId",)),
        decode_id(department_id, "Department", at=("departmentId",)),
    )


def _chain_check_ins(
    context: Context, chains: Sequence[rows.Goal], first: First = None, after: After = None
) -> list[Page[update_rows.CheckIn]]:
    statement = goal_updates.check_ins(context.session, context.viewer)
    ids = [goal.id for goal in chains]
    return read_page(
        lambda page: fetch_pages(
            context.session,
            statement,
            CHECK_INS_LATEST_FIRST,
            page,
            parent=update_rows.CheckIn.goal_id,
            parent_ids=ids,
        ),
        first,
        after,
    )


def _chain_actions(context: Context, chains: Sequence[rows.Goal]) -> list[list[update_rows.WeeklyAction]]:
    found = goal_updates.actions_for(context.session, context.viewer, [goal.id for goal in chains])
    return [found.get(goal.id, []) for goal in chains]


@strawberry.type
class GoalLinks:
    """What goals bring to the chain of one goal, see `schema.chain`."""

    goal: Goal = batch(lambda _context, chains: chains, description="The goal.")
    ancestors: list[Goal] = batch(
        lambda context, chains: [overview.ancestors(context.session, context.viewer, goal) for goal in chains],
        description="What it serves: its parent first, then upwards, across cycles.",
    )
    check_ins: Connection[GoalCheckIn] = batch(
        _chain_check_ins,
        description="Its check-ins, the latest first, each value with the source that it cites.",
    )
    weekly_actions: list[WeeklyAction] = batch(
        _chain_actions,
        description="The 50 latest weekly key actions that name it, as far as the viewer may see them.",
    )


@strawberry.type(description="How much of what was planned was put right on the way.")
class CalibrationRate:
    percent: Decimal | None = field(
        description="Distinct tasks added, dropped or revised by an approved change (reason other than correction) ÷ "
        "distinct tasks confirmed at any time in the cycle × 100; null when none was confirmed."
    )
    mark: CalibrationMark | None = field(description="Where the rate stands.")
    healthy: Decimal = field(description="The healthy mark, in percent.")
    top: Decimal = field(description="The top mark, in percent.")
    confirmed: int = field(description="Tasks confirmed at any time in the cycle.")
    changed: int = field(description="Of these: changed.")
    changes: list[GoalChange] = batch(
        lambda context, rates: [
            [change for change in load_changes(context, rate.requests) if change] for rate in rates
        ],
        description="The approved requests that count, as far as the viewer may see them.",
    )
    goals: list[Goal] = batch(
        lambda context, rates: [
            calibration.changed_goals(context.session, context.viewer, rate.goals) for rate in rates
        ],
        description="The changed tasks that the viewer may see; their revisions say what changed.",
    )


def _calibration(
    context: Context,
    cycle_id: GlobalId,
    department_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="Only goals of this department and those below it.")
    ] = None,
    owner_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only goals of this person.")] = None,
    kinds: Annotated[
        list[rows.GoalKind] | None, strawberry.argument(description="Which kinds count; by default key tasks.")
    ] = None,
) -> calibration.Calibration:
    return calibration.calibration(
        context.session,
        context.viewer,
        decode_id(cycle_id, "Cycle", at=("cycleId",)),
        department_id=optional_id(department_id, "Department", ("departmentId",)),
        owner_id=optional_id(owner_id, "Person", ("ownerId",)),
        kinds=kinds or [rows.GoalKind.KEY_TASK],
    )


@strawberry.type
class GoalOverviewQueries:
    goal_tree: list[GoalTreeNode] = root(
        _tree,
        description="The goals of a cycle as a tree, in one flat list: top-down from a root or from all roots, or "
        "bottom-up from a goal. At most 2,500 goals, else TREE_TOO_LARGE: name a root or a depth.",
    )
    goal_map: GoalMap = root(_map, description="How a department's people stand with their goals, inner ones included.")
    calibration_rate: CalibrationRate = root(
        _calibration,
        description="The goal calibration rate over a cycle, of the organisation, a department, or (for oneself and "
        "who answers for that person) a person. Kinds: by default key tasks.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "goalTree goalMap calibrationRate"),
    **grant("HealthCount", VISIBLE, "health count"),
    **grant("GoalTreeNode", VISIBLE, "goal parentId depth standing rolledUp childCount descendants"),
    **grant("GoalMap", VISIBLE, "cycle counts cells"),
    **grant("GoalMapCell", VISIBLE, "person health progress counts stale goals"),
    **grant("Chain", VISIBLE, "goal ancestors checkIns weeklyActions"),
    **grant("CalibrationRate", VISIBLE, "percent mark healthy top confirmed changed changes goals"),
}
