"""The week's key action, cycles, limits, carry-over, comments and the SMART check through the API."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from db.base import now
from db.session import Database, Scope
from schema.relay import encode_id
from tests.goal_house import (
    CHECK_IN,
    House,
    codes,
    confirmed,
    done,
    draft,
    make_house,
    make_quarter,
    perform,
    person_id,
    read,
)
from tests.schema.client import Api


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


ACTION = "action { id week mustFinish goal { id } outcome witnessAnswer version } errors { code field }"
PLAN = f"mutation($input: PlanWeeklyActionInput!) {{ planWeeklyAction(input: $input) {{ {ACTION} }} }}"
REPLAN = f"mutation($input: ReplanWeeklyActionInput!) {{ replanWeeklyAction(input: $input) {{ {ACTION} }} }}"
CLOSE = f"mutation($input: CloseWeeklyActionInput!) {{ closeWeeklyAction(input: $input) {{ {ACTION} }} }}"
WITNESS = f"mutation($input: WitnessWeeklyActionInput!) {{ witnessWeeklyAction(input: $input) {{ {ACTION} }} }}"
SCAN = (
    "query($week: Date!) { weeklyScan(week: $week) { people planned completionPercent linkedPercent witnessedPercent "
    "witnesses { person { id } times } } }"
)


def planned(house: House, **values: Any) -> dict[str, Any]:
    return {
        "goalText": "首月留存率",
        "mustFinish": "跑通两条渠道的归因",
        "witnessId": person_id(house.colleague),
        **values,
    }


def test_a_week_from_plan_to_scan(api: Api, house: House) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house, code="O7")
    action = done(api, house.employee, PLAN, **planned(house, goalCode="O7"))["action"]
    assert action["goal"] == {"id": goal_id}
    assert datetime.date.fromisoformat(action["week"]).weekday() == 0
    assert codes(api, house.employee, PLAN, **planned(house)) == ["WEEK_TAKEN"]
    changed = done(api, house.employee, REPLAN, id=action["id"], **planned(house, goalId=goal_id, mustFinish="归因"))
    assert changed["action"]["mustFinish"] == "归因"
    assert codes(api, house.manager, WITNESS, id=action["id"], seen=True) == ["FORBIDDEN"]
    assert codes(api, house.hr, CLOSE, id=action["id"], done=True) == ["FORBIDDEN"]
    assert codes(api, house.committee, WITNESS, id=action["id"], seen=True) == ["NOT_FOUND"]
    seen = done(api, house.colleague, WITNESS, id=action["id"], seen=True)["action"]
    assert seen["witnessAnswer"] == "SEEN"
    assert codes(api, house.employee, CLOSE, id=action["id"], done=True, expectedVersion=1) == ["CONFLICT"]
    assert done(api, house.employee, CLOSE, id=action["id"], done=True)["action"]["outcome"] == "DONE"
    assert codes(api, house.employee, CLOSE, id=action["id"], done=False) == ["GOAL_STATE"]
    done(api, house.colleague, PLAN, **planned(house, witnessId=person_id(house.manager)))
    scan = api.data(house.manager, SCAN, {"week": action["week"]})["weeklyScan"]
    assert scan["witnesses"][0]["times"] == 1
    assert {key: scan[key] for key in scan if key != "witnesses"} == {
        "people": 2,
        "planned": 2,
        "completionPercent": "50.0",
        "linkedPercent": "50.0",
        "witnessedPercent": "50.0",
    }
    earlier = (datetime.date.fromisoformat(action["week"]) - datetime.timedelta(days=7)).isoformat()
    empty = api.data(house.hr, SCAN, {"week": earlier})["weeklyScan"]
    assert (empty["planned"], empty["completionPercent"]) == (0, None)
    assert api.codes(house.employee, SCAN, {"week": earlier}) == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"mustFinish": "一二三四五六七八九十一二三四五六七八九十多"}, "TEXT_TOO_LONG", "mustFinish"),
        ({"mustFinish": " "}, "TEXT_REQUIRED", "mustFinish"),
        ({"goalText": ""}, "TEXT_REQUIRED", "goalText"),
        ({"goalCode": "没有这个编号"}, "NOT_FOUND", "goalCode"),
        ({"week": "2020-01-06"}, "NUMBER_OUT_OF_RANGE", "week"),
        ({"week": "2999-01-06"}, "NUMBER_OUT_OF_RANGE", "week"),
    ],
)
def test_actions_that_cannot_stand(api: Api, house: House, values: dict[str, Any], code: str, field: str) -> None:
    errors = perform(api, house.employee, PLAN, **planned(house, **values))["errors"]
    assert errors == [{"code": code, "field": ["input", field]}]


def test_twenty_characters_are_counted_as_people_do(api: Api, house: House) -> None:
    families = "👨‍👩‍👧‍👦" * 20
    assert done(api, house.employee, PLAN, **planned(house, mustFinish=families))["action"]["mustFinish"] == families
    own = planned(house, witnessId=person_id(house.colleague))
    assert codes(api, house.colleague, PLAN, **own) == ["WITNESS_IS_SELF"]


CYCLE = (
    "mutation($input: CreateCycleInput!) { createCycle(input: $input) "
    "{ cycle { id key phase phases { phase startsOn } parent { key } } errors { code field } } }"
)
PHASES = (
    "mutation($input: SetCyclePhasesInput!) { setCyclePhases(input: $input) { cycle { phase } errors { code field } } }"
)


def cycle_input(house: House, **values: Any) -> dict[str, Any]:
    start = house.cycle.starts_on
    days = {
        name: (start + datetime.timedelta(days=offset)).isoformat()
        for name, offset in (("startsOn", 0), ("endsOn", 27), ("reviewStartsOn", 28), ("reviewEndsOn", 40))
    }
    return {"key": "M1", "nameZh": "月", "nameEn": "Month", "kind": "MONTH", **days, **values}


def test_cycles_are_made_with_phases_inside_longer_ones(api: Api, house: House) -> None:
    start, today = house.cycle.starts_on, now().date()
    phases = [
        {"phase": "DRAFTING", "startsOn": (start - datetime.timedelta(days=7)).isoformat()},
        {"phase": "RUNNING", "startsOn": start.isoformat()},
        {"phase": "CLOSED", "startsOn": (today + datetime.timedelta(days=30)).isoformat()},
    ]
    made = done(api, house.hr, CYCLE, **cycle_input(house, parentId=house.cycle_id, phases=phases))["cycle"]
    assert (made["phase"], made["parent"], len(made["phases"])) == ("RUNNING", {"key": "quarter"}, 3)
    assert codes(api, house.hr, CYCLE, **cycle_input(house)) == ["CODE_TAKEN"]
    assert codes(api, house.employee, CYCLE, **cycle_input(house, key="M2")) == ["FORBIDDEN"]
    wrong = cycle_input(house, key="M2", phases=[phases[1], phases[0]])
    assert codes(api, house.hr, CYCLE, **wrong) == ["PHASES_OUT_OF_ORDER"]
    outside = cycle_input(house, key="M2", parentId=house.cycle_id, endsOn="2999-01-01")
    assert codes(api, house.hr, CYCLE, **outside) == ["NUMBER_OUT_OF_RANGE"]


def test_a_closed_cycle_takes_no_changes(api: Api, house: House) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house)
    closed = [{"phase": "CLOSED", "startsOn": "2020-01-01"}]
    assert done(api, house.committee, PHASES, id=house.cycle_id, phases=closed)["cycle"] == {"phase": "CLOSED"}
    assert codes(api, house.employee, CHECK_IN, goalId=goal_id, note="晚了") == ["CYCLE_CLOSED"]
    create = "mutation($input: CreateGoalInput!) { createGoal(input: $input) { errors { code } } }"
    assert codes(api, house.employee, create, cycleId=house.cycle_id, title="新") == ["CYCLE_CLOSED"]


POLICY = (
    "mutation($input: SetGoalPolicyInput!) { setGoalPolicy(input: $input) "
    "{ policy { measureLimit healthyRate topRate version } errors { code field } } }"
)


def test_limits_and_marks_are_the_organisations_own(api: Api, house: House) -> None:
    assert api.data(house.employee, "{ goalPolicy { measureLimit topRate } }")["goalPolicy"] == {
        "measureLimit": 9,
        "topRate": "22.7",
    }
    policy = done(api, house.hr, POLICY, measureLimit=1, healthyRate="12.5")["policy"]
    assert (policy["measureLimit"], policy["healthyRate"], policy["topRate"]) == (1, "12.5", "22.7")
    assert codes(api, house.hr, POLICY, topRate="5") == ["NUMBER_OUT_OF_RANGE"]
    assert codes(api, house.employee, POLICY, measureLimit=5) == ["FORBIDDEN"]
    measures = [{"name": f"指标{number}", "target": "1"} for number in range(2)]
    goal_id = draft(api, house.employee, house, measures=measures)
    warnings = api.data(
        house.employee,
        "query($id: ID!) { node(id: $id) { ... on Goal { warnings { code count limit lackingPercent message } } } }",
        {"id": goal_id},
    )["node"]["warnings"]
    assert [(one["code"], one["count"], one["limit"], one["lackingPercent"]) for one in warnings] == [
        ("MEASURE_WITHOUT_SOURCE", 2, None, None),
        ("TOO_MANY_MEASURES", 2, 1, "100.0"),
    ]
    assert warnings[1]["message"] == "本周期共有 2 个指标，超过上限 1 个，其中 100.0% 没有数据。"


def test_unfinished_goals_are_carried_over_with_what_is_left(api: Api, house: House, database: Database) -> None:
    with database.begin(Scope(house.organization.id)) as session:
        following = encode_id("Cycle", make_quarter(session, house.organization, days_ago=-46, key="next").id)
    top = confirmed(api, house.manager, house.committee, house)
    measures = [{"name": "周期", "direction": "DECREASE", "start": "40", "target": "28", "dataSource": "FEED"}]
    goal_id = confirmed(api, house.employee, house.manager, house, parentId=top, measures=measures)
    state = read(api, house.employee, goal_id)
    assert state is not None
    value = {"measureId": state["measures"][0]["id"], "value": "34"}
    done(api, house.employee, CHECK_IN, goalId=goal_id, values=[value])
    carry = (
        "mutation($input: CarryOverGoalsInput!) { carryOverGoals(input: $input) { goals { id status parent { id } "
        "carriedFrom { id status } measures { start target current } } errors { code field } } }"
    )
    assert codes(api, house.colleague, carry, ids=[goal_id], toCycleId=following) == ["FORBIDDEN"]
    above, copy = done(api, house.manager, carry, ids=[top, goal_id], toCycleId=following)["goals"]
    assert copy["parent"] == {"id": above["id"]}
    assert copy["carriedFrom"] == {"id": goal_id, "status": "CARRIED_OVER"}
    assert (copy["status"], copy["measures"]) == ("DRAFT", [{"start": "34", "target": "28", "current": None}])
    assert codes(api, house.manager, carry, ids=[goal_id], toCycleId=following) == ["GOAL_STATE"]


def test_comments_name_colleagues_and_open_nothing(api: Api, house: House) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house, visibility="PRIVATE")
    comment = (
        "mutation($input: CommentOnGoalInput!) { commentOnGoal(input: $input) "
        "{ comment { text mentions { id } } errors { code field } } }"
    )
    named = person_id(house.colleague)
    payload = done(api, house.manager, comment, goalId=goal_id, text="@同事 看一下", mentionIds=[named, named])
    assert payload["comment"] == {"text": "@同事 看一下", "mentions": [{"id": named}]}
    assert read(api, house.colleague, goal_id) is None
    assert codes(api, house.colleague, comment, goalId=goal_id, text="x") == ["NOT_FOUND"]
    assert codes(api, house.manager, comment, goalId=goal_id, text=" ") == ["TEXT_REQUIRED"]


def test_the_smart_check_of_a_text_and_of_a_goal(api: Api, house: House) -> None:
    fields = "{ letter verdict ground span start end explanation suggestion }"
    found = api.data(
        house.employee,
        f"query($text: String!) {{ smartCheck(text: $text) {fields} }}",
        {"text": "三季度末前把客户投诉率从 5% 降到 2%"},
    )["smartCheck"]
    assert [one["verdict"] for one in found] == ["MET"] * 5
    assert (found[4]["span"], found[4]["start"], found[4]["end"]) == ("三季度末前", 0, 5)
    goal_id = draft(api, house.employee, house, title="提高效率")
    smart = api.data(
        house.employee, f"query($id: ID!) {{ node(id: $id) {{ ... on Goal {{ smart {fields} }} }} }}", {"id": goal_id}
    )["node"]["smart"]
    assert [one["verdict"] for one in smart] == ["MISSING", "MISSING", "MISSING", "MISSING", "MET"]
    assert smart[1]["suggestion"] == "用什么数字或验收标准判断达成？例如“从 X 提高到 Y”。"
    assert api.codes(house.employee, f'{{ smartCheck(text: "{"长" * 5001}") {fields} }}') == ["TEXT_TOO_LONG"]


def test_a_table_is_sent_through_the_api(api: Api, house: House) -> None:
    mutation = (
        "mutation($input: ImportGoalsInput!) { importGoals(input: $input) { goalImport { status dryRun format "
        "job { state } errors { code } } errors { code field } } }"
    )
    variables = {"input": {"file": None, "cycleId": house.cycle_id, "dryRun": True}}
    files = {"variables.input.file": ("goals.csv", "目标\n提高留存率到 75%".encode())}
    answer = api.upload(house.hr, mutation, variables, files).json()["data"]["importGoals"]
    assert answer == {
        "goalImport": {"status": "QUEUED", "dryRun": True, "format": "CSV", "job": {"state": "QUEUED"}, "errors": []},
        "errors": [],
    }
    refused = api.upload(house.employee, mutation, variables, files).json()["data"]["importGoals"]
    assert refused == {"goalImport": None, "errors": [{"code": "FORBIDDEN", "field": None}]}
    columns = api.data(house.employee, "{ goalTableColumns { key name required help } }")["goalTableColumns"]
    assert columns[1] == {"key": "title", "name": "目标", "required": True, "help": "必填，最多 300 字。"}
    export = (
        "mutation($input: ExportGoalsInput!) { exportGoals(input: $input) "
        "{ goalExport { status url } errors { code } } }"
    )
    assert done(api, house.employee, export, cycleId=house.cycle_id)["goalExport"] == {"status": "QUEUED", "url": None}


def test_a_map_of_a_department(api: Api, house: House) -> None:
    measures = [{"name": "进度", "target": "100", "dataSource": "MANUAL"}]
    goal_id = confirmed(api, house.employee, house.manager, house, measures=measures)
    confirmed(api, house.colleague, house.manager, house, visibility="PRIVATE", measures=measures)
    state = read(api, house.employee, goal_id)
    assert state is not None
    value = {"measureId": state["measures"][0]["id"], "value": "5"}
    done(api, house.employee, CHECK_IN, goalId=goal_id, values=[value])
    query = (
        "query($cycle: ID!, $department: ID!) { goalMap(cycleId: $cycle, departmentId: $department) "
        "{ counts { health count } cells { person { id } health progress goals { id } } } }"
    )
    found = api.data(house.employee, query, {"cycle": house.cycle_id, "department": house.department_id})["goalMap"]
    cells = {cell["person"]["id"]: cell for cell in found["cells"]}
    assert cells[person_id(house.employee)] == {
        "person": {"id": person_id(house.employee)},
        "health": "BEHIND",  # 5 % after half of the quarter
        "progress": "0.05",
        "goals": [{"id": goal_id}],
    }
    assert cells[person_id(house.colleague)]["goals"] == []  # private
    assert {one["health"]: one["count"] for one in found["counts"]} == {"BEHIND": 1, "UNKNOWN": 4}
