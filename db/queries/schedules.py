"""When recurring work is due, in which zones people live, and on which days the organisation works."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.base import new_id
from db.models.people import Organization, Person
from db.models.schedules import Schedule, WorkingYear
from db.viewer import Viewer


def schedules(session: Session, viewer: Viewer) -> Sequence[Schedule]:
    """All recurring work of the organisation."""
    return session.scalars(sa.select(Schedule).where(Schedule.organization_id == viewer.organization_id)).all()


def held_schedules(session: Session, viewer: Viewer) -> Sequence[Schedule]:
    """The recurring work of the organisation that no other transaction holds now, held by this one until it ends."""
    statement = sa.select(Schedule).where(Schedule.organization_id == viewer.organization_id)
    return session.scalars(statement.order_by(Schedule.id).with_for_update(skip_locked=True)).all()


def add_missing(session: Session, viewer: Viewer, wanted: Mapping[tuple[str, str], datetime.datetime]) -> None:
    """Enter jobs and zones that have no row yet, each with when it is due first; those that have one stay."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [
        {"id": new_id(), "organization_id": viewer.organization_id, "job": job, "zone": zone, "next_at": next_at}
        for (job, zone), next_at in sorted(wanted.items())
    ]
    if rows:
        unique = ["organization_id", "job", "zone"]
        session.execute(insert(Schedule).values(rows).on_conflict_do_nothing(index_elements=unique))


def organization_zone(session: Session, viewer: Viewer) -> str | None:
    """The IANA name of the organisation's zone; None when there is no such organisation any more."""
    return session.scalar(sa.select(Organization.timezone).where(Organization.id == viewer.organization_id))


def zones_of_people(session: Session, viewer: Viewer) -> set[str]:
    """The IANA names of the zones in which people of the organisation live who have not left."""
    statement = sa.select(Person.timezone).where(
        Person.organization_id == viewer.organization_id, Person.archived_at.is_(None)
    )
    return set(session.scalars(statement.distinct()))


def working_years(viewer: Viewer) -> sa.Select[WorkingYear]:
    """The working calendar, year by year, which everybody of the organisation may see."""
    return sa.select(WorkingYear).where(WorkingYear.organization_id == viewer.organization_id)


def working_years_by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, WorkingYear]:
    return {row.id: row for row in session.scalars(working_years(viewer).where(WorkingYear.id.in_(set(ids))))}
