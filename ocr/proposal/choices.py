"""Boxes to tick, put together to questions: which boxes answer the same one, and what each says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ocr.contract import Box, FieldType, Option, Words
from ocr.proposal.page import MEET_MM, BlankPrint, Cell, Draft, bare, ends_open, in_rows, is_number, joined, shared
from ocr.proposal.words import Piece
from ocr.vocabulary import heads_ticks, letters, split_languages, term_of

OPTION_GAP_MM = 10.0
"""An option's words begin this near to its box."""
NEXT_MM = 60.0
"""Boxes of one question stand this near to each other in a row."""
BELOW_MM = 15.0
"""And this near below each other."""
HEADING_MM = 120.0


def find_choices(page: BlankPrint) -> list[Draft]:
    """The questions with boxes. Words that belong to them are taken."""
    rows = _rows(page, page.printed.boxes)
    worded: list[tuple[Row, Texts]] = []
    bare_rows: list[tuple[Row, Texts]] = []
    for row in rows:
        texts = _texts(page, row)
        (worded if sum(text is not None for text in texts) * 2 >= len(row) else bare_rows).append((row, texts))
    groups = _stacked(page, worded)
    page.take(*(text for _, texts in groups for text in texts if text is not None))
    drafts = [draft for group in groups if (draft := _question(page, group)) is not None]
    drafts.extend(_matrix(page, [row for row, _ in bare_rows]))
    return drafts


def words(label: str) -> Words:
    """A label in both languages, as far as it or the vocabulary has them."""
    label = bare(label) or label
    term = term_of(label)
    if term is not None:
        chinese, latin = split_languages(label)
        return Words(chinese or term.words.zh, latin or term.words.en)
    chinese, latin = split_languages(label)
    return Words(chinese or latin, latin or chinese)


Row = list[Box]
Texts = list[Piece | None]


def _rows(page: BlankPrint, boxes: Sequence[Box]) -> list[Row]:
    """Boxes side by side that may belong together: no label of another question between them."""
    waiting = sorted(boxes, key=lambda box: box[1] + box[3] / 2)
    rows: list[Row] = []
    while waiting:
        first = waiting[0]
        middle = first[1] + first[3] / 2
        line = [box for box in waiting if abs(box[1] + box[3] / 2 - middle) < 0.5 * min(first[3], box[3])]
        waiting = [box for box in waiting if box not in line]
        line.sort()
        row = [line[0]]
        for box in line[1:]:
            if _parted(page, row[-1], box):
                rows.append(row)
                row = []
            row.append(box)
        rows.append(row)
    return rows


def _parted(page: BlankPrint, left: Box, right: Box) -> bool:
    gap = right[0] - left[0] - left[2]
    if gap > NEXT_MM:
        return True
    between = [
        piece for piece in page.pieces if _beside(piece, left) and left[0] < piece.left and piece.right < right[0] + 1
    ]
    if any(ends_open(piece.text) for piece in between):
        return True
    first, second = page.cell_of(left), page.cell_of(right)
    if first is second:
        return len(between) > 1 and _far(between)
    if first is None or second is None:
        return True
    # Boxes alone in their cells are columns of ticks; cells with words of their own are questions of their own.
    return bool(first.pieces or second.pieces) or gap > 30


def _far(pieces: Sequence[Piece]) -> bool:
    """Whether pieces between two boxes are two things: the words of the first and the question of the second."""
    ordered = sorted(pieces, key=lambda piece: piece.left)
    return any(after.left - before.right > 5 for before, after in pairwise(ordered))


def _beside(piece: Piece, box: Box) -> bool:
    return abs(piece.middle[1] - box[1] - box[3] / 2) < max(0.6 * box[3], 0.55 * piece.box[3])


def _texts(page: BlankPrint, row: Row) -> Texts:
    """The words of each box: to its right, or for the whole row to its left."""
    after: Texts = []
    before: Texts = []
    for index, box in enumerate(row):
        end = row[index + 1][0] if index + 1 < len(row) else box[0] + NEXT_MM
        begin = row[index - 1][0] + row[index - 1][2] if index else box[0] - NEXT_MM
        cell = page.cell_of(box)
        near = [piece for piece in page.free(page.pieces) if _beside(piece, box) and page.cell_of(piece.box) is cell]
        right = [p for p in near if box[0] + box[2] - 0.5 <= p.left < min(end, box[0] + box[2] + OPTION_GAP_MM)]
        left = [p for p in near if max(begin, box[0] - OPTION_GAP_MM) < p.right <= box[0] + 0.5]
        after.append(min(right, key=lambda p: p.left, default=None))
        before.append(max((p for p in left if not ends_open(p.text)), key=lambda p: p.right, default=None))
    if len(row) > 1 and after[-1] is None and before[0] is not None and None not in before:
        return before
    if sum(text is not None for text in after) >= sum(text is not None for text in before):
        return after
    return before


def _stacked(page: BlankPrint, rows: Sequence[tuple[Row, Texts]]) -> list[tuple[Row, Texts]]:
    """Rows of one question below each other joined: a list of boxes, or options that go on in a second line."""
    groups: list[tuple[Row, Texts]] = []
    said = {id(text) for _, texts in rows for text in texts if text is not None}
    for row, texts in sorted(rows, key=lambda pair: (pair[0][0][1], pair[0][0][0])):
        for index, (upper, upper_texts) in enumerate(groups):
            last = upper[-1] if len(row) == 1 else upper[0]
            gap = row[0][1] - max(box[1] + box[3] for box in upper)
            aligned = abs(row[0][0] - upper[0][0]) < 2.0
            same_cell = page.cell_of(row[0]) is page.cell_of(last)
            asked_again = {_said(text) for text in texts} & {_said(text) for text in upper_texts} - {""}
            if not (aligned and same_cell and -1 < gap < BELOW_MM) or asked_again or _has_label(page, row, upper, said):
                continue
            groups[index] = [*upper, *row], [*upper_texts, *texts]
            break
        else:
            groups.append((list(row), list(texts)))
    return groups


def _has_label(page: BlankPrint, row: Row, above: Row, options: set[int]) -> bool:
    """Whether words that are no option stand left of a row, or between it and the row above."""
    first = row[0]
    cell = page.cell_of(first)
    top = above[-1][1]
    for piece in page.pieces:
        if id(piece) in options:
            continue
        home = page.cell_of(piece.box)
        if home is not cell and home is not None and home.box[1] < top and home.box[1] + home.box[3] > first[1]:
            continue  # a label beside both rows
        if _beside(piece, first) and piece.right < first[0] + 0.5 and first[0] - piece.right < HEADING_MM:
            return True
        between = above[-1][1] + above[-1][3] < piece.middle[1] < first[1] and piece.left < first[0] + 8
        if home is cell and between and not any(_beside(piece, box) for box in above):
            return True
    return False


def _said(piece: Piece | None) -> str:
    return letters(piece.text) if piece is not None else ""


def _question(page: BlankPrint, group: tuple[Row, Texts]) -> Draft | None:
    row, texts = group
    label = _label(page, row)
    options = tuple(
        _option(number, box, text.text if text is not None else "")
        for number, (box, text) in enumerate(zip(row, texts, strict=True), start=1)
    )
    return Draft(_around(row), label or "", FieldType.CHOICE, _distinct(options))


def _label(page: BlankPrint, row: Row) -> str | None:
    first = row[0]
    cell = page.cell_of(first)
    mine = [piece for piece in page.free(page.pieces) if page.cell_of(piece.box) is cell]
    left = [piece for piece in mine if _beside(piece, first) and piece.right < first[0] + 0.5]
    left = [piece for piece in left if first[0] - piece.right < HEADING_MM]
    if left:
        found = [max(left, key=lambda piece: piece.right)]
        if cell is None or len(cell.pieces) < 8:
            found = [p for p in left if found[0].left - p.right < 6 or p is found[0]]
        page.take(*found)
        return joined(found)
    if cell is not None:
        beside = left_text(page, cell)
        if beside is not None:
            return beside
    above = [
        piece
        for piece in mine
        if 0 <= first[1] - piece.bottom < 9 and piece.left < first[0] + first[2] + 12 and piece.right > first[0] - 3
    ]
    if above:
        lowest = max(above, key=lambda piece: piece.bottom)
        page.take(lowest)
        return lowest.text
    if cell is not None:
        inside = page.free(cell.pieces)
        if inside and len(inside) <= 3:
            page.take(*inside)
            return joined(inside)
        over = above_text(page, cell)
        if over is not None:
            return over
    return None


def left_text(page: BlankPrint, cell: Cell) -> str | None:
    """What the cells with words directly left of this one call it: the first of its own height, but no number."""
    chain: list[Cell] = []
    while (other := _labelled_left(page, chain[-1] if chain else cell)) is not None:
        chain.append(other)
    named = [other for other in chain if not is_number(other.text)]
    own = [other for other in named if other.box[3] < 1.6 * cell.box[3]] or named[:1]
    if not own:
        return None
    page.take(*(piece for other in chain for piece in other.pieces))
    return own[-1].text


def _labelled_left(page: BlankPrint, cell: Cell) -> Cell | None:
    """The cell with words and no boxes that ends where this one begins."""
    for other in page.cells:
        gap = cell.box[0] - other.box[0] - other.box[2]
        level = shared(cell.box[1], cell.box[3], other.box[1], other.box[3]) > 0.6
        labelled = other.pieces and not other.boxes and other.box[3] >= 0.6 * cell.box[3]
        if -0.5 < gap < MEET_MM and level and labelled:
            return other
    return None


def above_text(page: BlankPrint, cell: Cell) -> str | None:
    """The words of the cell directly above this one, when the two are a column."""
    for other in page.cells:
        gap = cell.box[1] - other.box[1] - other.box[3]
        same = abs(other.box[0] - cell.box[0]) < 1.5 and abs(other.box[2] - cell.box[2]) < 3
        if -0.5 < gap < MEET_MM and same and other.pieces and not other.boxes:
            page.take(*other.pieces)
            return other.text
    return None


def _matrix(page: BlankPrint, rows: Sequence[Row]) -> list[Draft]:
    """Rows of boxes without words of their own: a question in front, and headings over the columns."""
    groups = _blocks(page, rows)
    drafts = []
    for block in groups:
        headings = [_heading(page, block, column) for column in _columns(block)]
        headed = any(headings)
        for row in block:
            row_label = _row_label(page, row)
            boxes = [(box, headings[number] or "") for number, box in enumerate(row)]
            if headed and row_label is not None:
                boxes = [(box, heading) for box, heading in boxes if heading] or boxes
            options = tuple(_option(number, box, text) for number, (box, text) in enumerate(boxes, start=1))
            drafts.append(
                Draft(_around([box for box, _ in boxes]), row_label or "", FieldType.CHOICE, _distinct(options))
            )
    return drafts


def _blocks(page: BlankPrint, rows: Sequence[Row]) -> list[list[Row]]:
    """Rows with the same columns below each other."""
    blocks: list[list[Row]] = []
    for row in sorted(rows, key=lambda row: (row[0][1], row[0][0])):
        for block in blocks:
            last = block[-1]
            gap = row[0][1] - last[0][1] - last[0][3]
            if (
                len(last) == len(row)
                and gap < 25
                and all(abs(a[0] + a[2] / 2 - b[0] - b[2] / 2) < 2 for a, b in zip(last, row, strict=True))
            ):
                block.append(row)
                break
        else:
            blocks.append([row])
    return blocks


def _columns(block: Sequence[Row]) -> list[float]:
    return [sum(row[index][0] + row[index][2] / 2 for row in block) / len(block) for index in range(len(block[0]))]


def _heading(page: BlankPrint, block: Sequence[Row], column: float) -> str | None:
    top = block[0][0][1]
    half = max(3.0, block[0][0][2])
    over = [
        piece
        for piece in page.pieces
        if piece.bottom <= top + 0.5 and top - piece.bottom < 25 and piece.left - half < column < piece.right + half
    ]
    narrow = [piece for piece in over if piece.box[2] < 40 and abs(piece.middle[0] - column) < half + piece.box[2] / 2]
    if not narrow:
        return None
    lowest = max(narrow, key=lambda piece: piece.bottom)
    row = [p for p in narrow if abs(p.middle[1] - lowest.middle[1]) < 0.6 * lowest.box[3]]
    found = min(row, key=lambda piece: abs(piece.middle[0] - column))
    page.take(found)
    # Headings that stand close together are one piece: the column's own word is picked by its place.
    parts = found.text.split()
    if len(parts) > 1 and found.box[2] > 2 * half and all(heads_ticks(part) for part in parts):
        place = (column - found.left) / found.box[2]
        return parts[min(len(parts) - 1, max(0, int(place * len(parts))))]
    return found.text


def _row_label(page: BlankPrint, row: Row) -> str | None:
    first = row[0]
    cell = page.cell_of(first)
    beside = [
        piece
        for piece in page.pieces
        if piece.right < first[0] + 0.5
        and first[0] - piece.right < HEADING_MM
        and abs(piece.middle[1] - first[1] - first[3] / 2) < max(0.7 * first[3], 0.8 * piece.box[3])
    ]
    if not beside:
        if cell is not None:
            return left_text(page, cell)
        return None
    nearest = max(beside, key=lambda piece: piece.right)
    home = page.cell_of(nearest.box)
    if home is not None and home is not cell and not home.boxes:
        page.take(*home.pieces)
        return home.text
    mine = [piece for piece in beside if nearest.left - piece.right < 8]
    page.take(*mine)
    return joined(in_rows(mine))


def _option(number: int, box: Box, text: str) -> Option:
    said = bare(text) or str(number)
    return Option(option_value(said, number), words(said), box)


def option_value(said: str, number: int) -> str:
    """The value that ticking gives: a grade or figure as it is printed, an English word, else the words themselves."""
    chinese, latin = split_languages(said)
    plain = letters(latin) if latin else letters(chinese)
    if re.fullmatch(r"[a-z0-9]{1,2}", plain):
        return plain.upper()
    if latin:
        return re.sub(r"[^a-z0-9]+", "_", latin.casefold()).strip("_")[:40] or str(number)
    return plain[:40] or str(number)


def _distinct(options: Sequence[Option]) -> tuple[Option, ...]:
    seen: dict[str, int] = {}
    made = []
    for option in options:
        seen[option.value] = seen.get(option.value, 0) + 1
        count = seen[option.value]
        value = option.value if count == 1 else f"{option.value}_{count}"
        made.append(Option(value, option.label, option.box_mm))
    return tuple(made)


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top
