"""Writing the event log and the record of who looked."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.events import AccessedResource, AccessEvent, Event, LostSight
from db.viewer import Viewer


def record(
    session: Session,
    viewer: Viewer,
    type_: str,
    subject_type: str,
    subject_id: uuid.UUID,
    *,
    lost_to: Iterable[uuid.UUID] = (),
) -> None:
    """Append to the log, in the caller's transaction, that something happened to a row. Never its content.

    `subject_type` is the row's type in the schema. `lost_to` are the people who could see the row before and cannot
    any more: `changes` tells them, and nobody else, that it is gone.
    """
    line = Event(
        organization_id=viewer.organization_id,
        type=type_,
        subject_type=subject_type,
        subject_id=subject_id,
        actor_id=viewer.person_id,
    )
    session.add(line)
    people = sorted(set(lost_to))
    if people:
        session.flush()
        session.execute(
            sa.insert(LostSight),
            [
                {"organization_id": viewer.organization_id, "person_id": person_id, "sequence": line.sequence}
                for person_id in people
            ],
        )


def record_each(
    session: Session, viewer: Viewer, type_: str, subject_type: str, subject_ids: Iterable[uuid.UUID]
) -> None:
    """`record` for many rows to which the same happened, by one statement."""
    lines = [
        {
            "organization_id": viewer.organization_id,
            "type": type_,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "actor_id": viewer.person_id,
        }
        for subject_id in subject_ids
    ]
    if lines:
        session.flush()  # what was recorded before stands before
        session.execute(sa.insert(Event), lines)


Access = tuple[AccessedResource, uuid.UUID, uuid.UUID]
"""What was read: the resource, its id, and the person it is about."""


def record_accesses(session: Session, viewer: Viewer, accesses: Iterable[Access]) -> None:
    """Note what the viewer read that is recorded about people. Reading one's own record is not noted."""
    if viewer.person_id is None:
        return
    noted = [
        {
            "organization_id": viewer.organization_id,
            "actor_id": viewer.person_id,
            "subject_id": subject_id,
            "resource": resource,
            "resource_id": resource_id,
        }
        for resource, resource_id, subject_id in accesses
        if subject_id != viewer.person_id
    ]
    if noted:
        session.execute(sa.insert(AccessEvent), noted)
