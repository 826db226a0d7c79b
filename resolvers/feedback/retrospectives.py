"""Retrospectives in four steps: who takes part writes, the facilitator finishes, and what is finished is never changed.

A correction is a new edition. With each edition that is finished the facts are kept as they stood at that moment.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.inbox import notify
from db.models.feedback.meetings import OneOnOneAction
from db.models.feedback.retrospectives import (
    Occasion,
    Retrospective,
    RetrospectiveEdition,
    RetrospectiveEntry,
    RetrospectiveParticipant,
    RetrospectiveState,
    Step,
)
from db.models.inbox import NotificationCode
from db.queries import people
from db.queries.feedback import retrospectives
from db.viewer import Viewer
from resolvers.access import answers_for
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback.agreed import ActionDraft, agree
from resolvers.feedback.retrospective_facts import facts_now, told_by
from resolvers.feedback.retrospective_subjects import Subject, opening
from resolvers.goals.authority import require_colleague, require_colleagues
from resolvers.goals.inputs import TEXT_LENGTH, optional_text, required_text
from resolvers.inbox import viewers_of

PARTICIPANTS = 30
EDITIONS = 20
ACTIONS = 50
"""Of one retrospective."""

NEEDED: Sequence[tuple[Step, ...]] = ((Step.INTENDED,), (Step.HAPPENED,), (Step.CAUSES,), (Step.KEEP, Step.CHANGE))
"""The four steps: in each something is written before it is finished. Facts stand for the first two, if they tell."""


@dataclass(frozen=True, slots=True)
class OpeningDraft:
    subject: Subject
    participant_ids: Sequence[uuid.UUID] = ()
    """Besides the viewer and whose goal, project or cycle it is."""
    facilitator_id: uuid.UUID | None = None
    """None: the viewer."""
    reason: str | None = None


def open_retrospective(session: Session, viewer: Viewer, draft: OpeningDraft) -> Retrospective:
    """Begin a retrospective, and tell who takes part.

    Raises `DomainError`: what `retrospective_subjects.opening` does, RETROSPECTIVE_OPEN when one on the subject is
    being written, REASON_REQUIRED when nothing has ended and nothing is late, and what is wrong with a participant:
    NOT_FOUND, TOO_MANY, PARTICIPANT_CANNOT_SEE for who does not see the subject.
    """
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    subject = draft.subject
    begun = opening(session, viewer, subject)
    _require_none_open(session, subject)
    reason = optional_text(draft.reason, TEXT_LENGTH, ("input", "reason"))
    if reason is None and begun.occasion is Occasion.OTHER:
        raise DomainError(ErrorCode.REASON_REQUIRED, ("input", "reason"))
    made = Retrospective(
        organization_id=viewer.organization_id,
        cycle_id=subject.cycle_id if subject.type in {"Person", "Department"} else None,
        occasion=begun.occasion,
        reason=reason,
        facilitator_id=draft.facilitator_id or viewer.person_id,
        state=RetrospectiveState.OPEN,
        edition=1,
        written_at=now(),
    )
    setattr(made, retrospectives.SUBJECTS[subject.type].key, subject.id)
    _require_facilitator(session, viewer, subject, made.facilitator_id)
    session.add(made)
    session.flush()
    session.add(_edition(made))
    own = [made.facilitator_id, *_there(session, viewer, begun.takes_part)]
    _invite(session, viewer, made, draft.participant_ids, own)
    _tell(session, viewer, made, "opened", NotificationCode.RETROSPECTIVE_OPENED)
    return made


@dataclass(frozen=True, slots=True)
class EntryDraft:
    step: Step
    text: str | None
    """None takes away what the viewer wrote under the step."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a participant brings."""

    entries: Sequence[EntryDraft] = ()
    actions: Sequence[ActionDraft] = ()
    participant_ids: Sequence[uuid.UUID] = ()
    """Who takes part from now on, too; for who may finish it."""


def write_retrospective(
    session: Session, viewer: Viewer, id_: uuid.UUID, brought: Contribution, expected_version: int | None
) -> Retrospective:
    """Write into an open retrospective, in place of what the viewer wrote under the same steps; add what is agreed, and
    who takes part. For who takes part.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN, CONFLICT, RETROSPECTIVE_STATE, TEXT_TOO_LONG, TOO_MANY, what `agree`
    does, and for participants what `open_retrospective` does.
    """
    if len(brought.entries) > len(Step):
        raise DomainError(ErrorCode.TOO_MANY, ("input", "entries"))
    held = _open_one(session, viewer, id_, expected_version)
    taking_part = retrospectives.participants(session, [held.id]).get(held.id, [])
    if viewer.person_id not in taking_part:
        raise DomainError(ErrorCode.FORBIDDEN)
    if brought.participant_ids:
        _require_may_finish(session, viewer, held)
        invited = _invite(session, viewer, held, brought.participant_ids, ())
        _notify(session, viewer, held, invited, NotificationCode.RETROSPECTIVE_OPENED)
        taking_part = [*taking_part, *invited]
    edition = _current(session, held)
    for index, entry in enumerate(brought.entries):
        _write(session, viewer, edition, entry, ("input", "entries", str(index), "text"))
    agree(session, held, brought.actions, set(taking_part) - people.gone(session, taking_part))
    if len(retrospectives.actions(session, viewer, [held.id]).get(held.id, [])) > ACTIONS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "actions"))
    return _changed(session, viewer, held, "written")


def finish_retrospective(
    session: Session, viewer: Viewer, id_: uuid.UUID, expected_version: int | None
) -> Retrospective:
    """Finish what is open, keep the facts as they stand now, and tell who takes part. For the facilitator, the managers
    above and HR.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN, CONFLICT, RETROSPECTIVE_STATE, RETROSPECTIVE_INCOMPLETE while a step is
    empty.
    """
    held = _open_one(session, viewer, id_, expected_version)
    _require_may_finish(session, viewer, held)
    edition = _current(session, held)
    facts = facts_now(session, viewer, [held])[held.id]
    written = {entry.step for entry in retrospectives.entries(session, [edition.id]).get(edition.id, [])}
    written |= told_by(facts)
    missing = [step.value for steps in NEEDED if not written & set(steps) for step in steps]
    if missing:
        raise DomainError(ErrorCode.RETROSPECTIVE_INCOMPLETE, ("input", "id"), steps=", ".join(missing))
    for fact in facts:
        fact.organization_id, fact.edition_id = held.organization_id, edition.id
    session.add_all(facts)
    edition.finished_at = held.finished_at = now()
    edition.finished_by = viewer.person_id
    held.state = RetrospectiveState.FINISHED
    _changed(session, viewer, held, "finished")
    told = retrospectives.participants(session, [held.id]).get(held.id, [])
    _notify(session, viewer, held, told, NotificationCode.RETROSPECTIVE_FINISHED)
    return held


def correct_retrospective(
    session: Session, viewer: Viewer, id_: uuid.UUID, reason: str, expected_version: int | None
) -> Retrospective:
    """Open the next edition of a finished retrospective, which says what the one before does until somebody writes. The
    one before stands for its readers, and stays readable for good. For who may finish it.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN, CONFLICT, RETROSPECTIVE_STATE, TEXT_REQUIRED, TEXT_TOO_LONG, TOO_MANY
    beyond twenty editions.
    """
    held = _to_change(session, viewer, id_, expected_version, RetrospectiveState.FINISHED)
    _require_may_finish(session, viewer, held)
    why = required_text(reason, TEXT_LENGTH, ("input", "reason"))
    if held.edition >= EDITIONS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "id"))
    before = _current(session, held)
    held.edition += 1
    held.state = RetrospectiveState.OPEN
    edition = _edition(held, why)
    session.add(edition)
    session.flush()
    session.add_all(
        RetrospectiveEntry(
            organization_id=held.organization_id,
            edition_id=edition.id,
            author_id=entry.author_id,
            step=entry.step,
            text=entry.text,
        )
        for entry in retrospectives.entries(session, [before.id]).get(before.id, [])
    )
    held.written_at = now()
    _tell(session, viewer, held, "corrected", NotificationCode.RETROSPECTIVE_OPENED)
    return held


def drop_retrospective(session: Session, viewer: Viewer, id_: uuid.UUID, expected_version: int | None) -> Retrospective:
    """Give up what is open: a correction, and the edition before stands; or a retrospective that was never finished.
    What was agreed in it goes, too, unless somebody has done or planned it. For who may finish it.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN, CONFLICT, RETROSPECTIVE_STATE.
    """
    held = _open_one(session, viewer, id_, expected_version)
    _require_may_finish(session, viewer, held)
    edition = _current(session, held)
    session.execute(
        sa.delete(OneOnOneAction).where(
            OneOnOneAction.retrospective_id == held.id,
            OneOnOneAction.created_at >= edition.created_at,
            OneOnOneAction.done_at.is_(None),
            OneOnOneAction.task_id.is_(None),
        )
    )
    if held.edition > 1:
        session.execute(sa.delete(RetrospectiveEntry).where(RetrospectiveEntry.edition_id == edition.id))
        session.delete(edition)
        held.edition -= 1
        held.state = RetrospectiveState.FINISHED
    else:
        held.state = RetrospectiveState.DROPPED
    return _changed(session, viewer, held, "dropped")


def _to_change(
    session: Session, viewer: Viewer, id_: uuid.UUID, expected_version: int | None, state: RetrospectiveState
) -> Retrospective:
    """The retrospective, locked: whoever else writes in it waits."""
    locked = retrospectives.visible_to(session, viewer).where(Retrospective.id == id_).with_for_update(of=Retrospective)
    held = session.scalars(locked.execution_options(populate_existing=True)).first()
    if held is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    if expected_version is not None and held.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    if held.state is not state:
        raise DomainError(ErrorCode.RETROSPECTIVE_STATE, ("input", "id"))
    return held


def _open_one(session: Session, viewer: Viewer, id_: uuid.UUID, expected_version: int | None) -> Retrospective:
    return _to_change(session, viewer, id_, expected_version, RetrospectiveState.OPEN)


def _require_may_finish(session: Session, viewer: Viewer, held: Retrospective) -> None:
    """Raises FORBIDDEN unless the viewer facilitates, or answers for the facilitator, who may have left."""
    if viewer.person_id != held.facilitator_id and not answers_for(session, viewer, held.facilitator_id):
        raise DomainError(ErrorCode.FORBIDDEN)


def _require_none_open(session: Session, subject: Subject) -> None:
    column = retrospectives.SUBJECTS[subject.type]
    statement = sa.select(Retrospective.id).where(column == subject.id, Retrospective.state == RetrospectiveState.OPEN)
    if subject.type in {"Person", "Department"}:
        statement = statement.where(Retrospective.cycle_id == subject.cycle_id)
    if session.scalars(statement).first() is not None:
        raise DomainError(ErrorCode.RETROSPECTIVE_OPEN, ("input", "subjectId"))


def _invite(
    session: Session,
    viewer: Viewer,
    held: Retrospective,
    person_ids: Sequence[uuid.UUID],
    own: Collection[uuid.UUID],
) -> list[uuid.UUID]:
    """Let these people take part, and those for whom it goes without asking; who is new."""
    at = ("input", "participantIds")
    known = retrospectives.participants(session, [held.id]).get(held.id, [])
    new = [id_ for id_ in dict.fromkeys([*own, *person_ids]) if id_ not in known]
    if len(person_ids) > PARTICIPANTS or len(known) + len(new) > PARTICIPANTS:
        raise DomainError(ErrorCode.TOO_MANY, at)
    require_colleagues(session, viewer, person_ids, at)
    _require_sight(session, viewer, _subject(held), person_ids, at)
    session.add_all(
        RetrospectiveParticipant(organization_id=held.organization_id, retrospective_id=held.id, person_id=id_)
        for id_ in new
    )
    session.flush()
    return new


def _require_facilitator(session: Session, viewer: Viewer, subject: Subject, person_id: uuid.UUID) -> None:
    at = ("input", "facilitatorId")
    require_colleague(session, viewer, person_id, at)
    _require_sight(session, viewer, subject, [person_id], at)


def _require_sight(
    session: Session, viewer: Viewer, subject: Subject, person_ids: Sequence[uuid.UUID], at: tuple[str, ...]
) -> None:
    """Nobody is let in to what a retrospective is about by taking part in it."""
    for asked in viewers_of(session, viewer, person_ids):
        if not retrospectives.sees_subject(session, asked, subject.type, subject.id):
            raise DomainError(ErrorCode.PARTICIPANT_CANNOT_SEE, at)


def _subject(held: Retrospective) -> Subject:
    name, id_ = next(
        (name, id_) for name, column in retrospectives.SUBJECTS.items() if (id_ := getattr(held, column.key))
    )
    return Subject(name, id_, held.cycle_id)


def _there(session: Session, viewer: Viewer, person_id: uuid.UUID | None) -> list[uuid.UUID]:
    """That person, unless nobody or somebody who has left."""
    entries = people.entries(session, viewer, [person_id] if person_id else [])
    return [entry.id for entry in entries.values() if entry.archived_at is None]


def _edition(held: Retrospective, reason: str | None = None) -> RetrospectiveEdition:
    return RetrospectiveEdition(
        organization_id=held.organization_id, retrospective_id=held.id, number=held.edition, reason=reason
    )


def _current(session: Session, held: Retrospective) -> RetrospectiveEdition:
    return session.scalars(
        sa.select(RetrospectiveEdition).where(
            RetrospectiveEdition.retrospective_id == held.id, RetrospectiveEdition.number == held.edition
        )
    ).one()


def _write(
    session: Session, viewer: Viewer, edition: RetrospectiveEdition, draft: EntryDraft, at: tuple[str, ...]
) -> None:
    text = optional_text(draft.text, TEXT_LENGTH, at)
    known = session.scalars(
        sa.select(RetrospectiveEntry).where(
            RetrospectiveEntry.edition_id == edition.id,
            RetrospectiveEntry.author_id == viewer.person_id,
            RetrospectiveEntry.step == draft.step,
        )
    ).first()
    if known is not None and text is None:
        session.delete(known)
    elif known is not None and text is not None:
        known.text = text
    elif text is not None and viewer.person_id is not None:
        session.add(
            RetrospectiveEntry(
                organization_id=edition.organization_id,
                edition_id=edition.id,
                author_id=viewer.person_id,
                step=draft.step,
                text=text,
            )
        )
    session.flush()


def _changed(session: Session, viewer: Viewer, held: Retrospective, what: str) -> Retrospective:
    held.written_at = now()
    session.flush()
    record(session, viewer, f"retrospective.{what}", "Retrospective", held.id)
    return held


def _tell(session: Session, viewer: Viewer, held: Retrospective, what: str, code: NotificationCode) -> None:
    session.flush()
    record(session, viewer, f"retrospective.{what}", "Retrospective", held.id)
    _notify(session, viewer, held, retrospectives.participants(session, [held.id]).get(held.id, []), code)


def _notify(
    session: Session, viewer: Viewer, held: Retrospective, person_ids: Collection[uuid.UUID], code: NotificationCode
) -> None:
    key = f"{code.value.lower()}:{held.id}:{held.version}"  # an edition that was dropped is opened again
    notify(session, viewer, person_ids, code, key=key, subject=("Retrospective", held.id))
