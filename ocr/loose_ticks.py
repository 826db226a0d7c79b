"""Tick boxes of a form whose place is not known: small squares just before the words of an option."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import Picture
from ocr.contract import Line, Option, Quad
from ocr.engine import as_quad
from ocr.labels import plain

ENLARGED_PX = 48
"""Pixels: the row of an option is enlarged to this height, since a printed box may have a dozen pixels."""

TICKED_SHARE = 0.10
"""Share of a box's inside that is dark when it is ticked; its own frame and blur reach in a little."""


@dataclass(frozen=True, slots=True)
class LooseBox:
    """The box found before an option's words."""

    value: str
    ticked: bool
    box: Quad


def ticked_options(grey: Picture, options: Sequence[Option], lines: Sequence[Line]) -> list[LooseBox]:
    """The options whose words and boxes were found, in the options' order."""
    found = []
    for option in options:
        words = [word for word in (plain(option.label.zh), plain(option.label.en)) if word]
        for line in lines:
            letters = plain(line.text)
            exact = letters in words or any(letters.startswith(w) or letters.endswith(w) for w in words if len(w) > 2)
            box = _box_before(grey, option.value, line) if exact else None
            if box is not None:
                found.append(box)
                break
    return found


def _box_before(grey: Picture, value: str, line: Line) -> LooseBox | None:
    """The square at the beginning of a line, or just left of it, and whether something is drawn in it."""
    xs, ys = [x for x, _ in line.box], [y for _, y in line.box]
    left, top, bottom = min(xs), min(ys), max(ys)
    height = bottom - top
    x0, x1 = max(0, round(left - 2.2 * height)), round(left + 1.6 * height)
    y0, y1 = max(0, round(top - 0.25 * height)), round(bottom + 0.25 * height)
    area = grey[y0:y1, x0:x1]
    if min(area.shape) < 6:
        return None
    scale = ENLARGED_PX / height
    large = cv2.resize(area, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    _, dark = cv2.threshold(large, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    outlines, _ = cv2.findContours(dark, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    best = None
    for outline in outlines:
        x, y, w, h = cv2.boundingRect(outline)
        # The frame's inner edge and its outer one are both outlines; a ticked box may only have the outer one.
        square = 0.75 <= w / h <= 1.33 and 0.35 * ENLARGED_PX <= h <= 1.3 * ENLARGED_PX
        if square and _framed(dark, x, y, w, h) and (best is None or w * h > best[2] * best[3]):
            best = x, y, w, h
    if best is None:
        return None
    x, y, w, h = best
    inset_x, inset_y = round(0.26 * w), round(0.26 * h)
    inside = dark[y + inset_y : y + h - inset_y, x + inset_x : x + w - inset_x]
    corners = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float64) / scale + (x0, y0)
    return LooseBox(value, float((inside > 0).mean()) > TICKED_SHARE, as_quad(corners))


def _framed(dark: Picture, x: int, y: int, w: int, h: int) -> bool:
    """Whether all four edges of a rectangle are drawn, so that it is a box and not a letter."""
    band_x, band_y = max(2, round(0.22 * w)), max(2, round(0.22 * h))
    patch = dark[y : y + h, x : x + w] > 0
    edges = (
        patch[:band_y].any(axis=0),
        patch[-band_y:].any(axis=0),
        patch[:, :band_x].any(axis=1),
        patch[:, -band_x:].any(axis=1),
    )
    return all(float(edge.mean()) >= 0.8 for edge in edges)
