"""Delivery data: what the person handed in during the cycle, its flag, and the readings that made it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from db.models.briefs import EvidenceSource, Voice
from db.models.projects.deliverables import Deliverable, DeliverableStatus, Reading
from db.models.projects.flags import Flag
from db.queries.projects import deliverables, flags
from db.viewer import Viewer
from resolvers.briefs.contract import Item, Scope, Source
from resolvers.briefs.sources.measures import amount

MOST_READINGS = 4
_WORST_FIRST = (Flag.RED, Flag.YELLOW, Flag.GREEN)
_WORDS = {
    Flag.GREEN: ("绿灯", "green"),
    Flag.YELLOW: ("黄灯", "yellow"),
    Flag.RED: ("红灯", "red"),
    Flag.GREY: ("无法判定", "grey, not judged"),
}


def _collect(session: Session, viewer: Viewer, scope: Scope) -> list[Item]:
    found = session.scalars(
        deliverables.visible_to(session, viewer)
        .where(
            Deliverable.owner_id == scope.subject_id,
            Deliverable.status.in_((DeliverableStatus.OK, DeliverableStatus.NO_DATA)),
            Deliverable.created_at >= scope.opens_at,
            Deliverable.created_at < scope.closes_at,
        )
        .order_by(Deliverable.id)
    ).all()
    files = deliverables.newest_files(session, [row.id for row in found])
    file_ids = [file.id for file in files.values()]
    readings = deliverables.readings(session, file_ids)
    judged = flags.latest_judgements(session, file_ids)
    items = []
    for row in found:
        held = [
            (judgement.flag, reading)
            for reading in (readings.get(files[row.id].id, []) if row.id in files else [])
            for judgement, _ in judged.get(reading.id, [])[:1]
            if judgement.flag in _WORST_FIRST
        ]
        text = _in_words(row, sorted(held, key=lambda pair: _WORST_FIRST.index(pair[0])), scope.language)
        day = scope.day_of(row.created_at)
        items.append(Item(EvidenceSource.DELIVERABLE, row.id, "", Voice.SYSTEM, None, text, day))
    return items


def _in_words(row: Deliverable, held: Sequence[tuple[Flag, Reading]], language: str) -> str:
    at = 0 if language == "zh" else 1
    values = [
        f"{reading.metric}{f' ({reading.scope})' if reading.scope else ''} "
        f"{amount(reading.value, reading.unit)} {_WORDS[flag][at]}"
        for flag, reading in held[:MOST_READINGS]
    ]
    named = (f"《{row.title}》：", f"“{row.title}”: ")[at] + _WORDS[row.flag][at]
    return ("；", "; ")[at].join([named, *values])


def _visible(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    return set(deliverables.by_ids(session, viewer, ids))


DELIVERABLES = Source(_collect, _visible)
