"""A small organisation with goals, and the operations that tests of goals send."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db.base import now
from db.models.goals import Cycle, CycleKind
from db.models.people import Department, Organization, Person
from db.session import Database, Scope
from db.viewer import Role, Viewer
from schema.relay import encode_id
from tests.factories import make_department, make_organization, make_person, viewer_of
from tests.schema.client import Api


@dataclass
class House:
    """A small organisation: a committee, a line of three people, and a colleague aside."""

    organization: Organization
    cycle: Cycle
    department: Department
    committee: Viewer
    manager: Viewer
    employee: Viewer
    colleague: Viewer
    hr: Viewer

    @property
    def cycle_id(self) -> str:
        return encode_id("Cycle", self.cycle.id)

    @property
    def department_id(self) -> str:
        return encode_id("Department", self.department.id)


def make_quarter(session: Session, organization: Organization, days_ago: int = 45, key: str = "quarter") -> Cycle:
    """A quarter that began so many days ago, so that tests mean the same on every day."""
    starts_on = now().date() - datetime.timedelta(days=days_ago)
    ends_on = starts_on + datetime.timedelta(days=91)
    cycle = Cycle(
        organization_id=organization.id,
        key=key,
        name_zh="季度",
        name_en="Quarter",
        kind=CycleKind.QUARTER,
        starts_on=starts_on,
        ends_on=ends_on,
        review_starts_on=ends_on + datetime.timedelta(days=1),
        review_ends_on=ends_on + datetime.timedelta(days=31),
    )
    session.add(cycle)
    session.flush()
    return cycle


def person_id(viewer: Viewer) -> str:
    assert viewer.person_id is not None
    return encode_id("Person", viewer.person_id)


def make_house(database: Database, days_ago: int = 45) -> House:
    """The house, committed; its quarter began so many days ago."""
    organization = make_organization(database)
    with database.begin(Scope(organization.id)) as session:
        department = make_department(session, organization)

        def person(*roles: Role, manager: Person | None = None) -> tuple[Person, Viewer]:
            held = (Role.EMPLOYEE, *roles)
            made = make_person(session, organization, manager=manager, department=department, roles=held)
            return made, viewer_of(made, *held)

        _, committee = person(Role.COMMITTEE)
        boss, manager = person(Role.MANAGER)
        _, employee = person(manager=boss)
        _, colleague = person(manager=boss)
        _, hr = person(Role.HR)
        cycle = make_quarter(session, organization, days_ago)
    return House(organization, cycle, department, committee, manager, employee, colleague, hr)


GOAL = "goal { id title status version revision weight owner { id } parent { id } } errors { code field message }"
CREATE = "mutation($input: CreateGoalInput!) { createGoal(input: $input) { $GOAL } }".replace("$GOAL", GOAL)
PROPOSE = "mutation($input: ProposeGoalInput!) { proposeGoal(input: $input) { $GOAL } }".replace("$GOAL", GOAL)
RETURN = "mutation($input: ReturnGoalInput!) { returnGoal(input: $input) { comment { text kind } $GOAL } }".replace(
    "$GOAL", GOAL
)
CONFIRM = "mutation($input: ConfirmGoalInput!) { confirmGoal(input: $input) { $GOAL } }".replace("$GOAL", GOAL)
EDIT = "mutation($input: EditGoalInput!) { editGoal(input: $input) { $GOAL } }".replace("$GOAL", GOAL)
READ = (
    "query($id: ID!) { node(id: $id) { ... on Goal { id title status version measures { id name progress current } "
    "standing { progress coverage health } warnings { code } revisions { number title } "
    "comments { nodes { text kind } } checkIns { nodes { note risk values { value citation source } } } } } }"
)


def perform(api: Api, viewer: Viewer, mutation: str, **input: Any) -> dict[str, Any]:
    """The payload of a mutation, whatever it says."""
    data = api.data(viewer, mutation, {"input": input})
    payload: dict[str, Any] = next(iter(data.values()))
    return payload


def done(api: Api, viewer: Viewer, mutation: str, **input: Any) -> dict[str, Any]:
    """The payload of a mutation that must succeed."""
    payload = perform(api, viewer, mutation, **input)
    assert payload["errors"] == []
    return payload


def codes(api: Api, viewer: Viewer, mutation: str, **input: Any) -> list[str]:
    return [error["code"] for error in perform(api, viewer, mutation, **input)["errors"]]


def draft(api: Api, viewer: Viewer, house: House, **values: Any) -> str:
    values.setdefault("title", "把新客户首月留存率从 62% 提高到 75%")
    goal_id: str = done(api, viewer, CREATE, cycleId=house.cycle_id, **values)["goal"]["id"]
    return goal_id


def confirmed(api: Api, viewer: Viewer, decider: Viewer, house: House, **values: Any) -> str:
    goal_id = draft(api, viewer, house, **values)
    done(api, viewer, PROPOSE, id=goal_id)
    done(api, decider, CONFIRM, id=goal_id)
    return goal_id


def read(api: Api, viewer: Viewer, goal_id: str) -> dict[str, Any] | None:
    node: dict[str, Any] | None = api.data(viewer, READ, {"id": goal_id})["node"]
    return node


CHECK_IN = (
    "mutation($input: CheckInGoalInput!) { checkInGoal(input: $input) { checkIn { progress } "
    "goal { status standing { progress coverage health } } errors { code field } } }"
)
