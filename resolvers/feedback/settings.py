"""An organisation's settings for feedback, and a person's own quick phrases."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.events import record
from db.models.feedback.notes import FeedbackPolicy, QuickPhrase
from db.queries.feedback import notes
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback.tags import EDITORS, listed_tags
from resolvers.goals.authority import require_role
from resolvers.goals.inputs import required_text

PHRASES = 50
PHRASE_LENGTH = 200
RANGES = {
    "edit_minutes": (0, 1_440),
    "monthly_allowance": (0, 10_000),
    "recency_days": (1, 366),
    "anonymous_minimum": (4, 50),
    "recordings_kept_days": (1, 3_650),
}
TAG_POINTS = 100


@dataclass(frozen=True, slots=True)
class PolicyEdit:
    """New settings; None leaves one as it is."""

    edit_minutes: int | None = None
    monthly_allowance: int | None = None
    recency_days: int | None = None
    anonymous_minimum: int | None = None
    recordings_kept_days: int | None = None
    tag_points: Mapping[str, int] | None = None


def set_policy(session: Session, viewer: Viewer, edit: PolicyEdit, expected_version: int | None) -> FeedbackPolicy:
    """Change the organisation's settings. For HR and administrators.

    Raises FORBIDDEN, CONFLICT, NUMBER_OUT_OF_RANGE, TAG_UNKNOWN.
    """
    require_role(viewer, *EDITORS)
    policy = notes.policy(session, viewer)
    if expected_version is not None and policy.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    for name, (low, high) in RANGES.items():
        number = getattr(edit, name)
        if number is None:
            continue
        if not low <= number <= high:
            raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", _client_name(name)))
        setattr(policy, name, number)
    if edit.tag_points is not None:
        policy.tag_points = _checked_points(session, viewer, edit.tag_points)
    session.add(policy)
    session.flush()
    record(session, viewer, "feedback_policy.set", "FeedbackPolicy", policy.id)
    return policy


def _checked_points(session: Session, viewer: Viewer, given: Mapping[str, int]) -> dict[str, Any]:
    listed = listed_tags(session, viewer)
    for key, points in given.items():
        if key not in listed:
            raise DomainError(ErrorCode.TAG_UNKNOWN, ("input", "tagPoints"))
        if not 1 <= points <= TAG_POINTS:
            raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "tagPoints"))
    return dict(given)


def _client_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def add_phrase(session: Session, viewer: Viewer, text: str) -> QuickPhrase:
    """Keep a phrase for oneself; one that is there already is returned. Raises TEXT_REQUIRED, TEXT_TOO_LONG, TOO_MANY
    beyond fifty."""
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    words = required_text(text, PHRASE_LENGTH, ("input", "text"))
    own = {phrase.text: phrase for phrase in session.scalars(notes.phrases(viewer))}
    if words in own:
        return own[words]
    if len(own) >= PHRASES:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "text"))
    phrase = QuickPhrase(organization_id=viewer.organization_id, person_id=viewer.person_id, text=words)
    try:
        with session.begin_nested():
            session.add(phrase)
            session.flush()
    except IntegrityError:
        return session.scalars(notes.phrases(viewer).where(QuickPhrase.text == words)).one()
    return phrase


def remove_phrase(session: Session, viewer: Viewer, phrase_id: uuid.UUID) -> None:
    """Forget one's own phrase. Raises NOT_FOUND."""
    if session.scalars(notes.phrases(viewer).where(QuickPhrase.id == phrase_id)).first() is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    session.execute(sa.delete(QuickPhrase).where(QuickPhrase.id == phrase_id))
