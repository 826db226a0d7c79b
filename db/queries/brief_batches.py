"""Batches of briefs: each is for whoever asked for it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.briefs import BatchOutcome, BriefBatch, BriefBatchEntry, BriefEvidence
from db.models.goals import Cycle
from db.models.people import Employment, Person
from db.queries import people
from db.queries.goals import departments_below
from db.viewer import Viewer


def visible_to(viewer: Viewer) -> sa.Select[BriefBatch]:
    """The batches that the viewer asked for; for the system all."""
    statement = sa.select(BriefBatch).where(BriefBatch.organization_id == viewer.organization_id)
    return statement if viewer.is_system else statement.where(BriefBatch.requested_by == viewer.person_id)


def entries(viewer: Viewer) -> sa.Select[BriefBatchEntry]:
    """The people of these batches."""
    return sa.select(BriefBatchEntry).where(
        BriefBatchEntry.batch_id.in_(visible_to(viewer).with_only_columns(BriefBatch.id))
    )


def counts(session: Session, batch_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[BatchOutcome, int]]:
    """How many people of each batch had which outcome, of batches that the caller loaded through `visible_to`."""
    found: dict[uuid.UUID, dict[BatchOutcome, int]] = {}
    for batch_id, outcome, number in session.execute(
        sa.select(BriefBatchEntry.batch_id, BriefBatchEntry.outcome, sa.func.count())
        .where(BriefBatchEntry.batch_id.in_(set(batch_ids)))
        .group_by(BriefBatchEntry.batch_id, BriefBatchEntry.outcome)
    ):
        found.setdefault(batch_id, {})[outcome] = number
    return found


def held_with_brief_of(
    session: Session, viewer: Viewer, person_id: uuid.UUID
) -> list[tuple[BriefBatch, uuid.UUID | None]]:
    """Every batch with this person in it, locked, and the person's brief if it is written."""
    inside = sa.select(BriefBatchEntry.batch_id).where(BriefBatchEntry.subject_id == person_id)
    held = session.scalars(
        sa.select(BriefBatch)
        .where(BriefBatch.organization_id == viewer.organization_id, BriefBatch.id.in_(inside))
        .order_by(BriefBatch.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    of_person = sa.select(BriefBatchEntry.batch_id, BriefBatchEntry.brief_id).where(
        BriefBatchEntry.subject_id == person_id
    )
    brief_ids = dict(iter(session.execute(of_person).all()))
    return [(batch, brief_ids[batch.id]) for batch in held]


def holds_erased(session: Session, batch_id: uuid.UUID) -> bool:
    """Whether evidence of a brief of the batch was erased."""
    erased = (
        sa.select(BriefEvidence.id)
        .join(BriefBatchEntry, BriefBatchEntry.brief_id == BriefEvidence.brief_id)
        .where(BriefBatchEntry.batch_id == batch_id, BriefEvidence.erased_at.is_not(None))
    )
    return session.scalars(erased.limit(1)).first() is not None


def people_of(session: Session, viewer: Viewer, cycle: Cycle, department_id: uuid.UUID | None) -> Sequence[uuid.UUID]:
    """Whom a batch is about, by staff number: who works in the department or one inside it today, and who worked there
    in the cycle and works nowhere any more; without a department everybody. Nobody who was archived."""
    on = people.today(session, viewer.organization_id)
    statement = sa.select(Person.id).where(
        Person.organization_id == viewer.organization_id, Person.archived_at.is_(None)
    )
    if department_id is not None:
        inside = sa.select(Employment.person_id).where(Employment.department_id.in_(departments_below([department_id])))
        at_work = sa.select(Employment.person_id).where(people.in_force(Employment, on))
        in_cycle = sa.and_(
            Employment.starts_on <= cycle.ends_on,
            sa.or_(Employment.ends_on.is_(None), Employment.ends_on >= cycle.starts_on),
        )
        statement = statement.where(
            sa.or_(
                Person.id.in_(inside.where(people.in_force(Employment, on))),
                sa.and_(Person.id.in_(inside.where(in_cycle)), Person.id.not_in(at_work)),
            )
        )
    return session.scalars(statement.order_by(Person.staff_number, Person.id)).all()
