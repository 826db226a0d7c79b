"""Photographed forms in the schema: handing in, what was read, a person's decision, and printed sheets."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import strawberry

from db.models import intake as rows
from db.models.events import AccessedResource
from db.models.jobs import Job as JobRow
from db.queries import intake, jobs
from db.queries.paging import Order, Page, fetch_page
from ocr.contract import FieldStatus, FieldType, MatchedBy
from resolvers.access import PAPER_ROLES
from resolvers.intake import confirmation, sheets, uploads
from resolvers.reasons import reason_text
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.files import file_url
from schema.forms import FormTemplate, form_of
from schema.goals import Cycle, cycle_of
from schema.inputs import lookup_text, optional_id
from schema.jobs import Job, load_jobs
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Person, loaded, localized, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant, only
from schema.relay import After, Connection, First, Node, decode_id, node_type, read_page
from schema.reviews import Review, load_reviews, review_of
from schema.scalars import UploadedFile, described_enum

described_enum(
    rows.IntakeStatus,
    description="How far a photographed form is.",
    values={
        "UPLOADED": "Handed in; waits to be read.",
        "READING": "Being read.",
        "NEEDS_TEMPLATE": "Read, but the form is not known: upload it again and name its templateKey.",
        "NEEDS_REVIEW": "Read; a person must confirm it.",
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
    MatchedBy,
    description="How the form on a picture was recognised.",
    values={
        "MARKERS": "By its corner markers and code.",
        "LAYOUT": "By likeness to the blank form.",
        "LABELS": "By its printed labels alone.",
        "NONE": "Not at all.",
    },
)

LATEST_FIRST = Order((rows.IntakeDocument.created_at, rows.IntakeDocument.id), descending=True)
SEERS = Permission("who handed it in, the managers above its subject, and HR; its subject once confirmed")
SHEET_SEERS = Permission("who asked for it, the managers above its subject, and HR")
UPLOAD_SEERS = Permission("who handed it in, and HR")


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


def _pages(context: Context, parents: Sequence[rows.IntakeDocument]) -> list[list[rows.IntakePage]]:
    found = intake.pages(context.session, [document.id for document in parents])
    return [found.get(document.id, []) for document in parents]


def _fields(context: Context, parents: Sequence[rows.IntakeDocument]) -> list[list[rows.IntakeField]]:
    found = intake.fields(context.session, [document.id for document in parents])
    return [found.get(document.id, []) for document in parents]


def _entries(context: Context, parents: Sequence[rows.IntakeField]) -> list[list[rows.IntakeEntry]]:
    found = intake.entries(context.session, [reading.id for reading in parents])
    return [found.get(reading.id, []) for reading in parents]


def _documents(context: Context, parents: Sequence[rows.Upload]) -> list[list[rows.IntakeDocument]]:
    found = intake.documents_of_uploads(context.session, context.viewer, [upload.id for upload in parents])
    documents = [found.get(upload.id, []) for upload in parents]
    shown(context, [document for some in documents for document in some])
    return documents


def _reasons(context: Context, parents: Sequence[rows.IntakeDocument]) -> list[str | None]:
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


def _digests(context: Context, parents: Sequence[rows.IntakePage]) -> list[str]:
    files = intake.stored_files(context.session, [page.image_id for page in parents])
    return [files[page.image_id].sha256 for page in parents]


def _sheet_jobs(context: Context, parents: Sequence[rows.Sheet]) -> list[JobRow | None]:
    keys = [sheets.print_key(sheet.id) for sheet in parents]
    found = jobs.by_dedupe_keys(context.session, context.viewer, keys)
    return [found.get(key) for key in keys]


def _sheet_urls(context: Context, parents: Sequence[rows.Sheet]) -> list[str | None]:
    return [None if sheet.pdf_id is None else file_url(context, sheet.pdf_id) for sheet in parents]


@strawberry.type(description="The picture of one page, upright and without metadata.")
class IntakePage:
    number: int = field(description="Number of the page, from 1.")
    image: str = batch(
        _digests, description="SHA-256 of the picture: the same for the same picture, while its address changes."
    )
    url: str | None = batch(
        _picture_urls("image_id"), description="Where to get the picture (JPEG), for some minutes; relative to the API."
    )
    width: int = field(description="Pixels.")
    height: int = field(description="Pixels.")
    labels_found: int = field(description="How many of the form's printed labels were found in place.")
    labels_expected: int = field(description="How many were looked for.")
    residual_mm: float | None = field(description="Median distance of labels from their place, in millimetres.")


@strawberry.type(description="The parts of a field's confidence, 0 to 1; null where one does not apply.")
class ConfidenceParts:
    confidence_recognition: float | None = field(name="recognition", description="Of the characters or the tick.")
    confidence_registration: float | None = field(name="registration", description="Of being the right place.")
    confidence_format: float | None = field(name="format", description="Of being a value that the field takes.")
    confidence_directory: float | None = field(
        name="directory", description="Of agreeing with the directory and the printed sheet."
    )


@strawberry.type(description="What a person said a field holds, beside the machine's reading.")
class IntakeEntry:
    person: Person | None = batch(person_of("person_id"), description="Who said it.")
    value: str | None = field(description="The value; null means empty.")
    created_at: datetime.datetime = field(description="When.")


@strawberry.type(description="The machine's reading of one field. It is never changed; entries stand beside it.")
class IntakeField:
    key: str = field(description="Key of the field in the form.")
    label: str = batch(localized("label"), description="What the form prints beside it.")
    type: FieldType = field(description="What it holds.")
    page: int = field(description="The page it is on, from 1.")
    required: bool = field(description="Whether a review needs it: then a person must check every doubt.")
    value: str | None = field(description="Normalised: ISO date, plain decimal, option, `present`, or text.")
    raw_text: str = field(description="The characters as they were recognised.")
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
    entries: list[IntakeEntry] = batch(_entries, description="What people said it holds, the first word first.")


@node_type(rows.Upload, load=_load_uploads, description="The act of handing in one file.")
class IntakeUpload(Node):
    filename: str = field(description="Name of the file, cleaned.")
    sha256: str = field(description="SHA-256 of the bytes as they were received.")
    uploaded_by: Person | None = batch(person_of("uploaded_by"), description="Who handed it in.")
    documents: list[IntakeDocument] = batch(_documents, description="The filled forms in the file.")
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
    reason_code: str | None = field(description="Why it ended so, for programs.")
    reason_message: str | None = batch(
        _reasons, description="Why it ended so and what to do, in the viewer's language."
    )
    reason: str | None = field(description="The words of the person who turned it down.")
    duplicate_of: IntakeDocument | None = batch(
        lambda context, documents: load_documents(context, [row.duplicate_of_id for row in documents]),
        description="The document that the same file gave before.",
    )
    template: FormTemplate | None = batch(form_of("form_version_id"), description="The form that was recognised.")
    matched_by: MatchedBy | None = field(description="How the form was recognised.")
    match_score: float | None = field(description="How sure the form is, 0 to 1.")
    pages: list[IntakePage] = batch(_pages, description="Its pages.")
    fields: list[IntakeField] = batch(_fields, description="What was read, in the order of the form.")
    warnings: list[str] = field(description="Codes of what stands against the reading, such as `sheet_unknown`.")
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
    created_at: datetime.datetime = field(description="When it was handed in.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which documents to list; every part that is given must hold.")
class IntakeDocumentFilter:
    status: list[rows.IntakeStatus] | None = strawberry.field(default=None, description="In one of these states.")
    subject_id: strawberry.ID | None = strawberry.field(default=None, description="About this person.")
    cycle_id: strawberry.ID | None = strawberry.field(default=None, description="About this cycle.")
    uploaded_by_id: strawberry.ID | None = strawberry.field(default=None, description="Handed in by this person.")


def _intake_documents(
    context: Context, first: First = None, after: After = None, filter: IntakeDocumentFilter | None = None
) -> Page[rows.IntakeDocument]:
    wanted = filter or IntakeDocumentFilter()
    statement = intake.visible_to(context.session, context.viewer)
    for column, value in (
        (rows.IntakeDocument.subject_id, optional_id(wanted.subject_id, "Person", ("filter", "subjectId"))),
        (rows.IntakeDocument.cycle_id, optional_id(wanted.cycle_id, "Cycle", ("filter", "cycleId"))),
        (rows.IntakeDocument.uploaded_by, optional_id(wanted.uploaded_by_id, "Person", ("filter", "uploadedById"))),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.status is not None:
        statement = statement.where(rows.IntakeDocument.status.in_(wanted.status))
    page = read_page(lambda request: fetch_page(context.session, statement, LATEST_FIRST, request), first, after)
    shown(context, page.rows)
    return page


@strawberry.input(description="A photographed or scanned form.")
class UploadIntakeDocumentInput:
    file: UploadedFile = strawberry.field(
        description="JPEG, PNG, WebP, HEIC, TIFF or PDF, by content; at most 50 MB and 100 megapixels."
    )
    template_key: str | None = strawberry.field(
        default=None, description="Key of the form, if it shall not be recognised."
    )
    review_id: strawberry.ID | None = strawberry.field(
        default=None, description="The draft review whose paper it is; confirming completes that review."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="What became of the file.")
class UploadIntakeDocumentPayload:
    upload: IntakeUpload | None = field(description="The act of handing it in; null when the file was refused.")
    documents: list[IntakeDocument] | None = field(description="The filled forms in it, waiting to be read.")
    errors: list[UserError] = field(description="Why the file was refused; nothing was stored then.")


@strawberry.input(description="What a person says that a field holds. Naming a field means having checked it.")
class IntakeFieldInput:
    key: str = strawberry.field(description="Key of the field.")
    value: str | None = strawberry.field(
        default=None, description="The value (dates as YYYY-MM-DD, signatures as `present`); null means empty."
    )


@strawberry.input(description="A person's word on a photographed form.")
class ConfirmIntakeDocumentInput:
    id: strawberry.ID = strawberry.field(description="Global id of the document.")
    fields: list[IntakeFieldInput] = strawberry.field(
        default_factory=list,
        description="The fields that the person checked. Every required field whose status is not READ must be named.",
    )
    subject_id: strawberry.ID | None = strawberry.field(
        default=None, description="Whom the form is about, when nobody or somebody else was found."
    )
    cycle_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which cycle the form is about, when none or another was found."
    )
    comment: str | None = strawberry.field(default=None, description="A remark that stays with the review.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The review that was made.")
class ConfirmIntakeDocumentPayload:
    review: Review | None = field(description="The review; null when the document was not confirmed.")
    document: IntakeDocument | None = field(description="The confirmed document.")
    errors: list[UserError] = field(description="What stands against it; fields are named by their keys.")


@strawberry.input(description="Why a document is turned down.")
class RejectIntakeDocumentInput:
    id: strawberry.ID = strawberry.field(description="Global id of the document.")
    reason: str = strawberry.field(description="Why, for who handed it in; at most 2000 characters.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The document that was turned down.")
class RejectIntakeDocumentPayload:
    document: IntakeDocument | None = field(description="The document; null when it could not be turned down.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.input(description="For whom to print a form.")
class RequestFormSheetInput:
    template_key: str = strawberry.field(description="Key of the form; its newest version is printed.")
    subject_id: strawberry.ID = strawberry.field(description="For whom.")
    cycle_id: strawberry.ID = strawberry.field(description="For which cycle.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The sheet that will be printed.")
class RequestFormSheetPayload:
    sheet: FormSheet | None = field(description="The sheet; its job makes the PDF.")
    errors: list[UserError] = field(description="Why there is none; empty on success.")


def _upload(context: Context, input: UploadIntakeDocumentInput) -> Mapping[str, Any]:
    draft = uploads.UploadDraft(
        content=input.file.read(),
        filename=input.file.filename,
        template_key=lookup_text(input.template_key, ("input", "templateKey")),
        review_id=optional_id(input.review_id, "Review", ("input", "reviewId")),
    )
    upload = uploads.receive_upload(context.session, context.viewer, context.files, draft)
    return {"upload": upload, "documents": _documents(context, [upload])[0]}


def _confirm(context: Context, input: ConfirmIntakeDocumentInput) -> Mapping[str, Any]:
    document_id = decode_id(input.id, "IntakeDocument", at=("input", "id"))
    word = confirmation.Confirmation(
        entries=[confirmation.Entry(entry.key, entry.value) for entry in input.fields],
        expected_version=input.expected_version,
        subject_id=optional_id(input.subject_id, "Person", ("input", "subjectId")),
        cycle_id=optional_id(input.cycle_id, "Cycle", ("input", "cycleId")),
        comment=input.comment,
    )
    review = confirmation.confirm_document(context.session, context.viewer, document_id, word)
    return {
        "review": load_reviews(context, [review.id])[0],
        "document": load_documents(context, [document_id])[0],
    }


def _reject(context: Context, input: RejectIntakeDocumentInput) -> Mapping[str, Any]:
    document_id = decode_id(input.id, "IntakeDocument", at=("input", "id"))
    confirmation.reject_document(context.session, context.viewer, document_id, input.reason, input.expected_version)
    return {"document": load_documents(context, [document_id])[0]}


def _request_sheet(context: Context, input: RequestFormSheetInput) -> Mapping[str, Any]:
    subject_id = decode_id(input.subject_id, "Person", at=("input", "subjectId"))
    cycle_id = decode_id(input.cycle_id, "Cycle", at=("input", "cycleId"))
    key = lookup_text(input.template_key, ("input", "templateKey")) or ""
    return {"sheet": sheets.request_sheet(context.session, context.viewer, key, subject_id, cycle_id)}


@strawberry.type
class IntakeQueries:
    intake_documents: Connection[IntakeDocument] = root(
        _intake_documents, description="The photographed forms that the viewer may see, the latest first."
    )


@strawberry.type
class IntakeMutations:
    upload_intake_document: UploadIntakeDocumentPayload = mutation(
        _upload,
        description="Hand in a photographed form; a job reads it. The same file handed in again points to the first.",
    )
    confirm_intake_document: ConfirmIntakeDocumentPayload = mutation(
        _confirm,
        description=(
            "Make the review that a document says, exactly once. The viewer must answer for its subject, and nobody "
            "confirms a form about oneself."
        ),
    )
    reject_intake_document: RejectIntakeDocumentPayload = mutation(
        _reject, description="Turn a document down with a reason; its file and reading are kept."
    )
    request_form_sheet: RequestFormSheetPayload = mutation(
        _request_sheet,
        description="Print a form for a person and cycle: its code finds both again. The viewer must answer for them.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "intakeDocuments"),
    **grant(
        "Mutation",
        only(*PAPER_ROLES),
        "uploadIntakeDocument confirmIntakeDocument rejectIntakeDocument requestFormSheet",
    ),
    **grant("IntakeUpload", UPLOAD_SEERS, "id filename sha256 uploadedBy documents createdAt"),
    **grant("FormSheet", SHEET_SEERS, "id template subject cycle pdfUrl job createdAt"),
    **grant(
        "IntakeDocument",
        SEERS,
        "id status reasonCode reasonMessage reason duplicateOf template matchedBy matchScore pages fields warnings "
        "subject cycle sheet review job upload uploadedBy decidedBy decidedAt createdAt version",
    ),
    **grant("IntakePage", SEERS, "number image url width height labelsFound labelsExpected residualMm"),
    **grant(
        "IntakeField",
        SEERS,
        "key label type page required value rawText confidence parts status box cropUrl notes entries",
    ),
    **grant("ConfidenceParts", SEERS, "recognition registration format directory"),
    **grant("IntakeEntry", SEERS, "person value createdAt"),
}
