"""The invented company: whole, the same every time, and put right when it is seeded again."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from db.base import Base
from db.models.feedback.retrospectives import Retrospective, RetrospectiveState
from db.models.goals import Cycle
from db.models.intake import FormVersion, Sheet
from db.models.people import Employment, Login, Organization, PersonIdentity, RoleGrant
from db.queries import people
from db.seed.company import ORGANIZATION_ID, person_id
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer
from tests.photographs.people import EMPLOYEES, REVIEWERS
from workers.seeding import photograph_truth, seed


def test_company(database: Database, settings: Settings) -> None:
    seed(settings)
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
        assert session.scalars(sa.select(FormVersion.key)).all() == ["quarterly-review"]
        sheet = session.scalars(sa.select(Sheet)).one()
        assert (sheet.id.hex, sheet.subject_id) == (photograph_truth()["sheet_id"], person_id("T1006"))
        login = session.scalars(sa.select(Login).where(Login.person_id == person_id("T1005"))).one()
        assert (login.issuer, login.subject) == ("throughline", str(person_id("T1005")))
        (held,) = session.scalars(sa.select(Retrospective))
        assert (held.state, held.department_id) == (RetrospectiveState.FINISHED, entries["T1005"].department_id)
        emails = session.scalars(sa.select(PersonIdentity.email)).all()
        assert "xiaowen.liu@lanhai.example" in emails
        assert len(set(emails)) == 40
        assert all(email.isascii() and email.endswith("@lanhai.example") for email in emails)


def test_managers_hold_the_role(database: Database, settings: Settings) -> None:
    """Whoever has reports may work with their paper; the head of the PMO follows projects only."""
    seed(settings)
    with database.begin(Scope(ORGANIZATION_ID)) as session:
        leads = set(session.scalars(sa.select(Employment.manager_id).where(Employment.manager_id.is_not(None))))
        managers = set(session.scalars(sa.select(RoleGrant.person_id).where(RoleGrant.role == Role.MANAGER)))
        assert leads - managers == {person_id("T1010")}
        assert managers <= leads


def test_again_changes_nothing(database: Database, settings: Settings) -> None:
    def rows() -> dict[str, int]:
        with database.begin(Scope(ORGANIZATION_ID)) as session:
            return {
                table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }

    seed(settings)
    first = rows()
    with database.begin(Scope(ORGANIZATION_ID)) as session:
        session.get_one(PersonIdentity, person_id("T1006")).name = "刘小雯"
        session.execute(sa.delete(Login).where(Login.person_id == person_id("T1040")))
    seed(settings)
    assert rows() == first
    with database.begin(Scope(ORGANIZATION_ID)) as session:
        assert session.get_one(PersonIdentity, person_id("T1006")).name == "刘小雯"
