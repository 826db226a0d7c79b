"""What one page of an upload shows before anything on it is recognised: its code, its likeness, and whether it is any
use to read it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocr import register
from ocr.arrays import Picture
from ocr.blank import blank_pages
from ocr.contract import FormTemplate, PageGlance, PublishedForm, Retake
from ocr.first_look import first_look
from ocr.pages import Page

LEAST_SIDE = 32
"""Pixels; nothing can be told of a smaller picture."""
LIKENESS_SIDE = 32
"""The hash has a bit for each of the pieces of a grid of so many by so many."""


def glance(page: Page, templates: Sequence[FormTemplate]) -> PageGlance:
    """A decoded page with what a glance tells, by the forms that it may show."""
    if min(page.width, page.height) < LEAST_SIDE:
        return PageGlance(page.picture, page.width, page.height, problem=Retake.TOO_SMALL, form=page.form)
    grey = cv2.imdecode(np.frombuffer(page.picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    look = first_look(page.picture, templates)
    known = [blank for template in templates for blank in blank_pages(PublishedForm(template, ()))]
    return PageGlance(
        picture=page.picture,
        width=page.width,
        height=page.height,
        code=register.find_code(grey, register.find_markers(grey), known),
        likeness=likeness(grey),
        problem=look.retake,
        doubts=look.doubts,
        form=page.form,
    )


def likeness(grey: Picture) -> str:
    """A difference hash: for each piece of a grid, whether it is lighter than its right neighbour.

    The same picture, made smaller or packed more tightly, keeps nearly all bits; hexadecimal, 256 digits.
    """
    small = cv2.resize(grey, (LIKENESS_SIDE + 1, LIKENESS_SIDE), interpolation=cv2.INTER_AREA).astype(np.int16)
    return np.packbits(small[:, :-1] > small[:, 1:]).tobytes().hex()
