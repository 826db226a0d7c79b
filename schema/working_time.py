"""The organisation's working calendar in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from db.models import schedules as rows
from db.queries import schedules
from db.queries.paging import Order, Page, fetch_page
from resolvers import working_time
from resolvers.rules.working_time import USUAL
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import loaded
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant, only
from schema.relay import After, Connection, First, Node, node_type, read_page

BY_YEAR = Order((rows.WorkingYear.year, rows.WorkingYear.id))


def _load_years(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.WorkingYear | None]:
    return loaded(schedules.working_years_by_ids(context.session, context.viewer, ids), ids)


@dataclass(frozen=True, slots=True)
class _NamedDay:
    day: datetime.date
    working: bool
    name: str | None


def _days(_context: Context, years: Sequence[rows.WorkingYear]) -> list[list[_NamedDay]]:
    return [
        [
            _NamedDay(datetime.date.fromisoformat(day), each["working"], each["name"] or None)
            for day, each in sorted(year.days.items())
        ]
        for year in years
    ]


@strawberry.type(description="A day that differs from what its weekday says.")
class WorkingYearDay:
    day: datetime.date = field(description="The day.")
    working: bool = field(description="True: a make-up day, on which one works. False: a holiday.")
    name: str | None = field(description="What it is called, if it has a name.")


@node_type(
    rows.WorkingYear, load=_load_years, description="On which days and at which hours of a year the organisation works."
)
class WorkingYear(Node):
    year: int = field(description="The calendar year.")
    weekdays: list[int] = batch(
        lambda _context, years: [sorted(year.weekdays) for year in years],
        description="The weekdays on which one works, in their order: 1 is Monday, 7 is Sunday.",
    )
    days: list[WorkingYearDay] = batch(_days, description="Holidays and make-up days, in their order.")
    opens_minute: int = field(description="When the working day begins, in minutes after local midnight.")
    closes_minute: int = field(description="When the working day ends, in minutes after local midnight.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.type(description="What the working calendar says of a day.")
class WorkingDay:
    day: datetime.date = field(description="The day.")
    working: bool = field(description="Whether the organisation works on it.")
    name: str | None = field(description="Name of the holiday or make-up day.")
    next_working_day: datetime.date = field(description="The first working day after it.")
    assumed: bool = field(
        description="Whether nobody has set the day's year: Monday to Friday is taken for it, holidays are not known."
    )


@strawberry.type(description="An instant by the working calendar.")
class WorkingTime:
    moment: datetime.datetime = field(description="The instant.")
    day: datetime.date = field(description="The day that it is then where the organisation is.")


Day = Annotated[datetime.date, strawberry.argument(description="A day of the years 2000 to 2100.")]
Begin = Annotated[datetime.datetime, strawberry.argument(description="The instant to count from.")]
Minutes = Annotated[
    int,
    strawberry.argument(description="Minutes of working time to add: 0 to 527,040. 0 gives the next moment of work."),
]


def _years(context: Context, first: First = None, after: After = None) -> Page[rows.WorkingYear]:
    statement = schedules.working_years(context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, BY_YEAR, page), first, after)


def _day(context: Context, day: Day) -> working_time.WorkingDay:
    return working_time.working_day(context.session, context.viewer, day)


def _time(context: Context, begin: Begin, minutes: Minutes = 0) -> working_time.WorkingTime:
    return working_time.working_time(context.session, context.viewer, begin, minutes)


@strawberry.type
class WorkingTimeQueries:
    working_years: Connection[WorkingYear] = root(
        _years,
        description=(
            "The years whose working calendar was set, in their order. In all others one works Monday to Friday, "
            "9:00 to 18:00."
        ),
    )
    working_day: WorkingDay = root(_day, description="Whether the organisation works on a day.")
    working_time: WorkingTime = root(
        _time,
        description="The instant by which so much working time has passed, by the clocks of the organisation's zone.",
    )


@strawberry.input(description="A holiday or a make-up day.")
class WorkingYearDayInput:
    day: datetime.date = strawberry.field(description="A day of the year.")
    working: bool = strawberry.field(description="True: a make-up day, on which one works. False: a holiday.")
    name: str = strawberry.field(default="", description="What it is called, in at most 100 characters.")


@strawberry.input(description="The whole working calendar of a year, in place of the present one.")
class SetWorkingYearInput:
    year: int = strawberry.field(description="2000 to 2100.")
    weekdays: list[int] = strawberry.field(description="The weekdays on which one works: 1 is Monday, 7 is Sunday.")
    days: list[WorkingYearDayInput] = strawberry.field(
        default_factory=list, description="Holidays and make-up days, each once."
    )
    opens_minute: int = strawberry.field(
        default=USUAL.opens_minute, description="When the working day begins, in minutes after local midnight."
    )
    closes_minute: int = strawberry.field(
        default=USUAL.closes_minute, description="When it ends, in minutes after local midnight: at most 1440."
    )
    expected_version: int | None = strawberry.field(
        default=None, description=f"{EXPECTED_VERSION} 0: the year has no calendar yet."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The working calendar of a year.")
class SetWorkingYearPayload:
    working_year: WorkingYear | None = field(description="The calendar; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _set(context: Context, input: SetWorkingYearInput) -> Mapping[str, Any]:
    draft = working_time.YearDraft(
        year=input.year,
        weekdays=input.weekdays,
        days=[working_time.DayDraft(each.day, each.working, each.name) for each in input.days],
        opens_minute=input.opens_minute,
        closes_minute=input.closes_minute,
    )
    year = working_time.set_working_year(context.session, context.viewer, draft, input.expected_version)
    return {"working_year": year}


@strawberry.type
class WorkingTimeMutations:
    set_working_year: SetWorkingYearPayload = mutation(
        _set, description="Set on which days and at which hours of a year the organisation works."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "workingYears workingDay workingTime"),
    **grant("Mutation", only(*working_time.CALENDAR_ROLES), "setWorkingYear"),
    **grant("WorkingYear", VISIBLE, "id year weekdays days opensMinute closesMinute version"),
    **grant("WorkingYearDay", VISIBLE, "day working name"),
    **grant("WorkingDay", VISIBLE, "day working name nextWorkingDay assumed"),
    **grant("WorkingTime", VISIBLE, "moment day"),
}
