"""Where the millimetres of a page are on a picture, and how well that is so.

A `Placement` maps paper to picture by a homography and, for paper that is not flat, a smooth warp before it. It is
measured by looking for small pieces of the blank page (printed labels, corners of cells) on the flattened picture:
how far each lies from its place, and how much it looks like itself. Those offsets also improve the placement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr.arrays import Bits, Picture, Points, Real
from ocr.contract import Box, Quad

GRID_MM = 3.2
"""Distance of the points at which a bent page is mapped; between them the map is a straight line."""

LOOKS_ALIKE = 0.55
"""Least normalised cross-correlation at which a piece of the blank counts as found. Blurred print of the right label
reaches 0.6 and more, another word of the same size stays below 0.5."""

LEAST_KNOTS = 10
"""Pieces that must be found before paper is taken to be bent."""

STIFFNESS = 0.002
"""How much a smooth sheet outweighs the places of single pieces: a piece is placed to a tenth of a millimetre, and a
sheet bent by 15 mm is followed to less than that."""

MISPLACED_MM = 1.5
"""A piece that the sheet fitted to all of them passes by so far says nothing. The edge of a sheet, where little is
printed, lies a millimetre off before it is fitted."""

NEIGHBOURS, ALIKE_MM, SLOPE = 6, 0.6, 0.15
"""A piece was found rightly when half of so many pieces around it moved like it: to within the second (millimetres)
and the third for each millimetre between them. Paper curled by a twentieth of its height slopes by a fifth."""


FARTHEST_MM, STEEPEST, SQUARE_MM, MANY_POINTS = 60.0, 0.5, 7.0, 40
"""How far the paper may depart from a plane laid through a part of it, how much more of that a millimetre may add
(paper curled by a tenth of its height slopes by 0.44), the net of points that is enough to follow it, and how many
points must agree."""


@dataclass(frozen=True, slots=True)
class Warp:
    """A smooth displacement of paper, in millimetres: a thin-plate spline for each direction.

    Bookstein, "Principal warps: thin-plate splines and the decomposition of deformations", IEEE PAMI 11 (1989).
    """

    knots: Points
    """Where something was found, in units of `reach`."""
    coefficients: Real
    """One row a knot, then constant, x and y; one column a direction."""
    reach: float
    """Millimetres of one unit: half the page's long side."""

    def displacement(self, points: Points) -> Points:
        moved: Points = _terms(points / self.reach, self.knots) @ self.coefficients
        return moved


@dataclass(frozen=True, slots=True)
class Placement:
    """The map from millimetres of the page to pixels of the picture."""

    homography: Real
    page_size_mm: tuple[float, float]
    warp: Warp | None = None

    def to_picture(self, points: Points) -> Points:
        """Pixels of points given in millimetres."""
        straight = points if self.warp is None else points + self.warp.displacement(points)
        return project(self.homography, straight)

    def to_paper(self, points: Points) -> Points:
        """Millimetres of pixels."""
        straight = project(np.linalg.pinv(self.homography), points)
        if self.warp is None:
            return straight
        paper = straight
        for _ in range(8):  # the warp slopes by less than a half: each round halves what is left over, and more
            paper = straight - self.warp.displacement(paper)
        return paper

    def quad(self, box: Box) -> Quad:
        """The outline of a box of the page on the picture."""
        a, b, c, d = ((round(float(x), 1), round(float(y), 1)) for x, y in self.to_picture(corners(box)))
        return a, b, c, d

    def covers(self, box: Box, shape: tuple[int, ...]) -> bool:
        """Whether a box of the page lies inside a picture of that shape."""
        points = self.to_picture(corners(box))
        return bool((points >= 0).all() and (points[:, 0] < shape[1]).all() and (points[:, 1] < shape[0]).all())

    def px_per_mm(self) -> float:
        """Least resolution of the picture over the middle of the page."""
        width, height = self.page_size_mm
        middle = np.array([[width / 2, height / 2]])
        steps = [np.linalg.norm(self.to_picture(middle + step) - self.to_picture(middle)) for step in np.eye(2) * 10]
        return float(min(steps)) / 10

    def bend_mm(self) -> float:
        """Greatest distance by which the paper departs from a plane, in millimetres, a tenth inside its edges.

        Nothing is printed at the very edges, so what the warp says there is a guess.
        """
        if self.warp is None:
            return 0.0
        x, y = (np.linspace(0.1 * side, 0.9 * side, 9) for side in self.page_size_mm)
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        return float(np.linalg.norm(self.warp.displacement(grid), axis=1).max())

    def turned(self, quarter_turns: int, shape: tuple[int, ...]) -> Placement:
        """The same placement on the picture of that shape after `numpy.rot90` by so many turns."""
        height, width = shape[:2]
        once = np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])
        homography = self.homography
        for _ in range(quarter_turns % 4):
            shift = once.copy()
            shift[1, 2] = width - 1
            homography = shift @ homography
            height, width = width, height
        return replace(self, homography=homography)

    def quarter_turns(self) -> int:
        """How often `numpy.rot90` must turn the picture for the page to read from the top."""
        width, height = self.page_size_mm
        left, right = self.to_picture(np.array([[width * 0.25, height / 2], [width * 0.75, height / 2]]))
        x, y = right - left
        if abs(x) >= abs(y):
            return 0 if x > 0 else 2
        return 1 if y > 0 else 3

    def flatten(self, picture: Picture, px_per_mm: float) -> Picture:
        """The page seen straight from above, at that resolution."""
        width, height = (round(side * px_per_mm) for side in self.page_size_mm)
        # A pixel's value is that of its middle.
        to_mm = np.array([[1 / px_per_mm, 0, 0.5 / px_per_mm], [0, 1 / px_per_mm, 0.5 / px_per_mm], [0, 0, 1]])
        if self.warp is None:
            return cv2.warpPerspective(
                picture,
                self.homography @ to_mm,
                (width, height),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )
        # The warp is smooth: a coarse grid of it, enlarged, is within a few hundredths of a millimetre. Its points are
        # the middles of squares of so many pixels, one square beyond the page on every side.
        step = max(4, round(GRID_MM * px_per_mm))
        columns, rows = -(-width // step) + 2, -(-height // step) + 2
        x, y = ((np.arange(count) - 0.5) * step / px_per_mm for count in (columns, rows))
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        mapped = self.to_picture(grid).reshape(rows, columns, 2).astype(np.float32)
        enlarged = cv2.resize(mapped, (columns * step, rows * step), interpolation=cv2.INTER_LINEAR)
        places = enlarged[step : step + height, step : step + width]
        xs, ys = cv2.split(places)
        return cv2.remap(picture, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


@dataclass(frozen=True, slots=True)
class Offset:
    """Where a piece of the blank was found: its middle on the page, how far off, and how alike, all in millimetres."""

    place: tuple[float, float]
    shift: tuple[float, float]
    likeness: float
    printed: bool = True
    """False for a piece of the blank that is empty paper, which cannot be found."""

    @property
    def distance(self) -> float:
        return float(np.hypot(*self.shift))

    @property
    def found(self) -> bool:
        return self.likeness >= LOOKS_ALIKE


def project(homography: Real, points: Points) -> Points:
    """Points through a homography."""
    return cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float64), homography).reshape(-1, 2)


def corners(box: Box) -> Points:
    """Top left, top right, bottom right, bottom left of a box."""
    x, y, width, height = box
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64)


def offsets(flat: Picture, blank: Picture, px_per_mm: float, boxes: Sequence[Box], reach_mm: float) -> list[Offset]:
    """For each box (millimetres) how far its piece of the blank lies from its place on the flattened page.

    Both pages are grey, of the same shape.
    """
    reach = max(1, round(reach_mm * px_per_mm))
    framed = cv2.copyMakeBorder(flat, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    found = []
    for x, y, width, height in boxes:
        left, top = max(0, round(x * px_per_mm)), max(0, round(y * px_per_mm))
        right = min(blank.shape[1], max(left + 4, round((x + width) * px_per_mm)))
        bottom = min(blank.shape[0], max(top + 4, round((y + height) * px_per_mm)))
        piece = blank[top:bottom, left:right]
        place = (x + width / 2, y + height / 2)
        if piece.size == 0 or float(piece.std()) < 8:
            found.append(Offset(place, (0.0, 0.0), 0.0, printed=False))
            continue
        window = framed[top : bottom + 2 * reach, left : right + 2 * reach]
        likeness = cv2.matchTemplate(window, piece, cv2.TM_CCOEFF_NORMED)
        _, best, _, (column, row) = cv2.minMaxLoc(likeness)
        if row in (0, likeness.shape[0] - 1) or column in (0, likeness.shape[1] - 1):
            best = 0.0  # still rising where the search ends: whatever is there is not this piece
        shift = (
            (column + _peak(likeness[row], column) - reach) / px_per_mm,
            (row + _peak(likeness[:, column], row) - reach) / px_per_mm,
        )
        found.append(Offset(place, shift, float(best) if np.isfinite(best) else 0.0))
    return found


def improve(placement: Placement, measured: Sequence[Offset], *, bend: bool) -> Placement:
    """A placement that brings the found pieces to their places, or the same one when too few agree.

    A plane page is tried first; with `bend` a smooth warp is fitted to what the plane leaves over.
    """
    found = [offset for offset in measured if offset.found]
    if len(found) < 6:
        return placement
    places = np.array([offset.place for offset in found])
    seen = places + np.array([offset.shift for offset in found])
    if not bend:
        if placement.warp is not None:
            seen = seen + placement.warp.displacement(seen)
        correction, agreeing = cv2.findHomography(places, seen, cv2.RANSAC, 0.8)
        if correction is None or int(agreeing.sum()) < max(6, len(found) // 2):
            return placement
        return replace(placement, homography=placement.homography @ correction, warp=None)
    # What the present placement leaves over is nearly even, so pieces found in wrong places stand out from it.
    kept = _moved_alike(places, seen - places)
    places, seen = places[kept], seen[kept]
    if len(places) < LEAST_KNOTS:
        return placement
    if placement.warp is not None:
        seen = seen + placement.warp.displacement(seen)
    return replace(placement, warp=_fit_warp(places, seen - places, max(placement.page_size_mm) / 2))


def follow(plane: Placement, places: Points, seen: Points) -> Placement | None:
    """A bent placement by pairs of places (millimetres) and pixels, many of them wrong, or None without enough that
    agree with their neighbours, or when those say that the paper is plane."""
    shifts = project(np.linalg.pinv(plane.homography), seen) - places
    near = np.linalg.norm(shifts, axis=1) < FARTHEST_MM
    places, shifts = places[near], shifts[near]
    if len(places) < MANY_POINTS:
        return None
    # Chance pairs are thrown out in two rounds: in the first they still spoil the judgement of their neighbours.
    for _ in range(2):
        kept = _moved_alike(places, shifts, slope=STEEPEST)
        places, shifts = places[kept], shifts[kept]
        if len(places) < MANY_POINTS:
            return None
    thin = _one_a_square(places, shifts)
    places, shifts = places[thin], shifts[thin]
    if len(places) < LEAST_KNOTS:
        return None
    bent = replace(plane, warp=_fit_warp(places, shifts, max(plane.page_size_mm) / 2))
    return bent if float(np.quantile(np.linalg.norm(shifts, axis=1), 0.9)) > ALIKE_MM else None


def _one_a_square(places: Points, shifts: Points) -> list[int]:
    """For each square of paper the point that moved most like the others in it: a net of even density."""
    squares: dict[tuple[int, int], list[int]] = {}
    for index, (column, row) in enumerate((places // SQUARE_MM).astype(int).tolist()):
        squares.setdefault((column, row), []).append(index)
    return [
        min(members, key=lambda index: float(np.linalg.norm(shifts[index] - np.median(shifts[members], axis=0))))
        for members in squares.values()
    ]


def _moved_alike(places: Points, shifts: Points, slope: float = SLOPE) -> Bits:
    """Which pieces moved like most of those around them."""
    count = min(NEIGHBOURS, len(places) - 1)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    differ = np.linalg.norm(shifts[:, None] - shifts[None], axis=2)
    nearest = np.argsort(apart + np.diag(np.full(len(places), np.inf)), axis=1)[:, :count]
    agree = np.take_along_axis(differ <= ALIKE_MM + slope * apart, nearest, axis=1)
    kept: Bits = agree.sum(axis=1) * 2 >= count
    return kept


def _fit_warp(places: Points, shifts: Points, reach: float) -> Warp:
    """The smooth displacement nearest to the shifts; pieces that disagree lose their weight (Tukey's biweight)."""
    knots = places / reach
    weights = np.ones(len(places))
    for _ in range(3):
        coefficients = _spline(knots, shifts, weights)
        left_over = np.linalg.norm(_terms(knots, knots) @ coefficients - shifts, axis=1)
        limit = max(MISPLACED_MM, 4.0 * float(np.median(left_over)))
        weights = np.where(left_over < limit, (1 - (left_over / limit) ** 2) ** 2, 0.0)
    return Warp(knots, _spline(knots, shifts, weights), reach)


def _spline(knots: Points, shifts: Points, weights: Real) -> Real:
    """Coefficients of the smoothing thin-plate spline; a knot without weight has no say and no coefficient."""
    kept = np.flatnonzero(weights > 0)
    count = len(kept)
    terms = _terms(knots[kept], knots[kept])
    system = np.zeros((count + 3, count + 3))
    system[:count] = terms
    system[:count, :count] += np.diag(STIFFNESS / weights[kept])
    system[count:, :count] = terms[:, count:].T
    solved = np.linalg.lstsq(system, np.concatenate([shifts[kept], np.zeros((3, 2))]), rcond=None)[0]
    coefficients = np.zeros((len(knots) + 3, 2))
    coefficients[np.r_[kept, len(knots) + np.arange(3)]] = solved
    return coefficients


def _terms(points: Points, knots: Points) -> Real:
    """The spline's kernel, r squared times its logarithm, for each point and knot, then 1, x and y."""
    squared = ((points[:, None, :] - knots[None, :, :]) ** 2).sum(axis=2)
    kernel = 0.5 * squared * np.log(np.maximum(squared, 1e-12))
    terms: Real = np.concatenate([kernel, np.ones((len(points), 1)), points], axis=1)
    return terms


def _peak(values: Real, index: int) -> float:
    """Place of the top of the parabola through a maximum and its neighbours, relative to the maximum."""
    line = values.ravel()
    if not 0 < index < len(line) - 1:
        return 0.0
    before, top, after = (float(line[index + step]) for step in (-1, 0, 1))
    curve = before - 2 * top + after
    return 0.0 if curve >= 0 else float(np.clip(0.5 * (before - after) / curve, -0.5, 0.5))
