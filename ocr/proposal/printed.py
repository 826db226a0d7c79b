"""What is printed on a blank besides words: rules, cells enclosed by rules, small boxes, pairs of brackets.

All boxes are in millimetres of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from ocr.arrays import Bits, Picture
from ocr.contract import Box
from ocr.light import darkness
from ocr.proposal.boxes import BOX_MM, STROKE, find_boxes, find_brackets

RULE = 0.16
"""Least darkness of a printed rule: a grey hairline, blurred by a camera."""
LEAST_LEVEL_MM, LEAST_UPRIGHT_MM = 7.0, 5.0
"""Shorter strokes may be parts of letters."""
LONG_MM = 40.0
"""No row of letters has so long a stroke in common."""
INK_BESIDE = 0.3
ALONG_LETTERS, STEADY = 0.6, 0.65
"""A stretch with ink along so much of one side is a rule if its lightest parts have this share of its usual ink."""
STEM_MM = 14.0
"""A large letter's stem is shorter than this."""
THICKEST_MM = 1.6
BAND, BAND_MM = 0.45, (20.0, 1.8)
"""Least darkness, length and height of a dark band."""
DOT_MM = 0.9
"""Largest dot or dash of a dotted line."""
LEAST_DOTTED_MM = 14.0
GAP_MM = 0.9
"""Rules that should meet end this near to each other."""

CELL_MM = (3.2, 6.0)
"""Least height and width of a cell."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The lines and boxes of a page."""

    levels: tuple[Box, ...]
    """Level rules that stand alone or border cells, top to bottom."""
    cells: tuple[Box, ...]
    """Areas enclosed by rules, the white inside, larger than a box to tick."""
    boxes: tuple[Box, ...]
    """Small boxes to tick, by their outline, and the insides of pairs of brackets."""
    brackets: tuple[Box, ...]
    """Those of the boxes that are pairs of brackets."""
    mask: Bits
    """Where rules and boxes are printed."""


def find_printed(picture: Picture, px_per_mm: float) -> Printed:
    """The rules, cells and boxes of a flat RGB or grey page."""
    dark = darkness(picture, px_per_mm)
    ruled, levels, uprights = _rules(dark, px_per_mm)
    boxes, outlines = find_boxes(dark, px_per_mm)
    brackets = find_brackets(dark > STROKE, px_per_mm)
    bordered = ruled | _bands(dark, px_per_mm)
    cells = _cells(_joined(bordered, levels, uprights, px_per_mm), px_per_mm)
    boxes = [box for box in boxes if not any(_same(box, other) for other in brackets)]
    # A box to tick may be found as an enclosed cell as well.
    cells = [cell for cell in cells if max(cell[2:]) > BOX_MM[1] or not any(_overlap(cell, box) > 0.6 for box in boxes)]
    small = [cell for cell in cells if max(cell[2:]) <= BOX_MM[1]]
    mask = ruled | outlines
    for box in brackets:
        rows, columns = _window(box, px_per_mm, mask.shape)
        mask[rows, columns] = True
    return Printed(
        levels=tuple(sorted(levels, key=lambda box: (box[1], box[0]))),
        cells=tuple(cell for cell in cells if cell not in small),
        boxes=tuple(sorted([*boxes, *small, *brackets], key=lambda box: (box[1], box[0]))),
        brackets=tuple(brackets),
        mask=mask,
    )


def without(picture: Picture, printed: Printed, px_per_mm: float) -> Picture:
    """The page with rules and boxes painted over, so that only words are left."""
    reach = max(1, round(0.2 * px_per_mm))
    mask = cv2.dilate(printed.mask.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
    size = max(3, round(2.5 * px_per_mm)) | 1
    paper = cv2.dilate(picture, np.ones((size, size), np.uint8))
    words: Picture = np.where(mask[..., None] if picture.ndim == 3 else mask, paper, picture)
    return words


def _rules(dark: Picture, px_per_mm: float) -> tuple[Bits, list[Box], list[Box]]:
    bits = (dark > RULE).astype(np.uint8)
    thick = round(THICKEST_MM * px_per_mm)
    found: list[Bits] = []
    spans: list[list[Box]] = []
    dotted = _dots_joined(bits, px_per_mm)
    for level, least in ((True, LEAST_LEVEL_MM), (False, LEAST_UPRIGHT_MM)):
        length = round(least * px_per_mm)
        kernel = np.ones((1, length) if level else (length, 1), np.uint8)
        # A rule of a photograph is slightly slanted: two neighbouring rows are looked at together.
        wide = cv2.dilate(bits, np.ones((2, 1) if level else (1, 2), np.uint8))
        lines = cv2.morphologyEx(wide, cv2.MORPH_OPEN, kernel)
        blocks = cv2.morphologyEx(bits, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
        lines[cv2.dilate(blocks, np.ones((5, 5), np.uint8)) > 0] = 0
        if level:
            lines = np.maximum(lines, dotted)
        close = round(1.5 * px_per_mm)
        lines = cv2.morphologyEx(lines, cv2.MORPH_CLOSE, np.ones((1, close) if level else (close, 1), np.uint8))
        kept, boxes = _spans(lines, dark, level, px_per_mm, met=None if level else found[0])
        spans.append(boxes)
        found.append(kept)
    return found[0] | found[1], spans[0], spans[1]


def _dots_joined(bits: Bits, px_per_mm: float) -> Bits:
    """Dotted and dashed lines, and lines of underscores, as rules: rows of dots without anything taller between."""
    _, numbered, stats, _ = cv2.connectedComponentsWithStats(bits, connectivity=8)
    low = stats[:, cv2.CC_STAT_HEIGHT] <= DOT_MM * px_per_mm
    short = stats[:, cv2.CC_STAT_WIDTH] <= 6.0 * px_per_mm
    kept = low & short
    kept[0] = False
    dots = kept[numbered].astype(np.uint8)
    gap = round(2.0 * px_per_mm)
    rows = cv2.dilate(dots, np.ones((3, 1), np.uint8))
    rows = cv2.morphologyEx(rows, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    opened: Bits = cv2.morphologyEx(rows, cv2.MORPH_OPEN, np.ones((1, round(LEAST_DOTTED_MM * px_per_mm)), np.uint8))
    return opened


def _bands(dark: Picture, px_per_mm: float) -> Bits:
    """Dark areas with light words in them, as headings have: they border the cells beside them as rules do."""
    side = round(BAND_MM[1] * px_per_mm)
    solid = cv2.morphologyEx((dark > BAND).astype(np.uint8), cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    _, numbered, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    wide = stats[:, cv2.CC_STAT_WIDTH] >= BAND_MM[0] * px_per_mm
    wide[0] = False
    near: Bits = cv2.dilate(wide[numbered].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return near


def _spans(lines: Bits, dark: Picture, level: bool, px_per_mm: float, *, met: Bits | None) -> tuple[Bits, list[Box]]:
    """The rules among stretches of ink, as a mask and as boxes: thin, and with paper on one side at least.

    With `met`, a short one must begin or end at one of those rules: the stem of a large letter does not.
    """
    bits = (dark > RULE).astype(np.uint8)
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8), connectivity=8)
    kept = np.zeros(count, bool)
    spans = []
    for number in range(1, count):
        x, y, w, h = (int(stats[number, column]) for column in range(4))
        along, across = (w, h) if level else (h, w)
        slack = 0.012 * along + 2  # what a slant of less than a degree adds
        if (
            along < (LEAST_LEVEL_MM if level else LEAST_UPRIGHT_MM) * px_per_mm - 1
            or across > THICKEST_MM * px_per_mm + slack
        ):
            continue
        if along < LONG_MM * px_per_mm:
            beside = _ink_beside(bits, (x, y, w, h), level, px_per_mm)
            letters = max(beside) > ALONG_LETTERS and _uneven_ink(dark[y : y + h, x : x + w], level)
            if min(beside) > INK_BESIDE or letters:
                continue
        if met is not None and along < STEM_MM * px_per_mm and not _meets(met, (x, y, w, h), px_per_mm):
            continue
        kept[number] = True
        spans.append((x / px_per_mm, y / px_per_mm, w / px_per_mm, h / px_per_mm))
    return kept[numbered], spans


def _meets(rules: Bits, box: tuple[int, int, int, int], px_per_mm: float) -> bool:
    """Whether an upright stretch begins or ends at a level rule."""
    x, y, w, h = box
    reach = round(GAP_MM * px_per_mm)
    columns = slice(max(0, x - reach), x + w + reach)
    ends = rules[max(0, y - reach) : y + reach, columns], rules[max(0, y + h - reach) : y + h + reach, columns]
    return any(bool(end.any()) for end in ends)


def _ink_beside(bits: Bits, box: tuple[int, int, int, int], level: bool, px_per_mm: float) -> list[float]:
    """Over what share of a stretch there is ink along either side, as along the strokes of letters in a row."""
    x, y, w, h = box
    near, far = round(0.35 * px_per_mm), round(1.5 * px_per_mm)
    if level:
        sides = bits[max(0, y - far) : max(0, y - near), x : x + w], bits[y + h + near : y + h + far, x : x + w]
    else:
        sides = bits[y : y + h, max(0, x - far) : max(0, x - near)], bits[y : y + h, x + w + near : x + w + far]
    return [float(side.any(axis=0 if level else 1).mean()) if side.size else 0.0 for side in sides]


def _uneven_ink(part: Picture, level: bool) -> bool:
    """Whether a stretch without gaps is light and dark by turns: bold or blurred letters that run into each other."""
    along = part.max(axis=0 if level else 1)
    if float((along > RULE).mean()) < 0.9:  # a dotted rule
        return False
    low, high = np.percentile(along, (5, 80))
    return bool(low < STEADY * high)


def _joined(ruled: Bits, levels: Sequence[Box], uprights: Sequence[Box], px_per_mm: float) -> Bits:
    """The rules with small gaps closed, and with the open sides of tables that have only inner uprights closed."""
    reach = round(GAP_MM * px_per_mm)
    bits = cv2.morphologyEx(ruled.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    for group in _same_extent(levels):
        for upper, lower in pairwise(group):
            top, bottom = upper[1] + upper[3], lower[1]
            x0, x1 = max(upper[0], lower[0]), min(upper[0] + upper[2], lower[0] + lower[2])
            between = [u for u in uprights if u[1] < top + 1.5 and u[1] + u[3] > bottom - 1.5]
            if not any(x0 + 3 < u[0] < x1 - 3 for u in between):
                continue
            for x in (x0, x1):
                if any(abs(u[0] + u[2] / 2 - x) < 2.5 for u in between) or _goes_on(
                    ruled, x, upper, x == x0, px_per_mm
                ):
                    continue
                column = min(max(1, round(x * px_per_mm)), bits.shape[1] - 1)
                bits[round(upper[1] * px_per_mm) : round((bottom + 1) * px_per_mm), column - 1 : column + 1] = 1
    return bits > 0


def _goes_on(ruled: Bits, x: float, rule: Box, leftwards: bool, px_per_mm: float) -> bool:
    """Whether a rule has a continuation beyond the end at `x`."""
    begin, end = (x - 4, x - 1.2) if leftwards else (x + 1.2, x + 4)
    rows = slice(max(0, round((rule[1] - 0.8) * px_per_mm)), round((rule[1] + rule[3] + 0.8) * px_per_mm))
    part = ruled[rows, max(0, round(begin * px_per_mm)) : max(0, round(end * px_per_mm))]
    return bool(part.size and part.any(axis=0).mean() > 0.5)


def _same_extent(levels: Sequence[Box]) -> list[list[Box]]:
    """Groups of three and more rules below each other that begin and end at the same places."""
    waiting = sorted(levels, key=lambda box: box[1])
    groups = []
    while waiting:
        first = waiting[0]
        group = [
            box for box in waiting if abs(box[0] - first[0]) < 1.2 and abs(box[0] + box[2] - first[0] - first[2]) < 1.2
        ]
        waiting = [box for box in waiting if box not in group]
        if len(group) >= 3:
            groups.append(group)
    return groups


def _cells(ruled: Bits, px_per_mm: float) -> list[Box]:
    free = (~ruled).astype(np.uint8)
    height, width = free.shape
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=4)
    cells = []
    for number in range(1, count):
        x, y, w, h = (int(stats[number, column]) for column in range(4))
        if x == 0 or y == 0 or x + w == width or y + h == height:
            continue
        if h < CELL_MM[0] * px_per_mm or w < CELL_MM[0] * px_per_mm:
            continue
        part = (numbered[y : y + h, x : x + w] == number).astype(np.uint8)
        outlines, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        filled = sum(cv2.contourArea(outline) for outline in outlines)
        if filled >= 0.86 * w * h:
            cells.append((x / px_per_mm, y / px_per_mm, w / px_per_mm, h / px_per_mm))
    return _without_slivers(cells)


def _without_slivers(cells: list[Box]) -> list[Box]:
    """Double borders leave strips between their lines, which are no cells."""
    return [cell for cell in cells if min(cell[2:]) >= CELL_MM[0]]


def holds(box: Box, x: float, y: float) -> bool:
    """Whether a point lies in a box."""
    return box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]


def _same(one: Box, other: Box) -> bool:
    return _overlap(one, other) > 0.5


def _overlap(one: Box, other: Box) -> float:
    """The common area as a share of the smaller box."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / min(one[2] * one[3], other[2] * other[3])


def _window(box: Box, px_per_mm: float, shape: tuple[int, ...]) -> tuple[slice, slice]:
    x, y, w, h = (round(side * px_per_mm) for side in box)
    return slice(max(0, y), min(shape[0], y + h + 1)), slice(max(0, x), min(shape[1], x + w + 1))
