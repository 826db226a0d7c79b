"""Pages by keyset: every row once, in order, with ties, for one list and for one list a parent."""

from __future__ import annotations

import random
import uuid

import pytest
import sqlalchemy as sa

from db.base import new_id, now
from db.models.files import StoredFile
from db.models.intake import IntakeDocument
from db.models.people import Department, Employment, Organization, Person
from db.queries.paging import CursorError, Order, PageRequest, fetch_page, fetch_pages
from db.session import Database, Scope
from tests.factories import make_department, make_organization, make_person
from tests.statements import counted

BY_SIZE = (StoredFile.size, StoredFile.id)


@pytest.fixture
def company(database: Database) -> Organization:
    """Files of few sizes, so that many are alike."""
    company = make_organization(database)
    numbers = random.Random(7)
    with database.begin(Scope(company.id)) as session:
        for number in range(23):
            session.add(
                StoredFile(
                    organization_id=company.id,
                    sha256=f"{number:064}",
                    size=numbers.randrange(4),
                    media_type="text/plain",
                )
            )
    return company


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("first", [1, 2, 5, 22, 23, 24, 100])
def test_walking_meets_every_row_once(database: Database, company: Organization, first: int, descending: bool) -> None:
    order = Order(BY_SIZE, descending=descending)
    with database.begin(Scope(company.id), write=False) as session:
        expected = session.scalars(sa.select(StoredFile.id).order_by(*order.clauses())).all()
        met: list[uuid.UUID] = []
        request = PageRequest(first)
        while True:
            page = fetch_page(session, sa.select(StoredFile), order, request)
            met += [row.id for row in page.rows]
            assert len(page.rows) == len(page.keys) <= first
            assert page.has_previous == (request.after is not None)
            if not page.has_next:
                break
            request = PageRequest(first, page.keys[-1])
        assert met == list(expected)


def test_a_row_that_comes_in_between_shifts_nothing(database: Database, company: Organization) -> None:
    order = Order(BY_SIZE)
    with database.begin(Scope(company.id)) as session:
        page = fetch_page(session, sa.select(StoredFile), order, PageRequest(10))
        session.add(StoredFile(organization_id=company.id, sha256="x" * 64, size=-1, media_type="text/plain"))
        session.flush()
        rest = fetch_page(session, sa.select(StoredFile), order, PageRequest(100, page.keys[-1]))
    assert len(page.rows) + len(rest.rows) == 23


@pytest.mark.parametrize(
    "key",
    [(), ("1",), ("1", "2", "3"), ("one", str(uuid.UUID(int=1))), ("1", "no id"), ("", ""), ("1e3", str(new_id()))],
)
def test_a_key_of_another_list_is_refused(database: Database, company: Organization, key: tuple[str, ...]) -> None:
    with database.begin(Scope(company.id), write=False) as session, pytest.raises(CursorError):
        fetch_page(session, sa.select(StoredFile), Order(BY_SIZE), PageRequest(5, key))


def test_instants_order_to_the_microsecond_and_need_their_zone(database: Database, company: Organization) -> None:
    order = Order((StoredFile.created_at, StoredFile.id))
    with database.begin(Scope(company.id), write=False) as session:
        everything = fetch_page(session, sa.select(StoredFile), order, PageRequest(100))
        for number, key in enumerate(everything.keys):
            rest = fetch_page(session, sa.select(StoredFile), order, PageRequest(100, key))
            assert [row.id for row in rest.rows] == [row.id for row in everything.rows[number + 1 :]]
        naive = now().replace(tzinfo=None).isoformat()
        with pytest.raises(CursorError):
            fetch_page(session, sa.select(StoredFile), order, PageRequest(5, (naive, str(new_id()))))


def test_a_column_without_a_cursor_is_refused_when_declared() -> None:
    with pytest.raises(TypeError, match="cannot be ordered"):
        Order((IntakeDocument.warnings, IntakeDocument.id))


def test_a_page_for_each_parent_is_one_statement(database: Database) -> None:
    company = make_organization(database)
    order = Order((Employment.starts_on, Employment.id))
    with database.begin(Scope(company.id)) as session:
        departments: list[Department] = [make_department(session, company) for _ in range(4)]
        people: dict[uuid.UUID, list[Person]] = {}
        for number, department in enumerate(departments):
            people[department.id] = [make_person(session, company, department=department) for _ in range(number * 2)]
        ids = [department.id for department in reversed(departments)]
        costs = []
        for wanted in (ids[:1], ids, [*ids, new_id()]):
            with counted() as statements:
                pages = fetch_pages(
                    session,
                    sa.select(Employment),
                    order,
                    PageRequest(3),
                    parent=Employment.department_id,
                    parent_ids=wanted,
                )
            costs.append(len(statements))
            for department_id, page in zip(wanted, pages, strict=True):
                there = people.get(department_id, [])
                assert len(page.rows) == min(3, len(there))
                assert page.has_next == (len(there) > 3)
                assert {row.department_id for row in page.rows} <= {department_id}
        assert costs == [1, 1, 1]
