"""From three goals of the organisation to this week's action: aligned, confirmed, checked in, and put right after a
shock, with every state readable and the calibration rate counted by hand.

It is the first quarter of 2024 by a simulated clock. The schedule's own jobs open the sixth week's check and remind
people in two zones, over a change of the clocks.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from db.files import FileStore
from db.models.people import Person
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer
from schema.app import create
from tests.clock import Clock
from tests.goal_house import (
    CHECK_IN,
    CONFIRM,
    EDIT,
    PROPOSE,
    RETURN,
    House,
    confirmed,
    done,
    draft,
    make_house,
    perform,
    person_id,
    read,
)
from tests.schema.client import Api
from tests.workers.desk import Desk
from workers import registry
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import Runner

registry.load()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, "2024-01-02T09:00:00+08:00")


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    with TestClient(create(settings)) as client:
        yield Api(settings, client, lifetime=datetime.timedelta(days=36525))


@pytest.fixture
def house(database: Database, clock: Clock) -> House:
    """The quarter from 1 January 2024, a Monday. The colleague lives in New York, the others in Shanghai."""
    house = make_house(database, days_ago=1)
    with database.begin(Scope(house.organization.id)) as session:
        away = sa.update(Person).where(Person.id == house.colleague.person_id)
        session.execute(away.values(timezone="America/New_York"))
    return house


@pytest.fixture
def desk(settings: Settings, database: Database, files: FileStore, house: House) -> Iterator[Desk]:
    """The workers of the house."""
    relay = Database(settings, url=settings.relay_url)
    reading = ReadingProcess(settings)  # never started: no picture is read here
    desk = Desk(database, relay, Runner(Services(settings, database, files, reading)), house.organization.id)
    desk.put("maintenance.expire_receipts")
    yield desk
    reading.close()
    relay.close()


INBOX = "{ viewer { notifications(first: 100) { nodes { code text createdAt subject { id } } } } }"


def inbox(api: Api, viewer: Viewer, code: str) -> list[str]:
    """When the viewer was told something, the first time first."""
    nodes = api.data(viewer, INBOX)["viewer"]["notifications"]["nodes"]
    return [node["createdAt"] for node in reversed(nodes) if node["code"] == code]


CHANGE = (
    "change { id status hoursToEffect withinLimit reason reasonText version items { kind amount mode } } "
    "errors { code field message }"
)
PROPOSE_CHANGE = "mutation($input: ProposeGoalChangeInput!) { proposeGoalChange(input: $input) { $CHANGE } }".replace(
    "$CHANGE", CHANGE
)
DECIDE = "mutation($input: DecideGoalChangeInput!) { decideGoalChange(input: $input) { $CHANGE } }".replace(
    "$CHANGE", CHANGE
)
TREE = (
    "query($cycle: ID!, $root: ID, $up: GoalTreeDirection! = DOWN) { goalTree(cycleId: $cycle, rootId: $root, "
    "direction: $up) { depth parentId childCount rolledUp descendants { health count } "
    "goal { id title } standing { progress health } } }"
)
RATE = (
    "query($cycle: ID!, $owner: ID, $department: ID) { calibrationRate(cycleId: $cycle, ownerId: $owner, "
    "departmentId: $department) { percent mark confirmed changed changes { id } goals { title revision } } }"
)
HISTORY = (
    "query($id: ID!) { node(id: $id) { ... on Goal { weight hours revisions { number weight hours progress reason "
    "measures { name weight } change { reasonText } approvedBy { id } } } } }"
)
CHAIN = (
    "query($goal: ID!) { chain(goalId: $goal) { goal { title } ancestors { title } "
    "checkIns { nodes { note values { value citation } } } weeklyActions { mustFinish } } }"
)
ACTION = (
    "mutation($input: PlanWeeklyActionInput!) { planWeeklyAction(input: $input) "
    "{ action { id week } errors { code } } }"
)


def organisation_goals(api: Api, house: House) -> list[str]:
    goals = [
        draft(api, house.committee, house, title=title, level="ORGANIZATION", weight=weight, code=code)
        for title, weight, code in (
            ("客户满意度行业第一", "40", "O1"),
            ("交付周期减半", "30", "O2"),
            ("零重大安全事故", "30", "O3"),
        )
    ]
    for mutation in (PROPOSE, CONFIRM):
        for goal_id in goals:
            done(api, house.committee, mutation, id=goal_id)
    return goals


def test_from_strategy_to_the_week_and_back_through_a_shock(api: Api, house: House, desk: Desk, clock: Clock) -> None:
    # The committee publishes, the department aligns.
    _first, second, _third = organisation_goals(api, house)
    department_id = house.department_id
    aligned = confirmed(
        api, house.manager, house.committee, house, title="本部门交付周期 ≤ 28 天", level="DEPARTMENT",
        departmentId=department_id, parentId=second, weight="100",
        measures=[{"name": "周期", "direction": "DECREASE", "start": "56", "target": "28", "dataSource": "FEED"}],
    )  # fmt: skip

    clock.set("2024-01-05T10:00:00+08:00")
    # The employee proposes four key tasks; the manager returns one with a comment, and confirms it once it is better.
    tasks = {
        title: draft(
            api, house.employee, house, title=title, kind="KEY_TASK", parentId=aligned, weight=weight, hours=hours,
            measures=[{"name": "完成率", "unit": "%", "target": "100", "dataSource": "MANUAL"}],
        )
        for title, weight, hours in (
            ("流水线并行", "40", "100"), ("自动验收", "30", "40"), ("文档", "20", "20"), ("培训", "10", None),
        )
    }  # fmt: skip
    for goal_id in tasks.values():
        done(api, house.employee, PROPOSE, id=goal_id)
    done(api, house.manager, RETURN, id=tasks["文档"], comment="请写清楚哪些文档")
    done(api, house.employee, EDIT, id=tasks["文档"], title="三份接口文档")
    done(api, house.employee, PROPOSE, id=tasks["文档"])
    for goal_id in tasks.values():
        done(api, house.manager, CONFIRM, id=goal_id)
    others = [
        confirmed(api, house.colleague, house.manager, house, title=f"同事任务{number}", kind="KEY_TASK")
        for number in range(3)
    ]

    # The sixth week begins on Monday 5 February: the system opens the check at six, once, and tells the manager.
    desk.live_through("2024-02-01T00:00:00+08:00", "2024-02-05T05:59:00+08:00", clock.set)
    assert health_checks(api, house.manager) == {}
    desk.live_through("2024-02-05T06:00:00+08:00", "2024-02-07T00:00:00+08:00", clock.set)
    checks = health_checks(api, house.manager)
    assert set(checks) == {person_id(house.employee), person_id(house.colleague)}
    assert inbox(api, house.manager, "HEALTH_CHECK_OPENED") == ["2024-02-04T22:00:00+00:00"] * 2
    assert inbox(api, house.employee, "HEALTH_CHECK_OPENED") == []
    clock.set("2024-02-07T11:00:00+08:00")

    # Check-ins: the minimum loop, and one value that cites its source.
    pipeline = read(api, house.employee, tasks["流水线并行"])
    assert pipeline is not None
    value = {"measureId": pipeline["measures"][0]["id"], "value": "30", "source": "EVENT", "citation": "ci:run/881"}
    done(
        api, house.employee, CHECK_IN, goalId=tasks["流水线并行"], values=[value], confidence=6,
        risk="构建机不足", nextStep="申请两台", support="预算", note="第六周",
    )  # fmt: skip

    # Week seven: a policy takes effect on Tuesday at nine; asked for the same day, approved on Wednesday.
    # One package: -30 % of one weight, a new measure, 30 % of the hours moved.
    clock.set("2024-02-13T16:00:00+08:00")
    package = done(
        api, house.employee, PROPOSE_CHANGE,
        reason="POLICY", reasonText="新规要求数据留痕", weightRule="RENORMALISE",
        occurredAt="2024-02-13T09:00:00+08:00",
        items=[
            {"kind": "GOAL_WEIGHT", "goalId": tasks["流水线并行"], "amount": "-30", "mode": "RELATIVE"},
            {"kind": "ADD_MEASURE", "goalId": tasks["流水线并行"],
             "measure": {"name": "留痕覆盖率", "unit": "%", "target": "95", "dataSource": "EVENT"}},
            {"kind": "MOVE_HOURS", "goalId": tasks["流水线并行"], "toGoalId": tasks["自动验收"],
             "amount": "30", "mode": "RELATIVE"},
        ],
    )["change"]  # fmt: skip
    before = api.data(house.employee, HISTORY, {"id": tasks["流水线并行"]})["node"]
    assert (before["weight"], before["hours"], len(before["revisions"])) == ("40", "100", 1)
    assert perform(api, house.employee, DECIDE, id=package["id"], approve=True)["errors"][0]["code"] == "FORBIDDEN"
    clock.set("2024-02-14T14:30:00+08:00")
    decided = done(api, house.manager, DECIDE, id=package["id"], approve=True)["change"]
    assert (decided["status"], decided["hoursToEffect"], decided["withinLimit"]) == ("APPROVED", "29.5", True)
    weights = {
        title: api.data(house.employee, HISTORY, {"id": goal_id})["node"]["weight"] for title, goal_id in tasks.items()
    }
    assert weights == {"流水线并行": "28", "自动验收": "36", "文档": "24", "培训": "12"}  # 72 shared as 30 : 20 : 10
    after = api.data(house.employee, HISTORY, {"id": tasks["流水线并行"]})["node"]
    assert after["hours"] == "70"
    assert [
        (one["number"], one["weight"], one["hours"], [each["name"] for each in one["measures"]], one["reason"])
        for one in after["revisions"]
    ] == [(1, "40", "100", ["完成率"], None), (2, "28", "70", ["完成率", "留痕覆盖率"], "POLICY")]
    assert [one["progress"] for one in after["revisions"]] == ["0.3", "0.3"]
    assert api.data(house.manager, HISTORY, {"id": tasks["自动验收"]})["node"]["hours"] == "70"

    # Who only sees the goal sees that and when it changed, not why.
    outside = api.data(house.colleague, HISTORY, {"id": tasks["流水线并行"]})["node"]["revisions"][1]
    assert (outside["reason"], outside["change"]) == ("POLICY", None)
    assert after["revisions"][1]["change"] == {"reasonText": "新规要求数据留痕"}

    # A correction of the colleague's task does not count.
    correction = done(
        api, house.colleague, PROPOSE_CHANGE, reason="CORRECTION", reasonText="错别字",
        items=[{"kind": "GOAL_TEXT", "goalId": others[0], "title": "同事任务零"}],
    )["change"]  # fmt: skip
    done(api, house.manager, DECIDE, id=correction["id"], approve=True)

    # Seven key tasks were confirmed; the package names two of them: 2 ÷ 7.
    rate = api.data(house.manager, RATE, {"cycle": house.cycle_id})["calibrationRate"]
    assert (rate["percent"], rate["mark"], rate["confirmed"], rate["changed"]) == ("28.6", "TOP", 7, 2)
    assert rate["changes"] == [{"id": package["id"]}]
    assert sorted(goal["title"] for goal in rate["goals"]) == ["流水线并行", "自动验收"]
    own = api.data(house.employee, RATE, {"cycle": house.cycle_id, "owner": person_id(house.employee)})
    assert own["calibrationRate"]["percent"] == "50.0"
    inside = api.data(house.hr, RATE, {"cycle": house.cycle_id, "department": department_id})
    assert inside["calibrationRate"]["percent"] == "28.6"
    assert api.codes(house.colleague, RATE, {"cycle": house.cycle_id, "owner": person_id(house.employee)}) == [
        "FORBIDDEN"
    ]

    # The tree from the top, and the line from the task up.
    tree = api.data(house.manager, TREE, {"cycle": house.cycle_id, "root": second})["goalTree"]
    assert [(node["goal"]["title"], node["depth"]) for node in tree[:2]] == [
        ("交付周期减半", 0),
        ("本部门交付周期 ≤ 28 天", 1),
    ]
    assert {node["goal"]["title"]: node["depth"] for node in tree[2:]} == {
        "流水线并行": 2, "自动验收": 2, "三份接口文档": 2, "培训": 2,
    }  # fmt: skip
    assert [node["childCount"] for node in tree[:3]] == [1, 4, 0]
    up = api.data(house.employee, TREE, {"cycle": house.cycle_id, "root": tasks["培训"], "up": "UP"})["goalTree"]
    assert [node["goal"]["title"] for node in up] == ["培训", "本部门交付周期 ≤ 28 天", "交付周期减半"]

    # The week's key action, and what hangs together.
    done(
        api, house.employee, ACTION, goalText="交付周期减半", goalId=tasks["流水线并行"], mustFinish="两台构建机上线",
        witnessId=person_id(house.colleague),
    )  # fmt: skip
    chain = api.data(house.employee, CHAIN, {"goal": tasks["流水线并行"]})["chain"]
    assert [goal["title"] for goal in chain["ancestors"]] == ["本部门交付周期 ≤ 28 天", "交付周期减半"]
    assert chain["checkIns"]["nodes"] == [{"note": "第六周", "values": [{"value": "30", "citation": "ci:run/881"}]}]
    assert chain["weeklyActions"] == [{"mustFinish": "两台构建机上线"}]

    # The health check, completed once.
    listed = list(checks.values())
    mutation = (
        "mutation($input: CompleteGoalHealthCheckInput!) { completeGoalHealthCheck(input: $input) "
        "{ check { verdict completedBy { id } } errors { code } } }"
    )
    payload: dict[str, Any] = done(api, house.manager, mutation, id=listed[0], verdict="KEEP")
    assert payload["check"] == {"verdict": "KEEP", "completedBy": {"id": person_id(house.manager)}}
    again = perform(api, house.manager, mutation, id=listed[0], verdict="CHANGE")
    assert [error["code"] for error in again["errors"]] == ["ALREADY_DECIDED"]

    # Half past nine on working days by each one's own clock; New York's goes forward in the night to 10 March.
    desk.live_through("2024-03-07T12:00:00+00:00", "2024-03-12T12:00:00+00:00", clock.set)
    at = [datetime.datetime.fromisoformat(moment) for moment in inbox(api, house.colleague, "WEEKLY_ACTION_TO_WRITE")]
    assert [moment.isoformat() for moment in at if moment.month == 3] == [
        "2024-03-07T14:30:00+00:00",
        "2024-03-08T14:30:00+00:00",
        "2024-03-11T13:30:00+00:00",
    ]
    at = [datetime.datetime.fromisoformat(moment) for moment in inbox(api, house.employee, "WEEKLY_ACTION_TO_WRITE")]
    assert [moment.isoformat() for moment in at if moment.month == 3] == [
        "2024-03-08T01:30:00+00:00",
        "2024-03-11T01:30:00+00:00",
        "2024-03-12T01:30:00+00:00",
    ]


CHECKS = "query($me: ID!) { goalHealthChecks(filter: {reviewerId: $me, open: true}) { nodes { id person { id } } } }"


def health_checks(api: Api, manager: Viewer) -> dict[str, str]:
    """The open checks that a manager is to complete, by whose goals they are about."""
    found = api.data(manager, CHECKS, {"me": person_id(manager)})["goalHealthChecks"]["nodes"]
    return {check["person"]["id"]: check["id"] for check in found}
