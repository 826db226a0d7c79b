"""A document as blocks in reading order: what every file format becomes before values are sought in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeGuard

from ml.metrics.contract import NOWHERE, Place


class Heading(NamedTuple):
    text: str
    level: int
    where: Place


class Line(NamedTuple):
    """One line or paragraph. `verbatim` keeps its spaces (console output, code)."""

    text: str
    where: Place
    verbatim: bool = False
    confidence: float = 1.0


class Cell(NamedTuple):
    text: str
    where: Place
    confidence: float = 1.0
    covers: bool = False
    """Whether the text is repeated here from a merged cell above or to the left."""


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


Block = Heading | Line | Table


def picture_mark(where: Place) -> Line:
    """Stands for a picture, before the blocks that were read in it."""
    return Line("", where, verbatim=True)


def is_picture_mark(block: Block) -> TypeGuard[Line]:
    return isinstance(block, Line) and not block.text and block.where.image is not None


@dataclass(slots=True)
class Document:
    """The blocks of a file and what should be said about how they were read."""

    blocks: list[Block] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    pictured_pages: set[int] = field(default_factory=set)
    """Pages with text that also hold a picture, which was not read."""


def rectangular(rows: list[list[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows of equal length: short ones are filled with empty cells at their own place."""
    width = max((len(row) for row in rows), default=0)
    empty = Cell("", NOWHERE)
    return tuple(tuple(row) + (empty,) * (width - len(row)) for row in rows)
