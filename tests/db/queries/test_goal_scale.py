"""Trees, maps and pages of many goals: a constant number of statements, each by an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from db.models.goals import Goal, GoalVisibility
from db.queries import goals
from db.queries.paging import Order, PageRequest, fetch_page
from db.session import Database, Scope
from db.settings import Settings
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import overview, standing
from resolvers.rules.health import Health
from tests.databases import temporary_postgresql
from tests.goal_forest import DEPARTMENT_SIZE, Forest, plant

pytestmark = pytest.mark.postgresql

GOALS = 20_000


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with temporary_postgresql() as urls:
        settings = Settings(home=tmp_path_factory.mktemp("home"), **urls)
        database = Database(settings)
        yield database
        database.close()


@pytest.fixture(scope="module")
def forest(database: Database) -> Forest:
    name = make_url(database.url).database
    assert name is not None
    return plant(database, name, GOALS)


@contextmanager
def recorded(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements that run meanwhile, without the one that binds row security."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "set_config" not in statement:
            seen.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def tree(forest: Forest) -> Callable[[Session], Any]:
    return lambda session: overview.goal_tree(session, forest.manager, forest.cycle.id, forest.branch_id)


def small_tree(forest: Forest) -> Callable[[Session], Any]:
    return lambda session: overview.goal_tree(session, forest.manager, forest.cycle.id, forest.branch_id, depth=0)


def goal_map(forest: Forest) -> Callable[[Session], Any]:
    return lambda session: overview.goal_map(session, forest.manager, forest.cycle.id, forest.department_id)


def page(forest: Forest) -> Callable[[Session], Any]:
    def read(session: Session) -> Any:
        statement = goals.filtered(
            goals.visible_to(session, forest.employee),
            goals.Wanted(cycle_id=forest.cycle.id, owner_id=forest.employee.person_id),
        )
        found = fetch_page(session, statement, Order((Goal.id,)), PageRequest(50)).rows
        return standing.standings(session, forest.employee, found)

    return read


def run(database: Database, forest: Forest, work: Callable[[Session], Any]) -> tuple[Any, list[tuple[str, Any]]]:
    with recorded(database) as statements, database.begin(Scope(forest.organization_id), write=False) as session:
        return work(session), statements


def test_a_subtree_costs_the_same_statements_whatever_its_size(database: Database, forest: Forest) -> None:
    nodes, many = run(database, forest, tree(forest))
    assert len(nodes) == forest.branch_size > 100
    assert sum(overview.descendants(nodes)[0].values()) == forest.branch_size - 1
    counts, _ = run(database, forest, lambda session: overview.child_counts(session, forest.manager, nodes))
    assert counts[0] == 10
    (root,), _ = run(database, forest, small_tree(forest))
    counts, _ = run(database, forest, lambda session: overview.child_counts(session, forest.manager, [root]))
    assert counts == [10]
    assert root.standing.progress == nodes[0].standing.progress
    assert root.standing.progress is not None
    inner, few = run(
        database,
        forest,
        lambda session: overview.goal_tree(session, forest.manager, forest.cycle.id, nodes[1].goal_id),
    )
    assert len(inner) < len(nodes) / 5
    assert len(many) == len(few) <= 12


def test_a_map_of_five_hundred_people(database: Database, forest: Forest) -> None:
    found, statements = run(database, forest, goal_map(forest))
    assert len(found.cells) == DEPARTMENT_SIZE + 2  # the manager and the employee, too
    assert sum(found.counts.values()) == len(found.cells)
    assert found.counts.get(Health.UNKNOWN, 0) < len(found.cells)
    assert len(statements) <= 10


@pytest.mark.parametrize("work", [tree, goal_map, page])
def test_every_statement_finds_its_goals_by_an_index(
    database: Database, forest: Forest, work: Callable[[Forest], Callable[[Session], Any]]
) -> None:
    _, statements = run(database, forest, work(forest))
    with database.begin(Scope(forest.organization_id), write=False) as session:
        connection = session.connection()
        for statement, parameters in statements:
            plan = connection.exec_driver_sql("EXPLAIN (FORMAT JSON) " + statement, parameters).scalar_one()
            assert not _scanned(plan) & {"goal", "measure"}, statement


def _scanned(node: Any) -> set[str]:
    """Tables that a plan reads from end to end."""
    if isinstance(node, list):
        return set().union(*(_scanned(each) for each in node))
    if not isinstance(node, dict):
        return set()
    own = {node["Relation Name"]} if node.get("Node Type") == "Seq Scan" else set()
    return own.union(*(_scanned(value) for value in node.values()))


def test_a_tree_that_is_too_large_says_so(database: Database, forest: Forest) -> None:
    def whole(session: Session) -> Any:
        return overview.goal_tree(session, forest.hr, forest.cycle.id, None)

    with pytest.raises(DomainError) as caught:
        run(database, forest, whole)
    assert caught.value.code is ErrorCode.TREE_TOO_LARGE
    roots, _ = run(
        database,
        forest,
        lambda session: overview.goal_tree(session, forest.hr, forest.cycle.id, None, depth=1),
    )
    assert len(roots) == 55


def test_a_tree_that_is_hidden_does_not_say_that_it_is_large(database: Database, forest: Forest) -> None:
    def hidden(session: Session) -> Any:
        root_id = session.scalar(sa.select(Goal.parent_id).where(Goal.id == forest.branch_id))
        private = sa.update(Goal).where(Goal.id == root_id).values(visibility=GoalVisibility.PRIVATE)
        with pytest.raises(DomainError) as large:
            overview.goal_tree(session, forest.employee, forest.cycle.id, root_id)
        assert large.value.code is ErrorCode.TREE_TOO_LARGE
        session.execute(private)
        return overview.goal_tree(session, forest.employee, forest.cycle.id, root_id)

    with pytest.raises(DomainError) as caught:
        run(database, forest, hidden)
    assert caught.value.code is ErrorCode.NOT_FOUND
