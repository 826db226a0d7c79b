"""Subscriptions: both transports, the protocol's rules, expiry of tokens, and progress of jobs."""

from __future__ import annotations

import datetime
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from db.base import now
from db.jobs import PROGRESS_CHANNEL, enqueue
from db.models.jobs import Job, JobState
from db.models.people import Person
from db.session import Database, Scope
from db.viewer import Role, Viewer
from schema import websocket
from schema.relay import encode_id
from tests.factories import make_organization, make_viewer
from tests.schema.client import Api
from tests.schema.workshop import SECRET

HOUR = datetime.timedelta(hours=1)
PROGRESS = "subscription($id: ID!) { jobProgress(id: $id) { state progress stage job { id } } }"


@contextmanager
def connect(api: Api, viewer: Viewer | None, lifetime: datetime.timedelta = HOUR) -> Iterator[WebSocketTestSession]:
    """An acknowledged connection."""
    payload = {} if viewer is None else {"Authorization": f"Bearer {api.token(viewer, lifetime)}"}
    with api.http.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init", "payload": payload})
        assert socket.receive_json() == {"type": "connection_ack"}
        yield socket


def subscribe(socket: WebSocketTestSession, query: str, id_: str = "1", **variables: Any) -> None:
    socket.send_json({"id": id_, "type": "subscribe", "payload": {"query": query, "variables": variables}})


def until_end(socket: WebSocketTestSession) -> list[dict[str, Any]]:
    """Messages up to `complete` or `error`, that one included."""
    messages = []
    while True:
        messages.append(socket.receive_json())
        if messages[-1]["type"] in {"complete", "error"}:
            return messages


def closed_with(socket: WebSocketTestSession) -> int:
    """The code with which the server closes, after whatever it still says."""
    try:
        while True:
            socket.receive_json()
    except WebSocketDisconnect as closed:
        return closed.code


def events(text: str) -> list[tuple[str, Any]]:
    """Server-sent events as (name, data)."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(":", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines:
            data = lines["data"].strip()
            found.append((lines["event"].strip(), json.loads(data) if data else None))
    return found


def test_a_subscription_over_websocket(workshop: Api, employee: Viewer) -> None:
    with connect(workshop, employee) as socket:
        subscribe(socket, "subscription { count(to: 2) }")
        assert until_end(socket) == [
            {"id": "1", "type": "next", "payload": {"data": {"count": 0}}},
            {"id": "1", "type": "next", "payload": {"data": {"count": 1}}},
            {"id": "1", "type": "complete"},
        ]
        subscribe(socket, "query { parcels { nodes { id } } }")
        assert until_end(socket)[0]["payload"] == {"data": {"parcels": {"nodes": []}}}
        socket.send_json({"type": "ping"})
        assert socket.receive_json() == {"type": "pong"}


def test_a_subscription_over_events(workshop: Api, employee: Viewer) -> None:
    response = workshop.send(employee, "subscription { count(to: 2) }", accept="text/event-stream")
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert events(response.text) == [
        ("next", {"data": {"count": 0}}),
        ("next", {"data": {"count": 1}}),
        ("complete", None),
    ]
    query = workshop.send(employee, "{ parcels { nodes { id } } }", accept="text/event-stream")
    assert events(query.text) == [("next", {"data": {"parcels": {"nodes": []}}}), ("complete", None)]
    urql = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    assert len(events(workshop.send(employee, "subscription { count(to: 1) }", accept=urql).text)) == 2


def test_a_subscription_needs_a_stream(workshop: Api, employee: Viewer) -> None:
    response = workshop.send(employee, "subscription { count(to: 2) }")
    assert response.status_code == 406
    assert "text/event-stream" in response.json()["errors"][0]["message"]


def test_unexpected_failures_of_a_stream_are_masked(workshop: Api, employee: Viewer) -> None:
    with connect(workshop, employee) as socket:
        subscribe(socket, "subscription { count(to: 9) }")
        messages = until_end(socket)
    assert [message["type"] for message in messages] == ["next", "next", "next", "next", "complete"]
    assert messages[3]["payload"]["data"] is None
    assert messages[3]["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert SECRET not in str(messages)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["{"], 4400),
        (["[]"], 4400),
        (['{"type": "unknown"}'], 4400),
        (["{}"], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}'], 4401),
        (['{"type": "connection_init"}', '{"type": "connection_init"}'], 4429),
        (['{"type": "connection_init", "payload": {"authorization": "Bearer wrong"}}'], 4403),
        (['{"type": "connection_init", "payload": {"authorization": "wrong"}}'], 4403),
        (['{"type": "connection_init"}', '{"type": "subscribe", "payload": {"query": "{ __typename }"}}'], 4400),
        (['{"type": "connection_init"}', '{"type": "subscribe", "id": "1"}'], 4400),
        (['{"type": "connection_init"}', '{"type": "subscribe", "id": "1", "payload": {"query": 1}}'], 4400),
        (
            [
                '{"type": "connection_init"}',
                '{"type": "subscribe", "id": "1", "payload": {"query": "x", "variables": 1}}',
            ],
            4400,
        ),
        (['{"type": "connection_init", "payload": "' + "x" * (1024 * 1024) + '"}'], 4400),
    ],
)
def test_broken_protocol_closes_the_socket(workshop: Api, messages: list[str], code: int) -> None:
    with workshop.http.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        for message in messages:
            socket.send_text(message)
        assert closed_with(socket) == code


def test_other_subprotocols_are_refused(workshop: Api) -> None:
    for protocols in ([], ["graphql-ws"]):
        with workshop.http.websocket_connect("/graphql", subprotocols=protocols) as socket:
            assert closed_with(socket) == 4406


def test_a_silent_client_is_dropped(workshop: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "INIT_SECONDS", 0.05)
    with workshop.http.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        assert closed_with(socket) == 4408


def test_an_id_runs_once_at_a_time(workshop: Api, employee: Viewer) -> None:
    with connect(workshop, employee) as socket:
        subscribe(socket, "subscription { count(to: 3, pause: 30) }")
        assert socket.receive_json()["type"] == "next"
        subscribe(socket, "subscription { count(to: 3, pause: 30) }")
        assert closed_with(socket) == 4409


def test_a_completed_subscription_is_stopped(workshop: Api, employee: Viewer) -> None:
    with connect(workshop, employee) as socket:
        subscribe(socket, "subscription { count(to: 3, pause: 30) }")
        assert socket.receive_json()["type"] == "next"
        socket.send_json({"id": "1", "type": "complete"})
        subscribe(socket, "subscription { count(to: 1) }")
        assert [message["type"] for message in until_end(socket)] == ["next", "complete"]


def test_refusals_are_errors_of_the_operation(workshop: Api, employee: Viewer) -> None:
    with connect(workshop, employee) as socket:
        for query, code in (
            ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("{", "GRAPHQL_PARSE_FAILED"),
            ("{ forHr }", "FORBIDDEN"),
            ("subscription { a: count(to: 1) b: count(to: 1) }", "GRAPHQL_VALIDATION_FAILED"),
        ):
            subscribe(socket, query)
            (message,) = until_end(socket)
            assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", code)


def test_without_a_token_nothing_is_told(workshop: Api) -> None:
    with connect(workshop, None) as socket:
        subscribe(socket, "subscription { count(to: 1) }")
        (message,) = until_end(socket)
        assert message["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    response = workshop.send(None, "subscription { count(to: 1) }", accept="text/event-stream")
    assert response.status_code == 401


def test_a_subscription_ends_with_its_token(workshop: Api, employee: Viewer) -> None:
    with connect(workshop, employee, datetime.timedelta(seconds=2)) as socket:
        subscribe(socket, "subscription { count(to: 3, pause: 60) }")
        _first, message = until_end(socket)
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")
        subscribe(socket, "{ parcels { nodes { id } } }")
        (message,) = until_end(socket)
        assert message["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_stream_ends_when_its_person_is_archived(workshop: Api, employee: Viewer, database: Database) -> None:
    with connect(workshop, employee) as socket:
        subscribe(socket, "subscription { count(to: 3, pause: 1) }")
        assert socket.receive_json()["type"] == "next"
        with database.begin(Scope(employee.organization_id)) as session:
            session.get_one(Person, employee.person_id).archived_at = now()
        message = until_end(socket)[-1]
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")


@pytest.fixture
def job(database: Database) -> tuple[Viewer, uuid.UUID]:
    """A job and who asked for it."""
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        viewer = make_viewer(session, company)
        return viewer, enqueue(session, viewer, "workshop.wait", {}).id


def change(database: Database, viewer: Viewer, job_id: uuid.UUID, **values: Any) -> None:
    """What a worker does to the row, notification included."""
    with database.begin(Scope(viewer.organization_id)) as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(**values))
        if not database.embedded:
            session.execute(sa.select(sa.func.pg_notify(PROGRESS_CHANNEL, str(job_id))))


def test_progress_of_a_job(
    api: Api, database: Database, job: tuple[Viewer, uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only a notification can tell of a change within the test: the next look would come after an hour.
    monkeypatch.setattr("schema.changes.LOOK_AGAIN_SECONDS", 3_600.0)
    viewer, job_id = job
    steps: list[Callable[[], None]] = [
        lambda: change(database, viewer, job_id, state=JobState.RUNNING, stage="decoding"),
        lambda: change(database, viewer, job_id, progress=40, stage="reading"),
        lambda: change(database, viewer, job_id, progress=100, state=JobState.DONE, finished_at=now()),
    ]
    told = []
    with connect(api, viewer) as socket:
        subscribe(socket, PROGRESS, id=encode_id("Job", job_id))
        while (message := socket.receive_json())["type"] == "next":
            value = message["payload"]["data"]["jobProgress"]
            told.append((value["state"], value["progress"], value["stage"]))
            assert value["job"]["id"] == encode_id("Job", job_id)
            if steps:
                steps.pop(0)()
    assert message == {"id": "1", "type": "complete"}
    assert told == [
        ("QUEUED", 0, None),
        ("RUNNING", 0, "decoding"),
        ("RUNNING", 40, "reading"),
        ("DONE", 100, "reading"),
    ]


def test_progress_over_events_ends_with_a_dead_job(api: Api, database: Database, job: tuple[Viewer, uuid.UUID]) -> None:
    viewer, job_id = job
    timer = threading.Timer(0.5, lambda: change(database, viewer, job_id, state=JobState.DEAD, error_code="lost"))
    timer.start()
    response = api.send(viewer, PROGRESS, {"id": encode_id("Job", job_id)}, accept="text/event-stream")
    timer.join()
    states = [data["data"]["jobProgress"]["state"] for name, data in events(response.text) if name == "next"]
    # A busy machine may be slower to subscribe than the timer is to end the job: then its end is all there is to tell.
    assert states in (["QUEUED", "DEAD"], ["DEAD"])


def test_jobs_of_others_look_absent(api: Api, database: Database, job: tuple[Viewer, uuid.UUID]) -> None:
    viewer, job_id = job
    other = make_organization(database)
    with database.begin(Scope(other.id)) as session:
        stranger = make_viewer(session, other, Role.HR, Role.ADMINISTRATOR)
    with database.begin(Scope(viewer.organization_id)) as session:
        company = session.get_one(type(other), viewer.organization_id)
        colleague = make_viewer(session, company)
    for person in (stranger, colleague):
        answers = [
            events(api.send(person, PROGRESS, {"id": id_}, accept="text/event-stream").text)
            for id_ in (encode_id("Job", job_id), encode_id("Job", uuid.uuid4()))
        ]
        assert answers[0] == answers[1]
        (name, data), _complete = answers[0]
        assert (name, data["data"], data["errors"][0]["extensions"]["code"]) == ("next", None, "NOT_FOUND")
