"""What feedback may be linked to: types of the schema whose rows somebody who gives feedback can see."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from db.queries import goals, reviews
from db.queries.projects import deliverables, tasks
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode

Link = tuple[str, uuid.UUID]
"""The name of a type of the schema, and the key of its row."""

Sees = Callable[[Session, Viewer, uuid.UUID], bool]

SEES: Mapping[str, Sees] = {
    "Deliverable": lambda session, viewer, id_: bool(deliverables.by_ids(session, viewer, [id_])),
    "Goal": lambda session, viewer, id_: bool(goals.goals_by_ids(session, viewer, [id_])),
    "ProjectTask": lambda session, viewer, id_: bool(tasks.tasks_by_ids(session, viewer, [id_])),
    "Review": lambda session, viewer, id_: bool(reviews.by_ids(session, viewer, [id_])),
}
"""Whether the viewer may see a row of the type. A domain whose rows feedback may speak of adds its types here."""


def require_visible(session: Session, viewer: Viewer, link: Link, at: tuple[str, ...]) -> None:
    """Raises BAD_ID for a type that feedback is not linked to, NOT_FOUND for a row that the viewer may not see."""
    name, id_ = link
    if name not in SEES:
        raise DomainError(ErrorCode.BAD_ID, at)
    if not SEES[name](session, viewer, id_):
        raise DomainError(ErrorCode.NOT_FOUND, at)
