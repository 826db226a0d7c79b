"""What two people agreed in a talk, carried out by a task of a project."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.models.feedback.meetings import OneOnOneAction
from db.models.projects.tasks import ProjectTask
from db.queries.feedback import meetings
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode


def carry_out(session: Session, viewer: Viewer, task: ProjectTask, action_id: uuid.UUID) -> None:
    """Link a new task to what was agreed in one of the viewer's own talks. The talk's words go nowhere: the task says
    what whoever makes it writes, since the project's members do not read the talk.

    Raises `DomainError`: NOT_FOUND, AGREED_SETTLED when it is done or has a task already.
    """
    at = ("input", "oneOnOneActionId")
    statement = meetings.actions(viewer).where(OneOnOneAction.id == action_id).with_for_update()
    action = session.scalars(statement.execution_options(populate_existing=True)).first()
    if action is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    if action.done_at is not None or action.task_id is not None:
        raise DomainError(ErrorCode.AGREED_SETTLED, at)
    action.task_id = task.id
    session.flush()
    record(session, viewer, "one_on_one.action_planned", "OneOnOne", action.meeting_id)


def settle(session: Session, viewer: Viewer, task: ProjectTask) -> None:
    """What was agreed is done once its task is, whoever says so: also somebody who does not read the talk."""
    statement = sa.select(OneOnOneAction).where(
        OneOnOneAction.organization_id == viewer.organization_id,
        OneOnOneAction.task_id == task.id,
        OneOnOneAction.done_at.is_(None),
    )
    action = session.scalars(statement.with_for_update()).first()
    if action is not None:
        action.done_at = now()
        session.flush()
        record(session, viewer, "one_on_one.action_closed", "OneOnOne", action.meeting_id)
