"""When a late task counts as blocked, and how far up that is told (阻塞预警).

A task is silent from its due time on, or from its last update if that came later. So many hours of working time into
the silence it is blocked: level 1. Every further stretch of silence is one level more, up to the last. An update ends
the silence; after an update the owner has longer before a new one counts.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from resolvers.rules.working_time import NoWorkingDayError, WorkingCalendar


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """An organisation's limits, in hours of working time."""

    first_hours: int = 2
    """From the due time, without an update since."""
    silence_hours: int | None = 18
    """From an update made after the due time; None: an update ends it until the task is due anew."""
    repeat_hours: int = 9
    """From one level to the next."""
    levels: int = 3

    def hours_until(self, level: int, *, updated: bool) -> int:
        """How long a silence has lasted when it reaches a level; `updated`: it began with an update."""
        begin = self.silence_hours or 0 if updated else self.first_hours
        return begin + (level - 1) * self.repeat_hours


@dataclass(frozen=True, slots=True)
class Escalation:
    """A silence and the level that it has reached."""

    since: datetime.datetime
    level: int
    """From 1."""


def escalation(
    due_at: datetime.datetime,
    updated_at: datetime.datetime | None,
    moment: datetime.datetime,
    rule: EscalationRule,
    calendar: WorkingCalendar,
) -> Escalation | None:
    """What the silence of an open task has come to at `moment`; None while it is not blocked.

    A calendar without working days blocks nothing.
    """
    told = updated_at is not None and updated_at > due_at
    since = updated_at if told and updated_at is not None else due_at
    hours = rule.silence_hours if told else rule.first_hours
    if hours is None or since >= moment:
        return None
    level = 0
    try:
        threshold = calendar.add_working_time(since, datetime.timedelta(hours=hours))
        while level < rule.levels and threshold <= moment:
            level += 1
            threshold = calendar.add_working_time(threshold, datetime.timedelta(hours=rule.repeat_hours))
    except NoWorkingDayError:
        return None
    return Escalation(since, level) if level else None
