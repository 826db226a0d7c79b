"""Every edge of the goals costs the same number of statements for one parent and for ten."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from graphql import get_named_type, is_leaf_type
from sqlalchemy.orm import Session

import schema.goal_changes
import schema.goal_overview
import schema.goal_steps
import schema.goal_types
import schema.weekly
from db.base import new_id, now
from db.models.goal_changes import (
    ChangeItem,
    ChangeKind,
    ChangeRequest,
    ChangeStatus,
    GoalRevision,
    ReasonCategory,
    WeightRule,
)
from db.models.goal_updates import (
    CheckIn,
    CheckInValue,
    CommentKind,
    GoalComment,
    GoalHealthCheck,
    GoalMention,
    GoalStep,
    WeeklyAction,
)
from db.models.goals import (
    Cycle,
    CyclePhase,
    DataSource,
    Direction,
    Goal,
    GoalKind,
    GoalLevel,
    GoalStatus,
    Measure,
    MeasureKind,
    Phase,
)
from db.models.people import Department, Organization, Person
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer
from resolvers.goals.inputs import monday_of
from resolvers.goals.snapshots import content_of, measure_content
from schema.batching import Kind
from schema.relay import encode_id
from schema.root import catalog
from tests.conftest import MakeSettings
from tests.factories import make_department, make_organization, make_person, viewer_of
from tests.goal_house import make_quarter
from tests.schema.client import Api
from tests.statements import counted

MANY = 10
GOALS = "goals(first: $first, filter: {level: PERSON}) { nodes { %s } }"
PLACES = {
    "Cycle": "cycles(first: $first) { nodes { %s } }",
    "Goal": GOALS,
    "Measure": GOALS % "measures { %s }",
    "GoalWarning": GOALS % "warnings { %s }",
    "GoalRevision": GOALS % "revisions { %s }",
    "MeasureDescription": GOALS % "revisions { measures { %s } }",
    "GoalCheckIn": GOALS % "checkIns(first: 2) { nodes { %s } }",
    "CheckInValue": GOALS % "checkIns(first: 2) { nodes { values { %s } } }",
    "GoalStep": GOALS % "steps { %s }",
    "GoalComment": GOALS % "comments(first: 2) { nodes { %s } }",
    "GoalChange": "goalChanges(first: $first) { nodes { %s } }",
    "GoalChangeItem": "goalChanges(first: $first) { nodes { items { %s } } }",
    "GoalHealthCheck": "goalHealthChecks(first: $first) { nodes { %s } }",
    "WeeklyAction": "weeklyActions(first: $first) { nodes { %s } }",
    "GoalTreeNode": "goalTree(cycleId: $cycle, rootId: $root, depth: $depth) { %s }",
    "GoalMapCell": "goalMap(cycleId: $cycle, departmentId: $department) { cells { %s } }",
    "WitnessCount": "weeklyScan(week: $week, departmentId: $department) { witnesses { %s } }",
}
"""Where many of a type stand side by side."""
ALONE = {"CalibrationRate", "Chain", "GoalEvent", "GoalMap", "WeeklyScan"}
"""Types of which an answer holds one."""


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """The statements are the same on both databases."""
    return make_settings("sqlite")


@dataclass
class Garden:
    """Eleven goals of persons, each with an own owner, parent, predecessor, child, measure, revision, open step,
    check-in with the step that it says is done, comment, change, health check and weekly action."""

    viewer: Viewer
    cycle: Cycle
    root: Goal
    small: Department
    """One of the owners works there."""
    large: Department
    """Ten of the owners work there."""

    def variables(self, many: bool) -> dict[str, Any]:
        return {
            "first": MANY if many else 1,
            "depth": 1 if many else 0,
            "cycle": encode_id("Cycle", self.cycle.id),
            "root": encode_id("Goal", self.root.id),
            "department": encode_id("Department", (self.large if many else self.small).id),
            "week": monday_of(now().date()).isoformat(),
        }


@pytest.fixture
def garden(database: Database) -> Garden:
    organization = make_organization(database)
    with database.begin(Scope(organization.id)) as session:
        cycle = make_quarter(session, organization)
        for number in range(MANY):
            part = make_quarter(session, organization, key=f"part{number}")
            part.parent_id = cycle.id
            phase = CyclePhase(
                organization_id=organization.id, cycle_id=part.id, phase=Phase.RUNNING, starts_on=part.starts_on
            )
            session.add(phase)
        small, large = make_department(session, organization), make_department(session, organization)
        hr = make_person(session, organization, department=small, roles=(Role.EMPLOYEE, Role.HR))
        root = _goal(session, cycle, GoalLevel.ORGANIZATION)
        for department in [large] * MANY + [small]:
            _bed(session, cycle, root, make_person(session, organization, department=department), department)
    return Garden(viewer_of(hr, Role.EMPLOYEE, Role.HR), cycle, root, small, large)


def _goal(session: Session, cycle: Cycle, level: GoalLevel, **values: Any) -> Goal:
    goal = Goal(
        id=new_id(), organization_id=cycle.organization_id, cycle_id=cycle.id, kind=GoalKind.OBJECTIVE, level=level,
        title="首月留存率", description="新客户", hours=Decimal(80), status=GoalStatus.CONFIRMED,
        proposed_at=now(), confirmed_at=now(), **values,
    )  # fmt: skip
    session.add(goal)
    session.flush()
    return goal


def _bed(session: Session, cycle: Cycle, root: Goal, person: Person, department: Department) -> None:
    own: dict[str, Any] = {"organization_id": cycle.organization_id}
    witness = make_person(session, session.get_one(Organization, cycle.organization_id), department=department)
    parent = _goal(session, cycle, GoalLevel.ORGANIZATION, parent_id=root.id)
    before = _goal(session, cycle, GoalLevel.ORGANIZATION)
    goal = _goal(
        session, cycle, GoalLevel.PERSON, owner_id=person.id, department_id=department.id, parent_id=parent.id,
        carried_from_id=before.id, created_by=person.id, confirmed_by=witness.id, weight=Decimal(100), revision=1,
    )  # fmt: skip
    _goal(session, cycle, GoalLevel.DEPARTMENT, department_id=department.id, parent_id=goal.id)
    measure = Measure(
        id=new_id(), goal_id=goal.id, position=0, name="留存率", kind=MeasureKind.NUMERIC,
        direction=Direction.INCREASE, start=Decimal(62), target=Decimal(75), current=Decimal(70), **own,
    )  # fmt: skip
    check_in = CheckIn(id=new_id(), goal_id=goal.id, author_id=person.id, revision=1, **own)
    comment = GoalComment(id=new_id(), goal_id=goal.id, author_id=person.id, kind=CommentKind.COMMENT, text="好", **own)
    change = ChangeRequest(
        id=new_id(), cycle_id=cycle.id, level=GoalLevel.PERSON, owner_id=person.id, department_id=department.id,
        reason=ReasonCategory.MARKET, reason_text="市场变化", weight_rule=WeightRule.REFUSE,
        occurred_at=now() - datetime.timedelta(hours=9), requested_by=person.id, status=ChangeStatus.APPROVED,
        decided_by=witness.id, decided_at=now(), **own,
    )  # fmt: skip
    session.add_all([measure, check_in, comment, change])
    session.flush()
    session.add_all(
        [
            CheckInValue(
                check_in_id=check_in.id, measure_id=measure.id, value=Decimal(70), applicable=True,
                source=DataSource.MANUAL, **own,
            ),
            GoalStep(
                goal_id=goal.id, position=0, text="访谈流失客户", due_on=cycle.starts_on, done_at=now(),
                check_in_id=check_in.id, **own,
            ),
            GoalStep(goal_id=goal.id, position=1, text="改进首月引导", due_on=cycle.ends_on, **own),
            WeeklyAction(
                person_id=person.id, week=monday_of(now().date()), goal_text="留存率", goal_id=goal.id,
                must_finish="归因", witness_id=witness.id, **own,
            ),
            GoalMention(comment_id=comment.id, person_id=witness.id, **own),
            GoalRevision(
                goal_id=goal.id, number=1, content=content_of(goal, [measure]), request_id=change.id,
                proposed_by=person.id, approved_by=witness.id, **own,
            ),
            ChangeItem(
                request_id=change.id, position=0, kind=ChangeKind.ADD_MEASURE, goal_id=goal.id, measure_id=measure.id,
                to_goal_id=parent.id, owner_id=person.id, content=measure_content(measure), **own,
            ),
            GoalHealthCheck(
                cycle_id=cycle.id, person_id=person.id, reviewer_id=witness.id, completed_by=witness.id,
                completed_at=now(), **own,
            ),
        ]
    )  # fmt: skip


def edges(type_name: str) -> str:
    """The selection of everything of a type that needs more than its row."""
    selected = ["__typename"]
    for name, plan in catalog().fields[type_name].items():
        if plan.kind is not Kind.BATCH:
            continue
        named = get_named_type(plan.graphql.type)
        if is_leaf_type(named):
            selected.append(name)
        elif named.name.endswith("Connection"):
            selected.append(f"{name}(first: 2) {{ nodes {{ __typename }} }}")
        else:
            selected.append(f"{name} {{ __typename }}")
    return " ".join(selected)


def nodes(value: Any, type_name: str) -> list[dict[str, Any]]:
    """The objects of a type in an answer that are in the place of the question."""
    if isinstance(value, list):
        return [node for each in value for node in nodes(each, type_name)]
    if not isinstance(value, dict):
        return []
    if value.get("__typename") == type_name and len(value) > 1:
        return [value]
    return [node for each in value.values() for node in nodes(each, type_name)]


VARIABLES = {
    "first": "Int", "cycle": "ID!", "root": "ID", "depth": "Int", "department": "ID!", "week": "Date!",
}  # fmt: skip


def test_one_and_ten_cost_the_same_on_every_edge(api: Api, garden: Garden) -> None:
    statements: dict[str, tuple[int, int]] = {}
    empty: dict[str, set[str]] = {}
    for type_name, place in PLACES.items():
        body = place % edges(type_name)
        declared = ", ".join(f"${name}: {kind}" for name, kind in VARIABLES.items() if f"${name}" in body)
        query = f"query({declared}) {{ {body} }}"
        api.data(garden.viewer, query, garden.variables(many=False))  # the first request also finds the login
        with counted() as few:
            one = nodes(api.data(garden.viewer, query, garden.variables(many=False)), type_name)
        with counted() as many:
            ten = nodes(api.data(garden.viewer, query, garden.variables(many=True)), type_name)
        assert len(ten) >= MANY > len(one) >= 1, type_name
        statements[type_name] = len(few), len(many)
        empty[type_name] = {name for name in ten[0] if all(node[name] in (None, [], {"nodes": []}) for node in ten)}
    assert {name: counts for name, counts in statements.items() if counts[0] != counts[1]} == {}
    assert {name: edges for name, edges in empty.items() if edges} == NOTHING


NOTHING: dict[str, set[str]] = {"GoalChangeItem": {"title", "description"}}
"""Edges that are empty in the garden."""


def test_no_type_with_edges_is_left_out() -> None:
    modules = (schema.goal_changes, schema.goal_overview, schema.goal_steps, schema.goal_types, schema.weekly)
    types = {coordinate.partition(".")[0] for module in modules for coordinate in module.PERMISSIONS}
    types -= {"Query", "Mutation", "Subscription"}
    edged = {name for name in types if any(plan.kind is Kind.BATCH for plan in catalog().fields[name].values())}
    assert edged == (set(PLACES) - {"Cycle"}) | (ALONE & edged)
