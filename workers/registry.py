"""What a job is: a name, a function, and what it promises about retries, time and errors.

    @job("intake.read", max_failures=3, time_limit=300, throws=("unreadable",), gave_up=mark_failed)
    def read(run: JobRun) -> Effect | None: ...

The function reads in short transactions, works outside of any, and returns its effect: a function of a session that is
committed together with the job's end, once. It may run several times before that, so it starts by looking whether the
work is still to be done.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db import jobs
from db.files import FileStore
from db.models.people import Person, RoleGrant
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer, system_viewer

if TYPE_CHECKING:
    from workers.reading import ReadingProcess

MODULES = (
    "workers.brief_batches",
    "workers.briefs",
    "workers.channels",
    "workers.forms",
    "workers.feedback",
    "workers.goals",
    "workers.intake",
    "workers.maintenance",
    "workers.projects.deliverables",
    "workers.projects.feeds",
    "workers.projects.tasks",
    "workers.rewording",
)
"""Where the product's jobs are defined."""

Effect = Callable[[Session], None]


class JobFailureError(Exception):
    """The job cannot be done now (`again`: worth another try) or ever, for a reason with a code of `throws`."""

    def __init__(self, code: str, *, again: bool) -> None:
        super().__init__(code)
        self.code = code
        self.again = again


class UnknownJobError(LookupError):
    """No function is registered under this name: the row was put in by another version of the program."""


@dataclass(frozen=True, slots=True)
class Services:
    """What every job may use; made once for each worker process."""

    settings: Settings
    database: Database
    files: FileStore
    reading: ReadingProcess


@dataclass(frozen=True, slots=True)
class JobRun:
    """One attempt at a job, as the person who asked for it."""

    args: dict[str, Any]
    viewer: Viewer
    services: Services
    lease: jobs.Lease = field(repr=False)

    @property
    def id(self) -> uuid.UUID:
        """The job's id: the idempotency key of effects outside the database."""
        return self.lease.job_id

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A short reading transaction of the job's organisation."""
        with self.services.database.begin(Scope(self.viewer.organization_id), write=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A short writing transaction before the end, such as marking that work began. It commits only while this run
        holds the job; raises `db.jobs.LeaseLostError` else."""
        with self.services.database.begin(Scope(self.viewer.organization_id)) as session:
            jobs.hold(session, self.lease)
            yield session

    def progress(self, percent: int, stage: str) -> None:
        """Tell whoever waits how far the job is: percent, and the code of what it does now.

        Raises `db.jobs.LeaseLostError` when the job was given to another worker meanwhile: stop, nothing counts.
        """
        with self.services.database.begin(Scope(self.viewer.organization_id)) as session:
            jobs.report(session, self.lease, percent, stage)


GaveUp = Callable[[Session, Viewer, dict[str, Any], str], None]


@dataclass(frozen=True, slots=True)
class JobSpec:
    name: str
    function: Callable[[JobRun], Effect | None]
    max_failures: int
    """After so many failures of its own the job is DEAD."""
    time_limit: float
    """Seconds of one attempt."""
    throws: tuple[str, ...]
    """Codes with which the job itself may fail."""
    gave_up: GaveUp | None
    """Runs in the transaction that makes the job DEAD, with the code of why."""

    @property
    def summary(self) -> str:
        """The first sentence of the function's docstring."""
        return (self.function.__doc__ or "").strip().split("\n")[0]


_specs: dict[str, JobSpec] = {}


def job(
    name: str,
    *,
    max_failures: int,
    time_limit: float,
    throws: tuple[str, ...] = (),
    gave_up: GaveUp | None = None,
) -> Callable[[Callable[[JobRun], Effect | None]], Callable[[JobRun], Effect | None]]:
    """Register a function as the job `name`. Raises `ValueError` when the name is taken."""

    def register(function: Callable[[JobRun], Effect | None]) -> Callable[[JobRun], Effect | None]:
        if name in _specs:
            raise ValueError(f"two functions for the job {name}")
        _specs[name] = JobSpec(name, function, max_failures, time_limit, throws, gave_up)
        return function

    return register


def load() -> None:
    """Import the modules that define the product's jobs."""
    for module in MODULES:
        import_module(module)


def find(name: str) -> JobSpec:
    """The job of this name. Raises `UnknownJobError`."""
    try:
        return _specs[name]
    except KeyError:
        raise UnknownJobError(name) from None


def catalogue() -> list[JobSpec]:
    """The product's jobs, by name."""
    load()
    return sorted((spec for spec in _specs.values() if spec.function.__module__ in MODULES), key=lambda spec: spec.name)


def viewer_of(session: Session, organization_id: uuid.UUID, person_id: uuid.UUID | None) -> Viewer:
    """The viewer a job runs as: the person who asked, with the roles of today; without one, the system."""
    if person_id is None:
        return system_viewer(organization_id)
    locale = session.scalar(sa.select(Person.locale).where(Person.id == person_id))
    roles = session.scalars(sa.select(RoleGrant.role).where(RoleGrant.person_id == person_id))
    return Viewer(organization_id, person_id, frozenset(roles), locale or "zh")
