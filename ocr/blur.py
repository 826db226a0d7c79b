"""How much a picture is blurred: a flattened page by its print, a picture that nothing is known of by black squares.

A lens takes from the waves of a picture, the short ones most, whatever the picture shows and wherever it lies. What it
leaves of their power falls as exp(-w'Cw), the square of a Gaussian's transfer function, where C is the covariance of
the blur and w the wave's number of radians for each millimetre. So the power of a page's print beside that of its blank
tells how wide the blur is, whichever way the camera moved; and where print has most of its power, writing in the same
windows, grain and light change little.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocr.arrays import Bits, Picture, Points, Real
from ocr.blank import BlankPage

WINDOW_MM, WINDOWS = 8.0, 60
"""Side of the windows on a page's labels that are looked at, and how many: those with most print."""

LEAST_CONTRAST = 8.0
"""Standard deviation of the levels of a window from which on something is printed in it."""

ALIKE, LEAST_SHOWN = 0.85, 0.5
"""Likeness of a window's long waves to the blank's from which on both show the same print, and the share of them that
must. Soft, smeared and small pictures have 0.96 and more, two in three windows on something else 0.6 and less."""

LONGEST, LONG, SHORTEST = 0.94, 2.4, 17.0
"""Waves (radians for each millimetre) from light to fine print. What is between the first two always counts, what is
shorter as far as the blur leaves enough of it."""

FIRST_SIGHT = 3.5
"""The waves by which a first guess is made."""

LEFT_OVER = 3.5
"""Logarithm of the loss from which on grain may be stronger than what is left of a wave."""

ROUNDS = 6

WIDEST = 6
"""Power of the mean over the directions: pictures out of focus by 2.5 px and smeared over 9, which read equally well,
then have 0.40 and 0.41 mm, and by 3 px and over 11, which read worse, 0.48 and 0.46 to 0.51."""

LEAST_MM2 = 0.0009
"""Variance below which a blur is none."""


def blur_of_page(flat_grey: Picture, page: BlankPage) -> float | None:
    """The blur of a flattened page in millimetres on paper, beyond that of its blank; None where its print is not seen.

    The power mean of its standard deviations along and across the direction in which it is widest: that of a lens out
    of focus, and nine tenths of that of a smear. So a smear that is read as badly as a soft picture measures as much.
    """
    places = [] if page.grey is None else _windows(page)
    if page.grey is None or not places:
        return None
    side, shape = round(WINDOW_MM * page.px_per_mm), page.grey.shape
    flat_grey = flat_grey if flat_grey.shape == shape else cv2.resize(flat_grey, shape[::-1])
    down, across = np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]
    waves = 2 * np.pi * page.px_per_mm * np.stack(np.broadcast_arrays(across, down))
    seen, printed = _spectra(flat_grey, places, side), _spectra(page.grey, places, side)
    shown = _likeness(seen, printed, np.hypot(*waves) < LONG) >= ALIKE
    if shown.mean() < LEAST_SHOWN:
        return None
    left, before = ((np.abs(some[shown]) ** 2).sum(axis=0) + 1e-6 for some in (seen, printed))
    variances = _variances(np.log(left / before), waves, before)
    return round(float(np.mean(variances ** (WIDEST / 2)) ** (1 / WIDEST)), 3)


def _windows(page: BlankPage) -> list[tuple[int, int]]:
    """Left and top, in pixels, of windows on the labels of a page, those with most print first."""
    assert page.grey is not None
    side, scale = round(WINDOW_MM * page.px_per_mm), page.px_per_mm
    room = np.array(page.grey.shape[::-1]) - side
    places: set[tuple[int, int]] = set()
    if (room < 0).any():
        return []
    for x, y, width, height in page.landmarks:
        count = max(1, round(width / WINDOW_MM))
        middles = x + width * (np.arange(count) + 0.5) / count
        for middle in middles:
            corner = np.array([middle, y + height / 2]) * scale - side / 2
            left, top = np.clip(np.round(corner), 0, room).astype(int).tolist()
            places.add((left, top))
    contrast = {(left, top): float(page.grey[top : top + side, left : left + side].std()) for left, top in places}
    with_print = [place for place in places if contrast[place] >= LEAST_CONTRAST]
    return sorted(with_print, key=lambda place: -contrast[place])[:WINDOWS]


def _spectra(grey: Picture, places: Sequence[tuple[int, int]], side: int) -> Real:
    """The waves of each window, faded out towards its edges; one row a wave down, one column a wave across."""
    windows = np.stack([grey[top : top + side, left : left + side] for left, top in places]).astype(np.float32)
    faded = (windows - windows.mean(axis=(1, 2), keepdims=True)) * np.outer(np.hanning(side), np.hanning(side))
    spectra: Real = np.fft.rfft2(faded)
    return spectra


def _likeness(seen: Real, printed: Real, kept: Bits) -> Real:
    """How alike each window is to the blank's, 1 at most, by the waves that are kept, wherever in it its print lies."""
    seen, printed = seen * kept, printed * kept
    side = seen.shape[1:2] * 2
    common = np.fft.irfft2(seen * np.conj(printed), s=side).max(axis=(1, 2))
    own = [(np.fft.irfft2(some, s=side) ** 2).sum(axis=(1, 2)) for some in (seen, printed)]
    alike: Real = common / np.sqrt(own[0] * own[1] + 1e-6)
    return alike


def _variances(loss: Real, waves: Real, printed: Real) -> Real:
    """Variances in square millimetres across and along the widest direction of a blur that loses so much of each wave.

    The line of least squares through the loss (a logarithm) over the waves' products, waves of strong print first;
    which waves are of use depends on the blur, so it is drawn again and again.
    """
    across, down = waves
    length = np.hypot(across, down)
    usable = (length > LONGEST) & (length < SHORTEST)
    used = usable & (length < FIRST_SIGHT)
    terms = np.stack([np.ones_like(length), -(across**2), -(down**2), -2 * across * down])
    weights = (printed / printed.max()) ** 0.25
    variances = np.full(2, LEAST_MM2)
    for _ in range(ROUNDS):
        weight = weights[used]
        found = np.linalg.lstsq((terms[:, used] * weight).T, loss[used] * weight, rcond=None)[0]
        variances, axes = np.linalg.eigh([[found[1], found[3]], [found[3], found[2]]])
        variances = np.maximum(variances, LEAST_MM2)
        along = np.einsum("ij,iyx->jyx", axes, waves)
        used = usable & ((np.einsum("j,jyx->yx", variances, along**2) < LEFT_OVER) | (length < LONG))
    return variances


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
