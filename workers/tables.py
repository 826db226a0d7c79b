"""Tables of strangers, read in a child process, and tables that we write."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from workers.sandbox import Limits

MEBIBYTE = 1 << 20
READING = Limits(seconds=120, memory_bytes=1024 * MEBIBYTE, processor_seconds=110)
MAXIMUM_ROWS = 50_001
MAXIMUM_COLUMNS = 100
CELL_LENGTH = 10_000
_ENCODINGS = ("utf-8-sig", "gb18030")


class TableError(Exception):
    """The bytes are no table; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_table(content: bytes, format_: str) -> list[list[str]]:
    """The cells of a CSV file (UTF-8 or GB18030; comma, semicolon or tab) or of the first sheet of an XLSX file.

    Meant for the sandbox. Raises `TableError` FILE_UNREADABLE, or TOO_MANY beyond 50,000 rows.
    """
    rows = _workbook(content) if format_ == "XLSX" else _csv(content)
    if len(rows) > MAXIMUM_ROWS:
        raise TableError("TOO_MANY")
    return rows


def _csv(content: bytes) -> list[list[str]]:
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise TableError("FILE_UNREADABLE")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t，", key=first.count)
    csv.field_size_limit(CELL_LENGTH * 4)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [
            [cell[:CELL_LENGTH] for cell in row[:MAXIMUM_COLUMNS]]
            for _, row in zip(range(MAXIMUM_ROWS + 1), reader, strict=False)
        ]
    except csv.Error as error:
        raise TableError("FILE_UNREADABLE") from error


def _workbook(content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - only in the child

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # files of other programs declare wrong ones
        return [
            [_text(cell) for cell in row]
            for row in sheet.iter_rows(max_row=MAXIMUM_ROWS + 1, max_col=MAXIMUM_COLUMNS, values_only=True)
        ]
    except Exception as error:  # the library raises many kinds on broken files
        raise TableError("FILE_UNREADABLE") from error


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return format(cell, ".10g")
    return str(cell)[:CELL_LENGTH]


def write_table(rows: Sequence[Sequence[str]], format_: str, help_rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as a CSV file (UTF-8 with mark, which spreadsheets need) or as an XLSX file with a second sheet of help.

    Cells are text as given: making them safe is the caller's part.
    """
    if format_ == "CSV":
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        return out.getvalue().encode("utf-8-sig")
    from openpyxl import Workbook  # noqa: PLC0415 - heavy, and only here

    book = Workbook(write_only=True)
    for title, lines in (("Goals", rows), ("Help", help_rows)):
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(list(line))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
