"""The organisation's grades and score scale: set by HR, held against what is read, and against what people enter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.intake import IntakeField
from db.session import Database
from db.viewer import system_viewer
from ocr.contract import FieldType, FormField, Option, Words
from ocr.forms import shipped
from resolvers.forms import publish_form
from resolvers.rules.reading import UNSUPPORTED
from resolvers.rules.standards import Standards, judge_standard
from schema.relay import encode_id
from tests.contract.world import snapshot
from tests.paper import FORM, VALUES, PaperCompany, make_paper_company, read_document
from tests.schema.client import Api

SET = """
mutation($input: SetReviewStandardsInput!) { setReviewStandards(input: $input) {
  standards { grades scoreMinimum scoreMaximum scoreStep version } errors { code field } } }
"""
CONFIRM = """
mutation($input: ConfirmIntakeDocumentInput!) { confirmIntakeDocument(input: $input) {
  review { grade score } errors { code field message } } }
"""
BOX = (0.0, 0.0, 10.0, 5.0)
CHECKED = {"improvements": None}


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def _field(kind: FieldType, role: str | None = None, options: str = "", **more: Any) -> FormField:
    ticks = tuple(Option(value, Words("甲", "x"), BOX) for value in options.split())
    return FormField("x", Words("甲", "x"), kind, 1, BOX, role=role, options=ticks, **more)


HOUSE = Standards(("S", "A", "B"), "0", "5", "0.5")


@pytest.mark.parametrize(
    ("field", "value", "note"),
    [
        (_field(FieldType.TEXT, "grade"), "A", None),
        (_field(FieldType.TEXT, "grade"), "Ｓ", None),
        (_field(FieldType.TEXT, "grade"), "C", "not_an_option"),
        (_field(FieldType.TEXT, "grade"), "a", "not_an_option"),
        (_field(FieldType.CHOICE, "grade", "A B C"), "B", None),
        (_field(FieldType.CHOICE, "grade", "A B C"), "C", "not_an_option"),  # on the form, not in the house
        (_field(FieldType.CHOICE, "grade", "A B C"), "S", "not_an_option"),  # in the house, not on the form
        (_field(FieldType.CHOICE, None, "C D"), "D", None),  # no grade at all
        (_field(FieldType.SCORE), "4.5", None),
        (_field(FieldType.SCORE), "5.5", "out_of_range"),
        (_field(FieldType.SCORE), "4.3", "off_step"),
        (_field(FieldType.SCORE), "4,3", "not_a_number"),
        (_field(FieldType.SCORE, minimum="0", maximum="100"), "6", "out_of_range"),
        (_field(FieldType.SCORE, minimum="1", maximum="3"), "4", "out_of_range"),
        (_field(FieldType.SCORE, options="1 2 9"), "9", "out_of_range"),
        (_field(FieldType.SCORE, options="1 2 9"), "2", None),
        (_field(FieldType.NUMBER, "total"), "88", None),
    ],
)
def test_values_are_held_against_form_and_house(field: FormField, value: str, note: str | None) -> None:
    judged = judge_standard(field, value, HOUSE)
    assert (judged and (judged.confidence, judged.note)) == (note and (UNSUPPORTED, note))


def test_without_standards_only_the_form_counts() -> None:
    assert judge_standard(_field(FieldType.TEXT, "grade"), "Z", Standards()) is None
    assert judge_standard(_field(FieldType.SCORE), "999", Standards()) is None
    judged = judge_standard(_field(FieldType.SCORE, maximum="10"), "11", Standards())
    assert judged is not None
    assert judged.note == "out_of_range"


def _set(api: Api, company: PaperCompany, who: str = "hr", **values: Any) -> tuple[Any, list[tuple[str, str | None]]]:
    payload = api.data(company.viewers[who], SET, {"input": values})["setReviewStandards"]
    return payload["standards"], [(error["code"], (error["field"] or [None])[-1]) for error in payload["errors"]]


def test_setting_them(api: Api, database: Database, company: PaperCompany) -> None:
    before = snapshot(database, company)
    for values, error in (
        ({"grades": ["A", "Ａ"]}, ("INVALID", "grades")),
        ({"grades": [" "]}, ("INVALID", "grades")),
        ({"grades": [str(number) for number in range(51)]}, ("TOO_MANY", "grades")),
        ({"scoreMinimum": "1e3"}, ("NUMBER_OUT_OF_RANGE", "scoreMinimum")),
        ({"scoreMinimum": "5", "scoreMaximum": "5"}, ("NUMBER_OUT_OF_RANGE", "scoreMaximum")),
        ({"scoreStep": "0"}, ("NUMBER_OUT_OF_RANGE", "scoreStep")),
        ({"expectedVersion": 1}, ("CONFLICT", "expectedVersion")),
    ):
        assert _set(api, company, **values) == (None, [error])
    assert _set(api, company, "manager", grades=["A"]) == (None, [("FORBIDDEN", None)])
    assert snapshot(database, company) == before
    first, errors = _set(api, company, grades=["S", "A"], scoreMinimum="1.0", scoreMaximum="5", expectedVersion=0)
    assert (first, errors) == (
        {"grades": ["S", "A"], "scoreMinimum": "1", "scoreMaximum": "5", "scoreStep": None, "version": 1},
        [],
    )
    shown = api.data(company.viewers["report"], "{ reviewStandards { grades scoreMaximum version } }")
    assert shown["reviewStandards"] == {"grades": ["S", "A"], "scoreMaximum": "5", "version": 1}


def test_what_is_read_is_marked_and_what_is_entered_is_refused(
    api: Api, database: Database, files: FileStore, company: PaperCompany
) -> None:
    written = {"grade": FieldType.TEXT, "score_quality": FieldType.SCORE}  # elsewhere they are ticked
    shown = shipped.load(FORM)
    fields = tuple(
        replace(each, type=written[each.key], options=(), minimum=None, maximum=None, step=None)
        if each.key in written
        else each
        for each in shown.template.fields
    )
    own = replace(shown, template=replace(shown.template, key="house-review", fields=fields))
    with database.begin(company.scope) as session:
        form = publish_form(session, system_viewer(company.organization.id), files, own, shipped.blank_pdf(FORM))
    company = replace(company, form=form)
    _set(api, company, grades=["A", "B"], scoreMinimum="0", scoreMaximum="4", scoreStep="0.5")
    values = {**VALUES, "grade": "Z", "score_quality": "3.7", "score_results": "5"}
    document_id = read_document(database, files, company, values=values)
    with database.begin(company.scope) as session:
        found = {field.key: field for field in session.scalars(sa.select(IntakeField))}
        marked = {key: (field.status, field.notes) for key, field in found.items() if field.status == "low_confidence"}
    assert marked == {
        "grade": ("low_confidence", ["not_an_option"]),
        "score_quality": ("low_confidence", ["off_step"]),
        "score_results": ("low_confidence", ["out_of_range"]),
        "score_learning": ("low_confidence", ["out_of_range"]),
    }

    def enter(**more: str | None) -> dict[str, Any]:
        fields = [{"key": key, "value": value} for key, value in {**CHECKED, **more}.items()]
        variables = {"input": {"id": encode_id("IntakeDocument", document_id), "fields": fields}}
        answer: dict[str, Any] = api.data(company.viewers["manager"], CONFIRM, variables)["confirmIntakeDocument"]
        return answer

    before = snapshot(database, company)
    errors = [(error["code"], error["field"][-1]) for error in enter()["errors"]]
    assert errors == [
        ("FIELD_NEEDS_CHECK", key) for key in ("score_results", "score_quality", "score_learning", "grade")
    ]
    # The form prints its ticks, and a tick above the scale may stand once somebody looked; what is written may not.
    ticks: dict[str, str | None] = {"score_results": "5", "score_learning": "5"}
    refused = enter(**ticks, score_quality="4.5", grade="Z")["errors"]
    assert [(error["code"], error["field"][-1], error["message"]) for error in refused] == [
        ("FIELD_INVALID", "score_quality", "该字段的值不符合表单要求。允许范围：0…4。"),
        ("FIELD_INVALID", "grade", "该字段的值不符合表单要求。可选值：A, B。"),
    ]
    assert snapshot(database, company) == before
    done = enter(**ticks, score_quality="3.5", grade="Ａ")
    assert (done["errors"], done["review"]["grade"]) == ([], "A")
