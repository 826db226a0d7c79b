"""What was agreed in a talk or a retrospective, carried out by a task of a project."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.models.feedback.meetings import OneOnOneAction
from db.models.projects.tasks import ProjectTask
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback.agreed import action_to_follow_up, tell_of


def carry_out(session: Session, viewer: Viewer, task: ProjectTask, action_id: uuid.UUID) -> None:
    """Link a new task to what was agreed in one of the viewer's own talks, or in a retrospective in which the viewer
    takes part. Its words go nowhere: the task says what whoever makes it writes, since the project's members do not
    read the talk.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN for what the viewer only reads, AGREED_SETTLED when it is done or has a
    task already.
    """
    at = ("input", "oneOnOneActionId")
    action = action_to_follow_up(session, viewer, action_id, at)
    if action.done_at is not None or action.task_id is not None:
        raise DomainError(ErrorCode.AGREED_SETTLED, at)
    action.task_id = task.id
    session.flush()
    tell_of(session, viewer, action, "action_planned")


def settle(session: Session, viewer: Viewer, task: ProjectTask) -> None:
    """What was agreed is done once its task is, whoever says so: also somebody who reads nothing of it."""
    statement = sa.select(OneOnOneAction).where(
        OneOnOneAction.organization_id == viewer.organization_id,
        OneOnOneAction.task_id == task.id,
        OneOnOneAction.done_at.is_(None),
    )
    action = session.scalars(statement.with_for_update()).first()
    if action is not None:
        action.done_at = now()
        session.flush()
        tell_of(session, viewer, action, "action_closed")
