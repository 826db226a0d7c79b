"""Blur that was made, measured again by what a page prints, with and without markers."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.arrays import Picture
from ocr.blank import BlankPage, blank_pages
from ocr.blur import blur_of_page
from ocr.contract import PublishedForm
from ocr.retake import DOUBTFUL_BLUR_MM, MOST_BLUR_MM
from tests.ocr.made_forms import FILLED, PX_PER_MM, published, sheet, without_anchors, without_markers


@pytest.fixture(scope="module")
def filled() -> Picture:
    return cv2.cvtColor(sheet(FILLED), cv2.COLOR_RGB2GRAY)


def _seen(grey: Picture) -> Picture:
    """In half the light, with grain, a little off its place."""
    moved = np.roll(grey, (3, -2), axis=(0, 1)) * 0.5
    return np.clip(moved + np.random.default_rng(3).normal(0, 2, grey.shape), 0, 255).astype(np.uint8)


def _page(form: PublishedForm) -> BlankPage:
    return blank_pages(form)[0]


@pytest.mark.parametrize("form", [published(), without_markers(published()), without_anchors(published())])
@pytest.mark.parametrize("blur_mm", [0.15, 0.3, 0.4, 0.5])
def test_the_blur_of_a_lens_is_found_whatever_is_printed(form: PublishedForm, blur_mm: float, filled: Picture) -> None:
    soft = cv2.GaussianBlur(filled, (0, 0), blur_mm * PX_PER_MM)
    assert blur_of_page(_seen(soft), _page(form)) == pytest.approx(blur_mm, abs=0.045)


@pytest.mark.parametrize("degrees", [0, 30, 60, 90])
def test_a_camera_that_moved_is_as_blurred_whichever_way_it_went(degrees: int, filled: Picture) -> None:
    page = _page(without_markers(published()))
    blurs = []
    for way_mm in (0.8, 1.9):
        side = round(2 * way_mm * PX_PER_MM) | 1
        turn = cv2.getRotationMatrix2D((side // 2, side // 2), degrees, 1)
        way = np.zeros((side, side), np.float32)
        half = round(way_mm * PX_PER_MM / 2)
        way[side // 2, side // 2 - half : side // 2 + half + 1] = 1
        turned = cv2.warpAffine(way, turn, (side, side))
        blurs.append(blur_of_page(_seen(cv2.filter2D(filled, -1, turned / turned.sum())), page) or 0.0)
    assert blurs == [pytest.approx(0.27, abs=0.03), pytest.approx(0.54, abs=0.04)]
    assert blurs[0] < DOUBTFUL_BLUR_MM < MOST_BLUR_MM < blurs[1]


def test_print_that_is_not_seen_tells_nothing(filled: Picture) -> None:
    page = _page(without_markers(published()))
    assert blur_of_page(np.full_like(filled, 180), page) is None
    assert blur_of_page(np.ascontiguousarray(filled[::-1, ::-1]), page) is None
