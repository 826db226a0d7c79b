"""Word, Excel and PDF deliverables from a plain source `files/NAME.src`, so that the repository keeps text only.

In a Word document rows after `!` (`!| a | b |`) are a screenshot of a table.

The source: `# ` and `## ` headings (for a workbook `# ` begins a sheet), `| a | b |` table rows, every other line a
paragraph. A cell `<` is merged with its left neighbour, `^` with the one above. In a workbook `12.5%` becomes the
number 0.125 under a percent format, other numbers become numbers, and an empty cell stays empty.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

import docx
import openpyxl  # type: ignore[import-untyped]
from docx.shared import Cm

from tests.deliverables import pages

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_PERCENT = re.compile(r"(-?\d+(?:\.(\d+))?)%\Z")


@dataclass(slots=True)
class _Block:
    """A heading (`level` 1 or 2), a paragraph (`level` 0) or, if it has rows, a table."""

    text: str = ""
    level: int = 0
    rows: list[list[str]] = field(default_factory=list)
    pictured: bool = False


def _blocks(source: str) -> list[_Block]:
    found: list[_Block] = []
    for line in filter(str.strip, source.splitlines()):
        pictured = line.startswith("!|")
        if pictured or line.startswith("|"):
            if not found or not found[-1].rows or found[-1].pictured != pictured:
                found.append(_Block(pictured=pictured))
            found[-1].rows.append([cell.strip() for cell in line.strip().strip("!|").split("|")])
        elif line.startswith("#"):
            marks, text = line.split(" ", 1)
            found.append(_Block(text, len(marks)))
        else:
            found.append(_Block(line))
    return found


def _merges(rows: list[list[str]]) -> list[tuple[int, int, int, int]]:
    """The merged areas (top, left, bottom, right), counted from 0, ends included."""
    areas = []
    for top, row in enumerate(rows):
        for left, text in enumerate(row):
            if text in {"<", "^"}:
                continue
            right, bottom = left, top
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            while bottom + 1 < len(rows) and left < len(rows[bottom + 1]) and rows[bottom + 1][left] == "^":
                bottom += 1
            if (right, bottom) != (left, top):
                areas.append((top, left, bottom, right))
    return areas


def word(source: str) -> bytes:
    document = docx.Document()
    for block in _blocks(source):
        if block.pictured:
            document.add_picture(io.BytesIO(pages.screen(block.rows)), width=Cm(15))
        elif block.rows:
            table = document.add_table(rows=len(block.rows), cols=max(map(len, block.rows)))
            for at, row in enumerate(block.rows):
                for column, text in enumerate(row):
                    table.cell(at, column).text = "" if text in {"<", "^"} else text
            for top, left, bottom, right in _merges(block.rows):
                text = table.cell(top, left).text
                table.cell(top, left).merge(table.cell(bottom, right)).text = text
        elif block.level:
            document.add_heading(block.text, block.level)
        else:
            document.add_paragraph(block.text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def workbook(source: str) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for block in _blocks(source):
        if block.level:
            sheet = book.create_sheet(block.text)
        for at, row in enumerate(block.rows, start=1):
            for column, text in enumerate(row, start=1):
                if not text or text in {"<", "^"}:
                    continue
                cell = sheet.cell(at, column)
                if percent := _PERCENT.match(text):
                    places = len(percent[2] or "")
                    cell.value = round(float(percent[1]) / 100, places + 2)
                    cell.number_format = ("0." + "0" * places if places else "0") + "%"
                else:
                    cell.value = float(text) if _NUMBER.match(text) else text
        for top, left, bottom, right in _merges(block.rows):
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def portable(source: str) -> bytes:
    body = ""
    for block in _blocks(source):
        if block.rows:
            body += pages.table(block.rows)
        elif block.level:
            body += f"{'=' * block.level} {block.text}\n"
        else:
            body += block.text.replace("#", "\\#").replace("<", "\\<") + "\n\n"
    return pages.document(body)


RENDERERS = {"docx": word, "xlsx": workbook, "pdf": portable}
