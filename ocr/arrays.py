"""Names for the arrays that pictures and points are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Rows x columns (grey) or rows x columns x 3 (RGB)."""
Bits = NDArray[np.bool_]
Real = NDArray[np.floating[Any]]
Points = NDArray[np.float64]
"""n x 2: x and y."""
