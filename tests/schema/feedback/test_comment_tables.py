"""Customers' comments from tables and signed feeds: word for word, each once, refused ones told."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from db.base import now
from db.files import FileStore
from db.models.feedback.customers import CustomerComment, CustomerCommentRevision
from db.models.people import Person
from db.session import Database
from db.settings import Settings
from db.viewer import Viewer
from tests.project_house import Site, make_site, project, task
from tests.schema.client import Api
from tests.schema.feedback.test_customers import HOSTILE
from tests.schema.test_feeds import make_source
from tests.workers.desk import Desk, open_desk

IMPORT = (
    "mutation($input: ImportCustomerCommentsInput!) { importCustomerComments(input: $input) "
    "{ commentImport { id } errors { code } } }"
)
STATE = (
    "query($id: ID!) { node(id: $id) { ... on CustomerCommentImport "
    "{ status rows created repeated errors { row column code message } } } }"
)
HEADER = ["来源", "来源编号", "日期", "原文", "工号", "项目", "任务编号", "评分", "满分"]


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


@pytest.fixture
def desk(settings: Settings, database: Database, files: FileStore, site: Site) -> Iterator[Desk]:
    with open_desk(settings, database, files, site.house.organization.id) as opened:
        yield opened


@pytest.fixture
def number(database: Database, site: Site) -> str:
    """The employee's staff number."""
    with database.begin(site.scope, write=False) as session:
        return session.get_one(Person, site.house.employee.person_id).staff_number


def table(*rows: list[str], header: list[str] = HEADER) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return out.getvalue()


def imported(api: Api, desk: Desk, viewer: Viewer, content: bytes, **values: Any) -> dict[str, Any]:
    variables = {"input": {"file": None, **values}}
    response = api.upload(viewer, IMPORT, variables, {"variables.input.file": ("comments.csv", content)})
    payload = response.json()["data"]["importCustomerComments"]
    assert payload["errors"] == []
    desk.run()
    found: dict[str, Any] = api.data(viewer, STATE, {"id": payload["commentImport"]["id"]})["node"]
    return found


def stored(desk: Desk, site: Site) -> list[tuple[str, str, str, str]]:
    with desk.database.begin(site.scope, write=False) as session:
        rows = session.scalars(sa.select(CustomerComment).order_by(CustomerComment.source, CustomerComment.source_id))
        return [(row.source, row.source_id, str(row.said_on), row.text) for row in rows]


def test_a_table_is_recorded_all_or_none(api: Api, site: Site, desk: Desk, number: str) -> None:
    house = site.house
    task(api, site, project(api, site))
    good = [
        ["客服", "A-1", "2026/3/5", HOSTILE, number, "", "", "４．５", ""],
        ["客服", "A-2", "2026年3月6日", "'=1+1", "", "新品上线", "1", "9", "10"],
        ["", "", "", " ", "", "", "", "", ""],
        ["问卷", "A-1", "2026-03-07", "交付准时\n没有返工", "", "新品上线", "", "", ""],
    ]
    content = table(*good).replace("🙂", "").replace("👨\u200d👩\u200d👧", "").encode("gb18030")
    tried = imported(api, desk, house.hr, content, dryRun=True)
    assert tried == {"status": "DONE", "rows": 3, "created": 0, "repeated": 0, "errors": []}
    assert stored(desk, site) == []
    kept = HOSTILE.replace("🙂", "").replace("👨\u200d👩\u200d👧", "")
    done = imported(api, desk, house.hr, content)
    assert (done["status"], done["rows"], done["created"]) == ("DONE", 3, 3)
    expected = [
        ("客服", "A-1", "2026-03-05", kept),
        ("客服", "A-2", "2026-03-06", "'=1+1"),
        ("问卷", "A-1", "2026-03-07", "交付准时\n没有返工"),
    ]
    assert stored(desk, site) == expected
    told = "{ viewer { notifications { nodes { code } } } }"
    codes = [note["code"] for note in api.data(house.employee, told)["viewer"]["notifications"]["nodes"]]
    assert codes.count("CUSTOMER_COMMENT_RECEIVED") == 1

    english = ["Source", "source id", "DATE", "Text", "Staff number", "Project", "Task number", "Rating", "Other"]
    bad = [
        ["客服", "A-1", "2026-03-05", kept, number, "", "", "", "x"],
        ["客服", "A-2", "2026-03-06", "别的话", "", "新品上线", "1", "", ""],
        ["客服", "B-1", "5/3/2026", "好", number, "", "", "", ""],
        ["客服", "B-2", "2026-03-05", "好", "没有此人", "", "", "", ""],
        ["客服", "B-3", "2026-03-05", "好", "", "没有此项目", "", "", ""],
        ["客服", "B-4", "2026-03-05", "好", "", "新品上线", "77", "", ""],
        ["客服", "B-5", "2026-03-05", "好" * 5_001, number, "", "", "", ""],
        ["客服", "B-6", "2026-03-05", "好", number, "", "", "1e99", ""],
        ["客服", "B-7", "2026-03-05", "好", "", "", "", "", ""],
        ["客服", "", "2026-03-05", "好", number, "", "", "", ""],
        ["客服", "B-8", "2026-03-05", "好", number, "", "", "5", ""],
    ]
    refused = imported(api, desk, house.hr, table(*bad, header=english).encode())
    assert (refused["status"], refused["rows"], refused["created"]) == ("REFUSED", 0, 0)
    assert [(error["row"], error["column"], error["code"]) for error in refused["errors"]] == [
        (3, "source_id", "COMMENT_CONFLICT"),
        (4, "said_on", "INVALID"),
        (5, "person", "NOT_FOUND"),
        (6, "project", "NOT_FOUND"),
        (7, "task", "NOT_FOUND"),
        (8, "text", "TEXT_TOO_LONG"),
        (9, "rating", "INVALID"),
        (10, None, "COMMENT_ABOUT_NOTHING"),
        (11, "source_id", "TEXT_REQUIRED"),
    ]
    assert refused["errors"][0]["message"].startswith("该来源编号下已有另一条记录")
    again = imported(api, desk, house.hr, table([*good[0][:3], kept, *good[0][4:]], *good[1:], bad[-1]).encode())
    assert (again["created"], again["repeated"]) == (1, 3)
    missing = imported(api, desk, house.hr, b"\xef\xbb\xbf\xe5\x8e\x9f\xe6\x96\x87\r\n=1+1\r\n")
    assert [(error["column"], error["code"]) for error in missing["errors"]] == [("source", "COLUMN_MISSING")]
    kept_ids = [("客服", "A-1"), ("客服", "A-2"), ("客服", "B-8"), ("问卷", "A-1")]
    assert [row[:2] for row in stored(desk, site)] == kept_ids


def test_who_imports(api: Api, site: Site, desk: Desk, number: str) -> None:
    """A manager records of those below; nobody else's import shows."""
    content = table(["客服", "A-1", "2026-03-05", "好", number, "", "", "", ""]).encode()
    upload = ({"input": {"file": None}}, {"variables.input.file": ("c.csv", content)})
    errors = api.upload(site.house.employee, IMPORT, *upload).json()["data"]["importCustomerComments"]["errors"]
    assert [error["code"] for error in errors] == ["FORBIDDEN"]
    made = imported(api, desk, site.house.manager, content)
    assert made["created"] == 1
    binary = api.upload(site.house.hr, IMPORT, {"input": {"file": None}}, {"variables.input.file": ("c", b"\x00" * 9)})
    errors = binary.json()["data"]["importCustomerComments"]["errors"]
    assert [error["code"] for error in errors] == ["FILE_TYPE_UNSUPPORTED"]


def test_a_feed_brings_comments(api: Api, site: Site, desk: Desk, number: str) -> None:
    source = make_source(api, site)
    project(api, site, name="同名")
    project(api, site, name="同名")
    day = (now().date() - datetime.timedelta(days=2)).isoformat()
    first = {"source_id": "7", "said_on": f"{day}T23:30:00+08:00", "text": HOSTILE, "person": number, "rating": 4}
    lost = {**first, "source_id": "8", "person": "没有此人"}
    same = {"source_id": "9", "said_on": day, "text": "好", "project": "同名"}
    halved = {**first, "source_id": "10", "text": "坏\ud800"}
    unsaid = [{**same, "project": name} for name in ("同\x00名", "同\ud800")]
    sent = {"comments": [first, lost, same, halved, first, *unsaid]}
    taken = source.send(sent)
    refused = [
        {"code": "NOT_FOUND", "record": 1, "field": "person"},
        {"code": "NAME_AMBIGUOUS", "record": 2, "field": "project"},
        {"code": "INVALID", "record": 3, "field": "text"},
        {"code": "INVALID", "record": 5, "field": "project"},
        {"code": "INVALID", "record": 6, "field": "project"},
    ]
    answer = taken.json()
    assert (taken.status_code, answer["records"], answer["duplicates"], answer["refused"]) == (202, 7, 1, refused)
    repeated = source.send(sent)
    assert (repeated.status_code, repeated.json()) == (200, {**answer, "repeated": True})
    assert source.send({"comments": [first]}).status_code == 409
    assert stored(desk, site) == [("crm", "7", day, HOSTILE)]

    other = {**first, "text": "原话"}
    clash = source.send({"comments": [other]}, "d2").json()
    assert clash["refused"] == [{"code": "COMMENT_CONFLICT", "record": 0, "field": "source_id"}]
    assert stored(desk, site) == [("crm", "7", day, HOSTILE)]
    corrected = source.send({"comments": [{**other, "correction": True}]}, "d3").json()
    assert "refused" not in corrected
    assert stored(desk, site) == [("crm", "7", day, "原话")]
    with desk.database.begin(site.scope, write=False) as session:
        (before,) = session.scalars(sa.select(CustomerCommentRevision))
        assert (before.text, before.corrected_by) == (HOSTILE, None)

    rows = f'来源编号,日期,原文,工号\r\n11,{day},"a ""b""\r\n c ",{number}\r\n'.encode()
    as_csv = source.send(rows, "d4", content_type="text/csv")
    assert (as_csv.status_code, as_csv.json()["records"]) == (202, 1)
    assert stored(desk, site)[0] == ("crm", "11", day, 'a "b"\r\n c ')
    for content, problem in (
        ({"comments": []}, {"code": "EMPTY", "record": None, "field": None}),
        ({"comments": [first] * 501}, {"code": "TOO_MANY", "record": None, "field": None}),
        ({"comments": [{**first, "source": "别处"}]}, {"code": "UNKNOWN", "record": 0, "field": "source"}),
        ({"comments": [{**first, "\ud800": 1}]}, {"code": "UNKNOWN", "record": 0, "field": "?"}),
        ({"comments": ["x"]}, {"code": "NOT_AN_OBJECT", "record": 0, "field": "record"}),
        ({"comments": [{**first, "text": ["x"]}]}, {"code": "NOT_TEXT", "record": 0, "field": "text"}),
        ({"comments": [{**first, "said_on": "昨天"}]}, {"code": "INVALID", "record": 0, "field": "said_on"}),
    ):
        bad = source.send(content, "d5")
        assert (bad.status_code, bad.json()["problems"]) == (422, [problem])
    forged = source.send({"comments": [{**first, "source_id": "12"}]}, "d6", signature="v1,AAAA")
    assert (forged.status_code, forged.json()) == (401, {"error": "SIGNATURE"})
    assert len(stored(desk, site)) == 2
    elsewhere = make_source(api, site, name="survey")
    assert elsewhere.send({"comments": [{**other, "correction": True}]}).status_code == 202
    assert [row[0] for row in stored(desk, site)] == ["crm", "crm", "survey"], "a feed corrects its own words alone"
