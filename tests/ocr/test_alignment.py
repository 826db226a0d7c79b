"""Placements against known geometry: what was bent and moved on purpose is found again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.alignment import Placement, corners, improve, offsets
from ocr.arrays import Picture
from ocr.blank import BlankPage, blank_pages
from tests.ocr.made_forms import FILLED, HEIGHT, PX_PER_MM, WIDTH, published, sheet


@pytest.fixture(scope="module")
def page() -> BlankPage:
    return blank_pages(published())[0]


def _flat_placement(scale: float = PX_PER_MM, dx: float = 0.0, dy: float = 0.0) -> Placement:
    homography = np.array([[scale, 0, dx * scale - 0.5], [0, scale, dy * scale - 0.5], [0, 0, 1.0]])
    return Placement(homography, (WIDTH, HEIGHT))


def _grey() -> Picture:
    return cv2.cvtColor(sheet(FILLED), cv2.COLOR_RGB2GRAY)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_picture_is_turned_back(turns: int) -> None:
    flat = _flat_placement()
    picture = sheet(FILLED)
    turned_picture = np.rot90(picture, turns)
    turned = flat.turned(turns, picture.shape)
    back = turned.quarter_turns()
    assert (turns + back) % 4 == 0
    upright = turned.turned(back, turned_picture.shape)
    assert np.allclose(upright.to_picture(corners((10, 20, 30, 40))), flat.to_picture(corners((10, 20, 30, 40))))


def test_flattening_a_flat_page_changes_nothing() -> None:
    picture = sheet(FILLED)
    flat = _flat_placement().flatten(picture, PX_PER_MM)
    height, width = min(flat.shape[0], picture.shape[0]), min(flat.shape[1], picture.shape[1])
    difference = np.abs(flat[:height, :width].astype(int) - picture[:height, :width])
    assert float(difference.mean()) < 1.0


def test_offsets_tell_how_far_a_page_is_off(page: BlankPage) -> None:
    assert page.grey is not None
    moved = _flat_placement(dx=0.8, dy=-0.5).flatten(_grey(), page.px_per_mm)
    found = offsets(moved, page.grey, page.px_per_mm, page.landmarks, 2.0)
    assert all(offset.found for offset in found)
    shifts = np.array([offset.shift for offset in found])
    assert np.allclose(np.median(shifts, axis=0), (-0.8, 0.5), atol=0.08)


def test_empty_paper_cannot_be_found(page: BlankPage) -> None:
    assert page.grey is not None
    (offset,) = offsets(page.grey, page.grey, page.px_per_mm, [(60, 97, 30, 4)], 1.0)
    assert not offset.printed
    assert not offset.found


def test_a_plane_error_is_taken_out(page: BlankPage) -> None:
    assert page.grey is not None
    leaning = np.array([[1.004, 0.003, 0.6], [-0.002, 1.006, -0.5], [0.00002, 0, 1.0]])
    wrong = Placement(_flat_placement().homography @ leaning, (WIDTH, HEIGHT))
    pieces = page.landmarks + page.corner_boxes
    better = wrong
    for _ in range(2):
        flat = better.flatten(_grey(), page.px_per_mm)
        better = improve(better, offsets(flat, page.grey, page.px_per_mm, pieces, 3.0), bend=False)
    right = _flat_placement().to_picture(corners((20, 20, 140, 90)))
    assert np.abs(better.to_picture(corners((20, 20, 140, 90))) - right).max() < 0.25 * PX_PER_MM
    assert better.bend_mm() == 0.0


def test_a_bend_is_taken_out_and_measured(page: BlankPage) -> None:
    assert page.grey is not None
    grey = _grey()
    rows, columns = grey.shape
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    bent = cv2.remap(grey, x, (y + 2.0 * PX_PER_MM * np.sin(np.pi * x / columns)).astype(np.float32), cv2.INTER_LINEAR)
    flat = _flat_placement()
    pieces = page.landmarks + page.corner_boxes
    found = offsets(flat.flatten(bent, page.px_per_mm), page.grey, page.px_per_mm, pieces, 3.0)
    better = improve(flat, found, bend=True)
    assert 1.0 < better.bend_mm() < 3.0
    again = offsets(better.flatten(bent, page.px_per_mm), page.grey, page.px_per_mm, page.landmarks, 3.0)
    assert np.median([offset.distance for offset in again if offset.found]) < 0.3


def test_a_few_pieces_are_no_reason_to_move(page: BlankPage) -> None:
    assert page.grey is not None
    flat = _flat_placement()
    found = offsets(flat.flatten(_grey(), page.px_per_mm), page.grey, page.px_per_mm, page.landmarks[:4], 2.0)
    assert improve(flat, found, bend=False) is flat
    assert improve(flat, found, bend=True) is flat


def test_resolution_and_cover() -> None:
    placement = _flat_placement(scale=5.0)
    assert placement.px_per_mm() == pytest.approx(5.0)
    assert placement.covers((10, 10, 100, 50), (600, 900, 3))
    assert not placement.covers((10, 80, 100, 50), (600, 900, 3))
