"""Pieces of text with boxes → lines and tables: for PDF pages and for pictures read by an OCR engine."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from ml.metrics.blocks import Block, Cell, Line, Table, rectangular
from ml.metrics.contract import Place
from ml.metrics.numbers import cell_quantity, normalise

CLOSE, AIRY = 3.5, 7.0
"""How far apart the rows of a table stand at most, in heights of their text: any rows, rows of the same columns."""


class Piece(NamedTuple):
    """A run of text at (x0, y0)–(x1, y1), y growing downwards."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float = 1.0

    @property
    def height(self) -> float:
        return self.y1 - self.y0


def rows_of(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that stand on one line, top to bottom, each line left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.y0 + piece.y1) / 2):
        middle = (piece.y0 + piece.y1) / 2
        last = rows[-1] if rows else None
        if last is not None:
            heights = median(other.height for other in last)
            centre = median((other.y0 + other.y1) / 2 for other in last)
            if abs(middle - centre) <= 0.5 * max(heights, 1e-6):
                last.append(piece)
                continue
        rows.append([piece])
    return [sorted(row, key=lambda piece: piece.x0) for row in rows]


def blocks_of(rows: Sequence[Sequence[Piece]], place: Place) -> list[Block]:
    """Lines and tables of one page. Rows of two or more pieces that share columns are a table."""
    blocks: list[Block] = []
    pending: list[Sequence[Piece]] = []

    def flush() -> None:
        if len(pending) >= 2:
            blocks.append(_table(pending, place))
        else:
            blocks.extend(_line(row, place) for row in pending)
        pending.clear()

    rows = [_without_bullet(row) for row in rows]
    for at, row in enumerate(rows):
        following = rows[at + 1] if at + 1 < len(rows) else ()
        begins_or_goes_on = len(row) >= 2 and (not pending or _same_table(pending, row))
        if begins_or_goes_on or (pending and len(row) == 1 and _wrapped(pending, row[0], following)):
            pending.append(row)
        else:
            flush()
            if len(row) >= 2:
                pending.append(row)
            else:
                blocks.append(_line(row, place))
    flush()
    return blocks


_BULLETS = frozenset("•·▪◦‣●○■□–-*")


def _without_bullet(row: Sequence[Piece]) -> Sequence[Piece]:
    """A row whose first piece is only the mark of a list item, without it: it is no column of a table."""
    return row[1:] if len(row) == 2 and row[0].text in _BULLETS else row


def _place(pieces: Sequence[Piece], place: Place) -> Place:
    x0, y0 = min(piece.x0 for piece in pieces), min(piece.y0 for piece in pieces)
    x1, y1 = max(piece.x1 for piece in pieces), max(piece.y1 for piece in pieces)
    return place._replace(region=_region(x0, y0, x1, y1))


def _cell(piece: Piece, place: Place) -> Cell:
    text, x0, y0, x1, y1, confidence = piece
    return Cell(text, Place(*place[:5], _region(x0, y0, x1, y1)), confidence)


def _region(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    # To a tenth, as `round` does at three times the cost: nothing on a page is negative.
    return (
        int(10 * x0 + 0.5) / 10, int(10 * y0 + 0.5) / 10, int(10 * (x1 - x0) + 0.5) / 10, int(10 * (y1 - y0) + 0.5) / 10
    )  # fmt: skip


def _line(row: Sequence[Piece], place: Place) -> Line:
    text = "   ".join(piece.text for piece in row)
    return Line(text, _place(row, place), confidence=min(piece.confidence for piece in row))


def _gap(first: Sequence[Piece], second: Sequence[Piece]) -> float:
    return min([piece.y0 for piece in second]) - max([piece.y1 for piece in first])


def _same_table(pending: Sequence[Sequence[Piece]], row: Sequence[Piece]) -> bool:
    gap, heights = _gap(pending[-1], row), [piece.y1 - piece.y0 for piece in row]
    if gap <= CLOSE * min(heights):
        return True  # nearly always, and the median takes longer
    height = median(heights)
    return gap <= CLOSE * height or (gap <= AIRY * height and _aligned(pending[-1], row))


def _aligned(above: Sequence[Piece], row: Sequence[Piece]) -> bool:
    """Whether each piece of a row stands under one of the row above: cells with much room around their text."""
    return all(any(over.x0 < under.x1 and under.x0 < over.x1 for over in above) for under in row)


def _wrapped(pending: Sequence[Sequence[Piece]], piece: Piece, following: Sequence[Piece]) -> bool:
    """Whether a lone piece is the rest of a cell of the row above (a header that wraps, a two-line name)."""
    left, right = min(p.x0 for row in pending for p in row), max(p.x1 for row in pending for p in row)
    close = _gap(pending[-1], (piece,)) <= 0.9 * piece.height
    inside = left - 2 <= piece.x0 and piece.x1 <= right + 2 and piece.x1 - piece.x0 < 0.5 * (right - left)
    return close and inside and len(following) >= 2


def _columns(rows: Sequence[Sequence[Piece]]) -> list[tuple[float, float]]:
    widest = max(len(row) for row in rows)
    # Intervals that overlap belong to one column, unless a piece covers several columns of the fullest rows.
    full = [row for row in rows if len(row) == widest]
    nearly = [row for row in rows if max(2, widest - 1) <= len(row) < widest]
    columns = [(min([row[at].x0 for row in full]), max([row[at].x1 for row in full])) for at in range(widest)]
    if any(columns[at][1] > columns[at + 1][0] for at in range(widest - 1)):
        columns, nearly = [(piece.x0, piece.x1) for piece in full[-1]], full + nearly
    for x0, x1 in ((piece.x0, piece.x1) for row in nearly for piece in row):
        touched = [at for at, (left, right) in enumerate(columns) if min(x1, right) - max(x0, left) > 0]
        if len(touched) == 1:
            left, right = columns[touched[0]]
            low = columns[touched[0] - 1][1] if touched[0] else float("-inf")
            high = columns[touched[0] + 1][0] if touched[0] + 1 < len(columns) else float("inf")
            columns[touched[0]] = (max(min(left, x0), low), min(max(right, x1), high))
    return columns


def _table(rows: Sequence[Sequence[Piece]], place: Place) -> Table:
    columns = _columns(rows)
    lines: list[list[list[Piece]] | None] = []
    """The pieces of each cell; None for a row of one piece in every column, which needs no more thought."""
    covers: list[set[int]] = []
    for row in rows:
        covered: set[int] = set()
        covers.append(covered)
        if len(row) == len(columns) and all(
            piece.x1 > left and piece.x0 < right for piece, (left, right) in zip(row, columns, strict=True)
        ):
            lines.append(None)
            continue
        gathered: list[list[Piece]] = [[] for _ in columns]
        for piece in row:
            touched = [
                at
                for at, (left, right) in enumerate(columns)
                if min(piece.x1, right) - max(piece.x0, left) > 0.2 * min(right - left, piece.x1 - piece.x0)
            ]
            if not touched:
                centre = (piece.x0 + piece.x1) / 2
                touched = [min(range(len(columns)), key=lambda at: abs((columns[at][0] + columns[at][1]) / 2 - centre))]
            if len(touched) > 1 and not any(ch.isdigit() for ch in piece.text):
                covered.update(touched[1:])
            else:
                touched = (
                    touched[:1]
                    if len(touched) == 1
                    else [max(touched, key=lambda at: min(piece.x1, columns[at][1]) - max(piece.x0, columns[at][0]))]
                )
            for at in touched:
                gathered[at].append(piece)
        lines.append(gathered)
    made: list[list[Cell]] = []
    for at, (cells, covered) in enumerate(zip(lines, covers, strict=True)):
        if cells is None:
            made.append([_cell(piece, place) for piece in rows[at]])
            continue
        texts = [" ".join(piece.text for piece in cell) for cell in cells]
        alone = sum(bool(text) for text in texts) < max(2, len(columns) // 2)
        tight = at > 0 and _gap(rows[at - 1], rows[at]) <= 0.9 * rows[at][0].height
        wraps = tight and not covered and (len(rows[at]) == 1 or (alone and not texts[0]))
        if made and wraps and not any(cell_quantity(normalise(text)) is not None for text in texts if text):
            made[-1] = [
                _joined(cell, text, pieces, place) for cell, text, pieces in zip(made[-1], texts, cells, strict=True)
            ]
            continue
        made.append(
            [
                Cell(text, _place(pieces, place), min(piece.confidence for piece in pieces), column in covered)
                if pieces
                else Cell("", place)
                for column, (text, pieces) in enumerate(zip(texts, cells, strict=True))
            ]
        )
    return Table(rectangular(made))


def _joined(cell: Cell, text: str, pieces: Sequence[Piece], place: Place) -> Cell:
    if not text:
        return cell
    space = "" if cell.text and not cell.text[-1].isascii() else " "
    where = cell.where if cell.where.region else _place(pieces, place)
    return Cell(f"{cell.text}{space}{text}".strip(), where, cell.confidence)
