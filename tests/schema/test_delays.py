"""To whom a project's delay is traced where its calendar or its tasks are odd."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from db.session import Database
from tests.clock import Clock
from tests.goal_house import done, person_id
from tests.project_house import UPDATE_TASK, Site, make_site, project, task
from tests.schema.client import Api

DELAY = """query($id: ID!, $working: Boolean!) { node(id: $id) { ... on Project {
  delay(inWorkingTime: $working) { seconds parts(first: 9) { nodes { cause seconds task { id } person { id } } }
    shares(first: 9) { nodes { person { id } caused } } } } } }"""
MONDAY = "2026-09-14T09:00:00+08:00"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, MONDAY)


@pytest.fixture
def site(clock: Clock, database: Database) -> Site:
    assert clock
    return make_site(database)


@pytest.fixture
def api(api: Api) -> Api:
    """Whose tokens hold at the machine's time as well as at the simulated one."""
    return replace(api, lifetime=datetime.timedelta(days=36525))


def delay(api: Api, site: Site, project_id: str, *, working: bool = False) -> dict[str, Any]:
    found = api.data(site.lead, DELAY, {"id": project_id, "working": working})["node"]["delay"]
    return {**found, "parts": found["parts"]["nodes"], "shares": found["shares"]["nodes"]}


def test_who_waited_for_a_task_that_was_dropped_waited_for_its_owner(api: Api, site: Site, clock: Clock) -> None:
    colleague, employee = site.house.colleague, site.house.employee
    due = "2026-09-14T18:00:00+08:00"
    project_id = project(api, site, startsAt=MONDAY, dueAt=due)
    dropped = task(
        api, site, project_id, ownerId=person_id(colleague), collaboratorIds=[person_id(employee)], dueAt=due
    )
    waiting = task(api, site, project_id, plannedStartAt=MONDAY, dueAt=due)
    done(api, employee, UPDATE_TASK, id=waiting, status="IN_PROGRESS")
    done(api, employee, UPDATE_TASK, id=waiting, waitingForTaskId=dropped)
    clock.set("2026-09-15T18:00:00+08:00")
    done(api, employee, UPDATE_TASK, id=waiting, status="IN_PROGRESS")
    done(api, site.lead, UPDATE_TASK, id=dropped, status="DROPPED")
    done(api, employee, UPDATE_TASK, id=waiting, status="DONE")
    found = delay(api, site, project_id)
    assert found["seconds"] == 24 * 3600
    assert found["parts"] == [
        {"cause": "WAITING", "seconds": 24 * 3600, "task": {"id": waiting}, "person": {"id": person_id(colleague)}}
    ]


def test_a_delay_is_that_of_whose_the_task_was_then(api: Api, site: Site, clock: Clock) -> None:
    colleague, employee = person_id(site.house.colleague), person_id(site.house.employee)
    due = "2026-09-14T18:00:00+08:00"
    project_id = project(api, site, startsAt=MONDAY, dueAt=due)
    task_id = task(api, site, project_id, plannedStartAt=MONDAY, dueAt=due)
    done(api, site.house.employee, UPDATE_TASK, id=task_id, status="IN_PROGRESS")
    clock.set("2026-09-15T12:00:00+08:00")
    done(api, site.lead, UPDATE_TASK, id=task_id, ownerId=colleague, collaboratorIds=[employee])
    clock.set("2026-09-15T18:00:00+08:00")
    done(api, site.house.colleague, UPDATE_TASK, id=task_id, status="DONE")
    charged = [(part["person"]["id"], part["seconds"] // 3600) for part in delay(api, site, project_id)["parts"]]
    assert charged == [(colleague, 6), (employee, 18)]
    working = delay(api, site, project_id, working=True)
    shares = {share["person"]["id"]: share["caused"] for share in working["shares"]}
    assert (sum(shares.values()), set(shares)) == (working["seconds"], {colleague, employee})


def test_a_delay_over_holidays_alone_is_none_in_working_time(api: Api, site: Site, clock: Clock) -> None:
    """A task of no length, due on Friday at the close and done on Sunday."""
    due = "2026-09-18T18:00:00+08:00"
    project_id = project(api, site, startsAt=MONDAY, dueAt=due)
    task_id = task(api, site, project_id, plannedStartAt=due, dueAt=due)
    clock.set("2026-09-20T18:00:00+08:00")
    done(api, site.house.employee, UPDATE_TASK, id=task_id, status="DONE")
    assert delay(api, site, project_id, working=True) == {"seconds": 0, "parts": [], "shares": []}
    assert delay(api, site, project_id)["seconds"] == 48 * 3600
