"""What a blank PDF with form fields is proposed as."""

from __future__ import annotations

from ocr.contract import FieldType
from ocr.engine import Engine
from ocr.proposal.opening import open_pages
from ocr.proposal.proposing import propose
from tests.company_forms.first import ruled_english
from tests.fillable import SIMPLE, Fillable

LIST = {"Department:": [("", "choose"), ("1", "Research"), ("2", "Sales")]}


def test_print_names_form_fields_and_asks_where_there_are_none(engine: Engine) -> None:
    blank = ruled_english()
    content = Fillable(blank, SIMPLE, lists=LIST, without=frozenset({"Job title:", "Date"})).pdf()
    template = propose(open_pages(content), engine, "house").template
    kinds = {asked.label: asked.type for asked in blank.asked} | {"Department:": FieldType.CHOICE}
    assert [field.type for field in template.fields] == [kinds[asked.label] for asked in blank.asked]
    assert [field.label.en for field in template.fields] == [asked.label.rstrip(":") for asked in blank.asked]
    named = {field.label.en: field.pdf_field for field in template.fields}
    assert {label: name for label, name in named.items() if name is None} == {
        "Job title": None,
        "Date": None,
        "Overall rating": None,  # each of its boxes has a name of its own
    }
    by_label = {field.label.en: field for field in template.fields}
    rating = by_label["Overall rating"]
    assert [(option.value, option.pdf_field, option.pdf_state) for option in rating.options] == [
        ("exceeds", "field_7_0", "On"),
        ("meets", "field_7_1", "On"),
        ("below", "field_7_2", "On"),
    ]
    department = by_label["Department"]
    assert department.listed
    # The program's own numbers say nothing to a person: the entries' words are their values.
    assert [(option.value, option.pdf_state, option.box_mm) for option in department.options] == [
        ("Research", "1", department.box_mm),
        ("Sales", "2", department.box_mm),
    ]
