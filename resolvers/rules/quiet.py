"""Quiet hours: when somebody may be told outside of the product."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from resolvers.rules.clock import latest_run, next_run

Hours = tuple[int, int]
"""From and until, in minutes after midnight; until may lie on the next day."""


def allowed_at(moment: datetime.datetime, hours: Hours | None, zone: ZoneInfo) -> datetime.datetime:
    """The first instant from `moment` on that lies in no quiet hours where the person is.

    It is quiet when quiet hours have begun since they last ended, which holds over midnight and over a change of the
    clocks.
    """
    if hours is None:
        return moment
    begin, end = hours
    if latest_run(moment, begin, zone) > latest_run(moment, end, zone):
        return next_run(moment, end, zone)
    return moment
