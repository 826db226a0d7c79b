"""Writing down that a project or task changed, and waking whoever follows it."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.events import record
from db.inbox import INBOX_CHANNEL
from db.viewer import Viewer

PROJECT, TASK = "Project", "ProjectTask"


def tell(session: Session, viewer: Viewer, type_: str, subject: str, id_: uuid.UUID) -> None:
    """Append to the log that this happened, and wake followers of tasks when the transaction commits."""
    record(session, viewer, type_, subject, id_)
    if subject == TASK and session.get_bind().dialect.name == "postgresql":
        wake = sa.text("SELECT pg_notify(:channel, :key)")
        session.execute(wake, {"channel": INBOX_CHANNEL, "key": followers_key(viewer.organization_id)})


def followers_key(organization_id: uuid.UUID) -> str:
    """What those who follow an organisation's tasks wait for."""
    return f"tasks:{organization_id}"
