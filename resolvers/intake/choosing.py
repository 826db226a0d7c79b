"""A person says which form a document is: it is read again as that form, or filled in by hand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.events import record
from db.jobs import enqueue
from db.models.intake import IntakeDocument, IntakeStatus
from db.viewer import Viewer
from resolvers import access
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake import template_choice
from resolvers.intake.reading import locked_document
from resolvers.intake.uploads import READ_JOB

_UNKNOWN_FORM = frozenset({"not_a_form", "wrong_form"})
"""Reasons for another picture that may only mean that the form was not recognised."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which form a document is."""

    version_id: uuid.UUID
    by_hand: bool = False
    """Do not read it again: the fields are for a person to fill in, with what was suggested for them."""
    expected_version: int | None = None


def choose_template(session: Session, viewer: Viewer, document_id: uuid.UUID, choice: Choice) -> IntakeDocument:
    """Say which form a document is that was not recognised; a job reads it as that form alone.

    For managers and HR who may see the document. Raises `DomainError` FORBIDDEN, NOT_FOUND (document or form),
    CONFLICT, and NOT_READY unless its form is unknown.
    """
    access.require_paper_role(viewer)
    document = locked_document(session, viewer, document_id)
    version = template_choice.version_named(session, viewer, choice.version_id)
    if version is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "formTemplateId"))
    unknown = document.status is IntakeStatus.RETAKE and document.reason_code in _UNKNOWN_FORM
    if document.status is not IntakeStatus.NEEDS_TEMPLATE and not unknown:
        raise DomainError(ErrorCode.NOT_READY)
    if choice.expected_version is not None and choice.expected_version != document.version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    document.chosen_version_id = version.id
    document.reason_code = None
    if choice.by_hand:
        document.status = IntakeStatus.NEEDS_REVIEW
        document.form_version_id = version.id
        document.warnings = [*document.warnings, template_choice.BY_HAND]
        template_choice.add_fields_by_hand(session, document, version)
    else:
        document.status = IntakeStatus.UPLOADED
        document.job_id = enqueue(session, viewer, READ_JOB, {"document_id": str(document.id)}).id
    session.flush()
    record(session, viewer, "intake.template_chosen", "IntakeDocument", document.id)
    return document
