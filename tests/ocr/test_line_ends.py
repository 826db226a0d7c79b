"""Full stops at the end of a line: too small for a stroke, and never lost for sure."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.arrays import Picture
from ocr.engine import Engine
from ocr.handwriting import read_writing
from ocr.ink import Marks, find_ink, marks
from ocr.line_ends import shows_final_mark, with_final_mark
from tests.ocr.made_forms import PX_PER_MM
from tests.photographs.hands import CHINESE_HANDS, LATIN_HANDS, UNSEEN_CHINESE_HANDS, UNSEEN_LATIN_HANDS, Hand
from tests.photographs.ink import InkLayer, Pen

CELL_MM = (110.0, 14.0)
CHINESE = ("工作细致，交付质量稳定", "文档更新不够及时", "开会前没有准备材料", "主动帮助新同事")
LATIN = ("Be patient with juniors", "Share risks earlier", "Nobody knows why", "Ask for help sooner")
APART = ("kai", "brush-kai", "even-kai", "kai-with-mentor-latin", "upright", "klee", "thin")
"""Hands whose stop stands apart from the last letter."""


def _cell(number: int, text: str, hand: Hand, size_mm: float) -> Picture:
    rng = np.random.default_rng([5, number])
    ink = InkLayer(CELL_MM, 300, (26, 48, 138), rng, Pen(0.0, float(rng.normal(0, 5)), 0.9))
    ink.write(text, (3.0, 2.0, CELL_MM[0] - 6, 10.0), hand, size_mm, slant=0.4)
    width, height = (round(side * PX_PER_MM) for side in CELL_MM)
    paper = np.full((*ink.coverage.shape, 3), (242, 241, 236), np.uint8)
    seen = cv2.resize(ink.on(paper), (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(cv2.GaussianBlur(seen, (0, 0), 0.8) + rng.normal(0, 2, seen.shape), 0, 255), np.uint8)


def _marks(cell: Picture) -> Marks:
    ink = find_ink(cell, None, PX_PER_MM)
    return marks(ink.strong, ink.faint, PX_PER_MM)


def _shown(found: Marks) -> bool:
    assert found.outline is not None
    left, top, width, height = (float(value) for value in found.outline)
    corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
    return with_final_mark(found, np.array(corners))[1]


def _written(ending: str) -> list[Marks]:
    kinds = (((*CHINESE_HANDS, *UNSEEN_CHINESE_HANDS), CHINESE), ((*LATIN_HANDS, *UNSEEN_LATIN_HANDS), LATIN))
    return [
        _marks(_cell(number, text + (ending if text.isascii() else ending.replace(".", "。")), hand, 5.4))
        for hands, texts in kinds
        for hand in hands
        if hand.name in APART
        for number, text in enumerate(texts)
    ]


def test_a_full_stop_apart_is_seen_in_the_ink() -> None:
    seen = [_shown(found) for found in _written(".")]
    assert sum(seen) >= 0.9 * len(seen)


def test_a_last_letter_is_no_full_stop() -> None:
    seen = [_shown(found) for found in _written("")]
    assert sum(seen) <= 0.05 * len(seen)


def test_the_outline_reaches_over_the_stop_and_no_further() -> None:
    canvas = np.zeros((60, 400), bool)
    for left in range(20, 200, 24):
        canvas[15:45, left : left + 4] = canvas[28:32, left : left + 16] = True
    dot = np.zeros_like(canvas)
    dot[40:45, 215:220] = True
    line = np.array([[18.0, 12], [206, 12], [206, 48], [18, 48]])
    longer, seen = with_final_mark(Marks(canvas, dot, (20, 15, 184, 30), 9.0, faint_only=False), line)
    assert seen
    assert longer[:, 0].tolist() == [18, 220, 220, 18]
    far = np.roll(dot, 100, axis=1)
    for other in (np.roll(dot, -22, axis=0), far, np.zeros_like(dot)):
        same, seen = with_final_mark(Marks(canvas, other, (20, 15, 184, 30), 9.0, faint_only=False), line)
        assert not seen
        assert same.tolist() == line.tolist()


@pytest.mark.parametrize(
    "hand", [CHINESE_HANDS[1], UNSEEN_CHINESE_HANDS[3], LATIN_HANDS[2]], ids=lambda hand: hand.name
)
def test_a_full_stop_is_read_or_the_text_is_not_sure(hand: Hand, engine: Engine) -> None:
    texts = LATIN if hand in LATIN_HANDS else CHINESE
    for number, text in enumerate(texts):
        found = _marks(cell := _cell(number, text + ("." if text.isascii() else "。"), hand, 5.4))
        told = read_writing(cell, found, PX_PER_MM, engine)
        assert shows_final_mark(told.text) or told.confidence < 0.95


@pytest.mark.parametrize("text", ["稳定。", "help.", "(draft)", "真的吗？", "“好”", "so …"])
def test_what_a_small_mark_can_be(text: str) -> None:
    assert shows_final_mark(text)


@pytest.mark.parametrize("text", ["稳定", "help", "", "Q3", " "])
def test_what_no_small_mark_can_be(text: str) -> None:
    assert not shows_final_mark(text)
