"""What a reading of a deliverable is. Standard library only: other layers import this module.

Units are normalised: times of requests in `ms`, durations in `s`, rates in `req/s`, shares in `%`, amounts of data in
`bytes`, numbers of things in `count`; a metric that a template defines keeps the unit of its definition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol


class Kind(StrEnum):
    MEASURED = "measured"
    TARGET = "target"
    """Wanted, required, planned or expected: never a result."""
    BOUND = "bound"
    """A result known only as a limit ("below 200 ms")."""
    EXAMPLE = "example"
    """An illustration, an industry figure, somebody else's number, or what was the case before."""


class Status(StrEnum):
    OK = "ok"
    NO_DATA = "no_data"
    """Readable, and nothing in it is a measured value: grey, never green."""
    UNREADABLE = "unreadable"
    """The file is broken, hostile, too large or of a kind that is not read; `warnings` says which."""


class DeliverableError(ValueError):
    """A file cannot be read; `code` is stable, the message says what to do about it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type[DeliverableError], tuple[str, str]]:
        return type(self), (self.code, str(self))


class DefinitionError(ValueError):
    """A template's definition of a metric is not valid; the message names it and what is wrong."""


class Place(NamedTuple):
    """Where in the file a value stands. Counts start at 1; `region` is (x, y, width, height) in pixels of `image`
    (pictures and scanned pages) or in points from the top left corner of `page`."""

    page: int | None = None
    sheet: str | None = None
    cell: str | None = None
    line: int | None = None
    image: int | None = None
    region: tuple[float, float, float, float] | None = None


NOWHERE = Place()


class Metric(NamedTuple):
    """One value read from a deliverable. `scope` is what the value is about (an endpoint, a load step), in the file's
    own words; empty when it is about the whole. `confidence` is 0 to 1."""

    metric: str
    value: Decimal
    unit: str
    scope: str
    kind: Kind
    raw: str
    where: Place
    method: str
    confidence: float
    snippet: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Values that cannot all be true. Nothing is preferred: a person decides."""

    code: str
    message: str
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader of the result should know; `code` is stable, `message` a whole sentence."""

    code: str
    message: str


class RequirementKind(StrEnum):
    METRIC = "metric"
    """A measured value of a metric."""
    PICTURE = "picture"
    """A picture, known by its caption or by the words in it."""
    SECTION = "section"
    """A heading with something below it."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a template wants in the file: the metric `metric`, or a picture or section about one of `words`."""

    key: str
    kind: RequirementKind
    words: tuple[str, ...] = ()
    metric: str | None = None


class Outcome(StrEnum):
    FOUND = "found"
    MISSING = "missing"
    UNCLEAR = "unclear"
    """Something speaks for it, not enough: a heading with nothing below it, a picture that is only linked."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a requirement. `words` are the file's own."""

    key: str
    outcome: Outcome
    words: str = ""
    where: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Extraction:
    file: str
    format: str
    status: Status
    metrics: tuple[Metric, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    warnings: tuple[Notice, ...] = ()
    checklist: tuple[Checked, ...] = ()

    def measured(self) -> tuple[Metric, ...]:
        """The results alone: no targets, bounds or examples."""
        return tuple(metric for metric in self.metrics if metric.kind is Kind.MEASURED)


@dataclass(frozen=True, slots=True)
class PictureLine:
    """One line of text found in a picture. `box` is (x, y, width, height) in pixels, `confidence` 0 to 1."""

    text: str
    confidence: float
    box: tuple[float, float, float, float]


class ReadPage(Protocol):
    """Reads the text of one picture (PNG or JPEG bytes). The caller provides it; this package knows no OCR engine.

    May raise DeliverableError for a picture that it cannot decode."""

    def __call__(self, picture: bytes) -> Sequence[PictureLine]: ...


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page or picture in which something was found: JPEG, upright, without metadata.

    Regions of places on `page` (without `image`) are in points, of which each is `scale` pixels here; those of an
    `image` are in its pixels.
    """

    page: int | None
    image: int | None
    jpeg: bytes
    width: int
    height: int
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """A metric of a template's own, found by table column or label (`name`, `aliases`, `column`) or by `pattern`.

    `pattern` is a regular expression over one line of text with a group named `value` (and optionally `scope`).
    """

    name: str
    aliases: tuple[str, ...] = ()
    unit: str = "count"
    pattern: str | None = None
    column: str | None = None

    def labels(self) -> tuple[str, ...]:
        """All words under which a table or a line may name it."""
        own = (self.name, self.name.replace("_", " "), *self.aliases)
        return (*own, self.column) if self.column else own


def definitions_from(value: object) -> tuple[MetricDefinition, ...]:
    """Definitions from JSON: a list of objects with `name` and optionally `aliases`, `unit`, `pattern`, `column`.

    Raises DefinitionError for anything else, and for a pattern that does not compile or has no group `value`.
    """
    if not isinstance(value, list):
        raise DefinitionError("definitions must be a JSON list")
    return tuple(_definition(entry) for entry in value)


def _definition(entry: object) -> MetricDefinition:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"]:
        raise DefinitionError("each definition needs a name")
    name = entry["name"]
    aliases = entry.get("aliases", [])
    texts = {key: entry.get(key) for key in ("unit", "pattern", "column")}
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        raise DefinitionError(f"{name}: aliases must be a list of texts")
    for key, text in texts.items():
        if text is not None and not isinstance(text, str):
            raise DefinitionError(f"{name}: {key} must be a text")
    pattern = texts["pattern"]
    if pattern is not None:
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise DefinitionError(f"{name}: the pattern does not compile: {error}") from error
        if "value" not in compiled.groupindex:
            raise DefinitionError(f"{name}: the pattern needs a group named value: (?P<value>…)")
    return MetricDefinition(name, tuple(aliases), texts["unit"] or "count", pattern, texts["column"])


@dataclass(frozen=True, slots=True)
class Limits:
    """What a deliverable may cost at most; past a limit the file is unreadable, with a message that names it."""

    bytes: int = 50_000_000
    sample_bytes: int = 400_000_000
    """Of a file of raw samples, which is read as a stream."""
    unpacked_bytes: int = 300_000_000
    unpacked_ratio: int = 200
    labels: int = 170
    """Of raw samples; of files with more only the total is read: their labels hold ids, and nobody reads that many."""
    pages: int = 200
    pictures: int = 30
    rows: int = 5_000_000
    table_rows: int = 20_000
    columns: int = 200
    characters: int = 5_000_000
    json_depth: int = 60


DEFAULT_LIMITS = Limits()
