"""The fields of a form read from the form fields of a filled-in PDF: what the file says, not what a picture looks like.

A form field answers a field of the form when it bears the name that the form remembers and lies where the form has the
field. By its place alone it answers too, but never surely. What the field holds must be what the page shows: where the
two differ, a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ocr.blank import BlankPage
from ocr.confidence import LOW, status_of
from ocr.contract import Box, Confidence, FieldReading, FieldSource, FieldStatus, FieldType, FormField, Quad
from ocr.form_fields.contract import TICKED, FieldKind, PageField, PageFields
from ocr.labels import plain
from ocr.values import FITS, Value, as_written, normalise

CONFLICT = "form_field_conflict"
"""Note: what the form field holds is not what the page shows."""
BY_PLACE = "form_field_by_place"
"""Note: the form field bears another name than the form remembers; only its place speaks for it."""
TYPED_SIGNATURE = "typed_signature"
DIFFERING = 0.3
"""Recognition's part where the value and what is drawn differ."""
SAME_PLACE = 0.5
MOST_OF_THE_NAMES = 0.6
"""Share of a page's remembered names that a PDF's page must have, in their places, to be proposed as that page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a PDF says about one field of the form."""

    value: str | None
    raw: str
    confidence: Confidence
    status: FieldStatus
    notes: tuple[str, ...] = ()
    untold: bool = False
    """Something is drawn whose letters the file does not tell: the picture has to say whether it is this value."""
    source: FieldSource = FieldSource.FORM_FIELD

    def reading(self, item: FormField, box: Quad, crop: bytes) -> FieldReading:
        """As the reading of a field that lies there on the page's picture."""
        return FieldReading(
            key=item.key,
            label=item.label,
            type=item.type,
            page=item.page,
            value=self.value,
            raw_text=self.raw,
            confidence=self.confidence,
            status=self.status,
            box=box,
            crop=crop,
            notes=tuple(dict.fromkeys(self.notes)),
            source=self.source,
        )

    def doubted(self, item: FormField) -> Answer:
        """The same where the page shows something else than the form field draws."""
        confidence = replace(self.confidence, recognition=DIFFERING)
        return _answer(item.type, self.value, self.raw, confidence, (*self.notes, CONFLICT))

    def beside(self, item: FormField, seen: FieldReading) -> FieldReading:
        """The reading where the picture was read too.

        A field that holds nothing while its area shows something is read from there, for somebody typed or drew over
        the form; that is never sure.
        """
        assert seen.box is not None
        assert seen.crop is not None
        if self.status is FieldStatus.EMPTY and seen.status is not FieldStatus.EMPTY:
            doubted = replace(seen.confidence, registration=min(LOW, seen.confidence.registration or 0.0))
            lower = FieldStatus.LOW_CONFIDENCE if seen.status is FieldStatus.READ else seen.status
            return replace(seen, confidence=doubted, status=lower, notes=(*seen.notes, CONFLICT))
        agreed = self.untold and (seen.value == self.value or plain(seen.raw_text) == plain(self.raw))
        if not agreed:
            return self.reading(item, seen.box, seen.crop)
        confidence = replace(self.confidence, recognition=None)
        notes = tuple(note for note in self.notes if note != CONFLICT)
        status = status_of(item.type, self.value, confidence)
        return replace(self, confidence=confidence, notes=notes, status=status).reading(item, seen.box, seen.crop)


def agreement(page: BlankPage, filled: PageFields) -> float:
    """Share of the names that a form's page remembers which the PDF's page has in their places, 0 to 1."""
    wanted = [(item.pdf_field, item.box_mm) for item in page.fields if item.pdf_field and not item.ticked]
    wanted += [(option.pdf_field, option.box_mm) for item in page.fields for option in item.options if option.pdf_field]
    if not wanted:
        return 0.0
    there = [any(f.name == name and _holds(f.box_mm, box) for f in filled.fields) for name, box in wanted]
    return sum(there) / len(wanted)


def answers(page: BlankPage, filled: PageFields, today: date) -> dict[str, Answer]:
    """What the form fields say, by key, for the fields of the page that they answer.

    The PDF's page lies exactly as the form's page does. A field that holds nothing has an answer too: EMPTY.
    """
    found = {}
    for item in page.fields:
        answer = _ticked(item, filled) if item.ticked else _held(item, filled, today)
        if answer is not None:
            found[item.key] = answer
    return found


def _held(item: FormField, filled: PageFields, today: date) -> Answer | None:
    """Of a field that is typed, chosen from a list or signed."""
    usable = [field for field in filled.fields if field.kind not in TICKED]
    field, named = _one(item.pdf_field, item.box_mm, usable)
    if field is None:
        return None
    if item.type is FieldType.SIGNATURE:
        return _signature(field, named)
    if field.kind is FieldKind.SIGNATURE:
        return None
    options = {option.value: option for option in field.options}
    entry = options.get(field.stored or "")
    held = field.stored if field.stored and field.stored.strip() else None
    if held is None or (entry is not None and not entry.value.strip()):
        if field.drawn is None:
            return _empty(named)
        return _judged(item, Value(None, 0.0), "", named, (CONFLICT,))
    said = entry.label if entry is not None else held
    meaning = _meaning(item, held, said, today)
    differs = field.draws and not _shows(
        field.drawn, (held, said), lambda text: meaning_of(item, text, today).value, meaning
    )
    judged = _judged(item, meaning, said, named, (CONFLICT,) if differs else ())
    return replace(judged, untold=differs and field.drawn is None)


def _meaning(item: FormField, held: str, said: str, today: date) -> Value:
    if not item.listed:
        return meaning_of(item, said, today)
    chosen = [option for option in item.options if option.pdf_state == held]
    return Value(chosen[0].value, FITS) if len(chosen) == 1 else normalise(item, said, today)


def meaning_of(item: FormField, text: str, today: date) -> Value:
    """The value of text that nobody had to recognise: figures in prose are as whole as its words."""
    if item.type is FieldType.LONG_TEXT and text.strip():
        return Value(as_written(text), FITS)
    return normalise(item, text, today)


def _shows(drawn: str | None, texts: Iterable[str], value: Callable[[str], str | None], meaning: Value) -> bool:
    """Whether what is drawn is one of these texts, line by line in any order, or means the same."""
    if drawn is None:
        return False  # its letters cannot be told: nothing says yet that they are the value
    shown = sorted(filter(None, (plain(line) for line in drawn.split("\n"))))
    for text in texts:
        whole = plain(text)
        if "".join(plain(line) for line in drawn.split("\n")) == whole:
            return signs(drawn) == signs(text)
        if shown == sorted(filter(None, (plain(line) for line in text.split("\n")))):
            return signs(drawn) == signs(text)
    return meaning.value is not None and value(drawn) == meaning.value


def signs(text: str) -> str:
    """The signs between letters and digits that change what they mean: a point, a minus, a per cent."""
    return "".join(sorted(character for character in text if character in ".-−%+<>=/"))


def _signature(field: PageField, named: bool) -> Answer:
    if field.stored is None:
        return _empty(named)
    if field.kind is FieldKind.SIGNATURE:
        confidence = Confidence(registration=_place(named))
        return _answer(FieldType.SIGNATURE, "present", "", confidence, _by(named))
    confidence = Confidence(recognition=0.5, registration=_place(named))
    return _answer(FieldType.SIGNATURE, "present", field.stored, confidence, (*_by(named), TYPED_SIGNATURE))


def _ticked(item: FormField, filled: PageFields) -> Answer | None:
    """Of a question of boxes: by the state that is stored and the state that is drawn, which must choose the same."""
    usable = [field for field in filled.fields if field.kind in TICKED]
    stored: list[str] = []
    drawn: list[str] = []
    by_name = True
    for option in item.options:
        field, named = _one(option.pdf_field or item.pdf_field, option.box_mm, usable)
        if field is None:
            return None
        by_name = by_name and named and option.pdf_state in (None, field.state)
        if field.stored is not None and field.stored in (field.state, field.export):
            stored.append(option.value)
        if field.drawn is not None and field.drawn == field.state:
            drawn.append(option.value)
    chosen = stored or drawn
    differs = (CONFLICT,) if stored != drawn else ()
    if len(chosen) > 1:
        confidence = Confidence(recognition=0.2, registration=_place(by_name))
        return Answer(None, "", confidence, FieldStatus.UNREADABLE, (*_by(by_name), "two_ticks", *differs))
    if not chosen:
        return _empty(by_name, "no_tick")
    return _judged(item, Value(chosen[0], FITS), chosen[0], by_name, differs)


def _one(name: str | None, box: Box, fields: Sequence[PageField]) -> tuple[PageField | None, bool]:
    """The form field at a place of the form, and whether it bears the name that the form remembers."""
    named = [field for field in fields if name is not None and field.name == name and _holds(field.box_mm, box)]
    if named:
        return max(named, key=lambda field: _common(field.box_mm, box)), True
    here = [field for field in fields if _common(field.box_mm, box) > SAME_PLACE]
    return (here[0], False) if len(here) == 1 else (None, False)


def _empty(named: bool, *notes: str) -> Answer:
    return Answer(None, "", Confidence(registration=_place(named)), FieldStatus.EMPTY, (*_by(named), *notes))


def _judged(item: FormField, value: Value, raw: str, named: bool, differs: tuple[str, ...]) -> Answer:
    recognition = DIFFERING if differs else None
    confidence = Confidence(recognition=recognition, registration=_place(named), format=value.format)
    return _answer(item.type, value.value, raw, confidence, (*_by(named), *value.notes, *differs))


def _answer(kind: FieldType, value: str | None, raw: str, confidence: Confidence, notes: tuple[str, ...]) -> Answer:
    return Answer(value, raw, confidence, status_of(kind, value, confidence), notes)


def _place(named: bool) -> float:
    return 1.0 if named else LOW


def _by(named: bool) -> tuple[str, ...]:
    return () if named else (BY_PLACE,)


def _holds(one: Box, other: Box) -> bool:
    """Whether the middle of either box lies in the other."""
    apart = [abs(one[axis] + one[axis + 2] / 2 - other[axis] - other[axis + 2] / 2) for axis in (0, 1)]
    return all(distance < max(one[axis + 2], other[axis + 2]) / 2 for axis, distance in enumerate(apart))


def _common(one: Box, other: Box) -> float:
    """The common area as a share of the larger box: two places are the same only if they are of one size."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height) / max(one[2] * one[3], other[2] * other[3])
