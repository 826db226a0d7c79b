"""Asking other systems: only where the operator allows, only what is small and quick, and never into the house."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sqlalchemy as sa

from db.base import now
from db.files import FileStore
from db.models.projects.feeds import Feed, FeedDelivery, FeedRecord
from db.session import Database, Scope
from db.viewer import system_viewer
from resolvers.projects import asking
from tests.conftest import MakeSettings
from tests.factories import make_organization
from tests.workers.desk import Desk
from workers import registry
from workers.outbound import OutboundError, fetch
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import Runner

registry.load()


class _Erp(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "/values.csv")
            self.end_headers()
            return
        if self.path in {"/circle", "/away"}:
            self.send_response(302)
            self.send_header("location", "/circle" if self.path == "/circle" else "http://other.example/")
            self.end_headers()
            return
        body = {"/values.csv": "metric,value,key\n库存周转,4.5,r1\n".encode(), "/large": b"x" * 5000}.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("content-type", "text/csv")
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def erp() -> Iterator[str]:
    """A server of the house; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Erp)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


HOUSE = ["127.0.0.1"]


def test_a_listed_internal_host_answers_also_through_a_redirect(erp: str) -> None:
    for path in ("/values.csv", "/moved"):
        answer = fetch(erp + path, hosts=HOUSE, internal_hosts=HOUSE)
        assert (answer.is_csv, answer.content) == (True, "metric,value,key\n库存周转,4.5,r1\n".encode())


@pytest.mark.parametrize(
    ("path", "hosts", "internal", "code"),
    [
        ("/values.csv", [], [], "HOST_NOT_ALLOWED"),
        ("/values.csv", HOUSE, [], "PRIVATE_ADDRESS"),
        ("/away", HOUSE, HOUSE, "HOST_NOT_ALLOWED"),
        ("/circle", HOUSE, HOUSE, "REDIRECTS"),
        ("/large", HOUSE, HOUSE, "TOO_LARGE"),
        ("/none", HOUSE, HOUSE, "STATUS"),
    ],
)
def test_what_is_refused(erp: str, path: str, hosts: list[str], internal: list[str], code: str) -> None:
    with pytest.raises(OutboundError) as caught:
        fetch(erp + path, hosts=hosts, internal_hosts=internal, maximum_bytes=4000)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "http://user@127.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://localhost/", "gopher://x"],
)
def test_odd_spellings_reach_nothing(url: str) -> None:
    with pytest.raises(OutboundError) as caught:
        fetch(url, hosts=["127.0.0.1", "localhost", "::ffff:127.0.0.1"])
    assert caught.value.code in {"HOST_NOT_ALLOWED", "PRIVATE_ADDRESS"}


def test_a_feed_is_asked_when_its_time_comes_and_says_when_it_could_not_be(
    make_settings: MakeSettings, files: FileStore, erp: str
) -> None:
    settings = make_settings("sqlite", feed_hosts=HOUSE, internal_hosts=HOUSE)
    database = Database(settings)
    company = make_organization(database)
    reading = ReadingProcess(settings)  # never started: no picture is read here
    desk = Desk(database, database, Runner(Services(settings, database, files, reading)), company.id)
    scope, viewer = Scope(company.id), system_viewer(company.id)
    begin = now()
    with database.begin(scope) as session:
        urls = (f"{erp}/values.csv", f"{erp}/none")
        session.add_all(
            Feed(organization_id=company.id, name=f"erp{number}", pull_url=url, every_minutes=60, next_pull_at=begin)
            for number, url in enumerate(urls)
        )
    for _ in range(2):
        with database.begin(scope) as session:
            asking.put_in_due(session, viewer, begin + datetime.timedelta(minutes=5))
        desk.run()
    desk.run()
    with database.begin(scope, write=False) as session:
        good, bad = session.scalars(sa.select(Feed).order_by(Feed.name))
        assert (good.pull_error, bad.pull_error) == (None, "STATUS")
        assert good.next_pull_at == begin + datetime.timedelta(minutes=65)
        (delivery,) = session.scalars(sa.select(FeedDelivery))
        (record,) = session.scalars(sa.select(FeedRecord))
        assert (record.name, str(record.value), record.outcome) == ("库存周转", "4.5", "UNBOUND")
        assert delivery.applied_at is not None
    reading.close()
    database.close()
