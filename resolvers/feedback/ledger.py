"""Moving points. Whatever leaves one account enters another in the same transaction, and none falls below nothing.

An account's row is changed by one statement that looks and takes at once (`points = points - n WHERE points >= n`), so
two that race for the last points meet at that row: the second waits, looks again and finds too few. Accounts are
touched in the order of their keys, so that two movements never wait for each other.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.base import Base, new_id, now
from db.models.feedback.points import AccountKind, PointsAccount, PointsLine, PointsPosting, PostingReason
from db.queries import people
from db.queries.feedback.points import account_key
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode

_OF_ORGANIZATION = (AccountKind.ISSUED, AccountKind.REDEEMED)


@dataclass(frozen=True, slots=True)
class Account:
    """Which account is meant; it is opened when it is first used."""

    kind: AccountKind
    person_id: uuid.UUID | None = None
    month: datetime.date | None = None

    @property
    def key(self) -> str:
        return account_key(self.kind, self.person_id, self.month)


ISSUED = Account(AccountKind.ISSUED)
REDEEMED = Account(AccountKind.REDEEMED)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why points move."""

    reason: PostingReason
    feedback_id: uuid.UUID | None = None
    redemption_id: uuid.UUID | None = None
    dedupe_key: str | None = None


def this_month(session: Session, viewer: Viewer) -> datetime.date:
    """The first day of the month that it is where the organisation is."""
    return people.today(session, viewer.organization_id).replace(day=1)


def allowance_of(session: Session, viewer: Viewer, person_id: uuid.UUID, grant: int) -> Account:
    """A person's allowance of this month, granted when it is first asked for."""
    account = Account(AccountKind.ALLOWANCE, person_id, this_month(session, viewer))
    if _open(session, viewer, account) and grant:
        key = f"allowance:{account.key}"
        cause = Cause(PostingReason.ALLOWANCE, dedupe_key=key)
        move(session, viewer, ISSUED, account, grant, cause=cause)
    return account


def move(session: Session, viewer: Viewer, source: Account, target: Account, points: int, *, cause: Cause) -> bool:
    """Move points from one account to another. False when a movement under the cause's key happened before.

    Raises NOT_ENOUGH_POINTS when the source has fewer.
    """
    if points <= 0 or source == target:
        raise ValueError("points move from one account to another")
    posting_id = _post(session, viewer, cause)
    if posting_id is None:
        return False
    changes = {source: -points, target: points}
    ids = {account: _id_of(session, viewer, account) for account in changes}
    for account in sorted(changes, key=lambda each: each.key):
        _change(session, ids[account], account, changes[account])
    session.add_all(
        PointsLine(
            organization_id=viewer.organization_id, posting_id=posting_id, account_id=ids[account], points=change
        )
        for account, change in changes.items()
    )
    session.flush()
    return True


def _post(session: Session, viewer: Viewer, cause: Cause) -> uuid.UUID | None:
    values = {
        "id": new_id(),
        "organization_id": viewer.organization_id,
        "created_at": now(),
        "reason": cause.reason,
        "feedback_id": cause.feedback_id,
        "redemption_id": cause.redemption_id,
        "dedupe_key": cause.dedupe_key,
    }
    made = _insert_once(session, PointsPosting, values, ["organization_id", "dedupe_key"])
    return values["id"] if made else None  # type: ignore[return-value]


def _id_of(session: Session, viewer: Viewer, account: Account) -> uuid.UUID:
    _open(session, viewer, account)
    return session.scalars(
        sa.select(PointsAccount.id).where(
            PointsAccount.organization_id == viewer.organization_id, PointsAccount.key == account.key
        )
    ).one()


def _open(session: Session, viewer: Viewer, account: Account) -> bool:
    """Whether the account had to be made; of two that open it at once, one does."""
    values = {
        "id": new_id(),
        "organization_id": viewer.organization_id,
        "kind": account.kind,
        "key": account.key,
        "person_id": account.person_id,
        "points": 0,
    }
    return _insert_once(session, PointsAccount, values, ["organization_id", "key"])


def _change(session: Session, account_id: uuid.UUID, account: Account, points: int) -> None:
    if account.kind in _OF_ORGANIZATION:
        return
    changed = session.execute(
        sa.update(PointsAccount)
        .where(PointsAccount.id == account_id, PointsAccount.points + points >= 0)
        .values(points=PointsAccount.points + points)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(ErrorCode.NOT_ENOUGH_POINTS, ("input", "points"))


def _insert_once(session: Session, model: type[Base], values: Mapping[str, object], unique: list[str]) -> bool:
    embedded = session.get_bind().dialect.name == "sqlite"
    table = cast("sa.Table", model.__table__)
    insert = sqlite.insert(table) if embedded else postgresql.insert(table)
    once = insert.values(values).on_conflict_do_nothing(index_elements=unique)
    return session.scalar(once.returning(table.c.id)) is not None
