"""What the rules of proposing make of print whose places and words are given: no engine is needed."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from ocr.arrays import Picture
from ocr.contract import Box, FieldType
from ocr.proposal.page import BlankPrint
from ocr.proposal.printed import Printed, find_printed
from ocr.proposal.proposing import find_fields
from ocr.proposal.sheet import PX_PER_MM
from ocr.proposal.words import Piece
from ocr.vocabulary import term_of, type_of

A4 = (210.0, 297.0)
NOTHING = np.zeros((2339, 1654), bool)


def _page(
    cells: Sequence[Box] = (), words: Sequence[tuple[str, float, float]] = (), boxes: Sequence[Box] = ()
) -> BlankPrint:
    """A page with those cells, boxes, and words by the left end and the middle of their height, 4 mm high."""
    printed = Printed((), tuple(cells), tuple(boxes), (), NOTHING)
    pieces = [Piece(text, 0.99, (x, y - 2, 3.7 * len(text), 4.0)) for text, x, y in words]
    return BlankPrint(1, A4, printed, pieces, NOTHING, PX_PER_MM)


def _row(y: float, height: float, *widths: float) -> list[Box]:
    """Cells side by side, 10 mm from the left edge."""
    lefts = np.cumsum([10.0, *widths[:-1]])
    return [(float(x), y, w - 0.3, height - 0.3) for x, w in zip(lefts, widths, strict=True)]


def _fields(page: BlankPrint) -> dict[str, FieldType]:
    return {draft.label.rstrip(":："): draft.type for draft in find_fields(page)}


def test_boxes_are_called_by_the_first_words_of_their_row_and_not_by_its_weight() -> None:
    cells = _row(50, 10, 40, 50, 20, 80)
    boxes = [(125.0 + 15 * number, 53.4, 3.2, 3.2) for number in range(3)]
    words = [("执行力", 12, 55), ("不找借口完成工作", 52, 55), ("15%", 103, 55)]
    page = _page(cells, [*words, *((text, x + 4, 55) for text, (x, *_) in zip("好中差", boxes, strict=True))], boxes)
    assert _fields(page) == {"执行力": FieldType.CHOICE}


def test_an_opinion_is_signed_and_dated_below() -> None:
    words = [("总经理审批", 12, 65), ("签字：", 110, 76), ("年", 160, 76), ("月", 175, 76), ("日", 190, 76)]
    found = find_fields(_page(_row(50, 30, 30, 160), words))
    assert {draft.type for draft in found} == {FieldType.LONG_TEXT, FieldType.SIGNATURE, FieldType.DATE}
    signed, dated = (next(d for d in found if d.type is kind) for kind in (FieldType.SIGNATURE, FieldType.DATE))
    assert signed.box[0] + signed.box[2] <= dated.box[0]
    assert "签字" not in dated.label


def test_a_cell_with_a_date_printed_in_it_is_called_by_the_cell_beside_it() -> None:
    page = _page(_row(50, 10, 30, 100), [("入职日期", 12, 55), ("年", 95, 55), ("月", 110, 55), ("日", 125, 55)])
    assert _fields(page) == {"入职日期": FieldType.DATE}


def test_columns_between_words_of_a_scale_belong_to_it_and_a_column_to_write_in_does_not() -> None:
    heads = ["Factor", "Excellent", "Middling", "Poor", "Low", "Remarks"]
    widths = (60.0, 20.0, 20.0, 20.0, 20.0, 50.0)
    lefts = [box[0] for box in _row(40, 10, *widths)]
    words = [(head, left + 0.5, 45.0) for head, left in zip(heads, lefts, strict=True)]
    page = _page([*_row(40, 10, *widths), *_row(50, 10, *widths)], [*words, ("Punctual", 12, 55)])
    page.pieces = [Piece(p.text, p.confidence, (p.left, p.top, min(p.box[2], 19.0), 4.0)) for p in page.pieces]
    (choice,) = [draft for draft in find_fields(page) if draft.type is FieldType.CHOICE]
    assert [option.label.en for option in choice.options] == ["Excellent", "Middling", "Poor", "Low"]
    (written,) = [draft for draft in find_fields(page) if not draft.options]
    assert written.label == "Remarks"


def test_boxes_for_single_characters_are_one_field_and_boxes_with_headings_are_not() -> None:
    comb = [(20.0 + 6.5 * number, 50.0, 6.2, 8.0) for number in range(8)]
    found = find_fields(_page(comb, [("工号", 20, 47)]))
    assert [(draft.label, draft.type) for draft in found] == [("工号", FieldType.TEXT)]
    assert found[0].box[2] > 45
    headed = [(str(number), box[0] + 1, 47.0) for number, box in enumerate(comb[:5], start=1)]
    assert not any(draft.box[2] > 30 and not draft.options for draft in find_fields(_page(comb[:5], headed)))


def _drawn() -> Picture:
    return np.full((1200, 1654, 3), 255, np.uint8)


def test_letters_that_run_into_each_other_are_no_rule() -> None:
    page = _drawn()
    cv2.putText(page, "mnmnmnmnmnmnmnmnmnmnmn", (200, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 3)
    page = cv2.GaussianBlur(page, (0, 0), 2.0)
    cv2.line(page, (200, 600), (450, 600), (0, 0, 0), 2)
    levels = find_printed(page, PX_PER_MM).levels
    assert [round(level[1] * PX_PER_MM) for level in levels] == [pytest.approx(600, abs=4)]


def test_circles_in_a_row_are_boxes_to_tick_and_the_letters_of_a_word_are_not() -> None:
    page = _drawn()
    for number in range(5):
        cv2.circle(page, (300 + 120 * number, 300), 14, (0, 0, 0), 2, cv2.LINE_AA)
        cv2.circle(page, (300 + 34 * number, 600), 14, (0, 0, 0), 2, cv2.LINE_AA)
    assert len(find_printed(page, PX_PER_MM).boxes) == 5


def test_square_brackets_of_heavy_print_are_boxes_and_a_dark_heading_closes_the_cells_below_it() -> None:
    page = _drawn()
    for x, bend in ((200, 1), (224, -1)):
        cv2.rectangle(page, (x, 300), (x + 3, 324), (0, 0, 0), -1)
        for y in (300, 322):
            cv2.rectangle(page, (min(x, x + 3 * bend), y), (max(x + 3, x + 3 + 3 * bend), y + 2), (0, 0, 0), -1)
    cv2.rectangle(page, (200, 500), (900, 540), (70, 70, 70), -1)
    cv2.rectangle(page, (200, 540), (900, 640), (0, 0, 0), 2)
    cv2.line(page, (500, 540), (500, 640), (0, 0, 0), 2)
    page[536:546, 203:897] = (70, 70, 70)
    printed = find_printed(page, PX_PER_MM)
    assert len(printed.brackets) == 1
    assert len(printed.cells) == 2


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Date of joining", FieldType.DATE),
        ("Suitability of the candidate", FieldType.TEXT),
        ("InterviewDate", FieldType.DATE),
        ("培训客户数量", FieldType.NUMBER),
        ("3. Signature", FieldType.SIGNATURE),
    ],
)
def test_what_a_label_asks_for(label: str, kind: FieldType) -> None:
    assert type_of(label) is kind


def test_a_number_before_a_label_is_no_part_of_it() -> None:
    assert term_of("二、部门") is term_of("2. Department") is term_of("部门")
    assert term_of("7.5") is None
