"""A brief's page in the kind of file that somebody asked for."""

from __future__ import annotations

from db.models.briefs import DocumentFormat
from resolvers.briefs.page import Page


def rendered(page: Page, format_: DocumentFormat) -> bytes:
    """The file's bytes. Raises `FontMissingError` when a PDF is wanted and the machine has no CJK font."""
    from ocr.forms.fonts import find_cjk_font  # noqa: PLC0415 - loaded by the process that makes a file
    from workers.documents.page_docx import make_docx  # noqa: PLC0415
    from workers.documents.page_html import make_html  # noqa: PLC0415
    from workers.documents.page_json import make_json  # noqa: PLC0415
    from workers.documents.page_pdf import make_pdf  # noqa: PLC0415

    if format_ is DocumentFormat.PDF:
        return make_pdf(page, find_cjk_font())
    if format_ is DocumentFormat.JSON:
        return make_json(page)
    return make_html(page) if format_ is DocumentFormat.HTML else make_docx(page)
