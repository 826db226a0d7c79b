"""How people's work went, counted from what was recorded anyway: milestones, rework and the pace of measures."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from db.base import now
from db.models.goal_updates import CheckIn, GoalStep
from db.models.people import Employment
from db.models.projects.deliverables import Deliverable
from db.models.projects.tasks import ProjectTask, TaskUpdate
from db.session import Database, Scope
from db.viewer import Role, Viewer
from schema.relay import decode_id
from tests.factories import make_organization, make_viewer
from tests.goal_house import CHECK_IN, confirmed, done, person_id
from tests.project_house import UPDATE_TASK, Site, make_site, project, submit, task
from tests.schema.client import Api
from tests.schema.test_goal_steps import SET as SET_STEPS
from tests.statements import counted

QUERY = """query($filter: ProcessMetricsFilter!) { processMetrics(filter: $filter, first: 50) { nodes { person { id }
  milestones { onTime late overdue ahead onTimeShare }
  rework { tasks tasksReopened deliverables deliverablesAgain share }
  measures { measure { name } sources values first last change perWeek } } } }"""
NOTHING: dict[str, Any] = {
    "milestones": {"onTime": 0, "late": 0, "overdue": 0, "ahead": 0, "onTimeShare": None},
    "rework": {"tasks": 0, "tasksReopened": 0, "deliverables": 0, "deliverablesAgain": 0, "share": None},
    "measures": [],
}
DAY = datetime.timedelta(days=1)


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


def ask(api: Api, viewer: Viewer, since: int = -30, until: int = 30, **wanted: Any) -> dict[str, dict[str, Any]]:
    """By person, from and to so many days from today."""
    today = now().date()
    days = {"since": (today + since * DAY).isoformat(), "until": (today + until * DAY).isoformat()}
    nodes = api.data(viewer, QUERY, {"filter": {**days, **wanted}})["processMetrics"]["nodes"]
    return {node.pop("person")["id"]: node for node in nodes}


def settle(database: Database, site: Site, task_id: str, due: datetime.timedelta) -> None:
    """Set when a task was first planned to be done, from now."""
    with database.begin(site.scope) as session:
        row = session.get_one(ProjectTask, decode_id(task_id, "ProjectTask"))
        row.first_due_at = row.due_at = now() + due


def test_milestones_are_held_against_the_first_plan(api: Api, database: Database, site: Site) -> None:
    employee, project_id = site.house.employee, project(api, site)
    due = {"on time": DAY, "late": -DAY, "overdue": -DAY, "ahead": DAY, "dropped": DAY, "long ago": -40 * DAY}
    ids = {name: task(api, site, project_id, title=name) for name in due}
    for name, distance in due.items():
        settle(database, site, ids[name], distance)
    for name, status in (("on time", "DONE"), ("late", "DONE"), ("dropped", "DROPPED"), ("long ago", "DONE")):
        done(api, site.lead, UPDATE_TASK, id=ids[name], status=status)
    later = (now() + 9 * DAY).isoformat()
    done(api, site.lead, UPDATE_TASK, id=ids["overdue"], dueAt=later)  # moving the due time hides nothing
    goal_id = confirmed(api, employee, site.lead, site.house)
    wanted = [{"text": text, "dueOn": (now().date() + at * DAY).isoformat()} for text, at in (("a", -9), ("b", 9))]
    made = done(api, employee, SET_STEPS, goalId=goal_id, steps=wanted)["goal"]["steps"]
    done(api, employee, CHECK_IN, goalId=goal_id, stepsDone=[{"stepId": made[1]["id"]}])
    found = ask(api, site.lead)[person_id(employee)]
    assert found["milestones"] == {"onTime": 2, "late": 1, "overdue": 2, "ahead": 1, "onTimeShare": "0.4"}
    with database.begin(site.scope) as session:
        session.execute(sa.update(GoalStep).where(GoalStep.text == "b").values(done_at=now() + 20 * DAY))
    assert ask(api, site.lead)[person_id(employee)]["milestones"]["late"] == 2
    assert ask(api, site.lead, until=-31, since=-60)[person_id(employee)]["milestones"] == {
        **NOTHING["milestones"],
        "late": 1,
        "onTimeShare": "0",
    }


def test_rework_is_what_came_back(api: Api, database: Database, site: Site) -> None:
    employee, project_id = site.house.employee, project(api, site)
    kept, reopened, early = (task(api, site, project_id) for _ in range(3))
    for task_id in (kept, reopened, early):
        done(api, employee, UPDATE_TASK, id=task_id, status="DONE")
    for status in ("IN_PROGRESS", "DONE", "OPEN"):  # twice back is one task that came back
        done(api, employee, UPDATE_TASK, id=reopened, status=status)
    with database.begin(site.scope) as session:
        of = TaskUpdate.task_id == decode_id(early, "ProjectTask")
        session.execute(sa.update(TaskUpdate).where(of).values(created_at=now() - 50 * DAY))
    done(api, employee, UPDATE_TASK, id=early, status="OPEN")
    handed = {"templateId": site.template_id, "title": "压测报告"}
    first = submit(api, employee, b"# A\n\nTPS 100\n", **handed)["deliverable"]["id"]
    submit(api, employee, b"# A\n\nTPS 120\n", deliverableId=first)
    submit(api, employee, b"# B\n\nTPS 130\n", **handed)
    submit(api, employee, b"# C\n\nTPS 140\n", **handed)
    with database.begin(site.scope) as session:
        oldest = session.scalars(sa.select(Deliverable).order_by(Deliverable.created_at.desc())).first()
        assert oldest is not None
        oldest.created_at = now() - 50 * DAY
    found = ask(api, employee)[person_id(employee)]["rework"]
    assert found == {"tasks": 2, "tasksReopened": 1, "deliverables": 2, "deliverablesAgain": 1, "share": "0.5"}


def test_measures_move_at_a_pace(api: Api, database: Database, site: Site) -> None:
    employee = site.house.employee
    measures = [{"name": "线索转化率", "kind": "NUMERIC", "direction": "INCREASE", "start": "10", "target": "20"}]
    goal_id = confirmed(api, employee, site.lead, site.house, measures=measures, visibility="LINE")
    read = "query($id: ID!) { node(id: $id) { ... on Goal { measures { id } } } }"
    measure_id = api.data(employee, read, {"id": goal_id})["node"]["measures"][0]["id"]
    for value, source in (("11", "MANUAL"), ("14.5", "FEED")):
        cited = {} if source == "MANUAL" else {"citation": "crm:2026-11"}
        given = [{"measureId": measure_id, "value": value, "source": source, **cited}]
        done(api, employee, CHECK_IN, goalId=goal_id, values=given)
    pace = ask(api, site.lead)[person_id(employee)]["measures"]
    assert pace[0]["perWeek"] is None  # minutes are no pace
    with database.begin(site.scope) as session:
        oldest = session.scalars(sa.select(CheckIn).order_by(CheckIn.created_at)).first()
        newest = session.scalars(sa.select(CheckIn).order_by(CheckIn.created_at.desc())).first()
        assert oldest is not None
        assert newest is not None
        oldest.created_at = newest.created_at - 14 * DAY
    assert ask(api, site.lead)[person_id(employee)]["measures"] == [
        {
            "measure": {"name": "线索转化率"},
            "sources": ["FEED", "MANUAL"],
            "values": 2,
            "first": "11",
            "last": "14.5",
            "change": "3.5",
            "perWeek": "1.75",
        }
    ]


def test_only_the_person_the_line_and_hr_see_it(api: Api, database: Database, site: Site) -> None:
    house = site.house
    own, team = (
        {person_id(house.employee)},
        {person_id(each) for each in (house.manager, house.employee, house.colleague)},
    )
    assert set(ask(api, house.employee)) == own
    assert set(ask(api, house.manager)) == team
    assert set(ask(api, house.hr)) > team
    assert ask(api, house.colleague, personId=person_id(house.employee)) == {}
    assert ask(api, house.employee) == {person_id(house.employee): NOTHING}
    stranger = make_organization(database)
    with database.begin(Scope(stranger.id)) as session:
        other_hr = make_viewer(session, stranger, Role.HR)
    assert ask(api, other_hr, personId=person_id(house.employee)) == {}
    with database.begin(site.scope) as session:
        of = Employment.person_id == house.employee.person_id
        session.execute(sa.update(Employment).where(of).values(job_title="客户经理"))
    assert set(ask(api, house.hr, jobTitle="客户经理")) == own
    assert ask(api, house.colleague, jobTitle="客户经理") == {}


@pytest.mark.parametrize(("since", "until"), [(1, 0), (0, 366)])
def test_a_span_has_an_end_and_a_length(api: Api, site: Site, since: int, until: int) -> None:
    days = {"since": (now().date() + since * DAY).isoformat(), "until": (now().date() + until * DAY).isoformat()}
    assert api.codes(site.lead, QUERY, {"filter": days}) == ["INVALID"]


def test_statements_do_not_grow_with_people(api: Api, site: Site) -> None:
    ask(api, site.house.employee)
    with counted() as few:
        ask(api, site.house.employee)
    ask(api, site.house.hr)  # signs in
    with counted() as many:
        ask(api, site.house.hr)
    assert len(many) <= len(few)
