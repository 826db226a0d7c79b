"""What photographs ask of a form's geometry, held against every shipped form and one more."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from ocr.contract import Box, FieldType, FormTemplate
from ocr.forms import shipped
from ocr.forms.design import design
from ocr.forms.fonts import CjkFont
from ocr.forms.layout import TICK_MM

pytestmark = pytest.mark.fonts


def gap(one: Box, other: Box) -> float:
    """White between two boxes in mm; negative when they overlap."""
    across = max(other[0] - one[0] - one[2], one[0] - other[0] - other[2])
    down = max(other[1] - one[1] - one[3], one[1] - other[1] - other[3])
    return max(across, down)


@pytest.fixture(params=[*shipped.keys(), "visit-report"])
def template(request: pytest.FixtureRequest, small_source: dict[str, Any]) -> FormTemplate:
    if request.param == small_source["key"]:
        font: CjkFont = request.getfixturevalue("cjk_font")
        return design(small_source, font).template
    return shipped.load(request.param).template


def tick_boxes(template: FormTemplate, page: int) -> Iterator[Box]:
    for field in template.fields:
        if field.page == page:
            yield from (option.box_mm for option in field.options)


def pages(template: FormTemplate) -> range:
    return range(1, template.pages + 1)


def test_each_page_has_four_different_markers_in_its_corners_with_a_quiet_zone(template: FormTemplate) -> None:
    width, height = template.page_size_mm
    for page in pages(template):
        markers = sorted((marker for marker in template.markers if marker.page == page), key=lambda marker: marker.id)
        assert [marker.id for marker in markers] == [0, 1, 2, 3]
        centres = [(m.box_mm[0] + m.box_mm[2] / 2, m.box_mm[1] + m.box_mm[3] / 2) for m in markers]
        corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
        for marker, (x, y), (corner_x, corner_y) in zip(markers, centres, corners, strict=True):
            assert marker.box_mm[2] == marker.box_mm[3] >= 10
            assert abs(x - corner_x) <= 25
            assert abs(y - corner_y) <= 25
            module = marker.box_mm[2] / 6
            others = [field.box_mm for field in template.fields if field.page == page]
            others += [anchor.box_mm for anchor in template.anchors if anchor.page == page]
            others += [box for number, box in template.code_boxes_mm.items() if number == page]
            assert min(gap(marker.box_mm, other) for other in others) > module


def test_each_page_has_a_large_code_in_white(template: FormTemplate) -> None:
    for page in pages(template):
        box = template.code_boxes_mm[page]
        assert box[2] == box[3] >= 20
        quiet = 4 * box[2] / 33
        others = [field.box_mm for field in template.fields if field.page == page]
        others += [anchor.box_mm for anchor in template.anchors if anchor.page == page]
        others += [marker.box_mm for marker in template.markers if marker.page == page]
        assert min(gap(box, other) for other in others) > quiet


def test_everything_lies_on_the_page(template: FormTemplate) -> None:
    width, height = template.page_size_mm
    boxes = [field.box_mm for field in template.fields] + [anchor.box_mm for anchor in template.anchors]
    boxes += [marker.box_mm for marker in template.markers] + list(template.code_boxes_mm.values())
    for x, y, box_width, box_height in boxes:
        # Printers cannot print the outer few millimetres of a sheet.
        assert x >= 5
        assert y >= 5
        assert x + box_width <= width - 5
        assert y + box_height <= height - 5


def test_tick_boxes_are_square_large_and_well_apart(template: FormTemplate) -> None:
    for page in pages(template):
        boxes = list(tick_boxes(template, page))
        assert all(box[2] == box[3] == TICK_MM >= 5 for box in boxes)
        for one, other in itertools.combinations(boxes, 2):
            assert gap(one, other) >= 5
        for box, anchor in itertools.product(boxes, template.anchors):
            if anchor.page == page:
                assert gap(box, anchor.box_mm) >= 1.5


def test_tick_boxes_lie_within_their_field(template: FormTemplate) -> None:
    for field in template.fields:
        x, y, width, height = field.box_mm
        for option in field.options:
            left, top, side, _ = option.box_mm
            assert x <= left
            assert left + side <= x + width
            assert y <= top
            assert top + side <= y + height


def test_cells_to_write_in_are_apart_and_free_of_print(template: FormTemplate) -> None:
    for page in pages(template):
        cells = [field for field in template.fields if field.page == page]
        for one, other in itertools.combinations(cells, 2):
            # 2 mm of white on each side of the border; score rows have no border between them.
            both_ticked = bool(one.options) and bool(other.options)
            assert gap(one.box_mm, other.box_mm) >= (0 if both_ticked else 4) - 1e-6
        written = [field for field in cells if not field.options]
        for field, anchor in itertools.product(written, template.anchors):
            if anchor.page == page:
                assert gap(field.box_mm, anchor.box_mm) >= 2, (field.key, anchor.text)


def test_cells_have_room_for_handwriting(template: FormTemplate) -> None:
    for field in template.fields:
        if field.type is FieldType.LONG_TEXT:
            assert field.box_mm[3] >= 24
        elif not field.options:
            assert field.box_mm[3] >= 8


def test_printed_texts_are_unique_on_their_page(template: FormTemplate) -> None:
    for page in pages(template):
        texts = [anchor.text.casefold() for anchor in template.anchors if anchor.page == page]
        assert len(set(texts)) == len(texts)
        assert all(len(text) > 1 for text in texts)


def test_every_label_is_an_anchor_beside_its_field(template: FormTemplate) -> None:
    anchors = {(anchor.page, anchor.text): anchor.box_mm for anchor in template.anchors}
    for field in template.fields:
        for text in (field.label.zh, field.label.en):
            x, y, width, height = anchors[field.page, text]
            assert x + width < field.box_mm[0]
            assert field.box_mm[1] - 2 <= y + height / 2 <= field.box_mm[1] + field.box_mm[3] + 2
