"""Dated steps of goals: set, done by a check-in, seen like the goal, and kept once they are done."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest

from db.base import now
from db.session import Database, Scope
from db.viewer import Role
from schema.relay import encode_id
from tests.factories import make_viewer
from tests.goal_house import CHECK_IN, PROPOSE, House, codes, confirmed, done, draft, make_house, perform
from tests.schema.client import Api

SET = (
    "mutation($input: SetGoalStepsInput!) { setGoalSteps(input: $input) { goal { version steps { id text } } "
    "errors { code field message } } }"
)
READ = (
    "query($id: ID!) { node(id: $id) { ... on Goal { version revision steps { id text dueOn overdue doneAt note } "
    "checkIns { nodes { note stepsDone { text note } } } } } }"
)
STEP = "query($id: ID!) { node(id: $id) { ... on GoalStep { text } } }"


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


def day(distance: int) -> str:
    return (now().date() + datetime.timedelta(days=distance)).isoformat()


def steps(api: Api, house: House, goal_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.data(house.employee, READ, {"id": goal_id})["node"]["steps"]
    return found


def test_steps_lead_through_a_confirmed_goal_without_approval(api: Api, house: House) -> None:
    goal_id = draft(api, house.employee, house)
    first = {"text": " 访谈 20 位流失客户 ", "dueOn": day(-3)}
    set_ = done(api, house.employee, SET, goalId=goal_id, steps=[first, {"text": "上线引导页", "dueOn": day(10)}])
    assert [step["text"] for step in set_["goal"]["steps"]] == ["访谈 20 位流失客户", "上线引导页"]
    one, two = (step["id"] for step in set_["goal"]["steps"])
    assert api.data(house.manager, STEP, {"id": one}) == {"node": None}  # seen like the goal, which is a draft
    done(api, house.employee, PROPOSE, id=goal_id)
    assert codes(api, house.employee, SET, goalId=goal_id, steps=[]) == ["GOAL_STATE"]
    confirm = "mutation($input: ConfirmGoalInput!) { confirmGoal(input: $input) { errors { code } } }"
    done(api, house.manager, confirm, id=goal_id)
    assert api.data(house.colleague, STEP, {"id": one}) == {"node": {"text": "访谈 20 位流失客户"}}
    done(api, house.employee, CHECK_IN, goalId=goal_id, stepsDone=[{"stepId": one, "note": "访谈了 23 位"}])
    assert codes(api, house.employee, CHECK_IN, goalId=goal_id, stepsDone=[{"stepId": one}]) == ["STEP_DONE"]
    kept = {"id": one, "text": "访谈 20 位流失客户", "dueOn": day(-3)}
    moved = {"id": two, "text": "上线引导页", "dueOn": day(-1)}
    done(api, house.employee, SET, goalId=goal_id, steps=[{"text": "选定供应商", "dueOn": day(0)}, kept, moved])
    node = api.data(house.manager, READ, {"id": goal_id})["node"]
    assert node["revision"] == 1
    assert [(step["text"], step["overdue"], step["note"]) for step in node["steps"]] == [
        ("选定供应商", False, None),
        ("访谈 20 位流失客户", False, "访谈了 23 位"),
        ("上线引导页", True, None),
    ]
    assert [step["doneAt"] is not None for step in node["steps"]] == [False, True, False]
    assert node["checkIns"]["nodes"] == [
        {"note": None, "stepsDone": [{"text": "访谈 20 位流失客户", "note": "访谈了 23 位"}]}
    ]
    for wanted in ([moved], [{**kept, "text": "访谈 5 位"}, moved], [{**kept, "dueOn": day(1)}]):
        assert codes(api, house.employee, SET, goalId=goal_id, steps=wanted) == ["STEP_DONE"]
    assert api.data(house.manager, READ, {"id": goal_id})["node"] == node
    done(api, house.employee, SET, goalId=goal_id, steps=[kept])
    assert [step["id"] for step in steps(api, house, goal_id)] == [one]


def test_what_cannot_stand_is_refused_and_changes_nothing(api: Api, house: House) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house)
    other_id = confirmed(api, house.employee, house.manager, house, title="另一个目标")
    good = {"text": "一步", "dueOn": day(5)}
    made = done(api, house.employee, SET, goalId=goal_id, steps=[good])["goal"]
    step = made["steps"][0]["id"]
    foreign = done(api, house.employee, SET, goalId=other_id, steps=[good])["goal"]["steps"][0]["id"]
    before = api.data(house.employee, READ, {"id": goal_id})
    for wanted, code, field in (
        ([{**good, "text": " "}], "TEXT_REQUIRED", ["steps", "0", "text"]),
        ([good, {**good, "text": "长" * 301}], "TEXT_TOO_LONG", ["steps", "1", "text"]),
        ([{**good, "dueOn": day(60)}], "STEP_OUTSIDE_CYCLE", ["steps", "0", "dueOn"]),
        ([{**good, "dueOn": day(-60)}], "STEP_OUTSIDE_CYCLE", ["steps", "0", "dueOn"]),
        ([{**good, "id": foreign}], "NOT_FOUND", ["steps", "0", "id"]),
        ([{**good, "id": step}, {**good, "id": step}], "NOT_FOUND", ["steps", "1", "id"]),
        ([{**good, "id": goal_id}], "BAD_ID", ["steps", "0", "id"]),
        ([good] * 51, "TOO_MANY", ["steps"]),
    ):
        payload = perform(api, house.employee, SET, goalId=goal_id, steps=wanted)
        assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, ["input", *field])]
    assert codes(api, house.colleague, SET, goalId=goal_id, steps=[]) == ["FORBIDDEN"]
    assert codes(api, house.colleague, CHECK_IN, goalId=goal_id, stepsDone=[{"stepId": step}]) == ["FORBIDDEN"]
    assert codes(api, house.employee, SET, goalId=encode_id("Goal", uuid.uuid4()), steps=[]) == ["NOT_FOUND"]
    assert codes(api, house.employee, SET, goalId=goal_id, steps=[], expectedVersion=made["version"] - 1) == [
        "CONFLICT"
    ]
    for steps_done in ([{"stepId": foreign}], [{"stepId": step}] * 2):
        assert codes(api, house.employee, CHECK_IN, goalId=goal_id, stepsDone=steps_done) == ["NOT_FOUND"]
    assert api.data(house.employee, READ, {"id": goal_id}) == before
    assert before["node"]["checkIns"]["nodes"] == []


def test_who_brings_in_values_says_nothing_of_steps(api: Api, database: Database, house: House) -> None:
    measures = [{"name": "留存率", "unit": "%", "start": "62", "target": "72"}]
    goal_id = confirmed(api, house.employee, house.manager, house, measures=measures)
    step = done(api, house.employee, SET, goalId=goal_id, steps=[{"text": "一步", "dueOn": day(5)}])["goal"]["steps"][0]
    with database.begin(Scope(house.organization.id)) as session:
        pmo = make_viewer(session, house.organization, Role.PMO)
    measure = api.data(pmo, "query($id: ID!) { node(id: $id) { ... on Goal { measures { id } } } }", {"id": goal_id})
    value = {"measureId": measure["node"]["measures"][0]["id"], "value": "67", "source": "FEED", "citation": "crm:7"}
    fed = {"goalId": goal_id, "values": [value]}
    assert codes(api, pmo, CHECK_IN, **fed, stepsDone=[{"stepId": step["id"]}]) == ["FORBIDDEN"]
    assert [one["doneAt"] for one in steps(api, house, goal_id)] == [None]
    assert codes(api, pmo, CHECK_IN, **fed) == []
