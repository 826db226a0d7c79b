"""What the help in writing returns. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ml.text.folding import Language

Sentiment = Literal["strength", "concern", "mixed", "none"]


class Part(StrEnum):
    """The three parts of a useful note."""

    SITUATION = "situation"
    BEHAVIOUR = "behaviour"
    IMPACT = "impact"


class CautionCode(StrEnum):
    CHARACTER_JUDGEMENT = "character_judgement"
    ABSOLUTE = "absolute"
    HEARSAY = "hearsay"
    PROTECTED_ATTRIBUTE = "protected_attribute"
    HEALTH_FAMILY = "health_family"
    GENDERED_WORDING = "gendered_wording"
    REGIONAL_WORDING = "regional_wording"
    THREAT = "threat"


@dataclass(frozen=True, slots=True)
class Quote:
    """An exact substring of the note, with its offsets in characters."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Caution:
    """Wording that the writer should look at again; `quote` is the place, `messages` the reason in both languages."""

    code: CautionCode
    quote: Quote
    message_zh: str
    message_en: str

    def message(self, language: Language) -> str:
        return self.message_zh if language == "zh" else self.message_en


@dataclass(frozen=True, slots=True)
class Tag:
    """A behaviour tag of the organisation: its key, its labels, and words (folded, lower case) that point to it."""

    key: str
    label_zh: str
    label_en: str
    cues_zh: tuple[str, ...] = ()
    cues_en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TagSuggestion:
    """A tag with a score from 0 to 1 and the words of the note that speak for it."""

    tag: str
    score: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assist:
    """What a note says and lacks. Nothing here rates a person; it helps the writer."""

    language: Language
    situation: Quote | None
    behaviour: Quote | None
    impact: Quote | None
    missing: tuple[Part, ...]
    empty_praise: bool
    """Praise, criticism or a machine's conclusion that would fit anyone; `sentiment` says which way it leans."""
    tags: tuple[TagSuggestion, ...]
    sentiment: Sentiment
    cautions: tuple[Caution, ...]
    questions: tuple[str, ...]
    """One question for each missing part, in the language of the note."""

    @property
    def suggestion(self) -> str | None:
        """The questions as one text, or None when nothing is missing."""
        return (" " if self.language == "en" else "").join(self.questions) or None
