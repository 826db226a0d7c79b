"""Customers' comments as other systems and tables write them: in JSON or CSV, one a record.

| field | in Chinese | |
| --- | --- | --- |
| `source` | 来源 | the system; in tables alone, a feed is its own source |
| `source_id` | 来源编号 | what that system calls it |
| `said_on` | 日期 | a day: 2026-10-01, 2026/10/1, 2026.10.1, 2026年10月1日, or an instant that begins with one |
| `text` | 原文 | word for word |
| `person` | 工号 | staff number of whom it names |
| `project`, `task` | 项目、任务编号 | the project's exact name, and the task's number in it |
| `rating`, `rating_maximum` | 评分、满分 | from 0; the best is 5 where nothing is said |
| `correction` | 更正 | in feeds alone: `true` puts this in place of what is known under the id |

JSON: an object with a list of objects under `comments`. CSV: a header, then a row for each.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from resolvers.rules.feed_records import PROBLEMS, Problem, UnreadableError

COMMENTS = 500
"""Comments of one delivery."""
FEED_FIELDS = frozenset(
    {"source_id", "said_on", "text", "person", "project", "task", "rating", "rating_maximum", "correction"}
)
COLUMNS: Mapping[str, str] = {
    "来源": "source",
    "来源编号": "source_id",
    "日期": "said_on",
    "原文": "text",
    "工号": "person",
    "项目": "project",
    "任务编号": "task",
    "评分": "rating",
    "满分": "rating_maximum",
    "更正": "correction",
}
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?=\Z|[T\s])")
_YES = frozenset({"true", "yes", "1", "是"})
_NO = frozenset({"", "false", "no", "0", "否"})


@dataclass(frozen=True, slots=True)
class WrittenComment:
    """One record as it was written."""

    source_id: str
    said_on: datetime.date
    text: str
    """Nothing is changed in it."""
    source: str | None = None
    person: str | None = None
    project: str | None = None
    task: int | None = None
    rating: Decimal | None = None
    rating_maximum: Decimal | None = None
    correction: bool = False


class CommentFieldError(ValueError):
    """A field of a record cannot stand; `code` is REQUIRED or one of the codes of a domain error."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field = field
        self.code = code


def read_comments(body: bytes, *, as_csv: bool) -> list[WrittenComment] | None:
    """The comments of a delivery; None when it is not one of comments.

    Raises `UnreadableError`: all records are well written, or none is taken.
    """
    rows = _csv(body) if as_csv else _json(body)
    if rows is None:
        return None
    if not rows:
        raise UnreadableError([Problem("EMPTY")])
    if len(rows) > COMMENTS:
        raise UnreadableError([Problem("TOO_MANY")])
    found: list[WrittenComment] = []
    problems: list[Problem] = []
    for index, row in enumerate(rows):
        try:
            found.append(_record(row))
        except CommentFieldError as error:
            problems.append(Problem(error.code, index, error.field))
    if problems:
        raise UnreadableError(problems[:PROBLEMS])
    return found


def comment_of(cells: Mapping[str, str]) -> WrittenComment:
    """The comment in the cells of a row, by the keys of their columns. Raises `CommentFieldError`."""
    plain = {key: unicodedata.normalize("NFKC", cell).strip() for key, cell in cells.items() if key != "text"}
    return WrittenComment(
        source_id=cells.get("source_id", "").strip() or _missing("source_id"),
        said_on=_day(plain.get("said_on", "")),
        text=cells.get("text", ""),
        source=cells.get("source", "").strip() or None,
        person=plain.get("person") or None,
        project=cells.get("project", "").strip() or None,
        task=_whole(plain.get("task", "")),
        rating=_number(plain.get("rating", ""), "rating"),
        rating_maximum=_number(plain.get("rating_maximum", ""), "rating_maximum"),
        correction=_yes(plain.get("correction", "")),
    )


def _json(body: bytes) -> Sequence[Any] | None:
    try:
        whole = json.loads(body, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    rows = whole.get("comments") if isinstance(whole, dict) else None
    return rows if isinstance(rows, list) else None


def _csv(body: bytes) -> Sequence[Any] | None:
    try:
        lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    header = [COLUMNS.get(cell.strip(), cell.strip().casefold()) for cell in lines[0]] if lines else []
    if "text" not in header:
        return None
    if len(set(header)) != len(header):
        raise UnreadableError([Problem("BAD_HEADER")])
    return [dict(zip(header, line, strict=False)) for line in lines[1:]]


def _record(row: Any) -> WrittenComment:
    if not isinstance(row, Mapping):
        raise CommentFieldError("record", "NOT_AN_OBJECT")
    unknown = row.keys() - FEED_FIELDS
    if unknown:
        raise CommentFieldError(str(min(unknown))[:100], "UNKNOWN")
    cells: dict[str, str] = {}
    for key, value in row.items():
        if value is None:
            continue
        said = str(value).lower() if isinstance(value, bool) else value
        if not isinstance(said, str):
            raise CommentFieldError(str(key), "NOT_TEXT")
        cells[key] = said
    return comment_of(cells)


def _missing(field: str) -> str:
    raise CommentFieldError(field, "TEXT_REQUIRED")


def _day(text: str) -> datetime.date:
    found = _DAY.match(text)
    try:
        return datetime.date(*map(int, found.groups())) if found else datetime.date.fromisoformat(text)
    except ValueError:
        raise CommentFieldError("said_on", "INVALID" if text else "TEXT_REQUIRED") from None


def _whole(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise CommentFieldError("task", "INVALID")
    return int(text)


def _number(text: str, field: str) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(text) if len(text) <= 32 else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    # Looked at before it is written out: 1E-999999999 would be a gigabyte of digits.
    if not number.is_finite() or not -20 < number.adjusted() < 20:
        raise CommentFieldError(field, "INVALID")
    return number


def _yes(text: str) -> bool:
    folded = text.casefold()
    if folded not in _YES | _NO:
        raise CommentFieldError("correction", "INVALID")
    return folded in _YES
