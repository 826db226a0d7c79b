"""The engine reads lines that Pillow draws, keeps the probability of each character, and makes its model folders."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.contract import Line
from ocr.engine import (
    EMBEDDED_DETECTOR,
    EMBEDDED_RECOGNISER,
    Engine,
    EngineError,
    EngineOptions,
    embedded_model_dir,
    in_reading_order,
)


def _drawn(*lines: str, size: int = 34) -> np.ndarray:
    picture = Image.new("RGB", (620, 30 + 70 * len(lines)), "white")
    pen = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        pen.text((20, 20 + 70 * row), line, "black", ImageFont.load_default(size))
    return np.asarray(picture)


def test_lines_come_in_reading_order(engine: Engine) -> None:
    lines = engine.read(_drawn("Quarterly review", "Staff number T1006", "2026-10-05"))
    assert [line.text for line in lines] == ["Quarterly review", "Staff number T1006", "2026-10-05"]
    assert all(line.confidence > 0.9 for line in lines)
    tops = [line.box[0][1] for line in lines]
    assert tops == sorted(tops)


def test_an_empty_picture_has_no_lines(engine: Engine) -> None:
    assert engine.read(np.full((200, 300, 3), 255, np.uint8)) == []


def test_recognition_keeps_the_weakest_character(engine: Engine) -> None:
    (reading,) = engine.recognise([_drawn("T1006")[20:80, :200]])
    assert reading.text == "T1006"
    assert 0.5 < reading.weakest <= reading.confidence <= 1


def test_a_sliver_is_nothing(engine: Engine) -> None:
    (reading,) = engine.recognise([np.zeros((1, 40, 3), np.uint8)])
    assert (reading.text, reading.weakest) == ("", 0.0)


def test_model_folders_appear_whole_when_many_make_them_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: embedded_model_dir(EMBEDDED_DETECTOR, tmp_path), range(6)))
    assert len(set(made)) == 1
    assert (made[0] / "inference.onnx").resolve().stat().st_size > 1_000_000
    assert "DBPostProcess" in (made[0] / "inference.yml").read_text("utf-8")
    assert [path.name for path in (tmp_path / "models").iterdir()] == [made[0].name]


def test_a_folder_whose_link_points_nowhere_is_mended(tmp_path: Path) -> None:
    made = embedded_model_dir(EMBEDDED_RECOGNISER, tmp_path)
    (made / "inference.onnx").unlink()
    (made / "inference.onnx").symlink_to(tmp_path / "gone.onnx")
    assert embedded_model_dir(EMBEDDED_RECOGNISER, tmp_path) == made
    assert (made / "inference.onnx").exists()


def test_a_configured_folder_must_exist(tmp_path: Path) -> None:
    engine = Engine(EngineOptions(recogniser_dir=tmp_path / "absent"))
    with pytest.raises(EngineError, match="does not exist"):
        engine.recognise([_drawn("text")])


def test_rows_are_read_from_left_to_right() -> None:
    def line(text: str, x: float, y: float) -> Line:
        return Line(text, 1.0, ((x, y), (x + 50, y + 2), (x + 50, y + 22), (x, y + 20)))

    lines = [line("d", 100, 44), line("b", 100, 6), line("a", 0, 0), line("c", 0, 40)]
    assert [found.text for found in in_reading_order(lines)] == ["a", "b", "c", "d"]
