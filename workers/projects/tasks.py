"""Jobs of projects: telling of late tasks."""

from __future__ import annotations

import datetime

from sqlalchemy.orm import Session

from resolvers.projects import escalating
from workers.registry import Effect, JobRun, job


@job(escalating.JOB, max_failures=3, time_limit=300)
def tell_of_blocked_tasks(run: JobRun) -> Effect:
    """Tell managers and PMO of late tasks without a status update, once for each level."""
    due = datetime.datetime.fromisoformat(run.args["due"])

    def effect(session: Session) -> None:
        escalating.tell_of_blocked(session, run.viewer, due)

    return effect
