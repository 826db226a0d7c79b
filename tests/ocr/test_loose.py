"""Forms known by their words alone: tables and colons, in both languages, upright or not."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.arrays import Picture
from ocr.blank import blank_pages
from ocr.contract import FieldStatus, FieldType, FormField, FormTemplate, Line, Option, PublishedForm, Words
from ocr.engine import Engine
from ocr.loose import LooseReading, read_loosely, upright_lines
from ocr.loose_ticks import ticked_options

TODAY = date(2026, 10, 31)
BOX = (10.0, 10.0, 50.0, 8.0)


def _form(*fields: FormField) -> PublishedForm:
    return PublishedForm(FormTemplate("loose", 1, Words("表", "Form"), (210, 297), 1, fields), ())


def _field(key: str, zh: str, en: str, kind: FieldType = FieldType.TEXT, *aliases: str) -> FormField:
    return FormField(key, Words(zh, en), kind, 1, BOX, aliases=aliases)


def _at(text: str, x: float, y: float, width: float = 0.0) -> Line:
    right = x + (width or 11 * len(text))
    return Line(text, 0.99, ((x, y), (right, y), (right, y + 20), (x, y + 20)))


PAPER: Picture = np.full((700, 1000, 3), 255, np.uint8)


def _read(lines: list[Line], form: PublishedForm, picture: Picture = PAPER) -> LooseReading | None:
    return read_loosely(picture, lines, blank_pages(form), TODAY)


def _values(reading: LooseReading | None) -> dict[str, str | None]:
    assert reading is not None
    assert all(field.status is not FieldStatus.READ for field in reading.fields)
    return {field.key: field.value for field in reading.fields}


PERSON = _form(
    _field("name", "姓名", "Name", FieldType.PERSON),
    _field("department", "部门", "Department", FieldType.TEXT, "所在部门"),
    _field("joined", "入职日期", "Date of joining", FieldType.DATE),
)


def test_values_beside_their_labels() -> None:
    lines = [
        _at("姓名", 50, 50, 44), _at("刘晓雯", 200, 52, 66), _at("部门", 500, 50, 44), _at("研发部", 640, 49, 66),
        _at("入职日期", 50, 120, 88), _at("2020年3月5日", 210, 118, 140),
    ]  # fmt: skip
    assert _values(_read(lines, PERSON)) == {"name": "刘晓雯", "department": "研发部", "joined": "2020-03-05"}


def test_values_below_their_labels() -> None:
    lines = [
        _at("Name", 50, 50), _at("Department", 350, 50), _at("Date of joining", 650, 50),
        _at("Grace Miller", 55, 95), _at("Marketing", 352, 96), _at("5 Mar 2020", 655, 95),
    ]  # fmt: skip
    assert _values(_read(lines, PERSON)) == {"name": "Grace Miller", "department": "Marketing", "joined": "2020-03-05"}


def test_values_after_a_colon_and_under_an_alias() -> None:
    lines = [_at("姓名:刘晓雯", 50, 50), _at("所在部门：市场部", 50, 90), _at("入职日期: 2020-03-05", 50, 130)]
    assert _values(_read(lines, PERSON)) == {"name": "刘晓雯", "department": "市场部", "joined": "2020-03-05"}


def test_a_bilingual_label_of_which_one_language_is_known() -> None:
    lines = [_at("姓名 Full name", 50, 50), _at("何静怡", 300, 50), _at("部门 Unit", 50, 100), _at("运营部", 300, 100)]
    reading = _read(lines, PERSON)
    assert _values(reading) == {"name": "何静怡", "department": "运营部", "joined": None}


def test_fields_with_one_label_take_its_places_in_order() -> None:
    form = _form(
        _field("first", "电话", "Phone"), _field("second", "电话", "Phone"), _field("name", "姓名", "Name")
    )  # fmt: skip
    lines = [
        _at("姓名", 50, 50), _at("黄志强", 180, 50), _at("电话", 50, 100), _at("138001", 180, 100),
        _at("电话", 50, 150), _at("139002", 180, 150),
    ]  # fmt: skip
    assert _values(_read(lines, form)) == {"first": "138001", "second": "139002", "name": "黄志强"}


def test_a_printed_line_keeps_the_next_row_apart() -> None:
    """Without the rule the text below would be nearer than the answer on the right."""
    picture = Image.fromarray(PAPER)
    ImageDraw.Draw(picture).line([(0, 85), (1000, 88)], "black", 3)
    lines = [
        _at("姓名", 50, 50, 44), _at("Reserved", 50, 96), _at("陈雨桐", 420, 52),
        _at("部门", 620, 50), _at("研发部", 760, 50),
    ]  # fmt: skip
    assert _values(_read(lines, PERSON, np.asarray(picture)))["name"] == "陈雨桐"


def test_the_lines_of_a_long_text_stay_together() -> None:
    form = _form(_field("goals", "目标", "Goals", FieldType.LONG_TEXT), _field("name", "姓名", "Name"))
    lines = [
        _at("姓名", 50, 20), _at("孙佳宁", 180, 20), _at("目标", 50, 80), _at("提高文档质量", 180, 80),
        _at("学习数据分析", 182, 106), _at("Form 12", 700, 600),
    ]  # fmt: skip
    assert _values(_read(lines, form)) == {"goals": "提高文档质量\n学习数据分析", "name": "孙佳宁"}


def test_a_page_of_other_words_is_not_the_form() -> None:
    assert _read([_at("Invoice", 50, 50), _at("Total 300", 50, 90)], PERSON) is None
    assert _read([], PERSON) is None


def test_a_missing_answer_is_unreadable_not_empty() -> None:
    reading = _read([_at("姓名", 50, 50), _at("刘晓雯", 150, 50), _at("部门", 50, 600)], PERSON)
    assert reading is not None
    department = reading.fields[1]
    assert (department.value, department.status, department.notes) == (
        None,
        FieldStatus.UNREADABLE,
        ("no_text_near_label",),
    )


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_text_in_any_turn_is_put_upright(turns: int, engine: Engine) -> None:
    picture = Image.new("RGB", (760, 420), "white")
    pen = ImageDraw.Draw(picture)
    for row, text in enumerate(
        ("Name Grace Miller", "Department Marketing", "Visit in October", "Answers within a day")
    ):
        pen.text((30, 30 + 95 * row), text, "black", ImageFont.load_default(40))
    upright, lines = upright_lines(np.ascontiguousarray(np.rot90(np.asarray(picture), turns)), engine)
    assert upright.shape[:2] == (420, 760)
    assert lines[0].text.replace(" ", "") == "NameGraceMiller"


def test_boxes_before_the_words_of_options() -> None:
    picture = Image.new("L", (500, 200), 255)
    pen = ImageDraw.Draw(picture)
    options = []
    lines = []
    for row, (word, ticked) in enumerate((("Agreed", True), ("Refused", False))):
        top = 40 + 70 * row
        pen.rectangle([40, top, 58, top + 18], outline=0, width=2)
        if ticked:
            pen.line([(43, top + 9), (48, top + 15), (57, top + 2)], 0, 2)
        pen.text((70, top - 2), word, 0, ImageFont.load_default(20))
        options.append(Option(word.lower(), Words(word, word), BOX))
        lines.append(_at(word, 68, top - 2, 80))
    found = ticked_options(np.asarray(picture), options, lines)
    assert [(box.value, box.ticked) for box in found] == [("agreed", True), ("refused", False)]
