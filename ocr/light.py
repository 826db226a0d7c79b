"""Taking the light out of a picture of paper.

Darkness is 1 minus reflectance, 0 for paper and near 1 for black ink: a shadow is not dark, a stroke in it is.
"""

from __future__ import annotations

import cv2
import numpy as np

from ocr.arrays import Picture, Real

LIGHT_MM = 9.0
"""Size of the window in which the brightest thing is taken to be paper: wider than a blacked-out tick box."""


def darkness(picture: Picture, px_per_mm: float) -> Real:
    """Darkness of a grey picture, or of the colour channel of an RGB one that shows a stroke best."""
    scale = 1 / 3
    size = max(3, round(LIGHT_MM * px_per_mm * scale))
    # Three pixels wide, so that a single bright grain is not taken for the paper.
    calm = cv2.GaussianBlur(picture, (0, 0), 0.8)
    small = cv2.resize(calm, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    # Closing fills the dark things smaller than the window and leaves the edge of a shadow where it is.
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    paper = np.maximum(cv2.resize(light, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR), 24)
    reflected = cv2.divide(calm, paper, scale=255)
    if reflected.ndim == 3:
        red, green, blue = cv2.split(reflected)
        reflected = cv2.min(cv2.min(red, green), blue)
    dark: Real = 1 - reflected.astype(np.float32) / 255
    return dark
