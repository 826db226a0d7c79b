"""A reading becomes the value of a goal's measure: a check-in that cites it, once."""

from __future__ import annotations

import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import DECIMAL_PLACES
from db.models.goals import DataSource, Measure, MeasureKind
from db.models.projects.deliverables import DeliverableFile, Reading, ReadingAcceptance
from db.queries import goals
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.checkins import CheckInDraft, ValueDraft, check_in
from resolvers.goals.inputs import TITLE_LENGTH
from resolvers.projects.authority import may_judge
from resolvers.projects.confirming import confirm, reading_to_take, require_result
from resolvers.rules.units import converted
from resolvers.telling import DELIVERABLE, tell

MEASURE_PATH = ("input", "measureId")


def accept_reading(
    session: Session,
    viewer: Viewer,
    reading_id: uuid.UUID,
    measure_id: uuid.UUID,
    expected_version: int | None = None,
) -> ReadingAcceptance:
    """Take a reading as the value of a measure: its goal gets a check-in that cites file and place.

    For whoever may check the goal in with values of other systems. Only results of the newest file are taken, that no
    other place of it contradicts; times and amounts are converted to the measure's unit, and rounded to four places.
    Who may confirm the reading confirms it thereby. Accepting the same reading for the same measure again gives the
    first acceptance. `expected_version` is the deliverable's. Raises `DomainError`: NOT_FOUND, FORBIDDEN, CONFLICT,
    READING_NOT_MEASURED, READING_DISPUTED, READING_OUTDATED, UNIT_MISMATCH, and what `check_in` raises.
    """
    # Held until the end: of two who accept at once, the second finds the first's acceptance.
    reading, file, deliverable = reading_to_take(session, viewer, reading_id, expected_version)
    measure = goals.measures_by_ids(session, viewer, [measure_id]).get(measure_id)
    if measure is None:
        raise DomainError(ErrorCode.NOT_FOUND, MEASURE_PATH)
    standing = session.scalars(
        sa.select(ReadingAcceptance).where(
            ReadingAcceptance.reading_id == reading.id, ReadingAcceptance.measure_id == measure.id
        )
    ).first()
    if standing is None:
        require_result(reading, file, deliverable)
        standing = _accept(session, viewer, reading, file, measure)
        tell(session, viewer, "deliverable.accepted", DELIVERABLE, deliverable.id)
    if may_judge(session, viewer, deliverable, file):
        confirm(session, viewer, reading, file, deliverable)
    session.flush()
    return standing


def _accept(
    session: Session, viewer: Viewer, reading: Reading, file: DeliverableFile, measure: Measure
) -> ReadingAcceptance:
    value = _value_for(measure, reading)
    draft = CheckInDraft([ValueDraft(measure.id, value, source=DataSource.DELIVERABLE, citation=_cited(file, reading))])
    written = check_in(session, viewer, measure.goal_id, draft, None)
    accepted = ReadingAcceptance(
        organization_id=viewer.organization_id,
        reading_id=reading.id,
        measure_id=measure.id,
        check_in_id=written.id,
        accepted_by=viewer.person_id,
    )
    session.add(accepted)
    return accepted


def _value_for(measure: Measure, reading: Reading) -> Decimal:
    """The reading in the measure's unit."""
    value = converted(reading.value, reading.unit, measure.unit) if measure.kind is MeasureKind.NUMERIC else None
    if value is None:
        raise DomainError(ErrorCode.UNIT_MISMATCH, MEASURE_PATH)
    return round(value, DECIMAL_PLACES)


def _cited(file: DeliverableFile, reading: Reading) -> str:
    """File, version and place in the file, as a check-in cites its source."""
    place = ", ".join(f"{name} {reading.place[name]}" for name in _PLACE if name in reading.place)
    words = f" ({place})" if place else ""
    name = file.filename[: TITLE_LENGTH - len(words) - 20]
    return f"{name} #{file.number}{words}"[:TITLE_LENGTH]


_PLACE = ("page", "sheet", "cell", "line", "image")
