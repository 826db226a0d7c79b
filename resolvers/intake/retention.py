"""How long the pictures of paper are kept: originals, pages and crops go, what was read and what people said stays."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.events import record
from db.models.intake import IntakeDocument, IntakeField, IntakePage, IntakePolicy
from db.queries import intake
from db.viewer import Role, Viewer
from resolvers import access
from resolvers.errors import DomainError, ErrorCode

USUAL_DAYS = 180
"""Where the organisation has said nothing: long enough for an appeal against the review."""
LONGEST_DAYS = 3650


def pictures_kept_days(session: Session, viewer: Viewer) -> int:
    """Days after its decision for which the organisation keeps a form's pictures."""
    policy = session.scalars(intake.policies(viewer)).first()
    return USUAL_DAYS if policy is None else policy.pictures_kept_days


def set_policy(session: Session, viewer: Viewer, days: int, expected_version: int | None) -> IntakePolicy:
    """Say for how many days pictures are kept. For HR and administrators.

    Raises `DomainError` FORBIDDEN, NUMBER_OUT_OF_RANGE (1 to 3650 days) and CONFLICT.
    """
    if not viewer.has(Role.HR, Role.ADMINISTRATOR):
        raise DomainError(ErrorCode.FORBIDDEN)
    if not 1 <= days <= LONGEST_DAYS:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "picturesKeptDays"))
    standing = session.scalars(intake.policies(viewer).with_for_update()).first()
    if expected_version is not None and (standing.version if standing else 0) != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    policy = standing or IntakePolicy(organization_id=viewer.organization_id)
    policy.pictures_kept_days = days
    session.add(policy)
    try:
        session.flush()
    except IntegrityError as error:  # another request made the first policy at the same time
        raise DomainError(ErrorCode.CONFLICT) from error
    record(session, viewer, "intake.policy_set", "IntakePolicy", policy.id)
    return policy


def expire_pictures(session: Session, viewer: Viewer, moment: datetime.datetime) -> int:
    """Let go of the pictures of forms whose time is over at `moment`; return of how many forms.

    The time runs from the decision, and for what nobody decided from the upload. A form that waits for a person keeps
    its pictures. The bytes go with the next sweep, unless a form that is kept has the same.
    """
    before = moment - datetime.timedelta(days=pictures_kept_days(session, viewer))
    return _let_go(session, viewer, intake.expired_documents(session, viewer, before))


def erase_pictures(session: Session, viewer: Viewer, person_id: uuid.UUID) -> int:
    """Let go of all pictures of forms about a person, at once; return of how many forms. For HR.

    Raises `DomainError` FORBIDDEN, and NOT_FOUND for an unknown person.
    """
    if not viewer.has(Role.HR):
        raise DomainError(ErrorCode.FORBIDDEN)
    access.require_answers_for(session, viewer, person_id, ("input", "personId"))
    return _let_go(session, viewer, intake.documents_about(session, viewer, person_id))


def _let_go(session: Session, viewer: Viewer, documents: Sequence[IntakeDocument]) -> int:
    ids = [document.id for document in documents]
    if not ids:
        return 0
    pages = intake.upload_pages_only_of(session, ids)
    for page in pages:
        page.image_id = page.likeness = page.form_fields = None
    session.execute(sa.update(IntakePage).where(IntakePage.document_id.in_(ids)).values(image_id=None))
    session.execute(sa.update(IntakeField).where(IntakeField.document_id.in_(ids)).values(crop_id=None))
    session.flush()
    for file in intake.upload_files_without_pictures(session, ids):
        file.file_id = None
    for document in documents:
        record(session, viewer, "intake.pictures_removed", "IntakeDocument", document.id)
    session.flush()
    return len(ids)
