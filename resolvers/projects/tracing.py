"""Where the delay of projects came from, by the rule of `resolvers.rules.delay`.

Planned are the due times as first set, of project and tasks, and the planned starts; where a task has none, the latest
due time of what it depends on, else the project's start, else its own making. What happened, and who owned a task when,
is what status updates say.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.models.projects.tasks import UNFINISHED, Project, ProjectTask, TaskStatus, TaskUpdate
from db.queries.projects import tasks
from db.viewer import Viewer
from resolvers.rules.delay import Delay, Owned, Owners, Part, TracedTask, Wait, Waited, owned_between, trace
from resolvers.rules.working_time import WorkingClock
from resolvers.working_time import calendar_of

Scale = Callable[[datetime.datetime], int]
"""An instant as whole seconds of some clock."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A part of the delay and the person it is traced to."""

    part: Part
    person_id: uuid.UUID
    """Who was waited for, else who owned the task then; of a PLAN part the project's lead."""


@dataclass(frozen=True, slots=True)
class PersonShare:
    """What of the delay is traced to one person, and how long this person's tasks waited for others, in seconds."""

    person_id: uuid.UUID
    caused: int
    waited: int


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A bar of the chart: what was planned and what happened."""

    task: ProjectTask
    planned_start_at: datetime.datetime
    planned_finish_at: datetime.datetime
    depends_on: Sequence[uuid.UUID]
    critical: bool


@dataclass(frozen=True, slots=True)
class ProjectDelay:
    delay: Delay
    as_of: datetime.datetime
    in_working_time: bool
    charges: Sequence[Charge]
    shares: Sequence[PersonShare]
    chart: Sequence[PlannedTask]

    @property
    def seconds(self) -> int:
        return self.delay.seconds

    @property
    def waited(self) -> Sequence[Waited]:
        return self.delay.waited

    @property
    def path(self) -> Sequence[uuid.UUID]:
        return self.delay.path


def delays(
    session: Session, viewer: Viewer, projects: Sequence[Project], moment: datetime.datetime, *, in_working_time: bool
) -> list[ProjectDelay]:
    """The delay of each project, which the viewer may see, at `moment`: in seconds of the calendar, or of working time
    by the organisation's clocks. Dropped tasks are not late; who waited for one waited for its owner. What goes to a
    task goes to who owned it then, whoever does now."""
    ids = [project.id for project in projects]
    found, needs = tasks.tasks_of(session, ids), tasks.dependencies_within(session, ids)
    history = tasks.history_of(session, ids)
    traced = []
    for project in projects:
        own = [task for task in found.get(project.id, []) if task.status is not TaskStatus.DROPPED]
        chart = _chart(project, own, needs)
        scale = _working(session, viewer, project, chart, moment) if in_working_time else _calendar
        owners = {task.id: _owned(task, history.get(task.id, ()), scale) for task in found.get(project.id, [])}
        view = _View(moment, scale, owners, in_working_time)
        traced.append(_traced(project, chart, history, view))
    return traced


def _chart(
    project: Project, own: Sequence[ProjectTask], needs: Mapping[uuid.UUID, Sequence[uuid.UUID]]
) -> list[PlannedTask]:
    known = {task.id: task for task in own}
    planned = []
    for task in own:
        before = [id_ for id_ in needs.get(task.id, ()) if id_ in known]
        start = task.planned_start_at
        if start is None and before:
            start = max(known[id_].first_due_at for id_ in before)
        start = start or project.starts_at or task.created_at
        planned.append(PlannedTask(task, min(start, task.first_due_at), task.first_due_at, before, False))
    return planned


@dataclass(frozen=True, slots=True)
class _View:
    """From when and in which time one looks, and who owned the project's tasks, dropped ones too."""

    moment: datetime.datetime
    scale: Scale
    owners: Owners
    in_working_time: bool


def _traced(
    project: Project,
    chart: Sequence[PlannedTask],
    history: Mapping[uuid.UUID, Sequence[TaskUpdate]],
    view: _View,
) -> ProjectDelay:
    moment, scale, owners = view.moment, view.scale, view.owners
    works = [
        TracedTask(
            id=bar.task.id,
            planned_start=scale(bar.planned_start_at),
            planned_finish=scale(bar.planned_finish_at),
            start=None if bar.task.started_at is None else scale(bar.task.started_at),
            finish=None if bar.task.finished_at is None else scale(bar.task.finished_at),
            after=bar.depends_on,
            waits=_waits(bar.task, history.get(bar.task.id, ()), moment, scale),
        )
        for bar in chart
    ]
    due = None if project.first_due_at is None else scale(project.first_due_at)
    delay = trace(works, due, scale(moment), owners)
    charges = [Charge(part, _charged(part, project)) for part in delay.parts]
    critical = set(delay.path)
    bars = [
        PlannedTask(bar.task, bar.planned_start_at, bar.planned_finish_at, bar.depends_on, bar.task.id in critical)
        for bar in chart
    ]
    return ProjectDelay(delay, moment, view.in_working_time, charges, _shares(charges, delay.waited, owners), bars)


def _owned(task: ProjectTask, history: Sequence[TaskUpdate], scale: Scale) -> list[Owned]:
    """Who owned the task from when on."""
    updates = [update for at, update in enumerate(history) if not at or update.owner_id != history[at - 1].owner_id]
    return [Owned(scale(update.created_at), update.owner_id) for update in updates] or [
        Owned(scale(task.created_at), task.owner_id)
    ]


def _charged(part: Part, project: Project) -> uuid.UUID:
    return part.waited_for_person_id or part.owner_id or project.lead_id


def _shares(charges: Iterable[Charge], waited: Iterable[Waited], owners: Owners) -> list[PersonShare]:
    """By what was caused, the most first."""
    caused: dict[uuid.UUID, int] = {}
    waits: dict[uuid.UUID, int] = {}
    for charge in charges:
        caused[charge.person_id] = caused.get(charge.person_id, 0) + charge.part.seconds
    for wait in waited:
        for owner, seconds in owned_between(owners[wait.task_id], wait.begin, wait.end):
            waits[owner] = waits.get(owner, 0) + seconds
    people = sorted(caused.keys() | waits.keys(), key=lambda id_: (-caused.get(id_, 0), -waits.get(id_, 0), id_))
    return [PersonShare(id_, caused.get(id_, 0), waits.get(id_, 0)) for id_ in people]


def _waits(task: ProjectTask, history: Sequence[TaskUpdate], moment: datetime.datetime, scale: Scale) -> list[Wait]:
    """The stretches in which the task was marked as waiting."""
    ends = [update.created_at for update in history[1:]]
    ends.append(moment if task.status in UNFINISHED else task.finished_at or moment)
    return [
        Wait(scale(update.created_at), scale(end), update.waiting_for_task_id, update.waiting_for_person_id)
        for update, end in zip(history, ends, strict=False)
        if update.status is TaskStatus.WAITING
    ]


def _calendar(moment: datetime.datetime) -> int:
    return int(moment.timestamp())


def _working(
    session: Session, viewer: Viewer, project: Project, chart: Sequence[PlannedTask], moment: datetime.datetime
) -> Scale:
    moments = [moment, *(at for at in (project.first_due_at,) if at is not None)]
    for bar in chart:
        moments += [bar.planned_start_at, bar.planned_finish_at, bar.task.created_at]
        moments += [at for at in (bar.task.started_at, bar.task.finished_at) if at is not None]
    return WorkingClock(calendar_of(session, viewer), min(moments), max(moments)).seconds
