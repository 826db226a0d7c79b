"""A person says that the machine read a value right: a doubtful reading counts as a sure one from then on."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from db.models.projects.deliverables import Deliverable, DeliverableFile, Reading, ReadingConfirmation
from db.queries.projects import deliverables
from db.viewer import Viewer
from ml.metrics.contract import Kind
from resolvers.errors import DomainError, ErrorCode
from resolvers.projects.authority import may_judge
from resolvers.projects.evaluation import deliverable_to_change, evaluate
from resolvers.telling import DELIVERABLE, tell

READING_PATH = ("input", "id")


def confirm_reading(
    session: Session, viewer: Viewer, reading_id: uuid.UUID, expected_version: int | None = None
) -> Reading:
    """Say that a result of the newest file was read right; the file is judged anew beside what was said before.

    For whoever may overrule the flag, and so never for who handed the file in. Doing it again changes nothing.
    `expected_version` is the deliverable's. Raises `DomainError`: NOT_FOUND, FORBIDDEN, CONFLICT, READING_OUTDATED,
    READING_NOT_MEASURED, READING_DISPUTED.
    """
    reading, file, deliverable = reading_to_take(session, viewer, reading_id, expected_version)
    if not may_judge(session, viewer, deliverable, file):
        raise DomainError(ErrorCode.FORBIDDEN, READING_PATH)
    require_result(reading, file, deliverable)
    confirm(session, viewer, reading, file, deliverable)
    return reading


def reading_to_take(
    session: Session, viewer: Viewer, reading_id: uuid.UUID, expected_version: int | None
) -> tuple[Reading, DeliverableFile, Deliverable]:
    """The reading with its file and deliverable, which is held. Raises `DomainError`: NOT_FOUND, CONFLICT."""
    reading = deliverables.readings_by_ids(session, viewer, [reading_id]).get(reading_id)
    if reading is None:
        raise DomainError(ErrorCode.NOT_FOUND, READING_PATH)
    file = session.get_one(DeliverableFile, reading.deliverable_file_id)
    deliverable = deliverable_to_change(session, viewer, file.deliverable_id, expected_version, READING_PATH)
    return reading, file, deliverable


def require_result(reading: Reading, file: DeliverableFile, deliverable: Deliverable) -> None:
    """Raises unless this is an undisputed result of the newest file."""
    if file.number != deliverable.number:
        raise DomainError(ErrorCode.READING_OUTDATED, READING_PATH)
    if reading.kind != Kind.MEASURED.value:
        raise DomainError(ErrorCode.READING_NOT_MEASURED, READING_PATH)
    if reading.disputed:
        raise DomainError(ErrorCode.READING_DISPUTED, READING_PATH)


def confirm(
    session: Session, viewer: Viewer, reading: Reading, file: DeliverableFile, deliverable: Deliverable
) -> None:
    """Keep the viewer's word, unless somebody gave it before, and judge anew. The caller holds the deliverable."""
    if viewer.person_id is None or deliverables.confirmations(session, [reading.id]):
        return
    session.add(
        ReadingConfirmation(
            organization_id=viewer.organization_id, reading_id=reading.id, confirmed_by=viewer.person_id
        )
    )
    session.flush()
    tell(session, viewer, "deliverable.confirmed", DELIVERABLE, deliverable.id)
    evaluate(session, viewer, deliverable, file, deliverables.readings(session, [file.id])[file.id])
