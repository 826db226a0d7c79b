"""From a picture of a blank to the flat page: out of the photograph, straight, evenly lit, at 200 dpi."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from ocr.arrays import Picture, Points, Real
from ocr.engine import Engine
from ocr.light import darkness

DPI = 200
PX_PER_MM = DPI / 25.4
PAPERS_MM = ((210.0, 297.0), (215.9, 279.4))
"""A4 and Letter; a page of neither shape keeps its own, as wide as the nearer of the two."""

SHAPE_TOLERANCE = 0.03
LEAST_PAPER = 0.35
"""Share of a photograph that the paper covers at least."""
LEAST_BRIGHTER = 0.8
"""Share of each side of an outline along which it is brighter within than without, if it is the paper's."""
STEP = 6
"""Levels of grey by which paper is brighter than the table beside it."""
FIT_PX = 7
STEEPEST = 12.0
"""Degrees by which a scan may lie askew."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A flat page: RGB pixels at 200 dpi and its size in millimetres."""

    picture: Picture
    size_mm: tuple[float, float]


def flat_sheet(picture: Picture, size_mm: tuple[float, float] | None) -> Sheet:
    """The page that an upright RGB picture shows. `size_mm` is its size where the file tells, as a PDF does."""
    if size_mm is not None:
        return Sheet(_sized(picture, size_mm), size_mm)
    outline = _outline(picture)
    shape = picture.shape[0] / picture.shape[1] if outline is None else _true_shape(outline, picture.shape)
    size_mm = paper_of(shape)
    if outline is None:
        return Sheet(_sized(picture, size_mm), size_mm)
    width, height = _pixels(size_mm)
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(outline.astype(np.float32), frame)
    flat = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return Sheet(flat, size_mm)


def straightened(sheet: Sheet, engine: Engine | None) -> Sheet:
    """The sheet turned so that its rules lie level, or with an engine its lines of text where it has no rules."""
    angle = _rule_angle(sheet.picture)
    if angle is None:
        angle = _text_angle(engine.detect(sheet.picture)) if engine is not None else 0.0
    if not 0.08 < abs(angle) < STEEPEST:
        return sheet
    height, width = sheet.picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(
        sheet.picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return Sheet(turned, sheet.size_mm)


def clean_grey(sheet: Sheet) -> Picture:
    """The page as a blank is kept: 8-bit grey, evenly lit, with white paper."""
    grey = cv2.cvtColor(sheet.picture, cv2.COLOR_RGB2GRAY)
    light = 1 - np.clip(darkness(grey, PX_PER_MM) - 0.04, 0, 1) / 0.96
    whole: Picture = np.round(light * 255).astype(np.uint8)
    return whole


def png(grey: Picture) -> bytes:
    """A grey picture as PNG, in sixteen greys: enough to compare with a photograph, and half the size."""
    levels = (np.round(grey.astype(np.float32) / 17) * 17).astype(np.uint8)
    encoded, data = cv2.imencode(".png", levels, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    assert encoded
    return data.tobytes()


def as_pdf(pictures: Sequence[bytes]) -> bytes:
    """Blank pages (PNG, 200 dpi) as a PDF of their size, to print."""
    images = [Image.open(io.BytesIO(picture)) for picture in pictures]
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=DPI)
    return out.getvalue()


def paper_of(shape: float) -> tuple[float, float]:
    """The size of a page whose height is `shape` times its width."""
    upright = shape if shape >= 1 else 1 / shape
    short, long = min(PAPERS_MM, key=lambda paper: abs(paper[1] / paper[0] - upright))
    if abs(long / short - upright) > SHAPE_TOLERANCE * upright:
        long = round(short * upright, 1)
    return (short, long) if shape >= 1 else (long, short)


def _sized(picture: Picture, size_mm: tuple[float, float]) -> Picture:
    width, height = _pixels(size_mm)
    smaller = picture.shape[1] > width
    sized: Picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
    return sized


def _pixels(size_mm: tuple[float, float]) -> tuple[int, int]:
    return round(size_mm[0] * PX_PER_MM), round(size_mm[1] * PX_PER_MM)


def _outline(picture: Picture) -> Points | None:
    """The paper's four corners on a photograph, from the top left clockwise; None when the picture is all paper.

    No one level of brightness parts paper from table where light falls off, and tinted light darkens a colour of it: so
    outlines by several levels and by edges are only proposed. The one along which it is brighter inside than outside,
    on every side, is the paper's.
    """
    scale = 900 / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    best: Points | None = None
    most = (LEAST_BRIGHTER, 0.0)
    for light in _lights(small):
        for corners in _proposed(light):
            area = float(cv2.contourArea(corners.astype(np.float32)))
            if not LEAST_PAPER * height * width < area < 0.985 * height * width:
                continue
            rank = round(_brighter_inside(light, corners), 2), area
            if rank > most:
                best, most = _fitted(light, corners), rank
    if best is None:
        return None
    inside = (best > 3).all(axis=1) & (best < np.array([width - 4, height - 4])).all(axis=1)
    if inside.sum() < 3:  # the paper goes on beyond the picture: its edges say nothing
        return None
    whole: Points = _refined(best) / scale
    return whole


def _lights(small: Picture) -> list[Picture]:
    """How bright a picture is, by its darkest and its brightest colour."""
    return [_without_print(small.min(axis=2)), _without_print(small.max(axis=2))]


def _without_print(view: Picture) -> Picture:
    closed = cv2.morphologyEx(view, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    calm: Picture = cv2.GaussianBlur(closed, (5, 5), 0)
    return calm


def _proposed(light: Picture) -> Iterator[Points]:
    """Four corners of whatever is bright, or has an edge around it."""
    level, _ = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    masks = [(light > level * share).astype(np.uint8) for share in (1.0, 1.15, 1.07, 0.93, 0.85)]
    for low, high in ((8, 20), (20, 50)):
        edges = cv2.Canny(light, low, high)
        masks.append(cv2.dilate(edges, np.ones((3, 3), np.uint8)).astype(np.uint8))
    for mask in masks:
        outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for outline in outlines:
            hull = cv2.convexHull(outline)
            if cv2.contourArea(hull) < LEAST_PAPER * light.size:
                continue
            corners = _four(hull)
            if corners is not None and cv2.contourArea(hull) > 0.93 * cv2.contourArea(corners.astype(np.float32)):
                yield corners


def _brighter_inside(light: Picture, corners: Points) -> float:
    """Along which share of its worst side an outline has it brighter within than without, 0 to 1."""
    height, width = light.shape
    middle = corners.mean(axis=0)
    worst = 1.0
    for begin, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = end - begin
        across = np.array([-along[1], along[0]]) / max(1.0, float(np.linalg.norm(along)))
        across *= np.sign(np.dot(across, middle - begin)) or 1.0
        steps = begin + np.linspace(0.06, 0.94, 80)[:, None] * along
        inner, outer = steps + 5 * across, steps - 5 * across
        seen = ((outer >= 0) & (outer < np.array([width, height]))).all(axis=1)
        if seen.mean() < 0.5:  # a side that the picture cuts off: it says nothing
            continue
        x, y = np.clip(np.round(inner[seen]), 0, [width - 1, height - 1]).astype(int).T
        there = light[y, x].astype(np.int16)
        x, y = np.round(outer[seen]).astype(int).clip(0, [width - 1, height - 1]).T
        worst = min(worst, float((there - light[y, x] > STEP).mean()))
    return worst


def _fitted(light: Picture, corners: Points) -> Points:
    """The corners with each side moved to where it grows dark most, by a few pixels at most."""
    lines = []
    reach = np.arange(-FIT_PX, FIT_PX + 1)
    for begin, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = end - begin
        across = np.array([along[1], -along[0]]) / max(1.0, float(np.linalg.norm(along)))  # outwards: clockwise corners
        steps = begin + np.linspace(0.06, 0.94, 80)[:, None] * along
        places = (steps[:, None, :] + reach[None, :, None] * across).astype(np.float32)
        across_side = cv2.remap(
            light, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ).astype(np.float32)
        falls = across_side[:, :-2] - across_side[:, 2:]
        edge = steps + reach[1:-1][np.argmax(falls, axis=1)][:, None] * across
        vx, vy, x, y = cv2.fitLine(edge.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append((np.array([x, y]), np.array([vx, vy])))
    fitted = []
    for corner, before, after in zip(corners, lines[-1:] + lines[:-1], lines, strict=True):
        directions = np.stack([before[1], -after[1]], axis=1)
        if abs(np.linalg.det(directions)) < 0.1:
            return corners
        crossing = before[0] + np.linalg.solve(directions, after[0] - before[0])[0] * before[1]
        fitted.append(crossing if np.linalg.norm(crossing - corner) < 2 * FIT_PX else corner)
    whole: Points = np.array(fitted)
    return whole


def _four(hull: Points) -> Points | None:
    """A hull as four corners, if it nearly is one."""
    length = cv2.arcLength(hull, closed=True)
    for tolerance in (0.01, 0.02, 0.03, 0.05):
        found = cv2.approxPolyDP(hull, tolerance * length, closed=True)
        if len(found) == 4:
            points = found.reshape(4, 2).astype(np.float64)
            middle = points.mean(axis=0)
            order = np.argsort(np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0]))
            points = points[order]
            rolled: Points = np.roll(points, -int(np.argmin(points.sum(axis=1))), axis=0)
            return rolled
    return None


def _refined(corners: Points) -> Points:
    """The outline drawn in by a pixel, so that no table shows at the edges."""
    middle = corners.mean(axis=0)
    drawn: Points = corners + (middle - corners) / np.linalg.norm(middle - corners, axis=1)[:, None] * 1.0
    return drawn


def _true_shape(corners: Points, shape: tuple[int, ...]) -> float:
    """Height over width of the flat sheet whose corners a pinhole camera sees there.

    The camera's focal length follows from the two vanishing points; where the view is nearly straight down they are
    too far away for that, and the sides' lengths tell.
    """
    a, b, c, d = corners
    sides = (np.linalg.norm(d - a) + np.linalg.norm(c - b)) / (np.linalg.norm(b - a) + np.linalg.norm(c - d))
    centre = np.array([shape[1] / 2, shape[0] / 2])
    m1, m2, m3, m4 = (np.append(point - centre, 1.0) for point in (a, b, d, c))
    k2 = float(np.dot(np.cross(m1, m4), m3) / np.dot(np.cross(m2, m4), m3))
    k3 = float(np.dot(np.cross(m1, m4), m2) / np.dot(np.cross(m3, m4), m2))
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    if min(abs(k2 - 1), abs(k3 - 1)) < 0.03:
        return float(sides)
    focal2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    if not (0.3 * max(shape)) ** 2 < focal2 < (5 * max(shape)) ** 2:
        return float(sides)

    def length(n: Real) -> float:
        return float(np.sqrt((n[0] ** 2 + n[1] ** 2) / focal2 + n[2] ** 2))

    found = length(n3) / length(n2)
    return found if 0.8 < found / float(sides) < 1.25 else float(sides)


def _text_angle(outlines: Sequence[Points]) -> float:
    """The median slant in degrees of lines of text, the long ones counting more; 0 where there are too few."""
    alongs = [(outline[1] - outline[0]) + (outline[2] - outline[3]) for outline in outlines]
    alongs = [along for along in alongs if np.linalg.norm(along) > 2 * 8 * PX_PER_MM]
    if len(alongs) < 3:
        return 0.0
    angles = np.degrees([np.arctan2(along[1], along[0]) for along in alongs])
    order = np.argsort(angles)
    share = np.cumsum(np.linalg.norm(alongs, axis=1)[order]) / np.sum(np.linalg.norm(alongs, axis=1))
    return float(angles[order][int(np.searchsorted(share, 0.5))])


def _rule_angle(picture: Picture) -> float | None:
    """The slant in degrees of the printed rules, if there are some long ones that agree."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    dark = (darkness(grey, PX_PER_MM) > 0.2).astype(np.uint8) * 255
    least = round(35 * PX_PER_MM)
    lines = cv2.HoughLinesP(dark, 1, np.radians(0.05), threshold=least, minLineLength=least, maxLineGap=4)
    if lines is None:
        return None
    spans = lines.reshape(-1, 4).astype(np.float64)
    along = spans[:, 2:] - spans[:, :2]
    angles = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    level = np.abs(angles) < STEEPEST
    if level.sum() < 2:
        return None
    angle = float(np.median(angles[level]))
    agreeing = np.abs(angles[level] - angle) < 0.4
    return float(np.mean(angles[level][agreeing])) if agreeing.mean() > 0.5 else None
