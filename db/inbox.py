"""Telling people something, in the transaction of what it is about."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.base import new_id, now
from db.jobs import enqueue
from db.models.channels import NotificationChannel
from db.models.inbox import Notification, NotificationCode
from db.viewer import Viewer, system_viewer

INBOX_CHANNEL = "throughline_inbox"
"""PostgreSQL channel that carries a person's id when something new lies in the inbox."""

CARRY_ON = "channels.carry_on"
"""The job that looks through which channels a new notification goes on."""

ROWS = 500
"""Rows of one statement: databases limit its parameters."""

Subject = tuple[str, uuid.UUID]
"""What a notification is about: the name of a type of the schema, and the key of its row."""


def notify(
    session: Session,
    viewer: Viewer,
    person_ids: Iterable[uuid.UUID],
    code: NotificationCode,
    *,
    key: str,
    subject: Subject | None = None,
    params: Mapping[str, Any] | None = None,
) -> None:
    """Lay a notification into the inboxes of these people; whoever acts is not told. It exists if and only if the
    caller's transaction commits.

    `params` are what the words of the code name: dates and counts, never names or texts of people. Who was told under
    the same `key` before is not told again. Where the organisation or one of its people has a channel, a job carries
    the notification on.
    """
    told = sorted({person_id for person_id in person_ids if person_id != viewer.person_id})
    if not told:
        return
    embedded = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(Notification) if embedded else postgresql.insert(Notification)
    rows = [
        {
            "id": new_id(),
            "organization_id": viewer.organization_id,
            "person_id": person_id,
            "code": code,
            "params": dict(params or {}),
            "subject_type": subject[0] if subject else None,
            "subject_id": subject[1] if subject else None,
            "dedupe_key": key,
            "created_at": now(),
        }
        for person_id in told
    ]
    for begin in range(0, len(rows), ROWS):
        part = insert.values(rows[begin : begin + ROWS])
        part = part.on_conflict_do_nothing(index_elements=["person_id", "dedupe_key"])
        new = [str(id_) for id_ in session.scalars(part.returning(Notification.id))]
        if new and _has_channels(session, viewer):
            enqueue(session, system_viewer(viewer.organization_id), CARRY_ON, {"notification_ids": new})
    if not embedded:
        wake = sa.text("SELECT pg_notify(:channel, person::text) FROM unnest(CAST(:people AS uuid[])) AS person")
        session.execute(wake, {"channel": INBOX_CHANNEL, "people": told})


def _has_channels(session: Session, viewer: Viewer) -> bool:
    live = sa.exists().where(
        NotificationChannel.organization_id == viewer.organization_id, NotificationChannel.removed_at.is_(None)
    )
    return session.execute(sa.select(live)).scalar_one()
