"""Tick boxes drawn in many ways, on the form's own page and as bands of ink."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.alignment import offsets
from ocr.blank import BlankPage, blank_pages, grown
from ocr.contract import Box, FieldType
from ocr.ink import find_ink
from ocr.ticks import BoxReading, Mark, TickReading, decide, read_boxes
from tests.ocr.made_forms import INK, PX_PER_MM, Sheet, published, sheet


@pytest.fixture(scope="module")
def page() -> BlankPage:
    return blank_pages(published())[0]


def _read(page: BlankPage, drawn: Image.Image) -> TickReading:
    item = next(field for field in page.fields if field.type is FieldType.CHOICE)
    flat = np.asarray(drawn)
    assert page.grey is not None
    grey = np.asarray(drawn.convert("L"))
    found = offsets(grey, page.grey, page.px_per_mm, [grown(option.box_mm, 1.5) for option in item.options], 1.5)
    (boxes,) = read_boxes([item], find_ink(flat, page.printed, page.px_per_mm), [found])
    return decide(boxes)


def _page_with(page: BlankPage, marks: dict[int, str], shift_px: tuple[int, int] = (0, 0)) -> Image.Image:
    """The form with marks on the boxes of those numbers, the whole page moved by some pixels."""
    drawn = Image.fromarray(sheet(Sheet())).copy()
    pen = ImageDraw.Draw(drawn)
    item = next(field for field in page.fields if field.type is FieldType.CHOICE)
    for number, mark in marks.items():
        _draw(pen, item.options[number].box_mm, mark)
    return drawn.transform(
        drawn.size, Image.Transform.AFFINE, (1, 0, -shift_px[0], 0, 1, -shift_px[1]), fillcolor="white"
    )


def _draw(pen: ImageDraw.ImageDraw, box: Box, mark: str) -> None:
    x, y, size, _ = (part * PX_PER_MM for part in box)

    def at(a: float, b: float) -> tuple[float, float]:
        return x + a * size, y + b * size

    if mark == "check":
        pen.line([at(0.1, 0.5), at(0.4, 0.9), at(1.1, -0.1)], INK, 4)
    elif mark == "cross":
        pen.line([at(0.1, 0.1), at(0.9, 0.9)], INK, 4)
        pen.line([at(0.9, 0.1), at(0.1, 0.9)], INK, 4)
    elif mark == "slash":
        pen.line([at(0.05, 0.95), at(0.95, 0.05)], INK, 3)
    elif mark == "scribble":
        pen.line([at(0.15 + 0.7 * (step % 2), 0.1 + 0.1 * step) for step in range(9)], INK, 4)
    elif mark == "pencil":
        pen.line([at(0.1, 0.5), at(0.4, 0.9), at(1.1, -0.1)], (150, 150, 155), 4)
    elif mark == "black":
        pen.rectangle([at(0.0, 0.0), at(1.0, 1.0)], fill=INK)
    elif mark == "circle":
        pen.ellipse([at(-0.25, -0.25), at(1.25, 1.25)], outline=INK, width=4)
    elif mark == "speck":
        pen.ellipse([at(0.45, 0.45), at(0.5, 0.5)], fill=INK)


@pytest.mark.parametrize("mark", ["check", "cross", "slash", "scribble", "pencil"])
@pytest.mark.parametrize("shift", [(0, 0), (5, -4)])
def test_each_way_to_tick_is_a_tick(page: BlankPage, mark: str, shift: tuple[int, int]) -> None:
    answer = _read(page, _page_with(page, {2: mark}, shift))
    assert answer.value == "3"
    assert answer.confidence >= 0.95
    assert answer.notes == ()


def test_no_tick_and_a_speck_are_no_answer(page: BlankPage) -> None:
    for marks in ({}, {1: "speck"}):
        answer = _read(page, _page_with(page, marks))
        assert (answer.value, answer.written, answer.notes) == (None, False, ("no_tick",))


@pytest.mark.parametrize(
    ("marks", "value", "note"),
    [
        ({0: "check", 3: "cross"}, None, "two_ticks"),
        ({0: "black", 3: "check"}, "4", "cancelled_tick"),
        ({1: "black"}, "2", "blacked_box"),
        ({0: "black", 1: "black"}, None, "two_ticks"),
        ({2: "circle"}, "3", "mark_beside_box"),
        ({0: "circle", 2: "circle"}, None, "mark_beside_box"),
    ],
)
def test_what_a_person_must_decide_is_never_sure(
    page: BlankPage, marks: dict[int, str], value: str | None, note: str
) -> None:
    answer = _read(page, _page_with(page, marks))
    assert answer.value == value
    assert note in answer.notes
    assert answer.confidence <= 0.8


def _box(value: str, mark: Mark, share: float, around: float = 0.0) -> BoxReading:
    return BoxReading(value, mark, share, around)


def test_an_unclear_mark_beside_a_tick_lowers_it() -> None:
    answer = decide([_box("1", Mark.TICKED, 0.2), _box("2", Mark.UNCLEAR, 0.03)])
    assert (answer.value, answer.notes) == ("1", ("unclear_mark",))
    assert answer.confidence < 0.95


def test_a_lone_unclear_mark_is_shown_but_not_believed() -> None:
    answer = decide([_box("1", Mark.BLANK, 0.0), _box("2", Mark.UNCLEAR, 0.03)])
    assert (answer.value, answer.notes) == ("2", ("unclear_mark",))
    assert answer.confidence < 0.5


def test_sureness_grows_with_the_distance_from_the_bands() -> None:
    clear = decide([_box("1", Mark.TICKED, 0.2), _box("2", Mark.BLANK, 0.0)])
    thin = decide([_box("1", Mark.TICKED, 0.045), _box("2", Mark.BLANK, 0.0)])
    dirty = decide([_box("1", Mark.TICKED, 0.2), _box("2", Mark.BLANK, 0.011)])
    assert thin.confidence < clear.confidence
    assert dirty.confidence < 0.95 <= clear.confidence
