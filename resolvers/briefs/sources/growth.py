"""What the person wrote into the growth log and shared with the line."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from db.models.briefs import EvidenceSource, Voice
from db.models.feedback.growth import GrowthEntry
from db.queries.feedback import growth
from db.viewer import Viewer
from resolvers.briefs.contract import Item, Scope, Source


def _collect(session: Session, viewer: Viewer, scope: Scope) -> list[Item]:
    """Shared entries alone, also for their owner: a brief is read by others than who asked for it."""
    until = scope.cycle.ends_on + datetime.timedelta(days=1)
    wanted = growth.Wanted(person_id=scope.subject_id, since=scope.cycle.starts_on, until=until)
    found = session.scalars(
        growth.filtered(growth.visible_to(session, viewer), wanted)
        .where(GrowthEntry.shared, GrowthEntry.text.is_not(None))
        .order_by(GrowthEntry.id)
    )
    return [
        Item(
            EvidenceSource.GROWTH_ENTRY,
            row.id,
            "",
            Voice.SELF,
            row.person_id,
            row.text,
            row.written_on,
            row.goal_id,
        )
        for row in found
        if row.text
    ]


def _visible(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    return {id_ for id_, row in growth.by_ids(session, viewer, ids).items() if row.shared}


GROWTH_ENTRIES = Source(_collect, _visible)
