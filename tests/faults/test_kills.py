"""Whatever happens to a worker process, each job has its effect exactly once and none waits longer than its lease.

A small share of what `python -m tests.evaluation.kills` does.
"""

from __future__ import annotations

import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db import jobs
from db.models.events import Event
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import system_viewer
from tests.factories import make_organization
from tests.faults.conftest import RABBITMQ, SQLITE
from tests.faults.killing import Watch, fleet, stall, torment
from tests.servers import REDIS_URL
from workers.relay import POLL_SECONDS

JOBS = 10
REDIS = pytest.param(
    ("postgresql", REDIS_URL), id="postgresql-redis", marks=[pytest.mark.postgresql, pytest.mark.redis]
)
pytestmark = pytest.mark.parametrize("settings", [SQLITE, RABBITMQ, REDIS], indirect=True)


def put_in(database: Database, number: int, **args: Any) -> tuple[uuid.UUID, set[str]]:
    """So many jobs of one organisation; each is to leave one line about a subject of its own."""
    company = make_organization(database)
    subjects = {str(uuid.uuid4()) for _ in range(number)}
    with database.begin(Scope(company.id)) as session:
        for subject in subjects:
            jobs.enqueue(session, system_viewer(company.id), "sample.work", {"subject": subject, **args})
    return company.id, subjects


def lines(database: Database, organization_id: uuid.UUID) -> Counter[str]:
    with database.begin(Scope(organization_id), write=False) as session:
        found = session.scalars(sa.select(Event.subject_id).where(Event.type == "sample.done"))
        return Counter(str(subject) for subject in found)


def test_jobs_of_killed_workers_have_their_effect_exactly_once(
    settings: Settings, database: Database, relay: Database, tmp_path: Path
) -> None:
    company, subjects = put_in(database, JOBS, seconds=1.0)
    with fleet(settings, "tests.faults.sample_worker", tmp_path / "log") as workers:
        figures = torment(workers, Watch(relay, ["sample.work"]), kills=3, pause=(0.0, 1.0), patience=60, seed=7)
    assert (figures.done, figures.dead) == (JOBS, 0), (tmp_path / "log").read_text()[-3000:]
    assert figures.kills == 3
    assert lines(database, company) == Counter(subjects)
    # The other worker's relay looks several times a second; the rest is for a machine that is busy with other things.
    assert figures.longest_past_lease < POLL_SECONDS + 5


def test_a_worker_stalled_beyond_its_lease_writes_nothing(
    settings: Settings, database: Database, relay: Database, tmp_path: Path
) -> None:
    company, subjects = put_in(database, 3, seconds=1.5)
    with fleet(settings, "tests.faults.sample_worker", tmp_path / "log") as workers:
        figures = stall(workers, Watch(relay, ["sample.work"]), patience=60)
    assert (figures.done, figures.dead) == (3, 0), (tmp_path / "log").read_text()[-3000:]
    assert figures.attempts > 3
    assert lines(database, company) == Counter(subjects)
    assert '"outcome": "lease_lost"' in (tmp_path / "log").read_text()


def test_a_worker_that_is_asked_to_stop_ends_its_jobs_and_gives_back_the_rest(
    settings: Settings, database: Database, relay: Database, tmp_path: Path
) -> None:
    company, subjects = put_in(database, 6, seconds=0.5)
    watch = Watch(relay, ["sample.work"])
    with fleet(settings, "tests.faults.sample_worker", tmp_path / "log") as workers:
        first = workers.start()
        assert watch.until(lambda: bool(watch.running()), 30)
        first.terminate()
        assert first.wait(timeout=20) == 0
        assert watch.running() == {}
        second = workers.start()
        assert watch.until(lambda: not watch.unfinished(), 30)
        assert second.poll() is None
    assert lines(database, company) == Counter(subjects)
    assert sum(int(str(row.attempts)) for row in watch.rows()) == len(subjects)
