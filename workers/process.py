"""One worker process: a relay, threads that run jobs, and the child that reads pictures.

`python -m workers.process [INDEX]` runs one; INDEX counts the processes of this machine from 0.
"""

from __future__ import annotations

import datetime
import os
import signal
import sys
import threading
import time

import structlog
from dramatiq import Worker
from sqlalchemy.exc import SQLAlchemyError

from db import logs, migrate
from db.base import now
from db.files import FileStore
from db.roles import RoleError
from db.session import Database
from db.settings import Settings
from workers import broker, metrics, registry, schedule
from workers.reading import ReadingProcess
from workers.relay import TROUBLE_SECONDS, Relay
from workers.running import REST_OF_A_LEASE, Runner

log = structlog.get_logger()

THREADS = 2
"""Jobs that run at once in one process. Readings wait for one another; the rest need not wait for them."""
GRACE_SECONDS = 20.0
"""How long running jobs may take to end after SIGTERM before they are given back."""
SCHEDULE_SECONDS = 600.0
"""How often the process looks for recurring work at least: organisations and zones may be new."""


class WorkerProcess:
    """Everything that runs in one worker process. `start`, then `stop`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        lease = settings.job_lease_seconds
        self._database = Database(settings, idle_seconds=lease * REST_OF_A_LEASE)
        # A relay's transactions never rest: one that was stopped holds rows of many jobs.
        self._relay_database = Database(settings, url=settings.relay_url, idle_seconds=TROUBLE_SECONDS)
        reading = ReadingProcess(settings)
        self._services = registry.Services(settings, self._database, FileStore(settings.files_url), reading)
        self._runner = Runner(self._services)
        self._broker = broker.make_broker(settings)
        messages = broker.Messages(self._broker, settings, self._runner.run)
        embedded = broker.is_embedded(settings)
        self._relay = Relay(
            self._relay_database,
            messages.send,
            outstanding=broker.EMBEDDED_OUTSTANDING if embedded else broker.OUTSTANDING,
            lease=datetime.timedelta(seconds=lease),
        )
        self._worker = Worker(self._broker, worker_threads=THREADS, worker_timeout=200)
        # No more messages than it can run: what waits in a worker that is busy, or stopped, waits for its lease.
        self._worker.queue_prefetch = THREADS
        self._stopping = threading.Event()

    def start(self) -> None:
        """Check the database and begin. Raises `SchemaError` or `RoleError` with what to do."""
        migrate.check(self._database, self._settings)
        self._relay.check()
        self._runner.heart.start()
        self._worker.start()
        self._relay.start()
        log.info("worker.started")

    def run_until_stopped(self) -> None:
        """Put in recurring work when it is due, until `ask_to_stop`."""
        while not self._stopping.is_set():
            wait = SCHEDULE_SECONDS
            try:
                coming = schedule.put_in_due(self._database, self._relay_database, now())
                if coming is not None:
                    wait = min(wait, max(1.0, (coming - now()).total_seconds()))
            except SQLAlchemyError as error:
                log.error("worker.schedule_trouble", exc_info=error)
                wait = TROUBLE_SECONDS
            self._stopping.wait(wait)

    def ask_to_stop(self) -> None:
        self._stopping.set()

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Take no more jobs, let running ones end for `grace` seconds, give the others back."""
        self._relay.stop()
        self._worker.stop(timeout=int(grace * 1000))
        self._runner.give_back()
        if broker.is_embedded(self._settings):
            self._relay.take_back()
        self._runner.heart.stop()
        self._services.reading.close()
        self._broker.close()
        self._relay_database.close()
        self._database.close()
        log.info("worker.stopped")


def main(index: int = 0) -> None:
    """Run a worker process until SIGTERM or SIGINT. Exits with 1 and a message when it cannot start."""
    settings = Settings()
    logs.configure(settings, "worker")
    registry.load()
    process = WorkerProcess(settings)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: process.ask_to_stop())
    try:
        process.start()
    except (migrate.SchemaError, RoleError) as error:
        sys.exit(str(error))
    if settings.metrics_port:
        try:
            metrics.serve(settings.metrics_port + index, Database(settings, url=settings.relay_url))
        except OSError as error:
            log.error("worker.no_metrics", port=settings.metrics_port + index, exc_info=error)
    process.run_until_stopped()
    began = time.monotonic()
    process.stop()
    log.info("worker.exits", seconds=round(time.monotonic() - began, 1))
    sys.stderr.flush()
    os._exit(0)  # a job that was given back may still be running in a thread


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
