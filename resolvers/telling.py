"""Writing down that something happened to rows, and waking whoever follows their type."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.events import record, record_each
from db.inbox import INBOX_CHANNEL
from db.viewer import Viewer

DELIVERABLE, GOAL, TASK = "Deliverable", "Goal", "ProjectTask"
PROJECT = "Project"

FOLLOWED = frozenset({DELIVERABLE, GOAL, TASK})
"""Types in the schema that a subscription follows."""


def tell(
    session: Session, viewer: Viewer, type_: str, subject: str, *ids: uuid.UUID, lost_to: Iterable[uuid.UUID] = ()
) -> None:
    """Append to the log that this happened to rows of a type in the schema, and wake its followers when the
    transaction commits.

    `lost_to`: who saw them before and does not any more.
    """
    losers = sorted(set(lost_to))
    if losers:
        for id_ in ids:
            record(session, viewer, type_, subject, id_, lost_to=losers)
    else:
        record_each(session, viewer, type_, subject, ids)
    if subject in FOLLOWED and session.get_bind().dialect.name == "postgresql":
        wake = sa.text("SELECT pg_notify(:channel, :key)")
        key = followers_key(subject, viewer.organization_id)
        session.execute(wake, {"channel": INBOX_CHANNEL, "key": key})


def followers_key(subject: str, organization_id: uuid.UUID) -> str:
    """What those who follow an organisation's rows of a type wait for."""
    return f"{subject}:{organization_id}"
