"""What the worker needs to make a batch person by person, and keeping what it made."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.files import FileStore
from db.models.briefs import (
    BatchOutcome,
    BatchStatus,
    Brief,
    BriefBatch,
    BriefBatchEntry,
    BriefStatus,
    DocumentFormat,
    LeftOut,
)
from db.models.jobs import Job, JobState
from db.models.people import Department, Person
from db.queries import brief_batches, briefs, people
from db.queries.logins import load_viewer
from db.viewer import Viewer
from resolvers.briefs import words, writing
from resolvers.briefs.batches import IN_ARCHIVE
from resolvers.briefs.contract import Material, Text
from resolvers.briefs.page import Page, page_of
from resolvers.briefs.requesting import NOT_COLLECTED, Wanted, latest_edition, next_edition, require_may_ask
from resolvers.errors import DomainError, ErrorCode

MEDIA_TYPE = "application/zip"
_REASONS = {
    ErrorCode.AUDIENCE_MISSING: LeftOut.NO_AUDIENCE,
    ErrorCode.FORBIDDEN: LeftOut.NO_ACCESS,
    ErrorCode.NOT_FOUND: LeftOut.NO_ACCESS,
}
_THERE = frozenset({BriefStatus.READY, BriefStatus.INSUFFICIENT})


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for one person: write from the material, take the brief that is there, or leave them out."""

    entry_id: uuid.UUID
    wanted: Wanted
    material: Material | None = None
    brief_id: uuid.UUID | None = None
    reason: LeftOut | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a batch as the archive names them, with the page of their brief if it is to be in there."""

    entry_id: uuid.UUID
    staff_number: str
    name: str
    department: str
    edition: int | None
    page: Page | None
    reason: LeftOut | None


def stands(session: Session, batch_id: uuid.UUID, job_id: uuid.UUID, *, lock: bool = False) -> BriefBatch | None:
    """The batch, if this job is (still) to work on it. `lock`: nobody cancels it before this transaction ends."""
    batch = session.get_one(BriefBatch, batch_id, with_for_update=lock)
    return batch if batch.status is BatchStatus.RUNNING and batch.job_id == job_id else None


def entry_ids(session: Session, viewer: Viewer, batch_id: uuid.UUID, *, waiting: bool) -> Sequence[uuid.UUID]:
    """The people of the batch in their order: those without an outcome, or all."""
    statement = brief_batches.entries(viewer).where(BriefBatchEntry.batch_id == batch_id)
    if waiting:
        statement = statement.where(BriefBatchEntry.outcome == BatchOutcome.WAITING)
    return session.scalars(statement.with_only_columns(BriefBatchEntry.id).order_by(BriefBatchEntry.position)).all()


def plan(session: Session, entry_id: uuid.UUID, generator: str, names: Collection[str]) -> Plan:
    """What is to be done for this person, with the rights of whoever asked for the batch as they are now."""
    entry = session.get_one(BriefBatchEntry, entry_id)
    batch = session.get_one(BriefBatch, entry.batch_id)
    wanted = Wanted(entry.subject_id, batch.cycle_id, batch.audience, batch.language, generator)
    viewer = load_viewer(session, batch.requested_by)
    if viewer is None:
        return Plan(entry_id, wanted, reason=LeftOut.NO_ACCESS)
    known = people.entries(session, viewer, [entry.subject_id])[entry.subject_id]
    if known.department_id is None or known.archived_at is not None:
        return Plan(entry_id, wanted, reason=LeftOut.NO_EMPLOYMENT)
    try:
        require_may_ask(session, viewer, wanted)
        material = writing.collected(session, viewer, wanted, names)
    except DomainError as error:
        return Plan(entry_id, wanted, reason=_REASONS[error.code])
    there = _same(latest_edition(session, viewer, wanted), material)
    return Plan(entry_id, wanted, material) if there is None else Plan(entry_id, wanted, brief_id=there.id)


def keep(session: Session, viewer: Viewer, plan: Plan, text: Text | None) -> None:
    """Keep what came of the plan; without a text of its material the brief failed. Doing it again changes nothing.

    The caller holds the batch.
    """
    entry = session.get_one(BriefBatchEntry, plan.entry_id, populate_existing=True)
    if entry.outcome is not BatchOutcome.WAITING:
        return
    entry.outcome, entry.reason = BatchOutcome.LEFT_OUT, plan.reason
    if plan.brief_id is not None:
        _found(entry, session.get_one(Brief, plan.brief_id), BatchOutcome.UNCHANGED)
    elif plan.material is not None and text is None:
        entry.reason = LeftOut.FAILED
    elif plan.material is not None and text is not None:
        _found(entry, *_written(session, viewer, plan.wanted, plan.material, text))


def _written(
    session: Session, viewer: Viewer, wanted: Wanted, material: Material, text: Text
) -> tuple[Brief, BatchOutcome]:
    """The brief with this text: the edition that waits for it, or another one; or what somebody wrote meanwhile."""
    # Two writers at once: the second waits here and finds the first one's edition.
    session.execute(sa.select(Person.id).where(Person.id == wanted.subject_id).with_for_update())
    latest = latest_edition(session, viewer, wanted)
    there = _same(latest, material)
    if there is not None:
        return there, BatchOutcome.UNCHANGED
    waits = latest is not None and latest.status is BriefStatus.QUEUED
    if latest is None or not waits or latest.digest not in {material.digest, NOT_COLLECTED}:
        latest = next_edition(viewer, wanted, latest, material.digest)
        session.add(latest)
        session.flush()
        record(session, viewer, "brief.requested", "Brief", latest.id)
    writing.record_text(session, viewer, latest.id, material, text)
    return latest, BatchOutcome.WRITTEN


def _same(latest: Brief | None, material: Material) -> Brief | None:
    """The latest edition if it was written from this very material."""
    return latest if latest is not None and latest.digest == material.digest and latest.status in _THERE else None


def _found(entry: BriefBatchEntry, brief: Brief, outcome: BatchOutcome) -> None:
    entry.brief_id = brief.id
    if brief.status is BriefStatus.INSUFFICIENT:
        entry.outcome, entry.reason = BatchOutcome.LEFT_OUT, LeftOut.INSUFFICIENT
    else:
        entry.outcome, entry.reason = outcome, None


def member(session: Session, entry_id: uuid.UUID) -> Member:
    """The person for the archive, with the rights of whoever asked for it as they are now."""
    entry = session.get_one(BriefBatchEntry, entry_id)
    batch = session.get_one(BriefBatch, entry.batch_id)
    viewer = load_viewer(session, batch.requested_by)
    brief = None
    if viewer is not None and entry.brief_id is not None and entry.outcome in IN_ARCHIVE:
        brief = briefs.by_ids(session, viewer, [entry.brief_id]).get(entry.brief_id)
    asked_by = viewer or Viewer(batch.organization_id, batch.requested_by, frozenset(), batch.language)
    known = people.entries(session, asked_by, [entry.subject_id])[entry.subject_id]
    named = (known.name, known.name_latin) if batch.language == "zh" else (known.name_latin, known.name)
    department = session.get(Department, known.department_id) if known.department_id else None
    lost = entry.outcome in IN_ARCHIVE and brief is None
    return Member(
        entry_id,
        known.staff_number,
        next((name for name in named if name), ""),
        "" if department is None else getattr(department, f"name_{batch.language}"),
        None if brief is None else brief.edition,
        None if brief is None or viewer is None else page_of(session, viewer, brief),
        LeftOut.NO_ACCESS if lost else entry.reason,
    )


def index_row(member: Member, files: Sequence[str], language: str) -> list[str]:
    """The member's line of the archive's index; the columns are `words.INDEX_COLUMNS`."""
    return [
        member.staff_number,
        member.name,
        member.department,
        words.outcome(member.reason, language),
        "" if member.edition is None else str(member.edition),
        " ".join(files),
    ]


def formats_of(batch: BriefBatch) -> list[DocumentFormat]:
    return [DocumentFormat(name) for name in batch.formats]


def finish(
    session: Session,
    viewer: Viewer,
    files: FileStore,
    batch_id: uuid.UUID,
    job_id: uuid.UUID,
    *,
    archive: BinaryIO,
    left_out: dict[uuid.UUID, LeftOut],
) -> None:
    """Keep the archive, unless the batch was cancelled meanwhile; without a file where something that may stand in it
    was erased. `left_out`: who fell out of it at the last moment."""
    batch = stands(session, batch_id, job_id, lock=True)
    if batch is None:
        return
    for entry_id, reason in left_out.items():
        entry = session.get_one(BriefBatchEntry, entry_id)
        entry.outcome, entry.reason = BatchOutcome.LEFT_OUT, reason
    session.flush()
    if not brief_batches.holds_erased(session, batch.id):
        batch.file_id = files.put_stream(session, batch.organization_id, archive, MEDIA_TYPE).id
    batch.status, batch.finished_at = BatchStatus.DONE, now()
    session.flush()
    record(session, viewer, "brief_batch.done", "BriefBatch", batch.id)


def give_up(session: Session, viewer: Viewer, batch_id: uuid.UUID) -> None:
    """A batch whose job is dead says so; it can be resumed."""
    batch = session.get_one(BriefBatch, batch_id, with_for_update=True)
    if batch.status is BatchStatus.RUNNING and session.get_one(Job, batch.job_id).state is JobState.DEAD:
        batch.status, batch.finished_at = BatchStatus.FAILED, now()
        session.flush()
        record(session, viewer, "brief_batch.failed", "BriefBatch", batch.id)
