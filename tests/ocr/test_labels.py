"""Which placements the printed labels confirm, and what they make of bent paper."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr import register
from ocr.arrays import Picture
from ocr.blank import BlankPage, blank_pages
from ocr.contract import Anchor, Line
from ocr.engine import Engine
from ocr.labels import Settled, by_lines, glance, matched_labels, plain, settle, similarity, spread_labels
from tests.ocr.made_forms import FILLED, photograph, published, sheet, without_anchors


@pytest.fixture(scope="module")
def page() -> BlankPage:
    return blank_pages(published())[0]


def _settled(picture: Picture, page: BlankPage, engine: Engine) -> Settled:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return settle(register.by_markers(register.find_markers(grey), page)[0], picture, page, engine)


def test_labels_in_place_confirm_a_page(page: BlankPage, engine: Engine) -> None:
    settled = _settled(photograph(sheet(FILLED)), page, engine)
    assert settled.confirmed
    assert settled.labels_found == settled.labels_expected == len(page.anchors)
    assert settled.residual_mm is not None
    assert settled.residual_mm < 0.3
    assert settled.words_right == settled.words_read > 0


def test_paper_that_is_bent_is_straightened(page: BlankPage, engine: Engine) -> None:
    settled = _settled(photograph(sheet(FILLED), bend_mm=2.0), page, engine)
    assert settled.confirmed
    assert settled.placement.bend_mm() > 1.0
    assert settled.residual_mm is not None
    assert settled.residual_mm < 0.4


def test_another_form_with_the_same_markers_is_not_confirmed(page: BlankPage, engine: Engine) -> None:
    """A form whose words stand elsewhere: its blank has the rows in another order."""
    assert page.grey is not None
    grey = page.grey.copy()
    grey[180:720] = page.grey[180:720][::-1]
    other = replace(page, grey=grey)
    settled = _settled(photograph(sheet(FILLED)), other, engine)
    assert not settled.confirmed


def test_a_form_without_known_words_is_confirmed_by_its_print(engine: Engine) -> None:
    page = blank_pages(without_anchors(published()))[0]
    settled = _settled(photograph(sheet(FILLED)), page, engine)
    assert settled.words_read == 0
    assert settled.labels_expected >= 12
    assert settled.confirmed


def test_a_glance_tells_the_right_form_from_another(page: BlankPage) -> None:
    picture = cv2.cvtColor(photograph(sheet(FILLED)), cv2.COLOR_RGB2GRAY)
    candidate = register.by_markers(register.find_markers(picture), page)[0]
    assert page.grey is not None
    other = replace(page, grey=cv2.flip(page.grey, -1))
    assert glance(candidate, picture, page) > 0.9
    assert glance(candidate, picture, other) < 0.8


def test_labels_among_lines_place_a_page(page: BlankPage) -> None:
    lines = [_line(anchor.text, anchor, scale=6.0, shift=(40, 25)) for anchor in page.anchors]
    lines.append(Line("something else", 0.9, ((0, 0), (90, 0), (90, 20), (0, 20))))
    (candidate,) = by_lines(lines, page, None)
    place = candidate.placement.to_picture(np.array([[90.0, 60.0]]))[0]
    assert np.allclose(place, (90 * 6 + 40, 60 * 6 + 25), atol=2)
    assert by_lines(lines[:5], page, None) == []


def test_each_label_and_line_is_used_once() -> None:
    anchors = [Anchor("Date", 1, (10, 10, 20, 4)), Anchor("Dates", 1, (10, 30, 20, 4))]
    lines = [_line("Date", anchors[0], 5.0, (0, 0)), _line("Dates", anchors[1], 5.0, (0, 0))]
    pairs = matched_labels(lines, anchors, None)
    assert {(anchor.text, line.text) for anchor, line in pairs} == {("Date", "Date"), ("Dates", "Dates")}


def test_texts_are_compared_without_case_width_and_spaces() -> None:
    assert plain("Ｓｔａｆｆ Number：") == "staffnumber"
    assert similarity("员工 姓名", "员工姓名:") == 100
    assert similarity("Name", "Reviewer") < 60


def test_the_sample_of_labels_is_spread_over_the_page(page: BlankPage) -> None:
    chosen = spread_labels(page, 5)
    assert len(chosen) == 5
    xs = [anchor.box_mm[0] for anchor in chosen]
    ys = [anchor.box_mm[1] for anchor in chosen]
    assert max(xs) - min(xs) > 60
    assert max(ys) - min(ys) > 50


def _line(text: str, anchor: Anchor, scale: float, shift: tuple[float, float]) -> Line:
    x, y, width, height = (part * scale for part in anchor.box_mm)
    x, y = x + shift[0], y + shift[1]
    return Line(text, 0.99, ((x, y), (x + width, y), (x + width, y + height), (x, y + height)))
