"""The API over two organisations with a row in every table, made once for each module and database.

The tests of a module share them: what they see may not depend on what another test of the module does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from db.files import FileStore
from db.session import Database
from db.settings import Settings
from schema.app import create
from tests.conftest import DATABASES, install
from tests.contract.world import World, make_world
from tests.schema.client import Api


@pytest.fixture(scope="module", params=DATABASES)
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return install(request, tmp_path_factory.mktemp("contract") / "home", request.param)


@pytest.fixture(scope="module")
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings)
    yield database
    asyncio.run(database.aclose())


@pytest.fixture(scope="module")
def files(settings: Settings) -> FileStore:
    return FileStore(settings.files_url)


@pytest.fixture(scope="module")
def api(settings: Settings) -> Iterator[Api]:
    with TestClient(create(settings)) as client:
        yield Api(settings, client)


@pytest.fixture(scope="module")
def world(database: Database, files: FileStore) -> World:
    return make_world(database, files)


@pytest.fixture(scope="module")
def elsewhere(database: Database, files: FileStore) -> World:
    return make_world(database, files)
