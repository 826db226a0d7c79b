"""An installation in use is upgraded step by step: no row is lost, and the owner of the tables need not be superuser.

Every table gets a row of two organisations as soon as a step has made it, so each later step meets rows in all the
tables before it. On PostgreSQL the steps run as a role that owns the tables but may not pass row security.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy.engine import Connection, Engine, make_url

from db.migrate import check, migrate
from db.session import Database
from db.settings import Settings
from tests.databases import superuser
from tests.servers import POSTGRESQL_URL

ORGANIZATIONS = (uuid.UUID(int=1), uuid.UUID(int=2))
_MIGRATIONS = Path(__file__).parents[2] / "db" / "migrations"
_BOUND = {
    ("working_year", "closes_minute"): 1080,
    ("feedback_policy", "anonymous_minimum"): 4,
    ("upward_round", "minimum"): 4,
    ("goal_step", "done_at"): datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
}
"""Values where a table's own check wants more than any value of the type."""
_ABSENT = {
    ("rewording", "feedback_id"),
    ("retrospective", "goal_id"),
    ("retrospective", "project_id"),
    ("retrospective", "department_id"),
    ("retrospective_edition", "finished_by"),
}
"""Columns that stay empty because the row refers to something else."""
_IN_PAIRS = {"person", "project_task"}
"""Tables of which one row must refer to two different ones, such as giver and receiver."""
_VALUES: dict[type, Callable[[], Any]] = {
    uuid.UUID: uuid.uuid4,
    str: lambda: uuid.uuid4().hex,
    float: lambda: 1.0,
    bool: lambda: False,
    Decimal: lambda: Decimal(1),
    datetime: lambda: datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    date: lambda: date(2026, 3, 2),
    dict: dict,
    list: list,
    bytes: lambda: b"1",
}


@dataclass
class House:
    """An installation while it is upgraded: its tables as each step made them, and their rows by organisation."""

    tables: sa.MetaData = field(default_factory=sa.MetaData)
    rows: dict[uuid.UUID, dict[str, list[dict[str, Any]]]] = field(
        default_factory=lambda: {organization: {} for organization in ORGANIZATIONS}
    )

    def step(self, connection: Connection, revision: str) -> None:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        new = set(sa.inspect(connection).get_table_names()) - set(self.tables.tables) - {"alembic_version"}
        self.tables.reflect(connection, only=sorted(new))
        made = [table for table in self.tables.sorted_tables if table.name in new]
        if connection.dialect.name == "postgresql":
            _wall_off(connection, made)
        for organization, rows in self.rows.items():
            _enter(connection, organization)
            for table in made:
                rows[table.name] = _made_by_the_step(connection, organization, table)
                while len(rows[table.name]) < (2 if table.name in _IN_PAIRS else 1):
                    self._fill(connection, organization, table)
        _enter(connection, None)

    def _fill(self, connection: Connection, organization: uuid.UUID, table: sa.Table) -> None:
        """One row that refers wherever it can to the rows made before, with a value where there must be one."""
        rows, values = self.rows[organization], dict[str, Any]()
        referred = Counter[str]()
        for column in table.columns:
            target = next((key.column for key in column.foreign_keys), None)
            refers = target is not None and bool(rows.get(target.table.name))
            refers = refers and (table.name, column.name) not in _ABSENT
            numbered = column.primary_key and _kind(column) is int and len(table.primary_key.columns) == 1
            bound = _BOUND.get((table.name, column.name))
            if not refers and bound is None and (column.nullable or numbered):
                continue
            if target is not None:
                there = rows[target.table.name]
                values[column.name] = there[referred[target.table.name] % len(there)][target.name]
                referred[target.table.name] += 1
            elif bound is not None:
                values[column.name] = bound
            elif table.name == "organization" and column.name == "id":
                values["id"] = organization if _kind(column) is uuid.UUID else organization.hex
            else:
                value = len(rows[table.name]) + 1 if _kind(column) is int else _VALUES[_kind(column)]()
                length = getattr(column.type, "length", None)
                values[column.name] = value[:length] if isinstance(value, str) else value
        inserted = connection.execute(table.insert().values(values)).inserted_primary_key or ()
        rows[table.name].append({**values, **dict(zip(table.primary_key.columns.keys(), inserted, strict=True))})


def _wall_off(connection: Connection, tables: list[sa.Table]) -> None:
    """What `db.roles` sets after the newest step, so that the next steps meet walls."""
    for table in tables:
        key = "id" if table.name == "organization" else "organization_id"
        inside = f"{key} = nullif(current_setting('app.organization', true), '')::uuid"
        for statement in (
            f'ALTER TABLE "{table.name}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table.name}" FORCE ROW LEVEL SECURITY',
            f'CREATE POLICY organization ON "{table.name}" USING ({inside}) WITH CHECK ({inside})',
        ):
            connection.exec_driver_sql(statement)
        if table.name == "organization":
            connection.exec_driver_sql("CREATE POLICY owner ON organization FOR SELECT TO CURRENT_USER USING (true)")


def _made_by_the_step(connection: Connection, organization: uuid.UUID, table: sa.Table) -> list[dict[str, Any]]:
    """The rows that a step has put into its new table itself, from those it found."""
    if table.name == "organization":
        return []
    name = organization if _kind(table.c.organization_id) is uuid.UUID else organization.hex
    found = connection.execute(sa.select(table).where(table.c.organization_id == name)).mappings()
    return [dict(row) for row in found]


def _kind(column: sa.Column[Any]) -> type:
    kind = dict if isinstance(column.type, sa.JSON) else column.type.python_type
    return kind if isinstance(kind, type) else str


def _enter(connection: Connection, organization: uuid.UUID | None) -> None:
    if connection.dialect.name == "postgresql":
        name = str(organization or "")
        connection.execute(sa.text("SELECT set_config('app.organization', :name, true)"), {"name": name})


@contextmanager
def _postgresql(home: Path) -> Iterator[tuple[Settings, str]]:
    """An empty database whose owner is an ordinary role; the URL is one that sees every row."""
    name = f"throughline_upgrade_{uuid.uuid4().hex[:12]}"
    roles = {what: f"{name}_{what}" for what in ("owner", "application", "relay")}
    server = make_url(POSTGRESQL_URL).set(database=name)
    urls = {
        what: server.set(username=role, password="throughline").render_as_string(hide_password=False)
        for what, role in roles.items()
    }
    owner, database = sql.Identifier(roles["owner"]), sql.Identifier(name)
    with superuser() as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD 'throughline'").format(owner))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
    try:
        yield (
            Settings(
                home=home,
                database_url=urls["application"],
                relay_database_url=urls["relay"],
                migration_database_url=urls["owner"],
            ),
            server.render_as_string(hide_password=False),
        )
    finally:
        with superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))
            for role in reversed(roles.values()):
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


@contextmanager
def _sqlite(home: Path) -> Iterator[tuple[Settings, str]]:
    settings = Settings(home=home)
    yield settings, settings.migration_url


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a_house_with_rows_goes_through_every_step(kind: str, tmp_path: Path) -> None:
    steps = [script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()][::-1]
    with (_sqlite if kind == "sqlite" else _postgresql)(tmp_path) as (settings, everything):
        house = House()
        owner = Database(settings, url=settings.migration_url)
        if owner.embedded:  # as `migrate` does
            sa.event.listen(owner.engine, "connect", lambda raw, _record: raw.execute("PRAGMA foreign_keys=OFF"))
        for revision in steps:
            with owner.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
                house.step(connection, revision)
        owner.close()

        migrate(settings)

        application = Database(settings)
        check(application, settings)
        asyncio.run(application.aclose())
        assert _lost(sa.create_engine(everything), house) == {}


def _lost(engine: Engine, house: House) -> dict[str, int]:
    """How many rows each table holds that does not hold one of each organisation; steps may add further rows."""
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        counts = {
            name: connection.scalar(sa.select(sa.func.count()).select_from(tables.tables[name])) or 0
            for name in house.rows[ORGANIZATIONS[0]]
            if name in tables.tables
        }
    engine.dispose()
    return {name: count for name, count in counts.items() if count < len(ORGANIZATIONS)}
