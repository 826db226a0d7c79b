"""What was written at the check-ins of the person's goals."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from db.models.briefs import EvidenceSource
from db.models.goal_updates import CheckIn
from db.models.goals import Goal
from db.queries import goal_updates
from db.viewer import Viewer
from resolvers.briefs.contract import Item, Scope, Source

NEXT_STEP, SUPPORT = "nextStep", "support"
PARTS = {"note": "note", "risk": "risk", "next_step": NEXT_STEP, "support": SUPPORT}
"""Column of a check-in to the part that evidence names."""


def _collect(session: Session, viewer: Viewer, scope: Scope) -> list[Item]:
    found = session.scalars(
        goal_updates.check_ins(session, viewer)
        .join(Goal, Goal.id == CheckIn.goal_id)
        .where(Goal.owner_id == scope.subject_id, Goal.cycle_id == scope.cycle.id)
        .order_by(CheckIn.id)
    )
    return [
        Item(
            EvidenceSource.CHECK_IN,
            row.id,
            part,
            scope.voice_of(row.author_id),
            row.author_id,
            text,
            scope.day_of(row.created_at),
            row.goal_id,
        )
        for row in found
        for column, part in PARTS.items()
        if (text := getattr(row, column))
    ]


def _visible(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    seen = goal_updates.check_ins(session, viewer).where(CheckIn.id.in_(set(ids))).with_only_columns(CheckIn.id)
    return set(session.scalars(seen))


CHECK_INS = Source(_collect, _visible)
