"""Kudos cards, points and what they are exchanged for, in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models.feedback import points as rows
from db.queries.feedback import points
from db.queries.paging import Order, Page, fetch_page
from db.viewer import Role
from resolvers.feedback import kudos
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.feedback.giving import DRAFT_ID, FeedbackDraftInput, draft_of
from schema.feedback.notes import Feedback, load_feedback
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Person, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant, only
from schema.relay import After, Connection, First, Node, decode_id, node_type, read_page
from schema.scalars import described_enum

described_enum(
    rows.AccountKind,
    name="PointsAccountKind",
    description="Where points are.",
    values={
        "ISSUED": "Where points come from.",
        "ALLOWANCE": "What a person may still give away this month.",
        "BALANCE": "What a person has.",
        "HELD": "What a person asked to exchange.",
        "REDEEMED": "Where exchanged points go.",
    },
)
described_enum(
    rows.PostingReason,
    name="PointsReason",
    description="Why points moved.",
    values={
        "ALLOWANCE": "A month's allowance.",
        "KUDOS": "A kudos card.",
        "RULE": "Sharing, helping or mentoring, by the organisation's rule.",
        "REDEMPTION_ASKED": "Held for a wish.",
        "REDEMPTION_RETURNED": "Back from a wish that was refused or withdrawn.",
        "REDEMPTION_FULFILLED": "Exchanged.",
    },
)
described_enum(
    rows.RedemptionStatus,
    description="How far a wish is.",
    values={
        "REQUESTED": "HR is to decide.",
        "APPROVED": "HR is to bring it.",
        "REFUSED": "Refused; the points went back.",
        "WITHDRAWN": "Taken back by the person.",
        "FULFILLED": "The person has it.",
    },
)

LINES_LATEST_FIRST = Order((rows.PointsLine.id,), descending=True)
REDEMPTIONS_LATEST_FIRST = Order((rows.PointsRedemption.id,), descending=True)
OWN = Permission("the person whose points they are, and nobody else")
SEERS = Permission("the person who asked, and HR")


def _load_redemptions(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.PointsRedemption | None]:
    wanted = [id_ for id_ in ids if id_ is not None]
    statement = points.redemptions(context.viewer).where(rows.PointsRedemption.id.in_(wanted))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


@node_type(rows.PointsRedemption, load=_load_redemptions, description="What a person wants for points.")
class PointsRedemption(Node):
    person: Person | None = batch(person_of("person_id"), description="Who asks.")
    points: int = field(description="For how many points.")
    wish: str = field(description="For what.")
    status: rows.RedemptionStatus = field(description="How far it is.")
    comment: str | None = field(description="What HR said.")
    decided_by: Person | None = batch(person_of("decided_by"), description="Who decided.")
    decided_at: datetime.datetime | None = field(description="When.")
    fulfilled_at: datetime.datetime | None = field(description="When the person got it.")
    created_at: datetime.datetime = field(description="When it was asked for.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.type(description="The viewer's own points.")
class Points:
    balance: int = field(description="What one has.")
    held: int = field(description="What one asked to exchange.")
    allowance: int = field(description="What one may still give away this month, by the organisation's calendar.")


def _accounts(context: Context, lines: Sequence[rows.PointsLine]) -> list[rows.AccountKind]:
    found = points.accounts(context.session, [line.account_id for line in lines])
    return [found[line.account_id].kind for line in lines]


def _reasons(context: Context, lines: Sequence[rows.PointsLine]) -> list[rows.PostingReason]:
    found = points.postings(context.session, [line.posting_id for line in lines])
    return [found[line.posting_id].reason for line in lines]


def _cards(context: Context, lines: Sequence[rows.PointsLine]) -> list[Any]:
    found = points.postings(context.session, [line.posting_id for line in lines])
    return load_feedback(context, [found[line.posting_id].feedback_id for line in lines])


def _wishes(context: Context, lines: Sequence[rows.PointsLine]) -> list[Any]:
    found = points.postings(context.session, [line.posting_id for line in lines])
    return _load_redemptions(context, [found[line.posting_id].redemption_id for line in lines])


@strawberry.type(description="A movement of the viewer's own points.")
class PointsLine:
    account: rows.AccountKind = batch(_accounts, description="Which of the viewer's accounts.")
    points: int = field(description="Above 0: to it.")
    reason: rows.PostingReason = batch(_reasons, description="Why.")
    feedback: Feedback | None = batch(_cards, description="The card or note behind it.")
    redemption: PointsRedemption | None = batch(_wishes, description="The wish behind it.")
    created_at: datetime.datetime = field(description="When.")


def _lines(context: Context, first: First = None, after: After = None) -> Page[rows.PointsLine]:
    statement = points.own_lines(context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, LINES_LATEST_FIRST, page), first, after)


@strawberry.input(description="Which wishes to list; every part that is given must hold.")
class PointsRedemptionFilter:
    status: rows.RedemptionStatus | None = strawberry.field(default=None, description="In this state.")


def _redemptions(
    context: Context, first: First = None, after: After = None, filter: PointsRedemptionFilter | None = None
) -> Page[rows.PointsRedemption]:
    statement = points.redemptions(context.viewer)
    if filter is not None and filter.status is not None:
        statement = statement.where(rows.PointsRedemption.status == filter.status)
    return read_page(lambda page: fetch_page(context.session, statement, REDEMPTIONS_LATEST_FIRST, page), first, after)


@strawberry.type
class PointsQueries:
    points: Points = root(
        lambda context: kudos.purse_of(context.session, context.viewer), description="The viewer's own points."
    )
    points_ledger: Connection[PointsLine] = root(
        _lines, description="The movements of the viewer's own points, the latest first."
    )
    points_redemptions: Connection[PointsRedemption] = root(
        _redemptions, description="One's own wishes, for HR those of everybody, the latest first."
    )


@strawberry.input(description="A card of thanks to a colleague, with or without points.")
class GiveKudosInput(FeedbackDraftInput):
    points: int = strawberry.field(default=0, description="Out of this month's allowance; by default none.")
    draft_id: uuid.UUID | None = strawberry.field(default=None, description=DRAFT_ID)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="What one wants for points.")
class RequestPointsRedemptionInput:
    points: int = strawberry.field(description="For how many; they are held until it is decided.")
    wish: str = strawberry.field(description="For what, in at most 300 characters.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="What HR says of a wish.")
class DecidePointsRedemptionInput:
    id: strawberry.ID = strawberry.field(description="The wish.")
    approve: bool = strawberry.field(description="True: it will be brought; false: the points go back.")
    comment: str | None = strawberry.field(default=None, description="Why; needed for a refusal.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="An own wish to take back.")
class WithdrawPointsRedemptionInput:
    id: strawberry.ID = strawberry.field(description="The wish.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A wish that was brought.")
class FulfilPointsRedemptionInput:
    id: strawberry.ID = strawberry.field(description="The wish.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The card.")
class GiveKudosPayload:
    feedback: Feedback | None = field(description="The card; null when nothing was given.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The wish.")
class RequestPointsRedemptionPayload:
    redemption: PointsRedemption | None = field(description="The wish; null when nothing was held.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The wish.")
class DecidePointsRedemptionPayload:
    redemption: PointsRedemption | None = field(description="The wish; null when nothing was decided.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The wish.")
class WithdrawPointsRedemptionPayload:
    redemption: PointsRedemption | None = field(description="The wish; null when it stays.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The wish.")
class FulfilPointsRedemptionPayload:
    redemption: PointsRedemption | None = field(description="The wish; null when it stays.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _give(context: Context, input: GiveKudosInput) -> Mapping[str, Any]:
    draft = draft_of(input, input.draft_id)
    return {"feedback": kudos.give_kudos(context.session, context.viewer, draft, input.points)}


def _request(context: Context, input: RequestPointsRedemptionInput) -> Mapping[str, Any]:
    return {"redemption": kudos.ask_redemption(context.session, context.viewer, input.points, input.wish)}


def _id(value: strawberry.ID) -> uuid.UUID:
    return decode_id(value, "PointsRedemption", at=("input", "id"))


def _decide(context: Context, input: DecidePointsRedemptionInput) -> Mapping[str, Any]:
    decided = kudos.decide_redemption(
        context.session,
        context.viewer,
        _id(input.id),
        approve=input.approve,
        comment=input.comment,
        expected_version=input.expected_version,
    )
    return {"redemption": decided}


def _withdraw(context: Context, input: WithdrawPointsRedemptionInput) -> Mapping[str, Any]:
    return {"redemption": kudos.withdraw_redemption(context.session, context.viewer, _id(input.id))}


def _fulfil(context: Context, input: FulfilPointsRedemptionInput) -> Mapping[str, Any]:
    return {"redemption": kudos.fulfil_redemption(context.session, context.viewer, _id(input.id))}


@strawberry.type
class PointsMutations:
    give_kudos: GiveKudosPayload = mutation(_give, description="Thank a colleague, with or without points.")
    request_points_redemption: RequestPointsRedemptionPayload = mutation(
        _request, description="Ask for something in exchange for points."
    )
    decide_points_redemption: DecidePointsRedemptionPayload = mutation(
        _decide, description="Approve or refuse somebody else's wish."
    )
    withdraw_points_redemption: WithdrawPointsRedemptionPayload = mutation(
        _withdraw, description="Take back an own wish that was not decided yet."
    )
    fulfil_points_redemption: FulfilPointsRedemptionPayload = mutation(
        _fulfil, description="Say that a person got what was approved."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "points pointsLedger pointsRedemptions"),
    **grant("Mutation", SIGNED_IN, "giveKudos requestPointsRedemption withdrawPointsRedemption"),
    **grant("Mutation", only(Role.HR), "decidePointsRedemption fulfilPointsRedemption"),
    **grant("Points", OWN, "balance held allowance"),
    **grant("PointsLine", OWN, "account points reason feedback redemption createdAt"),
    **grant(
        "PointsRedemption",
        SEERS,
        "id person points wish status comment decidedBy decidedAt fulfilledAt createdAt version",
    ),
}
