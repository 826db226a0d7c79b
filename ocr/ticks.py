"""Tick boxes: which one of a row was meant.

What counts is the difference from the blank box at its own place, in two-sided bands: nearly none is blank, some is a
tick, nearly all is a box blacked out, which some people do to choose it and others to take a tick back. Whatever is
between the bands, and every row that has not exactly one tick, is for a person to decide.

Boxes that touch share their edges and the tails of each other's ticks. So all boxes of a page are looked at together:
ink inside a box is not beside its neighbour, and a little ink that comes in from the side of a box with a whole tick
is the tail of that tick. How much a whole tick is, the page's own ticks tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np

from ocr.alignment import Offset
from ocr.arrays import Bits, Real
from ocr.blank import PRINT_REACH_MM, grown
from ocr.contract import Box, FormField
from ocr.ink import Ink, marks, window

BLANK_SHARE = 0.012
"""Share of a box's inside that specks and shadows of its frame may darken."""
TICK_SHARE = 0.04
"""A single thin stroke across a box darkens 5 % of it and more."""
BLACK_SHARE = 0.80
STROKE_EXTENT = 0.35
"""A tick spans at least this share of its box in one direction; a blot does not."""

FRAME_SHARE = 0.13
"""Share of a box's shorter side that is left out at each edge."""
AROUND_MM = 1.6
"""How far beyond a box a mark may lie that may mean it."""

NEAR_BOXES = 9
"""Boxes, itself counted, by whose median shift one is moved whose own place is in doubt."""
STRAY_MM = 0.7

TAIL_SHARE, DOUBTFUL_SHARE = 0.35, 0.6
"""Ink beside a whole tick is that tick's tail up to the first share of what a tick of this page has, and may be one up
to the second."""
WHOLE_TICKS = 3
"""Ticks that must be on a page for it to tell how much ink a tick has."""


class Mark(StrEnum):
    BLANK = "blank"
    UNCLEAR = "unclear"
    TICKED = "ticked"
    BLACKED = "blacked"


@dataclass(frozen=True, slots=True)
class BoxReading:
    """One box: the share of its inside that is inked, and of the paper just around it."""

    value: str
    mark: Mark
    share: float
    around: float


@dataclass(frozen=True, slots=True)
class TickReading:
    """The answer of one row of boxes. `value` is None when there is none or it cannot be told."""

    value: str | None
    confidence: float
    written: bool
    """Whether there is any mark in the row."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """One box as it lies on the page (millimetres), and the ink in it."""

    place: Box
    strokes: Bits
    """Inside its frame."""
    extent: float
    """Of the strokes, as a share of the shorter side."""
    area_mm2: float

    @property
    def ink_mm(self) -> float:
        """Ink for each millimetre of the shorter side: a tick grows with its box, the pen does not."""
        return self.area_mm2 / min(self.place[2:])

    @property
    def share(self) -> float:
        return float(self.strokes.mean())


def read_boxes(items: Sequence[FormField], ink: Ink, found: Sequence[Sequence[Offset]]) -> list[list[BoxReading]]:
    """Every box of the fields of one page; `found` are the offsets of the boxes of each field, in their order."""
    boxes = [box for item in items for box in item.boxes]
    if not boxes:
        return [[] for _ in items]
    shifts = _shifts([offset for some in found for offset in some])
    seen = [_looked_at(box, shift, ink) for box, shift in zip(boxes, shifts, strict=True)]
    bands = [_band(one.share, one.extent) for one in seen]
    whole = [one.ink_mm for one, band in zip(seen, bands, strict=True) if band is Mark.TICKED]
    typical = float(np.median(whole)) if len(whole) >= WHOLE_TICKS else None
    places = np.array([(x, y, x + width, y + height) for x, y, width, height in (one.place for one in seen)])
    readings = []
    values = [option.value for item in items if item.ticked for option in item.options]
    for number, (value, one) in enumerate(zip(values, seen, strict=True)):
        others = [seen[index] for index in _beside(number, places)]
        reading = BoxReading(value, bands[number], one.share, _around(one, others, ink))
        readings.append(_without_tails(reading, one, others, typical, ink))
    numbered = iter(readings)
    return [[next(numbered) for _ in item.boxes] for item in items]


def _shifts(found: Sequence[Offset]) -> list[tuple[float, float]]:
    """How far each box lies from its place.

    A box full of ink no longer looks like a box and may be "found" anywhere: it moves with those around it.
    """
    sure = [index for index, offset in enumerate(found) if offset.found]
    if not sure:
        return [(0.0, 0.0)] * len(found)
    places = np.array([found[index].place for index in sure])
    measured = np.array([found[index].shift for index in sure])
    shifts = []
    for offset in found:
        near = np.argsort(np.linalg.norm(places - offset.place, axis=1))[:NEAR_BOXES]
        usual = np.median(measured[near], axis=0)
        trusted = offset.found and float(np.linalg.norm(offset.shift - usual)) < STRAY_MM
        shifts.append(offset.shift if trusted else (float(usual[0]), float(usual[1])))
    return shifts


def _looked_at(box: Box, shift: tuple[float, float], ink: Ink) -> _Seen:
    place = (box[0] + shift[0], box[1] + shift[1], box[2], box[3])
    inside = marks(*ink.inside(_inside(place)), ink.px_per_mm)
    extent = max(inside.outline[2:]) / min(inside.strokes.shape) if inside.outline else 0.0
    return _Seen(place, inside.strokes, extent, inside.area_mm2)


def _inside(place: Box) -> Box:
    return grown(place, -FRAME_SHARE * min(place[2:]))


def _beside(number: int, places: Real) -> list[int]:
    """The boxes whose marks may reach a box, by their edges: left, top, right, bottom."""
    left, top, right, bottom = (places[number] + np.array([-1, -1, 1, 1]) * 2 * AROUND_MM).tolist()
    apart = (places[:, 0] > right) | (places[:, 2] < left) | (places[:, 1] > bottom) | (places[:, 3] < top)
    return [int(index) for index in np.flatnonzero(~apart) if index != number]


def _around(one: _Seen, others: Sequence[_Seen], ink: Ink) -> float:
    """Ink beside a box and nearer to it than to any other, in areas of the box."""
    area = window(grown(one.place, AROUND_MM), ink.px_per_mm, ink.faint.shape)
    own = _distance(one.place, area, ink.px_per_mm)
    free = own > 0
    for other in others:
        free &= _distance(other.place, area, ink.px_per_mm) >= own
    beside = marks(ink.strong[area] & free, ink.faint[area] & free, ink.px_per_mm)
    return beside.area_mm2 / (one.place[2] * one.place[3])


def _without_tails(
    reading: BoxReading, one: _Seen, others: Sequence[_Seen], whole: float | None, ink: Ink
) -> BoxReading:
    """The reading of a box without what comes in from the side of another one that has a whole tick.

    `whole` is the ink of a tick of this page, as `ink_mm`.
    """
    if whole is None or reading.mark not in {Mark.UNCLEAR, Mark.TICKED} or one.ink_mm > DOUBTFUL_SHARE * whole:
        return reading
    ticked = [other for other in others if other.ink_mm >= max(DOUBTFUL_SHARE * whole, 2 * one.ink_mm)]
    area = window(_inside(one.place), ink.px_per_mm, ink.faint.shape)
    reach = FRAME_SHARE * min(one.place[2:]) + PRINT_REACH_MM
    near = np.zeros(one.strokes.shape, bool)
    for other in ticked:
        near |= _distance(other.place, area, ink.px_per_mm) <= reach + 2 / ink.px_per_mm
    count, numbered = cv2.connectedComponents(one.strokes.astype(np.uint8))
    if len(np.unique(numbered[near & one.strokes])) < count - 1:
        return reading  # some of it lies in this box alone
    if one.ink_mm > TAIL_SHARE * whole:
        return replace(reading, mark=Mark.UNCLEAR)
    return replace(reading, mark=Mark.BLANK, share=0.0)


def _distance(place: Box, area: tuple[slice, slice], px_per_mm: float) -> Real:
    """How far the pixels of an area lie outside a box, in millimetres."""
    x, y, width, height = place
    rows, columns = (np.arange(part.start, part.stop) + 0.5 for part in area)
    across = np.maximum(np.maximum(x - columns / px_per_mm, columns / px_per_mm - x - width), 0)
    down = np.maximum(np.maximum(y - rows / px_per_mm, rows / px_per_mm - y - height), 0)
    apart: Real = np.hypot(down[:, None], across[None])
    return apart


def decide(boxes: Sequence[BoxReading]) -> TickReading:
    """The one answer of a row of boxes of which exactly one is to be ticked."""
    ticked = [box for box in boxes if box.mark is Mark.TICKED]
    blacked = [box for box in boxes if box.mark is Mark.BLACKED]
    unclear = [box for box in boxes if box.mark is Mark.UNCLEAR]
    if len(ticked) > 1:
        return TickReading(None, 0.2, True, ("two_ticks",))
    if len(ticked) == 1:
        notes = []
        if blacked:
            notes.append("cancelled_tick")
        if unclear:
            notes.append("unclear_mark")
        confidence = 0.6 if notes else _clearness(ticked[0], boxes)
        return TickReading(ticked[0].value, confidence, True, tuple(notes))
    if len(blacked) == 1 and not unclear:
        return TickReading(blacked[0].value, 0.6, True, ("blacked_box",))
    if blacked:
        return TickReading(None, 0.2, True, ("two_ticks" if len(blacked) > 1 else "unclear_mark",))
    if len(unclear) == 1:
        return TickReading(unclear[0].value, 0.4, True, ("unclear_mark",))
    if unclear:
        return TickReading(None, 0.2, True, ("unclear_mark",))
    beside = [box for box in boxes if box.around > TICK_SHARE]
    if len(beside) == 1:
        return TickReading(beside[0].value, 0.4, True, ("mark_beside_box",))
    if beside:
        return TickReading(None, 0.2, True, ("mark_beside_box",))
    return TickReading(None, 0.97, False, ("no_tick",))


def _band(share: float, extent: float) -> Mark:
    if share >= BLACK_SHARE:
        return Mark.BLACKED
    if share >= TICK_SHARE and extent >= STROKE_EXTENT:
        return Mark.TICKED
    return Mark.UNCLEAR if share >= BLANK_SHARE else Mark.BLANK


def _clearness(ticked: BoxReading, boxes: Sequence[BoxReading]) -> float:
    """How far the ticked box stands above its band's edge, and the others below theirs."""
    others = max((box.share for box in boxes if box is not ticked), default=0.0)
    above = min(1.0, (ticked.share - TICK_SHARE) / TICK_SHARE)
    below = 1.0 - others / BLANK_SHARE
    # A mark whose ink lies mostly outside its box may belong to something else.
    outside = max((box.around for box in boxes if box is not ticked), default=0.0)
    confidence = 0.9 + 0.09 * min(above, below)
    return min(confidence, 0.8) if outside > 0.12 else confidence
