"""Change requests through the API: what they need, who decides, what stays readable."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.models.goal_changes import GoalRevision, RevisionChangedError
from db.session import Database, Scope
from tests.goal_house import (
    CONFIRM,
    PROPOSE,
    House,
    codes,
    confirmed,
    done,
    draft,
    make_house,
    person_id,
    read,
)
from tests.schema.client import Api


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


CHANGE = "change { id status version } errors { code field }"
ASK = f"mutation($input: ProposeGoalChangeInput!) {{ proposeGoalChange(input: $input) {{ {CHANGE} }} }}"
DECIDE = (
    "mutation($input: DecideGoalChangeInput!) { decideGoalChange(input: $input) "
    "{ change { id status } goals { id status weight } errors { code field } } }"
)
WITHDRAW = f"mutation($input: WithdrawGoalChangeInput!) {{ withdrawGoalChange(input: $input) {{ {CHANGE} }} }}"
STATE = (
    "query($id: ID!) { node(id: $id) { ... on Goal { title weight hours status owner { id } revision "
    "measures { id name weight target } revisions { number title weight } } } }"
)


def state(api: Api, house: House, goal_id: str) -> dict[str, Any]:
    node: dict[str, Any] = api.data(house.manager, STATE, {"id": goal_id})["node"]
    return node


def weighted(api: Api, house: House, *weights: str, **values: Any) -> list[str]:
    made = [draft(api, house.employee, house, kind="KEY_TASK", weight=weight, **values) for weight in weights]
    for goal_id in made:
        done(api, house.employee, PROPOSE, id=goal_id)
    for goal_id in made:
        done(api, house.manager, CONFIRM, id=goal_id)
    return made


def ask(items: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    return {"items": items, "reason": "MARKET", "reasonText": "市场变化", **values}


def approved(api: Api, house: House, items: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    change = done(api, house.employee, ASK, **ask(items, **values))["change"]
    return done(api, house.manager, DECIDE, id=change["id"], approve=True)


def refused(api: Api, house: House, items: list[dict[str, Any]], **values: Any) -> list[str]:
    return codes(api, house.employee, ASK, **ask(items, **values))


def test_a_confirmed_goal_changes_only_by_request(api: Api, house: House) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house)
    edit = "mutation($input: EditGoalInput!) { editGoal(input: $input) { errors { code } } }"
    assert codes(api, house.employee, edit, id=goal_id, title="悄悄改") == ["GOAL_STATE"]
    assert codes(api, house.employee, edit, id=goal_id, weight="10") == ["GOAL_STATE"]


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"kind": "GOAL_WEIGHT", "amount": "-30"}, "CHANGE_INCOMPLETE"),  # relative or points must be said
        ({"kind": "GOAL_WEIGHT", "amount": "-30", "mode": "RELATIVE", "title": "x"}, "CHANGE_INCOMPLETE"),
        ({"kind": "GOAL_TEXT"}, "CHANGE_INCOMPLETE"),
        ({"kind": "MEASURE_TARGET"}, "CHANGE_INCOMPLETE"),
        ({"kind": "GOAL_WEIGHT", "amount": "-90", "mode": "POINTS"}, "WEIGHT_OUT_OF_RANGE"),
        ({"kind": "GOAL_WEIGHT", "amount": "-30", "mode": "RELATIVE"}, "WEIGHTS_NOT_WHOLE"),
        ({"kind": "DROP_GOAL"}, "WEIGHTS_NOT_WHOLE"),
        ({"kind": "ADD_GOAL"}, "GOAL_STATE"),
        ({"kind": "GOAL_TEXT", "title": " "}, "TEXT_REQUIRED"),
        ({"kind": "ADD_MEASURE", "measure": {"name": "无目标"}}, "MEASURE_SCALE"),
    ],
)
def test_impossible_requests_are_refused_at_once(api: Api, house: House, item: dict[str, Any], code: str) -> None:
    first, _ = weighted(api, house, "60", "40")
    before = state(api, house, first)
    assert refused(api, house, [{"goalId": first, **item}]) == [code]
    assert state(api, house, first) == before
    assert api.data(house.hr, "{ goalChanges { nodes { id } } }")["goalChanges"]["nodes"] == []


def test_what_would_change_nothing_is_refused(api: Api, house: House) -> None:
    (goal_id,) = weighted(api, house, "100")
    same = state(api, house, goal_id)["title"]
    assert refused(api, house, [{"goalId": goal_id, "kind": "GOAL_TEXT", "title": same}]) == ["CHANGE_EMPTY"]
    assert refused(api, house, []) == ["CHANGE_EMPTY"]
    future = (now() + datetime.timedelta(hours=2)).isoformat()
    text = [{"goalId": goal_id, "kind": "GOAL_TEXT", "title": "新"}]
    assert refused(api, house, text, occurredAt=future) == ["NUMBER_OUT_OF_RANGE"]
    assert refused(api, house, text, reasonText=" ") == ["TEXT_REQUIRED"]


def test_a_package_balances_by_itself_or_by_its_items(api: Api, house: House) -> None:
    first, second = weighted(api, house, "60", "40")
    approved(
        api, house,
        [
            {"kind": "GOAL_WEIGHT", "goalId": first, "amount": "-30", "mode": "POINTS"},
            {"kind": "GOAL_WEIGHT", "goalId": second, "amount": "75", "mode": "RELATIVE"},
        ],
    )  # fmt: skip
    assert [state(api, house, goal_id)["weight"] for goal_id in (first, second)] == ["30", "70"]
    approved(
        api, house,
        [{"kind": "GOAL_WEIGHT", "goalId": first, "amount": "50", "mode": "RELATIVE"}],
        weightRule="RENORMALISE",
    )  # fmt: skip
    assert [state(api, house, goal_id)["weight"] for goal_id in (first, second)] == ["45", "55"]
    history = [(one["number"], one["weight"]) for one in state(api, house, first)["revisions"]]
    assert history == [(1, "60"), (2, "30"), (3, "45")]


def test_goals_are_added_and_dropped_by_a_package(api: Api, house: House) -> None:
    first, second = weighted(api, house, "60", "40")
    fresh = draft(api, house.employee, house, kind="KEY_TASK", weight="40", title="新任务")
    approved(api, house, [{"kind": "DROP_GOAL", "goalId": second}, {"kind": "ADD_GOAL", "goalId": fresh}])
    assert [state(api, house, goal_id)["status"] for goal_id in (first, second, fresh)] == [
        "CONFIRMED", "DROPPED", "CONFIRMED",
    ]  # fmt: skip
    assert [one["number"] for one in state(api, house, fresh)["revisions"]] == [1]
    rate = api.data(
        house.manager, "query($c: ID!) { calibrationRate(cycleId: $c) { percent confirmed changed } }",
        {"c": house.cycle_id},
    )["calibrationRate"]  # fmt: skip
    assert rate == {"percent": "66.7", "confirmed": 3, "changed": 2}


def test_measures_keep_their_past(api: Api, house: House) -> None:
    measures = [
        {"name": "响应", "direction": "DECREASE", "start": "40", "target": "28", "weight": "50"},
        {"name": "返工", "direction": "DECREASE", "start": "10", "target": "5", "weight": "50"},
    ]
    (goal_id,) = weighted(api, house, "100", measures=measures)
    respond, rework = (measure["id"] for measure in state(api, house, goal_id)["measures"])
    approved(
        api, house,
        [
            {"kind": "MEASURE_TARGET", "goalId": goal_id, "measureId": respond,
             "measure": {"name": "响应", "direction": "DECREASE", "start": "40", "target": "24"}},
            {"kind": "DROP_MEASURE", "goalId": goal_id, "measureId": rework},
            {"kind": "MEASURE_WEIGHT", "goalId": goal_id, "measureId": respond, "amount": "100", "mode": "RELATIVE"},
        ],
    )  # fmt: skip
    current = state(api, house, goal_id)
    assert [(one["name"], one["target"], one["weight"]) for one in current["measures"]] == [("响应", "24", "100")]
    past = api.data(
        house.manager, "query($id: ID!) { node(id: $id) { ... on Goal { revisions { measures { name target } } } } }",
        {"id": goal_id},
    )["node"]["revisions"]  # fmt: skip
    assert past == [
        {"measures": [{"name": "响应", "target": "28"}, {"name": "返工", "target": "5"}]},
        {"measures": [{"name": "响应", "target": "24"}]},
    ]


def test_hours_move_and_never_below_nothing(api: Api, house: House) -> None:
    first, second = weighted(api, house, "60", "40", hours="10")
    move = {"kind": "MOVE_HOURS", "goalId": first, "toGoalId": second}
    assert refused(api, house, [{**move, "amount": "11", "mode": "POINTS"}]) == ["HOURS_MISSING"]
    assert refused(api, house, [{**move, "amount": "-5", "mode": "POINTS"}]) == ["HOURS_MISSING"]
    approved(api, house, [{**move, "amount": "30", "mode": "RELATIVE"}])
    assert [state(api, house, goal_id)["hours"] for goal_id in (first, second)] == ["7", "13"]


def test_a_goal_is_handed_over_as_a_whole(api: Api, house: House) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house)
    approved(api, house, [{"kind": "GOAL_OWNER", "goalId": goal_id, "ownerId": person_id(house.colleague)}])
    assert state(api, house, goal_id)["owner"] == {"id": person_id(house.colleague)}
    edit = "mutation($input: CheckInGoalInput!) { checkInGoal(input: $input) { errors { code } } }"
    assert codes(api, house.employee, edit, goalId=goal_id, note="x") == ["FORBIDDEN"]
    done(api, house.colleague, edit, goalId=goal_id, note="接手")


def test_who_decides(api: Api, house: House) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house)
    item = {"kind": "GOAL_TEXT", "goalId": goal_id, "title": "新标题"}
    by_owner = done(api, house.employee, ASK, **ask([item]))["change"]["id"]
    by_manager = done(api, house.manager, ASK, **ask([item]))["change"]["id"]
    assert codes(api, house.employee, DECIDE, id=by_owner, approve=True) == ["FORBIDDEN"]
    assert codes(api, house.hr, DECIDE, id=by_owner, approve=True) == ["FORBIDDEN"]
    assert codes(api, house.colleague, DECIDE, id=by_owner, approve=True) == ["NOT_FOUND"]
    assert codes(api, house.manager, DECIDE, id=by_owner, approve=False) == ["REASON_REQUIRED"]
    assert codes(api, house.manager, DECIDE, id=by_manager, approve=True) == ["FORBIDDEN"]
    done(api, house.manager, DECIDE, id=by_owner, approve=False, comment="先不改")
    assert codes(api, house.manager, DECIDE, id=by_owner, approve=True) == ["ALREADY_DECIDED"]
    assert codes(api, house.employee, WITHDRAW, id=by_manager) == ["FORBIDDEN"]
    done(api, house.manager, WITHDRAW, id=by_manager)
    assert state(api, house, goal_id)["revision"] == 1


def test_goals_of_two_people_are_not_one_request(api: Api, house: House) -> None:
    own = confirmed(api, house.employee, house.manager, house)
    other = confirmed(api, house.colleague, house.manager, house)
    items = [{"kind": "GOAL_TEXT", "goalId": goal_id, "title": "新"} for goal_id in (own, other)]
    assert codes(api, house.manager, ASK, **ask(items)) == ["INVALID"]
    assert refused(api, house, [items[1]]) == ["FORBIDDEN"]


def test_a_revision_is_never_changed(api: Api, house: House, database: Database) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house)
    assert read(api, house.employee, goal_id)

    def renumber(session: Session) -> None:
        session.scalars(sa.select(GoalRevision)).one().number = 7
        session.flush()

    with database.begin(Scope(house.organization.id)) as session, pytest.raises(RevisionChangedError):
        renumber(session)
