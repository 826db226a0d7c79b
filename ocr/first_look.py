"""What can be known of a picture within a second, before anything in it is recognised.

No model is loaded. A reason to retake is given only where reading would end with it as well; whatever may still turn
out well is a doubt, and reading decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.alignment import corners, project
from ocr.arrays import Picture, Points
from ocr.blur import blur_of_edges
from ocr.contract import FirstLook, FormTemplate, Marker, Retake
from ocr.register import find_markers
from ocr.retake import LEAST_PX_PER_MM, MOST_BLUR_MM, SMALL_PX_PER_MM, WHITE
from ocr.sharpness import blurred_all_over


class NotAPictureError(ValueError):
    """The bytes are not a JPEG or PNG picture. Untrusted bytes go through `ocr.pages` first."""


@dataclass(frozen=True, slots=True)
class FirstLookOptions:
    """From where on a picture is doubted or sent back."""

    doubtful_blur_mm: float = 0.30
    """Standard deviation of the blur on paper, in millimetres, from which on thin writing may be lost."""
    most_blur_mm: float = 1.25 * MOST_BLUR_MM
    """The blur from which on reading refuses for certain: the resolution here is that of the page's far end."""
    beyond_mm: float = 5.0
    """How far a field must lie outside the picture for the page to count as cut off."""
    glare_share: float = 0.02
    """Share of the picture that is washed out to white although the paper is not white, from which on it is doubted."""


def first_look(
    picture: bytes, templates: Sequence[FormTemplate] = (), options: FirstLookOptions | None = None
) -> FirstLook:
    """Size, sharpness, corners and glare of one upright picture (JPEG or PNG), by the forms that it may show.

    Raises `NotAPictureError`. Without templates only the picture itself is judged.
    """
    settings = options or FirstLookOptions()
    grey = _decoded(picture)
    found = find_markers(grey)
    known = _known(found, templates)
    retakes: list[Retake] = []
    doubts: list[Retake] = []
    scale = _px_per_mm(found, known)
    most = max(grey.shape) / _least_page_side(templates)
    if most < LEAST_PX_PER_MM or (scale is not None and scale < LEAST_PX_PER_MM):
        retakes.append(Retake.TOO_SMALL)
    elif most < SMALL_PX_PER_MM or (scale is not None and scale < SMALL_PX_PER_MM):
        doubts.append(Retake.TOO_SMALL)
    blur = blur_of_edges(grey, [found[marker.id] for marker in known])
    blur_mm = None if blur is None or scale is None else blur / scale
    if blur_mm is None:
        if blurred_all_over(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)):
            retakes.append(Retake.BLURRED)
    elif blur_mm > settings.most_blur_mm:
        retakes.append(Retake.BLURRED)
    elif blur_mm > settings.doubtful_blur_mm:
        doubts.append(Retake.BLURRED)
    expected = min((len(_markers(template)) for template in templates), default=0)
    if len(known) >= 3 and _cut_off(grey, found, known, templates, settings.beyond_mm):
        retakes.append(Retake.CORNER_MISSING)
    elif expected and len(known) < expected:
        doubts.append(Retake.CORNER_MISSING if known else Retake.NOT_A_FORM)
    if _washed_out(grey) > settings.glare_share:
        doubts.append(Retake.GLARE)
    return FirstLook(
        width=grey.shape[1],
        height=grey.shape[0],
        markers=len(known),
        px_per_mm=None if scale is None else round(scale, 2),
        blur_mm=None if blur_mm is None else round(blur_mm, 3),
        retake=retakes[0] if retakes else None,
        doubts=tuple(doubts),
    )


def _decoded(picture: bytes) -> Picture:
    try:
        grey = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error as error:
        raise NotAPictureError("the bytes are not a picture") from error
    if grey is None:
        raise NotAPictureError("the bytes are not a JPEG or PNG picture")
    return grey


def _markers(template: FormTemplate) -> dict[int, Marker]:
    """The markers of the page that has most; pages of one form print the same ones."""
    pages = [
        {marker.id: marker for marker in template.markers if marker.page == page}
        for page in range(1, template.pages + 1)
    ]
    return max(pages, key=len, default={})


def _known(found: dict[int, Points], templates: Sequence[FormTemplate]) -> list[Marker]:
    """The markers found that belong to the template of which most were found."""
    sets = [[marker for number, marker in _markers(template).items() if number in found] for template in templates]
    return max(sets, key=len, default=[])


def _least_page_side(templates: Sequence[FormTemplate]) -> float:
    """Millimetres of the long side of the smallest page that the picture may show; A5 when nothing is known."""
    return min((max(template.page_size_mm) for template in templates), default=210.0)


def _px_per_mm(found: dict[int, Points], known: Sequence[Marker]) -> float | None:
    """Resolution on paper by the smallest of the markers' sides: the far end of the page."""
    sides = [
        float(np.linalg.norm(found[marker.id] - np.roll(found[marker.id], 1, axis=0), axis=1).min()) / marker.box_mm[2]
        for marker in known
    ]
    return min(sides, default=None)


def _cut_off(
    grey: Picture,
    found: dict[int, Points],
    known: Sequence[Marker],
    templates: Sequence[FormTemplate],
    beyond_mm: float,
) -> bool:
    """Whether fields of the page lie outside the picture by more than the markers may be wrong."""
    paper = np.concatenate([corners(marker.box_mm) for marker in known])
    homography, _ = cv2.findHomography(paper, np.concatenate([found[marker.id] for marker in known]), 0)
    if homography is None:
        return False
    template = next(one for one in templates if set(known) <= set(one.markers))
    for item in template.fields:
        if item.page != known[0].page:
            continue
        x, y, width, height = item.box_mm
        across, down = min(beyond_mm, width / 2), min(beyond_mm, height / 2)
        seen = project(homography, corners((x + across, y + down, width - 2 * across, height - 2 * down)))
        if (seen < -1).any() or (seen[:, 0] > grey.shape[1]).any() or (seen[:, 1] > grey.shape[0]).any():
            return True
    return False


def _washed_out(grey: Picture) -> float:
    """Share of the picture that is pure white beside paper that is not."""
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    dark, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    white = small >= WHITE
    paper = small[(small > dark) & ~white]
    if paper.size < 0.05 * small.size or float(np.median(paper)) >= 235:
        return 0.0
    return float(white.mean())
