"""Jobs in the schema: how far the work is that somebody asked for. A job never shows content."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models import jobs as rows
from db.queries import jobs
from resolvers import jobs as use_cases
from resolvers.access import OPERATOR_ROLES
from resolvers.reasons import reason_text
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.mutation import REQUEST_ID, mutation
from schema.people import loaded
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant, only
from schema.relay import GlobalId, Node, decode_id, node_type
from schema.scalars import described_enum

described_enum(
    rows.JobState,
    description="Where a job stands.",
    values={
        "QUEUED": "Waits for its time.",
        "SENT": "Handed out; no worker has begun it yet.",
        "RUNNING": "A worker is at it.",
        "DONE": "Done.",
        "DEAD": "Given up; see the error. HR or an administrator may start it again.",
    },
)

FOLLOWED = Permission("who asked for the job; HR and ADMINISTRATOR follow all")


def load_jobs(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Job | None]:
    """The jobs that the viewer may follow."""
    return loaded(jobs.by_ids(context.session, context.viewer, [id_ for id_ in ids if id_ is not None]), ids)


def _jobs_of(context: Context, parents: Sequence[Any]) -> list[rows.Job | None]:
    return load_jobs(context, [parent.job_id for parent in parents])


def _errors(context: Context, parents: Sequence[rows.Job]) -> list[str | None]:
    return [None if row.error_code is None else reason_text(row.error_code, context.locale) for row in parents]


@node_type(rows.Job, load=load_jobs, description="Work that goes on after the answer; it tells its progress.")
class Job(Node):
    name: str = field(description="What is done: `intake.read` reads a photographed form.")
    state: rows.JobState = field(description="Where it stands.")
    progress: int = field(description="How far it is, in percent.")
    stage: str | None = field(description="Code of what it is doing now.")
    attempts: int = field(description="How often a worker has begun it.")
    error_code: str | None = field(description="Code of the last failure; null when there was none.")
    error: str | None = batch(_errors, description="What the last failure means, in the viewer's language.")
    created_at: datetime.datetime = field(description="When it was asked for.")
    finished_at: datetime.datetime | None = field(description="When it ended.")


@strawberry.input(description="Which job to start again.")
class RetryJobInput:
    id: strawberry.ID = strawberry.field(description="Global id of the job.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The job, waiting again.")
class RetryJobPayload:
    job: Job | None = field(description="The job; null when it could not be started again.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _job(context: Context, id: GlobalId) -> rows.Job | None:
    return load_jobs(context, [decode_id(id, "Job", at=("id",))])[0]


def _retry(context: Context, input: RetryJobInput) -> Mapping[str, Any]:
    job_id = decode_id(input.id, "Job", at=("input", "id"))
    return {"job": use_cases.retry_job(context.session, context.viewer, job_id)}


@strawberry.type
class JobQueries:
    job: Job | None = root(_job, description="A job that the viewer may follow; null when there is none.")


@strawberry.type
class JobMutations:
    retry_job: RetryJobPayload = mutation(_retry, description="Start a dead job again.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "job"),
    **grant("Mutation", only(*OPERATOR_ROLES), "retryJob"),
    **grant("Job", FOLLOWED, "id name state progress stage attempts errorCode error createdAt finishedAt"),
}
