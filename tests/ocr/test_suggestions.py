"""What is suggested of a form that nobody registered, by its lines alone."""

from __future__ import annotations

from datetime import date

import numpy as np

from ocr.contract import Line, Suggestion
from ocr.suggestions import suggest

PICTURE = np.full((900, 1200, 3), 255, np.uint8)
TODAY = date(2026, 10, 31)


def line(text: str, left: float, top: float, width: float = 120, height: float = 26) -> Line:
    right, bottom = left + width, top + height
    return Line(text, 0.98, ((left, top), (right, top), (right, bottom), (left, bottom)))


def told(*lines: Line) -> list[tuple[str | None, str, str]]:
    found: tuple[Suggestion, ...] = suggest(PICTURE, lines, 1, TODAY)
    return [(each.key, each.label, each.value) for each in found]


def test_values_after_beside_and_below_their_labels() -> None:
    assert told(
        line("员工姓名：刘晓雯", 40, 40, 260),
        line("工号", 40, 100, 60),
        line("T1006", 140, 100),
        line("Department", 500, 100, 160),
        line("Research", 500, 140),
        line("填表日期：2026年10月9日", 40, 200, 330),
    ) == [
        ("employee_name", "姓名", "刘晓雯"),
        ("staff_number", "工号", "T1006"),
        ("department", "部门", "Research"),
        ("signed_on", "日期", "2026-10-09"),
    ]


def test_a_column_of_scores_gives_one_for_each_row() -> None:
    found = told(
        line("姓名：刘晓雯", 40, 20, 200),
        line("考核项目", 40, 100),
        line("权重", 400, 100, 60),
        line("得分", 600, 100, 60),
        line("工作质量", 40, 150),
        line("30%", 400, 150, 50),
        line("4", 620, 150, 20),
        line("团队协作", 40, 200),
        line("20%", 400, 200, 50),
        line("3.5", 615, 200, 40),
    )
    assert found == [
        ("employee_name", "姓名", "刘晓雯"),
        ("score", "工作质量", "4"),
        ("score", "团队协作", "3.5"),
    ]


def test_other_labels_are_told_with_their_words_and_no_key() -> None:
    found = told(
        line("姓名：刘晓雯", 40, 20, 200), line("工号：T1006", 40, 60, 200), line("车牌号：沪A12345", 40, 100, 240)
    )
    assert found[-1] == (None, "车牌号", "沪A12345")


def test_print_is_no_value_and_a_letter_is_no_form() -> None:
    # Empty: beside each label there is nothing but the next label, or boxes to tick.
    assert (
        told(line("姓名", 40, 20), line("工号", 240, 20), line("等级", 40, 60), line("□优秀 □良好", 140, 60, 200)) == []
    )
    assert told(line("Dear colleague,", 40, 20, 300), line("thank you for your help.", 40, 60, 400)) == []
    assert told() == []


def test_a_signature_line_and_a_row_of_boxes_answer_no_label() -> None:
    found = told(
        line("姓名：刘晓雯", 40, 40, 260),
        line("工号：T1006", 40, 90, 260),
        line("部门：研发部", 40, 140, 260),
        line("评语", 40, 200, 80),
        line("签字：王丽", 40, 240, 160),
        line("是否申请复核：□是□否", 40, 400, 300),
    )
    assert [label for _, label, _ in found if label in {"评语", "是否申请复核"}] == []
    assert [value for key, _, value in found if key] == ["刘晓雯", "T1006", "研发部"]
