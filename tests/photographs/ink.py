"""Writing and ticking with a pen on a page: every stroke a little different, and the same again for the same seed.

Lengths are millimetres of the page from its top left corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ocr.contract import Box
from tests.photographs.hands import Hand, font

Grey = NDArray[np.float32]
_MM_PER_INCH = 25.4


class Tick(StrEnum):
    """How somebody marks a box."""

    CHECK = "check"
    CROSS = "cross"
    SLASH = "slash"
    CIRCLE = "circle"
    SCRIBBLE = "scribble"
    """The box filled in roughly, with paper showing between the strokes."""
    BLACKED_OUT = "blacked_out"
    """Wholly black and beyond its outline: a mark taken back."""


class Strike(StrEnum):
    """How somebody takes a word back."""

    DOUBLE = "double"
    LINE = "line"
    SLANTED = "slanted"
    WAVE = "wave"
    CROSS = "cross"
    ZIGZAG = "zigzag"
    LOOPS = "loops"
    SCRIBBLE = "scribble"


@dataclass(frozen=True, slots=True)
class Slip:
    """A word that was written first, how it was taken back, and whether the right one stands above it or beside it."""

    word: str
    strike: Strike
    above: bool = False


@dataclass(frozen=True, slots=True)
class Pen:
    """How somebody holds which pen."""

    broader_mm: float = 0.0
    """How much broader than the font's its strokes are; below zero they are thinner."""
    lean_degrees: float = 0.0
    """How far upright strokes lean to the right."""
    dark: float = 1.0
    """Share of the ink that a fresh pen leaves."""


class InkLayer:
    """What a pen leaves on one page: coverage 0 to 1 at `dpi` dots per inch, and the pen's colour."""

    def __init__(
        self,
        page_size_mm: tuple[float, float],
        dpi: float,
        colour: tuple[int, int, int],
        rng: np.random.Generator,
        pen: Pen = Pen(),
    ) -> None:
        self.pen = pen
        self.scale = dpi / _MM_PER_INCH
        self.colour = colour
        self.rng = rng
        width, height = (round(side * self.scale) for side in page_size_mm)
        self.coverage: Grey = np.zeros((height, width), np.float32)

    def on(self, page: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The RGB page with this ink on it; the density of the ink varies slowly over the page."""
        height, width = self.coverage.shape
        density = (0.72 + 0.28 * _smooth_noise(self.rng, (height, width), 60)) * self.pen.dark
        alpha = (cv2.GaussianBlur(self.coverage, (0, 0), 0.6) * density)[..., None]
        mixed = page.astype(np.float32) * (1 - alpha) + np.array(self.colour, np.float32) * alpha
        return np.asarray(np.clip(mixed, 0, 255), np.uint8)

    def write(
        self,
        text: str,
        box: Box,
        hand: Hand,
        size_mm: float,
        *,
        slant: float = 1.0,
        lower_mm: float = 0.0,
        struck: str = "",
    ) -> Box:
        """Write one line into the box, smaller when it does not fit; the place of its ink.

        `slant` scales how far the line is turned, `lower_mm` moves it down, over the cell's border; `struck` is written
        before it and struck out.
        """
        if struck:
            before = (box[0], box[1], box[2] * 0.42, box[3])
            self.write(struck, before, hand, size_mm, slant=slant, lower_mm=lower_mm)
            self.strike(before)
            box = (box[0] + box[2] * 0.47, box[1], box[2] * 0.53, box[3])
        left, top, width, height = (value * self.scale for value in box)
        size = size_mm * self.scale
        natural = _width(text, hand, size)
        room = width * float(self.rng.uniform(0.9, 0.97))
        if natural > room:
            size *= room / natural
        line = self._held(self._line(text, hand, size))
        line = _turned(line, float(self.rng.normal(0, 0.55)) * slant)
        ink_rows = np.flatnonzero(line.max(axis=1) > 0.3)
        middle = float(ink_rows.mean()) if ink_rows.size else line.shape[0] / 2
        x = left + float(self.rng.uniform(0, 0.35)) * max(0.0, width - line.shape[1]) * 0.6
        y = top + height / 2 - middle + (float(self.rng.normal(0, 0.45)) + lower_mm) * self.scale
        self._add(line, round(x), round(y))
        rows = ink_rows if ink_rows.size else np.arange(line.shape[0])
        tall = float(rows[-1] - rows[0])
        return x / self.scale, (y + float(rows[0])) / self.scale, line.shape[1] / self.scale, tall / self.scale

    def write_lines(self, lines: list[str], box: Box, hand: Hand, size_mm: float) -> None:
        """Write lines below each other, from the top of the box."""
        x, y, width, height = box
        pitch = min(height / max(len(lines), 2), size_mm * 1.55)
        for number, line in enumerate(lines):
            lean = float(self.rng.uniform(0, 2.5))
            self.write(line, (x + lean, y + number * pitch, width - lean, pitch), hand, size_mm, slant=0.4)

    def tick(self, box: Box, kind: Tick, *, looseness: float = 1.0) -> None:
        """Mark a tick box, not quite in its middle; strokes may leave the box by up to about 2 mm."""
        x, y, side, _ = box
        shift_x, shift_y = self.rng.normal(0, 0.35 * looseness, 2)
        grow = float(self.rng.uniform(0.85, 1.2))
        pen = float(self.rng.uniform(0.45, 0.75))
        centre = np.array([x + side / 2 + shift_x, y + side / 2 + shift_y])
        for stroke in _strokes(kind, self.rng):
            self._stroke(centre + stroke * side / 2 * grow, pen)

    def strike(self, box: Box) -> None:
        """Two strokes through what is written in a box."""
        x, y, width, height = box
        for offset in (-0.4, 0.5):
            points = [(x + width * (0.02 + part), y + height / 2 + offset) for part in (0.0, 0.45, 0.9)]
            self._stroke(np.array(points) + self.rng.normal(0, 0.25, (3, 2)), 0.45)

    def write_corrected(self, text: str, box: Box, hand: Hand, size_mm: float, slip: Slip) -> None:
        """Write a word, take it back, and write the right text beside or above it, if there is any."""
        x, y, width, height = box
        lower = (x, y + 0.45 * height, width * 0.45, 0.6 * height) if slip.above else (x, y, width * 0.45, height)
        self.take_back(self.write(slip.word, lower, hand, min(size_mm, 0.75 * lower[3])), slip.strike)
        if text and slip.above:
            self.write(text, (x, y - 0.3, width, 0.45 * height), hand, min(size_mm, 0.42 * height))
        elif text:
            self.write(text, (x + width * 0.5, y, width * 0.5, height), hand, size_mm)

    def take_back(self, ink: Box, kind: Strike) -> None:
        """Strike out what is written in exactly that place, in one's own way."""
        rng = self.rng
        x, y, width, height = ink
        left, right = x - abs(float(rng.normal(0, 1))), x + width + abs(float(rng.normal(0, 1)))
        pen = float(rng.uniform(0.3, 0.7))
        for stroke in _taken_back(kind, (right - left) / height, rng):
            across = left + (stroke[:, 0] + 1) / 2 * (right - left)
            self._stroke(np.stack([across, y + height / 2 + stroke[:, 1] * height / 2], axis=1), pen)

    def underline(self, box: Box) -> None:
        """The flourish below a signature."""
        x, y, width, height = box
        along = np.linspace(0, 1, 12)
        wave = np.sin(along * 5 + float(self.rng.uniform(0, 6))) * 0.5
        points = np.stack([x + width * (0.1 + 0.7 * along), y + height * 0.9 + wave - along * 1.5], axis=1)
        self._stroke(points, 0.4)

    def _line(self, text: str, hand: Hand, size: float) -> Grey:
        """One line of writing on a strip of its own: glyph by glyph, moved, turned, sized and bent a little."""
        rng = self.rng
        margin = round(size)
        strip = np.zeros((round(size * 3), round(_width(text, hand, size) * 1.12) + 2 * margin), np.float32)
        pen_x, baseline = float(margin), size * 1.9
        drift, wave = float(rng.uniform(-0.03, 0.03)), float(rng.uniform(0, 6))
        for index, character in enumerate(text):
            if character.isspace():
                pen_x += size * 0.3
                continue
            script = hand.script(character)
            loose = script.looseness
            face = font(script, size * float(1 + rng.normal(0, 0.035) * loose))
            glyph = Image.new("L", (round(size * 3), round(size * 3)), 0)
            ImageDraw.Draw(glyph).text((size, size * 1.9), character, fill=255, font=face, anchor="ls")
            bent = _bent(np.asarray(glyph, np.float32) / np.float32(255), rng, size * 0.022 * max(loose, 0.4))
            bent = _turned_in_place(bent, float(rng.normal(0, 1.6)) * loose)
            lift = (np.sin(index * 0.8 + wave) * 0.025 + float(rng.normal(0, 0.018))) * size * loose
            x = round(pen_x - size)
            y = round(baseline - size * 1.9 + lift + drift * (pen_x - margin))
            _lighten(strip, bent * float(rng.uniform(0.82, 1.0)), x, y)
            pen_x += face.getlength(character) * float(1 + rng.normal(0.015, 0.03) * loose)
        columns = np.flatnonzero(strip.max(axis=0) > 0.05)
        return strip[:, max(0, columns[0] - 2) : columns[-1] + 3] if columns.size else strip

    def _held(self, strip: Grey) -> Grey:
        """The line as this pen writes it."""
        pixels = round(abs(self.pen.broader_mm) * self.scale)
        if pixels:
            change = cv2.dilate if self.pen.broader_mm > 0 else cv2.erode
            brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pixels + 1, pixels + 1))
            strip = np.asarray(change(strip, brush), np.float32)
        if self.pen.lean_degrees:
            lean = float(np.tan(np.radians(self.pen.lean_degrees)))
            extra = round(abs(lean) * strip.shape[0])
            moved = np.array([[1, -lean, extra if lean > 0 else 0], [0, 1, 0]], np.float64)
            size = (strip.shape[1] + extra, strip.shape[0])
            strip = np.asarray(cv2.warpAffine(strip, moved, size, flags=cv2.INTER_LINEAR), np.float32)
        columns = np.flatnonzero(strip.max(axis=0) > 0.05)
        return strip[:, max(0, columns[0] - 2) : columns[-1] + 3] if columns.size else strip

    def _stroke(self, points: NDArray[np.floating[Any]], pen_mm: float) -> None:
        """A line through the points with round ends; the pen presses a little unevenly."""
        curve = _curve(points) * self.scale
        corner = np.floor(curve.min(axis=0)).astype(int) - 20
        width, height = np.ceil(curve.max(axis=0)).astype(int) + 20 - corner
        patch: Grey = np.zeros((height, width), np.float32)
        for start, end in pairwise(curve - corner):
            thick = max(1, round(pen_mm * self.scale * float(self.rng.uniform(0.85, 1.15))))
            from_, to = (start * 16).astype(int).tolist(), (end * 16).astype(int).tolist()
            cv2.line(patch, from_, to, (1.0,), thick, cv2.LINE_AA, 4)
        self._add(patch * np.float32(self.rng.uniform(0.85, 1.0)), int(corner[0]), int(corner[1]))

    def _add(self, strip: Grey, x: int, y: int) -> None:
        _lighten(self.coverage, strip, x, y)


def wrapped(text: str, hand: Hand, size_mm: float, width_mm: float) -> list[str]:
    """Break a text into lines that fit: between words, and anywhere between Chinese characters."""
    lines, current = [], ""
    for token in _tokens(text):
        if current and _width((current + token).strip(), hand, size_mm * 10) > width_mm * 10 * 0.93:
            lines.append(current.strip())
            current = ""
        current += token
    return [*lines, current.strip()] if current.strip() else lines


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    for character in text:
        # Latin words and numbers stay whole, and a mark never begins a line.
        joins = character.isascii() and not character.isspace() and tokens and tokens[-1][-1:].isascii()
        if tokens and ((joins and not tokens[-1][-1:].isspace()) or character in "，。；、：！？%"):
            tokens[-1] += character
        else:
            tokens.append(character)
    return tokens


def _width(text: str, hand: Hand, size: float) -> float:
    return sum(
        size * 0.3 if character.isspace() else font(hand.script(character), size).getlength(character)
        for character in text
    )


def _strokes(kind: Tick, rng: np.random.Generator) -> list[NDArray[np.floating[Any]]]:
    """The strokes of a mark in a square from -1 to 1."""

    def around(*points: tuple[float, float]) -> NDArray[np.floating[Any]]:
        return np.array(points) + rng.normal(0, 0.09, (len(points), 2))

    match kind:
        case Tick.CHECK:
            return [around((-0.75, -0.05), (-0.25, 0.65), (0.3, -0.35), (0.95, -1.15))]
        case Tick.CROSS:
            return [around((-0.8, -0.8), (0.0, 0.05), (0.8, 0.85)), around((0.8, -0.85), (0.0, 0.0), (-0.8, 0.8))]
        case Tick.SLASH:
            return [around((-0.75, 0.85), (0.0, 0.0), (0.8, -0.9))]
        case Tick.CIRCLE:
            angles = np.linspace(0.4, 2 * np.pi + 0.7, 14)
            radius = 0.62 + rng.normal(0, 0.03, angles.size)
            return [np.stack([np.cos(angles) * radius, np.sin(angles) * radius], axis=1)]
        case Tick.SCRIBBLE:
            rows = np.linspace(-0.7, 0.7, int(rng.integers(7, 10)))
            return [around(*((0.75 * (-1) ** number, float(row)) for number, row in enumerate(rows)))]
        case Tick.BLACKED_OUT:
            rows = np.linspace(-1.05, 1.05, 22)
            return [around(*((1.1 * (-1) ** number, float(row)) for number, row in enumerate(rows))) for _ in range(2)]


def _taken_back(kind: Strike, long: float, rng: np.random.Generator) -> list[NDArray[np.floating[Any]]]:
    """The strokes through a word in a square from -1 to 1, for a word so many times as long as high."""

    def through(heights: Any, shaky: float = 0.1) -> NDArray[np.floating[Any]]:
        down = np.asarray(heights, float)
        return np.stack([np.linspace(-1, 1, len(down)), down + rng.normal(0, shaky, len(down))], axis=1)

    match kind:
        case Strike.LINE:
            return [through((0.0, 0.0, 0.0), 0.16)]
        case Strike.DOUBLE:
            return [through((offset,) * 3) for offset in (-0.3, 0.3)]
        case Strike.SLANTED:
            rise = float(rng.uniform(0.3, 1.3) * rng.choice([-1, 1]))
            return [through((rise, 0.0, -rise))]
        case Strike.WAVE:
            return [through(0.33 * np.sin(1.6 * np.arange(14)), 0.05)]
        case Strike.CROSS:
            return [through((-1.0, 0.0, 1.0)), through((1.0, 0.0, -1.0))]
        case Strike.ZIGZAG:
            return [through([0.9 * (-1) ** number for number in range(round(4 * long) + 3)])]
        case Strike.SCRIBBLE:
            return [through([(-1) ** number for number in range(round(8 * long) + 4)]) for _ in range(2)]
        case Strike.LOOPS:
            turns = np.linspace(0, 2 * np.pi * 2 * long, round(22 * long) + 10)
            across = np.linspace(-1, 1, len(turns)) + np.sin(turns) * 0.35 / long
            return [np.stack([across, 0.85 * np.cos(turns)], axis=1)]


def _curve(points: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Points along a smooth line through the given ones (Catmull-Rom)."""
    if len(points) < 3:
        return points
    padded = np.concatenate([[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]])
    parts = []
    for a, b, c, d in zip(padded[:-3], padded[1:-2], padded[2:-1], padded[3:], strict=True):
        t = np.linspace(0, 1, 8, endpoint=False)[:, None]
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate([*parts, points[-1:]])


def _smooth_noise(rng: np.random.Generator, shape: tuple[int, int], cell: float) -> Grey:
    """Noise from 0 to 1 that changes over about `cell` pixels."""
    small = rng.random((max(2, round(shape[0] / cell)), max(2, round(shape[1] / cell))), np.float32)
    large = cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.float32).clip(0, 1)


def _bent(glyph: Grey, rng: np.random.Generator, amount: float) -> Grey:
    height, width = glyph.shape
    rows, columns = np.indices((height, width), np.float32)
    down = rows + (_smooth_noise(rng, (height, width), height / 7) - 0.5) * np.float32(2 * amount)
    across = columns + (_smooth_noise(rng, (height, width), height / 7) - 0.5) * np.float32(2 * amount)
    return np.asarray(cv2.remap(glyph, across, down, cv2.INTER_LINEAR), np.float32)


def _turned(strip: Grey, degrees: float) -> Grey:
    extra = round(abs(float(np.sin(np.radians(degrees)))) * strip.shape[1]) + 2
    return _turned_in_place(np.pad(strip, ((extra, extra), (2, 2))), degrees)


def _turned_in_place(strip: Grey, degrees: float) -> Grey:
    height, width = strip.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(strip, matrix, (width, height), flags=cv2.INTER_LINEAR), np.float32)


def _lighten(target: Grey, patch: Grey, x: int, y: int) -> None:
    """Lay the patch over the target with its corner at (x, y), keeping the denser of both; outside is cut off."""
    top, left = max(0, y), max(0, x)
    bottom, right = min(target.shape[0], y + patch.shape[0]), min(target.shape[1], x + patch.shape[1])
    if bottom > top and right > left:
        part = target[top:bottom, left:right]
        np.maximum(part, patch[top - y : bottom - y, left - x : right - x], out=part)
