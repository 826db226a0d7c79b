"""What a PDF's page holds besides its picture: form fields, and text that can be seen. Standard library only, so that
the API can import it.

Boxes are millimetres from the top left corner of the page as it is shown: cut to its crop box and turned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ocr.contract import Box

XFA_FORM = "xfa_form"
"""Warning: a form of the XFA kind without form fields of the usual kind: its pages are read as pictures."""
FIELDS_UNREADABLE = "form_fields_unreadable"
"""Warning: the form fields are damaged or too many to be believed: the page is read as a picture."""


class FieldKind(StrEnum):
    """What a form field of a PDF is. Push buttons are none: they hold nothing."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHECK = "check"
    RADIO = "radio"
    CHOICE = "choice"
    SIGNATURE = "signature"


TICKED = frozenset({FieldKind.CHECK, FieldKind.RADIO})


@dataclass(frozen=True, slots=True)
class ListedOption:
    """One entry of a list to choose from: what is stored, and what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class PageField:
    """One place of a form field on a page; a field may have several places, on several pages too."""

    name: str
    """Full name, the parts joined by full stops."""
    kind: FieldKind
    box_mm: Box
    tooltip: str | None = None
    stored: str | None = None
    """What the field's value says: text; the state of a tick box that is chosen; of a list the entry's stored text;
    `present` for a signature. None when it holds nothing."""
    drawn: str | None = None
    """What its appearance shows at this place: text, or the state of a tick box. None where nothing is drawn, or the
    drawn letters cannot be told (`draws` says which)."""
    draws: bool = False
    """Whether it has an appearance of its own that draws something besides a frame."""
    state: str | None = None
    """Of a tick box: the state that ticking this place gives."""
    export: str | None = None
    """Of a tick box: the value that stands for that state."""
    options: tuple[ListedOption, ...] = ()
    read_only: bool = False
    asks: str | None = None
    """`date` or `number` where the file says that it formats the text as one."""


@dataclass(frozen=True, slots=True)
class PageText:
    """A piece of a line of text that can be seen on the page."""

    text: str
    box_mm: Box


@dataclass(frozen=True, slots=True)
class PageFields:
    """The form fields of one page in the order of the file, and codes of what was noticed about them."""

    fields: tuple[PageField, ...] = ()
    warnings: tuple[str, ...] = ()
    ink: str | None = None
    """What the form fields alone draw: a PNG of one bit a pixel, 0 where there is ink, as large as the page's picture,
    in base64. None without form fields."""
    texts: tuple[PageText, ...] = ()
    """What the page itself says, its print and what was typed on it; nothing that form fields say."""
    size_mm: tuple[float, float] | None = None
    """Of the page as it is shown; None for what was kept before texts were."""

    def __bool__(self) -> bool:
        return bool(self.fields or self.warnings or self.texts)


def fields_to_json(found: PageFields) -> dict[str, Any]:
    """As JSON; `fields_from_json` gives the same back."""
    return asdict(found)


def fields_from_json(data: Mapping[str, Any] | None) -> PageFields:
    """From JSON that `fields_to_json` made; none for None."""
    if data is None:
        return PageFields()
    texts = tuple(PageText(item["text"], _box(item["box_mm"])) for item in data.get("texts", ()))
    size = data.get("size_mm")
    return PageFields(
        fields=tuple(_field(item) for item in data["fields"]),
        warnings=tuple(data["warnings"]),
        ink=data.get("ink"),
        texts=texts,
        size_mm=None if size is None else (size[0], size[1]),
    )


def _field(item: Mapping[str, Any]) -> PageField:
    given = {
        **item,
        "kind": FieldKind(item["kind"]),
        "box_mm": _box(item["box_mm"]),
        "options": tuple(ListedOption(**option) for option in item["options"]),
    }
    return PageField(**given)


def _box(sides: Sequence[float]) -> Box:
    x, y, width, height = sides
    return x, y, width, height
