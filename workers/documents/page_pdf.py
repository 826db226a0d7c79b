"""A brief as PDF. The words travel as JSON data into `brief.typ`, so no words of anybody can act as markup."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typst

from ocr.forms.fonts import CjkFont
from resolvers.briefs.page import Page
from workers.documents.page_html import bar_share

_TEMPLATE = Path(__file__).with_name("brief.typ")


def make_pdf(page: Page, font: CjkFont) -> bytes:
    """The page as PDF on A4."""
    bars = [
        {
            "name": bar.name,
            "figures": bar.figures,
            "share": bar_share(bar),
            "colour": "#2f7d4f" if bar.share >= 1 else "#c77d0a",
        }
        for bar in page.bars
    ]
    data = {**asdict(page), "bars": bars, "font": font.family}
    made: bytes = typst.compile(
        str(_TEMPLATE),
        font_paths=[str(font.folder)],
        ignore_system_fonts=True,
        sys_inputs={"page": json.dumps(data, ensure_ascii=False)},
    )
    return made
