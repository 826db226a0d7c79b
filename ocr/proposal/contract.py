"""What proposing gives. Standard library only, so that the API can import it."""

from __future__ import annotations

from dataclasses import dataclass

from ocr.contract import FormTemplate
from ocr.form_fields.contract import PageFields

NO_FIELDS = "no_fields_found"
"""Note: nothing that asks for an answer was found."""
LABEL_MISSING = "label_missing"
"""Note: some field has no name that was found."""


@dataclass(frozen=True, slots=True)
class PageSource:
    """One page of a blank: an upright picture as `ocr.pages` makes it, and its size where the file tells it."""

    picture: bytes
    size_mm: tuple[float, float] | None = None
    form: PageFields | None = None
    """The form fields of a PDF's page, if it has any."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A template to look over, with the pictures that its places refer to."""

    template: FormTemplate
    blank_pages: tuple[bytes, ...]
    """PNG, 8-bit grey, 200 dpi, one a page."""
    pdf: bytes
    """The same pages to print."""
    notes: tuple[str, ...] = ()
    """Codes of what needs a person's look: `no_fields_found`, `label_missing`."""


class ProposalError(ValueError):
    """No template can be proposed; `code` says why: `not_an_image`, `too_small`, `pages_differ`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __reduce__(self) -> tuple[type[ProposalError], tuple[str]]:
        return ProposalError, (self.code,)
