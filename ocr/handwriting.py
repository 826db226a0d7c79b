"""Text of one cell: its lines, each read in two views that must agree.

A recogniser that is wrong is often just as sure as one that is right, but seldom wrong in the same way twice. So one
view shows the strokes in even grey and stretched, the other as they are with more paper around; Latin words, in which a
thin letter is easily lost, are shown with broader strokes as well. Where views differ, the reading is not sure, and
four vote on what to show.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import Bits, Picture, Points
from ocr.engine import Engine, Recognised, cut_line
from ocr.ink import Marks, marks
from ocr.labels import plain
from ocr.line_ends import shows_final_mark, with_final_mark
from ocr.strikes import standing, struck_out

LINE_MM = 9.0
"""Writing taller than this may be several lines, and they are looked for."""

UNCOVERED = 0.12
"""Share of the ink that the lines found may leave out: dots and tails, not a word."""

DISAGREE = 0.6
"""Most that a cell's confidence can be when two views of a line differ, some of it is struck out, or some not read."""

IN_QUESTION = 0.9
"""Confidence from which on a line may come to be sure. One with a Latin word in it then needs a third view: two of 82
sure words had lost an i in the first two views, and none of 80 in all three."""

_LATIN_WORD = re.compile(r"[A-Za-z]{4,}")

STANDS_MM = 2.0
"""Ink beside a struck-out word that is smaller is a piece of it."""


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a cell, line by line, with the confidence of its weakest character."""

    text: str
    confidence: float
    notes: tuple[str, ...] = ()


def read_writing(
    cell: Picture,
    found: Marks,
    px_per_mm: float,
    engine: Engine,
    fit: Callable[[str], float] = lambda _: 0.0,
    *,
    prose: bool = False,
    blur_mm: float = 0.0,
) -> Written:
    """The text on an RGB picture of one cell in which there are marks, without what is struck out.

    `fit` tells how well a text suits its field, 0 to 1: among views that differ it counts as a vote. Running text,
    `prose`, is shown whole: in joined writing too much of it would pass for struck out. `blur_mm` is the picture's blur
    on paper.
    """
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
    for line in outlines:
        picture, (outline, final_mark) = cell, with_final_mark(found, line)
        strokes = found.strokes & _filled(found.strokes.shape, [line])
        struck = struck_out(cell, strokes, px_per_mm) is not None
        if struck:
            notes.append("struck_out")
        stands = standing(cell, strokes, px_per_mm, blur_mm) if struck and not prose else None
        if stands is not None:
            picture, strokes = stands
            left = marks(strokes, strokes, px_per_mm).outline
            if left is None or max(left[2:]) < STANDS_MM * px_per_mm:
                continue
            outline = _around(left, px_per_mm)
        reading, agreed = _read_line(picture, outline, engine, fit)
        if not plain(reading.text) and len(outlines) > 1:
            continue  # a stroke that is no text, beside lines that are
        texts.append(reading.text)
        confidence = min(confidence, reading.weakest)
        if not agreed:
            notes.append("views_differ")
        if final_mark and not shows_final_mark(reading.text):
            notes.append("missed_ink")
    if not texts:
        return Written("", 0.0, tuple(dict.fromkeys(notes)))
    if notes:
        confidence = min(confidence, DISAGREE)
    return Written("\n".join(texts), confidence, tuple(dict.fromkeys(notes)))


def _read_line(cell: Picture, outline: Points, engine: Engine, fit: Callable[[str], float]) -> tuple[Recognised, bool]:
    """The line's text, and whether its views agree on it; where they do not, there are four, which vote."""
    readings = engine.recognise([_stretched(cell, outline), _widely_cut(cell, outline)])
    first, weakest = readings[0], min(reading.weakest for reading in readings)
    # Marks between the letters count as well: 2026.1.15 and 2026.11.5 have the same digits.
    agreed = len({_without_spaces(reading.text) for reading in readings}) == 1
    if not agreed or (weakest >= IN_QUESTION and _LATIN_WORD.search(first.text)):
        readings += engine.recognise([_thickened(cell, outline)])
        agreed = agreed and plain(readings[-1].text) == plain(first.text)
    if agreed:
        return Recognised(first.text, first.confidence, weakest), True
    readings += engine.recognise([_narrowed(cell, outline)])
    votes: dict[str, float] = {}
    for reading in readings:
        words = _without_spaces(reading.text)
        # Half a vote for being sure: it decides ties and is never worth another view.
        votes[words] = votes.get(words, fit(reading.text)) + 1 + 0.5 * reading.weakest
    chosen = max(votes, key=lambda words: votes[words])
    return next(reading for reading in readings if _without_spaces(reading.text) == chosen), False


def _without_spaces(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _stretched(cell: Picture, outline: Points) -> Picture:
    """The line in grey, evenly lit, with a little more paper around it and a quarter wider: letters that touch part."""
    view = cv2.GaussianBlur(_even(cut_line(cell, _wider(outline, 0.21, 0.14)), 1.0), (0, 0), 0.6)
    return cv2.resize(view, None, fx=1.25, fy=1.0)


def _widely_cut(cell: Picture, outline: Points) -> Picture:
    """The line as it is, with a quarter of its height of paper around it."""
    return cut_line(cell, _wider(outline, 0.25, 0.25))


def _thickened(cell: Picture, outline: Points) -> Picture:
    """The line with darker and broader strokes, for thin pens."""
    large = cv2.resize(_even(cut_line(cell, outline), 1.6), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return cv2.erode(large, np.ones((3, 3), np.uint8))


def _narrowed(cell: Picture, outline: Points) -> Picture:
    """The line a little narrower, for widely spaced letters."""
    return cv2.resize(cut_line(cell, outline), None, fx=0.85, fy=1.0)


def _even(line: Picture, gamma: float) -> Picture:
    """A line in grey from its ink to its paper; a gamma above 1 darkens what is between them."""
    grey = cv2.cvtColor(line, cv2.COLOR_RGB2GRAY).astype(np.float32)
    dark, light = np.percentile(grey, (1, 90))
    share = np.clip((grey - dark) / max(20.0, float(light - dark)), 0, 1) ** gamma
    evened: Picture = (share * 235).astype(np.uint8)
    return evened


def _wider(outline: Points, along: float, across: float) -> Points:
    """The outline with margins, in shares of its height, at both ends and above and below."""
    height = _height(outline)
    right = (outline[1] - outline[0]) / max(1.0, float(np.linalg.norm(outline[1] - outline[0])))
    down = (outline[3] - outline[0]) / max(1.0, height)
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    wider: Points = outline + signs[:, :1] * right * along * height + signs[:, 1:] * down * across * height
    return wider


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
