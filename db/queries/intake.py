"""Photographed forms: which a viewer may see, and what belongs to them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.files import StoredFile
from db.models.intake import (
    FormVersion,
    IntakeDocument,
    IntakeEntry,
    IntakeField,
    IntakePage,
    IntakeStatus,
    Sheet,
    Upload,
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
    return statement if viewer.has(Role.HR) else statement.where(Upload.uploaded_by == viewer.person_id)


def sheets_visible_to(session: Session, viewer: Viewer) -> sa.Select[Sheet]:
    """The sheets one asked for and those of the people one answers for."""
    conditions = [Sheet.requested_by == viewer.person_id]
    led = people.led_ids(session, viewer)
    if led is not None:
        conditions.append(Sheet.subject_id.in_(led))
    return sa.select(Sheet).where(Sheet.organization_id == viewer.organization_id, sa.or_(*conditions))


def forms(viewer: Viewer) -> sa.Select[FormVersion]:
    """All published forms of the organisation, which everybody may see blank."""
    return sa.select(FormVersion).where(FormVersion.organization_id == viewer.organization_id)


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
    return session.scalars(
        visible_to(session, viewer)
        .join(Upload, Upload.id == IntakeDocument.upload_id)
        .where(
            Upload.sha256 == sha256,
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


def pages(session: Session, document_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[IntakePage]]:
    """The pages of documents that the caller loaded through `visible_to`, in order."""
    found: dict[uuid.UUID, list[IntakePage]] = {}
    for page in session.scalars(
        sa.select(IntakePage).where(IntakePage.document_id.in_(set(document_ids))).order_by(IntakePage.number)
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


def subjects(session: Session, document_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID | None]:
    """Whom documents are about that the caller loaded through `visible_to`."""
    rows = session.execute(
        sa.select(IntakeDocument.id, IntakeDocument.subject_id).where(IntakeDocument.id.in_(set(document_ids)))
    )
    return {row.id: row.subject_id for row in rows}


def stored_files(session: Session, file_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, StoredFile]:
    found = session.scalars(sa.select(StoredFile).where(StoredFile.id.in_(set(file_ids))))
    return {row.id: row for row in found}
