"""What clients write about goals, and how it becomes the drafts of the use cases."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import strawberry

import schema.goal_enums  # noqa: F401 - describes the enums used here
from db.models import goals as rows
from resolvers.goals.inputs import GoalDraft, MeasureDraft
from schema.inputs import optional_id
from schema.mutation import EXPECTED_VERSION, REQUEST_ID
from schema.relay import decode_id


@strawberry.input(description="A key result: a number with its direction, or words for three stages.")
class MeasureInput:
    name: str = strawberry.field(description="What is measured; at most 300 characters.")
    kind: rows.MeasureKind = strawberry.field(
        default=rows.MeasureKind.NUMERIC, description="By number, or in words (then targetText is needed)."
    )
    unit: str | None = strawberry.field(default=None, description="Unit of the numbers; at most 32 characters.")
    direction: rows.Direction | None = strawberry.field(
        default=rows.Direction.INCREASE, description="Which way the number is to go."
    )
    start: Decimal | None = strawberry.field(
        default=None,
        description="Where it stands. Without: 0 for an increase, twice the target for a decrease.",
    )
    target: Decimal | None = strawberry.field(default=None, description="Where it is to go; needed unless a range.")
    low: Decimal | None = strawberry.field(default=None, description="Lower bound of a range to keep within.")
    high: Decimal | None = strawberry.field(default=None, description="Upper bound of a range to keep within.")
    commit_text: str | None = strawberry.field(default=None, description="In words: what is committed to.")
    target_text: str | None = strawberry.field(default=None, description="In words: the target.")
    stretch_text: str | None = strawberry.field(default=None, description="In words: the stretch.")
    weight: Decimal | None = strawberry.field(
        default=None, description="Percent within the goal; on all of its measures, totalling 100, or on none."
    )
    data_source: rows.DataSource | None = strawberry.field(
        default=None, description="Where its values will come from; without one there is a warning."
    )


@strawberry.input(description="A goal to be drafted.")
class GoalInput:
    cycle_id: strawberry.ID = strawberry.field(description="Its cycle.")
    title: str = strawberry.field(description="What is to be reached; at most 300 characters.")
    kind: rows.GoalKind = strawberry.field(default=rows.GoalKind.OBJECTIVE, description="What kind it is.")
    level: rows.GoalLevel = strawberry.field(default=rows.GoalLevel.PERSON, description="Whose it is.")
    owner_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The person who answers for it; for a person's goal by default the viewer.",
    )
    department_id: strawberry.ID | None = strawberry.field(default=None, description="For a department's goal.")
    code: str | None = strawberry.field(default=None, description="A short name, unique in the cycle: O2.")
    description: str | None = strawberry.field(default=None, description="More about it; at most 5,000 characters.")
    parent_id: strawberry.ID | None = strawberry.field(default=None, description="The goal it serves, of whomever.")
    weight: Decimal | None = strawberry.field(
        default=None,
        description="Percent; on all of the owner's goals of this kind and cycle, totalling 100, or on none.",
    )
    hours: Decimal | None = strawberry.field(default=None, description="Working hours planned for it.")
    visibility: rows.GoalVisibility = strawberry.field(
        default=rows.GoalVisibility.ORGANIZATION, description="Who sees it once it is confirmed."
    )
    measures: list[MeasureInput] = strawberry.field(default_factory=list, description="Its key results.")


@strawberry.input(description="A goal to be drafted.")
class CreateGoalInput(GoalInput):
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Several goals to be drafted, all or none.")
class CreateGoalsInput:
    goals: list[GoalInput] = strawberry.field(description="At most 100; more by importGoals.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Changes of a draft: what is left out stays, null empties.")
class EditGoalInput:
    id: strawberry.ID = strawberry.field(description="The draft. Of a confirmed goal only the parent may be changed.")
    title: str | None = strawberry.field(default=strawberry.UNSET, description="What is to be reached.")
    kind: rows.GoalKind | None = strawberry.field(default=strawberry.UNSET, description="What kind it is.")
    level: rows.GoalLevel | None = strawberry.field(default=strawberry.UNSET, description="Whose it is.")
    owner_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Who answers for it.")
    department_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The department.")
    code: str | None = strawberry.field(default=strawberry.UNSET, description="A short name, unique in the cycle.")
    description: str | None = strawberry.field(default=strawberry.UNSET, description="More about it.")
    parent_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The goal it serves.")
    weight: Decimal | None = strawberry.field(default=strawberry.UNSET, description="Percent.")
    hours: Decimal | None = strawberry.field(default=strawberry.UNSET, description="Working hours.")
    visibility: rows.GoalVisibility | None = strawberry.field(default=strawberry.UNSET, description="Who sees it.")
    measures: list[MeasureInput] | None = strawberry.field(
        default=strawberry.UNSET, description="The key results in place of the present ones."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


_IDS = {
    "owner_id": ("Person", "ownerId"),
    "department_id": ("Department", "departmentId"),
    "parent_id": ("Goal", "parentId"),
}
_PLAIN = ("title", "kind", "level", "code", "description", "weight", "hours", "visibility")
_NEVER_NULL = frozenset({"title", "kind", "level", "visibility"})


def measure_draft(given: MeasureInput) -> MeasureDraft:
    """The measure as the use cases take it."""
    return MeasureDraft(
        name=given.name,
        kind=given.kind,
        unit=given.unit,
        direction=given.direction if given.kind is rows.MeasureKind.NUMERIC else None,
        start=given.start,
        target=given.target,
        low=given.low,
        high=given.high,
        commit_text=given.commit_text,
        target_text=given.target_text,
        stretch_text=given.stretch_text,
        weight=given.weight,
        data_source=given.data_source,
    )


def goal_draft(given: GoalInput, viewer_id: uuid.UUID | None, at: tuple[str, ...]) -> GoalDraft:
    """The goal as the use cases take it. Raises BAD_ID."""
    owner_id = optional_id(given.owner_id, "Person", (*at, "ownerId"))
    if owner_id is None and given.level is rows.GoalLevel.PERSON:
        owner_id = viewer_id
    return GoalDraft(
        cycle_id=decode_id(given.cycle_id, "Cycle", at=(*at, "cycleId")),
        kind=given.kind,
        level=given.level,
        title=given.title,
        owner_id=owner_id,
        department_id=optional_id(given.department_id, "Department", (*at, "departmentId")),
        code=given.code,
        description=given.description,
        parent_id=optional_id(given.parent_id, "Goal", (*at, "parentId")),
        weight=given.weight,
        hours=given.hours,
        visibility=given.visibility,
        measures=[measure_draft(measure) for measure in given.measures],
    )


def edited_values(given: EditGoalInput) -> dict[str, Any]:
    """The fields that an edit names, by attribute of `GoalDraft`. Null for what cannot be empty names nothing."""
    values: dict[str, Any] = {}
    for name in _PLAIN:
        value = getattr(given, name)
        if value is not strawberry.UNSET and not (value is None and name in _NEVER_NULL):
            values[name] = value
    for name, (type_name, client) in _IDS.items():
        value = getattr(given, name)
        if value is not strawberry.UNSET:
            values[name] = optional_id(value, type_name, ("input", client))
    return values


def edited_measures(given: EditGoalInput) -> Sequence[MeasureDraft] | None:
    """The measures that replace the present ones; None when the edit does not name any."""
    if given.measures is strawberry.UNSET or given.measures is None:
        return None
    return [measure_draft(measure) for measure in given.measures]
