"""Deliverables: which a viewer may see, and what was read in their files."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goals import Measure
from db.models.projects.deliverables import (
    ChecklistItem,
    Deliverable,
    DeliverableFile,
    DeliverablePicture,
    DeliverableStatus,
    Reading,
    ReadingAcceptance,
    ReadingConfirmation,
)
from db.queries import people
from db.queries.sets import among
from db.viewer import Role, Viewer

FED = 50
"""Deliverables of a goal that one answer shows."""


def visible_to(session: Session, viewer: Viewer) -> sa.Select[Deliverable]:
    """What one handed in, and what the people handed in for whom one answers; the PMO sees all."""
    statement = sa.select(Deliverable).where(Deliverable.organization_id == viewer.organization_id)
    if viewer.has(Role.PMO) or viewer.is_system:
        return statement
    conditions = [Deliverable.owner_id == viewer.person_id]
    led = people.led_ids(session, viewer)
    if led is not None:
        conditions.append(Deliverable.owner_id.in_(led))
    return statement.where(sa.or_(*conditions))


def by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Deliverable]:
    """Those of the deliverables that the viewer may see."""
    found = session.scalars(visible_to(session, viewer).where(Deliverable.id.in_(set(ids))))
    return {row.id: row for row in found}


def of_tasks(session: Session, viewer: Viewer, task_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[Deliverable]]:
    """Those of each task's deliverables that the viewer may see, in the order of handing in."""
    statement = visible_to(session, viewer).where(Deliverable.task_id.in_(set(task_ids)))
    found: dict[uuid.UUID, list[Deliverable]] = {}
    for row in session.scalars(statement.order_by(Deliverable.id)):
        if row.task_id is not None:
            found.setdefault(row.task_id, []).append(row)
    return found


def earlier_deliverable(session: Session, viewer: Viewer, sha256: str, template_id: uuid.UUID) -> Deliverable | None:
    """The first deliverable under the template whose newest file has these bytes, if the viewer may see it."""
    return session.scalars(
        visible_to(session, viewer)
        .join(
            DeliverableFile,
            sa.and_(DeliverableFile.deliverable_id == Deliverable.id, DeliverableFile.number == Deliverable.number),
        )
        .where(
            Deliverable.template_id == template_id,
            Deliverable.status.not_in((DeliverableStatus.SUPERSEDED, DeliverableStatus.UNREADABLE)),
            DeliverableFile.sha256 == sha256,
        )
        .order_by(Deliverable.created_at, Deliverable.id)
        .limit(1)
    ).first()


def files(session: Session, deliverable_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[DeliverableFile]]:
    """All files of deliverables that the caller loaded through `visible_to`, the newest first."""
    found: dict[uuid.UUID, list[DeliverableFile]] = {}
    for file in session.scalars(
        sa.select(DeliverableFile)
        .where(DeliverableFile.deliverable_id.in_(set(deliverable_ids)))
        .order_by(DeliverableFile.number.desc())
    ):
        found.setdefault(file.deliverable_id, []).append(file)
    return found


def newest_files(session: Session, deliverable_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DeliverableFile]:
    """The newest file of each of these deliverables."""
    found = session.scalars(
        sa.select(DeliverableFile)
        .join(
            Deliverable,
            sa.and_(Deliverable.id == DeliverableFile.deliverable_id, Deliverable.number == DeliverableFile.number),
        )
        .where(Deliverable.id.in_(set(deliverable_ids)))
    )
    return {file.deliverable_id: file for file in found}


def readings(session: Session, file_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[Reading]]:
    """What was read in these files, in the order of the file."""
    found: dict[uuid.UUID, list[Reading]] = {}
    for reading in session.scalars(
        sa.select(Reading).where(Reading.deliverable_file_id.in_(set(file_ids))).order_by(Reading.position)
    ):
        found.setdefault(reading.deliverable_file_id, []).append(reading)
    return found


def readings_by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Reading]:
    """Those of the readings whose deliverable the viewer may see."""
    seen = visible_to(session, viewer).with_only_columns(Deliverable.id)
    found = session.scalars(
        sa.select(Reading)
        .join(DeliverableFile, DeliverableFile.id == Reading.deliverable_file_id)
        .where(Reading.id.in_(set(ids)), DeliverableFile.deliverable_id.in_(seen))
    )
    return {reading.id: reading for reading in found}


def checklists(session: Session, file_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[ChecklistItem]]:
    """What the template wanted in these files, in its order."""
    found: dict[uuid.UUID, list[ChecklistItem]] = {}
    for item in session.scalars(
        sa.select(ChecklistItem)
        .where(ChecklistItem.deliverable_file_id.in_(set(file_ids)))
        .order_by(ChecklistItem.position)
    ):
        found.setdefault(item.deliverable_file_id, []).append(item)
    return found


def pictures(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DeliverablePicture]:
    """Pages and pictures by their ids, of files that the caller may see."""
    found = session.scalars(sa.select(DeliverablePicture).where(DeliverablePicture.id.in_(set(ids))))
    return {picture.id: picture for picture in found}


def owners_of(session: Session, file_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Deliverable]:
    """The deliverable of each file, of files that the caller may see."""
    found = session.execute(
        sa.select(DeliverableFile.id, Deliverable)
        .join(Deliverable, Deliverable.id == DeliverableFile.deliverable_id)
        .where(DeliverableFile.id.in_(set(file_ids)))
    )
    return {row[0]: row[1] for row in found}


def confirmations(session: Session, reading_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ReadingConfirmation]:
    """By reading: who said that it was read right."""
    found = session.scalars(sa.select(ReadingConfirmation).where(among(ReadingConfirmation.reading_id, reading_ids)))
    return {row.reading_id: row for row in found}


def acceptances(session: Session, reading_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[ReadingAcceptance]]:
    """For which measures these readings were taken, the first one first."""
    found: dict[uuid.UUID, list[ReadingAcceptance]] = {}
    for row in session.scalars(
        sa.select(ReadingAcceptance)
        .where(ReadingAcceptance.reading_id.in_(set(reading_ids)))
        .order_by(ReadingAcceptance.id)
    ):
        found.setdefault(row.reading_id, []).append(row)
    return found


def taken_for(goal_ids: Iterable[uuid.UUID]) -> sa.Subquery:
    """`goal_id` and `deliverable_id` of what a reading was taken from for a measure of one of these goals."""
    return (
        sa.select(Measure.goal_id, DeliverableFile.deliverable_id)
        .join(ReadingAcceptance, ReadingAcceptance.measure_id == Measure.id)
        .join(Reading, Reading.id == ReadingAcceptance.reading_id)
        .join(DeliverableFile, DeliverableFile.id == Reading.deliverable_file_id)
        .where(Measure.goal_id.in_(set(goal_ids)))
        .distinct()
        .subquery()
    )


def of_goals(session: Session, viewer: Viewer, goal_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[Deliverable]]:
    """By goal: the deliverables that the viewer may see and of which a reading was taken for one of its measures, the
    latest first, at most `FED` each."""
    pairs = taken_for(goal_ids)
    rows = session.execute(
        visible_to(session, viewer)
        .join(pairs, pairs.c.deliverable_id == Deliverable.id)
        .add_columns(pairs.c.goal_id)
        .order_by(Deliverable.id.desc())
    )
    found: dict[uuid.UUID, list[Deliverable]] = {}
    for deliverable, goal_id in rows:
        found.setdefault(goal_id, []).append(deliverable)
    return {goal_id: some[:FED] for goal_id, some in found.items()}
