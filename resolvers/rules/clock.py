"""Local times of day as instants, daylight saving time included."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

_DAY = datetime.timedelta(days=1)


def at_local(day: datetime.date, minute: int, zone: ZoneInfo) -> datetime.datetime:
    """The instant, in UTC, at which clocks in the zone show that many minutes after midnight of the day.

    A time that the clocks leave out counts with the offset before the change, so 02:30 becomes 03:30; of a time that
    they show twice the first one is meant (RFC 5545, section 3.3.5).
    """
    midnight = datetime.datetime.combine(day, datetime.time.min, zone)
    return (midnight + datetime.timedelta(minutes=minute)).astimezone(datetime.UTC)


def next_run(after: datetime.datetime, minute: int, zone: ZoneInfo) -> datetime.datetime:
    """The first instant later than `after` at which clocks in the zone show that many minutes after midnight."""
    day = after.astimezone(zone).date() - _DAY
    while True:
        moment = at_local(day, minute, zone)
        if moment > after:
            return moment
        day += _DAY


def latest_run(until: datetime.datetime, minute: int, zone: ZoneInfo) -> datetime.datetime:
    """The last instant not later than `until` at which clocks in the zone show that many minutes after midnight."""
    day = until.astimezone(zone).date() + _DAY
    while True:
        moment = at_local(day, minute, zone)
        if moment <= until:
            return moment
        day -= _DAY
