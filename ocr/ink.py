"""Writing on a page: what is darker than the paper and was not printed there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import Bits, Picture, Real
from ocr.contract import Box
from ocr.light import darkness

INK = 0.16
"""Least darkness of ink: a ball pen has 0.5 to 0.9, a pencil 0.25 and more, and blur takes half of a thin stroke."""

FAINT = 0.08
"""Darkness above the paper's grain that is too weak to be called ink by itself."""

STROKE_MM = 0.9
"""Least extent of a mark of a pen; what is smaller may be the dot of a letter."""

DOT_MM2 = 0.08
"""Area from which on something smaller than a stroke may be a full stop; what is smaller is grain."""

SPECK_MM, SPECK_MM2 = 1.5, 0.6
"""Extent and area under which all the ink of an area together is a speck of dirt."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The writing on a flattened page, in the page's pixels."""

    strong: Bits
    faint: Bits
    px_per_mm: float

    def inside(self, box: Box, shift_mm: tuple[float, float] = (0.0, 0.0)) -> tuple[Bits, Bits]:
        """Strong and faint writing inside a box of the page, the box moved by a shift."""
        rows, columns = window(box, self.px_per_mm, self.strong.shape, shift_mm)
        return self.strong[rows, columns], self.faint[rows, columns]


@dataclass(frozen=True, slots=True)
class Marks:
    """What is written in one area: the strokes, their outline in pixels of the area, and their size."""

    strokes: Bits
    dots: Bits
    """Ink that is too small for a stroke by itself: full stops, the dots of letters, specks of dirt."""
    outline: tuple[int, int, int, int] | None
    """Left, top, width, height of all strokes, or None when there is none."""
    area_mm2: float
    faint_only: bool
    """Something is there that is too weak to be sure that it is writing."""


def find_ink(flat: Picture, printed: Real | None, px_per_mm: float) -> Ink:
    """The writing on a flattened RGB page. `printed` is the darkness of its print; without it all print is writing."""
    seen = darkness(flat, px_per_mm)
    grain = _grain(seen)
    if printed is not None:
        print_here = printed if printed.shape == seen.shape else cv2.resize(printed, seen.shape[::-1])
        seen = np.where(print_here > 0.06, seen - 1.4 * print_here, seen)
    return Ink(seen > max(INK, 6 * grain), seen > max(FAINT, 3.5 * grain), px_per_mm)


def marks(strong: Bits, faint: Bits, px_per_mm: float) -> Marks:
    """The strokes in one area: connected faint darkness with ink in it, larger than a speck."""
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(faint.astype(np.uint8), connectivity=8)
    inked = np.bincount(numbered[strong], minlength=count)
    least = STROKE_MM * px_per_mm
    kept, small = np.zeros(count, bool), np.zeros(count, bool)
    faint_extent = 0.0
    for number in range(1, count):
        width, height, area = (int(stats[number, column]) for column in (2, 3, 4))
        extent = float(np.hypot(width, height))
        if inked[number] >= 3 and (extent >= least or area >= 0.25 * px_per_mm**2):
            kept[number] = True
        elif extent >= 3 * least:
            faint_extent += extent
        elif area >= DOT_MM2 * px_per_mm**2:
            small[number] = True
    strokes: Bits = kept[numbered]
    outline = _outline(strokes)
    total = float(strokes.sum()) / px_per_mm**2
    if outline is not None and total < SPECK_MM2 and max(outline[2:]) < SPECK_MM * px_per_mm:
        strokes, outline, total = np.zeros_like(strokes), None, 0.0
    return Marks(strokes, small[numbered], outline, total, faint_only=outline is None and faint_extent > 0)


def _outline(strokes: Bits) -> tuple[int, int, int, int] | None:
    rows, columns = np.flatnonzero(strokes.any(axis=1)), np.flatnonzero(strokes.any(axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1)


def window(
    box: Box, px_per_mm: float, shape: tuple[int, ...], shift_mm: tuple[float, float] = (0.0, 0.0)
) -> tuple[slice, slice]:
    """Rows and columns of a box (millimetres) on a picture of that shape; at least one pixel of each."""
    x, y, width, height = box
    left, top = round((x + shift_mm[0]) * px_per_mm), round((y + shift_mm[1]) * px_per_mm)
    right, bottom = left + round(width * px_per_mm), top + round(height * px_per_mm)
    left, top = min(max(0, left), shape[1] - 1), min(max(0, top), shape[0] - 1)
    return slice(top, max(top + 1, min(bottom, shape[0]))), slice(left, max(left + 1, min(right, shape[1])))


def _grain(darkness: Real) -> float:
    """Spread of the paper's darkness by noise: a robust estimate from the fine structure of a sample of the page."""
    sample = darkness[::3, ::3]
    step = np.abs(np.diff(sample, axis=1))
    return float(np.median(step)) / 0.954
