"""The projects and tasks that a viewer may see, and what belongs to them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.people import Person
from db.models.projects.tasks import (
    UNFINISHED,
    Project,
    ProjectMember,
    ProjectPolicy,
    ProjectStatus,
    ProjectTask,
    TaskCollaborator,
    TaskComment,
    TaskDependency,
    TaskEscalation,
    TaskMention,
    TaskStatus,
    TaskUpdate,
)
from db.queries import people
from db.queries.sets import among
from db.viewer import Role, Viewer

SEEING_ROLES = (Role.HR, Role.PMO)
"""Who sees every project of the organisation."""


def projects(session: Session, viewer: Viewer) -> sa.Select[Project]:
    """The projects that the viewer may see: as a member (lead, owner of a task, collaborator, also a former one), as a
    manager above a member, as HR or PMO."""
    statement = sa.select(Project).where(Project.organization_id == viewer.organization_id)
    seen = _seen(session, viewer)
    return statement if seen is None else statement.where(Project.id.in_(seen))


def tasks(session: Session, viewer: Viewer) -> sa.Select[ProjectTask]:
    """The tasks of the projects that the viewer may see."""
    statement = sa.select(ProjectTask).where(ProjectTask.organization_id == viewer.organization_id)
    seen = _seen(session, viewer)
    return statement if seen is None else statement.where(ProjectTask.project_id.in_(seen))


def _seen(session: Session, viewer: Viewer) -> sa.Select[uuid.UUID] | None:
    """Ids of visible projects as a subquery; None: all."""
    if viewer.is_system or viewer.has(*SEEING_ROLES):
        return None
    condition = ProjectMember.person_id == viewer.person_id
    if viewer.has(Role.MANAGER):
        below = people.reports_below(viewer, people.today(session, viewer.organization_id))
        condition = sa.or_(condition, ProjectMember.person_id.in_(below))
    return sa.select(ProjectMember.project_id).where(condition)


def projects_by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Project]:
    wanted = set(ids)
    found = session.scalars(projects(session, viewer).where(among(Project.id, wanted))) if wanted else ()
    return {row.id: row for row in found}


def tasks_by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ProjectTask]:
    wanted = set(ids)
    found = session.scalars(tasks(session, viewer).where(among(ProjectTask.id, wanted))) if wanted else ()
    return {row.id: row for row in found}


def updates(session: Session, viewer: Viewer) -> sa.Select[TaskUpdate]:
    """The history of visible tasks."""
    return sa.select(TaskUpdate).where(TaskUpdate.task_id.in_(_task_ids(session, viewer)))


def comments(session: Session, viewer: Viewer) -> sa.Select[TaskComment]:
    """The comments on visible tasks."""
    return sa.select(TaskComment).where(TaskComment.task_id.in_(_task_ids(session, viewer)))


def _task_ids(session: Session, viewer: Viewer) -> sa.Select[uuid.UUID]:
    return tasks(session, viewer).with_only_columns(ProjectTask.id)


@dataclass(frozen=True, slots=True)
class WantedProjects:
    """Which projects to list; None leaves a part open."""

    lead_id: uuid.UUID | None = None
    member_id: uuid.UUID | None = None
    goal_id: uuid.UUID | None = None
    status: ProjectStatus | None = None
    words: str | None = None


def filtered_projects(statement: sa.Select[Project], wanted: WantedProjects) -> sa.Select[Project]:
    for column, value in (
        (Project.lead_id, wanted.lead_id),
        (Project.goal_id, wanted.goal_id),
        (Project.status, wanted.status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.member_id is not None:
        member = sa.select(ProjectMember.project_id).where(ProjectMember.person_id == wanted.member_id)
        statement = statement.where(Project.id.in_(member))
    if wanted.words is not None:
        statement = statement.where(Project.name.icontains(wanted.words, autoescape=True))
    return statement


@dataclass(frozen=True, slots=True)
class WantedTasks:
    """Which tasks to list; None leaves a part open."""

    project_id: uuid.UUID | None = None
    owner_id: uuid.UUID | None = None
    collaborator_id: uuid.UUID | None = None
    goal_id: uuid.UUID | None = None
    statuses: Sequence[TaskStatus] | None = None
    overdue_at: datetime.datetime | None = None
    """Unfinished, and due before this instant."""
    blocked: bool | None = None
    waiting_for_person_id: uuid.UUID | None = None
    """Marked as waiting for this person, or for a task of this person."""


def filtered_tasks(statement: sa.Select[ProjectTask], wanted: WantedTasks) -> sa.Select[ProjectTask]:
    for column, value in (
        (ProjectTask.project_id, wanted.project_id),
        (ProjectTask.owner_id, wanted.owner_id),
        (ProjectTask.goal_id, wanted.goal_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.collaborator_id is not None:
        helped = sa.select(TaskCollaborator.task_id).where(TaskCollaborator.person_id == wanted.collaborator_id)
        statement = statement.where(ProjectTask.id.in_(helped))
    if wanted.statuses is not None:
        statement = statement.where(ProjectTask.status.in_(wanted.statuses))
    if wanted.overdue_at is not None:
        statement = statement.where(ProjectTask.status.in_(UNFINISHED), ProjectTask.due_at < wanted.overdue_at)
    if wanted.blocked is not None:
        told = ProjectTask.escalation_level > 0
        statement = statement.where(told if wanted.blocked else ~told)
    if wanted.waiting_for_person_id is not None:
        theirs = sa.select(ProjectTask.id).where(ProjectTask.owner_id == wanted.waiting_for_person_id)
        statement = statement.where(
            sa.or_(
                ProjectTask.waiting_for_person_id == wanted.waiting_for_person_id,
                ProjectTask.waiting_for_task_id.in_(theirs),
            )
        )
    return statement


class Tally(NamedTuple):
    """How many tasks of a project one person has in one status."""

    owner_id: uuid.UUID
    status: TaskStatus
    tasks: int
    overdue: int
    blocked: int


def tallies(
    session: Session, project_ids: Iterable[uuid.UUID], moment: datetime.datetime
) -> Mapping[uuid.UUID, list[Tally]]:
    """The tasks of projects counted by owner and status, in one statement. For projects loaded as visible."""
    overdue = sa.and_(ProjectTask.status.in_(UNFINISHED), ProjectTask.due_at < moment)
    statement = (
        sa.select(
            ProjectTask.project_id,
            ProjectTask.owner_id,
            ProjectTask.status,
            sa.func.count(),
            sa.func.sum(sa.case((overdue, 1), else_=0)),
            sa.func.sum(sa.case((ProjectTask.escalation_level > 0, 1), else_=0)),
        )
        .where(among(ProjectTask.project_id, project_ids))
        .group_by(ProjectTask.project_id, ProjectTask.owner_id, ProjectTask.status)
        .order_by(ProjectTask.project_id, ProjectTask.owner_id, ProjectTask.status)
    )
    found: dict[uuid.UUID, list[Tally]] = {}
    for project_id, owner_id, status, count, late, blocked in session.execute(statement):
        found.setdefault(project_id, []).append(Tally(owner_id, status, count, int(late), int(blocked)))
    return found


def members(session: Session, project_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    """Who takes part in projects, in the order of joining."""
    statement = sa.select(ProjectMember.project_id, ProjectMember.person_id).order_by(
        ProjectMember.created_at, ProjectMember.person_id
    )
    return _grouped(session, statement.where(among(ProjectMember.project_id, project_ids)))


def collaborators(session: Session, task_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    statement = sa.select(TaskCollaborator.task_id, TaskCollaborator.person_id).order_by(TaskCollaborator.person_id)
    return _grouped(session, statement.where(among(TaskCollaborator.task_id, task_ids)))


def dependencies(session: Session, task_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    """The tasks on which tasks depend."""
    statement = sa.select(TaskDependency.task_id, TaskDependency.depends_on_id).order_by(TaskDependency.depends_on_id)
    return _grouped(session, statement.where(among(TaskDependency.task_id, task_ids)))


def dependents(session: Session, task_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    """The tasks that depend on tasks."""
    statement = sa.select(TaskDependency.depends_on_id, TaskDependency.task_id).order_by(TaskDependency.task_id)
    return _grouped(session, statement.where(among(TaskDependency.depends_on_id, task_ids)))


def held_up_by(session: Session, task: ProjectTask) -> Sequence[ProjectTask]:
    """The unfinished tasks that depend on a task or are marked as waiting for it."""
    dependent = sa.select(TaskDependency.task_id).where(TaskDependency.depends_on_id == task.id)
    statement = sa.select(ProjectTask).where(
        ProjectTask.project_id == task.project_id,
        ProjectTask.status.in_(UNFINISHED),
        sa.or_(ProjectTask.id.in_(dependent), ProjectTask.waiting_for_task_id == task.id),
    )
    return session.scalars(statement.order_by(ProjectTask.id)).all()


def unfinished(session: Session, task_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the tasks that are neither done nor dropped."""
    statement = sa.select(ProjectTask.id).where(among(ProjectTask.id, task_ids), ProjectTask.status.in_(UNFINISHED))
    return set(session.scalars(statement))


def mentions(session: Session, comment_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    statement = sa.select(TaskMention.comment_id, TaskMention.person_id).order_by(TaskMention.person_id)
    return _grouped(session, statement.where(among(TaskMention.comment_id, comment_ids)))


def _grouped(session: Session, statement: sa.Select[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    for parent, child in session.execute(statement):
        found.setdefault(parent, []).append(child)
    return found


def tasks_of(session: Session, project_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[ProjectTask]]:
    """All tasks of projects that the caller loaded as visible, by their numbers."""
    statement = sa.select(ProjectTask).where(among(ProjectTask.project_id, project_ids))
    found: dict[uuid.UUID, list[ProjectTask]] = {}
    for row in session.scalars(statement.order_by(ProjectTask.project_id, ProjectTask.number)):
        found.setdefault(row.project_id, []).append(row)
    return found


def dependencies_within(session: Session, project_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    """The tasks on which each task of these projects depends."""
    statement = (
        sa.select(TaskDependency.task_id, TaskDependency.depends_on_id)
        .join(ProjectTask, ProjectTask.id == TaskDependency.task_id)
        .where(among(ProjectTask.project_id, project_ids))
        .order_by(TaskDependency.depends_on_id)
    )
    return _grouped(session, statement)


def history_of(session: Session, project_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[TaskUpdate]]:
    """The updates of each task of these projects, in the order of time."""
    statement = (
        sa.select(TaskUpdate)
        .join(ProjectTask, ProjectTask.id == TaskUpdate.task_id)
        .where(among(ProjectTask.project_id, project_ids))
        .order_by(TaskUpdate.created_at, TaskUpdate.id)
    )
    found: dict[uuid.UUID, list[TaskUpdate]] = {}
    for row in session.scalars(statement):
        found.setdefault(row.task_id, []).append(row)
    return found


def policy(session: Session, viewer: Viewer) -> ProjectPolicy:
    """The organisation's limits for late tasks; an unsaved row with the defaults when it has set none."""
    known = session.get(ProjectPolicy, viewer.organization_id)
    return known or ProjectPolicy(
        id=viewer.organization_id,
        organization_id=viewer.organization_id,
        first_hours=2,
        silence_hours=18,
        repeat_hours=9,
        levels=3,
        version=1,
    )


class LateTask(NamedTuple):
    """An unfinished task past its due time, with the zone that its owner lives in."""

    task: ProjectTask
    zone: str


def late_tasks(session: Session, viewer: Viewer, moment: datetime.datetime, levels: int) -> Sequence[LateTask]:
    """The unfinished tasks of running projects that were due at `moment` and are not told of at the last level, locked
    against other workers and status updates until the transaction ends; those that somebody else holds are left out."""
    statement = (
        sa.select(ProjectTask, Person.timezone)
        .join(Person, Person.id == ProjectTask.owner_id)
        .join(Project, Project.id == ProjectTask.project_id)
        .where(
            ProjectTask.organization_id == viewer.organization_id,
            Project.status == ProjectStatus.ACTIVE,
            ProjectTask.status.in_(UNFINISHED),
            ProjectTask.due_at < moment,
            ProjectTask.escalation_level < levels,
        )
        .order_by(ProjectTask.id)
        .with_for_update(of=ProjectTask, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [LateTask(*row) for row in session.execute(statement)]


def escalations(session: Session, task_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[TaskEscalation]]:
    """What was told of tasks, in the order of time."""
    found: dict[uuid.UUID, list[TaskEscalation]] = {}
    for row in session.scalars(
        sa.select(TaskEscalation)
        .where(among(TaskEscalation.task_id, task_ids))
        .order_by(TaskEscalation.escalated_at, TaskEscalation.level)
    ):
        found.setdefault(row.task_id, []).append(row)
    return found


def tasks_serving(
    session: Session, viewer: Viewer, goal_ids: Collection[uuid.UUID], *, limit: int = 50
) -> Mapping[uuid.UUID, list[ProjectTask]]:
    """The visible tasks that serve each goal, at most `limit` each, the newest first."""
    rank = sa.func.row_number().over(partition_by=ProjectTask.goal_id, order_by=ProjectTask.id.desc())
    ranked = (
        tasks(session, viewer)
        .where(among(ProjectTask.goal_id, goal_ids))
        .with_only_columns(ProjectTask.id, rank.label("rank"))
        .subquery()
    )
    found: dict[uuid.UUID, list[ProjectTask]] = {}
    for task in session.scalars(
        sa.select(ProjectTask)
        .join(ranked, ranked.c.id == ProjectTask.id)
        .where(ranked.c.rank <= limit)
        .order_by(ProjectTask.id.desc())
    ):
        if task.goal_id is not None:
            found.setdefault(task.goal_id, []).append(task)
    return found
