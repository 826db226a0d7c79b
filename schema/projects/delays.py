"""Who waited for whom: a project's delay, its parts and its chart in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import strawberry

from db.queries.paging import Page, slice_page
from db.queries.projects import tasks as queries
from resolvers.projects import tracing
from resolvers.rules.delay import Cause, Part
from schema.batching import batch, field
from schema.context import Context
from schema.people import Person, load_people, person_of
from schema.permissions import PermissionMap, grant
from schema.projects.tasks import SEERS, ProjectTask, load_tasks, task_of
from schema.relay import After, Connection, First, read_page
from schema.scalars import described_enum

described_enum(
    Cause,
    description="How a part of a delay came about.",
    values={
        "OVERRUN": "The task took longer than planned.",
        "LATE_START": "Nothing held the task up any more, and it began later than planned.",
        "WAITING": "The task was marked as waiting for another task or a person.",
        "PLAN": "The task was planned to end after the project was due.",
    },
)


@dataclass(frozen=True, slots=True)
class _Charged:
    """A part as the row of a `DelayPart`."""

    part: Part
    person_id: uuid.UUID

    def __getattr__(self, name: str) -> Any:
        return getattr(self.part, name)


def _part_people(context: Context, parents: Sequence[_Charged]) -> list[list[Any]]:
    """Who was held up: owner and collaborators of the next task of the path; at its end the project's members wait."""
    held = [row.part.held_up_id for row in parents]
    tasks = queries.tasks_by_ids(context.session, context.viewer, [id_ for id_ in held if id_])
    helpers = queries.collaborators(context.session, tasks)
    ids = [[tasks[id_].owner_id, *helpers.get(id_, [])] if id_ and id_ in tasks else [] for id_ in held]
    entries = iter(load_people(context, [id_ for some in ids for id_ in some]))
    return [[entry for _ in some if (entry := next(entries)) is not None] for some in ids]


@strawberry.type(description="A share of a project's delay with one cause.")
class DelayPart:
    cause: Cause = field(description="How it came about.")
    seconds: int = field(description="How much; all parts sum to the delay.")
    task: ProjectTask | None = batch(task_of("task_id"), description="The task in which the time was lost.")
    person: Person | None = batch(
        person_of("person_id"),
        description="To whom it is traced: who was waited for, else who owned the task then; of a PLAN part the lead.",
    )
    held_up: ProjectTask | None = batch(
        task_of("held_up_id"), description="The next task of the critical path; null: the project's end."
    )
    waiting: list[Person] = batch(_part_people, description="Whose work could not go on: the people of that next task.")
    waited_for_task: ProjectTask | None = batch(
        task_of("waited_for_task_id"), description="Of WAITING: the task that was waited for."
    )
    waited_for_person: Person | None = batch(
        person_of("waited_for_person_id"), description="Of WAITING: the person who was waited for."
    )


@strawberry.type(description="A task waited for another one or for a person, whether or not that delayed the project.")
class TaskWait:
    task: ProjectTask | None = batch(task_of("task_id"), description="The task that waited.")
    waited_for_task: ProjectTask | None = batch(task_of("waited_for_task_id"), description="For which task.")
    waited_for_person: Person | None = batch(person_of("waited_for_person_id"), description="For which person.")
    seconds: int = field(description="How long.")


@strawberry.type(description="One person's share of who waited for whom.")
class DelayShare:
    person: Person | None = batch(person_of("person_id"), description="The person.")
    caused: int = field(description="Seconds of the delay that are traced to this person.")
    waited: int = field(description="Seconds that this person's tasks waited for others.")


@strawberry.type(description="A bar of the chart: what was planned for a task, and what happened.")
class PlannedTask:
    task: ProjectTask = field(description="The task; it has what happened.")
    planned_start_at: datetime.datetime = field(
        description="As planned; where nothing was said: when what it depends on was due, else the project's start."
    )
    planned_finish_at: datetime.datetime = field(description="The due time as first set.")
    critical: bool = field(description="Whether it lies on the critical path as it happened.")
    depends_on: list[ProjectTask] = batch(
        lambda context, parents: _several(context, [list(row.depends_on) for row in parents]),
        description="What it depends on.",
    )


def _several(context: Context, ids: Sequence[list[uuid.UUID]]) -> list[list[Any]]:
    found = iter(load_tasks(context, [id_ for some in ids for id_ in some]))
    return [[task for _ in some if (task := next(found)) is not None] for some in ids]


def _sliced(
    rows_of: Callable[[tracing.ProjectDelay], Sequence[Any]],
) -> Callable[..., list[Page[Any]]]:
    """The batch function of a page out of what was worked out with the delay."""

    def pages(
        _context: Context, parents: Sequence[tracing.ProjectDelay], first: First = None, after: After = None
    ) -> list[Page[Any]]:
        return [read_page(partial(slice_page, rows_of(one)), first, after) for one in parents]

    return pages


@strawberry.type(
    description="A project's delay, split so that the parts sum exactly to it. The rule: from the task that finished "
    "last one walks back to the predecessor that finished last; each slice of the delay belongs to the last step of "
    "that path after which the lateness never fell below it again."
)
class ProjectDelay:
    seconds: int = field(
        description="From the due time as first set (of the project, else of its last task) to the finish, or to now "
        "while a task is open; 0 when it is in time."
    )
    as_of: datetime.datetime = field(description="When it was worked out.")
    in_working_time: bool = field(description="Whether seconds of working time are counted, or of the calendar.")
    parts: Connection[DelayPart] = batch(
        _sliced(lambda one: [_Charged(charge.part, charge.person_id) for charge in one.charges]),
        description="Its parts, the last cause first.",
    )
    shares: Connection[DelayShare] = batch(
        _sliced(lambda one: one.shares), description="The same by people, who caused the most first."
    )
    waits: Connection[TaskWait] = batch(_sliced(lambda one: one.waited), description="Every wait of every task.")
    chart: Connection[PlannedTask] = batch(
        _sliced(lambda one: one.chart), description="The tasks with plan, dependencies and critical path, by number."
    )


PERMISSIONS: PermissionMap = {
    **grant("ProjectDelay", SEERS, "seconds asOf inWorkingTime parts shares waits chart"),
    **grant("DelayPart", SEERS, "cause seconds task person heldUp waiting waitedForTask waitedForPerson"),
    **grant("DelayShare", SEERS, "person caused waited"),
    **grant("TaskWait", SEERS, "task waitedForTask waitedForPerson seconds"),
    **grant("PlannedTask", SEERS, "task plannedStartAt plannedFinishAt critical dependsOn"),
}
