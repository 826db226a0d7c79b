"""A small form of another make than the shipped one, filled in and photographed by a few lines of drawing.

The font comes with Pillow, so that these tests need nothing installed: the form is in English, a page of 180 x 120 mm
with markers 10 to 13. `sheet` draws a filled page, `photograph` takes a picture of it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import segno
from PIL import Image, ImageDraw, ImageFont

from ocr.arrays import Picture
from ocr.contract import (
    Anchor,
    Box,
    Code,
    FieldType,
    FormField,
    FormTemplate,
    Marker,
    Option,
    PublishedForm,
    Words,
    code_text,
)

WIDTH, HEIGHT = 180.0, 120.0
PX_PER_MM = 200 / 25.4
INK = (30, 40, 120)

_CELLS: tuple[tuple[str, str, FieldType, Box], ...] = (
    ("visitor", "Visitor", FieldType.PERSON, (45, 28, 40, 8)),
    ("company", "Company", FieldType.TEXT, (128, 28, 36, 8)),
    ("visited_on", "Visit date", FieldType.DATE, (45, 42, 40, 8)),
    ("badge", "Badge number", FieldType.NUMBER, (128, 42, 36, 8)),
    ("purpose", "Purpose of visit", FieldType.LONG_TEXT, (45, 56, 119, 18)),
    ("floor", "Floor", FieldType.CHOICE, (45, 79, 119, 8)),
    ("signature", "Signature", FieldType.SIGNATURE, (45, 93, 60, 8)),
)
_OPTIONS = tuple(
    Option(value, Words(f"{value} 楼", f"Level {value}"), (50.0 + 28 * place, 80.0, 6.0, 6.0))
    for place, value in enumerate(("1", "2", "3", "4"))
)
_TITLE = ("Visitor register", (30.0, 12.0))
_NOTICE = ("Please write clearly and hand this sheet to the reception desk", (30.0, 111.0))
_CODE: Box = (142, 4, 18, 18)


CODE = Code("visitor-register", 1, 1, "0123456789abcdef" * 2)


@dataclass(frozen=True)
class Sheet:
    """What is written on one sheet: texts by field, ticked values, and the code printed on it."""

    texts: Mapping[str, str] = field(default_factory=dict)
    ticked: tuple[str, ...] = ()
    signed: bool = False
    code: Code | None = CODE


FILLED = Sheet(
    texts={
        "visitor": "Emily Carter",
        "company": "Northwind",
        "visited_on": "2026-10-05",
        "badge": "42",
        "purpose": "Review of the quarter",
    },
    ticked=("3",),
    signed=True,
)


def published(*, version: int = 1) -> PublishedForm:
    """The form as it is published."""
    blank = _blank()
    anchors = []
    for text, place, size in _printed():
        left, top, right, bottom = label_font(size).getbbox(text)
        x, y = place[0] + left / PX_PER_MM, place[1] + top / PX_PER_MM
        anchors.append(Anchor(text, 1, (x, y, (right - left) / PX_PER_MM, (bottom - top) / PX_PER_MM)))
    fields = tuple(
        FormField(
            key,
            Words(f"{label}栏", label),
            kind,
            1,
            box,
            required=kind is not FieldType.LONG_TEXT,
            options=_OPTIONS if kind is FieldType.CHOICE else (),
            minimum="1" if kind is FieldType.NUMBER else None,
            maximum="500" if kind is FieldType.NUMBER else None,
        )
        for key, label, kind, box in _CELLS
    )
    template = FormTemplate(
        key="visitor-register",
        version=version,
        title=Words("访客登记表", _TITLE[0]),
        page_size_mm=(WIDTH, HEIGHT),
        pages=1,
        fields=fields,
        anchors=tuple(anchors),
        markers=tuple(Marker(number, 1, box) for number, box in _marker_boxes().items()),
        code_boxes_mm={1: _CODE},
    )
    return PublishedForm(template, (png(blank),))


def without_anchors(form: PublishedForm) -> PublishedForm:
    """The same form with none of its printed words known."""
    return replace(form, template=replace(form.template, anchors=()))


def without_markers(form: PublishedForm) -> PublishedForm:
    """The same form, known not to have markers."""
    return replace(form, template=replace(form.template, markers=()))


def sheet(filled: Sheet) -> Picture:
    """A filled page, flat, as an RGB picture."""
    page = Image.fromarray(_blank()).convert("RGB")
    pen = ImageDraw.Draw(page)
    if filled.code is not None:
        drawn = io.BytesIO()
        segno.make(code_text(filled.code), error="m", micro=False).save(drawn, kind="png", scale=4, border=2)
        left, top, width, height = (round(part * PX_PER_MM) for part in _CODE)
        page.paste(Image.open(drawn).convert("RGB").resize((width, height), Image.Resampling.LANCZOS), (left, top))
    boxes = {key: box for key, _, _, box in _CELLS}
    for key, text in filled.texts.items():
        x, y = boxes[key][0] + 2, boxes[key][1] + 1
        pen.multiline_text((x * PX_PER_MM, y * PX_PER_MM), text, INK, label_font(5.0), spacing=14)
    for option in _OPTIONS:
        if option.value in filled.ticked:
            tick(pen, option.box_mm)
    if filled.signed:
        x, y = boxes["signature"][0] + 5, boxes["signature"][1] + 4
        wave = [((x + step) * PX_PER_MM, (y + 3 * np.sin(step)) * PX_PER_MM) for step in np.linspace(0, 25, 120)]
        pen.line(wave, INK, 4)
    return np.asarray(page)


def tick(pen: ImageDraw.ImageDraw, box: Box) -> None:
    """A check mark whose tail leaves the box."""
    x, y, width, height = box
    points = [
        (x + 0.15 * width, y + 0.5 * height),
        (x + 0.45 * width, y + 0.85 * height),
        (x + 1.05 * width, y - 0.1 * height),
    ]
    pen.line([(a * PX_PER_MM, b * PX_PER_MM) for a, b in points], INK, 5)


def photograph(
    page: Picture,
    *,
    tilt: float = 0.04,
    turns: int = 0,
    blur: float = 0.0,
    bend_mm: float = 0.0,
    shift: tuple[float, float] = (0.0, 0.0),
    scale: float = 1.0,
) -> Picture:
    """The page on a dark table, seen a little from the side, in uneven light; RGB.

    `turns` are quarter turns of the camera, `blur` a standard deviation in pixels, `shift` moves the page by shares
    of the picture, `scale` makes it smaller in it.
    """
    rows, columns = page.shape[:2]
    if bend_mm:
        x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
        lift = bend_mm * PX_PER_MM * np.sin(np.pi * x / columns)
        page = cv2.remap(page, x, (y + lift).astype(np.float32), cv2.INTER_LINEAR, borderValue=(90, 80, 70))
    width, height = round(1.15 * columns), round(1.15 * rows)
    frame = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    leaning = frame * [1, 1] + np.array([[tilt, 0.3 * tilt], [-0.2 * tilt, tilt], [tilt, -tilt], [0, 0]]) * rows
    placed = (leaning - leaning.mean(axis=0)) * scale + [width * (0.5 + shift[0]), height * (0.5 + shift[1])]
    matrix = cv2.getPerspectiveTransform(frame, placed.astype(np.float32))
    noise = np.random.default_rng(7).normal(0, 3, (height, width, 3))
    table: Picture = np.full((height, width, 3), (90, 80, 70), np.uint8)
    picture = cv2.warpPerspective(page, matrix, (width, height), dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    light = np.linspace(0.95, 0.7, width)[None, :, None]
    lit: Picture = np.clip(picture * light + noise, 0, 255).astype(np.uint8)
    if blur:
        lit = cv2.GaussianBlur(lit, (0, 0), blur)
    return np.ascontiguousarray(np.rot90(lit, turns))


def as_jpeg(picture: Picture) -> bytes:
    """An RGB picture as JPEG."""
    return cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1].tobytes()


def _blank() -> Picture:
    page = Image.new("L", (round(WIDTH * PX_PER_MM), round(HEIGHT * PX_PER_MM)), 255)
    pen = ImageDraw.Draw(page)
    for text, (x, y), size in _printed():
        pen.text((x * PX_PER_MM, y * PX_PER_MM), text, 0, label_font(size))
    for _, _, _, (x, y, width, height) in _CELLS:
        pen.rectangle(_pixels((x - 2, y - 2, width + 4, height + 4)), outline=0, width=3)
        pen.rectangle(_pixels((x - 32, y - 2, 30, height + 4)), outline=0, width=2)
    for option in _OPTIONS:
        pen.rectangle(_pixels(option.box_mm), outline=0, width=3)
    drawn: Picture = np.asarray(page).copy()
    kinds = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number, box in _marker_boxes().items():
        x, y, size, _ = (round(part * PX_PER_MM) for part in box)
        drawn[y : y + size, x : x + size] = cv2.aruco.generateImageMarker(kinds, number, size)
    return drawn


def _printed() -> list[tuple[str, tuple[float, float], float]]:
    """Every printed text with its place and the size of its letters in millimetres."""
    labels = [(label, (box[0] - 30, box[1]), 3.6) for _, label, _, box in _CELLS]
    levels = [(option.label.en, (option.box_mm[0] + 8, option.box_mm[1] + 1), 3.4) for option in _OPTIONS]
    return [(*_TITLE, 7.0), *labels, *levels, (*_NOTICE, 3.4)]


def _marker_boxes() -> dict[int, Box]:
    right, bottom = WIDTH - 16, HEIGHT - 16
    return {10: (4, 4, 12, 12), 11: (right, 4, 12, 12), 12: (right, bottom, 12, 12), 13: (4, bottom, 12, 12)}


def _pixels(box: Box) -> tuple[float, float, float, float]:
    x, y, width, height = (part * PX_PER_MM for part in box)
    return x, y, x + width, y + height


def label_font(size_mm: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_mm * PX_PER_MM)


def png(picture: Picture) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()
