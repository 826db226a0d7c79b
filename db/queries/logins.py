"""From a login to the person behind it. Only these queries run before the organisation is known."""

from __future__ import annotations

import uuid
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.people import Login, Organization, Person, RoleGrant
from db.queries import people
from db.viewer import Role, Viewer


class BoundLogin(NamedTuple):
    organization_id: uuid.UUID
    person_id: uuid.UUID


def find_login(session: Session, issuer: str, subject: str) -> BoundLogin | None:
    """Whose login this is. The session's scope must name the same issuer and subject."""
    row = session.execute(
        sa.select(Login.organization_id, Login.person_id).where(Login.issuer == issuer, Login.subject == subject)
    ).one_or_none()
    return None if row is None else BoundLogin(*row)


def load_viewer(session: Session, person_id: uuid.UUID) -> Viewer | None:
    """The person with the roles of this moment, and with it what day it is there, by one statement; None when archived
    or gone."""
    rows = session.execute(_VIEWER, {"person": person_id}).all()
    if not rows:
        return None
    organization_id, locale, zone, _ = rows[0]
    people.note_zone(session, organization_id, zone)
    roles = frozenset({Role.EMPLOYEE} | {role for *_, role in rows if role is not None})
    return Viewer(organization_id, person_id, roles, locale)


_VIEWER = (
    sa.select(Person.organization_id, Person.locale, Organization.timezone, RoleGrant.role)
    .join(Organization, Organization.id == Person.organization_id)
    .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
    .where(Person.id == sa.bindparam("person"), Person.archived_at.is_(None))
)
