"""One attempt at a job: take its lease, let its heart beat, run it, and end it together with its effect."""

from __future__ import annotations

import datetime
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from dramatiq.threading import Interrupt, raise_thread_exception
from sqlalchemy.exc import SQLAlchemyError

from db import jobs
from db.base import now
from db.jobs import Lease, LeaseLostError
from db.logs import place_of
from db.outages import is_outage
from db.session import Database, Scope
from resolvers.errors import DomainError, DomainErrors
from workers import metrics
from workers.registry import JobFailureError, JobRun, JobSpec, Services, UnknownJobError, find, viewer_of
from workers.sandbox import SandboxError

log = structlog.get_logger()

UNKNOWN_JOB_FAILURES = 5
"""Tries for a job that this version of the program does not know: another worker may be newer."""

BEATS_A_LEASE = 6
"""So often the heart extends each lease before it would run out: a beat that is missed because the job's row was being
written is made up for soon."""
REST_OF_A_LEASE = 2 / 3
"""A transaction that rests for this share of a lease is taken for one of a worker that was stopped, and ended. The
lease that it holds was extended at most two beats before, so its job is free again when the lease ends."""

OUTAGE = "unavailable"
OUTAGE_FAILURES = 100
"""Tries while the database or the file store is out of reach or full: about a day, with the pauses between them. It is
no fault of the job, and whoever mends it over lunch finds nothing given up."""


class OverTimeError(Interrupt):
    """Raised inside a job that is over its time limit. Not an `Exception`: a job does not catch it by accident."""


@dataclass(frozen=True, slots=True)
class _Beat:
    lease: Lease
    thread_id: int
    until: float


class Heart:
    """One thread that extends the leases of all running jobs of this process, and interrupts those that lost theirs or
    are over their time."""

    def __init__(self, database: Database, lease: datetime.timedelta) -> None:
        self._database = database
        self._lease = lease
        self._beats: dict[uuid.UUID, _Beat] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def leases(self) -> list[Lease]:
        """Of the jobs that run now."""
        with self._lock:
            return [beat.lease for beat in self._beats.values()]

    @contextmanager
    def beating(self, lease: Lease, seconds: float) -> Iterator[None]:
        """Extend the lease while this context lasts, at most for `seconds`.

        Raises inside it `OverTimeError` afterwards, or `LeaseLostError` when the job was given to another worker.
        """
        with self._lock:
            self._beats[lease.token] = _Beat(lease, threading.get_ident(), time.monotonic() + seconds)
        try:
            yield
        finally:
            with self._lock:
                self._beats.pop(lease.token, None)

    def _run(self) -> None:
        while not self._stopped.wait(self._lease.total_seconds() / BEATS_A_LEASE):
            with self._lock:
                beats = list(self._beats.values())
            for beat in beats:
                if time.monotonic() > beat.until:
                    self._interrupt(beat, OverTimeError)
                    continue
                try:
                    self._extend(beat.lease)
                except LeaseLostError:
                    self._interrupt(beat, LeaseLostError)
                except SQLAlchemyError as error:
                    log.warning("job.beat_missed", job=str(beat.lease.job_id), exc_info=error)

    def _extend(self, lease: Lease) -> None:
        with self._database.begin(Scope(lease.organization_id)) as session:
            if not self._database.embedded:
                # A row that is locked is being ended; waiting for it would hold up the other hearts.
                session.execute(sa.text("SET LOCAL lock_timeout = '1s'"))
            jobs.extend(session, lease, now() + self._lease)

    def _interrupt(self, beat: _Beat, error: type[BaseException]) -> None:
        with self._lock:
            if self._beats.pop(beat.lease.token, None) is not None:
                raise_thread_exception(beat.thread_id, error)  # type: ignore[no-untyped-call]


class Runner:
    """Runs jobs by id, as the broker's messages name them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._database = services.database
        self._lease = datetime.timedelta(seconds=services.settings.job_lease_seconds)
        self.heart = Heart(services.database, self._lease)

    def run(self, job_id: uuid.UUID, organization_id: uuid.UUID) -> None:
        """Make one attempt at a job. Nothing happens when another worker has it or it has ended."""
        with self._database.begin(Scope(organization_id)) as session:
            lease = jobs.take(session, job_id, self._lease)
        if lease is None:
            log.debug("job.not_to_be_taken", job=str(job_id))
            return
        began = time.monotonic()
        outcome = self._attempt(lease)
        seconds = time.monotonic() - began
        metrics.JOB_SECONDS.labels(lease.name, outcome).observe(seconds)
        log.info(
            "job.ended",
            outcome=outcome,
            job=str(job_id),
            name=lease.name,
            attempt=lease.attempts,
            seconds=round(seconds, 3),
        )

    def give_back(self) -> None:
        """Hand the jobs that still run to other workers; what this process still does for them counts for nothing."""
        for lease in self.heart.leases():
            try:
                with self._database.begin(Scope(lease.organization_id)) as session:
                    jobs.give_back(session, lease)
                log.info("job.given_back", job=str(lease.job_id), name=lease.name)
            except LeaseLostError:
                continue

    def _attempt(self, lease: Lease) -> str:
        """The outcome, as it is called in logs and figures."""
        spec: JobSpec | None = None
        try:
            if lease.lapses >= jobs.MAX_LAPSES:
                raise JobFailureError(jobs.LAPSED, again=False)
            spec = find(lease.name)
            with self.heart.beating(lease, spec.time_limit):
                with self._database.begin(Scope(lease.organization_id), write=False) as session:
                    viewer = viewer_of(session, lease.organization_id, lease.requested_by)
                effect = spec.function(JobRun(lease.args, viewer, self._services, lease))
            with self._database.begin(Scope(lease.organization_id)) as session:
                jobs.finish(session, lease)
                if effect is not None:
                    effect(session)
        except LeaseLostError:
            return "lease_lost"
        except (Exception, OverTimeError) as error:  # noqa: BLE001 - whatever a job raises is its failure
            return self._failed(lease, spec, error)
        return "done"

    def _failed(self, lease: Lease, spec: JobSpec | None, error: BaseException) -> str:
        code, worth_it = _judged(error)
        tries = OUTAGE_FAILURES if code == OUTAGE else spec.max_failures if spec else UNKNOWN_JOB_FAILURES
        again = worth_it and lease.failures + 1 < tries
        log.warning("job.failure", job=str(lease.job_id), name=lease.name, code=code, again=again, exc_info=error)
        try:
            self._end_failed(lease, code, error, again=again, spec=spec)
        except LeaseLostError:
            return "lease_lost"
        return "failed" if again else "dead"

    def _end_failed(self, lease: Lease, code: str, error: BaseException, *, again: bool, spec: JobSpec | None) -> None:
        spec = spec or _known(lease.name)
        try:
            with self._database.begin(Scope(lease.organization_id)) as session:
                jobs.fail(session, lease, code, place_of(error), again=again)
                if not again and spec is not None and spec.gave_up is not None:
                    viewer = viewer_of(session, lease.organization_id, lease.requested_by)
                    spec.gave_up(session, viewer, lease.args, code)
        except LeaseLostError:
            raise
        except Exception as second:
            log.error("job.gave_up_badly", job=str(lease.job_id), name=lease.name, exc_info=second)
            with self._database.begin(Scope(lease.organization_id)) as session:
                jobs.fail(session, lease, code, place_of(error), again=again)


def _known(name: str) -> JobSpec | None:
    try:
        return find(name)
    except UnknownJobError:
        return None


def _judged(error: BaseException) -> tuple[str, bool]:
    """The error's code, and whether another try may go better."""
    match error:
        case JobFailureError():
            return error.code, error.again
        case DomainError():
            return error.code.value.lower(), False
        case DomainErrors():
            return error.errors[0].code.value.lower(), False
        case SandboxError():
            return f"sandbox_{error.code}", error.again
        case OverTimeError():
            return "over_time", True
        case UnknownJobError():
            return "unknown_job", True
        case _ if is_outage(error):
            return OUTAGE, True
    return "unexpected", True
