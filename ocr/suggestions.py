"""A form that nobody registered: what stands near words that staff forms use, as suggestions for a person.

Labels come from the vocabulary; a value stands after the label's colon, beside it or below it. In a table the column
headed by a score gives one suggestion a row. A line of any other label with a colon and words after it is told too.
None of this is a reading: nobody knows what the form asks there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ocr.arrays import Picture
from ocr.blank import BlankPage
from ocr.contract import FieldReading, FieldType, FormField, FormTemplate, Line, Suggestion, Words
from ocr.loose import read_by_labels
from ocr.values import normalise
from ocr.vocabulary import TERMS, letters, term_of, type_of

LEAST = 3
"""Fewer suggestions than these say that the picture shows no form of staff at all."""
MOST = 60
IN_TABLES = frozenset({"score", "weight"})
"""Terms that head a column rather than stand before one value."""
_AFTER_COLON = re.compile(r"^\s*([^:：]{2,24})[:：]\s*(\S.*)$")
_PRINTED_BOX = re.compile(r"^[□☐○〇口]")
_ANY_BOX = re.compile(r"[□☐]")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d+)?")


def suggest(picture: Picture, lines: Sequence[Line], page: int, today: date) -> tuple[Suggestion, ...]:
    """The suggestions of one upright picture, in the order of the page; none when it looks like no form."""
    known = [_suggestion(reading, page) for reading in read_by_labels(picture, lines, _vocabulary_page(), today)]
    found = [suggestion for suggestion in known if suggestion is not None]
    found.extend(_column(lines, page, today))
    found.extend(_others(lines, page, found))
    if len(found) < LEAST or not any(suggestion.key for suggestion in found):
        return ()
    return tuple(sorted(found[:MOST], key=_place))


def _vocabulary_page() -> BlankPage:
    """A page without a picture that asks for every term once."""
    whole = (0.0, 0.0, 1.0, 1.0)
    fields = tuple(
        FormField(term.key, term.words, term.type, 1, whole, aliases=(*term.zh[1:], *term.en[1:]))
        for term in TERMS
        if term.key not in IN_TABLES and term.type is not FieldType.SIGNATURE
    )
    template = FormTemplate("vocabulary", 0, Words("词汇", "Vocabulary"), (1.0, 1.0), 1, fields)
    return BlankPage(template, 1, None, (), (), fields, None)


def _suggestion(reading: FieldReading, page: int) -> Suggestion | None:
    if reading.value is None or _PRINTED_BOX.match(reading.value):
        return None
    if any(term_of(line) is not None or _labelled(line) for line in reading.value.split("\n")):
        return None  # another label, with or without what is written beside it
    recognised = reading.confidence.recognition or 0.0
    label = reading.label.zh
    return Suggestion(reading.key, label, reading.type, reading.value, round(recognised, 3), page, reading.box)


def _labelled(line: str) -> bool:
    """Whether a line begins with a label of its own, known by what it asks for."""
    match = _AFTER_COLON.match(line)
    return match is not None and type_of(match[1]) is not FieldType.TEXT


def _column(lines: Sequence[Line], page: int, today: date) -> list[Suggestion]:
    """The figures below a heading for scores, each by the first words of its row."""
    found = []
    for heading in lines:
        term = term_of(heading.text)
        if term is None or term.key != "score":
            continue
        left, right = _span(heading, 0)
        for line in lines:
            begin, end = _span(line, 0)
            below = _middle(line, 1) > _span(heading, 1)[1]
            if not below or min(end, right) <= max(begin, left) - 0.5 * (right - left):
                continue
            if not _NUMBER.fullmatch(line.text.strip()):
                continue
            row = [
                other for other in lines if other is not line and _same_row(other, line) and _span(other, 0)[1] < begin
            ]
            named = [other for other in row if not _NUMBER.fullmatch(other.text.strip(" %％"))]
            if not named:
                continue
            label = min(named, key=lambda other: _span(other, 0)[0]).text
            field = FormField("score", Words(label, label), FieldType.NUMBER, 1, (0.0, 0.0, 1.0, 1.0))
            value = normalise(field, line.text, today).value
            if value is not None:
                confidence = round(line.confidence, 3)
                found.append(Suggestion("score", label, FieldType.NUMBER, value, confidence, page, line.box))
    return found


def _others(lines: Sequence[Line], page: int, found: Sequence[Suggestion]) -> list[Suggestion]:
    """Lines of another label with a colon and words after it."""
    taken = {suggestion.box for suggestion in found}
    values = {letters(suggestion.value) for suggestion in found}
    others = []
    for line in lines:
        match = _AFTER_COLON.match(line.text)
        if match is None or line.box in taken or term_of(match[1]) is not None or letters(match[2]) in values:
            continue
        if letters(match[1]) and letters(match[2]) and not _ANY_BOX.search(match[2]):
            confidence = round(line.confidence, 3)
            others.append(
                Suggestion(None, match[1].strip(), FieldType.TEXT, match[2].strip(), confidence, page, line.box)
            )
    return others


def _place(suggestion: Suggestion) -> tuple[float, float]:
    if suggestion.box is None:
        return float("inf"), 0.0
    return suggestion.box[0][1], suggestion.box[0][0]


def _span(line: Line, axis: int) -> tuple[float, float]:
    sides = [corner[axis] for corner in line.box]
    return min(sides), max(sides)


def _middle(line: Line, axis: int) -> float:
    return sum(_span(line, axis)) / 2


def _same_row(one: Line, other: Line) -> bool:
    top, bottom = _span(other, 1)
    return abs(_middle(one, 1) - _middle(other, 1)) < 0.6 * (bottom - top)
