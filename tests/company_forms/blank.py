"""A company's form in the making.

A `Blank` is drawn in millimetres with Typst, so that what a proposal should find is known exactly: for every field its
label, its kind and the area in which people write, or its boxes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import typst
from PIL import Image

from ocr.arrays import Picture
from ocr.contract import Box, FieldType

A4, A4_WIDE, LETTER = (210.0, 297.0), (297.0, 210.0), (215.9, 279.4)

_PAGE = """
#let page_ = json(bytes(sys.inputs.page))
#set page(width: page_.width * 1mm, height: page_.height * 1mm, margin: 0mm)
#set text(top-edge: "cap-height", bottom-edge: "baseline", hyphenate: false, font: page_.font, lang: "zh")
#for r in page_.rects { place(dx: r.x * 1mm, dy: r.y * 1mm, rect(width: r.w * 1mm, height: r.h * 1mm,
  fill: if r.fill == none { none } else { luma(r.fill * 100%) },
  stroke: if r.line == 0 { none } else { r.line * 1mm + luma(r.ink * 100%) })) }
#for l in page_.lines { place(dx: l.x * 1mm, dy: l.y * 1mm, line(length: l.length * 1mm, angle: l.angle * 1deg,
  stroke: (thickness: l.line * 1mm, paint: luma(l.ink * 100%), dash: if l.dash == "" { "solid" } else { l.dash }))) }
#for t in page_.texts { place(dx: t.x * 1mm, dy: t.y * 1mm, box(width: t.w * 1mm, height: t.h * 1mm, align(
  horizon + (if t.align == "center" { center } else if t.align == "right" { right } else { left }),
  text(size: t.size * 1pt, weight: t.weight, t.text)))) }
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """The truth about one field: what it is called, what it is, where it is written or ticked."""

    label: str
    type: FieldType
    area: Box
    boxes: tuple[tuple[str, Box], ...] = ()


@dataclass
class Blank:
    """A page in the making."""

    name: str
    size_mm: tuple[float, float] = A4
    font: str = "Noto Sans CJK SC"
    line: float = 0.25
    ink: float = 0.0
    rects: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def rect(self, box: Box, *, fill: float | None = None, line: float | None = None) -> None:
        x, y, w, h = box
        stroke = self.line if line is None else line
        self.rects.append({"x": x, "y": y, "w": w, "h": h, "fill": fill, "line": stroke, "ink": self.ink})

    def rule(self, x: float, y: float, length: float, *, upright: bool = False, dash: str = "") -> None:
        self.lines.append(
            {
                "x": x,
                "y": y,
                "length": length,
                "angle": 90 if upright else 0,
                "line": self.line,
                "ink": self.ink,
                "dash": dash,
            }
        )

    def text(self, text: str, box: Box, size: float = 10.5, *, align: str = "left", weight: str = "regular") -> None:
        x, y, w, h = box
        self.texts.append(
            {"x": x, "y": y, "w": w, "h": h, "text": text, "size": size, "align": align, "weight": weight}
        )

    def title(self, text: str, y: float = 15, size: float = 18) -> None:
        self.text(text, (10, y, self.size_mm[0] - 20, 10), size, align="center", weight="bold")

    def label_cell(
        self, text: str, box: Box, *, fill: float | None = None, align: str = "center", size: float = 10.5
    ) -> None:
        self.rect(box, fill=fill)
        x, y, w, h = box
        for number, part in enumerate(parts := text.split("\n")):
            height = h / len(parts)
            self.text(part, (x + 1.5, y + number * height, w - 3, height), size, align=align)

    def write_cell(self, label: str, kind: FieldType, box: Box) -> None:
        self.rect(box)
        self.asked.append(Asked(label, kind, box))

    def ask(self, label: str, kind: FieldType, area: Box, boxes: Sequence[tuple[str, Box]] = ()) -> None:
        self.asked.append(Asked(label, kind, area, tuple(boxes)))

    def ticks(
        self,
        label: str,
        options: Sequence[str],
        x: float,
        y: float,
        *,
        side: float = 3.6,
        step: float = 24,
        down: float = 0,
        size: float = 10.5,
    ) -> None:
        """Boxes with their words to the right, the first box's top left corner at (x, y)."""
        boxes = []
        for number, option in enumerate(options):
            box = (x + (0 if down else number * step), y + number * down, side, side)
            self.rect(box, line=0.25)
            self.text(option, (box[0] + side + 1.2, box[1] - 1.5, step if not down else 60, side + 3), size)
            boxes.append((option, box))
        self.ask(label, FieldType.CHOICE, boxes[0][1], boxes)

    def pdf(self) -> bytes:
        data = {
            "width": self.size_mm[0],
            "height": self.size_mm[1],
            "font": self.font,
            "rects": self.rects,
            "lines": self.lines,
            "texts": self.texts,
        }
        made: bytes = typst.compile(_PAGE.encode(), sys_inputs={"page": json.dumps(data, ensure_ascii=False)})
        return made

    def picture(self, dpi: int = 300) -> Picture:
        """The page as RGB pixels."""
        with pdfium.PdfDocument(self.pdf()) as document:
            return np.asarray(document[0].render(scale=dpi / 72).to_pil().convert("RGB"))


def scan(picture: Picture, degrees: float, seed: int = 0) -> bytes:
    """A scan of the page, askew, as JPEG."""
    image = Image.fromarray(picture).rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=(252, 252, 250))
    noise = np.random.default_rng(seed).normal(0, 2.0, (image.height, image.width, 1))
    pixels = np.clip(np.asarray(image, np.float32) * 0.95 + 8 + noise, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=85)
    return out.getvalue()
