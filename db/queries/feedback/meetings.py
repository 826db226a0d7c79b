"""Talks of two people, which only these two read, and how often they and feedback happen."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.feedback.meetings import (
    CoachingCommitment,
    OneOnOne,
    OneOnOneEntry,
    OneOnOneRhythm,
    Topic,
)
from db.models.feedback.notes import Feedback
from db.queries.feedback.notes import FOR_RECEIVER
from db.viewer import Viewer

WEEKLY = 7


def visible_to(viewer: Viewer) -> sa.Select[OneOnOne]:
    """The viewer's own talks, on either side, and nobody else's."""
    statement = sa.select(OneOnOne).where(OneOnOne.organization_id == viewer.organization_id)
    if viewer.is_system:
        return statement
    return statement.where(sa.or_(OneOnOne.manager_id == viewer.person_id, OneOnOne.report_id == viewer.person_id))


def entries(
    session: Session, viewer: Viewer, meeting_ids: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, list[OneOnOneEntry]]:
    """What both wrote in talks that the caller loaded through `visible_to`; of what is private only the viewer's."""
    found: dict[uuid.UUID, list[OneOnOneEntry]] = {}
    shared = sa.or_(OneOnOneEntry.topic != Topic.PRIVATE, OneOnOneEntry.author_id == viewer.person_id)
    for row in session.scalars(
        sa.select(OneOnOneEntry)
        .where(OneOnOneEntry.meeting_id.in_(set(meeting_ids)), shared)
        .order_by(OneOnOneEntry.created_at, OneOnOneEntry.id)
    ):
        found.setdefault(row.meeting_id, []).append(row)
    return found


def confirmed(viewer: Viewer) -> sa.Select[OneOnOne]:
    """The viewer's own talks that both sides confirmed as they stand."""
    return visible_to(viewer).where(
        OneOnOne.manager_confirmed_at.is_not(None), OneOnOne.report_confirmed_at.is_not(None)
    )


def confirmed_of(
    session: Session, viewer: Viewer, report_id: uuid.UUID, since: datetime.date, until: datetime.date
) -> Sequence[OneOnOne]:
    """The talks of that person with managers, from one day until before another, that the viewer may read and both
    sides confirmed as they stand, the oldest first."""
    statement = confirmed(viewer).where(
        OneOnOne.report_id == report_id, OneOnOne.held_on >= since, OneOnOne.held_on < until
    )
    return session.scalars(statement.order_by(OneOnOne.held_on, OneOnOne.id)).all()


def confirmed_among(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the talks that the viewer may read and both sides confirmed as they stand."""
    return set(session.scalars(confirmed(viewer).where(OneOnOne.id.in_(set(ids))).with_only_columns(OneOnOne.id)))


def confirmed_commitments(
    session: Session, viewer: Viewer, talks: Sequence[OneOnOne]
) -> list[tuple[OneOnOne, CoachingCommitment]]:
    """What the reports of these confirmed talks committed to for the quarters, each with the latest of the talks in
    which both confirmed it: what was written after their confirmation is not confirmed."""
    found = commitments(session, viewer, {(row.manager_id, row.report_id, quarter_of(row.held_on)) for row in talks})
    latest: dict[uuid.UUID, tuple[OneOnOne, CoachingCommitment]] = {}
    for talk in talks:
        for row in found.get((talk.manager_id, talk.report_id, quarter_of(talk.held_on)), []):
            confirmed = [moment for moment in (talk.manager_confirmed_at, talk.report_confirmed_at) if moment]
            if row.author_id == talk.report_id and row.created_at <= min(confirmed):
                latest[row.id] = (talk, row)
    return list(latest.values())


def quarter_of(day: datetime.date) -> datetime.date:
    """The first day of the calendar quarter of a day."""
    return datetime.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def commitments(
    session: Session, viewer: Viewer, meetings: Collection[tuple[uuid.UUID, uuid.UUID, datetime.date]]
) -> Mapping[tuple[uuid.UUID, uuid.UUID, datetime.date], list[CoachingCommitment]]:
    """What two people committed to, by manager, report and the first day of the quarter."""
    found: dict[tuple[uuid.UUID, uuid.UUID, datetime.date], list[CoachingCommitment]] = {}
    pairs = {(manager, report) for manager, report, _ in meetings}
    if not pairs:
        return found
    for row in session.scalars(
        sa.select(CoachingCommitment)
        .where(
            CoachingCommitment.organization_id == viewer.organization_id,
            sa.tuple_(CoachingCommitment.manager_id, CoachingCommitment.report_id).in_(pairs),
        )
        .order_by(CoachingCommitment.author_id, CoachingCommitment.position)
    ):
        found.setdefault((row.manager_id, row.report_id, row.quarter), []).append(row)
    return found


def rhythm(session: Session, viewer: Viewer, manager_id: uuid.UUID) -> int:
    """Days between two talks of that manager with the same person."""
    statement = sa.select(OneOnOneRhythm.every_days).where(
        OneOnOneRhythm.organization_id == viewer.organization_id, OneOnOneRhythm.manager_id == manager_id
    )
    return session.scalar(statement) or WEEKLY


def last_held(
    session: Session, viewer: Viewer, manager_id: uuid.UUID, until: datetime.date
) -> Mapping[uuid.UUID, datetime.date]:
    """The day of the latest talk of a manager with each person, up to that day."""
    rows: Sequence[Any] = session.execute(
        sa.select(OneOnOne.report_id, sa.func.max(OneOnOne.held_on))
        .where(
            OneOnOne.organization_id == viewer.organization_id,
            OneOnOne.manager_id == manager_id,
            OneOnOne.held_on <= until,
        )
        .group_by(OneOnOne.report_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def last_useful(session: Session, viewer: Viewer, person_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Any]:
    """When each of these people last received feedback that they can use and may read."""
    rows = session.execute(
        sa.select(Feedback.receiver_id, sa.func.max(Feedback.occurred_at))
        .where(
            Feedback.organization_id == viewer.organization_id,
            Feedback.receiver_id.in_(set(person_ids)),
            Feedback.useful,
            Feedback.visibility.in_(FOR_RECEIVER),
        )
        .group_by(Feedback.receiver_id)
    )
    return {row[0]: row[1] for row in rows}
