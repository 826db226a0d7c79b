"""Which grades and scores reviews of the organisation may have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.events import record
from db.models.reviews import ReviewStandards
from db.queries import reviews
from db.viewer import Viewer
from resolvers import access
from resolvers.errors import DomainError, ErrorCode
from resolvers.rules.standards import Standards
from resolvers.rules.values import plain_decimal

MOST_GRADES = 50
LONGEST_GRADE = 16
"""Characters: what a review's grade holds."""
_NUMBER = re.compile(r"-?\d{1,6}(\.\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants the standards to be; nothing: anything goes."""

    grades: Sequence[str] = ()
    minimum: str | None = None
    maximum: str | None = None
    step: str | None = None
    expected_version: int | None = None


def standards_of(session: Session, viewer: Viewer) -> Standards:
    """The organisation's standards, as the rules take them."""
    row = session.scalars(reviews.standards(viewer)).first()
    if row is None:
        return Standards()
    return Standards(tuple(row.grades), row.score_minimum, row.score_maximum, row.score_step)


def set_standards(session: Session, viewer: Viewer, draft: Draft) -> ReviewStandards:
    """Say which grades and scores reviews may have. For HR and administrators.

    Raises `DomainError` FORBIDDEN, CONFLICT, TOO_MANY (over 50 grades), INVALID for a grade that is empty, longer than
    16 characters or named twice, and NUMBER_OUT_OF_RANGE for bounds or a step that are no numbers or do not fit.
    """
    access.require_form_role(viewer)
    standing = session.scalars(reviews.standards(viewer).with_for_update()).first()
    if draft.expected_version is not None and (standing.version if standing else 0) != draft.expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    row = standing or ReviewStandards(organization_id=viewer.organization_id)
    row.grades = _grades(draft.grades)
    row.score_minimum = _number(draft.minimum, "scoreMinimum")
    row.score_maximum = _number(draft.maximum, "scoreMaximum")
    row.score_step = _number(draft.step, "scoreStep")
    if row.score_minimum and row.score_maximum and Decimal(row.score_minimum) >= Decimal(row.score_maximum):
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "scoreMaximum"))
    if row.score_step and Decimal(row.score_step) <= 0:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "scoreStep"))
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:  # another request made the first standards at the same time
        raise DomainError(ErrorCode.CONFLICT) from error
    record(session, viewer, "review.standards_set", "ReviewStandards", row.id)
    return row


def _grades(grades: Sequence[str]) -> list[str]:
    at = ("input", "grades")
    if len(grades) > MOST_GRADES:
        raise DomainError(ErrorCode.TOO_MANY, at)
    plain = [unicodedata.normalize("NFKC", grade).strip() for grade in grades]
    fit = all(0 < len(grade) <= LONGEST_GRADE and grade.isprintable() for grade in plain)
    if not fit or len(set(plain)) != len(plain):
        raise DomainError(ErrorCode.INVALID, at)
    return plain


def _number(text: str | None, name: str) -> str | None:
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", name))
    return plain_decimal(Decimal(text))
