"""What people are reminded of on the mornings of working days, by the clocks of their own zone."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.inbox import notify
from db.models.inbox import NotificationCode
from db.queries import goals, reminders
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.inputs import monday_of
from resolvers.working_time import calendar_of


def remind_of_week(session: Session, viewer: Viewer, due: datetime.datetime, zone: str) -> None:
    """Remind those who live in the zone of the week's key action: to write it down, or of the open one.

    Once a day for each person, on working days alone. For the system's viewer; raises FORBIDDEN for people.
    """
    day = _working_day(session, viewer, due, zone)
    if day is None:
        return
    week = monday_of(day)
    key = f"weekly_action:{day}"
    missing = reminders.without_action(session, viewer, zone, day, week)
    notify(session, viewer, missing, NotificationCode.WEEKLY_ACTION_TO_WRITE, key=key)
    for action in reminders.open_actions(session, viewer, zone, day, week):
        notify(
            session,
            viewer,
            [action.person_id],
            NotificationCode.WEEKLY_ACTION_OPEN,
            key=key,
            subject=("WeeklyAction", action.id),
        )


def remind_of_check_ins(session: Session, viewer: Viewer, due: datetime.datetime, zone: str) -> None:
    """Remind those who live in the zone of goals whose check-in is late by the organisation's rhythm, and of overdue
    steps.

    Once a week for each person, on working days alone. For the system's viewer; raises FORBIDDEN for people.
    """
    day = _working_day(session, viewer, due, zone)
    if day is None:
        return
    rhythm = datetime.timedelta(days=goals.policy(session, viewer).update_every_days)
    late = reminders.goals_without_check_in(session, viewer, zone, day, due - rhythm)
    for person_id, count in sorted(late.items()):
        notify(
            session,
            viewer,
            [person_id],
            NotificationCode.CHECK_IN_DUE,
            key=f"check_in:{monday_of(day)}",
            params={"count": count, "days": rhythm.days},
        )
    for person_id, count in sorted(reminders.overdue_steps(session, viewer, zone, day).items()):
        notify(
            session,
            viewer,
            [person_id],
            NotificationCode.GOAL_STEPS_OVERDUE,
            key=f"goal_steps:{monday_of(day)}",
            params={"count": count},
        )


def _working_day(session: Session, viewer: Viewer, due: datetime.datetime, zone: str) -> datetime.date | None:
    """The day in the zone, if one works on it."""
    if not viewer.is_system:
        raise DomainError(ErrorCode.FORBIDDEN)
    clock = ZoneInfo(zone)
    day = due.astimezone(clock).date()
    return day if calendar_of(session, viewer, clock).is_working_day(day) else None
