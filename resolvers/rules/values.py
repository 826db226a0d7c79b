"""What a person may enter for a field of a form."""

from __future__ import annotations

import datetime
import re
import unicodedata
from decimal import Decimal
from enum import StrEnum

from ocr.contract import FieldType, FormField
from resolvers.rules.blanks import is_blank

TEXT_LENGTH = 500
LONG_TEXT_LENGTH = 10_000
PRESENT = "present"
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,4})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class ValueProblem(StrEnum):
    """Why an entered value is refused."""

    TOO_LONG = "too_long"
    CONTROL_CHARACTERS = "control_characters"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    OFF_STEP = "off_step"
    NOT_A_DATE = "not_a_date"
    NOT_AN_OPTION = "not_an_option"
    WRONG_PATTERN = "wrong_pattern"
    NOT_PRESENT = "not_present"


class InvalidValueError(ValueError):
    """An entered value does not fit its field; `problem` says why and `expected` what would fit."""

    def __init__(self, problem: ValueProblem, expected: str) -> None:
        super().__init__(f"{problem.value}: expected {expected}")
        self.problem = problem
        self.expected = expected


def checked_value(field: FormField, text: str | None) -> str | None:
    """The normalised value of what a person entered for `field`, or None when nothing of it is seen.

    Numbers and scores come back as plain decimal text without trailing zeros, dates as they must be given
    (ISO, 2026-10-09), choices as the option's value. Raises `InvalidValueError`.
    """
    if text is None or is_blank(text):
        return None
    if field.type is FieldType.LONG_TEXT:
        return _words(text.strip().replace("\r\n", "\n"), LONG_TEXT_LENGTH, allowed="\n\t")
    if field.type in (FieldType.TEXT, FieldType.PERSON):
        return _text(field, _words(text.strip(), TEXT_LENGTH))
    value = unicodedata.normalize("NFKC", text).strip()
    if field.type is FieldType.SIGNATURE:
        if value != PRESENT:
            raise InvalidValueError(ValueProblem.NOT_PRESENT, PRESENT)
        return PRESENT
    if field.type is FieldType.DATE:
        return _date(value)
    if field.options:
        return _option(field, value)
    return _number(field, value)


def _words(text: str, length: int, allowed: str = "") -> str:
    if len(text) > length:
        raise InvalidValueError(ValueProblem.TOO_LONG, str(length))
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in allowed for character in text):
        raise InvalidValueError(ValueProblem.CONTROL_CHARACTERS, "")
    return text


def _text(field: FormField, text: str) -> str:
    if field.pattern is None:
        return text
    value = unicodedata.normalize("NFKC", text)
    if not re.fullmatch(field.pattern, value):
        raise InvalidValueError(ValueProblem.WRONG_PATTERN, field.pattern)
    return value


def _date(value: str) -> str:
    try:
        # The pattern first: Python also takes week dates and dates without hyphens.
        day = datetime.date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise InvalidValueError(ValueProblem.NOT_A_DATE, "YYYY-MM-DD")
    return value


def _option(field: FormField, value: str) -> str:
    values = [option.value for option in field.options]
    if value not in values:
        raise InvalidValueError(ValueProblem.NOT_AN_OPTION, ", ".join(values))
    return value


def _number(field: FormField, value: str) -> str:
    if not _NUMBER.fullmatch(value):
        raise InvalidValueError(ValueProblem.NOT_A_NUMBER, "123.45")
    number = Decimal(value)
    minimum = None if field.minimum is None else Decimal(field.minimum)
    maximum = None if field.maximum is None else Decimal(field.maximum)
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        raise InvalidValueError(ValueProblem.OUT_OF_RANGE, f"{field.minimum or ''}…{field.maximum or ''}")
    if field.step is not None and (number - (minimum or Decimal(0))) % Decimal(field.step) != 0:
        raise InvalidValueError(ValueProblem.OFF_STEP, field.step)
    return plain_decimal(number)


def plain_decimal(number: Decimal) -> str:
    """Decimal text without exponent and without trailing zeros after the point: 3, 4.5, 1200."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
