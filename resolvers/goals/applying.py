"""Carrying out the edits of a change request on the goals as they are now."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.models.goal_changes import ChangeItem, ChangeKind, ChangeMode, ChangeRequest, WeightRule
from db.models.goals import LIVE, Goal, GoalStatus, Measure
from db.queries import goals, people
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.drafting import add_measures
from resolvers.goals.inputs import MeasureDraft
from resolvers.goals.loading import hold_weights, lock_all
from resolvers.goals.snapshots import content_of, measure_from, revise
from resolvers.rules.weights import WeightError, changed, check_total, renormalised

_HOURS_STEP = Decimal("0.01")
_COUNTED = (*LIVE, GoalStatus.DONE)


class Application:
    """One request, applied once. All goals and measures it may touch are locked in one order before anything changes,
    so that of two approvals one waits and then works on what the other left."""

    def __init__(self, session: Session, viewer: Viewer, request: ChangeRequest, items: Sequence[ChangeItem]) -> None:
        self._session = session
        self._viewer = viewer
        self._request = request
        self._items = items
        self._goals = self._lock()
        self._before = {goal.id: content_of(goal, self._measures(goal)) for goal in self._goals.values()}
        self._states = {goal.id: goal.status for goal in self._goals.values()}
        self._named_goals: set[uuid.UUID] = set()
        self._named_measures: set[uuid.UUID] = set()
        self._measured_goals: set[uuid.UUID] = set()

    def apply(self) -> list[Goal]:
        """Carry out every edit, check the totals of weights, and write a revision of each goal that changed.

        Raises `DomainError`: GOAL_STATE and NOT_FOUND when a goal or measure is not there any more,
        WEIGHT_OUT_OF_RANGE, WEIGHTS_NOT_WHOLE, WEIGHTS_MIXED, WEIGHTS_CANNOT_BALANCE, HOURS_MISSING, CHANGE_EMPTY.
        """
        edits: dict[ChangeKind, Callable[[ChangeItem, Goal, tuple[str, ...]], None]] = {
            ChangeKind.ADD_GOAL: self._add_goal,
            ChangeKind.DROP_GOAL: self._drop_goal,
            ChangeKind.GOAL_TEXT: self._rewrite,
            ChangeKind.GOAL_WEIGHT: self._weigh_goal,
            ChangeKind.GOAL_OWNER: self._hand_over,
            ChangeKind.MOVE_HOURS: self._move_hours,
            ChangeKind.ADD_MEASURE: self._add_measure,
            ChangeKind.DROP_MEASURE: self._drop_measure,
            ChangeKind.MEASURE_WEIGHT: self._weigh_measure,
            ChangeKind.MEASURE_TARGET: self._retarget,
        }
        for item in self._items:
            at = ("input", "items", str(item.position))
            goal = self._goal(item.goal_id, item.kind, at)
            edits[item.kind](item, goal, at)
        self._session.flush()
        self._balance_measures()
        self._balance_goals()
        self._session.flush()
        return self._revise()

    def _lock(self) -> dict[uuid.UUID, Goal]:
        """Every goal that is named, and every goal that shares weights with one of them."""
        named = {item.goal_id for item in self._items} | {item.to_goal_id for item in self._items if item.to_goal_id}
        owners = {self._request.owner_id, *(item.owner_id for item in self._items if item.owner_id)}
        hold_weights(self._session, self._viewer, owners)
        shared = [
            Goal.owner_id == owner if owner else sa.and_(Goal.owner_id.is_(None), Goal.level == self._request.level)
            for owner in owners
        ]
        statement = (
            sa.select(Goal)
            .where(
                Goal.organization_id == self._request.organization_id,
                sa.or_(
                    Goal.id.in_(named),
                    sa.and_(Goal.cycle_id == self._request.cycle_id, Goal.status.in_(_COUNTED), sa.or_(*shared)),
                ),
            )
            .order_by(Goal.id)
        )
        return {goal.id: goal for goal in lock_all(self._session, statement)}

    def _measures(self, goal: Goal) -> list[Measure]:
        return goals.measures(self._session, [goal.id]).get(goal.id, [])

    def _goal(self, goal_id: uuid.UUID, kind: ChangeKind, at: tuple[str, ...]) -> Goal:
        goal = self._goals.get(goal_id)
        if goal is None:
            raise DomainError(ErrorCode.NOT_FOUND, (*at, "goalId"))
        wanted = (GoalStatus.DRAFT, GoalStatus.PROPOSED) if kind is ChangeKind.ADD_GOAL else LIVE
        if goal.status not in wanted:
            raise DomainError(ErrorCode.GOAL_STATE, (*at, "goalId"))
        return goal

    def _measure(self, item: ChangeItem, goal: Goal, at: tuple[str, ...]) -> Measure:
        for measure in self._measures(goal):
            if measure.id == item.measure_id:
                return measure
        raise DomainError(ErrorCode.NOT_FOUND, (*at, "measureId"))

    def _add_goal(self, _item: ChangeItem, goal: Goal, _at: tuple[str, ...]) -> None:
        moment = now()
        goal.status = GoalStatus.CONFIRMED
        goal.proposed_at = goal.proposed_at or moment
        goal.confirmed_at = moment
        goal.confirmed_by = self._viewer.person_id
        self._named_goals.add(goal.id)
        self._measured_goals.add(goal.id)

    def _drop_goal(self, _item: ChangeItem, goal: Goal, _at: tuple[str, ...]) -> None:
        goal.status = GoalStatus.DROPPED
        goal.ended_at = now()

    def _rewrite(self, item: ChangeItem, goal: Goal, _at: tuple[str, ...]) -> None:
        content = item.content or {}
        goal.title = content.get("title", goal.title)
        goal.description = content.get("description", goal.description)

    def _weigh_goal(self, item: ChangeItem, goal: Goal, at: tuple[str, ...]) -> None:
        goal.weight = _changed(goal.weight, item, at)
        self._named_goals.add(goal.id)

    def _hand_over(self, item: ChangeItem, goal: Goal, at: tuple[str, ...]) -> None:
        if item.owner_id is None or item.owner_id == goal.owner_id:
            raise DomainError(ErrorCode.CHANGE_EMPTY, (*at, "ownerId"))
        goal.owner_id = item.owner_id
        entry = people.entries(self._session, self._viewer, [item.owner_id])[item.owner_id]
        goal.department_id = entry.department_id or goal.department_id

    def _move_hours(self, item: ChangeItem, goal: Goal, at: tuple[str, ...]) -> None:
        target = self._goals.get(item.to_goal_id) if item.to_goal_id else None
        if target is None or target.id == goal.id or target.status not in LIVE:
            raise DomainError(ErrorCode.GOAL_STATE, (*at, "toGoalId"))
        held, amount = goal.hours or Decimal(0), item.amount or Decimal(0)
        moved = held * amount / 100 if item.mode is ChangeMode.RELATIVE else amount
        moved = moved.quantize(_HOURS_STEP)
        if moved <= 0 or moved > held:
            raise DomainError(ErrorCode.HOURS_MISSING, (*at, "amount"))
        goal.hours = held - moved
        target.hours = (target.hours or Decimal(0)) + moved

    def _add_measure(self, item: ChangeItem, goal: Goal, _at: tuple[str, ...]) -> None:
        standing = self._measures(goal)
        position = max((measure.position for measure in standing), default=-1) + 1
        (added,) = add_measures(self._session, goal, [measure_from(item.content or {})], position)
        self._session.flush()
        self._named_measures.add(added.id)
        self._measured_goals.add(goal.id)

    def _drop_measure(self, item: ChangeItem, goal: Goal, at: tuple[str, ...]) -> None:
        self._measure(item, goal, at).dropped_at = now()
        self._session.flush()
        self._measured_goals.add(goal.id)

    def _weigh_measure(self, item: ChangeItem, goal: Goal, at: tuple[str, ...]) -> None:
        measure = self._measure(item, goal, at)
        measure.weight = _changed(measure.weight, item, at)
        self._named_measures.add(measure.id)
        self._measured_goals.add(goal.id)

    def _retarget(self, item: ChangeItem, goal: Goal, at: tuple[str, ...]) -> None:
        """Replace what is to be reached. Weight and latest value stay; a measure of another kind is a new one."""
        measure = self._measure(item, goal, at)
        wanted: MeasureDraft = measure_from(item.content or {})
        if wanted.kind is not measure.kind:
            raise DomainError(ErrorCode.INVALID, (*at, "measure", "kind"))
        for name in ("name", "unit", "direction", "start", "target", "low", "high", "data_source"):
            setattr(measure, name, getattr(wanted, name))
        for name in ("commit_text", "target_text", "stretch_text"):
            setattr(measure, name, getattr(wanted, name))

    def _balance_measures(self) -> None:
        for goal_id in sorted(self._measured_goals):
            self._balance(self._measures(self._goals[goal_id]), self._named_measures)

    def _balance_goals(self) -> None:
        """Check or restore the totals of every set of goals that shared weights before or shares them now."""
        touched = [self._goals[item.goal_id] for item in self._items if item.kind in _WEIGHING]
        kinds = {goal.kind for goal in touched}
        for owner_id in {self._request.owner_id, *(goal.owner_id for goal in touched)}:
            for kind in kinds:
                group = [
                    goal
                    for goal in self._goals.values()
                    if goal.owner_id == owner_id
                    and goal.kind is kind
                    and goal.level is self._request.level
                    and goal.cycle_id == self._request.cycle_id
                    and (owner_id is not None or goal.department_id == self._request.department_id)
                    and goal.status in _COUNTED
                ]
                self._balance(group, self._named_goals)

    def _balance(self, rows: Sequence[Any], named: set[uuid.UUID]) -> None:
        """Weights of one set: they total 100, or are put right if the request says so."""
        try:
            check_total([row.weight for row in rows])
        except WeightError as error:
            if self._request.weight_rule is WeightRule.REFUSE or error.code == "WEIGHTS_MIXED":
                raise DomainError(ErrorCode(error.code), ("input", "items"), total=error.total) from error
            try:
                balanced = renormalised({row.id: row.weight for row in rows}, named)
            except WeightError as unbalanced:
                raise DomainError(
                    ErrorCode(unbalanced.code), ("input", "items"), total=unbalanced.total
                ) from unbalanced
            for row in rows:
                row.weight = balanced[row.id]

    def _revise(self) -> list[Goal]:
        altered = [
            goal
            for goal in self._goals.values()
            if goal.status is not self._states[goal.id]
            or content_of(goal, self._measures(goal)) != self._before[goal.id]
        ]
        if not altered:
            raise DomainError(ErrorCode.CHANGE_EMPTY, ("input", "items"))
        for goal in altered:
            revise(self._session, self._viewer, goal, self._request)
        self._session.flush()
        return altered


_WEIGHING = frozenset({ChangeKind.ADD_GOAL, ChangeKind.DROP_GOAL, ChangeKind.GOAL_WEIGHT, ChangeKind.GOAL_OWNER})


def _changed(weight: Decimal | None, item: ChangeItem, at: tuple[str, ...]) -> Decimal:
    if weight is None or item.amount is None or item.mode is None:
        raise DomainError(ErrorCode.WEIGHTS_MIXED, (*at, "amount"))
    try:
        return changed(weight, item.amount, item.mode)
    except WeightError as error:
        raise DomainError(ErrorCode.WEIGHT_OUT_OF_RANGE, (*at, "amount"), total=error.total) from error
