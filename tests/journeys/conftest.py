"""The whole product in the test's process: the API over HTTP, and a worker that reads real photographs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from db.seed.company import ORGANIZATION_ID, person_id
from db.settings import Settings
from db.viewer import Role, Viewer
from schema.app import create
from tests.schema.client import Api
from workers import registry
from workers.process import WorkerProcess
from workers.seeding import seed

SUBSCRIBE = "subscription($id: ID!) { jobProgress(id: $id) { state progress stage } }"


class Company:
    """The seeded company's people, by staff number."""

    def viewer(self, number: str, *roles: Role) -> Viewer:
        """That person as caller; the API looks the roles up by itself."""
        return Viewer(ORGANIZATION_ID, person_id(number), frozenset(roles))


class Product(Api):
    """The API, with what several journeys do."""

    def progress(self, viewer: Viewer, job_id: str) -> list[dict[str, Any]]:
        """Follow a job over WebSocket until it ends; all its events."""
        events = []
        with self.http.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
            token = self.headers(viewer)["authorization"]
            socket.send_json({"type": "connection_init", "payload": {"Authorization": token}})
            assert socket.receive_json()["type"] == "connection_ack"
            id_ = uuid.uuid4().hex
            payload = {"query": SUBSCRIBE, "variables": {"id": job_id}}
            socket.send_json({"id": id_, "type": "subscribe", "payload": payload})
            while (message := socket.receive_json())["type"] == "next":
                events.append(message["payload"]["data"]["jobProgress"])
            assert message == {"id": id_, "type": "complete"}
        return events


@pytest.fixture
def company(settings: Settings) -> Company:
    """The invented company, seeded."""
    seed(settings)
    return Company()


@pytest.fixture
def product(settings: Settings, company: Company) -> Iterator[Product]:
    with TestClient(create(settings)) as client:
        yield Product(settings, client)


@pytest.fixture
def worker(settings: Settings) -> Iterator[WorkerProcess]:
    """A worker on the database of `settings`, with its reading children."""
    registry.load()
    worker = WorkerProcess(settings)
    worker.start()
    yield worker
    worker.stop()
