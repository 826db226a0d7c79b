"""How much a picture is blurred, in every direction together: by the edges of the black squares in a page's corners."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocr.alignment import corners
from ocr.arrays import Picture, Points
from ocr.blank import BlankPage


def blur_of_page(flat_grey: Picture, page: BlankPage) -> float | None:
    """The blur in millimetres on paper by the markers of a flattened page; None without any edge of one in sight."""
    outlines = [corners(marker.box_mm) * page.px_per_mm - 0.5 for marker in page.markers]
    blur = blur_of_edges(flat_grey, outlines)
    return None if blur is None else round(blur / page.px_per_mm, 3)


def blur_of_edges(grey: Picture, outlines: Sequence[Points]) -> float | None:
    """Standard deviation (pixels) of the blur across the edges of black squares, on average over all directions.

    `outlines` are four corners each, on a grey picture. None without an edge that has contrast. The average is that of
    the variances along and across the squares: a camera that moves smears them alike, whichever way it went.

    An edge blurred by a Gaussian has its steepest slope, contrast / (sigma * sqrt(2 pi)), in its middle.
    """
    sigmas: tuple[list[float], list[float]] = ([], [])  # of edges along the marker's first side, and across it
    for outline in outlines:
        centre = outline.mean(axis=0)
        for number in range(4):
            start, end = outline[number], outline[(number + 1) % 4]
            outward = (start + end) / 2 - centre
            outward = outward / max(1e-6, float(np.linalg.norm(outward)))
            sigma = _edge(grey, start, end, outward)
            if sigma is not None:
                sigmas[number % 2].append(sigma)
    typical = [float(np.median(one)) for one in sigmas if one]
    return float(np.sqrt(np.mean(np.square(typical)))) if typical else None


def _edge(grey: Picture, start: Points, end: Points, outward: Points) -> float | None:
    """Standard deviation in pixels of the blur of one straight edge; None without contrast."""
    length = float(np.linalg.norm(end - start))
    reach = max(3.0, 0.16 * length)  # a marker's black border is a sixth of its side
    steps = np.arange(-reach, reach + 0.25, 0.25)
    along = np.linspace(0.2, 0.8, 24)[:, None, None]
    points = start + (end - start) * along + outward * steps[None, :, None]
    seen = cv2.remap(grey, points[..., 0].astype(np.float32), points[..., 1].astype(np.float32), cv2.INTER_LINEAR)
    profile = np.median(seen.astype(np.float64), axis=0)
    low, high = float(profile[: len(profile) // 4].min()), float(profile[-len(profile) // 4 :].max())
    if high - low < 30:
        return None
    steepest = float(np.gradient(profile, 0.25).max())
    return (high - low) / (steepest * float(np.sqrt(2 * np.pi))) if steepest > 0 else None
