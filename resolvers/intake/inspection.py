"""What the pages of an upload are: kept one by one as they are decoded, then put together into documents.

A worker may die between any two pages: what was kept stays, and the next one goes on behind it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.files import FileStore
from db.jobs import announce
from db.models.files import StoredFile
from db.models.intake import (
    FormVersion,
    IntakeDocument,
    IntakePage,
    IntakeStatus,
    Upload,
    UploadFile,
    UploadPage,
)
from db.queries import intake
from db.queries.intake import EarlierPicture
from db.viewer import Viewer
from ocr.contract import FormTemplate, PageGlance
from ocr.form_fields.contract import fields_to_json
from resolvers import forms
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake.uploads import enqueue_reading
from resolvers.rules.page_order import LONGEST_DOCUMENT, PageFound, PageGroup, group_pages

JPEG = "image/jpeg"
MOST_PAGES = 200
"""Of one upload."""
TOO_MANY_PAGES = "too_many_pages"
NO_PAGES = "no_pages"
"""Reason code of a document of an upload whose files gave no page, and gave no reason of their own."""
PAGES_JOINED = "pages_joined"
"""Reason code of a document whose pages belong to another document of the same upload."""
PAGE_WITHOUT_CODE = "page_without_code"
"""Warning: a page has no readable code, so it is not certain to which document it belongs."""
LOOKS_LIKE_EARLIER = "looks_like_earlier"
"""Warning: an earlier document has a picture that looks the same."""
REVIEW_UNSURE = "review_unsure"
"""Warning: the files held several documents, so none was taken for the paper of the review that was named."""

ALIKE_BITS = 40
"""Pictures whose hashes differ in at most so many bits look the same."""
COMPARED_PAGES = 2000
"""So many of the latest pages are compared."""


@dataclass(frozen=True, slots=True)
class FileToInspect:
    """A file of an upload, and how many of its pages are kept already."""

    id: uuid.UUID
    stored_id: uuid.UUID
    pages_kept: int


def files_to_inspect(session: Session, viewer: Viewer, upload_id: uuid.UUID) -> list[FileToInspect] | None:
    """The files of which pages are missing, in their order; None when the upload was inspected.

    A file whose bytes gave a document before is not among them. Raises `DomainError` NOT_FOUND.
    """
    upload = _upload(session, viewer, upload_id)
    if upload.inspected_at is not None:
        return None
    kept = intake.page_counts(session, upload_id)
    known = set(
        session.scalars(
            sa.select(IntakeDocument.upload_file_id).where(
                IntakeDocument.upload_id == upload_id, IntakeDocument.duplicate_of_id.is_not(None)
            )
        )
    )
    return [
        FileToInspect(file.id, file.file_id, kept.get(file.id, 0))
        for file in intake.upload_files(session, [upload_id]).get(upload_id, [])
        if file.file_id is not None
        and file.reason_code is None
        and file.id not in known
        and (file.pages is None or kept.get(file.id, 0) < file.pages)
    ]


def copy_content(session: Session, files: FileStore, file: FileToInspect, target: BinaryIO) -> None:
    """Write the bytes of a file as they were received, piece by piece."""
    for piece in files.pieces(session.get_one(StoredFile, file.stored_id)):
        target.write(piece)


def templates_to_match(session: Session, viewer: Viewer, upload_id: uuid.UUID) -> list[FormTemplate]:
    """The forms that the pages of an upload may show. Raises `DomainError` NOT_FOUND."""
    key = _upload(session, viewer, upload_id).template_key
    statement = intake.forms(viewer)
    return [
        forms.template_of(row)
        for row in session.scalars(statement if key is None else statement.where(FormVersion.key == key))
    ]


def begin_file(session: Session, file_id: uuid.UUID, pages: int) -> bool:
    """Note how many pages a file has. False, and the file is given up, when the upload has more than 200 with it."""
    file = session.get_one(UploadFile, file_id, with_for_update=True)
    others = session.scalar(
        sa.select(sa.func.sum(UploadFile.pages)).where(
            UploadFile.upload_id == file.upload_id, UploadFile.id != file_id, UploadFile.reason_code.is_(None)
        )
    )
    file.pages = pages
    if (others or 0) + pages > MOST_PAGES:
        file.reason_code = TOO_MANY_PAGES
    session.flush()
    return file.reason_code is None


def refuse_file(session: Session, file_id: uuid.UUID, code: str) -> None:
    """Note why a file gives no pages."""
    session.get_one(UploadFile, file_id, with_for_update=True).reason_code = code
    session.flush()


def keep_page(session: Session, files: FileStore, file_id: uuid.UUID, number: int, glance: PageGlance) -> None:
    """Keep one page of a file; the same page again changes nothing, nor does one of a file that was let go of."""
    file = session.get_one(UploadFile, file_id, with_for_update=True, populate_existing=True)
    if file.file_id is None or session.scalar(_page_of(file_id, number)) is not None:
        return
    session.add(
        UploadPage(
            organization_id=file.organization_id,
            upload_file_id=file_id,
            number=number,
            image_id=files.put(session, file.organization_id, glance.picture, JPEG).id,
            width=glance.width,
            height=glance.height,
            sheet_code=glance.code.sheet_id if glance.code else None,
            page_code=glance.code.page if glance.code else None,
            likeness=glance.likeness,
            problem=glance.problem.value if glance.problem else None,
            form_fields=None if glance.form is None else fields_to_json(glance.form),
        )
    )
    announce(session, file.upload_id)
    session.flush()


def keep_broken_page(session: Session, file_id: uuid.UUID, number: int, code: str) -> None:
    """Keep that a page cannot be decoded, and why: the other pages of its file may be whole."""
    file = session.get_one(UploadFile, file_id, with_for_update=True)
    if file.pages == 1:
        file.reason_code = code
    elif session.scalar(_page_of(file_id, number)) is None:
        session.add(
            UploadPage(
                organization_id=file.organization_id,
                upload_file_id=file_id,
                number=number,
                width=0,
                height=0,
                problem=code,
            )
        )
    announce(session, file.upload_id)
    session.flush()


def _page_of(file_id: uuid.UUID, number: int) -> sa.Select[uuid.UUID]:
    return sa.select(UploadPage.id).where(UploadPage.upload_file_id == file_id, UploadPage.number == number)


def settle_upload(session: Session, viewer: Viewer, upload_id: uuid.UUID) -> None:
    """Put the pages of an upload together into documents and let reading begin; doing it again changes nothing.

    Pages of one sheet of paper are one document. A picture of a sheet of which another document waits takes over that
    one's other pages. A document with a page that is not readable at a glance ends RETAKE at once. A file without
    pages ends its document FAILED. Raises `DomainError` NOT_FOUND.
    """
    upload = session.scalars(
        intake.uploads_visible_to(viewer)
        .where(Upload.id == upload_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if upload is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    if upload.inspected_at is not None:
        return
    upload.inspected_at = now()
    files = intake.upload_files(session, [upload_id]).get(upload_id, [])
    pages = intake.upload_pages(session, [file.id for file in files])
    position = {file.id: file.position for file in files}
    found = [PageFound(position[page.upload_file_id], page.sheet_code, page.page_code) for page in pages]
    printed = intake.hold_sheets(session, viewer, [uuid.UUID(hex=page.sheet) for page in found if page.sheet])
    groups = group_pages(found, together=upload.together, pages_per_document=upload.pages_per_document)
    waiting = {
        document.upload_file_id: document
        for document in session.scalars(
            sa.select(IntakeDocument)
            .where(IntakeDocument.upload_id == upload_id, IntakeDocument.status.in_(intake.UNDECIDED))
            .with_for_update()
        )
    }
    if len(groups) > 1 and upload.review_id is not None:
        _forget_review(upload, list(waiting.values()))
    earlier = intake.earlier_likenesses(session, viewer, upload_id, COMPARED_PAGES)
    document_of_file: dict[uuid.UUID, IntakeDocument] = {}
    for group in groups:
        own = [pages[index] for index in group.pages]
        first = files[0] if upload.together else next(file for file in files if file.id == own[0].upload_file_id)
        document = waiting.pop(first.id, None) or _another_document(session, viewer, upload, first)
        for page in own:
            document_of_file.setdefault(page.upload_file_id, document)
        everything = [*own, *_pages_of_earlier_pictures(session, document, group, own, printed)]
        document.similar_to_id = _similar(everything, earlier)
        document.warnings = [*document.warnings, *_warnings(document, group)]
        _fill(session, viewer, document, everything)
    for file in files:
        rest = waiting.pop(file.id, None)
        if rest is not None:
            _end_without_pages(session, viewer, rest, file, document_of_file.get(file.id))
    record(session, viewer, "intake.inspected", "IntakeUpload", upload.id)
    announce(session, upload.id)
    session.flush()


def give_up(session: Session, viewer: Viewer, upload_id: uuid.UUID, code: str) -> None:
    """End an inspection that cannot go on: the pages that are kept make documents, the others say why they do not.

    Raises `DomainError` NOT_FOUND.
    """
    for file in files_to_inspect(session, viewer, upload_id) or []:
        refuse_file(session, file.id, code)
    settle_upload(session, viewer, upload_id)


def _upload(session: Session, viewer: Viewer, upload_id: uuid.UUID) -> Upload:
    upload = session.scalars(intake.uploads_visible_to(viewer).where(Upload.id == upload_id)).first()
    if upload is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return upload


def _another_document(session: Session, viewer: Viewer, upload: Upload, file: UploadFile) -> IntakeDocument:
    document = IntakeDocument(
        organization_id=upload.organization_id,
        upload_id=upload.id,
        upload_file_id=file.id,
        uploaded_by=upload.uploaded_by,
        status=IntakeStatus.UPLOADED,
        warnings=[],
    )
    session.add(document)
    session.flush()
    record(session, viewer, "intake.uploaded", "IntakeDocument", document.id)
    return document


def _forget_review(upload: Upload, documents: Sequence[IntakeDocument]) -> None:
    """Of several documents, none is known to be the paper of the review that was named."""
    upload.review_id = None
    for document in documents:
        document.subject_id = document.cycle_id = None
        document.warnings = [*document.warnings, REVIEW_UNSURE]


def _warnings(document: IntakeDocument, group: PageGroup) -> list[str]:
    similar = [LOOKS_LIKE_EARLIER] if document.similar_to_id is not None else []
    return [PAGE_WITHOUT_CODE, *similar] if group.unsure else similar


def _fill(session: Session, viewer: Viewer, document: IntakeDocument, pages: Sequence[UploadPage]) -> None:
    """Give a document its pages, and let it be read unless a glance told that it is of no use."""
    add_pages(session, document, pages)
    problem = next((page.problem for page in pages if page.problem is not None), None)
    if len(pages) > LONGEST_DOCUMENT:
        _fail(session, viewer, document, TOO_MANY_PAGES)
    elif problem is not None:
        document.status = IntakeStatus.RETAKE
        document.reason_code = problem
        record(session, viewer, "intake.read", "IntakeDocument", document.id)
    document.job_id = enqueue_reading(session, viewer, document).id


def add_pages(session: Session, document: IntakeDocument, pages: Sequence[UploadPage]) -> None:
    """Make pages the pages of a document, in this order."""
    for position, page in enumerate(pages, start=1):
        session.add(
            IntakePage(
                organization_id=document.organization_id,
                document_id=document.id,
                position=position,
                upload_page_id=page.id,
                number=position,
                image_id=page.image_id,
                width=page.width,
                height=page.height,
            )
        )
    session.flush()


def _pages_of_earlier_pictures(
    session: Session,
    document: IntakeDocument,
    group: PageGroup,
    own: Sequence[UploadPage],
    printed: set[uuid.UUID],
) -> list[UploadPage]:
    """Pages of the same sheet of paper that another document which nobody decided has and this one has not."""
    if group.sheet is None or uuid.UUID(hex=group.sheet) not in printed:
        return []
    have = {page.page_code for page in own}
    more: dict[int, UploadPage] = {}
    for page in intake.open_pages_of_sheet(session, document, group.sheet):
        if page.page_code is not None and page.page_code not in have and page.problem is None:
            more.setdefault(page.page_code, page)
    return [more[number] for number in sorted(more)]


def _similar(own: Sequence[UploadPage], earlier: Sequence[EarlierPicture]) -> uuid.UUID | None:
    """An earlier document with a picture like one of these and no other sheet's code."""
    for page in own:
        if page.likeness is None:
            continue
        bits = int(page.likeness, 16)
        for other in earlier:
            other_sheet = page.sheet_code and other.sheet_code and page.sheet_code != other.sheet_code
            if not other_sheet and (bits ^ int(other.likeness, 16)).bit_count() <= ALIKE_BITS:
                return other.document_id
    return None


def _end_without_pages(
    session: Session, viewer: Viewer, document: IntakeDocument, file: UploadFile, other: IntakeDocument | None
) -> None:
    if other is None:
        _fail(session, viewer, document, file.reason_code or NO_PAGES)
    else:
        document.status = IntakeStatus.SUPERSEDED
        document.reason_code = PAGES_JOINED
        document.superseded_by_id = other.id
        record(session, viewer, "intake.superseded", "IntakeDocument", document.id)
    # The job that waited to read it ends without work.
    enqueue_reading(session, viewer, document)


def _fail(session: Session, viewer: Viewer, document: IntakeDocument, code: str) -> None:
    document.status = IntakeStatus.FAILED
    document.reason_code = code
    record(session, viewer, "intake.failed", "IntakeDocument", document.id)
