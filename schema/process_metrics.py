"""Process metrics of roles in the schema: milestones, rework and the pace of measures."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import strawberry

from db.models.goals import DataSource
from db.models.people import Person as PersonRow
from db.queries import people
from db.queries.paging import Page, fetch_page
from resolvers import process_metrics as use_cases
from schema.batching import batch, field, root
from schema.context import Context
from schema.goal_types import Measure, measure_of
from schema.inputs import lookup_text, optional_id
from schema.people import BY_STAFF_NUMBER, Person, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import After, Connection, First, read_page

RECORDS = Permission("the person, the managers above, and HR")


@strawberry.type(
    description="Tasks by their due time as first planned and dated steps of goals that fall due in a span."
)
class Milestones:
    on_time: int = field(description="Done by the time first planned.")
    late: int = field(description="Done later than first planned.")
    overdue: int = field(description="Due and not done.")
    ahead: int = field(description="Not due yet, and not done.")
    on_time_share: Decimal | None = field(description="Of those done or due, from 0 to 1; null where there are none.")


@strawberry.type(description="What was finished for the first time in a span, and how much of it came back until now.")
class Rework:
    tasks: int = field(description="Tasks that were done.")
    tasks_reopened: int = field(description="Of them those that were open again later.")
    deliverables: int = field(description="Deliverables that were handed in.")
    deliverables_again: int = field(description="Of them those that were handed in in another version later.")
    share: Decimal | None = field(description="Of both together, from 0 to 1; null where there are none.")


def _sources(_context: Context, parents: Sequence[use_cases.Pace]) -> list[list[DataSource]]:
    return [sorted(parent.sources) for parent in parents]


@strawberry.type(
    description="How a measure moved in a span: conversion, payments that came in, or what else a role is measured by."
)
class MeasurePace:
    measure: Measure | None = batch(measure_of("measure_id"), description="The measure.")
    sources: list[DataSource] = batch(_sources, description="Where its values came from.")
    values: int = field(description="How many values it took.")
    first: Decimal = field(description="The first of them.")
    first_at: datetime.datetime = field(description="When that was recorded.")
    last: Decimal = field(description="The latest of them.")
    last_at: datetime.datetime = field(description="When that was recorded.")
    change: Decimal = field(description="From the first to the latest.")
    per_week: Decimal | None = field(description="The change a week; null where less than a day lies between them.")


def _measures(_context: Context, parents: Sequence[use_cases.ProcessMetrics]) -> list[list[use_cases.Pace]]:
    return [list(parent.measures.values()) for parent in parents]


@strawberry.type(description="How somebody's work went in a span, counted from what was recorded anyway.")
class ProcessMetrics:
    person: Person | None = batch(person_of("person_id"), description="Who.")
    milestones: Milestones = field(description="What fell due.")
    rework: Rework = field(description="What came back.")
    measures: list[MeasurePace] = batch(
        _measures, description="The measures of the person's goals, as far as the reader may see these."
    )


@strawberry.input(description="Of which days, and whose; every part that is given must hold.")
class ProcessMetricsFilter:
    since: datetime.date = strawberry.field(description="First day, in the organisation's zone.")
    until: datetime.date = strawberry.field(description="Last day; at most 366 days in all.")
    person_id: strawberry.ID | None = strawberry.field(default=None, description="Of this person.")
    department_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who works in this department today."
    )
    job_title: str | None = strawberry.field(default=None, description="Who has this job title today, word for word.")


def _conditions(context: Context, wanted: ProcessMetricsFilter) -> Iterable[Any]:
    session, viewer = context.session, context.viewer
    if (person_id := optional_id(wanted.person_id, "Person", ("filter", "personId"))) is not None:
        yield PersonRow.id == person_id
    if (department_id := optional_id(wanted.department_id, "Department", ("filter", "departmentId"))) is not None:
        yield people.employed_in(session, viewer, department_id)
    if (title := lookup_text(wanted.job_title, ("filter", "jobTitle"))) is not None:
        yield people.employed_as(session, viewer, title)


def _process_metrics(
    context: Context, filter: ProcessMetricsFilter, first: First = None, after: After = None
) -> Page[use_cases.ProcessMetrics]:
    statement = people.visible_to(context.session, context.viewer).where(PersonRow.archived_at.is_(None))
    for condition in _conditions(context, filter):
        statement = statement.where(condition)
    page = read_page(lambda wanted: fetch_page(context.session, statement, BY_STAFF_NUMBER, wanted), first, after)
    ids = [row.id for row in page.rows]
    found = use_cases.process_metrics(context.session, context.viewer, ids, filter.since, filter.until)
    return Page(found, page.keys, page.has_next, page.has_previous)


@strawberry.type
class ProcessMetricsQueries:
    process_metrics: Connection[ProcessMetrics] = root(
        _process_metrics,
        description="How the work of oneself and of those one answers for went: milestones, rework, and the pace of "
        "their measures.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "processMetrics"),
    **grant("ProcessMetrics", RECORDS, "person milestones rework measures"),
    **grant("Milestones", RECORDS, "onTime late overdue ahead onTimeShare"),
    **grant("Rework", RECORDS, "tasks tasksReopened deliverables deliverablesAgain share"),
    **grant("MeasurePace", RECORDS, "measure sources values first firstAt last lastAt change perWeek"),
}
