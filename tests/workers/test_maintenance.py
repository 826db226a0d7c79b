"""Daily maintenance cleans up what is old and no more."""

from __future__ import annotations

import datetime
import os
import time
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from db import jobs
from db.base import now
from db.files import FileStore
from db.models.events import RequestReceipt
from db.models.files import StoredFile
from db.models.jobs import Job, JobState
from db.models.people import Organization
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import system_viewer
from tests.factories import make_organization, make_person
from tests.workers import sample_jobs
from tests.workers.desk import Desk
from workers import maintenance
from workers.running import Runner

assert sample_jobs.nothing is not None
assert maintenance.sweep_files is not None


@pytest.fixture
def company(database: Database) -> Organization:
    return make_organization(database)


@pytest.fixture
def desk(settings: Settings, database: Database, company: Organization) -> Iterator[Desk]:
    relay = Database(settings, url=settings.relay_url)
    runner = Runner(sample_jobs.make_services(settings, database))
    yield Desk(database, relay, runner, company.id)
    relay.close()


def test_bytes_and_rows_that_nothing_refers_to_are_swept(desk: Desk, files: FileStore, settings: Settings) -> None:
    scope = Scope(desk.organization_id)
    with desk.database.begin(scope) as session:
        old = files.put(session, desk.organization_id, b"old and alone", "text/plain")
        old.created_at = now() - datetime.timedelta(hours=2)
        fresh = files.put(session, desk.organization_id, b"fresh and alone", "text/plain")
    assert files.exists(old)
    path = settings.home / "files" / str(desk.organization_id) / old.sha256
    os.utime(path, (time.time() - 7200,) * 2)
    desk.put("maintenance.sweep_files")
    desk.run()
    with desk.database.begin(scope, write=False) as session:
        assert list(session.scalars(sa.select(StoredFile.id))) == [fresh.id]
    assert not files.exists(old)
    assert files.exists(fresh)
    desk.put("maintenance.sweep_files")
    desk.run()
    assert files.exists(fresh)


def test_old_receipts_and_old_runs_of_maintenance_go(desk: Desk, company: Organization) -> None:
    scope = Scope(desk.organization_id)
    long_ago = now() - datetime.timedelta(days=31)
    with desk.database.begin(scope) as session:
        person = make_person(session, company)
        for created in (long_ago, now()):
            session.add(
                RequestReceipt(
                    organization_id=company.id,
                    person_id=person.id,
                    request_id=uuid.uuid4(),
                    mutation="giveFeedback",
                    input_digest="0" * 64,
                    result={},
                    created_at=created,
                )
            )
        viewer = system_viewer(company.id)
        kept_name = jobs.enqueue(session, viewer, "sample.work", {"subject": str(uuid.uuid4())})
        old_run = jobs.enqueue(session, viewer, "maintenance.sweep_files", {})
        for job in (kept_name, old_run):
            job.state, job.finished_at = JobState.DONE, long_ago
    desk.put("maintenance.expire_receipts")
    desk.run()
    with desk.database.begin(scope, write=False) as session:
        (left,) = session.scalars(sa.select(RequestReceipt))
        assert left.created_at > long_ago
        assert sorted(session.scalars(sa.select(Job.name))) == ["maintenance.expire_receipts", "sample.work"]
