"""A form whose place on the picture is not known: its labels are found by their words, its values near them.

A value stands after its label and a colon, or to the right of it, or below it. Nothing proves that the nearest text is
the answer, so a value found this way always waits for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import cv2
import numpy as np

from ocr.arrays import Picture, Points
from ocr.blank import BlankPage
from ocr.confidence import LOW
from ocr.contract import Confidence, FieldReading, FieldStatus, FieldType, FormField, Line
from ocr.engine import Engine, as_quad, cut_line
from ocr.fields import jpeg
from ocr.labels import plain, similarity
from ocr.loose_ticks import ticked_options
from ocr.values import Value, normalise, tidied

LEAST_LABELS, LEAST_LABELS_OF_FEW, FEW_FIELDS = 3, 2, 4
LEAST_SHARE = 0.4
"""Fewer labels than these say nothing about which form it is, or whether it is one."""

SAME_LABEL = 86.0
"""Least similarity, of 100, of a line and a label of more than three characters."""

WORST = 14.0
"""Cost, in heights of a line, beyond which a text is not near a label any more."""

VOTERS = 12
"""Lines read in both directions to tell a picture from its upside-down one."""

RULED = 6.0
"""Cost of a printed line between a label and the text below it: that text is most likely in another cell."""

RULE_DEPTH = 22
"""Grey levels by which a printed line is darker than the paper on both of its sides."""

_COLONS = ":："
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class LooseReading:
    """What the words alone gave."""

    page: BlankPage
    fields: tuple[FieldReading, ...]
    labels_found: int
    labels_expected: int

    @property
    def score(self) -> float:
        return round(LOW * self.labels_found / self.labels_expected, 3) if self.labels_expected else 0.0


@dataclass(frozen=True, slots=True)
class _Text:
    """A line with its box as left, top, right, bottom."""

    line: Line
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The upright picture with its texts, and the day by which its dates are judged."""

    picture: Picture
    grey: Picture
    texts: Sequence[_Text]
    today: date


@dataclass(frozen=True, slots=True)
class _Label:
    """A field's label on the picture; `rest` is what follows its colon in the same line."""

    field: int
    text: _Text
    rest: str


def upright_lines(picture: Picture, engine: Engine) -> tuple[Picture, list[Line]]:
    """The picture with its text upright, and its lines in reading order."""
    picture, outlines = _upright(picture, engine)
    return picture, engine.lines_in(picture, outlines)


def upright(picture: Picture, engine: Engine) -> Picture:
    """The picture with its text upright."""
    return _upright(picture, engine)[0]


def _upright(picture: Picture, engine: Engine) -> tuple[Picture, list[Points]]:
    outlines = engine.detect(picture)
    if not outlines:
        return picture, outlines
    tall = [outline for outline in outlines if np.ptp(outline[:, 1]) > 1.5 * np.ptp(outline[:, 0])]
    if len(tall) > len(outlines) / 2:
        picture = np.ascontiguousarray(np.rot90(picture))
        outlines = engine.detect(picture)
    longest = sorted(outlines, key=lambda outline: -float(np.ptp(outline[:, 0])))[:VOTERS]
    crops = [cut_line(picture, outline) for outline in longest]
    as_is = engine.recognise(crops)
    upside_down = engine.recognise([np.ascontiguousarray(crop[::-1, ::-1]) for crop in crops])
    if sum(reading.confidence for reading in upside_down) > sum(reading.confidence for reading in as_is):
        picture = np.ascontiguousarray(np.rot90(picture, 2))
        outlines = engine.detect(picture)
    return picture, outlines


def read_loosely(
    picture: Picture, lines: Sequence[Line], pages: Sequence[BlankPage], today: date
) -> LooseReading | None:
    """The fields of the page whose labels the lines hold most of, or None when they hold too few of any."""
    texts = [_text(line) for line in lines]
    best: tuple[float, BlankPage, list[_Label]] | None = None
    for page in pages:
        labels = _labels(texts, page.fields)
        found = len({label.field for label in labels})
        share = found / len(page.fields) if page.fields else 0.0
        least = LEAST_LABELS_OF_FEW if len(page.fields) <= FEW_FIELDS else LEAST_LABELS
        enough = found >= min(least, len(page.fields)) and share >= LEAST_SHARE
        if enough and (best is None or share > best[0]):
            best = share, page, labels
    if best is None:
        return None
    _, page, labels = best
    readings = _readings(_Sheet(picture, cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), texts, today), labels, page)
    return LooseReading(page, readings, len({label.field for label in labels}), len(page.fields))


def read_by_labels(picture: Picture, lines: Sequence[Line], page: BlankPage, today: date) -> tuple[FieldReading, ...]:
    """What stands near the labels of a page, however few of them the lines hold."""
    texts = [_text(line) for line in lines]
    sheet = _Sheet(picture, cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), texts, today)
    return _readings(sheet, _labels(texts, page.fields), page)


def _readings(sheet: _Sheet, labels: Sequence[_Label], page: BlankPage) -> tuple[FieldReading, ...]:
    values = _values(sheet, labels, page)
    by_field = {label.field: label for label in labels}
    return tuple(
        _reading(item, by_field.get(index), values.get(index, []), sheet) for index, item in enumerate(page.fields)
    )


def _labels(texts: Sequence[_Text], fields: Sequence[FormField]) -> list[_Label]:
    """Where each field's label stands. Fields that share a label take its places in reading order."""
    by_names: dict[tuple[str, ...], list[int]] = {}
    for index, item in enumerate(fields):
        by_names.setdefault(_names(item), []).append(index)
    found = []
    taken: set[int] = set()
    # Longer names first: what is left of a line after a short one may be the rest of a longer label.
    for names, owners in sorted(by_names.items(), key=lambda pair: -max(map(len, pair[0]))):
        places = []
        for place, text in enumerate(texts):
            if place in taken:
                continue
            fit = max((_fit(name, text.line.text) for name in names), key=lambda pair: pair[0])
            if fit[0] > 0:
                places.append((place, *fit))
        places = _one_per_cell(places, texts)
        surest = sorted(places, key=lambda found_at: -found_at[1])[: len(owners)]
        for owner, (place, _, rest) in zip(owners, sorted(surest), strict=False):
            taken.add(place)
            found.append(_Label(owner, texts[place], rest))
    return found


def _one_per_cell(places: list[tuple[int, float, str]], texts: Sequence[_Text]) -> list[tuple[int, float, str]]:
    """One place for a label that is printed twice in its cell, in both languages: the lower line, which is surer so."""
    kept: list[tuple[int, float, str]] = []
    for place in places:
        text = texts[place[0]]
        above = [
            other
            for other in kept
            if plain(texts[other[0]].line.text) != plain(text.line.text)
            and abs(texts[other[0]].left - text.left) < 3 * text.height
            and 0 <= text.top - texts[other[0]].top < 3.2 * text.height
        ]
        for other in above:
            kept.remove(other)
        kept.append((place[0], place[1] + len(above), place[2]))
    return kept


def _names(item: FormField) -> tuple[str, ...]:
    """All ways in which a field's label may be printed, as plain letters."""
    words = [item.label.zh, item.label.en, *item.aliases]
    both = [first + second for first, second in product((item.label.zh, item.label.en), repeat=2) if first != second]
    return tuple(dict.fromkeys(plain(word) for word in [*words, *both] if plain(word)))


def _fit(name: str, text: str) -> tuple[float, str]:
    """How well a line is a label (0 when it is none), and what follows the label's colon."""
    whole = plain(text)
    if whole == name:
        return 100.0, ""
    for place, character in enumerate(text):
        if character in _COLONS:
            head, rest = text[:place], text[place + 1 :].strip()
            if plain(head) == name or (len(name) > 3 and similarity(name, head) >= SAME_LABEL):
                return 99.0, rest
            break
    if len(name) > 3:
        alike = similarity(name, whole)
        if alike >= SAME_LABEL:
            return alike, ""
    # A bilingual label of which one language is known: "Destination 目的地".
    if not any(character.isdigit() for character in whole) and name in (_chinese(whole), _latin(whole)):
        return 98.0, ""
    return 0.0, ""


def _chinese(letters: str) -> str:
    return "".join(character for character in letters if _CHINESE.match(character))


def _latin(letters: str) -> str:
    return "".join(character for character in letters if not _CHINESE.match(character))


def _values(sheet: _Sheet, labels: Sequence[_Label], page: BlankPage) -> dict[int, list[_Text]]:
    """The text nearest to each label, right of it or below it; each text answers one label."""
    printed = {id(label.text) for label in labels}
    words = {
        name
        for item in page.fields
        for name in (
            *_names(item),
            *(plain(word) for o in (item.options if item.ticked else ()) for word in (o.label.zh, o.label.en)),
        )
    }
    words |= {plain(anchor.text) for anchor in page.anchors}
    free = [text for text in sheet.texts if id(text) not in printed and not _is_print(text, words, labels)]
    pairs = []
    for number, label in enumerate(labels):
        item = page.fields[label.field]
        if label.rest or item.ticked:
            continue
        for text in free:
            cost = _cost(sheet.grey, label.text, text, [other.text for other in labels if other is not label])
            if cost is not None and cost <= WORST:
                pairs.append((cost, number, text))
    values: dict[int, list[_Text]] = {}
    used: set[int] = set()
    for _, number, text in sorted(pairs, key=lambda pair: pair[0]):
        index = labels[number].field
        if index in values or id(text) in used:
            continue
        values[index] = [text]
        used.add(id(text))
    for index, found in values.items():
        if page.fields[index].type is FieldType.LONG_TEXT:
            _take_following(found, [text for text in free if id(text) not in used], used)
    return values


def _take_following(found: list[_Text], free: Iterable[_Text], used: set[int]) -> None:
    """Add the lines that go on below the first one of a long text."""
    for text in sorted(free, key=lambda text: text.top):
        last = found[-1]
        near = -0.3 * last.height <= text.top - last.bottom <= 1.2 * last.height
        if near and abs(text.left - found[0].left) < 3 * last.height:
            found.append(text)
            used.add(id(text))


def _is_print(text: _Text, words: set[str], labels: Sequence[_Label]) -> bool:
    """Whether a line is print of the form: a label, or the other lines of one beside the line that was matched."""
    letters = plain(text.line.text)
    if not letters or letters in words:
        return True
    for label in labels:
        near = abs(text.middle - label.text.middle) < 3.5 * label.text.height
        near = near and abs(text.left - label.text.left) < 2.0 * label.text.height
        if near and any(letters in word for word in words) and text.bottom <= label.text.top + 0.5 * text.height:
            return True
    return False


def _cost(grey: Picture, label: _Text, text: _Text, others: Sequence[_Text]) -> float | None:
    """How far a text is from being the label's answer, in heights of the label; None when it cannot be."""
    height = max(label.height, 1.0)
    gap = text.left - label.right
    apart = abs(text.middle - label.middle)
    costs = []
    if gap > -0.5 * height and apart < 1.6 * height:
        between = [
            other
            for other in others
            if abs(other.middle - label.middle) < 1.2 * height and label.right <= other.left + 1 < text.left
        ]
        if not between:
            costs.append(0.4 * max(0.0, gap) / height + 1.5 * apart / height)
    drop = text.top - label.bottom
    overlap = min(label.right, text.right) - max(label.left, text.left)
    if drop > -0.3 * height and (overlap > 0 or abs(text.left - label.left) < 2 * height):
        between = [
            other
            for other in others
            if label.bottom - 1 <= other.middle <= text.top
            and min(other.right, text.right) > max(other.left, text.left)
        ]
        if not between:
            ruled = RULED if _ruled_between(grey, label, text) else 0.0
            costs.append(0.8 + ruled + max(0.0, drop) / height + 0.3 * abs(text.left - label.left) / height)
    return min(costs, default=None)


def _ruled_between(grey: Picture, upper: _Text, lower: _Text) -> bool:
    """Whether a line is printed across the strip between two texts, one above the other; it may be at a slant."""
    left, right = round(max(0.0, min(upper.left, lower.left))), round(max(upper.right, lower.right))
    top, bottom = round(upper.bottom - 0.15 * upper.height), round(lower.top + 0.15 * lower.height)
    strip = grey[max(0, top) : bottom, left:right]
    if min(strip.shape) < 3:
        return False
    # Bottom-hat: what is darker than its surroundings above and below, whatever the shade of the cells.
    reach = max(5, 2 * round(0.3 * upper.height) + 1)
    rule = cv2.morphologyEx(strip, cv2.MORPH_BLACKHAT, np.ones((reach, 1), np.uint8))
    crossed = (rule > RULE_DEPTH).any(axis=0)
    return float(crossed.mean()) > 0.8


def _reading(item: FormField, label: _Label | None, values: Sequence[_Text], sheet: _Sheet) -> FieldReading:
    blank = FieldReading(
        key=item.key,
        label=item.label,
        type=item.type,
        page=item.page,
        value=None,
        raw_text="",
        confidence=Confidence(registration=0.0),
        status=FieldStatus.UNREADABLE,
        box=None,
        notes=("label_not_found",),
    )
    if item.ticked:
        return _ticked(blank, item, sheet)
    if label is None:
        return blank
    if item.type is FieldType.SIGNATURE and not values and not label.rest:
        # A signature is seldom text: nothing can be said of its area without knowing where it is.
        return replace(blank, notes=("place_unsure",))
    lines = [text.line for text in values] or ([label.text.line] if label.rest else [])
    raw = label.rest or "\n".join(line.text for line in lines)
    if not raw:
        return replace(blank, confidence=Confidence(registration=LOW), notes=("no_text_near_label",))
    box = _outline([_text(line) for line in lines])
    signed = item.type is FieldType.SIGNATURE
    parsed = Value("present", 1.0) if signed else normalise(item, raw, sheet.today)
    confidence = Confidence(
        recognition=round(min(line.confidence for line in lines), 3), registration=LOW, format=parsed.format
    )
    left, top, right, bottom = (max(0, round(side)) for side in box)
    crop = sheet.picture[top : max(top + 1, bottom), left : max(left + 1, right)]
    return replace(
        blank,
        value=parsed.value,
        raw_text="" if signed else tidied(raw),
        confidence=confidence,
        status=FieldStatus.UNREADABLE if parsed.value is None else FieldStatus.LOW_CONFIDENCE,
        box=as_quad(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)),
        crop=jpeg(crop, 88) if crop.size else None,
        notes=("matched_by_labels", *parsed.notes),
    )


def _ticked(blank: FieldReading, item: FormField, sheet: _Sheet) -> FieldReading:
    """A choice by the boxes that stand before the words of its options."""
    found = ticked_options(sheet.grey, item.options, [text.line for text in sheet.texts])
    if not found:
        return blank
    marked = [option for option in found if option.ticked]
    confidence = Confidence(recognition=0.7 if len(marked) == 1 else 0.2, registration=LOW)
    if len(marked) > 1:
        return replace(blank, confidence=confidence, notes=("matched_by_labels", "two_ticks"))
    if not marked:
        # A box may have been missed: nobody can say from here that none is ticked.
        return replace(blank, confidence=confidence, notes=("matched_by_labels", "no_tick"))
    return replace(
        blank,
        value=marked[0].value,
        raw_text=marked[0].value,
        confidence=confidence,
        status=FieldStatus.LOW_CONFIDENCE,
        box=marked[0].box,
        notes=("matched_by_labels",),
    )


def _text(line: Line) -> _Text:
    xs, ys = [x for x, _ in line.box], [y for _, y in line.box]
    return _Text(line, min(xs), min(ys), max(xs), max(ys))


def _outline(texts: Sequence[_Text]) -> tuple[float, float, float, float]:
    return (
        min(text.left for text in texts),
        min(text.top for text in texts),
        max(text.right for text in texts),
        max(text.bottom for text in texts),
    )
