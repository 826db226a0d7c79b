"""People: the directory that everybody of an organisation sees, and whose records a viewer may read."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.base import now
from db.models.people import Department, Employment, Organization, Person, PersonIdentity, RoleGrant
from db.viewer import Role, Viewer

LOCAL_DATE = "local_date"
"""Key of `Session.info`: organisation to its today, looked up once a transaction."""


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """What everybody may know of a colleague today. The names are None once the identity was erased."""

    id: uuid.UUID
    staff_number: str
    name: str | None
    name_latin: str | None
    department_id: uuid.UUID | None
    manager_id: uuid.UUID | None
    job_title: str | None
    archived_at: datetime.datetime | None


def today(session: Session, organization_id: uuid.UUID) -> datetime.date:
    """Today's date where the organisation is: the day on which its reporting line is read."""
    known: dict[uuid.UUID, datetime.date] = session.info.get(LOCAL_DATE, {})
    if organization_id in known:
        return known[organization_id]
    zone = session.scalar(sa.select(Organization.timezone).where(Organization.id == organization_id))
    return note_zone(session, organization_id, zone or "UTC")


def note_zone(session: Session, organization_id: uuid.UUID, zone: str) -> datetime.date:
    """Today's date where the organisation is, for a statement that brings its time zone along."""
    day = now().astimezone(ZoneInfo(zone)).date()
    session.info.setdefault(LOCAL_DATE, {})[organization_id] = day
    return day


def in_force(employment: type[Employment], on: datetime.date) -> sa.ColumnElement[bool]:
    """Employments that hold on that day."""
    return sa.and_(employment.starts_on <= on, sa.or_(employment.ends_on.is_(None), employment.ends_on >= on))


def reports_below(viewer: Viewer, on: datetime.date) -> sa.Select[uuid.UUID]:
    """Ids of everybody below the viewer in the reporting line of that day, however deep, without the viewer."""
    direct = sa.select(Employment.person_id).where(
        Employment.organization_id == viewer.organization_id,
        Employment.manager_id == viewer.person_id,
        in_force(Employment, on),
    )
    line = direct.cte(recursive=True)
    next_one = aliased(Employment)
    # UNION without ALL drops rows that are known already, so a circle in the data ends.
    line = line.union(
        sa.select(next_one.person_id)
        .join(line, next_one.manager_id == line.c.person_id)
        .where(next_one.organization_id == viewer.organization_id, in_force(next_one, on))
    )
    return sa.select(line.c.person_id).where(line.c.person_id != viewer.person_id)


def managers_above(session: Session, viewer: Viewer, person_id: uuid.UUID) -> set[uuid.UUID]:
    """Ids of everybody above that person in today's reporting line."""
    on = today(session, viewer.organization_id)
    return {found for found in session.scalars(above(viewer, person_id, on)) if found is not None}


def above(viewer: Viewer, person_id: uuid.UUID, on: datetime.date) -> sa.Select[uuid.UUID | None]:
    """Ids of everybody above that person in the reporting line of that day, without that person, as a subquery."""
    direct = sa.select(Employment.manager_id.label("manager_id")).where(
        Employment.organization_id == viewer.organization_id,
        Employment.person_id == person_id,
        in_force(Employment, on),
    )
    line = direct.cte(recursive=True)
    next_one = aliased(Employment)
    line = line.union(
        sa.select(next_one.manager_id)
        .join(line, next_one.person_id == line.c.manager_id)
        .where(next_one.organization_id == viewer.organization_id, in_force(next_one, on))
    )
    return sa.select(line.c.manager_id).where(line.c.manager_id != person_id)


def direct_managers(session: Session, viewer: Viewer, person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Today's manager of each of these people who has one; of several the one of the latest employment."""
    on = today(session, viewer.organization_id)
    rows = session.execute(
        sa.select(Employment.person_id, Employment.manager_id)
        .where(
            Employment.organization_id == viewer.organization_id,
            Employment.person_id.in_(set(person_ids)),
            Employment.manager_id.is_not(None),
            in_force(Employment, on),
        )
        .order_by(Employment.starts_on, Employment.id)
    )
    return {person_id: manager_id for person_id, manager_id in rows if manager_id is not None}


def lines_above(
    session: Session, viewer: Viewer, person_ids: Iterable[uuid.UUID], levels: int
) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    """Today's managers above each person who have not left, the nearest first; one statement for each level."""
    lines: dict[uuid.UUID, list[uuid.UUID]] = {person_id: [] for person_id in person_ids}
    ends = {person_id: person_id for person_id in lines}
    for _ in range(levels):
        managers = direct_managers(session, viewer, ends.values())
        for person_id, end in list(ends.items()):
            manager = managers.get(end)
            if manager is None or manager == person_id or manager in lines[person_id]:
                del ends[person_id]
            else:
                lines[person_id].append(manager)
                ends[person_id] = manager
        if not ends:
            break
    left = gone(session, {manager for line in lines.values() for manager in line})
    return {person_id: [manager for manager in line if manager not in left] for person_id, line in lines.items()}


def gone(session: Session, person_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the people who have left."""
    statement = sa.select(Person.id).where(Person.id.in_(set(person_ids)), Person.archived_at.is_not(None))
    return set(session.scalars(statement))


def managed(person_id: InstrumentedAttribute[uuid.UUID | None], on: datetime.date) -> sa.ColumnElement[bool]:
    """Whether the person in that column reports to somebody on that day."""
    held = aliased(Employment)
    return sa.exists().where(held.person_id == person_id, held.manager_id.is_not(None), in_force(held, on))


def led_by(session: Session, viewer: Viewer) -> sa.ColumnElement[bool] | None:
    """The condition on `Person.id` for whom the viewer answers today. None: for nobody.

    HR and the system answer for everybody but themselves; a manager for the reports below.
    """
    if viewer.is_system:
        return sa.true()
    if viewer.has(Role.HR):
        return Person.id != viewer.person_id
    if viewer.has(Role.MANAGER):
        return Person.id.in_(reports_below(viewer, today(session, viewer.organization_id)))
    return None


def led_ids(session: Session, viewer: Viewer) -> sa.Select[uuid.UUID] | None:
    """Ids of the people for whom the viewer answers, as a subquery. None: nobody."""
    condition = led_by(session, viewer)
    if condition is None:
        return None
    return sa.select(Person.id).where(Person.organization_id == viewer.organization_id, condition)


def led_among(session: Session, viewer: Viewer, person_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the people for whom the viewer answers."""
    led, wanted = led_ids(session, viewer), set(person_ids)
    return set(session.scalars(led.where(Person.id.in_(wanted)))) if led is not None and wanted else set()


def visible_to(session: Session, viewer: Viewer) -> sa.Select[Person]:
    """The people whose records the viewer may read: oneself, and those for whom the viewer answers."""
    condition = led_by(session, viewer)
    own = Person.id == viewer.person_id
    return sa.select(Person).where(
        Person.organization_id == viewer.organization_id, own if condition is None else sa.or_(own, condition)
    )


def may_read_records(session: Session, viewer: Viewer, person_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the people whose records the viewer may read."""
    wanted = set(person_ids)
    if wanted <= {viewer.person_id}:
        return wanted
    return set(session.scalars(visible_to(session, viewer).with_only_columns(Person.id).where(Person.id.in_(wanted))))


def directory(session: Session, viewer: Viewer) -> sa.Select[Person]:
    """Everybody of the organisation who has not left; HR also sees those who have."""
    statement = sa.select(Person).where(Person.organization_id == viewer.organization_id)
    return statement if viewer.has(Role.HR) else statement.where(Person.archived_at.is_(None))


def search(words: str) -> sa.ColumnElement[bool]:
    """People whose name or staff number contains the words; a condition on `Person.id`."""
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    by_name = sa.select(PersonIdentity.person_id).where(
        sa.or_(
            PersonIdentity.name.ilike(pattern, escape="\\"),
            PersonIdentity.name_latin.ilike(pattern, escape="\\"),
        )
    )
    return sa.or_(Person.staff_number.ilike(pattern, escape="\\"), Person.id.in_(by_name))


def employed_in(session: Session, viewer: Viewer, department_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """People who work in the department today; a condition on `Person.id`."""
    on = today(session, viewer.organization_id)
    return Person.id.in_(
        sa.select(Employment.person_id).where(Employment.department_id == department_id, in_force(Employment, on))
    )


def employed_as(session: Session, viewer: Viewer, job_title: str) -> sa.ColumnElement[bool]:
    """People who have the job title today; a condition on `Person.id`."""
    on = today(session, viewer.organization_id)
    return Person.id.in_(
        sa.select(Employment.person_id).where(
            Employment.organization_id == viewer.organization_id,
            Employment.job_title == job_title,
            in_force(Employment, on),
        )
    )


def managed_by(session: Session, viewer: Viewer, manager_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """People who report directly to that person today; a condition on `Person.id`."""
    on = today(session, viewer.organization_id)
    return Person.id.in_(
        sa.select(Employment.person_id).where(Employment.manager_id == manager_id, in_force(Employment, on))
    )


def entries(session: Session, viewer: Viewer, person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DirectoryEntry]:
    """The directory's words about these people of the organisation, in one statement.

    People who have left are included: a review names them although the directory's list does not.
    """
    wanted = set(person_ids)
    if not wanted:
        return {}
    return {entry.id: entry for entry in _entries(session, viewer, Person.id.in_(wanted))}


def addresses(session: Session, viewer: Viewer) -> list[str]:
    """The e-mail addresses of the people who are there, in lower case: for checking what a form says, never to show."""
    statement = (
        sa.select(PersonIdentity.email)
        .join(Person, Person.id == PersonIdentity.person_id)
        .where(Person.organization_id == viewer.organization_id, Person.archived_at.is_(None))
    )
    return [email.casefold() for email in session.scalars(statement)]


def everybody(session: Session, viewer: Viewer) -> Sequence[DirectoryEntry]:
    """The directory's words about everybody who has not left, for matching what a form says."""
    return _entries(session, viewer, Person.archived_at.is_(None))


def _entries(session: Session, viewer: Viewer, condition: sa.ColumnElement[bool]) -> list[DirectoryEntry]:
    on = today(session, viewer.organization_id)
    held = aliased(Employment)
    current = (
        sa.select(held.id)
        .where(held.person_id == Person.id, in_force(held, on))
        .order_by(held.starts_on.desc(), held.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            Person.id,
            Person.staff_number,
            PersonIdentity.name,
            PersonIdentity.name_latin,
            Employment.department_id,
            Employment.manager_id,
            Employment.job_title,
            Person.archived_at,
        )
        .outerjoin(PersonIdentity, PersonIdentity.person_id == Person.id)
        .outerjoin(Employment, Employment.id == current)
        .where(Person.organization_id == viewer.organization_id, condition)
        .order_by(Person.staff_number)
    )
    return [DirectoryEntry(*row) for row in rows]


def locale(session: Session, viewer: Viewer, person_id: uuid.UUID) -> str:
    """The language of a person of the organisation: `zh` or `en`. Raises `NoResultFound`."""
    statement = sa.select(Person.locale).where(Person.organization_id == viewer.organization_id, Person.id == person_id)
    return session.scalars(statement).one()


def departments(session: Session, viewer: Viewer, department_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Department]:
    found = session.scalars(
        sa.select(Department).where(
            Department.organization_id == viewer.organization_id, Department.id.in_(set(department_ids))
        )
    )
    return {department.id: department for department in found}


def every_department(session: Session, viewer: Viewer) -> Sequence[Department]:
    """The organisation's departments, for matching what a form says."""
    statement = sa.select(Department).where(Department.organization_id == viewer.organization_id)
    return session.scalars(statement.order_by(Department.code)).all()


def employments(session: Session, person_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[Employment]]:
    """All employments of these people, the latest first."""
    found: dict[uuid.UUID, list[Employment]] = {}
    for row in session.scalars(
        sa.select(Employment)
        .where(Employment.person_id.in_(set(person_ids)))
        .order_by(Employment.starts_on.desc(), Employment.id)
    ):
        found.setdefault(row.person_id, []).append(row)
    return found


def emails(session: Session, person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = session.execute(
        sa.select(PersonIdentity.person_id, PersonIdentity.email).where(PersonIdentity.person_id.in_(set(person_ids)))
    )
    return {row.person_id: row.email for row in rows}


def roles(session: Session, person_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[Role]]:
    """The roles of these people, in the order in which the product lists them."""
    order = list(Role)
    found: dict[uuid.UUID, list[Role]] = {}
    for grant in session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id.in_(set(person_ids)))):
        found.setdefault(grant.person_id, []).append(grant.role)
    return {person_id: sorted(held, key=order.index) for person_id, held in found.items()}


def holders(session: Session, viewer: Viewer, role: Role) -> set[uuid.UUID]:
    """Ids of everybody of the organisation who holds the role and has not left."""
    found = session.scalars(
        sa.select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(Person.organization_id == viewer.organization_id, RoleGrant.role == role, Person.archived_at.is_(None))
    )
    return set(found)
