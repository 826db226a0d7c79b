"""Result data: the measures of the person's goals, of the cycle and of the one before, as exact figures."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from decimal import Decimal

from sqlalchemy.orm import Session

from db.models.briefs import EvidenceSource, Voice
from db.models.goals import COUNTED, Direction, Goal, Measure, MeasureKind
from db.queries import goals
from db.viewer import Viewer
from resolvers.briefs.contract import Item, Scope, Source
from resolvers.goals.standing import measure_progress

EARLIER = "earlier"
"""Part of a measure of the cycle before."""


def _collect(session: Session, viewer: Viewer, scope: Scope) -> list[Item]:
    cycles = [scope.cycle] + ([scope.earlier] if scope.earlier else [])
    found = session.scalars(
        goals.visible_to(session, viewer)
        .where(
            Goal.owner_id == scope.subject_id,
            Goal.cycle_id.in_([cycle.id for cycle in cycles]),
            Goal.status.in_(COUNTED),
        )
        .order_by(Goal.id)
    ).all()
    held = goals.measures(session, [goal.id for goal in found])
    return [_item(goal, measure, scope) for goal in found for measure in held.get(goal.id, []) if measure.applicable]


def _item(goal: Goal, measure: Measure, scope: Scope) -> Item:
    cycle = scope.cycle if goal.cycle_id == scope.cycle.id else scope.earlier
    assert cycle is not None
    return Item(
        EvidenceSource.MEASURE,
        measure.id,
        "" if cycle is scope.cycle else EARLIER,
        Voice.SYSTEM,
        None,
        in_words(measure, scope.language),
        scope.day_of(measure.measured_at) if measure.measured_at else None,
        goal.id,
        measure_progress(measure),
    )


def in_words(measure: Measure, language: str) -> str:
    """A measure with its figures: what it aims at, where it stands, how far that is."""
    chinese = language == "zh"
    name = f"“{measure.name}”"
    progress = measure_progress(measure)
    share = None if progress is None else f"{plain(progress * 100)}%"
    if measure.kind is MeasureKind.STAGED:
        if measure.stage is None:
            return f"{name}：尚无数据" if chinese else f"{name}: no data yet"
        stage = _STAGES[measure.stage.value][0 if chinese else 1]
        return f"{name}：{stage}" if chinese else f"{name}: {stage}"
    aim = _aim(measure, chinese)
    if measure.current is None:
        return f"{name}：{aim}，尚无数据" if chinese else f"{name}: {aim}, no data yet"
    value = amount(measure.current, measure.unit)
    if chinese:
        return f"{name}：{aim}，现为{value}" + (f"，完成度{share}" if share else "")
    return f"{name}: {aim}, now {value}" + (f", progress {share}" if share else "")


_STAGES = {
    "NONE": ("未达到承诺线", "not yet at what was committed to"),
    "COMMIT": ("达到承诺线", "what was committed to is reached"),
    "TARGET": ("达到目标", "the target is reached"),
    "STRETCH": ("达到挑战目标", "the stretch is reached"),
}


def _aim(measure: Measure, chinese: bool) -> str:
    if measure.direction is Direction.KEEP_WITHIN:
        low, high = amount(measure.low, measure.unit), amount(measure.high, measure.unit)
        return f"目标{low}至{high}" if chinese else f"target {low} to {high}"
    sign = "≤" if measure.direction is Direction.DECREASE else "≥"
    return (
        f"目标{sign}{amount(measure.target, measure.unit)}"
        if chinese
        else (f"target {sign} {amount(measure.target, measure.unit)}")
    )


def amount(value: Decimal | None, unit: str | None) -> str:
    """A number with its unit as people write it."""
    if value is None:
        return "—"
    return f"{plain(value)}{unit}" if unit == "%" else f"{plain(value)} {unit}" if unit else plain(value)


def plain(value: Decimal) -> str:
    """A decimal without exponent and trailing zeros, at most two places."""
    return format(value.quantize(Decimal("0.01")).normalize() + 0, "f")


def _visible(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    return set(goals.measures_by_ids(session, viewer, ids))


MEASURES = Source(_collect, _visible)
