"""Jobs as people see them: following one, and starting a dead one again."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from db import jobs as rows
from db.events import record
from db.models.jobs import Job
from db.queries import jobs
from db.viewer import Viewer
from resolvers import access
from resolvers.errors import DomainError, ErrorCode


def retry_job(session: Session, viewer: Viewer, job_id: uuid.UUID) -> Job:
    """Queue a dead job again. For HR and administrators.

    Raises `DomainError` FORBIDDEN, NOT_FOUND, and NOT_READY when the job is not dead.
    """
    access.require_operator(viewer)
    if job_id not in jobs.by_ids(session, viewer, [job_id]):
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    if not rows.retry(session, job_id):
        raise DomainError(ErrorCode.NOT_READY, ("input", "id"))
    record(session, viewer, "job.retried", "Job", job_id)
    return session.get_one(Job, job_id, populate_existing=True)
