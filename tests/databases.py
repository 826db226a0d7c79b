"""PostgreSQL databases of a test's own, made on the server of `tests.servers` and dropped afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine, make_url
from sqlalchemy.util import LRUCache

from db.migrate import migrate
from db.models.registry import METADATA
from db.settings import Settings
from tests.servers import POSTGRESQL_URL

STATEMENTS = 4000
"""Different statements of each kind of database that are kept."""


def keep_compiled_statements() -> None:
    """From now on, what one engine has compiled serves the others of this process, as it does in a process with one.

    Each test has engines of its own, and half of its time would go into writing the same SQL again.
    """
    known: dict[type[Dialect], tuple[Dialect, LRUCache[Any, Any]]] = {}

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        kind = type(connection.dialect)
        dialect, compiled = known.setdefault(kind, (connection.dialect, LRUCache(STATEMENTS)))
        connection.dialect = connection.engine.dialect = dialect  # a part of each statement's key
        connection.engine._compiled_cache = compiled


@contextmanager
def temporary_postgresql() -> Iterator[dict[str, Any]]:
    """A migrated database as values for `Settings`: application and relay have roles of their own that own nothing."""
    name = f"throughline_test_{uuid.uuid4().hex[:12]}"
    admin = make_url(POSTGRESQL_URL).set(database=name)
    roles = [f"{name}_application", f"{name}_relay"]
    with superuser() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        # No test ends the server, so none needs to wait until each commit is on the disk.
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name)))
    application, relay = (
        admin.set(username=role, password="throughline").render_as_string(hide_password=False) for role in roles
    )
    urls = {
        "database_url": application,
        "relay_database_url": relay,
        "migration_database_url": admin.render_as_string(hide_password=False),
    }
    try:
        migrate(Settings.model_validate(urls))
        yield urls
    finally:
        with superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            for role in roles:
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def empty(migration_url: str) -> None:
    """Delete every row at once, without checking references row by row."""
    deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)) for table in METADATA.sorted_tables]
    with superuser(make_url(migration_url).database) as connection, connection.transaction():
        connection.execute(sql.SQL("; ").join([sql.SQL("SET LOCAL session_replication_role = replica"), *deletes]))


def superuser(database: str | None = None) -> psycopg.Connection[Any]:
    """A connection that may do everything, to that database or to the one of the test server's URL."""
    url = make_url(POSTGRESQL_URL)
    url = url.set(drivername="postgresql", database=database or url.database)
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)
