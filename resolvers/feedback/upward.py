"""Rounds of anonymous feedback from the direct reports of a manager.

What makes a text anonymous is how it is kept, see `db.models.feedback.upward`. For the same reason these use cases
write no line into the event log for a text, keep no receipt, put in no job and tell nobody when somebody wrote.
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.inbox import notify
from db.jobs import enqueue
from db.models.feedback.upward import RoundStatus, UpwardBox, UpwardInvitation, UpwardNote, UpwardRound
from db.models.inbox import NotificationCode
from db.models.people import Organization
from db.queries import people
from db.queries.feedback import notes, upward
from db.viewer import Role, Viewer
from resolvers.access import require_answers_for
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.authority import require_role
from resolvers.goals.inputs import TEXT_LENGTH, required_text

RELEASE_JOB = "feedback.release_upward"
OPENERS = (Role.MANAGER, Role.HR)
LONGEST_DAYS = 60


def open_round(session: Session, viewer: Viewer, subject_id: uuid.UUID, closes_on: datetime.date) -> UpwardRound:
    """Let the direct reports of a manager write, up to and with that day; they are told. For who answers for that
    manager.

    Raises `DomainError`: FORBIDDEN, NOT_FOUND, NUMBER_OUT_OF_RANGE for a day that is over or more than 60 days ahead,
    TOO_FEW_PEOPLE when fewer report to the manager than are needed to stay unknown, ROUND_OPEN.
    """
    require_role(viewer, *OPENERS)
    require_answers_for(session, viewer, subject_id, ("input", "subjectId"))
    today = people.today(session, viewer.organization_id)
    if not today <= closes_on <= today + datetime.timedelta(days=LONGEST_DAYS):
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "closesOn"))
    minimum = notes.policy(session, viewer).anonymous_minimum
    invited = upward.direct_reports(session, viewer, subject_id)
    if len(invited) < minimum:
        raise DomainError(ErrorCode.TOO_FEW_PEOPLE, ("input", "subjectId"), minimum=minimum)
    owned: dict[str, Any] = {"organization_id": viewer.organization_id}
    made = UpwardRound(
        **owned,
        subject_id=subject_id,
        opened_by=viewer.person_id,
        closes_on=closes_on,
        minimum=minimum,
        status=RoundStatus.OPEN,
    )
    session.add(made)
    try:
        session.flush()
    except IntegrityError as error:
        raise DomainError(ErrorCode.ROUND_OPEN, ("input", "subjectId")) from error
    session.add_all(UpwardInvitation(**owned, round_id=made.id, person_id=each, took_part=False) for each in invited)
    session.add(UpwardBox(**owned, round_id=made.id, notes=[]))
    session.flush()
    enqueue(session, viewer, RELEASE_JOB, {"round_id": str(made.id)}, run_at=_end_of(session, viewer, closes_on))
    record(session, viewer, "upward_round.opened", "UpwardRound", made.id)
    subject = ("UpwardRound", made.id)
    params = {"closes_on": closes_on.isoformat()}
    key = f"upward:{made.id}"
    notify(session, viewer, invited, NotificationCode.UPWARD_OPENED, key=key, subject=subject, params=params)
    return made


def write_upward(session: Session, viewer: Viewer, round_id: uuid.UUID, text: str, secret: uuid.UUID) -> None:
    """Lay a text into the box of an open round, or put another one in its place by the secret of the first time.

    The secret is made by the writer's device and kept there. Raises `DomainError`: NOT_FOUND for who may not write,
    ROUND_CLOSED, TEXT_REQUIRED, TEXT_TOO_LONG, and ALREADY_WRITTEN for a second text under another secret.
    """
    words = required_text(text, TEXT_LENGTH, ("input", "text"))
    asked = session.scalars(upward.rounds(session, viewer).where(UpwardRound.id == round_id)).first()
    if asked is None or round_id not in upward.own_part(session, viewer, [round_id]):
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "roundId"))
    box = session.get(UpwardBox, round_id, with_for_update=True, populate_existing=True)
    session.refresh(asked)
    over = people.today(session, viewer.organization_id) > asked.closes_on
    if box is None or over or asked.status is not RoundStatus.OPEN:
        raise DomainError(ErrorCode.ROUND_CLOSED, ("input", "roundId"))
    seal = hashlib.sha256(secret.bytes).hexdigest()
    own = next((note for note in box.notes if note["seal"] == seal), None)
    if own is None and upward.own_part(session, viewer, [round_id])[round_id]:
        raise DomainError(ErrorCode.ALREADY_WRITTEN, ("input", "secret"))
    kept = [note for note in box.notes if note is not own]
    # The text gets a new random id each time, so that a change leaves no place that stays the same.
    kept.append({"id": str(uuid.uuid4()), "seal": seal, "text": words})
    box.notes = sorted(kept, key=lambda note: note["id"])
    session.execute(
        sa.update(UpwardInvitation)
        .where(UpwardInvitation.round_id == round_id, UpwardInvitation.person_id == viewer.person_id)
        .values(took_part=True)
        .execution_options(synchronize_session=False)
    )
    session.flush()


def release_round(session: Session, viewer: Viewer, round_id: uuid.UUID) -> None:
    """End a round: release its texts together where enough people wrote, destroy them unread where not. Doing it again
    changes nothing."""
    box = session.get(UpwardBox, round_id, with_for_update=True, populate_existing=True)
    ended = session.get(UpwardRound, round_id, populate_existing=True)
    if box is None or ended is None or ended.status is not RoundStatus.OPEN:
        return
    enough = len(box.notes) >= ended.minimum
    if enough:
        rows = [
            {
                "id": uuid.UUID(note["id"]),
                "organization_id": viewer.organization_id,
                "round_id": round_id,
                "text": note["text"],
            }
            for note in sorted(box.notes, key=lambda note: note["id"])
        ]
        session.execute(sa.insert(UpwardNote).values(rows))
    session.delete(box)
    ended.status = RoundStatus.RELEASED if enough else RoundStatus.TOO_FEW
    session.flush()
    record(session, viewer, f"upward_round.{ended.status.value.lower()}", "UpwardRound", round_id)
    if enough:
        subject = ("UpwardRound", round_id)
        told = [ended.subject_id]
        notify(session, viewer, told, NotificationCode.UPWARD_RELEASED, key=f"released:{round_id}", subject=subject)


def _end_of(session: Session, viewer: Viewer, day: datetime.date) -> datetime.datetime:
    """The instant at which the day is over where the organisation is."""
    zone = session.get_one(Organization, viewer.organization_id).timezone
    after = day + datetime.timedelta(days=1)
    return max(now(), datetime.datetime.combine(after, datetime.time(), ZoneInfo(zone)))
