"""How sharp a picture is: by its print, and by nothing but itself."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.arrays import Picture, Real
from ocr.ink import window
from ocr.labels import IN_PLACE_MM, Settled

MEASURED = 20
"""Labels whose edges are measured."""

EDGE_SIDE, EDGE_WINDOW, EDGE_STEEPNESS = 1600, 41, 0.12
"""Pixels of the long side, pixels around a place in which its contrast is measured, and the share of that contrast
which the steepest edges of a picture in focus cross in one pixel. A sharp edge crosses 0.3, a blur of 5 leaves 0.08."""


def sharpness(settled: Settled) -> float | None:
    """How steep the edges of the page's print are, 1 for those of the blank itself; None without any to measure.

    The mean gradient of each label, after light and contrast are taken out, in proportion to the blank's.
    """
    blank = settled.page.grey
    if blank is None:
        return None
    scale = settled.page.px_per_mm
    ratios = []
    every = max(1, len(settled.labels) // MEASURED)
    for box, offset in list(zip(settled.page.landmarks, settled.labels, strict=True))[::every]:
        if not offset.printed:
            continue
        # A label that is not in its place is still print, if the window is wide enough to hold some.
        shift = offset.shift if offset.distance <= IN_PLACE_MM else (0.0, 0.0)
        ours = settled.flat_grey[window(box, scale, settled.flat_grey.shape, shift)]
        theirs = blank[window(box, scale, blank.shape)]
        steep, steep_blank = _steepness(ours), _steepness(theirs)
        if steep > 0 and steep_blank > 0:
            ratios.append(steep / steep_blank)
    return round(float(np.median(ratios)), 3) if ratios else None


def blurred_all_over(picture: Picture) -> bool:
    """Whether an RGB picture has contrast and not one edge: a form in it could not be recognised."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, EDGE_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    calm: Real = cv2.GaussianBlur(small, (0, 0), 1.0).astype(np.float64)
    low, high = np.percentile(calm, (0.5, 99.5))
    if min(calm.shape) < EDGE_WINDOW or high - low < 40:
        return False
    down, across = np.gradient(calm)
    around = np.ones((EDGE_WINDOW, EDGE_WINDOW), np.uint8)
    contrast = cv2.dilate(calm, around) - cv2.erode(calm, around)
    steepest = cv2.dilate(np.hypot(down, across), around)
    edges = contrast > 0.2 * (high - low)
    if not edges.any():
        return True
    return bool(np.percentile(steepest[edges] / contrast[edges], 90) < EDGE_STEEPNESS)


def _steepness(patch: Picture) -> float:
    calm: Real = cv2.GaussianBlur(patch, (0, 0), 1.0).astype(np.float64)
    low, high = np.percentile(calm, (2, 98))
    if high - low < 12:
        return 0.0
    down, across = np.gradient(calm)
    steepest = np.percentile(np.hypot(down, across), 95)
    return float(steepest / (high - low))
