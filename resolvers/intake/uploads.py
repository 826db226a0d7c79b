"""Handing in a file: what can be refused cheaply is refused here and leaves nothing behind."""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.events import record
from db.files import FileStore
from db.jobs import enqueue
from db.models.files import StoredFile
from db.models.intake import IntakeDocument, IntakeStatus, Upload
from db.models.jobs import Job
from db.models.reviews import Review, ReviewStatus
from db.queries import intake, reviews
from db.viewer import Viewer
from ocr import sniff
from resolvers import access
from resolvers.errors import DomainError, ErrorCode

MAXIMUM_BYTES = 50 * 1024 * 1024
MAXIMUM_PIXELS = 100_000_000
"""Width times height that a picture's header may claim: five times a good telephone's."""
FORM_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/tiff", "application/pdf"})
FORM_TYPE_NAMES = "JPEG, PNG, WebP, HEIC, TIFF, PDF"
FILENAME_LENGTH = 255
READ_JOB = "intake.read"
DUPLICATE = "duplicate"
"""Reason code of a document whose bytes were handed in before."""

_FILE = ("input", "file")


@dataclass(frozen=True, slots=True)
class UploadDraft:
    """A received file, and what its sender says about it."""

    content: bytes
    """As they were received."""
    filename: str
    template_key: str | None = None
    """Read it as this form; None: recognise the form."""
    review_id: uuid.UUID | None = None
    """The draft review that it is the paper of."""


def receive_upload(session: Session, viewer: Viewer, files: FileStore, draft: UploadDraft) -> Upload:
    """Keep a file with its document and put in the job that reads it.

    For managers and HR. The bytes are kept as received and known by their SHA-256. When the same bytes were handed in
    before, and the viewer may see that document, the new one ends SUPERSEDED, points to it, and nothing is read again;
    whoever may not see it learns nothing of it.

    Raises `DomainError` FORBIDDEN, FILE_EMPTY, FILE_TOO_LARGE (over 50 MB), FILE_TYPE_UNSUPPORTED (by content, not by
    name), IMAGE_TOO_LARGE (over 100 megapixels by its header), NOT_FOUND for an unknown form or review, and NOT_READY
    for a review that is complete. Nothing is stored then.
    """
    access.require_paper_role(viewer)
    content = draft.content
    media_type = _checked(content)
    if draft.template_key is not None and intake.latest_form(session, viewer, draft.template_key) is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "templateKey"))
    review = _draft_review(session, viewer, draft.review_id)
    digest = hashlib.sha256(content).hexdigest()
    file = files.put(session, viewer.organization_id, content, media_type)
    # Of two people who hand in the same bytes at once, the second waits here and then finds the first's document.
    session.execute(sa.select(StoredFile.id).where(StoredFile.id == file.id).with_for_update())
    earlier = intake.earlier_document(session, viewer, digest, draft.template_key)
    upload = Upload(
        organization_id=viewer.organization_id,
        uploaded_by=viewer.person_id,
        file_id=file.id,
        sha256=digest,
        filename=clean_filename(draft.filename),
        template_key=draft.template_key,
        review_id=draft.review_id,
    )
    session.add(upload)
    session.flush()
    document = IntakeDocument(
        organization_id=viewer.organization_id,
        upload_id=upload.id,
        uploaded_by=viewer.person_id,
        status=IntakeStatus.UPLOADED,
        subject_id=review.subject_id if review else None,
        cycle_id=review.cycle_id if review else None,
        warnings=[],
    )
    session.add(document)
    session.flush()
    if earlier is None:
        document.job_id = enqueue_reading(session, viewer, document).id
    else:
        document.status = IntakeStatus.SUPERSEDED
        document.reason_code = DUPLICATE
        document.duplicate_of_id = earlier.id
    record(session, viewer, "intake.uploaded", "IntakeDocument", document.id)
    session.flush()
    return upload


def enqueue_reading(session: Session, viewer: Viewer, document: IntakeDocument) -> Job:
    """Put in the job that reads a document; asking again gives the same job."""
    args = {"document_id": str(document.id)}
    return enqueue(session, viewer, READ_JOB, args, dedupe_key=f"{READ_JOB}:{document.id}")


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


def _checked(content: bytes) -> str:
    """The media type of a file that may be a form's picture."""
    if not content:
        raise DomainError(ErrorCode.FILE_EMPTY, _FILE)
    if len(content) > MAXIMUM_BYTES:
        raise DomainError(ErrorCode.FILE_TOO_LARGE, _FILE, maximum_mb=MAXIMUM_BYTES // 1024**2)
    media_type = sniff.media_type(content)
    if media_type not in FORM_TYPES:
        raise DomainError(ErrorCode.FILE_TYPE_UNSUPPORTED, _FILE, types=FORM_TYPE_NAMES)
    pixels = sniff.pixel_size(content)
    if pixels is not None and pixels[0] * pixels[1] > MAXIMUM_PIXELS:
        raise DomainError(ErrorCode.IMAGE_TOO_LARGE, _FILE)
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
