"""Opening, writing, finishing and correcting retrospectives."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import strawberry

from db.models.feedback import retrospectives as rows
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback import retrospectives as use_cases
from resolvers.feedback.retrospective_subjects import Subject
from schema.batching import field
from schema.context import Context
from schema.errors import UserError
from schema.feedback.meetings import OneOnOneActionInput, action_drafts
from schema.feedback.retrospectives import SUBJECT_TYPES, Retrospective
from schema.inputs import optional_id
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.relay import decode_any_id, decode_id


@strawberry.input(description="A retrospective to begin.")
class OpenRetrospectiveInput:
    subject_id: strawberry.ID = strawberry.field(
        description="The goal (for who may draft it), the project (for its lead and PMO), the person (for the person, "
        "the managers above, HR) or the department (for who may draft its goals)."
    )
    cycle_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of a person or department: which cycle. Required there, and refused elsewhere."
    )
    participant_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Who takes part besides the facilitator and whose goal, project or cycle it is: colleagues who see "
        "the subject, at most thirty in all.",
    )
    facilitator_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who finishes it; by default the viewer."
    )
    reason: str | None = strawberry.field(
        default=None, description="Why it is held; required where nothing has ended and nothing is late."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="What one writes under a step.")
class RetrospectiveEntryInput:
    step: rows.Step = strawberry.field(description="Under which step.")
    text: str | None = strawberry.field(
        default=None, description="The words, at most 5,000 characters, in place of one's own; null takes them away."
    )


@strawberry.input(description="What a participant brings; what others wrote stays as it is.")
class WriteRetrospectiveInput:
    id: strawberry.ID = strawberry.field(description="The retrospective.")
    entries: list[RetrospectiveEntryInput] = strawberry.field(default_factory=list, description="One's own words.")
    actions: list[OneOnOneActionInput] = strawberry.field(
        default_factory=list, description="What is agreed, besides what stands there; at most twenty at once."
    )
    participant_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Who takes part from now on, too. For who may finish it."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="An open retrospective to finish, or to give up.")
class FinishRetrospectiveInput:
    id: strawberry.ID = strawberry.field(description="The retrospective.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="An open retrospective to give up.")
class DropRetrospectiveInput(FinishRetrospectiveInput):
    pass


@strawberry.input(description="A finished retrospective to correct.")
class CorrectRetrospectiveInput(FinishRetrospectiveInput):
    reason: str = strawberry.field(description="Why; at most 5,000 characters.")


@strawberry.type(description="The retrospective.")
class OpenRetrospectivePayload:
    retrospective: Retrospective | None = field(description="The retrospective; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The retrospective.")
class WriteRetrospectivePayload(OpenRetrospectivePayload):
    pass


@strawberry.type(description="The retrospective.")
class FinishRetrospectivePayload(OpenRetrospectivePayload):
    pass


@strawberry.type(description="The retrospective.")
class CorrectRetrospectivePayload(OpenRetrospectivePayload):
    pass


@strawberry.type(description="The retrospective.")
class DropRetrospectivePayload(OpenRetrospectivePayload):
    pass


def _people(given: list[strawberry.ID]) -> list[uuid.UUID]:
    if len(given) > use_cases.PARTICIPANTS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "participantIds"))
    return [decode_id(id_, "Person", at=("input", "participantIds", str(at))) for at, id_ in enumerate(given)]


def _open(context: Context, input: OpenRetrospectiveInput) -> Mapping[str, Any]:
    name, id_ = decode_any_id(input.subject_id, SUBJECT_TYPES, at=("input", "subjectId"))
    draft = use_cases.OpeningDraft(
        subject=Subject(name, id_, optional_id(input.cycle_id, "Cycle", ("input", "cycleId"))),
        participant_ids=_people(input.participant_ids),
        facilitator_id=optional_id(input.facilitator_id, "Person", ("input", "facilitatorId")),
        reason=input.reason,
    )
    return {"retrospective": use_cases.open_retrospective(context.session, context.viewer, draft)}


def _write(context: Context, input: WriteRetrospectiveInput) -> Mapping[str, Any]:
    brought = use_cases.Contribution(
        entries=[use_cases.EntryDraft(each.step, each.text) for each in input.entries],
        actions=action_drafts(input.actions),
        participant_ids=_people(input.participant_ids),
    )
    written = use_cases.write_retrospective(
        context.session, context.viewer, _id(input.id), brought, input.expected_version
    )
    return {"retrospective": written}


def _finish(context: Context, input: FinishRetrospectiveInput) -> Mapping[str, Any]:
    finished = use_cases.finish_retrospective(context.session, context.viewer, _id(input.id), input.expected_version)
    return {"retrospective": finished}


def _correct(context: Context, input: CorrectRetrospectiveInput) -> Mapping[str, Any]:
    corrected = use_cases.correct_retrospective(
        context.session, context.viewer, _id(input.id), input.reason, input.expected_version
    )
    return {"retrospective": corrected}


def _drop(context: Context, input: DropRetrospectiveInput) -> Mapping[str, Any]:
    dropped = use_cases.drop_retrospective(context.session, context.viewer, _id(input.id), input.expected_version)
    return {"retrospective": dropped}


def _id(given: strawberry.ID) -> uuid.UUID:
    return decode_id(given, "Retrospective", at=("input", "id"))


@strawberry.type
class RetrospectiveMutations:
    open_retrospective: OpenRetrospectivePayload = mutation(
        _open, description="Begin a retrospective on a goal, a project, or a cycle of a person or department."
    )
    write_retrospective: WriteRetrospectivePayload = mutation(
        _write, description="Write into an open retrospective, and agree on what is to be done. For who takes part."
    )
    finish_retrospective: FinishRetrospectivePayload = mutation(
        _finish,
        description="Finish an open retrospective: the facts are kept as they stand now, and nothing in it changes any "
        "more. For the facilitator, the managers above the facilitator, and HR.",
    )
    correct_retrospective: CorrectRetrospectivePayload = mutation(
        _correct, description="Open the next edition of a finished retrospective. For who may finish it."
    )
    drop_retrospective: DropRetrospectivePayload = mutation(
        _drop,
        description="Give up what is open: a correction, and the edition before stands; or one that was never "
        "finished. For who may finish it.",
    )


PERMISSIONS: PermissionMap = {
    **grant(
        "Mutation",
        SIGNED_IN,
        "openRetrospective writeRetrospective finishRetrospective correctRetrospective dropRetrospective",
    ),
}
