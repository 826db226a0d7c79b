"""What stands on a page, in millimetres, and how Typst makes a PDF of it.

The only importer of `typst`. Texts travel as JSON data into `page.typ`, so no text of a form can act as markup.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import typst

from ocr.contract import Box
from ocr.forms.fonts import CjkFont

_PAGE = Path(__file__).with_name("page.typ")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle: filled with `grey` (0 black to 1 white, None is clear), outlined by a line of `line` mm."""

    box_mm: Box
    grey: float | None = None
    line: float = 0.0
    ink: float = 0.0
    """Lightness of the outline, 0 black to 1 white."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text, centred in the height of its room; `size` in points."""

    text: str
    room_mm: Box
    size: float
    bold: bool = False
    align: str = "left"
    ink: float = 0.0
    anchor: bool = False
    """Whether the place of this text is recorded as an anchor of the template."""


@dataclass(slots=True)
class Drawing:
    """All that is drawn on one page. `symbols` are sets of black rectangles (markers, QR codes)."""

    areas: list[Area] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    symbols: list[list[Box]] = field(default_factory=list)


def draw(pages: Sequence[Drawing], page_size_mm: tuple[float, float], title: str, font: CjkFont | None) -> bytes:
    """Make a PDF of the pages: the same bytes for the same input.

    `font` may be None only when no page has texts; `ValueError` otherwise.
    """
    if font is None and any(page.texts for page in pages):
        raise ValueError("a drawing with texts needs a font")
    data = {
        "title": title,
        "width": page_size_mm[0],
        "height": page_size_mm[1],
        "font": font.family if font else "",
        "pages": [
            {
                "areas": [_placed(area, area.box_mm) for area in page.areas],
                "texts": [_placed(text, text.room_mm) for text in page.texts],
                "symbols": page.symbols,
            }
            for page in pages
        ],
    }
    made: bytes = typst.compile(
        str(_PAGE),
        font_paths=[str(font.folder)] if font else [],
        ignore_system_fonts=True,
        sys_inputs={"drawing": json.dumps(data, ensure_ascii=False)},
        pdf_tags=False,
    )
    return made


def _placed(item: Area | Text, box: Box) -> dict[str, Any]:
    x, y, width, height = box
    return {**asdict(item), "x": x, "y": y, "width": width, "height": height}
