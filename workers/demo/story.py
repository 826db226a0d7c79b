"""`throughline demo`: a supervisor hands in a photographed form and confirms what the machine read, through the API.

Everything runs as in earnest, on the embedded default: SQLite in a folder of its own, API and worker as processes, and
this process as a client over HTTP.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from db.migrate import migrate
from db.seed.company import person_id
from db.settings import Settings
from resolvers.tokens import issue
from workers.commands.output import CommandError, show
from workers.demo import queries
from workers.sandbox import start_program
from workers.seeding import PHOTOGRAPH, photograph_truth, seed

SUPERVISOR = "T1005"
READY_SECONDS = 90.0
READING_SECONDS = 300.0


def tell_story() -> None:
    """Run the demonstration. Raises `CommandError` when a step does not succeed."""
    began = time.monotonic()
    settings = _own_settings()
    show("1. A company of its own: SQLite, migrated and seeded with invented people")
    migrate(settings)
    seed(settings)
    show(f"2. API and worker start as processes of their own on http://127.0.0.1:{settings.port}")
    with _running(settings), httpx.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=30) as http:
        _wait_until_ready(http)
        token = issue(settings, str(person_id(SUPERVISOR)), datetime.timedelta(hours=1))
        client = Client(http, token)
        viewer = client.ask(queries.VIEWER)["viewer"]
        show(f"   signed in as {viewer['person']['name']} of {viewer['organization']['name']}")
        document = _hand_in(client)
        _follow(client, document["job"]["id"])
        document = client.ask(queries.DOCUMENT, {"id": document["id"]})["node"]
        _show_reading(document)
        review = _confirm(client, document)
        _show_review(review)
    show(
        f"Done in {time.monotonic() - began:.0f} s. For a server that stays: `make serve`, then GraphiQL at "
        "http://127.0.0.1:8000/graphql with the token of `throughline token --person EMAIL`."
    )


class Client:
    """A GraphQL client that signs in with a token."""

    def __init__(self, http: httpx.Client, token: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def ask(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The data of an operation. Raises `CommandError` when the API answers with errors."""
        body = {"query": query, "variables": variables or {}}
        return _data(self._http.post("/graphql", json=body, headers=self._headers))

    def upload(self, query: str, picture: Path) -> dict[str, Any]:
        """The data of a mutation with one file, by the multipart request specification."""
        parts = {
            "operations": json.dumps({"query": query, "variables": {"file": None}}),
            "map": json.dumps({"0": ["variables.file"]}),
        }
        headers = {**self._headers, "GraphQL-Require-Preflight": "true"}
        with picture.open("rb") as content:
            files = {"0": (picture.name, content, "image/jpeg")}
            return _data(self._http.post("/graphql", data=parts, files=files, headers=headers))

    def events(self, query: str, variables: dict[str, Any], seconds: float) -> Iterator[dict[str, Any]]:
        """The data of a subscription's events, by server-sent events, until it ends."""
        headers = {**self._headers, "Accept": "text/event-stream"}
        body = {"query": query, "variables": variables}
        with self._http.stream("POST", "/graphql", json=body, headers=headers, timeout=seconds) as answer:
            kind = ""
            for line in answer.iter_lines():
                if line.startswith("event:"):
                    kind = line.removeprefix("event:").strip()
                elif line.startswith("data:") and kind == "next":
                    yield _checked(json.loads(line.removeprefix("data:")))


def _data(answer: httpx.Response) -> dict[str, Any]:
    try:
        return _checked(answer.json())
    except ValueError as error:
        raise CommandError(f"the API answered {answer.status_code} without JSON") from error


def _checked(result: dict[str, Any]) -> dict[str, Any]:
    if result.get("errors"):
        raise CommandError("the API answered: " + "; ".join(error["message"] for error in result["errors"]))
    data: dict[str, Any] = result["data"]
    return data


def _payload(data: dict[str, Any], name: str) -> dict[str, Any]:
    payload: dict[str, Any] = data[name]
    if payload["errors"]:
        raise CommandError("; ".join(f"{error['code']}: {error['message']}" for error in payload["errors"]))
    return payload


def _hand_in(client: Client) -> dict[str, Any]:
    show(f"3. The supervisor hands in a photograph of a filled-in form ({PHOTOGRAPH.name})")
    payload = _payload(client.upload(queries.UPLOAD, PHOTOGRAPH), "uploadIntakeDocument")
    document: dict[str, Any] = payload["documents"][0]
    return document


def _follow(client: Client, job_id: str) -> None:
    for event in client.events(queries.PROGRESS, {"id": job_id}, READING_SECONDS):
        progress = event["jobProgress"]
        show(f"   {progress['progress']:>3} %  {progress['state'].lower()} {progress['stage'] or ''}".rstrip())


def _show_reading(document: dict[str, Any]) -> None:
    if document["status"] != "NEEDS_REVIEW":
        raise CommandError(f"the reading ended {document['status']}: {document['reasonMessage']}")
    template = document["template"]
    show(f"4. The machine read {template['title']}, version {template['version']}:")
    for field in document["fields"]:
        show(f"   {field['status']:<14} {field['confidence']:.2f}  {field['label']}: {_in_line(field['value'])}")


def _confirm(client: Client, document: dict[str, Any]) -> dict[str, Any]:
    """Confirm, looking at the paper wherever the machine is unsure, and correct one field."""
    paper = photograph_truth()["values"]
    read = {field["key"]: field["value"] for field in document["fields"]}
    unsure = [field for field in document["fields"] if field["status"] != "READ"]
    entries = {field["key"]: paper.get(field["key"]) for field in unsure}
    misread = [key for key in entries if entries[key] != read[key]]
    if not misread:
        entries["improvements"] = f"{read['improvements']}（已当面沟通）"
    corrected = misread or ["improvements"]
    show(f"5. The supervisor looks at {len(entries)} fields on the paper and corrects {', '.join(corrected)}")
    fields = [{"key": key, "value": value} for key, value in entries.items()]
    data = client.ask(queries.CONFIRM, {"input": {"id": document["id"], "fields": fields}})
    review: dict[str, Any] = _payload(data, "confirmIntakeDocument")["review"]
    return review


def _show_review(review: dict[str, Any]) -> None:
    show(
        f"6. The review: {review['subject']['name']}, {review['cycle']['name']}, {review['status'].lower()}, "
        f"score {review['score']}, grade {review['grade']}"
    )
    for answer in review["answers"]:
        weight = f" (weight {answer['weight']} %)" if answer["weight"] else ""
        show(f"   {answer['source'].lower():<10} {answer['label']}: {_in_line(answer['value'])}{weight}")
    show("   machine: read and left · checked: a person agreed · corrected: a person put another value")


def _in_line(value: str | None) -> str:
    return "—" if value is None else " ".join(value.split("\n"))


def _own_settings() -> Settings:
    """The embedded default in an empty folder, whatever the environment says."""
    home = Settings().home.absolute() / "demo"
    shutil.rmtree(home, ignore_errors=True)
    for name in [name for name in os.environ if name.startswith("THROUGHLINE_")]:
        del os.environ[name]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ["THROUGHLINE_HOME"] = str(home)
    os.environ["THROUGHLINE_PORT"] = str(port)
    return Settings()


@contextmanager
def _running(settings: Settings) -> Iterator[None]:
    log = settings.home / "server.log"
    server = start_program(["-m", "workers.cli", "serve"], os.environ, log=log)
    try:
        yield
    except httpx.TransportError as error:
        raise CommandError(f"the server does not answer; see {log}") from error
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _wait_until_ready(http: httpx.Client) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            if http.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass  # not listening yet
        time.sleep(0.5)
    raise CommandError("the server did not start in time")
