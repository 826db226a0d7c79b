"""The life of a job's row, on both databases."""

from __future__ import annotations

import datetime
import threading
import time
import uuid
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from db import jobs
from db.base import now
from db.models.jobs import Job, JobState
from db.models.people import Organization
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer, system_viewer
from tests.factories import make_organization, make_viewer

LEASE = datetime.timedelta(seconds=60)
OVER = datetime.timedelta(seconds=-1)


@pytest.fixture
def company(database: Database) -> Organization:
    return make_organization(database)


@pytest.fixture
def relay(settings: Settings) -> Any:
    relay = Database(settings, url=settings.relay_url)
    yield relay
    relay.close()


def put(database: Database, viewer: Viewer, **options: Any) -> uuid.UUID:
    with database.begin(Scope(viewer.organization_id)) as session:
        return jobs.enqueue(session, viewer, "test.work", {"n": 1}, **options).id


def claim(relay: Database, *, limit: int = 10, lease: datetime.timedelta = LEASE) -> list[uuid.UUID]:
    with relay.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        return [claimed.job_id for claimed in jobs.claim_due(connection, limit=limit, lease=lease)]


def take(database: Database, company: Organization, job_id: uuid.UUID, lease: datetime.timedelta = LEASE) -> jobs.Lease:
    with database.begin(Scope(company.id)) as session:
        taken = jobs.take(session, job_id, lease)
    assert taken is not None
    return taken


def row(database: Database, company: Organization, job_id: uuid.UUID) -> Job:
    with database.begin(Scope(company.id), write=False) as session:
        return session.scalars(sa.select(Job).where(Job.id == job_id)).one()


def test_a_job_goes_from_queued_to_done(database: Database, relay: Database, company: Organization) -> None:
    with database.begin(Scope(company.id)) as session:
        viewer = make_viewer(session, company)
        job = jobs.enqueue(session, viewer, "test.work", {"n": 1})
        assert (job.state, job.requested_by, job.args) == (JobState.QUEUED, viewer.person_id, {"n": 1})
    assert claim(relay) == [job.id]
    lease = take(database, company, job.id)
    assert (lease.name, lease.args, lease.requested_by, lease.attempts, lease.lapses) == (
        "test.work",
        {"n": 1},
        viewer.person_id,
        1,
        0,
    )
    with database.begin(Scope(company.id)) as session:
        jobs.report(session, lease, 40, "reading")
    assert (row(database, company, job.id).progress, row(database, company, job.id).stage) == (40, "reading")
    with database.begin(Scope(company.id)) as session:
        jobs.finish(session, lease)
    done = row(database, company, job.id)
    assert (done.state, done.progress, done.stage, done.lease_token) == (JobState.DONE, 100, None, None)
    assert done.finished_at is not None
    assert claim(relay) == []


def test_a_job_of_a_rolled_back_transaction_does_not_exist(
    database: Database, relay: Database, company: Organization
) -> None:
    def enqueue_and_stumble() -> None:
        with database.begin(Scope(company.id)) as session:
            jobs.enqueue(session, system_viewer(company.id), "test.work", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        enqueue_and_stumble()
    assert claim(relay) == []


def test_a_dedupe_key_stands_for_one_row_of_an_organization(database: Database, company: Organization) -> None:
    other = make_organization(database)
    first = put(database, system_viewer(company.id), dedupe_key="daily")
    assert put(database, system_viewer(company.id), dedupe_key="daily") == first
    assert put(database, system_viewer(other.id), dedupe_key="daily") != first
    assert put(database, system_viewer(company.id)) != put(database, system_viewer(company.id))


def test_two_at_once_with_one_dedupe_key_put_in_one_job(database: Database, company: Organization) -> None:
    found: list[uuid.UUID] = []
    together = threading.Barrier(4)

    def enqueue() -> None:
        together.wait()
        found.append(put(database, system_viewer(company.id), dedupe_key="once"))

    threads = [threading.Thread(target=enqueue) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_job_waits_for_its_time(database: Database, relay: Database, company: Organization) -> None:
    later = now() + datetime.timedelta(hours=1)
    put(database, system_viewer(company.id), run_at=later)
    assert claim(relay) == []
    with relay.engine.begin() as connection:
        assert jobs.next_due(connection) == later


def test_no_more_than_the_limit_are_sent_at_once(database: Database, relay: Database, company: Organization) -> None:
    put_in = [put(database, system_viewer(company.id)) for _ in range(5)]
    assert claim(relay, limit=2) == put_in[:2]
    assert claim(relay, limit=2) == []
    take(database, company, put_in[0])
    assert claim(relay, limit=2) == [put_in[2]]


def test_what_could_not_be_handed_over_is_queued_again(
    database: Database, relay: Database, company: Organization
) -> None:
    job_id = put(database, system_viewer(company.id))
    claim(relay)
    with relay.engine.begin() as connection:
        jobs.unclaim(connection, [jobs.Claim(job_id, company.id)])
    assert claim(relay) == [job_id]


def test_a_message_that_comes_twice_starts_one_run(database: Database, relay: Database, company: Organization) -> None:
    job_id = put(database, system_viewer(company.id))
    claim(relay)
    lease = take(database, company, job_id)
    with database.begin(Scope(company.id)) as session:
        assert jobs.take(session, job_id, LEASE) is None
    with database.begin(Scope(company.id)) as session:
        jobs.finish(session, lease)
    with database.begin(Scope(company.id)) as session:
        assert jobs.take(session, job_id, LEASE) is None


def test_a_message_of_another_organization_starts_nothing(
    database: Database, relay: Database, company: Organization
) -> None:
    other = make_organization(database)
    job_id = put(database, system_viewer(company.id))
    claim(relay)
    with database.begin(Scope(other.id)) as session:
        assert jobs.take(session, job_id, LEASE) is None


def test_a_lapsed_lease_is_given_again_and_the_old_one_writes_nothing(
    database: Database, relay: Database, company: Organization
) -> None:
    job_id = put(database, system_viewer(company.id))
    claim(relay)
    stalled = take(database, company, job_id, OVER)
    assert claim(relay) == [job_id]
    second = take(database, company, job_id)
    assert (second.attempts, second.lapses) == (2, 1)

    def end_late() -> None:
        with database.begin(Scope(company.id)) as session:
            jobs.finish(session, stalled)

    for write in (
        end_late,
        lambda: _in(database, company, lambda s: jobs.report(s, stalled, 99, "late")),
        lambda: _in(database, company, lambda s: jobs.fail(s, stalled, "late", "late", again=False)),
        lambda: _in(database, company, lambda s: jobs.extend(s, stalled, now() + LEASE)),
        lambda: _in(database, company, lambda s: jobs.give_back(s, stalled)),
    ):
        with pytest.raises(jobs.LeaseLostError):
            write()
    unchanged = row(database, company, job_id)
    assert (unchanged.state, unchanged.lease_token, unchanged.progress) == (JobState.RUNNING, second.token, 0)


def _in(database: Database, company: Organization, work: Any) -> None:
    with database.begin(Scope(company.id)) as session:
        work(session)


@pytest.mark.postgresql
def test_a_worker_that_is_stopped_in_a_transaction_does_not_keep_its_job(make_settings: Any) -> None:
    settings: Settings = make_settings("postgresql")
    database, relay = Database(settings), Database(settings, url=settings.relay_url)
    stopped = Database(settings, idle_seconds=0.5)
    company = make_organization(database)
    job_id = put(database, system_viewer(company.id))
    assert claim(relay) == [job_id]
    lease = take(database, company, job_id, OVER)

    def be_stopped_while_others_look() -> None:
        with stopped.begin(Scope(company.id)) as session:
            jobs.hold(session, lease)
            assert claim(relay) == [], "its row is held"
            until = time.monotonic() + 30
            while (again := claim(relay)) == [] and time.monotonic() < until:
                time.sleep(0.05)
            assert again == [job_id]

    with pytest.raises(sa.exc.DBAPIError, match="idle-in-transaction"):
        be_stopped_while_others_look()
    for each in (database, relay, stopped):
        each.close()


def test_a_heartbeat_keeps_the_lease(database: Database, relay: Database, company: Organization) -> None:
    job_id = put(database, system_viewer(company.id))
    claim(relay)
    lease = take(database, company, job_id, OVER)
    _in(database, company, lambda session: jobs.extend(session, lease, now() + LEASE))
    assert claim(relay) == []


def test_a_message_that_never_came_is_sent_again(database: Database, relay: Database, company: Organization) -> None:
    job_id = put(database, system_viewer(company.id))
    assert claim(relay, lease=OVER) == [job_id]
    assert claim(relay) == [job_id]
    assert take(database, company, job_id).lapses == 0


def test_a_failure_comes_again_later_and_then_no_more(
    database: Database, relay: Database, company: Organization
) -> None:
    job_id = put(database, system_viewer(company.id))
    claim(relay)
    lease = take(database, company, job_id)
    before = now()
    _in(database, company, lambda session: jobs.fail(session, lease, "no_luck", "OSError at x.py:1", again=True))
    failed = row(database, company, job_id)
    assert (failed.state, failed.failures, failed.error_code) == (JobState.QUEUED, 1, "no_luck")
    assert datetime.timedelta(seconds=1.4) < failed.run_at - before < datetime.timedelta(seconds=4)
    assert claim(relay) == []
    with database.begin(Scope(company.id)) as session:
        session.execute(sa.update(Job).values(run_at=now()))
    claim(relay)
    again = take(database, company, job_id)
    assert (again.failures, again.lapses) == (1, 0)
    _in(database, company, lambda session: jobs.fail(session, again, "no_luck", "OSError at x.py:1", again=False))
    dead = row(database, company, job_id)
    assert (dead.state, dead.failures, dead.error) == (JobState.DEAD, 2, "OSError at x.py:1")
    assert claim(relay) == []


def test_the_wait_after_failures_doubles_up_to_a_quarter_of_an_hour() -> None:
    for failures, middle in ((0, 2), (1, 4), (5, 64), (9, 900), (500, 900)):
        waits = [jobs.retry_seconds(failures) for _ in range(50)]
        assert 0.75 * middle <= min(waits) < max(waits) <= 1.25 * middle


def test_what_is_given_back_counts_as_not_begun(database: Database, relay: Database, company: Organization) -> None:
    job_id = put(database, system_viewer(company.id))
    claim(relay)
    lease = take(database, company, job_id)
    _in(database, company, lambda session: jobs.give_back(session, lease))
    assert claim(relay) == [job_id]
    assert take(database, company, job_id).attempts == 1


def test_only_a_dead_job_is_retried(database: Database, relay: Database, company: Organization) -> None:
    job_id = put(database, system_viewer(company.id))
    with relay.engine.begin() as connection:
        assert not jobs.retry(connection, job_id)
        assert not jobs.retry(connection, uuid.uuid4())
    claim(relay)
    lease = take(database, company, job_id)
    _in(database, company, lambda session: jobs.fail(session, lease, "gone", "x", again=False))
    with relay.engine.begin() as connection:
        assert jobs.retry(connection, job_id)
    assert claim(relay) == [job_id]
    assert take(database, company, job_id).attempts == 1
    assert row(database, company, job_id).error_code is None


def test_operators_see_jobs_of_every_organization_without_arguments(
    database: Database, relay: Database, company: Organization
) -> None:
    other = make_organization(database)
    ids = [put(database, system_viewer(organization.id)) for organization in (company, other)]
    with relay.engine.begin() as connection:
        listed = jobs.listing(connection, states=[JobState.QUEUED], limit=10)
        assert {line.id for line in listed} == set(ids)
        assert "args" not in listed[0]._fields
        assert jobs.listing(connection, states=[JobState.DEAD], limit=10) == []
        assert jobs.counts(connection) == {("test.work", JobState.QUEUED): 2}
        assert set(jobs.organizations(connection)) == {company.id, other.id}


@pytest.mark.postgresql
def test_postgresql_tells_listeners_when_the_transaction_commits(make_settings: Any) -> None:
    settings = make_settings("postgresql")
    database, relay = Database(settings), Database(settings, url=settings.relay_url)
    company = make_organization(database)
    url = sa.make_url(settings.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute(f"LISTEN {jobs.JOBS_CHANNEL}")
        listener.execute(f"LISTEN {jobs.PROGRESS_CHANNEL}")
        job_id = put(database, system_viewer(company.id))
        claim(relay)
        lease = take(database, company, job_id)
        _in(database, company, lambda session: jobs.report(session, lease, 50, "reading"))
        heard = [(message.channel, message.payload) for message in listener.notifies(timeout=5, stop_after=3)]
    assert heard == [
        (jobs.JOBS_CHANNEL, ""),
        (jobs.PROGRESS_CHANNEL, str(job_id)),
        (jobs.PROGRESS_CHANNEL, str(job_id)),
    ]
    database.close()
    relay.close()
