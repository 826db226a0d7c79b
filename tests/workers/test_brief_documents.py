"""What no line can hold is broken in a brief's PDF, and English has quotation marks of its own width."""

from __future__ import annotations

import ctypes
from decimal import Decimal

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from ocr.forms.fonts import find_cjk_font
from resolvers.briefs.page import Bar, Line, Page, Part, Proof
from workers.documents.page_pdf import make_pdf

pytestmark = pytest.mark.fonts

POINTS_A_MILLIMETRE = 72 / 25.4
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3


def written(language: str, text: str) -> Page:
    """A page that says the text in every place."""
    return Page(
        language,
        text,
        [("Person", text)],
        text,
        [Bar(text, text, Decimal("1.2"))],
        [Part(text, [Line(text, [1], text)])],
        text,
        [text],
        text,
        [Proof(1, text, text)],
        text,
    )


def boxes(page: Page) -> list[tuple[str, float, float]]:
    """Each character of the first page with its left and right edge in points, and the room that it takes."""
    with pypdfium2.PdfDocument(make_pdf(page, find_cjk_font())) as document:
        text = document[0].get_textpage()
        found = []
        for index in range(text.count_chars()):
            box = pdfium.FS_RECTF()
            assert pdfium.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box))
            found.append((chr(pdfium.FPDFText_GetUnicode(text, index)), box.left, box.right))
        return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_word_runs_off_the_paper(language: str) -> None:
    found = boxes(written(language, WORD))
    assert "".join(each for each, *_ in found).replace("\r\n", "").count("Donaudampf") > 3
    margin = 18 * POINTS_A_MILLIMETRE
    assert min(left for _, left, _ in found) > margin - 1
    assert max(right for _, _, right in found) < (210 - 18) * POINTS_A_MILLIMETRE + 1


def test_quotation_marks_are_as_wide_as_their_language_wants() -> None:
    wide, narrow = (
        max(right - left for each, left, right in boxes(written(language, "“a”")) if each in "“”")
        / max(right - left for each, left, right in boxes(written(language, "“a”")) if each == "a")
        for language in ("zh", "en")
    )
    assert narrow < 1 < wide
