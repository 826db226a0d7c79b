"""Revisions: what a goal was at a moment, kept as JSON that is never written again.

The content has the keys `title description parent_id owner_id department_id weight hours visibility measures`; each
measure has `id name kind unit direction start target low high commit_text target_text stretch_text weight data_source`.
Decimals and ids are text.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy.orm import Session

from db.models.goal_changes import ChangeRequest, GoalRevision
from db.models.goals import DataSource, Direction, Goal, Measure, MeasureKind
from db.queries import goals
from db.viewer import Viewer
from resolvers.goals.inputs import MeasureDraft
from resolvers.rules.progress import Part, RollUp, Scale, numeric, roll_up, staged

_GOAL_FIELDS = ("title", "description", "parent_id", "owner_id", "department_id", "weight", "hours", "visibility")
_MEASURE_FIELDS = (
    "name", "kind", "unit", "direction", "start", "target", "low", "high",
    "commit_text", "target_text", "stretch_text", "weight", "data_source",
)  # fmt: skip
_NUMBERS = frozenset({"start", "target", "low", "high", "weight"})


def content_of(goal: Goal, measures: Sequence[Measure]) -> dict[str, Any]:
    """The goal as a revision's content."""
    return {
        **{name: _plain(getattr(goal, name)) for name in _GOAL_FIELDS},
        "measures": [{"id": str(measure.id), **measure_content(measure)} for measure in measures],
    }


def measure_content(measure: Measure | MeasureDraft) -> dict[str, Any]:
    """A measure as part of a content, without its id."""
    return {name: _plain(getattr(measure, name)) for name in _MEASURE_FIELDS}


def measure_from(content: Mapping[str, Any]) -> MeasureDraft:
    """The measure that a content describes."""
    values: dict[str, Any] = {name: content.get(name) for name in _MEASURE_FIELDS}
    for name in _NUMBERS:
        values[name] = None if values[name] is None else Decimal(values[name])
    values["kind"] = MeasureKind(values["kind"])
    values["direction"] = None if values["direction"] is None else Direction(values["direction"])
    values["data_source"] = None if values["data_source"] is None else DataSource(values["data_source"])
    return MeasureDraft(**values)


def revise(session: Session, viewer: Viewer, goal: Goal, request: ChangeRequest | None) -> GoalRevision:
    """Write down what the goal is now as its next revision. The caller has flushed every change of it."""
    goal.revision += 1
    revision = GoalRevision(
        organization_id=goal.organization_id,
        goal_id=goal.id,
        number=goal.revision,
        content=content_of(goal, goals.measures(session, [goal.id]).get(goal.id, [])),
        request_id=request.id if request else None,
        proposed_by=request.requested_by if request else goal.owner_id or goal.created_by,
        approved_by=viewer.person_id,
    )
    session.add(revision)
    return revision


def progress_against(content: Mapping[str, Any], measures: Mapping[uuid.UUID, Measure]) -> RollUp:
    """How far the goal is when today's values are held against a revision's measures.

    A measure that has been taken away since counts with its last value.
    """
    parts = []
    for described in content["measures"]:
        measure = measures.get(uuid.UUID(described["id"]))
        if measure is not None and not measure.applicable:
            continue
        draft = measure_from(described)
        if draft.kind is MeasureKind.STAGED:
            reached = staged(measure.stage if measure else None)
        else:
            scale = Scale(draft.direction or Direction.INCREASE, draft.target, draft.start, draft.low, draft.high)
            reached = numeric(scale, measure.current if measure else None)
        parts.append(Part(draft.weight, reached))
    return roll_up(parts)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")  # 28 and 28.00 are the same weight
    return str(value) if isinstance(value, uuid.UUID) else value
