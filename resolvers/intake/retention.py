"""How long the pictures of paper are kept: originals, pages and crops go, what was read and what people said stays."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.events import record
from db.models.intake import IntakeDocument, IntakeField, IntakePage, IntakePolicy
from db.queries import intake, retention
from db.viewer import Role, Viewer
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
    documents = retention.expired_documents(session, viewer, before)
    let_go_of_pictures(session, documents)
    for document in documents:
        record(session, viewer, "intake.pictures_removed", "IntakeDocument", document.id)
    session.flush()
    return len(documents)


def let_go_of_pictures(session: Session, documents: Sequence[IntakeDocument]) -> None:
    """Let go of the pictures of documents, and of the files of which no page has its picture any more."""
    ids = [document.id for document in documents]
    for page in retention.upload_pages_only_of(session, ids):
        page.image_id = page.likeness = page.form_fields = None
    session.execute(sa.update(IntakePage).where(IntakePage.document_id.in_(ids)).values(image_id=None))
    session.execute(sa.update(IntakeField).where(IntakeField.document_id.in_(ids)).values(crop_id=None))
    session.flush()
    for file in retention.upload_files_without_pictures(session, ids):
        file.file_id = None
    session.flush()
