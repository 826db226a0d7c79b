"""Goals through the API: drafting, proposing, confirming, checking in, and who sees what."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from db.session import Database
from schema.relay import encode_id
from tests.goal_house import (
    CHECK_IN,
    CONFIRM,
    CREATE,
    EDIT,
    PROPOSE,
    RETURN,
    House,
    codes,
    confirmed,
    done,
    draft,
    make_house,
    perform,
    read,
)
from tests.schema.client import Api


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


def test_a_draft_is_its_owners_until_it_is_proposed(api: Api, house: House) -> None:
    goal_id = draft(api, house.employee, house)
    everybody = (house.manager, house.hr, house.committee, house.colleague)
    assert [read(api, viewer, goal_id) for viewer in everybody] == [None] * 4
    done(api, house.employee, PROPOSE, id=goal_id)
    seen = [read(api, viewer, goal_id) is not None for viewer in everybody]
    assert seen == [True, True, False, False]
    returned = done(api, house.manager, RETURN, id=goal_id, comment="请写明数据来源")
    assert returned["goal"]["status"] == "DRAFT"
    assert returned["comment"] == {"text": "请写明数据来源", "kind": "RETURN"}
    assert read(api, house.manager, goal_id) is None
    own = read(api, house.employee, goal_id)
    assert own is not None
    assert own["comments"]["nodes"] == [{"text": "请写明数据来源", "kind": "RETURN"}]
    done(api, house.employee, PROPOSE, id=goal_id)
    goal = done(api, house.manager, CONFIRM, id=goal_id)["goal"]
    assert (goal["status"], goal["revision"]) == ("CONFIRMED", 1)
    assert [read(api, viewer, goal_id) is not None for viewer in everybody] == [True] * 4


def test_nobody_confirms_an_own_goal_and_nobody_aside_confirms(api: Api, house: House) -> None:
    goal_id = draft(api, house.employee, house)
    done(api, house.employee, PROPOSE, id=goal_id)
    assert codes(api, house.employee, CONFIRM, id=goal_id) == ["FORBIDDEN"]
    assert codes(api, house.hr, CONFIRM, id=goal_id) == ["FORBIDDEN"]
    assert codes(api, house.colleague, CONFIRM, id=goal_id) == ["NOT_FOUND"]
    assert codes(api, house.manager, CONFIRM, id=goal_id, expectedVersion=1) == ["CONFLICT"]
    state = read(api, house.employee, goal_id)
    assert state is not None
    assert (state["status"], state["revisions"]) == ("PROPOSED", [])


def test_who_has_no_manager_is_confirmed_by_the_committee(api: Api, house: House) -> None:
    goal_id = draft(api, house.manager, house)
    done(api, house.manager, PROPOSE, id=goal_id)
    assert codes(api, house.hr, CONFIRM, id=goal_id) == ["FORBIDDEN"]
    assert read(api, house.committee, goal_id) is not None
    assert done(api, house.committee, CONFIRM, id=goal_id)["goal"]["status"] == "CONFIRMED"


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"title": "  "}, "TEXT_REQUIRED", ["input", "title"]),
        ({"title": "长" * 301}, "TEXT_TOO_LONG", ["input", "title"]),
        ({"weight": "100.5"}, "WEIGHT_OUT_OF_RANGE", ["input", "weight"]),
        ({"weight": "33.33333"}, "TOO_MANY_DECIMALS", ["input", "weight"]),
        ({"hours": "-1"}, "NUMBER_OUT_OF_RANGE", ["input", "hours"]),
        ({"level": "DEPARTMENT"}, "OWNER_REQUIRED", ["input", "departmentId"]),
        ({"level": "ORGANIZATION"}, "FORBIDDEN", ["input"]),
        ({"parentId": encode_id("Goal", uuid.uuid4())}, "NOT_FOUND", ["input", "parentId"]),
        ({"parentId": "nonsense"}, "BAD_ID", ["input", "parentId"]),
        ({"ownerId": encode_id("Person", uuid.uuid4())}, "NOT_FOUND", ["input", "ownerId"]),
        ({"measures": [{"name": "x"}]}, "MEASURE_SCALE", ["input", "measures", "0"]),
        (
            {"measures": [{"name": "成本", "direction": "DECREASE", "start": "10", "target": "12"}]},
            "MEASURE_SCALE",
            ["input", "measures", "0"],
        ),
        ({"measures": [{"name": "x", "kind": "STAGED"}]}, "TEXT_REQUIRED", ["input", "measures", "0", "targetText"]),
        (
            {"measures": [{"name": "x", "target": "1" + "0" * 20}]},
            "NUMBER_OUT_OF_RANGE",
            ["input", "measures", "0", "target"],
        ),
    ],
)
def test_what_cannot_stand_is_refused_with_its_place(
    api: Api, house: House, values: dict[str, Any], code: str, field: list[str]
) -> None:
    payload = perform(api, house.employee, CREATE, **{"cycleId": house.cycle_id, "title": "目标", **values})
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, field)]
    assert api.data(house.employee, "{ goals { nodes { id } } }") == {"goals": {"nodes": []}}


def test_weights_must_total_one_hundred_when_confirmed(api: Api, house: House) -> None:
    first = draft(api, house.employee, house, weight="60", kind="KPI")
    second = draft(api, house.employee, house, weight="30", kind="KPI")
    for goal_id in (first, second):
        done(api, house.employee, PROPOSE, id=goal_id)
    assert codes(api, house.manager, CONFIRM, id=first) == ["WEIGHTS_NOT_WHOLE"]
    done(api, house.manager, RETURN, id=second, comment="权重不足")
    done(api, house.employee, EDIT, id=second, weight="40")
    done(api, house.employee, PROPOSE, id=second)
    done(api, house.manager, CONFIRM, id=first)
    done(api, house.manager, CONFIRM, id=second)
    mixed = draft(api, house.employee, house, kind="KPI")
    done(api, house.employee, PROPOSE, id=mixed)
    assert codes(api, house.manager, CONFIRM, id=mixed) == ["WEIGHTS_MIXED"]


def test_an_edit_changes_what_it_names_and_nothing_else(api: Api, house: House) -> None:
    goal_id = draft(
        api, house.employee, house, weight="60", measures=[{"name": "留存率", "start": "62", "target": "75"}]
    )
    goal = done(api, house.employee, EDIT, id=goal_id, weight=None, title="新标题")["goal"]
    assert (goal["title"], goal["weight"]) == ("新标题", None)
    kept = read(api, house.employee, goal_id)
    assert kept is not None
    assert [measure["name"] for measure in kept["measures"]] == ["留存率"]
    edited = done(api, house.employee, EDIT, id=goal_id, measures=[], expectedVersion=goal["version"])["goal"]
    assert edited["version"] == goal["version"] + 1
    late = {"measures": [{"name": "迟到的", "target": "1"}], "expectedVersion": goal["version"]}
    assert codes(api, house.employee, EDIT, id=goal_id, **late) == ["CONFLICT"]
    emptied = read(api, house.employee, goal_id)
    assert emptied is not None
    assert emptied["measures"] == []
    assert codes(api, house.colleague, EDIT, id=goal_id, title="别人的") == ["NOT_FOUND"]


def test_a_check_in_moves_the_goal_and_keeps_its_source(api: Api, house: House) -> None:
    measures = [
        {"name": "留存率", "unit": "%", "start": "62", "target": "72", "weight": "60", "dataSource": "FEED"},
        {"name": "响应", "unit": "天", "direction": "DECREASE", "start": "40", "target": "28", "weight": "40"},
    ]
    goal_id = confirmed(api, house.employee, house.manager, house, measures=measures)
    state = read(api, house.employee, goal_id)
    assert state is not None
    rate, days = (measure["id"] for measure in state["measures"])
    assert [warning["code"] for warning in state["warnings"]] == ["MEASURE_WITHOUT_SOURCE"]
    values = [{"measureId": rate, "value": "67", "source": "FEED", "citation": "crm:2026-11-02"}]
    payload = done(api, house.employee, CHECK_IN, goalId=goal_id, values=values, risk="新渠道未放量")
    assert payload["checkIn"] == {"progress": "0.5"}
    assert payload["goal"]["status"] == "RUNNING"
    assert payload["goal"]["standing"]["coverage"] == "0.6"
    beyond = [{"measureId": days, "value": "22"}]
    payload = done(api, house.employee, CHECK_IN, goalId=goal_id, values=beyond, note="超出目标")
    assert payload["checkIn"] == {"progress": "0.9"}  # 0.6 × 0.5 + 0.4 × 1.5
    seen = read(api, house.manager, goal_id)
    assert seen is not None
    latest = seen["checkIns"]["nodes"][-1]["values"]
    assert latest == [{"value": "67", "citation": "crm:2026-11-02", "source": "FEED"}]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "CHANGE_EMPTY"),
        ({"confidence": 11}, "NUMBER_OUT_OF_RANGE"),
        ({"values": [{"measureId": "$", "value": "1", "stage": "TARGET"}]}, "INVALID"),
        ({"values": [{"measureId": "$"}]}, "INVALID"),
        ({"values": [{"measureId": "$", "value": "1", "applicable": False}]}, "INVALID"),
        ({"values": [{"measureId": "$", "value": "1", "source": "FEED"}]}, "CITATION_REQUIRED"),
        ({"values": [{"measureId": "$", "value": "1"}, {"measureId": "$", "value": "2"}]}, "FIELD_REPEATED"),
        ({"values": [{"measureId": "$", "value": "1.00001"}]}, "TOO_MANY_DECIMALS"),
    ],
)
def test_check_ins_that_do_not_fit_change_nothing(api: Api, house: House, values: dict[str, Any], code: str) -> None:
    measures = [{"name": "留存率", "start": "62", "target": "72", "dataSource": "MANUAL"}]
    goal_id = confirmed(api, house.employee, house.manager, house, measures=measures)
    state = read(api, house.employee, goal_id)
    assert state is not None
    for value in values.get("values", []):
        value["measureId"] = state["measures"][0]["id"]
    assert codes(api, house.employee, CHECK_IN, goalId=goal_id, **values) == [code]
    assert read(api, house.employee, goal_id) == state


def test_a_colleague_may_read_but_not_check_in(api: Api, house: House) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house)
    assert codes(api, house.colleague, CHECK_IN, goalId=goal_id, note="x") == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("visibility", "seers"),
    [
        ("ORGANIZATION", "manager employee colleague hr committee"),
        ("LINE", "manager employee hr"),
        ("PRIVATE", "manager employee hr"),
    ],
)
def test_visibility_of_an_employees_goal(api: Api, house: House, visibility: str, seers: str) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house, visibility=visibility)
    found = [
        name
        for name in ("manager", "employee", "colleague", "hr", "committee")
        if read(api, getattr(house, name), goal_id) is not None
    ]
    assert found == seers.split()


@pytest.mark.parametrize(("visibility", "seen"), [("LINE", True), ("PRIVATE", False)])
def test_what_a_manager_shows_to_the_reports_below(api: Api, house: House, visibility: str, seen: bool) -> None:
    goal_id = confirmed(api, house.manager, house.committee, house, visibility=visibility)
    assert (read(api, house.employee, goal_id) is not None) is seen


def test_goals_hang_below_each_other_across_people_but_never_in_a_circle(api: Api, house: House) -> None:
    top = confirmed(api, house.manager, house.committee, house)
    middle = confirmed(api, house.employee, house.manager, house, parentId=top)
    low = confirmed(api, house.colleague, house.manager, house, parentId=middle)
    assert codes(api, house.manager, EDIT, id=top, parentId=low) == ["GOAL_LOOP"]
    assert codes(api, house.employee, EDIT, id=middle, parentId=middle) == ["GOAL_LOOP"]
    assert done(api, house.employee, EDIT, id=middle, parentId=None)["goal"]["parent"] is None
    assert done(api, house.manager, EDIT, id=top, parentId=low)["goal"]["parent"] == {"id": low}


def test_a_request_id_repeated_makes_one_goal(api: Api, house: House) -> None:
    input = {"cycleId": house.cycle_id, "title": "一次", "requestId": str(uuid.uuid4())}
    first = done(api, house.employee, CREATE, **input)["goal"]["id"]
    assert done(api, house.employee, CREATE, **input)["goal"]["id"] == first
    assert len(api.data(house.employee, "{ goals { nodes { id } } }")["goals"]["nodes"]) == 1
