"""Why a picture could not be read, in terms of what the person with the camera can change."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.contract import FieldReading, FieldStatus, FieldType, Retake
from ocr.handwriting import DISAGREE
from ocr.ink import window
from ocr.labels import Settled
from ocr.sharpness import sharpness

LEAST_PX_PER_MM = 2.3
"""Below this a written character of 4 mm has nine pixels. Half a megapixel of a sheet of A4 has 2.4 to 2.5, and is read
about as well as the most blurred pictures that are not refused."""

SMALL_PX_PER_MM = 4.0
"""Below this a page whose labels cannot be made out is blamed on its size first."""

BLURRED_BELOW, SMEARED_BELOW = 0.42, 0.31
"""Sharpness under which labels that cannot be made out are blamed on blur, and under which not even large labels
that can be made out are a reason to try handwriting; see `ocr.sharpness`."""

DOUBTFUL_BLUR_MM, MOST_BLUR_MM = 0.30, 0.445
"""Blur on paper, by the page's print in all directions together, from which on it is blamed when labels cannot be made
out, and from which on nothing written is read. A camera that moves smears one direction and leaves the other
sharp: labels may still look right, but strokes along the smear are gone.

Chosen by the fields that come out wrong: up to the second one in ten, beyond it one in seven, and of what is written in
one line more than one in five."""

ENOUGH_TEXTS, LEAST_READ = 4, 1 / 6
"""Written texts by which the legibility of a page is judged, and the share of them that must be read without doubt on
one that is soft or small. Of fields where less was, half came out wrong, ticks among them."""

WASHED_SHARE = 0.2
"""Share of the labels of which only pure white is left, from which on light is to blame."""

WHITE = 250
"""Pixel value at which light has washed out whatever was there."""


def refusal(settled: Settled, shape: tuple[int, ...]) -> Retake | None:
    """The reason not to read this page, or None when it can be read. `shape` is that of the upright picture."""
    resolution = settled.placement.px_per_mm()
    if settled.confirmed:
        if _cut_off(settled, shape):
            return Retake.CORNER_MISSING
        if resolution < LEAST_PX_PER_MM:
            return Retake.TOO_SMALL
        smeared = _below(sharpness(settled), SMEARED_BELOW) or (settled.blur_mm or 0.0) > MOST_BLUR_MM
        return Retake.BLURRED if smeared else None
    if resolution < SMALL_PX_PER_MM:
        return Retake.TOO_SMALL
    if _cut_off(settled, shape):
        return Retake.CORNER_MISSING
    if _washed_out(settled) > WASHED_SHARE:
        return Retake.GLARE
    if _below(sharpness(settled), BLURRED_BELOW) or (settled.blur_mm or 0.0) > DOUBTFUL_BLUR_MM:
        return Retake.BLURRED
    if settled.markers == len(settled.page.markers) > 0:
        # The corners are where they should be and the print between them is not.
        return Retake.NOT_FLAT
    if settled.markers >= 1 and settled.page.markers:
        return Retake.CORNER_MISSING
    return Retake.NOT_A_FORM


def illegible(settled: Settled, readings: Sequence[FieldReading]) -> Retake | None:
    """The reason to ask for a better picture of a page of which next to nothing written could be read, or None where
    some could, or where nothing is wrong with the picture: then it is the hand, and another picture shows the same."""
    reason = Retake.BLURRED if (settled.blur_mm or 0.0) > DOUBTFUL_BLUR_MM else None
    if settled.placement.px_per_mm() < SMALL_PX_PER_MM:
        reason = Retake.TOO_SMALL
    written = {item.key for item in settled.page.fields if not item.ticked and item.type is not FieldType.SIGNATURE}
    texts = [one for one in readings if one.key in written and one.status is not FieldStatus.EMPTY]
    told = sum(one.value is not None and (one.confidence.recognition or 0.0) > DISAGREE for one in texts)
    return reason if len(texts) >= ENOUGH_TEXTS and told < LEAST_READ * len(texts) else None


def _cut_off(settled: Settled, shape: tuple[int, ...]) -> bool:
    return any(not settled.placement.covers(item.box_mm, shape) for item in settled.page.fields)


def _washed_out(settled: Settled) -> float:
    """Share of the printed landmarks in whose place there is only white."""
    scale, flat = settled.page.px_per_mm, settled.flat_grey
    pairs = zip(settled.page.landmarks, settled.labels, strict=True)
    windows = [flat[window(box, scale, flat.shape)] for box, offset in pairs if offset.printed]
    washed = sum(float((patch >= WHITE).mean()) > 0.9 for patch in windows)
    return washed / len(windows) if windows else 0.0


def _below(measured: float | None, limit: float) -> bool:
    return measured is not None and measured < limit
