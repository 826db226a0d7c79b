"""Rounds of anonymous feedback to a manager, in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models.feedback import upward as rows
from db.queries.feedback import upward
from db.queries.paging import Order, Page, fetch_page, fetch_pages
from resolvers.feedback import upward as use_cases
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.mutation import REQUEST_ID, mutation
from schema.people import Person, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant, only
from schema.relay import After, Connection, First, Node, decode_id, node_type, read_page
from schema.scalars import described_enum

described_enum(
    rows.RoundStatus,
    name="UpwardRoundStatus",
    description="How far a round is.",
    values={
        "OPEN": "It can be written in.",
        "RELEASED": "Its texts can be read.",
        "TOO_FEW": "Fewer wrote than are needed to stay unknown; the texts were destroyed unread.",
    },
)

ROUNDS_LATEST_FIRST = Order((rows.UpwardRound.id,), descending=True)
NOTES_IN_NO_ORDER = Order((rows.UpwardNote.id,))
SEERS = Permission("the manager whom it is for, who may write in it, the managers above that manager, and HR")
READERS = Permission("once released: the manager whom it is for, the managers above that manager, and HR")
WRITERS = Permission("who may write in it; null for everybody else")


def _load_rounds(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.UpwardRound | None]:
    statement = upward.rounds(context.session, context.viewer).where(rows.UpwardRound.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _load_notes(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.UpwardNote | None]:
    statement = upward.notes(context.session, context.viewer).where(rows.UpwardNote.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


@node_type(rows.UpwardNote, load=_load_notes, description="A text whose author nobody knows. Its id is random.")
class UpwardNote(Node):
    text: str = field(description="The words.")


def _notes(
    context: Context, parents: Sequence[rows.UpwardRound], first: First = None, after: After = None
) -> list[Page[rows.UpwardNote]]:
    statement = upward.notes(context.session, context.viewer)
    return read_page(
        lambda request: fetch_pages(
            context.session,
            statement,
            NOTES_IN_NO_ORDER,
            request,
            parent=rows.UpwardNote.round_id,
            parent_ids=[row.id for row in parents],
        ),
        first,
        after,
    )


def _wrote(context: Context, parents: Sequence[rows.UpwardRound]) -> list[bool | None]:
    found = upward.own_part(context.session, context.viewer, [row.id for row in parents])
    return [found.get(row.id) for row in parents]


@node_type(rows.UpwardRound, load=_load_rounds, description="Days in which a manager's direct reports may write.")
class UpwardRound(Node):
    subject: Person | None = batch(person_of("subject_id"), description="The manager.")
    closes_on: datetime.date = field(description="The last day, by the organisation's calendar.")
    minimum: int = field(description="Authors below which nothing is released.")
    status: rows.RoundStatus = field(description="How far it is.")
    wrote: bool | None = batch(_wrote, description="Whether the viewer wrote.")
    notes: Connection[UpwardNote] = batch(_notes, description="The released texts, in an order that means nothing.")


def _rounds(context: Context, first: First = None, after: After = None) -> Page[rows.UpwardRound]:
    statement = upward.rounds(context.session, context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, ROUNDS_LATEST_FIRST, page), first, after)


@strawberry.type
class UpwardQueries:
    upward_rounds: Connection[UpwardRound] = root(
        _rounds, description="Rounds of anonymous feedback that the viewer may know of, the latest first."
    )


@strawberry.input(description="A round of anonymous feedback to a manager.")
class OpenUpwardRoundInput:
    subject_id: strawberry.ID = strawberry.field(description="The manager; the direct reports of today may write.")
    closes_on: datetime.date = strawberry.field(description="The last day, at most 60 days ahead.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A text that nobody can trace to its author.")
class WriteUpwardFeedbackInput:
    round_id: strawberry.ID = strawberry.field(description="The round.")
    text: str = strawberry.field(description="The words, at most 5,000 characters.")
    secret: uuid.UUID = strawberry.field(
        description="Random, made by the writer's device and kept there: the same secret again changes the text, and a "
        "repeat changes nothing else."
    )
    request_id: uuid.UUID | None = strawberry.field(
        default=None,
        description="Without effect: an answer kept under a request's id would join the person and the text.",
    )


@strawberry.type(description="The round.")
class OpenUpwardRoundPayload:
    round: UpwardRound | None = field(description="The round; null when none was opened.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="Whether the text lies in the box.")
class WriteUpwardFeedbackPayload:
    written: bool | None = field(description="True; null when it was refused.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _open(context: Context, input: OpenUpwardRoundInput) -> Mapping[str, Any]:
    subject_id = decode_id(input.subject_id, "Person", at=("input", "subjectId"))
    return {"round": use_cases.open_round(context.session, context.viewer, subject_id, input.closes_on)}


def _write(context: Context, input: WriteUpwardFeedbackInput) -> Mapping[str, Any]:
    round_id = decode_id(input.round_id, "UpwardRound", at=("input", "roundId"))
    use_cases.write_upward(context.session, context.viewer, round_id, input.text, input.secret)
    return {"written": True}


@strawberry.type
class UpwardMutations:
    open_upward_round: OpenUpwardRoundPayload = mutation(
        _open, description="Let the direct reports of a manager write anonymously. For who answers for that manager."
    )
    write_upward_feedback: WriteUpwardFeedbackPayload = mutation(
        _write,
        description="Write anonymously to one's manager, or change what one wrote, until the round closes.",
        receipts=False,
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "upwardRounds"),
    **grant("Mutation", only(*use_cases.OPENERS), "openUpwardRound"),
    **grant("Mutation", SIGNED_IN, "writeUpwardFeedback"),
    **grant("UpwardRound", SEERS, "id subject closesOn minimum status"),
    **grant("UpwardRound", WRITERS, "wrote"),
    **grant("UpwardRound", READERS, "notes"),
    **grant("UpwardNote", READERS, "id text"),
}
