"""A brief as a Word file, to be edited further."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph
from PIL import Image, ImageDraw

from resolvers.briefs.page import Bar, Page
from workers.documents.page_html import bar_share

_INK = RGBColor(0x1C, 0x24, 0x30)
_GREY = RGBColor(0x5B, 0x66, 0x75)


def make_docx(page: Page) -> bytes:
    """The page as DOCX on A4."""
    word = Document()
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
    for name, size in (("Normal", 10.5), ("Title", 20), ("Heading 1", 12.5)):
        _set_font(word.styles[name], size)
    word.styles["Heading 1"].paragraph_format.space_after = Pt(4)
    _number_pages(section.footer.paragraphs[0])
    word.core_properties.title, word.core_properties.author = page.title, ""
    word.add_heading(page.title, level=0)
    facts = _table(word, Mm(32), Mm(138))
    for label, value in page.facts:
        if value:
            cells = facts.add_row().cells
            _grey(_tight(cells[0].paragraphs[0]), label)
            _tight(cells[1].paragraphs[0]).add_run(value)
    if page.bars:
        word.add_heading(page.chart_title, level=1)
        chart = _table(word, Mm(88), Mm(82))
        for bar in page.bars:
            cells = chart.add_row().cells
            cells[0].vertical_alignment = cells[1].vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            named = _tight(cells[0].paragraphs[0])
            named.add_run(bar.name + "\n")
            _grey(named, bar.figures)
            _tight(cells[1].paragraphs[0]).add_run().add_picture(io.BytesIO(_picture(bar)), width=Mm(78))
    for part in page.parts:
        word.add_heading(part.title, level=1)
        for line in part.lines:
            written = word.add_paragraph(line.text, style="List Bullet")
            numbers = written.add_run("".join(f"[{number}]" for number in line.numbers))
            numbers.font.superscript = True
            if line.support:
                _grey(written, f" ({line.support})")
    if page.gaps:
        word.add_heading(page.gaps_title, level=1)
        for gap in page.gaps:
            word.add_paragraph(gap, style="List Bullet")
    if page.evidence:
        word.add_heading(page.evidence_title, level=1)
        for proof in page.evidence:
            written = word.add_paragraph(f"[{proof.number}]\t")
            _hang(written, Mm(12))
            _grey(written, proof.about)
            written.add_run("\n" + proof.text)
    _grey(word.add_paragraph(), page.note)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _set_font(style: ParagraphStyle, size: float) -> None:
    """One font for every script: the template's own headings name another one for Chinese, like handwriting."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    style.font.name, style.font.size = "Arial", Pt(size)
    fonts.set(qn("w:eastAsia"), "Noto Sans CJK SC")
    if style.name != "Normal":
        style.font.color.rgb, style.font.bold = _INK, True


def _table(word: WordDocument, *widths: Length) -> Any:
    """A table without rows whose columns have these widths in every program."""
    made: Table = word.add_table(rows=0, cols=len(widths))
    made.autofit = False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    return made


def _hang(paragraph: Paragraph, width: Length) -> None:
    """The paragraph with its first word in a margin of this width."""
    shape = paragraph.paragraph_format
    shape.left_indent, shape.first_line_indent = width, Length(-width)
    shape.tab_stops.add_tab_stop(width)


def _number_pages(paragraph: Paragraph) -> None:
    """Page and number of pages, counted by the program that shows them."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for at, field in enumerate(("PAGE", "NUMPAGES")):
        if at:
            _grey(paragraph, " / ")
        counted = OxmlElement("w:fldSimple")
        counted.set(qn("w:instr"), field)
        paragraph._p.append(counted)
        _grey(paragraph, "1")
        counted.append(paragraph.runs[-1]._r)


def _tight(paragraph: Paragraph) -> Paragraph:
    """The paragraph with little room after it."""
    paragraph.paragraph_format.space_after = Pt(3)
    return paragraph


def _grey(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(text)
    run.font.color.rgb, run.font.size = _GREY, Pt(9)


def _picture(bar: Bar) -> bytes:
    """The bar as a small picture: 100 of 150 is the target."""
    image = Image.new("RGB", (600, 56), "#ffffff")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 10, 599, 46), fill="#edf0f4")
    if bar_share(bar) > 0:
        draw.rectangle((0, 10, int(bar_share(bar) * 4), 46), fill="#2f7d4f" if bar.share >= 1 else "#c77d0a")
    for top in range(0, 56, 14):
        draw.line((400, top, 400, top + 7), fill="#1c2430", width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
