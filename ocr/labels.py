"""Printed labels decide whether a page lies where it is thought to lie.

A placement counts when the blank's labels are found in their places by their looks, all of them, and when a handful,
spread over the page, also read as the words they should be. Neither costs a detection. When they do not agree, the
whole picture is read, its lines are matched to the labels, and a new placement comes out of that, bent if need be.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from rapidfuzz import fuzz

from ocr.alignment import Offset, Placement, improve, offsets, project
from ocr.arrays import Picture, Points
from ocr.blank import BlankPage, grown
from ocr.blur import blur_of_page
from ocr.contract import Anchor, Box, Line, MatchedBy
from ocr.engine import Engine
from ocr.register import Candidate, by_points

IN_PLACE_MM = 1.0
"""A label further than this from its place is not in it: cells keep 2 mm of white inside their frame."""

WIDE_REACH_MM = 8.0
FINE_REACH_MM = 1.5

MOST_BENDS = 6
"""How often a bent placement is fitted again at most; two or three times are usual."""

LEAST_SEEN = 0.15
"""Share of the labels that must be found within the wide reach for a placement to be looked at closely."""

SAMPLE = 8
"""Labels that are read as well as looked at."""

SAME_WORDS = 72.0
"""Least similarity, of 100, at which a reading counts as the label's words."""

LABEL_REACH_MM = 25.0
"""How far from its place a label that was read may lie and still be that label: bent paper moves print that much,
and labels of one form that resemble each other stand further apart."""


@dataclass(frozen=True)
class Settled:
    """A placement with the evidence for it and the page as it shows: all in millimetres, pictures flattened."""

    page: BlankPage
    proposed: Placement
    """The placement as it was proposed: what a failed improvement leaves is worse than that."""
    placement: Placement
    matched_by: MatchedBy
    markers: int
    flat: Picture
    flat_grey: Picture
    labels: tuple[Offset, ...]
    corners: tuple[Offset, ...]
    words_right: int
    words_read: int
    blur_mm: float | None
    """Blur on paper by the page's print, over all directions together; None without print to go by."""

    @property
    def labels_found(self) -> int:
        return sum(map(in_place, self.labels))

    @property
    def pieces_found(self) -> int:
        """Labels, corners of cells and boxes in their places: by these two placements of one page are compared."""
        return self.labels_found + sum(map(in_place, self.corners))

    @property
    def labels_expected(self) -> int:
        return sum(offset.printed for offset in self.labels)

    @property
    def share_found(self) -> float:
        return self.labels_found / self.labels_expected if self.labels_expected else 0.0

    @property
    def residual_mm(self) -> float | None:
        """Median distance of the labels that were found from their places."""
        distances = [offset.distance for offset in self.labels if offset.found]
        return float(np.median(distances)) if distances else None

    @cached_property
    def paper(self) -> float:
        """Level of the paper on the flattened page, 0 to 255."""
        return float(np.median(self.flat_grey))

    @cached_property
    def bend_mm(self) -> float:
        """See `Placement.bend_mm`: it is asked for once a field."""
        return self.placement.bend_mm()

    @property
    def confirmed(self) -> bool:
        """Whether most labels look right in their places and most of those that were read say the right words."""
        residual = self.residual_mm
        if residual is None or residual > 0.6 or self.share_found < 0.6:
            return False
        if self.words_read == 0:  # a form without known labels has to show more of its print
            return self.share_found >= 0.7 and self.labels_found >= 12
        return self.words_right >= 0.6 * self.words_read

    @property
    def rank(self) -> tuple[bool, float, float]:
        """Order among placements of one page: the higher the better."""
        return self.confirmed, round(self.share_found, 2), -(self.residual_mm or 99.0)


def in_place(offset: Offset) -> bool:
    """Whether a piece of the blank was found where it should be."""
    return offset.found and offset.distance <= IN_PLACE_MM


def glance(candidate: Candidate, grey: Picture, page: BlankPage) -> float:
    """Share of the page's landmarks that are somewhere near their places: a quick look at one page of many."""
    coarse, px_per_mm = page.coarse
    found = _wide(candidate.placement, grey, page, coarse, px_per_mm)
    printed = sum(offset.printed for offset in found)
    return sum(offset.found for offset in found) / printed if printed else 0.0


def settle(candidate: Candidate, picture: Picture, page: BlankPage, engine: Engine) -> Settled:
    """The candidate improved by what the blank shows, with the evidence for the result.

    The page must have a blank. `picture` is RGB.
    """
    assert page.grey is not None
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    placement = _refined(candidate, grey, page)
    flat = placement.flatten(picture, page.px_per_mm)
    flat_grey = cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY)
    blur = blur_of_page(flat_grey, page)
    labels, corner_pieces = _fine_offsets(flat_grey, page.softened(blur), page)
    settled = Settled(
        page=page,
        proposed=candidate.placement,
        placement=placement,
        matched_by=candidate.matched_by,
        markers=candidate.markers,
        flat=flat,
        flat_grey=flat_grey,
        labels=tuple(labels),
        corners=tuple(corner_pieces),
        words_right=0,
        words_read=0,
        blur_mm=blur,
    )
    if settled.share_found < 0.3:  # reading words cannot save it
        return settled
    right, read = _words(flat, page, engine)
    return replace(settled, words_right=right, words_read=read)


def by_lines(lines: Sequence[Line], page: BlankPage, near: Placement | None) -> list[Candidate]:
    """Placements by the labels among the lines of the picture.

    With a placement at hand, a label is looked for within 25 mm of where it puts it, and the first answer may be
    bent; without one, by its words alone.
    """
    pairs = matched_labels(lines, page.anchors, near)
    if len(pairs) < 6:
        return []
    paper = np.array([_box_middle(anchor) for anchor, _ in pairs])
    seen = np.array([_line_middle(line) for _, line in pairs])
    page_px = float(np.median([_line_height(line) / anchor.box_mm[3] for anchor, line in pairs]))
    candidates = []
    if near is not None and near.warp is None:
        shifts = project(np.linalg.pinv(near.homography), seen) - paper
        found = [Offset((x, y), (dx, dy), 1.0) for (x, y), (dx, dy) in zip(paper, shifts, strict=True)]
        bent = improve(near, found, bend=True)
        if bent is not near:
            candidates.append(Candidate(bent, MatchedBy.LAYOUT, 0))
    return candidates + by_points(paper, seen, page, tolerance_px=2.0 * page_px)


def matched_labels(
    lines: Sequence[Line], anchors: Sequence[Anchor], near: Placement | None
) -> list[tuple[Anchor, Line]]:
    """Each label with the line that reads like it, both used once; the most alike and nearest pairs first."""
    pairs = []
    for number, anchor in enumerate(anchors):
        for index, line in enumerate(lines):
            alike = similarity(anchor.text, line.text)
            if alike < SAME_WORDS:
                continue
            distance = 0.0
            if near is not None:
                place = near.to_picture(np.array([_box_middle(anchor)]))[0]
                distance = float(np.linalg.norm(place - _line_middle(line))) / near.px_per_mm()
                if distance > LABEL_REACH_MM:
                    continue
            pairs.append((alike - 2 * distance, number, index))
    used_anchors: set[int] = set()
    used_lines: set[int] = set()
    matched = []
    for _, number, index in sorted(pairs, reverse=True):
        if number not in used_anchors and index not in used_lines:
            used_anchors.add(number)
            used_lines.add(index)
            matched.append((anchors[number], lines[index]))
    return matched


def similarity(label: str, text: str) -> float:
    """How alike two texts are, 0 to 100, without regard to case, width of characters, spaces and punctuation."""
    return fuzz.ratio(plain(label), plain(text))


def plain(text: str) -> str:
    """Letters and digits of a text after NFKC, in lower case."""
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())


def spread_labels(page: BlankPage, count: int) -> list[Anchor]:
    """So many labels, far from each other, of words that a recogniser can be asked for."""
    usable = [anchor for anchor in page.anchors if len(plain(anchor.text)) >= 2 and anchor.box_mm[3] >= 1.8]
    # Small print is the first to drown in blur: prefer the larger half of the labels.
    usable.sort(key=lambda anchor: -anchor.box_mm[3])
    usable = usable[: max(count, (len(usable) + 1) // 2)]
    chosen: list[Anchor] = []
    while usable and len(chosen) < count:
        best = max(usable, key=lambda anchor: _room(anchor, chosen)) if chosen else usable[0]
        usable.remove(best)
        chosen.append(best)
    return chosen


def _refined(proposed: Candidate, grey: Picture, page: BlankPage) -> Placement:
    """The placement proposed, after looking for the labels widely, then for all pieces of the blank closely."""
    coarse, px_per_mm = page.coarse

    def wide(candidate: Placement) -> list[Offset]:
        return _wide(candidate, grey, page, coarse, px_per_mm)

    best, best_found = proposed.placement, wide(proposed.placement)
    # Each bend brings labels within reach that the one before could not find, so it goes on while it helps.
    for bend in (False, *[True] * MOST_BENDS):
        if _typical(best_found) < 0.4 and (best.warp is None or _standing(best_found) == _printed(best_found)):
            break
        better = improve(best, best_found, bend=bend)
        found = wide(better)
        if _astray(found) < 0.95 * _astray(best_found):
            best, best_found = better, found
        elif bend:
            break
    # A placement in which next to nothing is anywhere near is another page's: looking closely cannot save it.
    if _seen(best_found) < LEAST_SEEN:
        return best
    blur = blur_of_page(best.flatten(grey, page.px_per_mm), page)
    return _closely_refined(best, grey, page.softened(blur), page)


def _wide(placement: Placement, grey: Picture, page: BlankPage, coarse: Picture, px_per_mm: float) -> list[Offset]:
    flat = placement.flatten(grey, px_per_mm)
    flat = flat if flat.shape == coarse.shape else cv2.resize(flat, coarse.shape[::-1])
    return offsets(flat, coarse, px_per_mm, (*page.landmarks, *page.marker_boxes), WIDE_REACH_MM)


def _closely_refined(placement: Placement, grey: Picture, blank: Picture, page: BlankPage) -> Placement:
    best = placement
    best_found = _joined(best, grey, blank, page)
    for bend in (False, *[True] * MOST_BENDS):
        if best.warp is None and _typical(best_found) < 0.12:
            break
        better = improve(best, best_found, bend=bend)
        if better is best or (best.warp is not None and not bend):
            continue
        found = _joined(better, grey, blank, page)
        if _astray(found) < 0.95 * _astray(best_found) and _standing(found) >= _standing(best_found) - 1:
            best, best_found = better, found
        elif bend:
            break
    return best


def _joined(placement: Placement, grey: Picture, blank: Picture, page: BlankPage) -> list[Offset]:
    flat = placement.flatten(grey, page.px_per_mm)
    labels, corner_pieces = _fine_offsets(flat, blank, page)
    return labels + corner_pieces + _offsets_of(flat, blank, page, page.marker_boxes)


def _fine_offsets(flat_grey: Picture, blank: Picture, page: BlankPage) -> tuple[list[Offset], list[Offset]]:
    return _offsets_of(flat_grey, blank, page, page.landmarks), _offsets_of(flat_grey, blank, page, page.corner_boxes)


def _offsets_of(flat_grey: Picture, blank: Picture, page: BlankPage, boxes: Sequence[Box]) -> list[Offset]:
    if flat_grey.shape != blank.shape:
        flat_grey = cv2.resize(flat_grey, blank.shape[::-1])
    return offsets(flat_grey, blank, page.px_per_mm, boxes, FINE_REACH_MM)


def _typical(found: Sequence[Offset]) -> float:
    """The distance that nine tenths of the found pieces stay under, in millimetres."""
    distances = [offset.distance for offset in found if offset.found]
    return float(np.quantile(distances, 0.9)) if len(distances) >= 4 else 99.0


def _astray(found: Sequence[Offset]) -> float:
    """How far pieces lie from their places on average, in millimetres; one that is not found is as far as any."""
    distances = [
        min(offset.distance, FINE_REACH_MM) if offset.found else FINE_REACH_MM for offset in found if offset.printed
    ]
    return float(np.mean(distances)) if distances else FINE_REACH_MM


def _seen(found: Sequence[Offset]) -> float:
    """Share of the printed pieces that were found at all."""
    return sum(offset.found for offset in found) / max(1, _printed(found))


def _printed(found: Sequence[Offset]) -> int:
    return sum(offset.printed for offset in found)


def _standing(found: Sequence[Offset]) -> int:
    return sum(map(in_place, found))


def _words(flat: Picture, page: BlankPage, engine: Engine) -> tuple[int, int]:
    """How many of the sampled labels read as their words, and how many were read."""
    sample = spread_labels(page, SAMPLE)
    crops = []
    for anchor in sample:
        x, y, width, height = (round(part * page.px_per_mm) for part in grown(anchor.box_mm, 0.7))
        crops.append(flat[max(0, y) : y + height, max(0, x) : x + width])
    readings = engine.recognise(crops)
    right = sum(
        similarity(anchor.text, reading.text) >= SAME_WORDS for anchor, reading in zip(sample, readings, strict=True)
    )
    return right, len(sample)


def _room(anchor: Anchor, chosen: Sequence[Anchor]) -> float:
    x, y = _box_middle(anchor)
    return min(float(np.hypot(x - a, y - b)) for a, b in map(_box_middle, chosen))


def _box_middle(anchor: Anchor) -> tuple[float, float]:
    x, y, width, height = anchor.box_mm
    return x + width / 2, y + height / 2


def _line_middle(line: Line) -> Points:
    middle: Points = np.array(line.box, np.float64).mean(axis=0)
    return middle


def _line_height(line: Line) -> float:
    a, b, c, d = (np.array(corner) for corner in line.box)
    return float(np.linalg.norm(d - a) + np.linalg.norm(c - b)) / 2
