"""Pictures of two forms through the whole reader: what is read, what is refused, and what is never sure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from ocr.blank import BlankError
from ocr.contract import Code, FieldStatus, FormReading, MatchedBy, PublishedForm, Retake
from ocr.forms import shipped
from ocr.reader import PictureError, Reader
from tests.ocr.made_forms import (
    CODE,
    FILLED,
    HEIGHT,
    WIDTH,
    Sheet,
    as_jpeg,
    photograph,
    published,
    sheet,
    without_anchors,
)

EXPECTED = {
    "visitor": "Emily Carter",
    "company": "Northwind",
    "visited_on": "2026-10-05",
    "badge": "42",
    "purpose": "Review of the quarter",
    "floor": "3",
    "signature": "present",
}


@pytest.fixture(scope="module")
def form() -> PublishedForm:
    return published()


def _read(reader: Reader, form: PublishedForm, filled: Sheet = FILLED, **camera: Any) -> FormReading:
    return reader.read_form([as_jpeg(photograph(sheet(filled), **camera))], [form])


def _values(reading: FormReading) -> dict[str, str | None]:
    return {field.key: field.value for field in reading.fields}


def test_a_photograph_becomes_fields(reader: Reader, form: PublishedForm) -> None:
    reading = _read(reader, form)
    assert (reading.template_key, reading.template_version) == ("visitor-register", 1)
    assert reading.matched_by is MatchedBy.MARKERS
    assert reading.sheet_id == CODE.sheet_id
    assert reading.retake is None
    assert reading.score > 0.95
    assert _values(reading) == EXPECTED
    assert {field.status for field in reading.fields} == {FieldStatus.READ}
    page = reading.pages[0]
    assert page.labels_found == page.labels_expected
    upright = cv2.imdecode(np.frombuffer(page.image, np.uint8), cv2.IMREAD_COLOR)
    assert upright is not None
    assert upright.shape[:2] == (page.height, page.width)


def test_boxes_and_crops_show_the_field(reader: Reader, form: PublishedForm) -> None:
    reading = _read(reader, form)
    page = reading.pages[0]
    picture = cv2.imdecode(np.frombuffer(page.image, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    for field in reading.fields:
        assert field.box is not None
        corners = np.array(field.box)
        assert (corners >= 0).all()
        assert (corners < (page.width, page.height)).all()
        assert corners[0][0] < corners[1][0]
        assert corners[0][1] < corners[3][1]
        assert field.crop is not None
        crop = cv2.imdecode(np.frombuffer(field.crop, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert crop is not None
        assert float(crop.min()) < 120, f"{field.key}: the writing is on the crop"
    visitor = next(field for field in reading.fields if field.key == "visitor")
    assert visitor.box is not None
    left, top = (int(min(corner[axis] for corner in visitor.box)) for axis in (0, 1))
    right, bottom = (int(max(corner[axis] for corner in visitor.box)) for axis in (0, 1))
    assert "Emily" in reader.engine.read(cv2.cvtColor(picture[top:bottom, left:right], cv2.COLOR_GRAY2RGB))[0].text


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_picture_on_its_side_or_head_is_read(reader: Reader, form: PublishedForm, turns: int) -> None:
    reading = _read(reader, form, turns=turns, tilt=0.08)
    assert _values(reading) == EXPECTED
    assert reading.pages[0].width > reading.pages[0].height


def test_what_is_not_filled_in_is_empty(reader: Reader, form: PublishedForm) -> None:
    reading = _read(reader, form, Sheet(texts={"company": "Northwind"}))
    assert _values(reading) == {**dict.fromkeys(EXPECTED), "company": "Northwind"}
    statuses = {field.key: field.status for field in reading.fields}
    assert statuses == {**dict.fromkeys(EXPECTED, FieldStatus.EMPTY), "company": FieldStatus.READ}


def test_values_that_cannot_be_are_kept_and_not_sure(reader: Reader, form: PublishedForm) -> None:
    texts = {"badge": "4200", "visited_on": "2125-10-05", "visitor": "R2D2"}
    reading = _read(reader, form, Sheet(texts=texts, ticked=("1", "2")))
    fields = {field.key: field for field in reading.fields}
    assert (fields["badge"].value, fields["badge"].status) == ("4200", FieldStatus.LOW_CONFIDENCE)
    assert "out_of_range" in fields["badge"].notes
    assert "implausible_date" in fields["visited_on"].notes
    assert fields["visited_on"].status is FieldStatus.LOW_CONFIDENCE
    assert "not_a_name" in fields["visitor"].notes
    assert (fields["floor"].value, fields["floor"].status) == (None, FieldStatus.UNREADABLE)


@pytest.mark.parametrize("bend_mm", [3.5, 8.0])
def test_bent_paper_is_straightened_and_read(reader: Reader, form: PublishedForm, bend_mm: float) -> None:
    reading = _read(reader, form, bend_mm=bend_mm)
    assert _values(reading) == EXPECTED
    assert "paper_bent" in reading.warnings


def test_a_covered_marker_is_survived(reader: Reader, form: PublishedForm) -> None:
    page = sheet(FILLED).copy()
    page[-150:, -150:] = (190, 150, 130)
    reading = reader.read_form([as_jpeg(photograph(page))], [form])
    assert _values(reading) == EXPECTED
    assert "marker_missing" in reading.warnings


def test_without_any_marker_the_layout_places_the_page(reader: Reader, form: PublishedForm) -> None:
    page = sheet(replace(FILLED, code=None)).copy()
    for rows in (slice(0, 140), slice(-140, None)):
        for columns in (slice(0, 140), slice(-140, None)):
            page[rows, columns] = 250
    reading = reader.read_form([as_jpeg(photograph(page))], [form])
    assert reading.matched_by is MatchedBy.LAYOUT
    assert _values(reading) == EXPECTED
    assert reading.sheet_id is None


def test_a_form_of_which_no_word_is_known(reader: Reader, form: PublishedForm) -> None:
    assert _values(_read(reader, without_anchors(form))) == EXPECTED


def test_the_form_is_recognised_among_others(reader: Reader, form: PublishedForm) -> None:
    uncoded = replace(FILLED, code=None)
    picture = as_jpeg(photograph(sheet(uncoded)))
    reading = reader.read_form([picture], [shipped.load("quarterly-review"), form])
    assert reading.template_key == "visitor-register"
    assert "code_unreadable" in reading.warnings
    assert reading.score < 0.95
    assert _values(reading) == EXPECTED


@pytest.mark.parametrize(
    "code", [Code("visitor-register", 2, 1, "0" * 32), Code("expense-claim", 1, 1, "0" * 32)], ids=["version", "form"]
)
def test_a_code_of_another_form_or_version_is_refused(reader: Reader, form: PublishedForm, code: Code) -> None:
    reading = _read(reader, form, replace(FILLED, code=code))
    assert (reading.retake, reading.fields) == (Retake.WRONG_FORM, ())
    assert (reading.template_key, reading.template_version) == (code.template_key, code.template_version)


def test_two_versions_and_no_code_leave_the_version_open(reader: Reader, form: PublishedForm) -> None:
    picture = as_jpeg(photograph(sheet(replace(FILLED, code=None))))
    reading = reader.read_form([picture], [form, published(version=2)])
    assert "version_unsure" in reading.warnings


@pytest.mark.parametrize(
    ("camera", "reason"),
    [
        ({"blur": 4.0}, Retake.BLURRED),
        ({"blur": 9.0}, Retake.BLURRED),
        ({"shift": (0.0, 0.35)}, Retake.CORNER_MISSING),
        ({"shift": (0.5, 0.0)}, Retake.CORNER_MISSING),
        ({"scale": 0.28}, Retake.TOO_SMALL),
    ],
)
def test_pictures_that_must_be_taken_again(
    reader: Reader, form: PublishedForm, camera: dict[str, Any], reason: Retake
) -> None:
    reading = _read(reader, form, **camera)
    assert (reading.retake, reading.fields) == (reason, ())
    assert len(reading.pages) == 1


def test_something_else_is_not_a_form(reader: Reader, form: PublishedForm) -> None:
    scene = np.full((900, 1200, 3), (120, 140, 90), np.uint8)
    cv2.circle(scene, (500, 400), 220, (200, 80, 60), -1)
    cv2.putText(scene, "Fresh fruit", (200, 800), cv2.FONT_HERSHEY_SIMPLEX, 3, (255, 255, 255), 5)
    reading = reader.read_form([as_jpeg(scene)], [form])
    assert (reading.retake, reading.matched_by, reading.fields) == (Retake.NOT_A_FORM, MatchedBy.NONE, ())
    assert reader.read_form([], [form]).retake is Retake.NOT_A_FORM


def test_the_same_page_twice_and_sheets_that_differ_are_noticed(reader: Reader, form: PublishedForm) -> None:
    other = replace(FILLED, code=replace(CODE, sheet_id="f" * 32))
    pictures = [as_jpeg(photograph(sheet(filled))) for filled in (FILLED, other)]
    reading = reader.read_form(pictures, [form])
    assert {"page_twice", "sheets_differ"} <= set(reading.warnings)
    assert reading.sheet_id is None
    assert len(reading.fields) == len(EXPECTED)


def test_what_is_no_picture_is_told(reader: Reader, form: PublishedForm) -> None:
    for data in (b"", b"not a picture"):
        with pytest.raises(PictureError):
            reader.read_form([data], [form])
        with pytest.raises(PictureError):
            reader.read_lines(data)


def test_a_blank_that_does_not_fit_its_template_is_told(reader: Reader, form: PublishedForm) -> None:
    square = replace(form.template, key="square", page_size_mm=(WIDTH, HEIGHT + 60))
    with pytest.raises(BlankError, match="shape"):
        reader.read_form([as_jpeg(sheet(FILLED))], [replace(form, template=square)])
    with pytest.raises(BlankError, match="not a picture"):
        reader.read_form([as_jpeg(sheet(FILLED))], [PublishedForm(replace(form.template, key="x"), (b"nothing",))])
