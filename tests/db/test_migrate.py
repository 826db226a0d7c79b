"""The migrations make exactly the tables of the models, and a start on another shape says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from db.migrate import SchemaError, check, head, migrate
from db.models.registry import METADATA
from db.session import Database
from db.settings import Settings


@pytest.fixture
def owner(settings: Settings) -> Iterator[Database]:
    """The database as the role that owns the tables."""
    database = Database(settings, url=settings.migration_url)
    yield database
    database.close()


def test_migrations_make_the_tables_of_the_models(owner: Database) -> None:
    with owner.engine.connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {*METADATA.tables, "alembic_version"}
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_difference_between_models_and_tables_is_seen(owner: Database) -> None:
    with owner.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE job ADD COLUMN surplus INTEGER")
        found = compare_metadata(MigrationContext.configure(connection), METADATA)
        connection.exec_driver_sql("ALTER TABLE job DROP COLUMN surplus")
    assert [difference[0] for difference in found] == ["remove_column"]


def test_migrating_again_changes_nothing(settings: Settings, database: Database) -> None:
    migrate(settings)
    check(database, settings)


def test_a_start_without_tables_says_migrate(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    database = Database(settings)
    with pytest.raises(SchemaError, match="run `throughline migrate`"):
        check(database, settings)
    database.close()


def test_a_newer_database_is_refused(settings: Settings, database: Database, owner: Database) -> None:
    with owner.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from_tomorrow'")
    try:
        with pytest.raises(SchemaError, match="install the newer program"):
            check(database, settings)
        with pytest.raises(SchemaError, match="install the newer program"):
            migrate(settings)
    finally:
        with owner.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :head"), {"head": head()})
