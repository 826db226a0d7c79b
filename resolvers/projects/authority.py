"""Who may do what with projects. Every function returns quietly or raises `DomainError`.

| use case | who |
| --- | --- |
| see a project and its tasks | its members, the managers above them, HR, PMO |
| create a project | managers and PMO |
| change a project; add tasks; change a task's plan, owner, collaborators or template | its lead, PMO |
| report on a task: status, what it waits for, a note | its owner and collaborators, the lead, PMO |
| comment | whoever sees the project |
| set when silence about late tasks is told | PMO, HR, administrators |

A member is who leads the project or owns or helps with a task of it, and stays one: what one did stays readable.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from db.models.projects.deliverables import Deliverable, DeliverableFile
from db.models.projects.tasks import Project, ProjectTask
from db.viewer import Role, Viewer
from resolvers import access
from resolvers.errors import DomainError, ErrorCode

CREATING_ROLES = (Role.MANAGER, Role.PMO)
"""Who may create projects."""
POLICY_ROLES = (Role.PMO, Role.HR, Role.ADMINISTRATOR)
"""Who sets the organisation's limits for late tasks."""


def may_shape(viewer: Viewer, project: Project) -> bool:
    """Whether the viewer may plan the project and its tasks."""
    return viewer.is_system or viewer.has(Role.PMO) or project.lead_id == viewer.person_id


def require_may_shape(viewer: Viewer, project: Project) -> None:
    """Raises FORBIDDEN unless `may_shape`."""
    if not may_shape(viewer, project):
        raise DomainError(ErrorCode.FORBIDDEN)


def require_may_report(
    viewer: Viewer, project: Project, task: ProjectTask, collaborators: Collection[uuid.UUID]
) -> None:
    """Raises FORBIDDEN unless the viewer may say how the task goes on."""
    if viewer.person_id != task.owner_id and viewer.person_id not in collaborators:
        require_may_shape(viewer, project)


def may_judge(session: Session, viewer: Viewer, deliverable: Deliverable, file: DeliverableFile) -> bool:
    """Whether the viewer may speak on how the file is judged: nobody does of what they handed in themselves."""
    if viewer.person_id is None or viewer.person_id in (deliverable.owner_id, file.uploaded_by):
        return False
    return viewer.has(Role.PMO) or access.answers_for(session, viewer, deliverable.owner_id)
