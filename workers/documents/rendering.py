"""A brief's page in the kind of file that somebody asked for."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

from db.models.briefs import DocumentFormat
from resolvers.briefs.page import Page

_LINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
"""Control characters, marks that turn the direction of what stands behind them (Unicode Standard Annex 9), halves of
surrogate pairs and tags: what nobody sees, and XML or a reader of the file may stumble over. An override in a note
would turn round the number of its evidence: "[12]" would be read as "[21]"."""


def rendered(page: Page, format_: DocumentFormat) -> bytes:
    """The file's bytes. Raises `FontMissingError` when a PDF is wanted and the machine has no CJK font."""
    from ocr.forms.fonts import find_cjk_font  # noqa: PLC0415 - loaded by the process that makes a file
    from workers.documents.page_docx import make_docx  # noqa: PLC0415
    from workers.documents.page_html import make_html  # noqa: PLC0415
    from workers.documents.page_json import make_json  # noqa: PLC0415
    from workers.documents.page_pdf import make_pdf  # noqa: PLC0415

    shown: Page = _seen(page)
    if format_ is DocumentFormat.PDF:
        return make_pdf(shown, find_cjk_font())
    if format_ is DocumentFormat.JSON:
        return make_json(shown)
    return make_html(shown) if format_ is DocumentFormat.HTML else make_docx(shown)


def _seen(value: Any) -> Any:
    """The value with all its texts as they are seen."""
    if isinstance(value, str):
        return _UNSEEN.sub("", _LINES.sub("\n", value))
    if isinstance(value, list | tuple):
        return type(value)(_seen(each) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _seen(getattr(value, field.name)) for field in fields(value)})
    return value
