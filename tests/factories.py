"""Invented organisations and people for tests. Everything has a sensible default and can be named.

`make_organization` opens a transaction of its own; the others work in the caller's, bound to the organisation:

    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        manager = make_person(session, company)
        report = make_person(session, company, manager=manager)
        viewer = viewer_of(manager, Role.MANAGER)
"""

from __future__ import annotations

import datetime
import itertools
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import new_id
from db.models.goals import Cycle, CycleKind
from db.models.people import Department, Employment, Login, Organization, Person, PersonIdentity, RoleGrant
from db.session import Database, Scope
from db.viewer import Role, Viewer

ISSUER = "throughline"
"""Issuer of the logins that `make_person` binds; the subject is the person's id."""

_numbers = itertools.count(1)


def make_organization(database: Database, key: str | None = None, *, timezone: str = "Asia/Shanghai") -> Organization:
    """An organisation without people, committed."""
    number = next(_numbers)
    organization = Organization(
        id=new_id(),
        key=key or f"company-{number}",
        name_zh=f"示例公司{number}",
        name_en=f"Example Company {number}",
        timezone=timezone,
    )
    with database.begin(Scope(organization.id)) as session:
        session.add(organization)
    return organization


def make_department(
    session: Session, organization: Organization, code: str | None = None, *, parent: Department | None = None
) -> Department:
    number = next(_numbers)
    department = Department(
        organization_id=organization.id,
        code=code or f"D{number}",
        name_zh=f"部门{number}",
        name_en=f"Department {number}",
        parent_id=parent.id if parent else None,
    )
    session.add(department)
    session.flush()
    return department


def make_person(
    session: Session,
    organization: Organization,
    name: str | None = None,
    *,
    manager: Person | None = None,
    department: Department | None = None,
    roles: tuple[Role, ...] = (Role.EMPLOYEE,),
    staff_number: str | None = None,
    locale: str = "zh",
    employed_from: datetime.date = datetime.date(2020, 1, 1),
    employed_to: datetime.date | None = None,
) -> Person:
    """A person with identity, one employment, roles and a login (`ISSUER`, the person's id)."""
    number = next(_numbers)
    person = Person(
        organization_id=organization.id, staff_number=staff_number or f"S{number:04}", locale=locale, archived_at=None
    )
    session.add(person)
    session.flush()
    session.add_all(
        [
            PersonIdentity(
                organization_id=organization.id,
                person_id=person.id,
                name=name or f"员工{number}",
                name_latin=None,
                email=f"person{number}@example.test",
            ),
            Employment(
                organization_id=organization.id,
                person_id=person.id,
                department_id=(department or _first_department(session, organization)).id,
                manager_id=manager.id if manager else None,
                job_title="工程师",
                level="P5",
                starts_on=employed_from,
                ends_on=employed_to,
            ),
            Login(organization_id=organization.id, issuer=ISSUER, subject=str(person.id), person_id=person.id),
            *(RoleGrant(organization_id=organization.id, person_id=person.id, role=role) for role in roles),
        ]
    )
    session.flush()
    return person


def viewer_of(person: Person, *roles: Role) -> Viewer:
    """The viewer that this person is; without `roles`, with those of an employee."""
    return Viewer(person.organization_id, person.id, frozenset(roles or (Role.EMPLOYEE,)), person.locale)


def make_viewer(
    session: Session, organization: Organization, *roles: Role, manager: Person | None = None, locale: str = "zh"
) -> Viewer:
    """A new person with these roles, as viewer."""
    held = roles or (Role.EMPLOYEE,)
    return viewer_of(make_person(session, organization, manager=manager, roles=held, locale=locale), *held)


def make_cycle(session: Session, organization: Organization, key: str = "2026Q3") -> Cycle:
    """A quarter (`YYYYQn`) whose reviews are written in the month after it."""
    year, quarter = int(key[:4]), int(key[5:])
    starts_on = datetime.date(year, 3 * quarter - 2, 1)
    review_starts_on = datetime.date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    next_month = (review_starts_on + datetime.timedelta(days=31)).replace(day=1)
    cycle = Cycle(
        organization_id=organization.id,
        key=key,
        name_zh=f"{year}年第{'一二三四'[quarter - 1]}季度",
        name_en=f"{year} Q{quarter}",
        kind=CycleKind.QUARTER,
        starts_on=starts_on,
        ends_on=review_starts_on - datetime.timedelta(days=1),
        review_starts_on=review_starts_on,
        review_ends_on=next_month - datetime.timedelta(days=1),
    )
    session.add(cycle)
    session.flush()
    return cycle


def _first_department(session: Session, organization: Organization) -> Department:
    department = session.scalars(sa.select(Department).order_by(Department.code).limit(1)).first()
    return department or make_department(session, organization)


def unknown_id() -> uuid.UUID:
    """A well-formed id that no row has."""
    return new_id()
