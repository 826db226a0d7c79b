"""What Alembic runs: the steps, on the connection it is given or on the migration database of the settings."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.engine import Connection

from db.base import ExactDecimal, PlainDecimal, UtcDateTime
from db.models.registry import METADATA
from db.session import Database
from db.settings import Settings


def render_item(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their names into a new step."""
    if kind == "type" and isinstance(item, UtcDateTime | ExactDecimal | PlainDecimal):
        autogenerate.imports.add(f"from db.base import {type(item).__name__}")
        return f"{type(item).__name__}()"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite changes a table by making it anew
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    settings = Settings()
    database = Database(settings, url=settings.migration_url)
    with database.engine.begin() as own:
        run(own)
    database.close()
