"""What people agreed to do, in talks and in retrospectives: who reads it, and who follows it up."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.feedback.meetings import OneOnOne, OneOnOneAction
from db.queries import schedules
from db.queries.feedback import retrospectives
from db.viewer import Viewer


def visible_to(session: Session, viewer: Viewer) -> sa.Select[OneOnOneAction]:
    """What was agreed in the viewer's own talks, and in retrospectives that the viewer may see."""
    return _of(viewer, retrospectives.shown_actions(session, viewer))


def followed_up_by(viewer: Viewer) -> sa.Select[OneOnOneAction]:
    """What was agreed in the viewer's own talks, and in retrospectives in which the viewer takes part."""
    return _of(viewer, OneOnOneAction.retrospective_id.in_(retrospectives.taken_part(viewer.person_id)))


def _of(viewer: Viewer, looked_back: sa.ColumnElement[bool]) -> sa.Select[OneOnOneAction]:
    statement = sa.select(OneOnOneAction).where(OneOnOneAction.organization_id == viewer.organization_id)
    if viewer.is_system:
        return statement
    talked = sa.or_(OneOnOneAction.manager_id == viewer.person_id, OneOnOneAction.report_id == viewer.person_id)
    return statement.where(sa.or_(talked, looked_back))


def of_tasks(session: Session, viewer: Viewer, task_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, OneOnOneAction]:
    """What each of these tasks carries out, as far as the viewer reads it."""
    found = session.scalars(visible_to(session, viewer).where(OneOnOneAction.task_id.in_(set(task_ids))))
    return {row.task_id: row for row in found if row.task_id is not None}


def standing(
    session: Session, viewer: Viewer, meetings: Collection[OneOnOne]
) -> Mapping[uuid.UUID, list[OneOnOneAction]]:
    """For each talk of the viewer's: what was agreed in it; what the two had agreed on before and is still open; and
    what the report is to do by a retrospective of before that the viewer sees, and is still open."""
    wanted = {meeting.id for meeting in meetings}
    pairs = {(meeting.manager_id, meeting.report_id) for meeting in meetings}
    if not pairs:
        return {}
    of_pairs = sa.tuple_(OneOnOneAction.manager_id, OneOnOneAction.report_id).in_(pairs)
    of_reports = sa.and_(
        OneOnOneAction.retrospective_id.is_not(None), OneOnOneAction.owner_id.in_({report for _, report in pairs})
    )
    zone = ZoneInfo(schedules.organization_zone(session, viewer) or "UTC")
    rows = session.execute(
        visible_to(session, viewer)
        .outerjoin(OneOnOne, OneOnOne.id == OneOnOneAction.meeting_id)
        .add_columns(OneOnOne.held_on)
        .where(
            sa.or_(of_pairs, of_reports),
            sa.or_(OneOnOneAction.done_at.is_(None), OneOnOneAction.meeting_id.in_(wanted)),
        )
        .order_by(OneOnOneAction.id)
    ).all()
    return {
        meeting.id: [
            row
            for row, held_on in rows
            if row.meeting_id == meeting.id
            or (
                row.done_at is None
                and _concerns(row, meeting)
                and (held_on or row.created_at.astimezone(zone).date()) <= meeting.held_on
            )
        ]
        for meeting in meetings
    }


def _concerns(row: OneOnOneAction, meeting: OneOnOne) -> bool:
    if row.meeting_id is None:
        return row.owner_id == meeting.report_id
    return (row.manager_id, row.report_id) == (meeting.manager_id, meeting.report_id)
