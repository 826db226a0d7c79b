"""A company's directory from a table: taken whole or not at all, again without effect, and with its history kept."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from db.base import Base
from db.models.people import Department, Employment, Login, Organization, Person, PersonIdentity, RoleGrant
from db.queries import people
from db.session import Database, Scope
from db.viewer import Role, system_viewer
from resolvers.directory import Fault, Taken, take_directory
from tests.factories import make_organization

HEADER = [
    "工号",
    "姓名",
    "邮箱",
    "部门编码",
    "部门名称",
    "上级部门编码",
    "直接上级工号",
    "职位",
    "生效日期",
    "离职日期",
    "角色",
    "登录标识",
]
BOSS = ["1001", "陈静", "jing@hexing.example", "HQ", "总部", "", "", "总经理", "2026/1/5", "", "HR", "s-1"]
LEAD = [
    "1002",
    "周航",
    "hang@hexing.example",
    "SALES",
    "销售部",
    "HQ",
    "1001",
    "销售总监",
    "2026年3月1日",
    "",
    "",
    "s-2",
]
REP = [
    "1003",
    "Anna Berg",
    "Anna.Berg@hexing.example",
    "SALES",
    "",
    "",
    "1002",
    "Account manager",
    "2026-03-01",
    "",
    "",
    "",
]
ISSUER = "https://id.hexing.example"


@pytest.fixture
def company(database: Database) -> Organization:
    return make_organization(database)


def take(database: Database, company: Organization, *rows: Sequence[str], dry_run: bool = False) -> Taken:
    with database.begin(Scope(company.id)) as session:
        return take_directory(session, system_viewer(company.id), [HEADER, *rows], issuer=ISSUER, dry_run=dry_run)


def changed(row: Sequence[str], **values: str) -> list[str]:
    """The row with other cells, by the names of their columns."""
    return [values.get(name, cell) for name, cell in zip(HEADER, row, strict=True)]


def rows_of(database: Database, company: Organization) -> dict[str, int]:
    kinds: tuple[type[Base], ...] = (Department, Person, PersonIdentity, Employment, RoleGrant, Login)
    with database.begin(Scope(company.id)) as session:
        return {kind.__name__: session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0 for kind in kinds}


def employments(database: Database, company: Organization, number: str) -> list[tuple[str, str, str | None]]:
    """Title, first and last day."""
    with database.begin(Scope(company.id)) as session:
        found = session.scalars(
            sa.select(Employment)
            .join(Person, Person.id == Employment.person_id)
            .where(Person.staff_number == number)
            .order_by(Employment.starts_on)
        )
        return [
            (each.job_title, str(each.starts_on), None if each.ends_on is None else str(each.ends_on)) for each in found
        ]


def test_a_company_comes_in_whole(database: Database, company: Organization) -> None:
    assert take(database, company, BOSS, LEAD, REP, dry_run=True).counts["people_made"] == 3
    assert set(rows_of(database, company).values()) == {0}
    taken = take(database, company, BOSS, LEAD, [""] * len(HEADER), REP)
    assert (taken.faults, taken.counts["departments_made"], taken.counts["people_made"]) == ([], 2, 3)
    with database.begin(Scope(company.id)) as session:
        staff = {row.staff_number: row for row in session.scalars(sa.select(Person))}
        directory = people.entries(session, system_viewer(company.id), [row.id for row in staff.values()])
        rep, lead = directory[staff["1003"].id], directory[staff["1002"].id]
        assert (rep.manager_id, lead.manager_id) == (staff["1002"].id, staff["1001"].id)
        assert (rep.name, rep.job_title, staff["1003"].locale, staff["1002"].locale) == (
            "Anna Berg",
            "Account manager",
            "en",
            "zh",
        )
        sales = session.scalars(sa.select(Department).where(Department.code == "SALES")).one()
        assert session.get_one(Department, sales.parent_id).name_zh == "总部"
        roles = people.roles(session, [row.id for row in staff.values()])
        assert {number: set(roles[row.id]) for number, row in staff.items()} == {
            "1001": {Role.EMPLOYEE, Role.HR, Role.MANAGER},
            "1002": {Role.EMPLOYEE, Role.MANAGER},
            "1003": {Role.EMPLOYEE},
        }
        assert people.emails(session, [staff["1003"].id]) == {staff["1003"].id: "anna.berg@hexing.example"}
        assert {login.subject: login.issuer for login in session.scalars(sa.select(Login))} == {
            "s-1": ISSUER,
            "s-2": ISSUER,
        }


def test_taking_it_again_changes_nothing(database: Database, company: Organization) -> None:
    take(database, company, BOSS, LEAD, REP)
    before = rows_of(database, company)
    again = take(database, company, REP, LEAD)  # in another order, and not everybody
    assert again.counts["people_unchanged"] == 2
    assert again.counts["people_changed"] == again.counts["departments_changed"] == 0
    assert rows_of(database, company) == before


def test_history_stays_when_somebody_moves_leaves_and_returns(database: Database, company: Organization) -> None:
    take(database, company, BOSS, LEAD, REP)
    moved = changed(REP, 职位="Key account manager", 生效日期="2026-06-01", 直接上级工号="1001")
    assert take(database, company, moved).counts["people_changed"] == 1
    mended = changed(moved, 职位="Senior account manager")  # the same day: put right, no third employment
    take(database, company, mended)
    first = ("Account manager", "2026-03-01", "2026-05-31")
    assert employments(database, company, "1003") == [first, ("Senior account manager", "2026-06-01", None)]
    left = changed(mended, 离职日期="2026-09-30")
    for _ in range(2):
        take(database, company, left)
        assert employments(database, company, "1003") == [first, ("Senior account manager", "2026-06-01", "2026-09-30")]
    with database.begin(Scope(company.id)) as session:
        assert session.scalars(sa.select(Person).where(Person.staff_number == "1003")).one().archived_at is not None
    take(database, company, changed(mended, 生效日期="2026-11-02"))
    assert employments(database, company, "1003")[2:] == [("Senior account manager", "2026-11-02", None)]
    with database.begin(Scope(company.id)) as session:
        assert session.scalars(sa.select(Person).where(Person.staff_number == "1003")).one().archived_at is None


def test_what_the_table_has_no_column_for_stays(database: Database, company: Organization) -> None:
    take(database, company, BOSS, LEAD, REP)
    needed = [HEADER[:4], [*REP[:4]]]
    with database.begin(Scope(company.id)) as session:
        taken = take_directory(session, system_viewer(company.id), needed, issuer=ISSUER)
    assert (taken.faults, taken.counts["people_unchanged"]) == ([], 1)
    assert employments(database, company, "1003") == [("Account manager", "2026-03-01", None)]
    with database.begin(Scope(company.id)) as session:
        managers = people.direct_managers(session, system_viewer(company.id), session.scalars(sa.select(Person.id)))
        assert len(managers) == 2


def test_nobody_leaves_before_they_came(database: Database, company: Organization) -> None:
    take(database, company, BOSS, LEAD, REP)
    for row in (changed(REP, 离职日期="2026-02-01"), changed(REP, 离职日期="2026-02-01", 生效日期="")):
        assert take(database, company, row).faults == [Fault(2, "left_on", "VALUE_INVALID")]
    assert employments(database, company, "1003") == [("Account manager", "2026-03-01", None)]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (changed(REP, 工号=""), "staff_number", "VALUE_MISSING"),
        (changed(REP, 工号="1" * 65), "staff_number", "VALUE_TOO_LONG"),
        (changed(REP, 工号="1002"), "staff_number", "REPEATED"),
        (changed(REP, 邮箱="anna"), "email", "VALUE_INVALID"),
        (changed(REP, 邮箱="HANG@hexing.example"), "email", "TAKEN"),
        (changed(REP, 登录标识="s-2"), "subject", "TAKEN"),
        (changed(REP, 生效日期="2026-02-30"), "starts_on", "VALUE_INVALID"),
        (changed(REP, 生效日期="春节后"), "starts_on", "VALUE_INVALID"),
        (changed(REP, 离职日期="2026-02-01"), "left_on", "VALUE_INVALID"),
        (changed(REP, 角色="皇帝"), "roles", "VALUE_INVALID"),
        (changed(REP, 直接上级工号="9999"), "manager", "NOT_FOUND"),
        (changed(REP, 部门编码="OPS"), "department_name", "VALUE_MISSING"),
        (changed(REP, 部门名称="市场部"), "department_name", "CONTRADICTION"),
        (changed(REP, 上级部门编码="NONE"), "parent_department", "CONTRADICTION"),
    ],
)
def test_one_wrong_cell_and_nothing_is_written(
    database: Database, company: Organization, row: list[str], column: str, code: str
) -> None:
    assert Fault(4, column, code) in take(database, company, BOSS, LEAD, row).faults
    assert set(rows_of(database, company).values()) == {0}


def test_nobody_is_above_themselves(database: Database, company: Organization) -> None:
    around = changed(BOSS, 直接上级工号="1003")
    faults = take(database, company, around, LEAD, REP).faults
    assert faults == [Fault(row, "manager", "LOOP") for row in (2, 3, 4)]
    take(database, company, BOSS, LEAD, REP)
    assert take(database, company, changed(BOSS, 直接上级工号="1003", 生效日期="")).faults == [
        Fault(2, "manager", "LOOP")
    ]
    inside = changed(BOSS, 上级部门编码="SALES")
    assert take(database, company, inside).faults == [Fault(2, "parent_department", "LOOP")]
    assert take(database, company, changed(LEAD, 生效日期="2026-01-01", 职位="CEO")).faults == [
        Fault(2, "starts_on", "BACKDATED")
    ]


def test_a_column_that_is_needed(database: Database, company: Organization) -> None:
    with database.begin(Scope(company.id)) as session:
        viewer = system_viewer(company.id)
        assert take_directory(session, viewer, [], issuer=ISSUER).faults == [Fault(1, "staff_number", "COLUMN_MISSING")]
        assert take_directory(session, viewer, [["工号", "姓名"]], issuer=ISSUER).faults == [
            Fault(1, "email", "COLUMN_MISSING")
        ]


def test_a_login_of_another_organisation_is_not_taken_over(database: Database, company: Organization) -> None:
    other = make_organization(database)
    take(database, other, BOSS)
    assert take(database, company, BOSS).faults == [Fault(None, "subject", "TAKEN")]
    assert set(rows_of(database, company).values()) == {0}
    with database.begin(Scope(other.id)) as session:
        assert session.scalars(sa.select(Login)).one().organization_id == other.id
