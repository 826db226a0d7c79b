"""Connections that ended while they rested are replaced before anybody uses them."""

from __future__ import annotations

import asyncio
import time

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.session import Database, Scope
from db.settings import Settings
from tests.conftest import MakeSettings
from tests.databases import superuser

pytestmark = pytest.mark.postgresql

SECONDS = 10


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings("postgresql")


def backend(session: Session) -> int:
    """The server's process behind the transaction."""
    return int(session.execute(sa.text("SELECT pg_backend_pid()")).scalar_one())


def end(pid: int) -> None:
    with superuser() as connection:
        assert connection.execute("SELECT pg_terminate_backend(%s, %s)", [pid, 1000 * SECONDS]).fetchone() == (True,)
    time.sleep(0.05)  # until the end has come through the socket


def test_a_worker_gets_a_living_connection(settings: Settings) -> None:
    database = Database(settings)
    with database.begin(Scope()) as session:
        first = backend(session)
    with database.begin(Scope()) as session:
        assert backend(session) == first
    end(first)
    with database.begin(Scope()) as session:
        assert backend(session) != first
    database.close()


def test_the_api_gets_a_living_connection(settings: Settings) -> None:
    async def use() -> None:
        database = Database(settings)
        first = await database.run(Scope(), backend)
        assert await database.run(Scope(), backend) == first
        end(first)
        assert await database.run(Scope(), backend) != first
        await database.aclose()

    asyncio.run(use())
