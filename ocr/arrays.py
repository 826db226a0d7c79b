"""Names for the arrays that pictures and points are.

OpenCV's own types say no more than "array of numbers", so these are names for readers; the element types are in words.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Picture = NDArray[Any]
"""Rows x columns (grey) or rows x columns x 3 (RGB) of 8-bit numbers."""
Bits = NDArray[Any]
"""Rows x columns of true and false."""
Real = NDArray[Any]
"""Floating-point numbers of any shape."""
Points = NDArray[Any]
"""n x 2 floating-point numbers: x and y."""
