"""Placements against known geometry: what was bent and moved on purpose is found again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.alignment import Placement, Warp, corners, follow, improve, offsets
from ocr.arrays import Picture, Points
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


def _arched(places: Points, height_mm: float) -> Points:
    """How far places of a sheet move that is curled around its long axis."""
    return np.column_stack([np.zeros(len(places)), height_mm * np.sin(np.pi * places[:, 0] / WIDTH)])


def test_a_curled_sheet_is_followed_among_wrong_pairs() -> None:
    rng = np.random.default_rng(3)
    places = rng.uniform((5, 5), (WIDTH - 5, HEIGHT - 5), (400, 2))
    flat = _flat_placement()
    seen = flat.to_picture(places + _arched(places, 18.0) + rng.normal(0, 0.05, places.shape))
    wrong = rng.permutation(400)[:160]
    seen[wrong] = rng.uniform((0, 0), (WIDTH * PX_PER_MM, HEIGHT * PX_PER_MM), (160, 2))
    bent = follow(flat, places, seen)
    assert bent is not None
    inside = np.array([[x, y] for x in (20.0, WIDTH / 2, WIDTH - 20) for y in (20.0, HEIGHT / 2, HEIGHT - 20)])
    right = flat.to_picture(inside + _arched(inside, 18.0))
    assert np.abs(bent.to_picture(inside) - right).max() < 1.0 * PX_PER_MM
    assert np.allclose(bent.to_paper(bent.to_picture(inside)), inside, atol=0.05)


def test_a_flat_sheet_and_chance_pairs_are_not_followed() -> None:
    rng = np.random.default_rng(4)
    places = rng.uniform((5, 5), (WIDTH - 5, HEIGHT - 5), (300, 2))
    flat = _flat_placement()
    assert follow(flat, places, flat.to_picture(places + rng.normal(0, 0.05, places.shape))) is None
    assert follow(flat, places, rng.permutation(flat.to_picture(places))) is None


def test_a_bent_page_is_flattened_as_its_map_says() -> None:
    """A picture of which each pixel is its own column: what a flattened pixel shows is where it was taken from."""
    knots = np.array([[x, y] for x in (0.0, 0.5, 1.0) for y in (0.0, 0.5, 1.0)])
    rng = np.random.default_rng(5)
    warp = Warp(knots, np.concatenate([rng.normal(0, 3.0, (9, 2)), np.zeros((3, 2))]), max(WIDTH, HEIGHT))
    placement = Placement(_flat_placement().homography, (WIDTH, HEIGHT), warp)
    width, height = round(WIDTH * PX_PER_MM), round(HEIGHT * PX_PER_MM)
    columns = np.arange(width, dtype=np.float32)[None, :].repeat(height, axis=0)
    flat = placement.flatten(columns, PX_PER_MM)
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    exact = placement.to_picture((np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) / PX_PER_MM)[:, 0].reshape(x.shape)
    assert np.abs(flat - np.clip(exact, 0, width - 1)).max() < 0.05 * PX_PER_MM
