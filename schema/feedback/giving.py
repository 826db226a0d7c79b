"""Giving and correcting feedback, and drafts written without a connection, in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

import strawberry

from db.models.feedback import notes as rows
from resolvers.feedback import giving, links
from schema.batching import batch, field
from schema.context import Context
from schema.errors import UserError, refusal
from schema.feedback.notes import READERS, Feedback
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.relay import decode_any_id, decode_id

DRAFT_ID = (
    "Made by the client when the draft is begun: the same draft is stored once, whichever device sends it how often."
)


@strawberry.input(description="What feedback says: a text, one of the parts, or a tag is enough.")
class FeedbackWords:
    text: str | None = strawberry.field(default=None, description="The words, at most 5,000 characters.")
    tags: list[str] = strawberry.field(default_factory=list, description="Keys of behaviour tags, at most ten.")
    situation: str | None = strawberry.field(default=None, description="When and where it was.")
    behaviour: str | None = strawberry.field(default=None, description="What the person did.")
    impact: str | None = strawberry.field(default=None, description="What came of it.")
    impact_level: rows.ImpactLevel | None = strawberry.field(default=None, description="Whom or what it mattered to.")


@strawberry.input(description="Feedback about a colleague: a person and either a tag or a text is enough.")
class FeedbackDraftInput(FeedbackWords):
    receiver_id: strawberry.ID = strawberry.field(description="Whom it is about.")
    visibility: rows.FeedbackVisibility = strawberry.field(
        default=rows.FeedbackVisibility.RECEIVER_AND_LINE, description="Who reads it."
    )
    visibility_reason: str | None = strawberry.field(
        default=None, description="Why it is for those; needed for the line alone."
    )
    linked_id: strawberry.ID | None = strawberry.field(
        default=None, description="The goal, task, deliverable or review it speaks of."
    )
    link_url: str | None = strawberry.field(default=None, description="Address of a message or page elsewhere.")
    link_snippet: str | None = strawberry.field(default=None, description="Words from there.")
    occurred_at: datetime.datetime | None = strawberry.field(default=None, description="When it was; by default now.")


@strawberry.input(description="Feedback about a colleague: a person and either a tag or a text is enough.")
class GiveFeedbackInput(FeedbackDraftInput):
    draft_id: uuid.UUID | None = strawberry.field(default=None, description=DRAFT_ID)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A draft that was written without a connection.")
class OfflineDraftInput(FeedbackDraftInput):
    draft_id: uuid.UUID = strawberry.field(description=DRAFT_ID)


@strawberry.input(description="Drafts that were written without a connection, at most 100.")
class GiveFeedbackBatchInput:
    drafts: list[OfflineDraftInput] = strawberry.field(description="The drafts, in their order.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Other words in place of those of one's own feedback.")
class CorrectFeedbackInput(FeedbackWords):
    id: strawberry.ID = strawberry.field(description="The feedback.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The feedback. Its `prompts` say what would make it more useful.")
class GiveFeedbackPayload:
    feedback: Feedback | None = field(description="The feedback; null when nothing was stored.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The corrected feedback.")
class CorrectFeedbackPayload:
    feedback: Feedback | None = field(description="The feedback; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="What became of one draft.")
class DraftResult:
    draft_id: uuid.UUID = field(description="The draft's id.")
    feedback: Feedback | None = field(description="What is stored of it; null when it was refused.")
    error: UserError | None = batch(
        lambda context, results: [refusal(result, context.locale) for result in results],
        description="Why it was refused.",
    )


@strawberry.type(description="What became of each draft.")
class GiveFeedbackBatchPayload:
    results: list[DraftResult] | None = field(description="One for each draft, in their order.")
    errors: list[UserError] = field(description="Why nothing was looked at; empty on success.")


def words_of(input: FeedbackWords) -> giving.Words:
    """What the client says, as the use cases take it."""
    return giving.Words(
        text=input.text,
        tags=tuple(input.tags),
        situation=input.situation,
        behaviour=input.behaviour,
        impact=input.impact,
        impact_level=input.impact_level,
    )


def draft_of(
    input: FeedbackDraftInput, draft_id: uuid.UUID | None, at: tuple[str, ...] = ("input",)
) -> giving.FeedbackDraft:
    """A draft as the use cases take it. Raises `DomainError` BAD_ID."""
    linked = input.linked_id
    return giving.FeedbackDraft(
        receiver_id=decode_id(input.receiver_id, "Person", at=(*at, "receiverId")),
        words=words_of(input),
        visibility=input.visibility,
        visibility_reason=input.visibility_reason,
        linked=None if linked is None else decode_any_id(linked, links.SEES, at=(*at, "linkedId")),
        link_url=input.link_url,
        link_snippet=input.link_snippet,
        occurred_at=input.occurred_at,
        draft_id=draft_id,
    )


def _give(context: Context, input: GiveFeedbackInput) -> Mapping[str, Any]:
    draft = draft_of(input, input.draft_id)
    return {"feedback": giving.give_feedback(context.session, context.viewer, draft)}


def _give_batch(context: Context, input: GiveFeedbackBatchInput) -> Mapping[str, Any]:
    drafts = [
        (each.draft_id, partial(draft_of, each, each.draft_id, ("input", "drafts", str(index))))
        for index, each in enumerate(input.drafts)
    ]
    return {"results": giving.give_batch(context.session, context.viewer, drafts)}


def _correct(context: Context, input: CorrectFeedbackInput) -> Mapping[str, Any]:
    feedback_id = decode_id(input.id, "Feedback", at=("input", "id"))
    words = words_of(input)
    return {
        "feedback": giving.correct_feedback(context.session, context.viewer, feedback_id, words, input.expected_version)
    }


@strawberry.type
class GivingMutations:
    give_feedback: GiveFeedbackPayload = mutation(_give, description="Give a colleague feedback, in one step.")
    give_feedback_batch: GiveFeedbackBatchPayload = mutation(
        _give_batch,
        description="Send drafts that were written without a connection; a bad one leaves the others alone.",
    )
    correct_feedback: CorrectFeedbackPayload = mutation(
        _correct,
        description="Put other words in place of one's own; after the edit window the earlier ones stay readable.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Mutation", SIGNED_IN, "giveFeedback giveFeedbackBatch correctFeedback"),
    **grant("DraftResult", READERS, "draftId feedback error"),
}
