"""One page of a blank as print and words, and the questions that the rules of proposing ask about it.

All lengths are millimetres of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ocr.arrays import Bits
from ocr.contract import Box, FieldType, Option
from ocr.proposal.printed import Printed, holds
from ocr.proposal.words import Piece
from ocr.vocabulary import letters

COLONS = ":："
_CLAUSES = re.compile(r"[，。；]")
_NUMBER = re.compile(r"[\d.,%％]+")
RULE_MARGIN_MM = 0.4
MEET_MM = 2.6
"""Neighbouring cells are not further apart than this: a border, drawn twice at most."""


@dataclass(eq=False)
class Cell:
    """An enclosed area with what is printed in it."""

    box: Box
    pieces: list[Piece] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    levels: list[Box] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.pieces and not self.boxes and not self.levels

    @property
    def text(self) -> str:
        return joined(self.pieces)


@dataclass(eq=False)
class Draft:
    """A field in the making: where it is, what it is called, and what is ticked in it."""

    box: Box
    label: str
    type: FieldType
    options: tuple[Option, ...] = ()
    weight: str | None = None
    pdf_field: str | None = None
    listed: bool = False


@dataclass
class BlankPrint:
    """What is printed on one blank page. `used` are pieces and boxes that a field has taken already."""

    number: int
    size_mm: tuple[float, float]
    printed: Printed
    pieces: Sequence[Piece]
    ink: Bits
    """Where anything is printed, in pixels."""
    px_per_mm: float
    used: set[int] = field(default_factory=set)
    dates: list[Box] = field(default_factory=list)
    """Where dates printed as 年 月 日 are written."""

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells, each with what lies in it and in no smaller one."""
        found = [Cell(box) for box in self.printed.cells]
        smallest_first = sorted(found, key=lambda cell: cell.box[2] * cell.box[3])

        def within(box: Box) -> Cell | None:
            x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
            return next((cell for cell in smallest_first if holds(cell.box, x, y)), None)

        for piece in self.pieces:
            cell = within(piece.box)
            if cell is not None:
                cell.pieces.append(piece)
        for box in self.printed.boxes:
            cell = within(box)
            if cell is not None:
                cell.boxes.append(box)
        for level in self.lines:
            cell = within(level)
            if cell is not None:
                cell.levels.append(level)
        return found

    @cached_property
    def lines(self) -> list[Box]:
        """Level rules that are no border of a cell: what people write on, and what parts sections."""
        return [
            level
            for level in self.printed.levels
            if not any(_borders(level, cell) for cell in (*self.printed.cells, *self.printed.boxes))
        ]

    @cached_property
    def right_margin(self) -> float:
        """How far to the right anything is printed, and at least a seventh from the edge."""
        rights = [piece.right for piece in self.pieces] + [box[0] + box[2] for box in self.printed.levels]
        return min(self.size_mm[0] - 5, max([*rights, self.size_mm[0] * 6 / 7]))

    def cell_of(self, box: Box) -> Cell | None:
        """The smallest cell in which the middle of a box lies."""
        x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
        around = [cell for cell in self.cells if holds(cell.box, x, y)]
        return min(around, key=lambda cell: cell.box[2] * cell.box[3], default=None)

    def take(self, *pieces: Piece) -> None:
        self.used.update(id(piece) for piece in pieces)

    def free(self, pieces: Iterable[Piece]) -> list[Piece]:
        return [piece for piece in pieces if id(piece) not in self.used]

    def within_rules(self, box: Box) -> Box:
        """The part of a box around its middle that no level rule crosses."""
        x, y, w, h = box
        top, bottom = y, y + h
        for level in self.printed.levels:
            if shared(level[0], level[2], x, w) < 0.3 or not y < level[1] + level[3] / 2 < y + h:
                continue
            if level[1] + level[3] / 2 < y + h / 2:
                top = max(top, level[1] + level[3] + RULE_MARGIN_MM)
            else:
                bottom = min(bottom, level[1] - RULE_MARGIN_MM)
        return x, top, w, bottom - top

    def inked(self, box: Box) -> bool:
        """Whether more than a speck is printed in a box."""
        x, y, w, h = (round(side * self.px_per_mm) for side in box)
        part = self.ink[max(0, y) : y + h, max(0, x) : x + w]
        return bool(part.size) and int(part.sum()) > 0.15 * self.px_per_mm**2

    def blank_below(self, box: Box, reach: float) -> float:
        """How much white there is below a box over its width, up to `reach`."""
        x, y, w, h = (round(side * self.px_per_mm) for side in (box[0], box[1] + box[3], box[2], reach))
        y += 2  # a letter's lower end may reach a pixel out of its box
        part = self.ink[max(0, y) : y + h, max(0, x) : x + w]
        rows = np.flatnonzero(part.sum(axis=1) > 1)
        return float(rows[0] if len(rows) else part.shape[0]) / self.px_per_mm

    def blank_right(self, box: Box) -> float:
        """How much white there is from a box's left edge on, over its height, up to its width."""
        x, y, w, h = (round(side * self.px_per_mm) for side in box)
        part = self.ink[max(0, y) : y + max(1, h), max(0, x) : x + max(1, w)]
        columns = np.flatnonzero(part.any(axis=0))
        return float(columns[0] if len(columns) else part.shape[1]) / self.px_per_mm

    def blank_above(self, box: Box, reach: float) -> float:
        """How much white there is above a box over its width, up to `reach`."""
        x, y, w, h = (round(side * self.px_per_mm) for side in (box[0], box[1], box[2], reach))
        part = self.ink[max(0, y - h) : max(0, y), max(0, x) : x + w]
        rows = np.flatnonzero(part.sum(axis=1) > 1)
        return float(part.shape[0] - 1 - rows[-1] if len(rows) else part.shape[0]) / self.px_per_mm


def joined(pieces: Sequence[Piece]) -> str:
    """The words of pieces in reading order: Chinese lines without a space between, others with one."""
    text = ""
    for piece in in_rows(pieces):
        chinese = bool(text) and ord(text[-1]) > 0x2E80 and ord(piece.text[0]) > 0x2E80
        text += ("" if not text or chinese else " ") + piece.text
    return text


def in_rows(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces row by row from the top, left to right within a row."""
    waiting = sorted(pieces, key=lambda piece: piece.middle[1])
    ordered: list[Piece] = []
    while waiting:
        reach = waiting[0].middle[1] + waiting[0].box[3] / 2
        row = [piece for piece in waiting if piece.middle[1] <= reach]
        waiting = waiting[len(row) :]
        ordered.extend(sorted(row, key=lambda piece: piece.left))
    return ordered


def same_row(one: Piece, other: Piece) -> bool:
    return abs(one.middle[1] - other.middle[1]) < 0.6 * max(one.box[3], other.box[3])


def ends_open(text: str) -> bool:
    """Whether a label ends with a colon, as one does that waits for its value."""
    return text.rstrip().endswith(tuple(COLONS))


def bare(label: str) -> str:
    """A label without its colon, its number and blanks around it."""
    text = " ".join(label.split()).strip(" _.·*＊" + COLONS + "…").strip()
    return text if letters(text) else ""


def is_sentence(text: str) -> bool:
    """Whether words tell something: what a field is called has no stops and commas of Chinese in it."""
    return _CLAUSES.search(text) is not None


def is_number(text: str) -> bool:
    """Whether words are a number, a weight or a serial number: nothing that a field is called by."""
    return _NUMBER.fullmatch("".join(text.split())) is not None


def shared(begin: float, length: float, other_begin: float, other_length: float) -> float:
    """The common part of two stretches as a share of the shorter one."""
    common = min(begin + length, other_begin + other_length) - max(begin, other_begin)
    return max(0.0, common) / min(length, other_length)


def inset(box: Box) -> Box:
    """The area to write in inside a cell: a little white is kept from the border."""
    x, y, width, height = box
    margin = min(2.0, max(0.6, 0.16 * min(width, height)))
    return x + margin, y + margin, width - 2 * margin, height - 2 * margin


def _borders(level: Box, cell: Box) -> bool:
    near = min(abs(level[1] + level[3] / 2 - cell[1]), abs(level[1] + level[3] / 2 - cell[1] - cell[3]))
    return near < 1.6 + level[3] / 2 and shared(level[0], level[2], cell[0], cell[2]) > 0.5
