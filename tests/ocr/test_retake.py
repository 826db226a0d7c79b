"""The reasons for which a picture is sent back."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr import register
from ocr.arrays import Picture
from ocr.blank import BlankPage, blank_pages
from ocr.contract import Confidence, Retake
from ocr.engine import Engine
from ocr.fields import unknown
from ocr.labels import Settled, settle
from ocr.retake import BLURRED_BELOW, illegible, refusal
from ocr.sharpness import blurred_all_over, sharpness
from tests.ocr.made_forms import FILLED, photograph, published, sheet


@pytest.fixture(scope="module")
def page() -> BlankPage:
    return blank_pages(published())[0]


def _settled(picture: Picture, page: BlankPage, engine: Engine) -> Settled:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return settle(register.by_markers(register.find_markers(grey), page)[0], picture, page, engine)


def test_a_good_picture_is_not_refused(page: BlankPage, engine: Engine) -> None:
    picture = photograph(sheet(FILLED))
    settled = _settled(picture, page, engine)
    assert refusal(settled, picture.shape) is None
    measured = sharpness(settled)
    assert measured is not None
    assert measured > 0.75
    assert illegible(settled, [unknown(item, "no_text") for item in page.fields]) is None  # it is the hand


def test_sharpness_falls_with_blur(page: BlankPage, engine: Engine) -> None:
    measured = [
        sharpness(_settled(photograph(sheet(FILLED), blur=blur), page, engine)) or 0.0 for blur in (0.0, 1.5, 3.0)
    ]
    assert measured == sorted(measured, reverse=True)
    assert measured[2] < BLURRED_BELOW


def test_a_soft_picture_lies_as_surely_as_a_sharp_one_and_is_read(page: BlankPage, engine: Engine) -> None:
    picture = photograph(sheet(FILLED), blur=2.7)
    settled = _settled(picture, page, engine)
    assert settled.blur_mm is not None
    assert settled.blur_mm > 0.33
    assert settled.share_found > 0.9
    assert refusal(settled, picture.shape) is None
    nothing = [unknown(item, "no_text") for item in page.fields]
    assert illegible(settled, nothing) is Retake.BLURRED
    one = replace(nothing[0], value="Emily Carter", confidence=Confidence(recognition=0.9))
    assert illegible(settled, [one, *nothing[1:]]) is None
    assert illegible(settled, nothing[:3]) is None  # too few texts to tell by


def test_print_that_is_a_smear_is_blurred(page: BlankPage, engine: Engine) -> None:
    picture = photograph(sheet(FILLED), blur=3.5)
    assert refusal(_settled(picture, page, engine), picture.shape) is Retake.BLURRED


@pytest.mark.parametrize("degrees", [0, 30, 60, 90])
def test_a_camera_that_moved_is_blurred_whichever_way_it_went(degrees: int, page: BlankPage, engine: Engine) -> None:
    picture = photograph(sheet(FILLED))
    scale = _settled(picture, page, engine).placement.px_per_mm()

    def refused(smear_mm: float) -> Retake | None:
        side = round(smear_mm * scale) | 1
        way = np.zeros((side, side), np.float32)
        reach = side / 2 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        start, end = (side / 2 - reach).astype(int).tolist(), (side / 2 + reach).astype(int).tolist()
        cv2.line(way, start, end, (1.0,))
        moved = cv2.filter2D(picture, -1, way / way.sum())
        return refusal(_settled(moved, page, engine), moved.shape)

    assert refused(1.9) is Retake.BLURRED
    assert refused(0.8) is None


def test_fields_outside_the_picture_are_a_missing_corner(page: BlankPage, engine: Engine) -> None:
    picture = photograph(sheet(FILLED))
    settled = _settled(picture, page, engine)
    cut = (picture.shape[0] * 2 // 3, picture.shape[1], 3)
    assert refusal(settled, cut) is Retake.CORNER_MISSING


def test_a_page_far_away_is_too_small(page: BlankPage, engine: Engine) -> None:
    picture = photograph(sheet(FILLED), scale=0.3)
    assert refusal(_settled(picture, page, engine), picture.shape) is Retake.TOO_SMALL


def test_light_that_washes_the_print_out_is_glare(page: BlankPage, engine: Engine) -> None:
    picture = photograph(sheet(FILLED)).astype(np.int32)
    rows, columns = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    spot = ((rows - 560) / 330) ** 2 + ((columns - 800) / 620) ** 2
    picture += (500 * np.exp(-(spot**2)))[..., None].astype(np.int32)
    washed = np.clip(picture, 0, 255).astype(np.uint8)
    settled = _settled(washed, page, engine)
    assert not settled.confirmed
    assert refusal(settled, washed.shape) is Retake.GLARE


def test_sharp_print_in_the_wrong_place_is_not_flat(page: BlankPage, engine: Engine) -> None:
    """All four corners are there, and between them the page is folded: its upper part is pushed down."""
    flat = sheet(FILLED)
    folded = flat.copy()
    folded[190:] = 255 - (255 - np.roll(flat, 75, axis=0)[190:])
    folded[-130:, :140] = flat[-130:, :140]
    folded[-130:, -140:] = flat[-130:, -140:]
    folded[:190, 150:-140] = 235
    picture = photograph(folded)
    settled = _settled(picture, page, engine)
    assert not settled.confirmed
    assert refusal(settled, picture.shape) is Retake.NOT_FLAT


def test_a_picture_without_one_edge_is_blurred_and_plain_or_sharp_ones_are_not() -> None:
    picture = photograph(sheet(FILLED))
    assert blurred_all_over(cv2.GaussianBlur(picture, (0, 0), 8))
    assert not blurred_all_over(picture)
    assert not blurred_all_over(cv2.GaussianBlur(picture, (0, 0), 2))
    assert not blurred_all_over(np.full((300, 400, 3), 120, np.uint8))
