"""Another wording of a goal or a piece of feedback, proposed by the configured model to whoever may edit the text."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models import rewordings as rows
from db.queries import rewordings
from resolvers import rewording
from resolvers.reasons import reason_text
from schema.batching import batch, field
from schema.context import Context
from schema.errors import UserError
from schema.feedback.notes import Feedback, load_feedback
from schema.goal_types import Goal, goal_of
from schema.jobs import Job, load_jobs
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import loaded
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import Node, decode_id, node_type
from schema.scalars import described_enum

described_enum(
    rows.RewordingState,
    description="What became of a request for another wording.",
    values={
        "WAITING": "A worker will ask the model.",
        "PROPOSED": "There is a wording that passed every check.",
        "DROPPED": "The model wrote one, and a check refused it; `failures` says which.",
        "NOT_CONFIGURED": "No model is configured; the questions say what a reader misses.",
        "FAILED": "There is none; the problem says why.",
    },
)
ASKER = Permission("whoever asked for it, while the person sees the text")


def _load(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.Rewording | None]:
    return loaded(rewordings.by_ids(context.session, context.viewer, ids), ids)


def _problems(context: Context, parents: Sequence[rows.Rewording]) -> list[str | None]:
    return [None if row.reason_code is None else reason_text(row.reason_code, context.locale) for row in parents]


def _outdated(context: Context, parents: Sequence[rows.Rewording]) -> list[bool]:
    found = rewording.outdated(context.session, context.viewer, parents)
    return [found[row.id] for row in parents]


@strawberry.type(description="A check that the model's wording failed. The wording itself is not kept.")
class RewordingFailure:
    check: str = batch(
        lambda _context, parents: [parent["check"] for parent in parents],
        description="For programs: figure, name, quote, direction, generalises, added, lost, unchanged, language, "
        "length, empty, caution or part.",
    )
    words: str | None = batch(
        lambda _context, parents: [parent["words"] or None for parent in parents],
        description="The words, or the name of the part, that it is about.",
    )
    message: str = batch(
        lambda context, parents: [reason_text(f"rewording_{parent['check']}", context.locale) for parent in parents],
        description="What is wrong with it, in the viewer's language.",
    )


@node_type(
    rows.Rewording,
    load=_load,
    description="Another wording that a model proposes for a goal's title or the text of feedback. It is a machine's "
    "text: show it as such. Nothing takes it over; a person edits the goal or corrects the feedback. It is erased "
    "after seven days.",
)
class Rewording(Node):
    state: rows.RewordingState = field(description="What became of the request.")
    text: str | None = field(description="The proposal, by a machine; null unless it passed every check.")
    problem_code: str | None = batch(
        lambda _context, parents: [row.reason_code for row in parents],
        description="Why there is none, for programs: rewording_not_configured, rewording_model_failed, "
        "rewording_dropped, or a job's code.",
    )
    problem: str | None = batch(_problems, description="Why there is none, in the viewer's language.")
    failures: list[RewordingFailure] = field(description="The checks that a dropped wording failed.")
    questions: list[str] = field(
        description="What the rules ask for, in the language of the text: enough to go on where there is no proposal."
    )
    goal: Goal | None = batch(goal_of("goal_id"), description="The goal whose title it is about.")
    feedback: Feedback | None = batch(
        lambda context, parents: load_feedback(context, [row.feedback_id for row in parents]),
        description="The feedback whose text it is about.",
    )
    source_version: int = field(
        description="Version of the goal or feedback whose words were read: give it as expectedVersion when taking "
        "the proposal over."
    )
    outdated: bool = batch(_outdated, description="Whether the goal or feedback was changed since.")
    engine: str | None = field(description="What wrote it: transformers or openai.")
    model: str | None = field(description="The model's name.")
    prompt_version: str | None = field(description="Which version of our words asked for it.")
    job: Job | None = batch(
        lambda context, parents: load_jobs(context, [row.job_id for row in parents]),
        description="The job that asks the model; follow it by `jobProgress`.",
    )
    created_at: datetime.datetime = field(description="When it was asked for.")
    written_at: datetime.datetime | None = field(description="When it was answered.")
    expires_at: datetime.datetime = field(description="When it is erased.")


@strawberry.input(description="A goal whose title is to be said otherwise.")
class RequestGoalRewordingInput:
    goal_id: strawberry.ID = strawberry.field(description="The goal: a draft, proposed, or being worked on.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Feedback whose text is to be said otherwise.")
class RequestFeedbackRewordingInput:
    feedback_id: strawberry.ID = strawberry.field(description="Feedback that one gave, with a text.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A proposal that is not wanted.")
class DiscardRewordingInput:
    id: strawberry.ID = strawberry.field(description="The proposal.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type
class _RewordingPayload:
    rewording: Rewording | None = field(description="What was asked for; null when nothing was.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="What was asked for.")
class RequestGoalRewordingPayload(_RewordingPayload):
    pass


@strawberry.type(description="What was asked for.")
class RequestFeedbackRewordingPayload(_RewordingPayload):
    pass


@strawberry.type(description="Whether it is gone.")
class DiscardRewordingPayload:
    errors: list[UserError] = field(description="Why not; empty on success.")


def _of_goal(context: Context, input: RequestGoalRewordingInput) -> Mapping[str, Any]:
    goal_id = decode_id(input.goal_id, "Goal", at=("input", "goalId"))
    asked = rewording.request_for_goal(context.session, context.viewer, goal_id, input.expected_version)
    return {"rewording": asked}


def _of_feedback(context: Context, input: RequestFeedbackRewordingInput) -> Mapping[str, Any]:
    feedback_id = decode_id(input.feedback_id, "Feedback", at=("input", "feedbackId"))
    asked = rewording.request_for_feedback(context.session, context.viewer, feedback_id, input.expected_version)
    return {"rewording": asked}


def _discard(context: Context, input: DiscardRewordingInput) -> Mapping[str, Any]:
    rewording.discard(context.session, context.viewer, decode_id(input.id, "Rewording", at=("input", "id")))
    return {}


@strawberry.type
class RewordingMutations:
    request_goal_rewording: RequestGoalRewordingPayload = mutation(
        _of_goal,
        description="Ask the configured model for another wording of a goal's title, for whoever may edit the goal.",
    )
    request_feedback_rewording: RequestFeedbackRewordingPayload = mutation(
        _of_feedback, description="Ask the configured model for another wording of feedback that one gave."
    )
    discard_rewording: DiscardRewordingPayload = mutation(_discard, description="Erase an own proposal at once.")


PERMISSIONS: PermissionMap = {
    **grant("Mutation", SIGNED_IN, "requestGoalRewording requestFeedbackRewording discardRewording"),
    **grant(
        "Rewording",
        ASKER,
        "id state text problemCode problem failures questions goal feedback sourceVersion outdated engine model "
        "promptVersion job createdAt writtenAt expiresAt",
    ),
    **grant("RewordingFailure", ASKER, "check words message"),
}
