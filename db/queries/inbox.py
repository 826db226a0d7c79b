"""A person's own notifications."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.inbox import Notification
from db.viewer import Viewer


def notifications(viewer: Viewer, *, unread_only: bool = False) -> sa.Select[Notification]:
    """The viewer's own notifications, and nobody else's."""
    statement = sa.select(Notification).where(
        Notification.organization_id == viewer.organization_id, Notification.person_id == viewer.person_id
    )
    return statement.where(Notification.read_at.is_(None)) if unread_only else statement


def by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Notification]:
    """Those of the notifications that are the viewer's own."""
    rows = session.scalars(notifications(viewer).where(Notification.id.in_(set(ids))))
    return {row.id: row for row in rows}


def count_unread(session: Session, viewer: Viewer) -> int:
    """How many of the viewer's own notifications were not read yet."""
    unread = notifications(viewer, unread_only=True).with_only_columns(sa.func.count())
    return session.execute(unread).scalar_one()


def since(session: Session, viewer: Viewer, moment: datetime.datetime) -> Sequence[Notification]:
    """The viewer's own notifications that were made at or after that instant, the oldest first."""
    return session.scalars(
        notifications(viewer)
        .where(Notification.created_at >= moment)
        .order_by(Notification.created_at, Notification.id)
    ).all()
