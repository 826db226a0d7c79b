"""The pictures that judge the reader must be right themselves: seeded, true, and as the conditions say."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ocr.contract import Code, FieldType, parse_code
from ocr.forms import shipped
from tests.photographs.camera import (
    BASE,
    CLEAN,
    COMPRESSED,
    CURLED,
    EVERYTHING,
    LARGE,
    MILD,
    ROTATED,
    TURNED_BY_EXIF,
    Condition,
    photograph,
)
from tests.photographs.corpus import conditions_named, corpus
from tests.photographs.fill import FORM_KEY, PAGE_DPI, fill, page
from tests.photographs.hands import CHINESE_HANDS, LATIN_HANDS, HandMissingError, Script, font
from tests.photographs.people import EMPLOYEES
from tests.photographs.samples import DEMO, SAMPLES, demo_filling

pytestmark = pytest.mark.fonts

TEMPLATE = shipped.load(FORM_KEY).template


def upright(jpeg: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(jpeg)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("L"))


@pytest.fixture(scope="module")
def sheet() -> NDArray[np.uint8]:
    return page(fill(0))


@pytest.fixture(scope="module")
def taken(sheet: NDArray[np.uint8]) -> dict[str, bytes]:
    """The same sheet under each condition, by its name."""
    return {condition.name: photograph(sheet, condition, (4,)) for condition in EVERYTHING}


def test_forms_differ_and_hold_what_paper_holds() -> None:
    forms = [fill(number) for number in range(24)]
    assert len({form.sheet_id for form in forms}) == 24
    assert {form.hand.name for form in forms} >= {hand.name for hand in CHINESE_HANDS}
    assert len({form.hand.name for form in forms} & {hand.name for hand in LATIN_HANDS}) >= 6
    assert len({kind for form in forms for ticks in form.ticks.values() for _, kind in ticks}) >= 6
    assert any(form.printed for form in forms)
    assert any(form.unclear for form in forms)
    nothing = Counter(key for form in forms for key, value in form.truth.items() if value is None)
    assert nothing.keys() >= {"department", "reviewer", "improvements", "score_initiative", "signature"}
    notations = {re.sub(r"\d+", "9", form.written["signed_on"]) for form in forms}
    assert len(notations) >= 6


@pytest.mark.parametrize("number", range(24))
def test_truth_is_what_the_contract_calls_a_value(number: int) -> None:
    form = fill(number)
    assert form.truth.keys() == {field.key for field in TEMPLATE.fields}
    for field in TEMPLATE.fields:
        value = form.truth[field.key]
        if value is None:
            assert field.key not in form.written
            assert field.key not in form.ticks or field.key in form.unclear
            continue
        assert value == unicodedata.normalize("NFKC", value).strip()
        if field.type is FieldType.DATE:
            assert re.fullmatch(r"2026-10-\d\d", value)
        if field.type is FieldType.SIGNATURE:
            assert value == "present"
        if field.options:
            assert value in {option.value for option in field.options}
        if field.pattern:
            assert re.fullmatch(field.pattern, value)


def test_the_same_number_gives_the_same_pixels(sheet: NDArray[np.uint8]) -> None:
    assert (page(fill(0)) == sheet).all()
    small = replace(MILD, long_side=600)
    assert photograph(sheet, small, (1, 2)) == photograph(sheet, small, (1, 2))
    assert photograph(sheet, small, (1, 2)) != photograph(sheet, small, (1, 3))


@pytest.mark.parametrize("number", [4, 6, 8])
def test_ink_stands_in_the_fields_that_the_truth_says(number: int) -> None:
    form = fill(number)
    filled = cv2.cvtColor(page(form), cv2.COLOR_RGB2GRAY)
    dots = PAGE_DPI / 25.4
    for field in TEMPLATE.fields:
        boxes = {option.value: option.box_mm for option in field.options} or {"": field.box_mm}
        inner = 0.9 if field.options else 0.0
        for value, (x, y, width, height) in boxes.items():
            rows = slice(round((y + inner) * dots), round((y + height - inner) * dots))
            columns = slice(round((x + inner) * dots), round((x + width - inner) * dots))
            darker = float((filled[rows, columns] < 190).mean())
            marked = value in dict(form.ticks.get(field.key, [])) if field.options else field.key in form.written
            assert (darker > 0.004) == marked, (field.key, value, darker)


@pytest.mark.parametrize("condition", EVERYTHING, ids=lambda condition: condition.name)
def test_all_markers_are_in_every_picture(taken: dict[str, bytes], condition: Condition) -> None:
    picture = upright(taken[condition.name])
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    corners, ids, _ = detector.detectMarkers(picture)
    assert sorted(ids.ravel().tolist()) == [0, 1, 2, 3]
    first = corners[ids.ravel().tolist().index(0)][0]
    reads_from_top = bool(first[0][1] < first[3][1])
    assert reads_from_top is not condition.upside_down
    assert max(picture.shape) == condition.long_side


def test_the_code_of_a_clean_picture_names_its_sheet(taken: dict[str, bytes]) -> None:
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(upright(taken[CLEAN.name]))
    assert parse_code(text) == Code(FORM_KEY, 1, 1, fill(0).sheet_id)


def test_conditions_are_as_strong_as_they_say(taken: dict[str, bytes]) -> None:
    picture = upright(taken[ROTATED.name])
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    corners, ids, _ = detector.detectMarkers(picture)
    centres = {int(number): quad[0].mean(axis=0) for number, quad in zip(ids.ravel(), corners, strict=True)}
    across = centres[1] - centres[0]
    assert abs(np.degrees(np.arctan2(across[1], across[0]))) == pytest.approx(12, abs=4)
    outline = np.array([centres[number] for number in range(4)], np.int32)
    inside = cv2.fillConvexPoly(np.zeros_like(picture), outline, (1,)).astype(bool)
    paper = cv2.erode(cv2.dilate(picture, np.ones((15, 15))), np.ones((15, 15)))[inside]
    assert np.percentile(paper, 5) < 0.65 * np.percentile(paper, 95)
    assert len(taken[COMPRESSED.name]) < len(taken[MILD.name]) / 2
    with Image.open(io.BytesIO(taken[TURNED_BY_EXIF.name])) as image:
        assert image.width > image.height
        assert image.getexif()[0x0112] == 6
    with Image.open(io.BytesIO(taken[LARGE.name])) as image:
        assert image.width * image.height == pytest.approx(12.2e6, rel=0.02)


def test_curl_shifts_the_middle_of_a_line_by_two_per_cent_of_the_page() -> None:
    ruled = np.full((1400, 1000, 3), 255, np.uint8)
    ruled[700:706] = 0
    straight, curled = (
        upright(photograph(ruled, replace(CLEAN, curl=curl, long_side=1400), (5,))) for curl in (0.0, CURLED.curl)
    )

    def bend(picture: NDArray[np.uint8]) -> float:
        """Largest distance of the line from the chord between its ends, as a share of the height."""
        line = picture[:, 40:-40].argmin(axis=0).astype(float)
        chord = np.linspace(line[:5].mean(), line[-5:].mean(), line.size)
        return float(np.abs(cv2.blur(line - chord, (1, 9))).max() / picture.shape[0])

    assert bend(straight) < 0.004
    assert bend(curled) == pytest.approx(CURLED.curl, rel=0.25)


def test_conditions_are_chosen_by_name() -> None:
    assert conditions_named("base") == BASE
    assert conditions_named("curl2,clean") == (CURLED, CLEAN)
    with pytest.raises(ValueError, match="no condition fog"):
        conditions_named("clean,fog")


def test_a_corpus_has_every_form_under_every_condition() -> None:
    names = [one.name for one in corpus([2, 3], (CLEAN, COMPRESSED))]
    assert names == ["02-clean", "02-jpeg20", "03-clean", "03-jpeg20"]


def test_a_missing_font_names_its_package() -> None:
    with pytest.raises(HandMissingError, match="apt-get install fonts-nowhere"):
        font(Script("truetype/nowhere/None.ttf", "fonts-nowhere", "Nowhere"), 20)


COMMITTED = [*sorted(SAMPLES.glob("*.json")), DEMO / "review-photo.json"]


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_pictures_are_small_and_show_the_sheet_of_their_truth(path: Path) -> None:
    truth = json.loads(path.read_text("utf-8"))
    jpeg = path.with_suffix(".jpg").read_bytes()
    assert len(jpeg) < 250_000
    assert truth["template"] == {"key": TEMPLATE.key, "version": TEMPLATE.version}
    assert truth["values"].keys() == {field.key for field in TEMPLATE.fields}
    assert max(upright(jpeg).shape) == 1960


def test_the_committed_truths_are_those_of_the_generator() -> None:
    made = {"review-photo": demo_filling()} | {path.stem: fill(int(path.stem[:2])) for path in SAMPLES.glob("*.json")}
    assert len(made) == 13
    for path in COMMITTED:
        truth = json.loads(path.read_text("utf-8"))
        assert truth["values"] == made[path.stem].truth
        assert truth["sheet_id"] == made[path.stem].sheet_id


def test_the_demo_shows_a_person_of_the_company_and_nothing_unclear() -> None:
    values = demo_filling().truth
    assert (values["staff_number"], values["employee_name"]) in {(one.number, one.name) for one in EMPLOYEES}
    assert None not in values.values()
