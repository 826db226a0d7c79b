"""Collecting evidence, and asking of each piece whether a reader may (still) see it."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.briefs import Audience, BriefEvidence, EvidenceSource
from db.models.goals import Cycle
from db.models.people import Person, RoleGrant
from db.queries import goals, people, schedules
from db.viewer import Role, Viewer
from resolvers.briefs.contract import Item, Key, Scope, Source
from resolvers.briefs.sources.check_ins import CHECK_INS
from resolvers.briefs.sources.customers import CUSTOMER_COMMENTS
from resolvers.briefs.sources.deliverables import DELIVERABLES
from resolvers.briefs.sources.feedback import FEEDBACK
from resolvers.briefs.sources.growth import GROWTH_ENTRIES
from resolvers.briefs.sources.measures import MEASURES
from resolvers.briefs.sources.retrospectives import RETROSPECTIVES
from resolvers.briefs.sources.reviews import REVIEWS
from resolvers.briefs.sources.talks import TALKS
from resolvers.errors import DomainError, ErrorCode

SOURCES: Mapping[EvidenceSource, Source] = {
    EvidenceSource.MEASURE: MEASURES,
    EvidenceSource.DELIVERABLE: DELIVERABLES,
    EvidenceSource.CHECK_IN: CHECK_INS,
    EvidenceSource.REVIEW: REVIEWS,
    EvidenceSource.FEEDBACK: FEEDBACK,
    EvidenceSource.CUSTOMER_COMMENT: CUSTOMER_COMMENTS,
    EvidenceSource.ONE_ON_ONE: TALKS,
    EvidenceSource.GROWTH_ENTRY: GROWTH_ENTRIES,
    EvidenceSource.RETROSPECTIVE: RETROSPECTIVES,
}
"""Every kind of evidence, in the order in which a brief lists it."""

MOST = 3000
"""Pieces of evidence in one brief, the latest ones."""


def collect(
    session: Session, viewer: Viewer, subject_id: uuid.UUID, cycle: Cycle, *, audience: Audience, language: str
) -> list[Item]:
    """What is recorded about the person in the cycle and may be seen by both the viewer and the audience.

    Raises `DomainError` AUDIENCE_MISSING when nobody is there to read for that audience.
    """
    scope = Scope(
        subject_id,
        cycle,
        _before(session, viewer, cycle),
        frozenset(people.managers_above(session, viewer, subject_id)),
        language,
        ZoneInfo(schedules.organization_zone(session, viewer) or "UTC"),
    )
    reader = _reader(session, viewer, subject_id, audience)
    items: list[Item] = []
    for source in SOURCES.values():
        seen = source.collect(session, viewer, scope)
        if reader != viewer:
            shared = {item.key for item in source.collect(session, reader, scope)}
            seen = [item for item in seen if item.key in shared]
        items += seen
    items.sort(key=lambda item: (item.occurred_on or datetime.date.min, item.source, item.source_id, item.part))
    items = items[-MOST:]
    order = list(SOURCES)
    return sorted(items, key=lambda item: order.index(item.source))


def _before(session: Session, viewer: Viewer, cycle: Cycle) -> Cycle | None:
    """The latest cycle of the same kind that ended before this one."""
    return session.scalars(
        goals.cycles(viewer)
        .where(Cycle.kind == cycle.kind, Cycle.ends_on < cycle.starts_on)
        .order_by(Cycle.ends_on.desc(), Cycle.id)
        .limit(1)
    ).first()


def _reader(session: Session, viewer: Viewer, subject_id: uuid.UUID, audience: Audience) -> Viewer:
    """Somebody of the audience, who stands for all of it: the subject, the direct manager, or one of HR."""
    if audience is Audience.SUBJECT:
        reader_id: uuid.UUID | None = subject_id
    elif audience is Audience.LINE:
        entry = people.entries(session, viewer, [subject_id]).get(subject_id)
        reader_id = entry.manager_id if entry else None
    else:
        if viewer.has(Role.HR):
            return viewer
        reader_id = session.scalars(
            sa.select(RoleGrant.person_id)
            .join(Person, Person.id == RoleGrant.person_id)
            .where(RoleGrant.role == Role.HR, Person.id != subject_id, Person.archived_at.is_(None))
            .where(RoleGrant.organization_id == viewer.organization_id)
            .order_by(RoleGrant.person_id)
            .limit(1)
        ).first()
    if reader_id is None:
        raise DomainError(ErrorCode.AUDIENCE_MISSING, ("input", "audience"))
    if reader_id == viewer.person_id:
        return viewer
    roles = people.roles(session, [reader_id]).get(reader_id, [])
    return Viewer(viewer.organization_id, reader_id, frozenset(roles), viewer.locale)


def still_visible(session: Session, viewer: Viewer, items: Iterable[BriefEvidence]) -> set[uuid.UUID]:
    """The ids of those pieces of evidence that have their words, and whose records the viewer may see now."""
    wanted: dict[EvidenceSource, set[uuid.UUID]] = {}
    standing = [item for item in items if item.erased_at is None]
    for item in standing:
        wanted.setdefault(item.source, set()).add(item.source_id)
    seen = {source: SOURCES[source].visible(session, viewer, ids) for source, ids in wanted.items()}
    return {item.id for item in standing if item.source_id in seen[item.source]}


def input_digest(
    items: Sequence[Item], excluded: Iterable[Key], audience: Audience, language: str, generator: str
) -> str:
    """SHA-256 over everything that decides a brief; the order in which evidence was collected does not."""
    rows = sorted(
        [*_words(item.key), item.voice.value, str(item.author_id), str(item.occurred_on), str(item.goal_id), item.text]
        # only where there is one, so that briefs of before keep their digest
        + ([] if item.rating is None else [str(item.rating.normalize())])
        for item in items
    )
    body = [rows, sorted(_words(key) for key in excluded), audience.value, language, generator]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _words(key: Key) -> list[str]:
    return [key[0].value, str(key[1]), key[2]]
