"""Who sees what of goals inside an organisation: by state, visibility and level, through every way that leads to one.

The expectation is written here once more as plain sets of people, independent of the SQL that decides in the product.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from db.models.goals import Goal
from db.models.people import Person
from db.queries import goal_events
from db.queries.goal_audience import audience
from db.session import Database, Scope
from db.viewer import Role, Viewer
from schema.relay import decode_id, encode_id
from tests.factories import make_department, make_organization, make_person, viewer_of
from tests.goal_house import CHECK_IN, CONFIRM, CREATE, PROPOSE, done, make_quarter, person_id
from tests.schema.client import Api
from tests.schema.test_change_feed import settle


def people(words: str) -> frozenset[str]:
    return frozenset(words.split())


EVERYBODY = people("director manager owner junior colleague stranger hr committee chair pmo administrator")


@dataclass
class Company:
    """director → manager → owner → junior; a colleague beside the owner, a stranger in another department."""

    viewers: dict[str, Viewer]
    cycle_id: str
    department_id: str

    def __getitem__(self, who: str) -> Viewer:
        return self.viewers[who]

    @property
    def scope(self) -> Scope:
        return Scope(self["hr"].organization_id)


@pytest.fixture
def company(database: Database) -> Company:
    organization = make_organization(database)
    viewers: dict[str, Viewer] = {}
    people: dict[str, Person] = {}
    with database.begin(Scope(organization.id)) as session:
        inside, outside = make_department(session, organization, "IN"), make_department(session, organization, "OUT")

        def add(who: str, *roles: Role, above: str | None = None, aside: bool = False) -> None:
            held = (Role.EMPLOYEE, *roles)
            people[who] = make_person(
                session,
                organization,
                manager=people[above] if above else None,
                department=outside if aside else inside,
                roles=held,
            )
            viewers[who] = viewer_of(people[who], *held)

        add("director", Role.MANAGER, aside=True)
        add("manager", Role.MANAGER, above="director")
        add("owner", above="manager")
        add("junior", above="owner")
        add("colleague", above="manager")
        add("stranger", above="director", aside=True)
        for who, role in (("hr", Role.HR), ("pmo", Role.PMO), ("administrator", Role.ADMINISTRATOR)):
            add(who, role, above="director", aside=True)
        for who in ("committee", "chair"):
            add(who, Role.COMMITTEE, above="director", aside=True)
        cycle = make_quarter(session, organization)
    return Company(viewers, encode_id("Cycle", cycle.id), encode_id("Department", inside.id))


STATES = ("DRAFT", "PROPOSED", "CONFIRMED", "WITHDRAWN")
WITHDRAW = "mutation($input: WithdrawGoalInput!) { withdrawGoal(input: $input) { errors { code } } }"


@dataclass(frozen=True)
class Case:
    """A goal to be made, who makes and who confirms it, and who answers for it besides."""

    level: str
    maker: str
    decider: str
    offered: frozenset[str]
    """Who sees it once it is proposed."""
    line: frozenset[str]
    """Who sees it besides them when it is confirmed for the line."""

    def expected(self, state: str, visibility: str) -> frozenset[str]:
        if state in {"DRAFT", "WITHDRAWN"}:
            return frozenset({self.maker})
        if state == "PROPOSED" or visibility == "PRIVATE":
            return self.offered
        return EVERYBODY if visibility == "ORGANIZATION" else self.offered | self.line


CASES = {
    "person": Case("PERSON", "owner", "manager", people("owner manager director hr"), people("junior")),
    "department": Case(
        "DEPARTMENT",
        "manager",
        "director",
        people("manager director hr committee chair"),
        people("owner junior colleague"),
    ),
    "organization": Case("ORGANIZATION", "committee", "chair", people("committee chair hr director"), people("")),
}


def make(api: Api, company: Company, case: Case, state: str, visibility: str, **values: Any) -> str:
    maker = company[case.maker]
    if case.level == "DEPARTMENT":
        values["departmentId"] = company.department_id
    goal_id: str = done(
        api, maker, CREATE, cycleId=company.cycle_id, title="目标", level=case.level, visibility=visibility, **values
    )["goal"]["id"]
    if state in {"PROPOSED", "CONFIRMED"}:
        done(api, maker, PROPOSE, id=goal_id)
    if state == "CONFIRMED":
        done(api, company[case.decider], CONFIRM, id=goal_id)
    if state == "WITHDRAWN":
        done(api, maker, WITHDRAW, id=goal_id)
    return goal_id


def seers(api: Api, company: Company, node_id: str) -> frozenset[str]:
    query = "query($id: ID!) { node(id: $id) { id } }"
    return frozenset(who for who, viewer in company.viewers.items() if api.data(viewer, query, {"id": node_id})["node"])


@pytest.mark.parametrize("name", CASES)
def test_who_sees_a_goal_in_each_state(api: Api, database: Database, company: Company, name: str) -> None:
    case = CASES[name]
    expected: dict[str, frozenset[str]] = {}
    confirmed: set[str] = set()
    for state in STATES:
        for visibility in ("ORGANIZATION", "LINE", "PRIVATE") if state == "CONFIRMED" else ("ORGANIZATION",):
            goal_id = make(api, company, case, state, visibility)
            expected[goal_id] = case.expected(state, visibility)
            confirmed |= {goal_id} if state == "CONFIRMED" else set()
    with database.begin(company.scope, write=False) as session:
        everybody = frozenset(viewer.person_id for viewer in company.viewers.values())
        for goal_id, names in expected.items():
            seeing = audience(session, session.get_one(Goal, decode_id(goal_id, "Goal")))
            told = everybody if seeing is None else frozenset(seeing)
            assert told == frozenset(company[who].person_id for who in names), (name, goal_id)
    fields = " ".join(f"g{index}: node(id: {json.dumps(id_)}) {{ id }}" for index, id_ in enumerate(expected))
    settle(api.settings)
    for who, viewer in company.viewers.items():
        data = api.data(
            viewer,
            f"query($cycle: ID!, $department: ID!) {{ {fields} goals {{ nodes {{ id }} }} "
            "goalTree(cycleId: $cycle) { goal { id } } "
            "goalMap(cycleId: $cycle, departmentId: $department) { cells { goals { id } } } "
            'changes(first: 100, types: ["Goal"]) { nodes { kind id } } }',
            {"cycle": company.cycle_id, "department": company.department_id},
        )
        allowed = {goal_id for goal_id, names in expected.items() if who in names}
        assert {data[f"g{index}"]["id"] for index in range(len(expected)) if data[f"g{index}"]} == allowed, who
        assert {node["id"] for node in data["goals"]["nodes"]} == allowed, who
        assert {node["goal"]["id"] for node in data["goalTree"]} == allowed, who
        assert {(change["kind"], change["id"]) for change in data["changes"]["nodes"]} == {
            ("CHANGED", goal_id) for goal_id in allowed
        }, who
        mapped = {goal["id"] for cell in data["goalMap"]["cells"] for goal in cell["goals"]}
        assert mapped == ({goal_id for goal_id in allowed if goal_id in confirmed} if name == "person" else set()), who
    chain = "query($id: ID!) { chain(goalId: $id) { goal { id } } }"
    for goal_id, names in expected.items():
        outside = sorted(EVERYBODY - names)[:1]  # whoever does not see the goal; the others in the test below
        assert [api.codes(company[who], chain, {"id": goal_id}) for who in outside] == [["NOT_FOUND"]] * len(outside)


def test_what_hangs_on_a_private_goal_is_as_private(api: Api, company: Company) -> None:
    case = CASES["person"]
    top = make(api, company, CASES["organization"], "CONFIRMED", "ORGANIZATION")
    measures = [{"name": "成本", "target": "5", "dataSource": "MANUAL"}]
    goal_id = make(api, company, case, "CONFIRMED", "PRIVATE", parentId=top, measures=measures)
    read = "query($id: ID!) { node(id: $id) { ... on Goal { measures { id } revisions { id } } } }"
    node = api.data(company["owner"], read, {"id": goal_id})["node"]
    checked = done(
        api,
        company["owner"],
        CHECK_IN.replace("checkIn { progress }", "checkIn { id }"),
        goalId=goal_id,
        values=[{"measureId": node["measures"][0]["id"], "value": "1"}],
        note="只给上级看",
    )["checkIn"]["id"]
    comment = (
        "mutation($input: CommentOnGoalInput!) { commentOnGoal(input: $input) { comment { id } errors { code } } }"
    )
    written = done(api, company["manager"], comment, goalId=goal_id, text="收到")["comment"]["id"]
    parts = [goal_id, checked, written, node["measures"][0]["id"], node["revisions"][0]["id"]]
    for part in parts:
        assert seers(api, company, part) == case.offered, part
    children = "query($id: ID!) { node(id: $id) { ... on Goal { children { nodes { id } } standing { progress } } } }"
    for who, viewer in company.viewers.items():
        above = api.data(viewer, children, {"id": top})["node"]
        assert [one["id"] for one in above["children"]["nodes"]] == ([goal_id] if who in case.offered else []), who
        assert above["standing"]["progress"] == "0.2"  # the figure above counts it, unnamed
    chain = "query($id: ID!) { chain(goalId: $id) { goal { id } } }"
    for who in EVERYBODY - case.offered:
        assert api.codes(company[who], chain, {"id": goal_id}) == ["NOT_FOUND"]


def test_who_reads_why_a_goal_changed(api: Api, company: Company) -> None:
    goal_id = make(api, company, CASES["person"], "CONFIRMED", "ORGANIZATION")
    ask = (
        "mutation($input: ProposeGoalChangeInput!) { proposeGoalChange(input: $input) "
        "{ change { id } errors { code field } } }"
    )
    decide = "mutation($input: DecideGoalChangeInput!) { decideGoalChange(input: $input) { errors { code } } }"
    change = done(
        api,
        company["owner"],
        ask,
        items=[{"kind": "GOAL_TEXT", "goalId": goal_id, "title": "新目标"}],
        reason="RESOURCE",
        reasonText="有同事长期病假",
    )["change"]["id"]
    done(api, company["manager"], decide, id=change, approve=True)
    query = (
        "query($goal: ID!, $change: ID!) { node(id: $change) { ... on GoalChange { reasonText } } "
        "goal: node(id: $goal) { ... on Goal { revisions { reason change { reasonText } } } } "
        "goalChanges { nodes { id } } }"
    )
    for who, viewer in company.viewers.items():
        data = api.data(viewer, query, {"goal": goal_id, "change": change})
        knows = who in people("owner manager director hr")
        assert (data["node"] is not None) is knows, who
        assert bool(data["goalChanges"]["nodes"]) is knows, who
        revision = data["goal"]["revisions"][1]
        assert revision["reason"] == "RESOURCE"
        assert (revision["change"] is not None) is knows, who


@pytest.mark.parametrize(
    ("mutation", "allowed"),
    [
        (CONFIRM, "manager director"),
        ("mutation($input: ReturnGoalInput!) { returnGoal(input: $input) { errors { code } } }", "manager director"),
        (WITHDRAW, "owner manager director hr"),
    ],
)
def test_who_moves_a_proposed_goal_on(api: Api, company: Company, mutation: str, allowed: str) -> None:
    case = CASES["person"]
    given = {"comment": "请补充"} if "returnGoal" in mutation else {}
    goal_id = make(api, company, case, "PROPOSED", "ORGANIZATION")
    for who in sorted(EVERYBODY - people(allowed)):
        payload = next(iter(api.data(company[who], mutation, {"input": {"id": goal_id, **given}}).values()))
        code = "FORBIDDEN" if who in case.offered else "NOT_FOUND"
        assert [error["code"] for error in payload["errors"]] == [code], who
    for who in allowed.split():
        fresh = make(api, company, case, "PROPOSED", "ORGANIZATION")
        done(api, company[who], mutation, id=fresh, **given)


def test_weekly_actions_are_for_the_person_the_witness_and_the_line(api: Api, company: Company) -> None:
    plan = (
        "mutation($input: PlanWeeklyActionInput!) { planWeeklyAction(input: $input) { action { id } errors { code } } }"
    )
    action = done(
        api,
        company["owner"],
        plan,
        goalText="目标",
        mustFinish="一件事",
        witnessId=person_id(company["stranger"]),
    )["action"]["id"]
    query = "query($id: ID!) { node(id: $id) { id } weeklyActions { nodes { id } } }"
    for who, viewer in company.viewers.items():
        data = api.data(viewer, query, {"id": action})
        allowed = who in people("owner stranger manager director hr")
        assert (data["node"] is not None, bool(data["weeklyActions"]["nodes"])) == (allowed, allowed), who


def test_who_follows_goals_as_they_change(api: Api, database: Database, company: Company) -> None:
    """`goalChanged` reads the log by this query: one's own line, and of it what `node(id:)` shows."""
    case = CASES["person"]
    lines = {state: make(api, company, case, state, "PRIVATE") for state in ("DRAFT", "PROPOSED", "CONFIRMED")}
    keys = {decode_id(goal_id, "Goal"): state for state, goal_id in lines.items()}
    told: dict[str, set[str]] = {}
    with database.begin(company.scope, write=False) as session:
        for who, viewer in company.viewers.items():
            told[who] = {keys[goal_id] for goal_id in goal_events.in_line(session, viewer, keys)}
    everything = {"DRAFT", "PROPOSED", "CONFIRMED"}
    expected = {"owner": everything, "manager": everything - {"DRAFT"}, "director": everything - {"DRAFT"}}
    assert told == {who: expected.get(who, set()) for who in company.viewers}
