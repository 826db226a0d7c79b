"""The pages of an uploaded blank. Runs in a child process with limits, as `ocr.pages` does."""

from __future__ import annotations

import pypdfium2

from ocr.pages import PDF_POINTS_PER_INCH, decode
from ocr.proposal.contract import PageSource
from ocr.sniff import HEAD_BYTES, media_type

LEAST_MM, GREATEST_MM = 70.0, 600.0


def open_pages(content: bytes) -> list[PageSource]:
    """The pages of a picture or PDF as upright pictures, with their sizes where the file tells one that paper has.

    Raises `ocr.pages.PageError`.
    """
    pages = decode(content)
    sizes = _sizes(content) if media_type(content[:HEAD_BYTES]) == "application/pdf" else [None] * len(pages)
    return [PageSource(page.picture, size, page.form) for page, size in zip(pages, sizes, strict=True)]


def _sizes(content: bytes) -> list[tuple[float, float] | None]:
    sizes: list[tuple[float, float] | None] = []
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            width, height = (round(side / PDF_POINTS_PER_INCH * 25.4, 2) for side in page.get_size())
            plausible = LEAST_MM <= width <= GREATEST_MM and LEAST_MM <= height <= GREATEST_MM
            sizes.append((width, height) if plausible else None)
    return sizes
