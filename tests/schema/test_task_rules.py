"""Rules by which what happens in the product makes tasks: once for each cause, without loops, and failures told."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from db.base import now
from db.files import FileStore
from db.models.events import Event
from db.models.inbox import Notification, NotificationCode
from db.models.jobs import Job
from db.models.people import Person
from db.models.projects.deliverables import Deliverable
from db.models.projects.flags import Flag
from db.models.projects.tasks import ProjectTask
from db.session import Database
from db.settings import Settings
from db.viewer import Viewer, system_viewer
from resolvers.causes import JOB
from resolvers.projects.escalating import tell_of_blocked
from resolvers.projects.evaluation import set_flag
from resolvers.projects.words import RULE_FAILURES
from schema.relay import decode_id, encode_id
from tests.goal_house import CHECK_IN, codes, confirmed, done, perform, person_id
from tests.project_house import UPDATE_PROJECT, Site, make_site, project, task
from tests.schema.client import Api
from tests.workers.desk import Desk, open_desk

ADD = "mutation($input: AddTaskRuleInput!) { addTaskRule(input: $input) { rule { id version } errors { code field } } }"
ENABLE = (
    "mutation($input: EnableTaskRuleInput!) { enableTaskRule(input: $input) "
    "{ rule { disabledAt version } errors { code field } } }"
)
TASKS = """query($id: ID!) { node(id: $id) { ... on Project { tasks(first: 50) { nodes {
  title description owner { id } collaborators { id } goal { id } createdBy { id } dueAt createdAt
  cause { link happenedAt reason rule { id } subject { id } } } } } } }"""
FAILURES = (
    "{ taskRuleFailures { nodes { reason reasonText link task { id } rule { id } } } taskRules { nodes { id } } }"
)


@dataclass
class Works:
    """A site, a project into which rules put their tasks, and what does the jobs."""

    api: Api
    database: Database
    site: Site
    desk: Desk
    project_id: str

    def rule(self, trigger: str, **values: Any) -> str:
        made = done(self.api, self.site.pmo, ADD, **self.given(trigger, **values))
        rule_id: str = made["rule"]["id"]
        return rule_id

    def given(self, trigger: str, **values: Any) -> dict[str, Any]:
        return {
            "trigger": trigger,
            "projectId": self.project_id,
            "title": "查明原因",
            "ownerFrom": "SUBJECT_OWNER",
            "collaboratorIds": [person_id(self.site.house.colleague)],
            "templateId": self.site.template_id,
            "dueHours": 4,
            **values,
        }

    def tasks(self, viewer: Viewer | None = None) -> list[dict[str, Any]]:
        """What rules made, in turn."""
        node = self.api.data(viewer or self.site.pmo, TASKS, {"id": self.project_id})["node"]
        found: list[dict[str, Any]] = node["tasks"]["nodes"]
        return found

    def deliverable(self, task_id: str | None = None) -> uuid.UUID:
        house = self.site.house
        with self.database.begin(self.site.scope) as session:
            made = Deliverable(
                organization_id=house.organization.id,
                template_id=decode_id(self.site.template_id, "DeliverableTemplate"),
                owner_id=house.employee.person_id,
                task_id=decode_id(task_id, "ProjectTask") if task_id else None,
                title="压测报告",
            )
            session.add(made)
            session.flush()
            return made.id

    def turn(self, deliverable_id: uuid.UUID, *flags: Flag) -> None:
        """The flag turns, and what follows from it is done."""
        system = system_viewer(self.site.house.organization.id)
        for flag in flags:
            with self.database.begin(self.site.scope) as session:
                set_flag(session, system, session.get_one(Deliverable, deliverable_id), flag)
        self.desk.run()

    def jobs(self) -> list[dict[str, Any]]:
        with self.database.begin(self.site.scope, write=False) as session:
            return list(session.scalars(sa.select(Job.args).where(Job.name == JOB).order_by(Job.id)))


@pytest.fixture
def works(api: Api, settings: Settings, database: Database, files: FileStore) -> Iterator[Works]:
    site = make_site(database)
    with open_desk(settings, database, files, site.house.organization.id) as desk:
        yield Works(api, database, site, desk, project(api, site))


def goal(works: Works) -> tuple[str, str]:
    """A confirmed goal of the employee in the middle of its quarter, and its measure."""
    house = works.site.house
    measures = [{"name": "留存率", "start": "0", "target": "100", "unit": "%"}]
    values = {"ownerId": person_id(house.employee), "level": "PERSON", "kind": "OBJECTIVE", "measures": measures}
    goal_id = confirmed(works.api, house.employee, house.manager, house, **values)
    query = "query($id: ID!) { node(id: $id) { ... on Goal { measures { id } } } }"
    return goal_id, works.api.data(house.employee, query, {"id": goal_id})["node"]["measures"][0]["id"]


def test_a_deliverable_that_turns_red_makes_one_task_that_cites_it(works: Works) -> None:
    house = works.site.house
    goal_id, _ = goal(works)
    other = project(works.api, works.site)
    deliverable_id = works.deliverable(task(works.api, works.site, other, goalId=goal_id))
    works.turn(deliverable_id, Flag.RED, Flag.GREEN)
    rule_id = works.rule("DELIVERABLE_RED")
    works.turn(deliverable_id)
    assert (works.tasks(), works.jobs()) == ([], [])  # what happened before the rule was made is not its business
    works.turn(deliverable_id, Flag.RED)
    (made,) = works.tasks()
    cause = made.pop("cause")
    subject_id = encode_id("Deliverable", deliverable_id)
    assert (cause["rule"], cause["subject"], cause["reason"]) == ({"id": rule_id}, {"id": subject_id}, None)
    assert cause["link"] == f"/deliverables/{subject_id}"
    assert made["description"].split(" · ")[::2] == ["DELIVERABLE_RED", cause["link"]]
    assert (made["title"], made["createdBy"]) == ("查明原因", None)
    assert (made["owner"], made["goal"]) == ({"id": person_id(house.employee)}, {"id": goal_id})
    assert made["collaborators"] == [{"id": person_id(house.colleague)}]
    assert made["dueAt"] > made["createdAt"]
    (args,) = works.jobs()
    works.desk.put(JOB, **args)
    works.desk.run()
    assert len(works.tasks()) == 1, "the same cause twice makes one task"
    assert works.tasks(house.colleague)[0]["cause"]["rule"] is None, "who sees the task need not see the rule"
    works.turn(deliverable_id, Flag.YELLOW, Flag.RED)
    assert len(works.tasks()) == 2, "red again is another event"
    done(works.api, works.site.pmo, ENABLE, id=rule_id, enabled=False, expectedVersion=1)
    works.turn(deliverable_id, Flag.GREEN, Flag.RED)
    assert len(works.tasks()) == 2, "a disabled rule does nothing"


def test_a_goal_at_risk_for_the_second_check_in_running_makes_a_task(works: Works) -> None:
    house = works.site.house
    works.rule("GOAL_AT_RISK", ownerFrom="NAMED", ownerId=person_id(house.manager))
    goal_id, measure_id = goal(works)
    made = []
    for value in ("10", "10", "10", "90", "10", "10"):  # half of the quarter is over: 10 is behind, 90 ahead
        values = [{"measureId": measure_id, "value": value}]
        done(works.api, house.employee, CHECK_IN, goalId=goal_id, values=values)
        works.desk.run()
        made.append(len(works.tasks()))
    assert made == [0, 1, 1, 1, 1, 2]
    first, second = works.tasks()
    assert (first["owner"], first["goal"]) == ({"id": person_id(house.manager)}, {"id": goal_id})
    assert first["cause"]["subject"] == {"id": goal_id}
    assert first["cause"]["happenedAt"] < second["cause"]["happenedAt"]


def test_rules_about_blocked_tasks_end_in_no_loop(works: Works) -> None:
    """Two rules, each about a level that every task reaches, those that the rules make included."""
    first = works.rule("TASK_BLOCKED", level=1)
    second = works.rule("TASK_BLOCKED", level=2)
    task(works.api, works.site, works.project_id)
    system = system_viewer(works.site.house.organization.id)
    counts = []
    for round_ in range(1, 5):
        with works.database.begin(works.site.scope) as session:
            tell_of_blocked(session, system, now() + datetime.timedelta(days=40 * round_))
        works.desk.run()
        counts.append(len(works.tasks()))
    assert counts == [3, 5, 5, 5]
    by_rule = [made["cause"]["rule"]["id"] for made in works.tasks() if made["cause"]]
    assert sorted(by_rule) == sorted([first, second] * 2)


def test_a_rule_that_cannot_says_why_and_hr_hears_of_it_once(works: Works) -> None:
    house = works.site.house
    named = works.rule(
        "DELIVERABLE_RED",
        ownerFrom="NAMED",
        ownerId=person_id(house.colleague),
        collaboratorIds=[person_id(house.employee)],
    )
    unserved = works.rule("DELIVERABLE_RED", ownerFrom="GOAL_OWNER")
    with works.database.begin(works.site.scope) as session:
        session.get_one(Person, house.colleague.person_id).archived_at = now()
    deliverable_id = works.deliverable()
    works.turn(deliverable_id, Flag.RED)
    done(works.api, works.site.lead, UPDATE_PROJECT, id=works.project_id, status="DROPPED")
    works.turn(deliverable_id, Flag.GREEN, Flag.RED)
    found = works.api.data(house.hr, FAILURES)
    lines = [(line["rule"]["id"], line["reason"], line["task"]) for line in found["taskRuleFailures"]["nodes"]]
    assert lines == [
        (unserved, "NOBODY_OWNS", None),
        (named, "PROJECT_ENDED", None),
        (unserved, "NOBODY_OWNS", None),
        (named, "OWNER_LEFT", None),
    ]
    assert {line["reasonText"] for line in found["taskRuleFailures"]["nodes"]} <= {
        words[0] for words in RULE_FAILURES.values()
    }
    assert works.api.data(house.employee, FAILURES) == {"taskRuleFailures": {"nodes": []}, "taskRules": {"nodes": []}}
    with works.database.begin(works.site.scope, write=False) as session:
        statement = sa.select(Notification).where(Notification.code == NotificationCode.TASK_RULE_FAILED)
        told = session.scalars(statement).all()
        assert session.scalar(sa.select(sa.func.count()).select_from(ProjectTask)) == 0
    assert sorted((line.person_id, encode_id("TaskRule", line.subject_id or uuid.uuid4())) for line in told) == sorted(
        (house.hr.person_id, rule_id) for rule_id in (named, unserved)
    )


WRONG: tuple[tuple[dict[str, Any], tuple[str, list[str]]], ...] = (
    ({"level": 1}, ("NUMBER_OUT_OF_RANGE", ["input", "level"])),
    ({"trigger": "TASK_BLOCKED"}, ("NUMBER_OUT_OF_RANGE", ["input", "level"])),
    ({"trigger": "TASK_BLOCKED", "level": 11}, ("NUMBER_OUT_OF_RANGE", ["input", "level"])),
    ({"ownerFrom": "NAMED"}, ("INVALID", ["input", "ownerId"])),
    ({"dueHours": 0}, ("NUMBER_OUT_OF_RANGE", ["input", "dueHours"])),
    ({"collaboratorIds": []}, ("COLLABORATOR_REQUIRED", ["input", "collaboratorIds"])),
    ({"title": " "}, ("TEXT_REQUIRED", ["input", "title"])),
    ({"templateId": encode_id("DeliverableTemplate", uuid.UUID(int=7))}, ("NOT_FOUND", ["input", "templateId"])),
    ({"projectId": encode_id("Project", uuid.UUID(int=7))}, ("NOT_FOUND", ["input", "projectId"])),
)


EDIT = """mutation($input: EditTaskRuleInput!) { editTaskRule(input: $input) { rule { number version title dueHours
  ownerFrom owner { id } createdBy { id } revisions { number title dueHours ownerFrom owner { id } collaborators { id }
  createdBy { id } } } errors { code field } } }"""
RUNS = "query($id: ID!) { node(id: $id) { ... on TaskRule { version runs { nodes { ruleNumber task { title } } } } } }"


def test_an_edited_rule_makes_other_tasks_and_what_it_made_says_by_which_version(works: Works) -> None:
    site, house = works.site, works.site.house
    rule_id = works.rule("DELIVERABLE_RED")
    works.turn(works.deliverable(), Flag.RED)
    version = works.api.data(site.pmo, RUNS, {"id": rule_id})["node"]["version"]
    values = {"title": "复盘并补测", "dueHours": 9, "ownerFrom": "NAMED", "ownerId": person_id(house.manager)}
    edited = done(works.api, site.pmo, EDIT, id=rule_id, expectedVersion=version, **values)["rule"]
    assert (edited["number"], edited["version"] > version, edited["title"]) == (2, True, "复盘并补测")
    assert edited["owner"] == {"id": person_id(house.manager)}
    assert edited["revisions"] == [
        {
            "number": 1,
            "title": "查明原因",
            "dueHours": 4,
            "ownerFrom": "SUBJECT_OWNER",
            "owner": None,
            "collaborators": [{"id": person_id(house.colleague)}],
            "createdBy": {"id": person_id(site.pmo)},
        }
    ]
    assert codes(works.api, site.pmo, EDIT, id=rule_id, expectedVersion=version, title="x") == ["CONFLICT"]
    works.turn(works.deliverable(), Flag.RED)
    runs = works.api.data(site.pmo, RUNS, {"id": rule_id})["node"]["runs"]["nodes"]
    assert [(run["ruleNumber"], run["task"]["title"]) for run in runs] == [(2, "复盘并补测"), (1, "查明原因")]
    owners = {task["title"]: task["owner"] for task in works.tasks()}
    assert owners == {"查明原因": {"id": person_id(house.employee)}, "复盘并补测": {"id": person_id(house.manager)}}
    done(works.api, site.pmo, EDIT, id=rule_id, ownerFrom="SUBJECT_OWNER")
    numbers = works.api.data(site.pmo, RUNS, {"id": rule_id})["node"]["runs"]["nodes"]
    assert [run["ruleNumber"] for run in numbers] == [2, 1]
    with works.database.begin(site.scope, write=False) as session:
        told = session.scalars(sa.select(Event.type).where(Event.type == "task_rule.edited")).all()
    assert len(told) == 2


def test_editing_a_rule_ends_no_chain_and_opens_no_loop(works: Works) -> None:
    rule_id = works.rule("DELIVERABLE_RED")
    works.turn(works.deliverable(), Flag.RED)
    (made,) = works.tasks()
    query = "query($id: ID!) { node(id: $id) { ... on Project { tasks(first: 5) { nodes { id } } } } }"
    (task_id,) = [
        node["id"] for node in works.api.data(works.site.pmo, query, {"id": works.project_id})["node"]["tasks"]["nodes"]
    ]
    done(works.api, works.site.pmo, EDIT, id=rule_id, title="再查")
    works.turn(works.deliverable(task_id), Flag.RED)
    assert works.tasks() == [made]


def test_what_of_an_edit_cannot_stand_and_who_may_not(works: Works) -> None:
    site, house = works.site, works.site.house
    rule_id = works.rule("DELIVERABLE_RED")
    before = works.api.data(site.pmo, RUNS, {"id": rule_id})
    for values, error in (
        ({}, ("CHANGE_EMPTY", None)),
        ({"title": "查明原因", "dueHours": 4}, ("CHANGE_EMPTY", None)),
        ({"title": " "}, ("TEXT_REQUIRED", ["input", "title"])),
        ({"dueHours": 0}, ("NUMBER_OUT_OF_RANGE", ["input", "dueHours"])),
        ({"collaboratorIds": []}, ("COLLABORATOR_REQUIRED", ["input", "collaboratorIds"])),
        ({"ownerFrom": "NAMED"}, ("INVALID", ["input", "ownerId"])),
        ({"ownerId": person_id(house.manager)}, ("INVALID", ["input", "ownerId"])),
        (
            {"ownerFrom": "NAMED", "ownerId": person_id(house.colleague)},
            ("COLLABORATOR_REQUIRED", ["input", "collaboratorIds"]),
        ),
        ({"projectId": encode_id("Project", uuid.UUID(int=7))}, ("NOT_FOUND", ["input", "projectId"])),
        ({"templateId": person_id(house.manager)}, ("BAD_ID", ["input", "templateId"])),
        ({"id": encode_id("TaskRule", uuid.UUID(int=7)), "title": "x"}, ("NOT_FOUND", ["input", "id"])),
    ):
        payload = perform(works.api, site.pmo, EDIT, **{"id": rule_id, **values})
        assert [(one["code"], one["field"]) for one in payload["errors"]] == [error], values
    for viewer in (site.lead, house.employee, house.hr):
        assert codes(works.api, viewer, EDIT, id=rule_id, title="x") == ["FORBIDDEN"]
    assert works.api.data(site.pmo, RUNS, {"id": rule_id}) == before


def test_rules_that_cannot_stand_and_people_who_may_not_set_any(works: Works) -> None:
    site = works.site
    for values, error in WRONG:
        payload = perform(works.api, site.pmo, ADD, **works.given("DELIVERABLE_RED") | values)
        assert (payload["rule"], [(one["code"], one["field"]) for one in payload["errors"]]) == (None, [error])
    for viewer in (site.lead, site.house.employee, site.house.hr):
        assert codes(works.api, viewer, ADD, **works.given("DELIVERABLE_RED")) == ["FORBIDDEN"]
    assert works.api.data(site.pmo, FAILURES)["taskRules"]["nodes"] == []
    rule_id = works.rule("DELIVERABLE_RED")
    assert codes(works.api, site.pmo, ENABLE, id=rule_id, enabled=False, expectedVersion=9) == ["CONFLICT"]
    works.turn(works.deliverable(), Flag.RED)
    assert len(works.tasks()) == 1
