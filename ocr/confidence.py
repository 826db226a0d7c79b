"""How sure a reading is, and from where on it counts without a person's look.

Each part answers its own question: were the strokes read right, do they lie in this field, has the value the form
that the field asks for. The whole is the least of them, so one doubt is enough.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr.alignment import Offset
from ocr.contract import Box, Confidence, FieldStatus, FieldType, MatchedBy
from ocr.labels import Settled, in_place

SURE = 0.95
"""Least confidence of a value that is taken as read.

Measured on 292 written cells in handwriting-like fonts, half of them blurred: with the weakest character of two
agreeing views at 0.95 or more none of 202 was wrong; with the mean of one view at 0.95 or more 8 of 252 were.
"""

SURE_NAME = 0.97
"""The same for a name: no grammar corrects one, and a name that is nearly right is another person's."""

SURE_LONG = 0.99
"""The same for a long text: of forty characters one is more easily wrong than of four. At 0.98 a full stop that ran
into the per-cent sign before it was lost for sure, once in 270 texts."""

_LEAST = {FieldType.PERSON: SURE_NAME, FieldType.LONG_TEXT: SURE_LONG}

LOW = 0.8
"""Registration's part where the place of a field rests on less than it should: such a value is never sure."""

STILL_MM, LOST_MM = 0.5, 1.5
"""A cell whose frame lies this near to its place is in it; one that lies further off than the second may be
another one: cells keep 2 mm of white inside."""

FLAT_MM = 1.8
"""Paper bent by less than this reads like flat paper. Real sheets lying on a table, photographed by a phone, measured
1.0 to 1.3 mm."""

NEAREST = 6
"""Labels around a field that say whether that part of the page is in its place: on bent paper the rest says little."""


def registration(settled: Settled, box: Box, frame: Sequence[Offset]) -> float:
    """How sure it is that a field's area shows that field: by the page as a whole, by the labels nearest to the field's
    box (millimetres), and by the field's own frame."""
    page = _falling(1 - settled.share_found, 0.15, 0.40, floor=0.6)
    around = _falling(1 - _support(settled, box), 0.17, 0.5, floor=0.6)
    bent = settled.bend_mm > FLAT_MM
    return min(page, around, _frame(frame, least=0.75 if bent else 0.5))


def _support(settled: Settled, box: Box) -> float:
    """Share of the labels nearest to a box that lie in their places."""
    middle = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
    half = np.array(box[2:]) / 2
    printed = [offset for offset in settled.labels if offset.printed]
    # The distance to the box's edge: a long field has neighbours at both of its ends.
    apart = [float(np.linalg.norm(np.maximum(np.abs(offset.place - middle) - half, 0))) for offset in printed]
    nearest = [printed[index] for index in np.argsort(apart)[:NEAREST]]
    return sum(map(in_place, nearest)) / max(1, len(nearest))


def status_of(kind: FieldType, value: str | None, confidence: Confidence) -> FieldStatus:
    """What becomes of a field in which something is written."""
    if value is None:
        return FieldStatus.UNREADABLE
    return FieldStatus.READ if confidence.whole >= _LEAST.get(kind, SURE) else FieldStatus.LOW_CONFIDENCE


def template_score(settled: Settled, coded: bool) -> float:
    """How sure the template is: the share of its labels in place, a little less when no code says so too."""
    words = settled.words_right / settled.words_read if settled.words_read else 0.0
    sure = min(1.0, settled.share_found + 0.1) * (0.5 + 0.5 * words)
    if settled.matched_by is MatchedBy.MARKERS and coded:
        return round(sure, 3)
    return round(sure * (0.95 if coded else 0.9), 3)


def _frame(frame: Sequence[Offset], least: float) -> float:
    """By the pieces of the field's frame, of which at least that share must be found."""
    printed = [offset for offset in frame if offset.printed]
    if not printed:
        return LOW  # nothing is printed around the field by which its place could be checked
    found = [offset.distance for offset in printed if offset.found]
    if len(found) < max(1.0, least * len(printed)):
        return LOW
    return _falling(float(np.median(found)), STILL_MM, LOST_MM, floor=0.3)


def _falling(value: float, good: float, bad: float, *, floor: float) -> float:
    """1 up to `good`, from there straight down to `floor` at `bad`."""
    if value <= good:
        return 1.0
    return max(floor, 1.0 - (1.0 - floor) * (value - good) / (bad - good))
