"""People's word on readings in the schema: confirming one, accepting one as the value of a goal, and what deliverables
bring to the chain of a goal."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models.goal_updates import CheckIn as CheckInRow
from db.models.goals import Goal as GoalRow
from db.models.projects import deliverables as rows
from db.queries.projects import deliverables
from resolvers.projects import acceptance, confirming
from schema.batching import batch, field
from schema.context import Context
from schema.errors import UserError
from schema.goal_types import GoalCheckIn, Measure, load_check_ins, measure_of
from schema.mutation import REQUEST_ID, mutation
from schema.people import Person, person_of
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant
from schema.projects.deliverable_places import SEERS
from schema.projects.deliverables import Deliverable, DeliverableReading, load_readings
from schema.relay import decode_id


def _check_ins(context: Context, parents: Sequence[rows.ReadingAcceptance]) -> list[CheckInRow | None]:
    return load_check_ins(context, [parent.check_in_id for parent in parents])


def _of_goals(context: Context, chains: Sequence[GoalRow]) -> list[list[rows.Deliverable]]:
    found = deliverables.of_goals(context.session, context.viewer, [goal.id for goal in chains])
    return [found.get(goal.id, []) for goal in chains]


@strawberry.type(description="A person took a reading as the value of a goal's measure.")
class ReadingAcceptance:
    measure: Measure | None = batch(measure_of("measure_id"), description="The measure, for whoever sees its goal.")
    check_in: GoalCheckIn | None = batch(_check_ins, description="The check-in that cites the reading.")
    accepted_by: Person | None = batch(person_of("accepted_by"), description="Who took it.")
    created_at: datetime.datetime = field(description="When.")


@strawberry.type(description="A person who did not hand the file in says that the machine read this value right.")
class ReadingConfirmation:
    confirmed_by: Person | None = batch(person_of("confirmed_by"), description="Who said so.")
    created_at: datetime.datetime = field(description="When.")


@strawberry.type
class DeliverableLinks:
    """What deliverables bring to the chain of one goal, see `schema.chain`."""

    deliverables: list[Deliverable] = batch(
        _of_goals,
        description="The 50 latest deliverables of which a reading was taken for one of its measures, as far as the "
        "viewer may see them.",
    )


@strawberry.input(description="A reading that is the value of a measure.")
class AcceptDeliverableReadingInput:
    id: strawberry.ID = strawberry.field(description="Global id of the reading, of the deliverable's newest file.")
    measure_id: strawberry.ID = strawberry.field(description="The measure of a goal whose value it is.")
    expected_version: int | None = strawberry.field(
        default=None, description="The version of the deliverable that the reading was seen in; else CONFLICT."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The check-in that cites the reading.")
class AcceptDeliverableReadingPayload:
    reading: DeliverableReading | None = field(description="The reading; null when it was not taken.")
    check_in: GoalCheckIn | None = field(description="The check-in of the measure's goal.")
    errors: list[UserError] = field(description="Why it was not taken; empty on success.")


@strawberry.input(description="A reading that is right.")
class ConfirmDeliverableReadingInput:
    id: strawberry.ID = strawberry.field(description="Global id of the reading, of the deliverable's newest file.")
    expected_version: int | None = strawberry.field(
        default=None, description="The version of the deliverable that the reading was seen in; else CONFLICT."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The reading with what it is worth now.")
class ConfirmDeliverableReadingPayload:
    reading: DeliverableReading | None = field(description="The reading; null when it was not confirmed.")
    errors: list[UserError] = field(description="Why it was not confirmed; empty on success.")


def _confirm(context: Context, input: ConfirmDeliverableReadingInput) -> Mapping[str, Any]:
    reading_id = decode_id(input.id, "DeliverableReading", at=confirming.READING_PATH)
    made = confirming.confirm_reading(context.session, context.viewer, reading_id, input.expected_version)
    return {"reading": made}


def _accept(context: Context, input: AcceptDeliverableReadingInput) -> Mapping[str, Any]:
    accepted = acceptance.accept_reading(
        context.session,
        context.viewer,
        decode_id(input.id, "DeliverableReading", at=confirming.READING_PATH),
        decode_id(input.measure_id, "Measure", at=acceptance.MEASURE_PATH),
        input.expected_version,
    )
    return {
        "reading": load_readings(context, [accepted.reading_id])[0],
        "check_in": load_check_ins(context, [accepted.check_in_id])[0],
    }


@strawberry.type
class AcceptanceMutations:
    accept_deliverable_reading: AcceptDeliverableReadingPayload = mutation(
        _accept,
        description=(
            "Take a reading as the value of a goal's measure: the goal gets one check-in that cites file and place. "
            "For whoever may check the goal in, PMO and administrators, as far as they see both. Who may confirm the "
            "reading confirms it thereby."
        ),
    )
    confirm_deliverable_reading: ConfirmDeliverableReadingPayload = mutation(
        _confirm,
        description=(
            "Say that the machine read a value right: from then on a doubtful reading counts as a sure one, and the "
            "file is judged anew. For the PMO, the managers above who handed it in, and HR, never for who handed it in."
        ),
    )


PERMISSIONS: PermissionMap = {
    **grant("Mutation", SIGNED_IN, "acceptDeliverableReading confirmDeliverableReading"),
    **grant("Chain", VISIBLE, "deliverables"),
    **grant("ReadingConfirmation", SEERS, "confirmedBy createdAt"),
    **grant("ReadingAcceptance", SEERS, "measure checkIn acceptedBy createdAt"),
}
