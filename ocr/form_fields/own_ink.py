"""What the form fields of a PDF's page draw by themselves. Runs where `ocr.pages` does: in a child process with limits.

The page is drawn as its picture is, but without what it prints and without notes, stamps and drawings laid over it.
What a picture shows in a field beyond that was put there by something else than the field.
"""

from __future__ import annotations

import base64
import io
from typing import BinaryIO

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from ocr.arrays import Bits
from ocr.ink import INK
from ocr.light import darkness

POINTS_PER_MM = 72 / 25.4


def own_ink(file: BinaryIO, index: int, scale: float) -> str:
    """Where the form fields of a page put ink, at a scale (pixels a point): see `PageFields.ink`."""
    document = pypdfium2.PdfDocument(file)
    try:
        # As for the page's picture: else values that wait for a viewer would not be drawn.
        document.init_forms()
        page = document[index]
        for item in list(page.get_objects(max_depth=1)):
            page.remove_obj(item)
        page.gen_content()
        for number in reversed(range(pdfium.FPDFPage_GetAnnotCount(page))):
            annotation = pdfium.FPDFPage_GetAnnot(page, number)
            sort = pdfium.FPDFAnnot_GetSubtype(annotation)
            pdfium.FPDFPage_CloseAnnot(annotation)
            if sort != pdfium.FPDF_ANNOT_WIDGET:
                pdfium.FPDFPage_RemoveAnnot(page, number)
        drawn = page.render(scale=scale)
        try:
            bare = darkness(drawn.to_numpy()[:, :, :3], scale * POINTS_PER_MM) <= INK
        finally:
            drawn.close()
            page.close()
    finally:
        document.close()
    packed = io.BytesIO()
    Image.fromarray(bare).save(packed, "PNG")
    return base64.b64encode(packed.getvalue()).decode()


def unpacked(ink: str) -> Bits:
    """The pixels in which there is ink."""
    with Image.open(io.BytesIO(base64.b64decode(ink)), formats=["PNG"]) as picture:
        return ~np.asarray(picture.convert("1"))
