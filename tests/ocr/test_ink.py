"""What counts as writing: strokes, not shadows, grain or print."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.arrays import Picture
from ocr.blank import blank_pages
from ocr.ink import Marks, find_ink, marks, window
from ocr.light import darkness
from tests.ocr.made_forms import PX_PER_MM, Sheet, published, sheet

AREA = (10.0, 10.0, 60.0, 20.0)


def _paper(level: int = 225, grain: float = 2.0) -> Picture:
    noise = np.random.default_rng(5).normal(0, grain, (300, 700, 3))
    return np.clip(level + noise, 0, 255).astype(np.uint8)


def _with_stroke(paper: Picture, colour: tuple[int, int, int], width: int = 4) -> Picture:
    drawn = Image.fromarray(paper)
    ImageDraw.Draw(drawn).line([(150, 130), (250, 170), (380, 140)], colour, width)
    return np.asarray(drawn)


def _marks(paper: Picture) -> Marks:
    return marks(*find_ink(paper, None, PX_PER_MM).inside(AREA), PX_PER_MM)


@pytest.mark.parametrize("colour", [(20, 20, 25), (30, 50, 160), (160, 30, 40), (150, 150, 155)])
def test_pens_and_pencils_are_ink(colour: tuple[int, int, int]) -> None:
    found = _marks(_with_stroke(_paper(), colour))
    assert found.outline is not None
    left, top, width, height = found.outline
    assert abs(left + round(10 * PX_PER_MM) - 150) < 8
    assert abs(width - 230) < 16
    assert 30 < height < 60
    assert top > 30
    assert found.area_mm2 > 5


def test_paper_grain_and_a_shadow_are_not_ink() -> None:
    assert _marks(_paper(grain=8)).outline is None
    for penumbra_px in (5, 12, 60):
        edge = 1 / (1 + np.exp(-(np.arange(700) - 330) / penumbra_px))
        shaded = _paper() * (1 - 0.5 * edge)[None, :, None]
        assert _marks(shaded.astype(np.uint8)).outline is None


def test_a_stroke_in_shadow_is_ink() -> None:
    shaded = (_with_stroke(_paper(), (30, 50, 160)).astype(np.float32) * 0.5).astype(np.uint8)
    assert _marks(shaded).outline is not None


def test_a_speck_is_nothing_and_a_faint_stroke_is_a_doubt() -> None:
    speck = _paper(grain=0.5)
    speck[140:143, 200:203] = 60
    assert _marks(speck).outline is None
    faint = _marks(_with_stroke(_paper(grain=0.5), (196, 196, 198), 5))
    assert faint.outline is None
    assert faint.faint_only


def test_print_is_not_writing() -> None:
    page = blank_pages(published())[0]
    ink = find_ink(sheet(Sheet(code=None)), page.printed, page.px_per_mm)
    assert float(ink.strong.mean()) < 0.0005
    by_two = np.array([[1, 0, 2], [0, 1, 2]], np.float32)
    moved = cv2.warpAffine(sheet(Sheet(code=None)), by_two, ink.strong.shape[::-1], borderValue=(255, 255, 255))
    assert float(find_ink(moved, page.printed, page.px_per_mm).strong.mean()) < 0.001


def test_darkness_is_the_same_in_any_light() -> None:
    picture = _with_stroke(_paper(), (60, 60, 60), 8)
    dim = (picture * 0.6).astype(np.uint8)
    bright, darker = darkness(picture, PX_PER_MM), darkness(dim, PX_PER_MM)
    assert abs(float(bright.max()) - float(darker.max())) < 0.05


def test_windows_stay_on_the_page() -> None:
    rows, columns = window((-5, 90, 20, 20), 2.0, (100, 50))
    assert (rows.start, rows.stop, columns.start) == (99, 100, 0)
    rows, columns = window((2, 3, 4, 5), 2.0, (100, 50), (0.5, 1.0))
    assert (rows.start, rows.stop, columns.start, columns.stop) == (8, 18, 5, 13)
