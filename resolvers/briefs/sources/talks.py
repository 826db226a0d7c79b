"""What the person and the manager both confirmed in their talks, and what the person committed to in them.

Only these two read their talks: nothing of them stands in a brief for HR, in one that HR asks for, or in what a manager
further up reads. What is private to its author never goes in, not even when the author asks; nor do the agenda, which
is a plan, and moods, which say nothing of work.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from db.models.briefs import EvidenceSource, Voice
from db.models.feedback.meetings import Topic
from db.queries.feedback import meetings
from db.viewer import Viewer
from resolvers.briefs.contract import Item, Scope, Source
from resolvers.briefs.sources.check_ins import SUPPORT

GROWTH, COMMITMENT = "growth", "commitment"
PARTS = {
    Topic.TOP_THREE: "topThree",
    Topic.RISK: "risk",
    Topic.SUPPORT: SUPPORT,
    Topic.RESOURCES: "resources",
    Topic.GROWTH: GROWTH,
    Topic.MINUTES: "minutes",
}
"""Topic to the part that evidence names; what the manager wrote has `.manager` behind it."""


def _collect(session: Session, viewer: Viewer, scope: Scope) -> list[Item]:
    until = scope.cycle.ends_on + datetime.timedelta(days=1)
    held = meetings.confirmed_of(session, viewer, scope.subject_id, scope.cycle.starts_on, until)
    written = meetings.entries(session, viewer, [talk.id for talk in held])
    items = [
        Item(
            EvidenceSource.ONE_ON_ONE,
            talk.id,
            PARTS[entry.topic] if entry.author_id == scope.subject_id else f"{PARTS[entry.topic]}.manager",
            Voice.SELF if entry.author_id == scope.subject_id else Voice.MANAGER,
            entry.author_id,
            entry.text,
            talk.held_on,
        )
        for talk in held
        for entry in written.get(talk.id, [])
        if entry.text and entry.topic in PARTS
    ]
    promised = meetings.confirmed_commitments(session, viewer, held)
    items += [
        Item(
            EvidenceSource.ONE_ON_ONE,
            talk.id,
            f"{COMMITMENT}.{row.position}",
            Voice.SELF,
            row.author_id,
            row.text,
            talk.held_on,
        )
        for talk, row in promised
    ]
    return items


def _visible(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    return meetings.confirmed_among(session, viewer, ids)


TALKS = Source(_collect, _visible)
