"""Values that a person may enter."""

from decimal import Decimal

import pytest

from ocr.contract import FieldType, FormField, Option, Words
from resolvers.rules.values import InvalidValueError, ValueProblem, checked_value, plain_decimal

BOX = (10.0, 10.0, 10.0, 10.0)


def _field(type_: FieldType, **more: object) -> FormField:
    return FormField("key", Words("字段", "Field"), type_, 1, BOX, **more)  # type: ignore[arg-type]


def _options(*values: str) -> tuple[Option, ...]:
    return tuple(Option(value, Words(value, value), BOX) for value in values)


NUMBER = _field(FieldType.NUMBER, minimum="-5", maximum="100", step="0.5")
SCORE = _field(FieldType.SCORE, minimum="1", maximum="5", step="1", options=_options("1", "2", "3", "4", "5"))
GRADE = _field(FieldType.CHOICE, options=_options("A", "B"))
STAFF_NUMBER = _field(FieldType.TEXT, pattern="[A-Z]{1,3}[0-9]{3,8}")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (NUMBER, "4.50", "4.5"),
        (NUMBER, "１００", "100"),
        (NUMBER, "-0", "0"),
        (NUMBER, " -5.0 ", "-5"),
        (_field(FieldType.NUMBER), "1200", "1200"),
        (SCORE, "5", "5"),
        (GRADE, "Ｂ", "B"),
        (STAFF_NUMBER, "Ｔ１００６", "T1006"),
        (_field(FieldType.DATE), "2026-10-09", "2026-10-09"),
        (_field(FieldType.DATE), "2024-02-29", "2024-02-29"),
        (_field(FieldType.SIGNATURE), "present", "present"),
        (_field(FieldType.PERSON), "  刘晓雯 ", "刘晓雯"),
        (_field(FieldType.LONG_TEXT), "第一行\r\n第二行", "第一行\n第二行"),
        (_field(FieldType.TEXT), None, None),
        (_field(FieldType.NUMBER), "   ", None),
        (_field(FieldType.PERSON), "\u200b\u3164", None),
        (GRADE, "", None),
    ],
)
def test_accepted(field: FormField, text: str | None, value: str | None) -> None:
    assert checked_value(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        (NUMBER, "4.25", ValueProblem.OFF_STEP),
        (NUMBER, "100.5", ValueProblem.OUT_OF_RANGE),
        (NUMBER, "-6", ValueProblem.OUT_OF_RANGE),
        (NUMBER, "1e1", ValueProblem.NOT_A_NUMBER),
        (NUMBER, "NaN", ValueProblem.NOT_A_NUMBER),
        (NUMBER, "1,000", ValueProblem.NOT_A_NUMBER),
        (_field(FieldType.NUMBER), "1.23456", ValueProblem.NOT_A_NUMBER),
        (_field(FieldType.NUMBER), "9" * 13, ValueProblem.NOT_A_NUMBER),
        (SCORE, "6", ValueProblem.NOT_AN_OPTION),
        (SCORE, "4.0", ValueProblem.NOT_AN_OPTION),
        (GRADE, "b", ValueProblem.NOT_AN_OPTION),
        (STAFF_NUMBER, "1006", ValueProblem.WRONG_PATTERN),
        (STAFF_NUMBER, "T1006\n", None),
        (_field(FieldType.DATE), "2026-02-30", ValueProblem.NOT_A_DATE),
        (_field(FieldType.DATE), "2026年10月9日", ValueProblem.NOT_A_DATE),
        (_field(FieldType.DATE), "20261009", ValueProblem.NOT_A_DATE),
        (_field(FieldType.DATE), "2126-10-09", ValueProblem.NOT_A_DATE),
        (_field(FieldType.SIGNATURE), "刘晓雯", ValueProblem.NOT_PRESENT),
        (_field(FieldType.PERSON), "a\x00b", ValueProblem.CONTROL_CHARACTERS),
        (_field(FieldType.TEXT), "a\nb", ValueProblem.CONTROL_CHARACTERS),
        (_field(FieldType.TEXT), "长" * 501, ValueProblem.TOO_LONG),
        (_field(FieldType.LONG_TEXT), "长" * 10_001, ValueProblem.TOO_LONG),
    ],
)
def test_refused(field: FormField, text: str, problem: ValueProblem | None) -> None:
    if problem is None:  # blanks around a value do not count
        assert checked_value(field, text) == text.strip()
        return
    with pytest.raises(InvalidValueError) as caught:
        checked_value(field, text)
    assert caught.value.problem is problem


@pytest.mark.parametrize(("number", "text"), [("1E+3", "1000"), ("4.500", "4.5"), ("-0.0", "0"), ("0.0001", "0.0001")])
def test_plain_decimal(number: str, text: str) -> None:
    assert plain_decimal(Decimal(number)) == text
