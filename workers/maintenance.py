"""Jobs that keep an organisation's store tidy. `workers.schedule` puts each in once a day."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.models.events import RequestReceipt
from db.models.jobs import Job, JobState
from resolvers import rewording
from resolvers.briefs import documents
from workers.registry import Effect, JobRun, job
from workers.schedule import PLANS

RECEIPTS_KEPT = datetime.timedelta(days=7)
"""How long a repeated request is still recognised."""
RUNS_KEPT = datetime.timedelta(days=30)
"""How long the rows of ended recurring jobs are kept."""


@job("maintenance.sweep_files", max_failures=3, time_limit=900)
def sweep_files(run: JobRun) -> Effect:
    """Remove stored bytes and rows of files that nothing refers to any more."""

    def effect(session: Session) -> None:
        documents.let_go_of_files(session, run.viewer.organization_id)
        run.services.files.sweep(session, run.viewer.organization_id)

    return effect


@job("maintenance.expire_receipts", max_failures=3, time_limit=300)
def expire_receipts(run: JobRun) -> Effect:
    """Delete old answers to requests with an id, proposed wordings, and old rows of ended recurring jobs."""

    def effect(session: Session) -> None:
        rewording.expire(session, run.viewer)
        session.execute(sa.delete(RequestReceipt).where(RequestReceipt.created_at < now() - RECEIPTS_KEPT))
        recurring = [plan.job for plan in PLANS]
        session.execute(
            sa.delete(Job).where(
                Job.name.in_(recurring), Job.state == JobState.DONE, Job.finished_at < now() - RUNS_KEPT
            )
        )

    return effect
