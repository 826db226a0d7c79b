"""Asking a model for another wording of a goal or a piece of feedback, and keeping what it proposes for some days.

Whoever may edit a text may ask, and alone reads the answer. Nothing is taken over here: a person edits the goal or
corrects the feedback, as ever, with the version that the words were read at.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.jobs import enqueue
from db.models.feedback.notes import Feedback
from db.models.goals import LIVE, Goal, GoalStatus, Measure
from db.models.rewordings import Rewording, RewordingState
from db.queries import goals, rewordings
from db.queries.feedback import notes
from db.viewer import Viewer
from ml.assist.assist import assist
from ml.brief.checks import Failure
from ml.brief.rewording import PROMPT_VERSION, Original, Proposal
from ml.text.folding import Language, language_of
from resolvers.briefs.writing import names
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import authority
from resolvers.goals.inputs import TEXT_LENGTH, TITLE_LENGTH
from resolvers.goals.loading import goal_to_change
from resolvers.goals.smart import check_text
from resolvers.rules.smart.words import suggestion

JOB = "language.reword"
KEPT = datetime.timedelta(days=7)
SHAPED = (GoalStatus.DRAFT, GoalStatus.PROPOSED, *LIVE)


def request_for_goal(
    session: Session, viewer: Viewer, goal_id: uuid.UUID, expected_version: int | None = None
) -> Rewording:
    """Ask for another wording of a goal's title. While one is awaited, that one is returned.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN, CONFLICT, GOAL_STATE, CYCLE_CLOSED.
    """
    goal = goal_to_change(session, viewer, goal_id, expected_version, statuses=SHAPED, at=("input", "goalId"))
    authority.require_may_shape(session, viewer, authority.subject_of(goal))
    language = language_of(goal.title)
    asked = [suggestion(finding, language) for finding in check_text(goal.title)]
    return _asked(session, viewer, goal, [question for question in asked if question])


def request_for_feedback(
    session: Session, viewer: Viewer, feedback_id: uuid.UUID, expected_version: int | None = None
) -> Rewording:
    """Ask for another wording of the text of feedback that one gave. While one is awaited, that one is returned.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN, CONFLICT, TEXT_REQUIRED for feedback without a text.
    """
    feedback = notes.by_ids(session, viewer, [feedback_id]).get(feedback_id)
    if feedback is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "feedbackId"))
    if feedback.giver_id != viewer.person_id:
        raise DomainError(ErrorCode.FORBIDDEN)
    if expected_version is not None and feedback.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    if feedback.text is None:
        raise DomainError(ErrorCode.TEXT_REQUIRED, ("input", "feedbackId"))
    return _asked(session, viewer, feedback, list(assist(feedback.text).questions))


def _asked(session: Session, viewer: Viewer, source: Goal | Feedback, questions: list[str]) -> Rewording:
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    goal_id = source.id if isinstance(source, Goal) else None
    feedback_id = source.id if isinstance(source, Feedback) else None
    known = rewordings.waiting(session, viewer, goal_id, feedback_id)
    if known is not None:
        return known
    asked = Rewording(
        organization_id=viewer.organization_id,
        requester_id=viewer.person_id,
        goal_id=goal_id,
        feedback_id=feedback_id,
        source_version=source.version,
        questions=questions,
        state=RewordingState.WAITING,
        failures=[],
        expires_at=now() + KEPT,
    )
    session.add(asked)
    session.flush()
    asked.job_id = enqueue(session, viewer, JOB, {"rewording_id": str(asked.id)}).id
    session.flush()
    record(session, viewer, "rewording.requested", "Rewording", asked.id)
    return asked


def discard(session: Session, viewer: Viewer, rewording_id: uuid.UUID) -> None:
    """Erase an own proposal at once. Raises NOT_FOUND."""
    found = rewordings.by_ids(session, viewer, [rewording_id]).get(rewording_id)
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    session.delete(found)
    session.flush()
    record(session, viewer, "rewording.discarded", "Rewording", rewording_id)


def expire(session: Session, viewer: Viewer) -> None:
    """Erase the proposals whose time is over."""
    session.execute(
        sa.delete(Rewording).where(Rewording.organization_id == viewer.organization_id, Rewording.expires_at <= now())
    )


@dataclass(frozen=True, slots=True)
class Material:
    """What a model is given, and the version of the goal or feedback that it was read from."""

    original: Original
    of_goal: bool
    version: int


def material(session: Session, viewer: Viewer, rewording_id: uuid.UUID) -> Material | None:
    """The words as they are now, with the rights of today; None when nothing is awaited (any more)."""
    asked = rewordings.by_ids(session, viewer, [rewording_id]).get(rewording_id)
    if asked is None or asked.state is not RewordingState.WAITING:
        return None
    if asked.goal_id is not None:
        goal = goals.goals_by_ids(session, viewer, [asked.goal_id])[asked.goal_id]
        text, facts, limit, version = goal.title, _facts(session, viewer, goal), TITLE_LENGTH, goal.version
    else:
        feedback = session.get_one(Feedback, asked.feedback_id)
        parts = (feedback.situation, feedback.behaviour, feedback.impact)
        text, facts = feedback.text or "", [part for part in parts if part]
        limit, version = TEXT_LENGTH, feedback.version
    everything = "\n".join((text, *facts))
    people = tuple(sorted(name for name in names(session, viewer) if name in everything))
    original = Original(text, tuple(facts), tuple(asked.questions), people, limit)
    return Material(original, asked.goal_id is not None, version)


def _facts(session: Session, viewer: Viewer, goal: Goal) -> list[str]:
    """What else is known of a goal: its description, measures, last day, and the goal above, if the viewer sees it."""
    language = language_of(goal.title)
    cycle = goals.by_ids(session, viewer, [goal.cycle_id])[goal.cycle_id]
    measures = goals.measures(session, [goal.id]).get(goal.id, [])
    above = goals.goals_by_ids(session, viewer, [goal.parent_id]) if goal.parent_id else {}
    return [
        *([goal.description] if goal.description else []),
        *(_measure(measure, language) for measure in measures),
        f"截止 {cycle.ends_on}" if language == "zh" else f"until {cycle.ends_on}",
        *(f"以便{parent.title}" if language == "zh" else f"so that: {parent.title}" for parent in above.values()),
    ]


def _measure(measure: Measure, language: Language) -> str:
    words = {"start": ("从 {}", "from {}"), "target": ("到 {}", "to {}"), "low": ("不低于 {}", "not below {}")}
    words["high"] = ("不高于 {}", "not above {}")
    unit = measure.unit or ""
    said = [
        pair[0 if language == "zh" else 1].format(f"{_plain(value)}{'' if unit == '%' else ' '}{unit}".strip())
        for name, pair in words.items()
        if (value := getattr(measure, name)) is not None
    ]
    return f"{measure.name} {' '.join(said)} {measure.target_text or ''}".strip()


def _plain(value: Decimal) -> str:
    return format(value, "f")


def record_proposal(
    session: Session, viewer: Viewer, rewording_id: uuid.UUID, proposal: Proposal, *, version: int, model: str
) -> None:
    """Keep what a model (`engine:model`) proposes for the words of a version, or why it was dropped. Doing it again
    changes nothing."""
    asked = _awaited(session, viewer, rewording_id)
    if asked is None:
        return
    engine, _, name = model.partition(":")
    asked.engine, asked.model, asked.prompt_version = engine, name[:500], PROMPT_VERSION
    asked.source_version = version
    dropped = bool(proposal.failures)
    asked.state = RewordingState.DROPPED if dropped else RewordingState.PROPOSED
    asked.reason_code = "rewording_dropped" if dropped else None
    asked.text = None if dropped else proposal.text
    asked.failures = [_told(failure) for failure in proposal.failures]
    _finish(session, viewer, asked)


def record_silence(session: Session, viewer: Viewer, rewording_id: uuid.UUID, state: RewordingState, code: str) -> None:
    """Say why there is no proposal. Doing it again changes nothing."""
    asked = _awaited(session, viewer, rewording_id)
    if asked is not None:
        asked.state, asked.reason_code = state, code
        _finish(session, viewer, asked)


def _told(failure: Failure) -> dict[str, str]:
    return {"check": failure.check, "words": failure.detail[:200]}


def _awaited(session: Session, viewer: Viewer, rewording_id: uuid.UUID) -> Rewording | None:
    statement = rewordings.visible_to(session, viewer).where(Rewording.id == rewording_id).with_for_update(of=Rewording)
    asked = session.scalars(statement.execution_options(populate_existing=True)).first()
    return asked if asked is not None and asked.state is RewordingState.WAITING else None


def _finish(session: Session, viewer: Viewer, asked: Rewording) -> None:
    asked.written_at = now()
    session.flush()
    record(session, viewer, "rewording.answered", "Rewording", asked.id)


def outdated(session: Session, viewer: Viewer, asked: Sequence[Rewording]) -> dict[uuid.UUID, bool]:
    """Of each rewording, whether its goal or feedback was changed since the words were read, by two statements."""
    found = goals.goals_by_ids(session, viewer, {row.goal_id for row in asked if row.goal_id})
    given = notes.by_ids(session, viewer, {row.feedback_id for row in asked if row.feedback_id})
    versions = {id_: goal.version for id_, goal in found.items()} | {id_: note.version for id_, note in given.items()}
    return {row.id: versions.get(row.goal_id or row.feedback_id or row.id) != row.source_version for row in asked}
