"""The board: making projects and tasks, going on with them, who may, and what is told."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from db.base import now
from db.models.events import Event
from db.models.jobs import Job
from db.models.people import Person
from db.models.projects.tasks import TaskDependency, TaskStatus
from db.session import Database
from resolvers.errors import DomainError
from resolvers.projects.planning import PolicyDraft, set_policy
from resolvers.projects.progress import update_task
from resolvers.projects.submission import READ_JOB
from schema.relay import decode_id, encode_id
from tests.factories import make_viewer
from tests.goal_house import codes, confirmed, done, perform, person_id
from tests.project_house import (
    COMMENT,
    CREATE_PROJECT,
    CREATE_TASK,
    SET_POLICY,
    UPDATE_PROJECT,
    UPDATE_TASK,
    Site,
    make_site,
    project,
    soon,
    submit,
    task,
    task_input,
)
from tests.schema.client import Api
from tests.schema.test_change_feed import settle
from tests.schema.test_inbox import lines
from tests.schema.test_subscriptions import connect, subscribe
from tests.statements import counted

BOARD = """query($id: ID!) { node(id: $id) { ... on Project { name lead { id } members { id }
  board { byStatus { status tasks overdue } byOwner { owner { id } tasks unfinished overdue } }
  tasks { nodes { number title owner { id } collaborators { id } dependsOn { number } template { id } } } } } }"""
HISTORY = """query($id: ID!) { node(id: $id) { ... on ProjectTask { status overdue blocked
  updates { nodes { status note author { id } waitingForPerson { id } waitingForTask { number } } }
  comments { nodes { text } } } } }"""


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


def test_a_board_by_status_and_owner(api: Api, site: Site) -> None:
    project_id = project(api, site)
    first = task(api, site, project_id)
    second = task(api, site, project_id, title="上线评审", dependsOnIds=[first])
    task(api, site, project_id, ownerId=person_id(site.house.colleague), collaboratorIds=[person_id(site.lead)])
    done(api, site.house.employee, UPDATE_TASK, id=first, status="DONE")
    done(api, site.house.employee, UPDATE_TASK, id=second, status="IN_PROGRESS")
    shown = api.data(site.house.employee, BOARD, {"id": project_id})["node"]
    assert shown["board"]["byStatus"] == [
        {"status": "OPEN", "tasks": 1, "overdue": 0},
        {"status": "IN_PROGRESS", "tasks": 1, "overdue": 0},
        {"status": "WAITING", "tasks": 0, "overdue": 0},
        {"status": "DONE", "tasks": 1, "overdue": 0},
        {"status": "DROPPED", "tasks": 0, "overdue": 0},
    ]
    assert {one["owner"]["id"]: (one["tasks"], one["unfinished"]) for one in shown["board"]["byOwner"]} == {
        person_id(site.house.employee): (2, 1),
        person_id(site.house.colleague): (1, 1),
    }
    assert [one["number"] for one in shown["tasks"]["nodes"]] == [1, 2, 3]
    assert shown["tasks"]["nodes"][1]["dependsOn"] == [{"number": 1}]
    assert shown["tasks"]["nodes"][0]["template"] == {"id": site.template_id}
    assert {one["id"] for one in shown["members"]} == {
        person_id(viewer) for viewer in (site.lead, site.house.employee, site.house.colleague)
    }


REFUSED: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"collaboratorIds": []}, "COLLABORATOR_REQUIRED", ["input", "collaboratorIds"]),
    ({"collaboratorIds": ["own"]}, "COLLABORATOR_REQUIRED", ["input", "collaboratorIds"]),
    ({"title": "  "}, "TEXT_REQUIRED", ["input", "title"]),
    ({"ownerId": "absent"}, "NOT_FOUND", ["input", "ownerId"]),
    ({"templateId": encode_id("DeliverableTemplate", uuid.uuid4())}, "NOT_FOUND", ["input", "templateId"]),
    ({"goalId": encode_id("Goal", uuid.uuid4())}, "NOT_FOUND", ["input", "goalId"]),
    ({"measureId": encode_id("Measure", uuid.uuid4())}, "NOT_FOUND", ["input", "measureId"]),
    ({"dependsOnIds": [encode_id("ProjectTask", uuid.uuid4())]}, "NOT_FOUND", ["input", "dependsOnIds", "0"]),
    ({"plannedStartAt": "2090-01-01T00:00:00Z"}, "PLAN_ORDER", ["input", "plannedStartAt"]),
    ({"dueAt": "1920-01-01T00:00:00Z"}, "NUMBER_OUT_OF_RANGE", ["input", "plannedStartAt"]),
    ({"dependsOnIds": ["x"]}, "BAD_ID", ["input", "dependsOnIds", "0"]),
]
"""What a new task must not say, the code, and where it is wrong."""


@pytest.mark.parametrize(("values", "code", "at"), REFUSED)
def test_a_task_lacks_nothing(api: Api, site: Site, values: dict[str, Any], code: str, at: list[str]) -> None:
    project_id = project(api, site)
    ids = {"own": person_id(site.house.employee), "absent": encode_id("Person", uuid.uuid4())}
    named = {
        name: [ids.get(one, one) for one in value] if isinstance(value, list) else ids.get(value, value)
        for name, value in values.items()
    }
    payload = perform(api, site.lead, CREATE_TASK, **task_input(site, project_id, **named))
    assert payload == {"task": None, "errors": [{"code": code, "field": at}]}
    assert api.data(site.lead, BOARD, {"id": project_id})["node"]["tasks"]["nodes"] == []
    assert task(api, site, project_id)  # the number that was not used is not lost
    assert api.data(site.lead, BOARD, {"id": project_id})["node"]["tasks"]["nodes"][0]["number"] == 1


def test_tasks_do_not_wait_in_a_circle_however_they_are_changed(api: Api, database: Database, site: Site) -> None:
    project_id = project(api, site)
    first = task(api, site, project_id)
    second = task(api, site, project_id, dependsOnIds=[first])
    third = task(api, site, project_id, dependsOnIds=[second])
    for id_, on in ((first, third), (first, first), (first, second)):
        assert codes(api, site.lead, UPDATE_TASK, id=id_, dependsOnIds=[on]) == ["TASK_LOOP"]
    left, right = task(api, site, project_id), task(api, site, project_id)
    begin = threading.Barrier(2)

    def change(id_: str, on: str) -> None:
        begin.wait()
        perform(api, site.lead, UPDATE_TASK, id=id_, dependsOnIds=[on])

    threads = [threading.Thread(target=change, args=pair) for pair in ((left, right), (right, left))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.begin(site.scope, write=False) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(TaskDependency)) == 3


def test_waiting_names_what_is_waited_for_and_tells_who_can_end_it(api: Api, site: Site) -> None:
    employee, colleague = site.house.employee, site.house.colleague
    project_id = project(api, site)
    mine = task(api, site, project_id)
    theirs = task(api, site, project_id, ownerId=person_id(colleague), collaboratorIds=[person_id(employee)])
    assert codes(api, employee, UPDATE_TASK, id=mine, status="WAITING") == ["WAITING_FOR_REQUIRED"]
    both = {"waitingForTaskId": theirs, "waitingForPersonId": person_id(colleague)}
    assert codes(api, employee, UPDATE_TASK, id=mine, **both) == ["WAITING_FOR_REQUIRED"]
    assert codes(api, employee, UPDATE_TASK, id=mine, waitingForTaskId=mine) == ["NOT_FOUND"]
    waiting = done(api, employee, UPDATE_TASK, id=mine, waitingForTaskId=theirs, note="等接口")["task"]
    assert (waiting["status"], waiting["waitingForTask"]) == ("WAITING", {"id": theirs})
    assert [line["code"] for line in lines(api, colleague)] == ["TASK_WAITED_FOR", "TASK_ASSIGNED", "TASK_ASSIGNED"]
    done(api, employee, UPDATE_TASK, id=mine, waitingForPersonId=person_id(site.lead))
    again = done(api, employee, UPDATE_TASK, id=mine, status="IN_PROGRESS")["task"]
    assert (again["waitingForTask"], again["waitingForPerson"]) == (None, None)
    history = api.data(site.lead, HISTORY, {"id": mine})["node"]["updates"]["nodes"]
    assert [(one["status"], one["note"], one["waitingForTask"], one["waitingForPerson"]) for one in history] == [
        ("IN_PROGRESS", None, None, None),
        ("WAITING", None, None, {"id": person_id(site.lead)}),
        ("WAITING", "等接口", {"number": 2}, None),
        ("OPEN", None, None, None),
    ]


def test_what_depended_on_a_task_is_free_when_the_last_one_is_done(api: Api, site: Site) -> None:
    project_id = project(api, site)
    first, second = task(api, site, project_id), task(api, site, project_id)
    after = {"ownerId": person_id(site.house.colleague), "collaboratorIds": [person_id(site.lead)]}
    third = task(api, site, project_id, dependsOnIds=[first, second], **after)
    done(api, site.house.employee, UPDATE_TASK, id=first, status="DONE")
    assert "TASK_FREED" not in [line["code"] for line in lines(api, site.house.colleague)]
    done(api, site.house.employee, UPDATE_TASK, id=second, status="DONE")
    freed = lines(api, site.house.colleague)[0]
    assert (freed["code"], freed["subject"]["id"], freed["link"]) == ("TASK_FREED", third, f"/tasks/{third}")


def test_a_leavers_task_is_handed_over_without_naming_the_helpers_again(
    api: Api, database: Database, site: Site
) -> None:
    with database.begin(site.scope) as session:
        leaver = make_viewer(session, site.house.organization)
    helpers = [person_id(leaver), person_id(site.house.colleague)]
    task_id = task(api, site, project(api, site), collaboratorIds=helpers)
    with database.begin(site.scope) as session:
        for person in (leaver, site.house.employee):
            session.get_one(Person, person.person_id).archived_at = now()
    done(api, site.lead, UPDATE_TASK, id=task_id, ownerId=person_id(site.lead))
    query = "query($id: ID!) { node(id: $id) { ... on ProjectTask { owner { id } collaborators { id } } } }"
    shown = api.data(site.lead, query, {"id": task_id})["node"]
    assert shown["owner"] == {"id": person_id(site.lead)}
    assert shown["collaborators"] == [{"id": person_id(site.house.colleague)}]


def test_two_first_policies_at_once_are_one_and_a_conflict(database: Database, site: Site) -> None:
    begin, codes_seen = threading.Barrier(2), list[str | None]()

    def set_one(hours: int) -> None:
        begin.wait()
        try:
            with database.begin(site.scope) as session:
                set_policy(session, site.pmo, PolicyDraft(hours, 18, 9, 3), None)
                threading.Event().wait(0.2)  # the other one comes while this is not committed
            codes_seen.append(None)
        except DomainError as error:
            codes_seen.append(error.code.value)

    threads = [threading.Thread(target=set_one, args=(hours,)) for hours in (3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes_seen) <= {None, "CONFLICT"}
    assert (len(codes_seen), None in codes_seen) == (2, True)


def test_what_was_marked_as_waiting_is_free_too_and_what_is_dropped_holds_up_nothing(api: Api, site: Site) -> None:
    project_id, colleague = project(api, site), site.house.colleague
    after = {"ownerId": person_id(colleague), "collaboratorIds": [person_id(site.lead)]}
    first, second = task(api, site, project_id), task(api, site, project_id)
    waiting = task(api, site, project_id, dependsOnIds=[first], **after)
    done(api, colleague, UPDATE_TASK, id=waiting, waitingForTaskId=second)
    done(api, site.lead, UPDATE_TASK, id=first, status="DROPPED")
    assert "TASK_FREED" not in [line["code"] for line in lines(api, colleague)]
    done(api, site.house.employee, UPDATE_TASK, id=second, status="DONE")
    assert [line["code"] for line in lines(api, colleague)].count("TASK_FREED") == 1


def test_who_sees_and_who_may(api: Api, database: Database, site: Site) -> None:
    with database.begin(site.scope) as session:
        outsider = make_viewer(session, site.house.organization)
    other = make_site(database)
    project_id = project(api, site)
    task_id = task(api, site, project_id)
    absent = encode_id("ProjectTask", uuid.uuid4())
    for viewer in (outsider, site.house.committee, other.lead, other.pmo, other.house.hr):
        assert api.data(viewer, HISTORY, {"id": task_id})["node"] is None
        for mutation, values in ((UPDATE_TASK, {"note": "x"}), (COMMENT, {"text": "x"})):
            key = "id" if mutation is UPDATE_TASK else "taskId"
            real, unreal = (perform(api, viewer, mutation, **{key: id_}, **values) for id_ in (task_id, absent))
            assert real == unreal
            assert [error["code"] for error in real["errors"]] == ["NOT_FOUND"]
    assert codes(api, site.house.employee, CREATE_PROJECT, name="x") == ["FORBIDDEN"]
    assert codes(api, site.house.employee, CREATE_TASK, **task_input(site, project_id)) == ["FORBIDDEN"]
    assert codes(api, site.house.employee, UPDATE_TASK, id=task_id, dueAt=soon(99)) == ["FORBIDDEN"]
    assert codes(api, site.house.employee, UPDATE_PROJECT, id=project_id, name="x") == ["FORBIDDEN"]
    assert codes(api, site.house.hr, UPDATE_TASK, id=task_id, status="DONE") == ["FORBIDDEN"]
    for viewer in (site.house.employee, site.house.colleague, site.lead, site.pmo):
        assert codes(api, viewer, UPDATE_TASK, id=task_id, note="在做") == []
    assert codes(api, site.pmo, UPDATE_TASK, id=task_id, dueAt=soon(99)) == []
    assert codes(api, site.house.hr, COMMENT, taskId=task_id, text="好") == []
    for viewer, seen in ((site.house.hr, 1), (site.pmo, 1), (site.house.colleague, 1), (outsider, 0), (other.pmo, 0)):
        data = api.data(viewer, "{ projects { nodes { id } } projectTasks { nodes { id } } }")
        assert (len(data["projects"]["nodes"]), len(data["projectTasks"]["nodes"])) == (seen, seen)


def test_an_outdated_change_and_an_ended_project_are_refused(api: Api, database: Database, site: Site) -> None:
    project_id = project(api, site, dueAt="2026-12-01T00:00:00Z")
    task_id = task(api, site, project_id)
    done(api, site.lead, UPDATE_TASK, id=task_id, title="新标题", expectedVersion=1)
    assert codes(api, site.lead, UPDATE_TASK, id=task_id, title="旧标题", expectedVersion=1) == ["CONFLICT"]
    assert codes(api, site.lead, UPDATE_TASK, id=task_id) == ["CHANGE_EMPTY"]
    assert codes(api, site.lead, UPDATE_TASK, id=task_id, note=" ") == ["CHANGE_EMPTY"]
    moved = done(api, site.lead, UPDATE_PROJECT, id=project_id, dueAt="2027-01-01T00:00:00Z", status="DONE")["project"]
    assert (moved["dueAt"][:10], moved["firstDueAt"][:10], moved["status"]) == ("2027-01-01", "2026-12-01", "DONE")
    assert codes(api, site.lead, UPDATE_TASK, id=task_id, status="DONE") == ["PROJECT_ENDED"]
    assert codes(api, site.lead, CREATE_TASK, **task_input(site, project_id)) == ["PROJECT_ENDED"]
    done(api, site.lead, UPDATE_PROJECT, id=project_id, status="ACTIVE")
    assert codes(api, site.lead, UPDATE_TASK, id=task_id, status="DONE") == []


def test_a_repeat_answers_the_same_and_changes_nothing(api: Api, database: Database, site: Site) -> None:
    project_id = project(api, site)
    given = task_input(site, project_id, requestId=str(uuid.uuid4()))
    first, second = (done(api, site.lead, CREATE_TASK, **given)["task"]["id"] for _ in range(2))
    assert first == second
    with database.begin(site.scope, write=False) as session:
        made = sa.select(sa.func.count()).select_from(Event).where(Event.type == "project_task.created")
        assert session.scalar(made) == 1


def test_the_chain_of_a_goal_shows_the_tasks_that_serve_it(api: Api, site: Site) -> None:
    house = site.house
    measures = [{"name": "并发数", "target": "500"}]
    values = {"ownerId": person_id(house.employee), "level": "PERSON", "kind": "OBJECTIVE", "measures": measures}
    goal_id = confirmed(api, house.employee, house.manager, house, **values)
    measure_id = api.data(
        house.employee, "query($id: ID!) { node(id: $id) { ... on Goal { measures { id } } } }", {"id": goal_id}
    )["node"]["measures"][0]["id"]
    project_id = project(api, site)
    task_id = task(api, site, project_id, measureId=measure_id)
    chain = "query($id: ID!) { chain(goalId: $id) { tasks { id measure { id } goal { id } } } }"
    shown = api.data(house.employee, chain, {"id": goal_id})["chain"]["tasks"]
    assert shown == [{"id": task_id, "measure": {"id": measure_id}, "goal": {"id": goal_id}}]
    assert api.data(house.committee, chain, {"id": goal_id})["chain"]["tasks"] == []
    done(api, site.lead, UPDATE_TASK, id=task_id, goalId=None)
    assert api.data(house.employee, chain, {"id": goal_id})["chain"]["tasks"] == []


def test_lists_are_filtered(api: Api, site: Site) -> None:
    employee, colleague = site.house.employee, site.house.colleague
    project_id = project(api, site, name="上线 2.0")
    project(api, site, name="其他")
    late = task(api, site, project_id, dueAt=soon(-3))
    other = task(api, site, project_id, ownerId=person_id(colleague), collaboratorIds=[person_id(site.lead)])
    done(api, colleague, UPDATE_TASK, id=other, waitingForTaskId=late)
    query = "query($f: ProjectTaskFilter) { projectTasks(filter: $f) { nodes { id } } }"

    def found(**wanted: Any) -> list[str]:
        nodes = api.data(site.lead, query, {"f": wanted})["projectTasks"]["nodes"]
        return [node["id"] for node in nodes]

    assert found() == [late, other]
    assert found(overdue=True) == [late]
    assert found(ownerId=person_id(colleague)) == [other]
    assert found(collaboratorId=person_id(colleague)) == [late]
    assert found(statuses=["WAITING"]) == [other]
    assert found(waitingForPersonId=person_id(employee)) == [other]
    assert found(blocked=True) == []
    projects = "query($f: ProjectFilter) { projects(filter: $f) { nodes { id } } }"
    assert api.data(site.lead, projects, {"f": {"search": "2.0"}})["projects"]["nodes"] == [{"id": project_id}]
    assert api.data(site.lead, projects, {"f": {"memberId": person_id(colleague)}})["projects"]["nodes"] == [
        {"id": project_id}
    ]


def test_ten_tasks_cost_as_many_statements_as_one(api: Api, site: Site) -> None:
    query = """{ projects(first: 3) { nodes { members { id } lead { id }
      board { byStatus { tasks } byOwner { owner { id } } }
      tasks(first: 10) { nodes { owner { id } collaborators { id } dependsOn { id } goal { id } measure { id } overdue
        template { key } waitingForTask { id } updates(first: 2) { nodes { author { id } } }
        comments(first: 2) { nodes { id } } escalations { level } } }
      delay { seconds parts(first: 5) { nodes { task { id } person { id } waiting { id } } }
        shares(first: 5) { nodes { person { id } } } waits(first: 5) { nodes { task { id } } }
        chart(first: 5) { nodes { task { id } dependsOn { id } } } } } } }"""
    costs = []
    for _ in range(2):
        project_id = project(api, site)
        first = task(api, site, project_id, dueAt=soon(-9))
        task(api, site, project_id, dueAt=soon(-3), dependsOnIds=[first])
        with counted() as statements:
            api.data(site.lead, query)
        costs.append(len(statements))
        for _ in range(6):
            task(api, site, project_id, dependsOnIds=[first])
    assert costs[0] == costs[1]


def test_the_policy_is_set_by_those_who_look_after_projects(api: Api, site: Site) -> None:
    given = {"firstHours": 4, "silenceHours": None, "repeatHours": 8, "levels": 2}
    assert codes(api, site.lead, SET_POLICY, **given) == ["FORBIDDEN"]
    assert codes(api, site.pmo, SET_POLICY, **{**given, "levels": 0}) == ["NUMBER_OUT_OF_RANGE"]
    made = done(api, site.pmo, SET_POLICY, **given, expectedVersion=1, requestId=str(uuid.uuid4()))["policy"]
    assert made == {**given, "version": 1}
    done(api, site.pmo, SET_POLICY, **{**given, "firstHours": 3}, expectedVersion=1)
    assert codes(api, site.pmo, SET_POLICY, **given, expectedVersion=1) == ["CONFLICT"]
    assert api.data(site.house.employee, "{ projectPolicy { firstHours } }")["projectPolicy"] == {"firstHours": 3}


FOLLOW = "subscription($id: ID) { projectTaskChanged(projectId: $id) { type task { id status } actor { id } } }"


def test_changes_of_tasks_are_followed_by_those_who_see_them(api: Api, database: Database, site: Site) -> None:
    project_id = project(api, site)
    task_id, other = task(api, site, project_id), task(api, site, project(api, site))
    settle(api.settings)
    refused = api.send(site.house.committee, FOLLOW, {"id": project_id}, accept="text/event-stream").text
    assert '"code":"NOT_FOUND"' in refused

    def work(seconds: float, id_: str, note: str) -> threading.Timer:
        def run() -> None:
            with database.begin(site.scope) as session:
                key = decode_id(id_, "ProjectTask")
                update_task(session, site.house.employee, key, {"note": note, "status": TaskStatus.IN_PROGRESS}, None)

        timer = threading.Timer(seconds, run)
        timer.start()
        return timer

    with connect(api, site.house.colleague) as socket:
        subscribe(socket, FOLLOW, id=project_id)
        timers = [work(0.6, other, "另一个项目"), work(0.9, task_id, "开始")]
        told = socket.receive_json()["payload"]["data"]["projectTaskChanged"]
        for timer in timers:
            timer.join()
        socket.send_json({"id": "1", "type": "complete"})
    assert told == {
        "type": "project_task.updated",
        "task": {"id": task_id, "status": "IN_PROGRESS"},
        "actor": {"id": person_id(site.house.employee)},
    }


def test_what_a_task_wants_is_handed_in_for_it(api: Api, database: Database, site: Site) -> None:
    with database.begin(site.scope) as session:
        outsider = make_viewer(session, site.house.organization)
    task_id = task(api, site, project(api, site))
    refused = submit(api, outsider, b"1", taskId=task_id)
    assert refused["errors"] == [{"code": "NOT_FOUND", "field": ["input", "taskId"]}]
    assert [error["code"] for error in submit(api, site.house.hr, b"1", taskId=task_id)["errors"]] == ["FORBIDDEN"]
    made = submit(api, site.house.employee, b"p95 = 300 ms", taskId=task_id)
    assert made["errors"] == []
    assert made["deliverable"]["task"] == {"id": task_id}
    assert made["deliverable"]["template"] == {"id": site.template_id}
    query = "query($id: ID!) { node(id: $id) { ... on ProjectTask { deliverables { id } } } }"
    for viewer, seen in ((site.house.employee, 1), (site.lead, 1), (site.pmo, 1), (site.house.colleague, 0)):
        assert len(api.data(viewer, query, {"id": task_id})["node"]["deliverables"]) == seen


def at_once(*work: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    """What each came to, all of them begun together."""
    barrier = threading.Barrier(len(work))

    def begin(one: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        barrier.wait()
        return one()

    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(begin, work))


def test_files_handed_in_at_once_are_each_taken_once(api: Api, database: Database, site: Site) -> None:
    employee, colleague = site.house.employee, site.house.colleague
    task_id, again = task(api, site, project(api, site)), str(uuid.uuid4())
    mine, repeated, other = at_once(
        lambda: submit(api, employee, b"p95 = 300 ms", taskId=task_id, requestId=again),
        lambda: submit(api, employee, b"p95 = 300 ms", taskId=task_id, requestId=again),
        lambda: submit(api, colleague, b"p95 = 310 ms", taskId=task_id),
    )
    assert mine == repeated
    assert [one["errors"] for one in (mine, other)] == [[], []]
    query = "query($id: ID!) { node(id: $id) { ... on ProjectTask { deliverables { id version files { number } } } } }"
    found = {one["id"]: one for one in api.data(site.lead, query, {"id": task_id})["node"]["deliverables"]}
    assert set(found) == {mine["deliverable"]["id"], other["deliverable"]["id"]}

    first = found[mine["deliverable"]["id"]]
    seen = {"deliverableId": first["id"], "expectedVersion": first["version"]}
    versions = at_once(
        lambda: submit(api, employee, b"p95 = 280 ms", **seen), lambda: submit(api, site.lead, b"p95 = 290 ms", **seen)
    )
    refused = {"code": "CONFLICT", "field": ["input", "expectedVersion"]}
    assert sorted((one["errors"] for one in versions), key=len) == [[], [refused]]
    found = {one["id"]: one for one in api.data(site.lead, query, {"id": task_id})["node"]["deliverables"]}
    assert sorted(file["number"] for file in found[first["id"]]["files"]) == [1, 2]
    with database.begin(site.scope, write=False) as session:
        jobs = session.scalars(sa.select(Job.args).where(Job.name == READ_JOB)).all()
    assert len({job["deliverable_file_id"] for job in jobs}) == len(jobs) == 3
