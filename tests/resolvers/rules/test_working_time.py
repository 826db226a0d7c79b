"""Working days, working time and times of day, over holidays, make-up days and changes of the clocks."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.rules.clock import at_local, latest_run, next_run
from resolvers.rules.working_time import NoWorkingDayError, WorkingCalendar, WorkingClock, WorkingYear

SHANGHAI, NEW_YORK, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
DAY = datetime.date
HALF_PAST_NINE = 9 * 60 + 30
NATIONAL_DAY = {
    **{DAY(2026, 10, day): False for day in range(1, 8)},
    DAY(2026, 9, 27): True,
    DAY(2026, 10, 10): True,
}
"""A week of holidays, and the Sunday and the Saturday that are worked for it."""
MOMENTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(minutes=minutes)
)
CALENDAR = WorkingCalendar({2026: WorkingYear(exceptions=NATIONAL_DAY)}, SHANGHAI)


def instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-09-25", True),
        ("2026-09-26", False),
        ("2026-09-27", True),
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-10-11", False),
        ("2027-10-01", True),  # a year of which nothing is known
    ],
)
def test_working_days(day: str, working: bool) -> None:
    assert CALENDAR.is_working_day(DAY.fromisoformat(day)) is working


def test_the_next_working_day() -> None:
    assert CALENDAR.working_day_from(DAY(2026, 10, 1)) == DAY(2026, 10, 8)
    assert CALENDAR.working_day_from(DAY(2026, 9, 26)) == DAY(2026, 9, 27)
    assert CALENDAR.working_day_from(DAY(2026, 12, 31)) == DAY(2026, 12, 31)


def test_a_calendar_without_work_is_an_error() -> None:
    idle = WorkingCalendar({year: WorkingYear(frozenset()) for year in (2026, 2027, 2028)}, SHANGHAI)
    with pytest.raises(NoWorkingDayError):
        idle.next_working_moment(instant("2026-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-09-30T08:59:00+08:00", "2026-09-30T09:00:00+08:00"),
        ("2026-09-30T17:59:00+08:00", "2026-09-30T17:59:00+08:00"),
        ("2026-09-30T18:00:00+08:00", "2026-10-08T09:00:00+08:00"),
        ("2026-10-09T20:00:00+08:00", "2026-10-10T09:00:00+08:00"),
    ],
)
def test_the_next_working_moment(moment: str, expected: str) -> None:
    assert CALENDAR.next_working_moment(instant(moment)) == instant(expected)


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        ("2026-09-29T10:00:00+08:00", 0, "2026-09-29T10:00:00+08:00"),
        ("2026-09-29T10:00:00+08:00", 8, "2026-09-29T18:00:00+08:00"),
        ("2026-09-29T10:00:00+08:00", 9, "2026-09-30T10:00:00+08:00"),
        ("2026-09-30T17:00:00+08:00", 2, "2026-10-08T10:00:00+08:00"),
        ("2026-10-03T12:00:00+08:00", 27, "2026-10-10T18:00:00+08:00"),
        ("2026-10-03T12:00:00+08:00", 28, "2026-10-12T10:00:00+08:00"),
    ],
)
def test_working_time_is_added(moment: str, hours: int, expected: str) -> None:
    assert CALENDAR.add_working_time(instant(moment), datetime.timedelta(hours=hours)) == instant(expected)


def test_working_time_is_not_taken_away() -> None:
    with pytest.raises(ValueError, match="forwards"):
        CALENDAR.add_working_time(instant("2026-09-29T10:00:00Z"), datetime.timedelta(minutes=-1))


def test_hours_may_end_at_midnight_and_change_with_the_clocks() -> None:
    around_the_clock = WorkingCalendar(
        {2026: WorkingYear(frozenset(range(1, 8)), opens_minute=0, closes_minute=1440)}, BERLIN
    )
    begin = instant("2026-03-28T23:00:00+01:00")  # the night in which 02:00 becomes 03:00
    assert around_the_clock.add_working_time(begin, datetime.timedelta(hours=4)) == begin + datetime.timedelta(hours=4)
    summer = around_the_clock.add_working_time(begin, datetime.timedelta(hours=24))
    assert summer.astimezone(BERLIN).hour == 0


@given(
    MOMENTS,
    st.integers(0, 6_000),
    st.integers(0, 6_000),
    st.sampled_from([SHANGHAI, NEW_YORK]),
)
def test_adding_in_parts_is_adding_at_once(moment: datetime.datetime, first: int, second: int, zone: ZoneInfo) -> None:
    calendar = WorkingCalendar(CALENDAR.years, zone)
    one, two = datetime.timedelta(minutes=first), datetime.timedelta(minutes=second)
    together = calendar.add_working_time(moment, one + two)
    assert calendar.next_working_moment(
        calendar.add_working_time(calendar.add_working_time(moment, one), two)
    ) == calendar.next_working_moment(together)
    assert together >= moment + one + two


@pytest.mark.parametrize(
    ("after", "minute", "zone", "expected"),
    [
        ("2026-03-06T09:29:00-05:00", HALF_PAST_NINE, NEW_YORK, "2026-03-06T09:30:00-05:00"),
        ("2026-03-07T09:30:00-05:00", HALF_PAST_NINE, NEW_YORK, "2026-03-08T09:30:00-04:00"),  # 23 hours later
        ("2026-10-31T09:30:00-04:00", HALF_PAST_NINE, NEW_YORK, "2026-11-01T09:30:00-05:00"),  # 25 hours later
        ("2026-03-07T12:00:00-05:00", 150, NEW_YORK, "2026-03-08T03:30:00-04:00"),  # 02:30 is left out
        ("2026-10-31T12:00:00-04:00", 90, NEW_YORK, "2026-11-01T01:30:00-04:00"),  # 01:30 comes twice
        ("2026-11-01T01:30:00-04:00", 90, NEW_YORK, "2026-11-02T01:30:00-05:00"),
        ("2026-11-21T01:30:00+00:00", HALF_PAST_NINE, SHANGHAI, "2026-11-22T09:30:00+08:00"),
        ("2026-12-31T23:00:00+00:00", 0, SHANGHAI, "2027-01-02T00:00:00+08:00"),
    ],
)
def test_the_next_run(after: str, minute: int, zone: ZoneInfo, expected: str) -> None:
    assert next_run(instant(after), minute, zone) == instant(expected)


@given(
    MOMENTS,
    st.integers(0, 1439),
    st.sampled_from([SHANGHAI, NEW_YORK, BERLIN, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")]),
)
def test_runs_follow_one_another(moment: datetime.datetime, minute: int, zone: ZoneInfo) -> None:
    latest, following = latest_run(moment, minute, zone), next_run(moment, minute, zone)
    assert latest <= moment < following
    assert datetime.timedelta(hours=22) < following - latest < datetime.timedelta(hours=26)
    assert next_run(latest, minute, zone) == following


def test_a_time_of_day_is_read_by_the_zone() -> None:
    assert at_local(DAY(2026, 7, 1), HALF_PAST_NINE, BERLIN) == instant("2026-07-01T07:30:00+00:00")


@given(MOMENTS, st.integers(0, 60 * 24 * 20))
def test_the_clock_counts_what_was_added(moment: datetime.datetime, minutes: int) -> None:
    later = CALENDAR.add_working_time(moment, datetime.timedelta(minutes=minutes))
    clock = WorkingClock(CALENDAR, moment - datetime.timedelta(days=3), later)
    assert clock.seconds(later) - clock.seconds(moment) == 60 * minutes
