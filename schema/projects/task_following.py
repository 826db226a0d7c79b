"""`projectTaskChanged`: what happens to the tasks of the projects that one sees, as it happens."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry
from sqlalchemy.orm import Session

from db.models.projects.tasks import ProjectTask as ProjectTaskRow
from db.queries.projects import tasks as queries
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.telling import TASK
from schema.batching import batch, field
from schema.context import Context
from schema.following import Happening, follow
from schema.inputs import optional_id
from schema.people import Person, person_of
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.projects.tasks import SEERS, ProjectTask
from schema.subscription import subscription


@strawberry.type(description="Something that happened to a task.")
class ProjectTaskEvent:
    type: str = field(
        description="What happened: `project_task.created`, `project_task.planned`, `project_task.updated`, "
        "`project_task.commented`, `project_task.blocked`."
    )
    subject: ProjectTask = field(name="task", description="The task as it is now.")
    actor: Person | None = batch(person_of("actor_id"), description="Who did it; null for the system.")
    occurred_at: datetime.datetime = field(description="When.")


def follow_tasks(
    context: Context,
    project_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only tasks of this project.")] = None,
) -> AsyncGenerator[Happening, None]:
    """Each thing that happens to a task that the viewer may see from now on, once and in order."""
    wanted = optional_id(project_id, "Project", ("projectId",))

    def check(session: Session) -> None:
        if wanted is not None and wanted not in queries.projects_by_ids(session, context.viewer, [wanted]):
            raise DomainError(ErrorCode.NOT_FOUND, ("projectId",))

    def seen(session: Session, viewer: Viewer, ids: set[uuid.UUID]) -> dict[uuid.UUID, ProjectTaskRow]:
        found = queries.tasks_by_ids(session, viewer, ids)
        return {id_: task for id_, task in found.items() if wanted in (None, task.project_id)}

    return follow(context, TASK, seen, check=check)


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
