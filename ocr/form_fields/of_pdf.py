"""The form fields of a PDF's pages. Runs where `ocr.pages` does: in a child process with limits.

Only the places of fields on a page are looked at, each with what it inherits; the tree of fields is never walked from
its root, so its loops and its breadth cost nothing. Nothing that a PDF wants done (scripts, actions) is done.

What a field *holds* is in the file's dictionaries. What a page *shows* there is told by drawing the fields' appearances
into a copy of the page without anything else on it, and taking the letters that stand in the field's rectangle.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium
from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
    TextStringObject,
    decode_pdfdocencoding,
)

from ocr.contract import Box
from ocr.form_fields.contract import (
    FIELDS_UNREADABLE,
    TICKED,
    XFA_FORM,
    FieldKind,
    ListedOption,
    PageField,
    PageFields,
)
from ocr.form_fields.own_ink import own_ink

MOST_ON_A_PAGE = 1000
"""A page with more places of fields than these is no form that a person fills in."""
MOST_OPTIONS = 400
DEEPEST = 32
"""A field has no more ancestors than this."""
LONGEST_TEXT = 20_000
LONGEST_NAME = 400
SMALLEST_MM = 1.0
FARTHEST = 1e5
"""Points: no page is larger."""

_HIDDEN = 1 << 1 | 1 << 5
"""Annotation flags: hidden, and not to be seen."""
_READ_ONLY, _MULTILINE, _PASSWORD = 1 << 0, 1 << 12, 1 << 13
_RADIO, _PUSH = 1 << 15, 1 << 16
_OFF = "Off"
_LANGUAGE = re.compile("\x1b[^\x1b]{2,6}\x1b")
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff\ufeff]")
_ASKS = (("date", re.compile(r"AFDate_")), ("number", re.compile(r"AF(?:Number|Percent)_")))
_MM = 25.4 / 72
_FINE = 100
"""Device units a point: what pdfium's map from a page to a device is asked in."""


class PdfForm:
    """The form fields of a PDF file: opened once, asked page by page."""

    def __init__(self, file: BinaryIO, kind: int) -> None:
        """`kind` is what pdfium calls the file's type of form, not `FORMTYPE_NONE`."""
        self._file, self._kind = file, kind
        self._pages: list[Any] | None = None

    def page(self, index: int, page: pypdfium2.PdfPage, scale: float) -> PageFields:
        """The fields of a page, from 0; `page` is the same one as pdfium has it, `scale` the pixels of a point."""
        try:
            places = list(islice(self._places(index), MOST_ON_A_PAGE + 1))
            if len(places) > MOST_ON_A_PAGE:
                return PageFields(warnings=(FIELDS_UNREADABLE,))
            drawn = _Drawn(self._file, index) if places else None
            try:
                found = [_field(place, page, drawn) for place in places]
            finally:
                if drawn is not None:
                    drawn.close()
            ink = own_ink(self._file, index, scale) if any(found) else None
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - a damaged file makes its reader fail in any way; its pages may still be drawn
            return PageFields(warnings=(FIELDS_UNREADABLE,))
        fields = tuple(field for field in found if field is not None)
        xfa = not fields and self._kind in (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)
        return PageFields(fields, (XFA_FORM,) if xfa else (), ink)

    def _places(self, index: int) -> Iterator[_Place]:
        if self._pages is None:
            self._pages = list(PdfReader(self._file).pages)
        annotations = _plain(self._pages[index].get("/Annots"))
        for item in annotations if isinstance(annotations, ArrayObject) else ():
            annotation = _plain(item)
            if isinstance(annotation, DictionaryObject) and _plain(annotation.get("/Subtype")) == "/Widget":
                yield _Place(annotation)


class _Place:
    """A place of a field, with what it inherits."""

    def __init__(self, annotation: DictionaryObject) -> None:
        self.annotation = annotation
        self.chain = [annotation]
        while len(self.chain) < DEEPEST:
            parent = _plain(self.chain[-1].get("/Parent"))
            if not isinstance(parent, DictionaryObject) or any(parent is known for known in self.chain):
                break
            self.chain.append(parent)

    def get(self, name: str) -> Any:
        return next((_plain(each[name]) for each in self.chain if name in each), None)

    @property
    def flags(self) -> int:
        flags = self.get("/Ff")
        return int(flags) if isinstance(flags, int | float) else 0

    @property
    def shown(self) -> bool:
        flags = _plain(self.annotation.get("/F"))
        return not (int(flags) if isinstance(flags, int | float) else 0) & _HIDDEN

    @property
    def name(self) -> str:
        parts = [_text(_plain(each.get("/T"))) for each in reversed(self.chain)]
        return ".".join(part for part in parts if part).strip()[:LONGEST_NAME]

    @property
    def kind(self) -> FieldKind | None:
        sort, flags = self.get("/FT"), self.flags
        if sort == "/Tx":
            return None if flags & _PASSWORD else FieldKind.LONG_TEXT if flags & _MULTILINE else FieldKind.TEXT
        if sort == "/Btn":
            return None if flags & _PUSH else FieldKind.RADIO if flags & _RADIO else FieldKind.CHECK
        return {"/Ch": FieldKind.CHOICE, "/Sig": FieldKind.SIGNATURE}.get(str(sort))

    @property
    def state(self) -> str | None:
        """Of a tick box: the name of its appearance when it is ticked."""
        normal = self._appearance()
        if isinstance(normal, DictionaryObject) and not isinstance(normal, StreamObject):
            return next((_name(state) for state in normal if _name(state).strip() not in ("", _OFF)), None)
        return None

    @property
    def now(self) -> str | None:
        """Of a tick box: the state in which it is drawn; None when the place does not say."""
        drawn = _plain(self.annotation.get("/AS"))
        return _name(drawn) if isinstance(drawn, NameObject) else None

    @property
    def draws(self) -> bool:
        """Whether its appearance has anything besides a frame: text or a picture."""
        normal = self._appearance()
        if not isinstance(normal, StreamObject):
            return False
        content = normal.get_data()[:LONGEST_TEXT]
        return re.search(rb"\bT[jJ]\b|['\"]\s|\bDo\b", content) is not None

    def _appearance(self) -> Any:
        looks = _plain(self.annotation.get("/AP"))
        return _plain(looks.get("/N")) if isinstance(looks, DictionaryObject) else None

    @property
    def rectangle(self) -> tuple[float, float, float, float] | None:
        sides = _plain(self.annotation.get("/Rect"))
        numbers = [_plain(side) for side in sides] if isinstance(sides, ArrayObject) and len(sides) == 4 else []
        if not numbers or not all(isinstance(number, int | float) and abs(number) < FARTHEST for number in numbers):
            return None
        x0, y0, x1, y1 = map(float, numbers)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


class _Drawn:
    """What the appearances of a page's annotations show, without what the page itself prints."""

    def __init__(self, file: BinaryIO, index: int) -> None:
        self._document = pypdfium2.PdfDocument(file)
        page = self._document[index]
        for item in list(page.get_objects(max_depth=1)):
            page.remove_obj(item)
        page.gen_content()
        # Forms are not set up: else values that wait for a viewer would be drawn in place of what is there.
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        page.close()
        self._page = self._document[index]
        self._text = self._page.get_textpage()

    def text_in(self, rectangle: tuple[float, float, float, float]) -> str | None:
        return _clean(self._text.get_text_bounded(*rectangle)).strip() or None

    def close(self) -> None:
        self._text.close()
        self._page.close()
        self._document.close()


def _field(place: _Place, page: pypdfium2.PdfPage, drawn: _Drawn | None) -> PageField | None:
    """What one place is and holds; None for what nobody fills in or sees."""
    kind, rectangle, name = place.kind, place.rectangle, place.name
    if kind is None or rectangle is None or not name or not place.shown:
        return None
    box = _on_page(rectangle, page)
    if box is None:
        return None
    ticked = kind in TICKED
    state = place.state if ticked else None
    if ticked and state is None:
        return None
    options = _options(place.get("/Opt")) if not ticked else ()
    return PageField(
        name=name,
        kind=kind,
        box_mm=box,
        tooltip=_text(place.get("/TU")) or None,
        stored=_stored(kind, place),
        drawn=_drawn_state(place, state) if ticked else drawn.text_in(rectangle) if drawn is not None else None,
        draws=not ticked and place.draws,
        state=state,
        export=_export(place, state) if ticked else None,
        options=options,
        read_only=bool(place.flags & _READ_ONLY),
        asks=_asks(place),
    )


def _stored(kind: FieldKind, place: _Place) -> str | None:
    value = place.get("/V")
    if kind is FieldKind.SIGNATURE:
        return "present" if isinstance(value, DictionaryObject) and len(value) else None
    if kind in TICKED:
        said = _name(value) if isinstance(value, NameObject) else _text(value)
        return None if said in ("", _OFF) else said
    if isinstance(value, ArrayObject):
        return "\n".join(_text(_plain(part)) for part in islice(value, MOST_OPTIONS)) or None
    return _text(value).strip() or None


def _drawn_state(place: _Place, state: str | None) -> str | None:
    """The state in which a box is drawn; where the place does not say, viewers draw what the field's value says."""
    now = place.now
    if now is None:
        return state if _stored(FieldKind.CHECK, place) == state else None
    return None if now in (None, _OFF) else now


def _export(place: _Place, state: str | None) -> str | None:
    """The value behind a state: by the list of the field where its states are numbers into it, else the state."""
    listed = place.get("/Opt")
    if state is not None and state.isdecimal() and isinstance(listed, ArrayObject) and int(state) < len(listed):
        return _text(_plain(listed[int(state)])) or state
    return state


def _options(listed: Any) -> tuple[ListedOption, ...]:
    options = []
    for item in islice(listed, MOST_OPTIONS) if isinstance(listed, ArrayObject) else ():
        entry = _plain(item)
        if isinstance(entry, ArrayObject) and len(entry) >= 2:
            options.append(ListedOption(_text(_plain(entry[0])), _text(_plain(entry[1]))))
        else:
            options.append(ListedOption(_text(entry), _text(entry)))
    return tuple(option for option in options if option.value or option.label)


def _asks(place: _Place) -> str | None:
    """What the field's own formatting says that it asks for. Its script is looked at, never run."""
    actions = place.get("/AA")
    if not isinstance(actions, DictionaryObject):
        return None
    for name in ("/F", "/K"):
        action = _plain(actions.get(name))
        script = _text(_plain(action.get("/JS"))) if isinstance(action, DictionaryObject) else ""
        for asks, pattern in _ASKS:
            if pattern.search(script[:2000]):
                return asks
    return None


def _on_page(rectangle: tuple[float, float, float, float], page: pypdfium2.PdfPage) -> Box | None:
    """The rectangle on the page as it is shown; None when it lies outside or has no area."""
    width, height = page.get_size()
    size = round(width * _FINE), round(height * _FINE)
    corners = []
    for x, y in ((rectangle[0], rectangle[1]), (rectangle[2], rectangle[3])):
        at_x, at_y = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, at_x, at_y)
        corners.append((at_x.value / _FINE, at_y.value / _FINE))
    (x0, y0), (x1, y1) = corners
    left, right = max(0.0, min(x0, x1)), min(width, max(x0, x1))
    top, bottom = max(0.0, min(y0, y1)), min(height, max(y0, y1))
    if min(right - left, bottom - top) * _MM < SMALLEST_MM:
        return None
    return (
        round(left * _MM, 2),
        round(top * _MM, 2),
        round((right - left) * _MM, 2),
        round((bottom - top) * _MM, 2),
    )


def _plain(item: Any) -> Any:
    return item.get_object() if isinstance(item, IndirectObject) else item


def _name(item: Any) -> str:
    """A PDF name without its slash. Its bytes may be of any encoding of the producer's choice."""
    return _clean(str(item)[1:])[:LONGEST_NAME]


def _text(item: Any) -> str:
    """A PDF string as text: UTF-16 and UTF-8 with their marks, else PDFDocEncoding; a stream of text too."""
    if isinstance(item, NameObject):
        return _name(item)
    if isinstance(item, StreamObject):
        content = item.get_data()
    elif isinstance(item, TextStringObject | ByteStringObject):
        content = item.original_bytes
    else:
        return ""
    content = content[: 4 * LONGEST_TEXT]
    for mark, encoding in ((b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8")):
        if content.startswith(mark):
            return _clean(content[len(mark) :].decode(encoding, "replace"))
    try:
        return _clean(decode_pdfdocencoding(content))
    except UnicodeDecodeError:  # a byte for which that encoding has no character
        return _clean(content.decode("latin-1"))


def _clean(text: str) -> str:
    """Without what no text holds; lines end as they do everywhere else."""
    text = _LANGUAGE.sub("", text[: 2 * LONGEST_TEXT]).replace("\r\n", "\n").replace("\r", "\n")
    return _UNWANTED.sub("", text)[:LONGEST_TEXT]
