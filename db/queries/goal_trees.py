"""Trees of goals in a constant number of statements, however deep or wide they are."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.models.goals import COUNTED, Direction, Goal, GoalStatus, Measure, MeasureKind, Stage
from db.queries.goals import MAXIMUM_DEPTH, departments_below, seen_by, visible_to
from db.queries.sets import among
from db.viewer import Viewer


class GoalFigures(NamedTuple):
    """Of a goal, what figures about it need: a row of thousands."""

    id: uuid.UUID
    cycle_id: uuid.UUID
    owner_id: uuid.UUID | None
    parent_id: uuid.UUID | None
    weight: Decimal | None
    status: GoalStatus
    confidence: int | None
    checked_in_at: datetime.datetime | None
    confirmed_at: datetime.datetime | None


class MeasureFigures(NamedTuple):
    """Of a measure, what its progress needs."""

    goal_id: uuid.UUID
    kind: MeasureKind
    direction: Direction | None
    start: Decimal | None
    target: Decimal | None
    low: Decimal | None
    high: Decimal | None
    weight: Decimal | None
    current: Decimal | None
    stage: Stage | None
    applicable: bool


GOAL_FIGURES = tuple(getattr(Goal, name) for name in GoalFigures._fields)


class Placed(NamedTuple):
    """A goal of a tree, and where it hangs for this viewer."""

    goal: GoalFigures
    depth: int
    parent: int | None
    """Place in the list of the goal that it hangs from."""
    cut: bool
    """Whether the walk stopped here."""


class TreeTooLargeError(ValueError):
    """More goals than a walk may return."""


class _Walked(NamedTuple):
    distance: int
    shown: bool
    goal: GoalFigures


def downwards(
    session: Session, viewer: Viewer, cycle_id: uuid.UUID, root_id: uuid.UUID | None, *, depth: int, limit: int
) -> list[Placed]:
    """The visible goals of a cycle below (and with) a root, or from all roots, each before those below it.

    At most `depth` levels below the roots; raises `TreeTooLargeError` at more than `limit` goals. Nothing is found
    below a root that the viewer may not see. A goal whose parent is in another cycle is a root. The walk passes through
    goals that the viewer may not see: what lies below them hangs, for this viewer, from the nearest visible goal above.
    """
    start = sa.select(Goal.id, sa.literal(0).label("distance")).where(
        Goal.organization_id == viewer.organization_id, Goal.cycle_id == cycle_id
    )
    if root_id is not None:
        start = start.where(Goal.id == root_id)
    else:
        upper = aliased(Goal)
        inside = sa.exists().where(upper.id == Goal.parent_id, upper.cycle_id == cycle_id)
        start = start.where(sa.or_(Goal.parent_id.is_(None), ~inside))
    tree = start.cte("tree", recursive=True)
    lower = aliased(Goal)
    tree = tree.union_all(
        sa.select(lower.id, tree.c.distance + 1)
        .join(tree, lower.parent_id == tree.c.id)
        .where(lower.cycle_id == cycle_id, tree.c.distance < depth)
    )
    # Without an order the database stops walking at the limit, instead of sorting a whole forest first.
    near = sa.select(tree.c.id, tree.c.distance).limit(limit + 1).subquery()
    statement = sa.select(near.c.distance, seen_by(session, viewer), *GOAL_FIGURES).join(near, near.c.id == Goal.id)
    walked = [
        _Walked(distance, bool(shown), GoalFigures._make(figures))
        for distance, shown, *figures in session.execute(statement)
    ]
    if root_id is not None and not any(one.shown for one in walked if one.distance == 0):
        return []
    if len(walked) > limit:
        raise TreeTooLargeError
    return _hung(walked, depth)


def _hung(walked: list[_Walked], depth: int) -> list[Placed]:
    """The shown goals in depth-first order, siblings in the order in which they were made."""
    walked.sort(key=lambda one: (one.distance, one.goal.id.int))
    anchors: dict[uuid.UUID, int] = {}  # of every walked goal: its own index when shown, else that of the one above
    below: list[list[int]] = [[] for _ in range(len(walked) + 1)]  # the last one: what hangs from nothing
    for index, one in enumerate(walked):
        above = -1 if one.goal.parent_id is None else anchors.get(one.goal.parent_id, -1)
        anchors[one.goal.id] = index if one.shown else above
        if one.shown:
            below[above].append(index)
    placed: list[Placed] = []
    waiting: list[tuple[int, int, int | None]] = [(index, 0, None) for index in reversed(below[-1])]
    while waiting:
        index, level, parent = waiting.pop()
        here = len(placed)
        placed.append(Placed(walked[index].goal, level, parent, walked[index].distance == depth))
        waiting += [(lower, level + 1, here) for lower in reversed(below[index])]
    return placed


def upwards(session: Session, viewer: Viewer, goal_id: uuid.UUID) -> list[Placed]:
    """A goal and the visible goals above it, across cycles, the goal first; `depth` counts upwards from it."""
    start = sa.select(Goal.id, Goal.parent_id, sa.literal(0).label("distance")).where(
        Goal.organization_id == viewer.organization_id, Goal.id == goal_id
    )
    line = start.cte("line", recursive=True)
    upper = aliased(Goal)
    line = line.union_all(
        sa.select(upper.id, upper.parent_id, line.c.distance + 1)
        .join(line, upper.id == line.c.parent_id)
        .where(line.c.distance < MAXIMUM_DEPTH)
    )
    statement = (
        visible_to(session, viewer)
        .join(line, line.c.id == Goal.id)
        .with_only_columns(*GOAL_FIGURES)
        .order_by(line.c.distance)
    )
    found = [GoalFigures._make(row) for row in session.execute(statement)]
    last = len(found) - 1
    return [Placed(goal, index, index + 1 if index < last else None, cut=True) for index, goal in enumerate(found)]


def child_counts(session: Session, viewer: Viewer, goal_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """How many visible goals hang directly from each goal."""
    rows = session.execute(
        visible_to(session, viewer)
        .with_only_columns(Goal.parent_id, sa.func.count())
        .where(among(Goal.parent_id, goal_ids))
        .group_by(Goal.parent_id)
    )
    return {parent_id: count for parent_id, count in rows if parent_id is not None}


@dataclass(frozen=True, slots=True)
class Reach:
    """All that the progress of some goals rests on: the goals, those below them that count, and their measures."""

    goals: Mapping[uuid.UUID, Goal | GoalFigures]
    measures: Mapping[uuid.UUID, Sequence[MeasureFigures]]


def reach(session: Session, goals: Sequence[Goal] | Sequence[GoalFigures]) -> Reach:
    """What the progress of these goals is computed from, by at most four statements.

    The walk goes down only through goals without measures of their own, since a measured goal speaks for itself.
    Goals that the viewer may not see are included: they count in the figures of the goals above them, unnamed.
    """
    found: dict[uuid.UUID, Goal | GoalFigures] = {goal.id: goal for goal in goals}
    held = _measure_figures(session, found)
    bare = [goal_id for goal_id in found if goal_id not in held]
    if not bare:
        return Reach(found, held)
    start = sa.select(Goal.id, sa.literal(value=False).label("measured")).where(among(Goal.id, bare))
    below = start.cte("below", recursive=True)
    lower = aliased(Goal)
    # A scalar subquery, because the planner turns EXISTS into a join with the whole table of measures.
    own = sa.select(Measure.id).where(Measure.goal_id == lower.id, Measure.dropped_at.is_(None)).limit(1)
    below = below.union(
        sa.select(lower.id, own.scalar_subquery().is_not(None))
        .join(below, lower.parent_id == below.c.id)
        .where(lower.status.in_(COUNTED), ~below.c.measured)
    )
    reached = set(session.scalars(sa.select(below.c.id))) - found.keys()
    if not reached:
        return Reach(found, held)
    for figures in map(GoalFigures._make, session.execute(sa.select(*GOAL_FIGURES).where(among(Goal.id, reached)))):
        found[figures.id] = figures
    return Reach(found, {**held, **_measure_figures(session, reached)})


def _measure_figures(session: Session, goal_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[MeasureFigures]]:
    held: dict[uuid.UUID, list[MeasureFigures]] = {}
    for row in session.execute(_MEASURES, {"goals": goal_ids}):
        figures = MeasureFigures._make(row)
        held.setdefault(figures.goal_id, []).append(figures)
    return held


_MEASURES = sa.select(*(getattr(Measure, name) for name in MeasureFigures._fields)).where(
    among(Measure.goal_id, "goals"), Measure.dropped_at.is_(None)
)


def in_departments(session: Session, department_ids: Sequence[uuid.UUID]) -> sa.ColumnElement[bool]:
    """Goals of departments or of anything inside them."""
    return Goal.department_id.in_(departments_below(department_ids))
