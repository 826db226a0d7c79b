"""Writing down that a deliverable changed, and waking whoever follows the deliverables of an organisation."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.events import record
from db.inbox import INBOX_CHANNEL
from db.viewer import Viewer


def tell(session: Session, viewer: Viewer, type_: str, deliverable_id: uuid.UUID) -> None:
    """Append to the log that this happened, and wake the followers when the transaction commits."""
    record(session, viewer, type_, "Deliverable", deliverable_id)
    if session.get_bind().dialect.name == "postgresql":
        wake = sa.text("SELECT pg_notify(:channel, :key)")
        session.execute(wake, {"channel": INBOX_CHANNEL, "key": followers_key(viewer.organization_id)})


def followers_key(organization_id: uuid.UUID) -> str:
    """What those who follow an organisation's deliverables wait for."""
    return f"deliverables:{organization_id}"
