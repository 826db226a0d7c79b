"""PDF forms with form fields, made the way several producers make them, blank and filled in.

A `Blank` of `tests.company_forms` gets a form field over everything that it asks. What differs between producers is a
`Habit`: names, one place or several for a field, names of states, drawn values or none, turned and cut pages.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    RectangleObject,
    StreamObject,
    TextStringObject,
)

from ocr.contract import Box, FieldType
from tests.company_forms.blank import Asked, Blank

POINTS = 72 / 25.4
_COMB, _MULTILINE, _RADIO, _COMBO = 1 << 24, 1 << 12, 1 << 15, 1 << 17


@dataclass(frozen=True)
class Habit:
    """How a producer writes form fields."""

    names: str = "f{0}"
    """Full name of the n-th field: parts before a full stop become fields of their own above it."""
    tooltips: bool = False
    numbered_states: bool = False
    """States of a radio group are 0, 1, 2 into `/Opt`, else the option's own words or `states`."""
    states: Sequence[str] = ()
    draws: bool = True
    """Values have an appearance; else viewers are asked to draw them (`NeedAppearances`)."""
    single_boxes: bool = False
    """Each option is a tick box of its own name instead of one of a radio group."""
    turned: int = 0
    cut: bool = False
    """The page is a part of a larger sheet, by its crop box."""


ACROBAT = Habit(names="form1[0].#subform[0].Text{0}[0]", tooltips=True, numbered_states=True)
OFFICE = Habit(names="文本框 {0}", states=("Yes", "是", "Ja", "1", "sì"))
SIMPLE = Habit(names="field_{0}", draws=False, single_boxes=True)


@dataclass(frozen=True)
class Entry:
    """What a field holds; `drawn` is what its appearance shows where that is something else."""

    value: str
    drawn: str | None = None


@dataclass
class Fillable:
    """A form in the making; `values` by label, of a list its entry's text, of boxes the option's words."""

    blank: Blank
    habit: Habit = field(default_factory=Habit)
    values: Mapping[str, str | Entry] = field(default_factory=dict)
    lists: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    """Labels whose field is a list to choose from, with its entries: what is stored, what is shown."""
    combs: Mapping[str, int] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    """Labels of what is printed and has no form field."""

    def pdf(self) -> bytes:
        self.writer = PdfWriter(clone_from=PdfReader(io.BytesIO(self.blank.pdf())))
        self.page = self.writer.pages[0]
        self._turn_and_cut()
        self.roots: dict[str, IndirectObject] = {}
        self.fields = ArrayObject()
        self.page[NameObject("/Annots")] = ArrayObject()
        form = DictionaryObject()
        form[NameObject("/Fields")] = self.fields
        form[NameObject("/DA")] = TextStringObject("/Wide 10 Tf 0 g")
        form[NameObject("/DR")] = _dict({"/Font": _dict({"/Wide": self._font()})})
        if not self.habit.draws:
            form[NameObject("/NeedAppearances")] = BooleanObject(True)
        self.writer.root_object[NameObject("/AcroForm")] = self.writer._add_object(form)
        for number, asked in enumerate(self.blank.asked, start=1):
            if asked.label not in self.without:
                self._add(number, asked)
        out = io.BytesIO()
        self.writer.write(out)
        return out.getvalue()

    def _add(self, number: int, asked: Asked) -> None:
        given = self.values.get(asked.label)
        entry = given if isinstance(given, Entry) or given is None else Entry(given)
        name = self.habit.names.format(number)
        if asked.boxes:
            self._add_boxes(name, asked, entry)
            return
        flags = 0
        extra: dict[str, PdfObject] = {}
        sort = "/Tx"
        if asked.label in self.lists:
            sort, flags = "/Ch", _COMBO
            pairs = [ArrayObject([_string(value), _string(shown)]) for value, shown in self.lists[asked.label]]
            extra["/Opt"] = ArrayObject(pairs)
        elif asked.label in self.combs:
            flags, extra = _COMB, {"/MaxLen": NumberObject(self.combs[asked.label])}
        elif asked.type is FieldType.LONG_TEXT:
            flags = _MULTILINE
        elif asked.type is FieldType.SIGNATURE:
            sort = "/Sig"
        holder = _dict({"/FT": NameObject(sort), "/Ff": NumberObject(flags), **extra})
        x, y, w, h = asked.area
        place = self._place((x + 0.6, y + 0.6, w - 1.2, h - 1.2))
        if self.habit.tooltips:
            holder[NameObject("/TU")] = _string(asked.label)
        if entry is not None and sort == "/Sig":
            holder[NameObject("/V")] = _dict({"/Type": NameObject("/Sig"), "/Name": _string(entry.value)})
        elif entry is not None:
            shown = dict(self.lists.get(asked.label, ())).get(entry.value, entry.value)
            holder[NameObject("/V")] = _string(entry.value)
            if self.habit.draws:
                drawn = shown if entry.drawn is None else entry.drawn
                place[NameObject("/AP")] = _dict({"/N": self._drawn_text(drawn, w - 1.2, h - 1.2)})
        self._join(name, holder, [place])

    def _add_boxes(self, name: str, asked: Asked, entry: Entry | None) -> None:
        words = [word for word, _ in asked.boxes]
        chosen = None if entry is None else words.index(entry.value)
        shown = chosen if entry is None or entry.drawn is None else words.index(entry.drawn) if entry.drawn else None
        places = []
        states = []
        for place_number, (word, box) in enumerate(asked.boxes):
            state = str(place_number) if self.habit.numbered_states else word
            if self.habit.states:
                state = self.habit.states[place_number % len(self.habit.states)]
            if self.habit.single_boxes:
                state = "On"
            states.append(state)
            place = self._place(box)
            looks = {f"/{state}": self._cross(box[2], box[3]), "/Off": self._drawn_text("", box[2], box[3])}
            place[NameObject("/AP")] = _dict({"/N": _dict(looks)})
            place[NameObject("/AS")] = NameObject(f"/{state}" if place_number == shown else "/Off")
            places.append(place)
        if self.habit.single_boxes:
            for place_number, place in enumerate(places):
                value = "/On" if place_number == chosen else "/Off"
                holder = _dict({"/FT": NameObject("/Btn"), "/V": NameObject(value)})
                self._join(f"{name}_{place_number}", holder, [place])
            return
        holder = _dict({"/FT": NameObject("/Btn"), "/Ff": NumberObject(_RADIO)})
        if self.habit.tooltips:
            holder[NameObject("/TU")] = _string(asked.label)
        if self.habit.numbered_states:
            holder[NameObject("/Opt")] = ArrayObject([_string(word) for word in words])
        if chosen is not None:
            holder[NameObject("/V")] = NameObject(f"/{states[chosen]}")
        self._join(name, holder, places)

    def _join(self, name: str, holder: DictionaryObject, places: Sequence[DictionaryObject]) -> None:
        """A field with its places, below the fields that its name speaks of; one place is the field itself."""
        *above, last = name.split(".")
        parent = self._above(above)
        holder[NameObject("/T")] = _string(last)
        if len(places) == 1 and not self.habit.tooltips:
            holder.update(places[0])
            field_ = self.writer._add_object(holder)
            self.page["/Annots"].append(field_)  # type: ignore[attr-defined]
        else:
            field_ = self.writer._add_object(holder)
            kids = ArrayObject()
            for place in places:
                place[NameObject("/Parent")] = field_
                kid = self.writer._add_object(place)
                kids.append(kid)
                self.page["/Annots"].append(kid)  # type: ignore[attr-defined]
            holder[NameObject("/Kids")] = kids
        if parent is None:
            self.fields.append(field_)
        else:
            holder[NameObject("/Parent")] = parent
            parent.get_object()["/Kids"].append(field_)  # type: ignore[index]

    def _above(self, names: Sequence[str]) -> IndirectObject | None:
        parent: IndirectObject | None = None
        for depth in range(len(names)):
            path = ".".join(names[: depth + 1])
            if path not in self.roots:
                made = self.writer._add_object(_dict({"/T": _string(names[depth]), "/Kids": ArrayObject()}))
                if parent is None:
                    self.fields.append(made)
                else:
                    made.get_object()[NameObject("/Parent")] = parent  # type: ignore[index]
                    parent.get_object()["/Kids"].append(made)  # type: ignore[index]
                self.roots[path] = made
            parent = self.roots[path]
        return parent

    def _place(self, box: Box) -> DictionaryObject:
        x, y, w, h = (side * POINTS for side in box)
        height = self.blank.size_mm[1] * POINTS
        corners = [(x, height - y - h), (x + w, height - y)]
        placed = [number for corner in corners for number in self.matrix.apply_on(corner)]
        return _dict(
            {
                "/Type": NameObject("/Annot"),
                "/Subtype": NameObject("/Widget"),
                "/F": NumberObject(4),
                "/Rect": ArrayObject([FloatObject(number) for number in placed]),
                "/P": self.page.indirect_reference,
            }
        )

    def _turn_and_cut(self) -> None:
        width, height = (side * POINTS for side in self.blank.size_mm)
        self.matrix = Transformation()
        if self.habit.turned == 90:
            self.matrix = Transformation((0, 1, -1, 0, height, 0))
            width, height = height, width
        if self.habit.cut:
            self.matrix = self.matrix.translate(31, 47)
        self.page.add_transformation(self.matrix)
        whole = RectangleObject((31, 47, 31 + width, 47 + height)) if self.habit.cut else (0, 0, width, height)
        self.page.cropbox = RectangleObject(whole)
        self.page.mediabox = RectangleObject((0, 0, width + 99, height + 99)) if self.habit.cut else self.page.cropbox
        self.page[NameObject("/Rotate")] = NumberObject(self.habit.turned)

    def _drawn_text(self, text: str, width: float, height: float) -> IndirectObject:
        stream = StreamObject()
        lines = text.split("\n")
        codes = [line.encode("utf-16-be").hex() for line in lines]
        shown = " ".join(f"<{code}> Tj 0 -12 Td" for code in codes if code)
        top = height * POINTS / 2 - 3.5 if len(lines) == 1 else height * POINTS - 12
        stream.set_data(f"/Tx BMC q BT /Wide 10 Tf 0 g 2 {top:.1f} Td {shown} ET Q EMC".encode() if text else b"")
        return self._look(stream, width, height)

    def _cross(self, width: float, height: float) -> IndirectObject:
        stream = StreamObject()
        w, h = width * POINTS, height * POINTS
        stream.set_data(f"q 1 w 1 1 m {w - 1:.1f} {h - 1:.1f} l S 1 {h - 1:.1f} m {w - 1:.1f} 1 l S Q".encode())
        return self._look(stream, width, height)

    def _look(self, stream: StreamObject, width: float, height: float) -> IndirectObject:
        stream[NameObject("/Type")] = NameObject("/XObject")
        stream[NameObject("/Subtype")] = NameObject("/Form")
        stream[NameObject("/BBox")] = RectangleObject((0, 0, width * POINTS, height * POINTS))
        stream[NameObject("/Resources")] = _dict({"/Font": _dict({"/Wide": self._font()})})
        return self.writer._add_object(stream)

    def _font(self) -> IndirectObject:
        """A Chinese font by its name alone, its codes in UTF-16: what many producers rely on."""
        if not hasattr(self, "_wide"):
            system = _dict({"/Registry": _string("Adobe"), "/Ordering": _string("GB1"), "/Supplement": NumberObject(2)})
            below = _dict(
                {
                    "/Type": NameObject("/Font"),
                    "/Subtype": NameObject("/CIDFontType0"),
                    "/BaseFont": NameObject("/STSong-Light"),
                    "/CIDSystemInfo": system,
                    "/DW": NumberObject(1000),
                    "/W": ArrayObject([NumberObject(1), NumberObject(95), NumberObject(500)]),
                }
            )
            self._wide = self.writer._add_object(
                _dict(
                    {
                        "/Type": NameObject("/Font"),
                        "/Subtype": NameObject("/Type0"),
                        "/BaseFont": NameObject("/STSong-Light"),
                        "/Encoding": NameObject("/UniGB-UTF16-H"),
                        "/DescendantFonts": ArrayObject([self.writer._add_object(below)]),
                    }
                )
            )
        return self._wide


def _dict(items: Mapping[str, PdfObject | Any]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in items.items()})


def _string(text: str) -> PdfObject:
    """UTF-16BE where the text needs it, else PDFDocEncoding."""
    if text.isascii():
        return TextStringObject(text)
    return ByteStringObject(b"\xfe\xff" + text.encode("utf-16-be"))
