"""What colleagues wrote about the person's work during the cycle: micro-feedback and kudos."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from db.models.briefs import EvidenceSource
from db.models.feedback.notes import Feedback
from db.queries.feedback import notes
from db.viewer import Viewer
from resolvers.briefs.contract import Item, Scope, Source


def _collect(session: Session, viewer: Viewer, scope: Scope) -> list[Item]:
    found = session.scalars(
        notes.visible_to(session, viewer)
        .where(
            Feedback.receiver_id == scope.subject_id,
            Feedback.occurred_at >= scope.opens_at,
            Feedback.occurred_at < scope.closes_at,
        )
        .order_by(Feedback.id)
    )
    return [
        Item(
            EvidenceSource.FEEDBACK,
            row.id,
            "",
            scope.voice_of(row.giver_id),
            row.giver_id,
            words,
            scope.day_of(row.occurred_at),
            row.linked_id if row.linked_type == "Goal" else None,
        )
        for row in found
        if (words := "\n".join(filter(None, (row.text, row.situation, row.behaviour, row.impact))))
    ]


def _visible(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    return set(notes.by_ids(session, viewer, ids))


FEEDBACK = Source(_collect, _visible)
