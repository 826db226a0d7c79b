"""Photographs handed in through GraphQL: one, several in an upload, the same again, and what is refused."""

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
from tests.paper import FORM, PaperCompany, glanced, jpeg, make_paper_company, make_sheet
from tests.schema.client import Api, codes

UPLOAD = """
mutation($input: UploadIntakeDocumentInput!) { uploadIntakeDocument(input: $input) {
  upload { id filename sha256 documents { id } }
  documents { id status reasonCode reasonMessage duplicateOf { id } job { id name state progress } }
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
    assert codes(api.mutate(company.viewers["manager"], UPLOADS, files=[])) == [("INVALID", "files")]
    assert codes(_upload_several(api, company, [jpeg()], pagesPerDocument=0)) == [
        ("NUMBER_OUT_OF_RANGE", "pagesPerDocument")
    ]
    assert codes(_upload_several(api, company, [jpeg()], "report")) == [("FORBIDDEN", None)]
    with database.begin(company.scope) as session:
        assert _counts(session) == before


def test_the_same_request_uploads_once(api: Api, database: Database, company: PaperCompany) -> None:
    request_id = str(uuid.uuid4())
    first = _upload(api, company, jpeg(), requestId=request_id)
    with database.begin(company.scope) as session:
        before = _counts(session)
    assert _upload(api, company, jpeg(), requestId=request_id)["upload"]["id"] == first["upload"]["id"]
    assert codes(_upload(api, company, jpeg(9), requestId=request_id)) == [("REQUEST_ID_REUSED", "requestId")]
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
        assert (payload["upload"], payload["documents"], codes(payload)) == (None, None, [error])
        assert payload["errors"][0]["message"]
    with database.begin(company.scope) as session:
        assert _counts(session) == before
    assert set(files._listing(company.organization.id)) == stored
