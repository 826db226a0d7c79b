"""Changing projects and tasks through the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

import strawberry

from db.models.projects import tasks as rows
from resolvers.errors import DomainError, ErrorCode
from resolvers.projects import planning, progress
from resolvers.projects.authority import CREATING_ROLES, POLICY_ROLES
from schema.batching import field
from schema.context import Context
from schema.errors import UserError
from schema.inputs import optional_id
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.permissions import SIGNED_IN, PermissionMap, grant, only
from schema.projects.tasks import Project, ProjectPolicy, ProjectTask, ProjectTaskComment
from schema.relay import decode_id

UNSET: Any = strawberry.UNSET


@strawberry.input(description="A project to begin.")
class CreateProjectInput:
    name: str = strawberry.field(description="What it is called; at most 300 characters.")
    description: str | None = strawberry.field(default=None, description="More about it.")
    lead_id: strawberry.ID | None = strawberry.field(default=None, description="Who leads it; by default the viewer.")
    goal_id: strawberry.ID | None = strawberry.field(default=None, description="The goal it serves.")
    starts_at: datetime.datetime | None = strawberry.field(default=None, description="When it is to begin.")
    due_at: datetime.datetime | None = strawberry.field(
        default=None, description="When it is due; by default when its last task is."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Changes of a project: what is left out stays, null empties.")
class UpdateProjectInput:
    id: strawberry.ID = strawberry.field(description="The project.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")
    description: str | None = strawberry.field(default=UNSET, description="More about it.")
    lead_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Who leads it.")
    goal_id: strawberry.ID | None = strawberry.field(default=UNSET, description="The goal it serves.")
    starts_at: datetime.datetime | None = strawberry.field(default=UNSET, description="When it is to begin.")
    due_at: datetime.datetime | None = strawberry.field(
        default=UNSET, description="When it is due. Delay is counted from the first due time it had."
    )
    status: rows.ProjectStatus | None = strawberry.field(default=UNSET, description="Whether it goes on.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A task to put on the board. Owner, collaborators and template are required.")
class CreateProjectTaskInput:
    project_id: strawberry.ID = strawberry.field(description="The project.")
    title: str = strawberry.field(description="What is to be done; at most 300 characters.")
    owner_id: strawberry.ID = strawberry.field(description="Who answers for it.")
    collaborator_ids: list[strawberry.ID] = strawberry.field(
        description="Who helps: at least one colleague besides the owner, at most 50."
    )
    template_id: strawberry.ID = strawberry.field(description="The template of the deliverable to be handed in.")
    due_at: datetime.datetime = strawberry.field(description="When it is due.")
    description: str | None = strawberry.field(default=None, description="More about it.")
    planned_start_at: datetime.datetime | None = strawberry.field(
        default=None, description="When it is to begin; by default when what it depends on is due."
    )
    goal_id: strawberry.ID | None = strawberry.field(default=None, description="The goal it serves.")
    measure_id: strawberry.ID | None = strawberry.field(default=None, description="The key result it serves.")
    depends_on_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Tasks of the project that must be done before, at most 100."
    )
    one_on_one_action_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="What was agreed in one of the viewer's talks, and this task carries out: done once the task is. "
        "The project's members do not read the talk; they read the task's own words.",
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(
    description="Changes of a task: what is left out stays, null empties. Status, what it waits for and a note are a "
    "status update: it ends the silence about a late task."
)
class UpdateProjectTaskInput:
    id: strawberry.ID = strawberry.field(description="The task.")
    title: str | None = strawberry.field(default=UNSET, description="What is to be done.")
    description: str | None = strawberry.field(default=UNSET, description="More about it.")
    owner_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Who answers for it.")
    collaborator_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Who helps, in place of the present ones."
    )
    template_id: strawberry.ID | None = strawberry.field(default=UNSET, description="The deliverable's template.")
    due_at: datetime.datetime | None = strawberry.field(default=UNSET, description="When it is due.")
    planned_start_at: datetime.datetime | None = strawberry.field(default=UNSET, description="When it is to begin.")
    goal_id: strawberry.ID | None = strawberry.field(default=UNSET, description="The goal it serves.")
    measure_id: strawberry.ID | None = strawberry.field(default=UNSET, description="The key result it serves.")
    depends_on_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="What must be done before, in place of the present ones."
    )
    status: rows.TaskStatus | None = strawberry.field(default=UNSET, description="How it stands.")
    waiting_for_task_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The task of the project that it waits for; sets it WAITING."
    )
    waiting_for_person_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The colleague that it waits for; sets it WAITING."
    )
    note: str | None = strawberry.field(default=UNSET, description="What there is to say; kept with the update.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Something to say about a task.")
class CommentOnProjectTaskInput:
    task_id: strawberry.ID = strawberry.field(description="The task.")
    text: str = strawberry.field(description="What to say; at most 5,000 characters.")
    mention_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Colleagues named in it, at most 50. A mention opens nothing to them."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="When silence about late tasks is told, in hours of working time.")
class SetProjectPolicyInput:
    first_hours: int = strawberry.field(description="From the due time, without an update since; 1 to 1,000.")
    repeat_hours: int = strawberry.field(description="From one level to the next; 1 to 1,000.")
    levels: int = strawberry.field(description="How many managers up it goes; 1 to 10.")
    silence_hours: int | None = strawberry.field(
        default=None, description="From an update made after the due time; null: an update ends it for good."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The project.")
class CreateProjectPayload:
    project: Project | None = field(description="The project; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The project.")
class UpdateProjectPayload(CreateProjectPayload):
    pass


@strawberry.type(description="The task.")
class CreateProjectTaskPayload:
    task: ProjectTask | None = field(description="The task; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The task.")
class UpdateProjectTaskPayload(CreateProjectTaskPayload):
    pass


@strawberry.type(description="The comment.")
class CommentOnProjectTaskPayload:
    comment: ProjectTaskComment | None = field(description="The comment; null when it was refused.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The limits.")
class SetProjectPolicyPayload:
    policy: ProjectPolicy | None = field(description="The limits; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


_IDS = {
    "lead_id": ("Person", "leadId"),
    "goal_id": ("Goal", "goalId"),
    "owner_id": ("Person", "ownerId"),
    "template_id": ("DeliverableTemplate", "templateId"),
    "measure_id": ("Measure", "measureId"),
    "waiting_for_task_id": ("ProjectTask", "waitingForTaskId"),
    "waiting_for_person_id": ("Person", "waitingForPersonId"),
}
_ID_LISTS = {
    "collaborator_ids": ("Person", "collaboratorIds", planning.COLLABORATORS),
    "depends_on_ids": ("ProjectTask", "dependsOnIds", planning.DEPENDENCIES),
}
_NEVER_NULL = frozenset(
    {"name", "lead_id", "title", "owner_id", "collaborator_ids", "template_id", "due_at", "depends_on_ids", "status"}
)


def _named(given: UpdateProjectInput | UpdateProjectTaskInput) -> dict[str, Any]:
    """What a change names, with ids read. Null for what cannot be empty names nothing, except a project's due time."""
    values: dict[str, Any] = {}
    for name, value in vars(given).items():
        if name in {"id", "expected_version", "request_id"} or value is UNSET:
            continue
        if value is None and name in _NEVER_NULL and (name, type(given)) != ("due_at", UpdateProjectInput):
            continue
        values[name] = _read(name, value)
    return values


def _read(name: str, value: Any) -> Any:
    """The value as the use cases take it."""
    if name in _IDS:
        type_name, client = _IDS[name]
        return optional_id(value, type_name, ("input", client))
    return _ids(value, *_ID_LISTS[name]) if name in _ID_LISTS else value


def _ids(given: list[strawberry.ID], type_name: str, client: str, most: int) -> list[uuid.UUID]:
    if len(given) > most:
        raise DomainError(ErrorCode.TOO_MANY, ("input", client))
    return [decode_id(id_, type_name, at=("input", client, str(index))) for index, id_ in enumerate(given)]


def _create_project(context: Context, input: CreateProjectInput) -> Mapping[str, Any]:
    draft = planning.ProjectDraft(
        name=input.name,
        description=input.description,
        lead_id=optional_id(input.lead_id, "Person", ("input", "leadId")),
        goal_id=optional_id(input.goal_id, "Goal", ("input", "goalId")),
        starts_at=input.starts_at,
        due_at=input.due_at,
    )
    return {"project": planning.create_project(context.session, context.viewer, draft)}


def _update_project(context: Context, input: UpdateProjectInput) -> Mapping[str, Any]:
    project_id, values = decode_id(input.id, "Project", at=("input", "id")), _named(input)
    project = planning.update_project(context.session, context.viewer, project_id, values, input.expected_version)
    return {"project": project}


def _create_task(context: Context, input: CreateProjectTaskInput) -> Mapping[str, Any]:
    draft = planning.TaskDraft(
        project_id=decode_id(input.project_id, "Project", at=("input", "projectId")),
        title=input.title,
        owner_id=decode_id(input.owner_id, "Person", at=("input", "ownerId")),
        collaborator_ids=_ids(input.collaborator_ids, *_ID_LISTS["collaborator_ids"]),
        template_id=decode_id(input.template_id, "DeliverableTemplate", at=("input", "templateId")),
        due_at=input.due_at,
        description=input.description,
        planned_start_at=input.planned_start_at,
        goal_id=optional_id(input.goal_id, "Goal", ("input", "goalId")),
        measure_id=optional_id(input.measure_id, "Measure", ("input", "measureId")),
        depends_on_ids=_ids(input.depends_on_ids, *_ID_LISTS["depends_on_ids"]),
        action_id=optional_id(input.one_on_one_action_id, "OneOnOneAction", ("input", "oneOnOneActionId")),
    )
    return {"task": planning.create_task(context.session, context.viewer, draft)}


def _update_task(context: Context, input: UpdateProjectTaskInput) -> Mapping[str, Any]:
    task_id, values = decode_id(input.id, "ProjectTask", at=("input", "id")), _named(input)
    return {"task": progress.update_task(context.session, context.viewer, task_id, values, input.expected_version)}


def _comment(context: Context, input: CommentOnProjectTaskInput) -> Mapping[str, Any]:
    task_id = decode_id(input.task_id, "ProjectTask", at=("input", "taskId"))
    named = _ids(input.mention_ids, "Person", "mentionIds", progress.MENTIONS)
    comment = progress.comment_on_task(context.session, context.viewer, task_id, input.text, named)
    return {"comment": comment}


def _set_policy(context: Context, input: SetProjectPolicyInput) -> Mapping[str, Any]:
    draft = planning.PolicyDraft(input.first_hours, input.silence_hours, input.repeat_hours, input.levels)
    return {"policy": planning.set_policy(context.session, context.viewer, draft, input.expected_version)}


@strawberry.type
class ProjectMutations:
    create_project: CreateProjectPayload = mutation(_create_project, description="Begin a project.")
    update_project: UpdateProjectPayload = mutation(
        _update_project, description="Change a project. For its lead and PMO."
    )
    create_project_task: CreateProjectTaskPayload = mutation(
        _create_task, description="Put a task on a project's board. For the project's lead and PMO."
    )
    update_project_task: UpdateProjectTaskPayload = mutation(
        _update_task,
        description="Say how a task stands (owner, collaborators, lead, PMO), or change its plan (lead, PMO).",
    )
    comment_on_project_task: CommentOnProjectTaskPayload = mutation(
        _comment, description="Say something about a task. For whoever sees it."
    )
    set_project_policy: SetProjectPolicyPayload = mutation(
        _set_policy, description="Set when silence about late tasks is told."
    )


PERMISSIONS: PermissionMap = {
    **grant("Mutation", only(*CREATING_ROLES), "createProject"),
    **grant("Mutation", only(*POLICY_ROLES), "setProjectPolicy"),
    **grant("Mutation", SIGNED_IN, "updateProject createProjectTask updateProjectTask commentOnProjectTask"),
}
