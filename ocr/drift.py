"""Parts of a bent page that a placement does not follow, set right by the labels that are read there.

Labels in place say nothing about a corner that curls up. Where several labels side by side are missing, the lines there
are read, and only those that can be labels by their size; what they say moves that part of the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress

import numpy as np

from ocr.alignment import Offset, Placement, corners, improve
from ocr.arrays import Bits, Picture, Points
from ocr.blank import FRAME_CORNERS, BlankPage
from ocr.contract import Anchor, Line
from ocr.engine import Engine
from ocr.labels import LABEL_REACH_MM, Settled, in_place, matched_labels, settle
from ocr.register import Candidate

NEIGHBOURS = 6
LEAST_AROUND = 0.6
"""Share of a missing label's neighbourhood, itself counted, that must be in place for it to be merely illegible."""

NARROWEST, WIDEST = 0.6, 1.7
"""A line is a label only if its width and height are so many times those of the label on the picture."""


def adrift(settled: Settled) -> list[int]:
    """Which labels are missing together with those around them, as numbers among the page's anchors."""
    if len(settled.labels) != len(settled.page.anchors):
        return []  # what stands in for labels has no words
    return _missing_together(settled.labels)


def in_part(settled: Settled) -> bool:
    """Whether labels or boxes to tick are missing together with those around them.

    Labels alone may all be in their places on a page whose boxes, a few millimetres from each other, are not. Corners
    of cells do not count: many hold a straight line alone, which is found nowhere for certain.
    """
    pieces, place = [*settled.labels], 0
    for item in settled.page.fields:
        pieces.extend(settled.corners[place + FRAME_CORNERS : place + FRAME_CORNERS + len(item.boxes)])
        place += FRAME_CORNERS + len(item.boxes)
    return bool(_missing_together(pieces))


def _missing_together(pieces: Sequence[Offset]) -> list[int]:
    printed = [index for index, offset in enumerate(pieces) if offset.printed]
    places = np.array([pieces[index].place for index in printed]).reshape(-1, 2)
    there = np.array([in_place(pieces[index]) for index in printed], bool)
    lost = []
    for number in np.flatnonzero(~there):
        nearest = np.argsort(np.linalg.norm(places - places[number], axis=1))[:NEIGHBOURS]
        if there[nearest].mean() < LEAST_AROUND:
            lost.append(printed[number])
    return lost


def set_right(upright: Picture, settled: Settled, lost: Sequence[int], engine: Engine) -> Settled:
    """The placement after reading the lines around lost labels; the same one when they say nothing, or no better."""
    placement = settled.placement
    anchors = [settled.page.anchors[index] for index in lost]
    outline = placement.to_picture(np.concatenate([corners(anchor.box_mm) for anchor in anchors]))
    reach = LABEL_REACH_MM * placement.px_per_mm()
    left, top = np.maximum(outline.min(axis=0) - reach, 0).astype(int)
    right, bottom = np.ceil(outline.max(axis=0) + reach).astype(int)
    part = np.ascontiguousarray(upright[top:bottom, left:right])
    if min(part.shape[:2]) < 16:
        return settled
    outlines = [outline + np.array([left, top]) for outline in engine.detect(part)]
    alike = compress(outlines, _like_labels(outlines, anchors, placement))
    pairs = matched_labels(engine.lines_in(upright, list(alike)), anchors, placement)
    if len(pairs) < 2:
        return settled
    paper = np.array([_middle(anchor) for anchor, _ in pairs])
    shifts = placement.to_paper(np.array([np.mean(line.box, axis=0) for _, line in pairs])) - paper
    read = [Offset((x, y), (dx, dy), 1.0) for (x, y), (dx, dy) in zip(paper, shifts, strict=True)]
    better = improve(placement, [*filter(in_place, settled.labels), *read], bend=True)
    if better is placement:
        return settled
    again = settle(Candidate(better, settled.matched_by, settled.markers), upright, settled.page, engine)
    return again if again.rank > settled.rank else settled


def label_lines(
    upright: Picture, outlines: Sequence[Points], pages: Mapping[BlankPage, Placement | None], engine: Engine
) -> list[Line]:
    """The lines among the outlines that may be a label of one of the pages: all, if it is not known where one lies."""
    possible = np.array([placement is None for placement in pages.values()]).any() | np.zeros(len(outlines), bool)
    for page, placement in pages.items():
        if placement is not None:
            possible |= _like_labels(outlines, page.anchors, placement)
    return engine.lines_in(upright, list(compress(outlines, possible)))


def _like_labels(outlines: Sequence[Points], anchors: Sequence[Anchor], near: Placement) -> Bits:
    """Which outlines have the size of a label that a placement puts nearby."""
    scale = near.px_per_mm()
    places = near.to_picture(np.array([_middle(anchor) for anchor in anchors]).reshape(-1, 2))
    sizes = np.array([anchor.box_mm[2:] for anchor in anchors]).reshape(-1, 2) * scale
    alike = []
    for outline in outlines:
        edges = np.array([np.linalg.norm(outline[1] - outline[0]), np.linalg.norm(outline[3] - outline[0])])
        fits = (edges > NARROWEST * sizes) & (edges < WIDEST * sizes)
        close = np.linalg.norm(places - outline.mean(axis=0), axis=1) <= LABEL_REACH_MM * scale
        alike.append(bool((fits.all(axis=1) & close).any()))
    return np.array(alike, bool)


def _middle(anchor: Anchor) -> tuple[float, float]:
    x, y, width, height = anchor.box_mm
    return x + width / 2, y + height / 2
