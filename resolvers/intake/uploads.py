"""Handing in files: what can be refused cheaply is refused here and leaves nothing behind."""

from __future__ import annotations

import datetime
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.files import FileStore
from db.jobs import bring_forward, enqueue
from db.models.files import StoredFile
from db.models.intake import IntakeDocument, IntakeStatus, Upload, UploadFile
from db.models.jobs import Job
from db.models.reviews import Review, ReviewStatus
from db.queries import intake, reviews
from db.viewer import Viewer
from ocr import sniff
from resolvers import access
from resolvers.errors import DomainError, DomainErrors, ErrorCode
from resolvers.rules.page_order import LONGEST_DOCUMENT

MAXIMUM_BYTES = 50 * 1024 * 1024
MAXIMUM_PIXELS = 100_000_000
"""Width times height that a picture's header may claim: five times a good telephone's."""
FORM_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/tiff", "application/pdf"})
FORM_TYPE_NAMES = "JPEG, PNG, WebP, HEIC, TIFF, PDF"
FILENAME_LENGTH = 255
MAXIMUM_FILES = 50
"""Of one upload."""
INSPECT_JOB = "intake.inspect"
READ_JOB = "intake.read"
READING_WAITS = datetime.timedelta(hours=1)
"""Reading waits for the inspection, which lets it begin. Longer than all tries of that take, for a reading that begins
by itself inspects the files, too: two workers would decode the same pages."""
DUPLICATE = "duplicate"
"""Reason code of a document whose bytes were handed in before."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A received file."""

    content: bytes
    """As they were received."""
    filename: str
    at: tuple[str, ...] = ("input", "file")
    """Where it stands in the input."""


@dataclass(frozen=True, slots=True)
class UploadDraft:
    """Received files, and what their sender says about them."""

    files: Iterable[ReceivedFile]
    """Taken one after another: only one needs to be in memory."""
    template_key: str | None = None
    """Read them as this form; None: recognise the form."""
    review_id: uuid.UUID | None = None
    """The draft review that they are the paper of."""
    together: bool = False
    """All files are pages of one document, in this order."""
    pages_per_document: int | None = None
    """So many pages without a code make a document."""


def receive_upload(session: Session, viewer: Viewer, files: FileStore, draft: UploadDraft) -> Upload:
    """Keep files with a document for each (with `together`: one for all) and put in the job that inspects them.

    For managers and HR. The bytes are kept as received and known by their SHA-256. When the same bytes were handed in
    before, here or in another upload, and the viewer may see that document, the new one ends SUPERSEDED, points to it,
    and nothing is read again; whoever may not see it learns nothing of it. Which pages make which document is known
    once they were inspected.

    Raises `DomainError` FORBIDDEN, TOO_MANY (over 50 files), INVALID (no file), NUMBER_OUT_OF_RANGE for
    `pages_per_document`, NOT_FOUND for an unknown form or review, NOT_READY for a review that is complete, and
    `DomainErrors` with one FILE_EMPTY, FILE_TOO_LARGE (over 50 MB), FILE_TYPE_UNSUPPORTED (by content, not by name) or
    IMAGE_TOO_LARGE (over 100 megapixels by its header) for each file that is refused. Nothing is stored then.
    """
    access.require_paper_role(viewer)
    if draft.template_key is not None and intake.latest_form(session, viewer, draft.template_key) is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "templateKey"))
    if draft.pages_per_document is not None and not 1 <= draft.pages_per_document <= LONGEST_DOCUMENT:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "pagesPerDocument"))
    review = _draft_review(session, viewer, draft.review_id)
    upload = Upload(
        organization_id=viewer.organization_id,
        uploaded_by=viewer.person_id,
        template_key=draft.template_key,
        review_id=draft.review_id,
        together=draft.together,
        pages_per_document=draft.pages_per_document,
    )
    session.add(upload)
    session.flush()
    kept = _kept(session, viewer, files, upload, draft.files)
    to_read = 0
    first: dict[str, IntakeDocument] = {}
    for file, before in kept:
        if draft.together and file.position > 1:
            break
        document = _document(session, viewer, upload, file, review)
        earlier = before or first.get(file.sha256)
        first.setdefault(file.sha256, document)
        if earlier is None or (draft.together and len(kept) > 1):
            document.job_id = _enqueue_reading(session, viewer, document, now() + READING_WAITS).id
            to_read += 1
        else:
            document.status = IntakeStatus.SUPERSEDED
            document.reason_code = DUPLICATE
            document.duplicate_of_id = document.superseded_by_id = earlier.id
        record(session, viewer, "intake.uploaded", "IntakeDocument", document.id)
    if to_read:
        args = {"upload_id": str(upload.id)}
        upload.job_id = enqueue(session, viewer, INSPECT_JOB, args, dedupe_key=f"{INSPECT_JOB}:{upload.id}").id
    else:
        upload.inspected_at = now()
    session.flush()
    return upload


def enqueue_reading(session: Session, viewer: Viewer, document: IntakeDocument) -> Job:
    """Put in the job that reads a document, or let the one that waits begin."""
    return _enqueue_reading(session, viewer, document, now())


def _enqueue_reading(session: Session, viewer: Viewer, document: IntakeDocument, moment: datetime.datetime) -> Job:
    args = {"document_id": str(document.id)}
    key = f"{READ_JOB}:{document.id}"
    job = enqueue(session, viewer, READ_JOB, args, dedupe_key=key, run_at=moment)
    if job.run_at > moment:
        bring_forward(session, job.id, moment)
    return job


def _kept(
    session: Session, viewer: Viewer, files: FileStore, upload: Upload, received: Iterable[ReceivedFile]
) -> list[tuple[UploadFile, IntakeDocument | None]]:
    """The rows of the files, each with the document that its bytes gave before."""
    kept: list[tuple[UploadFile, IntakeDocument | None]] = []
    errors: list[DomainError] = []
    for position, each in enumerate(received, start=1):
        if position > MAXIMUM_FILES:
            raise DomainError(ErrorCode.TOO_MANY, ("input", "files"))
        try:
            media_type = _checked(each)
        except DomainError as error:
            errors.append(error)
            continue
        file = files.put(session, viewer.organization_id, each.content, media_type)
        # Of two people who hand in the same bytes at once, the second waits here and then finds the first's document.
        session.execute(sa.select(StoredFile.id).where(StoredFile.id == file.id).with_for_update())
        earlier = intake.earlier_document(session, viewer, file.sha256, upload.template_key)
        row = UploadFile(
            organization_id=viewer.organization_id,
            upload_id=upload.id,
            position=position,
            file_id=file.id,
            sha256=file.sha256,
            filename=clean_filename(each.filename),
        )
        session.add(row)
        session.flush()
        kept.append((row, earlier))
    if errors:
        raise DomainErrors(errors)
    if not kept:
        raise DomainError(ErrorCode.INVALID, ("input", "files"))
    return kept


def _document(
    session: Session, viewer: Viewer, upload: Upload, file: UploadFile, review: Review | None
) -> IntakeDocument:
    document = IntakeDocument(
        organization_id=viewer.organization_id,
        upload_id=upload.id,
        upload_file_id=file.id,
        uploaded_by=viewer.person_id,
        status=IntakeStatus.UPLOADED,
        subject_id=review.subject_id if review else None,
        cycle_id=review.cycle_id if review else None,
        warnings=[],
    )
    session.add(document)
    session.flush()
    return document


def clean_filename(name: str) -> str:
    """The last part of a file's name, without control, format and surrogate characters; `upload` when none is left."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in last if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co"))
    stripped = kept.strip().strip(".")
    if len(stripped) <= FILENAME_LENGTH:
        return stripped or "upload"
    stem, dot, extension = stripped.rpartition(".")
    if not dot or len(extension) > 10:
        return stripped[:FILENAME_LENGTH]
    return stem[: FILENAME_LENGTH - len(extension) - 1] + dot + extension


def _checked(file: ReceivedFile) -> str:
    """The media type of a file that may be a form's picture."""
    content = file.content
    if not content:
        raise DomainError(ErrorCode.FILE_EMPTY, file.at)
    if len(content) > MAXIMUM_BYTES:
        raise DomainError(ErrorCode.FILE_TOO_LARGE, file.at, maximum_mb=MAXIMUM_BYTES // 1024**2)
    media_type = sniff.media_type(content)
    if media_type not in FORM_TYPES:
        raise DomainError(ErrorCode.FILE_TYPE_UNSUPPORTED, file.at, types=FORM_TYPE_NAMES)
    pixels = sniff.pixel_size(content)
    if pixels is not None and pixels[0] * pixels[1] > MAXIMUM_PIXELS:
        raise DomainError(ErrorCode.IMAGE_TOO_LARGE, file.at)
    return media_type


def _draft_review(session: Session, viewer: Viewer, review_id: uuid.UUID | None) -> Review | None:
    """The review for which the paper is handed in; only who may confirm the paper may name it."""
    if review_id is None:
        return None
    at = ("input", "reviewId")
    review = reviews.by_ids(session, viewer, [review_id]).get(review_id)
    if review is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    access.require_answers_for(session, viewer, review.subject_id, at)
    if review.status is not ReviewStatus.DRAFT:
        raise DomainError(ErrorCode.NOT_READY, at)
    return review
