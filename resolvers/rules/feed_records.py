"""What a feed sends, as records: values of metrics and events, in JSON or CSV.

JSON: a list of objects, or an object with such a list under `records`. CSV: a header, then a row for each record.

| field | in Chinese | |
| --- | --- | --- |
| `metric` | 指标 | what is measured; with `value` |
| `value` | 数值 | a number; in JSON also as a string, which stays exact |
| `unit` | 单位 | optional |
| `event` | 事件 | what happened, in place of `metric`; with `key` |
| `at` | 时间 | instant in ISO 8601 with its zone; by default the delivery's |
| `key` | 编号 | what the other system calls it; a key is taken once |
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

RECORDS = 10_000
"""Records of one delivery."""
NAME_LENGTH = 200
UNIT_LENGTH = 32
KEY_LENGTH = 200
NUMBER_LIMIT = Decimal(10) ** 14
PLACES = 40
AHEAD = datetime.timedelta(days=1)
"""By how much an instant may lie in the future: clocks and zones of other systems are not always right."""
PROBLEMS = 20
"""How many problems of one delivery are told."""
_COLUMNS = {
    "指标": "metric",
    "数值": "value",
    "值": "value",
    "单位": "unit",
    "事件": "event",
    "时间": "at",
    "编号": "key",
}
_FIELDS = frozenset({"metric", "value", "unit", "event", "at", "key"})


@dataclass(frozen=True, slots=True)
class SentRecord:
    """One record as it was sent."""

    name: str
    value: Decimal | None
    """None: an event."""
    unit: str | None
    measured_at: datetime.datetime
    key: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a delivery: of a record by its position from 0, of the whole without."""

    code: str
    record: int | None = None
    field: str | None = None


class UnreadableError(ValueError):
    """The delivery is refused as a whole, for these problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


class _FieldError(ValueError):
    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field = field
        self.code = code


def read_records(body: bytes, *, as_csv: bool, moment: datetime.datetime) -> list[SentRecord]:
    """The records of a delivery that came at `moment`. Raises `UnreadableError`: all records are good, or none is
    taken."""
    rows = _csv(body) if as_csv else _json(body)
    if not rows:
        raise UnreadableError([Problem("EMPTY")])
    if len(rows) > RECORDS:
        raise UnreadableError([Problem("TOO_MANY")])
    records: list[SentRecord] = []
    problems: list[Problem] = []
    keys: set[str] = set()
    for index, row in enumerate(rows):
        try:
            record = _record(row, moment)
            if record.key is not None and record.key in keys:
                raise _FieldError("key", "REPEATED")
        except _FieldError as error:
            problems.append(Problem(error.code, index, error.field))
        else:
            records.append(record)
            keys |= {record.key} if record.key else set()
    if problems:
        raise UnreadableError(problems[:PROBLEMS])
    return records


def same_unit(one: str | None, other: str | None) -> bool:
    """Whether two units are the same; one that is not said does not contradict."""
    return not one or not other or _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _json(body: bytes) -> list[Any]:
    try:
        whole = json.loads(body, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise UnreadableError([Problem("NOT_JSON")]) from error
    rows = whole.get("records") if isinstance(whole, dict) else whole
    if not isinstance(rows, list):
        raise UnreadableError([Problem("NOT_RECORDS")])
    return rows


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _csv(body: bytes) -> list[Any]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError([Problem("NOT_UTF8")]) from error
    try:
        lines = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise UnreadableError([Problem("NOT_CSV")]) from error
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines:
        return []
    header = [_COLUMNS.get(cell.strip(), cell.strip().casefold()) for cell in lines[0]]
    if len(set(header)) != len(header) or not {"metric", "event"} & set(header):
        raise UnreadableError([Problem("BAD_HEADER")])
    return [
        {name: cell.strip() for name, cell in zip(header, line, strict=False) if cell.strip()} for line in lines[1:]
    ]


def _record(row: Any, moment: datetime.datetime) -> SentRecord:
    if not isinstance(row, Mapping):
        raise _FieldError("record", "NOT_AN_OBJECT")
    unknown = row.keys() - _FIELDS
    if unknown:
        raise _FieldError(str(min(unknown))[:NAME_LENGTH], "UNKNOWN")
    metric, event = _text(row, "metric", NAME_LENGTH), _text(row, "event", NAME_LENGTH)
    key, unit = _text(row, "key", KEY_LENGTH), _text(row, "unit", UNIT_LENGTH)
    if (metric is None) == (event is None):
        raise _FieldError("metric", "METRIC_OR_EVENT")
    if event is not None and key is None:
        raise _FieldError("key", "REQUIRED")
    value = _number(row.get("value")) if metric is not None else None
    if event is not None and row.get("value") is not None:
        raise _FieldError("value", "UNKNOWN")
    return SentRecord(metric or event or "", value, unit, _instant(row.get("at"), moment), key)


def _text(row: Mapping[Any, Any], field: str, limit: int) -> str | None:
    value = row.get(field)
    if value is None:
        return None
    if isinstance(value, Decimal) and field == "key":
        value = str(value)
    if not isinstance(value, str):
        raise _FieldError(field, "NOT_TEXT")
    value = unicodedata.normalize("NFKC", value).strip()
    if len(value) > limit:
        raise _FieldError(field, "TOO_LONG")
    if not value.isprintable():
        raise _FieldError(field, "NOT_TEXT")
    return value or None


def _number(value: Any) -> Decimal:
    if value is None:
        raise _FieldError("value", "REQUIRED")
    if isinstance(value, str) and len(value) <= 64:
        try:
            value = Decimal(unicodedata.normalize("NFKC", value).strip())
        except InvalidOperation:
            raise _FieldError("value", "NOT_A_NUMBER") from None
    if not isinstance(value, Decimal) or not value.is_finite():
        raise _FieldError("value", "NOT_A_NUMBER")
    exponent = value.as_tuple().exponent
    # Looked at before it is written out: 1E-999999999 would be a gigabyte of digits.
    if abs(value) > NUMBER_LIMIT or not isinstance(exponent, int) or exponent < -PLACES:
        raise _FieldError("value", "OUT_OF_RANGE")
    return value


def _instant(value: Any, moment: datetime.datetime) -> datetime.datetime:
    if value is None:
        return moment
    if not isinstance(value, str):
        raise _FieldError("at", "NOT_AN_INSTANT")
    try:
        at = datetime.datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise _FieldError("at", "NO_ZONE")
        at = at.astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, _FieldError):
            raise
        raise _FieldError("at", "NOT_AN_INSTANT") from None
    if at > moment + AHEAD or at.year < 2000:
        raise _FieldError("at", "OUT_OF_RANGE")
    return at
