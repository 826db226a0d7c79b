"""The growth archive: everything of the cycles in one list, each piece as its source shows it."""

from __future__ import annotations

import base64
import datetime
import itertools
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from db.base import now
from db.models.feedback.notes import Feedback
from db.models.people import Organization
from db.models.reviews import Review, ReviewSource, ReviewStatus
from db.session import Database, Scope
from schema.relay import encode_id
from tests.goal_house import CHECK_IN, House, confirmed, done, make_house, make_quarter, person_id
from tests.schema.client import Api
from tests.schema.feedback.test_meetings import CLOSE, CONFIRM, RECORD, day
from tests.schema.feedback.test_notes import GIVE, GOOD
from tests.schema.feedback.test_retrospectives import CORRECT, FINISH, OPEN, WORDS, WRITE
from tests.statements import counted

ARCHIVE = """query($id: ID, $filter: GrowthArchiveFilter, $first: Int, $after: String) {
  growthArchive(personId: $id, filter: $filter, first: $first, after: $after) { pageInfo { hasNextPage endCursor }
    nodes { kind on title kept readers cycle { id } object { id ... on Review { score grade } } } } }"""
FINISH_GOAL = "mutation($input: FinishGoalInput!) { finishGoal(input: $input) { errors { code } } }"
KUDOS = "mutation($input: GiveKudosInput!) { giveKudos(input: $input) { errors { code } } }"
ENTRY = "mutation($input: WriteGrowthEntryInput!) { writeGrowthEntry(input: $input) { errors { code } } }"
LOG = "{ viewer { accessLog(first: 50) { nodes { resource resourceId actor { id } } } } }"


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


def pieces(api: Api, viewer: Any, house: House, **variables: Any) -> list[dict[str, Any]]:
    variables.setdefault("id", person_id(house.employee))
    nodes: list[dict[str, Any]] = api.data(viewer, ARCHIVE, {"first": 100, **variables})["growthArchive"]["nodes"]
    return nodes


def kinds(api: Api, viewer: Any, house: House, **filter: Any) -> list[str]:
    return sorted(node["kind"] for node in pieces(api, viewer, house, filter=filter))


def live_through_a_cycle(api: Api, database: Database, house: House) -> None:
    """One of each kind, about the employee."""
    own, boss = person_id(house.employee), person_id(house.manager)
    measures = [{"name": "留存率", "target": "75", "dataSource": "MANUAL"}]
    goal_id = confirmed(api, house.employee, house.manager, house, measures=measures, visibility="LINE")
    done(api, house.employee, CHECK_IN, goalId=goal_id, note="到位")
    done(api, house.employee, FINISH_GOAL, id=goal_id)
    actions = [{"text": "写文档", "ownerId": own}, {"text": "申请环境", "ownerId": boss}]
    talk = done(api, house.manager, RECORD, otherId=own, heldOn=day(-3), actions=actions)["oneOnOne"]
    done(api, house.employee, CLOSE, id=next(each["id"] for each in talk["actions"] if each["text"] == "写文档"))
    for side in (house.manager, house.employee):
        done(api, side, CONFIRM, id=talk["id"])
    done(api, house.manager, RECORD, otherId=own, heldOn=day(-1))  # which nobody confirms
    done(api, house.colleague, GIVE, receiverId=own, text=GOOD, tags=["collaboration"])
    done(api, house.colleague, KUDOS, receiverId=own, text="谢谢你周末帮忙回滚", points=5)
    done(api, house.employee, ENTRY, text="学会了看执行计划", shared=True, writtenOn=day(-2))
    done(api, house.employee, ENTRY, text="只给自己看")
    held = done(api, house.employee, OPEN, subjectId=goal_id)["retrospective"]["id"]
    done(api, house.employee, WRITE, id=held, entries=[*WORDS, {"step": "HAPPENED", "text": "如期完成"}])
    done(api, house.employee, FINISH, id=held)
    with database.begin(Scope(house.organization.id)) as session:
        subject, reviewer = house.employee.person_id, house.manager.person_id
        for status in ReviewStatus:
            about: dict[str, Any] = {"subject_id": subject, "reviewer_id": reviewer, "cycle_id": house.cycle.id}
            owned = {"organization_id": house.organization.id, "source": ReviewSource.SCREEN, "status": status}
            session.add(Review(**owned, **about, grade="A", confirmed_at=now()))


EVERY = sorted(["REVIEW", "TALK", "AGREED", "RETROSPECTIVE", "KUDOS", "BEHAVIOUR", "GOAL", "GROWTH_ENTRY"])


def test_everything_of_a_cycle_as_its_source_shows_it(api: Api, database: Database, house: House) -> None:
    live_through_a_cycle(api, database, house)
    assert kinds(api, house.employee, house) == kinds(api, house.manager, house) == EVERY
    unseen = {"TALK", "AGREED"}
    assert kinds(api, house.hr, house) == [kind for kind in EVERY if kind not in unseen], "the talk stays theirs"
    for viewer in (house.colleague, house.committee):
        assert api.codes(viewer, ARCHIVE, {"id": person_id(house.employee)}) == ["FORBIDDEN"]
    other = make_house(database)
    assert api.codes(other.hr, ARCHIVE, {"id": person_id(house.employee)}) == ["NOT_FOUND"]

    found = {node["kind"]: node for node in pieces(api, house.employee, house, id=None)}
    assert all(
        node["cycle"] == {"id": house.cycle_id} and node["readers"] and node["object"] for node in found.values()
    )
    assert (found["AGREED"]["title"], found["AGREED"]["kept"]) == ("写文档", True)
    assert (found["TALK"]["on"], found["GROWTH_ENTRY"]["on"]) == (day(-3), day(-2))
    assert (found["REVIEW"]["title"], found["REVIEW"]["object"]["grade"]) == ("评审 A", "A")
    assert found["GROWTH_ENTRY"]["title"] == "学会了看执行计划"

    reads = api.data(house.employee, LOG)["viewer"]["accessLog"]["nodes"]
    by = {read["actor"]["id"] for read in reads if read["resource"] == "GROWTH_ARCHIVE"}
    assert by == {person_id(house.manager), person_id(house.hr)}
    assert {read["resourceId"] for read in reads if read["resource"] == "GROWTH_ARCHIVE"} == {person_id(house.employee)}


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Shanghai"])
def test_days_are_those_of_the_organisation(api: Api, database: Database, house: House, zone: str) -> None:
    """What has a day alone stands among what has an instant, in an order that nothing changes later."""
    own, days = person_id(house.employee), [datetime.date.fromisoformat(day(-at)) for at in (9, 10, 11)]
    for text in ("甲", "乙", "丙", "丁"):
        done(api, house.colleague, KUDOS, receiverId=own, text=f"谢谢你周末帮忙回滚{text}", points=1)
    for on in days:
        done(api, house.employee, ENTRY, text="日志", shared=True, writtenOn=on.isoformat())
    goal_id = confirmed(api, house.employee, house.manager, house)
    held = done(api, house.employee, OPEN, subjectId=goal_id, reason="复盘")["retrospective"]["id"]
    every = [*WORDS, *({"step": step, "text": "x"} for step in ("INTENDED", "HAPPENED"))]
    done(api, house.employee, WRITE, id=held, entries=every)
    done(api, house.employee, FINISH, id=held)
    with database.begin(Scope(house.organization.id)) as session:
        session.get_one(Organization, house.organization.id).timezone = zone
        for hour, thanks in zip((0, 1, 22, 23), session.scalars(sa.select(Feedback)), strict=True):
            local = datetime.datetime.combine(days[1], datetime.time(hour, 30), ZoneInfo(zone))
            thanks.occurred_at = local.astimezone(datetime.UTC)
    found = [node["on"] for node in pieces(api, house.employee, house)]
    assert found[1:] == [days[0].isoformat(), *[days[1].isoformat()] * 5, days[2].isoformat()]

    done(api, house.colleague, KUDOS, receiverId=own, text="谢谢你把复盘写清楚", points=1)
    before = pieces(api, house.employee, house)
    done(api, house.employee, CORRECT, id=held, reason="更正")
    done(api, house.employee, FINISH, id=held)
    assert pieces(api, house.employee, house) == before, "a correction moves nothing"


def test_by_cycle_and_kind_page_by_page(api: Api, database: Database, house: House) -> None:
    with counted() as empty:
        assert pieces(api, house.employee, house) == []
    for _ in range(2):
        live_through_a_cycle(api, database, house)
    whole = pieces(api, house.employee, house)
    assert len(whole) == 2 * len(EVERY) - 1, "there is one talk a day"
    days = [node["on"] for node in whole]
    assert days == sorted(days, reverse=True)
    paged: list[dict[str, Any]] = []
    after = None
    for _ in itertools.count():
        page = api.data(house.employee, ARCHIVE, {"first": 3, "after": after})["growthArchive"]
        paged += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert paged == whole
    assert kinds(api, house.employee, house, kinds=["GOAL", "TALK"]) == ["GOAL", "GOAL", "TALK"]
    assert kinds(api, house.employee, house, kinds=[]) == []
    with database.begin(Scope(house.organization.id)) as session:
        before = encode_id("Cycle", make_quarter(session, house.organization, 137, "before").id)
    assert kinds(api, house.employee, house, cycleId=before) == []
    assert len(kinds(api, house.employee, house, cycleId=house.cycle_id)) == len(whole)
    unknown = {"filter": {"cycleId": encode_id("Cycle", house.organization.id)}}
    assert api.codes(house.employee, ARCHIVE, unknown) == ["NOT_FOUND"]
    first_of_all = json.dumps(["0001-01-01T00:00:00+14:00", house.organization.id.hex]).encode()  # of the year 0 in UTC
    for cursor in ("eA", base64.urlsafe_b64encode(first_of_all).decode()):
        assert api.codes(house.employee, ARCHIVE, {"after": cursor}) == ["BAD_CURSOR"]
    with counted() as full:
        pieces(api, house.employee, house)
    assert len(full) <= len(empty) + 12, "a statement or two for each type of record, whatever there is"
