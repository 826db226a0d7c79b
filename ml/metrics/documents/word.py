"""DOCX: the body in order, headings by style, tables with merged cells, embedded pictures through the page reader."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph
from lxml import etree  # type: ignore[import-untyped]

from ml.metrics.blocks import Block, Cell, Document, Heading, Line, Table, picture_mark, rectangular
from ml.metrics.contract import DeliverableError, Limits, Place, ReadPage
from ml.metrics.documents.packages import check_package
from ml.metrics.documents.pictures import picture_blocks
from ml.metrics.documents.text import heading_of, numbered_level

_CONTENTS_STYLE = re.compile(r"^(?:toc|目录)\b", re.IGNORECASE)
_HEADING_STYLE = re.compile(r"^(?:heading|标题|title|subtitle|副标题)\s*(\d?)", re.IGNORECASE)


def read_docx(data: bytes, limits: Limits, read_page: ReadPage | None) -> Document:
    """The blocks of a Word document.

    Raises DeliverableError when the package is broken or hostile.
    """
    check_package(data, "word/document.xml", limits)
    try:
        word = docx.Document(io.BytesIO(data))
        return _Body(word, limits, read_page).read()
    except (
        OpcError,
        KeyError,
        ValueError,
        IndexError,
        AttributeError,
        etree.XMLSyntaxError,
        zipfile.BadZipFile,
    ) as error:
        if isinstance(error, DeliverableError):
            raise
        raise DeliverableError(
            "broken", "The document is damaged: open it in a word processor, save it and upload it again."
        ) from error


class _Body:
    def __init__(self, word: WordDocument, limits: Limits, read_page: ReadPage | None) -> None:
        self._word = word
        self._limits = limits
        self._read_page = read_page
        self._document = Document()
        self._tables = 0
        self._rows = 0
        self._pictures = 0
        self._unread = 0
        self._line = 0
        self._numbered: dict[int, int] = {}
        """The level that headings of a style have, by the depth of their number: for those that only have a number."""

    def read(self) -> Document:
        for item in self._word.iter_inner_content():
            self._document.blocks += self._block(item)
        if self._unread:
            self._document.warnings.append(("pictures_not_read", f"{self._unread} embedded pictures were not read."))
        return self._document

    def _block(self, item: Paragraph | WordTable) -> Iterator[Block]:
        if isinstance(item, WordTable):
            yield from self._table(item)
            return
        self._line += 1
        text = item.text
        where = Place(line=self._line)
        if (style := item.style) is not None and _CONTENTS_STYLE.match(style.name or ""):
            return
        if text.strip():
            level = self._level(item)
            title = text.strip() if level else heading_of(text)
            if level and heading_of(text):
                self._numbered[numbered_level(text)] = level
            if level or title:
                number = numbered_level(text)
                yield Heading((title or text).strip(), level or self._numbered.get(number, number), where)
            else:
                for part in text.split("\n"):
                    yield Line(part, where, verbatim=True)
        else:
            yield Line("", where, verbatim=True)
        yield from self._images(item)

    @staticmethod
    def _level(paragraph: Paragraph) -> int:
        """The level that a paragraph's style names or, under a name of its own, has in the outline."""
        style = paragraph.style
        found = _HEADING_STYLE.match(style.name or "") if style is not None else None
        if found:
            return int(found.group(1) or 1)
        while style is not None:
            outline = style.element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
            if outline is not None:
                level = int(outline.get(qn("w:val")) or 9)
                return level + 1 if level < 9 else 0
            style = style.base_style
        return 0

    def _table(self, table: WordTable) -> Iterator[Block]:
        self._tables += 1
        number = self._tables
        rows: list[list[Cell]] = []
        above: dict[int, object] = {}
        nested: list[WordTable] = []
        for at, row in enumerate(table.rows):
            self._rows += 1
            if self._rows > self._limits.table_rows:
                self._document.warnings.append(
                    ("rows_left_out", f"Only the first {self._limits.table_rows} table rows were read.")
                )
                break
            cells: list[Cell] = []
            left: object = None
            for column, cell in enumerate(row.cells[: self._limits.columns]):
                element = cell._tc  # python-docx offers no public identity of merged cells
                covered = element is left or element is above.get(column)
                cells.append(Cell(cell.text.strip(), Place(cell=f"T{number}:R{at + 1}C{column + 1}"), covers=covered))
                if not covered:
                    nested.extend(cell.tables)
                    for paragraph in cell.paragraphs:
                        self._document.blocks += list(self._images(paragraph))
                left, above[column] = element, element
            rows.append(cells)
        yield Table(rectangular(rows), self._caption())
        for inner in nested:
            yield from self._table(inner)

    def _caption(self) -> str:
        last = next(
            (block for block in reversed(self._document.blocks) if not isinstance(block, Line) or block.text.strip()),
            None,
        )
        if (
            isinstance(last, Line)
            and len(last.text) <= 60
            and re.search(r"^\s*(?:表|table)\s*\d|单位|[:：]\s*$", last.text, re.IGNORECASE)
        ):
            return last.text.strip()
        return ""

    def _images(self, paragraph: Paragraph) -> Iterator[Block]:
        for blip in paragraph._p.iter(qn("a:blip")):  # pictures have no public iterator inside a paragraph
            part = self._word.part.related_parts.get(blip.get(qn("r:embed")) or "")
            if part is None or not getattr(part, "content_type", "").startswith("image/"):
                continue
            self._pictures += 1
            yield picture_mark(Place(image=self._pictures))
            if self._read_page is None or self._pictures > self._limits.pictures:
                self._unread += 1
                continue
            try:
                yield from picture_blocks(part.blob, self._read_page, Place(image=self._pictures))
            except DeliverableError:
                self._unread += 1
