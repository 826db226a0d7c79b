"""Jobs of projects: telling of late tasks, and making tasks by rule."""

from __future__ import annotations

import datetime

from sqlalchemy.orm import Session

from resolvers import causes
from resolvers.projects import escalating, task_rules
from workers.registry import Effect, JobRun, job


@job(escalating.JOB, max_failures=3, time_limit=300)
def tell_of_blocked_tasks(run: JobRun) -> Effect:
    """Tell managers and PMO of late tasks without a status update, once for each level."""
    due = datetime.datetime.fromisoformat(run.args["due"])

    def effect(session: Session) -> None:
        escalating.tell_of_blocked(session, run.viewer, due)

    return effect


@job(causes.JOB, max_failures=5, time_limit=120)
def apply_rules(run: JobRun) -> Effect:
    """Make the tasks of the rules that waited for something that happened."""
    cause = causes.Cause.of(run.args)

    def effect(session: Session) -> None:
        task_rules.fire(session, run.viewer, cause)

    return effect
