"""What is agreed in a talk becomes a project's task; feedback on tasks and deliverables joins the goal's chain."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from db.models.projects.deliverables import Deliverable
from db.models.projects.tasks import ProjectTask
from db.session import Database
from db.viewer import Viewer
from schema.relay import decode_id, encode_id
from tests.goal_house import codes, confirmed, done, person_id
from tests.project_house import CREATE_TASK, UPDATE_TASK, Site, make_site, project, task_input
from tests.schema.client import Api
from tests.schema.feedback.test_meetings import CLOSE, RECORD
from tests.schema.feedback.test_notes import GIVE, GOOD
from tests.statements import counted

ACTION = "query($id: ID!) { node(id: $id) { ... on OneOnOneAction { doneAt version task { id status } } } }"
TASK = "query($id: ID!) { node(id: $id) { ... on ProjectTask { title agreedAction { id text } } } }"
CHAIN = "query($id: ID!) { chain(goalId: $id) { feedback { id linked { id } } } }"


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


def agreed(api: Api, site: Site, *texts: str) -> list[str]:
    """Actions of the employee, agreed with the manager."""
    own = person_id(site.house.employee)
    actions = [{"text": text, "ownerId": own} for text in texts]
    talk = done(api, site.house.manager, RECORD, otherId=own, actions=actions)["oneOnOne"]
    ids = {action["text"]: action["id"] for action in talk["actions"]}
    return [ids[text] for text in texts]


def node(api: Api, viewer: Viewer, query: str, id_: str) -> Any:
    return api.data(viewer, query, {"id": id_})["node"]


def tasks(database: Database, site: Site) -> int:
    with database.begin(site.scope, write=False) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(ProjectTask)) or 0


def test_an_action_becomes_a_task_and_ends_with_it(api: Api, site: Site, database: Database) -> None:
    house, project_id = site.house, project(api, site)
    first, second, ticked = agreed(api, site, "把压测做完，他压力很大，别催", "整理值班手册", "申请测试环境")
    wanted = task_input(site, project_id, title="完成压测", oneOnOneActionId=first)
    for viewer, action, code in (
        (site.pmo, first, "NOT_FOUND"),
        (house.hr, first, "FORBIDDEN"),
        (house.employee, first, "NOT_FOUND"),
        (site.lead, project_id, "BAD_ID"),
    ):
        assert codes(api, viewer, CREATE_TASK, **{**wanted, "oneOnOneActionId": action}) == [code]
    done(api, house.employee, CLOSE, id=ticked)
    assert codes(api, site.lead, CREATE_TASK, **{**wanted, "oneOnOneActionId": ticked}) == ["AGREED_SETTLED"]
    assert tasks(database, site) == 0, "a refusal leaves no task behind"

    task_id = done(api, site.lead, CREATE_TASK, **wanted)["task"]["id"]
    assert codes(api, site.lead, CREATE_TASK, **wanted) == ["AGREED_SETTLED"]
    assert tasks(database, site) == 1
    for viewer in (house.employee, house.manager):
        assert node(api, viewer, ACTION, first)["task"] == {"id": task_id, "status": "OPEN"}
        assert node(api, viewer, TASK, task_id)["agreedAction"]["id"] == first
    for viewer in (house.colleague, house.hr, site.pmo):
        assert node(api, viewer, TASK, task_id) == {"title": "完成压测", "agreedAction": None}, "the talk stays theirs"

    other = done(api, site.lead, CREATE_TASK, **task_input(site, project_id, oneOnOneActionId=second))["task"]["id"]
    done(api, site.lead, UPDATE_TASK, id=other, status="DROPPED")
    assert node(api, house.employee, ACTION, second)["doneAt"] is None, "given up is not done"
    # The colleague helps with the task and reads no talk; it is done all the same.
    done(api, house.colleague, UPDATE_TASK, id=task_id, status="DONE")
    settled = node(api, house.employee, ACTION, first)
    assert (settled["doneAt"] is not None, settled["version"]) == (True, 3)


def test_feedback_on_tasks_and_deliverables_joins_the_chain(api: Api, site: Site, database: Database) -> None:
    house = site.house
    goal_id = confirmed(api, house.employee, house.manager, house)
    other_goal = confirmed(api, house.employee, house.manager, house, title="把退货率从 5% 降到 3%")
    project_id = project(api, site, goalId=goal_id)

    def task(**values: Any) -> str:
        made: str = done(api, site.lead, CREATE_TASK, **task_input(site, project_id, **values))["task"]["id"]
        return made

    own, elsewhere = task(), task(goalId=other_goal)
    with database.begin(site.scope) as session:
        made = Deliverable(
            organization_id=house.organization.id,
            template_id=decode_id(site.template_id, "DeliverableTemplate"),
            owner_id=decode_id(person_id(house.employee), "Person"),
            task_id=decode_id(own, "ProjectTask"),
            title="压测报告",
        )
        session.add(made)
        session.flush()
        deliverable = encode_id("Deliverable", made.id)
    give = {"receiverId": person_id(house.employee), "text": GOOD}
    given = [
        done(api, house.manager, GIVE, **give, linkedId=linked)["feedback"]["id"]
        for linked in (goal_id, own, deliverable, elsewhere)
    ]
    links = (goal_id, own, deliverable)
    shown = [{"id": id_, "linked": {"id": linked}} for id_, linked in zip(given, links, strict=False)]
    for viewer in (house.employee, house.manager, house.hr):
        assert api.data(viewer, CHAIN, {"id": goal_id})["chain"]["feedback"] == shown[::-1]
        assert [each["id"] for each in api.data(viewer, CHAIN, {"id": other_goal})["chain"]["feedback"]] == given[3:]
    assert api.data(house.colleague, CHAIN, {"id": goal_id})["chain"]["feedback"] == []
    # Members of the project read the task, but nobody else's deliverable: they cannot speak of it either.
    assert codes(api, house.colleague, GIVE, **give, linkedId=deliverable) == ["NOT_FOUND"]
    assert done(api, house.colleague, GIVE, **give, linkedId=own)["feedback"]["linked"] == {"id": own}
    assert codes(api, house.committee, GIVE, **give, linkedId=own) == ["NOT_FOUND"]
    bare = CHAIN.replace(" linked { id }", "")
    with counted() as few:
        api.data(house.hr, bare, {"id": other_goal})
    with counted() as many:
        api.data(house.hr, bare, {"id": goal_id})
    assert len(many) == len(few)
