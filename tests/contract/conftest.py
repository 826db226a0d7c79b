"""The API, as in the tests of the schema, and two organisations with a row in every table."""

from __future__ import annotations

import pytest

from db.files import FileStore
from db.session import Database
from tests.contract.world import World, make_world
from tests.schema.conftest import api

__all__ = ["api"]


@pytest.fixture
def world(database: Database, files: FileStore) -> World:
    return make_world(database, files)


@pytest.fixture
def elsewhere(database: Database, files: FileStore) -> World:
    return make_world(database, files)
