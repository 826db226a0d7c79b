"""Jobs as rows: put in with what they are for, handed out on a lease, ended together with their effect.

The life of a row: QUEUED until `run_at`; SENT once the relay has claimed it and handed its id to the broker; RUNNING
while a worker holds its lease and lets the heart beat; then DONE, or QUEUED again later after a failure, or DEAD.
A row whose lease ran out is QUEUED again without the token, so a worker that stalled beyond its lease can write nothing
under it. Messages may therefore be lost or doubled without harm.
"""

from __future__ import annotations

import datetime
import random
import uuid
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.orm import Session

from db.base import new_id, now
from db.models.jobs import Job, JobState
from db.viewer import Viewer

JOBS_CHANNEL = "throughline_jobs"
"""PostgreSQL channel that is notified when a job may be due."""
PROGRESS_CHANNEL = "throughline_progress"
"""PostgreSQL channel that carries a job's id whenever its state or progress changed."""

MAX_LAPSES = 10
"""After so many workers died or stalled over it, a job is taken for the cause and given up. Not fewer: what decodes
and reads runs in children, so a worker usually dies for reasons of its own."""
LAPSED = "worker_lost"
"""Error code of a job that was given up because too many leases ran out."""

FIRST_RETRY_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 900.0


class LeaseLostError(RuntimeError):
    """The job was given to another worker meanwhile (or taken back): nothing of this run may be written."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row the relay has just marked SENT; all that its message carries."""

    job_id: uuid.UUID
    organization_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's right to end a job: void as soon as the row carries another token."""

    job_id: uuid.UUID
    organization_id: uuid.UUID
    token: uuid.UUID
    name: str
    args: dict[str, Any]
    requested_by: uuid.UUID | None
    attempts: int
    failures: int

    @property
    def lapses(self) -> int:
        """How often a worker was lost over this job before this run."""
        return self.attempts - 1 - self.failures


def enqueue(
    session: Session,
    viewer: Viewer,
    name: str,
    args: dict[str, Any],
    *,
    dedupe_key: str | None = None,
    run_at: datetime.datetime | None = None,
) -> Job:
    """Put in a job, in the caller's transaction: it exists if and only if that commits. It runs as `viewer`.

    `args` is JSON and holds ids, never content. With a `dedupe_key` that the organisation used before, nothing is put
    in and the standing row is returned, whatever its state. `run_at`: not before then.
    """
    values = {
        "id": new_id(),
        "organization_id": viewer.organization_id,
        "name": name,
        "args": args,
        "dedupe_key": dedupe_key,
        "requested_by": viewer.person_id,
        "run_at": run_at or now(),
        "state": JobState.QUEUED,
        "created_at": now(),
        "attempts": 0,
        "failures": 0,
        "progress": 0,
    }
    embedded = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(Job) if embedded else postgresql.insert(Job)
    session.execute(insert.values(values).on_conflict_do_nothing(index_elements=["organization_id", "dedupe_key"]))
    _notify(session, JOBS_CHANNEL, "")
    standing = Job.dedupe_key == dedupe_key if dedupe_key is not None else Job.id == values["id"]
    return session.scalars(sa.select(Job).where(Job.organization_id == viewer.organization_id, standing)).one()


def bring_forward(session: Session, job_id: uuid.UUID, moment: datetime.datetime) -> None:
    """Let a job that waits for later begin at `moment`; one that began or ended stays as it is."""
    waits = sa.and_(Job.id == job_id, Job.state == JobState.QUEUED, Job.run_at > moment)
    session.execute(sa.update(Job).where(waits).values(run_at=moment))
    _notify(session, JOBS_CHANNEL, "")


def announce(session: Session, key: uuid.UUID) -> None:
    """Wake who watches this id, when the transaction commits."""
    _notify(session, PROGRESS_CHANNEL, str(key))


def claim_due(connection: Connection, *, limit: int, lease: datetime.timedelta) -> list[Claim]:
    """Queue again what lost its lease, then mark rows that are due as SENT and return them, the longest due first: at
    most `limit` may be SENT at once.

    For the relay: sees every organisation. Rows that another relay is claiming or a worker is ending are passed over.
    """
    moment = now()
    lapsed = sa.and_(Job.state.in_([JobState.SENT, JobState.RUNNING]), Job.lease_until < moment)
    _hand_over(connection, lapsed, state=JobState.QUEUED, lease_token=None, lease_until=None, limit=None)
    outstanding = connection.scalar(sa.select(sa.func.count()).where(Job.state == JobState.SENT)) or 0
    due = sa.and_(Job.state == JobState.QUEUED, Job.run_at <= moment)
    return _hand_over(
        connection, due, state=JobState.SENT, lease_until=moment + lease, limit=max(0, limit - outstanding)
    )


def _hand_over(
    connection: Connection, which: sa.ColumnElement[bool], *, limit: int | None, **values: Any
) -> list[Claim]:
    """Change rows that nobody holds, the longest due first, and return them."""
    rows = connection.execute(
        sa.select(Job.id, Job.organization_id)
        .where(which)
        .order_by(Job.run_at, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        connection.execute(sa.update(Job).where(Job.id.in_([row.id for row in rows])).values(**values))
    return [Claim(row.id, row.organization_id) for row in rows]


def unclaim(connection: Connection, claims: list[Claim]) -> None:
    """Put rows back that could not be handed to the broker."""
    connection.execute(
        sa.update(Job)
        .where(Job.id.in_([claim.job_id for claim in claims]), Job.state == JobState.SENT)
        .values(state=JobState.QUEUED, lease_until=None)
    )


def next_due(connection: Connection) -> datetime.datetime | None:
    """When the next row will be due or its lease run out; None when no row waits."""
    queued = connection.scalar(sa.select(sa.func.min(Job.run_at)).where(Job.state == JobState.QUEUED))
    leased = connection.scalar(
        sa.select(sa.func.min(Job.lease_until)).where(Job.state.in_([JobState.SENT, JobState.RUNNING]))
    )
    return min((moment for moment in (queued, leased) if moment is not None), default=None)


def organizations(connection: Connection) -> list[uuid.UUID]:
    """The organisations that ever had a job. For the relay."""
    return list(connection.scalars(sa.select(Job.organization_id).distinct()))


def take(session: Session, job_id: uuid.UUID, lease: datetime.timedelta) -> Lease | None:
    """Begin a job that was SENT: RUNNING, under a new token. None when another worker has it or it ended already."""
    token = uuid.uuid4()
    taken = session.execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.state == JobState.SENT)
        .values(
            state=JobState.RUNNING,
            lease_token=token,
            lease_until=now() + lease,
            attempts=Job.attempts + 1,
            progress=0,
            stage=None,
        )
        .execution_options(synchronize_session=False)
    )
    if _count(taken) == 0:
        return None
    _notify(session, PROGRESS_CHANNEL, str(job_id))
    job = session.scalars(sa.select(Job).where(Job.id == job_id).execution_options(populate_existing=True)).one()
    return Lease(job.id, job.organization_id, token, job.name, job.args, job.requested_by, job.attempts, job.failures)


def hold(session: Session, lease: Lease) -> None:
    """Make sure that this transaction commits only while the lease stands: the row stays locked until it ends.

    Raises `LeaseLostError`.
    """
    _change(session, lease, state=JobState.RUNNING)


def extend(session: Session, lease: Lease, until: datetime.datetime) -> None:
    """Let the heart beat: the lease runs until then. Raises `LeaseLostError`."""
    _change(session, lease, lease_until=until)


def report(session: Session, lease: Lease, percent: int, stage: str) -> None:
    """Say how far the job is: percent, and the code of what it is doing. Raises `LeaseLostError`."""
    _change(session, lease, progress=max(0, min(100, percent)), stage=stage)
    _notify(session, PROGRESS_CHANNEL, str(lease.job_id))


def finish(session: Session, lease: Lease) -> None:
    """DONE. Called before the effect in its transaction, so that the row stays locked until both commit.

    Raises `LeaseLostError`.
    """
    _change(session, lease, state=JobState.DONE, progress=100, finished_at=now(), **_ENDED, error_code=None, error=None)
    _notify(session, PROGRESS_CHANNEL, str(lease.job_id))


def fail(session: Session, lease: Lease, code: str, error: str, *, again: bool) -> None:
    """Note a failure: `again` queues the job once more after a while, else it is DEAD. Raises `LeaseLostError`.

    `error` is for operators: a type and a place in the program, free of personal data.
    """
    reason = {"failures": lease.failures + 1, "error_code": code, "error": error[:2000]}
    if again:
        later = now() + datetime.timedelta(seconds=retry_seconds(lease.failures))
        _change(session, lease, state=JobState.QUEUED, run_at=later, **_ENDED, **reason)
    else:
        _change(session, lease, state=JobState.DEAD, finished_at=now(), **_ENDED, **reason)
    _notify(session, JOBS_CHANNEL, "")
    _notify(session, PROGRESS_CHANNEL, str(lease.job_id))


def give_back(session: Session, lease: Lease) -> None:
    """Queue the job for another worker at once, as if this run had not begun. Raises `LeaseLostError`."""
    _change(session, lease, state=JobState.QUEUED, attempts=lease.attempts - 1, **_ENDED)
    _notify(session, JOBS_CHANNEL, "")


def retry(executor: Session | Connection, job_id: uuid.UUID) -> bool:
    """Queue a DEAD job again with a clean slate. False when there is no such job or it is not DEAD."""
    changed = executor.execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.state == JobState.DEAD)
        .values(
            state=JobState.QUEUED,
            run_at=now(),
            attempts=0,
            failures=0,
            error_code=None,
            error=None,
            finished_at=None,
            progress=0,
            stage=None,
        )
    )
    _notify(executor, JOBS_CHANNEL, "")
    _notify(executor, PROGRESS_CHANNEL, str(job_id))
    return _count(changed) == 1


def listing(connection: Connection, *, states: list[JobState], limit: int) -> list[sa.Row[Any]]:
    """The newest jobs in these states, of every organisation, without their arguments. For operators."""
    columns = (
        Job.id,
        Job.organization_id,
        Job.name,
        Job.state,
        Job.attempts,
        Job.failures,
        Job.run_at,
        Job.created_at,
        Job.finished_at,
        Job.error_code,
        Job.error,
    )
    statement = sa.select(*columns).where(Job.state.in_(states)).order_by(Job.id.desc()).limit(limit)
    return list(connection.execute(statement))


def counts(connection: Connection) -> dict[tuple[str, JobState], int]:
    """How many jobs there are by name and state, of every organisation. For operators."""
    rows = connection.execute(sa.select(Job.name, Job.state, sa.func.count()).group_by(Job.name, Job.state))
    return {(name, state): number for name, state, number in rows}


def retry_seconds(failures: int) -> float:
    """How long to wait after so many earlier failures: doubling, with jitter of ± 25 %, so that failures of one cause
    do not come back all at once."""
    wait = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0**failures)
    return wait * random.uniform(0.75, 1.25)


_ENDED: dict[str, Any] = {"lease_token": None, "lease_until": None, "stage": None}


def _change(session: Session, lease: Lease, **values: Any) -> None:
    changed = session.execute(
        sa.update(Job)
        .where(Job.id == lease.job_id, Job.lease_token == lease.token, Job.state == JobState.RUNNING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if _count(changed) == 0:
        raise LeaseLostError(f"job {lease.job_id} has been given to another worker")


def _count(result: sa.Result[Any]) -> int:
    return cast("CursorResult[Any]", result).rowcount


def _notify(executor: Session | Connection, channel: str, payload: str) -> None:
    """Wake listeners when, and only if, the transaction commits."""
    connection = executor.connection() if isinstance(executor, Session) else executor
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_notify(:channel, :payload)"), {"channel": channel, "payload": payload})
