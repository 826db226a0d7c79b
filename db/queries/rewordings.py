"""Rewordings that a viewer may see: the own ones, of texts that the viewer still sees."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.models.feedback.notes import Feedback
from db.models.goals import Goal
from db.models.rewordings import Rewording, RewordingState
from db.queries import goals
from db.queries.feedback import notes
from db.viewer import Viewer


def visible_to(session: Session, viewer: Viewer) -> sa.Select[Rewording]:
    """What the viewer asked for and is not over yet."""
    seen_goals = goals.visible_to(session, viewer).with_only_columns(Goal.id)
    seen_notes = notes.visible_to(session, viewer).with_only_columns(Feedback.id)
    return sa.select(Rewording).where(
        Rewording.organization_id == viewer.organization_id,
        Rewording.requester_id == viewer.person_id,
        Rewording.expires_at > now(),
        sa.or_(Rewording.goal_id.in_(seen_goals), Rewording.feedback_id.in_(seen_notes)),
    )


def by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Rewording]:
    """Those of the rewordings that the viewer may see."""
    found = session.scalars(visible_to(session, viewer).where(Rewording.id.in_(set(ids))))
    return {row.id: row for row in found}


def waiting(
    session: Session, viewer: Viewer, goal_id: uuid.UUID | None, feedback_id: uuid.UUID | None
) -> Rewording | None:
    """What the viewer asked for about this text and no worker has answered."""
    return session.scalars(
        visible_to(session, viewer).where(
            Rewording.state == RewordingState.WAITING,
            Rewording.goal_id == goal_id if goal_id else Rewording.feedback_id == feedback_id,
        )
    ).first()
