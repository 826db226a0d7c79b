"""Fact briefs in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import strawberry

from db.models import briefs as rows
from db.models.events import AccessedResource
from db.models.jobs import Job as JobRow
from db.queries import briefs
from db.queries.paging import Order, Page, fetch_page, fetch_pages
from resolvers.briefs import documents, reading, words
from resolvers.errors import DomainError, ErrorCode
from resolvers.reasons import REASONS, reason_text
from schema.batching import batch, field, root
from schema.brief_files import document_url
from schema.context import Context
from schema.errors import UserError, user_errors
from schema.goals import Cycle, cycle_of
from schema.inputs import optional_id
from schema.jobs import Job, load_jobs
from schema.people import Person, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import After, Connection, First, Node, encode_id, node_type, read_page
from schema.scalars import Language, described_enum

described_enum(
    rows.Audience,
    description="For whom a brief is written. Nothing that this reader may not see goes into it.",
    values={
        "SUBJECT": "The person whom it is about.",
        "LINE": "The managers above that person.",
        "HR": "HR.",
    },
)
described_enum(
    rows.BriefStatus,
    description="How far a brief is.",
    values={
        "QUEUED": "A worker will write it.",
        "READY": "Written.",
        "INSUFFICIENT": "Too little evidence for sentences about the person: `gaps` says what is missing.",
        "FAILED": "Given up; ask again.",
    },
)
described_enum(
    rows.EvidenceSource,
    description="Where a piece of evidence is recorded.",
    values={
        "MEASURE": "A measure of a goal, with its figures.",
        "DELIVERABLE": "A deliverable with its flag and readings.",
        "CHECK_IN": "A check-in of a goal.",
        "REVIEW": "A confirmed review.",
        "FEEDBACK": "A colleague's feedback or card of thanks.",
        "CUSTOMER_COMMENT": "What a customer said, word for word.",
        "ONE_ON_ONE": "What both sides of a talk confirmed. Only these two read it.",
        "GROWTH_ENTRY": "An entry of the person's growth log that is shared with the line.",
        "RETROSPECTIVE": "What was written in a finished retrospective on the person's cycle or own goal.",
    },
)
described_enum(
    rows.Voice,
    description="Who speaks in a piece of evidence.",
    values={
        "PEER": "A colleague.",
        "MANAGER": "A manager above the person.",
        "CUSTOMER": "A customer, verbatim.",
        "SELF": "The person.",
        "SYSTEM": "Recorded data.",
    },
)
described_enum(
    rows.DocumentFormat,
    name="BriefDocumentFormat",
    description="What kind of file.",
    values={
        "HTML": "One page for browsers, fit for printing.",
        "PDF": "A4.",
        "DOCX": "To be edited further.",
        "JSON": "The same page for programs.",
    },
)
described_enum(
    rows.DocumentStatus,
    name="BriefDocumentStatus",
    description="How far a file is.",
    values={"QUEUED": "A worker will make it.", "DONE": "Made.", "FAILED": "Given up; ask again."},
)
described_enum(
    rows.BriefSection,
    name="BriefSectionKey",
    description="The parts of a brief, in their order.",
    values={
        "RESULTS": "Results against targets, as exact figures.",
        "STRENGTHS": "Strengths.",
        "CONCERNS": "Concerns.",
        "FACTS": "Other facts.",
        "DISAGREEMENTS": "Where result data and process evidence do not agree, or two pieces of evidence contradict.",
        "CHANGES": "Against the cycle before.",
        "GROWTH": "Next steps, wishes for support, commitments.",
    },
)

LATEST_FIRST = Order((rows.Brief.created_at, rows.Brief.id), descending=True)
IN_TURN = Order((rows.BriefEvidence.position, rows.BriefEvidence.id))
READERS = Permission(
    "for the subject: the subject, the managers above, HR; for the line: the managers above, HR; for HR: HR"
)
ASKERS = Permission("who asked for it")
_NODES = {
    "MEASURE": "Measure",
    "DELIVERABLE": "Deliverable",
    "CHECK_IN": "GoalCheckIn",
    "REVIEW": "Review",
    "FEEDBACK": "Feedback",
    "CUSTOMER_COMMENT": "CustomerComment",
    "ONE_ON_ONE": "OneOnOne",
    "GROWTH_ENTRY": "GrowthEntry",
    "RETROSPECTIVE": "Retrospective",
}
"""The type of the schema that shows a source's record."""


def load_briefs(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Brief | None]:
    """The briefs that the viewer may read; reading them is noted."""
    wanted = [id_ for id_ in ids if id_ is not None]
    found = loaded(briefs.by_ids(context.session, context.viewer, wanted), ids)
    _shown(context, found)
    return found


def _shown(context: Context, found: Sequence[rows.Brief | None]) -> None:
    for brief in found:
        if brief is not None:
            context.note_access(AccessedResource.BRIEF, brief.id, brief.subject_id)


def _load_evidence(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.BriefEvidence | None]:
    return loaded(reading.evidence_by_ids(context.session, context.viewer, ids), ids)


def _said(words_of: Callable[[Any, str], str]) -> Callable[[Context, Sequence[Any]], list[str]]:
    """The batch function of a text in the viewer's language."""
    return lambda context, parents: [words_of(parent, context.locale) for parent in parents]


@node_type(
    rows.BriefEvidence, load=_load_evidence, description="A piece of evidence as it stood when the brief was written."
)
class BriefEvidence(Node):
    position: int = field(description="Its number in the brief.")
    source: rows.EvidenceSource = field(description="Where it is recorded.")
    record_id: strawberry.ID = batch(
        lambda _context, items: [encode_id(_NODES[item.source.value], item.source_id) for item in items],
        description="Global id of the record, for `node(id:)`.",
    )
    part: str = field(
        description="Which words of the record: the field of a check-in, the question of a form, the topic of a talk."
    )
    voice: rows.Voice = field(description="Who speaks.")
    author: Person | None = batch(person_of("author_id"), description="Who wrote it, where a person did.")
    occurred_on: datetime.date | None = field(description="The day it is from.")
    text: str = batch(
        lambda context, items: reading.evidence_texts(context.session, context.viewer, items),
        description="The words, verbatim; of a measure its figures. The subject reads no colleagues' names in it.",
    )
    unused_reason: str | None = batch(
        lambda context, items: [
            None if item.unused_reason is None else words.unused_text(item.unused_reason, context.locale)
            for item in items
        ],
        description="Why no sentence cites it, in the viewer's language; null when one does.",
    )
    excluded: bool = batch(
        lambda _context, items: [item.unused_reason == "excluded" for item in items],
        description="Whether a person left it out of this edition.",
    )


@strawberry.type(description="The words that a sentence rests on.")
class BriefCitation:
    source: rows.EvidenceSource = field(description="Where they are recorded.")
    excerpt: str = field(description="The words, verbatim.")
    start: int = field(description="Where they begin in the evidence's text, in characters.")
    end: int = field(description="Where they end.")
    evidence: BriefEvidence = field(description="The whole piece of evidence.")


@strawberry.type(description="A sentence of a brief with what it rests on.")
class BriefSentence:
    text: str = field(description="The sentence.")
    citations: list[BriefCitation] = field(description="The evidence, never empty.")
    support: str = batch(
        _said(lambda each, locale: words.support_text(each.notes, each.of, each.people, locale)),
        description="On how much it rests, in the viewer's language: 3 of 8 notes, 2 people.",
    )
    notes: int = field(name="supportNotes", description="Pieces of evidence that say so.")
    of: int = field(name="supportOf", description="Pieces of evidence that could have.")
    people: int = field(name="supportPeople", description="Different authors of those that say so.")
    conflict: bool = field(description="Whether it sets two pieces of evidence against each other.")
    confidence: Decimal = field(description="1, or what a configured inference model lowered it to.")
    checks: list[str] = field(
        description="The checks that it passed; `composed`: put together by rule from figures and whole quotations."
    )


@strawberry.type(description="A part of a brief.")
class BriefSection:
    key: rows.BriefSection = field(description="Which part.")
    title: str = batch(_said(lambda part, locale: words.title(part.key, locale)), description="Its title.")
    sentences: list[BriefSentence] = field(description="Its sentences.")


@strawberry.type(description="Something that is thin or missing in the evidence.")
class BriefGap:
    code: str = batch(lambda _context, gaps: [gap["code"] for gap in gaps], description="What, for programs.")
    message: str = batch(_said(words.gap_text), description="In the viewer's language.")


@strawberry.type(description="A sentence that an engine proposed and a check refused.")
class DroppedSentence:
    text: str = batch(lambda _context, each: [one["text"] for one in each], description="The sentence.")
    reason: str = batch(lambda _context, each: [one["reason"] for one in each], description="Check and what failed it.")


@dataclass(frozen=True, slots=True)
class _Part:
    key: rows.BriefSection
    sentences: Sequence[reading.ReadSentence]


def _texts(context: Context, parents: Sequence[rows.Brief]) -> list[reading.BriefText]:
    found = reading.texts(context.session, context.viewer, parents)
    return [found[brief.id] for brief in parents]


def _sections(context: Context, parents: Sequence[rows.Brief]) -> list[list[_Part]]:
    return [[_Part(key, sentences) for key, sentences in text.sections.items()] for text in _texts(context, parents)]


def _withheld(context: Context, parents: Sequence[rows.Brief]) -> list[int]:
    return [text.withheld for text in _texts(context, parents)]


def _evidence(
    context: Context, parents: Sequence[rows.Brief], first: First = None, after: After = None
) -> list[Page[rows.BriefEvidence]]:
    statement = reading.visible_evidence(context.session, context.viewer, parents)
    return read_page(
        lambda page: fetch_pages(
            context.session,
            statement,
            IN_TURN,
            page,
            parent=rows.BriefEvidence.brief_id,
            parent_ids=[brief.id for brief in parents],
        ),
        first,
        after,
    )


def _dropped(context: Context, parents: Sequence[rows.Brief]) -> list[list[Mapping[str, Any]]]:
    allowed = reading.may_see_all(context.session, context.viewer, parents)
    return [brief.dropped if brief.id in allowed else [] for brief in parents]


def _jobs(context: Context, parents: Sequence[rows.Brief | rows.BriefDocument]) -> list[JobRow | None]:
    return load_jobs(context, [row.job_id for row in parents])


@node_type(
    rows.Brief, load=load_briefs, description="What is known of a person's work in a cycle, bound to its evidence."
)
class Brief(Node):
    subject: Person | None = batch(person_of("subject_id"), description="Whom it is about.")
    cycle: Cycle | None = batch(cycle_of("cycle_id"), description="The cycle.")
    audience: rows.Audience = field(description="For whom it is written.")
    language: Language = batch(
        lambda _context, parents: [Language(brief.language) for brief in parents],
        description="The language of what the brief says itself. Quotations keep theirs.",
    )
    edition: int = field(description="From 1; other evidence makes another edition, and the older ones stay.")
    status: rows.BriefStatus = field(description="How far it is.")
    sections: list[BriefSection] = batch(
        _sections,
        description="Its parts that have sentences. A sentence is left out whose evidence the reader may "
        "not see (any more).",
    )
    withheld: int = batch(_withheld, description="How many sentences are left out for this reader.")
    gaps: list[BriefGap] = field(description="What is thin or missing.")
    evidence: Connection[BriefEvidence] = batch(
        _evidence, description="All that was collected and this reader may see, used or not."
    )
    dropped: list[DroppedSentence] = batch(
        _dropped, description="Sentences that a check refused; empty for readers to whom not all evidence is visible."
    )
    engine: str | None = field(description="Engine, model and prompt version that wrote it.")
    fallback: str | None = field(description="Why the configured engine was not used, if it was not.")
    digest: str = field(description="SHA-256 of what it was written from: equal digests, equal briefs.")
    requested_by: Person | None = batch(
        person_of("requested_by"), description="Who asked; null when the cycle's review opened it."
    )
    job: Job | None = batch(_jobs, description="The job that writes it; follow it by `jobProgress`.")
    created_at: datetime.datetime = field(description="When it was asked for.")
    written_at: datetime.datetime | None = field(description="When it was written.")
    version: int = field(description="Grows with every change of its state.")


def _load_documents(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.BriefDocument | None]:
    statement = briefs.documents(context.viewer).where(rows.BriefDocument.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _urls(context: Context, parents: Sequence[rows.BriefDocument]) -> list[str | None]:
    found = documents.problems(context.session, context.viewer, parents)
    return [
        document_url(context, document) if problem is None and document.file_id is not None else None
        for document, problem in zip(parents, found, strict=True)
    ]


def _problems(context: Context, parents: Sequence[rows.BriefDocument]) -> list[UserError | None]:
    found = documents.problems(context.session, context.viewer, parents)
    return problem_errors(context, found, _jobs(context, parents))


def problem_errors(
    context: Context, codes: Sequence[ErrorCode | None], jobs: Sequence[JobRow | None]
) -> list[UserError | None]:
    """Why files are not to be had, in the viewer's language; of work that failed with what its job said."""
    return [None if code is None else _problem_error(context, code, job) for code, job in zip(codes, jobs, strict=True)]


def _problem_error(context: Context, code: ErrorCode, job: JobRow | None) -> UserError:
    (error,) = user_errors(DomainError(code), context.locale)
    if code is ErrorCode.WORK_FAILED and job is not None and job.error_code in REASONS:
        error.message = reason_text(job.error_code, context.locale)
    return error


def _brief_of(context: Context, parents: Sequence[rows.BriefDocument]) -> list[rows.Brief | None]:
    return load_briefs(context, [document.brief_id for document in parents])


@node_type(
    rows.BriefDocument,
    load=_load_documents,
    description="A brief as a file, with what whoever asked for it may read.",
)
class BriefDocument(Node):
    brief: Brief | None = batch(_brief_of, description="The brief.")
    format: rows.DocumentFormat = field(description="What kind of file.")
    status: rows.DocumentStatus = field(description="How far it is.")
    url: str | None = batch(
        _urls,
        description="Address of the file, good for some minutes; null until it is made, and where `problem` says why. "
        "Every download is noted, and answered 410 once `problem` says something.",
    )
    problem: UserError | None = batch(
        _problems,
        description="Why the file is not to be had, and what to do: WORK_FAILED when making it was given up, "
        "EVIDENCE_WITHDRAWN when evidence in it was taken back or hidden since, NOT_FOUND when the brief is not for "
        "the viewer any more, FILE_EXPIRED after a week.",
    )
    job: Job | None = batch(_jobs, description="The job that makes it.")
    created_at: datetime.datetime = field(description="When it was asked for.")
    finished_at: datetime.datetime | None = field(description="When it was made or given up.")


@strawberry.input(description="Which briefs to list; every part that is given must hold.")
class BriefFilter:
    subject_id: strawberry.ID | None = strawberry.field(default=None, description="About this person.")
    cycle_id: strawberry.ID | None = strawberry.field(default=None, description="About this cycle.")
    audience: rows.Audience | None = strawberry.field(default=None, description="For this audience.")
    status: rows.BriefStatus | None = strawberry.field(default=None, description="In this state.")
    latest_only: bool = strawberry.field(default=True, description="Without editions that a later one replaced.")


def _briefs(
    context: Context, first: First = None, after: After = None, filter: BriefFilter | None = None
) -> Page[rows.Brief]:
    wanted = filter or BriefFilter()
    statement = briefs.visible_to(context.session, context.viewer)
    for column, value in (
        (rows.Brief.subject_id, optional_id(wanted.subject_id, "Person", ("filter", "subjectId"))),
        (rows.Brief.cycle_id, optional_id(wanted.cycle_id, "Cycle", ("filter", "cycleId"))),
        (rows.Brief.audience, wanted.audience),
        (rows.Brief.status, wanted.status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.latest_only:
        statement = briefs.latest_only(statement)
    page = read_page(lambda request: fetch_page(context.session, statement, LATEST_FIRST, request), first, after)
    _shown(context, page.rows)
    return page


@strawberry.type
class BriefQueries:
    briefs: Connection[Brief] = root(_briefs, description="The briefs that the viewer may read, the latest first.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "briefs"),
    **grant("BriefDocument", ASKERS, "id brief format status url problem job createdAt finishedAt"),
    **grant(
        "Brief",
        READERS,
        "id subject cycle audience language edition status sections withheld gaps evidence dropped engine fallback "
        "digest requestedBy job createdAt writtenAt version",
    ),
    **grant("BriefSection", READERS, "key title sentences"),
    **grant(
        "BriefSentence",
        READERS,
        "text citations support supportNotes supportOf supportPeople conflict confidence checks",
    ),
    **grant("BriefCitation", READERS, "source excerpt start end evidence"),
    **grant(
        "BriefEvidence",
        READERS,
        "id position source recordId part voice author occurredOn text unusedReason excluded",
    ),
    **grant("BriefGap", READERS, "code message"),
    **grant("DroppedSentence", READERS, "text reason"),
}
