"""What a worker needs to write a brief, and keeping what it wrote."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.models.briefs import Brief, BriefEvidence, BriefSentence, BriefStatus, EvidenceSource
from db.queries import briefs, goals, people
from db.viewer import Viewer
from resolvers.briefs import evidence
from resolvers.briefs.contract import Material, Text
from resolvers.briefs.erasure import hold_against_erasure
from resolvers.briefs.requesting import Wanted, excluded_keys
from resolvers.briefs.sources.reviews import words_of


class EvidenceGoneError(RuntimeError):
    """What a text was written from is not there any more."""


def material(session: Session, viewer: Viewer, brief_id: uuid.UUID, generator: str) -> Material | None:
    """What the brief is to be written from, collected anew with the rights of today; None when it was written already
    or whoever asked may not read it any more."""
    brief = briefs.by_ids(session, viewer, [brief_id]).get(brief_id)
    if brief is None or brief.status is not BriefStatus.QUEUED:
        return None
    wanted = Wanted(brief.subject_id, brief.cycle_id, brief.audience, brief.language, generator)
    return collected(session, viewer, wanted, names(session, viewer))


def collected(session: Session, viewer: Viewer, wanted: Wanted, known: Collection[str]) -> Material:
    """What a brief would be written from now. `known`: the names to look for in the evidence.

    The viewer may ask for this brief, and its cycle exists. Raises `DomainError` AUDIENCE_MISSING.
    """
    subject_id, language = wanted.subject_id, wanted.language
    cycle = goals.by_ids(session, viewer, [wanted.cycle_id])[wanted.cycle_id]
    items = evidence.collect(session, viewer, subject_id, cycle, audience=wanted.audience, language=language)
    excluded = excluded_keys(session, viewer, subject_id, cycle)
    entry = people.entries(session, viewer, [subject_id])[subject_id]
    named = (entry.name, entry.name_latin) if language == "zh" else (entry.name_latin, entry.name)
    return Material(
        next((name for name in named if name), entry.staff_number),
        tuple(sorted(name for name in known if any(name in item.text for item in items))),
        language,
        items,
        excluded,
        evidence.input_digest(items, excluded, wanted.audience, language, wanted.generator),
        cycle.starts_on,
    )


def names(session: Session, viewer: Viewer) -> set[str]:
    """The names of everybody in the directory."""
    staff = people.everybody(session, viewer)
    return {name for entry in staff for name in (entry.name, entry.name_latin) if name}


def record_text(session: Session, viewer: Viewer, brief_id: uuid.UUID, material: Material, text: Text) -> None:
    """Keep what was written. Doing it again changes nothing.

    Raises `EvidenceGoneError` when words that it quotes were erased meanwhile: write it anew.
    """
    hold_against_erasure(session, session.get_one(Brief, brief_id).subject_id)
    brief = session.get_one(Brief, brief_id, with_for_update=True)
    if brief.status is not BriefStatus.QUEUED:
        return
    _require_words(session, material)
    brief.status = BriefStatus.INSUFFICIENT if text.insufficient else BriefStatus.READY
    brief.digest = material.digest
    brief.engine, brief.fallback = text.engine, text.fallback and text.fallback[:500]
    brief.gaps = [{"code": gap.code, "params": gap.params} for gap in text.gaps]
    brief.dropped = [{"text": words, "reason": reason} for words, reason in text.dropped]
    brief.written_at = now()
    session.add_all(
        BriefEvidence(
            organization_id=brief.organization_id,
            brief_id=brief.id,
            position=at,
            source=item.source,
            source_id=item.source_id,
            part=item.part,
            voice=item.voice,
            author_id=item.author_id,
            goal_id=item.goal_id,
            occurred_on=item.occurred_on,
            text=item.text,
            progress=item.progress,
            unused_reason="excluded" if item.key in material.excluded else text.unused.get(at),
        )
        for at, item in enumerate(material.items, start=1)
    )
    session.add_all(
        BriefSentence(
            organization_id=brief.organization_id,
            brief_id=brief.id,
            position=at,
            section=each.section,
            text=each.text,
            conflict=each.conflict,
            confidence=each.confidence,
            support_notes=each.notes,
            support_of=each.of,
            support_people=each.people,
            checks=list(each.checks),
            citations=[{"evidence": c.position, "start": c.start, "end": c.end} for c in each.citations],
        )
        for at, each in enumerate(text.sentences, start=1)
    )
    session.flush()
    record(session, viewer, "brief.written", "Brief", brief.id)


def _require_words(session: Session, material: Material) -> None:
    quoted = [item for item in material.items if item.source is EvidenceSource.REVIEW]
    said = words_of(session, {item.source_id for item in quoted})
    if any((item.source_id, item.part) not in said for item in quoted):
        raise EvidenceGoneError("words of a review were erased while the brief was written")


def give_up(session: Session, viewer: Viewer, brief_id: uuid.UUID) -> None:
    """A brief whose job was given up says so; it can be asked for again."""
    brief = session.get_one(Brief, brief_id, with_for_update=True)
    if brief.status is BriefStatus.QUEUED:
        brief.status = BriefStatus.FAILED
        record(session, viewer, "brief.failed", "Brief", brief.id)
