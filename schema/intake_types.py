"""Photographed forms in the schema: uploads, documents, what was read, and printed sheets."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import strawberry

from db.models import intake as rows
from db.models.events import AccessedResource
from db.models.jobs import Job as JobRow
from db.queries import intake, jobs
from ocr.contract import FieldSource, FieldStatus, FieldType, MatchedBy
from resolvers.forms import template_of
from resolvers.intake import sheets
from resolvers.reasons import notice_text, reason_text
from resolvers.rules.cross_checks import Arithmetic, arithmetic
from schema.batching import batch, field
from schema.context import Context
from schema.files import file_url
from schema.forms import FormTemplate, form_of, load_forms
from schema.goals import Cycle, cycle_of
from schema.intake_candidates import IntakeCandidate, IntakeSuggestion, candidates_of, suggestions_of
from schema.intake_entries import (
    SEERS,
    IntakeCheck,
    IntakeEntry,
    checks_of,
    disputed_of,
    double_fields_of,
    entries_of,
    may_act,
    waits_of,
)
from schema.jobs import Job, load_jobs
from schema.people import Person, loaded, localized, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import Node, node_type
from schema.reviews import Review, review_of
from schema.scalars import described_enum
from schema.upload_progress import UPLOAD_SEERS, IntakeProgress, progress_of

described_enum(
    rows.IntakeStatus,
    description="How far a photographed form is.",
    values={
        "UPLOADED": "Handed in; waits to be read.",
        "READING": "Being read.",
        "NEEDS_TEMPLATE": "Read, but the form is not known: choose one of the candidates or any other form.",
        "NEEDS_REVIEW": "Read; a person must confirm it, or two of whom a third decides: see `waitsFor`.",
        "RETAKE": "Not readable as it is; the reason says how to take a better picture.",
        "CONFIRMED": "A person confirmed it, and a review was made of it.",
        "REJECTED": "A person turned it down.",
        "SUPERSEDED": "Another document stands for it: the same file, or another picture of the same paper.",
        "FAILED": "The file could not be read; the reason says why.",
    },
)
described_enum(
    FieldStatus,
    description="What the machine made of a field.",
    values={
        "READ": "It has a value that the machine is sure of.",
        "LOW_CONFIDENCE": "It has a value that a person must look at.",
        "EMPTY": "The place was found, and nothing is written there.",
        "UNREADABLE": "Something is or may be written there, and no value could be made of it.",
    },
)
described_enum(
    FieldSource,
    description="Where the value of a field comes from.",
    values={
        "PICTURE": "It was recognised on a picture.",
        "FORM_FIELD": "The PDF has it as the value of a form field; nothing was recognised.",
        "TEXT_LAYER": "The PDF has it as text that can be seen on the page; recognition only bears it out.",
    },
)
described_enum(
    MatchedBy,
    description="How the form on a picture was recognised.",
    values={
        "MARKERS": "By its corner markers and code.",
        "LAYOUT": "By likeness to the blank form.",
        "LABELS": "By its printed labels alone.",
        "NONE": "Not at all.",
    },
)

SHEET_SEERS = Permission("who asked for it, the managers above its subject, and HR")


def shown(context: Context, found: Sequence[rows.IntakeDocument | None]) -> None:
    """Note that the answer shows these documents, as far as it is known whom they are about."""
    for document in found:
        if document is not None and document.subject_id is not None:
            context.note_access(AccessedResource.INTAKE_DOCUMENT, document.id, document.subject_id)


def load_documents(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.IntakeDocument | None]:
    """The documents that the viewer may see; reading them is noted."""
    statement = intake.visible_to(context.session, context.viewer)
    wanted = [id_ for id_ in ids if id_ is not None]
    found = loaded(intake.by_ids(context.session, statement, wanted), ids)
    shown(context, found)
    return found


def load_fields(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.IntakeField | None]:
    """The readings whose documents the viewer may see."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(intake.fields_by_ids(context.session, context.viewer, wanted), ids)


def _load_uploads(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Upload | None]:
    statement = intake.uploads_visible_to(context.viewer)
    return loaded(intake.by_ids(context.session, statement, [id_ for id_ in ids if id_ is not None]), ids)


def _load_sheets(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Sheet | None]:
    statement = intake.sheets_visible_to(context.session, context.viewer)
    return loaded(intake.by_ids(context.session, statement, [id_ for id_ in ids if id_ is not None]), ids)


def _load_pages(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.IntakePage | None]:
    """The pages of the documents that the viewer may see."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(intake.pages_by_ids(context.session, context.viewer, wanted), ids)


def _pages(context: Context, parents: Sequence[rows.IntakeDocument]) -> list[list[rows.IntakePage]]:
    found = intake.pages(context.session, [document.id for document in parents])
    return [found.get(document.id, []) for document in parents]


def _fields(context: Context, parents: Sequence[rows.IntakeDocument]) -> list[list[rows.IntakeField]]:
    found = intake.fields(context.session, [document.id for document in parents])
    return [found.get(document.id, []) for document in parents]


def _fields_by_doubt(context: Context, parents: Sequence[rows.IntakeDocument]) -> list[list[rows.IntakeField]]:
    return [
        sorted(readings, key=lambda reading: (reading.confidence, reading.position))
        for readings in _fields(context, parents)
    ]


def _arithmetic(context: Context, parents: Sequence[rows.IntakeDocument]) -> list[Arithmetic | None]:
    versions = load_forms(context, [document.form_version_id for document in parents])
    return [
        None
        if version is None or not readings
        else arithmetic(template_of(version), {reading.key: reading.value for reading in readings})
        for version, readings in zip(versions, _fields(context, parents), strict=True)
    ]


def documents_of(context: Context, parents: Sequence[rows.Upload]) -> list[list[rows.IntakeDocument]]:
    """The documents of uploads that the viewer may see."""
    found = intake.documents_of_uploads(context.session, context.viewer, [upload.id for upload in parents])
    documents = [found.get(upload.id, []) for upload in parents]
    shown(context, [document for some in documents for document in some])
    return documents


def _reasons(context: Context, parents: Sequence[rows.IntakeDocument] | Sequence[rows.UploadFile]) -> list[str | None]:
    return [None if row.reason_code is None else reason_text(row.reason_code, context.locale) for row in parents]


def _picture_urls(
    attribute: str,
) -> Callable[[Context, Sequence[rows.IntakePage] | Sequence[rows.IntakeField]], list[str | None]]:
    """The batch function of the address of a picture; giving it out is noted as reading the picture."""

    def urls(context: Context, parents: Sequence[rows.IntakePage] | Sequence[rows.IntakeField]) -> list[str | None]:
        subjects = intake.subjects(context.session, [parent.document_id for parent in parents])
        found: list[str | None] = []
        for parent in parents:
            file_id: uuid.UUID | None = getattr(parent, attribute)
            subject_id = subjects.get(parent.document_id)
            if file_id is not None and subject_id is not None:
                context.note_access(AccessedResource.FORM_PICTURE, parent.document_id, subject_id)
            found.append(None if file_id is None else file_url(context, file_id))
        return found

    return urls


def _digests(context: Context, parents: Sequence[rows.IntakePage]) -> list[str | None]:
    files = intake.stored_files(context.session, [page.image_id for page in parents if page.image_id is not None])
    return [None if page.image_id is None else files[page.image_id].sha256 for page in parents]


def _upload_files(context: Context, parents: Sequence[rows.Upload]) -> list[list[rows.UploadFile]]:
    found = intake.upload_files(context.session, [upload.id for upload in parents])
    return [found.get(upload.id, []) for upload in parents]


def _first_file(attribute: str) -> Callable[[Context, Sequence[rows.Upload]], list[str]]:
    """The batch function of what is known of an upload's first file."""

    def values(context: Context, parents: Sequence[rows.Upload]) -> list[str]:
        return [getattr(files[0], attribute) for files in _upload_files(context, parents)]

    return values


def _sheet_jobs(context: Context, parents: Sequence[rows.Sheet]) -> list[JobRow | None]:
    keys = [sheets.print_key(sheet.id) for sheet in parents]
    found = jobs.by_dedupe_keys(context.session, context.viewer, keys)
    return [found.get(key) for key in keys]


def _sheet_urls(context: Context, parents: Sequence[rows.Sheet]) -> list[str | None]:
    return [None if sheet.pdf_id is None else file_url(context, sheet.pdf_id) for sheet in parents]


@node_type(rows.IntakePage, load=_load_pages, description="The picture of one page of a document, without metadata.")
class IntakePage(Node):
    number: int = field(description="The page of the form that it shows; until it was read, its place. From 1.")
    position: int = field(description="Its place among the document's pictures, from 1.")
    image: str | None = batch(
        _digests,
        description=(
            "SHA-256 of the picture: the same for the same picture, while its address changes; null once the time for "
            "which pictures are kept is over."
        ),
    )
    url: str | None = batch(
        _picture_urls("image_id"), description="Where to get the picture (JPEG), for some minutes; relative to the API."
    )
    width: int = field(description="Pixels.")
    height: int = field(description="Pixels.")
    labels_found: int = field(description="How many of the form's printed labels were found in place.")
    labels_expected: int = field(description="How many were looked for.")
    residual_mm: float | None = field(description="Median distance of labels from their place, in millimetres.")


@dataclass(frozen=True, slots=True)
class _Noticed:
    code: str


def _notices(attribute: str) -> Callable[[Context, Sequence[Any]], list[list[_Noticed]]]:
    """The batch function of the codes of what was noticed, as things with words."""

    def values(_context: Context, parents: Sequence[Any]) -> list[list[_Noticed]]:
        return [[_Noticed(code) for code in getattr(parent, attribute)] for parent in parents]

    return values


@strawberry.type(description="Something that was noticed, for who checks a form.")
class IntakeNotice:
    code: str = field(description="For programs.")
    message: str = batch(
        lambda context, noticed: [notice_text(each.code, context.locale) for each in noticed],
        description="In the viewer's language.",
    )


@strawberry.type(description="One row of a form's score table.")
class IntakeScoreRow:
    key: str = field(description="Key of the score's field.")
    score: Decimal | None = field(description="As it was read; null when it is missing.")
    weight: Decimal | None = field(description="Percent, printed or written; null when there is none.")


@strawberry.type(description="The figures of a form, worked out anew from what was read.")
class IntakeArithmetic:
    rows: list[IntakeScoreRow] = field(description="The scores with their weights.")
    weights_total: Decimal | None = field(description="The sum of the weights; null when one is missing.")
    total: Decimal | None = field(description="The weighted mean of the scores; null when something is missing.")
    written_total: Decimal | None = field(description="The total that stands on the form.")
    agrees: bool | None = field(description="Whether both agree; null when there is nothing to compare.")


@strawberry.type(description="The parts of a field's confidence, 0 to 1; null where one does not apply.")
class ConfidenceParts:
    confidence_recognition: float | None = field(
        name="recognition", description="Of the characters or the tick; null where a form field of a PDF has them."
    )
    confidence_registration: float | None = field(name="registration", description="Of being the right place.")
    confidence_format: float | None = field(name="format", description="Of being a value that the field takes.")
    confidence_directory: float | None = field(
        name="directory", description="Of agreeing with the directory and the printed sheet."
    )


@strawberry.type(
    description="The machine's reading of one field. It is never changed, entries stand beside it; where the document "
    "was erased, values that name or quote are null."
)
class IntakeField:
    key: str = field(description="Key of the field in the form.")
    label: str = batch(localized("label"), description="What the form prints beside it.")
    type: FieldType = field(description="What it holds.")
    page: int = field(description="The page it is on, from 1.")
    required: bool = field(description="Whether a review needs it: then a person must check every doubt.")
    value: str | None = field(description="Normalised: ISO date, plain decimal, option, `present`, or text.")
    raw_text: str = field(description="The characters as they were recognised, or as a form field of the PDF has them.")
    source: FieldSource = field(description="Where the value comes from.")
    confidence: float = field(description="How sure the machine is, 0 to 1: the least of the parts.")
    parts: ConfidenceParts = batch(lambda _context, readings: readings, description="Where the confidence comes from.")
    status: FieldStatus = field(description="What the machine made of it.")
    box: list[list[float]] | None = field(
        description="Its four corners [x, y] in pixels of the page's picture, from the top left clockwise."
    )
    crop_url: str | None = batch(
        _picture_urls("crop_id"), description="Where to get its picture (JPEG), for some minutes; relative to the API."
    )
    notes: list[str] = field(description="Codes of what was noticed, such as `two_ticks` or `differs_from_sheet`.")
    notices: list[IntakeNotice] = batch(_notices("notes"), description="The same with words.")
    entries: list[IntakeEntry] = batch(
        entries_of,
        description="What people said it holds, the first word first. While a second person is to check it, the first "
        "one's is not shown.",
    )


@strawberry.type(description="One file of an upload.")
class IntakeFile:
    filename: str = field(description="Its name, cleaned.")
    sha256: str = field(description="SHA-256 of the bytes as they were received.")
    pages: int | None = field(description="How many pages it has; null until it was opened.")
    reason_code: str | None = field(description="Why it gives no pages, for programs.")
    reason_message: str | None = batch(
        _reasons, description="Why it gives no pages and what to do, in the viewer's language."
    )


def _load_policies(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.IntakePolicy | None]:
    found = {row.id: row for row in context.session.scalars(intake.policies(context.viewer))}
    return loaded(found, ids)


@node_type(rows.IntakePolicy, load=_load_policies, description="How an organisation keeps paper.")
class IntakePolicy(Node):
    pictures_kept_days: int = field(
        description="Days after a form was decided, or given up, for which its pictures are kept."
    )
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@node_type(rows.Upload, load=_load_uploads, description="The act of handing in files.")
class IntakeUpload(Node):
    filename: str = batch(_first_file("filename"), description="Name of the first file, cleaned.")
    sha256: str = batch(_first_file("sha256"), description="SHA-256 of the first file's bytes as they were received.")
    files: list[IntakeFile] = batch(_upload_files, description="The files, in their order; at most 50.")
    uploaded_by: Person | None = batch(person_of("uploaded_by"), description="Who handed them in.")
    documents: list[IntakeDocument] = batch(documents_of, description="The filled forms in the files; at most 200.")
    progress: IntakeProgress = batch(progress_of, description="How far it is.")
    job: Job | None = batch(
        lambda context, uploads: load_jobs(context, [row.job_id for row in uploads]),
        description="The job that inspects the files and finds the documents in them.",
    )
    created_at: datetime.datetime = field(description="When.")


@node_type(
    rows.Sheet, load=_load_sheets, description="One printed piece of paper for one person and cycle, known by its code."
)
class FormSheet(Node):
    template: FormTemplate | None = batch(form_of("form_version_id"), description="The form printed on it.")
    subject: Person | None = batch(person_of("subject_id"), description="For whom it was printed.")
    cycle: Cycle | None = batch(cycle_of("cycle_id"), description="For which cycle it was printed.")
    pdf_url: str | None = batch(
        _sheet_urls, description="Where to get it as PDF, for some minutes; null until it is made. Relative to the API."
    )
    job: Job | None = batch(_sheet_jobs, description="The job that makes it.")
    created_at: datetime.datetime = field(description="When it was asked for.")


@node_type(
    rows.IntakeDocument, load=load_documents, description="One filled form on its way from a photograph to a review."
)
class IntakeDocument(Node):
    status: rows.IntakeStatus = field(description="How far it is.")
    waits_for: rows.IntakeWait | None = batch(
        waits_of, description="Which act of a person it waits for; null when it waits for the machine or for nobody."
    )
    viewer_may_act: bool = batch(may_act, description="Whether the viewer may do what it waits for.")
    double_entry_fields: list[str] = batch(
        double_fields_of, description="Keys of the fields that two people check; empty when one is enough."
    )
    disputed_fields: list[str] = batch(
        disputed_of, description="Keys of the fields about which two people disagreed: a third must name them."
    )
    checks: list[IntakeCheck] = batch(
        checks_of, description="Who checked it, the first first; empty when one person is enough."
    )
    reason_code: str | None = field(description="Why it ended so, for programs.")
    reason_message: str | None = batch(
        _reasons, description="Why it ended so and what to do, in the viewer's language."
    )
    reason: str | None = field(description="The words of the person who turned it down.")
    duplicate_of: IntakeDocument | None = batch(
        lambda context, documents: load_documents(context, [row.duplicate_of_id for row in documents]),
        description="The document that the same file gave before.",
    )
    superseded_by: IntakeDocument | None = batch(
        lambda context, documents: load_documents(context, [row.superseded_by_id for row in documents]),
        description="The document that stands for it: of the same file, a newer picture, or with its pages.",
    )
    similar_to: IntakeDocument | None = batch(
        lambda context, documents: load_documents(context, [row.similar_to_id for row in documents]),
        description="An earlier document with a picture that looks the same: a hint for a person, nothing more.",
    )
    template: FormTemplate | None = batch(form_of("form_version_id"), description="The form that was recognised.")
    matched_by: MatchedBy | None = field(description="How the form was recognised.")
    match_score: float | None = field(description="How sure the form is, 0 to 1.")
    candidates: list[IntakeCandidate] = batch(
        lambda _context, documents: [candidates_of(row) for row in documents],
        description="While its form is not known: the forms that it may be, the likeliest first; choose one.",
    )
    suggestions: list[IntakeSuggestion] = batch(
        lambda _context, documents: [suggestions_of(row) for row in documents],
        description="While its form is not known: what stands near known labels, to fill in a review by hand.",
    )
    pages: list[IntakePage] = batch(_pages, description="Its pages.")
    fields: list[IntakeField] = batch(_fields, description="What was read, in the order of the form.")
    fields_by_doubt: list[IntakeField] = batch(
        _fields_by_doubt, description="What was read, the least certain first: the order in which to check it."
    )
    arithmetic: IntakeArithmetic | None = batch(
        _arithmetic, description="Scores, weights and total; null for a form without scores or one that is not read."
    )
    warnings: list[str] = field(description="Codes of what stands against the reading, such as `sheet_unknown`.")
    notices: list[IntakeNotice] = batch(_notices("warnings"), description="The same with words.")
    subject: Person | None = batch(
        person_of("subject_id"), description="Whom it is about; null as long as nobody is certain."
    )
    cycle: Cycle | None = batch(cycle_of("cycle_id"), description="Which cycle it is about.")
    sheet: FormSheet | None = batch(
        lambda context, documents: _load_sheets(context, [row.sheet_id for row in documents]),
        description="The printed sheet that its code names.",
    )
    review: Review | None = batch(review_of("review_id"), description="The review that was made of it.")
    job: Job | None = batch(
        lambda context, documents: load_jobs(context, [row.job_id for row in documents]),
        description="The job that reads it.",
    )
    upload: IntakeUpload | None = batch(
        lambda context, documents: _load_uploads(context, [row.upload_id for row in documents]),
        description="The act of handing it in.",
    )
    uploaded_by: Person | None = batch(person_of("uploaded_by"), description="Who handed it in.")
    decided_by: Person | None = batch(person_of("decided_by"), description="Who confirmed or rejected it.")
    decided_at: datetime.datetime | None = field(description="When it was confirmed or rejected.")
    erased_at: datetime.datetime | None = field(
        description="Since when its pictures and words are gone because the person it is about was erased."
    )
    created_at: datetime.datetime = field(description="When it was handed in.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


PERMISSIONS: PermissionMap = {
    **grant("IntakeUpload", UPLOAD_SEERS, "id filename sha256 files uploadedBy documents progress job createdAt"),
    **grant("IntakeFile", UPLOAD_SEERS, "filename sha256 pages reasonCode reasonMessage"),
    **grant("FormSheet", SHEET_SEERS, "id template subject cycle pdfUrl job createdAt"),
    **grant(
        "IntakeDocument",
        SEERS,
        "id status waitsFor viewerMayAct doubleEntryFields disputedFields checks "
        "reasonCode reasonMessage reason duplicateOf supersededBy similarTo template matchedBy matchScore "
        "candidates suggestions pages fields fieldsByDoubt arithmetic warnings notices "
        "subject cycle sheet review job upload uploadedBy decidedBy decidedAt erasedAt createdAt version",
    ),
    **grant("IntakePage", SEERS, "id number position image url width height labelsFound labelsExpected residualMm"),
    **grant(
        "IntakeField",
        SEERS,
        "key label type page required value rawText source confidence parts status box cropUrl notes notices entries",
    ),
    **grant("IntakeNotice", SEERS, "code message"),
    **grant("IntakeArithmetic", SEERS, "rows weightsTotal total writtenTotal agrees"),
    **grant("IntakeScoreRow", SEERS, "key score weight"),
    **grant("IntakePolicy", SIGNED_IN, "id picturesKeptDays version"),
    **grant("ConfidenceParts", SEERS, "recognition registration format directory"),
}
