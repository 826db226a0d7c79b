"""A person's words are erased: what briefs about them quote of these goes too, at once, and the briefs say so."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.models.briefs import Brief, BriefDocument, BriefEvidence, EvidenceExclusion, EvidenceSource
from db.models.people import Person
from db.queries import brief_batches, briefs
from db.viewer import Viewer
from resolvers.briefs.sources.reviews import words_of

ERASED = "EVIDENCE_ERASED"
"""Code of the gap that says so."""


def hold_against_erasure(session: Session, subject_id: uuid.UUID) -> None:
    """Let no erasure of this person fall between what the caller looks at and what it writes."""
    session.execute(sa.select(Person.id).where(Person.id == subject_id).with_for_update())


def erase_quoted_reviews(session: Session, viewer: Viewer, person_id: uuid.UUID) -> None:
    """Take out of every brief about a person the words of reviews that do not have them any more.

    The pieces of evidence and the sentences that cite them lose their text, and reasons for leaving them out go; their
    places, dates, authors and counts stay. Sentences that a check had refused go with them: nobody noted what these
    quoted. Files and archives that hold such words are let go of. What other records say of the person stays.
    """
    # In the order of those who write: batch, person, brief, file.
    archives = brief_batches.held_with_brief_of(session, viewer, person_id)
    hold_against_erasure(session, person_id)
    quoting = sa.select(BriefEvidence).where(
        BriefEvidence.brief_id.in_(sa.select(Brief.id).where(Brief.subject_id == person_id)),
        BriefEvidence.source == EvidenceSource.REVIEW,
        BriefEvidence.erased_at.is_(None),
    )
    found = session.scalars(quoting.order_by(BriefEvidence.position)).all()
    said = words_of(session, {item.source_id for item in found})
    gone: dict[uuid.UUID, list[BriefEvidence]] = {}
    for item in found:
        if (item.source_id, item.part) not in said:
            gone.setdefault(item.brief_id, []).append(item)
    for brief in briefs.hold(session, gone):
        _erase(session, brief, gone[brief.id])
        record(session, viewer, "brief.erased", "Brief", brief.id)
    _erase_reasons(session, person_id, [item for items in gone.values() for item in items])
    for archive, brief_id in archives:
        if brief_id in gone and archive.file_id is not None:
            archive.file_id = None
            record(session, viewer, "brief_batch.erased", "BriefBatch", archive.id)
    session.flush()


def _erase(session: Session, brief: Brief, items: Sequence[BriefEvidence]) -> None:
    erased = {item.position for item in items}
    for item in items:
        item.text, item.erased_at = "", now()
    for sentence in briefs.sentences(session, [brief.id]).get(brief.id, []):
        if any(cited["evidence"] in erased for cited in sentence.citations):
            sentence.text = ""
    brief.dropped = []
    total = len(briefs.erased_positions(session, brief.id))
    others = [gap for gap in brief.gaps if gap["code"] != ERASED]
    brief.gaps = [*others, {"code": ERASED, "params": {"count": total}}]
    for document in session.scalars(sa.select(BriefDocument).where(BriefDocument.brief_id == brief.id)):
        if document.evidence is None or erased.intersection(document.evidence):
            document.file_id = None


def _erase_reasons(session: Session, person_id: uuid.UUID, items: Sequence[BriefEvidence]) -> None:
    keys = {(item.source_id, item.part) for item in items}
    about = sa.select(EvidenceExclusion).where(
        EvidenceExclusion.subject_id == person_id, EvidenceExclusion.source == EvidenceSource.REVIEW
    )
    for exclusion in session.scalars(about):
        if (exclusion.source_id, exclusion.part) in keys:
            exclusion.reason = ""
