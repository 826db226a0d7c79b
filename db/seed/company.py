"""Writes the invented company into a database. Running it again adds what is missing and changes nothing."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy.orm import Session

from db.base import Base
from db.events import record
from db.models.goals import Cycle, CycleKind
from db.models.intake import Sheet
from db.models.people import Department, Employment, Login, Organization, Person, PersonIdentity, RoleGrant
from db.seed.roster import DIVISIONS, EMPLOYEES, KEY, NAME_EN, NAME_ZH, Employee
from db.viewer import Role, system_viewer

ISSUER = "throughline"
"""Issuer of local tokens; the subject of a login is the person's id."""
CYCLE_KEY = "2026Q3"
TIMEZONE = "Asia/Shanghai"
EMPLOYED_SINCE = datetime.date(2024, 1, 1)

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "lanhai.example")


def stable_id(kind: str, key: str) -> uuid.UUID:
    """The id of a seeded row: the same on every machine, so that a printed sheet finds its person again."""
    return uuid.uuid5(_NAMESPACE, f"{kind}/{key}")


ORGANIZATION_ID = stable_id("organization", KEY)


def person_id(staff_number: str) -> uuid.UUID:
    return stable_id("person", staff_number)


def cycle_id() -> uuid.UUID:
    """The id of the one quarter that the company has."""
    return stable_id("cycle", CYCLE_KEY)


def seed_company(session: Session) -> None:
    """Write organisation, departments, people and the cycle; the session must be bound to `ORGANIZATION_ID`."""
    _ensure(
        session,
        Organization(id=ORGANIZATION_ID, key=KEY, name_zh=NAME_ZH, name_en=NAME_EN, timezone=TIMEZONE),
        ORGANIZATION_ID,
    )
    for division in DIVISIONS:
        id_ = stable_id("department", division.code)
        _ensure(
            session,
            Department(
                id=id_,
                organization_id=ORGANIZATION_ID,
                code=division.code,
                name_zh=division.name_zh,
                name_en=division.name_en,
            ),
            id_,
        )
    for employee in EMPLOYEES:
        id_ = person_id(employee.number)
        locale = "en" if employee.name.isascii() else "zh"
        _ensure(
            session,
            Person(
                id=id_,
                organization_id=ORGANIZATION_ID,
                staff_number=employee.number,
                locale=locale,
                timezone=TIMEZONE,
            ),
            id_,
        )
    for employee in EMPLOYEES:
        _employ(session, employee)
    made = _ensure(
        session,
        Cycle(
            id=cycle_id(),
            organization_id=ORGANIZATION_ID,
            key=CYCLE_KEY,
            name_zh="2026年第三季度",
            name_en="Third quarter of 2026",
            kind=CycleKind.QUARTER,
            starts_on=datetime.date(2026, 7, 1),
            ends_on=datetime.date(2026, 9, 30),
            review_starts_on=datetime.date(2026, 10, 1),
            review_ends_on=datetime.date(2026, 10, 31),
        ),
        cycle_id(),
    )
    if made:
        record(session, system_viewer(ORGANIZATION_ID), "cycle.created", "Cycle", cycle_id())


def bind_sheet(session: Session, sheet_id: uuid.UUID, staff_number: str, form_version_id: uuid.UUID) -> None:
    """Say that the sheet with this id was printed for that person and the company's cycle."""
    _ensure(
        session,
        Sheet(
            id=sheet_id,
            organization_id=ORGANIZATION_ID,
            form_version_id=form_version_id,
            subject_id=person_id(staff_number),
            cycle_id=cycle_id(),
        ),
        sheet_id,
    )


def _employ(session: Session, employee: Employee) -> None:
    id_ = person_id(employee.number)
    _ensure(
        session,
        PersonIdentity(
            person_id=id_,
            organization_id=ORGANIZATION_ID,
            name=employee.name,
            name_latin=employee.latin,
            email=employee.email,
        ),
        id_,
    )
    employment_id = stable_id("employment", employee.number)
    _ensure(
        session,
        Employment(
            id=employment_id,
            organization_id=ORGANIZATION_ID,
            person_id=id_,
            department_id=stable_id("department", employee.department),
            manager_id=None if employee.manager is None else person_id(employee.manager),
            job_title=employee.job_title,
            level=employee.level,
            starts_on=EMPLOYED_SINCE,
        ),
        employment_id,
    )
    for role in (Role.EMPLOYEE, *employee.roles):
        _ensure(session, RoleGrant(person_id=id_, role=role, organization_id=ORGANIZATION_ID), (id_, role))
    login_id = stable_id("login", employee.number)
    _ensure(
        session,
        Login(id=login_id, organization_id=ORGANIZATION_ID, issuer=ISSUER, subject=str(id_), person_id=id_),
        login_id,
    )


def _ensure(session: Session, row: Base, key: object) -> bool:
    """Whether the row was made now."""
    missing = session.get(type(row), key) is None
    if missing:
        session.add(row)
        session.flush()
    return missing
