"""Writing the event log and the record of who looked."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from db.models.events import AccessedResource, AccessEvent, Event
from db.viewer import Viewer


def record(session: Session, viewer: Viewer, type_: str, subject_type: str, subject_id: uuid.UUID) -> None:
    """Append to the log, in the caller's transaction, that something happened to a row. Never its content."""
    session.add(
        Event(
            organization_id=viewer.organization_id,
            type=type_,
            subject_type=subject_type,
            subject_id=subject_id,
            actor_id=viewer.person_id,
        )
    )


def record_access(
    session: Session, viewer: Viewer, resource: AccessedResource, resource_id: uuid.UUID, subject_id: uuid.UUID
) -> None:
    """Note that the viewer read something recorded about `subject_id`. Reading one's own record is not noted."""
    if viewer.person_id is None or viewer.person_id == subject_id:
        return
    session.add(
        AccessEvent(
            organization_id=viewer.organization_id,
            actor_id=viewer.person_id,
            subject_id=subject_id,
            resource=resource,
            resource_id=resource_id,
        )
    )
