"""Proposed placements: from markers in any turn, with one covered, and by likeness to the blank."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr import register
from ocr.alignment import Placement, corners
from ocr.arrays import Picture, Points
from ocr.blank import BlankPage, blank_pages
from ocr.contract import MatchedBy
from tests.ocr.made_forms import FILLED, HEIGHT, PX_PER_MM, WIDTH, Sheet, photograph, published, sheet

FRAME = corners((10, 20, 150, 85))


@pytest.fixture(scope="module")
def page() -> BlankPage:
    return blank_pages(published())[0]


def _warped(turns: int = 0) -> tuple[Picture, Points]:
    """A grey photograph and where four known places of the paper are on it."""
    flat = sheet(FILLED)
    rows, columns = flat.shape[:2]
    target = np.array([[150, 120], [1500, 60], [1560, 1010], [90, 940]], np.float32)
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(source, target)
    picture = cv2.warpPerspective(flat, matrix, (1650, 1100), borderValue=(90, 80, 70))
    on_paper = np.array([[PX_PER_MM, 0, -0.5], [0, PX_PER_MM, -0.5], [0, 0, 1.0]])
    truth = Placement(matrix @ on_paper, (WIDTH, HEIGHT))
    turned = truth.turned(turns, picture.shape)
    grey = cv2.cvtColor(np.ascontiguousarray(np.rot90(picture, turns)), cv2.COLOR_RGB2GRAY)
    return grey, turned.to_picture(FRAME)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_four_markers_place_a_page_in_any_turn(page: BlankPage, turns: int) -> None:
    grey, truth = _warped(turns)
    found = register.find_markers(grey)
    assert set(found) == {10, 11, 12, 13}
    (candidate,) = register.by_markers(found, page)
    assert candidate.matched_by is MatchedBy.MARKERS
    assert candidate.markers == 4
    assert np.abs(candidate.placement.to_picture(FRAME) - truth).max() < 2.0
    assert (candidate.placement.quarter_turns() + turns) % 4 == 0


def test_three_markers_are_a_proposal_and_one_is_none(page: BlankPage) -> None:
    grey, truth = _warped()
    found = register.find_markers(grey)
    three = {number: found[number] for number in (10, 11, 13)}
    (candidate,) = register.by_markers(three, page)
    assert candidate.markers == 3
    assert np.abs(candidate.placement.to_picture(FRAME) - truth).max() < 3 * PX_PER_MM
    assert register.by_markers({10: found[10]}, page) == []
    assert register.by_markers({}, page) == []


def test_a_marker_that_disagrees_is_also_tried_without(page: BlankPage) -> None:
    grey, truth = _warped()
    found = register.find_markers(grey)
    found[12] = found[12] + 60
    candidates = register.by_markers(found, page)
    assert len(candidates) > 1
    best = min(float(np.abs(candidate.placement.to_picture(FRAME) - truth).max()) for candidate in candidates)
    assert best < 3 * PX_PER_MM


def test_likeness_to_the_blank_needs_no_markers(page: BlankPage) -> None:
    grey, truth = _warped(turns=2)
    of_blank = register.features_of_blank(page)
    (candidate,) = register.by_features(register.features_of_picture(grey), page, of_blank)
    assert candidate.matched_by is MatchedBy.LAYOUT
    assert np.abs(candidate.placement.to_picture(FRAME) - truth).max() < 1.0 * PX_PER_MM


def test_a_picture_of_something_else_is_like_no_blank(page: BlankPage) -> None:
    noise = cv2.GaussianBlur(np.random.default_rng(3).integers(0, 255, (900, 1200), dtype=np.uint8), (0, 0), 3)
    assert register.find_markers(noise) == {}
    of_blank = register.features_of_blank(page)
    assert register.by_features(register.features_of_picture(noise), page, of_blank) == []
    assert register.by_features(register.features_of_picture(np.full((400, 400), 200, np.uint8)), page, of_blank) == []


def test_the_code_is_read_in_its_place(page: BlankPage) -> None:
    grey = cv2.cvtColor(photograph(sheet(FILLED), blur=1.0), cv2.COLOR_RGB2GRAY)
    (candidate,) = register.by_markers(register.find_markers(grey), page)
    assert register.read_code(grey, page, candidate.placement) == FILLED.code
    assert register.read_code_anywhere(cv2.cvtColor(photograph(sheet(FILLED)), cv2.COLOR_RGB2GRAY)) == FILLED.code


def test_a_sheet_without_a_code_has_none(page: BlankPage) -> None:
    grey = cv2.cvtColor(photograph(sheet(Sheet(code=None))), cv2.COLOR_RGB2GRAY)
    (candidate,) = register.by_markers(register.find_markers(grey), page)
    assert register.read_code(grey, page, candidate.placement) is None
    assert register.read_code(grey, replace(page, code_box=None), candidate.placement) is None


def test_pairs_of_places_outvote_wrong_ones(page: BlankPage) -> None:
    _, truth = _warped()
    matrix = cv2.getPerspectiveTransform(FRAME.astype(np.float32), truth.astype(np.float32))
    paper = np.array([[x, y] for x in (20.0, 60.0, 100.0, 140.0) for y in (30.0, 60.0, 90.0)])
    seen = cv2.perspectiveTransform(paper.reshape(-1, 1, 2), matrix.astype(np.float64)).reshape(-1, 2)
    seen[3] += 300
    seen[8] -= 200
    (candidate,) = register.by_points(paper, seen, page, tolerance_px=4.0)
    assert np.abs(candidate.placement.to_picture(FRAME) - truth).max() < 2.0
    assert register.by_points(paper[:5], seen[:5], page, tolerance_px=4.0) == []


def test_a_mirrored_page_is_not_a_page(page: BlankPage) -> None:
    paper = np.array([[x, y] for x in (20.0, 60.0, 100.0, 140.0) for y in (30.0, 60.0, 90.0)])
    mirrored = np.array([[1000 - 5 * x, 5 * y] for x, y in paper])
    assert register.by_points(paper, mirrored, page, tolerance_px=4.0) == []
