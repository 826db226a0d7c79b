"""A company's directory from a table: departments, people, who works where under whom, roles and logins.

One row is one person as of a day. The table may hold everybody or only those of whom something changed: whoever is not
in it stays as is, and so does what it has no column for. It is taken whole or not at all, and taking it again changes
nothing. History stays: a change of department, manager, title or level ends one employment and begins the next.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import Base, new_id, now
from db.events import record
from db.models.people import Department, Employment, Login, Organization, Person, PersonIdentity, RoleGrant
from db.queries import people
from db.viewer import Role, Viewer
from resolvers.goals.tables import HeaderError, read_header
from resolvers.rules.directory_records import COLUMNS, CellError, DirectoryRecord, record_of
from resolvers.tokens import LOCAL_ISSUER

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one place of the table."""

    row: int | None
    """As a spreadsheet counts; None: the table as a whole."""
    column: str | None
    code: str
    """Those of `CellError` and COLUMN_MISSING, REPEATED, NOT_FOUND, CONTRADICTION (two rows tell of one department
    differently), TAKEN (somebody else has the address or login), LOOP (somebody or some department would be above
    themselves), BACKDATED (a later employment is known already)."""


@dataclass(slots=True)
class Taken:
    """What became of a table."""

    faults: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """`departments_made`, `departments_changed`, `people_made`, `people_changed`, `people_unchanged`."""


class _UndoneError(Exception):
    """Nothing of what was tried is to stay."""


def take_directory(
    session: Session, viewer: Viewer, rows: Sequence[Sequence[str]], *, issuer: str, dry_run: bool = False
) -> Taken:
    """Take a table, header first, into the viewer's organisation; with faults, or on a dry run, nothing is written.

    `issuer`: the identity provider that the column `subject` speaks of; where it is this installation, everybody can be
    given tokens by their address. Who manages somebody in the table is given the
    role of a manager. Roles and logins are only added: taking one away is too grave for a cell that was left out.
    """
    try:
        places = read_header(rows[0] if rows else [], COLUMNS)
    except HeaderError as error:
        return Taken([Fault(1, error.key, "COLUMN_MISSING")])
    table = _Table(session, viewer, issuer, frozenset(places))
    for number, row in enumerate(rows[1:], 2):
        cells = {key: row[place] for key, place in places.items() if place < len(row)}
        if any(cell.strip() for cell in cells.values()):
            table.add(number, cells)
    try:
        with session.begin_nested():
            table.take()
            if table.taken.faults or dry_run:
                raise _UndoneError
            record(session, viewer, "directory.taken", "Organization", viewer.organization_id)
    except _UndoneError:
        session.expire_all()
    except IntegrityError:
        # Only what no organisation sees of another can still be in the way: a login.
        session.expire_all()
        table.fault(None, "subject", "TAKEN")
    table.taken.faults.sort(key=lambda fault: fault.row or 0)
    return table.taken


class _Table:
    """The rows of one table against what is known."""

    def __init__(self, session: Session, viewer: Viewer, issuer: str, columns: frozenset[str]) -> None:
        self.session, self.issuer, self.columns = session, issuer, columns
        self.organization = session.get_one(Organization, viewer.organization_id)
        self.today = people.today(session, viewer.organization_id)
        self.taken = Taken()
        self.records: dict[int, DirectoryRecord] = {}
        self.numbers: dict[str, int] = {}
        self.departments = {row.code: row for row in self._all(Department)}
        self.people = {row.staff_number: row for row in self._all(Person)}
        self.identities = {row.person_id: row for row in self._all(PersonIdentity)}
        self.emails = {row.email.lower(): row.person_id for row in self.identities.values()}
        self.logins = {row.subject: row.person_id for row in self._all(Login) if row.issuer == issuer}
        self.employments = _by_person(self._all(Employment))
        self.roles = {id_: {grant.role for grant in held} for id_, held in _by_person(self._all(RoleGrant)).items()}

    def _all(self, of: type[Row]) -> Sequence[Row]:
        return self.session.scalars(sa.select(of)).all()

    def fault(self, row: int | None, column: str | None, code: str) -> None:
        self.taken.faults.append(Fault(row, column, code))

    def add(self, row: int, cells: Mapping[str, str]) -> None:
        """One more row of the table."""
        try:
            given = record_of(cells)
        except CellError as error:
            self.fault(row, error.column, error.code)
            return
        if self.numbers.setdefault(given.staff_number, row) != row:
            self.fault(row, "staff_number", "REPEATED")
            return
        self.records[row] = given

    def take(self) -> None:
        self._take_departments()
        known = set(self.people)
        for given in self.records.values():
            if given.staff_number not in known:
                self._make_person(given)
        self.session.flush()
        for row, given in self.records.items():
            try:
                changed = self._take_person(given)
            except CellError as error:
                self.fault(row, error.column, error.code)
                continue
            if given.staff_number in known:
                self.taken.counts["people_changed" if changed else "people_unchanged"] += 1
        self._find_loops()
        if not self.taken.faults:
            self.session.flush()

    def _take_departments(self) -> None:
        said: dict[tuple[str, str], tuple[int, str]] = {}
        for row, given in self.records.items():
            for column in ("department_name", "department_name_en", "parent_department"):
                value = getattr(given, column)
                if value and said.setdefault((given.department, column), (row, value))[1] != value:
                    self.fault(row, column, "CONTRADICTION")
        known = set(self.departments)
        for row, given in self.records.items():
            if given.department not in self.departments:
                name = said.get((given.department, "department_name"), (row, ""))[1]
                if name:
                    self._make_department(given.department, name)
                else:
                    self.fault(row, "department_name", "VALUE_MISSING")
        self.session.flush()
        changed = set()
        for (code, column), (row, value) in said.items():
            department, parent = self.departments.get(code), self.departments.get(value)
            if department is None:
                continue
            values: dict[str, object]
            if column != "parent_department":
                values = {"name_zh" if column == "department_name" else "name_en": value}
            elif parent is not None:
                values = {"parent_id": parent.id}
            else:
                self.fault(row, column, "NOT_FOUND")
                continue
            if _set(department, **values) and code in known:
                changed.add(code)
        self.taken.counts["departments_changed"] = len(changed)
        above = {department.id: department.parent_id for department in self.departments.values()}
        for (code, column), (row, _) in said.items():
            if column == "parent_department" and code in self.departments and _loops(self.departments[code].id, above):
                self.fault(row, column, "LOOP")

    def _make_department(self, code: str, name: str) -> None:
        made = Department(id=new_id(), organization_id=self.organization.id, code=code, name_zh=name, name_en=name)
        self.session.add(made)
        self.departments[code] = made
        self.taken.counts["departments_made"] += 1

    def _make_person(self, given: DirectoryRecord) -> None:
        made = Person(
            id=new_id(),
            organization_id=self.organization.id,
            staff_number=given.staff_number,
            locale=given.locale,
            timezone=given.timezone or self.organization.timezone,
        )
        self.session.add(made)
        self.people[given.staff_number] = made
        self.taken.counts["people_made"] += 1

    def _take_person(self, given: DirectoryRecord) -> bool:
        """Give the person what the row says; whether that is new. Raises `CellError`."""
        person, department = self.people[given.staff_number], self.departments.get(given.department)
        if department is None:
            return False  # said already
        gone = given.left_on is not None and given.left_on < self.today
        changes = [
            _set(
                person,
                locale=given.language or person.locale,
                timezone=given.timezone or person.timezone,
                archived_at=(person.archived_at or now()) if gone else None,
            ),
            self._identify(person, given),
            self._employ(person, department, given),
            self._grant(person, given.roles),
            self._bind(person, given.subject or (str(person.id) if self.issuer == LOCAL_ISSUER else "")),
        ]
        return any(changes)

    def _identify(self, person: Person, given: DirectoryRecord) -> bool:
        if self.emails.setdefault(given.email, person.id) != person.id:
            raise CellError("email", "TAKEN")
        identity = self.identities.get(person.id)
        if identity is not None:
            latin = given.name_latin or identity.name_latin
            return _set(identity, name=given.name, name_latin=latin, email=given.email)
        self.session.add(
            PersonIdentity(
                organization_id=self.organization.id,
                person_id=person.id,
                name=given.name,
                name_latin=given.name_latin or None,
                email=given.email,
            )
        )
        return True

    def _employ(self, person: Person, department: Department, given: DirectoryRecord) -> bool:
        held = self.employments.setdefault(person.id, [])
        latest = max(held, key=lambda each: each.starts_on, default=None)
        wanted = {
            "department_id": department.id,
            "manager_id": self._manager(given.manager),
            "job_title": given.job_title,
            "level": given.level,
        }
        begins = given.starts_on or self.today
        if latest is not None:
            if given.left_on is not None and given.left_on < latest.starts_on:
                raise CellError("left_on", "VALUE_INVALID")
            for column, attribute in (("manager", "manager_id"), ("job_title", "job_title"), ("level", "level")):
                if column not in self.columns:  # a table that does not speak of it takes nothing away
                    wanted[attribute] = getattr(latest, attribute)
            ended = latest.ends_on is not None and latest.ends_on < (given.left_on or self.today)
            same = all(getattr(latest, name) == value for name, value in wanted.items())
            if same and not ended and given.left_on is None:
                return _set(latest, ends_on=None)
            if given.left_on is not None and given.left_on < begins:
                return _set(latest, ends_on=given.left_on)  # the row tells how they left
            if same and not ended:
                return _set(latest, ends_on=given.left_on)
            if latest.starts_on > begins:
                raise CellError("starts_on", "BACKDATED")
            if latest.starts_on == begins:
                return _set(latest, ends_on=given.left_on, **wanted)
            if latest.ends_on is None or latest.ends_on >= begins:
                latest.ends_on = begins - datetime.timedelta(days=1)
        if given.left_on is not None and given.left_on < begins:
            raise CellError("left_on", "VALUE_INVALID")
        made = Employment(
            organization_id=self.organization.id,
            person_id=person.id,
            starts_on=begins,
            ends_on=given.left_on,
            **wanted,
        )
        self.session.add(made)
        held.append(made)
        return True

    def _manager(self, staff_number: str) -> uuid.UUID | None:
        if not staff_number:
            return None
        manager = self.people.get(staff_number)
        if manager is None:
            raise CellError("manager", "NOT_FOUND")
        self._grant(manager, {Role.MANAGER})
        return manager.id

    def _grant(self, person: Person, roles: Iterable[Role]) -> bool:
        held = self.roles.setdefault(person.id, set())
        missing = {Role.EMPLOYEE, *roles} - held
        for role in sorted(missing):
            self.session.add(RoleGrant(organization_id=self.organization.id, person_id=person.id, role=role))
        held |= missing
        return bool(missing)

    def _bind(self, person: Person, subject: str) -> bool:
        if not subject or self.logins.get(subject) == person.id:
            return False
        if subject in self.logins:
            raise CellError("subject", "TAKEN")
        self.logins[subject] = person.id
        self.session.add(
            Login(organization_id=self.organization.id, issuer=self.issuer, subject=subject, person_id=person.id)
        )
        return True

    def _find_loops(self) -> None:
        latest = {id_: max(held, key=lambda each: each.starts_on) for id_, held in self.employments.items() if held}
        above = {person_id: each.manager_id for person_id, each in latest.items()}
        for row, given in self.records.items():
            if _loops(self.people[given.staff_number].id, above):
                self.fault(row, "manager", "LOOP")


Held = TypeVar("Held", Employment, RoleGrant)


def _by_person(rows: Iterable[Held]) -> dict[uuid.UUID, list[Held]]:
    found: dict[uuid.UUID, list[Held]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found


def _set(row: Base, **values: object) -> bool:
    """Set attributes; whether one of them changed."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _loops(start: uuid.UUID, above: Mapping[uuid.UUID, uuid.UUID | None]) -> bool:
    """Whether whoever is above `start` is `start` in the end."""
    seen, at = {start}, above.get(start)
    while at is not None and at not in seen:
        seen.add(at)
        at = above.get(at)
    return at == start
