"""Jobs that keep an organisation's store tidy. Each is put in once a day, by whichever worker process looks first."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db import jobs
from db.base import now
from db.models.events import RequestReceipt
from db.models.jobs import Job, JobState
from db.session import Database, Scope
from db.viewer import system_viewer
from workers.registry import Effect, JobRun, job

RECEIPTS_KEPT = datetime.timedelta(days=7)
"""How long a repeated request is still recognised."""
RUNS_KEPT = datetime.timedelta(days=30)
"""How long the rows of ended maintenance jobs are kept."""

DAILY = ("maintenance.sweep_files", "maintenance.expire_receipts")


def put_in(database: Database, relay_database: Database) -> None:
    """Put in today's (UTC) maintenance of every organisation that ever had a job; doing it again changes nothing.

    An organisation without any job has neither uploads nor sheets, and its first job brings it here.
    """
    today = now().date().isoformat()
    with relay_database.engine.connect() as connection:
        organizations = jobs.organizations(connection)
    for organization_id in organizations:
        keys = {f"{name}:{today}": name for name in DAILY}
        with database.begin(Scope(organization_id), write=False) as session:
            standing = set(session.scalars(sa.select(Job.dedupe_key).where(Job.dedupe_key.in_(keys))))
        if standing == set(keys):
            continue
        with database.begin(Scope(organization_id)) as session:
            for key, name in keys.items():
                jobs.enqueue(session, system_viewer(organization_id), name, {}, dedupe_key=key)


@job("maintenance.sweep_files", max_failures=3, time_limit=900)
def sweep_files(run: JobRun) -> Effect:
    """Remove stored bytes and rows of files that nothing refers to any more."""

    def effect(session: Session) -> None:
        run.services.files.sweep(session, run.viewer.organization_id)

    return effect


@job("maintenance.expire_receipts", max_failures=3, time_limit=300)
def expire_receipts(run: JobRun) -> Effect:
    """Delete old answers to requests with an id, and old rows of ended maintenance."""

    def effect(session: Session) -> None:
        session.execute(sa.delete(RequestReceipt).where(RequestReceipt.created_at < now() - RECEIPTS_KEPT))
        session.execute(
            sa.delete(Job).where(Job.name.in_(DAILY), Job.state == JobState.DONE, Job.finished_at < now() - RUNS_KEPT)
        )

    return effect
