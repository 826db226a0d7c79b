"""When an organisation works: weekdays, holidays, make-up days (调休) and hours, by the calendar of each year."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from resolvers.rules.clock import at_local

LONGEST_BREAK = 400
"""Days: a calendar that has no working day for so long is taken to be wrong."""
_DAY = datetime.timedelta(days=1)


class NoWorkingDayError(ValueError):
    """The calendar has no working day for 400 days."""


@dataclass(frozen=True, slots=True)
class WorkingYear:
    """One year's rule. Minutes are counted from midnight of the local clock."""

    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    """The weekdays on which one works: 1 is Monday, 7 is Sunday."""
    exceptions: Mapping[datetime.date, bool] = field(default_factory=dict)
    """Single days that differ: False is a holiday, True a make-up day."""
    opens_minute: int = 9 * 60
    closes_minute: int = 18 * 60


USUAL = WorkingYear()
"""Holds for years of which nothing is known: Monday to Friday, 9:00 to 18:00."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The years that are known, read by the clocks of one zone."""

    years: Mapping[int, WorkingYear]
    zone: ZoneInfo

    def is_working_day(self, day: datetime.date) -> bool:
        """Whether one works on that day: the exception if there is one, else the weekday."""
        year = self._year(day)
        return year.exceptions.get(day, day.isoweekday() in year.weekdays)

    def working_day_from(self, day: datetime.date) -> datetime.date:
        """That day if one works on it, else the next working day. Raises `NoWorkingDayError`."""
        for ahead in range(LONGEST_BREAK):
            candidate = day + ahead * _DAY
            if self.is_working_day(candidate):
                return candidate
        raise NoWorkingDayError(f"no working day within {LONGEST_BREAK} days of {day}")

    def next_working_moment(self, moment: datetime.datetime) -> datetime.datetime:
        """That instant if it lies in working hours, else the next opening, in UTC. Raises `NoWorkingDayError`."""
        return self._hours_from(moment)[0]

    def add_working_time(self, moment: datetime.datetime, duration: datetime.timedelta) -> datetime.datetime:
        """The instant, in UTC, by which so much working time has passed since `moment`.

        What ends with a working day ends at its close, not at the next opening. Time is what a stopwatch shows, also
        on a day on which the clocks change. Raises `ValueError` for a negative duration, `NoWorkingDayError`.
        """
        if duration < datetime.timedelta():
            raise ValueError("working time is counted forwards")
        begin, end = self._hours_from(moment)
        while duration > end - begin:
            duration -= end - begin
            begin, end = self._hours_from(end)
        return begin + duration

    def hours_of(self, day: datetime.date) -> tuple[datetime.datetime, datetime.datetime] | None:
        """When one begins and ends to work on that day, in UTC; None when one does not."""
        if not self.is_working_day(day):
            return None
        year = self._year(day)
        return at_local(day, year.opens_minute, self.zone), at_local(day, year.closes_minute, self.zone)

    def _hours_from(self, moment: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime]:
        """What is left of the working hours that `moment` lies in, or the next ones: begin and end."""
        moment = moment.astimezone(datetime.UTC)
        day = self.working_day_from(moment.astimezone(self.zone).date())
        while True:
            year = self._year(day)
            end = at_local(day, year.closes_minute, self.zone)
            if moment < end:
                return max(moment, at_local(day, year.opens_minute, self.zone)), end
            day = self.working_day_from(day + _DAY)

    def _year(self, day: datetime.date) -> WorkingYear:
        return self.years.get(day.year, USUAL)


class WorkingClock:
    """Counts working time between any two of many instants, without walking over the days for each."""

    def __init__(self, calendar: WorkingCalendar, begin: datetime.datetime, end: datetime.datetime) -> None:
        """`begin` and `end`: the first and the last instant that it will be asked for."""
        self._openings: list[datetime.datetime] = []
        self._worked: list[int] = []
        """Seconds worked before each opening."""
        self._lengths: list[int] = []
        day, last = begin.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
        worked = 0
        while day <= last:
            hours = calendar.hours_of(day)
            if hours is not None:
                self._openings.append(hours[0])
                self._worked.append(worked)
                self._lengths.append(int((hours[1] - hours[0]).total_seconds()))
                worked += self._lengths[-1]
            day += _DAY

    def seconds(self, moment: datetime.datetime) -> int:
        """Whole seconds of working time from the first day's opening to that instant; 0 before it."""
        index = bisect_right(self._openings, moment) - 1
        if index < 0:
            return 0
        since = int((moment - self._openings[index]).total_seconds())
        return self._worked[index] + min(since, self._lengths[index])
