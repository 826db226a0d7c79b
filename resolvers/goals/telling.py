"""Writing down that a goal changed, and waking whoever follows the goals of an organisation."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.events import record, record_each
from db.inbox import INBOX_CHANNEL
from db.viewer import Viewer


def tell(session: Session, viewer: Viewer, type_: str, *goal_ids: uuid.UUID, lost_to: Iterable[uuid.UUID] = ()) -> None:
    """Append to the log that this happened to goals, and wake their followers when the transaction commits.

    `lost_to`: who saw them before and does not any more.
    """
    losers = sorted(set(lost_to))
    if losers:
        for goal_id in goal_ids:
            record(session, viewer, type_, "Goal", goal_id, lost_to=losers)
    else:
        record_each(session, viewer, type_, "Goal", goal_ids)
    if session.get_bind().dialect.name == "postgresql":
        wake = sa.text("SELECT pg_notify(:channel, :key)")
        session.execute(wake, {"channel": INBOX_CHANNEL, "key": followers_key(viewer.organization_id)})


def followers_key(organization_id: uuid.UUID) -> str:
    """What those who follow an organisation's goals wait for."""
    return f"goals:{organization_id}"
