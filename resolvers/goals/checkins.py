"""Check-ins: the smallest loop of progress, risk, next step and support, and a note; and comments."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from db.base import now
from db.inbox import notify
from db.models.goal_updates import CheckIn, CheckInValue, CommentKind, GoalComment, GoalMention
from db.models.goals import LIVE, DataSource, Goal, GoalStatus, Measure, MeasureKind, Stage
from db.models.inbox import NotificationCode
from db.queries import goals
from db.viewer import Role, Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import authority
from resolvers.goals.inputs import (
    TEXT_LENGTH,
    TITLE_LENGTH,
    checked_confidence,
    checked_number,
    optional_text,
    required_text,
)
from resolvers.goals.loading import GOAL_PATH, goal_to_change
from resolvers.goals.risk import put_down_risk
from resolvers.goals.standing import measured
from resolvers.goals.steps import StepDone, complete
from resolvers.inbox import viewers_of
from resolvers.telling import GOAL, tell

FEEDERS = (Role.PMO, Role.ADMINISTRATOR)
"""Who may bring in values of other systems for goals that they can see."""
MENTIONS = 50


@dataclass(frozen=True, slots=True)
class ValueDraft:
    """A new value of a measure: a number, or a stage, or that the measure does not apply."""

    measure_id: uuid.UUID
    value: Decimal | None = None
    stage: Stage | None = None
    applicable: bool = True
    confidence: int | None = None
    source: DataSource = DataSource.MANUAL
    citation: str | None = None
    """What the source calls the thing that the value was read from; required unless entered by hand."""


@dataclass(frozen=True, slots=True)
class CheckInDraft:
    values: Sequence[ValueDraft] = ()
    confidence: int | None = None
    risk: str | None = None
    next_step: str | None = None
    support: str | None = None
    note: str | None = None
    steps: Sequence[StepDone] = ()


def check_in(
    session: Session, viewer: Viewer, goal_id: uuid.UUID, draft: CheckInDraft, expected_version: int | None
) -> CheckIn:
    """Write down how a confirmed goal goes on. The first check-in sets it running.

    For whoever may shape the goal; values that cite another system, without steps, also for PMO and administrators.
    Raises `DomainError`: NOT_FOUND, FORBIDDEN, GOAL_STATE, CONFLICT, CHANGE_EMPTY for a check-in that says nothing,
    CITATION_REQUIRED, STEP_DONE for a step that is done already, and what is wrong with a value.
    """
    words = {
        name: optional_text(getattr(draft, name), TEXT_LENGTH, ("input", client))
        for name, client in (("risk", "risk"), ("next_step", "nextStep"), ("support", "support"), ("note", "note"))
    }
    checked_confidence(draft.confidence, ("input", "confidence"))
    goal = goal_to_change(session, viewer, goal_id, expected_version, statuses=LIVE, at=("input", "goalId"))
    fed = bool(draft.values) and all(value.source is not DataSource.MANUAL for value in draft.values)
    if draft.steps or not (fed and viewer.has(*FEEDERS)):
        authority.require_may_shape(session, viewer, authority.subject_of(goal))
    if not draft.values and not draft.steps and draft.confidence is None and not any(words.values()):
        raise DomainError(ErrorCode.CHANGE_EMPTY, ("input",))
    moment = now()
    measures = goals.measures(session, [goal.id]).get(goal.id, [])
    rows = _record_values(goal, measures, draft.values)
    for row in rows:
        measure = next(one for one in measures if one.id == row.measure_id)
        measure.current, measure.stage, measure.applicable = row.value, row.stage, row.applicable
        measure.confidence = row.confidence if row.confidence is not None else measure.confidence
        measure.measured_at = moment
    goal.status = GoalStatus.RUNNING
    goal.checked_in_at = moment
    goal.confidence = draft.confidence if draft.confidence is not None else goal.confidence
    progress = measured(measures).progress
    checked_number(progress, ("input", "values"))
    written = CheckIn(
        organization_id=goal.organization_id,
        goal_id=goal.id,
        author_id=viewer.person_id,
        revision=goal.revision,
        confidence=draft.confidence,
        progress=progress,
        **words,
    )
    session.add(written)
    session.flush()
    for row in rows:
        row.check_in_id = written.id
    session.add_all(rows)
    complete(session, written, draft.steps)
    session.flush()
    tell(session, viewer, "goal.checked_in", GOAL, goal.id)
    put_down_risk(session, viewer, goal, written)
    return written


def _record_values(goal: Goal, measures: Sequence[Measure], drafts: Sequence[ValueDraft]) -> list[CheckInValue]:
    """The values as rows with the scale of today. Raises for the first one that does not fit its measure."""
    known = {measure.id: measure for measure in measures}
    rows: list[CheckInValue] = []
    for index, draft in enumerate(drafts):
        at = ("input", "values", str(index))
        measure = known.get(draft.measure_id)
        if measure is None:
            raise DomainError(ErrorCode.NOT_FOUND, (*at, "measureId"))
        if any(row.measure_id == measure.id for row in rows):
            raise DomainError(ErrorCode.FIELD_REPEATED, (*at, "measureId"))
        _require_fitting(measure, draft, at)
        rows.append(
            CheckInValue(
                organization_id=goal.organization_id,
                measure_id=measure.id,
                value=draft.value,
                stage=draft.stage,
                applicable=draft.applicable,
                confidence=draft.confidence,
                start=measure.start,
                target=measure.target,
                low=measure.low,
                high=measure.high,
                source=draft.source,
                citation=optional_text(draft.citation, TITLE_LENGTH, (*at, "citation")),
            )
        )
    return rows


def _require_fitting(measure: Measure, draft: ValueDraft, at: tuple[str, ...]) -> None:
    checked_confidence(draft.confidence, (*at, "confidence"))
    checked_number(draft.value, (*at, "value"))
    if draft.source is not DataSource.MANUAL and not (draft.citation or "").strip():
        raise DomainError(ErrorCode.CITATION_REQUIRED, (*at, "citation"))
    staged = measure.kind is MeasureKind.STAGED
    given = draft.stage if staged else draft.value
    stray = draft.value if staged else draft.stage
    if stray is not None or (given is None and draft.applicable) or (given is not None and not draft.applicable):
        raise DomainError(ErrorCode.INVALID, at)


def comment_on_goal(
    session: Session, viewer: Viewer, goal_id: uuid.UUID, text: str, mentions: Sequence[uuid.UUID]
) -> GoalComment:
    """Write a comment on a goal that the viewer sees, naming colleagues of the organisation.

    A mention opens nothing: a colleague who may not see the goal does not see the comment either. Raises NOT_FOUND,
    TEXT_REQUIRED, TEXT_TOO_LONG, TOO_MANY.
    """
    written_text = required_text(text, TEXT_LENGTH, ("input", "text"))
    if goal_id not in goals.goals_by_ids(session, viewer, [goal_id]):
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "goalId"))
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN, GOAL_PATH)
    if len(mentions) > MENTIONS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "mentionIds"))
    authority.require_colleagues(session, viewer, mentions, ("input", "mentionIds"))
    written = GoalComment(
        organization_id=viewer.organization_id,
        goal_id=goal_id,
        author_id=viewer.person_id,
        kind=CommentKind.COMMENT,
        text=written_text,
    )
    session.add(written)
    session.flush()
    session.add_all(
        GoalMention(organization_id=viewer.organization_id, comment_id=written.id, person_id=person_id)
        for person_id in dict.fromkeys(mentions)
    )
    session.flush()
    tell(session, viewer, "goal.commented", GOAL, goal_id)
    _tell_mentioned(session, viewer, written, mentions)
    return written


def _tell_mentioned(session: Session, viewer: Viewer, comment: GoalComment, mentions: Sequence[uuid.UUID]) -> None:
    """Tell those who were named and may see the goal."""
    told = [
        named.person_id
        for named in viewers_of(session, viewer, mentions)
        if named.person_id is not None and goals.goals_by_ids(session, named, [comment.goal_id])
    ]
    notify(
        session,
        viewer,
        told,
        NotificationCode.MENTIONED,
        key=f"mention:{comment.id}",
        subject=("Goal", comment.goal_id),
    )
