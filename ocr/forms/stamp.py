"""A blank form made ready for one sheet of paper: the QR code, and values known before it is filled in.

The stored blank is never laid out again. Its pages are kept as they are and a transparent page is laid over each, so
that what people write on stands exactly where the template says.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping

import segno
from pypdf import PdfReader, PdfWriter

from ocr.contract import Box, Code, FieldType, FormField, FormTemplate, code_text
from ocr.forms.drawing import Drawing, Text, draw
from ocr.forms.fonts import CjkFont

_PREFILLABLE = frozenset({FieldType.TEXT, FieldType.NUMBER, FieldType.DATE, FieldType.PERSON})
_SHEET_ID = re.compile(r"[0-9a-f]{32}")
_LARGEST_POINTS, _SMALLEST_POINTS = 13.0, 7.0
_MM_PER_POINT = 25.4 / 72


class StampError(ValueError):
    """The form cannot be stamped with these values; the message says which value is wrong and why."""


def stamp(
    blank: bytes,
    template: FormTemplate,
    sheet_id: str,
    prefilled: Mapping[str, str] | None = None,
    *,
    font: CjkFont | None = None,
) -> bytes:
    """The PDF to print for one sheet: `blank` with its QR codes and the `prefilled` values (field key to text).

    `sheet_id` is 32 hexadecimal digits, random. Values may be given for text, number, date and person fields and need
    a `font`; without values none is needed. Equal arguments give equal bytes. Raises `StampError`.
    """
    if not _SHEET_ID.fullmatch(sheet_id):
        raise StampError("a sheet id is 32 lower-case hexadecimal digits")
    values = {key: text for key, text in (prefilled or {}).items() if text.strip()}
    if values and font is None:
        raise StampError("printing values on a form needs a font: see ocr.forms.fonts.find_cjk_font")
    fields = {field.key: field for field in template.fields}
    overlays = [Drawing() for _ in range(template.pages)]
    for page, box in template.code_boxes_mm.items():
        code = Code(template.key, template.version, page, sheet_id)
        overlays[page - 1].symbols.append(code_modules(code, box))
    for key, text in sorted(values.items()):
        if key not in fields:
            raise StampError(f"the form {template.key} has no field {key!r}")
        overlays[fields[key].page - 1].texts.append(_printed_value(fields[key], text))
    return _laid_over(blank, draw(overlays, template.page_size_mm, template.key, font if values else None))


def code_modules(code: Code, box: Box) -> list[Box]:
    """The black parts of that QR code in millimetres, one rectangle for each run of modules in a row."""
    x, y, width, _ = box
    # Level M repairs 15 %; the modules stay larger than at level Q, which matters more under blur.
    rows = segno.make(code_text(code), error="m", micro=False, boost_error=False).matrix
    module = width / len(rows)
    runs: list[Box] = []
    for row, bits in enumerate(rows):
        start = None
        for column, bit in enumerate([*bits, 0]):
            if bit and start is None:
                start = column
            elif not bit and start is not None:
                runs.append((x + start * module, y + row * module, (column - start) * module, module))
                start = None
    return runs


def _printed_value(field: FormField, text: str) -> Text:
    if field.type not in _PREFILLABLE:
        raise StampError(f"the field {field.key!r} is filled in by hand and cannot be printed")
    text = " ".join(text.split())
    # Chinese characters are as wide as the font is large, others about 0.6 of it.
    widths = sum(1.0 if unicodedata.east_asian_width(character) in "WF" else 0.6 for character in text)
    size = min(_LARGEST_POINTS, field.box_mm[2] / _MM_PER_POINT / widths)
    if size < _SMALLEST_POINTS:
        raise StampError(f"the value of {field.key!r} is too long for its cell ({len(text)} characters)")
    return Text(text, field.box_mm, size)


def _laid_over(blank: bytes, overlay: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(blank)))
    for page, over in zip(writer.pages, PdfReader(io.BytesIO(overlay)).pages, strict=True):
        page.merge_page(over)
        page.compress_content_streams()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
