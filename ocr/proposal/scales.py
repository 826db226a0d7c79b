"""Columns of a table that are ticked: those whose headings are a scale."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.contract import FieldType
from ocr.proposal.page import Cell, bare, ends_open
from ocr.vocabulary import heads_ticks, letters, term_of, type_of

MOST_WORDS, MOST_LETTERS = 3, 18
"""Of a heading over a column to tick."""


def scale_of(row: Sequence[tuple[Cell, Cell]]) -> list[tuple[Cell, Cell]]:
    """Those cells of a row that are ticked, each with its heading: two at least are headed by words of a scale.

    The columns between and beside these belong to the scale too, if they are about as wide and headed by a few words
    that ask for nothing to be written.
    """
    known = [number for number, (_, heading) in enumerate(row) if heads_ticks(bare(heading.text))]
    if len(known) < 2:
        return []
    wide = max(row[number][0].box[2] for number in known)

    def fits(number: int) -> bool:
        if number in known:
            return True
        cell, heading = row[number]
        text = bare(heading.text)
        asks = term_of(text) is not None or type_of(text) is not FieldType.TEXT
        brief = len(text.split()) <= MOST_WORDS and len(letters(text)) <= MOST_LETTERS
        return not asks and brief and not ends_open(heading.text) and cell.box[2] < 1.3 * wide

    first, last = known[0], known[-1]
    if all(fits(number) for number in range(first, last)):
        while first > 0 and fits(first - 1) and len(known) * 2 > last - first + 1:
            first -= 1
        while last + 1 < len(row) and fits(last + 1) and len(known) * 2 > last - first + 1:
            last += 1
        return list(row[first : last + 1])
    return [row[number] for number in known]
