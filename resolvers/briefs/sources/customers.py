"""What customers said about the person's work during the cycle, word for word."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from db.models.briefs import EvidenceSource, Voice
from db.queries.feedback import customers
from db.viewer import Viewer
from resolvers.briefs.contract import Item, Scope, Source


def _collect(session: Session, viewer: Viewer, scope: Scope) -> list[Item]:
    until = scope.cycle.ends_on + datetime.timedelta(days=1)
    about = customers.about(session, viewer, [scope.subject_id], scope.cycle.starts_on, until)
    said = about.get(scope.subject_id, [])
    goals = customers.goals_of(session, said)
    return [
        Item(
            EvidenceSource.CUSTOMER_COMMENT,
            row.id,
            "",
            Voice.CUSTOMER,
            # who recorded it is not who says it
            None,
            row.text,
            row.said_on,
            goals.get(row.id),
            rating=None if row.rating is None or row.rating_maximum is None else row.rating / row.rating_maximum,
        )
        for row in said
    ]


def _visible(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    return set(customers.by_ids(session, viewer, ids))


CUSTOMER_COMMENTS = Source(_collect, _visible)
