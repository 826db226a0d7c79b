"""The review record: how one is made from the answers of a form."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.models.intake import FormVersion
from db.models.reviews import AnswerSource, Review, ReviewAnswer, ReviewSource, ReviewStatus
from db.queries import people
from db.viewer import Viewer
from ocr.contract import FieldType, FormField
from resolvers.errors import DomainError, ErrorCode
from resolvers.rules.reading import DirectoryPerson, named
from resolvers.rules.scoring import WeightedScore, weighted_mean


@dataclass(frozen=True, slots=True)
class Answer:
    """The value that counts for one field, where it came from, and the reading behind it."""

    field: FormField
    value: str | None
    source: AnswerSource
    reading_id: uuid.UUID | None

    @property
    def said_by_person(self) -> bool:
        return self.source is not AnswerSource.MACHINE


@dataclass(frozen=True, slots=True)
class PaperReview:
    """All that a confirmed paper form says."""

    subject_id: uuid.UUID
    cycle_id: uuid.UUID
    form: FormVersion
    answers: Sequence[Answer]
    comment: str | None
    """A remark of the person who confirms."""

    def value(self, role: str) -> Answer | None:
        """The answer to the form's field with that role, if it has one."""
        return next((answer for answer in self.answers if answer.field.role == role), None)


def record_paper_review(session: Session, viewer: Viewer, paper: PaperReview, draft: Review | None) -> Review:
    """Make a confirmed review of a paper form, or complete the draft for which the form was handed in.

    Raises CONFLICT when the draft was completed meanwhile. The caller has checked access and every value.
    """
    entry = people.entries(session, viewer, [paper.subject_id])[paper.subject_id]
    review = draft or Review(
        organization_id=viewer.organization_id, subject_id=paper.subject_id, cycle_id=paper.cycle_id
    )
    if review.status is ReviewStatus.CONFIRMED:
        raise DomainError(ErrorCode.CONFLICT)
    grade = paper.value("grade")
    review.reviewer_id = review.reviewer_id or _reviewer(session, viewer, paper)
    review.department_id = entry.department_id
    review.form_version_id = paper.form.id
    review.source = ReviewSource.PAPER
    review.status = ReviewStatus.CONFIRMED
    review.score = weighted_mean(_weighted(paper.answers))
    review.grade = grade.value if grade else None
    review.comment = paper.comment
    review.confirmed_by = viewer.person_id
    review.confirmed_at = now()
    session.add(review)
    session.flush()
    session.add_all(_row(review, position, answer) for position, answer in enumerate(paper.answers))
    record(session, viewer, "review.confirmed", "Review", review.id)
    session.flush()
    return review


def _weighted(answers: Sequence[Answer]) -> list[WeightedScore]:
    """The scores with their weights. On a form that prints no weights at all, every score weighs the same."""
    scored = [answer for answer in answers if answer.field.type is FieldType.SCORE]
    weightless = "0" if any(answer.field.weight is not None for answer in scored) else "1"
    return [WeightedScore(_score(answer), Decimal(answer.field.weight or weightless)) for answer in scored]


def _score(answer: Answer) -> Decimal | None:
    if answer.field.type is not FieldType.SCORE or answer.value is None:
        return None
    return Decimal(answer.value)


def _row(review: Review, position: int, answer: Answer) -> ReviewAnswer:
    return ReviewAnswer(
        organization_id=review.organization_id,
        review_id=review.id,
        position=position,
        key=answer.field.key,
        label_zh=answer.field.label.zh,
        label_en=answer.field.label.en,
        value=answer.value,
        score=_score(answer),
        weight=None if answer.field.weight is None else Decimal(answer.field.weight),
        source=answer.source,
        field_id=answer.reading_id,
    )


def _reviewer(session: Session, viewer: Viewer, paper: PaperReview) -> uuid.UUID | None:
    """The one person who is written as reviewer.

    A reviewer may read the review, so the machine's word alone names only somebody who could read it anyway: the
    confirming person or a manager above the subject. What a person checked may name any colleague but the subject.
    """
    answer = paper.value("reviewer")
    if answer is None or answer.value is None:
        return None
    near = people.managers_above(session, viewer, paper.subject_id)
    if viewer.person_id is not None:
        near.add(viewer.person_id)
    found = named(answer.value, map(directory_person, people.entries(session, viewer, near).values()))
    if not found and answer.said_by_person:
        found = named(answer.value, map(directory_person, people.everybody(session, viewer)))
    return found[0].id if len(found) == 1 and found[0].id != paper.subject_id else None


def directory_person(entry: people.DirectoryEntry) -> DirectoryPerson:
    """A directory entry as the rules of matching take it."""
    return DirectoryPerson(entry.id, entry.staff_number, tuple(name for name in (entry.name, entry.name_latin) if name))
