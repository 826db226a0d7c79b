"""What clients say about goals and measures, and what of it can be refused by looking at it alone."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from db.base import DECIMAL_PLACES
from db.models.goals import (
    DataSource,
    Direction,
    GoalKind,
    GoalLevel,
    GoalVisibility,
    Measure,
    MeasureKind,
)
from db.queries.goal_trees import MeasureFigures
from resolvers.errors import DomainError, ErrorCode
from resolvers.rules.blanks import is_blank
from resolvers.rules.progress import Scale, ScaleError

TITLE_LENGTH = 300
CODE_LENGTH = 32
UNIT_LENGTH = 32
TEXT_LENGTH = 5_000
NUMBER_LIMIT = Decimal(10) ** 14
"""What every database stores exactly with four decimal places."""
MEASURES_OF_A_GOAL = 50

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasureDraft:
    """A key result as a client writes it."""

    name: str
    kind: MeasureKind = MeasureKind.NUMERIC
    unit: str | None = None
    direction: Direction | None = Direction.INCREASE
    start: Decimal | None = None
    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    commit_text: str | None = None
    target_text: str | None = None
    stretch_text: str | None = None
    weight: Decimal | None = None
    data_source: DataSource | None = None


@dataclass(frozen=True, slots=True)
class GoalDraft:
    """A goal as a client writes it."""

    cycle_id: uuid.UUID
    kind: GoalKind
    level: GoalLevel
    title: str
    owner_id: uuid.UUID | None = None
    department_id: uuid.UUID | None = None
    code: str | None = None
    description: str | None = None
    parent_id: uuid.UUID | None = None
    weight: Decimal | None = None
    hours: Decimal | None = None
    visibility: GoalVisibility = GoalVisibility.ORGANIZATION
    measures: Sequence[MeasureDraft] = field(default_factory=tuple)


def checked_goal(draft: GoalDraft, at: Path = ("input",)) -> None:
    """Raise `DomainError` for the first thing in the draft that cannot stand, with its path below `at`."""
    required_text(draft.title, TITLE_LENGTH, (*at, "title"))
    optional_text(draft.code, CODE_LENGTH, (*at, "code"))
    optional_text(draft.description, TEXT_LENGTH, (*at, "description"))
    checked_weight(draft.weight, (*at, "weight"))
    checked_number(draft.hours, (*at, "hours"), low=Decimal(0))
    if draft.level is GoalLevel.PERSON and draft.owner_id is None:
        raise DomainError(ErrorCode.OWNER_REQUIRED, (*at, "ownerId"))
    if draft.level is GoalLevel.DEPARTMENT and draft.department_id is None:
        raise DomainError(ErrorCode.OWNER_REQUIRED, (*at, "departmentId"))
    if len(draft.measures) > MEASURES_OF_A_GOAL:
        raise DomainError(ErrorCode.TOO_MANY, (*at, "measures"))
    for index, measure in enumerate(draft.measures):
        checked_measure(measure, (*at, "measures", str(index)))


def checked_measure(draft: MeasureDraft, at: Path) -> None:
    """Raise `DomainError` for the first thing in a measure that cannot stand."""
    required_text(draft.name, TITLE_LENGTH, (*at, "name"))
    optional_text(draft.unit, UNIT_LENGTH, (*at, "unit"))
    checked_weight(draft.weight, (*at, "weight"))
    for name in ("start", "target", "low", "high"):
        checked_number(getattr(draft, name), (*at, name))
    for name in ("commit", "target", "stretch"):
        optional_text(getattr(draft, f"{name}_text"), TEXT_LENGTH, (*at, f"{name}Text"))
    if draft.kind is MeasureKind.STAGED:
        required_text(draft.target_text or "", TEXT_LENGTH, (*at, "targetText"))
    else:
        scale_of(draft, at)


def scale_of(measure: MeasureDraft | Measure | MeasureFigures, at: Path | None = None) -> Scale:
    """The scale of a numeric measure. Raises MEASURE_SCALE where its numbers contradict its direction."""
    try:
        return Scale(measure.direction or Direction.INCREASE, measure.target, measure.start, measure.low, measure.high)
    except ScaleError as error:
        raise DomainError(ErrorCode.MEASURE_SCALE, at, reason=error.code) from error


def required_text(text: str, limit: int, at: Path) -> str:
    """The text without white space around it. Raises TEXT_REQUIRED where nothing of it is seen, and what
    `optional_text` does."""
    words = optional_text(text, limit, at)
    if words is None:
        raise DomainError(ErrorCode.TEXT_REQUIRED, at)
    return words


def optional_text(text: str | None, limit: int, at: Path) -> str | None:
    """The text without white space around it, None when nothing of it is seen. Raises TEXT_TOO_LONG, and INVALID for
    characters that cannot be stored."""
    if text is None:
        return None
    if len(text) > limit:
        raise DomainError(ErrorCode.TEXT_TOO_LONG, at)
    require_storable(text, at)
    return None if is_blank(text) else text.strip()


def require_storable(text: str, at: Path) -> None:
    """Raises INVALID for null characters and halves of surrogate pairs, which no database stores."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise DomainError(ErrorCode.INVALID, at)


def checked_weight(weight: Decimal | None, at: Path) -> None:
    """Raises WEIGHT_OUT_OF_RANGE unless 0 to 100, TOO_MANY_DECIMALS beyond four places."""
    if weight is not None and not 0 <= weight <= 100:
        raise DomainError(ErrorCode.WEIGHT_OUT_OF_RANGE, at)
    checked_number(weight, at)


def checked_number(number: Decimal | None, at: Path, low: Decimal = -NUMBER_LIMIT) -> None:
    """Raises NUMBER_OUT_OF_RANGE and TOO_MANY_DECIMALS for what cannot be stored exactly."""
    if number is None:
        return
    if not low <= number <= NUMBER_LIMIT:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, at)
    if number != round(number, DECIMAL_PLACES):
        raise DomainError(ErrorCode.TOO_MANY_DECIMALS, at)


def checked_confidence(confidence: int | None, at: Path) -> None:
    """Raises NUMBER_OUT_OF_RANGE unless 0 to 10."""
    if confidence is not None and not 0 <= confidence <= 10:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, at)


def monday_of(day: datetime.date) -> datetime.date:
    """The Monday of the week of a day."""
    return day - datetime.timedelta(days=day.weekday())
