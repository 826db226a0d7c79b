"""What the SMART check takes and gives."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum


class Letter(StrEnum):
    SPECIFIC = "SPECIFIC"
    MEASURABLE = "MEASURABLE"
    ACHIEVABLE = "ACHIEVABLE"
    RELEVANT = "RELEVANT"
    TIME_BOUND = "TIME_BOUND"


class Verdict(StrEnum):
    MET = "MET"
    WEAK = "WEAK"
    """Something is there, and it is not enough."""
    MISSING = "MISSING"


class Ground(StrEnum):
    """Why a letter got its verdict."""

    ACTION_AND_OBJECT = "ACTION_AND_OBJECT"
    FIGURE_AND_OBJECT = "FIGURE_AND_OBJECT"
    VAGUE_OBJECT = "VAGUE_OBJECT"
    NO_ACTION = "NO_ACTION"
    NO_OBJECT = "NO_OBJECT"
    QUANTITY = "QUANTITY"
    MEASURES = "MEASURES"
    MILESTONE = "MILESTONE"
    VAGUE_DEGREE = "VAGUE_DEGREE"
    NO_QUANTITY = "NO_QUANTITY"
    BASELINE = "BASELINE"
    MEANS = "MEANS"
    EXTREME = "EXTREME"
    LEAP = "LEAP"
    NO_BASELINE = "NO_BASELINE"
    NOTHING_TO_JUDGE = "NOTHING_TO_JUDGE"
    ALIGNED = "ALIGNED"
    PURPOSE = "PURPOSE"
    OUTCOME = "OUTCOME"
    NO_PURPOSE = "NO_PURPOSE"
    DEADLINE = "DEADLINE"
    CYCLE = "CYCLE"
    FREQUENCY = "FREQUENCY"
    VAGUE_TIME = "VAGUE_TIME"
    NO_TIME = "NO_TIME"


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the text as given: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One letter's verdict with the words that decided it."""

    letter: Letter
    verdict: Verdict
    ground: Ground
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a goal besides its text."""

    has_target: bool = False
    """A measure with a target, or stages in words."""
    has_start: bool = False
    """A measure with a start."""
    leap: bool = False
    """A measure whose target is more than three times its start, or less than a third of it."""
    aligned: bool = False
    """It serves another goal."""
    ends_on: datetime.date | None = None
    """The last day of its cycle."""
