"""Channels, what people want of them, and what went through them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.channels import (
    QUIET_FROM,
    QUIET_UNTIL,
    NotificationChannel,
    NotificationDelivery,
    NotificationPolicy,
    NotificationPreference,
)
from db.models.inbox import Notification
from db.models.people import Employment, Person, PersonIdentity
from db.queries.goals import departments_below
from db.queries.people import in_force, today
from db.viewer import Role, Viewer

CHANNEL_ROLES = (Role.HR, Role.ADMINISTRATOR)
"""Who looks after the organisation's channels."""


def visible_to(viewer: Viewer) -> sa.Select[NotificationChannel]:
    """The organisation's channels and the viewer's own, without those that were removed."""
    return sa.select(NotificationChannel).where(
        NotificationChannel.organization_id == viewer.organization_id,
        NotificationChannel.removed_at.is_(None),
        sa.or_(NotificationChannel.owner_id.is_(None), NotificationChannel.owner_id == viewer.person_id),
    )


def deliveries(viewer: Viewer) -> sa.Select[NotificationDelivery]:
    """What was carried on to the viewer; and all that goes through the organisation's channels for HR and
    administrators, who see neither to whom nor what."""
    statement = sa.select(NotificationDelivery).where(NotificationDelivery.organization_id == viewer.organization_id)
    own = NotificationDelivery.person_id == viewer.person_id
    if not viewer.has(*CHANNEL_ROLES):
        return statement.where(own)
    shared = sa.select(NotificationChannel.id).where(NotificationChannel.owner_id.is_(None))
    return statement.where(sa.or_(own, NotificationDelivery.channel_id.in_(shared)))


def policy(session: Session, viewer: Viewer) -> NotificationPolicy:
    """The organisation's quiet hours; an unsaved row with the defaults when it has set none."""
    known = session.get(NotificationPolicy, viewer.organization_id)
    return known or NotificationPolicy(
        id=viewer.organization_id,
        organization_id=viewer.organization_id,
        quiet_from=QUIET_FROM,
        quiet_until=QUIET_UNTIL,
        urgent_codes=[],
        version=0,
    )


def live(session: Session, viewer: Viewer) -> Sequence[NotificationChannel]:
    """Every channel of the organisation and its people that carries something. For the system."""
    statement = sa.select(NotificationChannel).where(
        NotificationChannel.organization_id == viewer.organization_id,
        NotificationChannel.removed_at.is_(None),
        NotificationChannel.paused_at.is_(None),
    )
    return session.scalars(statement.order_by(NotificationChannel.id)).all()


def members(session: Session, viewer: Viewer, department_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Who works today in these departments or in departments inside them."""
    held = sa.select(Employment.person_id).where(
        Employment.organization_id == viewer.organization_id,
        Employment.department_id.in_(departments_below(department_ids)),
        in_force(Employment, today(session, viewer.organization_id)),
    )
    return set(session.scalars(held))


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where and in which language a person is told."""

    id: uuid.UUID
    locale: str
    zone: ZoneInfo
    name: str | None
    email: str | None = None


def receivers(session: Session, person_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Receiver]:
    """Those of the people who have not left; name and address are None once the identity was erased."""
    rows = session.execute(
        sa.select(Person.id, Person.locale, Person.timezone, PersonIdentity.name, PersonIdentity.email)
        .outerjoin(PersonIdentity, PersonIdentity.person_id == Person.id)
        .where(Person.id.in_(set(person_ids)), Person.archived_at.is_(None))
    )
    return {id_: Receiver(id_, locale, ZoneInfo(zone), name, email) for id_, locale, zone, name, email in rows}


def told(session: Session, viewer: Viewer, notification_ids: Iterable[uuid.UUID]) -> Sequence[Notification]:
    """Notifications of anybody, in the order in which they were made. For the system, which carries them on."""
    statement = sa.select(Notification).where(
        Notification.organization_id == viewer.organization_id, Notification.id.in_(set(notification_ids))
    )
    return session.scalars(statement.order_by(Notification.id)).all()


def preferences(session: Session, person_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, NotificationPreference]:
    """What those of the people want who have said so."""
    rows = session.scalars(sa.select(NotificationPreference).where(NotificationPreference.id.in_(set(person_ids))))
    return {row.id: row for row in rows}
