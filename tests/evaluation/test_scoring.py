"""The figures are only worth something when the counting is right."""

from __future__ import annotations

from typing import Any

import pytest

from ocr.contract import (
    Confidence,
    FieldReading,
    FieldStatus,
    FieldType,
    FormReading,
    FormTemplate,
    MatchedBy,
    Retake,
    Words,
)
from ocr.forms import shipped
from tests.evaluation.scoring import MISSING, Outcome, grouped, outcomes, plain, summary

TEMPLATE: FormTemplate = shipped.load("quarterly-review").template


def outcome(
    truth: str | None,
    value: str | None,
    status: str = "read",
    kind: FieldType = FieldType.TEXT,
    *,
    condition: str = "clean",
    unclear: bool = False,
) -> Outcome:
    return Outcome("p.jpg", condition, "field", kind, truth, value, status, 0.9, unclear)


def reading(values: dict[str, tuple[str | None, FieldStatus]], **changes: Any) -> FormReading:
    fields = tuple(
        FieldReading(
            key, Words("字", "w"), FieldType.TEXT, 1, value, value or "", Confidence(recognition=0.7), status, None
        )
        for key, (value, status) in values.items()
    )
    said: dict[str, Any] = {"template_key": TEMPLATE.key, "template_version": 1, **changes}
    return FormReading(matched_by=MatchedBy.MARKERS, score=1, sheet_id=None, pages=(), fields=fields, **said)


def truth(**values: str | None) -> dict[str, Any]:
    return {
        "picture": "p.jpg",
        "condition": "clean",
        "values": {field.key: values.get(field.key) for field in TEMPLATE.fields},
        "unclear": [],
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｔ１００６", "t1006"),
        ("Grace  Miller", "GRACEMILLER"),
        ("2026年，第三", "2026年,第三"),
        ("", None),
        (" ", None),
    ],
)
def test_notation_makes_no_difference(one: str | None, other: str | None) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(("one", "other"), [("T1006", "T1008"), ("雯", "变"), ("97.5%", "975%"), ("a", None)])
def test_content_makes_a_difference(one: str | None, other: str | None) -> None:
    assert plain(one) != plain(other)


@pytest.mark.parametrize(
    ("one", "wrong_but_sure"),
    [
        (outcome("A", "A"), False),
        (outcome("A", "B"), True),
        (outcome("A", "B", "low_confidence"), False),
        (outcome("A", None, "unreadable"), False),
        (outcome("A", None, "empty"), True),
        (outcome(None, None, "empty"), False),
        (outcome(None, "x"), True),
        (outcome(None, None, unclear=True), True),
        (outcome(None, "3", "low_confidence", unclear=True), False),
    ],
)
def test_wrong_but_sure(one: Outcome, wrong_but_sure: bool) -> None:
    assert one.wrong_but_sure is wrong_but_sure


def test_the_summary_counts() -> None:
    told = summary(
        [
            outcome("A", "a"),
            outcome("A", "B"),
            outcome("4", "4", kind=FieldType.SCORE),
            outcome(None, None, "empty"),
            outcome(None, "x", "low_confidence"),
            outcome("甲乙丙丁", "甲乙丁", "low_confidence", FieldType.LONG_TEXT),
            outcome(None, None, "low_confidence", FieldType.SCORE, unclear=True),
            outcome(None, None, MISSING),
        ]
    )
    assert told["fields"] == 7
    assert told["exact"] == round(3 / 7, 4)
    assert told["exact_without_long_text"] == 0.5
    assert told["wrong_but_sure"] == 1
    assert told["exact_where_sure"] == 0.75
    assert told["ticks"] == {"fields": 1, "exact": 1.0}
    assert told["empty"] == {"fields": 3, "told_empty": round(1 / 3, 4), "filled_but_told_empty": 0}
    assert told["unclear"] == {"fields": 1, "not_sure": 1.0}
    assert told["long_text"] == {"fields": 1, "character_error_rate": 0.25}


def test_marks_between_letters_count_only_where_asked() -> None:
    one = outcome("提升97.5%。", "提升97.5%")
    assert (one.exact, one.exact_letters) == (False, True)
    other = outcome("97.5%", "97.6%")
    assert (other.exact, other.exact_letters) == (False, False)
    assert summary([one, other])["exact_letters"] == 0.5


def test_groups_are_apart() -> None:
    told = grouped([outcome("A", "A"), outcome("A", "B", condition="blur")], "condition")
    assert (told["clean"]["exact"], told["blur"]["exact"]) == (1.0, 0.0)


def test_a_reading_is_compared_with_every_field_of_the_form() -> None:
    said = reading({"employee_name": ("刘晓雯", FieldStatus.READ), "grade": ("A", FieldStatus.LOW_CONFIDENCE)})
    made = {one.key: one for one in outcomes(said, truth(employee_name="刘晓雯", grade="B"), TEMPLATE)}
    assert len(made) == len(TEMPLATE.fields)
    assert made["employee_name"].exact
    assert (made["grade"].exact, made["grade"].status) == (False, "low_confidence")
    assert made["period"].status == MISSING


@pytest.mark.parametrize("changes", [{"retake": Retake.BLURRED}, {"template_key": "visit-report"}])
def test_a_refused_picture_has_no_fields(changes: dict[str, Any]) -> None:
    said = reading({"employee_name": ("刘晓雯", FieldStatus.READ)}, **changes)
    assert {one.status for one in outcomes(said, truth(employee_name="刘晓雯"), TEMPLATE)} == {MISSING}
