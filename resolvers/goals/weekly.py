"""The week's key action: my goal, the one thing I must finish, and a colleague who sees it finished."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.inbox import notify
from db.models.goal_updates import ActionOutcome, WeeklyAction, WitnessAnswer
from db.models.goals import Goal
from db.models.inbox import NotificationCode
from db.models.people import Employment, Person
from db.queries import goal_updates, goals, people
from db.viewer import Role, Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import authority
from resolvers.goals.inputs import TITLE_LENGTH, monday_of, required_text
from resolvers.rules.graphemes import count_graphemes

MUST_FINISH_CHARACTERS = 20
WEEKS_AHEAD = 4


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """The three fields, and the week they are for."""

    goal_text: str
    must_finish: str
    witness_id: uuid.UUID
    goal_id: uuid.UUID | None = None
    goal_code: str | None = None
    """Instead of the id: the goal's code in a cycle that holds the week."""
    week: datetime.date | None = None
    """Any day of the week; None: this week where the person is."""


def plan_week(session: Session, viewer: Viewer, draft: ActionDraft) -> WeeklyAction:
    """Write down one's key action of a week; there is one for each person and week.

    Raises `DomainError`: TEXT_REQUIRED, TEXT_TOO_LONG for more than 20 characters (as people count them), NOT_FOUND
    for the goal or witness, WITNESS_IS_SELF, WEEK_TAKEN, NUMBER_OUT_OF_RANGE for a week that is over or more than four
    weeks ahead.
    """
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    this_week = current_week(session, viewer.person_id)
    week = monday_of(draft.week) if draft.week else this_week
    if not this_week <= week <= this_week + datetime.timedelta(weeks=WEEKS_AHEAD):
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "week"))
    action = WeeklyAction(
        organization_id=viewer.organization_id,
        person_id=viewer.person_id,
        week=week,
        witness_answer=WitnessAnswer.ASKED,
        outcome=ActionOutcome.OPEN,
    )
    _write(session, viewer, action, draft)
    session.add(action)
    try:
        session.flush()
    except IntegrityError as error:
        raise DomainError(ErrorCode.WEEK_TAKEN, ("input", "week")) from error
    _announce(session, viewer, action)
    return action


def replan_week(
    session: Session, viewer: Viewer, action_id: uuid.UUID, draft: ActionDraft, expected_version: int | None
) -> WeeklyAction:
    """Change one's open key action. A witness is asked anew. Raises what `plan_week` does, CONFLICT and GOAL_STATE."""
    action = _own_open(session, viewer, action_id, expected_version)
    former = action.witness_id
    _write(session, viewer, action, draft)
    action.witness_answer, action.witnessed_at = WitnessAnswer.ASKED, None
    session.flush()
    _announce(session, viewer, action, lost_to={former} - {action.witness_id})
    return action


def close_week(
    session: Session, viewer: Viewer, action_id: uuid.UUID, done: bool, expected_version: int | None
) -> WeeklyAction:
    """Say whether one's key action was finished. Raises NOT_FOUND, FORBIDDEN, CONFLICT, GOAL_STATE."""
    action = _own_open(session, viewer, action_id, expected_version)
    action.outcome = ActionOutcome.DONE if done else ActionOutcome.NOT_DONE
    action.closed_at = now()
    session.flush()
    record(session, viewer, "weekly_action.closed", "WeeklyAction", action.id)
    return action


def answer_as_witness(session: Session, viewer: Viewer, action_id: uuid.UUID, seen: bool) -> WeeklyAction:
    """The witness says by one click whether it was seen finished; a second click changes the answer.

    Raises NOT_FOUND, and FORBIDDEN for anybody else.
    """
    action = _visible(session, viewer, action_id)
    if action.witness_id != viewer.person_id:
        raise DomainError(ErrorCode.FORBIDDEN)
    action.witness_answer = WitnessAnswer.SEEN if seen else WitnessAnswer.NOT_SEEN
    action.witnessed_at = now()
    session.flush()
    record(session, viewer, "weekly_action.witnessed", "WeeklyAction", action.id)
    return action


def current_week(session: Session, person_id: uuid.UUID) -> datetime.date:
    """The Monday of this week in the person's own zone."""
    zone = session.scalar(sa.select(Person.timezone).where(Person.id == person_id)) or "UTC"
    return monday_of(now().astimezone(ZoneInfo(zone)).date())


@dataclass(frozen=True, slots=True)
class WeeklyScan:
    """A week of a team at a glance. Percentages are None where there is nothing to divide by."""

    week: datetime.date
    people: int
    planned: int
    completion_percent: Decimal | None
    """Finished ÷ planned."""
    linked_percent: Decimal | None
    """Linked to a goal ÷ planned."""
    witnessed_percent: Decimal | None
    """Answered by the witness ÷ planned."""
    witnesses: Sequence[tuple[uuid.UUID, int]]
    """How often each colleague was asked, the most often asked first."""


def weekly_scan(session: Session, viewer: Viewer, week: datetime.date, department_id: uuid.UUID | None) -> WeeklyScan:
    """The week's key actions of the people for whom the viewer answers, of one department or of all.

    For managers and HR; raises FORBIDDEN.
    """
    authority.require_role(viewer, Role.MANAGER, Role.HR)
    led = people.led_ids(session, viewer)
    if led is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    team = led.where(Person.archived_at.is_(None))
    if department_id is not None:
        on = people.today(session, viewer.organization_id)
        team = team.where(
            Person.id.in_(
                sa.select(Employment.person_id).where(
                    Employment.department_id.in_(goals.departments_below([department_id])),
                    people.in_force(Employment, on),
                )
            )
        )
    actions = goal_updates.team_actions(session, viewer, monday_of(week), team)
    size = session.scalar(sa.select(sa.func.count()).select_from(team.subquery())) or 0
    asked = Counter(action.witness_id for action in actions)
    return WeeklyScan(
        week=monday_of(week),
        people=size,
        planned=len(actions),
        completion_percent=_share(actions, [action.outcome is ActionOutcome.DONE for action in actions]),
        linked_percent=_share(actions, [action.goal_id is not None for action in actions]),
        witnessed_percent=_share(actions, [action.witness_answer is not WitnessAnswer.ASKED for action in actions]),
        witnesses=sorted(asked.items(), key=lambda pair: (-pair[1], pair[0])),
    )


def _share(actions: Sequence[WeeklyAction], hits: Sequence[bool]) -> Decimal | None:
    return (Decimal(100 * sum(hits)) / len(actions)).quantize(Decimal("0.1")) if actions else None


def _write(session: Session, viewer: Viewer, action: WeeklyAction, draft: ActionDraft) -> None:
    at = ("input", "mustFinish")
    goal_text = required_text(draft.goal_text, TITLE_LENGTH, ("input", "goalText"))
    must_finish = required_text(draft.must_finish, 200, at)
    if count_graphemes(must_finish) > MUST_FINISH_CHARACTERS:
        raise DomainError(ErrorCode.TEXT_TOO_LONG, at)
    if draft.witness_id == viewer.person_id:
        raise DomainError(ErrorCode.WITNESS_IS_SELF, ("input", "witnessId"))
    authority.require_colleague(session, viewer, draft.witness_id, ("input", "witnessId"))
    action.goal_text = goal_text
    action.must_finish = must_finish
    action.witness_id = draft.witness_id
    action.goal_id = _linked(session, viewer, draft, action.week)


def _announce(session: Session, viewer: Viewer, action: WeeklyAction, lost_to: Iterable[uuid.UUID] = ()) -> None:
    """Note that the action was planned and ask its witness; a former witness does not see it any more."""
    record(session, viewer, "weekly_action.planned", "WeeklyAction", action.id, lost_to=lost_to)
    notify(
        session,
        viewer,
        [action.witness_id],
        NotificationCode.WITNESS_ASKED,
        key=f"witness:{action.id}:{action.version}",
        subject=("WeeklyAction", action.id),
    )


def _linked(session: Session, viewer: Viewer, draft: ActionDraft, week: datetime.date) -> uuid.UUID | None:
    if draft.goal_id is not None:
        if draft.goal_id not in goals.goals_by_ids(session, viewer, [draft.goal_id]):
            raise DomainError(ErrorCode.NOT_FOUND, ("input", "goalId"))
        return draft.goal_id
    if not (draft.goal_code or "").strip():
        return None
    held = goals.cycles_holding(viewer, week)
    named = goals.visible_to(session, viewer).where(Goal.code == (draft.goal_code or "").strip(), held)
    goal = session.scalars(named.order_by(Goal.id)).first()
    if goal is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "goalCode"))
    return goal.id


def _visible(session: Session, viewer: Viewer, action_id: uuid.UUID) -> WeeklyAction:
    statement = goal_updates.weekly_actions(session, viewer).where(WeeklyAction.id == action_id)
    action = session.scalars(
        statement.with_for_update(of=WeeklyAction).execution_options(populate_existing=True)
    ).first()
    if action is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    return action


def _own_open(session: Session, viewer: Viewer, action_id: uuid.UUID, expected_version: int | None) -> WeeklyAction:
    action = _visible(session, viewer, action_id)
    if action.person_id != viewer.person_id:
        raise DomainError(ErrorCode.FORBIDDEN)
    if expected_version is not None and action.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    if action.outcome is not ActionOutcome.OPEN:
        raise DomainError(ErrorCode.GOAL_STATE, ("input", "id"))
    return action
