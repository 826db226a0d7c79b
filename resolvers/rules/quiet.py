"""Quiet hours: when somebody may be told outside of the product."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from resolvers.rules.clock import at_local

Hours = tuple[int, int]
"""From and until, in minutes after midnight; until may lie on the next day."""

_DAY = datetime.timedelta(days=1)


def allowed_at(moment: datetime.datetime, hours: Hours | None, zone: ZoneInfo) -> datetime.datetime:
    """The first instant from `moment` on that lies in no quiet hours where the person is.

    Quiet hours go from an instant to an instant: one that the clocks leave out altogether is over before it begins,
    and one that they go through twice is as much longer (see `at_local` for either end).
    """
    if hours is None:
        return moment
    begin, end = hours
    today = moment.astimezone(zone).date()
    for day in (today - _DAY, today):
        ends_on = day if begin < end else day + _DAY
        if at_local(day, begin, zone) <= moment < (over := at_local(ends_on, end, zone)):
            moment = over
    return moment
