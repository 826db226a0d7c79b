"""Photographed forms: which a viewer may see, and what belongs to them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.files import StoredFile
from db.models.intake import (
    DoubleEntry,
    EntryStage,
    FormVersion,
    IntakeCheck,
    IntakeDocument,
    IntakeEntry,
    IntakeField,
    IntakePage,
    IntakePolicy,
    IntakeStatus,
    IntakeWait,
    Sheet,
    Upload,
    UploadFile,
    UploadPage,
)
from db.queries import people
from db.viewer import Role, Viewer

Row = TypeVar("Row", IntakeDocument, Upload, Sheet, FormVersion)

ALIVE = (
    IntakeStatus.UPLOADED,
    IntakeStatus.READING,
    IntakeStatus.NEEDS_REVIEW,
    IntakeStatus.CONFIRMED,
)
"""Documents that are on their way or arrived; the others were given up."""
UNDECIDED = (
    IntakeStatus.UPLOADED,
    IntakeStatus.READING,
    IntakeStatus.NEEDS_TEMPLATE,
    IntakeStatus.NEEDS_REVIEW,
    IntakeStatus.RETAKE,
    IntakeStatus.FAILED,
)
"""Documents that nobody confirmed or turned down, and for which no other stands."""
FOR_A_PERSON = (IntakeStatus.NEEDS_TEMPLATE, IntakeStatus.NEEDS_REVIEW, IntakeStatus.RETAKE, IntakeStatus.FAILED)
"""Documents that wait for a person."""
UNREAD = (IntakeStatus.UPLOADED, IntakeStatus.READING)
"""Documents that wait for the machine."""
WAITS: Mapping[tuple[IntakeStatus, EntryStage | None], IntakeWait] = {
    (IntakeStatus.NEEDS_TEMPLATE, None): IntakeWait.TEMPLATE,
    (IntakeStatus.RETAKE, None): IntakeWait.PICTURE,
    (IntakeStatus.FAILED, None): IntakeWait.PICTURE,
    (IntakeStatus.NEEDS_REVIEW, None): IntakeWait.ENTRY,
    (IntakeStatus.NEEDS_REVIEW, EntryStage.SECOND): IntakeWait.SECOND_ENTRY,
    (IntakeStatus.NEEDS_REVIEW, EntryStage.DECISION): IntakeWait.DECISION,
}
"""Which act of a person documents wait for."""


def visible_to(session: Session, viewer: Viewer) -> sa.Select[IntakeDocument]:
    """What one uploaded, the documents of the people one answers for, and, once confirmed, those about oneself.

    HR also sees the documents for which no person is known yet.
    """
    conditions = [
        IntakeDocument.uploaded_by == viewer.person_id,
        sa.and_(IntakeDocument.subject_id == viewer.person_id, IntakeDocument.status == IntakeStatus.CONFIRMED),
    ]
    led = people.led_ids(session, viewer)
    if led is not None:
        conditions.append(IntakeDocument.subject_id.in_(led))
    if viewer.has(Role.HR) or viewer.is_system:
        conditions.append(IntakeDocument.subject_id.is_(None))
    return sa.select(IntakeDocument).where(
        IntakeDocument.organization_id == viewer.organization_id, sa.or_(*conditions)
    )


def uploads_visible_to(viewer: Viewer) -> sa.Select[Upload]:
    """One's own uploads; HR sees all."""
    statement = sa.select(Upload).where(Upload.organization_id == viewer.organization_id)
    return (
        statement
        if viewer.has(Role.HR) or viewer.is_system
        else statement.where(Upload.uploaded_by == viewer.person_id)
    )


def sheets_visible_to(session: Session, viewer: Viewer) -> sa.Select[Sheet]:
    """The sheets one asked for and those of the people one answers for."""
    conditions = [Sheet.requested_by == viewer.person_id]
    led = people.led_ids(session, viewer)
    if led is not None:
        conditions.append(Sheet.subject_id.in_(led))
    return sa.select(Sheet).where(Sheet.organization_id == viewer.organization_id, sa.or_(*conditions))


def hold_sheets(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Lock the printed sheets among these until the transaction ends, and return their ids. The sheet is what all
    pictures of one piece of paper share: it is held before any of their documents, so that nobody waits crosswise."""
    statement = sa.select(Sheet.id).where(Sheet.organization_id == viewer.organization_id, Sheet.id.in_(set(ids)))
    return set(session.scalars(statement.order_by(Sheet.id).with_for_update()))


def forms(viewer: Viewer) -> sa.Select[FormVersion]:
    """All published forms of the organisation, which everybody may see blank."""
    return sa.select(FormVersion).where(FormVersion.organization_id == viewer.organization_id)


def double_entries(viewer: Viewer) -> sa.Select[DoubleEntry]:
    """Which fields of the organisation's forms two people check."""
    return sa.select(DoubleEntry).where(DoubleEntry.organization_id == viewer.organization_id)


def double_entry_of_forms(
    session: Session, viewer: Viewer, version_ids: Iterable[uuid.UUID | None]
) -> dict[uuid.UUID, DoubleEntry]:
    """By form; without those for which nobody said anything."""
    wanted = {id_ for id_ in version_ids if id_ is not None}
    found = session.scalars(double_entries(viewer).where(DoubleEntry.form_version_id.in_(wanted)))
    return {setting.form_version_id: setting for setting in found}


def latest_form(session: Session, viewer: Viewer, key: str) -> FormVersion | None:
    """The newest published version of a form."""
    return session.scalars(
        forms(viewer).where(FormVersion.key == key).order_by(FormVersion.number.desc()).limit(1)
    ).first()


def by_ids(session: Session, statement: sa.Select[Row], ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Row]:
    """Those rows of a `visible_to` statement that have one of the ids."""
    entity: type[Row] = statement.column_descriptions[0]["entity"]
    return {row.id: row for row in session.scalars(statement.where(entity.id.in_(set(ids))))}


def earlier_document(session: Session, viewer: Viewer, sha256: str, template_key: str | None) -> IntakeDocument | None:
    """The first document of the same bytes that makes reading them again useless, if the viewer may see it.

    A picture that was not readable as one form may well be as another: there the named form must be the same, too.
    """
    as_named = Upload.template_key.is_not_distinct_from(template_key)
    same = sa.select(UploadFile.id).where(
        UploadFile.organization_id == viewer.organization_id, UploadFile.sha256 == sha256
    )
    with_its_pages = (
        sa.select(IntakePage.document_id)
        .join(UploadPage, UploadPage.id == IntakePage.upload_page_id)
        .where(UploadPage.upload_file_id.in_(same))
    )
    return session.scalars(
        visible_to(session, viewer)
        .join(Upload, Upload.id == IntakeDocument.upload_id)
        .where(
            sa.or_(IntakeDocument.upload_file_id.in_(same), IntakeDocument.id.in_(with_its_pages)),
            sa.or_(IntakeDocument.status.in_(ALIVE), sa.and_(IntakeDocument.status == IntakeStatus.RETAKE, as_named)),
        )
        .order_by(IntakeDocument.created_at, IntakeDocument.id)
        .limit(1)
    ).first()


def documents_of_uploads(
    session: Session, viewer: Viewer, upload_ids: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, list[IntakeDocument]]:
    found: dict[uuid.UUID, list[IntakeDocument]] = {}
    for document in session.scalars(
        visible_to(session, viewer)
        .where(IntakeDocument.upload_id.in_(set(upload_ids)))
        .order_by(IntakeDocument.created_at, IntakeDocument.id)
    ):
        found.setdefault(document.upload_id, []).append(document)
    return found


def upload_files(session: Session, upload_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[UploadFile]]:
    """The files of uploads that the caller loaded through `uploads_visible_to`, in their order."""
    found: dict[uuid.UUID, list[UploadFile]] = {}
    for file in session.scalars(
        sa.select(UploadFile).where(UploadFile.upload_id.in_(set(upload_ids))).order_by(UploadFile.position)
    ):
        found.setdefault(file.upload_id, []).append(file)
    return found


def page_counts(session: Session, upload_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many pages are kept of each file of an upload; a file of which none is kept is not there."""
    rows = session.execute(
        sa.select(UploadPage.upload_file_id, sa.func.count())
        .join(UploadFile, UploadFile.id == UploadPage.upload_file_id)
        .where(UploadFile.upload_id == upload_id)
        .group_by(UploadPage.upload_file_id)
    )
    return {row[0]: row[1] for row in rows}


def upload_pages(session: Session, file_ids: Iterable[uuid.UUID]) -> list[UploadPage]:
    """The pages of files, in the order of the files and of their own."""
    return list(
        session.scalars(
            sa.select(UploadPage)
            .join(UploadFile, UploadFile.id == UploadPage.upload_file_id)
            .where(UploadPage.upload_file_id.in_(set(file_ids)))
            .order_by(UploadFile.position, UploadPage.number)
        )
    )


def upload_pages_by_ids(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, UploadPage]:
    """The pages as they were decoded, behind pages that the caller loaded through `pages_by_ids`."""
    return {page.id: page for page in session.scalars(sa.select(UploadPage).where(UploadPage.id.in_(set(ids))))}


def pictures(session: Session, document_id: uuid.UUID) -> list[UploadPage]:
    """The pages of a document as they were decoded, in its order."""
    return list(
        session.scalars(
            sa.select(UploadPage)
            .join(IntakePage, IntakePage.upload_page_id == UploadPage.id)
            .where(IntakePage.document_id == document_id)
            .order_by(IntakePage.position)
        )
    )


def open_pages_of_sheet(session: Session, document: IntakeDocument, sheet_code: str) -> list[UploadPage]:
    """Pages with this code of other documents that nobody decided yet, the latest first."""
    return list(
        session.scalars(
            sa.select(UploadPage)
            .join(IntakePage, IntakePage.upload_page_id == UploadPage.id)
            .join(IntakeDocument, IntakeDocument.id == IntakePage.document_id)
            .where(
                IntakeDocument.organization_id == document.organization_id,
                IntakeDocument.id != document.id,
                IntakeDocument.status.in_(UNDECIDED),
                UploadPage.sheet_code == sheet_code,
            )
            .order_by(UploadPage.id.desc())
        )
    )


def policies(viewer: Viewer) -> sa.Select[IntakePolicy]:
    """The organisation's one policy, if it made any."""
    return sa.select(IntakePolicy).where(IntakePolicy.organization_id == viewer.organization_id)


class EarlierPicture(NamedTuple):
    """A page of an earlier document, for comparing."""

    likeness: str
    sheet_code: str | None
    document_id: uuid.UUID


def earlier_likenesses(session: Session, viewer: Viewer, upload_id: uuid.UUID, limit: int) -> list[EarlierPicture]:
    """The latest pages of other uploads' documents that the viewer may see."""
    documents = visible_to(session, viewer).with_only_columns(IntakeDocument.id)
    rows = session.execute(
        sa.select(UploadPage.likeness, UploadPage.sheet_code, IntakePage.document_id)
        .join(IntakePage, IntakePage.upload_page_id == UploadPage.id)
        .join(UploadFile, UploadFile.id == UploadPage.upload_file_id)
        .where(
            IntakePage.document_id.in_(documents), UploadPage.likeness.is_not(None), UploadFile.upload_id != upload_id
        )
        .order_by(UploadPage.id.desc())
        .limit(limit)
    )
    return [EarlierPicture(row.likeness or "", row.sheet_code, row.document_id) for row in rows]


def pages(session: Session, document_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[IntakePage]]:
    """The pages of documents that the caller loaded through `visible_to`, in order."""
    found: dict[uuid.UUID, list[IntakePage]] = {}
    for page in session.scalars(
        sa.select(IntakePage).where(IntakePage.document_id.in_(set(document_ids))).order_by(IntakePage.position)
    ):
        found.setdefault(page.document_id, []).append(page)
    return found


def fields(session: Session, document_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[IntakeField]]:
    """The machine's readings of documents that the caller loaded through `visible_to`, in the order of the form."""
    found: dict[uuid.UUID, list[IntakeField]] = {}
    for field in session.scalars(
        sa.select(IntakeField).where(IntakeField.document_id.in_(set(document_ids))).order_by(IntakeField.position)
    ):
        found.setdefault(field.document_id, []).append(field)
    return found


def fields_by_ids(session: Session, viewer: Viewer, field_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, IntakeField]:
    """Those of the readings whose document the viewer may see."""
    documents = visible_to(session, viewer).with_only_columns(IntakeDocument.id)
    found = session.scalars(
        sa.select(IntakeField).where(IntakeField.id.in_(set(field_ids)), IntakeField.document_id.in_(documents))
    )
    return {field.id: field for field in found}


def entries(session: Session, field_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[IntakeEntry]]:
    """What people said about these fields, the first word first."""
    found: dict[uuid.UUID, list[IntakeEntry]] = {}
    for entry in session.scalars(
        sa.select(IntakeEntry)
        .where(IntakeEntry.field_id.in_(set(field_ids)))
        .order_by(IntakeEntry.created_at, IntakeEntry.id)
    ):
        found.setdefault(entry.field_id, []).append(entry)
    return found


def checks(session: Session, document_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[IntakeCheck]]:
    """Who gave entries for documents that the caller loaded through `visible_to`, the first first."""
    found: dict[uuid.UUID, list[IntakeCheck]] = {}
    for check in session.scalars(
        sa.select(IntakeCheck)
        .where(IntakeCheck.document_id.in_(set(document_ids)))
        .order_by(IntakeCheck.created_at, IntakeCheck.id)
    ):
        found.setdefault(check.document_id, []).append(check)
    return found


def hidden_fields(session: Session, document_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Of these documents, those of which one person of two gave their entries: the keys of the fields whose entries
    nobody else may see before the second gave theirs."""
    rows = session.execute(
        sa.select(IntakeDocument.id, IntakeDocument.double_entry).where(
            IntakeDocument.id.in_(set(document_ids)), IntakeDocument.entry_stage == EntryStage.SECOND
        )
    )
    return {row.id: frozenset(row.double_entry or ()) for row in rows}


def wait_of(document: IntakeDocument) -> IntakeWait | None:
    """Which act of a person it waits for."""
    return WAITS.get((document.status, document.entry_stage))


def waits_for(waits: Iterable[IntakeWait]) -> sa.ColumnElement[bool]:
    """Documents that wait for one of these acts of a person."""
    wanted = set(waits)
    return sa.or_(
        sa.false(),
        *(
            sa.and_(IntakeDocument.status == status, IntakeDocument.entry_stage.is_not_distinct_from(stage))
            for (status, stage), wait in WAITS.items()
            if wait in wanted
        ),
    )


def pages_by_ids(session: Session, viewer: Viewer, page_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, IntakePage]:
    """Those of the pages whose document the viewer may see."""
    documents = visible_to(session, viewer).with_only_columns(IntakeDocument.id)
    found = session.scalars(
        sa.select(IntakePage).where(IntakePage.id.in_(set(page_ids)), IntakePage.document_id.in_(documents))
    )
    return {page.id: page for page in found}


def subjects(session: Session, document_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID | None]:
    """Whom documents are about that the caller loaded through `visible_to`."""
    rows = session.execute(
        sa.select(IntakeDocument.id, IntakeDocument.subject_id).where(IntakeDocument.id.in_(set(document_ids)))
    )
    return {row.id: row.subject_id for row in rows}


def stored_files(session: Session, file_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, StoredFile]:
    found = session.scalars(sa.select(StoredFile).where(StoredFile.id.in_(set(file_ids))))
    return {row.id: row for row in found}
