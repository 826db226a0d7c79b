"""The published forms that come with the product, as files beside this module. Standard library only."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from ocr.contract import PublishedForm
from ocr.template_json import template_from_json

_FOLDER = Path(__file__).parent


class UnknownFormError(LookupError):
    """No shipped form has that key; the message names those there are."""


def keys() -> list[str]:
    """The keys of all shipped forms, sorted."""
    return sorted(_folders())


@cache
def load(key: str) -> PublishedForm:
    """The published version of the form with that key.

    Raises `UnknownFormError` for another key, and `ocr.contract.TemplateError` when the stored template is damaged.
    """
    folder = _folder(key)
    template = template_from_json(json.loads((folder / "template.json").read_text("utf-8")))
    pages = tuple((folder / f"blank-{page}.png").read_bytes() for page in range(1, template.pages + 1))
    return PublishedForm(template, pages)


def blank_pdf(key: str) -> bytes:
    """The PDF of the blank form, without QR code; `ocr.forms.stamp` adds it. Raises `UnknownFormError`."""
    return (_folder(key) / "blank.pdf").read_bytes()


def _folder(key: str) -> Path:
    try:
        return _folders()[key]
    except KeyError:
        raise UnknownFormError(f"no form {key!r} is shipped; there are: {', '.join(keys())}") from None


def _folders() -> dict[str, Path]:
    return {path.parent.name.replace("_", "-"): path.parent for path in _FOLDER.glob("*/template.json")}
