"""Boxes to tick on a blank: small empty frames, square or round, and pairs of brackets with nothing between them."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.arrays import Bits, Picture
from ocr.contract import Box

STROKE = 0.3
"""Least darkness of the outline of a box."""
BOX_MM = (1.7, 7.0)
"""Least and greatest side of a box to tick."""
ALONE_MM = 9.0
"""Greatest side of one that touches nothing."""
ROUND_MM, ALIKE = 2.2, 3
"""Least diameter of a circle to tick, and how many of one size there are at least: an O is as round."""
ROUND_WHITE = (0.5, 0.2)
"""White left and right of a circle, in diameters; the letters of a word stand nearer."""


def find_boxes(dark: Picture, px_per_mm: float) -> tuple[list[Box], Bits]:
    """Small empty frames: alone, touching each other, or small cells of a table; not letters of a box's shape.

    With them a mask of where their outlines are printed.
    """
    bits = (dark > STROKE).astype(np.uint8)
    mask = np.zeros(bits.shape, bool)
    found: list[Box] = []
    circles: list[Box] = []
    for (px, py, pw, ph), inner in _holes(dark, bits, px_per_mm):
        large = max(pw, ph) > 1.6 * BOX_MM[1] * px_per_mm
        for (x, y, w, h), is_round in inner:
            margins = (x - px, y - py, px + pw - x - w, py + ph - y - h)
            stroke = 0.9 * px_per_mm
            alone = len(inner) == 1 and max(margins) <= stroke and max(margins) - min(margins) <= _uneven(px_per_mm)
            row = len(inner) >= 2 and (pw > 4.6 * px_per_mm + min(w, h) or large)
            if is_round and not (alone and _stands_free(bits, (px, py, pw, ph))):
                continue
            if not alone and max(w, h) > BOX_MM[1] * px_per_mm:
                continue
            if not (alone or row or (large and len(inner) == 1)):
                continue
            if large and len(inner) == 1 and min(w, h) < 2.2 * px_per_mm:
                continue  # a letter that touches a rule
            if not _thinly_framed(bits, (x, y, w, h), round(1.1 * px_per_mm)):
                continue  # the white of a marker or a picture
            edge = 0 if not alone else min(margins)
            box = (x - edge, y - edge, w + 2 * edge, h + 2 * edge)
            (circles if is_round else found).append(tuple(side / px_per_mm for side in box))  # type: ignore[arg-type]
    kept = [*_of_a_kind(found), *_circles(circles)]
    for kept_box in kept:
        left, top, wide, high = (round(side * px_per_mm) for side in kept_box)
        rows, columns = slice(max(0, top - 4), top + high + 4), slice(max(0, left - 4), left + wide + 4)
        mask[rows, columns] |= bits[rows, columns] > 0
    return kept, mask


Hole = tuple[tuple[int, int, int, int], bool]
"""A white area that ink encloses, as x, y, width and height in pixels, and whether it is round."""


def _holes(dark: Picture, bits: Picture, px_per_mm: float) -> list[tuple[tuple[int, int, int, int], list[Hole]]]:
    """The white areas of a box's size and shape, by the outline of the ink around them."""
    outlines, tree = cv2.findContours(bits, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if tree is None:
        return []
    low, high = BOX_MM[0] * px_per_mm, ALONE_MM * px_per_mm
    holes: dict[int, list[Hole]] = {}
    for index, (_, _, _, parent) in enumerate(tree[0]):
        if parent < 0:
            continue
        x, y, w, h = cv2.boundingRect(outlines[index])
        # A hole's contour runs on the ink around it.
        x, y, w, h = x + 1, y + 1, w - 2, h - 2
        if min(w, h) < 0.8 * low or max(w, h) > high or max(w, h) > 3.2 * min(w, h):
            continue
        filled = cv2.contourArea(outlines[index]) / ((w + 1) * (h + 1))
        is_round = 0.7 < filled < 0.87 and max(w, h) < 1.15 * min(w, h)
        if filled < 0.9 and not is_round:
            continue
        away = round(0.2 * min(w, h)) if is_round else 1
        inside = dark[y + away : y + h - away, x + away : x + w - away]
        if inside.size == 0 or float((inside > 0.2).mean()) > 0.06:
            continue
        holes.setdefault(int(parent), []).append(((x, y, w, h), is_round))
    return [(cv2.boundingRect(outlines[parent]), inner) for parent, inner in holes.items()]  # type: ignore[misc]


def _stands_free(bits: Picture, box: tuple[int, int, int, int]) -> bool:
    """Whether a circle has white on both sides, as no letter of a word has."""
    x, y, w, h = box
    left, right = (max(1, round(share * w)) for share in ROUND_WHITE)
    return not bits[y : y + h, max(0, x - left) : x].any() and not bits[y : y + h, x + w : x + w + right].any()


def _circles(circles: list[Box]) -> list[Box]:
    """Circles large enough, and of one size with some others."""
    return [
        box
        for box in circles
        if box[2] >= ROUND_MM
        and sum(abs(box[2] - other[2]) < 0.3 and abs(box[3] - other[3]) < 0.3 for other in circles) >= ALIKE
    ]


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


def _curve(part: Bits, area: int) -> int:
    """1 for a stroke whose ends bend to the right, as those of an opening bracket do, -1 to the left, else 0."""
    h, w = part.shape
    middle = part[round(0.35 * h) : round(0.65 * h) + 1]
    if not middle.any(axis=1).all() or area >= 0.8 * w * h:
        return 0
    if abs(float(part[: h // 2].sum()) - float(part[-(h // 2) :].sum())) >= 0.25 * area:
        return 0
    outer, end = max(1, round(0.25 * w)), max(2, round(0.2 * h))
    for side, far in ((1, part[:, -outer:]), (-1, part[:, :outer])):
        if far[:end].any() and far[-end:].any() and not far[end + 1 : -end - 1].any():
            return side
    return 0


def find_brackets(bits: Bits, px_per_mm: float) -> list[Box]:
    """The insides of pairs of round or square brackets with nothing between them, by how their strokes bend."""
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(bits.astype(np.uint8), connectivity=8)
    opening: list[tuple[int, int, int, int]] = []
    closing: list[tuple[int, int, int, int]] = []
    tall = (1.8 * px_per_mm, 7.0 * px_per_mm)
    for number in range(1, count):
        x, y, w, h, area = (int(stats[number, column]) for column in range(5))
        if not (tall[0] <= h <= tall[1] and 0.12 * h <= w <= 0.5 * h):
            continue
        side = _curve(numbered[y : y + h, x : x + w] == number, area)
        if side:
            (opening if side > 0 else closing).append((x, y, w, h))
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
