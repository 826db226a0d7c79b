"""Who looked at what is recorded about a person."""

from __future__ import annotations

import sqlalchemy as sa

from db.models.events import AccessEvent
from db.viewer import Viewer


def accesses_visible_to(viewer: Viewer) -> sa.Select[AccessEvent]:
    """The readings of what is recorded about the viewer, and nobody else's."""
    return sa.select(AccessEvent).where(
        AccessEvent.organization_id == viewer.organization_id, AccessEvent.subject_id == viewer.person_id
    )
