"""A brief as PDF. The words travel as JSON data into `brief.typ`, so no words of anybody can act as markup."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import cast

import typst

from ocr.forms.fonts import CjkFont
from resolvers.briefs.page import Page
from workers.documents.page_html import bar_share

_EMOJI = Path("/usr/share/fonts/truetype/noto"), "Noto Color Emoji"
"""Where Debian's package fonts-noto-color-emoji puts its font, and the font. Without it emoji are empty boxes."""
_TEMPLATE = Path(__file__).with_name("brief.typ")
_TURN = threading.Lock()
"""A compiler serves one thread at a time."""


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
    data = {**asdict(page), "bars": bars, "fonts": [font.family, _EMOJI[1]]}
    with _TURN:
        made = _compiler(font.folder).compile(str(_TEMPLATE), sys_inputs={"page": json.dumps(data, ensure_ascii=False)})
    return cast("bytes", made)


@cache
def _compiler(fonts: Path) -> typst.Compiler:
    """Kept, because reading the fonts takes seven times as long as setting a brief."""
    paths = [str(folder) for folder in (fonts, _EMOJI[0]) if folder.is_dir()]
    return typst.Compiler(font_paths=paths, ignore_system_fonts=True)
