"""How form fields answer the fields of a form: by name and place, and only as surely as the page shows the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ocr.blank import BlankPage
from ocr.contract import (
    Confidence,
    FieldReading,
    FieldSource,
    FieldStatus,
    FieldType,
    FormField,
    FormTemplate,
    Option,
    Words,
)
from ocr.form_fields.contract import FieldKind, ListedOption, PageField, PageFields
from ocr.form_fields.reading import Answer, agreement, answers

TODAY = date(2026, 10, 10)
AREA = (40.0, 30.0, 60.0, 8.0)
ASIDE = (120.0, 30.0, 60.0, 8.0)
BOXES = ((40.0, 50.0, 4.0, 4.0), (60.0, 50.0, 4.0, 4.0))
WORDS = Words("项", "Item")
READ, LOW, EMPTY, UNREADABLE = (
    FieldStatus.READ,
    FieldStatus.LOW_CONFIDENCE,
    FieldStatus.EMPTY,
    FieldStatus.UNREADABLE,
)


def page(*fields: FormField) -> BlankPage:
    template = FormTemplate("form", 1, WORDS, (210.0, 297.0), 1, fields)
    return BlankPage(template, 1, None, (), (), fields, None)


def text(kind: FieldType = FieldType.TEXT) -> FormField:
    return FormField("item", WORDS, kind, 1, AREA, pdf_field="f1")


def held(stored: str | None, drawn: str | None = None) -> PageField:
    return PageField("f1", FieldKind.TEXT, AREA, stored=stored, drawn=drawn, draws=drawn is not None)


def answered(item: FormField, *fields: PageField) -> Answer:
    return answers(page(item), PageFields(fields), TODAY)["item"]


def told(answer: Answer) -> tuple[str | None, FieldStatus, tuple[str, ...]]:
    return answer.value, answer.status, answer.notes


CONFLICT = ("form_field_conflict",)


@pytest.mark.parametrize(
    ("kind", "stored", "drawn", "expected"),
    [
        (FieldType.TEXT, "T1006", "T1006", ("T1006", READ, ())),
        (FieldType.TEXT, "T1006", "T 1 0 0 6", ("T1006", READ, ())),
        (FieldType.TEXT, "T1006", None, ("T1006", READ, ())),
        (FieldType.TEXT, "T1006", "T1007", ("T1006", LOW, CONFLICT)),
        (FieldType.TEXT, None, "T1007", (None, UNREADABLE, CONFLICT)),
        (FieldType.TEXT, None, None, (None, EMPTY, ())),
        (FieldType.NUMBER, "1234.5", "1,234.50", ("1234.5", READ, ())),
        (FieldType.NUMBER, "3.5", "35", ("3.5", LOW, CONFLICT)),
        (FieldType.NUMBER, "-3", "3", ("-3", LOW, CONFLICT)),
        (FieldType.NUMBER, "none", "none", (None, UNREADABLE, ("bad_number",))),
        (FieldType.DATE, "2026-10-09", "2026年10月9日", ("2026-10-09", READ, ())),
        (FieldType.LONG_TEXT, "一\n二 46%", "二 46%\n一", ("一\n二 46%", READ, ())),
        (FieldType.LONG_TEXT, "延迟下降 46%", "延迟下降 4", ("延迟下降 46%", LOW, CONFLICT)),
        (FieldType.SIGNATURE, "Wang", "Wang", ("present", LOW, ("typed_signature",))),
    ],
)
def test_text_is_read_as_far_as_the_page_shows_it(
    kind: FieldType, stored: str | None, drawn: str | None, expected: tuple[str | None, FieldStatus, tuple[str, ...]]
) -> None:
    answer = answered(text(kind), held(stored, drawn))
    assert told(answer) == expected
    assert (answer.confidence.registration, answer.confidence.recognition is None) == (
        1.0,
        expected[2] not in (CONFLICT, ("typed_signature",)),
    )


def test_a_name_elsewhere_answers_nothing_and_a_place_alone_is_never_sure() -> None:
    away = replace(held("T1006", "T1006"), box_mm=ASIDE)
    assert answers(page(text()), PageFields((away,)), TODAY) == {}
    renamed = replace(held("T1006", "T1006"), name="other")
    assert told(answered(text(), renamed)) == ("T1006", LOW, ("form_field_by_place",))
    assert answered(text(), renamed).confidence.whole == 0.8
    # Two fields over one another: neither place speaks for itself.
    assert answers(page(text()), PageFields((renamed, replace(renamed, name="third"))), TODAY) == {}
    form = page(text(), replace(text(), key="second", pdf_field="f2", box_mm=ASIDE))
    assert agreement(form, PageFields((held(None), replace(held(None), name="f2")))) == 0.5
    assert agreement(form, PageFields((held(None), replace(held(None), name="f2", box_mm=ASIDE)))) == 1.0


def ticked(states: tuple[str, str], *, single: bool = False) -> FormField:
    options = tuple(
        Option(f"v{n}", WORDS, box, pdf_field=f"b{n}" if single else "b", pdf_state=state)
        for n, (box, state) in enumerate(zip(BOXES, states, strict=True))
    )
    return FormField("item", WORDS, FieldType.CHOICE, 1, (40.0, 50.0, 24.0, 4.0), options=options)


def boxes(stored: tuple[str | None, ...], drawn: tuple[str | None, ...], *, single: bool = False) -> list[PageField]:
    kind = FieldKind.CHECK if single else FieldKind.RADIO
    return [
        PageField(f"b{n}" if single else "b", kind, box, stored=s, drawn=d, state="On" if single else str(n))
        for n, (box, s, d) in enumerate(zip(BOXES, stored, drawn, strict=True))
    ]


@pytest.mark.parametrize(
    ("stored", "drawn", "expected"),
    [
        ((None, None), (None, None), (None, EMPTY, ("no_tick",))),
        ((None, "On"), (None, "On"), ("v1", READ, ())),
        ((None, "On"), ("On", None), ("v1", LOW, CONFLICT)),
        ((None, "On"), (None, None), ("v1", LOW, CONFLICT)),
        ((None, None), ("On", None), ("v0", LOW, CONFLICT)),
        (("On", "On"), ("On", "On"), (None, UNREADABLE, ("two_ticks",))),
    ],
)
def test_boxes_by_what_is_stored_and_what_is_drawn(
    stored: tuple[str | None, ...],
    drawn: tuple[str | None, ...],
    expected: tuple[str | None, FieldStatus, tuple[str, ...]],
) -> None:
    assert told(answered(ticked(("On", "On"), single=True), *boxes(stored, drawn, single=True))) == expected


def test_the_states_of_one_group_and_boxes_that_are_not_there() -> None:
    group = boxes(("1", "1"), (None, "1"))
    assert told(answered(ticked(("0", "1")), *group)) == ("v1", READ, ())
    # The states were renamed: the box that is ticked is known by its place.
    assert told(answered(ticked(("A", "B")), *group)) == ("v1", LOW, ("form_field_by_place",))
    assert answers(page(ticked(("0", "1"))), PageFields((group[0],)), TODAY) == {}


def test_a_list_answers_by_what_it_stores_then_by_its_words() -> None:
    options = (Option("rd", Words("研发部", "R&D"), AREA, pdf_state="7"), Option("hr", Words("人事部", "HR"), AREA))
    item = FormField("item", WORDS, FieldType.CHOICE, 1, AREA, options=options, pdf_field="f1", listed=True)
    entries = (ListedOption("", "请选择"), ListedOption("7", "研发部"), ListedOption("9", "人事部"))

    def chosen(stored: str, drawn: str) -> tuple[str | None, FieldStatus, tuple[str, ...]]:
        kind = FieldKind.CHOICE
        return told(answered(item, PageField("f1", kind, AREA, None, stored, drawn, draws=True, options=entries)))

    assert chosen("7", "研发部") == ("rd", READ, ())
    assert chosen("9", "人事部") == ("hr", READ, ())
    assert chosen("7", "人事部") == ("rd", LOW, CONFLICT)
    assert chosen("财务部", "财务部") == (None, UNREADABLE, ("not_an_option",))


def test_what_the_picture_shows_beside_it() -> None:
    quad = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    sure = Confidence(0.99, 1.0, 1.0)
    seen = FieldReading("item", WORDS, FieldType.TEXT, 1, "T9", "T9", sure, READ, quad, b"crop")
    # Typed over an empty field: what is seen stands, and a person looks.
    over = answered(text(), held(None)).beside(text(), seen)
    assert (over.value, over.status, over.source, over.notes) == ("T9", LOW, FieldSource.PICTURE, CONFLICT)
    # Drawn letters that the file does not tell are told by the picture, or stay a conflict.
    untold = answered(text(), replace(held("T9"), draws=True))
    assert untold.untold
    agreed = untold.beside(text(), seen)
    assert (agreed.value, agreed.status, agreed.source, agreed.notes) == ("T9", READ, FieldSource.FORM_FIELD, ())
    other = untold.beside(text(), replace(seen, value="T8", raw_text="T8"))
    assert (other.value, other.status, other.notes) == ("T9", LOW, CONFLICT)
