"""Paper through GraphQL: the contract's names, coded refusals, and who sees what."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.files import FileStore
from db.models.files import StoredFile
from db.models.intake import IntakeDocument, Sheet, Upload
from db.models.jobs import Job
from db.models.reviews import Review
from db.session import Database
from resolvers.intake import inspection
from schema.relay import encode_id
from tests.factories import unknown_id
from tests.paper import FORM, SCORE, VALUES, PaperCompany, glanced, jpeg, make_paper_company, make_sheet, read_document
from tests.schema.client import Api
from tests.statements import counted

UPLOAD = """
mutation($input: UploadIntakeDocumentInput!) { uploadIntakeDocument(input: $input) {
  upload { id filename sha256 documents { id } }
  documents { id status reasonCode reasonMessage duplicateOf { id } job { id name state progress } }
  errors { code field message } } }
"""
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


def _upload(api: Api, company: PaperCompany, content: bytes, who: str = "manager", **more: Any) -> dict[str, Any]:
    response = api.upload(
        company.viewers[who],
        UPLOAD,
        {"input": {"file": None, **more}},
        {"variables.input.file": ("../表单 1.jpg", content)},
    )
    answer = response.json()
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"]["uploadIntakeDocument"]
    return payload


def _mutate(api: Api, company: PaperCompany, who: str, query: str, **values: Any) -> dict[str, Any]:
    (payload,) = api.data(company.viewers[who], query, {"input": values}).values()
    assert isinstance(payload, dict)
    return payload


def _codes(payload: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(error["code"], (error["field"] or [None])[-1]) for error in payload["errors"]]


def _document_id(id_: uuid.UUID) -> str:
    return encode_id("IntakeDocument", id_)


def _counts(session: Session) -> list[int | None]:
    tables = (StoredFile, Upload, IntakeDocument, Job, Review, Sheet)
    return [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]


def test_upload(api: Api, database: Database, company: PaperCompany) -> None:
    payload = _upload(api, company, jpeg(), templateKey=FORM)
    assert payload["errors"] == []
    assert payload["upload"]["filename"] == "表单 1.jpg"
    (document,) = payload["documents"]
    assert payload["upload"]["documents"] == [{"id": document["id"]}]
    assert (document["status"], document["reasonCode"], document["duplicateOf"]) == ("UPLOADED", None, None)
    assert {key: document["job"][key] for key in ("name", "state", "progress")} == {
        "name": "intake.read",
        "state": "QUEUED",
        "progress": 0,
    }
    (again,) = _upload(api, company, jpeg())["documents"]
    assert (again["status"], again["reasonCode"], again["job"]) == ("SUPERSEDED", "duplicate", None)
    assert again["reasonMessage"] == "此前已上传过同一文件，请查看原文档。"
    assert again["duplicateOf"] == {"id": document["id"]}


UPLOADS = """
mutation($input: UploadIntakeDocumentsInput!) { uploadIntakeDocuments(input: $input) {
  upload { id filename files { filename sha256 pages reasonCode reasonMessage } job { name }
    progress { pages pagesInspected documents settled needPerson percent } }
  documents { id status } errors { code field message } } }
"""
UPLOAD_PROGRESS = """
query($id: ID!) { node(id: $id) { ... on IntakeUpload {
  files { filename pages reasonCode reasonMessage }
  progress { pages pagesInspected documents settled needPerson percent }
  documents { id status reasonCode supersededBy { id } pages { id number position } } } } }
"""


def _upload_several(
    api: Api, company: PaperCompany, contents: list[bytes], who: str = "manager", **more: Any
) -> dict[str, Any]:
    parts = {f"variables.input.files.{place}": (f"{place}.jpg", content) for place, content in enumerate(contents)}
    answer = api.upload(company.viewers[who], UPLOADS, {"input": {"files": [None] * len(contents), **more}}, parts)
    payload: dict[str, Any] = answer.json()["data"]["uploadIntakeDocuments"]
    return payload


def test_upload_several(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    payload = _upload_several(api, company, [jpeg(1), jpeg(2), jpeg(3)])
    assert payload["errors"] == []
    assert [file["filename"] for file in payload["upload"]["files"]] == ["0.jpg", "1.jpg", "2.jpg"]
    assert payload["upload"]["job"] == {"name": "intake.inspect"}
    assert [document["status"] for document in payload["documents"]] == ["UPLOADED"] * 3
    manager = company.viewers["manager"]
    with database.begin(company.scope) as session:
        upload = session.scalars(sa.select(Upload)).one()
        sheet = make_sheet(session, company).id
        broken, first, second = inspection.files_to_inspect(session, manager, upload.id) or []
        inspection.refuse_file(session, broken.id, "truncated")
        for file, page in ((first, glanced(2, sheet)), (second, glanced(1, sheet))):
            assert inspection.begin_file(session, file.id, 1)
            inspection.keep_page(session, files, file.id, 1, page)
    shown = api.data(manager, UPLOAD_PROGRESS, {"id": payload["upload"]["id"]})["node"]
    assert shown["progress"] == {
        "pages": 2,
        "pagesInspected": 2,
        "documents": 3,
        "settled": 0,
        "needPerson": 0,
        "percent": 10,
    }
    with database.begin(company.scope) as session:
        inspection.settle_upload(session, manager, upload.id)
    shown = api.data(manager, UPLOAD_PROGRESS, {"id": payload["upload"]["id"]})["node"]
    assert shown["files"][0] == {
        "filename": "0.jpg",
        "pages": None,
        "reasonCode": "truncated",
        "reasonMessage": "文件不完整，请重新上传。",
    }
    assert shown["progress"] == {
        "pages": 2,
        "pagesInspected": 2,
        "documents": 3,
        "settled": 2,
        "needPerson": 1,
        "percent": 70,
    }
    documents = {document["status"]: document for document in shown["documents"]}
    assert documents["FAILED"]["reasonCode"] == "truncated"
    assert documents["SUPERSEDED"]["supersededBy"] == {"id": documents["UPLOADED"]["id"]}
    assert [page["position"] for page in documents["UPLOADED"]["pages"]] == [1, 2]
    query = "query($f: IntakeDocumentFilter) { intakeDocuments(filter: $f) { nodes { id } } }"
    wanted = {"uploadId": payload["upload"]["id"], "needsPerson": True}
    assert api.data(manager, query, {"f": wanted}) == {
        "intakeDocuments": {"nodes": [{"id": documents["FAILED"]["id"]}]}
    }
    assert api.data(company.viewers["stranger"], UPLOAD_PROGRESS, {"id": payload["upload"]["id"]}) == {"node": None}


def test_each_refused_file_is_named_and_nothing_is_stored(api: Api, database: Database, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        before = _counts(session)
    payload = _upload_several(api, company, [jpeg(1), b"", b"<svg/>"])
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [
        ("FILE_EMPTY", ["input", "files", "1"]),
        ("FILE_TYPE_UNSUPPORTED", ["input", "files", "2"]),
    ]
    assert _codes(_mutate(api, company, "manager", UPLOADS, files=[])) == [("INVALID", "files")]
    assert _codes(_upload_several(api, company, [jpeg()], pagesPerDocument=0)) == [
        ("NUMBER_OUT_OF_RANGE", "pagesPerDocument")
    ]
    assert _codes(_upload_several(api, company, [jpeg()], "report")) == [("FORBIDDEN", None)]
    with database.begin(company.scope) as session:
        assert _counts(session) == before


def test_the_same_request_uploads_once(api: Api, database: Database, company: PaperCompany) -> None:
    request_id = str(uuid.uuid4())
    first = _upload(api, company, jpeg(), requestId=request_id)
    with database.begin(company.scope) as session:
        before = _counts(session)
    assert _upload(api, company, jpeg(), requestId=request_id)["upload"]["id"] == first["upload"]["id"]
    assert _codes(_upload(api, company, jpeg(9), requestId=request_id)) == [("REQUEST_ID_REUSED", "requestId")]
    with database.begin(company.scope) as session:
        assert _counts(session) == before


def test_refused_uploads_store_nothing(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        before = _counts(session)
    stored = set(files._listing(company.organization.id))
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    refused = [
        (_upload(api, company, b""), ("FILE_EMPTY", "file")),
        (_upload(api, company, b"<html>form</html>"), ("FILE_TYPE_UNSUPPORTED", "file")),
        (_upload(api, company, png), ("IMAGE_TOO_LARGE", "file")),
        (_upload(api, company, jpeg(), "report"), ("FORBIDDEN", None)),
        (_upload(api, company, jpeg(), "pmo"), ("FORBIDDEN", None)),
        (_upload(api, company, jpeg(), templateKey="none"), ("NOT_FOUND", "templateKey")),
        (_upload(api, company, jpeg(), templateKey="a\x00b"), ("INVALID", "templateKey")),
        (_upload(api, company, jpeg(), reviewId="nonsense"), ("BAD_ID", "reviewId")),
        (_upload(api, company, jpeg(), reviewId=encode_id("Review", unknown_id())), ("NOT_FOUND", "reviewId")),
    ]
    for payload, error in refused:
        assert (payload["upload"], payload["documents"], _codes(payload)) == (None, None, [error])
        assert payload["errors"][0]["message"]
    with database.begin(company.scope) as session:
        assert _counts(session) == before
    assert set(files._listing(company.organization.id)) == stored


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
    payload = _mutate(api, company, "manager", CONFIRM, id=_document_id(id_), fields=fields, comment="已核对")
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
    again = _mutate(api, company, "hr", CONFIRM, id=_document_id(id_))
    assert (again["review"], again["document"], _codes(again)) == (None, None, [("ALREADY_CONFIRMED", None)])


def test_unchecked_and_wrong_fields_are_named(
    api: Api, database: Database, files: FileStore, company: PaperCompany
) -> None:
    id_ = read_document(database, files, company, doubtful=["grade"], unreadable=["score_results"])
    fields = [{"key": "score_results", "value": "7"}]
    payload = _mutate(api, company, "manager", CONFIRM, id=_document_id(id_), fields=fields)
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
    first = _mutate(api, company, "manager", CONFIRM, **word)
    again = _mutate(api, company, "manager", CONFIRM, **word)
    assert first["errors"] == again["errors"] == []
    assert again["review"]["id"] == first["review"]["id"]
    assert again["review"]["score"] == SCORE


def test_only_managers_and_hr_decide(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    id_ = _document_id(read_document(database, files, company))
    subject, cycle = encode_id("Person", company.subject.id), encode_id("Cycle", company.cycle.id)
    for who in ("report", "colleague", "pmo", "administrator", "committee"):
        assert _codes(_mutate(api, company, who, CONFIRM, id=id_)) == [("FORBIDDEN", None)]
        assert _codes(_mutate(api, company, who, REJECT, id=id_, reason="不对")) == [("FORBIDDEN", None)]
        refused = _mutate(api, company, who, SHEET, templateKey=FORM, subjectId=subject, cycleId=cycle)
        assert (refused["sheet"], _codes(refused)) == (None, [("FORBIDDEN", None)])
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
        assert _codes(payload) == [("NOT_FOUND", None)]
    # A foreign person as subject is absent as well.
    word = {"id": id_, "subjectId": encode_id("Person", other.subject.id)}
    assert _codes(_mutate(api, company, "manager", CONFIRM, **word)) == [("NOT_FOUND", "subjectId")]


def test_malformed_ids_and_pages(api: Api, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    for bad in ("", "x", "!!!", encode_id("Review", unknown_id()), "A" * 5000):
        assert _codes(_mutate(api, company, "manager", CONFIRM, id=bad)) == [("BAD_ID", "id")]
    for size in (10_000, 0, -1):
        assert api.codes(viewer, "query($n: Int) { intakeDocuments(first: $n) { nodes { id } } }", {"n": size}) == [
            "BAD_PAGE_SIZE"
        ]
    assert api.codes(viewer, '{ intakeDocuments(after: "zzz") { nodes { id } } }') == ["BAD_CURSOR"]
    assert api.codes(viewer, '{ reviews(filter: {subjectId: "zzz"}) { nodes { id } } }') == ["BAD_ID"]


def test_reject(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    id_ = _document_id(read_document(database, files, company))
    assert _codes(_mutate(api, company, "manager", REJECT, id=id_, reason=" ")) == [("REASON_REQUIRED", "reason")]
    stale = _mutate(api, company, "manager", REJECT, id=id_, reason="签名不符", expectedVersion=0)
    assert _codes(stale) == [("CONFLICT", "expectedVersion")]
    payload = _mutate(api, company, "manager", REJECT, id=id_, reason="签名不符")
    assert payload["errors"] == []
    document = payload["document"]
    assert (document["status"], document["reasonCode"], document["reason"]) == ("REJECTED", "rejected", "签名不符")
    assert (document["reasonMessage"], document["decidedBy"]) == ("文档已被退回。", {"name": "王立国"})
    assert _codes(_mutate(api, company, "manager", CONFIRM, id=id_)) == [("NOT_READY", None)]


def test_sheet(api: Api, company: PaperCompany) -> None:
    subject, cycle = encode_id("Person", company.subject.id), encode_id("Cycle", company.cycle.id)
    payload = _mutate(api, company, "manager", SHEET, templateKey=FORM, subjectId=subject, cycleId=cycle)
    assert payload["errors"] == []
    assert payload["sheet"]["id"]
    assert {key: payload["sheet"][key] for key in ("template", "subject", "cycle", "pdfUrl", "job")} == {
        "template": {"key": FORM},
        "subject": {"name": "刘晓雯"},
        "cycle": {"key": "2026Q3"},
        "pdfUrl": None,
        "job": {"name": "intake.print_sheet", "state": "QUEUED"},
    }
    stranger = _mutate(api, company, "stranger", SHEET, templateKey=FORM, subjectId=subject, cycleId=cycle)
    assert (stranger["sheet"], _codes(stranger)) == (None, [("FORBIDDEN", "subjectId")])


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
    _mutate(api, company, "hr", CONFIRM, id=both[1])
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
    review = _mutate(api, company, "manager", CONFIRM, id=id_)["review"]
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
