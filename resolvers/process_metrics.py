"""Process metrics of a role (过程指标): milestones, rework, and the pace of the measures that other systems feed.

All of it is counted from what people and systems recorded anyway; nobody enters a figure for it, and nobody is watched.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.base import now
from db.models.goals import DataSource
from db.models.people import Organization
from db.queries import process_metrics as queries
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.rules.clock import at_local

LONGEST = datetime.timedelta(days=366)
WEEK = datetime.timedelta(days=7)


@dataclass(slots=True)
class Milestones:
    """Tasks by their due time as first planned, so that moving it hides nothing, and dated steps of goals."""

    on_time: int = 0
    late: int = 0
    """Done, but later than first planned."""
    overdue: int = 0
    """Due and not done."""
    ahead: int = 0
    """Not due yet, and not done."""

    @property
    def on_time_share(self) -> Decimal | None:
        """Of those that are done or due; None where there are none."""
        return _share(self.on_time, self.on_time + self.late + self.overdue)


@dataclass(slots=True)
class Rework:
    """What was finished for the first time in the span, and how much of it came back until now."""

    tasks: int = 0
    tasks_reopened: int = 0
    deliverables: int = 0
    deliverables_again: int = 0

    @property
    def share(self) -> Decimal | None:
        """Of tasks and deliverables together; None where there are none."""
        return _share(self.tasks_reopened + self.deliverables_again, self.tasks + self.deliverables)


@dataclass(slots=True)
class Pace:
    """How a measure moved: conversion, payments that came in, or whatever else the role is measured by."""

    measure_id: uuid.UUID
    sources: set[DataSource]
    values: int
    first: Decimal
    first_at: datetime.datetime
    last: Decimal
    last_at: datetime.datetime

    @property
    def change(self) -> Decimal:
        return self.last - self.first

    @property
    def per_week(self) -> Decimal | None:
        """The change a week between the two; None where less than a day lies between them."""
        passed = self.last_at - self.first_at
        if passed < datetime.timedelta(days=1):
            return None
        seconds = Decimal(str(passed.total_seconds()))
        return _rounded(self.change * Decimal(str(WEEK.total_seconds())) / seconds)


@dataclass(slots=True)
class ProcessMetrics:
    person_id: uuid.UUID
    milestones: Milestones = field(default_factory=Milestones)
    rework: Rework = field(default_factory=Rework)
    measures: dict[uuid.UUID, Pace] = field(default_factory=dict)


def process_metrics(
    session: Session, viewer: Viewer, people: Sequence[uuid.UUID], since: datetime.date, until: datetime.date
) -> list[ProcessMetrics]:
    """Of people whose records the viewer may read, from the first to the last day in the organisation's zone, in a
    number of statements that does not grow. Tasks and deliverables count although the viewer may not open each of them.

    Raises INVALID for a span that ends before it begins or is longer than 366 days.
    """
    if not datetime.timedelta() <= until - since < LONGEST:
        raise DomainError(ErrorCode.INVALID, ("filter", "until"))
    zone = ZoneInfo(session.get_one(Organization, viewer.organization_id).timezone)
    span = queries.Span(at_local(since, 0, zone), at_local(until + datetime.timedelta(days=1), 0, zone))
    found = {person_id: ProcessMetrics(person_id) for person_id in people}
    moment = now()
    today = moment.astimezone(zone).date()

    for task in queries.due_tasks(session, people, span):
        on_time = task.done_at is not None and task.done_at <= task.due_at
        _count(found[task.owner_id].milestones, on_time, done=task.done_at is not None, due=task.due_at <= moment)
    for step in queries.due_steps(session, viewer, people, since, until):
        on_time = step.done_at is not None and step.done_at.astimezone(zone).date() <= step.due_on
        _count(found[step.owner_id].milestones, on_time, done=step.done_at is not None, due=step.due_on < today)
    for owner_id, finished, again in queries.finished_tasks(session, people, span):
        rework = found[owner_id].rework
        rework.tasks, rework.tasks_reopened = finished, again
    for owner_id, handed_in, again in queries.deliverables(session, people, span):
        rework = found[owner_id].rework
        rework.deliverables, rework.deliverables_again = handed_in, again
    for value in queries.values(session, viewer, people, span):
        _add(found[value.owner_id].measures, value)
    return list(found.values())


def _count(milestones: Milestones, on_time: bool, *, done: bool, due: bool) -> None:
    milestones.on_time += on_time
    milestones.late += done and not on_time
    milestones.overdue += due and not done
    milestones.ahead += not due and not done


def _add(measures: dict[uuid.UUID, Pace], value: queries.Value) -> None:
    pace = measures.get(value.measure_id)
    if pace is None:
        measures[value.measure_id] = Pace(
            value.measure_id, {value.source}, 1, value.value, value.recorded_at, value.value, value.recorded_at
        )
        return
    pace.sources.add(value.source)
    pace.values += 1
    pace.last, pace.last_at = value.value, value.recorded_at


def _share(part: int, whole: int) -> Decimal | None:
    return _rounded(Decimal(part) / whole) if whole else None


def _rounded(value: Decimal) -> Decimal:
    """To four places, without noughts at the end."""
    return value.quantize(Decimal("0.0001")).normalize()
