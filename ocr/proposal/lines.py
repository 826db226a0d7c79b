"""Fields without cells: lines to write on, labels that wait with a colon, and dates printed as 年 月 日."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.contract import Box, FieldType
from ocr.proposal.cells import LEAST_HEIGHT_MM, is_date_cell, is_long
from ocr.proposal.page import BlankPrint, Draft, bare, ends_open, in_rows, is_sentence, joined, same_row, shared
from ocr.proposal.words import Piece
from ocr.vocabulary import letters, term_of, type_of

LEAST_LINE_MM = 10.0
LEAST_ROOM_MM = 12.0
ROW_MM = 8.0
"""Height above a line that is written on, and of a row without one."""
LABEL_REACH_MM = 28.0
NEXT_LINE_MM = 14.0
LONGEST_LABEL = 32
"""Letters; what is longer and ends with a colon is an instruction."""
QUESTION_MARKS = ("?", "？")
SECTION_ROOM_MM = 14.0
"""White below a label from which on some lines are meant."""


def find_dates(page: BlankPrint) -> list[Draft]:
    """Rows of 年, 月 and 日 with white between them. The words and the lines between them are taken."""
    drafts = []
    for month in page.free(page.pieces):
        if letters(month.text) != "月":
            continue
        row = sorted((piece for piece in page.pieces if same_row(piece, month)), key=lambda piece: piece.left)
        after = [piece for piece in row if 0 < piece.left - month.right < 40]
        before = [piece for piece in row if 0 < month.left - piece.right < 40 and id(piece) not in page.used]
        day = next((piece for piece in after if letters(piece.text) == "日"), None)
        year = next((piece for piece in reversed(before) if letters(piece.text) in {"年", "20年"}), None)
        if day is None:
            continue
        first = year or month
        cell = page.cell_of(month.box)
        if cell is not None and is_date_cell(cell) and not cell.levels:
            continue  # a field of the table, called by the cell beside it
        before = [piece for piece in row if 0 < first.left - piece.right < 40 and id(piece) not in page.used]
        century = [piece for piece in before if letters(piece.text) in {"20", "二"}]
        others = [piece for piece in before if piece not in century]
        labels = [piece for piece in others[-1:] if type_of(bare(piece.text)) in (FieldType.TEXT, FieldType.DATE)]
        room = 18 if year is not None else 32
        if labels:
            left = labels[0].right + 1
        else:  # words that ask for something else, such as a signature, have a room of their own
            begin = (others[-1].right + first.left) / 2 if others else cell.box[0] + 1 if cell else 0
            left = max(first.left - room, begin)
        height = max(ROW_MM, month.box[3] * 1.8)
        box = (left, month.middle[1] - height / 2, day.right - left + 1, height)
        lines = [line for line in page.lines if shared(line[0], line[2], box[0], box[2]) > 0.8 and _near(line, box)]
        page.used.update(id(line) for line in lines)
        page.take(first, month, day, *century, *labels)
        page.dates.append(box)
        drafts.append(Draft(box, labels[0].text if labels else "日期", FieldType.DATE))
    return drafts


def find_lines(page: BlankPrint) -> list[Draft]:
    """Lines to write on, each with the label before, on, below or above it."""
    drafts: list[Draft] = []
    last: dict[int, Box] = {}
    for line in page.lines:
        if id(line) in page.used or line[2] < LEAST_LINE_MM:
            continue
        found = _before(page, line) or _on(page, line)
        if found is None:
            above = _goes_on(line, last)
            if above is not None:
                draft = drafts[above]
                draft.box = _both(draft.box, _over(page, line))
                draft.type = FieldType.LONG_TEXT if draft.type in (FieldType.TEXT, FieldType.LONG_TEXT) else draft.type
                last[above] = line
                continue
            found = _below(page, line) or _above(page, line)
        if found is None:
            continue
        label, begin = found
        area = _over(page, (begin, line[1], line[0] + line[2] - begin, line[3]))
        if area[2] < LEAST_LINE_MM - 1 or area[3] < 3.5:
            continue
        page.take(*label)
        text = joined(label)
        drafts.append(Draft(area, text, _kind(text, area)))
        last[len(drafts) - 1] = line
    for draft in drafts:
        if draft.type is FieldType.LONG_TEXT and draft.box[3] < 9:
            draft.type = FieldType.TEXT
    return drafts


def find_open_labels(page: BlankPrint) -> list[Draft]:
    """Labels that end with a colon and have white after or below them, and questions with white below them."""
    drafts = []
    for piece in in_rows(page.free(page.pieces)):
        question = piece.text.rstrip().endswith(QUESTION_MARKS)
        if id(piece) in page.used or not (ends_open(piece.text) or question) or not bare(piece.text):
            continue
        sentence = len(letters(piece.text)) > LONGEST_LABEL or is_sentence(piece.text)
        if sentence and not question and term_of(bare(piece.text)) is None:
            continue
        cell = page.cell_of(piece.box)
        end = _row_end(page, piece)
        right = end - piece.right - 1
        bottom = cell.box[1] + cell.box[3] if cell else page.size_mm[1] - 8
        under = (piece.left, piece.top, max(right, 40.0) * 0.9, piece.box[3])
        below = page.blank_below(under, min(80.0, bottom - piece.bottom))
        wide = end - piece.left > 0.55 * (cell.box[2] if cell else page.right_margin)
        if wide and below >= SECTION_ROOM_MM and _alone_in_row(page, piece):
            area = (piece.left, piece.bottom + 1, end - piece.left, min(below, 60.0) - 2)
            kind = type_of(bare(piece.text))
            if question or kind not in (FieldType.SIGNATURE, FieldType.DATE, FieldType.PERSON, FieldType.NUMBER):
                drafts.append(Draft(area, piece.text, FieldType.LONG_TEXT))
                page.take(piece)
                continue
        if right < LEAST_ROOM_MM or question:
            continue
        height = min(max(ROW_MM, piece.box[3] * 1.7), 10.0)
        area = page.within_rules((piece.right + 1, piece.middle[1] - height / 2, min(right, 90.0), height))
        if area[3] < LEAST_HEIGHT_MM:
            continue
        page.take(piece)
        drafts.append(Draft(area, piece.text, _kind(piece.text, area)))
    return drafts


def _near(line: Box, box: Box) -> bool:
    return box[1] - 1 < line[1] < box[1] + box[3] + 2.5


def _before(page: BlankPrint, line: Box) -> tuple[list[Piece], float] | None:
    """The label left of a line, standing on it."""
    cell = page.cell_of(line)
    found = [
        piece
        for piece in page.free(page.pieces)
        if piece.right <= line[0] + 1.8
        and line[0] - piece.right < LABEL_REACH_MM
        and line[1] - 7.5 < piece.middle[1] < line[1] + 1.5
        and page.cell_of(piece.box) is cell
    ]
    if not found:
        return None
    nearest = max(found, key=lambda piece: piece.right)
    between = [
        other
        for other in page.lines
        if other is not line
        and abs(other[1] - line[1]) < 3
        and nearest.right - 1 < other[0] + other[2] <= line[0] + 0.5
    ]
    if between or not bare(nearest.text):
        return None
    beside = [piece for piece in found if same_row(piece, nearest) and nearest.left - piece.right < 4]
    return sorted(beside, key=lambda piece: piece.left), line[0]


def _on(page: BlankPrint, line: Box) -> tuple[list[Piece], float] | None:
    """A label that stands on the line itself, at its beginning, with room after it."""
    on = [
        piece
        for piece in page.free(page.pieces)
        if -1.0 < line[1] - piece.bottom < 5.0 and piece.left >= line[0] - 1.5 and piece.right < line[0] + line[2]
    ]
    if not on:
        return None
    on.sort(key=lambda piece: piece.left)
    label = [on[0]]
    for piece in on[1:]:
        if piece.left - label[-1].right < 4 and same_row(piece, label[-1]):
            label.append(piece)
    end = label[-1].right
    text = joined(label)
    alike = sum(abs(other[0] - line[0]) < 1.5 and abs(other[2] - line[2]) < 3 for other in page.lines)
    meant = ends_open(text) or term_of(bare(text)) is not None or alike >= 3
    first = label[0].left - line[0] < 0.3 * line[2]
    if not (meant and first) or line[0] + line[2] - end < LEAST_ROOM_MM or len(on) > len(label):
        return None
    return label, end + 1


def _below(page: BlankPrint, line: Box) -> tuple[list[Piece], float] | None:
    """A caption under the line, as signature lines have it."""
    found = [
        piece
        for piece in page.free(page.pieces)
        if -0.3 < piece.top - line[1] - line[3] < 4.5
        and line[0] - 3 <= piece.left
        and piece.right <= line[0] + line[2] + 3
        and not ends_open(piece.text)
        and bare(piece.text)
    ]
    if not found or page.blank_above(line, 6) < 5:
        return None
    return in_rows(found), line[0]


def _above(page: BlankPrint, line: Box) -> tuple[list[Piece], float] | None:
    """A label over the room above the line."""
    found = [
        piece
        for piece in page.free(page.pieces)
        if 5.0 <= line[1] - piece.bottom < 14 and abs(piece.left - line[0]) < 4 and piece.right < line[0] + line[2] + 8
    ]
    if not found:
        return None
    nearest = max(found, key=lambda piece: piece.bottom)
    if not bare(nearest.text):
        return None
    return [nearest], line[0]


def _goes_on(line: Box, last: dict[int, Box]) -> int | None:
    """The field whose last line stands just above this one and ends where it ends."""
    for number, above in reversed(last.items()):
        gap = line[1] - above[1]
        if 4 < gap < NEXT_LINE_MM and abs(line[0] + line[2] - above[0] - above[2]) < 6 and line[0] < above[0] + 4:
            return number
    return None


def _over(page: BlankPrint, line: Box) -> Box:
    """The room above a line to write on it."""
    height = min(ROW_MM, max(3.6, page.blank_above((line[0] + 0.5, line[1] - 0.4, line[2] - 1, 0), ROW_MM + 1)))
    return line[0] + 0.5, line[1] - height - 0.2, line[2] - 1, height


def _both(one: Box, other: Box) -> Box:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right, bottom = max(one[0] + one[2], other[0] + other[2]), max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top


def _kind(text: str, area: Box) -> FieldType:
    kind = type_of(bare(text))
    return FieldType.LONG_TEXT if kind is FieldType.TEXT and is_long(area) else kind


def _row_end(page: BlankPrint, piece: Piece) -> float:
    """Where the room right of a piece ends: at the next print of its row, its cell, or the margin."""
    band = (piece.right + 0.8, piece.top + 0.1 * piece.box[3], page.right_margin - piece.right, 0.8 * piece.box[3])
    blank = page.blank_right(band)
    cell = page.cell_of(piece.box)
    ends = [cell.box[0] + cell.box[2] - 0.5 if cell else page.right_margin, band[0] + blank]
    for other in page.pieces:
        if (
            other is not piece
            and other.left > piece.right
            and shared(other.top, other.box[3], piece.top, piece.box[3]) > 0.3
        ):
            ends.append(other.left)
    for box in (*page.printed.boxes, *page.printed.cells, *page.dates):
        if box[0] > piece.right and shared(box[1], box[3], piece.top, piece.box[3]) > 0.5:
            ends.append(box[0])
    return min(ends)


def _alone_in_row(page: BlankPrint, piece: Piece) -> bool:
    others: Sequence[Piece] = [other for other in page.pieces if other is not piece and same_row(other, piece)]
    cell = page.cell_of(piece.box)
    return not [other for other in others if page.cell_of(other.box) is cell]
