"""Which photographed forms let go of their pictures and words, and which bytes nothing holds any more then."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.intake import (
    IntakeCheck,
    IntakeDocument,
    IntakeEntry,
    IntakeField,
    IntakePage,
    IntakeStatus,
    Sheet,
    Upload,
    UploadFile,
    UploadPage,
)
from db.models.reviews import Review, ReviewAnswer, ReviewSource
from db.queries.intake import UNREAD, hold_sheets
from db.viewer import Viewer


def expired_documents(session: Session, viewer: Viewer, before: datetime.datetime) -> list[IntakeDocument]:
    """Documents with pictures that were decided, or given up without a decision, before that moment."""
    ended = sa.func.coalesce(IntakeDocument.decided_at, IntakeDocument.created_at)
    waiting = (*UNREAD, IntakeStatus.NEEDS_REVIEW, IntakeStatus.NEEDS_TEMPLATE)
    return list(
        session.scalars(
            sa.select(IntakeDocument)
            .where(
                IntakeDocument.organization_id == viewer.organization_id,
                IntakeDocument.status.not_in(waiting),
                ended < before,
                _has_pictures(),
            )
            .order_by(IntakeDocument.id)
        )
    )


def sheets_of(session: Session, viewer: Viewer, person_id: uuid.UUID) -> list[Sheet]:
    """The sheets that were printed for a person, locked: they are held before any of their documents."""
    printed = sa.select(Sheet).where(Sheet.organization_id == viewer.organization_id, Sheet.subject_id == person_id)
    held = hold_sheets(session, viewer, session.scalars(printed.with_only_columns(Sheet.id)))
    return list(session.scalars(printed.where(Sheet.id.in_(held)).order_by(Sheet.id)))


def documents_about_nobody(session: Session, viewer: Viewer) -> list[IntakeDocument]:
    """Documents with pictures or words of which nobody knows yet whom they are about."""
    return list(
        session.scalars(
            sa.select(IntakeDocument)
            .where(
                IntakeDocument.organization_id == viewer.organization_id,
                IntakeDocument.subject_id.is_(None),
                _holds_something(),
            )
            .order_by(IntakeDocument.id)
        )
    )


def words_in_fields(
    session: Session, documents: Iterable[IntakeDocument], keys: Iterable[str]
) -> dict[uuid.UUID, dict[str, str]]:
    """What stands in the fields of these keys, by document: the last that a person said, else what was read."""
    fields = (
        sa.select(IntakeField.document_id, IntakeField.key, IntakeField.value, IntakeField.raw_text, IntakeEntry.value)
        .join(IntakeEntry, IntakeEntry.field_id == IntakeField.id, isouter=True)
        .where(IntakeField.document_id.in_([document.id for document in documents]), IntakeField.key.in_(set(keys)))
        .order_by(IntakeEntry.id)
    )
    found: dict[uuid.UUID, dict[str, str]] = {}
    for document_id, key, value, raw_text, said in session.execute(fields):
        found.setdefault(document_id, {})[key] = said or value or raw_text
    return found


def held_documents_about(
    session: Session, viewer: Viewer, person_id: uuid.UUID, sheets: Iterable[Sheet], nobodys: Iterable[uuid.UUID]
) -> list[IntakeDocument]:
    """Documents about a person that hold pictures or words, locked.

    Where nobody is known yet whom a document is about, the sheet does that was printed for the person, by the code that
    was read or glanced at, and so does the word of one of two people who check it; a sheet of theirs that somebody
    else's form was written on is not theirs. `nobodys`: documents about nobody yet that are the person's besides. With
    them go the same bytes handed in again, and what stood for their pages before.
    """
    own = {sheet.id for sheet in sheets}
    glanced = sa.exists().where(
        IntakePage.document_id == IntakeDocument.id,
        UploadPage.id == IntakePage.upload_page_id,
        UploadPage.sheet_code.in_({sheet.hex for sheet in own}),
    )
    said = sa.exists().where(IntakeCheck.document_id == IntakeDocument.id, IntakeCheck.subject_id == person_id)
    nobody = IntakeDocument.subject_id.is_(None)
    theirs = sa.or_(
        IntakeDocument.subject_id == person_id,
        sa.and_(
            nobody,
            sa.or_(IntakeDocument.sheet_id.in_(own), glanced, said, IntakeDocument.id.in_(set(nobodys))),
        ),
    )
    every = sa.select(IntakeDocument.id).where(IntakeDocument.organization_id == viewer.organization_id)
    ids = set(session.scalars(every.where(theirs)))
    newest = ids
    while newest:
        shared = sa.select(IntakePage.upload_page_id).where(IntakePage.document_id.in_(newest))
        same_pages = sa.select(IntakePage.document_id).where(IntakePage.upload_page_id.in_(shared))
        before = sa.or_(IntakeDocument.superseded_by_id.in_(newest), IntakeDocument.id.in_(same_pages))
        replaced = every.where(nobody, IntakeDocument.status == IntakeStatus.SUPERSEDED, before)
        newest = set(session.scalars(replaced)) - ids
        ids |= newest
    return list(
        session.scalars(
            sa.select(IntakeDocument)
            .where(IntakeDocument.id.in_(ids), _holds_something())
            .order_by(IntakeDocument.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _holds_something() -> sa.ColumnElement[bool]:
    return sa.or_(_has_pictures(), IntakeDocument.erased_at.is_(None))


def _has_pictures() -> sa.ColumnElement[bool]:
    has_file = sa.exists().where(UploadFile.id == IntakeDocument.upload_file_id, UploadFile.file_id.is_not(None))
    has_page = sa.exists().where(IntakePage.document_id == IntakeDocument.id, IntakePage.image_id.is_not(None))
    return sa.or_(has_file, has_page)


def upload_pages_only_of(session: Session, document_ids: Iterable[uuid.UUID]) -> list[UploadPage]:
    """The pages of these documents that no other document with pictures has."""
    ids = set(document_ids)
    of_these = sa.select(IntakePage.upload_page_id).where(IntakePage.document_id.in_(ids))
    of_others = sa.select(IntakePage.upload_page_id).where(
        IntakePage.document_id.not_in(ids), IntakePage.image_id.is_not(None)
    )
    return list(
        session.scalars(sa.select(UploadPage).where(UploadPage.id.in_(of_these), UploadPage.id.not_in(of_others)))
    )


def upload_files_without_pictures(session: Session, document_ids: Iterable[uuid.UUID]) -> list[UploadFile]:
    """The files of these documents' uploads of which no page has its picture, and that no other document waits for."""
    ids = set(document_ids)
    uploads = sa.select(IntakeDocument.upload_id).where(IntakeDocument.id.in_(ids))
    has_page = sa.exists().where(UploadPage.upload_file_id == UploadFile.id, UploadPage.image_id.is_not(None))
    unread = sa.exists().where(
        IntakeDocument.upload_file_id == UploadFile.id, IntakeDocument.id.not_in(ids), IntakeDocument.status.in_(UNREAD)
    )
    return list(session.scalars(sa.select(UploadFile).where(UploadFile.upload_id.in_(uploads), ~has_page, ~unread)))


def originals_of(session: Session, document_ids: Iterable[uuid.UUID]) -> list[UploadFile]:
    """The files, still kept as they were received, that hold a page of one of these documents, whoever else's too."""
    ids = set(document_ids)
    first = sa.select(IntakeDocument.upload_file_id).where(IntakeDocument.id.in_(ids))
    paged = (
        sa.select(UploadPage.upload_file_id)
        .join(IntakePage, IntakePage.upload_page_id == UploadPage.id)
        .where(IntakePage.document_id.in_(ids))
    )
    held = sa.or_(UploadFile.id.in_(first), UploadFile.id.in_(paged))
    return list(session.scalars(sa.select(UploadFile).where(UploadFile.file_id.is_not(None), held)))


def held_unsettled_uploads(session: Session, viewer: Viewer, person_id: uuid.UUID) -> list[Upload]:
    """Uploads for a review of a person of which it is not known yet what they hold, locked: before any document."""
    about = sa.select(IntakeDocument.upload_id).where(
        IntakeDocument.organization_id == viewer.organization_id, IntakeDocument.subject_id == person_id
    )
    return list(
        session.scalars(
            sa.select(Upload)
            .where(Upload.id.in_(about), Upload.inspected_at.is_(None))
            .order_by(Upload.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def pages_of_uploads(session: Session, upload_ids: Iterable[uuid.UUID]) -> list[UploadPage]:
    """Every page that was kept of these uploads' files so far."""
    files = sa.select(UploadFile.id).where(UploadFile.upload_id.in_(set(upload_ids)))
    return list(session.scalars(sa.select(UploadPage).where(UploadPage.upload_file_id.in_(files))))


def entries_of(session: Session, field_ids: Iterable[uuid.UUID]) -> list[IntakeEntry]:
    """What people said about these fields."""
    return list(session.scalars(sa.select(IntakeEntry).where(IntakeEntry.field_id.in_(set(field_ids)))))


def answers_of(session: Session, field_ids: Iterable[uuid.UUID]) -> list[ReviewAnswer]:
    """The reviews' answers that came from these readings."""
    return list(session.scalars(sa.select(ReviewAnswer).where(ReviewAnswer.field_id.in_(set(field_ids)))))


def remarks_of(session: Session, documents: Iterable[IntakeDocument]) -> list[IntakeCheck | Review]:
    """What carries remarks of those who checked these documents: their checks, and the reviews made of them."""
    found = list(documents)
    ids = {document.id for document in found}
    reviews = {document.review_id for document in found if document.review_id is not None}
    of_paper = sa.select(Review).where(Review.id.in_(reviews), Review.source == ReviewSource.PAPER)
    return [
        *session.scalars(sa.select(IntakeCheck).where(IntakeCheck.document_id.in_(ids))),
        *session.scalars(of_paper),
    ]
