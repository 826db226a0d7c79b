"""How sure a reading is, and from where on it counts without a person's look.

Each part answers its own question: were the strokes read right, do they lie in this field, has the value the form
that the field asks for. The whole is the least of them, so one doubt is enough.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr.alignment import Offset
from ocr.contract import Confidence, FieldStatus, FieldType, MatchedBy
from ocr.labels import Settled

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

FLAT_MM, BENT_MM = 1.8, 3.0
"""Paper bent by less than the first reads like flat paper; beyond the second even a right-looking cell is in doubt.

Real sheets lying on a table, photographed by a phone, measured 1.0 to 1.3 mm.
"""


def registration(settled: Settled, frame: Sequence[Offset]) -> float:
    """How sure it is that a field's area shows that field, by the page as a whole and by the field's own frame."""
    page = _falling(1 - settled.share_found, 0.15, 0.40, floor=0.6)
    page = min(page, _falling(settled.placement.bend_mm(), FLAT_MM, BENT_MM, floor=LOW))
    return min(page, _frame(frame))


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


def _frame(frame: Sequence[Offset]) -> float:
    printed = [offset for offset in frame if offset.printed]
    if not printed:
        return LOW  # nothing is printed around the field by which its place could be checked
    found = [offset.distance for offset in printed if offset.found]
    if len(found) < max(1, len(printed) // 2):
        return LOW
    return _falling(float(np.median(found)), STILL_MM, LOST_MM, floor=0.3)


def _falling(value: float, good: float, bad: float, *, floor: float) -> float:
    """1 up to `good`, from there straight down to `floor` at `bad`."""
    if value <= good:
        return 1.0
    return max(floor, 1.0 - (1.0 - floor) * (value - good) / (bad - good))
