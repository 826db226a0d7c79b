"""When silence about a late task counts, over nights, weekends, holidays, make-up days and zones."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest

from resolvers.rules.blocking import Escalation, EscalationRule, escalation
from resolvers.rules.working_time import WorkingCalendar, WorkingYear

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
RULE = EscalationRule()
YEAR = WorkingYear(
    exceptions={
        **{datetime.date(2026, 10, day): False for day in range(1, 8)},
        datetime.date(2026, 10, 10): True,
    }
)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone)


def level(
    due: str, moment: str, updated: str | None = None, rule: EscalationRule = RULE, zone: ZoneInfo = SHANGHAI
) -> int:
    calendar = WorkingCalendar({2026: YEAR}, zone)
    found = escalation(at(due, zone), at(updated, zone) if updated else None, at(moment, zone), rule, calendar)
    return found.level if found else 0


@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK])
def test_two_hours_of_working_time_after_the_due_time(zone: ZoneInfo) -> None:
    assert level("2026-09-15T10:00", "2026-09-15T11:59:59", zone=zone) == 0
    assert level("2026-09-15T10:00", "2026-09-15T12:00", zone=zone) == 1


def test_nights_weekends_holidays_and_make_up_days() -> None:
    assert level("2026-09-18T17:00", "2026-09-21T09:59") == 0  # Friday evening to Monday morning
    assert level("2026-09-18T17:00", "2026-09-21T10:00") == 1
    assert level("2026-09-30T18:00", "2026-10-08T10:59") == 0  # a week of holidays
    assert level("2026-09-30T18:00", "2026-10-08T11:00") == 1
    assert level("2026-10-09T17:30", "2026-10-10T10:30") == 1  # the Saturday is worked


def test_levels_rise_by_policy_and_end() -> None:
    due = "2026-09-14T09:00"  # Monday
    assert [level(due, f"2026-09-{day}T11:00") for day in (14, 15, 16, 17, 18)] == [1, 2, 3, 3, 3]
    assert level(due, "2026-09-18T11:00", rule=EscalationRule(levels=1)) == 1


def test_an_update_ends_the_silence_and_another_begins_later() -> None:
    due, updated = "2026-09-14T09:00", "2026-09-14T10:00"
    assert level(due, "2026-09-14T18:00", updated) == 0
    assert level(due, "2026-09-16T09:59", updated) == 0
    assert level(due, "2026-09-16T10:00", updated) == 1
    assert level(due, "2026-10-30T10:00", updated, EscalationRule(silence_hours=None)) == 0
    assert level(due, "2026-09-14T11:00", "2026-09-14T08:59") == 1  # said before it was due: no update since


def test_the_silence_is_told_with_its_begin_and_a_calendar_without_days_blocks_nothing() -> None:
    due, moment = at("2026-09-14T09:00"), at("2026-09-14T12:00")
    assert escalation(due, None, moment, RULE, WorkingCalendar({}, SHANGHAI)) == Escalation(due, 1)
    never = {year: WorkingYear(weekdays=frozenset()) for year in range(2025, 2030)}
    assert escalation(due, None, moment, RULE, WorkingCalendar(never, SHANGHAI)) is None
    assert escalation(due, None, due, RULE, WorkingCalendar({}, SHANGHAI)) is None
