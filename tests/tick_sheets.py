"""Sheets of many tick boxes without markers or code, filled in and photographed: boxes that touch, narrow ones, columns
of a table. Every box is a field of its own, as on a foreign sheet of which only the boxes are known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ocr.arrays import Picture
from ocr.contract import (
    Anchor,
    Box,
    FieldReading,
    FieldStatus,
    FieldType,
    FormField,
    FormTemplate,
    Option,
    PublishedForm,
    Words,
)
from tests.ocr.made_forms import PX_PER_MM, label_font, png
from tests.photographs.camera import Condition, photograph
from tests.photographs.ink import InkLayer, Pen, Tick

SIZE = (210.0, 297.0)
MARKED = "x"
_WORDS = ("Safety", "Order", "Water", "Power", "Tools", "Doors", "Light", "Stock", "Paper", "Floor", "Waste", "Heat")


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of boxes of one size (millimetres); without a gap they share their edges."""

    name: str
    top: float
    rows: int
    columns: int
    width: float
    height: float
    gap: float = 0.0
    row_gap: float = 0.0
    line_mm: float = 0.3


LAYOUTS = (
    (
        Block("dense", 40, 6, 15, 5.0, 4.2),
        Block("narrow", 85, 6, 6, 3.2, 5.5, gap=4.0, row_gap=2.5),
        Block("square", 150, 6, 3, 5.5, 5.5, gap=14.0, row_gap=3.0),
        Block("table", 215, 8, 2, 22.0, 6.5),
    ),
    (
        Block("dense", 36, 10, 12, 4.0, 4.0, line_mm=0.22),
        Block("dense-tall", 95, 5, 16, 4.5, 7.0, line_mm=0.4),
        Block("stacked", 150, 8, 8, 5.0, 5.0, gap=5.0),
        Block("table", 210, 9, 3, 15.0, 6.0, line_mm=0.25),
    ),
)


@dataclass(frozen=True, slots=True)
class TickSheet:
    """A printed sheet as it is registered, and its blank page (RGB)."""

    form: PublishedForm
    page: Picture

    def filled(self, seed: int) -> tuple[Picture, dict[str, bool]]:
        """The sheet with about a third of its boxes marked in one person's way, and which ones."""
        rng = np.random.default_rng((seed, 11))
        pen = Pen(dark=float(rng.uniform(0.75, 1.0)))
        colour = [(24, 32, 96), (30, 30, 34), (70, 70, 76)][int(rng.integers(3))]
        layer = InkLayer(SIZE, PX_PER_MM * 25.4, colour, rng, pen)
        ways = rng.permutation(np.array([Tick.CHECK, Tick.CROSS, Tick.SLASH, Tick.SCRIBBLE]))[:2]
        truth = {}
        for item in self.form.template.fields:
            truth[item.key] = bool(rng.random() < 0.33)
            if truth[item.key]:
                x, y, width, height = item.box_mm
                side = min(width, height) * float(rng.uniform(0.9, 1.1))
                square = (x + (width - side) / 2, y + (height - side) / 2, side, side)
                layer.tick(square, Tick(str(ways[int(rng.random() < 0.25)])))
        return layer.on(self.page), truth

    def photographs(self, seed: int, conditions: tuple[Condition, ...]) -> tuple[dict[str, bytes], dict[str, bool]]:
        """The filled sheet under each condition, by its name, and which boxes are marked."""
        page, truth = self.filled(seed)
        return {one.name: photograph(page, one, (seed, number)) for number, one in enumerate(conditions)}, truth


def tick_sheet(number: int) -> TickSheet:
    """One of the layouts."""
    page = Image.new("RGB", (round(SIZE[0] * PX_PER_MM), round(SIZE[1] * PX_PER_MM)), "white")
    pen = ImageDraw.Draw(page)
    fields: list[FormField] = []
    anchors: list[Anchor] = []

    def label(text: str, x: float, y: float, size: float) -> None:
        font = label_font(size)
        left, top, right, bottom = pen.textbbox((x * PX_PER_MM, y * PX_PER_MM), text, font=font)
        pen.text((x * PX_PER_MM, y * PX_PER_MM), text, "black", font)
        box: Box = (left / PX_PER_MM, top / PX_PER_MM, (right - left) / PX_PER_MM, (bottom - top) / PX_PER_MM)
        anchors.append(Anchor(text, 1, box))

    label(("Round of the building", "Hygiene of the kitchen")[number], 20, 12, 6)
    label("Mark each box that applies", 20, 22, 4)
    label(("Sheet of the night shift", "Sheet of the early shift")[number], 120, 22, 4)
    for block in LAYOUTS[number]:
        label(f"{block.name.capitalize()} boxes of part {block.rows}", 20, block.top - 6.5, 3.6)
        for row in range(block.rows):
            y = block.top + row * (block.height + block.row_gap)
            label(_WORDS[(row + block.columns) % len(_WORDS)], 20, y + block.height / 2 - 1.6, 3.2)
            for column in range(block.columns):
                x = 52 + column * (block.width + block.gap)
                corners = [x, y, x + block.width, y + block.height]
                pen.rectangle(
                    [round(edge * PX_PER_MM) for edge in corners], None, "black", round(block.line_mm * PX_PER_MM)
                )
                key = f"{block.name}/{row}/{column}"
                box = (x, y, block.width, block.height)
                words = Words(key, key)
                fields.append(FormField(key, words, FieldType.CHOICE, 1, box, options=(Option(MARKED, words, box),)))
    picture: NDArray[np.uint8] = np.asarray(page, np.uint8)
    key = f"tick-sheet-{number}"
    template = FormTemplate(key, 1, Words(key, key), SIZE, 1, tuple(fields), tuple(anchors))
    return TickSheet(PublishedForm(template, (png(picture[..., 0]),)), picture)


def right(field: FieldReading, marked: bool) -> bool:
    """Whether a box was read as it is: the value, and without a mark that it is surely empty."""
    return field.value == MARKED if marked else field.value is None and field.status is FieldStatus.EMPTY


def wrong_but_sure(field: FieldReading, marked: bool) -> bool:
    """Whether a box was read otherwise, and nobody is asked to look."""
    return not right(field, marked) and field.status in {FieldStatus.READ, FieldStatus.EMPTY}
