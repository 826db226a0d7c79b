"""The API over the databases of the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from db.settings import Settings
from schema.app import create
from tests.schema.client import Api


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    """The API on the database of `settings`."""
    with TestClient(create(settings)) as client:
        yield Api(settings, client)
