"""Tick boxes: which one of a row was meant.

What counts is the difference from the blank box at its own place, in two-sided bands: nearly none is blank, some is a
tick, nearly all is a box blacked out, which some people do to choose it and others to take a tick back. Whatever is
between the bands, and every row that has not exactly one tick, is for a person to decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ocr.alignment import Offset
from ocr.blank import grown
from ocr.contract import FormField
from ocr.ink import Ink, marks

BLANK_SHARE = 0.012
"""Share of a box's inside that specks and shadows of its frame may darken."""
TICK_SHARE = 0.04
"""A single thin stroke across a box darkens 5 % of it and more."""
BLACK_SHARE = 0.80
STROKE_EXTENT = 0.35
"""A tick spans at least this share of its box in one direction; a blot does not."""


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


def read_boxes(item: FormField, ink: Ink, found: Sequence[Offset]) -> list[BoxReading]:
    """Every box of the field by the ink at its own place; `found` are the offsets of the boxes, in their order."""
    seen = [offset for offset in found if offset.found]
    usual = np.median([offset.shift for offset in seen], axis=0) if seen else np.zeros(2)
    readings = []
    for option, offset in zip(item.options, found, strict=True):
        # A box full of ink no longer looks like a box and may be "found" anywhere: it moves with its neighbours.
        trusted = offset.found and np.linalg.norm(np.array(offset.shift) - usual) < 0.7
        shift = offset.shift if trusted else (float(usual[0]), float(usual[1]))
        width, height = option.box_mm[2:]
        frame = 0.13 * min(width, height)
        inside = marks(*ink.inside(grown(option.box_mm, -frame), shift), ink.px_per_mm)
        whole = marks(*ink.inside(grown(option.box_mm, 1.6), shift), ink.px_per_mm)
        share = float(inside.strokes.mean())
        side = min(inside.strokes.shape)
        extent = max(inside.outline[2:]) / side if inside.outline else 0.0
        around = max(0.0, whole.area_mm2 - inside.area_mm2) / (width * height)
        readings.append(BoxReading(option.value, _band(share, extent), share, around))
    return readings


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
