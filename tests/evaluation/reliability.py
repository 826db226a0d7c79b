"""How confidence and truth go together: of the fields with so much confidence, how many were right.

Perfect confidence would put each point on the diagonal; what matters is that no point from the threshold on lies
below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ocr.confidence import SURE
from tests.evaluation.scoring import MISSING, Outcome

EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 1.0)
"""Finer near 1, where the thresholds are."""

_SIDE, _MARGIN = 720, 90
_BLACK, _GREY, _BLUE, _RED = (20, 20, 20), (190, 190, 190), (36, 84, 160), (190, 40, 40)


@dataclass(frozen=True, slots=True)
class Bin:
    """The fields whose confidence lies from `low` to below `high` (the last one: to 1)."""

    low: float
    high: float
    fields: int
    right: int
    mean_confidence: float

    @property
    def share_right(self) -> float:
        return self.right / self.fields


def bins(outcomes: Iterable[Outcome]) -> list[Bin]:
    """The bins with any field in them, of all fields for which a value was told."""
    told = [one for one in outcomes if one.status != MISSING and one.value is not None and not one.unclear]
    made = []
    for low, high in pairwise(EDGES):
        inside = [one for one in told if low <= one.confidence < high or (high == 1.0 and one.confidence == 1.0)]
        if inside:
            mean = sum(one.confidence for one in inside) / len(inside)
            made.append(Bin(low, high, len(inside), sum(one.exact for one in inside), round(mean, 4)))
    return made


def draw(made: Sequence[Bin], path: Path) -> None:
    """The diagram as PNG: confidence to the right, share of right fields upwards, area of a point as its fields."""
    picture = Image.new("RGB", (_SIDE, _SIDE), "white")
    pen = ImageDraw.Draw(picture)
    small = ImageFont.load_default(15)
    inner = _SIDE - 2 * _MARGIN

    def place(confidence: float, share: float) -> tuple[float, float]:
        return _MARGIN + confidence * inner, _SIDE - _MARGIN - share * inner

    for tenth in range(0, 11, 2):
        value = tenth / 10
        pen.line([place(value, 0), place(value, 1)], _GREY)
        pen.line([place(0, value), place(1, value)], _GREY)
        pen.text((place(value, 0)[0], _SIDE - _MARGIN + 8), f"{value:.1f}", _BLACK, small, anchor="mt")
        pen.text((_MARGIN - 8, place(0, value)[1]), f"{value:.1f}", _BLACK, small, anchor="rm")
    pen.line([place(0, 0), place(1, 1)], _BLACK, 2)
    pen.line([place(SURE, 0), place(SURE, 1)], _RED, 2)
    pen.text((place(SURE, 0.03)[0] - 6, place(0, 0.03)[1]), f"sure from {SURE}", _RED, small, anchor="rs")
    most = max((one.fields for one in made), default=1)
    points = [place(one.mean_confidence, one.share_right) for one in made]
    pen.line(points, _BLUE, 2)
    for one, (x, y) in zip(made, points, strict=True):
        radius = 4 + 14 * (one.fields / most) ** 0.5
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=_BLUE, width=3)
    fields = sum(one.fields for one in made)
    pen.text((_SIDE / 2, 30), f"{fields} fields with a value", _BLACK, ImageFont.load_default(20), anchor="mm")
    pen.text((_SIDE / 2, _SIDE - 30), "confidence", _BLACK, small, anchor="mm")
    pen.text((_MARGIN, _MARGIN - 20), "share right", _BLACK, small, anchor="mm")
    picture.save(path, "PNG", optimize=True)
