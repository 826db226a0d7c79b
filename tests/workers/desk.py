"""Stands for relay and broker where a test wants to see one attempt at a job at a time."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from db import jobs
from db.base import now
from db.files import FileStore
from db.models.events import Event
from db.models.jobs import Job, JobState
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer, system_viewer
from workers import registry
from workers.reading import ReadingProcess
from workers.running import Runner
from workers.schedule import PLANS, Daily, put_in_due

LEASE = datetime.timedelta(seconds=60)
OVER = datetime.timedelta(seconds=-1)

DAILY = tuple(plan for plan in PLANS if isinstance(plan, Daily))


class Desk:
    """Puts in jobs, hands them to the runner as relay and broker would, and looks at what came of them."""

    def __init__(self, database: Database, relay: Database, runner: Runner, organization_id: uuid.UUID) -> None:
        self.database, self.relay, self.runner = database, relay, runner
        self.organization_id = organization_id

    def put(self, name: str, viewer: Viewer | None = None, **args: Any) -> uuid.UUID:
        args.setdefault("subject", str(uuid.uuid4()))
        with self.database.begin(Scope(self.organization_id)) as session:
            return jobs.enqueue(session, viewer or system_viewer(self.organization_id), name, args).id

    def claim(self, *, lease: datetime.timedelta = LEASE) -> list[jobs.Claim]:
        with self.relay.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            connection.execute(sa.update(Job).where(Job.state == JobState.QUEUED).values(run_at=now()))
            return jobs.claim_due(connection, limit=10, lease=lease)

    def run(self) -> None:
        for claim in self.claim():
            self.runner.run(claim.job_id, claim.organization_id)

    def live_through(
        self, begin: str, end: str, at: Callable[[datetime.datetime], None] = lambda _moment: None
    ) -> None:
        """What worker processes do of the daily work from one instant to another; `at` is told each instant at which
        they look."""
        moment: datetime.datetime | None = datetime.datetime.fromisoformat(begin)
        while moment is not None and moment < datetime.datetime.fromisoformat(end):
            at(moment)
            coming = put_in_due(self.database, self.relay, moment, DAILY)
            self.run()
            moment = coming

    def row(self, job_id: uuid.UUID) -> Job:
        with self.database.begin(Scope(self.organization_id), write=False) as session:
            return session.get_one(Job, job_id)

    def lines(self) -> list[str]:
        with self.database.begin(Scope(self.organization_id), write=False) as session:
            return list(session.scalars(sa.select(Event.type).order_by(Event.sequence)))


@contextmanager
def open_desk(settings: Settings, database: Database, files: FileStore, organization_id: uuid.UUID) -> Iterator[Desk]:
    """A desk whose runner does the product's own jobs, without reading pictures."""
    registry.load()
    relay = Database(settings, url=settings.relay_url)
    reading = ReadingProcess(settings)  # never started: no picture is read here
    runner = Runner(registry.Services(settings, database, files, reading))
    runner.heart.start()
    try:
        yield Desk(database, relay, runner, organization_id)
    finally:
        runner.heart.stop()
        reading.close()
        relay.close()
