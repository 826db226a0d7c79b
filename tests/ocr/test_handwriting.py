"""Text of one cell: one line, several lines, and lines that stay in doubt."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.arrays import Picture
from ocr.engine import Engine
from ocr.handwriting import Written, read_writing
from ocr.ink import find_ink, marks
from tests.ocr.made_forms import PX_PER_MM
from tests.photographs.hands import UNSEEN_LATIN_HANDS
from tests.photographs.ink import InkLayer, Pen


def _cell(text: str, size: int = 34, angle: float = 0.0) -> Picture:
    picture = Image.new("RGB", (900, 240), (228, 226, 220))
    layer = Image.new("RGBA", picture.size)
    ImageDraw.Draw(layer).multiline_text((30, 30), text, (30, 40, 120, 255), ImageFont.load_default(size), spacing=24)
    layer = layer.rotate(angle, Image.Resampling.BICUBIC)
    picture.paste(layer, (0, 0), layer)
    return np.asarray(picture)


def _read(cell: Picture, engine: Engine) -> Written:
    ink = find_ink(cell, None, PX_PER_MM)
    return read_writing(cell, marks(ink.strong, ink.faint, PX_PER_MM), PX_PER_MM, engine)


def test_one_line(engine: Engine) -> None:
    written = _read(_cell("Emily Carter"), engine)
    assert written.text == "Emily Carter"
    assert written.confidence > 0.9
    assert written.notes == ()


def test_lines_of_a_paragraph_stay_apart_and_in_order(engine: Engine) -> None:
    written = _read(_cell("Shipped the billing work\nCut the cost by 18 percent\nHelped two teams"), engine)
    assert written.text.split("\n") == ["Shipped the billing work", "Cut the cost by 18 percent", "Helped two teams"]


def test_a_slanted_paragraph_is_read_line_by_line(engine: Engine) -> None:
    written = _read(_cell("Shipped the billing work\nCut the cost by 18 percent", angle=1.5), engine)
    assert written.text.split("\n") == ["Shipped the billing work", "Cut the cost by 18 percent"]


def test_pieces_of_one_row_are_one_line(engine: Engine) -> None:
    written = _read(_cell("Quarter done          on time\nwith two people"), engine)
    assert [line.replace(" ", "") for line in written.text.split("\n")] == ["Quarterdoneontime", "withtwopeople"]


def test_a_scrawl_is_never_sure(engine: Engine) -> None:
    picture = Image.new("RGB", (500, 120), (228, 226, 220))
    pen = ImageDraw.Draw(picture)
    rng = np.random.default_rng(11)
    points = [(40 + 12 * step, 60 + int(rng.integers(-28, 28))) for step in range(32)]
    pen.line(points, (30, 40, 120), 4)
    written = _read(np.asarray(picture), engine)
    assert written.confidence < 0.9


@pytest.mark.fonts
def test_a_latin_word_in_which_a_thin_letter_is_lost_is_not_sure(engine: Engine) -> None:
    """Two views agree on PACKAGNG and TRANING here, at 0.99."""
    for number, hand, word, blur_mm in ((141, 1, "Packaging", 0.25), (174, 3, "Training", 0.33)):
        rng = np.random.default_rng([4, number])
        pen = Pen(float(rng.choice([-0.09, 0.0, 0.09, 0.18])), float(rng.normal(2, 7)), float(rng.uniform(0.72, 1.0)))
        ink = InkLayer((78.0, 15.0), 300, (26, 48, 138), rng, pen)
        ink.write(word, (2.0, 3.0, 74.0, 9.0), UNSEEN_LATIN_HANDS[hand], float(rng.uniform(5.6, 7)))
        paper = np.full((*ink.coverage.shape, 3), (242, 241, 236), np.uint8)
        seen = cv2.resize(ink.on(paper), (round(78 * 6.4), round(15 * 6.4)), interpolation=cv2.INTER_AREA)
        soft = cv2.GaussianBlur(seen, (0, 0), blur_mm * 6.4).astype(np.float64) + rng.normal(0, 3, seen.shape)
        _, data = cv2.imencode(".jpg", np.clip(soft, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 60])
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
        cell = cv2.resize(decoded, (round(78 * PX_PER_MM), round(15 * PX_PER_MM)))
        told = _read(np.asarray(cell, np.uint8), engine)
        assert told.text.casefold() == word.casefold() or told.confidence < 0.95
