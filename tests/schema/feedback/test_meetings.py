"""One-on-one talks: both write, what is agreed follows, both confirm, what is private stays private."""

from __future__ import annotations

import datetime
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.models.feedback.meetings import OneOnOne, OneOnOneEntry, Topic
from db.session import Database, Scope
from db.viewer import Viewer
from resolvers.feedback.meetings import EntryDraft, MeetingDraft, confirm_one_on_one, record_one_on_one
from tests.goal_house import House, codes, done, make_house, person_id
from tests.schema.client import Api
from tests.schema.feedback.test_notes import GIVE, GOOD

TALK = (
    "oneOnOne { id heldOn version managerConfirmedAt reportConfirmedAt entries { author { id } topic text mood } "
    "actions { id text doneAt } commitments { author { id } text } } errors { code field }"
)
RECORD = f"mutation($input: RecordOneOnOneInput!) {{ recordOneOnOne(input: $input) {{ {TALK} }} }}"
CONFIRM = f"mutation($input: ConfirmOneOnOneInput!) {{ confirmOneOnOne(input: $input) {{ {TALK} }} }}"
CLOSE = (
    "mutation($input: CloseOneOnOneActionInput!) { closeOneOnOneAction(input: $input) "
    "{ action { doneAt } errors { code } } }"
)
RHYTHM = "mutation($input: SetOneOnOneRhythmInput!) { setOneOnOneRhythm(input: $input) { everyDays errors { code } } }"
LIST = "query($other: ID) { oneOnOnes(filter: { withId: $other }) { nodes { id entries { topic } } } }"
COVERAGE = (
    "query($id: ID) { oneOnOneCoverage(managerId: $id) "
    "{ everyDays covered reports { person { id } lastHeldOn covered } } }"
)
RECENCY = "{ feedbackRecency(first: 50) { nodes { person { id } days } } }"


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


def day(offset: int) -> str:
    return (now().date() + datetime.timedelta(days=offset)).isoformat()


def test_two_talks_of_a_series(api: Api, house: House) -> None:
    boss, own = person_id(house.manager), person_id(house.employee)
    entries: list[dict[str, Any]] = [
        {"topic": "TOP_THREE", "text": "上线、带新人、写文档"},
        {"topic": "MOOD", "mood": "GOOD"},
        {"topic": "PRIVATE", "text": "想换组"},
    ]
    first = done(api, house.employee, RECORD, otherId=boss, heldOn=day(-8), entries=entries)["oneOnOne"]
    assert [entry["topic"] for entry in first["entries"]] == ["TOP_THREE", "MOOD", "PRIVATE"]
    second_side = done(
        api,
        house.manager,
        RECORD,
        otherId=own,
        heldOn=day(-8),
        entries=[{"topic": "MINUTES", "text": "确认上线日期"}],
        actions=[{"text": "申请测试环境", "ownerId": boss, "dueOn": day(3)}, {"text": "写文档", "ownerId": own}],
        commitments=["每周留出一小时辅导"],
    )["oneOnOne"]
    assert second_side["id"] == first["id"]
    assert [entry["topic"] for entry in second_side["entries"]] == ["TOP_THREE", "MOOD", "MINUTES"]
    assert second_side["commitments"] == [{"author": {"id": boss}, "text": "每周留出一小时辅导"}]

    confirmed = done(api, house.employee, CONFIRM, id=first["id"])["oneOnOne"]
    assert confirmed["reportConfirmedAt"] is not None
    assert confirmed["managerConfirmedAt"] is None
    assert codes(api, house.manager, CONFIRM, id=first["id"], expectedVersion=1) == ["CONFLICT"]
    private = [{"topic": "PRIVATE", "text": "再想想"}]
    kept = done(api, house.employee, RECORD, otherId=boss, heldOn=day(-8), entries=private)["oneOnOne"]
    assert kept["reportConfirmedAt"] is not None
    changed = [{"topic": "MINUTES", "text": "推迟一周"}]
    taken_back = done(api, house.manager, RECORD, otherId=own, heldOn=day(-8), entries=changed)["oneOnOne"]
    assert taken_back["reportConfirmedAt"] is None

    written = next(action for action in taken_back["actions"] if action["text"] == "写文档")
    assert done(api, house.employee, CLOSE, id=written["id"])["action"]["doneAt"] is not None
    agenda = [{"topic": "AGENDA", "text": "测试环境"}]
    following = done(api, house.employee, RECORD, otherId=boss, heldOn=day(-1), entries=agenda)["oneOnOne"]
    assert [action["text"] for action in following["actions"]] == ["申请测试环境"]
    found = api.data(house.manager, LIST, {"other": own})["oneOnOnes"]["nodes"]
    assert [node["id"] for node in found] == [following["id"], first["id"]]
    for viewer in (house.hr, house.colleague, house.committee):
        assert api.data(viewer, LIST)["oneOnOnes"]["nodes"] == [], "only the two read it"
        assert codes(api, viewer, CONFIRM, id=first["id"]) == ["NOT_FOUND"]
        assert codes(api, viewer, CLOSE, id=written["id"]) == ["NOT_FOUND"]


def test_both_sides_write_and_confirm_at_once(database: Database, house: House) -> None:
    sides = ((house.manager, house.employee), (house.employee, house.manager))
    ready = threading.Barrier(len(sides), timeout=20)

    def at_once(work: Callable[[Session, Viewer, Viewer], uuid.UUID]) -> set[uuid.UUID]:
        def each(side: tuple[Viewer, Viewer]) -> uuid.UUID:
            ready.wait()
            with database.begin(Scope(house.organization.id)) as session:
                return work(session, *side)

        with ThreadPoolExecutor(len(sides)) as pool:
            return set(pool.map(each, sides))

    def write(session: Session, viewer: Viewer, other: Viewer) -> uuid.UUID:
        assert other.person_id is not None
        entry = EntryDraft(Topic.AGENDA, text="上线")
        return record_one_on_one(session, viewer, MeetingDraft(other.person_id, entries=[entry])).id

    (meeting_id,) = at_once(write)
    at_once(lambda session, viewer, _other: confirm_one_on_one(session, viewer, meeting_id, None).id)
    with database.begin(Scope(house.organization.id), write=False) as session:
        (meeting,) = session.scalars(sa.select(OneOnOne)).all()
        assert None not in (meeting.manager_confirmed_at, meeting.report_confirmed_at)
        assert len(session.scalars(sa.select(OneOnOneEntry)).all()) == len(sides)


def test_what_cannot_stand(api: Api, house: House) -> None:
    boss = person_id(house.manager)
    assert codes(api, house.employee, RECORD, otherId=person_id(house.colleague)) == ["FORBIDDEN"]
    assert codes(api, house.employee, RECORD, otherId=person_id(house.employee)) == ["FORBIDDEN"]
    assert codes(api, house.employee, RECORD, otherId=boss, heldOn=day(90)) == ["NUMBER_OUT_OF_RANGE"]
    assert codes(api, house.employee, RECORD, otherId=boss, commitments=["一", "二", "三"]) == ["TOO_MANY"]
    assert codes(api, house.employee, RECORD, otherId=boss, entries=[{"topic": "RISK"}]) == ["TEXT_REQUIRED"]
    stranger = [{"text": "x", "ownerId": person_id(house.hr)}]
    assert codes(api, house.employee, RECORD, otherId=boss, actions=stranger) == ["NOT_FOUND"]
    assert api.data(house.employee, LIST)["oneOnOnes"]["nodes"] == []


def test_coverage_and_recency(api: Api, house: House) -> None:
    own, other, boss = person_id(house.employee), person_id(house.colleague), person_id(house.manager)
    done(api, house.employee, RECORD, otherId=boss, heldOn=day(-8))
    done(api, house.colleague, RECORD, otherId=boss, heldOn=day(-2))
    found = api.data(house.manager, COVERAGE)["oneOnOneCoverage"]
    assert (found["everyDays"], found["covered"]) == (7, 1)
    assert {each["person"]["id"]: each["covered"] for each in found["reports"]} == {own: False, other: True}
    done(api, house.manager, RHYTHM, everyDays=14)
    assert codes(api, house.employee, RHYTHM, everyDays=14) == ["FORBIDDEN"]
    assert api.data(house.hr, COVERAGE, {"id": boss})["oneOnOneCoverage"]["covered"] == 2
    assert api.codes(house.colleague, COVERAGE, {"id": boss}) == ["FORBIDDEN"]

    when = (now() - datetime.timedelta(days=3, hours=1)).isoformat()
    done(api, house.colleague, GIVE, receiverId=own, text=GOOD, occurredAt=when)
    done(api, house.colleague, GIVE, receiverId=own, text="再接再厉！")
    days = {node["person"]["id"]: node["days"] for node in api.data(house.manager, RECENCY)["feedbackRecency"]["nodes"]}
    assert days == {own: 3, other: None, boss: None}
