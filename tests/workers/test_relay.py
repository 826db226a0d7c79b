"""The relay hands over what is due, soon, and gets over trouble with database and broker."""

from __future__ import annotations

import datetime
import threading
import time
import uuid
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from db import jobs
from db.base import now
from db.jobs import Claim
from db.models.jobs import Job, JobState
from db.models.people import Organization
from db.roles import RoleError
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import system_viewer
from tests.databases import superuser
from tests.factories import make_organization
from workers.broker import BrokerDownError
from workers.relay import Relay

LEASE = datetime.timedelta(seconds=60)


class Post:
    """Takes what the relay sends, unless it is closed."""

    def __init__(self) -> None:
        self.claims: list[Claim] = []
        self.closed = False
        self.refused = threading.Event()

    def send(self, claim: Claim) -> None:
        if self.closed:
            self.refused.set()
            raise BrokerDownError
        self.claims.append(claim)

    def has(self, number: int, seconds: float = 15) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if len(self.claims) >= number:
                return True
            time.sleep(0.01)
        return False


@pytest.fixture
def relay_database(settings: Settings) -> Iterator[Database]:
    relay_database = Database(settings, url=settings.relay_url)
    yield relay_database
    relay_database.close()


@pytest.fixture
def company(database: Database) -> Organization:
    return make_organization(database)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def relay(relay_database: Database, post: Post) -> Iterator[Relay]:
    relay = Relay(relay_database, post.send, outstanding=5, lease=LEASE)
    relay.check()
    relay.start()
    yield relay
    relay.stop()


def put(database: Database, company: Organization, **options: datetime.datetime) -> uuid.UUID:
    with database.begin(Scope(company.id)) as session:
        return jobs.enqueue(session, system_viewer(company.id), "sample.work", {}, **options).id  # type: ignore[arg-type]


@pytest.mark.usefixtures("relay")
def test_a_new_job_is_handed_over_at_once(database: Database, company: Organization, post: Post) -> None:
    time.sleep(0.5)  # the relay waits by now
    began = time.monotonic()
    job_id = put(database, company)
    assert post.has(1)
    assert time.monotonic() - began < 2
    assert post.claims == [Claim(job_id, company.id)]


@pytest.mark.usefixtures("relay")
def test_a_job_of_later_is_handed_over_then(database: Database, company: Organization, post: Post) -> None:
    at = now() + datetime.timedelta(seconds=1.5)
    put(database, company, run_at=at)
    assert post.has(1)
    assert at <= now() < at + datetime.timedelta(seconds=3)


@pytest.mark.usefixtures("relay")
def test_more_than_may_be_sent_waits_until_some_are_taken(
    database: Database, company: Organization, post: Post
) -> None:
    for _ in range(8):
        put(database, company)
    assert post.has(5)
    time.sleep(0.7)
    assert len(post.claims) == 5
    for claim in post.claims[:3]:
        with database.begin(Scope(company.id)) as session:
            assert jobs.take(session, claim.job_id, LEASE) is not None
    assert post.has(8)
    assert len({claim.job_id for claim in post.claims}) == 8


def test_while_the_broker_is_down_jobs_stay_queued(
    database: Database, company: Organization, post: Post, relay: Relay
) -> None:
    post.closed = True
    job_id = put(database, company)
    assert post.refused.wait(15)
    seen = set()
    until = time.monotonic() + 5
    while JobState.QUEUED not in seen and time.monotonic() < until:
        with database.begin(Scope(company.id), write=False) as session:
            seen.add(session.get_one(Job, job_id).state)
    assert JobState.QUEUED in seen
    assert post.claims == []
    post.closed = False
    assert post.has(1)


def test_what_was_sent_to_itself_is_taken_back_at_the_end(
    database: Database, company: Organization, post: Post, relay_database: Database
) -> None:
    relay = Relay(relay_database, post.send, outstanding=5, lease=LEASE)
    relay.start()
    taken, waiting = put(database, company), put(database, company)
    assert post.has(2)
    with database.begin(Scope(company.id)) as session:
        assert jobs.take(session, taken, LEASE) is not None
    relay.stop()
    relay.take_back()
    with database.begin(Scope(company.id), write=False) as session:
        states = dict(iter(session.execute(sa.select(Job.id, Job.state)).all()))
    assert states == {taken: JobState.RUNNING, waiting: JobState.QUEUED}


@pytest.mark.postgresql
def test_the_relay_survives_the_loss_of_its_connections(make_settings: Callable[..., Settings], post: Post) -> None:
    settings = make_settings("postgresql")
    database, relay_database = Database(settings), Database(settings, url=settings.relay_url)
    company = make_organization(database)
    relay = Relay(relay_database, post.send, outstanding=5, lease=LEASE)
    relay.start()
    put(database, company)
    assert post.has(1)
    with superuser() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s",
            [sa.make_url(settings.relay_url).username],
        )
    put(database, company)
    assert post.has(2, seconds=30)
    relay.stop()
    relay_database.close()
    database.close()


@pytest.mark.postgresql
def test_a_role_that_does_not_see_the_jobs_is_refused(make_settings: Callable[..., Settings], post: Post) -> None:
    database = Database(make_settings("postgresql"))
    with pytest.raises(RoleError, match="THROUGHLINE_RELAY_DATABASE_URL"):
        Relay(database, post.send, outstanding=5, lease=LEASE).check()
    database.close()
