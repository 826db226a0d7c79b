"""A person is erased from paper: pictures and words of the forms about them go, figures and history stay."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.jobs import announce
from db.models.intake import FormVersion, IntakeDocument, IntakeStatus
from db.models.reviews import Review
from db.queries import intake, retention
from db.viewer import Role, Viewer
from ocr.contract import FormField
from resolvers import access, forms
from resolvers.briefs.erasure import erase_quoted_reviews
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake.nobodys import naming
from resolvers.intake.retention import let_go_of_pictures
from resolvers.intake.uploads import clean_filename
from resolvers.review_standards import standards_of
from resolvers.rules.erasure import Bearing, stays
from resolvers.rules.standards import applied

ERASED = "erased"
"""Reason code of a document that nobody had decided when the person it is about was erased."""


@dataclass(frozen=True, slots=True)
class ErasedPaper:
    """Out of which documents a person was erased."""

    documents: Sequence[IntakeDocument]
    unsure: Sequence[IntakeDocument]
    """Documents about nobody yet that may be the person's, left as they are: somebody has to look at them."""


def erase_paper(
    session: Session, viewer: Viewer, person_id: uuid.UUID, nobodys: Collection[uuid.UUID] = ()
) -> ErasedPaper:
    """Take a person's words and pictures out of all forms about them, and out of what briefs quote of these. For HR.

    Originals, pages, crops and the printable sheets go; of readings, entries and the answers of the reviews made of
    them there stays what `resolvers.rules.erasure.stays` lets stay; remarks and reasons go. A file that holds other
    people's pages too is let go of as it was received, their pages stay. What nobody had decided ends REJECTED. What
    other people's forms say of the person stays: it is theirs. The log says that it was done, and nothing of what
    stood there.

    A form about nobody yet is theirs as `resolvers.rules.erasure.bearing` says, and when its id is among `nobodys`,
    because somebody looked at it.

    Raises `DomainError` FORBIDDEN, and NOT_FOUND for an unknown person or a document that is not about nobody.
    """
    if not viewer.has(Role.HR):
        raise DomainError(ErrorCode.FORBIDDEN)
    access.require_answers_for(session, viewer, person_id, ("input", "personId"))
    _end_inspections(session, viewer, person_id)
    named = naming(session, viewer, person_id)
    if not set(nobodys) <= {id_ for ids in named.values() for id_ in ids}:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "documentIds"))
    sheets = retention.sheets_of(session, viewer, person_id)
    theirs = named.get(Bearing.THEIRS, set()) | set(nobodys)
    documents = retention.held_documents_about(session, viewer, person_id, sheets, theirs)
    for sheet in sheets:
        if sheet.pdf_id is not None:
            sheet.pdf_id = None
            record(session, viewer, "intake.sheet_erased", "FormSheet", sheet.id)
    _erase_words(session, viewer, documents)
    erase_quoted_reviews(session, viewer, person_id)
    _erase_pictures(session, documents)
    for document in documents:
        document.erased_at = now()
        document.reason = document.suggestions = None
        if document.status in intake.UNDECIDED:
            document.status, document.reason_code = IntakeStatus.REJECTED, ERASED
            document.decided_by, document.decided_at = viewer.person_id, document.erased_at
        record(session, viewer, "intake.erased", "IntakeDocument", document.id)
        announce(session, document.upload_id)
    session.flush()
    left = named.get(Bearing.PERHAPS, set()) - {document.id for document in documents}
    unsure = intake.by_ids(session, intake.visible_to(session, viewer), left)
    return ErasedPaper(documents, [unsure[id_] for id_ in sorted(unsure)])


def _end_inspections(session: Session, viewer: Viewer, person_id: uuid.UUID) -> None:
    """What is being decoded for a review of the person makes no documents any more."""
    uploads = retention.held_unsettled_uploads(session, viewer, person_id)
    for upload in uploads:
        upload.inspected_at = now()
    for page in retention.pages_of_uploads(session, [upload.id for upload in uploads]):
        page.image_id = page.likeness = page.form_fields = None
    session.flush()


def _erase_pictures(session: Session, documents: Sequence[IntakeDocument]) -> None:
    ids = [document.id for document in documents]
    let_go_of_pictures(session, documents)
    for file in retention.originals_of(session, ids):
        file.file_id = None
    for file in retention.upload_files_without_pictures(session, ids):
        file.filename = clean_filename("")
    session.flush()


def _erase_words(session: Session, viewer: Viewer, documents: Sequence[IntakeDocument]) -> None:
    readings = intake.fields(session, [document.id for document in documents])
    fields: dict[uuid.UUID, FormField | None] = {}
    for document in documents:
        of_form = _fields_of(session, viewer, document)
        for reading in readings.get(document.id, []):
            fields[reading.id] = of_form.get(reading.key)
            reading.value = _left(fields[reading.id], reading.value)
            reading.raw_text = ""
    for entry in retention.entries_of(session, fields):
        entry.value = _left(fields[entry.field_id], entry.value)
    for answer in retention.answers_of(session, fields):
        answer.value = None if answer.field_id is None else _left(fields[answer.field_id], answer.value)
    for remark in retention.remarks_of(session, documents):
        remark.comment = None
        if isinstance(remark, Review):
            record(session, viewer, "review.erased", "Review", remark.id)
    session.flush()


def _left(field: FormField | None, value: str | None) -> str | None:
    return value if field is not None and stays(field, value) else None


def _fields_of(session: Session, viewer: Viewer, document: IntakeDocument) -> dict[str, FormField]:
    if document.form_version_id is None:
        return {}
    template = forms.template_of(session.get_one(FormVersion, document.form_version_id))
    return {field.key: field for field in applied(template, standards_of(session, viewer)).fields}
