"""A fixed part of the full evaluation: four filled forms, each under half of six conditions, and the committed
pictures, read and compared with their truth.

The figures for many more pictures come from `python -m tests.evaluation.forms`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocr.contract import FieldStatus, Retake
from ocr.engine import EngineOptions
from ocr.forms import shipped
from ocr.pages import decode
from ocr.reader import Reader, ReaderOptions
from tests.evaluation.forms import GOOD_LIGHT, READ_ON, Readings, read
from tests.evaluation.scoring import outcomes, summary
from tests.photographs.camera import BASE, CURLED
from tests.photographs.corpus import corpus
from tests.photographs.fill import FORM_KEY
from tests.photographs.samples import DEMO, SAMPLES

pytestmark = pytest.mark.timeout(1200)
"""Reading all pictures is the set-up of the first test, and a busy machine takes several minutes for it."""

FORMS = (4, 5, 7, 8)
"""Chinese hands and a joined Latin one, printed values, a mark taken back, a row without mark."""


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(ReaderOptions(EngineOptions(threads=1), today=READ_ON))


@pytest.fixture(scope="module")
def readings(reader: Reader) -> Readings:
    taken = (picture for place, number in enumerate(FORMS) for picture in corpus([number], BASE[place % 2 :: 2]))
    return read(reader, taken)


@pytest.mark.fonts
def test_good_pictures_are_read_right(readings: Readings) -> None:
    assert summary(readings.under(GOOD_LIGHT))["exact"] >= 0.97


@pytest.mark.fonts
def test_bad_pictures_are_mostly_read_right(readings: Readings) -> None:
    told = summary(readings.under(condition.name for condition in BASE if condition is not CURLED))
    assert told["exact"] >= 0.90
    assert told["fields"] == len(FORMS) // 2 * 5 * 16


@pytest.mark.fonts
def test_nothing_is_wrong_but_sure(readings: Readings) -> None:
    assert [one.as_json() for one in readings.outcomes if one.wrong_but_sure] == []


@pytest.mark.fonts
def test_what_is_empty_and_what_is_filled_are_not_confused(readings: Readings) -> None:
    told = summary(readings.under(GOOD_LIGHT))["empty"]
    assert told["fields"] >= 4
    assert told["filled_but_told_empty"] == 0
    assert told["told_empty"] >= 0.9


@pytest.mark.fonts
def test_every_sheet_is_recognised(readings: Readings) -> None:
    assert readings.wrong_sheet == []
    refused = {picture: retake for picture, retake in readings.refused.items() if CURLED.name not in picture}
    assert refused == {}
    assert set(readings.refused.values()) <= {Retake.NOT_FLAT}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_committed_pictures_of_all_kinds_are_recognised_and_never_sure_of_an_error(reader: Reader, path: Path) -> None:
    truth = json.loads(path.read_text("utf-8"))
    form = shipped.load(FORM_KEY)
    reading = reader.read_form([page.picture for page in decode(path.with_suffix(".jpg").read_bytes())], [form])
    assert (reading.template_key, reading.sheet_id, reading.retake) == (FORM_KEY, truth["sheet_id"], None)
    assert [one.as_json() for one in outcomes(reading, truth, form.template) if one.wrong_but_sure] == []


def test_the_demos_photograph_is_read(reader: Reader) -> None:
    truth = json.loads((DEMO / "review-photo.json").read_text("utf-8"))
    form = shipped.load(FORM_KEY)
    pages = decode((DEMO / "review-photo.jpg").read_bytes())
    reading = reader.read_form([page.picture for page in pages], [form])
    assert reading.sheet_id == truth["sheet_id"]
    said = {field.key: field for field in reading.fields}
    for key in ("employee_name", "staff_number", "period", "signed_on", "grade", "score_results"):
        assert said[key].value == truth["values"][key], key
    assert sum(field.status is FieldStatus.READ for field in reading.fields) >= 8
