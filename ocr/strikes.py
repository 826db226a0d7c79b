"""Words that were struck out: a stroke, straight or not, through letters that it joins.

A recogniser reads a struck-out word as if it stood, or takes the stroke for a part of its letters, and may be sure of
both. Letters that somebody meant to stand seldom hang together over more than the height of their line, and where they
do, in joined writing, no straight stroke runs through them with letters on both of its sides.

On a soft picture letters that stand beside each other hang together too, and the bars of capitals make a stroke. So
there are two bands: what looks struck out as the picture shows it is never sure, and what still does when its edges are
as steep as a sharp picture's is left out of what is shown.
"""

from __future__ import annotations

import cv2
import numpy as np

from ocr.arrays import Bits, Picture, Real
from ocr.light import darkness

Area = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""

PX_PER_MM = 5.0
"""Resolution at which strokes are followed: a thin pen is one and a half pixels wide."""

CORE = 0.7
"""Share of its strokes' darkness from which on something is ink: blur fills the gaps between letters with half."""

JOINED = 1.2
"""Letters and strokes that hang together over more than so many heights of their line may be struck out."""

LONG, LONG_MM, SHORTEST_MM = 1.2, 7.0, 4.5
"""A stroke through a word is as long as so many heights of its line, or as the second, never shorter than the third:
the longest stroke of one character is as long as the character is wide."""

BESIDE = 0.3
"""Share of the stroke's length along which letters must show on either side: a line under a word has them on one."""

SHARPENED = 3.0
"""How often what blur took off is laid on again, by which letters that it joined part. Of 126 words that stand 22 %
looked struck out at a blur of 0.4 mm, and 6 % when sharpened so, as at 0.25 mm without; of 112 struck out, 99 and 92 %
were seen."""

MARGIN = 5
"""Pixels of paper laid around a line, so that ink at its edge has an outline too."""

AROUND_MM = 0.6
"""What lies so near to something struck out is a part of it: a dot, or a letter that the stroke only passed."""

MOST_STRUCK = 3
"""So many words of one line are looked for as struck out."""

SLOPES = np.tan(np.radians(np.arange(-45, 46, 5)))


def struck_out(cell: Picture, strokes: Bits, px_per_mm: float, blur_mm: float = 0.0) -> Area | None:
    """Where a stroke runs through the letters of one line of writing: all that hangs together with it, in pixels of the
    RGB cell; None where none does. `strokes` are the line's; it is looked at without the blur (millimetres) given."""
    rows, columns = np.flatnonzero(strokes.any(axis=1)), np.flatnonzero(strokes.any(axis=0))
    if not len(rows):
        return None
    area = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    height = float(rows[-1] + 1 - rows[0]) / px_per_mm
    dark = _sharpened(darkness(cell, px_per_mm), blur_mm * px_per_mm)[area] * strokes[area]
    ink = np.pad(dark, MARGIN) > CORE * np.percentile(dark[strokes[area]], 85)
    scale = PX_PER_MM / px_per_mm
    small = cv2.resize(ink.astype(np.float32), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) > 0.5
    _, numbered, stats, _ = cv2.connectedComponentsWithStats(small.astype(np.uint8), connectivity=8)
    if stats[1:, cv2.CC_STAT_WIDTH].max(initial=0) < JOINED * height * PX_PER_MM:
        return None
    least = max(SHORTEST_MM, min(LONG * height, LONG_MM))
    for slope in SLOPES:
        joined = _joined_by_stroke(small, numbered, float(slope), least, height)
        if joined:
            left, top, wide, high = (round(float(value) / scale) for value in stats[joined, :4])
            return int(columns[0]) + left - MARGIN, int(rows[0]) + top - MARGIN, wide, high
    return None


def standing(cell: Picture, strokes: Bits, px_per_mm: float, blur_mm: float) -> tuple[Picture, Bits] | None:
    """The cell and the line's strokes without what is struck out, which is painted over with paper; None where nothing
    is. `blur_mm` is the picture's blur on paper."""
    area = struck_out(cell, strokes, px_per_mm, blur_mm)
    if area is None:
        return None
    ink = cv2.dilate(strokes.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    paper = np.median(cell[~ink], axis=0)
    cell, strokes = cell.copy(), strokes.copy()
    around = round(AROUND_MM * px_per_mm)
    for _ in range(MOST_STRUCK):
        left, top, width, height = area
        here = slice(max(0, top - around), top + height + around), slice(max(0, left - around), left + width + around)
        cell[here], strokes[here] = paper, False
        area = struck_out(cell, strokes, px_per_mm, blur_mm)
        if area is None:
            break
    return cell, strokes


def _sharpened(dark: Real, sigma: float) -> Real:
    """Darkness with what a blur of that standard deviation (pixels) took from it laid on again."""
    if sigma <= 0:
        return dark
    calm: Real = cv2.GaussianBlur(dark, (0, 0), sigma)
    sharp: Real = np.maximum(dark + SHARPENED * (dark - calm), 0)
    return sharp


def _joined_by_stroke(ink: Bits, numbered: Picture, slope: float, least_mm: float, height_mm: float) -> int:
    """The piece of ink, of the numbered ones, to which the longest straight stroke of that slope belongs, if the stroke
    is long enough and letters show on both of its sides; else 0."""
    height, width = ink.shape
    lift = int(np.ceil(abs(slope) * width)) + 1
    shear = np.array([[1, 0, 0], [slope, 1, lift if slope < 0 else 0]])
    whole = cv2.warpAffine(numbered.astype(np.float32), shear, (width, height + lift), flags=cv2.INTER_NEAREST)
    level = (whole > 0).astype(np.uint8)
    # A hand is not a ruler: the stroke may change its row by one, and break for a pixel.
    followed = cv2.morphologyEx(cv2.dilate(level, np.ones((2, 1))), cv2.MORPH_CLOSE, np.ones((1, 3)))
    row, left, right = _longest_run(followed)
    if (right - left) * np.hypot(1, slope) < least_mm * PX_PER_MM:
        return 0
    letters = level[:, left:right] > 0
    above, below = letters[:row][::-1], letters[row + 1 :]
    reach = max(3, round(height_mm / 2 * PX_PER_MM))
    if any(_beyond(side, reach) < BESIDE for side in (above, below)):
        return 0
    along = whole[max(0, row - 1) : row + 1, left:right].astype(int)
    return int(np.bincount(along[along > 0]).argmax())


def _longest_run(ink: Picture) -> tuple[int, int, int]:
    """Row, first column and the one after the last of the longest run of ink along a row."""
    length = np.zeros(ink.shape[0], int)
    best = (0, 0, 0)
    for column in range(ink.shape[1]):
        length = (length + 1) * ink[:, column]
        row = int(length.argmax())
        if length[row] > best[2] - best[1]:
            best = (row, column + 1 - int(length[row]), column + 1)
    return best


def _beyond(side: Bits, reach: int) -> float:
    """Share of the columns with ink beyond the stroke's own breadth; rows are counted from the stroke."""
    if not len(side):
        return 0.0
    clear = ~side
    own = np.where(clear.any(axis=0), clear.argmax(axis=0), len(side))
    breadth = int(np.percentile(own, 20)) + 1
    return float(side[breadth : breadth + reach].any(axis=0).mean()) if breadth < len(side) else 0.0
