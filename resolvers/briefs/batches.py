"""The briefs of a department or of the organisation as one archive: asking for it, stopping it, taking it out.

| use case | who |
| --- | --- |
| ask for a batch | managers and HR, who answer for somebody in it; for HR: HR |
| cancel it, go on with it, see it, take its archive out | who asked for it |

Whether a brief may be made for a person is asked anew for each of them; the others are named with the reason. The
archive is taken out only while every brief in it may still be read by whoever asked for it, with all of its evidence:
what somebody took back since then stands in the archive's files still.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import new_id, now
from db.events import record, record_accesses
from db.jobs import enqueue
from db.models.briefs import (
    Audience,
    BatchOutcome,
    BatchStatus,
    Brief,
    BriefBatch,
    BriefBatchEntry,
    DocumentFormat,
    LeftOut,
)
from db.models.events import AccessedResource
from db.models.files import StoredFile
from db.models.people import Person
from db.queries import brief_batches, briefs, goals, people
from db.viewer import Role, Viewer
from resolvers.briefs import reading
from resolvers.errors import DomainError, ErrorCode

JOB = "briefs.write_batch"
IN_ARCHIVE = (BatchOutcome.WRITTEN, BatchOutcome.UNCHANGED)
"""Outcomes of people whose brief the archive holds."""


@dataclass(frozen=True, slots=True)
class BatchWanted:
    """Which briefs, and as which files."""

    cycle_id: uuid.UUID
    department_id: uuid.UUID | None
    audience: Audience
    language: str
    formats: Sequence[DocumentFormat]


def request_batch(session: Session, viewer: Viewer, wanted: BatchWanted) -> BriefBatch:
    """Put in the job that makes the archive. While the same is being made, asking again gives that batch.

    Raises `DomainError` NOT_FOUND, FORBIDDEN, FORMAT_REQUIRED, NOBODY_TO_BRIEF.
    """
    cycle = goals.by_ids(session, viewer, [wanted.cycle_id]).get(wanted.cycle_id)
    if cycle is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "cycleId"))
    if wanted.department_id is not None and not people.departments(session, viewer, [wanted.department_id]):
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "departmentId"))
    led = people.led_ids(session, viewer)
    if viewer.person_id is None or led is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    if wanted.audience is Audience.HR and not viewer.has(Role.HR):
        raise DomainError(ErrorCode.FORBIDDEN, ("input", "audience"))
    formats = [format_.value for format_ in DocumentFormat if format_ in wanted.formats]
    if not formats:
        raise DomainError(ErrorCode.FORMAT_REQUIRED, ("input", "formats"))
    # Two requests at once: the second waits here and finds the first one's batch.
    session.execute(sa.select(Person.id).where(Person.id == viewer.person_id).with_for_update())
    same = (
        BriefBatch.cycle_id == wanted.cycle_id,
        BriefBatch.department_id.is_(None)
        if wanted.department_id is None
        else BriefBatch.department_id == wanted.department_id,
        BriefBatch.audience == wanted.audience,
        BriefBatch.language == wanted.language,
        BriefBatch.status == BatchStatus.RUNNING,
    )
    for running in session.scalars(brief_batches.visible_to(viewer).where(*same)):
        if running.formats == formats:
            return running
    subjects = brief_batches.people_of(session, viewer, cycle, wanted.department_id)
    if not set(session.scalars(led)) & set(subjects):
        raise DomainError(ErrorCode.NOBODY_TO_BRIEF if viewer.has(Role.HR) else ErrorCode.FORBIDDEN)
    batch_id = new_id()
    made = BriefBatch(
        id=batch_id,
        organization_id=viewer.organization_id,
        cycle_id=wanted.cycle_id,
        department_id=wanted.department_id,
        audience=wanted.audience,
        language=wanted.language,
        formats=formats,
        requested_by=viewer.person_id,
        job_id=_enqueue(session, viewer, batch_id),
        status=BatchStatus.RUNNING,
    )
    session.add(made)
    session.flush()
    owned = {"organization_id": viewer.organization_id, "batch_id": made.id}
    session.execute(
        sa.insert(BriefBatchEntry),
        [
            {**owned, "position": at, "subject_id": subject_id, "outcome": BatchOutcome.WAITING}
            for at, subject_id in enumerate(subjects, start=1)
        ],
    )
    record(session, viewer, "brief_batch.requested", "BriefBatch", made.id)
    return made


def cancel_batch(session: Session, viewer: Viewer, batch_id: uuid.UUID, expected_version: int | None) -> BriefBatch:
    """Stop after the brief that is being written; what is written stays. Raises NOT_FOUND, CONFLICT, NOT_READY."""
    batch = _locked(session, viewer, batch_id, expected_version, BatchStatus.RUNNING)
    batch.status, batch.finished_at = BatchStatus.CANCELLED, now()
    session.flush()
    record(session, viewer, "brief_batch.cancelled", "BriefBatch", batch.id)
    return batch


def resume_batch(session: Session, viewer: Viewer, batch_id: uuid.UUID, expected_version: int | None) -> BriefBatch:
    """Go on with a batch that was cancelled or given up, where it stood; people whose brief failed get another try.

    Raises NOT_FOUND, CONFLICT, NOT_READY.
    """
    batch = _locked(session, viewer, batch_id, expected_version, BatchStatus.CANCELLED, BatchStatus.FAILED)
    session.execute(
        sa.update(BriefBatchEntry)
        .where(BriefBatchEntry.batch_id == batch.id, BriefBatchEntry.reason == LeftOut.FAILED)
        .values(outcome=BatchOutcome.WAITING, reason=None)
    )
    batch.status, batch.finished_at = BatchStatus.RUNNING, None
    batch.job_id = _enqueue(session, viewer, batch.id)
    session.flush()
    record(session, viewer, "brief_batch.resumed", "BriefBatch", batch.id)
    return batch


def continue_later(session: Session, viewer: Viewer, batch_id: uuid.UUID, job_id: uuid.UUID) -> None:
    """Another job takes over from this one, if this one is still the batch's."""
    batch = session.get_one(BriefBatch, batch_id, with_for_update=True)
    if batch.status is BatchStatus.RUNNING and batch.job_id == job_id:
        batch.job_id = _enqueue(session, viewer, batch_id)


def readable(session: Session, viewer: Viewer, wanted: Sequence[BriefBatch]) -> set[uuid.UUID]:
    """Those of the viewer's batches that have an archive and of which the viewer may read every brief now."""
    lost = _lost(session, viewer, wanted)
    return {batch.id for batch in wanted if batch.file_id is not None and batch.id not in lost}


def _lost(session: Session, viewer: Viewer, wanted: Sequence[BriefBatch]) -> set[uuid.UUID]:
    """Those in whose archives is a brief that the viewer may not read any more."""
    inside = (
        sa.select(BriefBatchEntry.batch_id)
        .where(BriefBatchEntry.batch_id.in_([batch.id for batch in wanted]), BriefBatchEntry.outcome.in_(IN_ARCHIVE))
        .where(BriefBatchEntry.brief_id.not_in(briefs.visible_to(session, viewer).with_only_columns(Brief.id)))
    )
    return set(session.scalars(inside.distinct()))


def problems(session: Session, viewer: Viewer, wanted: Sequence[BriefBatch]) -> list[ErrorCode | None]:
    """Why there is no archive of each of the viewer's batches; None where there is, and before it is made.

    WORK_FAILED: it was given up. FILE_EXPIRED: its week is over. NOT_FOUND: a brief in it is not for the viewer any
    more.
    """
    there = readable(session, viewer, wanted)
    return [None if batch.id in there else _problem(batch) for batch in wanted]


def _problem(batch: BriefBatch) -> ErrorCode | None:
    if batch.status is BatchStatus.FAILED:
        return ErrorCode.WORK_FAILED
    if batch.status is not BatchStatus.DONE:
        return None
    return ErrorCode.FILE_EXPIRED if batch.file_id is None else ErrorCode.NOT_FOUND


def take_out(session: Session, viewer: Viewer, batch_id: uuid.UUID) -> StoredFile:
    """The archive, noted as a reading of each brief in it. A brief goes into an archive whole, so evidence that the
    viewer may not see was lost since then.

    Raises `DomainError` NOT_FOUND when there is none that the viewer may have now, EVIDENCE_WITHDRAWN.
    """
    batch = session.scalars(brief_batches.visible_to(viewer).where(BriefBatch.id == batch_id)).first()
    if batch is None or batch.status is not BatchStatus.DONE or _lost(session, viewer, [batch]):
        raise DomainError(ErrorCode.NOT_FOUND)
    inside = session.scalars(
        sa.select(Brief)
        .join(BriefBatchEntry, BriefBatchEntry.brief_id == Brief.id)
        .where(BriefBatchEntry.batch_id == batch.id, BriefBatchEntry.outcome.in_(IN_ARCHIVE))
        .order_by(BriefBatchEntry.position)
    ).all()
    if not reading.may_see_all(session, viewer, inside).issuperset(brief.id for brief in inside):
        raise DomainError(ErrorCode.EVIDENCE_WITHDRAWN)
    if batch.file_id is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    record_accesses(session, viewer, [(AccessedResource.BRIEF, brief.id, brief.subject_id) for brief in inside])
    record(session, viewer, "brief_batch.taken_out", "BriefBatch", batch.id)
    return session.get_one(StoredFile, batch.file_id)


def _enqueue(session: Session, viewer: Viewer, batch_id: uuid.UUID) -> uuid.UUID:
    return enqueue(session, viewer, JOB, {"batch_id": str(batch_id)}).id


def _locked(
    session: Session, viewer: Viewer, batch_id: uuid.UUID, expected_version: int | None, *states: BatchStatus
) -> BriefBatch:
    """The viewer's batch in one of these states, held until the transaction ends."""
    batch = session.scalars(brief_batches.visible_to(viewer).where(BriefBatch.id == batch_id).with_for_update()).first()
    if batch is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    if expected_version is not None and batch.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    if batch.status not in states:
        raise DomainError(ErrorCode.NOT_READY, ("input", "id"))
    return batch
