"""Text of one cell: its lines, each read in two views that must agree.

A recogniser that is wrong is often just as sure as one that is right, but seldom wrong in the same way twice: the
second view shows the same strokes in grey, with another margin. Where the views differ, the reading is not sure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import Bits, Picture, Points
from ocr.engine import Engine, Recognised, cut_line
from ocr.ink import Marks
from ocr.labels import plain

LINE_MM = 9.0
"""Writing taller than this may be several lines, and they are looked for."""

UNCOVERED = 0.12
"""Share of the ink that the lines found may leave out: dots and tails, not a word."""

DISAGREE = 0.6
"""Most that a line's confidence can be when its two views read differently."""


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a cell, line by line, with the confidence of its weakest character."""

    text: str
    confidence: float
    notes: tuple[str, ...] = ()


def read_writing(cell: Picture, found: Marks, px_per_mm: float, engine: Engine) -> Written:
    """The text on an RGB picture of one cell in which there are marks."""
    assert found.outline is not None
    notes: list[str] = []
    if found.outline[3] > LINE_MM * px_per_mm:
        outlines = _lines(cell, found, px_per_mm, engine)
        if _uncovered(found.strokes, outlines) > UNCOVERED:
            notes.append("missed_ink")
    else:
        outlines = [_around(found.outline, px_per_mm)]
    texts: list[str] = []
    confidence = 1.0
    for outline in outlines:
        reading, agreed = _read_line(cell, outline, engine)
        if not plain(reading.text) and len(outlines) > 1:
            continue  # a stroke that is no text, beside lines that are
        texts.append(reading.text)
        confidence = min(confidence, reading.weakest)
        if not agreed:
            confidence = min(confidence, DISAGREE)
            notes.append("views_differ")
    if not texts:
        return Written("", 0.0, tuple(dict.fromkeys(notes)))
    if "missed_ink" in notes:
        confidence = min(confidence, DISAGREE)
    return Written("\n".join(texts), confidence, tuple(dict.fromkeys(notes)))


def _read_line(cell: Picture, outline: Points, engine: Engine) -> tuple[Recognised, bool]:
    first_view = cut_line(cell, outline)
    first, second = engine.recognise([first_view, _second_view(cell, outline)])
    # Marks between the letters count as well: 2026.1.15 and 2026.11.5 have the same digits.
    if _without_spaces(first.text) == _without_spaces(second.text):
        return Recognised(first.text, first.confidence, min(first.weakest, second.weakest)), True
    return (first if first.confidence >= second.confidence else second), False


def _without_spaces(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _second_view(cell: Picture, outline: Points) -> Picture:
    """The line in grey, evenly lit, with more paper around it."""
    centre = outline.mean(axis=0)
    height = _height(outline)
    along = (outline[1] - outline[0]) / max(1.0, float(np.linalg.norm(outline[1] - outline[0])))
    across = (outline[3] - outline[0]) / max(1.0, height)
    margin = 0.14 * height
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    wider = outline + signs[:, :1] * along * margin * 1.5 + signs[:, 1:] * across * margin
    assert np.allclose(wider.mean(axis=0), centre)
    grey = cv2.cvtColor(cut_line(cell, wider), cv2.COLOR_RGB2GRAY)
    dark, light = np.percentile(grey, (1, 90))
    stretched = np.clip((grey.astype(np.float32) - dark) * (235 / max(20.0, light - dark)), 0, 255).astype(np.uint8)
    view: Picture = cv2.GaussianBlur(stretched, (0, 0), 0.6)
    return view


def _lines(cell: Picture, found: Marks, px_per_mm: float, engine: Engine) -> list[Points]:
    """Outlines of the lines of writing, top to bottom; the whole writing when none is made out."""
    assert found.outline is not None
    margin = round(2 * px_per_mm)
    framed = cv2.copyMakeBorder(cell, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    outlines = [outline - margin for outline in engine.detect(framed)]
    inked = [outline for outline in outlines if _ink_in(found.strokes, outline) > 0.15 * px_per_mm**2]
    if not inked:
        return [_around(found.outline, px_per_mm)]
    return _by_rows(inked)


def _by_rows(outlines: Sequence[Points]) -> list[Points]:
    """One outline a row: pieces of a line that stand side by side, such as a sentence and its full stop, are one."""
    waiting = sorted(outlines, key=lambda outline: float(outline[:, 1].mean()))
    rows: list[Points] = []
    while waiting:
        tallest = max(waiting, key=_height)
        first = waiting[0]
        # A full stop is low in its row: its middle is compared with the height of a line, not with its own.
        reach = float(first[:, 1].mean()) + 0.45 * min(_height(tallest), 2 * _height(first))
        row = [outline for outline in waiting if float(outline[:, 1].mean()) <= reach]
        waiting = [outline for outline in waiting if float(outline[:, 1].mean()) > reach]
        row.sort(key=lambda outline: float(outline[:, 0].mean()))
        rows.append(_joined(row))
    return rows


def _joined(row: Sequence[Points]) -> Points:
    if len(row) == 1:
        return row[0]
    main = max(row, key=lambda outline: float(np.ptp(outline[:, 0])))
    direction = main[1] - main[0]
    direction = direction / max(1.0, float(np.linalg.norm(direction)))
    normal = np.array([-direction[1], direction[0]])
    points = np.concatenate(row)
    along, across = points @ direction, points @ normal
    (left, right), (top, bottom) = (along.min(), along.max()), (across.min(), across.max())
    frame = ((left, top), (right, top), (right, bottom), (left, bottom))
    return np.array([u * direction + v * normal for u, v in frame])


def _height(outline: Points) -> float:
    return float(np.linalg.norm(outline[3] - outline[0]))


def _around(outline: tuple[int, int, int, int], px_per_mm: float) -> Points:
    x, y, width, height = outline
    margin = max(0.8 * px_per_mm, 0.2 * height)
    left, top, right, bottom = x - margin, y - margin, x + width + margin, y + height + margin
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)


def _filled(shape: tuple[int, ...], outlines: Sequence[Points]) -> Bits:
    canvas = np.zeros(shape, np.uint8)
    for outline in outlines:
        cv2.fillPoly(canvas, [np.round(outline).astype(np.int32)], (1,))
    return canvas > 0


def _ink_in(strokes: Bits, outline: Points) -> int:
    return int((strokes & _filled(strokes.shape, [outline])).sum())


def _uncovered(strokes: Bits, outlines: Sequence[Points]) -> float:
    total = int(strokes.sum())
    return 1 - int((strokes & _filled(strokes.shape, outlines)).sum()) / total if total else 0.0
