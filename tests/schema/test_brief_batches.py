"""Briefs of many people as one archive: made once each whatever dies, and only for whoever asked and may read them."""

from __future__ import annotations

import csv
import datetime
import io
import json
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from db.base import now
from db.files import FileStore
from db.models.briefs import Brief, BriefBatch
from db.models.events import AccessedResource, AccessEvent
from db.models.jobs import Job, JobState
from db.models.people import Employment, Person, RoleGrant
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer
from ml.brief.contract import Engine
from ocr.forms.fonts import FontMissingError
from resolvers.briefs.contract import Material, Text
from schema.files import LIFETIME_SECONDS
from schema.relay import decode_id, encode_id
from tests.factories import make_department, make_person, viewer_of
from tests.goal_house import CHECK_IN, House, codes, confirmed, done, make_house, perform
from tests.schema.client import Api
from tests.workers.desk import Desk, open_desk
from workers.brief_text import compose

BATCH = (
    "id status formats total waiting written unchanged leftOut archiveUrl problem { code message } "
    "version job { id state progress } "
    "entries(first: 20) { nodes { subject { id } outcome reason message brief { id edition } } }"
)
REQUEST = (
    "mutation($input: RequestBriefBatchInput!) { requestBriefBatch(input: $input) "
    f"{{ briefBatch {{ {BATCH} }} job {{ id }} errors {{ code field }} }} }}"
)
CANCEL = (
    "mutation($input: CancelBriefBatchInput!) { cancelBriefBatch(input: $input) "
    f"{{ briefBatch {{ {BATCH} }} errors {{ code field }} }} }}"
)
RESUME = (
    "mutation($input: ResumeBriefBatchInput!) { resumeBriefBatch(input: $input) "
    f"{{ briefBatch {{ {BATCH} }} job {{ id }} errors {{ code field }} }} }}"
)
READ = f"query($id: ID!) {{ node(id: $id) {{ ... on BriefBatch {{ {BATCH} }} }} }}"
NOTES = (
    "7月第二周我把华东仓的盘点流程改为扫码，盘点时间从6小时降到2小时。",
    "8月和采购部一起梳理了32个供应商的交期，平均交期从18天缩短到11天。",
    "9月3日系统故障时，他在40分钟内定位到接口超时并恢复了发货，当天没有漏单。",
    "9月的两次客户投诉都没有在24小时内回复，客户因此取消了一笔订单。",
)

WRITE = "mutation($input: WriteGrowthEntryInput!) { writeGrowthEntry(input: $input) { entry { id } errors { code } } }"
EDIT = "mutation($input: EditGrowthEntryInput!) { editGrowthEntry(input: $input) { entry { id } errors { code } } }"


@dataclass
class Staff:
    """The house's own people, and those of a department inside theirs."""

    house: House
    formula: Person
    """Works in the inner department, under a name that spreadsheets and file systems could take amiss."""
    gone: Person
    """Left in the cycle."""


def take_notes(api: Api, house: House, who: Viewer) -> None:
    """What the person and the manager write about a goal of theirs: enough for a brief."""
    goal = confirmed(api, who, house.manager, house, title="盘点差错降到每月2单以内", level="PERSON")
    for author, note in zip((who, who, house.manager, house.manager), NOTES, strict=True):
        done(api, author, CHECK_IN, goalId=goal, note=note)


@pytest.fixture
def staff(database: Database, api: Api) -> Staff:
    """The employee and the colleague of the house have notes; one more person in the department inside theirs has."""
    house = make_house(database)
    with database.begin(Scope(house.organization.id)) as session:
        boss = session.get_one(Person, house.manager.person_id)
        inner = make_department(session, house.organization)
        inner.parent_id = house.department.id
        formula = make_person(
            session, house.organization, "=cmd|' /C calc'!A1/../CON", manager=boss, department=inner, staff_number="Z1"
        )
        gone = make_person(
            session,
            house.organization,
            manager=boss,
            department=inner,
            staff_number="Z2",
            employed_to=now().date() - datetime.timedelta(days=5),
        )
    for who in (house.employee, viewer_of(formula)):
        take_notes(api, house, who)
    return Staff(house, formula, gone)


@pytest.fixture
def desk(settings: Settings, database: Database, files: FileStore, staff: Staff) -> Iterator[Desk]:
    with open_desk(settings, database, files, staff.house.organization.id) as desk:
        yield desk


def ask(api: Api, viewer: Viewer, staff: Staff, **more: Any) -> dict[str, Any]:
    wanted = {"cycleId": staff.house.cycle_id, "departmentId": staff.house.department_id, **more}
    batch: dict[str, Any] = done(api, viewer, REQUEST, **wanted)["briefBatch"]
    return batch


def read(api: Api, viewer: Viewer, batch_id: str) -> dict[str, Any]:
    batch: dict[str, Any] = api.data(viewer, READ, {"id": batch_id})["node"]
    return batch


def outcomes(batch: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {each["subject"]["id"]: (each["outcome"], each["reason"]) for each in batch["entries"]["nodes"]}


def fetch(api: Api, url: str, viewer: Viewer | None) -> Any:
    return api.http.get(url, headers=api.headers(viewer))


def briefs_written(database: Database, staff: Staff) -> int:
    with database.begin(Scope(staff.house.organization.id), write=False) as session:
        return session.scalars(sa.select(sa.func.count()).select_from(Brief)).one()


def looked_at(database: Database, staff: Staff) -> int:
    """How often the manager read somebody's brief."""
    counted = sa.select(sa.func.count()).where(
        AccessEvent.resource == AccessedResource.BRIEF, AccessEvent.actor_id == staff.house.manager.person_id
    )
    with database.begin(Scope(staff.house.organization.id), write=False) as session:
        return session.scalars(counted).one()


def test_a_department_becomes_an_archive(api: Api, staff: Staff, desk: Desk, database: Database) -> None:
    house = staff.house
    asked = ask(api, house.manager, staff, formats=["JSON", "HTML", "JSON"])
    assert (asked["status"], asked["total"], asked["waiting"], asked["archiveUrl"]) == ("RUNNING", 7, 7, None)
    assert asked["formats"] == ["HTML", "JSON"]
    assert ask(api, house.manager, staff, formats=["HTML", "JSON"])["id"] == asked["id"], "while it is being made"
    desk.run()
    made = read(api, house.manager, asked["id"])
    people = {
        name: encode_id("Person", person)
        for name, person in {
            **{who: getattr(house, who).person_id for who in ("committee", "manager", "employee", "colleague", "hr")},
            "formula": staff.formula.id,
            "gone": staff.gone.id,
        }.items()
    }
    assert outcomes(made) == {
        people["committee"]: ("LEFT_OUT", "NO_ACCESS"),
        people["manager"]: ("LEFT_OUT", "NO_ACCESS"),
        people["employee"]: ("WRITTEN", None),
        people["colleague"]: ("LEFT_OUT", "INSUFFICIENT"),
        people["hr"]: ("LEFT_OUT", "NO_ACCESS"),
        people["formula"]: ("WRITTEN", None),
        people["gone"]: ("LEFT_OUT", "NO_EMPLOYMENT"),
    }
    assert (made["status"], made["waiting"], made["written"], made["leftOut"]) == ("DONE", 0, 2, 5)
    assert (made["job"]["state"], made["job"]["progress"]) == ("DONE", 100)

    seen = looked_at(database, staff)
    answer = fetch(api, made["archiveUrl"], house.manager)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert looked_at(database, staff) == seen + 2, "one for each brief in it"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        table = list(csv.reader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
        page = json.loads(archive.read("Z1 =cmd_' _C calc'!A1_.._CON/Z1-1.json"))
    with database.begin(Scope(house.organization.id), write=False) as session:
        number = session.get_one(Person, house.employee.person_id).staff_number
    (folder,) = {name.split("/")[0] for name in names if name.startswith(number)}
    assert sorted(names) == sorted(
        [
            "index.csv",
            f"{folder}/{number}-1.html",
            f"{folder}/{number}-1.json",
            "Z1 =cmd_' _C calc'!A1_.._CON/Z1-1.html",
            "Z1 =cmd_' _C calc'!A1_.._CON/Z1-1.json",
        ]
    )
    assert page["evidence"][0]["text"] == NOTES[0]
    assert table[0] == ["工号", "姓名", "部门", "结果", "版次", "文件"]
    rows = {row[0]: row[1:] for row in table[1:]}
    assert len(rows) == 7
    assert rows["Z1"][0] == "'=cmd|' /C calc'!A1/../CON"
    assert rows["Z1"][2:4] == ["已收入", "1"]
    assert rows["Z2"][2:] == ["目前没有任职，未生成", "", ""]


def test_who_may_have_an_archive(api: Api, staff: Staff, desk: Desk, database: Database) -> None:
    house = staff.house
    wanted = {"cycleId": house.cycle_id}
    assert codes(api, house.employee, REQUEST, **wanted) == ["FORBIDDEN"]
    assert codes(api, house.manager, REQUEST, **wanted, audience="HR") == ["FORBIDDEN"]
    assert codes(api, house.manager, REQUEST, **wanted, formats=[]) == ["FORMAT_REQUIRED"]
    with database.begin(Scope(house.organization.id)) as session:
        empty = encode_id("Department", make_department(session, house.organization).id)
    assert codes(api, house.manager, REQUEST, **wanted, departmentId=empty) == ["FORBIDDEN"]
    assert codes(api, house.hr, REQUEST, **wanted, departmentId=empty) == ["NOBODY_TO_BRIEF"]

    words = {"text": "我重排了货架标签，盘点差错降了一半。", "shared": True}
    entry = done(api, house.employee, WRITE, **words)["entry"]["id"]
    made = ask(api, house.manager, staff, formats=["HTML"])
    desk.run()
    url = read(api, house.manager, made["id"])["archiveUrl"]
    seen = looked_at(database, staff)
    assert api.data(house.hr, READ, {"id": made["id"]})["node"] is None, "not even HR"
    assert api.data(house.hr, "{ briefBatches { nodes { id } } }")["briefBatches"]["nodes"] == []
    assert codes(api, house.hr, CANCEL, id=made["id"]) == codes(api, house.hr, RESUME, id=made["id"]) == ["NOT_FOUND"]
    assert fetch(api, url, house.hr).status_code == 403
    assert fetch(api, url, None).status_code == 401
    assert fetch(api, url.replace("/archives/", "/files/"), house.manager).status_code == 403
    assert fetch(api, url[:-4] + "AAAA", house.manager).status_code == 403
    done(api, house.employee, EDIT, **words | {"shared": False}, id=entry)
    withdrawn = fetch(api, url, house.manager)
    assert (withdrawn.status_code, withdrawn.json()["code"]) == (410, "EVIDENCE_WITHDRAWN")
    assert looked_at(database, staff) == seen
    done(api, house.employee, EDIT, **words, id=entry)
    assert fetch(api, url, house.manager).status_code == 200

    with database.begin(Scope(house.organization.id)) as session:
        report = sa.update(Employment).where(Employment.person_id == staff.formula.id)
        session.execute(report.values(manager_id=house.committee.person_id))
    assert fetch(api, url, house.manager).status_code == 403, "one of the briefs may not be read any more"
    assert looked_at(database, staff) == seen + 2
    lost = read(api, house.manager, made["id"])
    assert (lost["archiveUrl"], lost["problem"]["code"]) == (None, "NOT_FOUND")


def test_an_address_expires_and_so_does_the_archive(
    api: Api, staff: Staff, desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ask(api, staff.house.manager, staff, formats=["JSON"])
    desk.run()
    desk.put("maintenance.sweep_files")
    desk.run()
    url = read(api, staff.house.manager, made["id"])["archiveUrl"]
    assert fetch(api, url, staff.house.manager).status_code == 200
    with database.begin(Scope(staff.house.organization.id)) as session:
        session.execute(sa.update(BriefBatch).values(finished_at=now() - datetime.timedelta(days=8)))
    desk.put("maintenance.sweep_files")
    desk.run()
    assert fetch(api, url, staff.house.manager).status_code == 403
    over = read(api, staff.house.manager, made["id"])
    assert (over["archiveUrl"], over["problem"]["code"]) == (None, "FILE_EXPIRED")
    later = time.time() + LIFETIME_SECONDS
    headers = api.headers(staff.house.manager)
    monkeypatch.setattr("schema.files.time.time", lambda: later)
    assert api.http.get(url, headers=headers).status_code == 403


def test_rights_are_those_of_the_moment_in_which_a_brief_is_made(
    api: Api, staff: Staff, desk: Desk, database: Database
) -> None:
    asked = ask(api, staff.house.manager, staff)
    with database.begin(Scope(staff.house.organization.id)) as session:
        held = (RoleGrant.person_id == staff.house.manager.person_id, RoleGrant.role == Role.MANAGER)
        session.execute(sa.delete(RoleGrant).where(*held))
    desk.run()
    made = read(api, staff.house.manager, asked["id"])
    assert {reason for _, reason in outcomes(made).values()} == {"NO_ACCESS", "NO_EMPLOYMENT"}
    assert briefs_written(database, staff) == 0


def test_unchanged_briefs_are_taken_as_they_are(api: Api, staff: Staff, desk: Desk, database: Database) -> None:
    first = ask(api, staff.house.manager, staff, formats=["JSON"])
    desk.run()
    written = briefs_written(database, staff)
    again = ask(api, staff.house.manager, staff, formats=["JSON"])
    assert again["id"] != first["id"]
    desk.run()
    made = read(api, staff.house.manager, again["id"])
    assert (made["written"], made["unchanged"], made["leftOut"]) == (0, 2, 5)
    assert briefs_written(database, staff) == written


class KilledError(BaseException):
    """The process is gone: nothing of it runs any more."""


def count_texts(monkeypatch: pytest.MonkeyPatch, after_first: Any) -> list[str]:
    """The people whose brief is composed from now on; `after_first` is called before the second of them."""
    told: list[str] = []

    def counted(material: Material, engine: Engine, entailment: None) -> Text:
        if len(told) == 1:
            after_first()
        told.append(material.subject_name)
        return compose(material, engine, entailment)

    monkeypatch.setattr("workers.brief_batches.compose", counted)
    return told


def test_a_killed_worker_loses_no_brief_and_makes_none_twice(
    api: Api, staff: Staff, desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive = [True]

    def die() -> None:
        if alive.pop() if alive else False:
            raise KilledError

    told = count_texts(monkeypatch, die)
    asked = ask(api, staff.house.manager, staff, formats=["JSON"])
    with pytest.raises(KilledError):
        desk.run()
    halfway = read(api, staff.house.manager, asked["id"])
    assert (halfway["status"], halfway["written"], halfway["job"]["state"]) == ("RUNNING", 1, "RUNNING")
    assert 0 < halfway["job"]["progress"] < 80
    with database.begin(Scope(staff.house.organization.id)) as session:
        session.execute(sa.update(Job).where(Job.state == JobState.RUNNING).values(lease_until=now()))
    desk.run()
    made = read(api, staff.house.manager, asked["id"])
    assert (made["status"], made["written"], made["leftOut"]) == ("DONE", 2, 5)
    assert (len(told), len(set(told))) == (3, 3), "two with notes and one without, each once"
    assert briefs_written(database, staff) == 3


def test_a_batch_is_cancelled_and_resumed(
    api: Api, staff: Staff, desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = staff.house.manager
    asked = ask(api, manager, staff, formats=["JSON"])
    told = count_texts(
        monkeypatch, lambda: done(api, manager, CANCEL, id=asked["id"], expectedVersion=asked["version"])
    )
    assert codes(api, manager, CANCEL, id=asked["id"], expectedVersion=asked["version"] + 1) == ["CONFLICT"]
    assert codes(api, manager, RESUME, id=asked["id"]) == ["NOT_READY"]
    desk.run()
    stopped = read(api, manager, asked["id"])
    assert (stopped["status"], stopped["written"], stopped["archiveUrl"]) == ("CANCELLED", 1, None)
    assert codes(api, manager, CANCEL, id=asked["id"]) == ["NOT_READY"]
    going_on = done(api, manager, RESUME, id=asked["id"], expectedVersion=stopped["version"])
    assert going_on["job"]["id"] != asked["job"]["id"]
    desk.run()
    made = read(api, manager, asked["id"])
    assert (made["status"], made["written"]) == ("DONE", 2)
    assert briefs_written(database, staff) == 3
    assert len(told) == 4, "the one that was being written when it was cancelled is composed again"


def test_one_bad_apple_keeps_nobody_waiting(
    api: Api, staff: Staff, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ValueError("notes that no engine can digest")

    count_texts(monkeypatch, fail)
    asked = ask(api, staff.house.manager, staff, formats=["JSON"])
    desk.run()
    made = read(api, staff.house.manager, asked["id"])
    assert (made["status"], made["written"], made["leftOut"]) == ("DONE", 1, 6)
    assert [each["message"] for each in made["entries"]["nodes"] if each["reason"] == "FAILED"] == [
        "生成失败，请继续该批次或单独生成"
    ] * 2


@pytest.mark.parametrize(
    ("place", "error", "words"),
    [
        ("rendered", FontMissingError("no font"), ("服务器上缺少文档所需的字体", "The server lacks a font")),
        ("Archive", ValueError("anything"), ("生成失败，请继续或重新生成", "Making it failed; go on with it")),
    ],
    ids=["known", "unknown"],
)
def test_a_batch_that_is_given_up_says_why_and_goes_on(
    api: Api, staff: Staff, desk: Desk, database: Database, *, place: str, error: Exception, words: tuple[str, str]
) -> None:
    def fail(*_args: object) -> None:
        raise error

    manager = staff.house.manager
    asked = ask(api, manager, staff, formats=["PDF"])
    assert asked["problem"] is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"workers.brief_batches.{place}", fail)
        for _ in range(3):
            with database.begin(Scope(staff.house.organization.id)) as session:
                session.execute(sa.update(Job).where(Job.state == JobState.QUEUED).values(run_at=now()))
            desk.run()
    for locale, beginning in zip(("zh", "en"), words, strict=True):
        with database.begin(Scope(staff.house.organization.id)) as session:
            session.get_one(Person, manager.person_id).locale = locale
        failed = read(api, manager, asked["id"])
        assert (failed["status"], failed["archiveUrl"], failed["problem"]["code"]) == ("FAILED", None, "WORK_FAILED")
        assert failed["problem"]["message"].startswith(beginning)
    done(api, manager, RESUME, id=asked["id"])
    desk.run()
    made = read(api, manager, asked["id"])
    assert (made["status"], made["problem"]) == ("DONE", None)
    assert made["archiveUrl"] is not None


def test_a_long_batch_is_handed_from_job_to_job(
    api: Api, staff: Staff, desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.brief_batches.SHIFT_SECONDS", -1.0)
    asked = ask(api, staff.house.manager, staff, formats=["JSON"])
    desk.run()
    after = read(api, staff.house.manager, asked["id"])
    assert (after["status"], after["waiting"], after["job"]["state"]) == ("RUNNING", 7, "QUEUED")
    assert after["job"]["id"] != asked["job"]["id"]
    monkeypatch.undo()
    desk.put("briefs.write_batch", staff.house.manager, batch_id=str(decode_id(asked["id"], "BriefBatch")))
    desk.run()
    assert read(api, staff.house.manager, asked["id"])["status"] == "DONE"
    assert briefs_written(database, staff) == 3
    assert perform(api, staff.house.manager, RESUME, id=asked["id"])["errors"] == [
        {"code": "NOT_READY", "field": ["input", "id"]}
    ]
