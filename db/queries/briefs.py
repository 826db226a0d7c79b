"""Briefs: which a viewer may read, and what belongs to them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.briefs import Audience, Brief, BriefDocument, BriefEvidence, BriefSentence, EvidenceExclusion
from db.models.people import Person
from db.queries import people
from db.viewer import Role, Viewer


def visible_to(session: Session, viewer: Viewer) -> sa.Select[Brief]:
    """Briefs for the subject: the subject, and who answers for the subject. For the line: who answers. For HR: HR.

    Nobody reads a brief about themselves that is written for somebody else.
    """
    statement = sa.select(Brief).where(Brief.organization_id == viewer.organization_id)
    if viewer.is_system:
        return statement
    conditions = [sa.and_(Brief.subject_id == viewer.person_id, Brief.audience == Audience.SUBJECT)]
    led = people.led_ids(session, viewer)
    if led is not None:
        readable = list(Audience) if viewer.has(Role.HR) else [Audience.SUBJECT, Audience.LINE]
        conditions.append(sa.and_(Brief.subject_id.in_(led), Brief.audience.in_(readable)))
    return statement.where(sa.or_(*conditions))


def by_ids(session: Session, viewer: Viewer, brief_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Brief]:
    """Those of the briefs that the viewer may read."""
    found = session.scalars(visible_to(session, viewer).where(Brief.id.in_(set(brief_ids))))
    return {brief.id: brief for brief in found}


def editions(
    viewer: Viewer, subject_id: uuid.UUID, cycle_id: uuid.UUID, audience: Audience, language: str
) -> sa.Select[Brief]:
    """All editions of one brief, the latest first."""
    return (
        sa.select(Brief)
        .where(
            Brief.organization_id == viewer.organization_id,
            Brief.subject_id == subject_id,
            Brief.cycle_id == cycle_id,
            Brief.audience == audience,
            Brief.language == language,
        )
        .order_by(Brief.edition.desc())
    )


def latest_only(statement: sa.Select[Brief]) -> sa.Select[Brief]:
    """The statement without editions that a later one replaced."""
    later = sa.orm.aliased(Brief)
    return statement.where(
        ~sa.exists().where(
            later.subject_id == Brief.subject_id,
            later.cycle_id == Brief.cycle_id,
            later.audience == Brief.audience,
            later.language == Brief.language,
            later.edition > Brief.edition,
        )
    )


def sentences(session: Session, brief_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[BriefSentence]]:
    """The sentences of briefs that the caller loaded through `visible_to`, in their order."""
    found: dict[uuid.UUID, list[BriefSentence]] = {}
    for sentence in session.scalars(
        sa.select(BriefSentence).where(BriefSentence.brief_id.in_(set(brief_ids))).order_by(BriefSentence.position)
    ):
        found.setdefault(sentence.brief_id, []).append(sentence)
    return found


def evidence(session: Session, brief_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[BriefEvidence]]:
    """The evidence of briefs that the caller loaded through `visible_to`, in its order."""
    found: dict[uuid.UUID, list[BriefEvidence]] = {}
    for item in session.scalars(
        sa.select(BriefEvidence).where(BriefEvidence.brief_id.in_(set(brief_ids))).order_by(BriefEvidence.position)
    ):
        found.setdefault(item.brief_id, []).append(item)
    return found


def hold(session: Session, brief_ids: Iterable[uuid.UUID]) -> list[Brief]:
    """These briefs, locked, as they are now."""
    return list(
        session.scalars(
            sa.select(Brief)
            .where(Brief.id.in_(set(brief_ids)))
            .order_by(Brief.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def erased_positions(session: Session, brief_id: uuid.UUID) -> set[int]:
    """The positions of a brief's evidence of which the words were erased."""
    erased = sa.select(BriefEvidence.position).where(
        BriefEvidence.brief_id == brief_id, BriefEvidence.erased_at.is_not(None)
    )
    return set(session.scalars(erased))


def exclusions(viewer: Viewer, subject_id: uuid.UUID, cycle_id: uuid.UUID) -> sa.Select[EvidenceExclusion]:
    """What is left out of the briefs about a person in a cycle, in the order in which it was left out."""
    return (
        sa.select(EvidenceExclusion)
        .where(
            EvidenceExclusion.organization_id == viewer.organization_id,
            EvidenceExclusion.subject_id == subject_id,
            EvidenceExclusion.cycle_id == cycle_id,
            EvidenceExclusion.lifted_at.is_(None),
        )
        .order_by(EvidenceExclusion.id)
    )


def documents(viewer: Viewer) -> sa.Select[BriefDocument]:
    """The files that the viewer asked for; for the system all."""
    statement = sa.select(BriefDocument).where(BriefDocument.organization_id == viewer.organization_id)
    return statement if viewer.is_system else statement.where(BriefDocument.requested_by == viewer.person_id)


def people_without_brief(session: Session, viewer: Viewer, cycle_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """People who report to somebody today and have no brief for the line in the cycle, with their language."""
    on = people.today(session, viewer.organization_id)
    briefed = sa.select(Brief.subject_id).where(Brief.cycle_id == cycle_id, Brief.audience == Audience.LINE)
    rows = session.execute(
        sa.select(Person.id, Person.locale)
        .where(
            Person.organization_id == viewer.organization_id,
            Person.archived_at.is_(None),
            people.managed(Person.id, on),
            Person.id.not_in(briefed),
        )
        .order_by(Person.id)
    )
    return [(person_id, "en" if locale.startswith("en") else "zh") for person_id, locale in rows]
