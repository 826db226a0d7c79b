"""Rounds of anonymous feedback that a viewer may know of, and the texts that were released."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.feedback.upward import RoundStatus, UpwardInvitation, UpwardNote, UpwardRound
from db.models.people import Person
from db.queries import people
from db.viewer import Viewer


def rounds(session: Session, viewer: Viewer) -> sa.Select[UpwardRound]:
    """Those about oneself, those one may write in, and those about the people one answers for."""
    statement = sa.select(UpwardRound).where(UpwardRound.organization_id == viewer.organization_id)
    if viewer.is_system:
        return statement
    invited = sa.select(UpwardInvitation.round_id).where(UpwardInvitation.person_id == viewer.person_id)
    conditions = [UpwardRound.subject_id == viewer.person_id, UpwardRound.id.in_(invited)]
    led = people.led_ids(session, viewer)
    if led is not None:
        conditions.append(UpwardRound.subject_id.in_(led))
    return statement.where(sa.or_(*conditions))


def readable_rounds(session: Session, viewer: Viewer) -> sa.Select[uuid.UUID]:
    """Ids of released rounds whose texts the viewer may read: the manager whom they are for, and who answers for that
    manager. Those who wrote do not read each other."""
    statement = sa.select(UpwardRound.id).where(
        UpwardRound.organization_id == viewer.organization_id, UpwardRound.status == RoundStatus.RELEASED
    )
    conditions: list[sa.ColumnElement[bool]] = [UpwardRound.subject_id == viewer.person_id]
    led = people.led_ids(session, viewer)
    if led is not None:
        conditions.append(UpwardRound.subject_id.in_(led))
    return statement.where(sa.or_(*conditions))


def notes(session: Session, viewer: Viewer) -> sa.Select[UpwardNote]:
    """The released texts that the viewer may read."""
    return sa.select(UpwardNote).where(
        UpwardNote.organization_id == viewer.organization_id,
        UpwardNote.round_id.in_(readable_rounds(session, viewer)),
    )


def own_part(session: Session, viewer: Viewer, round_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, bool]:
    """Of the rounds in which the viewer may write: whether the viewer did."""
    rows = session.execute(
        sa.select(UpwardInvitation.round_id, UpwardInvitation.took_part).where(
            UpwardInvitation.person_id == viewer.person_id, UpwardInvitation.round_id.in_(set(round_ids))
        )
    )
    return {row.round_id: row.took_part for row in rows}


def direct_reports(session: Session, viewer: Viewer, manager_id: uuid.UUID) -> list[uuid.UUID]:
    """Ids of who reports to that manager today and has not left, in the order of ids."""
    statement = people.directory(session, viewer).where(
        people.managed_by(session, viewer, manager_id), Person.archived_at.is_(None), Person.id != manager_id
    )
    return sorted(session.scalars(statement.with_only_columns(Person.id)))
