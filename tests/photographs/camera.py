"""Printing a page and photographing it, in software: a page of pixels becomes the JPEG of a phone.

The page lies on a table, flat or curled, below a pinhole camera that may be tilted and turned. Then come light and
shadow, white balance, the lens, the sensor, and JPEG, in that order, as in a real camera. Everything is seeded.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Scene = NDArray[np.float32]
"""A picture in the making: RGB levels that may leave 0 to 255 before the sensor clips them."""

_EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Condition:
    """How a picture is taken."""

    name: str
    tilt_degrees: float = 7.0
    """How far the camera is from looking straight down; the direction is drawn by lot."""
    rotation_degrees: float = 0.0
    """How far the page is turned in the picture, beyond up to 1.5 degrees that always are."""
    shadow: float = 0.0
    """Share of light that a shadow over part of the page takes away."""
    blur: float = 0.6
    """Standard deviation of the lens' blur in pixels of the picture."""
    noise: float = 2.0
    """Standard deviation of sensor noise in levels of 255."""
    quality: int = 88
    """JPEG quality."""
    curl: float = 0.0
    """How far a curled page shifts its middle lines, as a share of the page's height."""
    upside_down: bool = False
    orientation: int = 1
    """EXIF orientation (1, 3, 6 or 8): the sensor's pixels are stored turned, and the tag says how."""
    long_side: int = 2048
    """Pixels; 2048 is about 3 megapixels, 4032 about 12."""
    scan: bool = False
    """A flat scan: no table around the page, even light."""
    motion: int = 0
    """Length in pixels of the way that the camera moved while it looked, in a direction drawn by lot."""
    covered_corner: float = 0.0
    """Size of what lies on one corner of the page, a thumb or a cup, as a share of the page's width."""
    quarter_turn: bool = False
    """The camera was held on its side: the picture's pixels are turned by 90 degrees, either way, without a tag."""


CLEAN = Condition("clean", tilt_degrees=0, blur=0.4, noise=1.0, quality=92, scan=True)
MILD = Condition("mild-perspective", tilt_degrees=13, rotation_degrees=2)
ROTATED = Condition("rotation12-shadow50", tilt_degrees=6, rotation_degrees=12, shadow=0.5)
BLURRED = Condition("blur1.5-noise", blur=1.5, noise=5.0)
COMPRESSED = Condition("jpeg20", quality=20)
CURLED = Condition("curl2", curl=0.02, tilt_degrees=5)
BASE = (CLEAN, MILD, ROTATED, BLURRED, COMPRESSED, CURLED)
"""The conditions that the figures are about."""

STRONG = Condition("strong-perspective", tilt_degrees=28, rotation_degrees=5)
UPSIDE_DOWN = Condition("upside-down", upside_down=True)
TURNED_BY_EXIF = Condition("exif-turned", orientation=6)
LARGE = Condition("phone12", long_side=4032, tilt_degrees=10, blur=1.0, noise=3.0)
EVERYTHING = (*BASE, STRONG, UPSIDE_DOWN, TURNED_BY_EXIF, LARGE)

FIELD = (
    Condition("flat", tilt_degrees=2),
    MILD,
    STRONG,
    Condition("quarter-turn", quarter_turn=True),
    CURLED,
    Condition("curl5", curl=0.05, tilt_degrees=5),
    Condition("shadow80", shadow=0.8),
    Condition("blur2.5", blur=2.5),
    Condition("blur3.5", blur=3.5),
    Condition("motion11", motion=11),
    Condition("corner-covered", covered_corner=0.13),
    Condition("half-megapixel", long_side=816),
    Condition(
        "phone-hard",
        long_side=4032,
        tilt_degrees=18,
        rotation_degrees=8,
        shadow=0.5,
        blur=2.2,
        noise=7.0,
        quality=55,
        curl=0.01,
    ),
)
"""What happens to paper outside an office; made before the reader was changed for any of it."""


def photograph(page: Pixels, condition: Condition, seed: tuple[int, ...]) -> bytes:
    """The JPEG of that page (RGB, upright) under the condition; the same bytes for the same seed."""
    rng = np.random.default_rng(seed)
    short_side = round(condition.long_side * (page.shape[1] / page.shape[0] if condition.scan else 0.75))
    size = (short_side, condition.long_side)
    paper = _printed(page, rng)
    if condition.curl:
        paper = _curled(paper, condition.curl)
    matrix = _scanner_matrix(paper, size, rng) if condition.scan else _camera_matrix(paper, condition, size, rng)
    lying_on = np.full((size[1], size[0], 3), 250, np.float32) if condition.scan else _table(size, rng)
    scene = _on(lying_on, paper, matrix)
    if condition.covered_corner:
        scene = _covered(scene, paper, matrix, condition.covered_corner, rng)
    if condition.shadow:
        scene *= _shadow(size, condition.shadow, rng)[..., None]
    if not condition.scan:
        warm = rng.uniform(-0.06, 0.06)
        balance = np.array([1 + warm, 1 + rng.uniform(-0.012, 0.012), 1 - warm], np.float32)
        scene *= _uneven_light(size, rng)[..., None] * balance
    scene = _filtered(scene, condition.blur)
    if condition.motion:
        scene = _moved(scene, condition.motion, rng)
    scene += rng.standard_normal(scene.shape, np.float32) * np.float32(condition.noise)
    picture = np.asarray(cv2.convertScaleAbs(np.maximum(scene, 0)), np.uint8)
    if condition.upside_down:
        picture = picture[::-1, ::-1]
    if condition.quarter_turn:
        picture = np.rot90(picture, int(rng.choice([1, 3])))
    return _jpeg(picture, condition)


def _printed(page: Pixels, rng: np.random.Generator) -> Pixels:
    """The sheet of paper, RGB and where it is (255): toner is not black and paper is not white."""
    tint = np.array([244, 243, 238]) + rng.uniform(-4, 3, 3)
    black = rng.uniform(24, 40)
    levels = black + np.arange(256)[:, None] / 255 * (tint - black)
    paper = cv2.LUT(page, levels.astype(np.uint8)[None])
    return np.asarray(cv2.merge([*cv2.split(paper), np.full(page.shape[:2], 255, np.uint8)]), np.uint8)


def _scanner_matrix(paper: Pixels, size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """Page pixels to picture pixels for a page that lies nearly straight on the glass."""
    height, width = paper.shape[:2]
    scale = size[1] / height
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 0.4)), 1.0)
    return np.asarray(np.diag([scale, scale, 1.0]) @ np.vstack([turn, [0, 0, 1]]), np.float64)


def _camera_matrix(
    paper: Pixels, condition: Condition, size: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Page pixels to picture pixels through a pinhole camera some 1.5 page heights away, framed like by hand."""
    height, width = paper.shape[:2]
    tilt, direction = np.radians(condition.tilt_degrees), rng.uniform(0, 2 * np.pi)
    turn = np.radians(condition.rotation_degrees * rng.choice([-1, 1]) + rng.uniform(-1.5, 1.5))
    about = np.array([np.cos(direction), np.sin(direction), 0.0]) * tilt
    tilted, _ = cv2.Rodrigues(about)
    turned, _ = cv2.Rodrigues(np.array([0.0, 0.0, turn]))
    centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    rotation = np.asarray(tilted @ turned, np.float64)
    plane = np.column_stack([rotation[:, 0], rotation[:, 1], np.array([0, 0, 1.5 * height])])
    matrix = plane @ centre
    corners = _project(matrix, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64))
    low, high = corners.min(axis=0), corners.max(axis=0)
    scale = float(min(np.array(size) * rng.uniform(0.90, 0.955) / (high - low)))
    spare = np.array(size) - (high - low) * scale
    offset = spare * rng.uniform(0.35, 0.65, 2) - low * scale
    framed = np.array([[scale, 0, offset[0]], [0, scale, offset[1]], [0, 0, 1]])
    return np.asarray(framed @ matrix, np.float64)


def _curled(paper: Pixels, curl: float) -> Pixels:
    """The sheet bent around its long axis, seen from above: its middle stands nearer and appears shifted."""
    height, width = paper.shape[:2]
    shift = round(curl * height)
    taller = np.pad(paper, ((shift, shift), (0, 0), (0, 0)))
    arch = np.sin(np.pi * np.arange(width, dtype=np.float32) / width)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(len(taller), dtype=np.float32))
    bent = np.asarray(cv2.remap(taller, columns, rows + shift * arch, cv2.INTER_LINEAR), np.float32)
    bent[..., :3] *= (0.90 + 0.10 * arch)[None, :, None]
    return bent.astype(np.uint8)


def _on(scene: Scene, paper: Pixels, matrix: NDArray[np.float64]) -> Scene:
    """The sheet lying on the scene; its soft shadow shows its outline on a light table too."""
    height, width = scene.shape[:2]
    shrunk = _scale(matrix, paper)
    soft = cv2.GaussianBlur(paper, (0, 0), 0.45 / shrunk) if shrunk < 0.85 else paper
    seen = np.asarray(cv2.warpPerspective(soft, matrix, (width, height), flags=cv2.INTER_LINEAR), np.float32)
    covered = seen[..., 3] / 255
    lift = round(height / 400) + 1
    fall = _filtered(np.roll(covered, (lift, lift), axis=(0, 1)), height / 250)
    covered, lit = covered[..., None], (1 - 0.45 * fall)[..., None]
    return np.asarray(seen[..., :3] * covered + scene * lit * (1 - covered), np.float32)


def _scale(matrix: NDArray[np.float64], paper: Pixels) -> float:
    """Picture pixels per page pixel, on average over the page's diagonals."""
    height, width = paper.shape[:2]
    a, b, c, d = _project(matrix, np.array([[0, 0], [width, height], [width, 0], [0, height]], np.float64))
    return float((np.linalg.norm(b - a) + np.linalg.norm(d - c)) / (2 * np.hypot(width, height)))


def _table(size: tuple[int, int], rng: np.random.Generator) -> Scene:
    """One of three tables: wood with grain, dark cloth, or a light desk."""
    width, height = size
    kind = int(rng.integers(3))
    base = np.array([(128, 92, 60), (58, 62, 70), (176, 174, 168)][kind], np.float32)
    grain = rng.standard_normal((height, max(4, width // 24)), np.float32)
    if kind == 0:
        grain = _filtered(rng.standard_normal((max(4, height // 40), width), np.float32), 1.2)
    lines = np.asarray(cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    fine = rng.standard_normal((height, width), np.float32)
    return np.asarray(base + (lines * (14, 3, 2)[kind] + fine * (4, 7, 3)[kind])[..., None], np.float32)


def _shadow(size: tuple[int, int], depth: float, rng: np.random.Generator) -> Scene:
    """The soft-edged shadow of an arm or a phone across a third to a half of the picture."""
    width, height = size
    angle = rng.uniform(0, 2 * np.pi)
    columns, rows = np.meshgrid(
        np.linspace(-0.5, 0.5, width, dtype=np.float32), np.linspace(-0.5, 0.5, height, dtype=np.float32)
    )
    wave = 0.04 * np.sin(7 * (columns * np.sin(angle) - rows * np.cos(angle)) + rng.uniform(0, 6))
    distance = columns * np.cos(angle) + rows * np.sin(angle) + wave - rng.uniform(-0.02, 0.15)
    edge = 1 / (1 + np.exp(-distance / 0.012))
    return np.asarray(1 - depth * edge, np.float32)


def _covered(scene: Scene, paper: Pixels, matrix: NDArray[np.float64], size: float, rng: np.random.Generator) -> Scene:
    """Something round and soft-edged, the colour of skin or of a mug, over one corner of the page."""
    height, width = paper.shape[:2]
    corner = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)[int(rng.integers(4))]
    inwards = np.sign(np.array([width, height]) / 2 - corner) * width * size * rng.uniform(0.2, 0.45, 2)
    middle, rim = _project(matrix, np.array([corner + inwards, corner + inwards + [width * size, 0]]))
    radius = float(np.linalg.norm(rim - middle))
    rows, columns = np.indices(scene.shape[:2], np.float32)
    stretch = float(rng.uniform(0.8, 1.25))
    distance = np.hypot((columns - middle[0]) * stretch, (rows - middle[1]) / stretch)
    cover = (1 / (1 + np.exp(np.clip((distance - radius) / 2.0, -30, 30))))[..., None].astype(np.float32)
    colour = np.array([(206, 160, 134), (92, 60, 48), (214, 214, 220)][int(rng.integers(3))], np.float32)
    return np.asarray(scene * (1 - cover) + colour * cover, np.float32)


def _moved(scene: Scene, length: int, rng: np.random.Generator) -> Scene:
    """The scene smeared along a straight way of that many pixels."""
    angle = float(rng.uniform(0, 180))
    way = np.zeros((length + 2, length + 2), np.float32)
    way[(length + 1) // 2, 1 : length + 1] = 1
    centre = ((length + 1) / 2, (length + 1) / 2)
    way = np.asarray(cv2.warpAffine(way, cv2.getRotationMatrix2D(centre, angle, 1), way.shape), np.float32)
    return np.asarray(cv2.filter2D(scene, -1, way / way.sum()), np.float32)


def _uneven_light(size: tuple[int, int], rng: np.random.Generator) -> Scene:
    width, height = size
    angle = rng.uniform(0, 2 * np.pi)
    columns, rows = np.meshgrid(
        np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    )
    slope = rng.uniform(0.03, 0.10) * (columns * np.cos(angle) + rows * np.sin(angle))
    corners = 0.06 * (columns**2 + rows**2)
    return np.asarray(0.93 + slope - corners, np.float32)


def _project(matrix: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    seen = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(seen[:, :2] / seen[:, 2:], np.float64)


def _filtered(image: Scene, sigma: float) -> Scene:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32) if sigma > 0 else image


def _jpeg(picture: Pixels, condition: Condition) -> bytes:
    # A viewer turns the stored pixels by 180, 90 or 270 degrees clockwise for the tags 3, 6 and 8.
    turns = {1: 0, 3: 2, 6: 1, 8: 3}[condition.orientation]
    image = Image.fromarray(np.ascontiguousarray(np.rot90(picture, turns)))
    exif = Image.Exif()
    if turns:
        exif[_EXIF_ORIENTATION] = condition.orientation
    out = io.BytesIO()
    image.save(out, "JPEG", quality=condition.quality, exif=exif)
    return out.getvalue()
