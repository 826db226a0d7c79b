"""Text of one cell: one line, several lines, and lines that stay in doubt."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.arrays import Picture
from ocr.engine import Engine
from ocr.handwriting import Written, read_writing
from ocr.ink import find_ink, marks
from tests.ocr.made_forms import PX_PER_MM


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
