"""Comma, semicolon, tab and bar separated tables: the delimiter is the one that cuts most lines alike."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from ml.metrics.blocks import Block, Cell, Document, Heading, Line, Table, rectangular
from ml.metrics.contract import DeliverableError, Limits, Place

DELIMITERS = ",;\t|"


def delimiter_of(head: str) -> str | None:
    """The delimiter of a table in text, from its first lines; None when no delimiter cuts two lines alike."""
    lines = [line.rstrip("\r") for line in head.split("\n")[:30] if line.strip()]
    best, best_score = None, 0.0
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            continue
        common = [(count * (width - 1), width) for width, count in widths.items() if width > 1]
        if not common:
            continue
        score, width = max(common)
        if widths[width] * 2 >= len(lines) and score > best_score:
            best, best_score = delimiter, score
    return best


def rows_of(text: str, delimiter: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of every row that is not empty.

    Raises DeliverableError (`too_many_columns`, `broken`).
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if len(row) > limits.columns:
                raise DeliverableError(
                    "too_many_columns", f"A row has {len(row)} columns; at most {limits.columns} are read."
                )
            yield reader.line_num, row
    except csv.Error as error:
        raise DeliverableError("broken", f"The table breaks off near line {reader.line_num}: {error}.") from error


def read_delimited(text: str, limits: Limits) -> Document | None:
    """The blocks of a delimited file: tables, cut at empty rows; None when the text is no such table."""
    delimiter = delimiter_of(text[:20_000])
    if delimiter is None:
        return None
    document = Document()
    rows: list[list[Cell]] = []
    seen = 0

    def flush() -> None:
        document.blocks += table_or_lines(rows)
        rows.clear()

    for line, row in rows_of(text, delimiter, limits):
        if not any(cell.strip() for cell in row):
            flush()
            continue
        seen += 1
        if seen > limits.table_rows:
            document.warnings.append(("rows_left_out", f"Only the first {limits.table_rows} rows were read."))
            break
        rows.append([Cell(cell.strip(), Place(line=line, cell=f"{_letters(at)}{line}")) for at, cell in enumerate(row)])
    flush()
    return document


_MOMENT = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?|1[5-9]\d{8}(?:\d{3})?"
)
_NUMBER = re.compile(r"-?[\d.,e+]+\s*%?|NaN|null")
_SERIES = 3
"""Moments at least in a series; fewer are a before and an after."""


def is_series(document: Document) -> bool:
    """Whether a delimited file is what a monitor exports: numbers of one moment after another."""
    tables = [block for block in document.blocks if isinstance(block, Table)]
    if len(tables) != 1:
        return False
    moments = [row for row in tables[0].rows if _MOMENT.fullmatch(row[0].text)]
    values = [cell.text for row in moments for cell in row[1:] if cell.text]
    # A person's table has more to say of a row than numbers, and few heads.
    return (
        len(moments) >= _SERIES
        and len(tables[0].rows) - len(moments) <= 4
        and all(_NUMBER.fullmatch(value) for value in values)
    )


def table_or_lines(rows: list[list[Cell]]) -> list[Block]:
    """A table; rows of a single filled cell above it are its titles."""
    blocks: list[Block] = []
    start = 0
    while start < len(rows) and sum(bool(cell.text) and not cell.covers for cell in rows[start]) == 1:
        cell = next(cell for cell in rows[start] if cell.text and not cell.covers)
        more = any(sum(bool(other.text) for other in row) > 1 for row in rows[start + 1 :])
        blocks.append(
            Heading(cell.text, 3, cell.where) if more and len(cell.text) <= 60 else Line(cell.text, cell.where)
        )
        start += 1
    if start < len(rows):
        blocks.append(Table(rectangular([list(row) for row in rows[start:]])))
    return blocks


def _letters(index: int) -> str:
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
