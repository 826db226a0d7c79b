"""From a form's source description to the place of everything on its pages.

The description (JSON) names what the form asks; this module decides where it stands, by rules that photographs of
the form need. All lengths are millimetres:

- Four different markers of 12 mm stand 10 mm from the corners, each with 3 mm of white around it.
- The QR code has 26 mm and a white edge of at least four of its modules.
- A cell to write in keeps 2 mm of white between its border and `box_mm`, so that a crop of `box_mm` contains no
  border even when the picture was registered badly, and a reader may look up to 2 mm further for long strokes.
- Tick boxes are squares of 5.5 mm (`Option.box_mm` is their printed outline) with at least 5 mm of white to the next
  box and to everything but their own label, which stands 2 mm to the right.

A description has `key`, `version`, `title`, `care` and `pages`; a page has `sections`; a section has
`label_width_mm`, `rows` and, for a score table, `scale`, `heading` and `weight_heading`; a row has `height_mm` and
one or two `cells`; a cell is a field as in a template's JSON without `page` and boxes, or a `note`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocr.contract import Box, FormTemplate, Marker, TemplateError
from ocr.forms.drawing import Area, Drawing, Text
from ocr.template_json import template_from_json

PAGE_SIZE_MM = (210.0, 297.0)
WHITE_MM = 2.0
"""White between a cell's border and the area to write in."""
TICK_MM = 5.5
TICK_GAP_MM = 5.0
CODE_MM = 26.0
MARKER_MM = 12.0

_MARGIN_MM = 10.0
_LEFT_MM = 12.0
_WIDTH_MM = PAGE_SIZE_MM[0] - 2 * _LEFT_MM
_TOP_MM = 39.0
_BOTTOM_MM = PAGE_SIZE_MM[1] - _MARGIN_MM - MARKER_MM - 3.0
_SECTION_GAP_MM = 3.0
_HEADING_MM = 10.0
_WEIGHT_MM = 15.0
_CODE_BOX: Box = (156.0, 9.0, CODE_MM, CODE_MM)

_THIN, _THICK = 0.2, 0.45
_LINE_INK, _SOFT_INK, _LABEL_GREY, _HEADING_GREY = 0.35, 0.25, 0.95, 0.88

_MARKER_BITS = {
    # ArUco dictionary 4X4_50: rows of the inner 4 × 4 modules, 1 is white; one black module surrounds them.
    0: ("1011", "0101", "0011", "0010"),
    1: ("0000", "1111", "1001", "1010"),
    2: ("0011", "0011", "0010", "1101"),
    3: ("1001", "1001", "0100", "0110"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """A form laid out: the template, still without anchors, and what is printed on each page."""

    template: FormTemplate
    pages: tuple[Drawing, ...]


def lay_out(source: Mapping[str, Any]) -> Layout:
    """Place all parts of the form.

    Raises `TemplateError` when the description is not valid or does not fit on its pages.
    """
    try:
        return _Maker(source).layout()
    except KeyError as error:
        raise TemplateError(f"form source: {error.args[0]!r} is missing") from error
    except (TypeError, AttributeError, IndexError) as error:
        raise TemplateError(f"form source: something has the wrong type ({error})") from error


class _Maker:
    def __init__(self, source: Mapping[str, Any]) -> None:
        self.source = source
        self.fields: list[dict[str, Any]] = []

    def layout(self) -> Layout:
        pages = self.source["pages"]
        drawings = [self._page(page, number, len(pages)) for number, page in enumerate(pages, start=1)]
        template = template_from_json(
            {
                "key": self.source["key"],
                "version": self.source["version"],
                "title": self.source["title"],
                "page_size_mm": list(PAGE_SIZE_MM),
                "pages": len(pages),
                "fields": self.fields,
                "markers": [
                    {"id": marker.id, "page": marker.page, "box_mm": list(marker.box_mm)}
                    for number in range(1, len(pages) + 1)
                    for marker in _markers(number)
                ],
                "codes": [{"page": number, "box_mm": list(_CODE_BOX)} for number in range(1, len(pages) + 1)],
            }
        )
        return Layout(template, tuple(drawings))

    def _page(self, page: Mapping[str, Any], number: int, count: int) -> Drawing:
        drawing = Drawing()
        drawing.symbols.extend(_marker_modules(marker) for marker in _markers(number))
        title, care = self.source["title"], self.source["care"]
        drawing.texts += [
            Text(title["zh"], (27, 12, 120, 11), 24, bold=True, anchor=True),
            Text(title["en"], (27, 23.5, 120, 6), 12, ink=_SOFT_INK, anchor=True),
            Text(care["zh"], (25, 276, 115, 5), 9, anchor=True),
            Text(care["en"], (25, 281, 115, 4), 7.5, ink=_SOFT_INK, anchor=True),
            Text(
                f"{self.source['key']} v{self.source['version']}  ·  {number} / {count}",
                (140, 278.5, 45, 5),
                8,
                align="right",
                ink=_SOFT_INK,
            ),
        ]
        top = _TOP_MM
        for section in page["sections"]:
            top = self._section(drawing, section, top, number) + _SECTION_GAP_MM
        if top - _SECTION_GAP_MM > _BOTTOM_MM:
            raise TemplateError(
                f"form source: page {number} is {top - _SECTION_GAP_MM - _BOTTOM_MM:.1f} mm too long for its sections"
            )
        return drawing

    def _section(self, drawing: Drawing, section: Mapping[str, Any], top: float, page: int) -> float:
        start = top
        label_width = float(section["label_width_mm"])
        if "scale" in section:
            _scale_heading(drawing, section, top, label_width)
            top += _HEADING_MM
        for row in section["rows"]:
            height, cells = float(row["height_mm"]), row["cells"]
            width = _WIDTH_MM / len(cells)
            for index, cell in enumerate(cells):
                box = (_LEFT_MM + index * width, top, width, height)
                if "note" in cell:
                    drawing.areas.append(Area(box, line=_THIN, ink=_LINE_INK))
                    drawing.texts += _both(cell["note"], _inside(box, 3, 1.6), 8.5, bold=False)
                else:
                    self._cell(drawing, cell, box, label_width=label_width, scale=section.get("scale"), page=page)
            top += height
        drawing.areas.append(Area((_LEFT_MM, start, _WIDTH_MM, top - start), line=_THICK))
        return top

    def _cell(
        self,
        drawing: Drawing,
        cell: Mapping[str, Any],
        box: Box,
        *,
        label_width: float,
        scale: list[Mapping[str, Any]] | None,
        page: int,
    ) -> None:
        x, y, width, height = box
        label = (x, y, label_width, height)
        drawing.areas.append(Area(label, grey=_LABEL_GREY, line=_THIN, ink=_LINE_INK))
        drawing.texts += _both(cell["label"], _label_room(label), 11, anchor=True)
        field = {**cell, "page": page}
        left = x + label_width
        if scale is not None:
            weight = (left, y, _WEIGHT_MM, height)
            drawing.areas.append(Area(weight, line=_THIN, ink=_LINE_INK))
            drawing.texts.append(Text(f"{cell['weight']}%", weight, 11, align="center"))
            field["options"] = scale
            field.update(minimum=scale[0]["value"], maximum=scale[-1]["value"], step="1")
            left += _WEIGHT_MM
        room = (left, y, x + width - left, height)
        if "options" in field:
            field["options"] = _ticks(drawing, field["options"], room, words=scale is None)
        # Between rows of a score table there is no line near the tick boxes, only at the edge of the whole table.
        if scale is None:
            drawing.areas.append(Area(room, line=_THIN, ink=_LINE_INK))
        field["box_mm"] = _rounded(_inside(room, WHITE_MM, WHITE_MM))
        self.fields.append(field)


def _markers(page: int) -> list[Marker]:
    width, height = PAGE_SIZE_MM
    far_x, far_y = width - _MARGIN_MM - MARKER_MM, height - _MARGIN_MM - MARKER_MM
    corners = ((_MARGIN_MM, _MARGIN_MM), (far_x, _MARGIN_MM), (far_x, far_y), (_MARGIN_MM, far_y))
    return [Marker(number, page, (x, y, MARKER_MM, MARKER_MM)) for number, (x, y) in enumerate(corners)]


def _marker_modules(marker: Marker) -> list[Box]:
    x, y, width, _ = marker.box_mm
    module = width / 6
    rows = ["000000", *(f"0{bits}0" for bits in _MARKER_BITS[marker.id]), "000000"]
    return [
        (x + column * module, y + row * module, module, module)
        for row, bits in enumerate(rows)
        for column, bit in enumerate(bits)
        if bit == "0"
    ]


def _scale_heading(drawing: Drawing, section: Mapping[str, Any], top: float, label_width: float) -> None:
    heading = (_LEFT_MM, top, _WIDTH_MM, _HEADING_MM)
    drawing.areas.append(Area(heading, grey=_HEADING_GREY, line=_THIN, ink=_LINE_INK))
    drawing.texts += _both(section["heading"], _label_room((_LEFT_MM, top, label_width, _HEADING_MM)), 10, anchor=True)
    weight = (_LEFT_MM + label_width, top, _WEIGHT_MM, _HEADING_MM)
    drawing.texts += _both(section["weight_heading"], _inside(weight, 0, 1.2), 10, align="center", anchor=True)
    left = _LEFT_MM + label_width + _WEIGHT_MM
    pitch = (_LEFT_MM + _WIDTH_MM - left) / len(section["scale"])
    for index, option in enumerate(section["scale"]):
        room = (left + index * pitch, top, pitch, _HEADING_MM)
        drawing.texts += _both(option["label"], _inside(room, 0, 1.2), 10, align="center", anchor=True)


def _ticks(drawing: Drawing, options: list[Mapping[str, Any]], room: Box, words: bool) -> list[dict[str, Any]]:
    """Draw one square for each option; with its words beside it, or only its value when a heading has the words."""
    x, y, width, height = room
    pitch = width / len(options)
    if pitch - TICK_MM < 2 * TICK_GAP_MM or height - TICK_MM < TICK_GAP_MM:
        raise TemplateError(f"form source: {len(options)} tick boxes do not fit into {width:.0f} × {height:.0f} mm")
    placed = []
    for index, option in enumerate(options):
        lead = 3.0 if words else pitch / 2 - TICK_MM / 2 - 2.0
        box = (x + index * pitch + lead, y + (height - TICK_MM) / 2, TICK_MM, TICK_MM)
        drawing.areas.append(Area(box, line=0.35))
        after = box[0] + TICK_MM + 2.0
        drawing.texts.append(Text(option["value"], (after, y, 4, height), 11, bold=words))
        if words:
            label = (after + 4.5, y + 2, pitch - lead - TICK_MM - 6.5, height - 4)
            drawing.texts += _both(option["label"], label, 10, bold=False, anchor=True)
        placed.append({**option, "box_mm": _rounded(box)})
    return placed


def _both(
    words: Mapping[str, str], room: Box, size: float, *, bold: bool = True, align: str = "left", anchor: bool = False
) -> list[Text]:
    """The Chinese words above the English ones, which are smaller; together centred in the height of the room."""
    x, y, width, height = room
    height_used = min(height, 10.0)
    y += (height - height_used) / 2
    upper = height_used * 0.56
    return [
        Text(words["zh"], (x, y, width, upper), size, bold=bold, align=align, anchor=anchor),
        Text(
            words["en"],
            (x, y + upper, width, height_used - upper),
            size * 0.72,
            align=align,
            ink=_SOFT_INK,
            anchor=anchor,
        ),
    ]


def _label_room(box: Box) -> Box:
    return _inside(box, 2.5, 1.4)


def _inside(box: Box, across: float, down: float) -> Box:
    x, y, width, height = box
    return x + across, y + down, width - 2 * across, height - 2 * down


def _rounded(box: Box) -> list[float]:
    return [round(value, 3) for value in box]
