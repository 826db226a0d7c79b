"""A published form made ready for reading: its blank pages as arrays and what to look for on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ocr.arrays import Picture, Real
from ocr.contract import Anchor, Box, FormField, FormTemplate, Marker, PublishedForm
from ocr.light import darkness

CELL_FRAME_MM = 3.5
"""How far beyond a field's white area its printed frame is looked for: the area keeps 2 mm from the frame."""

FEW_LABELS = 6
MOST_LANDMARKS = 60
LANDMARK_MM = 10.0

PRINT_REACH_MM = 0.45

COARSE_PX_PER_MM = 4.0
"""Resolution for offsets of several millimetres: finer pictures only make that search slow and blur-shy."""

SOFT_MM, SOFT_STEP_MM = 0.25, 0.1
"""Blur from which on sharp print is no longer like the picture's, and steps in which the blank is made as soft."""

FRAME_CORNERS = 4
CORNER_MM = 5.0
"""Size of the piece of blank around one corner of a cell."""


class BlankError(ValueError):
    """A published form's blank page is not a picture, or not of its template's shape."""


@dataclass(frozen=True, eq=False)
class BlankPage:
    """One page of a form: what is printed on it and what is to be filled in."""

    template: FormTemplate
    number: int
    grey: Picture | None
    """The printed page without any writing, or None for a form that is known by its words alone."""
    anchors: tuple[Anchor, ...]
    markers: tuple[Marker, ...]
    fields: tuple[FormField, ...]
    code_box: Box | None

    @property
    def size_mm(self) -> tuple[float, float]:
        return self.template.page_size_mm

    @cached_property
    def px_per_mm(self) -> float:
        """Resolution at which this page is flattened: that of its blank, or 200 dpi."""
        return 200 / 25.4 if self.grey is None else self.grey.shape[1] / self.size_mm[0]

    @cached_property
    def coarse(self) -> tuple[Picture, float]:
        """The blank at a resolution for searches over several millimetres, and that resolution."""
        assert self.grey is not None
        scale = COARSE_PX_PER_MM / self.px_per_mm
        small = cv2.resize(self.grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return small, small.shape[1] / self.size_mm[0]

    def softened(self, blur_mm: float | None) -> Picture:
        """The blank as a picture with so much blur shows it: soft print is found by what is as soft."""
        assert self.grey is not None
        steps = 0 if blur_mm is None or blur_mm < SOFT_MM else round(blur_mm / SOFT_STEP_MM)
        if steps not in self._softened:
            sigma = steps * SOFT_STEP_MM * self.px_per_mm
            self._softened[steps] = cv2.GaussianBlur(self.grey, (0, 0), sigma) if steps else self.grey
        return self._softened[steps]

    @cached_property
    def _softened(self) -> dict[int, Picture]:
        return {}

    @cached_property
    def landmarks(self) -> tuple[Box, ...]:
        """What shows whether the page is in its place: its labels with a little paper around them.

        On a form with few labels, or none that are known, corners of whatever is printed stand in for them.
        """
        if len(self.anchors) >= FEW_LABELS or self.grey is None:
            return tuple(grown(anchor.box_mm, 0.8) for anchor in self.anchors)
        calm = cv2.GaussianBlur(self.grey, (0, 0), 0.25 * self.px_per_mm)
        places = cv2.goodFeaturesToTrack(calm, MOST_LANDMARKS, 0.03, 8 * self.px_per_mm, blockSize=9)
        half = LANDMARK_MM / 2
        corners = [] if places is None else places.reshape(-1, 2) / self.px_per_mm
        return tuple((float(x) - half, float(y) - half, LANDMARK_MM, LANDMARK_MM) for x, y in corners)

    @cached_property
    def marker_boxes(self) -> tuple[Box, ...]:
        """The markers with a little paper around them: often the only print near the corners of the page."""
        return tuple(grown(marker.box_mm, 0.8) for marker in self.markers)

    @cached_property
    def printed(self) -> Real | None:
        """Darkness of the print, widened by what registration and blur may move it, or None without a blank."""
        if self.grey is None:
            return None
        reach = max(1, round(PRINT_REACH_MM * self.px_per_mm))
        return cv2.dilate(darkness(self.grey, self.px_per_mm), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))

    @cached_property
    def corner_boxes(self) -> tuple[Box, ...]:
        """Pieces around the corners of all cells and tick boxes: the densest net of things to find.

        For each field its four corners, then its tick boxes.
        """
        boxes: list[Box] = []
        for item in self.fields:
            boxes.extend(frame_corners(item.box_mm))
            boxes.extend(grown(box, 1.5) for box in item.boxes)
        return tuple(boxes)


def blank_pages(form: PublishedForm) -> tuple[BlankPage, ...]:
    """The pages of a form, ready to compare with pictures. Raises `BlankError` for a blank that cannot be used."""
    template = form.template
    if form.blank_pages and len(form.blank_pages) != template.pages:
        raise BlankError(f"{template.key}: {template.pages} pages, but {len(form.blank_pages)} blank pictures")
    pages = []
    for number in range(1, template.pages + 1):
        grey = None
        if form.blank_pages:
            grey = cv2.imdecode(np.frombuffer(form.blank_pages[number - 1], np.uint8), cv2.IMREAD_GRAYSCALE)
            if grey is None:
                raise BlankError(f"{template.key}: the blank of page {number} is not a picture")
            width, height = template.page_size_mm
            if abs(grey.shape[1] / grey.shape[0] - width / height) > 0.01:
                raise BlankError(f"{template.key}: the blank of page {number} has not the shape of the page")
        pages.append(
            BlankPage(
                template=template,
                number=number,
                grey=grey,
                anchors=tuple(anchor for anchor in template.anchors if anchor.page == number),
                markers=tuple(marker for marker in template.markers if marker.page == number),
                fields=tuple(item for item in template.fields if item.page == number),
                code_box=template.code_boxes_mm.get(number),
            )
        )
    return tuple(pages)


def grown(box: Box, margin: float) -> Box:
    """The box with a margin (millimetres) on every side; a negative margin shrinks it."""
    x, y, width, height = box
    return x - margin, y - margin, max(0.1, width + 2 * margin), max(0.1, height + 2 * margin)


def frame_corners(box: Box) -> list[Box]:
    """Four pieces of the page that hold the corners of the frame around a field's white area."""
    x, y, width, height = grown(box, CELL_FRAME_MM)
    size = CORNER_MM
    lefts, tops = (x, x + width - size), (y, y + height - size)
    return [(left, top, size, size) for top in tops for left in lefts]
