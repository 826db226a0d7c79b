"""Flags in the schema: how a file was judged, a person's word over it, and following what changes."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import strawberry

from db.models.projects import deliverables as deliverable_rows
from db.models.projects import flags as rows
from db.queries.projects import deliverables, flags
from resolvers.projects import overruling
from resolvers.projects.words import flag_reason_text
from resolvers.rules.flags import Reason
from resolvers.telling import DELIVERABLE
from schema.batching import batch, field
from schema.context import Context
from schema.errors import UserError
from schema.following import Happening, follow
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Person, person_of
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.projects.deliverable_places import SEERS
from schema.projects.deliverables import Deliverable, DeliverableReading, load_readings
from schema.projects.thresholds import ThresholdAsOf, ThresholdVersion, as_of
from schema.relay import decode_id
from schema.scalars import described_enum
from schema.subscription import subscription

described_enum(
    Reason,
    name="FlagReason",
    description="Why a value or a deliverable has its flag.",
    values={
        "WITHIN_GREEN": "The value is within the green bound.",
        "WITHIN_YELLOW": "The value is within the yellow bound only.",
        "BEYOND_YELLOW": "The value is beyond the yellow bound.",
        "NO_READING": "The file says nothing of this metric and scope.",
        "NOT_A_RESULT": "The file has only targets, bounds or examples of it.",
        "EARLIER_STATE": "The file has it only of a baseline or an earlier version, which the threshold does not name.",
        "OTHER_UNIT": "A result is in a unit that does not convert to the threshold's.",
        "CONFLICT": "Another place of the file contradicts the value.",
        "TOO_FEW_SAMPLES": "The value rests on fewer measurements than wanted, or than its percentile needs.",
        "SAMPLES_UNKNOWN": "The file does not say on how many measurements the value rests.",
        "UNCONFIRMED": "The machine is not as sure of the value as the threshold wants, and nobody confirmed it.",
    },
)


def _thresholds(context: Context, parents: Sequence[rows.FlagVerdict]) -> list[ThresholdAsOf]:
    found = flags.threshold_versions(context.session, [parent.threshold_version_id for parent in parents])
    return [as_of(*found[parent.threshold_version_id]) for parent in parents]


def _reasons(
    _context: Context, parents: Sequence[rows.FlagVerdict] | Sequence[rows.FlagJudgement]
) -> list[list[Reason]]:
    return [[Reason(code) for code in parent.reasons] for parent in parents]


def _reason_texts(
    context: Context, parents: Sequence[rows.FlagVerdict] | Sequence[rows.FlagJudgement]
) -> list[list[str]]:
    return [[flag_reason_text(Reason(code), context.locale) for code in parent.reasons] for parent in parents]


def _judged(context: Context, parents: Sequence[rows.FlagJudgement]) -> list[deliverable_rows.Reading | None]:
    return load_readings(context, [parent.reading_id for parent in parents])


def _judgements(context: Context, parents: Sequence[rows.FlagVerdict]) -> list[list[rows.FlagJudgement]]:
    found = flags.judgements(context.session, [parent.id for parent in parents])
    return [found.get(parent.id, []) for parent in parents]


def _verdicts(context: Context, parents: Sequence[rows.FlagEvaluation]) -> list[list[rows.FlagVerdict]]:
    found = flags.verdicts(context.session, [parent.id for parent in parents])
    return [found.get(parent.id, []) for parent in parents]


def _overrides(context: Context, parents: Sequence[rows.FlagEvaluation]) -> list[list[rows.FlagOverride]]:
    found = flags.overrides(context.session, [parent.id for parent in parents])
    return [found.get(parent.id, []) for parent in parents]


def _withdrawals(context: Context, parents: Sequence[rows.FlagOverride]) -> list[rows.FlagWithdrawal | None]:
    found = flags.withdrawals(context.session, [parent.id for parent in parents])
    return [found.get(parent.id) for parent in parents]


@strawberry.type(description="What one threshold made of one reading.")
class FlagJudgement:
    reading: DeliverableReading | None = batch(_judged, description="The reading.")
    flag: rows.Flag = field(description="What it is worth.")
    reasons: list[Reason] = batch(_reasons, description="Why.")
    reason_texts: list[str] = batch(_reason_texts, description="The same in the viewer's language.")


@strawberry.type(description="What one threshold made of all readings of a file: the worst of them, or grey.")
class FlagVerdict:
    threshold: ThresholdVersion = batch(_thresholds, description="The threshold, in the version that was in force.")
    flag: rows.Flag = field(description="What it made of them.")
    reasons: list[Reason] = batch(_reasons, description="Why.")
    reason_texts: list[str] = batch(_reason_texts, description="The same in the viewer's language.")
    judgements: list[FlagJudgement] = batch(_judgements, description="Each reading that it concerns.")


@strawberry.type(description="A person's flag holds no more: the machine's does.")
class FlagWithdrawal:
    withdrawn_by: Person | None = batch(
        person_of("withdrawn_by"), description="Who withdrew it; null: the machine's next judgement ended it."
    )
    created_at: datetime.datetime = field(description="When.")


@strawberry.type(description="A person's flag in place of the machine's, said of one evaluation.")
class FlagOverride:
    flag: rows.Flag = field(description="The person's flag.")
    reason: str = field(description="Why.")
    overruled_by: Person | None = batch(person_of("overruled_by"), description="Who said so.")
    created_at: datetime.datetime = field(description="When.")
    withdrawal: FlagWithdrawal | None = batch(
        _withdrawals,
        description="How it ended; null: it holds until it is withdrawn, another file comes, or a later word.",
    )


@strawberry.type(
    description="The judgement of one file under the thresholds and confirmed readings of one moment. It never changes."
)
class FlagEvaluation:
    number: int = field(description="From 1 for each file.")
    flag: rows.Flag = field(description="The machine's flag: the worst of the required thresholds.")
    verdicts: list[FlagVerdict] = batch(_verdicts, description="What each threshold said.")
    overrides: list[FlagOverride] = batch(_overrides, description="People's words over it, the latest first.")
    created_at: datetime.datetime = field(description="When.")


@strawberry.input(description="A person's flag for a deliverable.")
class OverruleDeliverableFlagInput:
    id: strawberry.ID = strawberry.field(description="Global id of the deliverable.")
    flag: rows.Flag = strawberry.field(description="The flag that shall hold.")
    reason: str = strawberry.field(description="Why; at most 2000 characters.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The deliverable with the person's flag.")
class OverruleDeliverableFlagPayload:
    deliverable: Deliverable | None = field(description="The deliverable; null when the flag stays.")
    errors: list[UserError] = field(description="Why it stays; empty on success.")


@strawberry.input(description="A person's flag to withdraw.")
class WithdrawFlagOverrideInput:
    id: strawberry.ID = strawberry.field(description="Global id of the deliverable.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The deliverable with the machine's flag.")
class WithdrawFlagOverridePayload:
    deliverable: Deliverable | None = field(description="The deliverable; null when the person's flag stays.")
    errors: list[UserError] = field(description="Why it stays; empty on success.")


def _overrule(context: Context, input: OverruleDeliverableFlagInput) -> Mapping[str, Any]:
    deliverable_id = decode_id(input.id, "Deliverable", at=("input", "id"))
    made = overruling.overrule_flag(
        context.session,
        context.viewer,
        deliverable_id,
        input.flag,
        input.reason,
        expected_version=input.expected_version,
    )
    return {"deliverable": made}


def _withdraw(context: Context, input: WithdrawFlagOverrideInput) -> Mapping[str, Any]:
    deliverable_id = decode_id(input.id, "Deliverable", at=("input", "id"))
    made = overruling.withdraw_override(
        context.session, context.viewer, deliverable_id, expected_version=input.expected_version
    )
    return {"deliverable": made}


@strawberry.type(description="A deliverable whose flag changed.")
class FlagChange:
    subject: Deliverable = field(name="deliverable", description="The deliverable as it is now.")
    flag: rows.Flag = batch(
        lambda _context, happenings: [happening.subject.flag for happening in happenings], description="Its flag now."
    )
    occurred_at: datetime.datetime = field(description="When it changed.")


def follow_flags(context: Context) -> AsyncGenerator[Happening, None]:
    """Each change of a flag of a deliverable that the viewer may see, from now on, once and in order."""
    return follow(context, DELIVERABLE, deliverables.by_ids, only=flags.FLAG_CHANGED)


@strawberry.type
class FlagMutations:
    overrule_deliverable_flag: OverruleDeliverableFlagPayload = mutation(
        _overrule,
        description=(
            "Put a person's flag, with a reason, in place of the machine's, which stays visible. For the PMO, the "
            "managers above who handed it in, and HR, never for who handed it in. It holds until it is withdrawn or a "
            "new file comes; when the machine judges otherwise meanwhile, who overruled is told."
        ),
    )
    withdraw_flag_override: WithdrawFlagOverridePayload = mutation(
        _withdraw,
        description="Let the machine's flag hold again. For who overruled it, and whoever may overrule it.",
    )


@strawberry.type
class FlagSubscriptions:
    flag_changed: FlagChange = subscription(
        follow_flags, description="Flags of deliverables that the viewer may see, as they change from now on."
    )


PERMISSIONS: PermissionMap = {
    **grant("Mutation", SIGNED_IN, "overruleDeliverableFlag withdrawFlagOverride"),
    **grant("Subscription", SIGNED_IN, "flagChanged"),
    **grant("FlagChange", SEERS, "deliverable flag occurredAt"),
    **grant("FlagEvaluation", SEERS, "number flag verdicts overrides createdAt"),
    **grant("FlagVerdict", SEERS, "threshold flag reasons reasonTexts judgements"),
    **grant("FlagJudgement", SEERS, "reading flag reasons reasonTexts"),
    **grant("FlagOverride", SEERS, "flag reason overruledBy createdAt withdrawal"),
    **grant("FlagWithdrawal", SEERS, "withdrawnBy createdAt"),
}
