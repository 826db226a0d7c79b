"""Giving feedback in one step, correcting it, and sending drafts that were written without a connection."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.inbox import notify
from db.models.feedback.notes import (
    Feedback,
    FeedbackKind,
    FeedbackRevision,
    FeedbackTag,
    FeedbackVisibility,
    ImpactLevel,
    Sentiment,
)
from db.models.feedback.points import AccountKind, PostingReason
from db.models.inbox import NotificationCode
from db.queries import people
from db.queries.feedback import notes
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback.ledger import ISSUED, Account, Cause, move, this_month
from resolvers.feedback.links import Link, require_visible
from resolvers.feedback.tags import listed_tags, offered
from resolvers.goals.authority import require_colleague
from resolvers.goals.inputs import TEXT_LENGTH, optional_text
from resolvers.rules.feedback import quality_of

BATCH = 100
TAGS = 10
REVISIONS = 20
REASON_LENGTH = 500
URL_LENGTH = 2_000
CLOCK_SKEW = datetime.timedelta(days=1)
"""Devices whose clock is ahead by less are believed."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What a piece of feedback says. A text, one of the parts, or a tag is enough."""

    text: str | None = None
    tags: Sequence[str] = ()
    situation: str | None = None
    behaviour: str | None = None
    impact: str | None = None
    impact_level: ImpactLevel | None = None


@dataclass(frozen=True, slots=True)
class FeedbackDraft:
    """A piece of feedback as a client sends it."""

    receiver_id: uuid.UUID
    words: Words
    visibility: FeedbackVisibility = FeedbackVisibility.RECEIVER_AND_LINE
    visibility_reason: str | None = None
    linked: Link | None = None
    link_url: str | None = None
    link_snippet: str | None = None
    occurred_at: datetime.datetime | None = None
    draft_id: uuid.UUID | None = None

    @property
    def digest(self) -> str:
        """Of everything but the draft's id."""
        return hashlib.sha256(json.dumps(asdict(replace(self, draft_id=None)), default=str).encode()).hexdigest()


def give_feedback(session: Session, viewer: Viewer, draft: FeedbackDraft, at: Path = ("input",)) -> Feedback:
    """Store a piece of feedback about a colleague and tell whom it is for. A draft that was stored before is returned
    as it is now, whichever device sends it.

    Raises `DomainError`: FEEDBACK_EMPTY, RECEIVER_IS_SELF, NOT_FOUND (receiver, linked), REASON_REQUIRED for the line
    alone, TAG_UNKNOWN, DRAFT_REUSED for other content under a draft's id, TIME_IN_FUTURE, LINK_INVALID, TEXT_TOO_LONG,
    TOO_MANY.
    """
    known = stored(session, viewer, draft, at)
    if known is not None:
        return known
    feedback, new = store(session, viewer, draft, checked(session, viewer, draft, FeedbackKind.NOTE, at), at)
    if new:
        _reward(session, viewer, feedback, draft.words.tags)
    return feedback


@dataclass(frozen=True, slots=True)
class DraftResult:
    """What became of one draft of a batch: feedback, or why not."""

    draft_id: str
    feedback: Feedback | None
    code: str | None = None
    field: list[str] | None = None


ReadDraft = Callable[[], FeedbackDraft]
"""Reads what a client sent as a draft, or raises `DomainError`."""


def give_batch(session: Session, viewer: Viewer, drafts: Sequence[tuple[uuid.UUID, ReadDraft]]) -> list[DraftResult]:
    """Store drafts one by one, in their order: a bad one leaves the others alone. Raises TOO_MANY beyond 100."""
    if len(drafts) > BATCH:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "drafts"))
    results: list[DraftResult] = []
    for index, (draft_id, read) in enumerate(drafts):
        try:
            with session.begin_nested():
                feedback = give_feedback(session, viewer, read(), ("input", "drafts", str(index)))
            results.append(DraftResult(str(draft_id), feedback))
        except DomainError as error:
            results.append(DraftResult(str(draft_id), None, error.code.value, list(error.field or ())))
    return results


def correct_feedback(
    session: Session, viewer: Viewer, feedback_id: uuid.UUID, words: Words, expected_version: int | None
) -> Feedback:
    """Put other words in place of one's own. Within the organisation's edit window nothing else is kept; afterwards
    what stood before stays readable beside it.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN for somebody else's, CONFLICT, TOO_MANY after twenty corrections, and
    what `give_feedback` says of words.
    """
    at = ("input",)
    locked = notes.visible_to(session, viewer).where(Feedback.id == feedback_id).with_for_update(of=Feedback)
    feedback = session.scalars(locked.execution_options(populate_existing=True)).first()
    if feedback is None:
        raise DomainError(ErrorCode.NOT_FOUND, (*at, "id"))
    if feedback.giver_id != viewer.person_id:
        raise DomainError(ErrorCode.FORBIDDEN)
    if expected_version is not None and feedback.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, (*at, "expectedVersion"))
    tags = notes.tags_of(session, [feedback.id]).get(feedback.id, [])
    window = datetime.timedelta(minutes=notes.policy(session, viewer).edit_minutes)
    if now() > feedback.created_at + window:
        _keep(session, feedback, tags)
        feedback.corrected_at = now()
    _write(session, viewer, feedback, words, kept=set(tags), at=at)
    session.flush()
    session.execute(sa.delete(FeedbackTag).where(FeedbackTag.feedback_id == feedback.id))
    _tag(session, feedback, words.tags)
    record(session, viewer, "feedback.corrected", "Feedback", feedback.id)
    return feedback


def stored(session: Session, viewer: Viewer, draft: FeedbackDraft, at: Path) -> Feedback | None:
    """What was stored of this draft before. Raises DRAFT_REUSED when that was other content."""
    known = None if draft.draft_id is None else notes.drafted(session, viewer, draft.draft_id)
    if known is not None and known.draft_digest != draft.digest:
        raise DomainError(ErrorCode.DRAFT_REUSED, (*at, "draftId"))
    return known


def checked(session: Session, viewer: Viewer, draft: FeedbackDraft, kind: FeedbackKind, at: Path) -> Feedback:
    """The row of a draft, not stored yet."""
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    if draft.receiver_id == viewer.person_id:
        raise DomainError(ErrorCode.RECEIVER_IS_SELF, (*at, "receiverId"))
    require_colleague(session, viewer, draft.receiver_id, (*at, "receiverId"))
    reason = optional_text(draft.visibility_reason, REASON_LENGTH, (*at, "visibilityReason"))
    if draft.visibility is FeedbackVisibility.LINE and reason is None:
        raise DomainError(ErrorCode.REASON_REQUIRED, (*at, "visibilityReason"))
    if draft.occurred_at is not None and draft.occurred_at > now() + CLOCK_SKEW:
        raise DomainError(ErrorCode.TIME_IN_FUTURE, (*at, "occurredAt"))
    if draft.linked is not None:
        require_visible(session, viewer, draft.linked, (*at, "linkedId"))
    feedback = Feedback(
        organization_id=viewer.organization_id,
        kind=kind,
        giver_id=viewer.person_id,
        receiver_id=draft.receiver_id,
        visibility=draft.visibility,
        visibility_reason=reason,
        linked_type=draft.linked[0] if draft.linked else None,
        linked_id=draft.linked[1] if draft.linked else None,
        link_url=_address(draft.link_url, (*at, "linkUrl")),
        link_snippet=optional_text(draft.link_snippet, TEXT_LENGTH, (*at, "linkSnippet")),
        occurred_at=min(draft.occurred_at or now(), now()),
        draft_id=draft.draft_id,
        draft_digest=draft.digest,
    )
    _write(session, viewer, feedback, draft.words, kept=set(), at=at)
    return feedback


def store(
    session: Session, viewer: Viewer, draft: FeedbackDraft, feedback: Feedback, at: Path
) -> tuple[Feedback, bool]:
    """Write a checked row with its tags and tell of it. Of one draft sent twice at once, the first is returned, and
    False: nothing is new."""
    if draft.draft_id is None:
        session.add(feedback)
        session.flush()
    else:
        try:
            with session.begin_nested():
                session.add(feedback)
                session.flush()
        except IntegrityError:
            known = stored(session, viewer, draft, at)
            if known is None:
                raise
            return known, False
    _tag(session, feedback, draft.words.tags)
    record(session, viewer, "feedback.given", "Feedback", feedback.id)
    _tell(session, viewer, feedback)
    session.flush()
    return feedback, True


def _reward(session: Session, viewer: Viewer, feedback: Feedback, tags: Sequence[str]) -> None:
    """Points by rule for useful feedback that its receiver reads: once a month for each tag and giver, so that two
    friends cannot make points out of nothing but each other's patience."""
    if not feedback.useful or not tags or feedback.visibility is FeedbackVisibility.LINE:
        return
    rules = notes.policy(session, viewer).tag_points
    earned = [key for key in dict.fromkeys(tags) if rules.get(key)]
    month = this_month(session, viewer) if earned else None
    for key in earned:
        once = f"rule:{key}:{feedback.giver_id}:{feedback.receiver_id}:{month}"
        cause = Cause(PostingReason.RULE, feedback_id=feedback.id, dedupe_key=once)
        move(session, viewer, ISSUED, Account(AccountKind.BALANCE, feedback.receiver_id), rules[key], cause=cause)


def _write(session: Session, viewer: Viewer, feedback: Feedback, words: Words, *, kept: set[str], at: Path) -> None:
    """Put the words into the row, with what is found in them. `kept`: tags it has already, which may be retired."""
    feedback.text = optional_text(words.text, TEXT_LENGTH, (*at, "text"))
    for name in ("situation", "behaviour", "impact"):
        setattr(feedback, name, optional_text(getattr(words, name), TEXT_LENGTH, (*at, name)))
    feedback.impact_level = words.impact_level
    if not words.tags and not any((feedback.text, feedback.situation, feedback.behaviour, feedback.impact)):
        raise DomainError(ErrorCode.FEEDBACK_EMPTY, (*at, "text"))
    if len(words.tags) > TAGS:
        raise DomainError(ErrorCode.TOO_MANY, (*at, "tags"))
    listed = listed_tags(session, viewer)
    for index, key in enumerate(words.tags):
        if key not in kept and (key not in listed or listed[key].retired):
            raise DomainError(ErrorCode.TAG_UNKNOWN, (*at, "tags", str(index)))
    quality = quality_of(
        feedback.text,
        feedback.situation,
        feedback.behaviour,
        feedback.impact,
        tags=offered(listed),
        tagged=bool(words.tags),
        linked=feedback.linked_id is not None or feedback.link_url is not None,
        locale=viewer.locale,
    )
    feedback.language = quality.language
    feedback.sentiment = Sentiment(quality.sentiment.upper())
    feedback.missing = list(quality.missing)
    feedback.empty_praise = quality.empty_praise
    feedback.useful = quality.useful


def _tag(session: Session, feedback: Feedback, keys: Sequence[str]) -> None:
    session.add_all(
        FeedbackTag(organization_id=feedback.organization_id, feedback_id=feedback.id, key=key)
        for key in dict.fromkeys(keys)
    )
    session.flush()


def _keep(session: Session, feedback: Feedback, tags: Sequence[str]) -> None:
    """Keep what the feedback says now as an earlier version."""
    number = 1 + len(notes.revisions(session, [feedback.id]).get(feedback.id, []))
    if number > REVISIONS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "id"))
    session.add(
        FeedbackRevision(
            organization_id=feedback.organization_id,
            feedback_id=feedback.id,
            number=number,
            text=feedback.text,
            situation=feedback.situation,
            behaviour=feedback.behaviour,
            impact=feedback.impact,
            impact_level=feedback.impact_level,
            tags=list(tags),
        )
    )


def _tell(session: Session, viewer: Viewer, feedback: Feedback) -> None:
    """Tell the receiver, or, of what is for the line alone, the receiver's manager."""
    told: uuid.UUID | None = feedback.receiver_id
    thanks = feedback.kind is FeedbackKind.KUDOS
    code = NotificationCode.KUDOS_RECEIVED if thanks else NotificationCode.FEEDBACK_RECEIVED
    if feedback.visibility is FeedbackVisibility.LINE:
        code = NotificationCode.FEEDBACK_FOR_LINE
        told = people.entries(session, viewer, [feedback.receiver_id])[feedback.receiver_id].manager_id
    if told is not None:
        notify(session, viewer, [told], code, key=f"feedback:{feedback.id}", subject=("Feedback", feedback.id))


def _address(text: str | None, at: Path) -> str | None:
    """A web address. Raises LINK_INVALID for anything that a browser would not open as one."""
    address = optional_text(text, URL_LENGTH, at)
    if address is None:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        raise DomainError(ErrorCode.LINK_INVALID, at) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not address.isprintable() or " " in address:
        raise DomainError(ErrorCode.LINK_INVALID, at)
    return address
