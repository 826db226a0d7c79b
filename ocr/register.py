"""Where a page lies on a picture: by its corner markers, or by its likeness to the blank.

Every function here proposes placements and none of them decides: one lost marker moves a page by millimetres, and a
page that is bent fits its markers and nothing between them. `ocr.labels` decides by what is found in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np

from ocr.alignment import Placement, corners, follow, project
from ocr.arrays import Picture, Points, Real
from ocr.blank import BlankPage, grown
from ocr.contract import Box, Code, MatchedBy, parse_code

MARKER_SEARCH_SIDE = 2400
"""Pixels: markers of a centimetre are large even so, and the search in a full picture takes several times as long."""

FEATURE_SIDE = 1400
"""Pixels of the long side at which the blank and the picture are compared point by point."""

CODE_SIDE_PX = 400
"""Pixels to which a code found somewhere on a picture is brought before it is decoded."""

MARKER_FIT_MM = 1.5
"""A marker whose corners lie further than this from where the others put them is not trusted."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed placement and what it rests on."""

    placement: Placement
    matched_by: MatchedBy
    markers: int


@dataclass(frozen=True, slots=True)
class Features:
    """Points of a picture that are recognised again in another one, and the scale they were found at."""

    points: Points
    descriptors: Real


def find_markers(grey: Picture) -> dict[int, Points]:
    """Corner markers on a picture in any turn: id to its four corners, clockwise from the marker's own top left."""
    scale = min(1.0, MARKER_SEARCH_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), settings)
    outlines, ids, _ = detector.detectMarkers(small)
    found: dict[int, Points] = {}
    for outline, number in zip(outlines, [] if ids is None else ids.ravel(), strict=True):
        points = outline.reshape(4, 2).astype(np.float64)
        # Two of one kind: the larger is the one on the paper in front.
        if int(number) not in found or cv2.contourArea(points.astype(np.float32)) > cv2.contourArea(
            (found[int(number)] * scale).astype(np.float32)
        ):
            found[int(number)] = (points + 0.5) / scale - 0.5
    return found


def by_markers(found: dict[int, Points], page: BlankPage) -> list[Candidate]:
    """Placements by the page's markers: by all that were found, and when they disagree also by all but one."""
    known = [marker for marker in page.markers if marker.id in found]
    if len(known) < 2:
        return []
    paper = {marker.id: corners(marker.box_mm) for marker in known}
    groups = [tuple(paper)]
    whole = _fit(paper, found, groups[0])
    if whole is None or _misfit(whole, paper, found) > MARKER_FIT_MM:
        groups.extend(combinations(paper, len(paper) - 1) if len(paper) > 2 else ())
    candidates = []
    for group in groups:
        homography = _fit(paper, found, group)
        if homography is not None:
            placement = Placement(homography, page.size_mm)
            candidates.append(Candidate(placement, MatchedBy.MARKERS, len(group)))
    return candidates


def by_features(of_picture: Features, page: BlankPage, of_blank: Features) -> list[Candidate]:
    """Placements by points that the picture and the blank share; none when fewer than 25 agree on a plane one.

    A second one follows the paper where the points say together that it is bent.
    """
    if len(of_picture.points) < 25 or len(of_blank.points) < 25:
        return []
    matcher = cv2.BFMatcher(cv2.NORM_L2)
    pairs = matcher.knnMatch(of_blank.descriptors, of_picture.descriptors, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < 0.78 * pair[1].distance]
    if len(good) < 25:
        return []
    paper = of_blank.points[[match.queryIdx for match in good]]
    seen = of_picture.points[[match.trainIdx for match in good]]
    homography, agreeing = cv2.findHomography(paper, seen, cv2.USAC_MAGSAC, 4.0, maxIters=3000, confidence=0.999)
    if homography is None or int(agreeing.sum()) < 25 or not _plausible(homography, page):
        return []
    plane = Placement(homography, page.size_mm)
    bent = follow(plane, paper, seen)
    return [Candidate(placement, MatchedBy.LAYOUT, 0) for placement in (plane, bent) if placement is not None]


def features_of_picture(grey: Picture) -> Features:
    """Recognisable points of a picture, in its pixels."""
    return _features(grey, FEATURE_SIDE / max(grey.shape), None)


def features_of_blank(page: BlankPage) -> Features:
    """Recognisable points of a blank page, in millimetres."""
    if page.grey is None:
        return Features(np.zeros((0, 2)), np.zeros((0, 128), np.float32))
    return _features(page.grey, FEATURE_SIDE / max(page.grey.shape), page.px_per_mm)


def by_points(paper: Points, seen: Points, page: BlankPage, tolerance_px: float) -> list[Candidate]:
    """A placement by pairs of places (millimetres, pixels) of which some may be wrong; needs six that agree."""
    if len(paper) < 6:
        return []
    homography, agreeing = cv2.findHomography(paper, seen, cv2.RANSAC, tolerance_px, maxIters=5000)
    if homography is None or int(agreeing.sum()) < 6 or not _plausible(homography, page):
        return []
    return [Candidate(Placement(homography, page.size_mm), MatchedBy.LAYOUT, 0)]


def read_code(grey: Picture, page: BlankPage, placement: Placement) -> Code | None:
    """The code printed at its place on the page, or None when it is missing or cannot be read."""
    if page.code_box is None:
        return None
    area = grown(page.code_box, 3.0)
    for px_per_mm in (12.0, 20.0, 8.0):
        code = _decode_views(_cut(grey, placement, area, px_per_mm))
        if code is not None:
            return code
    return None


def find_code(grey: Picture, markers: dict[int, Points], pages: Sequence[BlankPage]) -> Code | None:
    """The code on the paper, at any of the places where one of the forms has it, or else anywhere."""
    tried = []
    for page in pages:
        where = (page.code_box, page.size_mm, page.markers)
        if page.code_box is None or where in tried:
            continue
        tried.append(where)
        for candidate in by_markers(markers, page)[:1]:
            code = read_code(grey, page, candidate.placement)
            if code is not None:
                return code
    return read_code_anywhere(grey) if any(page.code_box for page in pages) else None


def read_code_anywhere(grey: Picture) -> Code | None:
    """A code of ours somewhere on the picture, for pages whose place is not known."""
    scale = min(1.0, MARKER_SEARCH_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    # This detector finds smaller codes than the other one, which decodes better.
    found, outlines = cv2.QRCodeDetectorAruco().detectMulti(small)
    for outline in outlines if found else ():
        side = CODE_SIDE_PX
        frame = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32) + side / 8
        matrix = cv2.getPerspectiveTransform(outline.astype(np.float32) / np.float32(scale), frame)
        patch = cv2.warpPerspective(grey, matrix, (side + side // 4,) * 2, flags=cv2.INTER_CUBIC)
        code = _decode_views(patch)
        if code is not None:
            return code
    return None


def _decode_views(patch: Picture) -> Code | None:
    for view in (patch, _sharpened(patch), _two_tone(patch)):
        code = _decode(view)
        if code is not None:
            return code
    return None


def _decode(view: Picture) -> Code | None:
    try:
        text, _, _ = cv2.QRCodeDetector().detectAndDecode(view)
    except cv2.error:  # the decoder asserts on some shapes that look like a code and are none
        return None
    return parse_code(text) if text else None


def _sharpened(patch: Picture) -> Picture:
    return cv2.addWeighted(patch, 2.5, cv2.GaussianBlur(patch, (0, 0), 4.0), -1.5, 0)


def _two_tone(patch: Picture) -> Picture:
    _, tones = cv2.threshold(cv2.GaussianBlur(patch, (0, 0), 1.5), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return tones


def _cut(picture: Picture, placement: Placement, area: Box, px_per_mm: float) -> Picture:
    """A part of the page, flattened; over a code's size a bent page is plane enough."""
    width, height = area[2:]
    size = (round(width * px_per_mm), round(height * px_per_mm))
    frame = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(placement.to_picture(corners(area)).astype(np.float32), frame)
    return cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _fit(paper: dict[int, Points], found: dict[int, Points], group: tuple[int, ...]) -> Real | None:
    homography, _ = cv2.findHomography(
        np.concatenate([paper[number] for number in group]), np.concatenate([found[number] for number in group]), 0
    )
    return homography


def _misfit(homography: Real, paper: dict[int, Points], found: dict[int, Points]) -> float:
    """Greatest distance in millimetres between a marker's corners and where the placement puts them."""
    back = np.linalg.pinv(homography)
    return max(float(np.linalg.norm(project(back, found[number]) - paper[number], axis=1).max()) for number in paper)


def _plausible(homography: Real, page: BlankPage) -> bool:
    """Whether the page's outline comes out as a convex shape, not mirrored, with sides that differ by less than 4."""
    width, height = page.size_mm
    outline = project(homography, corners((0, 0, width, height))).astype(np.float32)
    if not np.isfinite(outline).all() or not cv2.isContourConvex(outline):
        return False
    if cv2.contourArea(outline, oriented=True) <= 0:
        return False
    sides = np.linalg.norm(outline - np.roll(outline, 1, axis=0), axis=1)
    sides = sides / np.array([height, width, height, width])
    return bool(sides.max() < 4 * sides.min())


def _features(grey: Picture, scale: float, units: float | None) -> Features:
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    points, descriptors = cv2.SIFT.create(nfeatures=3000).detectAndCompute(small, np.full(small.shape, 255, np.uint8))
    if descriptors is None:
        return Features(np.zeros((0, 2)), np.zeros((0, 128), np.float32))
    places = (np.array([point.pt for point in points], np.float64) + 0.5) / scale
    # Millimetres count from the paper's edge, pixels of a picture from the middle of its first one.
    return Features(places - 0.5 if units is None else places / units, descriptors)
