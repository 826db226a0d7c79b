"""Installations whose jobs come back soon after their worker died."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from db.session import Database
from db.settings import Settings
from tests.conftest import MakeSettings
from tests.servers import RABBITMQ_URL, delete_queue

LEASE_SECONDS = 2.0
SQLITE = pytest.param(("sqlite", "memory://"), id="sqlite")
RABBITMQ = pytest.param(
    ("postgresql", RABBITMQ_URL), id="postgresql-rabbitmq", marks=[pytest.mark.postgresql, pytest.mark.rabbitmq]
)


@pytest.fixture(params=[SQLITE, RABBITMQ])
def settings(request: pytest.FixtureRequest, make_settings: MakeSettings) -> Iterator[Settings]:
    """Settings with an empty database and a broker's queue of their own."""
    kind, broker_url = request.param
    queue = f"test_faults_{uuid.uuid4().hex[:8]}"
    yield make_settings(kind, broker_url=broker_url, broker_queue=queue, job_lease_seconds=LEASE_SECONDS)
    delete_queue(broker_url, queue)


@pytest.fixture
def relay(settings: Settings) -> Iterator[Database]:
    """The jobs of every organisation."""
    relay = Database(settings, url=settings.relay_url)
    yield relay
    relay.close()
