"""Bringing a database to the shape this version of the program needs, and refusing to start on another one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.engine import Connection

from db import roles
from db.session import Database
from db.settings import Settings

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_241_093_115
"""Any constant: the PostgreSQL advisory lock that makes two migrations run one after the other."""


class SchemaError(RuntimeError):
    """The database is not in the shape this program needs; the message says what to do."""


def migrate(settings: Settings) -> None:
    """Upgrade to the newest shape, then set roles, grants and row security. Doing it again changes nothing.

    Raises `SchemaError` when the database is newer than the program, `db.roles.RoleError` when the roles cannot be
    made or are not safe.
    """
    database = Database(settings, url=settings.migration_url)
    if database.embedded:
        # A step makes a table anew by dropping the old one, to which rows of other tables refer.
        event.listen(database.engine, "connect", lambda raw, _record: raw.execute("PRAGMA foreign_keys=OFF"))
    try:
        with database.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            if not database.embedded:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            found = current(connection)
            if found is not None and found not in _known():
                raise SchemaError(_too_new(found))
            command.upgrade(_config(connection), "head")
            if database.embedded:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise SchemaError(f"rows of {broken[0][0]} refer to rows that are not there; restore a backup")
            else:
                roles.provision(connection, settings)
                _renumber_log(connection)
    finally:
        database.close()


def _renumber_log(connection: Connection) -> None:
    """Readers of the event log wait for transactions by their numbers. After a restore into another server, where
    numbers begin anew, lines from the old one would be waited for in vain: they get the number 0, older than all."""
    for organization in connection.scalars(sa.text("SELECT id::text FROM organization")).all():
        connection.execute(sa.text("SELECT set_config('app.organization', :id, true)"), {"id": organization})
        connection.execute(
            sa.text(
                "UPDATE event SET transaction = 0 "
                "WHERE transaction >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
            )
        )
    connection.execute(sa.text("SELECT set_config('app.organization', '', true)"))


def check(database: Database, settings: Settings) -> None:
    """Raise `SchemaError` unless the tables have the shape of this version, and `db.roles.RoleError` in production
    when the program's own role could go round row security."""
    with database.engine.connect() as connection:
        check_version(connection)
        if not database.embedded:
            roles.check_application(connection, settings)


def check_version(connection: Connection) -> None:
    """Raise `SchemaError` unless the tables have the shape of this version."""
    found = current(connection)
    if found == head():
        return
    if found is None:
        raise SchemaError("the database has no tables yet: run `throughline migrate`")
    if found in _known():
        raise SchemaError(f"the database is at an older version ({found}, needed {head()}): run `throughline migrate`")
    raise SchemaError(_too_new(found))


def current(connection: Connection) -> str | None:
    """The version of the tables, None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def head() -> str:
    """The version that this program needs."""
    newest = _scripts().get_current_head()
    if newest is None:
        raise SchemaError("the program came without its migrations: install it again")
    return newest


def _too_new(found: str) -> str:
    return f"the database is at version {found}, which this program does not know: install the newer program"


def _known() -> set[str]:
    return {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_FOLDER))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
