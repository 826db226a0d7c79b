"""Tables of text whose columns are set by a ruler of dashes, with cells that go on over several lines."""

from __future__ import annotations

import re

from ml.metrics.blocks import Cell, Table, rectangular
from ml.metrics.contract import Place

_LINE = re.compile(r"^\s*-{8,}\s*$")
_RULER = re.compile(r"^\s*-{3,}(?:\s+-{3,})+\s*$")
_HEAD_LINES = 6


def ruled_table(lines: list[str], at: int) -> tuple[Table, int] | None:
    """The table that a line of dashes opens and closes, with empty lines between its rows, and the line behind it."""
    if not _LINE.match(lines[at]):
        return None
    upto = min(len(lines), at + 1 + _HEAD_LINES)
    ruler = next((below for below in range(at + 2, upto) if _RULER.match(lines[below])), None)
    if ruler is None:
        return None
    end = next((below for below in range(ruler + 1, len(lines)) if _LINE.match(lines[below])), None)
    if end is None:
        return None
    starts = [found.start() for found in re.finditer(r"-+", lines[ruler])]
    rows = [_row(lines, at + 1, ruler, starts)]
    begun = ruler + 1
    for below in range(ruler + 1, end + 1):
        if below == end or not lines[below].strip():
            if below > begun:
                rows.append(_row(lines, begun, below, starts))
            begun = below + 1
    return Table(rectangular(rows), ""), end + 1


def _row(lines: list[str], begin: int, end: int, starts: list[int]) -> list[Cell]:
    """One row of several lines, each cut where the columns start; a cell that a line cuts short goes on below it."""
    stops = [*starts[1:], None]
    parts = [[line[start:stop].strip() for line in lines[begin:end]] for start, stop in zip(starts, stops, strict=True)]
    return [Cell(" ".join(filter(None, part)), Place(line=begin + 1)) for part in parts]
