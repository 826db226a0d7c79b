"""What goes into a brief and what comes out. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from ml.text.folding import Language


class NoteKind(StrEnum):
    """Where a note comes from. Opinions of different origin are not merged into one sentence."""

    PEER = "peer"
    MANAGER = "manager"
    CUSTOMER = "customer"
    SELF = "self"
    METRIC = "metric"


class NotesError(ValueError):
    """The notes cannot be used; the message says which line and what to do."""


@dataclass(frozen=True, slots=True)
class Note:
    """One piece of evidence. `date` is ISO 8601 (`2026-06-14`) or None."""

    id: str
    text: str
    author_id: str | None = None
    subject_id: str | None = None
    date: str | None = None
    kind: NoteKind = NoteKind.PEER


SentenceKind = Literal["strength", "concern", "fact"]


@dataclass(frozen=True, slots=True)
class Support:
    """`notes` of the `of` usable notes say so, written by `people` different authors (0 when none is known)."""

    notes: int
    of: int
    people: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence that an engine proposes; the checks decide whether it is used."""

    text: str
    citations: tuple[str, ...]
    kind: SentenceKind
    conflict: bool = False
    """The sentence sets two notes against each other that cannot both be true."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the brief, after every check."""

    text: str
    citations: tuple[str, ...]
    support: Support
    kind: SentenceKind
    conflict: bool = False
    confidence: float = 1.0
    """1.0, or what a configured entailment model lowered it to."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that an engine proposed and a check refused."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unused:
    """A note that is not cited, and why: `empty`, `another_person`, `no_room`, `not_concrete`, `insufficient`."""

    note_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What the notes say. `insufficient` briefs have no sentences and a `reason`."""

    subject_id: str | None
    language: Language
    insufficient: bool
    reason: str | None
    engine: str
    fallback: str | None
    """Why the configured engine was not used, when the extractive one stepped in."""
    sentences: tuple[Sentence, ...]
    dropped: tuple[Dropped, ...]
    unused: tuple[Unused, ...]
    digest: str
    """SHA-256 of the notes, the options and the versions of engine and prompt: equal digests, equal briefs."""


@dataclass(frozen=True, slots=True)
class BriefOptions:
    """`max_words` counts English words and Chinese characters; `max_chars` counts characters without white space."""

    subject: str | None = None
    of_person: bool | None = None
    """Whether the notes are about a person's work, of which empty praise says nothing, or about a thing; None: the
    notes tell (`ml.brief.people.about_a_person`)."""
    max_words: int | None = None
    max_chars: int | None = None
    language: Language | None = None
    minimum_notes: int = 3
    """Fewer concrete notes than this make no brief."""
    minimum_authors: int = 2
    """Fewer authors than this make no brief, where authors are known."""
    max_sentences: int = 24
    people: tuple[str, ...] = ()
    """Names of people that are known, so that they are hidden from a configured server even where they do not look
    like names."""

    def __post_init__(self) -> None:
        for name in ("max_words", "max_chars", "max_sentences", "minimum_notes", "minimum_authors"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1, not {value}")


@dataclass(frozen=True, slots=True)
class Passage:
    """A usable sentence of a note, as an engine sees it."""

    note: Note
    text: str
    kind: SentenceKind
    weight: float
    """How concrete the sentence is, 0 to 1."""
    quoted: bool = False
    """The sentence generalises ("always"), so it may only appear as somebody's words."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The usable passages about one subject."""

    subject_id: str | None
    subject_names: tuple[str, ...]
    language: Language
    of_person: bool
    """Whether it is about somebody's work, not about a thing that many use."""
    notes: dict[str, Note]
    """All notes about the subject, by id."""
    passages: tuple[Passage, ...]
    options: BriefOptions = field(default_factory=BriefOptions)

    @property
    def usable(self) -> int:
        """How many notes have at least one usable passage."""
        return len({passage.note.id for passage in self.passages})


class EngineError(RuntimeError):
    """The engine could not draft; the message says why, without the text of any note."""


class Engine(Protocol):
    """Anything that turns passages into drafts. It may fail or invent: the checks stand behind it."""

    @property
    def name(self) -> str:
        """Engine, model and prompt version: part of the digest."""
        ...

    def draft(self, packs: Sequence[Pack]) -> list[list[Draft] | EngineError]:
        """Drafts for each pack, in order; a pack that failed holds its error, so that one does not stop the others."""
        ...


def storable(text: str) -> str:
    """A model's text without blanks around it and without null characters and halves of surrogate pairs, which JSON can
    spell and no database stores."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
