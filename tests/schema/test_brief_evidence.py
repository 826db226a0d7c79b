"""What briefs are written from: customers, talks and the growth log, each for those alone who may read its record."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from db.base import now
from db.files import FileStore
from db.models.feedback.notes import Feedback
from db.models.goals import Measure
from db.models.people import Organization
from db.session import Database, Scope
from db.settings import Settings
from schema.relay import encode_id
from tests.goal_house import CHECK_IN, House, codes, confirmed, done, make_house, make_quarter, person_id
from tests.schema.client import Api
from tests.schema.feedback import test_growth as growth
from tests.schema.feedback import test_meetings as talks
from tests.schema.feedback import test_retrospectives as looking_back
from tests.schema.feedback.test_customers import RECORD as COMMENT
from tests.schema.feedback.test_notes import GIVE
from tests.schema.test_briefs import EXCLUDE, ask, read, sentences, written
from tests.workers.desk import Desk, open_desk

BEGAN = 85
"""Days since the cycle began: it is in its third month."""


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database, days_ago=BEGAN)


@pytest.fixture
def desk(settings: Settings, database: Database, files: FileStore, house: House) -> Iterator[Desk]:
    with open_desk(settings, database, files, house.organization.id) as desk:
        yield desk


def day(number: int) -> str:
    """The day of the cycle with that number, from 0."""
    return (now().date() - datetime.timedelta(days=BEGAN - number)).isoformat()


def texts(brief: dict[str, Any] | None, source: str) -> list[str]:
    assert brief is not None
    return [item["text"] for item in brief["evidence"]["nodes"] if item["source"] == source]


def over_target(api: Api, house: House) -> str:
    """A goal of the employee with a measure beyond its target, and its words in a brief."""
    measure = {"name": "续约额", "kind": "NUMERIC", "unit": "万元", "direction": "INCREASE", "start": "0"}
    goal = confirmed(
        api, house.employee, house.manager, house, measures=[{**measure, "target": "100", "dataSource": "MANUAL"}]
    )
    query = "query($id: ID!) { node(id: $id) { ... on Goal { measures { id } } } }"
    (made,) = api.data(house.employee, query, {"id": goal})["node"]["measures"]
    done(api, house.employee, CHECK_IN, goalId=goal, values=[{"measureId": made["id"], "value": "120"}])
    return "“续约额”：目标≥100 万元，现为120 万元，完成度120%"


COMMENTS = (
    (5, "发票抬头开错了两次，第三次才改对。", None),
    (10, "上线当天他陪我们到晚上十点，订单一张没丢。", "5"),
    (35, "报价单晚了四天才收到，我们错过了招标。", None),
    (40, "退货的事打了三次电话都没有人回。", "1"),
    (70, "  对账单里12笔金额不符，客服说要等两周。 ", "2"),
    (75, "\u201c系统又停了\u201d——这个月第三次，仓库停工半天。", None),
    (80, "还行。", "1"),
)
"""Day of the cycle, words and rating. One is praise, one complains by its rating alone."""


def record_comments(api: Api, house: House) -> None:
    about = {"source": "crm", "personId": person_id(house.employee)}
    for number, (when, text, rating) in enumerate(COMMENTS):
        more = {} if rating is None else {"rating": rating}
        done(api, house.hr, COMMENT, **about, sourceId=str(number), saidOn=day(when), text=text, **more)


def test_a_target_is_passed_while_customers_complain_more(api: Api, house: House, desk: Desk) -> None:
    result = over_target(api, house)
    record_comments(api, house)
    brief = written(api, desk, house.manager, house)
    assert texts(brief, "CUSTOMER_COMMENT") == [text for _, text, _ in COMMENTS], "word for word"
    voices = {item["voice"] for item in brief["evidence"]["nodes"] if item["source"] == "CUSTOMER_COMMENT"}
    assert voices == {"CUSTOMER"}
    assert "NO_CUSTOMER_VOICE" not in {gap["code"] for gap in brief["gaps"]}
    rising = sentences(brief, "DISAGREEMENTS")[0]
    assert rising["text"] == f"结果数据——{result}；过程证据——自{day(0)}起逐月的客户批评为1、2、3条，呈上升"
    assert (rising["conflict"], rising["supportNotes"], rising["supportOf"]) == (True, 6, 7)
    cited = [each["excerpt"].strip() for each in rising["citations"]]
    assert cited == [result, *(text.strip() for _, text, rating in COMMENTS if rating != "5")]
    for part in brief["sections"]:
        for sentence in part["sentences"]:
            sources = {each["source"] for each in sentence["citations"]}
            if "CUSTOMER_COMMENT" in sources and not sentence["conflict"]:
                assert sources == {"CUSTOMER_COMMENT"}, "never merged with other voices"
                assert any(sentence["text"].strip("“”") in text for _, text, _ in COMMENTS), "never put differently"

    # A comment that is left out is not counted, and without it nothing rises enough to be said.
    items = {item["text"]: item["id"] for item in brief["evidence"]["nodes"]}
    last = None
    for text in ("还行。", COMMENTS[4][1]):
        last = done(api, house.manager, EXCLUDE, evidenceId=items[text], reason="另一位客户经理的客户")["brief"]
    desk.run()
    assert last is not None
    without = read(api, house.manager, last["id"])
    assert without is not None
    assert not any("呈上升" in each["text"] for each in sentences(without, "DISAGREEMENTS"))
    assert codes(api, house.employee, EXCLUDE, evidenceId=items["还行。"], reason="不好看") == ["NOT_FOUND"]


def talk(api: Api, house: House, when: int) -> str:
    """A talk of employee and manager that both confirmed."""
    entries = [
        {"topic": "TOP_THREE", "text": "把结算接口的超时从每天9次降到1次，已在两个仓库上线。"},
        {"topic": "GROWTH", "text": "想在下季度独立负责一次跨部门项目。"},
        {"topic": "MOOD", "mood": "LOW", "text": "有点累。"},
        {"topic": "PRIVATE", "text": "在考虑换组。"},
        {"topic": "AGENDA", "text": "聊聊结算。"},
    ]
    done(
        api,
        house.employee,
        talks.RECORD,
        otherId=person_id(house.manager),
        heldOn=day(when),
        entries=entries,
        commitments=["每两周和客服一起复盘一次投诉。"],
    )
    notes = [
        {"topic": "MINUTES", "text": "他把结算排障手册交给了三位同事，夜班不再需要叫醒他。"},
        {"topic": "PRIVATE", "text": "留意他的去留。"},
    ]
    own = {"otherId": person_id(house.employee), "heldOn": day(when)}
    made = done(api, house.manager, talks.RECORD, **own, entries=notes)["oneOnOne"]
    for viewer in (house.employee, house.manager):
        done(api, viewer, talks.CONFIRM, id=made["id"])
    meeting_id: str = made["id"]
    return meeting_id


def test_retrospectives_on_own_goals_and_cycles(api: Api, house: House, desk: Desk) -> None:
    """What was written in finished ones, for those alone who see their subject, and no plans."""
    said = {
        "HAPPENED": "结算接口的超时从每天9次降到1次。",
        "CAUSES": "两个仓库的索引缺失，6月才补上。",
        "KEEP": "每周看一次慢查询。",
    }
    entries = [{"step": step, "text": text} for step, text in {**said, "INTENDED": "把超时降到零。"}.items()]
    own = {"subjectId": person_id(house.employee), "cycleId": house.cycle_id, "reason": "季末复盘"}
    held = done(api, house.manager, looking_back.OPEN, **own)["retrospective"]["id"]
    done(api, house.employee, looking_back.WRITE, id=held, entries=entries)
    assert texts(written(api, desk, house.manager, house), "RETROSPECTIVE") == [], "nobody has finished it"
    done(api, house.manager, looking_back.FINISH, id=held)
    line = written(api, desk, house.manager, house)
    assert sorted(texts(line, "RETROSPECTIVE")) == sorted(said.values())
    assert {item["voice"] for item in line["evidence"]["nodes"]} == {"SELF"}
    assert sorted(texts(read(api, house.hr, line["id"]), "RETROSPECTIVE")) == sorted(said.values())


SHARED = "今天第一次主持跨部门评审，提前两天发了材料，会上没有人再问背景。"


def test_talks_and_the_growth_log_stay_among_those_who_read_them(api: Api, house: House, desk: Desk) -> None:
    talk(api, house, 40)
    for text, shared in ((SHARED, True), ("其实我很怕主持会议，昨晚只睡了三小时。", False)):
        done(api, house.employee, growth.WRITE, text=text, shared=shared, writtenOn=day(50))
    agreed = [
        "把结算接口的超时从每天9次降到1次，已在两个仓库上线。",
        "想在下季度独立负责一次跨部门项目。",
        "他把结算排障手册交给了三位同事，夜班不再需要叫醒他。",
        "每两周和客服一起复盘一次投诉。",
    ]
    line = written(api, desk, house.manager, house)
    own = written(api, desk, house.employee, house, audience="SUBJECT")
    for brief in (line, own):
        assert sorted(texts(brief, "ONE_ON_ONE")) == sorted(agreed), "nothing private, no mood, no agenda"
        assert texts(brief, "GROWTH_ENTRY") == [SHARED], "what is not shared is not even in the owner's"
    voices = {item["text"]: item["voice"] for item in line["evidence"]["nodes"]}
    assert [voices[text] for text in agreed] == ["SELF", "SELF", "MANAGER", "SELF"]
    assert {each["text"] for each in sentences(line, "GROWTH")} == {agreed[1], agreed[3]}
    assert "三位同事" in str(line["sections"])

    # HR reads both briefs, but no talk: each sentence on one is withheld; nor does a brief for HR hold any.
    for brief in (line, own):
        seen = read(api, house.hr, brief["id"])
        assert texts(seen, "ONE_ON_ONE") == []
        assert seen is not None
        assert not any(text in str(seen) for text in agreed)
        assert seen["withheld"] > 0
    assert texts(written(api, desk, house.hr, house, audience="HR"), "ONE_ON_ONE") == []

    # Once a side writes again, the talk is not confirmed any more, and once the entry is not shared, it is gone.
    again = [{"topic": "MINUTES", "text": "他把手册交给了两位同事。"}]
    done(api, house.manager, talks.RECORD, otherId=person_id(house.employee), heldOn=day(40), entries=again)
    (entry,) = [
        node for node in api.data(house.employee, growth.LOG, {})["growthLog"]["nodes"] if node["text"] == SHARED
    ]
    done(api, house.employee, growth.EDIT, id=entry["id"], text=SHARED, shared=False)
    for viewer in (house.manager, house.employee):
        after = read(api, viewer, own["id"])
        assert (texts(after, "ONE_ON_ONE"), texts(after, "GROWTH_ENTRY")) == ([], [])
    later = ask(api, house.manager, house)
    desk.run()
    newest = read(api, house.manager, later["id"])
    assert newest is not None
    assert (newest["edition"] > line["edition"], texts(newest, "ONE_ON_ONE")) == (True, [])


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_days_begin_and_end_by_the_clocks_of_the_organisation(
    api: Api, house: House, desk: Desk, database: Database, zone: str
) -> None:
    """In Shanghai the day begins on the evening before by UTC, in New York it ends on the morning after."""
    over_target(api, house)
    done(api, house.manager, GIVE, receiverId=person_id(house.employee), text="他把12个未结工单逐一交接给夜班。")
    with database.begin(Scope(house.organization.id)) as session:
        session.execute(sa.update(Organization).values(timezone=zone))
        quarter = make_quarter(session, house.organization, days_ago=200, key="past")
        day = house.cycle.starts_on + datetime.timedelta(days=20)
        late = datetime.datetime.combine(day, datetime.time(23, 50), ZoneInfo(zone))
        session.execute(sa.update(Measure).values(measured_at=late))
        early = datetime.datetime.combine(day, datetime.time(0, 10), ZoneInfo(zone))
        session.execute(sa.update(Feedback).values(occurred_at=early))
    assert days(written(api, desk, house.manager, house)) == {"MEASURE": [day], "FEEDBACK": [day]}

    one = datetime.timedelta(days=1)
    begins, ends = quarter.starts_on, quarter.ends_on
    for on, hour, minute in ((begins - one, 23, 59), (begins, 0, 0), (ends, 23, 59), (ends + one, 0, 0)):
        moment = datetime.datetime.combine(on, datetime.time(hour, minute), ZoneInfo(zone)).isoformat()
        about = {"receiverId": person_id(house.employee), "occurredAt": moment}
        done(api, house.manager, GIVE, text=f"{on}他在{hour}点恢复了3个仓库的发货。", **about)
    past = written(api, desk, house.manager, house, cycleId=encode_id("Cycle", quarter.id))
    assert days(past) == {"FEEDBACK": [begins, ends]}


def days(brief: dict[str, Any]) -> dict[str, list[datetime.date]]:
    """The days of a brief's evidence by its source."""
    found: dict[str, list[datetime.date]] = {}
    for item in brief["evidence"]["nodes"]:
        found.setdefault(item["source"], []).append(datetime.date.fromisoformat(item["occurredOn"]))
    return {source: sorted(each) for source, each in found.items()}
