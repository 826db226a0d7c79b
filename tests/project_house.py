"""The house of the goals' tests with a project in it, and the operations that tests of projects send."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from db.base import now
from db.models.projects.templates import DeliverableTemplate, DeliverableTemplateVersion
from db.session import Database, Scope
from db.viewer import Role, Viewer
from schema.relay import encode_id
from tests.factories import make_viewer
from tests.goal_house import House, done, make_house, person_id
from tests.schema.client import Api


@dataclass
class Site:
    """An organisation whose manager leads a project; employee and colleague report to the manager."""

    house: House
    pmo: Viewer
    template_id: str

    @property
    def scope(self) -> Scope:
        return Scope(self.house.organization.id)

    @property
    def lead(self) -> Viewer:
        return self.house.manager


def make_site(database: Database) -> Site:
    """The site, committed."""
    house = make_house(database)
    with database.begin(Scope(house.organization.id)) as session:
        pmo = make_viewer(session, house.organization, Role.PMO)
        template = DeliverableTemplate(organization_id=house.organization.id, key="load-test", number=1)
        session.add(template)
        session.flush()
        version = {"number": 1, "title_zh": "压测报告", "title_en": "Load test", "requirements": [], "definitions": []}
        session.add(
            DeliverableTemplateVersion(organization_id=house.organization.id, template_id=template.id, **version)
        )
        return Site(house, pmo, encode_id("DeliverableTemplate", template.id))


def soon(hours: float = 24) -> str:
    return (now() + datetime.timedelta(hours=hours)).isoformat()


CREATE_PROJECT = "mutation($input: CreateProjectInput!) { createProject(input: $input) { project { id version } errors { code field } } }"  # noqa: E501
UPDATE_PROJECT = "mutation($input: UpdateProjectInput!) { updateProject(input: $input) { project { id status dueAt firstDueAt version } errors { code field } } }"  # noqa: E501
TASK = "task { id number status version waitingForTask { id } waitingForPerson { id } startedAt finishedAt reportedAt }"
CREATE_TASK = (
    "mutation($input: CreateProjectTaskInput!) { createProjectTask(input: $input) { $TASK errors { code field } } }"
).replace("$TASK", TASK)
UPDATE_TASK = (
    "mutation($input: UpdateProjectTaskInput!) { updateProjectTask(input: $input) { $TASK errors { code field } } }"
).replace("$TASK", TASK)
COMMENT = (
    "mutation($input: CommentOnProjectTaskInput!) { commentOnProjectTask(input: $input) "
    "{ comment { id text mentions { id } } errors { code field } } }"
)
SET_POLICY = (
    "mutation($input: SetProjectPolicyInput!) { setProjectPolicy(input: $input) "
    "{ policy { firstHours silenceHours repeatHours levels version } errors { code field } } }"
)


def project(api: Api, site: Site, viewer: Viewer | None = None, **values: Any) -> str:
    made = done(api, viewer or site.lead, CREATE_PROJECT, **{"name": "新品上线", **values})
    project_id: str = made["project"]["id"]
    return project_id


def task_input(site: Site, project_id: str, **values: Any) -> dict[str, Any]:
    """The employee's task, with the colleague's help."""
    return {
        "projectId": project_id,
        "title": "压测报告",
        "ownerId": person_id(site.house.employee),
        "collaboratorIds": [person_id(site.house.colleague)],
        "templateId": site.template_id,
        "dueAt": soon(),
        **values,
    }


def task(api: Api, site: Site, project_id: str, **values: Any) -> str:
    made = done(api, site.lead, CREATE_TASK, **task_input(site, project_id, **values))
    task_id: str = made["task"]["id"]
    return task_id


SUBMIT = """mutation($input: SubmitDeliverableInput!) { submitDeliverable(input: $input) { errors { code field }
  deliverable { id status flag task { id } template { id } file { number duplicateOf { id } } } } }"""


def submit(api: Api, viewer: Viewer, content: bytes, name: str = "report.md", **given: Any) -> dict[str, Any]:
    """The payload of handing in a file."""
    variables = {"input": {"file": None, **given}}
    answer = api.upload(viewer, SUBMIT, variables, {"variables.input.file": (name, content)}).json()
    payload: dict[str, Any] = answer["data"]["submitDeliverable"]
    return payload
