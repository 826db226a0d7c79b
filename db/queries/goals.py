"""The organisation's calendar."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goals import Cycle
from db.viewer import Viewer


def cycles(viewer: Viewer) -> sa.Select[Cycle]:
    """All cycles of the organisation, which everybody of it may see."""
    return sa.select(Cycle).where(Cycle.organization_id == viewer.organization_id)


def by_ids(session: Session, viewer: Viewer, cycle_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Cycle]:
    return {cycle.id: cycle for cycle in session.scalars(cycles(viewer).where(Cycle.id.in_(set(cycle_ids))))}
