"""Paper through GraphQL: the contract's names, coded refusals, and who sees what."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.intake import IntakeDocument
from db.models.reviews import Review
from db.session import Database
from schema.relay import encode_id
from tests.factories import unknown_id
from tests.paper import FORM, SCORE, VALUES, PaperCompany, jpeg, make_paper_company, read_document
from tests.schema.client import Api, codes
from tests.statements import counted

DOCUMENT = """
query($id: ID!) { node(id: $id) { ... on IntakeDocument {
  id status reasonCode matchedBy matchScore warnings version
  template { key version title }
  pages { number image url width height labelsFound labelsExpected residualMm }
  fields { key label type page required value rawText confidence status box cropUrl notes
    parts { recognition registration format directory } entries { value person { name } } }
  subject { staffNumber name } cycle { key } uploadedBy { name } sheet { id subject { name } }
  review { id } job { id } upload { filename } } } }
"""
CONFIRM = """
mutation($input: ConfirmIntakeDocumentInput!) { confirmIntakeDocument(input: $input) {
  review { id status source score grade comment subject { name } reviewer { name } cycle { key } department { name }
    template { key } confirmedBy { name }
    answers { key label value score weight source field { rawText confidence entries { value } } } }
  document { id status version } errors { code field message } } }
"""
REJECT = """
mutation($input: RejectIntakeDocumentInput!) { rejectIntakeDocument(input: $input) {
  document { id status reasonCode reasonMessage reason decidedBy { name } } errors { code field message } } }
"""
SHEET = """
mutation($input: RequestFormSheetInput!) { requestFormSheet(input: $input) {
  sheet { id template { key } subject { name } cycle { key } pdfUrl job { name state } }
  errors { code field message } } }
"""


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def _document_id(id_: uuid.UUID) -> str:
    return encode_id("IntakeDocument", id_)


def test_a_document_as_its_manager_sees_it(
    api: Api, database: Database, files: FileStore, company: PaperCompany
) -> None:
    id_ = read_document(database, files, company, doubtful=["grade"])
    document = api.data(company.viewers["manager"], DOCUMENT, {"id": _document_id(id_)})["node"]
    assert (document["status"], document["matchedBy"], document["matchScore"]) == ("NEEDS_REVIEW", "MARKERS", 0.99)
    assert document["template"] == {"key": FORM, "version": 1, "title": "季度绩效评价表"}
    assert document["subject"] == {"staffNumber": "T1006", "name": "刘晓雯"}
    assert (document["cycle"], document["uploadedBy"]) == ({"key": "2026Q3"}, {"name": "王立国"})
    assert (document["sheet"]["subject"], document["upload"]) == ({"name": "刘晓雯"}, {"filename": "photo.jpg"})
    (page,) = document["pages"]
    assert (page["number"], page["width"], page["height"]) == (1, 64, 48)
    assert (page["labelsFound"], page["labelsExpected"], page["residualMm"]) == (30, 33, 0.31)
    picture = api.http.get(page["url"])
    assert (picture.status_code, picture.headers["content-type"], picture.content) == (200, "image/jpeg", jpeg(180))
    fields = {field["key"]: field for field in document["fields"]}
    assert list(fields) == list(VALUES)
    assert {key: field["value"] for key, field in fields.items()} == VALUES
    grade = fields["grade"]
    assert (grade["label"], grade["type"], grade["status"]) == ("综合等级", "CHOICE", "LOW_CONFIDENCE")
    assert (grade["confidence"], grade["required"], grade["entries"]) == (0.62, True, [])
    assert grade["parts"] == {"recognition": 0.62, "registration": 0.97, "format": None, "directory": None}
    assert grade["box"] == [[1.0, 2.0], [11.0, 2.0], [11.0, 8.5], [1.0, 8.5]]
    assert api.http.get(grade["cropUrl"]).content == jpeg(150, (20, 8))


CHECKING = """
query($id: ID!) { node(id: $id) { ... on IntakeDocument {
  notices { code message } fieldsByDoubt { key confidence notices { code message } }
  arithmetic { rows { key score weight } weightsTotal total writtenTotal agrees } } } }
"""


def test_what_a_person_needs_to_check(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    values = {**VALUES, "employee_name": "刘晓变", "signed_on": "2125-10-09"}
    id_ = read_document(database, files, company, values=values, doubtful=["grade"], sheet=False)
    shown = api.data(company.viewers["manager"], CHECKING, {"id": _document_id(id_)})["node"]
    assert [field["key"] for field in shown["fieldsByDoubt"][:3]] == ["signed_on", "grade", "employee_name"]
    assert [field["notices"] for field in shown["fieldsByDoubt"][:3]] == [
        [{"code": "date_outside_cycle", "message": "日期不在考核周期内。"}],
        [],
        [{"code": "repaired_from_directory", "message": "一个字已按通讯录更正，请核对。"}],
    ]
    assert shown["notices"] == []
    assert shown["arithmetic"]["rows"][0] == {"key": "score_results", "score": "4", "weight": "30"}
    assert {key: shown["arithmetic"][key] for key in ("weightsTotal", "total", "writtenTotal", "agrees")} == {
        "weightsTotal": "100",
        "total": SCORE,
        "writtenTotal": None,
        "agrees": None,
    }
    document = api.data(company.viewers["manager"], DOCUMENT, {"id": _document_id(id_)})["node"]
    name = next(field for field in document["fields"] if field["key"] == "employee_name")
    assert (name["value"], name["rawText"], name["status"]) == ("刘晓雯", "刘晓变", "LOW_CONFIDENCE")
    assert document["subject"]["staffNumber"] == "T1006"


def test_confirm(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    id_ = read_document(database, files, company, doubtful=["grade"])
    fields = [{"key": "grade", "value": "B"}, {"key": "score_quality", "value": "4"}, {"key": "department"}]
    payload = api.mutate(company.viewers["manager"], CONFIRM, id=_document_id(id_), fields=fields, comment="已核对")
    assert payload["errors"] == []
    review = payload["review"]
    assert (review["status"], review["source"], review["score"], review["grade"]) == ("CONFIRMED", "PAPER", "3.9", "B")
    assert (review["subject"], review["reviewer"], review["confirmedBy"]) == (
        {"name": "刘晓雯"},
        {"name": "王立国"},
        {"name": "王立国"},
    )
    assert (review["cycle"], review["department"]) == ({"key": "2026Q3"}, {"name": "研发部"})
    assert (review["template"], review["comment"]) == ({"key": FORM}, "已核对")
    answers = {answer["key"]: answer for answer in review["answers"]}
    assert list(answers) == list(VALUES)
    assert answers["score_quality"] == {
        "key": "score_quality",
        "label": "工作质量",
        "value": "4",
        "score": "4",
        "weight": "25",
        "source": "CORRECTED",
        "field": {"rawText": "", "confidence": 0.97, "entries": [{"value": "4"}]},
    }
    assert (answers["grade"]["source"], answers["department"]["value"]) == ("CHECKED", None)
    assert answers["next_goals"]["source"] == "MACHINE"
    assert payload["document"]["status"] == "CONFIRMED"
    again = api.mutate(company.viewers["hr"], CONFIRM, id=_document_id(id_))
    assert (again["review"], again["document"], codes(again)) == (None, None, [("ALREADY_CONFIRMED", None)])


def test_unchecked_and_wrong_fields_are_named(
    api: Api, database: Database, files: FileStore, company: PaperCompany
) -> None:
    id_ = read_document(database, files, company, doubtful=["grade"], unreadable=["score_results"])
    fields = [{"key": "score_results", "value": "7"}]
    payload = api.mutate(company.viewers["manager"], CONFIRM, id=_document_id(id_), fields=fields)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [
        ("FIELD_INVALID", ["input", "fields", "score_results"]),
        ("FIELD_NEEDS_CHECK", ["input", "fields", "grade"]),
    ]
    assert payload["review"] is None
    with database.begin(company.scope) as session:
        assert session.scalars(sa.select(Review)).all() == []


def test_the_same_request_confirms_once(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    id_ = read_document(database, files, company)
    word = {"id": _document_id(id_), "requestId": str(uuid.uuid4())}
    first = api.mutate(company.viewers["manager"], CONFIRM, **word)
    again = api.mutate(company.viewers["manager"], CONFIRM, **word)
    assert first["errors"] == again["errors"] == []
    assert again["review"]["id"] == first["review"]["id"]
    assert again["review"]["score"] == SCORE


def test_only_managers_and_hr_decide(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    id_ = _document_id(read_document(database, files, company))
    subject, cycle = encode_id("Person", company.subject.id), encode_id("Cycle", company.cycle.id)
    for who in ("report", "colleague", "pmo", "administrator", "committee"):
        assert codes(api.mutate(company.viewers[who], CONFIRM, id=id_)) == [("FORBIDDEN", None)]
        assert codes(api.mutate(company.viewers[who], REJECT, id=id_, reason="不对")) == [("FORBIDDEN", None)]
        refused = api.mutate(company.viewers[who], SHEET, templateKey=FORM, subjectId=subject, cycleId=cycle)
        assert (refused["sheet"], codes(refused)) == (None, [("FORBIDDEN", None)])
        assert api.data(company.viewers[who], DOCUMENT, {"id": id_}) == {"node": None}
    with database.begin(company.scope) as session:
        assert session.scalars(sa.select(IntakeDocument.status)).one().value == "NEEDS_REVIEW"
        assert session.scalars(sa.select(Review)).all() == []


def test_what_another_line_or_organisation_may_not_see_is_absent(
    api: Api, database: Database, files: FileStore, company: PaperCompany
) -> None:
    other = make_paper_company(database, files)
    id_ = _document_id(read_document(database, files, company))
    for viewer in (company.viewers["stranger"], other.viewers["hr"], other.viewers["manager"]):
        assert api.data(viewer, DOCUMENT, {"id": id_}) == {"node": None}
        assert api.data(viewer, "{ intakeDocuments { nodes { id } } }") == {"intakeDocuments": {"nodes": []}}
        payload = api.data(viewer, CONFIRM, {"input": {"id": id_}})["confirmIntakeDocument"]
        assert codes(payload) == [("NOT_FOUND", None)]
    # A foreign person as subject is absent as well.
    word = {"id": id_, "subjectId": encode_id("Person", other.subject.id)}
    assert codes(api.mutate(company.viewers["manager"], CONFIRM, **word)) == [("NOT_FOUND", "subjectId")]


def test_malformed_ids_and_pages(api: Api, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    for bad in ("", "x", "!!!", encode_id("Review", unknown_id()), "A" * 5000):
        assert codes(api.mutate(company.viewers["manager"], CONFIRM, id=bad)) == [("BAD_ID", "id")]
    for size in (10_000, 0, -1):
        assert api.codes(viewer, "query($n: Int) { intakeDocuments(first: $n) { nodes { id } } }", {"n": size}) == [
            "BAD_PAGE_SIZE"
        ]
    assert api.codes(viewer, '{ intakeDocuments(after: "zzz") { nodes { id } } }') == ["BAD_CURSOR"]
    assert api.codes(viewer, '{ reviews(filter: {subjectId: "zzz"}) { nodes { id } } }') == ["BAD_ID"]


def test_reject(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    id_ = _document_id(read_document(database, files, company))
    assert codes(api.mutate(company.viewers["manager"], REJECT, id=id_, reason=" ")) == [("REASON_REQUIRED", "reason")]
    stale = api.mutate(company.viewers["manager"], REJECT, id=id_, reason="签名不符", expectedVersion=0)
    assert codes(stale) == [("CONFLICT", "expectedVersion")]
    payload = api.mutate(company.viewers["manager"], REJECT, id=id_, reason="签名不符")
    assert payload["errors"] == []
    document = payload["document"]
    assert (document["status"], document["reasonCode"], document["reason"]) == ("REJECTED", "rejected", "签名不符")
    assert (document["reasonMessage"], document["decidedBy"]) == ("文档已被退回。", {"name": "王立国"})
    assert codes(api.mutate(company.viewers["manager"], CONFIRM, id=id_)) == [("NOT_READY", None)]


def test_sheet(api: Api, company: PaperCompany) -> None:
    subject, cycle = encode_id("Person", company.subject.id), encode_id("Cycle", company.cycle.id)
    payload = api.mutate(company.viewers["manager"], SHEET, templateKey=FORM, subjectId=subject, cycleId=cycle)
    assert payload["errors"] == []
    assert payload["sheet"]["id"]
    assert {key: payload["sheet"][key] for key in ("template", "subject", "cycle", "pdfUrl", "job")} == {
        "template": {"key": FORM},
        "subject": {"name": "刘晓雯"},
        "cycle": {"key": "2026Q3"},
        "pdfUrl": None,
        "job": {"name": "intake.print_sheet", "state": "QUEUED"},
    }
    stranger = api.mutate(company.viewers["stranger"], SHEET, templateKey=FORM, subjectId=subject, cycleId=cycle)
    assert (stranger["sheet"], codes(stranger)) == (None, [("FORBIDDEN", "subjectId")])


def test_lists(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    first = read_document(database, files, company, content=jpeg(1))
    second = read_document(
        database,
        files,
        company,
        content=jpeg(2),
        values={**VALUES, "staff_number": "T1007", "employee_name": "赵一鸣"},
        subject=company.people["colleague"],
    )
    query = "query($f: IntakeDocumentFilter) { intakeDocuments(filter: $f) { nodes { id } } }"

    def listed(who: str = "manager", **wanted: Any) -> list[str]:
        nodes = api.data(company.viewers[who], query, {"f": wanted})["intakeDocuments"]["nodes"]
        return [node["id"] for node in nodes]

    both = [_document_id(second), _document_id(first)]
    subject = encode_id("Person", company.subject.id)
    assert listed() == listed(status=["NEEDS_REVIEW", "FAILED"]) == listed(status="NEEDS_REVIEW") == both
    assert listed(status=[]) == listed(status="CONFIRMED") == []
    assert listed(subjectId=subject) == both[1:]
    assert listed(cycleId=encode_id("Cycle", company.next_cycle.id)) == []
    assert listed(uploadedById=encode_id("Person", company.people["manager"].id)) == both
    assert listed("stranger") == listed("report") == listed("committee") == []
    api.mutate(company.viewers["hr"], CONFIRM, id=both[1])
    assert listed("report") == both[1:]
    reviews = "query($f: ReviewFilter) { reviews(filter: $f) { nodes { subject { staffNumber } } } }"
    for who, wanted, numbers in (
        ("manager", {}, ["T1006"]),
        ("report", {"status": "CONFIRMED"}, ["T1006"]),
        ("manager", {"status": "DRAFT"}, []),
        ("hr", {"subjectId": subject, "cycleId": encode_id("Cycle", company.cycle.id)}, ["T1006"]),
        ("hr", {"reviewerId": subject}, []),
        ("colleague", {}, []),
        ("pmo", {}, []),
        ("administrator", {}, []),
        ("committee", {}, []),
    ):
        nodes = api.data(company.viewers[who], reviews, {"f": wanted})["reviews"]["nodes"]
        assert [node["subject"]["staffNumber"] for node in nodes] == numbers


def test_one_document_and_five_cost_the_same(
    api: Api, database: Database, files: FileStore, company: PaperCompany
) -> None:
    for shade in range(5):
        read_document(database, files, company, content=jpeg(shade))
    body = DOCUMENT.split("IntakeDocument {", 1)[1].rsplit("}", 2)[0]
    query = f"query($first: Int) {{ intakeDocuments(first: $first) {{ nodes {{ {body} }} }}"
    viewer = company.viewers["hr"]
    api.data(viewer, query, {"first": 1})
    with counted() as one:
        api.data(viewer, query, {"first": 1})
    with counted() as five:
        nodes = api.data(viewer, query, {"first": 5})["intakeDocuments"]["nodes"]
    assert [len(node["fields"]) for node in nodes] == [len(VALUES)] * 5
    assert len(five) == len(one)


def test_the_subject_sees_who_looked(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    id_ = _document_id(read_document(database, files, company))
    review = api.mutate(company.viewers["manager"], CONFIRM, id=id_)["review"]
    api.data(company.viewers["hr"], "query($id: ID!) { node(id: $id) { id } }", {"id": review["id"]})
    api.data(company.viewers["director"], DOCUMENT, {"id": id_})
    api.data(company.viewers["report"], "{ reviews { nodes { score } } }")  # one's own is not noted
    log = "{ viewer { accessLog { nodes { actor { name } resource resourceId } } } }"
    nodes = api.data(company.viewers["report"], log)["viewer"]["accessLog"]["nodes"]
    assert [node["actor"]["name"] for node in nodes][-1] == "王立国"  # who confirmed saw it first
    assert {(node["actor"]["name"], node["resource"], node["resourceId"]) for node in nodes} == {
        ("王立国", "REVIEW", review["id"]),
        ("王立国", "INTAKE_DOCUMENT", id_),
        ("何静怡", "REVIEW", review["id"]),
        ("林思远", "INTAKE_DOCUMENT", id_),
        ("林思远", "FORM_PICTURE", id_),
        ("林思远", "REVIEW", review["id"]),
    }
    assert api.data(company.viewers["hr"], log)["viewer"]["accessLog"]["nodes"] == []


def test_messages_in_english(api: Api, company: PaperCompany) -> None:
    response = api.http.post(
        "/graphql",
        json={"query": CONFIRM, "variables": {"input": {"id": _document_id(unknown_id())}}},
        headers={**api.headers(company.viewers["manager"]), "accept-language": "en"},
    )
    (error,) = response.json()["data"]["confirmIntakeDocument"]["errors"]
    assert error["code"] == "NOT_FOUND"
