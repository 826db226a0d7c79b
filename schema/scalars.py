"""Scalars with rules of their own, and enums with described values."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal, InvalidOperation
from enum import Enum, StrEnum
from typing import Any, BinaryIO, NewType, TypeVar

import strawberry
from graphql import GraphQLError
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.scalar import ScalarDefinition

E = TypeVar("E", bound=type[Enum])

Json = NewType("Json", object)
"""Decoded JSON: objects, lists, texts, numbers, true, false, null."""
JSON_DEPTH = 12
_YEARS = range(datetime.MINYEAR + 1, datetime.MAXYEAR)
"""Of days: the day before and after each, and its midnight in any zone, can be said in UTC."""


class UploadedFile:
    """One file of a multipart request, already received; it is gone when the request ends."""

    __slots__ = ("_file", "filename", "sha256", "size")

    def __init__(self, file: BinaryIO, filename: str, size: int, sha256: str) -> None:
        self._file = file
        self.filename = filename
        """As the client calls it: never trust it, neither as a path nor for the type."""
        self.size = size
        """Bytes."""
        self.sha256 = sha256
        """Digest of the bytes as received, in hexadecimal."""

    def read(self) -> bytes:
        """All bytes."""
        self._file.seek(0)
        return self._file.read()


def _parse_instant(value: Any) -> datetime.datetime:
    if isinstance(value, str):
        try:
            moment = datetime.datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            try:
                return moment.astimezone(datetime.UTC)
            except OverflowError:
                pass
    raise GraphQLError("DateTime must be an ISO 8601 instant with a zone, such as 2026-10-05T09:30:00+08:00.")


def _parse_date(value: Any) -> datetime.date:
    if isinstance(value, str):
        try:
            day = datetime.date.fromisoformat(value)
        except ValueError:
            day = None
        if day is not None and day.year in _YEARS:
            return day
    raise GraphQLError("Date must be a day as YYYY-MM-DD, of the years 2 to 9998.")


def _parse_decimal(value: Any) -> Decimal:
    if isinstance(value, (str, int)) and not isinstance(value, bool) and len(str(value)) <= 64:
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = None
        if number is not None and number.is_finite():
            return number
    raise GraphQLError('Decimal must be a finite number as a string, such as "4.25" (floats are not exact).')


def _parse_uuid(value: Any) -> uuid.UUID:
    if isinstance(value, str):
        try:
            return uuid.UUID(value)
        except ValueError:
            pass
    raise GraphQLError("UUID must be a string such as 0190a5b2-7e64-7cc4-9b1f-3f6f5f9f0c11.")


def _parse_json(value: Any) -> Any:
    """Decoded JSON as it came; nothing in this product nests deeper than a form does."""
    waiting = [(value, 0)]
    while waiting:
        inner, depth = waiting.pop()
        if depth > JSON_DEPTH:
            raise GraphQLError(f"JSON must not be nested more than {JSON_DEPTH} levels deep.")
        if isinstance(inner, dict):
            waiting.extend((item, depth + 1) for item in inner.values())
        elif isinstance(inner, list):
            waiting.extend((item, depth + 1) for item in inner)
    return value


def _parse_upload(value: Any) -> UploadedFile:
    if isinstance(value, UploadedFile):
        return value
    raise GraphQLError("Upload must be null in the JSON and sent as a part of a multipart request.")


def _no_literal(_node: Any, _variables: Any = None) -> Any:
    raise GraphQLError("Upload must be given as a variable.")


def _refuse_output(_value: Any) -> Any:
    raise GraphQLError("Upload is an input only.")


SCALARS: dict[object, ScalarDefinition] = {
    datetime.datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, in ISO 8601 with its zone. Output is in UTC; input needs a zone.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=lambda value: value.isoformat(),
        parse_value=_parse_instant,
    ),
    datetime.date: strawberry.scalar(
        name="Date",
        description="A day of the calendar as YYYY-MM-DD, without a zone; of the years 2 to 9998.",
        serialize=lambda value: value.isoformat(),
        parse_value=_parse_date,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal number as a string, without exponent.",
        serialize=lambda value: format(value, "f"),
        parse_value=_parse_decimal,
    ),
    uuid.UUID: strawberry.scalar(
        name="UUID",
        description="A universally unique identifier in its canonical spelling.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
        serialize=str,
        parse_value=_parse_uuid,
    ),
    Json: strawberry.scalar(
        name="JSON",
        description="A JSON value; the field's description says of what shape.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=lambda value: value,
        parse_value=_parse_json,
    ),
    UploadedFile: strawberry.scalar(
        name="Upload",
        description=(
            "A file of a multipart request, by the GraphQL multipart request specification. At most 50 MB; the "
            "request must carry the header `Apollo-Require-Preflight` or `GraphQL-Require-Preflight`."
        ),
        specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
        serialize=_refuse_output,
        parse_value=_parse_upload,
        parse_literal=_no_literal,
    ),
}


def described_enum(enum: E, *, description: str, values: dict[str, str], name: str | None = None) -> E:
    """Offer an enum of another layer in the schema. `values` describes each member by name; all must be there.

    Call it before the first type that uses the enum is declared, else that type has one without descriptions.
    """
    if hasattr(enum, "__strawberry_definition__"):
        raise ValueError(f"{enum.__name__} is described too late or twice")
    if set(values) != set(enum.__members__):
        raise ValueError(f"describe exactly the members of {enum.__name__}: {sorted(enum.__members__)}")
    strawberry.enum(enum, name=name, description=description)
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values[value.name]
    return enum


class Language(StrEnum):
    """The languages of the product."""

    ZH = "zh"
    EN = "en"


described_enum(Language, description="A language of the product.", values={"ZH": "Chinese.", "EN": "English."})
