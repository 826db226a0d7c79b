"""The invented company: whole, the same every time, and put right when it is seeded again."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest
import sqlalchemy as sa

from db.base import Base
from db.files import FileStore
from db.models.goals import Cycle
from db.models.intake import FormVersion, Sheet
from db.models.people import Employment, Login, Organization, Person, PersonIdentity, RoleGrant
from db.queries import people
from db.seed.company import ORGANIZATION_ID, person_id
from db.session import Database, Scope
from db.viewer import Role, Viewer
from ocr.forms import shipped
from resolvers.example import BlankForm, PrintedSheet, install_example_company
from tests.photographs.people import EMPLOYEES, REVIEWERS

FORM = "quarterly-review"
SHEET = uuid.UUID("6b7e1f0c52d94a83a1c5f2e89d3047b6")


def _install(database: Database, files: FileStore) -> None:
    blanks = [BlankForm(shipped.load(FORM), shipped.blank_pdf(FORM))]
    install_example_company(database, files, blanks, [PrintedSheet(SHEET, FORM, "T1006")])


def test_company(database: Database, files: FileStore) -> None:
    _install(database, files)
    viewer = Viewer(ORGANIZATION_ID, person_id("T1012"), frozenset({Role.HR}))
    with database.begin(Scope(ORGANIZATION_ID)) as session:
        organization = session.scalars(sa.select(Organization)).one()
        assert (organization.key, organization.name_zh) == ("lanhai", "澜海科技")
        entries = {entry.staff_number: entry for entry in people.everybody(session, viewer)}
        assert len(entries) == 40
        departments = people.departments(
            session, viewer, [entry.department_id for entry in entries.values() if entry.department_id]
        )
        assert sorted(department.name_zh for department in departments.values()) == [
            "人力资源部",
            "市场部",
            "研发部",
            "运营部",
        ]
        roles = Counter(session.scalars(sa.select(RoleGrant.role)))
        assert roles[Role.EMPLOYEE] == 40
        assert all(roles[role] >= 1 for role in Role)
        for employee in EMPLOYEES:  # the people on the photographs
            entry = entries[employee.number]
            assert entry.name == employee.name
            assert entry.department_id is not None
            department = departments[entry.department_id]
            assert (department.name_zh, department.name_en) == employee.department
        names = {entry.id: entry.name for entry in entries.values()}
        for number, reviewer in REVIEWERS.items():
            manager_id = entries[number].manager_id
            assert manager_id is not None
            assert names[manager_id] == reviewer
        assert entries["T1006"].manager_id == person_id("T1005")
        assert session.scalars(sa.select(Cycle.key)).all() == ["2026Q3"]
        sheet = session.scalars(sa.select(Sheet)).one()
        assert (sheet.id, sheet.subject_id) == (SHEET, person_id("T1006"))
        login = session.scalars(sa.select(Login).where(Login.person_id == person_id("T1005"))).one()
        assert (login.issuer, login.subject) == ("throughline", str(person_id("T1005")))
        emails = session.scalars(sa.select(PersonIdentity.email)).all()
        assert "liu.xiaowen@lanhai.example" in emails
        assert len(set(emails)) == 40
        assert all(email.isascii() and email.endswith("@lanhai.example") for email in emails)


def test_managers_hold_the_role(database: Database, files: FileStore) -> None:
    """Whoever has reports may work with their paper; the head of the PMO follows projects only."""
    _install(database, files)
    with database.begin(Scope(ORGANIZATION_ID)) as session:
        leads = set(session.scalars(sa.select(Employment.manager_id).where(Employment.manager_id.is_not(None))))
        managers = set(session.scalars(sa.select(RoleGrant.person_id).where(RoleGrant.role == Role.MANAGER)))
        assert leads - managers == {person_id("T1010")}
        assert managers <= leads


def test_again_changes_nothing(database: Database, files: FileStore) -> None:
    def rows() -> dict[str, int]:
        with database.begin(Scope(ORGANIZATION_ID)) as session:
            return {
                table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }

    _install(database, files)
    first = rows()
    with database.begin(Scope(ORGANIZATION_ID)) as session:
        session.get_one(PersonIdentity, person_id("T1006")).name = "刘小雯"
        session.execute(sa.delete(Login).where(Login.person_id == person_id("T1040")))
    _install(database, files)
    assert rows() == first
    with database.begin(Scope(ORGANIZATION_ID)) as session:
        assert session.get_one(PersonIdentity, person_id("T1006")).name == "刘小雯"


def test_sheet_of_an_unknown_form(database: Database, files: FileStore) -> None:
    with pytest.raises(KeyError):
        install_example_company(database, files, [], [PrintedSheet(SHEET, FORM, "T1006")])
    with database.begin(Scope(ORGANIZATION_ID)) as session:
        assert session.scalars(sa.select(Person)).all() == []
        assert session.scalars(sa.select(FormVersion)).all() == []
