"""Fields in which a PDF's page itself has text: forms whose form fields were flattened, or that a program printed.

The text of the file says every letter as it was typed, and only letters that can be seen come here. A font may still
call a letter another one than it draws, and something else may be drawn beside or over the text: so it counts as far as
recognition reads the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from rapidfuzz import fuzz

from ocr.confidence import status_of
from ocr.contract import Box, Confidence, FieldSource, FieldType, FormField
from ocr.form_fields.contract import PageText
from ocr.form_fields.reading import DIFFERING, Answer, meaning_of, signs
from ocr.labels import plain

CONFLICT = "text_layer_conflict"
"""Note: the text that the PDF has in the field is not what was recognised there, or not all that is drawn there."""

SAME_LONG = 95.0
"""Least similarity, of 100, at which recognition of a long text bears it out, if all its figures are the same."""

SPACE = 0.25
"""Heights of a line between two texts from which on there is a space between them."""


def typed(item: FormField, text: str, recognised: str, registration: float, *, alone: bool, today: date) -> Answer:
    """What a text says in a field. `alone` is whether nothing else is drawn there than its letters."""
    value = meaning_of(item, text, today)
    agrees = alone and _bears_out(item, text, recognised, today)
    confidence = Confidence(None if agrees else DIFFERING, registration, value.format)
    notes = (*value.notes, *(() if agrees else (CONFLICT,)))
    status = status_of(item.type, value.value, confidence)
    return Answer(value.value, text, confidence, status, notes, source=FieldSource.TEXT_LAYER)


def lines_of(texts: Sequence[PageText]) -> list[tuple[str, Box]]:
    """The lines that texts make up, from the top, each with its place."""
    lines: list[list[PageText]] = []
    for text in sorted(texts, key=lambda one: one.box_mm[1] + one.box_mm[3] / 2):
        if lines and _level(max(lines[-1], key=lambda one: one.box_mm[3]), text):
            lines[-1].append(text)
        else:
            lines.append([text])
    return [(_joined(sorted(line, key=lambda one: one.box_mm[0])), _around(line)) for line in lines]


def _level(one: PageText, other: PageText) -> bool:
    """Whether two texts stand in one line: a full stop or a dash is as good as its place in it."""
    (_, top, _, tall), (_, other_top, _, other_tall) = one.box_mm, other.box_mm
    return abs(top + tall / 2 - other_top - other_tall / 2) < 0.6 * max(tall, other_tall)


def _joined(line: Sequence[PageText]) -> str:
    tall = max(text.box_mm[3] for text in line)
    words = line[0].text
    for before, text in pairwise(line):
        gap = text.box_mm[0] - before.box_mm[0] - before.box_mm[2]
        words += (" " if gap > SPACE * tall else "") + text.text
    return words


def _around(line: Sequence[PageText]) -> Box:
    left, top = (min(text.box_mm[axis] for text in line) for axis in (0, 1))
    right, bottom = (max(text.box_mm[axis] + text.box_mm[axis + 2] for text in line) for axis in (0, 1))
    return left, top, right - left, bottom - top


def _bears_out(item: FormField, text: str, recognised: str, today: date) -> bool:
    mine, theirs = plain(text), plain(recognised)
    if mine == theirs and signs(text) == signs(recognised):
        return True
    if item.type is not FieldType.LONG_TEXT:
        value = meaning_of(item, text, today).value
        return value is not None and meaning_of(item, recognised, today).value == value
    return re.findall(r"\d+", mine) == re.findall(r"\d+", theirs) and fuzz.ratio(mine, theirs) >= SAME_LONG
