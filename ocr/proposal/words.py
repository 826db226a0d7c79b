"""The words of a blank, in pieces: a row of a form is one line of text for a detector, but several things to a person.

A line is cut where a rule, a box or much white lies in it, and each piece is recognised by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import Bits, Picture, Points
from ocr.contract import Box
from ocr.engine import Engine
from ocr.light import darkness
from ocr.proposal.printed import Printed, holds

INK = 0.3
WIDE = 1.6
"""White of so many times the line's height parts two pieces; the characters of one label stand nearer together."""
AFTER_COLON = 0.5
LEAST_SURE = 0.5
COLUMN_MM, COLUMN_SHAPE, COLUMN_SURE = 8.0, 1.8, 0.7
"""Greatest width of words that run from top to bottom, least height in widths, and how sure they must be."""
LEAST_GLYPH_MM = 2.0
LEAST_LETTER_MM, EDGE_MM = 1.5, 0.8


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that belong together. The box is in millimetres."""

    text: str
    confidence: float
    box: Box

    @property
    def left(self) -> float:
        return self.box[0]

    @property
    def top(self) -> float:
        return self.box[1]

    @property
    def right(self) -> float:
        return self.box[0] + self.box[2]

    @property
    def bottom(self) -> float:
        return self.box[1] + self.box[3]

    @property
    def middle(self) -> tuple[float, float]:
        return self.box[0] + self.box[2] / 2, self.box[1] + self.box[3] / 2


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page from which rules and boxes were painted away, where it is dark, and what reads it."""

    words: Picture
    dark: Bits
    printed: Printed
    engine: Engine
    px_per_mm: float

    def ink_in(self, cell: Box) -> tuple[int, int, int, int] | None:
        """The box in pixels around all that is printed in a cell, away from its border."""
        left, top, wide, high = cell
        inner = (left + EDGE_MM, top + EDGE_MM, wide - 2 * EDGE_MM, high - 2 * EDGE_MM)
        x, y, w, h = (round(side * self.px_per_mm) for side in inner)
        across = np.flatnonzero(self.dark[y : y + h, x : x + w].any(axis=0)) if min(w, h) > 0 else np.empty(0, int)
        if not across.size:
            return None
        return _tight(self.dark, (x + int(across[0]), y, int(across[-1] - across[0]) + 1, h))

    def piece(self, line: Picture, part: tuple[int, int, int, int], least: float) -> Piece | None:
        """What a picture of a line says, at that place of the page, if it is that sure."""
        reading = self.engine.recognise([line])[0]
        text = reading.text.strip()
        if not text or reading.confidence < least:
            return None
        left, top, wide, high = (side / self.px_per_mm for side in part)
        return Piece(text, round(reading.confidence, 3), (left, top, wide, high))


def find_pieces(words: Picture, printed: Printed, engine: Engine, px_per_mm: float) -> list[Piece]:
    """The pieces on a page from which rules and boxes were painted away, in no order."""
    dark = darkness(words, px_per_mm) > INK
    sheet = _Sheet(words, dark, printed, engine, px_per_mm)
    columns = _columns(sheet)
    pieces = [piece for piece, _ in columns]
    for outline in engine.detect(words):
        box = _box(outline, dark.shape)
        middle = (box[0] + box[2] / 2) / px_per_mm, (box[1] + box[3] / 2) / px_per_mm
        if any(holds(cell, *middle) for _, cell in columns):
            continue
        for left, right in _cuts(dark, box, printed, px_per_mm):
            part = _tight(dark, (left, box[1], right - left, box[3]))
            if part is None:
                continue
            piece = sheet.piece(_crop(words, part, px_per_mm), part, LEAST_SURE)
            pieces.extend([piece] if piece is not None else [])
    return pieces + _overlooked(sheet, pieces)


def _columns(sheet: _Sheet) -> list[tuple[Piece, Box]]:
    """Words that run from top to bottom in a cell, one character below the other, and their cells.

    The characters are put side by side and recognised as a line. Words that are none that way are left to others.
    """
    found = []
    for cell in sheet.printed.cells:
        part = sheet.ink_in(cell) if cell[3] >= COLUMN_SHAPE * LEAST_GLYPH_MM else None
        if part is None or part[2] > COLUMN_MM * sheet.px_per_mm or part[3] < COLUMN_SHAPE * part[2]:
            continue
        piece = sheet.piece(_side_by_side(sheet.words, sheet.dark, part), part, COLUMN_SURE)
        if piece is not None and len(piece.text) > 1:
            found.append((piece, cell))
    return found


def _overlooked(sheet: _Sheet, pieces: Sequence[Piece]) -> list[Piece]:
    """Words alone in their cells that no line was found for: a detector passes over single characters."""
    found = []
    for cell in sheet.printed.cells:
        others = (*sheet.printed.boxes, *(other for other in sheet.printed.cells if other is not cell))
        if any(holds(cell, *piece.middle) for piece in pieces) or any(_inside(other, cell) for other in others):
            continue
        part = sheet.ink_in(cell)
        if part is None or not LEAST_LETTER_MM <= part[3] / sheet.px_per_mm <= COLUMN_MM:
            continue
        piece = sheet.piece(_crop(sheet.words, part, sheet.px_per_mm), part, LEAST_SURE)
        found.extend([piece] if piece is not None else [])
    return found


def _inside(inner: Box, outer: Box) -> bool:
    return holds(outer, inner[0] + inner[2] / 2, inner[1] + inner[3] / 2)


def _side_by_side(words: Picture, dark: Bits, part: tuple[int, int, int, int]) -> Picture:
    """A column of characters as a line: parts with white between them, which together are as high as wide, are one."""
    x, y, w, h = part
    rows = dark[y : y + h, x : x + w].any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], rows, [False]]).astype(np.int8)))
    runs: list[list[int]] = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and end - runs[-1][0] <= 1.12 * w:
            runs[-1][1] = end
        else:
            runs.append([begin, end])
    side = round(1.3 * w)
    paper = int(np.percentile(words[y : y + h, x : x + w], 95))
    line = np.full((side, side * len(runs), *words.shape[2:]), paper, words.dtype)
    for number, (begin, end) in enumerate(runs):
        glyph = words[y + begin : y + end, x : x + w][:side]
        top, left = (side - glyph.shape[0]) // 2, number * side + (side - w) // 2
        line[top : top + glyph.shape[0], left : left + w] = glyph
    return line


def _cuts(dark: Picture, box: tuple[int, int, int, int], printed: Printed, px_per_mm: float) -> list[tuple[int, int]]:
    """Where in a line the pieces begin and end, in pixels."""
    x, y, w, h = box
    inked = dark[y : y + h, x : x + w].any(axis=0)
    stops = np.zeros(w, bool)
    for part in printed.boxes:
        bx, by, bw, bh = (side * px_per_mm for side in part)
        if by < y + 0.7 * h and by + bh > y + 0.3 * h:
            stops[max(0, round(bx - x)) : max(0, round(bx + bw - x))] = True
    ruled = printed.mask[y : y + h, x : x + w]
    stops |= ruled.sum(axis=0) > 0.8 * h
    places = np.flatnonzero(inked & ~stops)
    if not len(places):
        return []
    pieces = []
    begin = last = int(places[0])
    for place in map(int, places[1:]):
        gap = place - last - 1
        if gap > WIDE * h or stops[last:place].any():
            pieces.append((x + begin, x + last + 1))
            begin = place
        last = place
    pieces.append((x + begin, x + last + 1))
    return pieces


def _tight(dark: Picture, box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    x, y, w, h = box
    rows = np.flatnonzero(dark[y : y + h, x : x + w].any(axis=1))
    if not len(rows):
        return None
    return x, y + int(rows[0]), w, int(rows[-1] - rows[0] + 1)


def _crop(words: Picture, part: tuple[int, int, int, int], px_per_mm: float) -> Picture:
    x, y, w, h = part
    margin = max(2, round(0.12 * h), round(0.3 * px_per_mm))
    crop = words[max(0, y - margin) : y + h + margin, max(0, x - margin) : x + w + margin]
    return cv2.copyMakeBorder(crop, 1, 1, margin, margin, cv2.BORDER_REPLICATE)


def _box(outline: Points, shape: Sequence[int]) -> tuple[int, int, int, int]:
    left, top = np.floor(outline.min(axis=0)).astype(int)
    right, bottom = np.ceil(outline.max(axis=0)).astype(int)
    left, top = max(0, int(left)), max(0, int(top))
    return left, top, min(int(right), shape[1]) - left, min(int(bottom), shape[0]) - top
