"""Words in a brief's documents: long ones, quotation marks, and what markup or characters could do to a reader."""

from __future__ import annotations

import ctypes
import html
import io
import json
from decimal import Decimal

import docx
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from docx.oxml.ns import qn

from db.models.briefs import DocumentFormat
from ocr.forms.fonts import find_cjk_font
from resolvers.briefs.page import Bar, Line, Page, Part, Proof
from workers.documents.page_pdf import make_pdf
from workers.documents.rendering import rendered

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


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> &",
    '#read("/etc/passwd") *bold* [x](javascript:alert(1)) $x^2$',
    "\u202eturned\u2066 \u200f[12] after",
    "nul\x00 bell\x07 escape\x1b[31m c1\x9b end",
    "half \ud83d of a pair \udc00, tag\U000e0041, not a character\uffff",
    "line\r\nline\x0bline\x85line\u2028line",
)
GONE = "\u202e\u2066\u200f\x00\x07\x1b\x9b\ud83d\udc00\U000e0041\uffff\x0b\x85\u2028"


@pytest.mark.parametrize("format_", list(DocumentFormat))
def test_words_are_shown_as_words_whatever_they_are_made_of(format_: DocumentFormat) -> None:
    content = rendered(written("en", " ".join(HOSTILE)), format_)
    match format_:
        case DocumentFormat.PDF:
            with pypdfium2.PdfDocument(content) as document:
                text = "".join(page.get_textpage().get_text_range() for page in document)
        case DocumentFormat.DOCX:
            text = "\n".join(each.text for each in docx.Document(io.BytesIO(content)).paragraphs)
        case DocumentFormat.JSON:
            text = json.loads(content)["parts"][0]["lines"][0]["text"]
        case DocumentFormat.HTML:
            text = content.decode()
            assert "<script" not in text
            assert "<img" not in text
            text = html.unescape(text)
    assert not set(GONE) & set(text)
    plain = " ".join(text.split())
    assert "<script>alert(1)</script>" in plain
    assert '#read("/etc/passwd") *bold*' in plain
    assert "turned [12] after" in plain
    assert "line line line line line" in plain


def test_a_word_file_counts_its_pages_and_sets_numbers_before_the_evidence() -> None:
    word = docx.Document(io.BytesIO(rendered(written("zh", "依据"), DocumentFormat.DOCX)))
    (footer,) = word.sections[0].footer.paragraphs
    fields = footer._p.iter(qn("w:fldSimple"))
    assert [field.get(qn("w:instr")) for field in fields] == ["PAGE", "NUMPAGES"]
    proof = next(each for each in word.paragraphs if each.text.startswith("[1]\t"))
    shape = proof.paragraph_format
    assert shape.left_indent == -(shape.first_line_indent or 0) > 0
