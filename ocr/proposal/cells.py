"""Fields of a table: empty cells beside or below their labels, and cells that hold their label and room to write."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.contract import Box, FieldType, Option
from ocr.proposal.choices import option_value, words
from ocr.proposal.page import (
    MEET_MM,
    BlankPrint,
    Cell,
    Draft,
    bare,
    ends_open,
    in_rows,
    inset,
    is_number,
    is_sentence,
    joined,
    shared,
)
from ocr.proposal.scales import scale_of
from ocr.proposal.words import Piece
from ocr.vocabulary import letters, term_of, type_of

LEAST_WIDTH_MM, LEAST_HEIGHT_MM = 8.0, 3.8
ROOM_RIGHT_MM, ROOM_BELOW_MM = 15.0, 6.0
LONG_MM = (60.0, 15.0)
"""A cell so wide and so high is for some lines."""

TWO_LINES_MM = 9.0
"""A lower cell is for one line, whatever it is called."""
DATE_CELL_MM = 16.0
"""A higher cell with a date printed in it asks for an opinion, which the date below ends."""

SIGN_MM = 3.0
"""A line to sign on lies no further below the words before it."""
SECTION_SHAPE = 4.0
"""A row that names a section is one cell, so many times as wide as it is high and as the columns below it."""

_WEIGHT = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*[%％]")
_UNITS = frozenset("分元天次个人年月日岁%％") | {"小时", "万元", "分钟", "points", "hours", "days"}
_DATE_PRINT = re.compile(r"(?:20|二)?[\W_]*年[\W_]*月[\W_]*日?")
_SCORE, _TOTAL = term_of("得分"), term_of("合计")
_SCORED = ("评分", "得分", "score", "rating")
_SELF = ("自评", "自我", "本人", "self")


def find_cell_fields(page: BlankPrint) -> list[Draft]:
    """The fields of all cells. Words that belong to them are taken."""
    table = _Table(page)
    drafts = [*table.ticked_rows(), *table.empty_cells(), *table.labelled_cells()]
    return [draft for draft in drafts if draft is not None]


def is_long(box: Box) -> bool:
    return box[2] >= LONG_MM[0] and box[3] >= LONG_MM[1]


def is_date_cell(cell: Cell) -> bool:
    """Whether 年 月 日 is all that is printed in a cell, and the date all that is written in it."""
    return cell.box[3] < DATE_CELL_MM and _DATE_PRINT.fullmatch(cell.text.replace(" ", "")) is not None


class _Table:
    def __init__(self, page: BlankPrint) -> None:
        self.page = page
        self.cells = sorted(page.cells, key=lambda cell: (cell.box[1], cell.box[0]))
        self.done: set[int] = set()

    def ticked_rows(self) -> list[Draft]:
        """Rows of empty cells under headings of a scale: one question each, the cells are its boxes."""
        drafts = []
        for row in self._runs():
            chosen = scale_of([(cell, heading) for cell in row if (heading := self._header(cell)) is not None])
            if len(chosen) < 2:
                continue
            label = self._row_label(chosen[0][0])
            if label is None:
                continue
            options = []
            for number, (cell, heading) in enumerate(chosen, start=1):
                said = bare(heading.text)
                options.append(Option(option_value(said, number), words(said), _drawn_in(cell.box)))
                self.done.add(id(cell))
                self.page.take(*heading.pieces)
            left, right = options[0].box_mm, options[-1].box_mm
            box = (left[0], left[1], right[0] + right[2] - left[0], left[3])
            drafts.append(Draft(box, label, FieldType.CHOICE, tuple(options)))
        return drafts

    def empty_cells(self) -> list[Draft]:
        drafts = []
        numbers: dict[int, int] = {}
        for cell in self.cells:
            area = self._writable(cell)
            if area is None or id(cell) in self.done:
                continue
            left, header = self._left(cell), self._header(cell)
            in_table = header is not None and self._stack(cell, header) >= 2 and not _form_like(left, header)
            label, kind, weight = None, FieldType.TEXT, None
            if in_table and header is not None:
                row_label = self._row_label(cell)
                several = sum(self._writable(other) is not None for other in self._row(cell))
                numbers[id(header)] = numbers.get(id(header), 0) + 1
                heading = bare(header.text)
                if row_label is None:
                    label = f"{heading} {numbers[id(header)]}"
                else:
                    label = f"{row_label} {heading}" if several > 1 else row_label
                kind, weight = self._table_type(cell, header, row_label)
                self.page.take(*header.pieces)
            elif left is not None and left.pieces and not left.boxes:
                label = left.text
                self.page.take(*left.pieces)
            elif header is not None:
                label = header.text
                self.page.take(*header.pieces)
            else:
                label = self._row_label(cell) or self._outside(cell)
            if not label or not bare(label):
                continue
            if not in_table:
                kind = self._kind(label, area, cell)
            self.done.add(id(cell))
            self.page.take(*(piece for piece in cell.pieces if _is_unit(piece.text)))
            drafts.append(Draft(inset(area), label, kind, weight=weight))
        return drafts

    def labelled_cells(self) -> list[Draft]:
        """Cells with their label inside, and room beside or below it."""
        drafts = []
        for cell in self.cells:
            pieces = in_rows(self.page.free(cell.pieces))
            if not pieces or cell.boxes or cell.levels or id(cell) in self.done:
                continue
            waiting = [piece for piece in pieces if ends_open(piece.text)]
            if len(waiting) > 1 and waiting[0] is pieces[0] and len(waiting) == len(pieces):
                continue  # several labels of their own, see `ocr.proposal.lines`
            label = _top_label(pieces)
            rest = [piece for piece in pieces if piece not in label]
            if any(not ends_open(piece.text) and not _is_unit(piece.text) for piece in rest):
                continue
            x, y, w, h = cell.box
            bottom = min((piece.top for piece in rest), default=y + h)
            below = bottom - max(piece.bottom for piece in label)
            right = x + w - max(piece.right for piece in label)
            text = joined(label)
            if is_sentence(text):
                continue
            known = ends_open(text) or term_of(bare(text)) is not None or type_of(bare(text)) is not FieldType.TEXT
            above = label[0].top - y
            roomy = below >= (ROOM_BELOW_MM if known else 9) and w >= (ROOM_RIGHT_MM if known else 30)
            if roomy and above < 0.6 * below:  # a label in the middle of its cell heads other cells
                top = max(piece.bottom for piece in label) + 0.5
                area = (x, top, w, bottom - top)
            elif right >= ROOM_RIGHT_MM and known and not rest and label[0].left - x < max(6.0, 0.2 * w):
                left = max(piece.right for piece in label) + 1.0
                area = (left, y, x + w - left, h)
            else:
                continue
            self.page.take(*label)
            self.done.add(id(cell))
            drafts.append(Draft(inset(area), text, self._kind(text, area, cell)))
        return drafts

    def _writable(self, cell: Cell) -> Box | None:
        """The white of a cell to write in: all of it, or what is above a line for signature and date."""
        x, y, w, h = cell.box
        if w < LEAST_WIDTH_MM or h < LEAST_HEIGHT_MM or cell.boxes or (cell.levels and not cell.pieces):
            return None
        if is_date_cell(cell) and not cell.levels:
            return cell.box
        printed = [piece for piece in cell.pieces if not _is_unit(piece.text)]
        if cell.pieces and _DATE_PRINT.fullmatch(cell.text.replace(" ", "")):
            printed = cell.pieces
        if not printed and not cell.levels:
            units = [piece for piece in cell.pieces if piece.left > x + 0.5 * w]
            if units and len(cell.pieces) == len(units):
                return x, y, min(piece.left for piece in units) - x, h
            return cell.box
        if cell.levels:  # lines to sign on, each with its label before it
            printed = cell.pieces
            if any(level[1] - max(piece.bottom for piece in printed) > SIGN_MM for level in cell.levels):
                return None
        top = min(piece.top for piece in printed)
        if top - y >= 8 and all(ends_open(piece.text) or _is_unit(piece.text) for piece in printed):
            return x, y, w, top - y - 0.5
        return None

    def _left(self, cell: Cell) -> Cell | None:
        """The cell that ends where this one begins."""
        return self._beside(cell, 0)

    def _header(self, cell: Cell) -> Cell | None:
        """The nearest cell with words above, through cells of the same column."""
        above = self._above(cell)
        while above is not None:
            if above.pieces and self._writable(above) is None:
                return above if not above.boxes else None
            above = self._above(above)
        return None

    def _above(self, cell: Cell) -> Cell | None:
        """The cell of the same column above this one, also across a row that only names a section."""
        direct = self._beside(cell, 1)
        if direct is not None:
            return direct
        x, y, w, _ = cell.box
        for band in self.cells:
            bx, by, bw, bh = band.box
            over = -0.6 < y - by - bh < MEET_MM and bx - 1.6 < x and x + w < bx + bw + 1.6
            if not over or bw < SECTION_SHAPE * max(w, bh) or not band.pieces or band.boxes or band.levels:
                continue
            met = [other for other in self.cells if -0.6 < by - other.box[1] - other.box[3] < MEET_MM]
            return next((other for other in met if _same_column(other, cell)), None)
        return None

    def _beside(self, cell: Cell, axis: int) -> Cell | None:
        begin, across = cell.box[axis], 1 - axis
        best: tuple[float, Cell] | None = None
        for other in self.cells:
            gap = begin - other.box[axis] - other.box[axis + 2]
            if other is cell or not -0.6 < gap < MEET_MM:
                continue
            common = shared(cell.box[across], cell.box[across + 2], other.box[across], other.box[across + 2])
            fits = other.box[across + 2] >= 0.6 * cell.box[across + 2]
            if axis == 1 and not _same_column(other, cell):
                continue
            if common > 0.6 and fits and (best is None or common > best[0]):
                best = common, other
        return best[1] if best else None

    def _stack(self, cell: Cell, header: Cell) -> int:
        """How many cells to write in stand under a header."""
        return sum(
            self._writable(other) is not None and _same_column(other, cell) and self._header(other) is header
            for other in self.cells
        )

    def _row(self, cell: Cell) -> list[Cell]:
        """All cells of the same table row, left to right."""
        y, h = cell.box[1], cell.box[3]
        row = [other for other in self.cells if shared(y, h, other.box[1], other.box[3]) > 0.7]
        return sorted(row, key=lambda other: other.box[0])

    def _runs(self) -> list[list[Cell]]:
        """Empty cells side by side, of one height, as rows."""
        runs: list[list[Cell]] = []
        seen: set[int] = set()
        for cell in self.cells:
            if id(cell) in seen or not cell.empty:
                continue
            run = [other for other in self._row(cell) if other.empty and abs(other.box[3] - cell.box[3]) < 1.5]
            seen.update(id(other) for other in run)
            if len(run) >= 2:
                runs.append(run)
        return runs

    def _row_label(self, cell: Cell) -> str | None:
        """What the row is about: its first cell with words that are more than a number, of its own height if there."""
        texts = [
            other
            for other in self._row(cell)
            if other.box[0] < cell.box[0] and other.pieces and self._writable(other) is None and not other.boxes
        ]
        named = [other for other in texts if not is_number(other.text)]
        own = [other for other in named if other.box[3] < 1.6 * cell.box[3]] or named
        if not own:
            return self._outside(cell)
        self.page.take(*(piece for other in texts for piece in other.pieces))
        return bare(own[0].text) or None

    def _outside(self, cell: Cell) -> str | None:
        """Words left of the whole row, outside of any cell."""
        x, y, _, h = cell.box
        if self._left(cell) is not None:
            return None
        near = [
            piece
            for piece in self.page.free(self.page.pieces)
            if y <= piece.middle[1] <= y + h
            and piece.right < x + 1
            and x - piece.right < 12
            and self.page.cell_of(piece.box) is None
        ]
        if not near:
            over = [
                piece
                for piece in self.page.free(self.page.pieces)
                if self.page.cell_of(piece.box) is None
                and -0.5 < y - piece.bottom < 5
                and piece.left >= x - 4
                and piece.middle[0] < x + cell.box[2]
            ]
            near = in_rows(over)[-1:] if self._beside(cell, 1) is None else []
        if not near:
            return None
        self.page.take(*near)
        return joined(near)

    def _table_type(self, cell: Cell, header: Cell, row_label: str | None) -> tuple[FieldType, str | None]:
        heading = bare(header.text)
        kind = type_of(heading)
        heads = [heading]
        if kind is FieldType.TEXT and (group := self._group(header)) is not None:
            heads.append(bare(group.text))
        scored = any(term_of(head) is _SCORE or letters(head).endswith(_SCORED) for head in heads)
        if scored and not any(word in letters(heading) for word in _SELF):
            if row_label is not None and term_of(row_label) is _TOTAL:
                return FieldType.NUMBER, None
            return FieldType.SCORE, self._weight(cell)
        if scored and kind is FieldType.TEXT:
            return FieldType.NUMBER, None
        if kind in (FieldType.TEXT, FieldType.LONG_TEXT):
            kind = self._kind(heading, cell.box, cell)
        return kind, None

    def _group(self, header: Cell) -> Cell | None:
        """The heading over some headings, of which this is one."""
        x, y, w, _ = header.box
        for other in self.cells:
            gap = y - other.box[1] - other.box[3]
            within = other.box[0] - 1.6 < x and x + w < other.box[0] + other.box[2] + 1.6
            if -0.6 < gap < MEET_MM and within and other.pieces and other.box[2] > 1.5 * w:
                return other
        return None

    def _weight(self, cell: Cell) -> str | None:
        for other in self._row(cell):
            found = _WEIGHT.fullmatch(other.text.strip()) if other.pieces else None
            if found:
                return found.group(1)
        return None

    def _kind(self, label: str, area: Box, cell: Cell) -> FieldType:
        if is_date_cell(cell):
            return FieldType.DATE
        kind = type_of(bare(label))
        if kind is FieldType.LONG_TEXT and area[3] < TWO_LINES_MM:
            return FieldType.TEXT
        if kind is FieldType.TEXT and is_long(area):
            return FieldType.LONG_TEXT
        return kind


def _top_label(pieces: Sequence[Piece]) -> list[Piece]:
    """The first words of a cell: its first row, and rows close below that go on with them."""
    label = [pieces[0]]
    for piece in pieces[1:]:
        last = label[-1]
        beside = abs(piece.middle[1] - last.middle[1]) < 0.6 * last.box[3] and piece.left - last.right < 6
        below = 0 <= piece.top - last.bottom < 0.9 * last.box[3] and abs(piece.left - pieces[0].left) < 12
        if ends_open(joined(label)) or not (beside or below):
            break
        label.append(piece)
    return label


def _form_like(left: Cell | None, header: Cell | None) -> bool:
    """Whether a cell between two labels belongs to the left one: that is a known label or waits with a colon."""
    if left is None or header is None or not left.pieces:
        return False
    text = bare(left.text)
    if ends_open(left.text):
        return True
    known, over = term_of(text), term_of(bare(header.text))
    return known is not None and known.role is not None and (over is None or over.role is not None)


def _same_column(one: Cell, other: Cell) -> bool:
    return abs(one.box[0] - other.box[0]) < 1.6 and abs(one.box[2] - other.box[2]) < 2.4


def _drawn_in(box: Box) -> Box:
    """A cell as a box to tick: its inside, a little away from the border."""
    x, y, w, h = box
    return x + 0.4, y + 0.4, w - 0.8, h - 0.8


def _is_unit(text: str) -> bool:
    return "".join(text.split()).casefold() in _UNITS
