"""Batches of briefs in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import strawberry

from db.models import briefs as rows
from db.models.jobs import Job as JobRow
from db.queries import brief_batches
from db.queries.paging import Order, Page, fetch_page, fetch_pages
from resolvers.briefs import batches, words
from schema.batching import batch, field, root
from schema.brief_files import archive_url
from schema.briefs import Brief, load_briefs, problem_errors
from schema.context import Context
from schema.errors import UserError
from schema.goals import Cycle, cycle_of
from schema.inputs import optional_id
from schema.jobs import Job, load_jobs
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Department, Person, load_departments, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import After, Connection, First, Node, decode_id, node_type, read_page
from schema.scalars import Language, described_enum

described_enum(
    rows.BatchStatus,
    name="BriefBatchStatus",
    description="How far a batch is.",
    values={
        "RUNNING": "A worker is at it, or will be; follow its job.",
        "CANCELLED": "Stopped; resumeBriefBatch goes on where it stood.",
        "DONE": "The archive is made.",
        "FAILED": "Given up; resumeBriefBatch goes on where it stood.",
    },
)
described_enum(
    rows.BatchOutcome,
    name="BriefBatchOutcome",
    description="What came of a person in a batch.",
    values={
        "WAITING": "Not yet their turn.",
        "WRITTEN": "A brief was written.",
        "UNCHANGED": "Nothing changed since the brief that was there; that one is in the archive.",
        "LEFT_OUT": "Not in the archive; the reason says why.",
    },
)
described_enum(
    rows.LeftOut,
    name="BriefLeftOutReason",
    description="Why a person is not in a batch's archive.",
    values={
        "NO_EMPLOYMENT": "The person works nowhere in the organisation today.",
        "NO_ACCESS": "Whoever asked may not have or read this person's brief.",
        "NO_AUDIENCE": "There is no such reader, such as a manager.",
        "INSUFFICIENT": "Too little evidence for sentences about the person.",
        "FAILED": "Writing it or making its documents failed; the others are not kept waiting.",
    },
)

REQUESTER = Permission("who asked for it")
LATEST_FIRST = Order((rows.BriefBatch.created_at, rows.BriefBatch.id), descending=True)
IN_TURN = Order((rows.BriefBatchEntry.position, rows.BriefBatchEntry.id))


def _load_batches(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.BriefBatch | None]:
    statement = brief_batches.visible_to(context.viewer).where(rows.BriefBatch.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _load_entries(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.BriefBatchEntry | None]:
    statement = brief_batches.entries(context.viewer).where(rows.BriefBatchEntry.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _counted(*outcomes: rows.BatchOutcome) -> Callable[[Context, Sequence[rows.BriefBatch]], list[int]]:
    """The batch function of how many people had one of these outcomes."""

    def numbers(context: Context, parents: Sequence[rows.BriefBatch]) -> list[int]:
        found = brief_batches.counts(context.session, [parent.id for parent in parents])
        return [sum(found.get(parent.id, {}).get(outcome, 0) for outcome in outcomes) for parent in parents]

    return numbers


def _briefs(context: Context, parents: Sequence[rows.BriefBatchEntry]) -> list[rows.Brief | None]:
    return load_briefs(context, [entry.brief_id for entry in parents])


def _reasons(context: Context, parents: Sequence[rows.BriefBatchEntry]) -> list[str | None]:
    return [None if entry.reason is None else words.outcome(entry.reason, context.locale) for entry in parents]


@node_type(rows.BriefBatchEntry, load=_load_entries, description="A person of a batch, and what came of them.")
class BriefBatchEntry(Node):
    subject: Person | None = batch(person_of("subject_id"), description="The person.")
    outcome: rows.BatchOutcome = field(description="What came of them.")
    reason: rows.LeftOut | None = field(description="Why they are not in the archive; null unless they are left out.")
    message: str | None = batch(_reasons, description="The reason in the viewer's language.")
    brief: Brief | None = batch(_briefs, description="The brief, while the viewer may read it.")


def _entries(
    context: Context, parents: Sequence[rows.BriefBatch], first: First = None, after: After = None
) -> list[Page[rows.BriefBatchEntry]]:
    return read_page(
        lambda page: fetch_pages(
            context.session,
            brief_batches.entries(context.viewer),
            IN_TURN,
            page,
            parent=rows.BriefBatchEntry.batch_id,
            parent_ids=[parent.id for parent in parents],
        ),
        first,
        after,
    )


def _urls(context: Context, parents: Sequence[rows.BriefBatch]) -> list[str | None]:
    readable = batches.readable(context.session, context.viewer, parents)
    return [archive_url(context, parent) if parent.id in readable else None for parent in parents]


def _jobs(context: Context, parents: Sequence[rows.BriefBatch]) -> list[JobRow | None]:
    return load_jobs(context, [parent.job_id for parent in parents])


def _problems(context: Context, parents: Sequence[rows.BriefBatch]) -> list[UserError | None]:
    return problem_errors(context, batches.problems(context.session, context.viewer, parents), _jobs(context, parents))


@node_type(
    rows.BriefBatch,
    load=_load_batches,
    description="The briefs of a department or of the organisation as one archive, for whoever asked for it.",
)
class BriefBatch(Node):
    cycle: Cycle | None = batch(cycle_of("cycle_id"), description="The cycle.")
    department: Department | None = batch(
        lambda context, parents: load_departments(context, [parent.department_id for parent in parents]),
        description="With all departments inside it; null for the organisation.",
    )
    audience: rows.Audience = field(description="For whom the briefs are written.")
    language: Language = batch(
        lambda _context, parents: [Language(parent.language) for parent in parents],
        description="The language of the briefs.",
    )
    formats: list[rows.DocumentFormat] = batch(
        lambda _context, parents: [[rows.DocumentFormat(name) for name in parent.formats] for parent in parents],
        description="The kinds of files in the archive.",
    )
    status: rows.BatchStatus = field(description="How far it is.")
    total: int = batch(_counted(*rows.BatchOutcome), description="How many people it is about.")
    waiting: int = batch(_counted(rows.BatchOutcome.WAITING), description="People whose turn is still to come.")
    written: int = batch(_counted(rows.BatchOutcome.WRITTEN), description="People for whom a brief was written.")
    unchanged: int = batch(
        _counted(rows.BatchOutcome.UNCHANGED), description="People whose brief was there and needed no other one."
    )
    left_out: int = batch(_counted(rows.BatchOutcome.LEFT_OUT), description="People who are not in the archive.")
    entries: Connection[BriefBatchEntry] = batch(_entries, description="The people, by staff number.")
    archive_url: str | None = batch(
        _urls,
        description="Address of the ZIP, good for some minutes and only with the requester's own bearer token; null "
        "until it is made, and where `problem` says why. Every download is noted, and "
        "refused when evidence was taken back since then: ask for another batch.",
    )
    problem: UserError | None = batch(
        _problems,
        description="Why there is no archive, and what to do: WORK_FAILED when the batch was given up, FILE_EXPIRED "
        "after a week, NOT_FOUND when a brief in it is not for the viewer any more. Of single people the entries tell.",
    )
    job: Job | None = batch(_jobs, description="The job that is at it; follow it by `jobProgress`.")
    created_at: datetime.datetime = field(description="When it was asked for.")
    finished_at: datetime.datetime | None = field(description="When it was done, cancelled or given up.")
    version: int = field(description="Grows with every change of its state.")


def _batches(context: Context, first: First = None, after: After = None) -> Page[rows.BriefBatch]:
    statement = brief_batches.visible_to(context.viewer)
    return read_page(lambda request: fetch_page(context.session, statement, LATEST_FIRST, request), first, after)


@strawberry.type
class BriefBatchQueries:
    brief_batches: Connection[BriefBatch] = root(
        _batches, description="The batches that the viewer asked for, the latest first."
    )


@strawberry.input(description="Which briefs to make, and as which files.")
class RequestBriefBatchInput:
    cycle_id: strawberry.ID = strawberry.field(description="About this cycle.")
    department_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this department and those inside it; by default of the organisation."
    )
    audience: rows.Audience = strawberry.field(default=rows.Audience.LINE, description="For whom.")
    language: Language | None = strawberry.field(default=None, description="By default the viewer's.")
    formats: list[rows.DocumentFormat] = strawberry.field(
        default_factory=lambda: [rows.DocumentFormat.PDF], description="The kinds of files in the archive."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Which batch to stop.")
class CancelBriefBatchInput:
    id: strawberry.ID = strawberry.field(description="A running batch.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Which batch to go on with.")
class ResumeBriefBatchInput:
    id: strawberry.ID = strawberry.field(description="A batch that was cancelled or given up.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The batch, to be followed by its job.")
class RequestBriefBatchPayload:
    brief_batch: BriefBatch | None = field(description="The batch; null when it was refused.")
    job: Job | None = field(description="The job that makes it.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The batch, stopped.")
class CancelBriefBatchPayload:
    brief_batch: BriefBatch | None = field(description="The batch; null when it was not stopped.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The batch, to be followed by its new job.")
class ResumeBriefBatchPayload:
    brief_batch: BriefBatch | None = field(description="The batch; null when it does not go on.")
    job: Job | None = field(description="The job that goes on with it.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _with_job(context: Context, row: rows.BriefBatch) -> Mapping[str, Any]:
    return {"brief_batch": row, "job": load_jobs(context, [row.job_id])[0]}


def _request(context: Context, input: RequestBriefBatchInput) -> Mapping[str, Any]:
    wanted = batches.BatchWanted(
        decode_id(input.cycle_id, "Cycle", at=("input", "cycleId")),
        optional_id(input.department_id, "Department", ("input", "departmentId")),
        input.audience,
        input.language or context.locale,
        input.formats,
    )
    return _with_job(context, batches.request_batch(context.session, context.viewer, wanted))


def _cancel(context: Context, input: CancelBriefBatchInput) -> Mapping[str, Any]:
    batch_id = decode_id(input.id, "BriefBatch", at=("input", "id"))
    return {"brief_batch": batches.cancel_batch(context.session, context.viewer, batch_id, input.expected_version)}


def _resume(context: Context, input: ResumeBriefBatchInput) -> Mapping[str, Any]:
    batch_id = decode_id(input.id, "BriefBatch", at=("input", "id"))
    return _with_job(context, batches.resume_batch(context.session, context.viewer, batch_id, input.expected_version))


@strawberry.type
class BriefBatchMutations:
    request_brief_batch: RequestBriefBatchPayload = mutation(
        _request,
        description="Have the briefs of a department or of the organisation made as one ZIP. For managers and HR, who "
        "answer for somebody in it; people for whom the viewer may not have a brief are left out and named in the "
        "index with the reason. Briefs whose evidence is unchanged are taken as they are.",
    )
    cancel_brief_batch: CancelBriefBatchPayload = mutation(
        _cancel, description="Stop a batch after the brief that is being written. What is written stays."
    )
    resume_brief_batch: ResumeBriefBatchPayload = mutation(
        _resume, description="Go on with a batch that was cancelled or given up; no brief is written twice."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "briefBatches"),
    **grant("Mutation", SIGNED_IN, "requestBriefBatch cancelBriefBatch resumeBriefBatch"),
    **grant(
        "BriefBatch",
        REQUESTER,
        "id cycle department audience language formats status total waiting written unchanged leftOut entries "
        "archiveUrl problem job createdAt finishedAt version",
    ),
    **grant("BriefBatchEntry", REQUESTER, "id subject outcome reason message brief"),
}
