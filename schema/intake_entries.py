"""What people say that a photographed form holds: their entries, who is to act next, and which fields two check."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models import intake as rows
from db.queries import intake, people
from db.queries.forms import FORM_ROLES
from resolvers.access import PAPER_ROLES
from resolvers.intake import double_entry
from schema.batching import batch, field
from schema.context import Context
from schema.errors import UserError
from schema.forms import FormTemplate
from schema.goals import Cycle, cycle_of
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Person, person_of
from schema.permissions import Permission, PermissionMap, grant, only
from schema.relay import decode_id
from schema.scalars import described_enum

SEERS = Permission("who handed it in, the managers above its subject, and HR; its subject once confirmed")

described_enum(
    rows.IntakeWait,
    description="Which act of a person a document waits for.",
    values={
        "TEMPLATE": "Somebody says which form it is.",
        "PICTURE": "Somebody hands in a better picture or another file.",
        "ENTRY": "A manager above its subject, or HR, checks it.",
        "SECOND_ENTRY": "Another one of them checks it, without seeing what the first said of the chosen fields.",
        "DECISION": "A third one of them, who sees what both said, decides.",
    },
)


@strawberry.type(description="What a person said a field holds, beside the machine's reading.")
class IntakeEntry:
    person: Person | None = batch(person_of("person_id"), description="Who said it.")
    value: str | None = field(description="The value; null means empty.")
    created_at: datetime.datetime = field(description="When.")


def entries_of(context: Context, parents: Sequence[rows.IntakeField]) -> list[list[rows.IntakeEntry]]:
    """The entries of fields, without those of one person that another must not see yet."""
    found = intake.entries(context.session, [reading.id for reading in parents])
    hidden = intake.hidden_fields(context.session, [reading.document_id for reading in parents])
    own = context.viewer.person_id
    return [
        [
            entry
            for entry in found.get(reading.id, [])
            if entry.person_id == own or reading.key not in hidden.get(reading.document_id, ())
        ]
        for reading in parents
    ]


@strawberry.type(description="That a person checked a form of which two people check fields.")
class IntakeCheck:
    person: Person | None = batch(person_of("person_id"), description="Who.")
    subject: Person | None = batch(
        person_of("shown_subject_id"), description="Whom the form is about, by this person; null until two checked it."
    )
    cycle: Cycle | None = batch(
        cycle_of("shown_cycle_id"), description="Which cycle it is about, by this person; null until two checked it."
    )
    created_at: datetime.datetime = field(description="When.")


class ShownCheck:
    """A check as the viewer may see it."""

    def __init__(self, check: rows.IntakeCheck, whole: bool) -> None:
        self.person_id, self.created_at = check.person_id, check.created_at
        self.shown_subject_id = check.subject_id if whole else None
        self.shown_cycle_id = check.cycle_id if whole else None


def checks_of(context: Context, parents: Sequence[rows.IntakeDocument]) -> list[list[ShownCheck]]:
    """Who checked documents."""
    found = intake.checks(context.session, [document.id for document in parents])
    own = context.viewer.person_id
    return [
        [
            ShownCheck(check, check.person_id == own or document.entry_stage is not rows.EntryStage.SECOND)
            for check in found.get(document.id, [])
        ]
        for document in parents
    ]


def waits_of(_context: Context, parents: Sequence[rows.IntakeDocument]) -> list[rows.IntakeWait | None]:
    """Which act of a person documents wait for."""
    return [intake.wait_of(document) for document in parents]


def may_act(context: Context, parents: Sequence[rows.IntakeDocument]) -> list[bool]:
    """Whether documents wait for something that the viewer may do."""
    viewer = context.viewer
    if not viewer.has(*PAPER_ROLES):
        return [False] * len(parents)
    done = intake.checks(context.session, [document.id for document in parents])
    subjects = {document.subject_id for document in parents if document.subject_id is not None}
    led = people.led_among(context.session, viewer, subjects)
    by_hand = (rows.IntakeWait.TEMPLATE, rows.IntakeWait.PICTURE)
    return [
        (wait := intake.wait_of(document)) is not None
        and (wait in by_hand or document.subject_id is None or document.subject_id in led)
        and all(check.person_id != viewer.person_id for check in done.get(document.id, []))
        for document in parents
    ]


def double_fields_of(context: Context, parents: Sequence[rows.IntakeDocument]) -> list[list[str]]:
    """The fields of documents that two people check: as they were when the first did, else as the form has them now."""
    settings = intake.double_entry_of_forms(context.session, context.viewer, [row.form_version_id for row in parents])
    return [
        row.double_entry
        if row.double_entry is not None
        else settings[row.form_version_id].fields
        if row.status is rows.IntakeStatus.NEEDS_REVIEW and row.form_version_id in settings
        else []
        for row in parents
    ]


def disputed_of(_context: Context, parents: Sequence[rows.IntakeDocument]) -> list[list[str]]:
    """The fields of documents about which two people disagreed."""
    return [row.disputed or [] for row in parents]


@strawberry.input(description="Which fields of a form two people check.")
class SetDoubleEntryInput:
    form_template_id: strawberry.ID = strawberry.field(description="Global id of the form's version.")
    fields: list[str] = strawberry.field(
        description="Keys of the fields that two different people check, without seeing each other's entries; none: "
        "one person is enough."
    )
    expected_version: int | None = strawberry.field(
        default=None, description=f"{EXPECTED_VERSION} Here the version of `doubleEntry`."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The form with what was set.")
class SetDoubleEntryPayload:
    template: FormTemplate | None = field(description="The form; null when nothing was set.")
    errors: list[UserError] = field(description="Why not; fields are named by their keys.")


def _set(context: Context, input: SetDoubleEntryInput) -> Mapping[str, Any]:
    version_id = decode_id(input.form_template_id, "FormTemplate", at=("input", "formTemplateId"))
    version = double_entry.set_double_entry(
        context.session, context.viewer, version_id, input.fields, input.expected_version
    )
    return {"template": version}


@strawberry.type
class DoubleEntryMutations:
    set_double_entry: SetDoubleEntryPayload = mutation(
        _set,
        description="Say which fields of a published form two people check. Documents of which a first person gave "
        "entries keep what was chosen then. Only HR and administrators.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Mutation", only(*FORM_ROLES), "setDoubleEntry"),
    **grant("IntakeEntry", SEERS, "person value createdAt"),
    **grant("IntakeCheck", SEERS, "person subject cycle createdAt"),
}
