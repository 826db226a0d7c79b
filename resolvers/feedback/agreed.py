"""What people agree to do, in a talk or in a retrospective: written down, and followed up until it is done."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.models.feedback.meetings import OneOnOne, OneOnOneAction
from db.models.feedback.retrospectives import Retrospective
from db.queries.feedback import agreed
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.inputs import required_text

LINE_LENGTH = 500
ACTIONS = 20
"""At once."""


@dataclass(frozen=True, slots=True)
class ActionDraft:
    text: str
    owner_id: uuid.UUID
    due_on: datetime.date | None = None


def agree(
    session: Session, where: OneOnOne | Retrospective, drafts: Sequence[ActionDraft], owners: Collection[uuid.UUID]
) -> None:
    """Add to what is agreed in a talk or retrospective that the caller holds still.

    Raises `DomainError`: TOO_MANY, NOT_FOUND for an owner who is none of `owners`, TEXT_REQUIRED, TEXT_TOO_LONG.
    """
    if len(drafts) > ACTIONS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "actions"))
    for index, draft in enumerate(drafts):
        at = ("input", "actions", str(index))
        if draft.owner_id not in owners:
            raise DomainError(ErrorCode.NOT_FOUND, (*at, "ownerId"))
        action = OneOnOneAction(
            organization_id=where.organization_id,
            owner_id=draft.owner_id,
            text=required_text(draft.text, LINE_LENGTH, (*at, "text")),
            due_on=draft.due_on,
        )
        if isinstance(where, OneOnOne):
            action.meeting_id, action.manager_id, action.report_id = where.id, where.manager_id, where.report_id
        else:
            action.retrospective_id = where.id
        session.add(action)
    session.flush()


def close_action(session: Session, viewer: Viewer, action_id: uuid.UUID, *, done: bool) -> OneOnOneAction:
    """Say whether something that was agreed is done: either side of a talk may, and who takes part in a retrospective.

    Raises NOT_FOUND; FORBIDDEN for what the viewer only reads.
    """
    action = action_to_follow_up(session, viewer, action_id, ("input", "id"))
    action.done_at = (action.done_at or now()) if done else None
    session.flush()
    tell_of(session, viewer, action, "action_closed")
    return action


def action_to_follow_up(session: Session, viewer: Viewer, action_id: uuid.UUID, at: tuple[str, ...]) -> OneOnOneAction:
    """What was agreed, locked. Raises NOT_FOUND; FORBIDDEN for what the viewer only reads."""
    statement = agreed.followed_up_by(viewer).where(OneOnOneAction.id == action_id).with_for_update(of=OneOnOneAction)
    action = session.scalars(statement.execution_options(populate_existing=True)).first()
    if action is not None:
        return action
    read = agreed.visible_to(session, viewer).where(OneOnOneAction.id == action_id)
    raise DomainError(ErrorCode.FORBIDDEN if session.scalars(read).first() else ErrorCode.NOT_FOUND, at)


def tell_of(session: Session, viewer: Viewer, action: OneOnOneAction, what: str) -> None:
    """Write down that this happened to something agreed, with the talk or retrospective that it belongs to."""
    if action.meeting_id is not None:
        record(session, viewer, f"one_on_one.{what}", "OneOnOne", action.meeting_id)
    elif action.retrospective_id is not None:
        record(session, viewer, f"retrospective.{what}", "Retrospective", action.retrospective_id)
