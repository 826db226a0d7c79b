"""Planning: projects and their tasks, each with owner, collaborators and what is to be handed in."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import now
from db.inbox import notify
from db.models.inbox import NotificationCode
from db.models.projects.tasks import (
    Project,
    ProjectPolicy,
    ProjectStatus,
    ProjectTask,
    TaskCollaborator,
    TaskDependency,
    TaskStatus,
    TaskUpdate,
)
from db.queries import goals
from db.queries.projects import tasks
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.authority import require_colleague, require_colleagues, require_role
from resolvers.goals.inputs import TEXT_LENGTH, TITLE_LENGTH, optional_text, required_text
from resolvers.projects import agreed, authority
from resolvers.projects.loading import (
    VERSION_PATH,
    add_members,
    project_to_change,
    require_goal,
    require_template,
)
from resolvers.rules.dependencies import reaches
from resolvers.telling import PROJECT, TASK, tell

COLLABORATORS = 50
DEPENDENCIES = 100
YEARS = range(2000, 2101)
HOURS = range(1, 1001)
LEVELS = range(1, 11)

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    name: str
    description: str | None = None
    lead_id: uuid.UUID | None = None
    """None: whoever creates it."""
    goal_id: uuid.UUID | None = None
    starts_at: datetime.datetime | None = None
    due_at: datetime.datetime | None = None


def create_project(session: Session, viewer: Viewer, draft: ProjectDraft) -> Project:
    """Begin a project. For managers and PMO.

    Raises `DomainError`: FORBIDDEN, NOT_FOUND for a lead or goal, TEXT_REQUIRED, TEXT_TOO_LONG, PLAN_ORDER when it is
    due before it starts, NUMBER_OUT_OF_RANGE for a year that cannot be.
    """
    require_role(viewer, *authority.CREATING_ROLES)
    lead_id = draft.lead_id or viewer.person_id
    assert lead_id is not None, "holders of a role are people"
    project = Project(
        organization_id=viewer.organization_id,
        name=required_text(draft.name, TITLE_LENGTH, ("input", "name")),
        description=optional_text(draft.description, TEXT_LENGTH, ("input", "description")),
        lead_id=lead_id,
        created_by=viewer.person_id,
        starts_at=draft.starts_at,
        due_at=draft.due_at,
        first_due_at=draft.due_at,
    )
    _require_order(project.starts_at, project.due_at, ("input", "startsAt"))
    require_colleague(session, viewer, lead_id, ("input", "leadId"))
    if draft.goal_id is not None:
        project.goal_id = require_goal(session, viewer, draft.goal_id, ("input", "goalId")).id
    session.add(project)
    session.flush()
    add_members(session, project, lead_id)
    tell(session, viewer, "project.created", PROJECT, project.id)
    return project


def update_project(
    session: Session, viewer: Viewer, project_id: uuid.UUID, values: Mapping[str, Any], expected_version: int | None
) -> Project:
    """Change a project: what `values` names, by attributes of `ProjectDraft` and `status`. For its lead and PMO.

    The first due time that it gets stays the one from which delay is counted. Raises what `create_project` does,
    CONFLICT, and CHANGE_EMPTY when nothing is named.
    """
    project = project_to_change(session, viewer, project_id, expected_version, ended=True)
    authority.require_may_shape(viewer, project)
    if not values:
        raise DomainError(ErrorCode.CHANGE_EMPTY, ("input",))
    if "name" in values:
        project.name = required_text(values["name"], TITLE_LENGTH, ("input", "name"))
    if "description" in values:
        project.description = optional_text(values["description"], TEXT_LENGTH, ("input", "description"))
    if "lead_id" in values:
        require_colleague(session, viewer, values["lead_id"], ("input", "leadId"))
        project.lead_id = values["lead_id"]
        add_members(session, project, project.lead_id)
    if "goal_id" in values:
        goal_id = values["goal_id"]
        project.goal_id = require_goal(session, viewer, goal_id, ("input", "goalId")).id if goal_id else None
    for name in ("starts_at", "due_at"):
        if name in values:
            setattr(project, name, values[name])
    project.first_due_at = project.first_due_at or project.due_at
    _require_order(project.starts_at, project.due_at, ("input", "startsAt"))
    if "status" in values and values["status"] is not project.status:
        project.status = values["status"]
        project.ended_at = None if project.status is ProjectStatus.ACTIVE else now()
    session.flush()
    tell(session, viewer, "project.changed", PROJECT, project.id)
    return project


@dataclass(frozen=True, slots=True)
class TaskDraft:
    project_id: uuid.UUID
    title: str
    owner_id: uuid.UUID
    collaborator_ids: Sequence[uuid.UUID]
    template_id: uuid.UUID
    due_at: datetime.datetime
    description: str | None = None
    planned_start_at: datetime.datetime | None = None
    goal_id: uuid.UUID | None = None
    measure_id: uuid.UUID | None = None
    depends_on_ids: Sequence[uuid.UUID] = ()
    action_id: uuid.UUID | None = None
    """What was agreed in one of the viewer's own talks and this task carries out."""


def create_task(session: Session, viewer: Viewer, draft: TaskDraft) -> ProjectTask:
    """Put a task on the board. For the project's lead and PMO.

    Raises `DomainError`: NOT_FOUND for whatever is named and not there, FORBIDDEN, PROJECT_ENDED,
    COLLABORATOR_REQUIRED, TOO_MANY, PLAN_ORDER when it is to start after it is due, AGREED_SETTLED when what it carries
    out has a task or is done, and what is wrong with a text.
    """
    project = project_to_change(session, viewer, draft.project_id, at=("input", "projectId"))
    authority.require_may_shape(viewer, project)
    project.task_count += 1
    task = ProjectTask(
        organization_id=project.organization_id,
        project_id=project.id,
        number=project.task_count,
        title=required_text(draft.title, TITLE_LENGTH, ("input", "title")),
        description=optional_text(draft.description, TEXT_LENGTH, ("input", "description")),
        due_at=draft.due_at,
        first_due_at=draft.due_at,
        planned_start_at=draft.planned_start_at,
        status=TaskStatus.OPEN,
        created_by=viewer.person_id,
    )
    _require_order(task.planned_start_at, task.due_at, ("input", "plannedStartAt"))
    set_owner(session, viewer, task, draft.owner_id)
    require_template(session, viewer, draft.template_id, ("input", "templateId"))
    task.template_id = draft.template_id
    set_goal(session, viewer, task, draft.goal_id, draft.measure_id)
    session.add(task)
    session.flush()
    helpers = set_collaborators(session, viewer, task, draft.collaborator_ids)
    set_dependencies(session, task, draft.depends_on_ids)
    add_members(session, project, task.owner_id, *helpers)
    write_down(session, viewer, task, None)
    if draft.action_id is not None:
        agreed.carry_out(session, viewer, task, draft.action_id)
    tell(session, viewer, "project_task.created", TASK, task.id)
    notify_assigned(session, viewer, task, [task.owner_id, *helpers])
    return task


def set_owner(session: Session, viewer: Viewer, task: ProjectTask, owner_id: uuid.UUID) -> None:
    """Raises NOT_FOUND unless that is a colleague."""
    require_colleague(session, viewer, owner_id, ("input", "ownerId"))
    task.owner_id = owner_id


def set_goal(
    session: Session, viewer: Viewer, task: ProjectTask, goal_id: uuid.UUID | None, measure_id: uuid.UUID | None
) -> None:
    """Say what the task serves; the measure's goal stands where only the measure is named. Raises NOT_FOUND."""
    if measure_id is not None:
        measure = goals.measures_by_ids(session, viewer, [measure_id]).get(measure_id)
        if measure is None or (goal_id is not None and measure.goal_id != goal_id):
            raise DomainError(ErrorCode.NOT_FOUND, ("input", "measureId"))
        goal_id = measure.goal_id
    if goal_id is not None:
        require_goal(session, viewer, goal_id, ("input", "goalId"))
    task.goal_id, task.measure_id = goal_id, measure_id


def set_collaborators(
    session: Session, viewer: Viewer, task: ProjectTask, person_ids: Sequence[uuid.UUID]
) -> list[uuid.UUID]:
    """Put these in place of the present collaborators. Raises COLLABORATOR_REQUIRED unless there is somebody besides
    the owner, TOO_MANY, NOT_FOUND."""
    if len(person_ids) > COLLABORATORS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "collaboratorIds"))
    require_colleagues(session, viewer, person_ids, ("input", "collaboratorIds"))
    helpers = sorted(set(person_ids) - {task.owner_id})
    if not helpers:
        raise DomainError(ErrorCode.COLLABORATOR_REQUIRED, ("input", "collaboratorIds"))
    session.execute(sa.delete(TaskCollaborator).where(TaskCollaborator.task_id == task.id))
    session.add_all(
        TaskCollaborator(organization_id=task.organization_id, task_id=task.id, person_id=person_id)
        for person_id in helpers
    )
    session.flush()
    return helpers


def set_dependencies(session: Session, task: ProjectTask, ids: Sequence[uuid.UUID]) -> None:
    """Put these in place of the present dependencies. The project must be locked: two changes that are harmless alone
    may close a circle together. Raises NOT_FOUND for a task outside the project, TASK_LOOP, TOO_MANY."""
    at = ("input", "dependsOnIds")
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > DEPENDENCIES:
        raise DomainError(ErrorCode.TOO_MANY, at)
    if wanted:
        statement = sa.select(ProjectTask.id).where(
            ProjectTask.project_id == task.project_id, ProjectTask.id.in_(wanted)
        )
        known = set(session.scalars(statement))
        for index, id_ in enumerate(wanted):
            if id_ not in known:
                raise DomainError(ErrorCode.NOT_FOUND, (*at, str(index)))
        if reaches(tasks.dependencies_within(session, [task.project_id]), wanted, task.id):
            raise DomainError(ErrorCode.TASK_LOOP, at)
    session.execute(sa.delete(TaskDependency).where(TaskDependency.task_id == task.id))
    session.add_all(
        TaskDependency(organization_id=task.organization_id, task_id=task.id, depends_on_id=id_) for id_ in wanted
    )
    session.flush()


def write_down(session: Session, viewer: Viewer, task: ProjectTask, note: str | None) -> TaskUpdate:
    """Keep how the task stands now in its history."""
    update = TaskUpdate(
        organization_id=task.organization_id,
        task_id=task.id,
        author_id=viewer.person_id,
        status=task.status,
        waiting_for_task_id=task.waiting_for_task_id,
        waiting_for_person_id=task.waiting_for_person_id,
        owner_id=task.owner_id,
        due_at=task.due_at,
        note=note,
    )
    session.add(update)
    session.flush()
    return update


def notify_assigned(session: Session, viewer: Viewer, task: ProjectTask, person_ids: Sequence[uuid.UUID]) -> None:
    """Tell people that they have a part in the task."""
    notify(
        session,
        viewer,
        person_ids,
        NotificationCode.TASK_ASSIGNED,
        key=f"task_assigned:{task.id}",
        subject=(TASK, task.id),
    )


def _require_order(begin: datetime.datetime | None, end: datetime.datetime | None, at: Path) -> None:
    for moment in (begin, end):
        if moment is not None and moment.year not in YEARS:
            raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, at)
    if begin is not None and end is not None and begin > end:
        raise DomainError(ErrorCode.PLAN_ORDER, at)


def require_plan(task: ProjectTask) -> None:
    """Raises PLAN_ORDER unless the task is to start before it is due."""
    _require_order(task.planned_start_at, task.due_at, ("input", "dueAt"))


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    first_hours: int
    silence_hours: int | None
    repeat_hours: int
    levels: int


def set_policy(session: Session, viewer: Viewer, draft: PolicyDraft, expected_version: int | None) -> ProjectPolicy:
    """Set when silence about late tasks is told. For PMO, HR and administrators.

    Raises FORBIDDEN, CONFLICT, NUMBER_OUT_OF_RANGE outside 1 to 1,000 hours or 1 to 10 levels.
    """
    require_role(viewer, *authority.POLICY_ROLES)
    for name, client in (
        ("first_hours", "firstHours"),
        ("silence_hours", "silenceHours"),
        ("repeat_hours", "repeatHours"),
    ):
        hours = getattr(draft, name)
        if hours is not None and hours not in HOURS:
            raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", client))
    if draft.levels not in LEVELS:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "levels"))
    policy = tasks.policy(session, viewer)
    if expected_version is not None and policy.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, VERSION_PATH)
    for name in ("first_hours", "silence_hours", "repeat_hours", "levels"):
        setattr(policy, name, getattr(draft, name))
    session.add(policy)
    try:
        session.flush()
    except IntegrityError as error:  # another request set the first one at the same time
        raise DomainError(ErrorCode.CONFLICT) from error
    tell(session, viewer, "project_policy.set", "Organization", viewer.organization_id)
    return policy
