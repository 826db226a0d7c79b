"""Jobs: whose progress a viewer may follow."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.jobs import Job
from db.viewer import Role, Viewer


def visible_to(viewer: Viewer) -> sa.Select[Job]:
    """The jobs one asked for; HR and administrators see the state of all (a job shows no content)."""
    statement = sa.select(Job).where(Job.organization_id == viewer.organization_id)
    if viewer.is_system or viewer.has(Role.HR, Role.ADMINISTRATOR):
        return statement
    return statement.where(Job.requested_by == viewer.person_id)


def by_ids(session: Session, viewer: Viewer, job_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Job]:
    """Those of the jobs that the viewer may follow."""
    return {job.id: job for job in session.scalars(visible_to(viewer).where(Job.id.in_(set(job_ids))))}


def by_dedupe_keys(session: Session, viewer: Viewer, keys: Iterable[str]) -> dict[str, Job]:
    """Those of the jobs with these keys that the viewer may follow."""
    found = session.scalars(visible_to(viewer).where(Job.dedupe_key.in_(set(keys))))
    return {job.dedupe_key: job for job in found if job.dedupe_key is not None}
