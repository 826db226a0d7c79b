"""The organisation's calendar, and the goals that a viewer may see."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.models.goals import (
    UPDATE_EVERY_DAYS,
    Cycle,
    CyclePhase,
    Goal,
    GoalKind,
    GoalLevel,
    GoalPolicy,
    GoalStatus,
    GoalVisibility,
    Measure,
)
from db.models.people import Department, Employment, Organization
from db.queries import people
from db.queries.sets import among
from db.viewer import Role, Viewer


def cycles(viewer: Viewer) -> sa.Select[Cycle]:
    """All cycles of the organisation, which everybody of it may see."""
    return sa.select(Cycle).where(Cycle.organization_id == viewer.organization_id)


def by_ids(session: Session, viewer: Viewer, cycle_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Cycle]:
    return {cycle.id: cycle for cycle in session.scalars(cycles(viewer).where(Cycle.id.in_(set(cycle_ids))))}


def cycles_holding(viewer: Viewer, week: datetime.date) -> sa.ColumnElement[bool]:
    """Goals of cycles that share a day with the week that begins on that Monday."""
    return Goal.cycle_id.in_(
        cycles(viewer)
        .where(Cycle.starts_on <= week + datetime.timedelta(days=6), Cycle.ends_on >= week)
        .with_only_columns(Cycle.id)
    )


def phases(session: Session, cycle_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[CyclePhase]]:
    """The phases of cycles, in the order of their days."""
    found: dict[uuid.UUID, list[CyclePhase]] = {}
    for row in session.scalars(
        sa.select(CyclePhase).where(CyclePhase.cycle_id.in_(set(cycle_ids))).order_by(CyclePhase.starts_on)
    ):
        found.setdefault(row.cycle_id, []).append(row)
    return found


def policy(session: Session, viewer: Viewer) -> GoalPolicy:
    """The organisation's limits and marks; an unsaved row with the defaults when it has set none."""
    known = session.get(GoalPolicy, viewer.organization_id)
    return known or GoalPolicy(
        id=viewer.organization_id,
        organization_id=viewer.organization_id,
        measure_limit=9,
        update_every_days=UPDATE_EVERY_DAYS,
        change_within_hours=48,
        healthy_rate=Decimal(15),
        top_rate=Decimal("22.7"),
        version=1,
    )


class Pace(NamedTuple):
    """What the health of a cycle's goals is judged by."""

    starts_on: datetime.date
    ends_on: datetime.date
    update_every_days: int


def paces(session: Session, viewer: Viewer, cycle_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Pace]:
    """The days of cycles and the rhythm of check-ins in them."""
    wanted = {"organization": viewer.organization_id, "cycles": cycle_ids}
    return {
        cycle_id: Pace(starts_on, ends_on, rhythm or UPDATE_EVERY_DAYS)
        for cycle_id, starts_on, ends_on, rhythm in session.execute(_PACES, wanted)
    }


_PACES = (
    sa.select(Cycle.id, Cycle.starts_on, Cycle.ends_on, GoalPolicy.update_every_days)
    .outerjoin(GoalPolicy, GoalPolicy.id == Cycle.organization_id)
    .where(Cycle.organization_id == sa.bindparam("organization"), among(Cycle.id, "cycles"))
)


def visible_to(session: Session, viewer: Viewer) -> sa.Select[Goal]:
    """The goals that the viewer may see, see `seen_by`."""
    return sa.select(Goal).where(Goal.organization_id == viewer.organization_id, seen_by(session, viewer))


def seen_by(session: Session, viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on a goal of the viewer's organisation to be seen.

    Drafts, also returned or withdrawn ones: their owner and maker alone. Proposed goals: also the managers above the
    owner (or maker, where no owner is named), HR, and the committee for goals above persons and of people without a
    manager. From the confirmation on: whom the goal's visibility names, the managers above the owner, HR, and the
    committee as before.
    """
    return sa.true() if viewer.is_system else _seen_by(viewer, people.today(session, viewer.organization_id))


@lru_cache(maxsize=256)
def _seen_by(viewer: Viewer, on: datetime.date) -> sa.ColumnElement[bool]:
    """The condition for a person on a day. Kept, because writing it down takes longer than asking the database."""
    offered = Goal.proposed_at.is_not(None)
    settled = Goal.confirmed_at.is_not(None)
    conditions = [
        sa.and_(settled, Goal.visibility == GoalVisibility.ORGANIZATION),
        Goal.owner_id == viewer.person_id,
        sa.and_(Goal.created_by == viewer.person_id, sa.or_(Goal.confirmed_at.is_(None), Goal.owner_id.is_(None))),
        sa.and_(settled, Goal.visibility == GoalVisibility.LINE, _in_line(viewer, on)),
    ]
    if viewer.has(Role.HR):
        conditions.append(offered)
    elif viewer.has(Role.MANAGER):
        below = people.reports_below(viewer, on)
        conditions.append(sa.and_(offered, sa.func.coalesce(Goal.owner_id, Goal.created_by).in_(below)))
    if viewer.has(Role.COMMITTEE):
        conditions.append(sa.and_(offered, sa.or_(Goal.level != GoalLevel.PERSON, ~people.managed(Goal.owner_id, on))))
    return sa.or_(*conditions)


def _in_line(viewer: Viewer, on: datetime.date) -> sa.ColumnElement[bool]:
    """Goals of somebody above the viewer, or of a department that the viewer works in on that day."""
    assert viewer.person_id is not None
    departments = sa.select(Employment.department_id).where(
        Employment.person_id == viewer.person_id, people.in_force(Employment, on)
    )
    return sa.or_(
        Goal.owner_id.in_(people.above(viewer, viewer.person_id, on)),
        sa.and_(Goal.level == GoalLevel.DEPARTMENT, Goal.department_id.in_(departments)),
    )


def goals_by_ids(session: Session, viewer: Viewer, goal_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Goal]:
    """Those of the goals that the viewer may see."""
    wanted = set(goal_ids)
    if not wanted:
        return {}
    return {goal.id: goal for goal in session.scalars(visible_to(session, viewer).where(among(Goal.id, wanted)))}


def measures(
    session: Session, goal_ids: Iterable[uuid.UUID], *, dropped: bool = False
) -> Mapping[uuid.UUID, list[Measure]]:
    """The measures of goals that the caller loaded through `visible_to`, in their order; `dropped`: also those that
    were taken away."""
    statement = sa.select(Measure).where(among(Measure.goal_id, goal_ids))
    if not dropped:
        statement = statement.where(Measure.dropped_at.is_(None))
    found: dict[uuid.UUID, list[Measure]] = {}
    for row in session.scalars(statement.order_by(Measure.position, Measure.id)):
        found.setdefault(row.goal_id, []).append(row)
    return found


def measures_by_ids(session: Session, viewer: Viewer, measure_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Measure]:
    """Those of the measures whose goals the viewer may see."""
    seen = visible_to(session, viewer).with_only_columns(Goal.id)
    found = session.scalars(sa.select(Measure).where(Measure.id.in_(set(measure_ids)), Measure.goal_id.in_(seen)))
    return {measure.id: measure for measure in found}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which goals to list; None leaves a part open."""

    cycle_id: uuid.UUID | None = None
    owner_id: uuid.UUID | None = None
    department_id: uuid.UUID | None = None
    parent_id: uuid.UUID | None = None
    kind: GoalKind | None = None
    level: GoalLevel | None = None
    statuses: Sequence[GoalStatus] | None = None
    code: str | None = None
    words: str | None = None


def filtered(statement: sa.Select[Goal], wanted: Wanted) -> sa.Select[Goal]:
    """The statement narrowed to what is wanted."""
    for column, value in (
        (Goal.cycle_id, wanted.cycle_id),
        (Goal.owner_id, wanted.owner_id),
        (Goal.parent_id, wanted.parent_id),
        (Goal.kind, wanted.kind),
        (Goal.level, wanted.level),
        (Goal.code, wanted.code),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.department_id is not None:
        statement = statement.where(Goal.department_id.in_(departments_below([wanted.department_id])))
    if wanted.statuses is not None:
        statement = statement.where(Goal.status.in_(wanted.statuses))
    if wanted.words is not None:
        statement = statement.where(Goal.title.icontains(wanted.words, autoescape=True))
    return statement


def ids_by_code(session: Session, viewer: Viewer) -> dict[str, uuid.UUID]:
    """The visible goals that have a code, of all cycles; of two with one code the later one."""
    rows = session.execute(
        visible_to(session, viewer)
        .with_only_columns(Goal.code, Goal.id)
        .where(Goal.code.is_not(None), Goal.status.not_in((GoalStatus.DROPPED, GoalStatus.CARRIED_OVER)))
        .order_by(Goal.id)
    )
    return {code: goal_id for code, goal_id in rows if code is not None}


def codes_taken(session: Session, cycle_id: uuid.UUID) -> set[str]:
    """The codes in use in a cycle, of goals seen or unseen."""
    found = session.scalars(sa.select(Goal.code).where(Goal.cycle_id == cycle_id, Goal.code.is_not(None)))
    return {code for code in found if code is not None}


def siblings(session: Session, goal: Goal, statuses: Collection[GoalStatus]) -> list[Goal]:
    """The goals that share a total of weights with this one: same cycle, kind, level and owner. Itself included when
    its status is among those asked for."""
    return list(session.scalars(shared_weights(goal, statuses)))


def shared_weights(goal: Goal, statuses: Collection[GoalStatus]) -> sa.Select[Goal]:
    """`siblings` as a statement, in a fixed order, so that it may lock."""
    statement = sa.select(Goal).where(
        Goal.organization_id == goal.organization_id,
        Goal.cycle_id == goal.cycle_id,
        Goal.kind == goal.kind,
        Goal.level == goal.level,
        Goal.owner_id == goal.owner_id if goal.owner_id else Goal.owner_id.is_(None),
        Goal.status.in_(statuses),
    )
    if goal.owner_id is None and goal.level is GoalLevel.DEPARTMENT:
        statement = statement.where(Goal.department_id == goal.department_id)
    return statement.order_by(Goal.id)


def portfolios(
    session: Session, keys: Iterable[tuple[uuid.UUID, uuid.UUID]]
) -> dict[tuple[uuid.UUID, uuid.UUID], tuple[int, int, int]]:
    """For each (owner, cycle): objectives, measures, and measures that have no source or no value yet.

    Goals that are dropped or carried over do not count.
    """
    wanted = set(keys)
    gone = (GoalStatus.DROPPED, GoalStatus.CARRIED_OVER)
    owned = sa.and_(
        Goal.owner_id.in_({owner for owner, _ in wanted}),
        Goal.cycle_id.in_({cycle for _, cycle in wanted}),
        Goal.status.not_in(gone),
    )
    objectives = sa.select(Goal.owner_id, Goal.cycle_id, sa.func.count()).where(owned, Goal.kind == GoalKind.OBJECTIVE)
    lacking = sa.or_(Measure.data_source.is_(None), sa.and_(Measure.current.is_(None), Measure.stage.is_(None)))
    counted = (
        sa.select(
            Goal.owner_id,
            Goal.cycle_id,
            sa.func.count(),
            sa.func.sum(sa.case((lacking, 1), else_=0)),
        )
        .join(Measure, Measure.goal_id == Goal.id)
        .where(owned, Measure.dropped_at.is_(None), Measure.applicable)
    )
    found = dict.fromkeys(wanted, (0, 0, 0))
    for owner, cycle, count in session.execute(objectives.group_by(Goal.owner_id, Goal.cycle_id)):
        if owner is not None and (owner, cycle) in found:
            found[owner, cycle] = (count, 0, 0)
    for owner, cycle, count, without in session.execute(counted.group_by(Goal.owner_id, Goal.cycle_id)):
        if owner is not None and (owner, cycle) in found:
            found[owner, cycle] = (found[owner, cycle][0], count, int(without))
    return found


def copies_in(
    session: Session, viewer: Viewer, cycle_id: uuid.UUID, goal_ids: Iterable[uuid.UUID | None]
) -> dict[uuid.UUID, uuid.UUID]:
    """For each goal that was carried over into the cycle, and is visible there: the id of its copy."""
    wanted = {goal_id for goal_id in goal_ids if goal_id is not None}
    rows = session.execute(
        visible_to(session, viewer)
        .with_only_columns(Goal.carried_from_id, Goal.id)
        .where(Goal.cycle_id == cycle_id, Goal.carried_from_id.in_(wanted))
        .order_by(Goal.id)
    )
    return {old: new for old, new in rows if old is not None}


def lock_tree(session: Session, viewer: Viewer) -> None:
    """Let one transaction at a time move goals in the organisation's trees, until it ends.

    The lock on the organisation's row lets new rows refer to it meanwhile. SQLite has one writer anyway.
    """
    session.execute(
        sa.select(Organization.id).where(Organization.id == viewer.organization_id).with_for_update(key_share=True)
    )


def ancestors(session: Session, goal_id: uuid.UUID) -> list[uuid.UUID]:
    """Ids of the goals above a goal, the nearest first, without it. A circle, which cannot arise, would end."""
    line = sa.select(Goal.id, Goal.parent_id, sa.literal(0).label("distance")).where(Goal.id == goal_id)
    above = line.cte("above", recursive=True)
    upper = aliased(Goal)
    above = above.union_all(
        sa.select(upper.id, upper.parent_id, above.c.distance + 1)
        .join(above, upper.id == above.c.parent_id)
        .where(above.c.distance < MAXIMUM_DEPTH)
    )
    return list(session.scalars(sa.select(above.c.id).where(above.c.distance > 0).order_by(above.c.distance)))


def depths(session: Session, goal_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many goals lie above each of these."""
    start = sa.select(Goal.id.label("goal_id"), Goal.parent_id, sa.literal(0).label("depth"))
    line = start.where(among(Goal.id, goal_ids)).cte("line", recursive=True)
    upper = aliased(Goal)
    line = line.union_all(
        sa.select(line.c.goal_id, upper.parent_id, line.c.depth + 1)
        .join(line, upper.id == line.c.parent_id)
        .where(line.c.depth < MAXIMUM_DEPTH)
    )
    rows = session.execute(sa.select(line.c.goal_id, sa.func.max(line.c.depth)).group_by(line.c.goal_id))
    return dict(rows.all())


def height(session: Session, goal_id: uuid.UUID) -> int:
    """How many levels of goals lie below a goal."""
    tree = sa.select(Goal.id, sa.literal(0).label("depth")).where(Goal.id == goal_id).cte("tree", recursive=True)
    lower = aliased(Goal)
    tree = tree.union_all(
        sa.select(lower.id, tree.c.depth + 1)
        .join(tree, lower.parent_id == tree.c.id)
        .where(tree.c.depth < MAXIMUM_DEPTH)
    )
    return session.scalar(sa.select(sa.func.max(tree.c.depth))) or 0


MAXIMUM_DEPTH = 32
"""Levels of a tree of goals: more than any organisation has, and an end to every walk."""


def departments_below(department_ids: Sequence[uuid.UUID] | sa.Select[uuid.UUID]) -> sa.Select[uuid.UUID]:
    """Ids of departments and of all departments inside them, as a subquery."""
    tree = sa.select(Department.id).where(Department.id.in_(department_ids)).cte(recursive=True)
    inner = aliased(Department)
    tree = tree.union(sa.select(inner.id).join(tree, inner.parent_id == tree.c.id))
    return sa.select(tree.c.id)
