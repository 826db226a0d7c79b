"""`projectTaskChanged`: what happens to the tasks of the projects that one sees, as it happens."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated

import strawberry
from sqlalchemy.orm import Session

from db.models.projects.tasks import ProjectTask as TaskRow
from db.queries import event_log
from db.queries.projects import tasks as queries
from resolvers.errors import DomainError, ErrorCode
from resolvers.projects.task_events import TASK, followers_key
from schema.batching import batch, field
from schema.context import Context
from schema.inputs import optional_id
from schema.people import Person, person_of
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.projects.tasks import SEERS, ProjectTask
from schema.subscription import subscription


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the log about a task."""

    type: str
    task: TaskRow
    actor_id: uuid.UUID | None
    occurred_at: datetime.datetime


@strawberry.type(description="Something that happened to a task.")
class ProjectTaskEvent:
    type: str = field(
        description="What happened: `project_task.created`, `project_task.planned`, `project_task.updated`, "
        "`project_task.commented`, `project_task.blocked`."
    )
    task: ProjectTask = field(description="The task as it is now.")
    actor: Person | None = batch(person_of("actor_id"), description="Who did it; null for the system.")
    occurred_at: datetime.datetime = field(description="When.")


async def follow_tasks(
    context: Context,
    project_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only tasks of this project.")] = None,
) -> AsyncGenerator[Happening, None]:
    """Each thing that happens to a task that the viewer may see from now on, once and in order."""
    viewer = context.viewer
    wanted = optional_id(project_id, "Project", ("projectId",))

    def begin(session: Session) -> event_log.Place:
        if wanted is not None and wanted not in queries.projects_by_ids(session, viewer, [wanted]):
            raise DomainError(ErrorCode.NOT_FOUND, ("projectId",))
        return event_log.end(session, viewer)

    def look(session: Session) -> tuple[event_log.Place, list[Happening]]:
        beyond, lines = event_log.lines_about(session, viewer, TASK, place)
        seen = queries.tasks_by_ids(session, viewer, {line.subject_id for line in lines})
        found = [
            Happening(line.type, seen[line.subject_id], line.actor_id, line.occurred_at)
            for line in lines
            if line.subject_id in seen and wanted in (None, seen[line.subject_id].project_id)
        ]
        return beyond, found

    async with context.services.changes.watch(followers_key(viewer.organization_id)) as changed:
        place = await context.read(begin)
        while True:
            await changed()
            place, fresh = await context.read(look)
            for happening in fresh:
                yield happening


@strawberry.type
class ProjectTaskSubscriptions:
    project_task_changed: ProjectTaskEvent = subscription(
        follow_tasks,
        description="What happens from now on to the tasks that the viewer may see, of one project or of all.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Subscription", SIGNED_IN, "projectTaskChanged"),
    **grant("ProjectTaskEvent", SEERS, "type task actor occurredAt"),
}
