"""Asking for a brief, and leaving evidence out of it.

| use case | who |
| --- | --- |
| ask for a brief for its subject | the subject, the managers above, HR |
| ask for a brief for the line | the managers above, HR |
| ask for a brief for HR | HR |
| leave evidence out, take it in again | the managers above and HR, never the subject |
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import new_id, now
from db.events import record
from db.jobs import enqueue
from db.models.briefs import Audience, Brief, BriefEvidence, BriefStatus, EvidenceExclusion
from db.models.goals import Cycle
from db.models.people import Person
from db.queries import briefs, goals
from db.viewer import Role, Viewer
from resolvers.access import answers_for, require_answers_for
from resolvers.briefs import evidence
from resolvers.briefs.contract import Key
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.inputs import TEXT_LENGTH, optional_text

JOB = "briefs.write"
NOT_COLLECTED = ""
"""Digest of a brief that the system asked for: its evidence is collected when it is written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which brief."""

    subject_id: uuid.UUID
    cycle_id: uuid.UUID
    audience: Audience
    language: str
    generator: str
    """What the settings say about who writes; another generator makes another edition."""


def request_brief(session: Session, viewer: Viewer, wanted: Wanted) -> Brief:
    """The brief on its way, or the one that was written from the very same evidence.

    Raises `DomainError` NOT_FOUND, FORBIDDEN, AUDIENCE_MISSING.
    """
    require_may_ask(session, viewer, wanted)
    cycle = goals.by_ids(session, viewer, [wanted.cycle_id]).get(wanted.cycle_id)
    if cycle is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "cycleId"))
    # Two requests at once: the second waits here and finds the first one's edition.
    session.execute(sa.select(Person.id).where(Person.id == wanted.subject_id).with_for_update())
    items = evidence.collect(
        session, viewer, wanted.subject_id, cycle, audience=wanted.audience, language=wanted.language
    )
    digest = evidence.input_digest(
        items,
        excluded_keys(session, viewer, wanted.subject_id, cycle),
        wanted.audience,
        wanted.language,
        wanted.generator,
    )
    latest = latest_edition(session, viewer, wanted)
    if latest is not None and latest.digest in {digest, NOT_COLLECTED} and latest.status is not BriefStatus.FAILED:
        return latest
    made = next_edition(viewer, wanted, latest, digest)
    made.job_id = enqueue(session, viewer, JOB, {"brief_id": str(made.id)}).id
    session.add(made)
    session.flush()
    record(session, viewer, "brief.requested", "Brief", made.id)
    return made


def latest_edition(session: Session, viewer: Viewer, wanted: Wanted) -> Brief | None:
    """The last edition of this brief, whatever its state."""
    return session.scalars(
        briefs.editions(viewer, wanted.subject_id, wanted.cycle_id, wanted.audience, wanted.language).limit(1)
    ).first()


def next_edition(viewer: Viewer, wanted: Wanted, latest: Brief | None, digest: str) -> Brief:
    """A new row for it, not yet in the session and without a job."""
    return Brief(
        id=new_id(),
        organization_id=viewer.organization_id,
        subject_id=wanted.subject_id,
        cycle_id=wanted.cycle_id,
        audience=wanted.audience,
        language=wanted.language,
        edition=1 if latest is None else latest.edition + 1,
        requested_by=viewer.person_id,
        status=BriefStatus.QUEUED,
        digest=digest,
    )


def excluded_keys(session: Session, viewer: Viewer, subject_id: uuid.UUID, cycle: Cycle) -> frozenset[Key]:
    """What is left out of the briefs about a person in a cycle."""
    found = session.scalars(briefs.exclusions(viewer, subject_id, cycle.id))
    return frozenset((row.source, row.source_id, row.part) for row in found)


def exclude_evidence(session: Session, viewer: Viewer, evidence_id: uuid.UUID, reason: str, generator: str) -> Brief:
    """Leave a piece of evidence out, for a reason that stays on record, and have the brief written again.

    Raises `DomainError` NOT_FOUND, FORBIDDEN, REASON_REQUIRED, TEXT_TOO_LONG.
    """
    item, brief = _to_decide(session, viewer, evidence_id)
    words = optional_text(reason, TEXT_LENGTH, ("input", "reason"))
    if words is None:
        raise DomainError(ErrorCode.REASON_REQUIRED, ("input", "reason"))
    if _standing(session, viewer, brief, item) is None:
        session.add(
            EvidenceExclusion(
                organization_id=viewer.organization_id,
                subject_id=brief.subject_id,
                cycle_id=brief.cycle_id,
                source=item.source,
                source_id=item.source_id,
                part=item.part,
                reason=words,
                excluded_by=viewer.person_id,
            )
        )
        session.flush()
        record(session, viewer, "brief.evidence_excluded", "Brief", brief.id)
    return _again(session, viewer, brief, generator)


def include_evidence(session: Session, viewer: Viewer, evidence_id: uuid.UUID, generator: str) -> Brief:
    """Take a piece of evidence in again, and have the brief written again. Raises NOT_FOUND, FORBIDDEN."""
    item, brief = _to_decide(session, viewer, evidence_id)
    standing = _standing(session, viewer, brief, item)
    if standing is not None:
        standing.lifted_by, standing.lifted_at = viewer.person_id, now()
        session.flush()
        record(session, viewer, "brief.evidence_included", "Brief", brief.id)
    return _again(session, viewer, brief, generator)


def require_may_ask(session: Session, viewer: Viewer, wanted: Wanted) -> None:
    """Raises NOT_FOUND or FORBIDDEN unless the viewer may have this brief written."""
    if viewer.is_system:
        return
    if wanted.subject_id == viewer.person_id and wanted.audience is Audience.SUBJECT:
        return
    require_answers_for(session, viewer, wanted.subject_id, ("input", "subjectId"))
    if wanted.audience is Audience.HR and not viewer.has(Role.HR):
        raise DomainError(ErrorCode.FORBIDDEN, ("input", "audience"))


def _to_decide(session: Session, viewer: Viewer, evidence_id: uuid.UUID) -> tuple[BriefEvidence, Brief]:
    """The evidence, if the viewer reads its brief and its record, and answers for its subject."""
    item = session.scalars(
        sa.select(BriefEvidence).where(
            BriefEvidence.id == evidence_id,
            BriefEvidence.brief_id.in_(briefs.visible_to(session, viewer).with_only_columns(Brief.id)),
        )
    ).first()
    if item is None or not evidence.still_visible(session, viewer, [item]):
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "evidenceId"))
    brief = briefs.by_ids(session, viewer, [item.brief_id])[item.brief_id]
    if not answers_for(session, viewer, brief.subject_id):
        raise DomainError(ErrorCode.FORBIDDEN)
    return item, brief


def _standing(session: Session, viewer: Viewer, brief: Brief, item: BriefEvidence) -> EvidenceExclusion | None:
    return session.scalars(
        briefs.exclusions(viewer, brief.subject_id, brief.cycle_id)
        .where(
            EvidenceExclusion.source == item.source,
            EvidenceExclusion.source_id == item.source_id,
            EvidenceExclusion.part == item.part,
        )
        .limit(1)
    ).first()


def _again(session: Session, viewer: Viewer, brief: Brief, generator: str) -> Brief:
    wanted = Wanted(brief.subject_id, brief.cycle_id, brief.audience, brief.language, generator)
    return request_brief(session, viewer, wanted)
