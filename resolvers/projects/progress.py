"""How tasks go on: status, what they wait for, notes, and comments."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.inbox import notify
from db.models.inbox import NotificationCode
from db.models.projects.tasks import (
    UNFINISHED,
    Project,
    ProjectTask,
    TaskComment,
    TaskMention,
    TaskStatus,
)
from db.queries import people
from db.queries.projects import tasks
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.authority import require_colleague, require_colleagues
from resolvers.goals.inputs import TEXT_LENGTH, TITLE_LENGTH, optional_text, required_text
from resolvers.inbox import viewers_of
from resolvers.projects import agreed, authority, planning
from resolvers.projects.loading import add_members, require_template, task_to_change
from resolvers.rules.blanks import is_blank
from resolvers.telling import TASK, tell

REPORTED = frozenset({"status", "waiting_for_task_id", "waiting_for_person_id", "note"})
"""What makes a change of a task a status update."""
MENTIONS = 50


def update_task(
    session: Session, viewer: Viewer, task_id: uuid.UUID, values: Mapping[str, Any], expected_version: int | None
) -> ProjectTask:
    """Change a task: what `values` names, by attributes of `planning.TaskDraft`, `status`, `waiting_for_task_id`,
    `waiting_for_person_id` and `note`. The last four are a status update: it ends the silence about a late task.

    Plans are for the lead and PMO; status updates also for owner and collaborators. Naming what the task waits for sets
    it waiting. Raises `DomainError`: what `planning.create_task` does, CONFLICT, CHANGE_EMPTY, WAITING_FOR_REQUIRED for
    a waiting task unless it is said for which one task or person, TASK_LOOP.
    """
    project, task = task_to_change(session, viewer, task_id, expected_version)
    before = task.status
    helpers = tasks.collaborators(session, [task.id]).get(task.id, [])
    if not values or (set(values) == {"note"} and is_blank(values["note"] or "")):
        raise DomainError(ErrorCode.CHANGE_EMPTY, ("input",))
    if values.keys() - REPORTED:
        authority.require_may_shape(viewer, project)
        _replan(session, viewer, task, values)
        _regroup(session, viewer, (project, task), values, helpers)
    reported = bool(values.keys() & REPORTED)
    if reported:
        authority.require_may_report(viewer, project, task, helpers)
        _report(session, viewer, task, values)
    if reported or values.keys() & {"owner_id", "due_at"}:
        task.escalation_level = 0
        note = optional_text(values.get("note"), TEXT_LENGTH, ("input", "note"))
        planning.write_down(session, viewer, task, note)
    session.flush()
    tell(session, viewer, "project_task.updated" if reported else "project_task.planned", TASK, task.id)
    if task.status is TaskStatus.DONE and before is not TaskStatus.DONE:
        agreed.settle(session, viewer, task)
    if before in UNFINISHED and task.status not in UNFINISHED:
        _tell_freed(session, viewer, task)
    return task


def _replan(session: Session, viewer: Viewer, task: ProjectTask, values: Mapping[str, Any]) -> None:
    """What is to be done, until when, for which goal, after which other tasks."""
    if "title" in values:
        task.title = required_text(values["title"], TITLE_LENGTH, ("input", "title"))
    if "description" in values:
        task.description = optional_text(values["description"], TEXT_LENGTH, ("input", "description"))
    if "template_id" in values:
        require_template(session, viewer, values["template_id"], ("input", "templateId"))
        task.template_id = values["template_id"]
    for name in ("planned_start_at", "due_at"):
        if name in values:
            setattr(task, name, values[name])
    planning.require_plan(task)
    if "goal_id" in values or "measure_id" in values:
        goal_id = values.get("goal_id", None if values.get("measure_id") else task.goal_id)
        planning.set_goal(session, viewer, task, goal_id, values.get("measure_id"))
    if "depends_on_ids" in values:
        planning.set_dependencies(session, task, values["depends_on_ids"])


def _regroup(
    session: Session,
    viewer: Viewer,
    place: tuple[Project, ProjectTask],
    values: Mapping[str, Any],
    helpers: Sequence[uuid.UUID],
) -> None:
    """Who has a part in it; `helpers` are the present collaborators."""
    project, task = place
    known = {task.owner_id, *helpers}
    if "owner_id" in values:
        planning.set_owner(session, viewer, task, values["owner_id"])
    if "collaborator_ids" in values or "owner_id" in values:
        left = people.gone(session, helpers)  # who hands over a leaver's task need not name the helpers again
        staying = [person_id for person_id in helpers if person_id not in left]
        helpers = planning.set_collaborators(session, viewer, task, values.get("collaborator_ids", staying))
    add_members(session, project, task.owner_id, *helpers)
    planning.notify_assigned(session, viewer, task, sorted({task.owner_id, *helpers} - known))


def _report(session: Session, viewer: Viewer, task: ProjectTask, values: Mapping[str, Any]) -> None:
    waits_for = values.get("waiting_for_task_id"), values.get("waiting_for_person_id")
    status = values.get("status") or (TaskStatus.WAITING if any(waits_for) else task.status)
    moment = now()
    if status is TaskStatus.WAITING:
        if any(waits_for) or task.status is not TaskStatus.WAITING:
            _wait(session, viewer, task, *waits_for)
    elif any(waits_for):
        raise DomainError(ErrorCode.WAITING_FOR_REQUIRED, ("input", "status"))
    else:
        task.waiting_for_task_id = task.waiting_for_person_id = None
    task.status = status
    if status in (TaskStatus.IN_PROGRESS, TaskStatus.DONE):
        task.started_at = task.started_at or moment
    task.finished_at = None if status in UNFINISHED else task.finished_at or moment
    task.reported_at = moment


def _wait(
    session: Session, viewer: Viewer, task: ProjectTask, task_id: uuid.UUID | None, person_id: uuid.UUID | None
) -> None:
    """Say for what the task waits, and tell who can end it."""
    if (task_id is None) == (person_id is None):
        raise DomainError(ErrorCode.WAITING_FOR_REQUIRED, ("input", "waitingForTaskId"))
    told = person_id
    if task_id is not None:
        statement = sa.select(ProjectTask).where(
            ProjectTask.project_id == task.project_id, ProjectTask.id == task_id, ProjectTask.id != task.id
        )
        other = session.scalars(statement).one_or_none()
        if other is None:
            raise DomainError(ErrorCode.NOT_FOUND, ("input", "waitingForTaskId"))
        told = other.owner_id
    else:
        assert person_id is not None
        require_colleague(session, viewer, person_id, ("input", "waitingForPersonId"))
    task.waiting_for_task_id, task.waiting_for_person_id = task_id, person_id
    assert told is not None
    key = f"task_waited_for:{task.id}:{task.version}"
    notify(session, viewer, [told], NotificationCode.TASK_WAITED_FOR, key=key, subject=(TASK, task.id))


def _tell_freed(session: Session, viewer: Viewer, task: ProjectTask) -> None:
    """Tell the owners of tasks that depend on it, or are marked as waiting for it, and for no other task any more."""
    behind = tasks.held_up_by(session, task)
    if not behind:
        return
    needs = tasks.dependencies(session, [one.id for one in behind])
    wanted = {one.id: {*needs.get(one.id, ()), one.waiting_for_task_id} - {None} for one in behind}
    open_ones = tasks.unfinished(session, set().union(*wanted.values()))
    for one in behind:
        if not wanted[one.id] & open_ones:
            key = f"task_freed:{one.id}:{task.id}:{task.version}"
            notify(session, viewer, [one.owner_id], NotificationCode.TASK_FREED, key=key, subject=(TASK, one.id))


def comment_on_task(
    session: Session, viewer: Viewer, task_id: uuid.UUID, text: str, mentions: Sequence[uuid.UUID]
) -> TaskComment:
    """Write a comment on a task that the viewer sees, naming colleagues.

    A mention opens nothing: who may not see the project is not told. Raises NOT_FOUND, TEXT_REQUIRED, TEXT_TOO_LONG,
    TOO_MANY, FORBIDDEN for the system.
    """
    words = required_text(text, TEXT_LENGTH, ("input", "text"))
    if task_id not in tasks.tasks_by_ids(session, viewer, [task_id]):
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "taskId"))
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    if len(mentions) > MENTIONS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "mentionIds"))
    require_colleagues(session, viewer, mentions, ("input", "mentionIds"))
    comment = TaskComment(
        organization_id=viewer.organization_id, task_id=task_id, author_id=viewer.person_id, text=words
    )
    session.add(comment)
    session.flush()
    session.add_all(
        TaskMention(organization_id=viewer.organization_id, comment_id=comment.id, person_id=person_id)
        for person_id in dict.fromkeys(mentions)
    )
    session.flush()
    tell(session, viewer, "project_task.commented", TASK, task_id)
    told = [
        named.person_id
        for named in viewers_of(session, viewer, mentions)
        if named.person_id is not None and tasks.tasks_by_ids(session, named, [task_id])
    ]
    key = f"task_mention:{comment.id}"
    notify(session, viewer, told, NotificationCode.TASK_MENTIONED, key=key, subject=(TASK, task_id))
    return comment
