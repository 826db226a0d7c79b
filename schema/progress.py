"""`jobProgress`: a job's state as it changes, until it is done or given up."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import strawberry
from sqlalchemy.orm import Session

from db.models import jobs as rows
from db.queries import jobs
from resolvers.errors import DomainError, ErrorCode
from schema.batching import field
from schema.context import Context
from schema.jobs import Job
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant
from schema.relay import GlobalId, decode_id
from schema.subscription import subscription

_ENDED = (rows.JobState.DONE, rows.JobState.DEAD)


@dataclass(frozen=True, slots=True)
class Progress:
    """A job at one moment."""

    job: rows.Job
    state: rows.JobState
    progress: int
    stage: str | None


@strawberry.type(description="How far a job is.")
class JobProgress:
    job: Job = field(description="The job.")
    state: rows.JobState = field(description="Its state; after DONE or DEAD nothing follows.")
    progress: int = field(description="How far it is, in percent.")
    stage: str | None = field(description="Code of what it is doing now.")


async def follow_job(context: Context, id: GlobalId) -> AsyncGenerator[Progress, None]:
    """The job's state now and at each change. Raises `DomainError` NOT_FOUND for jobs that the viewer may not see."""
    job_id = decode_id(id, "Job", at=("id",))

    def look(session: Session) -> rows.Job | None:
        return jobs.by_ids(session, context.viewer, [job_id]).get(job_id)

    shown: tuple[object, ...] | None = None
    async with context.services.changes.watch(str(job_id)) as changed:
        while True:
            job = await context.read(look)
            if job is None:
                raise DomainError(ErrorCode.NOT_FOUND, ("id",))
            state = (job.state, job.progress, job.stage)
            if state != shown:
                shown = state
                yield Progress(job, *state)
            if job.state in _ENDED:
                return
            await changed()


@strawberry.type
class ProgressSubscriptions:
    job_progress: JobProgress = subscription(
        follow_job,
        description=(
            "A job's state now and at each change, until it is DONE or DEAD; then the stream ends. "
            "A job that the viewer may not see is NOT_FOUND."
        ),
    )


PERMISSIONS: PermissionMap = {
    **grant("Subscription", SIGNED_IN, "jobProgress"),
    **grant("JobProgress", VISIBLE, "job state progress stage"),
}
