"""Pictures: whatever the caller's page reader finds in them, laid out as lines and tables."""

from __future__ import annotations

from collections.abc import Sequence

from ml.metrics.blocks import Block
from ml.metrics.contract import PictureLine, Place, ReadPage
from ml.metrics.layout import Piece, blocks_of, rows_of

MINIMUM_CONFIDENCE = 0.5
"""Lines that the reader itself doubts more are left out: a misread figure is worse than none."""


def picture_blocks(picture: bytes, read_page: ReadPage, place: Place) -> list[Block]:
    """The blocks of one picture (PNG or JPEG bytes)."""
    lines = read_page(picture)
    return blocks_of(rows_of(_pieces(lines)), place)


def _pieces(lines: Sequence[PictureLine]) -> list[Piece]:
    return [
        Piece(
            line.text, line.box[0], line.box[1], line.box[0] + line.box[2], line.box[1] + line.box[3], line.confidence
        )
        for line in lines
        if line.confidence >= MINIMUM_CONFIDENCE and line.text.strip()
    ]
