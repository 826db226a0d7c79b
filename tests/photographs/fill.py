"""What somebody writes on a quarterly review form, and the page with it: the n-th form is always the same one.

The truth of a field is its value as a perfect reader gives it: text after NFKC, ISO dates, the option's value,
`present` for a signature, None for what was left empty. Fields in `unclear` have no right value (two boxes ticked):
a reader may say anything there except that it is sure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image

from ocr.contract import FieldType, FormTemplate
from ocr.forms import shipped
from ocr.forms.fonts import find_cjk_font
from ocr.forms.stamp import stamp
from tests.photographs.hands import (
    CHINESE_HANDS,
    LATIN_HANDS,
    SIGNATURE_HAND,
    UNSEEN_CHINESE_HANDS,
    UNSEEN_LATIN_HANDS,
    Hand,
)
from tests.photographs.ink import InkLayer, Pen, Slip, Strike, Tick, wrapped
from tests.photographs.people import EMPLOYEES, HEAD, REVIEWERS, Employee
from tests.photographs.words import LONG_TEXTS

FORM_KEY = "quarterly-review"
PAGE_DPI = 300
_SEED = 20261001
_INKS = ((26, 48, 138), (32, 32, 38), (22, 30, 92), (48, 74, 170), (20, 20, 24))
_TICKS = (Tick.CHECK, Tick.CROSS, Tick.CHECK, Tick.SLASH, Tick.SCRIBBLE, Tick.CIRCLE)


@dataclass(slots=True)
class Filling:
    """One filled form: what is written, what is ticked, and what a perfect reader makes of it."""

    number: int
    sheet_id: str
    hand: Hand
    colour: tuple[int, int, int]
    written: dict[str, str] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    """Values that stood on the form when it was printed."""
    ticks: dict[str, list[tuple[str, Tick]]] = field(default_factory=dict)
    truth: dict[str, str | None] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)
    pen: Pen = field(default_factory=Pen)
    struck: dict[str, str] = field(default_factory=dict)
    """What was written first in a field, and struck out."""
    slips: dict[str, Slip] = field(default_factory=dict)
    """The same, in any way of striking out."""
    lowered: dict[str, float] = field(default_factory=dict)
    """Fields whose value stands so many millimetres too low, over the border of its cell."""


FIELD_FORMS = 1000
"""From this number on forms are filled in as in the field: other hands, pens of all kinds, slips of the pen."""


STRUCK_FORMS = 2000
"""From this number on every form has words struck out in two fields, in any hand and way; one is not replaced."""


def fill(number: int) -> Filling:
    """What stands on the form with that number, from 0. Numbers 12 apart have the same subject and incidents."""
    rng = np.random.default_rng([_SEED, number])
    subject = EMPLOYEES[number % len(EMPLOYEES)]
    same_language = [one for one in EMPLOYEES if one.writes_chinese == subject.writes_chinese]
    turn = number // len(EMPLOYEES) * len(same_language) + same_language.index(subject)
    hands: Sequence[Hand]
    if number < FIELD_FORMS:
        hands = CHINESE_HANDS if subject.writes_chinese else LATIN_HANDS
    elif number < STRUCK_FORMS:
        hands = UNSEEN_CHINESE_HANDS if subject.writes_chinese else UNSEEN_LATIN_HANDS
    else:
        both = (CHINESE_HANDS, UNSEEN_CHINESE_HANDS) if subject.writes_chinese else (LATIN_HANDS, UNSEEN_LATIN_HANDS)
        hands = [hand for pair in zip_longest(*both) for hand in pair if hand is not None]
    filling = Filling(
        number=number,
        sheet_id=rng.bytes(16).hex(),
        hand=hands[turn % len(hands)],
        colour=_INKS[int(rng.integers(len(_INKS)))],
    )
    template = shipped.load(FORM_KEY).template
    _write_texts(filling, subject, rng)
    _tick_boxes(filling, template, rng)
    _incidents(filling, template, number % 12)
    if number >= STRUCK_FORMS:
        _strikes(filling, subject, rng)
    elif number >= FIELD_FORMS:
        _slips(filling, rng)
    for item in template.fields:
        filling.truth.setdefault(item.key, None)
    return filling


def page(filling: Filling) -> NDArray[np.uint8]:
    """The filled page as RGB pixels at 300 dots per inch, as a perfect scanner would see it."""
    rng = np.random.default_rng([_SEED, filling.number, 1])
    form = shipped.load(FORM_KEY)
    font = find_cjk_font() if filling.printed else None
    pdf = stamp(shipped.blank_pdf(FORM_KEY), form.template, filling.sheet_id, filling.printed, font=font)
    ink = InkLayer(form.template.page_size_mm, PAGE_DPI, filling.colour, rng, filling.pen)
    for item in form.template.fields:
        text = filling.written.get(item.key)
        if item.type is FieldType.LONG_TEXT and text:
            size = (
                float(rng.uniform(5.0, 6.0))
                if filling.hand in (*CHINESE_HANDS, *UNSEEN_CHINESE_HANDS)
                else float(rng.uniform(5.6, 6.4))
            )
            lines = wrapped(text, filling.hand, size, item.box_mm[2] - 3)
            ink.write_lines(lines, item.box_mm, filling.hand, size)
        elif item.type is FieldType.SIGNATURE and text:
            ink.write(text, item.box_mm, SIGNATURE_HAND, 9.5, slant=5)
            ink.underline(item.box_mm)
        elif item.key in filling.slips:
            size = float(rng.uniform(5.6, 7.0))
            ink.write_corrected(text or "", item.box_mm, filling.hand, size, filling.slips[item.key])
        elif text:
            size = float(rng.uniform(5.6, 7.0))
            lower, struck = filling.lowered.get(item.key, 0.0), filling.struck.get(item.key, "")
            ink.write(text, item.box_mm, filling.hand, size, lower_mm=lower, struck=struck)
        boxes = {option.value: option.box_mm for option in item.options}
        for value, kind in filling.ticks.get(item.key, []):
            ink.tick(boxes[value], kind)
    return ink.on(_rendered(pdf, ink.coverage.shape))


def _write_texts(filling: Filling, subject: Employee, rng: np.random.Generator) -> None:
    chinese = subject.writes_chinese
    signed = date(2026, 10, int(rng.integers(1, 32)))
    texts = {
        "employee_name": subject.name,
        "staff_number": subject.number if rng.random() > 0.15 or not chinese else _full_width(subject.number),
        "department": subject.department[0 if chinese else 1] if rng.random() > 0.15 else "",
        "period": _one(
            rng, ("2026年第三季度", "2026Q3", "2026年Q3", "2026 Q3") if chinese else ("2026 Q3", "Q3 2026", "2026Q3")
        ),
        "reviewer": REVIEWERS.get(subject.number, HEAD) if rng.random() > 0.1 else "",
        "signed_on": _one(rng, _dates(signed, chinese)),
    }
    for key, choices in LONG_TEXTS.items():
        texts[key] = _one(rng, choices[0 if chinese else 1]) if rng.random() > 0.15 else ""
    for key, text in texts.items():
        if text:
            filling.written[key] = text
        filling.truth[key] = unicodedata.normalize("NFKC", text) or None
    filling.truth["signed_on"] = signed.isoformat()
    filling.written["signature"] = texts["reviewer"] or HEAD
    filling.truth["signature"] = "present"


def _dates(day: date, chinese: bool) -> tuple[str, ...]:
    plain = (day.isoformat(), f"{day.year}.{day.month}.{day.day}", f"{day.year}/{day.month}/{day.day}")
    if chinese:
        marked = f"{day.year}年{day.month}月{day.day}日"
        return (marked, marked, _full_width(str(day.year)) + marked[4:], _in_characters(day), *plain)
    return (
        *plain,
        f"{day.day} {day:%B} {day.year}",
        f"{day:%b} {day.day}, {day.year}",
        f"{day.day} {day:%b} {day.year}",
    )


def _in_characters(day: date) -> str:
    digits = "〇一二三四五六七八九十"
    tens, ones = divmod(day.day, 10)
    number = ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + (digits[ones] if ones else "")
    return "二〇二六年十月" + number + "日"


def _tick_boxes(filling: Filling, template: FormTemplate, rng: np.random.Generator) -> None:
    habit = _TICKS[(filling.number + filling.number // 12) % len(_TICKS)]
    for item in template.fields:
        if item.options:
            value = item.options[int(rng.integers(len(item.options)))].value
            kind = habit if rng.random() > 0.2 else _TICKS[int(rng.integers(len(_TICKS)))]
            filling.ticks[item.key] = [(value, kind)]
            filling.truth[item.key] = value


def _incidents(filling: Filling, template: FormTemplate, which: int) -> None:
    """Things that happen to paper: known values printed, a mark taken back, two marks, no mark, no signature."""
    fields = {item.key: item for item in template.fields}

    def another(key: str) -> str:
        values = [option.value for option in fields[key].options]
        return values[(values.index(filling.ticks[key][0][0]) + 2) % len(values)]

    if which in {5, 11}:
        filling.printed = {
            key: filling.written.pop(key)
            for key in ("employee_name", "staff_number", "department")
            if key in filling.written
        }
    if which in {4, 10}:
        # Who fills boxes in roughly takes a mark back in another way, or nobody could tell the two apart.
        filling.ticks["score_quality"] = [(filling.ticks["score_quality"][0][0], Tick.CHECK)]
        filling.ticks["score_quality"].append((another("score_quality"), Tick.BLACKED_OUT))
    if which == 6:
        filling.ticks["score_learning"].append((another("score_learning"), Tick.CHECK))
        filling.truth["score_learning"] = None
        filling.unclear.add("score_learning")
    if which == 8:
        del filling.ticks["score_initiative"]
        filling.truth["score_initiative"] = None
    if which == 9:
        del filling.written["signature"]
        filling.truth["signature"] = None


def _strikes(filling: Filling, subject: Employee, rng: np.random.Generator) -> None:
    """Two fields with a word struck out, each in a way of its own; the first one's is not replaced."""
    filling.pen = Pen(float(rng.choice([-0.09, 0.0, 0.09])), float(rng.normal(3, 7)), float(rng.uniform(0.72, 1.0)))
    wrong = {
        "employee_name": ("李强", "Peter Hill"),
        "department": ("市场部", "Sales"),
        "reviewer": ("赵一鸣", "Emily Carter"),
        "staff_number": ("T1090", "T1090"),
        "period": ("2026年第二季度", "2025 Q3"),
        "signed_on": ("2025年10月9日", "2025-10-09"),
    }
    keys = [key for key in wrong if key not in filling.printed]
    kinds = list(Strike)
    chosen = rng.permutation(len(keys))[:2]
    for place, index in enumerate(chosen):
        key = keys[int(index)]
        kind = kinds[(2 * filling.number + place) % len(kinds)]
        filling.slips[key] = Slip(wrong[key][0 if subject.writes_chinese else 1], kind, bool(rng.random() < 0.4))
        if place == 0:
            filling.written.pop(key, None)
            filling.truth[key] = None
            filling.unclear.add(key)


def _slips(filling: Filling, rng: np.random.Generator) -> None:
    """A pen of one's own; on every other form a word taken back, or one that does not keep to its cell."""
    filling.pen = Pen(
        broader_mm=float(rng.choice([-0.09, 0.0, 0.0, 0.09, 0.18])),
        lean_degrees=float(rng.normal(3, 7)),
        dark=float(rng.uniform(0.72, 1.0)),
    )
    short = [key for key in ("employee_name", "department", "reviewer", "staff_number") if filling.written.get(key)]
    if short and rng.random() < 0.5:
        key = short[int(rng.integers(len(short)))]
        wrong = {"staff_number": "T1090", "department": "市场部" if filling.hand in UNSEEN_CHINESE_HANDS else "Sales"}
        filling.struck[key] = wrong.get(key, "李强" if filling.hand in UNSEEN_CHINESE_HANDS else "Peter")
    elif short:
        key = short[int(rng.integers(len(short)))]
        filling.lowered[key] = float(rng.uniform(2.0, 3.4)) * float(rng.choice([-1, 1]))


def _rendered(pdf: bytes, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    with pdfium.PdfDocument(pdf) as document:
        image: Image.Image = document[0].render(scale=PAGE_DPI / 72).to_pil().convert("RGB")
    return np.asarray(image.resize((shape[1], shape[0])))


def _full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def _one(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]
