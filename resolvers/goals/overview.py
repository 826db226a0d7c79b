"""Many goals at a glance: the tree, the map of a department, and what hangs on one goal."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goals import COUNTED, Cycle, Goal, GoalKind, GoalStatus
from db.models.people import Employment, Person
from db.queries import goal_trees, goals, people
from db.queries.goal_trees import GOAL_FIGURES, GoalFigures
from db.queries.sets import among
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.standing import Standing, standings
from resolvers.rules import guards
from resolvers.rules.health import Health
from resolvers.rules.progress import Part, roll_up

TREE_GOALS = 2_500
"""Goals of one tree answer at most."""
MAP_PEOPLE = 1_000
"""People of one map at most."""


class TreeDirection(StrEnum):
    DOWN = "DOWN"
    UP = "UP"


class TreeNode(NamedTuple):
    """A goal in its tree."""

    goal: GoalFigures
    depth: int
    parent: int | None
    """Place in the answer of the visible goal that it hangs from."""
    parent_id: uuid.UUID | None
    cut: bool
    """Whether the answer stops here."""
    standing: Standing

    @property
    def goal_id(self) -> uuid.UUID:
        return self.goal.id


def goal_tree(
    session: Session,
    viewer: Viewer,
    cycle_id: uuid.UUID,
    root_id: uuid.UUID | None,
    *,
    direction: TreeDirection = TreeDirection.DOWN,
    depth: int | None = None,
) -> list[TreeNode]:
    """The visible goals of a cycle as a flat list, each goal before those below it, in a constant number of statements.

    Down: below a root, or all trees of the cycle. Up: a goal and the chain above it, across cycles, the goal first.
    Raises `DomainError`: NOT_FOUND for the cycle or root, TREE_TOO_LARGE beyond 2,500 goals, NUMBER_OUT_OF_RANGE.
    """
    if goals.by_ids(session, viewer, [cycle_id]).get(cycle_id) is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("cycleId",))
    if depth is not None and not 0 <= depth <= goals.MAXIMUM_DEPTH:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("depth",))
    if direction is TreeDirection.UP:
        if root_id is None:
            raise DomainError(ErrorCode.NOT_FOUND, ("rootId",))
        placed = goal_trees.upwards(session, viewer, root_id)
    else:
        levels = goals.MAXIMUM_DEPTH if depth is None else depth
        try:
            placed = goal_trees.downwards(session, viewer, cycle_id, root_id, depth=levels, limit=TREE_GOALS)
        except goal_trees.TreeTooLargeError as error:
            raise DomainError(ErrorCode.TREE_TOO_LARGE, ("rootId",)) from error
    if root_id is not None and (not placed or placed[0].goal.id != root_id or placed[0].goal.cycle_id != cycle_id):
        raise DomainError(ErrorCode.NOT_FOUND, ("rootId",))
    return _nodes(session, viewer, placed)


def _nodes(session: Session, viewer: Viewer, placed: Sequence[goal_trees.Placed]) -> list[TreeNode]:
    stand = standings(session, viewer, [one.goal for one in placed])
    return [
        TreeNode(goal, depth, parent, None if parent is None else placed[parent].goal.id, cut, standing)
        for (goal, depth, parent, cut), standing in zip(placed, stand, strict=True)
    ]


def child_counts(session: Session, viewer: Viewer, tree: Sequence[TreeNode]) -> list[int]:
    """How many visible goals hang directly from each goal of an answer, also where the answer stops."""
    cut = [node.goal_id for node in tree if node.cut]
    beyond = goal_trees.child_counts(session, viewer, cut) if cut else {}
    return [
        beyond.get(node.goal_id, 0) if node.cut else len(children)
        for node, children in zip(tree, _children(tree), strict=True)
    ]


def descendants(tree: Sequence[TreeNode]) -> list[Mapping[Health, int]]:
    """The goals below each goal of an answer, by health; those that do not count yet are left out."""
    below: list[Counter[Health]] = [Counter() for _ in tree]
    for node in tree:
        above = node.parent if node.goal.status in COUNTED else None
        while above is not None:
            below[above][node.standing.health] += 1
            above = tree[above].parent
    return list(below)


def rolled_up(tree: Sequence[TreeNode]) -> list[Decimal | None]:
    """Weighted progress of the confirmed children of each goal of an answer, whatever its own measures say."""
    return [
        roll_up(
            [
                Part(tree[child].goal.weight, tree[child].standing.progress)
                for child in children
                if tree[child].goal.status in COUNTED
            ]
        ).progress
        for children in _children(tree)
    ]


def _children(tree: Sequence[TreeNode]) -> list[list[int]]:
    """The places in an answer of what hangs from each goal of it."""
    children: list[list[int]] = [[] for _ in tree]
    for index, node in enumerate(tree):
        if node.parent is not None:
            children[node.parent].append(index)
    return children


@dataclass(frozen=True, slots=True)
class MapCell:
    """One person of a map."""

    person_id: uuid.UUID
    goal_ids: Sequence[uuid.UUID]
    """Confirmed goals of the cycle that the viewer may see."""
    progress: Decimal | None
    health: Health
    counts: Mapping[Health, int]
    stale: int
    """Goals whose check-in is late."""


@dataclass(frozen=True, slots=True)
class GoalMap:
    cycle: Cycle
    cells: Sequence[MapCell]
    counts: Mapping[Health, int]
    """People by health."""


def goal_map(session: Session, viewer: Viewer, cycle_id: uuid.UUID, department_id: uuid.UUID) -> GoalMap:
    """Who of a department (and the departments in it) is ahead, on plan, at risk or behind, today.

    Counts only what the viewer may see. A person's health is the worst among the goals' that are known, and unknown
    when none is. Raises `DomainError` NOT_FOUND, TREE_TOO_LARGE beyond 1,000 people.
    """
    cycle = goals.by_ids(session, viewer, [cycle_id]).get(cycle_id)
    if cycle is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("cycleId",))
    if department_id not in people.departments(session, viewer, [department_id]):
        raise DomainError(ErrorCode.NOT_FOUND, ("departmentId",))
    members = _members(session, viewer, department_id)
    if len(members) > MAP_PEOPLE:
        raise DomainError(ErrorCode.TREE_TOO_LARGE, ("departmentId",))
    statement = (
        goals.visible_to(session, viewer)
        .where(Goal.cycle_id == cycle_id, among(Goal.owner_id, members), Goal.status.in_(COUNTED))
        .order_by(Goal.id)
    )
    shown = [GoalFigures._make(row) for row in session.execute(statement.with_only_columns(*GOAL_FIGURES))]
    owned: dict[uuid.UUID | None, list[tuple[GoalFigures, Standing]]] = {}
    for goal, stand in zip(shown, standings(session, viewer, shown), strict=True):
        owned.setdefault(goal.owner_id, []).append((goal, stand))
    cells = [_cell(person_id, owned.get(person_id, [])) for person_id in members]
    return GoalMap(cycle, cells, _tally(cell.health for cell in cells))


def _members(session: Session, viewer: Viewer, department_id: uuid.UUID) -> list[uuid.UUID]:
    on = people.today(session, viewer.organization_id)
    statement = (
        sa.select(Person.id)
        .join(Employment, Employment.person_id == Person.id)
        .where(
            Person.organization_id == viewer.organization_id,
            Person.archived_at.is_(None),
            Employment.department_id.in_(goals.departments_below([department_id])),
            people.in_force(Employment, on),
        )
        .distinct()
        .order_by(Person.id)
        .limit(MAP_PEOPLE + 1)
    )
    return list(session.scalars(statement))


_FROM_WORST = (Health.BEHIND, Health.AT_RISK, Health.ON_PLAN, Health.AHEAD)


def _cell(person_id: uuid.UUID, owned: Sequence[tuple[GoalFigures, Standing]]) -> MapCell:
    counts = _tally(stand.health for _, stand in owned)
    return MapCell(
        person_id=person_id,
        goal_ids=[goal.id for goal, _ in owned],
        progress=roll_up([Part(goal.weight, stand.progress) for goal, stand in owned]).progress,
        health=next((judged for judged in _FROM_WORST if judged in counts), Health.UNKNOWN),
        counts=counts,
        stale=sum(1 for _, stand in owned if stand.stale_days > 0),
    )


def _tally(found: Iterable[Health]) -> dict[Health, int]:
    return dict(Counter(found))


def ancestors(session: Session, viewer: Viewer, goal: Goal) -> list[Goal]:
    """The visible goals above a goal, the nearest first, across cycles."""
    above = [placed.goal.id for placed in goal_trees.upwards(session, viewer, goal.id) if placed.goal.id != goal.id]
    found = goals.goals_by_ids(session, viewer, above)
    return [found[goal_id] for goal_id in above]


def warnings_of(session: Session, viewer: Viewer, wanted: Sequence[Goal]) -> list[list[guards.GuardWarning]]:
    """The guards' warnings about each goal and its owner, in the goals' order."""
    keys = {(goal.owner_id, goal.cycle_id) for goal in wanted if goal.owner_id is not None}
    owned = goals.portfolios(session, keys)
    measures = goals.measures(session, [goal.id for goal in wanted])
    limit = goals.policy(session, viewer).measure_limit
    gone = (GoalStatus.DROPPED, GoalStatus.CARRIED_OVER)
    found = []
    for goal in wanted:
        warnings: list[guards.GuardWarning] = []
        held = measures.get(goal.id, [])
        if goal.status not in gone:
            if goal.kind is GoalKind.OBJECTIVE:
                warnings += guards.objective_warnings(len(held))
            warnings += guards.source_warnings(sum(1 for measure in held if measure.data_source is None))
            if goal.owner_id is not None:
                portfolio = guards.Portfolio(*owned[goal.owner_id, goal.cycle_id])
                warnings += guards.portfolio_warnings(portfolio, limit)
        found.append(warnings)
    return found
