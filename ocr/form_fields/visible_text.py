"""The text of a PDF's page as far as it can be seen. Runs where `ocr.pages` does: in a child process with limits.

What a file says in its text need not be what anybody saw: text may be invisible, white, covered, clipped or beside the
page. So the page is drawn once more without its text, and a letter counts only where that makes a difference.
"""

from __future__ import annotations

import ctypes
import unicodedata
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from ocr.arrays import Bits, Picture
from ocr.contract import Box
from ocr.form_fields.contract import PageText

MOST_LETTERS, MOST_OBJECTS, DEEPEST = 6000, 20_000, 8
"""A page with more letters or drawn things than these is no form that a person fills in."""
CHANGED, LEAST_CHANGED = 40, 3
"""Levels of 255 by which a pixel differs without the text, and pixels of a letter that must."""
APART = 0.6
"""Heights of a letter between two of them from which on they are not of one text."""
_MM = 25.4 / 72
_FINE = 100
"""Device units a point: what pdfium's map from a page to a device is asked in."""


@dataclass(frozen=True, slots=True)
class _Letter:
    text: str
    box: Box
    """Points from the top left corner of the page as it is shown."""
    drawn_by: int
    """Which drawn thing it is a part of."""
    spaced: bool = False
    """Whether there is white space before it."""


def visible_text(page: pypdfium2.PdfPage, drawn: Picture, scale: float) -> tuple[PageText, ...]:
    """The texts on a page that was drawn at a scale (pixels a point). The page has lost its text afterwards."""
    letters = page.get_textpage()
    try:
        if not 0 < letters.count_chars() <= MOST_LETTERS:
            return ()
        found = _letters(letters, page)
    finally:
        letters.close()
    items = list(islice(page.get_objects(max_depth=DEEPEST), MOST_OBJECTS + 1))
    if len(items) > MOST_OBJECTS:
        return ()
    for item in items:
        if item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            pdfium.FPDFTextObj_SetTextRenderMode(item, pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)
    bare = page.render(scale=scale)
    try:
        changed = cv2.absdiff(drawn, bare.to_numpy()).max(axis=2) > CHANGED
    finally:
        bare.close()
    seen = [letter for letter in found if _changes(letter, changed, scale)]
    return tuple(_text(run) for run in _runs(seen))


def _letters(letters: Any, page: pypdfium2.PdfPage) -> list[_Letter]:
    """All letters in their places, in the order of the file."""
    found = []
    spaced = False
    for index in range(letters.count_chars()):
        code = pdfium.FPDFText_GetUnicode(letters, index)
        text = chr(code) if 0 < code < 0x110000 else ""
        if text.isspace():
            spaced = True
        elif text and unicodedata.category(text)[0] != "C":
            letter = _letter(letters, index, page, text)
            if letter is not None:
                found.append(replace(letter, spaced=spaced))
            spaced = False
    return found


def _letter(letters: Any, index: int, page: pypdfium2.PdfPage, text: str) -> _Letter | None:
    """One letter in its place; None when it has none."""
    sides = [ctypes.c_double() for _ in range(4)]
    if not pdfium.FPDFText_GetCharBox(letters, index, *sides):
        return None
    left, right, bottom, top = (side.value for side in sides)
    width, height = page.get_size()
    size = round(width * _FINE), round(height * _FINE)
    corners = []
    for x, y in ((left, bottom), (right, top)):
        at_x, at_y = ctypes.c_int(), ctypes.c_int()
        if not pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, at_x, at_y):
            return None
        corners.append((at_x.value / _FINE, at_y.value / _FINE))
    (x0, y0), (x1, y1) = corners
    box = min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)
    owner = pdfium.FPDFText_GetTextObject(letters, index)
    return _Letter(text, box, ctypes.cast(owner, ctypes.c_void_p).value or 0)


def _changes(letter: _Letter, changed: Bits, scale: float) -> bool:
    x, y, width, height = (side * scale for side in letter.box)
    rows = slice(max(0, int(y)), max(0, int(np.ceil(y + height)) + 1))
    columns = slice(max(0, int(x)), max(0, int(np.ceil(x + width)) + 1))
    return int(changed[rows, columns].sum()) >= LEAST_CHANGED


def _runs(letters: list[_Letter]) -> list[list[_Letter]]:
    """Letters that one drawn thing puts side by side."""
    runs: list[list[_Letter]] = []
    for letter in letters:
        last = runs[-1][-1] if runs else None
        if last is not None and last.drawn_by == letter.drawn_by and _follows(last.box, letter.box):
            runs[-1].append(letter)
        else:
            runs.append([letter])
    return runs


def _follows(one: Box, other: Box) -> bool:
    tall = max(one[3], other[3], one[2], other[2])
    level = abs(one[1] + one[3] / 2 - other[1] - other[3] / 2) < 0.7 * tall
    return level and -0.5 * tall < other[0] - one[0] - one[2] < APART * tall


def _text(run: list[_Letter]) -> PageText:
    left, top = (min(letter.box[axis] for letter in run) for axis in (0, 1))
    right, bottom = (max(letter.box[axis] + letter.box[axis + 2] for letter in run) for axis in (0, 1))
    x, y, width, height = (round(side * _MM, 2) for side in (left, top, right - left, bottom - top))
    words = "".join(" " * letter.spaced + letter.text for letter in run)
    return PageText(words.strip(), (x, y, width, height))
