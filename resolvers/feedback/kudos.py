"""Kudos cards with points, points by rule, and what points are exchanged for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.inbox import notify
from db.models.feedback.notes import Feedback, FeedbackKind, FeedbackVisibility
from db.models.feedback.points import AccountKind, PointsRedemption, PostingReason, RedemptionStatus
from db.models.inbox import NotificationCode
from db.queries.feedback import notes, points
from db.viewer import Role, Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback.giving import FeedbackDraft, checked, store, stored
from resolvers.feedback.ledger import REDEEMED, Account, Cause, allowance_of, move, this_month
from resolvers.goals.authority import require_role
from resolvers.goals.inputs import TEXT_LENGTH, optional_text, required_text

MOST_POINTS = 10_000
WISH_LENGTH = 300


def give_kudos(session: Session, viewer: Viewer, draft: FeedbackDraft, given: int) -> Feedback:
    """Thank a colleague with a card and, where `given` is above 0, points of this month's allowance.

    Raises `DomainError` as `give_feedback` does, NUMBER_OUT_OF_RANGE for the points, NOT_ENOUGH_POINTS, and INVALID for
    thanks that their receiver would not read.
    """
    at = ("input",)
    if not 0 <= given <= MOST_POINTS:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, (*at, "points"))
    if draft.visibility is FeedbackVisibility.LINE:
        raise DomainError(ErrorCode.INVALID, (*at, "visibility"))
    known = stored(session, viewer, draft, at)
    if known is not None:
        return known
    card = checked(session, viewer, draft, FeedbackKind.KUDOS, at)
    card.points = given
    kept, new = store(session, viewer, draft, card, at)
    if new and given:
        policy = notes.policy(session, viewer)
        source = allowance_of(session, viewer, card.giver_id, policy.monthly_allowance)
        target = Account(AccountKind.BALANCE, card.receiver_id)
        move(session, viewer, source, target, given, cause=Cause(PostingReason.KUDOS, feedback_id=card.id))
    return kept


@dataclass(frozen=True, slots=True)
class Purse:
    """What a person has and may give."""

    balance: int
    held: int
    allowance: int
    """Left of this month's."""


def purse_of(session: Session, viewer: Viewer) -> Purse:
    """The viewer's own points."""
    person_id, month = viewer.person_id, this_month(session, viewer)
    keys = {
        AccountKind.BALANCE: points.account_key(AccountKind.BALANCE, person_id, None),
        AccountKind.HELD: points.account_key(AccountKind.HELD, person_id, None),
        AccountKind.ALLOWANCE: points.account_key(AccountKind.ALLOWANCE, person_id, month),
    }
    found = points.balances(session, viewer, keys.values())
    untouched = notes.policy(session, viewer).monthly_allowance
    return Purse(
        balance=found.get(keys[AccountKind.BALANCE], 0),
        held=found.get(keys[AccountKind.HELD], 0),
        allowance=found.get(keys[AccountKind.ALLOWANCE], untouched),
    )


def ask_redemption(session: Session, viewer: Viewer, wanted: int, wish: str) -> PointsRedemption:
    """Ask for something in exchange for points, which are held until that is decided.

    Raises TEXT_REQUIRED, TEXT_TOO_LONG, NUMBER_OUT_OF_RANGE, NOT_ENOUGH_POINTS.
    """
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    words = required_text(wish, WISH_LENGTH, ("input", "wish"))
    if not 1 <= wanted <= 1_000_000:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "points"))
    asked = PointsRedemption(
        organization_id=viewer.organization_id,
        person_id=viewer.person_id,
        points=wanted,
        wish=words,
        status=RedemptionStatus.REQUESTED,
    )
    session.add(asked)
    session.flush()
    source, target = Account(AccountKind.BALANCE, viewer.person_id), Account(AccountKind.HELD, viewer.person_id)
    cause = Cause(PostingReason.REDEMPTION_ASKED, redemption_id=asked.id)
    move(session, viewer, source, target, wanted, cause=cause)
    record(session, viewer, "points_redemption.requested", "PointsRedemption", asked.id)
    return asked


def decide_redemption(
    session: Session,
    viewer: Viewer,
    redemption_id: uuid.UUID,
    *,
    approve: bool,
    comment: str | None,
    expected_version: int | None,
) -> PointsRedemption:
    """Approve or refuse a wish; refused points go back. For HR, never about an own wish.

    Raises FORBIDDEN, NOT_FOUND, CONFLICT, NOT_READY when it was decided before, REASON_REQUIRED for a refusal.
    """
    require_role(viewer, Role.HR)
    asked = _locked(session, viewer, redemption_id, expected_version, RedemptionStatus.REQUESTED)
    if asked.person_id == viewer.person_id:
        raise DomainError(ErrorCode.FORBIDDEN)
    words = optional_text(comment, TEXT_LENGTH, ("input", "comment"))
    if not approve and words is None:
        raise DomainError(ErrorCode.REASON_REQUIRED, ("input", "comment"))
    asked.comment, asked.decided_by, asked.decided_at = words, viewer.person_id, now()
    if approve:
        asked.status = RedemptionStatus.APPROVED
    else:
        _give_back(session, viewer, asked, RedemptionStatus.REFUSED)
    return _told(session, viewer, asked)


def withdraw_redemption(session: Session, viewer: Viewer, redemption_id: uuid.UUID) -> PointsRedemption:
    """Take back an own wish that was not decided yet; the points go back. Raises NOT_FOUND, FORBIDDEN, NOT_READY."""
    asked = _locked(session, viewer, redemption_id, None, RedemptionStatus.REQUESTED)
    if asked.person_id != viewer.person_id:
        raise DomainError(ErrorCode.FORBIDDEN)
    _give_back(session, viewer, asked, RedemptionStatus.WITHDRAWN)
    return _told(session, viewer, asked)


def fulfil_redemption(session: Session, viewer: Viewer, redemption_id: uuid.UUID) -> PointsRedemption:
    """Say that a person got what was approved. For HR, never of an own wish. Raises FORBIDDEN, NOT_FOUND, NOT_READY."""
    require_role(viewer, Role.HR)
    asked = _locked(session, viewer, redemption_id, None, RedemptionStatus.APPROVED)
    if asked.person_id == viewer.person_id:
        raise DomainError(ErrorCode.FORBIDDEN)
    asked.status, asked.fulfilled_at = RedemptionStatus.FULFILLED, now()
    held = Account(AccountKind.HELD, asked.person_id)
    cause = Cause(PostingReason.REDEMPTION_FULFILLED, redemption_id=asked.id)
    move(session, viewer, held, REDEEMED, asked.points, cause=cause)
    return _told(session, viewer, asked)


def _give_back(session: Session, viewer: Viewer, asked: PointsRedemption, status: RedemptionStatus) -> None:
    asked.status = status
    source, target = Account(AccountKind.HELD, asked.person_id), Account(AccountKind.BALANCE, asked.person_id)
    cause = Cause(PostingReason.REDEMPTION_RETURNED, redemption_id=asked.id)
    move(session, viewer, source, target, asked.points, cause=cause)


def _locked(
    session: Session,
    viewer: Viewer,
    redemption_id: uuid.UUID,
    expected_version: int | None,
    status: RedemptionStatus,
) -> PointsRedemption:
    statement = points.redemptions(viewer).where(PointsRedemption.id == redemption_id).with_for_update()
    asked = session.scalars(statement.execution_options(populate_existing=True)).first()
    if asked is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    if expected_version is not None and asked.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    if asked.status is not status:
        raise DomainError(ErrorCode.NOT_READY, ("input", "id"))
    return asked


def _told(session: Session, viewer: Viewer, asked: PointsRedemption) -> PointsRedemption:
    session.flush()
    status = asked.status.value.lower()
    record(session, viewer, f"points_redemption.{status}", "PointsRedemption", asked.id)
    subject = ("PointsRedemption", asked.id)
    key = f"redemption:{asked.id}:{status}"
    notify(session, viewer, [asked.person_id], NotificationCode.REDEMPTION_DECIDED, key=key, subject=subject)
    return asked
