"""Many boxes that touch: what belongs to which, on a sheet that nobody tuned the form for."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.alignment import offsets
from ocr.arrays import Picture
from ocr.blank import BlankPage, blank_pages, grown
from ocr.ink import find_ink
from ocr.pages import decode
from ocr.reader import Reader
from ocr.ticks import BoxReading, Mark, decide, read_boxes
from tests.ocr.made_forms import PX_PER_MM
from tests.photographs.camera import MILD
from tests.tick_sheets import MARKED, TickSheet, right, tick_sheet, wrong_but_sure


@pytest.fixture(scope="module")
def sheet() -> TickSheet:
    return tick_sheet(0)


@pytest.fixture(scope="module")
def page(sheet: TickSheet) -> BlankPage:
    return blank_pages(sheet.form)[0]


def _boxes(page: BlankPage, drawn: Picture) -> dict[str, BoxReading]:
    assert page.grey is not None
    grey = np.asarray(Image.fromarray(drawn).convert("L"))
    pieces = [[grown(box, 1.5) for box in item.boxes] for item in page.fields]
    found = [offsets(grey, page.grey, page.px_per_mm, some, 1.5) for some in pieces]
    readings = read_boxes(page.fields, find_ink(drawn, page.printed, page.px_per_mm), found)
    return {item.key: reading for item, (reading,) in zip(page.fields, readings, strict=True)}


def _drawn(sheet: TickSheet, strokes: dict[str, list[tuple[float, float]]]) -> Picture:
    """The blank with a stroke from each box named, its points in sides of the box from its top left."""
    image = Image.fromarray(sheet.page).copy()
    pen = ImageDraw.Draw(image)
    places = {item.key: item.box_mm for item in sheet.form.template.fields}
    for key, points in strokes.items():
        x, y, width, height = places[key]
        pen.line([((x + a * width) * PX_PER_MM, (y + b * height) * PX_PER_MM) for a, b in points], (24, 32, 96), 5)
    return np.asarray(image)


CHECK = [(0.1, 0.5), (0.4, 0.85), (0.9, 0.1)]
WHOLE = {"dense/0/1": CHECK, "dense/0/8": CHECK, "dense/5/3": CHECK}


def test_the_tail_of_a_tick_is_not_the_neighbours(sheet: TickSheet, page: BlankPage) -> None:
    long = [(0.1, 0.5), (0.4, 0.85), (1.0, 0.0), (1.35, -0.3)]
    boxes = _boxes(page, _drawn(sheet, {**WHOLE, "dense/3/5": long}))
    ticked = {key for key, box in boxes.items() if box.mark is Mark.TICKED}
    assert ticked == {*WHOLE, "dense/3/5"}
    assert {box.mark for key, box in boxes.items() if key not in ticked} == {Mark.BLANK}
    assert not any(decide([box]).written for key, box in boxes.items() if key not in ticked)


def test_two_ticks_that_run_into_each_other_are_two(sheet: TickSheet, page: BlankPage) -> None:
    boxes = _boxes(page, _drawn(sheet, {**WHOLE, "dense/3/5": [(0.1, 0.8), (0.6, 0.2), (1.4, 0.9), (1.9, 0.1)]}))
    assert boxes["dense/3/5"].mark is Mark.TICKED
    assert boxes["dense/3/6"].mark is Mark.TICKED


def test_a_small_mark_of_its_own_beside_a_tick_is_not_lost(sheet: TickSheet, page: BlankPage) -> None:
    boxes = _boxes(page, _drawn(sheet, {**WHOLE, "dense/3/5": CHECK, "dense/3/6": [(0.4, 0.5), (0.7, 0.5)]}))
    assert boxes["dense/3/5"].mark is Mark.TICKED
    assert boxes["dense/3/6"].mark in {Mark.UNCLEAR, Mark.TICKED}


def test_a_long_stroke_from_beside_is_for_a_person(sheet: TickSheet, page: BlankPage) -> None:
    through = [(0.1, 0.5), (0.4, 0.85), (1.0, 0.4), (1.55, 0.25)]
    boxes = _boxes(page, _drawn(sheet, {**WHOLE, "dense/3/5": through}))
    assert boxes["dense/3/5"].mark is Mark.TICKED
    assert decide([boxes["dense/3/6"]]).confidence < 0.95


def test_a_ring_around_a_box_among_others_is_for_a_person(sheet: TickSheet, page: BlankPage) -> None:
    angles = np.linspace(0, 2 * np.pi, 30)
    ring = [(0.5 + 0.8 * float(np.cos(angle)), 0.5 + 0.8 * float(np.sin(angle))) for angle in angles]
    answer = decide([_boxes(page, _drawn(sheet, {**WHOLE, "square/2/1": ring}))["square/2/1"]])
    assert (answer.value, answer.notes) == (MARKED, ("mark_beside_box",))
    assert answer.confidence < 0.95


def test_a_photographed_sheet_is_read_box_by_box(sheet: TickSheet, reader: Reader) -> None:
    pictures, truth = sheet.photographs(5, (MILD,))
    reading = reader.read_form([decode(pictures[MILD.name])[0].picture], [sheet.form])
    assert reading.retake is None
    assert len(reading.fields) == len(truth) == 160
    assert [field.key for field in reading.fields if wrong_but_sure(field, truth[field.key])] == []
    assert sum(right(field, truth[field.key]) for field in reading.fields) >= 159
