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

RULE = 0.16
"""Least darkness of a printed rule: a grey hairline, blurred by a camera."""
STROKE = 0.3
"""Least darkness of the outline of a box."""
LEAST_LEVEL_MM, LEAST_UPRIGHT_MM = 7.0, 5.0
"""Shorter strokes may be parts of letters."""
LONG_MM = 40.0
"""No row of letters has so long a stroke in common."""
INK_BESIDE = 0.3
STEM_MM = 14.0
"""A large letter's stem is shorter than this."""
THICKEST_MM = 1.6
DOT_MM = 0.9
"""Largest dot or dash of a dotted line."""
LEAST_DOTTED_MM = 14.0
GAP_MM = 0.9
"""Rules that should meet end this near to each other."""

BOX_MM = (1.7, 7.0)
"""Least and greatest side of a box to tick."""
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
    ruled, levels, uprights = _rules(dark > RULE, px_per_mm)
    boxes, outlines = _boxes(dark, px_per_mm)
    brackets = _brackets(dark > STROKE, px_per_mm)
    cells = _cells(_joined(ruled, levels, uprights, px_per_mm), px_per_mm)
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


def _rules(dark: Bits, px_per_mm: float) -> tuple[Bits, list[Box], list[Box]]:
    bits = dark.astype(np.uint8)
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
        kept, boxes = _spans(lines, bits, level, px_per_mm, met=None if level else found[0])
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


def _spans(lines: Bits, bits: Bits, level: bool, px_per_mm: float, *, met: Bits | None) -> tuple[Bits, list[Box]]:
    """The rules among stretches of ink, as a mask and as boxes: thin, and with paper on one side at least.

    With `met`, a short one must begin or end at one of those rules: the stem of a large letter does not.
    """
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
        if along < LONG_MM * px_per_mm and _inside_letters(bits, (x, y, w, h), level, px_per_mm):
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


def _inside_letters(bits: Bits, box: tuple[int, int, int, int], level: bool, px_per_mm: float) -> bool:
    """Whether there is ink along both sides of a stretch, as there is around the strokes of letters in a row."""
    x, y, w, h = box
    near, far = round(0.35 * px_per_mm), round(1.5 * px_per_mm)
    if level:
        sides = bits[max(0, y - far) : max(0, y - near), x : x + w], bits[y + h + near : y + h + far, x : x + w]
        shares = [float(side.any(axis=0).mean()) if side.size else 0.0 for side in sides]
    else:
        sides = bits[y : y + h, max(0, x - far) : max(0, x - near)], bits[y : y + h, x + w + near : x + w + far]
        shares = [float(side.any(axis=1).mean()) if side.size else 0.0 for side in sides]
    return min(shares) > INK_BESIDE


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


def _boxes(dark: Picture, px_per_mm: float) -> tuple[list[Box], Bits]:
    """Small empty frames: alone, touching each other, or small cells of a table; not letters of a box's shape."""
    bits = (dark > STROKE).astype(np.uint8)
    outlines, tree = cv2.findContours(bits, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    mask = np.zeros(bits.shape, bool)
    found: list[Box] = []
    if tree is None:
        return found, mask
    holes: dict[int, list[tuple[int, int, int, int]]] = {}
    for index, (_, _, _, parent) in enumerate(tree[0]):
        if parent < 0:
            continue
        x, y, w, h = cv2.boundingRect(outlines[index])
        # A hole's contour runs on the ink around it.
        x, y, w, h = x + 1, y + 1, w - 2, h - 2
        low, high = (side * px_per_mm for side in BOX_MM)
        if min(w, h) < 0.8 * low or max(w, h) > high or max(w, h) > 3.2 * min(w, h):
            continue
        if cv2.contourArea(outlines[index]) < 0.9 * (w + 1) * (h + 1):
            continue
        inside = dark[y + 1 : y + h - 1, x + 1 : x + w - 1]
        if inside.size == 0 or float((inside > 0.2).mean()) > 0.06:
            continue
        holes.setdefault(int(parent), []).append((x, y, w, h))
    for parent, inner in holes.items():
        px, py, pw, ph = cv2.boundingRect(outlines[parent])
        large = max(pw, ph) > 1.6 * BOX_MM[1] * px_per_mm
        for x, y, w, h in inner:
            margins = (x - px, y - py, px + pw - x - w, py + ph - y - h)
            stroke = 0.9 * px_per_mm
            alone = len(inner) == 1 and max(margins) <= stroke and max(margins) - min(margins) <= _uneven(px_per_mm)
            row = len(inner) >= 2 and (pw > 4.6 * px_per_mm + min(w, h) or large)
            if not (alone or row or (large and len(inner) == 1)):
                continue
            if large and len(inner) == 1 and min(w, h) < 2.2 * px_per_mm:
                continue  # a letter that touches a rule
            if not _thinly_framed(bits, (x, y, w, h), round(1.1 * px_per_mm)):
                continue  # the white of a marker or a picture
            edge = 0 if not alone else min(margins)
            box = (x - edge, y - edge, w + 2 * edge, h + 2 * edge)
            found.append(tuple(side / px_per_mm for side in box))  # type: ignore[arg-type]
            mask[max(0, y - 4) : y + h + 4, max(0, x - 4) : x + w + 4] |= (
                bits[max(0, y - 4) : y + h + 4, max(0, x - 4) : x + w + 4] > 0
            )
    return _of_a_kind(found), mask


def _thinly_framed(bits: Bits, hole: tuple[int, int, int, int], away: int) -> bool:
    """Whether the ink around a hole is a line: a little further out there is mostly paper again."""
    x, y, w, h = hole
    sides = (
        bits[max(0, y - away - 1) : max(1, y - away + 1), x : x + w],
        bits[y + h + away - 1 : y + h + away + 1, x : x + w],
        bits[y : y + h, max(0, x - away - 1) : max(1, x - away + 1)],
        bits[y : y + h, x + w + away - 1 : x + w + away + 1],
    )
    return sum(not side.size or float(side.mean()) < 0.5 for side in sides) >= 3


def _uneven(px_per_mm: float) -> float:
    """Pixels by which the four edges of a printed box may differ; the legs of the character 口 differ by more."""
    return max(1.0, 0.14 * px_per_mm)


def _of_a_kind(boxes: list[Box]) -> list[Box]:
    """Boxes large enough by themselves, or small ones that do not stand alone."""
    return [
        box
        for box in boxes
        if min(box[2:]) >= BOX_MM[0]
        and (
            min(box[2:]) >= 2.6
            or sum(abs(box[2] - other[2]) < 0.5 and abs(box[3] - other[3]) < 0.5 for other in boxes) > 1
        )
    ]


def _brackets(bits: Bits, px_per_mm: float) -> list[Box]:
    """The insides of pairs of round or square brackets with nothing between them, by the curve of their strokes."""
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(bits.astype(np.uint8), connectivity=8)
    opening: list[tuple[int, int, int, int]] = []
    closing: list[tuple[int, int, int, int]] = []
    tall = (1.8 * px_per_mm, 7.0 * px_per_mm)
    for number in range(1, count):
        x, y, w, h, area = (int(stats[number, column]) for column in range(5))
        if not (tall[0] <= h <= tall[1] and 0.12 * h <= w <= 0.5 * h and area < 0.62 * w * h):
            continue
        part = numbered[y : y + h, x : x + w] == number
        middle = part[round(0.35 * h) : round(0.65 * h) + 1]
        ends = np.concatenate([part[: max(1, round(0.14 * h))], part[-max(1, round(0.14 * h)) :]])
        if not middle.any(axis=1).all() or (middle.sum(axis=1) > 0.6 * w + 1).any():
            continue
        columns = np.arange(w)
        at_middle = float((middle * columns).sum() / middle.sum())
        at_ends = float((ends * columns).sum() / max(1, ends.sum()))
        symmetric = abs(float(part[: h // 2].sum()) - float(part[-(h // 2) :].sum())) < 0.25 * area
        if not symmetric or abs(at_ends - at_middle) < 0.2 * w:
            continue
        (opening if at_ends > at_middle else closing).append((x, y, w, h))
    pairs = []
    for x, y, w, h in opening:
        fitting = [
            (cx, cy, cw, ch)
            for cx, cy, cw, ch in closing
            if abs(cy - y) < 0.2 * h and abs(ch - h) < 0.2 * h and 0.2 * h < cx - x - w < 3.2 * h
        ]
        if not fitting:
            continue
        cx, _, cw, _ = min(fitting)
        if bits[y : y + h, x + w + 1 : cx - 1].any():
            continue
        pairs.append((x / px_per_mm, y / px_per_mm, (cx + cw - x) / px_per_mm, h / px_per_mm))
    return pairs


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
