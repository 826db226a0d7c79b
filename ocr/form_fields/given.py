"""What the PDF of a page says besides its picture, held against what the picture shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import cv2
import numpy as np

from ocr.alignment import corners
from ocr.arrays import Bits, Picture
from ocr.blank import grown
from ocr.contract import Box, FormField
from ocr.engine import Engine
from ocr.form_fields.contract import PageFields, PageText
from ocr.form_fields.own_ink import unpacked
from ocr.form_fields.reading import Answer, answers
from ocr.form_fields.typed import lines_of, typed
from ocr.ink import Ink, marks, window
from ocr.labels import Settled
from ocr.strikes import struck_out

PRINT, PRINT_SHARE, NEW_INK_SHARE = 0.06, 0.6, 0.02
"""Darkness of the blank from which on there is print; a text is the form's own where print covers so much of its place
and other ink less than the third."""

ALIKE_MM, UNEXPECTED_MM2 = 0.25, 0.2
"""How far a form field's ink may lie from where it is drawn alone, and how much ink beyond that is another's: a digit
in 10 points has 1.5 square millimetres, a fine line through a value of five characters 0.6."""

REACH_MM = 0.6
"""How far beyond the outline of its letters the ink of a text may be."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a PDF says about the fields of one page of a form that lies there."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    """What form fields say, by key."""
    ink: Bits | None = None
    """What the form fields alone draw, on the flattened page."""
    texts: tuple[PageText, ...] = ()
    """What the page itself says, in millimetres of the form's page."""

    def contradicted(self, item: FormField, area: Box, settled: Settled, ink: Ink) -> bool:
        """Whether the page shows other ink in a field than its form fields draw: over, beside or in place of it."""
        if self.ink is None:
            return False
        around = np.ones((2 * round(ALIKE_MM * ink.px_per_mm) + 1,) * 2, np.uint8)
        printed = settled.page.printed
        for box in (area, *(grown(box, ALIKE_MM) for box in item.boxes)):
            part = window(box, ink.px_per_mm, self.ink.shape)
            more = ink.strong[part] & ~_widened(self.ink[part], around)
            less = self.ink[part] & ~_widened(ink.faint[part], around)
            if printed is not None:
                less &= printed[part] <= PRINT
            if max(more.sum(), less.sum()) > UNEXPECTED_MM2 * ink.px_per_mm**2:
                return True
        return False

    def typed_in(
        self,
        item: FormField,
        area: Box,
        settled: Settled,
        ink: Ink,
        *,
        registration: float,
        engine: Engine,
        today: date,
    ) -> Answer | None:
        """What text of the page says in a field that no form field answers; None where there is none.

        `registration` is how sure the field's place is.
        """
        own = [text for text in self.texts if _within(text.box_mm, area) and not _is_print(text.box_mm, settled, ink)]
        if not own:
            return None
        lines = lines_of(own)
        flat = settled.flat
        views = [flat[window(grown(place, REACH_MM), ink.px_per_mm, flat.shape)] for _, place in lines]
        recognised = "\n".join(reading.text for reading in engine.recognise(views))
        alone = _alone([place for _, place in lines], area, flat, ink)
        text = "\n".join(words for words, _ in lines)
        return typed(item, text, recognised, registration, alone=alone, today=today)


NOTHING = Given()


def given_by(filled: PageFields, picture: Picture, settled: Settled, today: date) -> Given:
    """What a PDF's page says of the form's page that was found on its picture."""
    ink = None
    if filled.ink is not None:
        drawn = unpacked(filled.ink).astype(np.uint8) * 255
        whole = cv2.resize(drawn, picture.shape[1::-1], interpolation=cv2.INTER_AREA)
        ink = settled.placement.flatten(whole, settled.page.px_per_mm) > 127
    texts = []
    if filled.size_mm is not None:
        scale = np.array(picture.shape[1::-1]) / np.array(filled.size_mm)
        for text in filled.texts:
            outline = settled.placement.to_paper(corners(text.box_mm) * scale)
            (left, top), (right, bottom) = outline.min(axis=0).tolist(), outline.max(axis=0).tolist()
            texts.append(PageText(text.text, (left, top, right - left, bottom - top)))
    return Given(answers(settled.page, filled, today), ink, tuple(texts))


def _within(box: Box, area: Box) -> bool:
    """Whether the middle of a box lies in an area."""
    return all(area[axis] <= box[axis] + box[axis + 2] / 2 <= area[axis] + area[axis + 2] for axis in (0, 1))


def _is_print(box: Box, settled: Settled, ink: Ink) -> bool:
    printed, part = settled.page.printed, window(box, ink.px_per_mm, ink.strong.shape)
    if printed is None or float((printed[part] > PRINT).mean()) < PRINT_SHARE:
        return False
    return float(ink.strong[part].mean()) < NEW_INK_SHARE


def _alone(lines: Sequence[Box], area: Box, flat: Picture, ink: Ink) -> bool:
    """Whether lines of text are all the ink in an area, and no stroke runs through one of them."""
    here = window(area, ink.px_per_mm, ink.strong.shape)
    strong, faint = ink.strong.copy(), ink.faint.copy()
    strokes = marks(strong[here], faint[here], ink.px_per_mm).strokes
    for place in lines:
        line = np.zeros_like(ink.strong)
        line[window(grown(place, REACH_MM), ink.px_per_mm, line.shape)] = True
        if struck_out(flat[here], strokes & line[here], ink.px_per_mm) is not None:
            return False
        strong &= ~line
        faint &= ~line
    return marks(strong[here], faint[here], ink.px_per_mm).outline is None


def _widened(ink: Bits, around: Picture) -> Bits:
    return cv2.dilate(ink.astype(np.uint8), around) > 0
