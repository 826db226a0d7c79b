"""HTML: headings, paragraphs, definition lists and tables with their spans; scripts and styles are left out."""

from __future__ import annotations

from html.parser import HTMLParser

from ml.metrics.blocks import Cell, Document, Heading, Line, Table, rectangular
from ml.metrics.contract import DeliverableError, Limits, Place

_SILENT = {"script", "style", "template", "noscript", "svg", "head", "select", "option", "button"}
_BREAKING = {
    "p",
    "div",
    "li",
    "br",
    "section",
    "article",
    "header",
    "footer",
    "ul",
    "ol",
    "blockquote",
    "figcaption",
    "caption",
    "summary",
    "details",
    "hr",
    "form",
    "label",
    "main",
}
_VOID = {"br", "hr", "img", "input", "meta", "link", "col", "wbr", "source"}
_MAX_SPAN = 200


class _Reader(HTMLParser):
    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.document = Document()
        self._limits = limits
        self._silent = 0
        self._buffer: list[str] = []
        self._heading = 0
        self._verbatim = 0
        self._term = ""
        self._in_term = False
        self._closed = False
        self._tables: list[_OpenTable] = []
        self._cells = 0

    def _where(self) -> Place:
        return Place(line=self.getpos()[0])

    def _flush(self) -> None:
        text = "".join(self._buffer)
        self._buffer.clear()
        if self._verbatim:
            self.document.blocks += [Line(part, self._where(), verbatim=True) for part in text.split("\n")]
            return
        text = " ".join(text.split())
        if not text:
            return
        if self._heading:
            self.document.blocks.append(Heading(text, self._heading, self._where()))
        elif self._term and not self._in_term:
            self.document.blocks.append(Line(f"{self._term}: {text}", self._where()))
            self._term = ""
        else:
            self.document.blocks.append(Line(text, self._where()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += tag not in _VOID
            return
        if self._silent:
            return
        if tag == "table":
            self._flush()
            self._tables.append(_OpenTable())
            return
        table = self._tables[-1] if self._tables else None
        if table is not None:
            if tag == "tr":
                table.end_row()
            elif tag in ("td", "th"):
                spans = dict(attrs)
                table.start_cell(_span(spans.get("rowspan")), _span(spans.get("colspan")), self._where())
                self._cells += 1
                if self._cells > self._limits.table_rows * 20:
                    raise DeliverableError(
                        "too_many_rows", "The page's tables are too long to read: export the summary alone."
                    )
            elif tag in _BREAKING:
                table.add(" ")
            return
        if tag[0] == "h" and tag[1:].isdigit() and len(tag) == 2:
            self._flush()
            self._heading = int(tag[1])
        elif tag == "pre":
            self._flush()
            self._verbatim += 1
        elif tag == "dt":
            self._flush()
            self._in_term = True
        elif tag == "dd" or (tag in _BREAKING and not self._verbatim):
            self._flush()
        elif self._closed and self._buffer and not self._verbatim:
            # "<span>QPS</span><b>128</b>" stands apart on the page.
            self._buffer.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
            return
        if self._silent:
            return
        if tag == "table" and self._tables:
            table = self._tables.pop()
            table.end_row()
            rows = table.rectangle()
            if self._tables:
                self._tables[-1].add(" ".join(cell.text for row in rows for cell in row if not cell.covers))
            elif rows:
                self.document.blocks.append(Table(rows, table.caption))
            return
        if self._tables:
            table = self._tables[-1]
            if tag in ("td", "th"):
                table.end_cell()
            elif tag == "caption":
                table.end_caption()
            return
        if tag[0] == "h" and tag[1:].isdigit() and len(tag) == 2:
            self._flush()
            self._heading = 0
        elif tag == "pre":
            self._flush()
            self._verbatim = max(0, self._verbatim - 1)
        elif tag == "dt":
            self._term = " ".join("".join(self._buffer).split()).rstrip(":：")
            self._buffer.clear()
            self._in_term = False
        elif tag == "dd" or (tag in _BREAKING and not self._verbatim):
            self._flush()
        self._closed = True

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self._closed = False
        if self._tables:
            self._tables[-1].add(data)
        else:
            self._buffer.append(data)

    def close(self) -> None:
        super().close()
        self._flush()


def _span(value: str | None) -> int:
    return max(1, min(int(value), _MAX_SPAN)) if value and value.isdigit() else 1


class _OpenTable:
    """A table while it is read; cells that span are repeated in what they cover."""

    def __init__(self) -> None:
        self.caption = ""
        self._rows: list[list[Cell]] = []
        self._row: list[Cell] | None = None
        self._carried: dict[int, tuple[int, Cell]] = {}
        self._later: dict[int, tuple[int, Cell]] = {}
        self._open: tuple[int, int, Place] | None = None
        self._text: list[str] = []

    def add(self, data: str) -> None:
        self._text.append(data)

    def end_caption(self) -> None:
        self.caption = " ".join("".join(self._text).split())
        self._text.clear()

    def start_cell(self, rows: int, columns: int, where: Place) -> None:
        self.end_cell()
        if self._row is None:
            self._row = []
        self._text.clear()
        self._open = (rows, columns, where)

    def end_cell(self) -> None:
        if self._open is None or self._row is None:
            return
        rows, columns, where = self._open
        self._open = None
        text = " ".join("".join(self._text).split())
        self._text.clear()
        self._take_carried()
        at = len(self._row)
        for offset in range(columns):
            cell = Cell(text, where, covers=offset > 0)
            self._row.append(cell)
            if rows > 1:
                self._later[at + offset] = (rows - 1, Cell(text, where, covers=True))

    def _take_carried(self) -> None:
        """Put the cells that reach down from rows above where the next cell would stand."""
        assert self._row is not None
        while (at := len(self._row)) in self._carried:
            left, cell = self._carried.pop(at)
            self._row.append(cell)
            if left > 1:
                self._later[at] = (left - 1, cell)

    def end_row(self) -> None:
        self.end_cell()
        if self._row is not None:
            self._take_carried()
            self._rows.append(self._row)
            self._carried, self._later = self._later, {}
        self._row = None

    def rectangle(self) -> tuple[tuple[Cell, ...], ...]:
        return rectangular(self._rows)


def read_html(text: str, limits: Limits) -> Document:
    """The blocks of an HTML page."""
    reader = _Reader(limits)
    reader.feed(text)
    reader.close()
    return reader.document
