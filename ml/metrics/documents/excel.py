"""XLSX: every sheet, cached values as their format shows them, merged labels filled, regions cut at empty cells."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

from ml.metrics.blocks import Cell, Document, Heading, picture_mark
from ml.metrics.contract import DeliverableError, Limits, Place, ReadPage
from ml.metrics.documents.delimited import table_or_lines
from ml.metrics.documents.packages import check_package
from ml.metrics.documents.pictures import picture_blocks

MERGES_UP_TO = 40_000_000
"""Unpacked bytes up to which a workbook is loaded whole, with its merged cells; larger ones are streamed without."""

Rows = list[list[Cell]]


def read_xlsx(data: bytes, limits: Limits, read_page: ReadPage | None) -> Document:
    """The blocks of a workbook.

    Raises DeliverableError when the package is broken or hostile.
    """
    unpacked = check_package(data, "xl/workbook.xml", limits)
    whole = unpacked <= MERGES_UP_TO
    document = Document()
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, read_only=not whole, keep_links=False)
        pictures = 0
        for sheet in book.worksheets:
            document.blocks.append(Heading(sheet.title, 2, Place(sheet=sheet.title)))
            for region in _regions(_sheet_rows(sheet, whole, limits, document)):
                document.blocks += table_or_lines(region)
            for image in getattr(sheet, "_images", ()):
                pictures += 1
                document.blocks.append(picture_mark(Place(sheet=sheet.title, image=pictures)))
                if read_page is None or pictures > limits.pictures:
                    document.warnings.append(("pictures_not_read", f"A picture on sheet {sheet.title} was not read."))
                    continue
                try:
                    document.blocks += picture_blocks(
                        image._data(), read_page, Place(sheet=sheet.title, image=pictures)
                    )
                except DeliverableError:
                    document.warnings.append(("pictures_not_read", f"A picture on sheet {sheet.title} was not read."))
        book.close()
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        zipfile.BadZipFile,
        SyntaxError,
    ) as error:
        if isinstance(error, DeliverableError):
            raise
        raise DeliverableError(
            "broken", "The workbook is damaged: open it in a spreadsheet program, save it and upload it again."
        ) from error
    return document


def _sheet_rows(sheet: Any, whole: bool, limits: Limits, document: Document) -> Rows:
    if not whole:
        sheet.reset_dimensions()
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    if whole:
        for area in sheet.merged_cells.ranges:
            if (area.max_row - area.min_row + 1) * (area.max_col - area.min_col + 1) > 10_000:
                continue
            for row in range(area.min_row, area.max_row + 1):
                for column in range(area.min_col, area.max_col + 1):
                    covered[row, column] = (area.min_row, area.min_col)
    rows: Rows = []
    texts: dict[tuple[int, int], str] = {}
    for number, cells in enumerate(sheet.iter_rows(max_col=limits.columns), start=1):
        if number > limits.table_rows:
            document.warnings.append(
                ("rows_left_out", f"Only the first {limits.table_rows} rows of {sheet.title} were read.")
            )
            break
        made: list[Cell] = []
        for column, cell in enumerate(cells, start=1):
            text = _text(cell)
            origin = covered.get((number, column))
            if origin is not None:
                if origin == (number, column):
                    texts[origin] = text
                else:
                    text = texts.get(origin, "")
            place = Place(sheet=sheet.title, cell=f"{get_column_letter(column)}{number}")
            made.append(Cell(text, place, covers=origin is not None and origin != (number, column)))
        rows.append(made)
    return rows


def _text(cell: Any) -> str:
    """A cell as its number format shows it where that changes the meaning (percent), else exactly."""
    value = cell.value
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value)
    if isinstance(value, int | float):
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        style = str(cell.number_format or "")
        if "%" in style:
            return f"{_plain(exact * 100)}%"
        unit = re.search(r'"\s*(ms|s|秒|毫秒|%|req/s|TPS)\s*"', style)
        return _plain(exact) + (unit.group(1) if unit else "")
    if isinstance(value, datetime.timedelta):
        return f"{_plain(Decimal(repr(value.total_seconds())))} s"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()


def _plain(value: Decimal) -> str:
    # Spreadsheets keep binary fractions: 0.9998 × 100 comes back as 99.98 only after rounding to 12 digits.
    rounded = round(value, 12).normalize()
    return f"{rounded:f}"


def _regions(rows: Rows) -> list[Rows]:
    regions: list[Rows] = []
    current: Rows = []
    for row in [*rows, []]:
        if any(cell.text for cell in row):
            current.append(row)
        elif current:
            regions += _side_by_side(current)
            current = []
    return regions


def _side_by_side(rows: Rows) -> list[Rows]:
    """A region cut at columns that are empty throughout, but for a title merged over the parts."""
    width = max(len(row) for row in rows)
    held = [[row[at] for row in rows if at < len(row) and row[at].text] for at in range(width)]
    filled = [len(cells) > 1 or any(not cell.covers for cell in cells) for cells in held]
    parts: list[Rows] = []
    start: int | None = None
    for at in range(width + 1):
        if at < width and filled[at]:
            start = at if start is None else start
        elif start is not None:
            part = [row[start:at] for row in rows]
            parts.append([row for row in part if any(cell.text for cell in row)])
            start = None
    return parts
