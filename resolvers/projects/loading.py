"""Finding the project or task that a use case is about, and holding it still until the transaction ends."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goals import Goal
from db.models.projects.tasks import Project, ProjectMember, ProjectStatus, ProjectTask
from db.models.projects.templates import DeliverableTemplate
from db.queries import goals
from db.queries.projects import tasks
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode

ID_PATH = ("input", "id")
VERSION_PATH = ("input", "expectedVersion")


def project_to_change(
    session: Session,
    viewer: Viewer,
    project_id: uuid.UUID,
    expected_version: int | None = None,
    *,
    at: tuple[str, ...] = ID_PATH,
    ended: bool = False,
) -> Project:
    """The project, locked: whoever else plans in it waits.

    Raises NOT_FOUND when the viewer may not see it, CONFLICT when it has another version, PROJECT_ENDED when it is done
    or dropped (unless `ended` ones are wanted, too).
    """
    statement = tasks.projects(session, viewer).where(Project.id == project_id)
    project = session.scalars(
        statement.with_for_update(of=Project).execution_options(populate_existing=True)
    ).one_or_none()
    if project is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    if expected_version is not None and project.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, VERSION_PATH)
    if not ended and project.status is not ProjectStatus.ACTIVE:
        raise DomainError(ErrorCode.PROJECT_ENDED, at)
    return project


def task_to_change(
    session: Session, viewer: Viewer, task_id: uuid.UUID, expected_version: int | None
) -> tuple[Project, ProjectTask]:
    """The task and its project, both locked. Raises as `project_to_change`."""
    known = tasks.tasks_by_ids(session, viewer, [task_id]).get(task_id)
    if known is None:
        raise DomainError(ErrorCode.NOT_FOUND, ID_PATH)
    project = project_to_change(session, viewer, known.project_id)
    statement = sa.select(ProjectTask).where(ProjectTask.id == task_id).with_for_update()
    task = session.scalars(statement.execution_options(populate_existing=True)).one()
    if expected_version is not None and task.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, VERSION_PATH)
    return project, task


def require_goal(session: Session, viewer: Viewer, goal_id: uuid.UUID, at: tuple[str, ...]) -> Goal:
    """The goal. Raises NOT_FOUND unless the viewer sees it."""
    goal = goals.goals_by_ids(session, viewer, [goal_id]).get(goal_id)
    if goal is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    return goal


def require_template(session: Session, viewer: Viewer, template_id: uuid.UUID, at: tuple[str, ...]) -> None:
    """Raises NOT_FOUND unless that is a template of the organisation that is still in use."""
    statement = sa.select(DeliverableTemplate.id).where(
        DeliverableTemplate.organization_id == viewer.organization_id,
        DeliverableTemplate.id == template_id,
        DeliverableTemplate.retired_at.is_(None),
    )
    if session.scalar(statement) is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)


def add_members(session: Session, project: Project, *person_ids: uuid.UUID) -> None:
    """Make these people members of the project, which is locked; those who are stay."""
    known = set(session.scalars(sa.select(ProjectMember.person_id).where(ProjectMember.project_id == project.id)))
    session.add_all(
        ProjectMember(organization_id=project.organization_id, project_id=project.id, person_id=person_id)
        for person_id in sorted(set(person_ids) - known)
    )
    session.flush()
