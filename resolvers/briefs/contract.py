"""A piece of evidence on its way from its record to a brief."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.models.briefs import BriefSection, EvidenceSource, Voice
from db.models.goals import Cycle
from db.viewer import Viewer
from resolvers.rules.clock import at_local

Key = tuple[EvidenceSource, uuid.UUID, str]
"""Source, key of its row, and which words of it."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something recorded about a person, verbatim; a measure is put into words with its exact figures."""

    source: EvidenceSource
    source_id: uuid.UUID
    part: str
    voice: Voice
    author_id: uuid.UUID | None
    text: str
    occurred_on: datetime.date | None = None
    goal_id: uuid.UUID | None = None
    progress: Decimal | None = None
    """Of a measure: the share of the way to its target, 1 at the target."""
    rating: Decimal | None = None
    """Of a customer's comment that has one: the share of the best rating that the source knows, 0 to 1."""

    @property
    def is_data(self) -> bool:
        """Recorded figures, which no engine puts into words."""
        return self.voice is Voice.SYSTEM

    @property
    def key(self) -> Key:
        return (self.source, self.source_id, self.part)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose work, in which cycle, and in which language figures are put into words."""

    subject_id: uuid.UUID
    cycle: Cycle
    earlier: Cycle | None
    """The cycle of the same kind before it."""
    managers: frozenset[uuid.UUID]
    """Everybody above the subject today."""
    language: str
    zone: ZoneInfo
    """The organisation's, in which the days of its cycles begin and end."""

    def day_of(self, moment: datetime.datetime) -> datetime.date:
        """The day on which something happened, by the organisation's clocks."""
        return moment.astimezone(self.zone).date()

    @property
    def opens_at(self) -> datetime.datetime:
        """The first moment of the cycle."""
        return at_local(self.cycle.starts_on, 0, self.zone)

    @property
    def closes_at(self) -> datetime.datetime:
        """The first moment after the cycle."""
        return at_local(self.cycle.ends_on + datetime.timedelta(days=1), 0, self.zone)

    def voice_of(self, author_id: uuid.UUID | None) -> Voice:
        """Who speaks when this person writes about the subject."""
        if author_id is None:
            return Voice.SYSTEM
        if author_id == self.subject_id:
            return Voice.SELF
        return Voice.MANAGER if author_id in self.managers else Voice.PEER


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of record: what a viewer sees of it about a person's cycle, and which of its rows a viewer may see now."""

    collect: Callable[[Session, Viewer, Scope], list[Item]]
    visible: Callable[[Session, Viewer, Collection[uuid.UUID]], set[uuid.UUID]]


@dataclass(frozen=True, slots=True)
class Citation:
    """Characters `start` to `end` of the text of the item at `position` (from 1)."""

    position: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence with its citations and what it rests on."""

    section: BriefSection
    text: str
    citations: tuple[Citation, ...]
    conflict: bool = False
    confidence: Decimal = Decimal(1)
    notes: int = 1
    of: int = 1
    people: int = 0
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is thin or missing; `params` fill its words."""

    code: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Material:
    """What a brief is written from."""

    subject_name: str
    people: tuple[str, ...]
    """Names of colleagues that stand in the evidence."""
    language: str
    items: Sequence[Item]
    excluded: frozenset[Key]
    digest: str
    since: datetime.date
    """The first day of the cycle: months are counted from it."""

    @property
    def usable(self) -> list[tuple[int, Item]]:
        """The items that were not left out, with their positions from 1."""
        return [(at, item) for at, item in enumerate(self.items, start=1) if item.key not in self.excluded]


@dataclass(frozen=True, slots=True)
class Text:
    """What the worker wrote."""

    engine: str
    fallback: str | None
    insufficient: bool
    sentences: Sequence[Written]
    gaps: Sequence[Gap]
    dropped: Sequence[tuple[str, str]]
    """Text and reason of each sentence that a check refused."""
    unused: dict[int, str]
    """Position to reason, of the items that no sentence cites."""
