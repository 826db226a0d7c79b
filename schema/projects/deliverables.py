"""Deliverables in the schema: handing in, what was read and where, and the checklist."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import sqlalchemy as sa
import strawberry

from db.models.jobs import Job as JobRow
from db.models.projects import deliverables as rows
from db.models.projects import flags as flag_rows
from db.models.projects.flags import Flag
from db.queries.paging import Order, Page, fetch_page
from db.queries.projects import deliverables, flags, templates
from ml.metrics.contract import Kind, Outcome, RequirementKind
from resolvers.projects import submission
from resolvers.projects.words import conflict_text, warning_text
from resolvers.reasons import reason_text
from resolvers.rules.flags import BADNESS
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.inputs import optional_id
from schema.jobs import Job, load_jobs
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Person, loaded, localized, person_of
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.projects.deliverable_places import SEERS, DeliverablePlace, locations
from schema.projects.tasks import ProjectTask, task_of
from schema.projects.templates import DeliverableTemplate, DeliverableTemplateVersion, template_of
from schema.projects.thresholds import ThresholdAsOf, ThresholdVersion, as_of
from schema.relay import After, Connection, First, Node, node_type, read_page
from schema.scalars import UploadedFile, described_enum

described_enum(
    Flag,
    description="What a value or a deliverable is worth.",
    values={
        "GREEN": "Measured, undisputed, and within its bounds.",
        "YELLOW": "Tolerable; or good, but contradicted or from too few samples.",
        "RED": "Beyond its bounds.",
        "GREY": "Nothing that counts as a result was found: nobody knows.",
    },
)
described_enum(
    rows.DeliverableStatus,
    description="How far a deliverable is.",
    values={
        "UPLOADED": "Handed in; waits to be read.",
        "READING": "Being read.",
        "OK": "Read, and it holds measured values.",
        "NO_DATA": "Read, and nothing in it is a measured value.",
        "UNREADABLE": "The file could not be read; the reason says why and what to do.",
        "SUPERSEDED": "The same file was handed in under the same template before; see duplicateOf.",
    },
)
described_enum(
    Kind,
    name="ReadingKind",
    description="What a value in a file is.",
    values={
        "MEASURED": "A result.",
        "TARGET": "Wanted, required, planned or expected: never a result.",
        "BOUND": "A result known only as a limit, such as below 200 ms.",
        "EXAMPLE": "An illustration, an industry figure, somebody else's number.",
    },
)
described_enum(
    Outcome,
    name="ChecklistOutcome",
    description="What became of something that the template requires.",
    values={
        "FOUND": "It is in the file.",
        "MISSING": "It was not found.",
        "UNCLEAR": "Something speaks for it, not enough: a person must look.",
    },
)

if TYPE_CHECKING:
    from schema.projects.acceptance import ReadingAcceptance, ReadingConfirmation
    from schema.projects.flags import FlagEvaluation, FlagOverride

AcceptanceType = Annotated["ReadingAcceptance", strawberry.lazy("schema.projects.acceptance")]
ConfirmationType = Annotated["ReadingConfirmation", strawberry.lazy("schema.projects.acceptance")]
FlagEvaluationType = Annotated["FlagEvaluation", strawberry.lazy("schema.projects.flags")]
FlagOverrideType = Annotated["FlagOverride", strawberry.lazy("schema.projects.flags")]
LATEST_FIRST = Order((rows.Deliverable.id,), descending=True)


def load_deliverables(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Deliverable | None]:
    """The deliverables that the viewer may see."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(deliverables.by_ids(context.session, context.viewer, wanted), ids)


def load_readings(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Reading | None]:
    """The readings whose deliverable the viewer may see."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(deliverables.readings_by_ids(context.session, context.viewer, wanted), ids)


def _newest(context: Context, parents: Sequence[rows.Deliverable]) -> list[rows.DeliverableFile]:
    found = deliverables.newest_files(context.session, [parent.id for parent in parents])
    return [found[parent.id] for parent in parents]


def _files(context: Context, parents: Sequence[rows.Deliverable]) -> list[list[rows.DeliverableFile]]:
    found = deliverables.files(context.session, [parent.id for parent in parents])
    return [found.get(parent.id, []) for parent in parents]


def _readings(context: Context, parents: Sequence[rows.DeliverableFile]) -> list[list[rows.Reading]]:
    found = deliverables.readings(context.session, [parent.id for parent in parents])
    return [found.get(parent.id, []) for parent in parents]


def _newest_readings(context: Context, parents: Sequence[rows.Deliverable]) -> list[list[rows.Reading]]:
    return _readings(context, _newest(context, parents))


def _judged(
    context: Context, parents: Sequence[rows.Reading]
) -> list[list[tuple[flag_rows.FlagJudgement, flag_rows.FlagVerdict]]]:
    """What the latest evaluation said of each reading, the worst first."""
    found = flags.latest_judgements(context.session, {parent.deliverable_file_id for parent in parents})
    return [
        sorted(found.get(parent.id, []), key=lambda said: BADNESS[said[0].flag], reverse=True) for parent in parents
    ]


def _reading_flags(context: Context, parents: Sequence[rows.Reading]) -> list[Flag | None]:
    return [said[0][0].flag if said else None for said in _judged(context, parents)]


def _reading_thresholds(context: Context, parents: Sequence[rows.Reading]) -> list[ThresholdAsOf | None]:
    judged = [said[0][1].threshold_version_id if said else None for said in _judged(context, parents)]
    found = flags.threshold_versions(context.session, [id_ for id_ in judged if id_ is not None])
    return [None if id_ is None else as_of(*found[id_]) for id_ in judged]


def _acceptances(context: Context, parents: Sequence[rows.Reading]) -> list[list[rows.ReadingAcceptance]]:
    found = deliverables.acceptances(context.session, [parent.id for parent in parents])
    return [found.get(parent.id, []) for parent in parents]


def _confirmations(context: Context, parents: Sequence[rows.Reading]) -> list[rows.ReadingConfirmation | None]:
    found = deliverables.confirmations(context.session, [parent.id for parent in parents])
    return [found.get(parent.id) for parent in parents]


def _evaluations(context: Context, parents: Sequence[rows.DeliverableFile]) -> list[list[flag_rows.FlagEvaluation]]:
    found = flags.evaluations(context.session, [parent.id for parent in parents])
    return [found.get(parent.id, []) for parent in parents]


def _latest_evaluations(context: Context, parents: Sequence[rows.Deliverable]) -> list[flag_rows.FlagEvaluation | None]:
    newest = _newest(context, parents)
    found = flags.latest_evaluations(context.session, [file.id for file in newest])
    return [found.get(file.id) for file in newest]


def _overrides(context: Context, parents: Sequence[rows.Deliverable]) -> list[flag_rows.FlagOverride | None]:
    newest = _newest(context, parents)
    found = flags.standing_overrides(context.session, [file.id for file in newest])
    return [found.get(file.id) for file in newest]


def _unconfirmed(context: Context, parents: Sequence[rows.Deliverable]) -> list[list[rows.Reading]]:
    newest = _newest(context, parents)
    found = flags.unconfirmed(context.session, [file.id for file in newest])
    return [found.get(file.id, []) for file in newest]


def _checklists(context: Context, parents: Sequence[rows.DeliverableFile]) -> list[list[rows.ChecklistItem]]:
    found = deliverables.checklists(context.session, [parent.id for parent in parents])
    return [found.get(parent.id, []) for parent in parents]


def _newest_checklists(context: Context, parents: Sequence[rows.Deliverable]) -> list[list[rows.ChecklistItem]]:
    return _checklists(context, _newest(context, parents))


def _complete(context: Context, parents: Sequence[rows.Deliverable]) -> list[bool | None]:
    newest = _newest(context, parents)
    checklists = _checklists(context, newest)
    return [
        None if file.read_at is None else all(item.outcome == Outcome.FOUND.value for item in items)
        for file, items in zip(newest, checklists, strict=True)
    ]


def _reasons(context: Context, parents: Sequence[rows.DeliverableFile]) -> list[str | None]:
    return [None if row.reason_code is None else reason_text(row.reason_code, context.locale) for row in parents]


def _duplicates(context: Context, parents: Sequence[rows.DeliverableFile]) -> list[rows.Deliverable | None]:
    return load_deliverables(context, [parent.duplicate_of_id for parent in parents])


def _jobs(context: Context, parents: Sequence[rows.DeliverableFile]) -> list[JobRow | None]:
    return load_jobs(context, [parent.job_id for parent in parents])


def _newest_jobs(context: Context, parents: Sequence[rows.Deliverable]) -> list[JobRow | None]:
    return _jobs(context, _newest(context, parents))


def _template_versions(context: Context, parents: Sequence[rows.DeliverableFile]) -> list[Any]:
    found = templates.versions_by_ids(context.session, [parent.template_version_id for parent in parents])
    return [found.get(parent.template_version_id) for parent in parents]


def _conflicts(context: Context, parents: Sequence[rows.DeliverableFile]) -> list[list[Conflicting]]:
    disputed = [parent.id for parent in parents if parent.conflicts]
    found = deliverables.readings(context.session, disputed) if disputed else {}
    return [
        [
            _conflict(context, each, {reading.position: reading for reading in found.get(parent.id, [])})
            for each in parent.conflicts
        ]
        for parent in parents
    ]


def _conflict(context: Context, kept: Mapping[str, Any], readings: Mapping[int, rows.Reading]) -> Conflicting:
    named = [readings[at] for at in kept["readings"] if at in readings]
    return Conflicting(kept["code"], conflict_text(kept["code"], kept["message"], named, context.locale), named)


def _warnings(context: Context, parents: Sequence[rows.DeliverableFile]) -> list[list[Noticed]]:
    return [
        [Noticed(each["code"], warning_text(each["code"], each["message"], context.locale)) for each in parent.warnings]
        for parent in parents
    ]


@dataclass(frozen=True, slots=True)
class Conflicting:
    """A contradiction, with its readings as rows."""

    code: str
    message: str
    readings: Sequence[rows.Reading]


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something the machine noticed in a file."""

    code: str
    message: str


@node_type(
    rows.Reading, load=load_readings, description="One value that the machine read in a file. It is never changed."
)
class DeliverableReading(Node):
    metric: str = field(description="Name of the metric, such as `latency_p95`, or as the template defines it.")
    value: Decimal = field(description="The value, in its unit.")
    unit: str = field(description="`ms`, `s`, `req/s`, `%`, `bytes`, `count`, or the template's own.")
    scope: str = field(description="What it is about, in the file's own words; empty: the whole.")
    kind: Kind = field(description="Result, target, bound or example. Only MEASURED is judged.")
    raw: str = field(description="As the file writes it.")
    snippet: str = field(description="What stands around it.")
    method: str = field(description="How it was read.")
    confidence: float = field(description="How sure the machine is, 0 to 1.")
    disputed: bool = field(description="Whether another place of the file contradicts it.")
    samples: int | None = field(description="How many measurements it summarises, where the file says so.")
    where: DeliverablePlace = batch(locations, description="Where in the file it stands.")
    flag: Flag | None = batch(
        _reading_flags, description="What the latest evaluation made of it; null where no threshold concerns it."
    )
    threshold: ThresholdVersion | None = batch(
        _reading_thresholds, description="The threshold that gave it its flag, in the version that was in force."
    )
    confirmation: ConfirmationType | None = batch(
        _confirmations, description="Who said that it was read right; null while nobody did."
    )
    acceptances: list[AcceptanceType] = batch(
        _acceptances, description="For which measures of goals people took it, the first one first."
    )


@strawberry.type(description="Values of a file that cannot all be true. Nothing is preferred: a person decides.")
class DeliverableConflict:
    code: str = field(description="What kind of contradiction.")
    message: str = field(description="What contradicts what.")
    readings: list[DeliverableReading] = field(description="The values, each with its place.")


@strawberry.type(description="Something that was noticed while reading.")
class DeliverableWarning:
    code: str = field(description="What, for programs.")
    message: str = field(description="What, in words.")


@strawberry.type(description="Something that the template requires, and whether it is in the file.")
class ChecklistItem:
    key: str = field(description="Its key in the template.")
    kind: RequirementKind = field(description="What it is.")
    label: str = batch(localized("label"), description="What people call it.")
    outcome: Outcome = field(description="Whether it is there.")
    words: str | None = field(description="What was found, as the file writes it.")
    where: DeliverablePlace = batch(locations, description="Where it was found.")


@strawberry.type(description="One version of a deliverable: a file as it was handed in, and what was read in it.")
class DeliverableFile:
    number: int = field(description="From 1; the newest has the greatest.")
    filename: str = field(description="Name of the file, cleaned.")
    sha256: str = field(description="SHA-256 of the bytes as they were received.")
    status: rows.DeliverableStatus = field(description="How far it is.")
    reason_code: str | None = field(description="Code of why it could not be read.")
    reason_message: str | None = batch(_reasons, description="Why it could not be read, and what to do.")
    format: str | None = field(description="What it turned out to be: `docx`, `jmeter`, `k6`, …")
    template: DeliverableTemplateVersion | None = batch(
        _template_versions, description="The template's version that it is held against."
    )
    readings: list[DeliverableReading] = batch(_readings, description="What was read, in the order of the file.")
    checklist: list[ChecklistItem] = batch(_checklists, description="What the template requires, in its order.")
    evaluations: list[FlagEvaluationType] = batch(
        _evaluations, description="How it was judged, the latest evaluation first."
    )
    conflicts: list[DeliverableConflict] = batch(_conflicts, description="What cannot all be true.")
    warnings: list[DeliverableWarning] = batch(_warnings, description="What was noticed while reading.")
    duplicate_of: Deliverable | None = batch(
        _duplicates, description="The deliverable that has the same bytes, if the viewer may see it."
    )
    uploaded_by: Person | None = batch(person_of("uploaded_by"), description="Who handed it in.")
    job: Job | None = batch(_jobs, description="The work of reading it, for whoever asked for it.")
    created_at: datetime.datetime = field(description="When it was handed in.")
    read_at: datetime.datetime | None = field(description="When it was read.")


@node_type(
    rows.Deliverable, load=load_deliverables, description="Something that somebody hands in, judged by its newest file."
)
class Deliverable(Node):
    title: str = field(description="What it is called.")
    template: DeliverableTemplate | None = batch(template_of("template_id"), description="What kind it is.")
    owner: Person | None = batch(person_of("owner_id"), description="Who handed it in first.")
    task: ProjectTask | None = batch(
        task_of("task_id"), description="The task whose deliverable it is, if the viewer may see that."
    )
    status: rows.DeliverableStatus = field(description="How far its newest file is.")
    flag: Flag = field(description="What holds: a person's word where there is one, else the machine's.")
    machine_flag: Flag = field(description="The machine's flag, whatever a person said.")
    readings: list[DeliverableReading] = batch(_newest_readings, description="What was read in the newest file.")
    checklist: list[ChecklistItem] = batch(
        _newest_checklists, description="What the template requires, in the newest file."
    )
    complete: bool | None = batch(
        _complete,
        description="Whether everything that the template requires was found in the newest file; null until it was "
        "read. The flag is about values alone.",
    )
    evaluation: FlagEvaluationType | None = batch(
        _latest_evaluations, description="How the newest file was judged last."
    )
    override: FlagOverrideType | None = batch(
        _overrides, description="The person's word that holds in place of the machine's flag; null: none does."
    )
    unconfirmed: list[DeliverableReading] = batch(
        _unconfirmed,
        description="Readings of the newest file of which the machine is not sure: they are yellow at best until "
        "somebody confirms them who may judge the file and did not hand it in.",
    )
    file: DeliverableFile = batch(_newest, description="The newest file.")
    files: list[DeliverableFile] = batch(_files, description="All files, the newest first.")
    job: Job | None = batch(_newest_jobs, description="The work of reading the newest file.")
    created_at: datetime.datetime = field(description="When it was handed in first.")
    version: int = field(description="Changes with every change; for expectedVersion.")


@strawberry.input(description="Which deliverables to list; every part that is given must hold.")
class DeliverableFilter:
    flag: list[Flag] | None = strawberry.field(default=None, description="With one of these flags.")
    status: list[rows.DeliverableStatus] | None = strawberry.field(default=None, description="In one of these states.")
    template_id: strawberry.ID | None = strawberry.field(default=None, description="Of this template.")
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="Handed in by this person.")
    awaits_my_confirmation: bool | None = strawberry.field(
        default=None, description="Whether a doubtful reading of the newest file waits for the viewer's word."
    )


def _deliverables(
    context: Context, first: First = None, after: After = None, filter: DeliverableFilter | None = None
) -> Page[rows.Deliverable]:
    wanted = filter or DeliverableFilter()
    statement = deliverables.visible_to(context.session, context.viewer)
    template_id = optional_id(wanted.template_id, "DeliverableTemplate", ("filter", "templateId"))
    owner_id = optional_id(wanted.owner_id, "Person", ("filter", "ownerId"))
    if template_id is not None:
        statement = statement.where(rows.Deliverable.template_id == template_id)
    if owner_id is not None:
        statement = statement.where(rows.Deliverable.owner_id == owner_id)
    if wanted.flag is not None:
        statement = statement.where(rows.Deliverable.flag.in_(wanted.flag))
    if wanted.status is not None:
        statement = statement.where(rows.Deliverable.status.in_(wanted.status))
    if wanted.awaits_my_confirmation is not None:
        awaits = flags.awaits(context.viewer)
        statement = statement.where(awaits if wanted.awaits_my_confirmation else sa.not_(awaits))
    return read_page(lambda request: fetch_page(context.session, statement, LATEST_FIRST, request), first, after)


@strawberry.input(description="A deliverable, or a new version of one.")
class SubmitDeliverableInput:
    file: UploadedFile = strawberry.field(description=f"{submission.TYPE_NAMES}, by content; at most 50 MB.")
    template_id: strawberry.ID | None = strawberry.field(
        default=None, description="What kind it is. Required unless deliverableId or taskId is given."
    )
    task_id: strawberry.ID | None = strawberry.field(
        default=None, description="The task whose deliverable it is; for who may report on the task."
    )
    deliverable_id: strawberry.ID | None = strawberry.field(
        default=None, description="The deliverable of which this file is a new version."
    )
    title: str | None = strawberry.field(default=None, description="What it is called; without, the file's name.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="What became of the file.")
class SubmitDeliverablePayload:
    deliverable: Deliverable | None = field(description="The deliverable; null when the file was refused.")
    errors: list[UserError] = field(description="Why the file was refused; nothing was stored then.")


def _submit(context: Context, input: SubmitDeliverableInput) -> Mapping[str, Any]:
    draft = submission.DeliverableDraft(
        content=input.file.read(),
        filename=input.file.filename,
        template_id=optional_id(input.template_id, "DeliverableTemplate", ("input", "templateId")),
        task_id=optional_id(input.task_id, "ProjectTask", ("input", "taskId")),
        deliverable_id=optional_id(input.deliverable_id, "Deliverable", ("input", "deliverableId")),
        title=input.title,
        expected_version=input.expected_version,
    )
    return {"deliverable": submission.submit_deliverable(context.session, context.viewer, context.files, draft)}


@strawberry.type
class DeliverableQueries:
    deliverables: Connection[Deliverable] = root(
        _deliverables, description="The deliverables that the viewer may see, the latest first."
    )


@strawberry.type
class DeliverableMutations:
    submit_deliverable: SubmitDeliverablePayload = mutation(
        _submit,
        description=(
            "Hand in a deliverable, or a new version of one; a job reads and judges it. The same file handed in again "
            "under the same template points to the first. A new version may be handed in by whoever handed in the "
            "first, or answers for them."
        ),
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "deliverables"),
    **grant("Mutation", SIGNED_IN, "submitDeliverable"),
    **grant(
        "Deliverable",
        SEERS,
        "id title template owner task status flag machineFlag readings checklist complete evaluation override "
        "unconfirmed file files job "
        "createdAt version",
    ),
    **grant(
        "DeliverableFile",
        SEERS,
        "number filename sha256 status reasonCode reasonMessage format template readings checklist evaluations "
        "conflicts warnings duplicateOf uploadedBy job createdAt readAt",
    ),
    **grant(
        "DeliverableReading",
        SEERS,
        "id metric value unit scope kind raw snippet method confidence disputed samples where flag threshold "
        "confirmation acceptances",
    ),
    **grant("DeliverableConflict", SEERS, "code message readings"),
    **grant("DeliverableWarning", SEERS, "code message"),
    **grant("ChecklistItem", SEERS, "key kind label outcome words where"),
}
