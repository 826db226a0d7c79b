"""Readings as JSON: what `throughline ocr lines` and `throughline ocr form` print with `--json`.

Boxes are pixels of the upright picture, four corners from the top left one clockwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ocr.contract import FieldReading, FormReader, FormReading, Line, PublishedForm, Quad
from ocr.pages import Page


def lines_of_file(name: str, pages: Sequence[Page], reader: FormReader) -> dict[str, Any]:
    """All text of a file's pages: `{file, pages: [{page, width, height, lines: [{text, confidence, box}]}]}`."""
    return {
        "file": name,
        "pages": [
            {
                "page": number,
                "width": page.width,
                "height": page.height,
                "lines": [_line(line) for line in reader.read_lines(page.picture)],
            }
            for number, page in enumerate(pages, start=1)
        ],
    }


def form_of_file(
    name: str, pages: Sequence[Page], reader: FormReader, forms: Sequence[PublishedForm]
) -> dict[str, Any]:
    """The fields of the form that a file's pages show, whichever of `forms` it is.

    With `retake` set nothing was read and the list of fields is empty: the code says what to do about the picture.
    """
    return described(name, reader.read_form([page.picture for page in pages], forms, [page.form for page in pages]))


def described(name: str, reading: FormReading) -> dict[str, Any]:
    """A reading as plain data."""
    return {
        "file": name,
        "template": {
            "key": reading.template_key,
            "version": reading.template_version,
            "matched_by": reading.matched_by.value,
            "score": reading.score,
        },
        "sheet_id": reading.sheet_id,
        "retake": None if reading.retake is None else reading.retake.value,
        "pages": [
            {
                "page": page.page,
                "width": page.width,
                "height": page.height,
                "matched_by": page.matched_by.value,
                "labels": {"found": page.labels_found, "expected": page.labels_expected},
                "residual_mm": page.residual_mm,
                "sharpness": page.sharpness,
            }
            for page in reading.pages
        ],
        "fields": [_field(field) for field in reading.fields],
        "warnings": list(reading.warnings),
    }


def _line(line: Line) -> dict[str, Any]:
    return {"text": line.text, "confidence": line.confidence, "box": _box(line.box)}


def _field(field: FieldReading) -> dict[str, Any]:
    parts = field.confidence
    return {
        "key": field.key,
        "label": field.label.zh or field.label.en,
        "labels": {"zh": field.label.zh, "en": field.label.en},
        "type": field.type.value,
        "value": field.value,
        "raw_text": field.raw_text,
        "source": field.source.value,
        "confidence": round(parts.whole, 3),
        "confidence_parts": {
            "recognition": parts.recognition,
            "registration": parts.registration,
            "format": parts.format,
            "directory": parts.directory,
        },
        "page": field.page,
        "box": None if field.box is None else _box(field.box),
        "status": field.status.value,
        "notes": list(field.notes),
    }


def _box(quad: Quad) -> list[list[float]]:
    return [[x, y] for x, y in quad]
