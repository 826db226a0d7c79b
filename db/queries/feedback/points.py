"""A person's points: the ledger's lines, what they add up to, and what somebody wants for them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.feedback.points import AccountKind, PointsAccount, PointsLine, PointsPosting, PointsRedemption
from db.viewer import Role, Viewer


def account_key(kind: AccountKind, person_id: uuid.UUID | None, month: datetime.date | None) -> str:
    """The text that names an account: there is one of it in the organisation."""
    return ":".join(str(part) for part in (kind.value, person_id, month and f"{month:%Y-%m}") if part)


def balances(session: Session, viewer: Viewer, keys: Iterable[str]) -> dict[str, int]:
    """What stands in these accounts; those that were never used are missing."""
    rows = session.execute(
        sa.select(PointsAccount.key, PointsAccount.points).where(
            PointsAccount.organization_id == viewer.organization_id, PointsAccount.key.in_(set(keys))
        )
    )
    return {row.key: row.points for row in rows}


def own_lines(viewer: Viewer) -> sa.Select[PointsLine]:
    """The movements of the viewer's own accounts, and nobody else's."""
    own = sa.select(PointsAccount.id).where(
        PointsAccount.organization_id == viewer.organization_id, PointsAccount.person_id == viewer.person_id
    )
    return sa.select(PointsLine).where(
        PointsLine.organization_id == viewer.organization_id, PointsLine.account_id.in_(own)
    )


def accounts(session: Session, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, PointsAccount]:
    """The accounts of lines that the caller loaded through `own_lines`."""
    return {row.id: row for row in session.scalars(sa.select(PointsAccount).where(PointsAccount.id.in_(set(ids))))}


def postings(session: Session, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, PointsPosting]:
    """The movements of lines that the caller loaded through `own_lines`."""
    return {row.id: row for row in session.scalars(sa.select(PointsPosting).where(PointsPosting.id.in_(set(ids))))}


def redemptions(viewer: Viewer) -> sa.Select[PointsRedemption]:
    """One's own wishes; for HR, which decides them, those of everybody."""
    statement = sa.select(PointsRedemption).where(PointsRedemption.organization_id == viewer.organization_id)
    if viewer.is_system or viewer.has(Role.HR):
        return statement
    return statement.where(PointsRedemption.person_id == viewer.person_id)
