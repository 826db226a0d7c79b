"""What was written in finished retrospectives on the person's cycle, and on the person's own goals of it.

Those on projects and departments speak of the work of several people, and stay out; so does what was intended, which is
a plan.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.briefs import EvidenceSource
from db.models.feedback.retrospectives import Retrospective, Step
from db.models.goals import Goal
from db.queries.feedback import retrospectives
from db.viewer import Viewer
from resolvers.briefs.contract import Item, Scope, Source

PARTS = {Step.HAPPENED: "happened", Step.CAUSES: "causes", Step.KEEP: "keep", Step.CHANGE: "change"}
"""Step to the part that evidence names; behind it stands who wrote it."""


def _collect(session: Session, viewer: Viewer, scope: Scope) -> list[Item]:
    own_goals = sa.select(Goal.id).where(Goal.owner_id == scope.subject_id, Goal.cycle_id == scope.cycle.id)
    of_cycle = sa.and_(Retrospective.person_id == scope.subject_id, Retrospective.cycle_id == scope.cycle.id)
    held = {
        row.id: row
        for row in session.scalars(
            _finished(session, viewer)
            .where(sa.or_(of_cycle, Retrospective.goal_id.in_(own_goals)))
            .order_by(Retrospective.id)
        )
    }
    editions = retrospectives.editions(session, viewer, held.keys())
    newest = [next(edition for edition in editions[id_] if edition.finished_at) for id_ in held]
    written = retrospectives.entries(session, [edition.id for edition in newest])
    return [
        Item(
            EvidenceSource.RETROSPECTIVE,
            edition.retrospective_id,
            f"{PARTS[entry.step]}.{entry.author_id.hex}",
            scope.voice_of(entry.author_id),
            entry.author_id,
            entry.text,
            scope.day_of(edition.finished_at),
            held[edition.retrospective_id].goal_id,
        )
        for edition in newest
        for entry in written.get(edition.id, [])
        if entry.step in PARTS and edition.finished_at is not None
    ]


def _visible(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    seen = _finished(session, viewer).where(Retrospective.id.in_(set(ids)))
    return set(session.scalars(seen.with_only_columns(Retrospective.id)))


def _finished(session: Session, viewer: Viewer) -> sa.Select[Retrospective]:
    return retrospectives.visible_to(session, viewer).where(Retrospective.finished_at.is_not(None))


RETROSPECTIVES = Source(_collect, _visible)
