"""Customers' comments that a viewer may see."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.models.feedback.customers import CustomerComment, CustomerCommentImport, CustomerCommentRevision
from db.models.projects.tasks import Project, ProjectTask
from db.queries import people
from db.queries.projects import tasks
from db.queries.sets import among
from db.viewer import Role, Viewer


def visible_to(session: Session, viewer: Viewer) -> sa.Select[CustomerComment]:
    """What names a person: for that person, who answers for the person, and who recorded it. What names nobody: for
    who sees its project, and who recorded it."""
    statement = sa.select(CustomerComment).where(CustomerComment.organization_id == viewer.organization_id)
    if viewer.is_system:
        return statement
    seen = tasks.projects(session, viewer).with_only_columns(Project.id)
    conditions = [
        CustomerComment.subject_id == viewer.person_id,
        CustomerComment.recorded_by == viewer.person_id,
        sa.and_(CustomerComment.subject_id.is_(None), CustomerComment.project_id.in_(seen)),
    ]
    led = people.led_ids(session, viewer)
    if led is not None:
        conditions.append(CustomerComment.subject_id.in_(led))
    return statement.where(sa.or_(*conditions))


def by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, CustomerComment]:
    """Those of the comments that the viewer may see."""
    found = session.scalars(visible_to(session, viewer).where(CustomerComment.id.in_(set(ids))))
    return {row.id: row for row in found}


def recorded(session: Session, viewer: Viewer, source: str, source_id: str) -> CustomerComment | None:
    """What the organisation has of a source under its id, locked, whoever may see it: for recording alone."""
    statement = sa.select(CustomerComment).where(
        CustomerComment.organization_id == viewer.organization_id,
        CustomerComment.source == source,
        CustomerComment.source_id == source_id,
    )
    return session.scalars(statement.with_for_update().execution_options(populate_existing=True)).first()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which comments to list; None leaves a part open."""

    subject_id: uuid.UUID | None = None
    task_id: uuid.UUID | None = None
    project_id: uuid.UUID | None = None
    source: str | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    """Said before this day."""


def filtered(statement: sa.Select[CustomerComment], wanted: Wanted) -> sa.Select[CustomerComment]:
    """The statement narrowed to what is wanted."""
    for column, value in (
        (CustomerComment.subject_id, wanted.subject_id),
        (CustomerComment.task_id, wanted.task_id),
        (CustomerComment.project_id, wanted.project_id),
        (CustomerComment.source, wanted.source),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.since is not None:
        statement = statement.where(CustomerComment.said_on >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(CustomerComment.said_on < wanted.until)
    return statement


def about(
    session: Session,
    viewer: Viewer,
    person_ids: Iterable[uuid.UUID],
    since: datetime.date,
    until: datetime.date,
) -> Mapping[uuid.UUID, list[CustomerComment]]:
    """For each of these people what the viewer may see of what customers said about them from one day until before
    another, the oldest first: what names the person, and what names nobody and is about a task that the person owns
    today. Two statements, whatever the number of people."""
    wanted = set(person_ids)
    said = filtered(visible_to(session, viewer), Wanted(since=since, until=until))
    order = (CustomerComment.said_on, CustomerComment.id)
    found: dict[uuid.UUID, list[CustomerComment]] = {}
    for row in session.scalars(said.where(among(CustomerComment.subject_id, wanted)).order_by(*order)):
        if row.subject_id is not None:
            found.setdefault(row.subject_id, []).append(row)
    owned = (
        said.where(CustomerComment.subject_id.is_(None))
        .join(ProjectTask, ProjectTask.id == CustomerComment.task_id)
        .where(among(ProjectTask.owner_id, wanted))
        .add_columns(ProjectTask.owner_id)
    )
    for row, owner_id in session.execute(owned.order_by(*order)):
        found.setdefault(owner_id, []).append(row)
    return {person_id: sorted(rows, key=lambda row: (row.said_on, row.id)) for person_id, rows in found.items()}


def goals_of(session: Session, comments: Iterable[CustomerComment]) -> Mapping[uuid.UUID, uuid.UUID]:
    """The goal that each of these comments, which the caller loaded through `visible_to`, belongs to, where there is
    one: the task's, or the project's where the task names none."""
    wanted = {row.id for row in comments if row.project_id is not None}
    if not wanted:
        return {}
    goal_id = sa.func.coalesce(ProjectTask.goal_id, Project.goal_id)
    rows = session.execute(
        sa.select(CustomerComment.id, sa.type_coerce(goal_id, sa.Uuid()))
        .join(Project, Project.id == CustomerComment.project_id)
        .outerjoin(ProjectTask, ProjectTask.id == CustomerComment.task_id)
        .where(CustomerComment.id.in_(wanted), goal_id.is_not(None))
    )
    return {row[0]: row[1] for row in rows}


def latest_of_goals(
    session: Session, viewer: Viewer, goal_ids: Iterable[uuid.UUID], *, limit: int
) -> Mapping[uuid.UUID, list[CustomerComment]]:
    """The latest visible comments on the tasks and projects that serve each of these goals, at most `limit` each. A
    comment on a task belongs to the task's goal, and to the project's where the task names none."""
    task, project = aliased(ProjectTask), aliased(Project)
    goal_id = sa.func.coalesce(task.goal_id, project.goal_id)
    rank = sa.func.row_number().over(
        partition_by=goal_id, order_by=(CustomerComment.said_on.desc(), CustomerComment.id.desc())
    )
    ranked = (
        visible_to(session, viewer)
        .join(project, project.id == CustomerComment.project_id)
        .outerjoin(task, task.id == CustomerComment.task_id)
        .where(goal_id.in_(set(goal_ids)))
        .with_only_columns(CustomerComment.id, goal_id.label("goal_id"), rank.label("rank"))
        .subquery()
    )
    found: dict[uuid.UUID, list[CustomerComment]] = {}
    for row, goal in session.execute(
        sa.select(CustomerComment, sa.type_coerce(ranked.c.goal_id, sa.Uuid()))
        .join(ranked, ranked.c.id == CustomerComment.id)
        .where(ranked.c.rank <= limit)
        .order_by(CustomerComment.said_on.desc(), CustomerComment.id.desc())
    ):
        found.setdefault(goal, []).append(row)
    return found


def revisions(session: Session, comment_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[CustomerCommentRevision]]:
    """What comments that the caller loaded through `visible_to` said before their corrections, the oldest first."""
    found: dict[uuid.UUID, list[CustomerCommentRevision]] = {}
    for row in session.scalars(
        sa.select(CustomerCommentRevision)
        .where(CustomerCommentRevision.comment_id.in_(set(comment_ids)))
        .order_by(CustomerCommentRevision.number)
    ):
        found.setdefault(row.comment_id, []).append(row)
    return found


def imports(viewer: Viewer) -> sa.Select[CustomerCommentImport]:
    """The tables that the viewer sent; HR sees everybody's."""
    statement = sa.select(CustomerCommentImport).where(CustomerCommentImport.organization_id == viewer.organization_id)
    if viewer.is_system or viewer.has(Role.HR):
        return statement
    return statement.where(CustomerCommentImport.requested_by == viewer.person_id)


LINKS: Mapping[str, InstrumentedAttribute[uuid.UUID | None]] = {
    "Person": CustomerComment.subject_id,
    "ProjectTask": CustomerComment.task_id,
    "Project": CustomerComment.project_id,
}
"""The column that says that a comment is about a row of the type."""
