"""Publishing a version of a form: from its source description to template, blank PDF and blank pictures.

`python -m ocr.forms.design FOLDER` reads `FOLDER/source.json` and writes `template.json`, `blank.pdf` and
`blank-1.png`, … beside it. A published version is immutable: what people print from it stays in use for years, so a
change to a form that is in use is a new version.
"""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from ocr.contract import Anchor, Box, FormTemplate, TemplateError
from ocr.forms.drawing import Drawing, draw
from ocr.forms.fonts import CjkFont, find_cjk_font
from ocr.forms.layout import lay_out
from ocr.template_json import template_to_json

BLANK_DPI = 200
_MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Design:
    """A blank form: its template with measured anchors, its PDF, and a picture (PNG, 8-bit grey) of each page."""

    template: FormTemplate
    pdf: bytes
    pages: tuple[bytes, ...]


def design(source: Mapping[str, Any], font: CjkFont) -> Design:
    """Make the blank of a source description (see `ocr.forms.layout`).

    Raises `TemplateError` when the description is wrong or a printed text does not fit into its place.
    """
    layout = lay_out(source)
    title = layout.template.title
    pdf = draw(layout.pages, layout.template.page_size_mm, f"{title.zh} {title.en}", font)
    template = replace(layout.template, anchors=tuple(_anchors(pdf, layout.pages)))
    return Design(template, pdf, tuple(pictures(pdf)))


def pictures(pdf: bytes) -> list[bytes]:
    """Each page of a PDF as PNG, 8-bit grey, at 200 dots per inch."""
    made = []
    with pdfium.PdfDocument(pdf) as document:
        for page in document:
            image = page.render(scale=BLANK_DPI / 72, grayscale=True).to_pil().convert("L")
            # Sixteen greys are enough to compare with a photograph and halve the size of the file.
            image = image.point([round(level / 17) * 17 for level in range(256)])
            out = io.BytesIO()
            image.save(out, "PNG", optimize=True)
            made.append(out.getvalue())
    return made


def publish(folder: Path, font: CjkFont) -> None:
    """Write the published version of the form whose source description is in the folder."""
    source = json.loads((folder / "source.json").read_text("utf-8"))
    made = design(source, font)
    text = json.dumps(template_to_json(made.template), ensure_ascii=False, indent=1)
    (folder / "template.json").write_text(text + "\n", "utf-8")
    (folder / "blank.pdf").write_bytes(made.pdf)
    for number, page in enumerate(made.pages, start=1):
        (folder / f"blank-{number}.png").write_bytes(page)


def _anchors(pdf: bytes, drawings: Sequence[Drawing]) -> list[Anchor]:
    """Where the texts to register by were really printed, by the boxes of their characters in the PDF."""
    anchors = []
    with pdfium.PdfDocument(pdf) as document:
        for number, (page, drawing) in enumerate(zip(document, drawings, strict=True), start=1):
            characters = _characters(page)
            for text in drawing.texts:
                box = _printed(text.text, text.room_mm, characters)
                if text.anchor:
                    anchors.append(Anchor(text.text, number, box))
    return anchors


def _characters(page: pdfium.PdfPage) -> list[tuple[str, Box]]:
    height = page.get_height()
    text_page = page.get_textpage()
    found = []
    for index in range(text_page.count_chars()):
        character = text_page.get_text_range(index, 1)
        if character.isspace():
            continue
        left, bottom, right, top = text_page.get_charbox(index)
        box = (
            left * _MM_PER_POINT,
            (height - top) * _MM_PER_POINT,
            (right - left) * _MM_PER_POINT,
            (top - bottom) * _MM_PER_POINT,
        )
        found.append((character, box))
    return found


def _printed(text: str, room: Box, characters: list[tuple[str, Box]]) -> Box:
    inside = [(character, box) for character, box in characters if _centre_within(box, room)]
    if _plain("".join(character for character, _ in inside)) != _plain(text):
        raise TemplateError(f"form source: the text {text!r} does not fit into its place, or is printed over another")
    left, top = min(box[0] for _, box in inside), min(box[1] for _, box in inside)
    right, bottom = max(box[0] + box[2] for _, box in inside), max(box[1] + box[3] for _, box in inside)
    x, y, width, height = room
    if left < x - 0.5 or right > x + width + 0.5 or top < y - 0.5 or bottom > y + height + 0.8:
        raise TemplateError(f"form source: the text {text!r} does not fit into {width:.0f} × {height:.1f} mm")
    return round(left, 2), round(top, 2), round(right - left, 2), round(bottom - top, 2)


def _centre_within(box: Box, room: Box) -> bool:
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return room[0] <= x <= room[0] + room[2] and room[1] <= y <= room[1] + room[3]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


if __name__ == "__main__":
    for name in sys.argv[1:]:
        publish(Path(name), find_cjk_font())
