"""Talks between a manager and a report: both write, what is agreed follows into the next talk, both confirm."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.models.feedback.meetings import (
    CoachingCommitment,
    Mood,
    OneOnOne,
    OneOnOneEntry,
    OneOnOneRhythm,
    Topic,
)
from db.queries import people
from db.queries.feedback import meetings, upward
from db.viewer import Role, Viewer
from resolvers.access import require_answers_for
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback.agreed import LINE_LENGTH, ActionDraft, agree
from resolvers.goals.authority import require_role
from resolvers.goals.inputs import TEXT_LENGTH, optional_text, required_text

COMMITMENTS = 2
DAYS_BACK = 366
DAYS_AHEAD = 60


@dataclass(frozen=True, slots=True)
class EntryDraft:
    topic: Topic
    text: str | None = None
    mood: Mood | None = None


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """What one side brings to a talk."""

    other_id: uuid.UUID
    held_on: datetime.date | None = None
    """None: today."""
    entries: Sequence[EntryDraft] = ()
    actions: Sequence[ActionDraft] = ()
    commitments: Sequence[str] | None = None
    """The viewer's own for the quarter of the talk, in place of those before; None leaves them."""


def record_one_on_one(session: Session, viewer: Viewer, draft: MeetingDraft) -> OneOnOne:
    """Write into the talk with one's manager or report on a day, which is made when either side writes first. What the
    viewer wrote before under the same topic is replaced; what the other side wrote is not touched. A change of what
    both read takes the confirmations back.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN unless one of the two reports directly to the other today,
    NUMBER_OUT_OF_RANGE for a day more than a year back or 60 days ahead, TEXT_REQUIRED, TEXT_TOO_LONG, TOO_MANY.
    """
    manager_id, report_id = _pair(session, viewer, draft.other_id)
    today = people.today(session, viewer.organization_id)
    held_on = draft.held_on or today
    if not today - datetime.timedelta(days=DAYS_BACK) <= held_on <= today + datetime.timedelta(days=DAYS_AHEAD):
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "heldOn"))
    meeting = _meeting(session, viewer, manager_id, report_id, held_on)
    changed = [_write(session, viewer, meeting, entry, index) for index, entry in enumerate(draft.entries)]
    agree(session, meeting, draft.actions, {manager_id, report_id})
    if draft.commitments is not None:
        _commit(session, viewer, meeting, draft.commitments)
    if any(changed) or draft.actions or draft.commitments is not None:
        meeting.manager_confirmed_at = meeting.report_confirmed_at = None
    session.flush()
    record(session, viewer, "one_on_one.recorded", "OneOnOne", meeting.id)
    return meeting


def confirm_one_on_one(
    session: Session, viewer: Viewer, meeting_id: uuid.UUID, expected_version: int | None
) -> OneOnOne:
    """Confirm what is written in a talk, for one's own side. Raises NOT_FOUND, CONFLICT."""
    statement = meetings.visible_to(viewer).where(OneOnOne.id == meeting_id).with_for_update()
    meeting = session.scalars(statement.execution_options(populate_existing=True)).first()
    if meeting is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    if expected_version is not None and meeting.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    if viewer.person_id == meeting.manager_id:
        meeting.manager_confirmed_at = meeting.manager_confirmed_at or now()
    else:
        meeting.report_confirmed_at = meeting.report_confirmed_at or now()
    session.flush()
    record(session, viewer, "one_on_one.confirmed", "OneOnOne", meeting.id)
    return meeting


def set_rhythm(session: Session, viewer: Viewer, every_days: int) -> int:
    """How often the viewer, a manager, talks with each of the team. Raises FORBIDDEN, NUMBER_OUT_OF_RANGE."""
    require_role(viewer, Role.MANAGER)
    if not 1 <= every_days <= 92:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "everyDays"))
    row = session.get(OneOnOneRhythm, viewer.person_id) or OneOnOneRhythm(
        organization_id=viewer.organization_id, manager_id=viewer.person_id
    )
    row.every_days = every_days
    session.add(row)
    session.flush()
    return every_days


@dataclass(frozen=True, slots=True)
class ReportCoverage:
    """When a manager and a report last talked."""

    person_id: uuid.UUID
    last_held_on: datetime.date | None
    covered: bool
    """Within the team's rhythm."""


@dataclass(frozen=True, slots=True)
class Coverage:
    manager_id: uuid.UUID
    every_days: int
    reports: list[ReportCoverage]

    @property
    def covered(self) -> int:
        return sum(report.covered for report in self.reports)


def coverage(session: Session, viewer: Viewer, manager_id: uuid.UUID) -> Coverage:
    """How far a manager's talks reach the direct reports of today. It tells days, never what was said.

    For that manager and who answers for that manager. Raises NOT_FOUND, FORBIDDEN.
    """
    if manager_id != viewer.person_id:
        require_answers_for(session, viewer, manager_id, ("managerId",))
    today = people.today(session, viewer.organization_id)
    every = meetings.rhythm(session, viewer, manager_id)
    last = meetings.last_held(session, viewer, manager_id, today)
    earliest = today - datetime.timedelta(days=every)
    reports = [
        ReportCoverage(each, last.get(each), each in last and last[each] >= earliest)
        for each in upward.direct_reports(session, viewer, manager_id)
    ]
    return Coverage(manager_id, every, reports)


def _pair(session: Session, viewer: Viewer, other_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """(manager, report). The line is today's."""
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    entries = people.entries(session, viewer, [viewer.person_id, other_id])
    other, own = entries.get(other_id), entries[viewer.person_id]
    if other is None or other.archived_at is not None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "otherId"))
    if other.manager_id == viewer.person_id != other_id:
        return viewer.person_id, other_id
    if own.manager_id == other_id != viewer.person_id:
        return other_id, viewer.person_id
    raise DomainError(ErrorCode.FORBIDDEN, ("input", "otherId"))


def _meeting(
    session: Session, viewer: Viewer, manager_id: uuid.UUID, report_id: uuid.UUID, held_on: datetime.date
) -> OneOnOne:
    """The talk of that day, locked; of two that make it at once, one does."""
    wanted = meetings.visible_to(viewer).where(
        OneOnOne.manager_id == manager_id, OneOnOne.report_id == report_id, OneOnOne.held_on == held_on
    )
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    known = session.scalars(locked).first()
    if known is not None:
        return known
    made = OneOnOne(organization_id=viewer.organization_id, manager_id=manager_id, report_id=report_id, held_on=held_on)
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        return session.scalars(locked).one()
    return made


def _write(session: Session, viewer: Viewer, meeting: OneOnOne, draft: EntryDraft, index: int) -> bool:
    """Whether what both read has changed."""
    at = ("input", "entries", str(index))
    text = optional_text(draft.text, TEXT_LENGTH, (*at, "text"))
    if text is None and draft.mood is None:
        raise DomainError(ErrorCode.TEXT_REQUIRED, (*at, "text"))
    known = session.scalars(
        sa.select(OneOnOneEntry).where(
            OneOnOneEntry.meeting_id == meeting.id,
            OneOnOneEntry.author_id == viewer.person_id,
            OneOnOneEntry.topic == draft.topic,
        )
    ).first()
    entry = known or OneOnOneEntry(
        organization_id=viewer.organization_id,
        meeting_id=meeting.id,
        author_id=viewer.person_id,
        topic=draft.topic,
    )
    changed = (entry.text, entry.mood) != (text, draft.mood)
    entry.text, entry.mood = text, draft.mood
    session.add(entry)
    session.flush()
    return changed and draft.topic is not Topic.PRIVATE


def _commit(session: Session, viewer: Viewer, meeting: OneOnOne, texts: Sequence[str]) -> None:
    if len(texts) > COMMITMENTS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "commitments"))
    quarter = meetings.quarter_of(meeting.held_on)
    session.execute(
        sa.delete(CoachingCommitment).where(
            CoachingCommitment.manager_id == meeting.manager_id,
            CoachingCommitment.report_id == meeting.report_id,
            CoachingCommitment.quarter == quarter,
            CoachingCommitment.author_id == viewer.person_id,
        )
    )
    session.add_all(
        CoachingCommitment(
            organization_id=viewer.organization_id,
            manager_id=meeting.manager_id,
            report_id=meeting.report_id,
            quarter=quarter,
            author_id=viewer.person_id,
            position=index + 1,
            text=required_text(text, LINE_LENGTH, ("input", "commitments", str(index))),
        )
        for index, text in enumerate(texts)
    )
