"""Readings as JSON have the names that the command line promises."""

from __future__ import annotations

import json

from ocr.describe_reading import form_of_file, lines_of_file
from ocr.pages import Page, decode
from ocr.reader import Reader
from tests.ocr.made_forms import FILLED, as_jpeg, photograph, published, sheet


def _pages() -> list[Page]:
    return decode(as_jpeg(photograph(sheet(FILLED))))


def test_lines(reader: Reader) -> None:
    told = json.loads(json.dumps(lines_of_file("photo.jpg", _pages(), reader)))
    assert told["file"] == "photo.jpg"
    (page,) = told["pages"]
    assert (page["page"], page["width"], page["height"]) == (1, 1630, 1087)
    line = next(line for line in page["lines"] if line["text"] == "Visitor register")
    assert set(line) == {"text", "confidence", "box"}
    assert len(line["box"]) == 4
    assert all(len(corner) == 2 for corner in line["box"])


def test_form(reader: Reader) -> None:
    told = json.loads(json.dumps(form_of_file("photo.jpg", _pages(), reader, [published()])))
    assert told["template"] == {"key": "visitor-register", "version": 1, "matched_by": "markers", "score": 1.0}
    assert (told["retake"], told["warnings"]) == (None, [])
    badge = next(field for field in told["fields"] if field["key"] == "badge")
    assert (badge["value"], badge["raw_text"], badge["type"], badge["page"]) == ("42", "42", "number", 1)
    assert badge["status"] == "read"
    assert badge["label"] == badge["labels"]["zh"]
    assert badge["confidence"] >= 0.95
    assert len(badge["box"]) == 4
    assert {"key", "label", "type", "value", "raw_text", "confidence", "page", "box", "status"} <= set(badge)


def test_a_refused_picture_has_a_reason_and_no_fields(reader: Reader) -> None:
    blurred = decode(as_jpeg(photograph(sheet(FILLED), blur=4)))
    told = form_of_file("photo.jpg", blurred, reader, [published()])
    assert (told["retake"], told["fields"]) == ("blurred", [])
