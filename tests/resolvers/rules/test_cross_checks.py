"""Values of one form that must fit together."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from ocr.contract import FieldType, FormField, FormTemplate, Words
from resolvers.rules.cross_checks import arithmetic, judge_day, judge_email, judge_figures
from resolvers.rules.reading import AGREED, CONTRADICTED, REPAIRED, UNSUPPORTED, Judgement

_WORDS = Words("项", "item")


def _field(key: str, kind: FieldType, row: int, role: str | None = None, weight: str | None = None) -> FormField:
    return FormField(key, _WORDS, kind, 1, (10, 20.0 * row, 30, 15), role=role, weight=weight)


def _form(*fields: FormField) -> FormTemplate:
    return FormTemplate("form", 1, _WORDS, (210, 297), 1, fields)


PRINTED = _form(
    _field("a", FieldType.SCORE, 1, weight="60"),
    _field("b", FieldType.SCORE, 2, weight="40"),
    _field("total", FieldType.NUMBER, 3, "total"),
)
WRITTEN = _form(
    _field("a", FieldType.SCORE, 1),
    _field("b", FieldType.SCORE, 2),
    _field("wa", FieldType.NUMBER, 1, "weight"),
    _field("wb", FieldType.NUMBER, 2, "weight"),
)
PLAIN = _form(
    _field("a", FieldType.SCORE, 1), _field("b", FieldType.SCORE, 2), _field("total", FieldType.NUMBER, 3, "total")
)


@pytest.mark.parametrize(
    ("form", "values", "judged"),
    [
        (PRINTED, {"a": "4", "b": "5", "total": "4.4"}, {"total": AGREED}),
        (PRINTED, {"a": "4", "b": "5", "total": "4.9"}, {"total": Judgement(CONTRADICTED, "total_differs")}),
        (PRINTED, {"a": "4", "b": None, "total": "4.4"}, {}),
        (PRINTED, {"a": "4", "b": "5", "total": "4"}, {"total": AGREED}),  # to as many places as were written
        (PLAIN, {"a": "4", "b": "5", "total": "9"}, {"total": AGREED}),
        (PLAIN, {"a": "4", "b": "5", "total": "4.5"}, {"total": AGREED}),
        (PLAIN, {"a": "4", "b": "5", "total": "8"}, {"total": Judgement(CONTRADICTED, "total_differs")}),
        (WRITTEN, {"a": "4", "b": "5", "wa": "60", "wb": "40"}, {"wa": AGREED, "wb": AGREED}),
        (
            WRITTEN,
            {"a": "4", "b": "5", "wa": "60", "wb": "50"},
            {key: Judgement(UNSUPPORTED, "weights_not_100") for key in ("wa", "wb")},
        ),
        (WRITTEN, {"a": "4", "b": "5", "wa": "60", "wb": None}, {}),
    ],
)
def test_figures(form: FormTemplate, values: dict[str, str | None], judged: dict[str, Judgement]) -> None:
    assert judge_figures(form, values) == judged


def test_the_arithmetic_is_shown() -> None:
    found = arithmetic(WRITTEN, {"a": "4", "b": "5", "wa": "60", "wb": "40"})
    assert found is not None
    assert [(row.key, row.score, row.weight) for row in found.rows] == [
        ("a", Decimal(4), Decimal(60)),
        ("b", Decimal(5), Decimal(40)),
    ]
    assert (found.weights_total, found.total, found.written_total, found.agrees) == (
        Decimal(100),
        Decimal("4.4"),
        None,
        None,
    )
    assert arithmetic(_form(_field("x", FieldType.TEXT, 1)), {}) is None


@pytest.mark.parametrize(
    ("day", "fits"),
    [("2026-06-30", False), ("2026-07-01", True), ("2026-12-31", True), ("2027-01-01", False), ("2125-10-09", False)],
)
def test_day(day: str, fits: bool) -> None:
    verdict = judge_day(day, datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    assert verdict == (AGREED if fits else Judgement(UNSUPPORTED, "date_outside_cycle"))


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("Liu@abc.cn", AGREED),
        ("liu@abc.en", Judgement(REPAIRED, "repaired_from_directory", "liu@abc.cn")),
        ("new@abc.cn", Judgement(UNSUPPORTED, "not_in_directory")),
        ("liu@other.com", Judgement(UNSUPPORTED, "foreign_domain")),
        ("wang1@abc.cn", AGREED),
        ("wang3@abc.cn", Judgement(UNSUPPORTED, "not_in_directory")),  # one character from two addresses
    ],
)
def test_email(address: str, verdict: Judgement) -> None:
    assert judge_email(address, ["liu@abc.cn", "wang1@abc.cn", "wang2@abc.cn"]) == verdict
