"""Whether something as small as a full stop stands at the end of a line of writing.

A full stop is less than a stroke: where a line is looked for it is passed over, and a recogniser that leaves it out is
as sure as ever. So the ink itself is asked.
"""

from __future__ import annotations

import unicodedata

import cv2
import numpy as np

from ocr.arrays import Bits, Points
from ocr.ink import Marks

SMALL = 0.4
"""Share of the tallest ink of its line that the mark may be high and wide: a stop of Chinese is a circle of a quarter
or a third of it, a small letter more than half."""

LOW = 0.4
"""Share of the line's height above which no stop stands: what is small there is an apostrophe or a letter's dot."""

REACH = 1.2
"""So many heights after its last letter a line's stop may stand."""

_CLOSING = frozenset(("Po", "Pe", "Pf", "Pd"))
"""Kinds of characters that a small mark at the end of a line can be: stops, closing brackets and quotes, dashes."""


def with_final_mark(found: Marks, outline: Points) -> tuple[Points, bool]:
    """The outline of a line of writing, long enough for the small mark after its last letter, and whether there is one.

    Outline and marks are in pixels of one cell.
    """
    right = outline[1] - outline[0]
    height = float(np.linalg.norm(outline[3] - outline[0]))
    along = right / max(1.0, float(np.linalg.norm(right)))
    boxes = _pieces(found.strokes | found.dots, _moved(outline, along * REACH * height))
    if len(boxes) < 2:
        return outline, False
    last = boxes[boxes[:, 0].argmax()]
    before = boxes[boxes[:, 0] < last[0]]
    left, top, wide, high = (float(value) for value in last[:4])
    tallest = min(height, float(boxes[:, 3].max()))
    if (
        not len(before)
        or max(wide, high) > SMALL * tallest
        or left + wide / 2 < (before[:, 0] + before[:, 2]).max() - 1
    ):
        return outline, False
    down = np.array([-along[1], along[0]])
    # From the line's upper edge, wherever it runs at the mark.
    if float((np.array([left + wide / 2, top + high / 2]) - outline[0]) @ down) < LOW * height:
        return outline, False
    beyond = float((np.array([left + wide, top + high / 2]) - outline[1]) @ along)
    return (_moved(outline, along * beyond) if beyond > 0 else outline), True


def shows_final_mark(text: str) -> bool:
    """Whether the text of a line ends with something that a small mark can be."""
    return unicodedata.category(text.rstrip()[-1:] or " ") in _CLOSING


def _pieces(ink: Bits, outline: Points) -> Points:
    """Left, top, width and height of the pieces of connected ink that lie within an outline for the most part."""
    inside = np.zeros(ink.shape, np.uint8)
    cv2.fillPoly(inside, [np.round(outline).astype(np.int32)], (1,))
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    within = np.bincount(numbered[inside > 0], minlength=count) > 0.5 * stats[:, cv2.CC_STAT_AREA]
    within[0] = False
    boxes: Points = stats[within, :4]
    return boxes


def _moved(outline: Points, by: Points) -> Points:
    """The outline with its right edge moved."""
    moved: Points = np.array([outline[0], outline[1] + by, outline[2] + by, outline[3]])
    return moved
