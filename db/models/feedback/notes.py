"""What people say about each other's work: notes and kudos, their tags and earlier versions, and the settings."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned


class FeedbackKind(StrEnum):
    NOTE = "NOTE"
    KUDOS = "KUDOS"
    """A card of thanks, which may carry points."""


class ImpactLevel(StrEnum):
    CUSTOMER = "CUSTOMER"
    TEAM = "TEAM"
    PROCESS = "PROCESS"


class FeedbackVisibility(StrEnum):
    """Who reads it besides whoever gave it. The line are the managers above the receiver, and HR."""

    RECEIVER = "RECEIVER"
    RECEIVER_AND_LINE = "RECEIVER_AND_LINE"
    LINE = "LINE"


class Sentiment(StrEnum):
    """Which way a text leans, as `ml.assist` reads it. It rates nobody."""

    STRENGTH = "STRENGTH"
    CONCERN = "CONCERN"
    MIXED = "MIXED"
    NONE = "NONE"


class Feedback(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("giver_id", "draft_id"),
        Index("ix_feedback_receiver", "receiver_id", "occurred_at"),
        Index("ix_feedback_giver", "giver_id", "occurred_at"),
        Index("ix_feedback_linked", "linked_type", "linked_id"),
        CheckConstraint("giver_id <> receiver_id", name="two_people"),
        CheckConstraint("visibility <> 'LINE' OR visibility_reason IS NOT NULL", name="line_only_has_a_reason"),
    )

    kind: Mapped[FeedbackKind]
    giver_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    receiver_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str | None] = mapped_column(Text)
    situation: Mapped[str | None] = mapped_column(Text)
    behaviour: Mapped[str | None] = mapped_column(Text)
    impact: Mapped[str | None] = mapped_column(Text)
    impact_level: Mapped[ImpactLevel | None]
    points: Mapped[int | None]
    """Of a kudos card: what it took from the giver's allowance."""
    visibility: Mapped[FeedbackVisibility]
    visibility_reason: Mapped[str | None] = mapped_column(Text)
    linked_type: Mapped[str | None] = mapped_column(String(64))
    linked_id: Mapped[uuid.UUID | None]
    """The event it speaks of: a type of the schema and the key of its row."""
    link_url: Mapped[str | None] = mapped_column(String(2000))
    link_snippet: Mapped[str | None] = mapped_column(Text)
    """Words of a message elsewhere that it speaks of, as they stand there."""
    occurred_at: Mapped[datetime.datetime]
    draft_id: Mapped[uuid.UUID | None]
    """Made by the client when the draft was begun: the same draft is stored once, whichever device sends it."""
    draft_digest: Mapped[str] = mapped_column(String(64))
    """Of what was first sent under the draft's id."""
    language: Mapped[str] = mapped_column(String(8))
    sentiment: Mapped[Sentiment]
    missing: Mapped[list[Any]]
    """Parts (`situation`, `behaviour`, `impact`) that neither the text nor the fields for them say."""
    empty_praise: Mapped[bool]
    """It would fit anyone; the giver is asked for more."""
    useful: Mapped[bool]
    """Counts where it is asked when somebody last had feedback, see `resolvers.rules.feedback`."""
    corrected_at: Mapped[datetime.datetime | None]


class FeedbackTag(Base, OrganizationOwned):
    """A behaviour that a piece of feedback names, by its key."""

    __tablename__ = "feedback_tag"

    feedback_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feedback.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)


class FeedbackRevision(Base, Identified, OrganizationOwned, Timestamped):
    """What a piece of feedback said before a correction. Never changed."""

    __tablename__ = "feedback_revision"
    __table_args__ = (UniqueConstraint("feedback_id", "number"),)

    feedback_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feedback.id"))
    number: Mapped[int]
    text: Mapped[str | None] = mapped_column(Text)
    situation: Mapped[str | None] = mapped_column(Text)
    behaviour: Mapped[str | None] = mapped_column(Text)
    impact: Mapped[str | None] = mapped_column(Text)
    impact_level: Mapped[ImpactLevel | None]
    tags: Mapped[list[Any]]
    """Keys."""


class BehaviourTag(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """An organisation's own tag, or its own words for a shipped one of the same key."""

    __tablename__ = "behaviour_tag"
    __table_args__ = (UniqueConstraint("organization_id", "key"),)

    key: Mapped[str] = mapped_column(String(64))
    label_zh: Mapped[str] = mapped_column(String(100))
    label_en: Mapped[str] = mapped_column(String(100))
    competency: Mapped[str | None] = mapped_column(String(64))
    """Key of the competency that the behaviour shows."""
    cues_zh: Mapped[list[Any]]
    cues_en: Mapped[list[Any]]
    """Words by which a text is seen to speak of it; see `ml.assist.contract.Tag`."""
    retired: Mapped[bool]
    """Not offered any more; what carries it keeps it."""


class QuickPhrase(Base, Identified, OrganizationOwned, Timestamped):
    """Words that a person often uses in feedback. Nobody else sees them."""

    __tablename__ = "quick_phrase"
    __table_args__ = (UniqueConstraint("person_id", "text"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(200))


class FeedbackPolicy(Base, OrganizationOwned, Versioned):
    """An organisation's own settings for feedback. Without a row the defaults of `db.queries.feedback.notes` hold."""

    __tablename__ = "feedback_policy"
    __table_args__ = (
        CheckConstraint("anonymous_minimum >= 4", name="anonymous_minimum"),
        CheckConstraint("monthly_allowance >= 0", name="allowance"),
    )

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    """The organisation's id: one row each."""
    edit_minutes: Mapped[int]
    """For so long after giving it, feedback is changed in place; afterwards a change keeps what stood before."""
    monthly_allowance: Mapped[int]
    """Points that each person may give away in a month of the organisation's calendar."""
    recordings_kept_days: Mapped[int]
    """Days for which the sound of a voice note is kept after its words were written down or taken over."""
    tag_points: Mapped[dict[str, Any]]
    """Points that the receiver of useful feedback with this tag earns, by the tag's key."""
    recency_days: Mapped[int]
    """Somebody without useful feedback for longer stands out."""
    anonymous_minimum: Mapped[int]
    """Authors below which anonymous feedback is not released."""
