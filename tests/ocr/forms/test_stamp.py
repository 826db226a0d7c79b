"""Stamping: the code is readable and right, values stand in their cells, nothing else changes."""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr.contract import Code, parse_code
from ocr.forms import shipped
from ocr.forms.design import BLANK_DPI, design, pictures
from ocr.forms.fonts import CjkFont
from ocr.forms.stamp import StampError, stamp

pytestmark = pytest.mark.fonts

FORM = shipped.load("quarterly-review")
BLANK = shipped.blank_pdf("quarterly-review")
SHEET = "9f86d081884c7d659a2feaa0c55ad015"
DOTS = BLANK_DPI / 25.4


def picture(pdf: bytes, page: int = 1) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(pictures(pdf)[page - 1])) as image:
        return np.asarray(image)


@pytest.mark.parametrize("sheet", [SHEET, "0" * 32, "f" * 32])
def test_the_code_says_which_form_page_and_sheet(sheet: str) -> None:
    text, corners, _ = cv2.QRCodeDetector().detectAndDecode(picture(stamp(BLANK, FORM.template, sheet)))
    assert parse_code(text) == Code("quarterly-review", 1, 1, sheet)
    x, y, width, height = FORM.template.code_boxes_mm[1]
    assert corners[0].min(axis=0) / DOTS == pytest.approx([x, y], abs=0.5)
    assert corners[0].max(axis=0) / DOTS == pytest.approx([x + width, y + height], abs=0.5)


def test_every_page_has_its_own_code(small_source: dict[str, Any], cjk_font: CjkFont) -> None:
    made = design(small_source, cjk_font)
    stamped = stamp(made.pdf, made.template, SHEET)
    texts = [cv2.QRCodeDetector().detectAndDecode(picture(stamped, page))[0] for page in (1, 2)]
    assert [parse_code(text) for text in texts] == [Code("visit-report", 3, page, SHEET) for page in (1, 2)]


def test_only_the_code_is_added() -> None:
    before, after = picture(BLANK), picture(stamp(BLANK, FORM.template, SHEET))
    x, y, width, height = (value * DOTS for value in FORM.template.code_boxes_mm[1])
    rows, columns = np.nonzero(before != after)
    assert x - 2 <= columns.min()
    assert columns.max() <= x + width + 2
    assert y - 2 <= rows.min()
    assert rows.max() <= y + height + 2


def test_values_are_printed_inside_their_cells(cjk_font: CjkFont) -> None:
    values = {"employee_name": "欧阳 明轩", "department": "Research and Development", "signed_on": "2026-10-09"}
    without = picture(stamp(BLANK, FORM.template, SHEET))
    changed = picture(stamp(BLANK, FORM.template, SHEET, values, font=cjk_font)) != without
    for field in FORM.template.fields:
        x, y, width, height = (round(value * DOTS) for value in field.box_mm)
        cell = changed[y : y + height, x : x + width]
        assert cell.any() == (field.key in values)
        changed[y : y + height, x : x + width] = False
    assert not changed.any()


def test_equal_arguments_give_equal_bytes(cjk_font: CjkFont) -> None:
    values = {"employee_name": "何静怡", "period": "2026年第三季度"}
    turned = dict(reversed(values.items()))
    assert stamp(BLANK, FORM.template, SHEET, values, font=cjk_font) == stamp(
        BLANK, FORM.template, SHEET, turned, font=cjk_font
    )


def test_an_empty_value_prints_nothing_and_needs_no_font() -> None:
    assert stamp(BLANK, FORM.template, SHEET, {"department": " "}) == stamp(BLANK, FORM.template, SHEET)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"salary": "1"}, "no field 'salary'"),
        ({"grade": "A"}, "filled in by hand"),
        ({"score_quality": "5"}, "filled in by hand"),
        ({"signature": "x"}, "filled in by hand"),
        ({"key_achievements": "x"}, "filled in by hand"),
        ({"department": "部" * 40}, "too long"),
    ],
)
def test_values_that_cannot_be_printed_are_refused(values: dict[str, str], message: str, cjk_font: CjkFont) -> None:
    with pytest.raises(StampError, match=message):
        stamp(BLANK, FORM.template, SHEET, values, font=cjk_font)


def test_values_need_a_font() -> None:
    with pytest.raises(StampError, match="font"):
        stamp(BLANK, FORM.template, SHEET, {"department": "市场部"})


@pytest.mark.parametrize("sheet", ["", "9F" * 16, "9f" * 15, "9f" * 17, "zz" * 16])
def test_a_sheet_id_that_no_code_can_carry_is_refused(sheet: str) -> None:
    with pytest.raises(StampError, match="32"):
        stamp(BLANK, FORM.template, sheet)
