"""The organisation's working calendar: set for a year by HR or an administrator, read by everybody."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.events import record
from db.models.schedules import WorkingYear
from db.queries import schedules
from db.viewer import Role, Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.rules import working_time as rules
from resolvers.rules.working_time import USUAL, NoWorkingDayError, WorkingCalendar

CALENDAR_ROLES = (Role.HR, Role.ADMINISTRATOR)
"""Who sets the working calendar."""
YEARS = range(2000, 2101)
NAME_LENGTH = 100
MINUTES_OF_DAY = 24 * 60
LONGEST_MINUTES = 366 * MINUTES_OF_DAY
"""How much working time may be added at once."""


@dataclass(frozen=True, slots=True)
class DayDraft:
    """A day that differs from what its weekday says."""

    day: datetime.date
    working: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class YearDraft:
    """The whole calendar of a year."""

    year: int
    weekdays: Sequence[int]
    """1 is Monday, 7 is Sunday."""
    days: Sequence[DayDraft] = ()
    opens_minute: int = USUAL.opens_minute
    closes_minute: int = USUAL.closes_minute


def set_working_year(session: Session, viewer: Viewer, draft: YearDraft, expected_version: int | None) -> WorkingYear:
    """Put this calendar in place of the year's present one. For HR and administrators.

    Raises `DomainError`: FORBIDDEN, CONFLICT, NUMBER_OUT_OF_RANGE for a year, weekday or hours that cannot be or a
    year without a working weekday, FIELD_REPEATED for a day named twice, INVALID for a day outside the year,
    TEXT_TOO_LONG.
    """
    if not viewer.has(*CALENDAR_ROLES):
        raise DomainError(ErrorCode.FORBIDDEN)
    _check(draft)
    statement = schedules.working_years(viewer).where(WorkingYear.year == draft.year).with_for_update()
    standing = session.scalars(statement).first()
    if expected_version is not None and (standing.version if standing else 0) != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    year = standing or WorkingYear(organization_id=viewer.organization_id, year=draft.year)
    year.weekdays = sorted(set(draft.weekdays))
    year.days = {
        each.day.isoformat(): {"working": each.working, "name": each.name.strip()}
        for each in sorted(draft.days, key=lambda each: each.day)
    }
    year.opens_minute, year.closes_minute = draft.opens_minute, draft.closes_minute
    session.add(year)
    try:
        session.flush()
    except IntegrityError as error:  # another request made the year's first calendar at the same time
        raise DomainError(ErrorCode.CONFLICT, ("input", "year")) from error
    record(session, viewer, "working_year.set", "WorkingYear", year.id)
    return year


def calendar_of(session: Session, viewer: Viewer, zone: ZoneInfo | None = None) -> WorkingCalendar:
    """The organisation's calendar, read by the clocks of a zone, by default of the organisation's."""
    zone = zone or ZoneInfo(schedules.organization_zone(session, viewer) or "UTC")
    rows = session.scalars(schedules.working_years(viewer))
    return WorkingCalendar({row.year: _rule(row) for row in rows}, zone)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """An instant by the organisation's working calendar."""

    moment: datetime.datetime
    day: datetime.date
    """The day that it is then where the organisation is."""


def working_time(session: Session, viewer: Viewer, begin: datetime.datetime, minutes: int) -> WorkingTime:
    """The instant by which so many minutes of working time have passed; with 0, the next working moment.

    Raises NUMBER_OUT_OF_RANGE for more than a year of minutes, a negative number or a begin outside 2000 to 2100, and
    INVALID when the calendar has no working day within reach.
    """
    if not 0 <= minutes <= LONGEST_MINUTES:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("minutes",))
    if begin.year not in YEARS:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("begin",))
    calendar = calendar_of(session, viewer)
    try:
        moment = calendar.add_working_time(begin, datetime.timedelta(minutes=minutes))
    except NoWorkingDayError as error:
        raise DomainError(ErrorCode.INVALID, ("begin",)) from error
    return WorkingTime(moment, moment.astimezone(calendar.zone).date())


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """What the calendar says of a day."""

    day: datetime.date
    working: bool
    name: str | None
    """Of the holiday or make-up day."""
    next_working_day: datetime.date
    """The first one later than the day."""
    assumed: bool
    """Nobody has set the year: the usual weekdays are taken, without holidays and make-up days."""


def working_day(session: Session, viewer: Viewer, day: datetime.date) -> WorkingDay:
    """Whether the organisation works on a day. Raises NUMBER_OUT_OF_RANGE outside 2000 to 2100, and INVALID when the
    calendar has no working day within reach."""
    if day.year not in YEARS:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("day",))
    row = session.scalars(schedules.working_years(viewer).where(WorkingYear.year == day.year)).first()
    name = row.days.get(day.isoformat(), {}).get("name") if row else None
    calendar = calendar_of(session, viewer)
    try:
        following = calendar.working_day_from(day + datetime.timedelta(days=1))
    except NoWorkingDayError as error:
        raise DomainError(ErrorCode.INVALID, ("day",)) from error
    return WorkingDay(day, calendar.is_working_day(day), name or None, following, row is None)


def _rule(row: WorkingYear) -> rules.WorkingYear:
    return rules.WorkingYear(
        weekdays=frozenset(row.weekdays),
        exceptions={datetime.date.fromisoformat(day): bool(each["working"]) for day, each in row.days.items()},
        opens_minute=row.opens_minute,
        closes_minute=row.closes_minute,
    )


def _check(draft: YearDraft) -> None:
    if draft.year not in YEARS:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "year"))
    if not draft.weekdays or not set(draft.weekdays) <= set(range(1, 8)):
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "weekdays"))
    if not 0 <= draft.opens_minute < draft.closes_minute <= MINUTES_OF_DAY:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "closesMinute"))
    seen: set[datetime.date] = set()
    for index, each in enumerate(draft.days):
        at = ("input", "days", str(index))
        if each.day.year != draft.year:
            raise DomainError(ErrorCode.INVALID, (*at, "day"))
        if each.day in seen:
            raise DomainError(ErrorCode.FIELD_REPEATED, (*at, "day"))
        if len(each.name.strip()) > NAME_LENGTH or "\x00" in each.name:
            raise DomainError(ErrorCode.TEXT_TOO_LONG, (*at, "name"))
        seen.add(each.day)
