"""The API over the databases of the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer
from schema.app import create
from tests.factories import make_organization, make_viewer
from tests.schema.client import Api
from tests.schema.workshop import CATALOG


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    """The API on the database of `settings`."""
    with TestClient(create(settings)) as client:
        yield Api(settings, client)


@pytest.fixture
def workshop(settings: Settings) -> Iterator[Api]:
    """The frame with the schema of `tests.schema.workshop` on the database of `settings`."""
    with TestClient(create(settings, CATALOG)) as client:
        yield Api(settings, client)


@pytest.fixture
def employee(database: Database) -> Viewer:
    """A person of an organisation of their own, without any particular role, who reads English."""
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        return make_viewer(session, company, locale="en")
