"""An upload is followed page by page, up to what waits for a person and why."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from db.files import FileStore
from db.queries import intake
from db.session import Database
from ocr.contract import Retake
from resolvers.intake import inspection, reading
from resolvers.intake.confirmation import reject_document
from resolvers.intake.uploads import ReceivedFile, UploadDraft, receive_upload
from schema.relay import encode_id
from tests.paper import VALUES, PaperCompany, glanced, jpeg, make_paper_company, make_sheet, read_as
from tests.schema.client import Api
from tests.schema.test_subscriptions import connect, events, subscribe, until_end
from tests.statements import counted

FIGURES = "pages pagesInspected pagesRead pagesDone documents settled needPerson percent finished"
FOLLOW = f"""subscription($id: ID!) {{ uploadProgress(id: $id) {{ {FIGURES}
  needs {{ waitsFor reasonCode reasonMessage documents pages }} }} }}"""
PILE = 12
"""Pages: a sheet each, the last one blurred."""


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def _upload(database: Database, files: FileStore, company: PaperCompany) -> uuid.UUID:
    with database.begin(company.scope) as session:
        draft = UploadDraft([ReceivedFile(jpeg(7), "pile.pdf")])
        return receive_upload(session, company.viewers["manager"], files, draft).id


def _inspect(database: Database, files: FileStore, company: PaperCompany, upload_id: uuid.UUID) -> list[uuid.UUID]:
    """Keep the pages one by one, as the worker does, and return the sheets of those that are readable."""
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        sheets = [make_sheet(session, company).id for _ in range(PILE)]
        (file,) = inspection.files_to_inspect(session, viewer, upload_id) or []
        assert inspection.begin_file(session, file.id, PILE)
    for number, sheet in enumerate(sheets, start=1):
        problem = Retake.BLURRED if number == PILE else None
        with database.begin(company.scope) as session:
            inspection.keep_page(session, files, file.id, number, glanced(1, sheet, problem=problem))
    with database.begin(company.scope) as session:
        inspection.settle_upload(session, viewer, upload_id)
    return sheets[:-1]


def _read(
    database: Database, files: FileStore, company: PaperCompany, upload_id: uuid.UUID, sheets: list[uuid.UUID]
) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        waiting = [
            document.id
            for document in intake.documents_of_uploads(session, viewer, [upload_id])[upload_id]
            if document.status == "UPLOADED"
        ]
    for document_id, sheet in zip(waiting, sheets, strict=True):
        with database.begin(company.scope) as session:
            assert reading.begin_reading(session, viewer, document_id)
            found = read_as(company.template, VALUES, sheet_id=sheet)
            reading.record_reading(session, viewer, files, document_id, found)


def test_a_pile_is_followed_to_its_end(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    upload_id = _upload(database, files, company)
    variables = {"id": encode_id("IntakeUpload", upload_id)}
    with connect(api, company.viewers["manager"]) as socket:
        subscribe(socket, FOLLOW, **variables)
        seen: list[dict[str, Any]] = [socket.receive_json()["payload"]["data"]["uploadProgress"]]
        sheets = _inspect(database, files, company, upload_id)
        _read(database, files, company, upload_id, sheets)
        messages = until_end(socket)
    assert messages[-1]["type"] == "complete"
    seen += [message["payload"]["data"]["uploadProgress"] for message in messages[:-1]]
    first, last = seen[0], seen[-1]
    assert {key: first[key] for key in FIGURES.split()} == {
        "pages": 0,
        "pagesInspected": 0,
        "pagesRead": 0,
        "pagesDone": 0,
        "documents": 1,
        "settled": 0,
        "needPerson": 0,
        "percent": 0,
        "finished": False,
    }
    assert {key: last[key] for key in FIGURES.split()} == {
        "pages": PILE,
        "pagesInspected": PILE,
        "pagesRead": PILE,
        "pagesDone": 0,
        "documents": PILE,
        "settled": PILE,
        "needPerson": PILE,
        "percent": 100,
        "finished": True,
    }
    assert last["needs"] == [
        {"waitsFor": "ENTRY", "reasonCode": None, "reasonMessage": None, "documents": PILE - 1, "pages": PILE - 1},
        {
            "waitsFor": "PICTURE",
            "reasonCode": "blurred",
            "reasonMessage": "照片模糊，请拿稳手机、对焦后重拍。",
            "documents": 1,
            "pages": 1,
        },
    ]
    for name in ("pagesInspected", "pagesRead", "percent"):
        values = [each[name] for each in seen]
        assert values == sorted(values), f"{name} never goes back"
    assert [each["finished"] for each in seen[:-1]] == [False] * (len(seen) - 1)

    # Whoever comes later gets the one state, as people have changed it since; who may not see it, nothing.
    with database.begin(company.scope) as session:
        viewer = company.viewers["manager"]
        document = intake.documents_of_uploads(session, viewer, [upload_id])[upload_id][0]
        reject_document(session, viewer, document.id, "重复")
    with counted() as statements:
        text = api.send(company.viewers["hr"], FOLLOW, variables, accept="text/event-stream").text
    (name, later), (end, _) = events(text)
    assert (name, end) == ("next", "complete")
    later = later["data"]["uploadProgress"]
    assert (later["pagesDone"], later["needPerson"], later["needs"][0]["documents"]) == (1, PILE - 1, PILE - 2)
    # Three about the upload, one whether it may be seen; the rest finds who asks.
    assert sum("upload" in statement for statement in statements) == 4
    denied = api.send(company.viewers["director"], FOLLOW, variables, accept="text/event-stream").text
    assert '"code":"NOT_FOUND"' in denied
