"""Real pictures with ground truth that lie outside the project: `--samples FOLDER` of `tests.evaluation.forms`.

Three kinds are understood, each in any sub-folder:

- `gt.json` of `{picture: [line, …]}`: the text lines of the picture.
- `gt.json` of `{picture: {label: value}}`: a form without markers; `label#2` is the second field of that label,
  `[x]label` a tick box (not measured: a template made from labels alone has no place for its boxes). What the labels
  of a bilingual form are in English can be given, as a template of such a form has both.
- `template.json` and `form.jpg` of an ODK Scan form, with sub-folders of photographs and their `expected.json`:
  each tick box is a field of its own with one option, and the lines read on the blank are its anchors.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from rapidfuzz.distance import Levenshtein

from ocr.contract import (
    Anchor,
    Box,
    FieldReading,
    FieldStatus,
    FieldType,
    FormField,
    FormReader,
    FormReading,
    FormTemplate,
    Option,
    PublishedForm,
    Quad,
    Words,
)
from ocr.pages import decode
from tests.evaluation.scoring import letters

_DOTS_PER_MM = 200 / 25.4
_A4 = (210.0, 297.0)
_MARKED = "x"


def measure(reader: FormReader, folder: Path, english: Mapping[str, str]) -> dict[str, Any]:
    """Figures for each picture found below the folder, by its path there; `english` has labels in English."""
    figures: dict[str, Any] = {}
    for path in sorted(folder.rglob("gt.json")):
        for name, truth in json.loads(path.read_text("utf-8")).items():
            picture = path.parent / name
            key = str(picture.relative_to(folder))
            if isinstance(truth, list):
                figures[key] = _lines(reader, picture, truth)
            else:
                figures[key] = _form(reader, picture, truth, english)
    for path in sorted(folder.rglob("template.json")):
        if (path.parent / "form.jpg").is_file():
            for picture, told in _tick_sheets(reader, path.parent):
                figures[str(picture.relative_to(folder))] = told
    return figures


def _page(path: Path) -> bytes:
    return decode(path.read_bytes())[0].picture


def _lines(reader: FormReader, picture: Path, truth: list[str]) -> dict[str, Any]:
    read = letters("".join(line.text for line in reader.read_lines(_page(picture)))) or ""
    expected = letters("".join(truth)) or ""
    edits = Levenshtein.distance(expected, read)
    return {"kind": "lines", "characters": len(expected), "edits": edits, "read": read}


def _form(reader: FormReader, picture: Path, truth: Mapping[str, Any], english: Mapping[str, str]) -> dict[str, Any]:
    values = {key: value for key, value in truth.items() if isinstance(value, str)}
    read_lines = {letters(line.text) or "" for line in reader.read_lines(_page(picture))}
    form = _form_of_labels(list(values), english)
    reading = reader.read_form([_page(picture)], [form])
    said = {field.key: field for field in reading.fields}
    keys = {label: f"field_{number}" for number, label in enumerate(values)}
    right = [label for label, value in values.items() if _value(said, keys[label]) == letters(value)]
    return {
        "kind": "form without markers",
        "matched_by": reading.matched_by.value,
        "retake": reading.retake.value if reading.retake else None,
        "values": len(values),
        "values_among_lines": sum(
            any((letters(value) or "") in line for line in read_lines) for value in values.values()
        ),
        "values_in_their_field": len(right),
        "not_in_their_field": {
            label: {"truth": value, "value": said[keys[label]].value if keys[label] in said else None}
            for label, value in values.items()
            if label not in right
        },
        "wrong_but_sure": [
            label
            for label in values
            if label not in right and keys[label] in said and said[keys[label]].status is FieldStatus.READ
        ],
    }


def _form_of_labels(labels: list[str], english: Mapping[str, str]) -> PublishedForm:
    """A form of which only the labels are known; the boxes are a plain list and match no picture."""
    height = 250.0 / len(labels)
    fields = []
    for number, label in enumerate(labels):
        text = label.partition("#")[0]
        box = (80.0, 20 + number * height, 100.0, height * 0.8)
        fields.append(FormField(f"field_{number}", Words(text, english.get(text, text)), FieldType.TEXT, 1, box))
    template = FormTemplate("known-by-labels", 1, Words("表格", "Form"), _A4, 1, tuple(fields))
    return PublishedForm(template, (_png(Image.new("L", _dots(_A4), 255)),))


def _tick_sheets(reader: FormReader, folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    form = _form_of_boxes(reader, folder)
    for expected_path in sorted(folder.glob("*/expected.json")):
        expected = dict(_expected_boxes(json.loads(expected_path.read_text("utf-8"))))
        for picture in sorted(expected_path.parent.glob("*.jpg")):
            reading = reader.read_form([_page(picture)], [form])
            yield picture, _tick_figures(reading, expected)


def _tick_figures(reading: FormReading, expected: Mapping[str, bool]) -> dict[str, Any]:
    said = {field.key: field for field in reading.fields}
    kinds: dict[str, dict[str, int]] = {}
    for key, marked in expected.items():
        kind = kinds.setdefault(key.split("/")[0], {"boxes": 0, "right": 0, "wrong_but_sure": 0})
        kind["boxes"] += 1
        field = said.get(key)
        if field is None:
            continue
        right = field.value == _MARKED if marked else field.value is None and field.status is FieldStatus.EMPTY
        kind["right"] += right
        kind["wrong_but_sure"] += not right and field.status in {FieldStatus.READ, FieldStatus.EMPTY}
    return {
        "kind": "tick boxes without markers",
        "matched_by": reading.matched_by.value,
        "retake": reading.retake.value if reading.retake else None,
        "boxes": len(expected),
        "right": sum(kind["right"] for kind in kinds.values()),
        "wrong_but_sure": sum(kind["wrong_but_sure"] for kind in kinds.values()),
        "by_kind": kinds,
    }


def _form_of_boxes(reader: FormReader, folder: Path) -> PublishedForm:
    described = json.loads((folder / "template.json").read_text("utf-8"))
    # The form's pixels become millimetres of a sheet as wide as A4.
    scale = _A4[0] / described["width"]
    fields = []
    for field_number, field in enumerate(described["fields"]):
        for segment_number, segment in enumerate(field["segments"]):
            merged = {**field, **segment}
            size = {**described.get("classifier", {}), **merged.get("classifier", {})}
            width, height = size["classifier_width"], size["classifier_height"]
            for item_number, item in enumerate(merged["items"]):
                x = merged["segment_x"] + item["item_x"] - width / 2
                y = merged["segment_y"] + item["item_y"] - height / 2
                box = (x * scale, y * scale, width * scale, height * scale)
                key = f"{field.get('name', field_number)}/{segment_number}/{item_number}"
                words = Words(key, key)
                fields.append(FormField(key, words, FieldType.CHOICE, 1, box, options=(Option(_MARKED, words, box),)))
    page = (_A4[0], described["height"] * scale)
    with Image.open(folder / "form.jpg") as blank:
        picture = _png(blank.convert("L").resize(_dots(page)))
    anchors = tuple(Anchor(line.text, 1, _outline_mm(line.box)) for line in reader.read_lines(picture))
    template = FormTemplate("tick-sheet", 1, Words("勾选表", "Tick sheet"), page, 1, tuple(fields), anchors)
    return PublishedForm(template, (picture,))


def _expected_boxes(expected: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for field_number, field in enumerate(expected["fields"]):
        for segment_number, segment in enumerate(field["segments"]):
            for item_number, item in enumerate(segment["items"]):
                name = field.get("name", field_number)
                yield f"{name}/{segment_number}/{item_number}", bool(item["classification"])


def _outline_mm(quad: Quad) -> Box:
    left, top = min(x for x, _ in quad), min(y for _, y in quad)
    right, bottom = max(x for x, _ in quad), max(y for _, y in quad)
    return left / _DOTS_PER_MM, top / _DOTS_PER_MM, (right - left) / _DOTS_PER_MM, (bottom - top) / _DOTS_PER_MM


def _value(said: Mapping[str, FieldReading], key: str) -> str | None:
    return letters(said[key].value) if key in said else None


def _dots(size_mm: tuple[float, float]) -> tuple[int, int]:
    return round(size_mm[0] * _DOTS_PER_MM), round(size_mm[1] * _DOTS_PER_MM)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
