"""PostgreSQL itself keeps organisations apart: raw SQL as the application's role, on every table there is."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.engine import make_url

from db import roles
from db.base import ExactDecimal, UtcDateTime, new_id
from db.migrate import check, migrate
from db.models.registry import METADATA
from db.roles import RoleError
from db.session import Database
from db.settings import Settings
from tests.databases import superuser, temporary_postgresql

pytestmark = pytest.mark.postgresql

TABLES = sorted(METADATA.tables)
OURS, THEIRS = new_id(), new_id()
CHECKS = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""


def connect(url: str) -> psycopg.Connection[Any]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain)


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """A database of its own with one row of each of two organisations in every table.

    The rows are made up, and the tests leave them as they are: their references lead nowhere and their values need not
    make sense, which is not what is looked at here.
    """
    with temporary_postgresql() as urls:
        settings = Settings.model_validate(urls)
        with superuser(make_url(settings.migration_url).database) as connection, connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            for table, constraint in connection.execute(CHECKS).fetchall():
                drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
                connection.execute(drop.format(sql.Identifier(table), sql.Identifier(constraint)))
            for made in METADATA.sorted_tables:
                for organization in (OURS, THEIRS):
                    values = row(made, organization)
                    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                        sql.Identifier(made.name),
                        sql.SQL(", ").join(map(sql.Identifier, values)),
                        sql.SQL(", ").join(sql.Placeholder() * len(values)),
                    )
                    connection.execute(statement, list(values.values()))
        yield settings


def row(table: sa.Table, organization: uuid.UUID) -> dict[str, Any]:
    """Some value for each column that needs one."""
    owner = "id" if table.name == "organization" else "organization_id"
    needed = [column for column in table.columns if not column.nullable and column is not table.autoincrement_column]
    return {column.name: organization if column.name == owner else some(column) for column in needed}


def some(column: sa.Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, sa.Uuid):
        return uuid.uuid4()
    if isinstance(kind, sa.Enum):
        return kind.enums[0]
    if isinstance(kind, UtcDateTime):
        return datetime.datetime.now(datetime.UTC)
    if isinstance(kind, ExactDecimal):
        return Decimal(1)
    if isinstance(kind, sa.Date):
        return datetime.date(2026, 7, 1)
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer):
        return 1
    if isinstance(kind, sa.JSON):
        return "{}"
    return uuid.uuid4().hex[: getattr(kind, "length", None) or 32]


@pytest.fixture
def application(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with connect(settings.url) as connection:
        yield connection
        connection.rollback()


def bind(connection: psycopg.Connection[Any], organization: uuid.UUID | str) -> None:
    connection.execute("SELECT set_config('app.organization', %s, true)", [str(organization)])


def owner_column(table: str) -> sql.Identifier:
    return sql.Identifier("id" if table == "organization" else "organization_id")


def statement(words: str, table: str) -> sql.Composed:
    return sql.SQL(words).format(table=sql.Identifier(table), owner=owner_column(table))


def test_every_table_is_secured_even_against_its_owner(settings: Settings) -> None:
    with superuser(make_url(settings.migration_url).database) as connection:
        found = connection.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert dict(found) == {**dict.fromkeys(TABLES, True), "alembic_version": False}
    assert set(TABLES) == {*roles.owned_tables(), "organization"}


def test_only_rows_of_the_bound_organization_are_seen(application: psycopg.Connection[Any]) -> None:
    bind(application, OURS)
    for table in TABLES:
        seen = application.execute(statement("SELECT {owner} FROM {table}", table)).fetchall()
        assert seen == [(OURS,)], table


def test_nothing_is_seen_without_an_organization(application: psycopg.Connection[Any]) -> None:
    for table in TABLES:
        assert application.execute(statement("SELECT {owner} FROM {table}", table)).fetchall() == [], table
    bind(application, "")
    for table in TABLES:
        assert application.execute(statement("SELECT {owner} FROM {table}", table)).fetchall() == [], table


def test_the_binding_ends_with_the_transaction(application: psycopg.Connection[Any]) -> None:
    bind(application, OURS)
    application.commit()
    assert application.execute("SELECT id FROM organization").fetchall() == []


def test_a_binding_that_is_no_id_is_an_error(application: psycopg.Connection[Any]) -> None:
    bind(application, "' OR true --")
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        application.execute("SELECT id FROM person")


def test_rows_of_others_are_neither_changed_nor_deleted(
    application: psycopg.Connection[Any], settings: Settings
) -> None:
    with superuser(make_url(settings.migration_url).database) as connection:
        before = {table: connection.execute(statement("SELECT * FROM {table}", table)).fetchall() for table in TABLES}
    application.execute("SET CONSTRAINTS ALL DEFERRED")
    for table in TABLES:
        for words in ("UPDATE {table} SET {owner} = {owner}", "DELETE FROM {table}"):
            bind(application, THEIRS)
            try:
                touched = application.execute(statement(words + " WHERE true", table)).rowcount
                assert touched <= 1, (table, words)
            except (InsufficientPrivilege, psycopg.errors.ForeignKeyViolation):
                pass
            application.rollback()
            bind(application, THEIRS)
            theirs_only = sql.SQL(" ").join(
                [statement(words, table), sql.SQL("WHERE {} = {}").format(owner_column(table), sql.Literal(OURS))]
            )
            try:
                assert application.execute(theirs_only).rowcount == 0, (table, words)
            except InsufficientPrivilege:
                assert table in roles.APPEND_ONLY, (table, words)
            application.rollback()
    with superuser(make_url(settings.migration_url).database) as connection:
        after = {table: connection.execute(statement("SELECT * FROM {table}", table)).fetchall() for table in TABLES}
    assert after == before


def test_no_row_is_written_for_another_organization(application: psycopg.Connection[Any]) -> None:
    for table in METADATA.sorted_tables:
        for bound in (OURS, None):
            if bound is not None:
                bind(application, bound)
            values = row(table, new_id() if table.name == "organization" else THEIRS)
            insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table.name),
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() * len(values)),
            )
            with pytest.raises(InsufficientPrivilege, match="row-level security"):
                application.execute(insert, list(values.values()))
            application.rollback()


def test_no_row_is_given_to_another_organization(application: psycopg.Connection[Any]) -> None:
    for table in TABLES:
        bind(application, OURS)
        move = sql.SQL("UPDATE {} SET {} = {}").format(
            sql.Identifier(table), owner_column(table), sql.Literal(new_id() if table == "organization" else THEIRS)
        )
        with pytest.raises(InsufficientPrivilege):
            application.execute(move)
        application.rollback()


def test_logs_are_only_added_to(application: psycopg.Connection[Any]) -> None:
    assert {"event", "access_event"} <= roles.APPEND_ONLY
    for table in roles.APPEND_ONLY:
        for words in ("UPDATE {table} SET {owner} = {owner}", "DELETE FROM {table}", "TRUNCATE {table}"):
            bind(application, OURS)
            with pytest.raises(InsufficientPrivilege, match="permission denied"):
                application.execute(statement(words, table))
            application.rollback()


def test_the_application_cannot_loosen_what_binds_it(application: psycopg.Connection[Any]) -> None:
    for words in (
        "ALTER TABLE person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY organization ON person",
        "CREATE POLICY all_rows ON person USING (true)",
        "TRUNCATE person",
        "SET ROLE postgres",
        "SET session_replication_role = replica",
        "CREATE TABLE public.extra (id int)",
    ):
        with pytest.raises(InsufficientPrivilege):
            application.execute(words)
        application.rollback()
    application.execute("SET row_security = off")
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        application.execute("SELECT id FROM person")


def test_signing_in_finds_one_login_and_nothing_else(application: psycopg.Connection[Any], settings: Settings) -> None:
    with superuser(make_url(settings.migration_url).database) as connection:
        issuer, subject = connection.execute(
            "SELECT issuer, subject FROM login WHERE organization_id = %s", [OURS]
        ).fetchall()[0]
    application.execute("SELECT set_config('app.login_issuer', %s, true)", [issuer])
    assert application.execute("SELECT subject FROM login").fetchall() == []
    application.execute("SELECT set_config('app.login_subject', %s, true)", [subject])
    assert application.execute("SELECT organization_id, subject FROM login").fetchall() == [(OURS, subject)]
    for table in set(TABLES) - {"login"}:
        assert application.execute(statement("SELECT {owner} FROM {table}", table)).fetchall() == [], table
    assert application.execute("UPDATE login SET subject = 'stolen'").rowcount == 0
    assert application.execute("DELETE FROM login").rowcount == 0


def test_the_relay_sees_jobs_of_all_and_nothing_else(settings: Settings) -> None:
    with connect(settings.relay_url) as relay:
        assert {found for (found,) in relay.execute("SELECT organization_id FROM job").fetchall()} == {OURS, THEIRS}
        assert relay.execute("UPDATE job SET stage = NULL").rowcount == 2
        relay.rollback()
        for words in ("DELETE FROM job", "INSERT INTO job SELECT * FROM job", "TRUNCATE job"):
            with pytest.raises(InsufficientPrivilege):
                relay.execute(words)
            relay.rollback()
        for table in set(TABLES) - {"job"}:
            with pytest.raises(InsufficientPrivilege, match="permission denied"):
                relay.execute(statement("SELECT 1 FROM {table}", table))
            relay.rollback()


def test_whoever_owns_the_tables_may_list_organizations(settings: Settings) -> None:
    name = make_url(settings.migration_url).database
    with superuser(name) as connection:
        found = connection.execute("SELECT polname FROM pg_policy WHERE polrelid = 'organization'::regclass").fetchall()
    assert {policy for (policy,) in found} == {"organization", "owner"}


def production(urls: dict[str, Any], **changes: str) -> Settings:
    return Settings.model_validate({**urls, "environment": "production", "secret": "s" * 40, **changes})


def test_production_refuses_roles_that_row_security_does_not_bind() -> None:
    with temporary_postgresql() as urls:
        migrate(production(urls))
        owner = urls["migration_database_url"]
        with pytest.raises(RoleError, match="two PostgreSQL roles"):
            migrate(production(urls, database_url=owner))
        with pytest.raises(RoleError, match="role of its own for the relay"):
            migrate(production(urls, relay_database_url=""))
        application = str(make_url(urls["database_url"]).username)
        bound = production(urls)
        database = Database(bound)
        check(database, bound)
        with superuser() as connection:
            connection.execute(sql.SQL("ALTER ROLE {} BYPASSRLS").format(sql.Identifier(application)))
        words = "must not own tables, be a superuser or have BYPASSRLS"
        with pytest.raises(RoleError, match=words):
            check(database, bound)
        with pytest.raises(RoleError, match=words):
            migrate(bound)
        database.close()


def test_a_missing_role_that_may_not_be_made_is_named() -> None:
    with temporary_postgresql() as urls:
        name = make_url(urls["migration_database_url"]).database
        plain = f"{name}_owner"
        with superuser(name) as connection:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(plain)))
        try:
            owner = make_url(urls["migration_database_url"]).set(username=plain).render_as_string(hide_password=False)
            with superuser(name) as connection:
                for table in [*TABLES, "alembic_version"]:
                    connection.execute(
                        sql.SQL("ALTER TABLE {} OWNER TO {}").format(sql.Identifier(table), sql.Identifier(plain))
                    )
            stranger = make_url(urls["database_url"]).set(username=f"{name}_missing")
            refused = {
                **urls,
                "migration_database_url": owner,
                "database_url": stranger.render_as_string(hide_password=False),
            }
            with pytest.raises(RoleError, match=f'CREATE ROLE "{name}_missing" LOGIN'):
                migrate(Settings.model_validate(refused))
        finally:
            with superuser(name) as connection:
                connection.execute(sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(sql.Identifier(plain)))
                connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(plain)))
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(plain)))
