"""Customers' comments: word for word, once by the source's id, corrected beside what stood there, for whom they are."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from db.base import now
from db.models.events import Event
from db.models.feedback.customers import CustomerComment
from db.queries.feedback import customers
from db.session import Database
from schema.relay import decode_id
from tests.goal_house import codes, confirmed, done, perform, person_id
from tests.project_house import Site, make_site, project, task
from tests.schema.client import Api
from tests.schema.feedback.test_recorded import RECORDS
from tests.statements import counted

COMMENT = (
    "id source sourceId saidOn text rating ratingMaximum person { id } task { id } project { id } recordedBy { id } "
    "version revisions { number text reason correctedBy { id } }"
)
RECORD = (
    "mutation($input: RecordCustomerCommentInput!) { recordCustomerComment(input: $input) "
    f"{{ comment {{ {COMMENT} }} errors {{ code field message }} }} }}"
)
BATCH = (
    "mutation($input: RecordCustomerCommentsInput!) { recordCustomerComments(input: $input) "
    "{ results { sourceId comment { id } error { code field } } errors { code } } }"
)
CORRECT = (
    "mutation($input: CorrectCustomerCommentInput!) { correctCustomerComment(input: $input) "
    f"{{ comment {{ {COMMENT} }} errors {{ code field }} }} }}"
)
LIST = f"query($filter: CustomerCommentFilter) {{ customerComments(filter: $filter) {{ nodes {{ {COMMENT} }} }} }}"
HOSTILE = "  =cmd|' /C calc'!A1\r\n<script>alert(\"１２％\")</script>\t\x1b[31m\u202e🙂👨\u200d👩\u200d👧 末尾\u3000"
"""A formula, markup, full-width signs, a control sequence, a reversal, an emoji of parts, blanks at the ends."""


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


def said(site: Site, **values: Any) -> dict[str, Any]:
    """The employee's comment, of yesterday."""
    day = (now().date() - datetime.timedelta(days=1)).isoformat()
    whom = {} if values.keys() & {"personId", "taskId", "projectId"} else {"personId": person_id(site.house.employee)}
    return {"source": "crm", "sourceId": "c-1", "saidOn": day, "text": "上线后两小时就修好了", **whom, **values}


def listed(api: Api, viewer: Any, **filter: Any) -> list[str]:
    return [node["sourceId"] for node in api.data(viewer, LIST, {"filter": filter})["customerComments"]["nodes"]]


def stored(database: Database, site: Site) -> list[tuple[str, str, int]]:
    with database.begin(site.scope, write=False) as session:
        rows = session.scalars(sa.select(CustomerComment).order_by(CustomerComment.source_id))
        return [(row.source_id, row.text, row.version) for row in rows]


def test_a_comment_is_kept_word_for_word_and_once(api: Api, site: Site, database: Database) -> None:
    house = site.house
    first = done(api, house.manager, RECORD, **said(site, text=HOSTILE, rating="4.5"))["comment"]
    assert (first["text"], first["rating"], first["ratingMaximum"]) == (HOSTILE, "4.5", "5")
    assert first["recordedBy"] == {"id": person_id(house.manager)}
    again = done(api, house.hr, RECORD, **said(site, text=HOSTILE))["comment"]
    assert again == first, "what is left out contradicts nothing"
    for change in ({"text": HOSTILE.strip()}, {"rating": "2"}, {"saidOn": "2026-01-02"}):
        refused = perform(api, house.hr, RECORD, **said(site, **{"text": HOSTILE, **change}))
        assert [(error["code"], error["field"]) for error in refused["errors"]] == [
            ("COMMENT_CONFLICT", ["input", "sourceId"])
        ]
    assert stored(database, site) == [("c-1", HOSTILE, 1)]
    other = done(api, house.hr, RECORD, **said(site, source="邮件"))["comment"]
    assert other["id"] != first["id"]
    told = "{ viewer { notifications { nodes { code subject { id } } } } }"
    notes = api.data(house.employee, told)["viewer"]["notifications"]["nodes"]
    assert [(note["code"], note["subject"]["id"]) for note in notes] == [
        ("CUSTOMER_COMMENT_RECEIVED", other["id"]),
        ("CUSTOMER_COMMENT_RECEIVED", first["id"]),
    ]
    with database.begin(site.scope, write=False) as session:
        lines = session.scalars(sa.select(Event.type).where(Event.subject_type == "CustomerComment"))
        assert list(lines) == ["customer_comment.recorded"] * 2


def test_what_cannot_stand(api: Api, site: Site, database: Database) -> None:
    house = site.house
    tomorrow = (now().date() + datetime.timedelta(days=3)).isoformat()
    lead_project = project(api, site)
    other_project = project(api, site, name="另一个")
    task_id = task(api, site, lead_project)
    for changed, expected in (
        ({"text": " \u3000\n"}, "TEXT_REQUIRED"),
        ({"text": "好" * 5_001}, "TEXT_TOO_LONG"),
        ({"text": "x" * 1_000_000}, "TEXT_TOO_LONG"),
        ({"text": "a\x00b"}, "INVALID"),
        ({"source": " "}, "TEXT_REQUIRED"),
        ({"sourceId": "1" * 201}, "TEXT_TOO_LONG"),
        ({"saidOn": tomorrow}, "TIME_IN_FUTURE"),
        ({"rating": "5.1"}, "NUMBER_OUT_OF_RANGE"),
        ({"rating": "-1"}, "NUMBER_OUT_OF_RANGE"),
        ({"rating": "1", "ratingMaximum": "0"}, "NUMBER_OUT_OF_RANGE"),
        ({"personId": None}, "COMMENT_ABOUT_NOTHING"),
        ({"personId": person_id(house.hr)}, "FORBIDDEN"),
        ({"taskId": task_id, "projectId": other_project}, "INVALID"),
    ):
        assert codes(api, house.hr, RECORD, **said(site, **changed)) == [expected], changed
    assert codes(api, house.manager, RECORD, **said(site, personId=person_id(house.hr))) == ["FORBIDDEN"]
    for viewer in (house.employee, house.committee):
        assert codes(api, viewer, RECORD, **said(site, personId=person_id(house.colleague))) == ["FORBIDDEN"]
    assert stored(database, site) == []


def test_a_batch_tells_of_each(api: Api, site: Site, database: Database) -> None:
    comments = [said(site), said(site, sourceId="c-2", text=""), said(site, text="别的话"), said(site, sourceId="c-3")]
    found = done(api, site.house.hr, BATCH, comments=comments)["results"]
    assert [(each["sourceId"], each["error"] and each["error"]["code"]) for each in found] == [
        ("c-1", None),
        ("c-2", "TEXT_REQUIRED"),
        ("c-1", "COMMENT_CONFLICT"),
        ("c-3", None),
    ]
    assert found[2]["error"]["field"] == ["input", "comments", "2", "sourceId"]
    assert [row[0] for row in stored(database, site)] == ["c-1", "c-3"]
    assert codes(api, site.house.hr, BATCH, comments=[said(site)] * 101) == ["TOO_MANY"]
    assert codes(api, site.house.employee, BATCH, comments=[said(site, sourceId="c-9")]) == ["FORBIDDEN"]
    assert len(stored(database, site)) == 2


def test_a_correction_keeps_what_stood_there(api: Api, site: Site) -> None:
    house = site.house
    made = done(api, house.manager, RECORD, **said(site))["comment"]
    change = {"id": made["id"], "text": "上线后两小时就修好了，谢谢小王", "saidOn": made["saidOn"], "reason": "漏录"}
    assert codes(api, house.manager, CORRECT, **change) == ["FORBIDDEN"]
    assert codes(api, house.hr, CORRECT, **change, expectedVersion=7) == ["CONFLICT"]
    assert codes(api, house.hr, CORRECT, **{**change, "reason": " "}) == ["TEXT_REQUIRED"]
    corrected = done(api, house.hr, CORRECT, **change, expectedVersion=1)["comment"]
    assert (corrected["text"], corrected["version"]) == (change["text"], 2)
    assert corrected["revisions"] == [
        {"number": 1, "text": made["text"], "reason": "漏录", "correctedBy": {"id": person_id(house.hr)}}
    ]
    assert codes(api, house.hr, RECORD, **said(site)) == ["COMMENT_CONFLICT"], "the first words are not the record now"


def test_who_reads_what(api: Api, site: Site, database: Database) -> None:
    """The employee owns the task, the colleague helps: both are members of the project."""
    house = site.house
    goal_id = confirmed(api, house.employee, house.manager, house)
    project_id = project(api, site)
    task_id = task(api, site, project_id, goalId=goal_id)
    done(api, house.hr, RECORD, **said(site, sourceId="person"))
    both = said(site, sourceId="both", personId=person_id(house.employee), taskId=task_id)
    named = done(api, site.pmo, RECORD, **both)
    assert named["comment"]["project"] == {"id": project_id}
    done(api, house.manager, RECORD, **said(site, sourceId="task", taskId=task_id))
    done(api, house.manager, RECORD, **said(site, sourceId="project", projectId=project_id))
    everything = ["project", "task", "both", "person"]
    for viewer, expected in (
        (house.employee, everything),
        (house.manager, everything),
        (house.hr, everything),
        (site.pmo, ["project", "task", "both"]),
        (house.colleague, ["project", "task"]),
        (house.committee, []),
    ):
        assert listed(api, viewer) == expected
    assert listed(api, house.hr, personId=person_id(house.employee)) == ["both", "person"]
    assert listed(api, house.hr, projectId=project_id, source="crm") == ["project", "task", "both"]
    assert listed(api, house.hr, until="2026-01-01") == []

    edges = (
        "query($id: ID!, $task: ID!, $project: ID!, $goal: ID!) { "
        "a: node(id: $id) { ... on Person { customerComments { nodes { sourceId } } } } "
        "b: node(id: $task) { ... on ProjectTask { customerComments { nodes { sourceId } } } } "
        "c: node(id: $project) { ... on Project { customerComments { nodes { sourceId } } } } "
        "d: chain(goalId: $goal) { customerComments { sourceId } } }"
    )
    ids = {"id": person_id(house.employee), "task": task_id, "project": project_id, "goal": goal_id}
    data = api.data(house.colleague, edges, ids)
    found = {key: [node["sourceId"] for node in data[key]["customerComments"]["nodes"]] for key in "abc"}
    assert found == {"a": [], "b": ["task"], "c": ["project", "task"]}
    assert [node["sourceId"] for node in data["d"]["customerComments"]] == ["task"]

    own = api.data(house.employee, RECORDS, {"kinds": ["CUSTOMER_COMMENT"]})["recordedAboutMe"]["nodes"]
    on_task, both_named, _ = own
    assert both_named["object"] == {"id": named["comment"]["id"]}
    readers = {reading["actor"]["id"] for reading in both_named["readings"]}
    assert readers == {person_id(viewer) for viewer in (house.manager, house.hr, site.pmo)}
    assert both_named["readers"] == "你、录入人、你的各级上级和人力资源。"
    assert on_task["object"] is not None
    assert (on_task["readings"], on_task["readers"]) == (None, "能看到该项目的人，以及录入人。")

    today = now().date()
    wanted = [decode_id(person_id(viewer), "Person") for viewer in (house.employee, house.colleague)]
    for viewer, expected in ((house.manager, ["person", "both", "task"]), (house.colleague, ["task"])):
        with database.begin(site.scope, write=False) as session, counted() as statements:
            about = customers.about(session, viewer, wanted, today - datetime.timedelta(days=9), today)
            assert {key: [row.source_id for row in rows] for key, rows in about.items()} == {wanted[0]: expected}
            assert len(statements) <= 3
            earlier = customers.about(
                session, viewer, wanted, today - datetime.timedelta(days=9), today - datetime.timedelta(days=5)
            )
            assert earlier == {}
