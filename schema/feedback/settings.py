"""An organisation's settings for feedback, and a person's quick phrases, in the schema."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models.feedback import notes as rows
from db.queries.feedback import notes
from db.queries.paging import Order, Page, fetch_page
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback import settings, tags
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import loaded
from schema.permissions import SIGNED_IN, VISIBLE, Permission, PermissionMap, grant, only
from schema.relay import After, Connection, First, Node, decode_id, node_type, read_page

IN_TURN = Order((rows.QuickPhrase.id,))
OWN = Permission("the person who keeps it, and nobody else")


def _load_policies(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.FeedbackPolicy | None]:
    own = context.viewer.organization_id
    return [notes.policy(context.session, context.viewer) if id_ == own else None for id_ in ids]


def _load_phrases(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.QuickPhrase | None]:
    statement = notes.phrases(context.viewer).where(rows.QuickPhrase.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _tag_points(_context: Context, parents: Sequence[rows.FeedbackPolicy]) -> list[list[Any]]:
    return [[_TagPoints(key, points) for key, points in sorted(row.tag_points.items())] for row in parents]


class _TagPoints:
    def __init__(self, tag: str, points: int) -> None:
        self.tag, self.points = tag, points


@strawberry.type(description="What useful feedback with a tag earns its receiver.")
class TagPoints:
    tag: str = field(description="Key of the tag.")
    points: int = field(description="Points.")


@node_type(rows.FeedbackPolicy, load=_load_policies, description="The organisation's settings for feedback.")
class FeedbackPolicy(Node):
    edit_minutes: int = field(description="For so long after giving it, feedback is changed in place.")
    monthly_allowance: int = field(description="Points that each person may give away in a month.")
    tag_points: list[TagPoints] = batch(_tag_points, description="What sharing, helping and mentoring earn.")
    recency_days: int = field(description="Somebody without useful feedback for longer stands out.")
    anonymous_minimum: int = field(description="Authors below which anonymous feedback is not released; at least 4.")
    recordings_kept_days: int = field(
        description="Days for which the sound of a voice note is kept; see `GrowthRecording.keptUntil`."
    )
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@node_type(rows.QuickPhrase, load=_load_phrases, description="Words that a person often uses in feedback.")
class QuickPhrase(Node):
    text: str = field(description="The words.")


def _phrases(context: Context, first: First = None, after: After = None) -> Page[rows.QuickPhrase]:
    statement = notes.phrases(context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, IN_TURN, page), first, after)


@strawberry.type
class FeedbackSettingQueries:
    feedback_policy: FeedbackPolicy = root(
        lambda context: notes.policy(context.session, context.viewer),
        description="The organisation's settings for feedback.",
    )
    quick_phrases: Connection[QuickPhrase] = root(
        _phrases, description="The viewer's own quick phrases, in the order of keeping them."
    )


@strawberry.input(description="What useful feedback with a tag earns its receiver.")
class TagPointsInput:
    tag: str = strawberry.field(description="Key of the tag.")
    points: int = strawberry.field(description="1 to 100.")


@strawberry.input(description="New settings; what is left out stays.")
class SetFeedbackPolicyInput:
    edit_minutes: int | None = strawberry.field(default=None, description="0 to 1,440.")
    monthly_allowance: int | None = strawberry.field(default=None, description="0 to 10,000.")
    tag_points: list[TagPointsInput] | None = strawberry.field(
        default=None, description="All rules, in place of the present ones."
    )
    recency_days: int | None = strawberry.field(default=None, description="1 to 366.")
    anonymous_minimum: int | None = strawberry.field(default=None, description="4 to 50.")
    recordings_kept_days: int | None = strawberry.field(default=None, description="1 to 3,650.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A phrase to keep.")
class SaveQuickPhraseInput:
    text: str = strawberry.field(description="The words, at most 200 characters.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A phrase to forget.")
class RemoveQuickPhraseInput:
    id: strawberry.ID = strawberry.field(description="The phrase.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The settings.")
class SetFeedbackPolicyPayload:
    policy: FeedbackPolicy | None = field(description="The settings; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The phrase.")
class SaveQuickPhrasePayload:
    phrase: QuickPhrase | None = field(description="The phrase; null when nothing was kept.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="Whether the phrase was forgotten.")
class RemoveQuickPhrasePayload:
    removed: bool | None = field(description="True; null when there was no such phrase.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _set(context: Context, input: SetFeedbackPolicyInput) -> Mapping[str, Any]:
    given = input.tag_points
    if given is not None and len({each.tag for each in given}) < len(given):
        raise DomainError(ErrorCode.FIELD_REPEATED, ("input", "tagPoints"))
    edit = settings.PolicyEdit(
        edit_minutes=input.edit_minutes,
        monthly_allowance=input.monthly_allowance,
        recency_days=input.recency_days,
        anonymous_minimum=input.anonymous_minimum,
        recordings_kept_days=input.recordings_kept_days,
        tag_points=None if given is None else {each.tag: each.points for each in given},
    )
    return {"policy": settings.set_policy(context.session, context.viewer, edit, input.expected_version)}


def _save(context: Context, input: SaveQuickPhraseInput) -> Mapping[str, Any]:
    return {"phrase": settings.add_phrase(context.session, context.viewer, input.text)}


def _remove(context: Context, input: RemoveQuickPhraseInput) -> Mapping[str, Any]:
    settings.remove_phrase(context.session, context.viewer, decode_id(input.id, "QuickPhrase", at=("input", "id")))
    return {"removed": True}


@strawberry.type
class FeedbackSettingMutations:
    set_feedback_policy: SetFeedbackPolicyPayload = mutation(
        _set, description="Change the organisation's settings for feedback."
    )
    save_quick_phrase: SaveQuickPhrasePayload = mutation(_save, description="Keep a phrase for oneself.")
    remove_quick_phrase: RemoveQuickPhrasePayload = mutation(_remove, description="Forget one's own phrase.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "feedbackPolicy quickPhrases"),
    **grant("Mutation", only(*tags.EDITORS), "setFeedbackPolicy"),
    **grant("Mutation", SIGNED_IN, "saveQuickPhrase removeQuickPhrase"),
    **grant(
        "FeedbackPolicy",
        VISIBLE,
        "id editMinutes monthlyAllowance tagPoints recencyDays anonymousMinimum recordingsKeptDays version",
    ),
    **grant("TagPoints", VISIBLE, "tag points"),
    **grant("QuickPhrase", OWN, "id text"),
}
