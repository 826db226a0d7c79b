"""A person's decision on a document: confirm it into a review, or reject it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.models.goals import Cycle
from db.models.intake import (
    FormVersion,
    IntakeCheck,
    IntakeDocument,
    IntakeEntry,
    IntakeField,
    IntakePage,
    IntakeStatus,
    Upload,
    UploadFile,
    UploadPage,
)
from db.models.reviews import AnswerSource, Review
from db.queries import goals, intake, people
from db.viewer import Viewer
from ocr.contract import FieldStatus, FormField, FormTemplate
from resolvers import access, forms
from resolvers.errors import DomainError, DomainErrors, ErrorCode
from resolvers.goals.inputs import optional_text
from resolvers.intake import double_entry
from resolvers.intake.directory import cycle_named
from resolvers.intake.double_entry import Standing
from resolvers.intake.reading import locked_document, visible_document
from resolvers.review_standards import standards_of
from resolvers.reviews import Answer, PaperReview, directory_person, record_paper_review
from resolvers.rules.reading import named, plain
from resolvers.rules.standards import applied
from resolvers.rules.values import InvalidValueError, checked_value

REJECTED = "rejected"
"""Reason code of a document that a person turned down."""
WORDS_LENGTH = 2000
"""Characters of a reason or remark."""

_DECIDED = (IntakeStatus.CONFIRMED, IntakeStatus.REJECTED, IntakeStatus.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person says that a field holds; None: it is empty. Naming a field means having checked it."""

    key: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A person's word on a document."""

    entries: Sequence[Entry]
    expected_version: int | None = None
    subject_id: uuid.UUID | None = None
    """Whom the form is about, when the machine found nobody or somebody else."""
    cycle_id: uuid.UUID | None = None
    comment: str | None = None
    """A remark that stays with the review."""


def confirm_document(session: Session, viewer: Viewer, document_id: uuid.UUID, word: Confirmation) -> Review | None:
    """Make the review that a document says, exactly once.

    For the managers above the subject and HR, never the subject. Fields that are named were checked; every required
    field that was read with doubt, is empty or unreadable must be named, and so must every doubtful value that does
    not fit the form. The machine's reading stays as it is, entries stand beside it.

    Of a form with fields that two people check, the first person's word is kept and the document waits for another's;
    both must name these fields. Where they differ (also about subject and cycle) it waits for a third person, who names
    what is disputed. None as long as it waits.

    Raises `DomainError` NOT_FOUND, FORBIDDEN, ALREADY_CONFIRMED, NOT_READY, ALREADY_ENTERED (by the viewer, while the
    document waits for somebody else), CONFLICT (another version than expected), SUBJECT_REQUIRED, CYCLE_REQUIRED, and
    `DomainErrors` with one FIELD_UNKNOWN, FIELD_REPEATED, FIELD_INVALID, FIELD_NEEDS_CHECK, SUBJECT_MISMATCH or
    CYCLE_MISMATCH for each field that stands against it.
    """
    document = visible_document(session, viewer, document_id)
    _require_may_confirm(session, viewer, document)
    _lock_paper(session, viewer, document)
    document = locked_document(session, viewer, document_id)
    _require_open(session, document)
    version = session.get_one(FormVersion, document.form_version_id)
    template = applied(forms.template_of(version), standards_of(session, viewer))
    readings = {field.key: field for field in intake.fields(session, [document.id]).get(document.id, [])}
    before = double_entry.standing(session, viewer, document, template, readings)
    subject_id = _subject(session, viewer, document, word.subject_id or before.subject_id(document))
    if word.expected_version is not None and word.expected_version != document.version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    cycle = _cycle(session, viewer, word.cycle_id or before.cycle_id(document))
    answers = _answers(template, readings, word.entries, before)
    _require_agreement(session, viewer, answers, subject_id, cycle)
    comment = optional_text(word.comment, WORDS_LENGTH, ("input", "comment"))
    draft = _draft(session, document, subject_id, cycle)
    values = {answer.field.key: answer.value for answer in answers}
    said = {entry.key: values[entry.key] for entry in word.entries}
    for key, value in said.items():
        session.add(
            IntakeEntry(
                organization_id=document.organization_id,
                field_id=readings[key].id,
                person_id=viewer.person_id,
                value=value,
            )
        )
    if before.double:
        check = IntakeCheck(
            organization_id=document.organization_id,
            document_id=document.id,
            person_id=viewer.person_id,
            subject_id=subject_id,
            cycle_id=cycle.id,
            comment=comment,
        )
        if not double_entry.keep_check(session, viewer, document, before, check=check, said=said):
            return None
    paper = PaperReview(subject_id, cycle.id, version, answers, before.comments(comment))
    review = record_paper_review(session, viewer, paper, draft)
    document.subject_id, document.cycle_id = subject_id, cycle.id
    document.review_id = review.id
    _decide(session, viewer, document, IntakeStatus.CONFIRMED, None)
    return review


def reject_document(
    session: Session, viewer: Viewer, document_id: uuid.UUID, reason: str, expected_version: int | None = None
) -> IntakeDocument:
    """Turn a document down with a reason; its file and reading are kept.

    For who handed it in, the managers above its subject and HR. Raises `DomainError` NOT_FOUND, FORBIDDEN,
    REASON_REQUIRED, ALREADY_CONFIRMED, NOT_READY when it is decided already, CONFLICT, TEXT_TOO_LONG for a reason of
    more than 2000 characters.
    """
    at = ("input", "reason")
    document = locked_document(session, viewer, document_id)
    access.require_may_reject(session, viewer, document)
    if document.status is IntakeStatus.CONFIRMED:
        raise DomainError(ErrorCode.ALREADY_CONFIRMED)
    if document.status in _DECIDED:
        raise DomainError(ErrorCode.NOT_READY)
    if expected_version is not None and expected_version != document.version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    words = optional_text(reason, WORDS_LENGTH, at)
    if words is None:
        raise DomainError(ErrorCode.REASON_REQUIRED, at)
    document.reason = words
    _decide(session, viewer, document, IntakeStatus.REJECTED, REJECTED)
    return document


def _require_may_confirm(session: Session, viewer: Viewer, document: IntakeDocument) -> None:
    if document.subject_id is not None:
        access.require_answers_for(session, viewer, document.subject_id)
    else:
        access.require_paper_role(viewer)


def _lock_paper(session: Session, viewer: Viewer, document: IntakeDocument) -> None:
    """Hold what all pictures of one paper share, so that the second of two confirmations waits for the first.

    Before any document is locked: whoever confirms writes to the other pictures' documents too.
    """
    if document.sheet_id is not None:
        intake.hold_sheets(session, viewer, [document.sheet_id])
    session.execute(_same_bytes(session, document).order_by(UploadFile.id).with_for_update())


def _same_bytes(session: Session, document: IntakeDocument) -> sa.Select[uuid.UUID]:
    """The files with the bytes of those that this document's pages came in."""
    own = session.scalars(
        sa.select(UploadFile.sha256)
        .join(UploadPage, UploadPage.upload_file_id == UploadFile.id)
        .join(IntakePage, IntakePage.upload_page_id == UploadPage.id)
        .where(IntakePage.document_id == document.id)
    ).all()
    return sa.select(UploadFile.id).where(
        UploadFile.organization_id == document.organization_id, UploadFile.sha256.in_(set(own))
    )


def _documents_of_the_same_pages(session: Session, document: IntakeDocument) -> sa.Select[uuid.UUID]:
    """Documents that hold a page of the same bytes as one of this document: the same page of the same file."""
    numbers = session.scalars(
        sa.select(UploadPage.number)
        .join(IntakePage, IntakePage.upload_page_id == UploadPage.id)
        .where(IntakePage.document_id == document.id)
    ).all()
    return (
        sa.select(IntakePage.document_id)
        .join(UploadPage, UploadPage.id == IntakePage.upload_page_id)
        .where(UploadPage.upload_file_id.in_(_same_bytes(session, document)), UploadPage.number.in_(set(numbers)))
    )


def _require_open(session: Session, document: IntakeDocument) -> None:
    """Raises unless the document waits for a person, and no other picture of the same paper was confirmed."""
    if document.status is IntakeStatus.CONFIRMED:
        raise DomainError(ErrorCode.ALREADY_CONFIRMED)
    if document.status is not IntakeStatus.NEEDS_REVIEW:
        raise DomainError(ErrorCode.NOT_READY)
    same: list[sa.ColumnElement[bool]] = [IntakeDocument.id.in_(_documents_of_the_same_pages(session, document))]
    if document.sheet_id is not None:
        same.append(IntakeDocument.sheet_id == document.sheet_id)
    confirmed = sa.select(IntakeDocument.id).where(
        IntakeDocument.organization_id == document.organization_id,
        IntakeDocument.status == IntakeStatus.CONFIRMED,
        sa.or_(*same),
    )
    if session.scalars(confirmed.limit(1)).first() is not None:
        raise DomainError(ErrorCode.ALREADY_CONFIRMED)


def _subject(session: Session, viewer: Viewer, document: IntakeDocument, subject_id: uuid.UUID | None) -> uuid.UUID:
    """Whom the review will be about; the viewer must answer for that person too."""
    at = ("input", "subjectId")
    if subject_id is None:
        raise DomainError(ErrorCode.SUBJECT_REQUIRED, at)
    if subject_id != document.subject_id:
        access.require_answers_for(session, viewer, subject_id, at)
    return subject_id


def _cycle(session: Session, viewer: Viewer, cycle_id: uuid.UUID | None) -> Cycle:
    at = ("input", "cycleId")
    if cycle_id is None:
        raise DomainError(ErrorCode.CYCLE_REQUIRED, at)
    cycle = goals.by_ids(session, viewer, [cycle_id]).get(cycle_id)
    if cycle is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    return cycle


def _answers(
    template: FormTemplate, readings: Mapping[str, IntakeField], entries: Sequence[Entry], before: Standing
) -> list[Answer]:
    """The value that counts for every field. Raises `DomainErrors` that name every field that stands against it."""
    errors: list[DomainError] = []
    said: dict[str, str | None] = {}
    fields = {field.key: field for field in template.fields}
    for entry in entries:
        at = ("input", "fields", entry.key)
        if entry.key not in fields:
            errors.append(DomainError(ErrorCode.FIELD_UNKNOWN, at))
        elif entry.key in said:
            errors.append(DomainError(ErrorCode.FIELD_REPEATED, at))
        else:
            try:
                said[entry.key] = checked_value(fields[entry.key], entry.value)
            except InvalidValueError as problem:
                said[entry.key] = None
                errors.append(_invalid(at, problem))
    answers = []
    words = {**before.given, **said}
    for field in template.fields:
        reading = readings[field.key]
        if field.key in words:
            agrees = words[field.key] == reading.value
            source = AnswerSource.CHECKED if agrees else AnswerSource.CORRECTED
            answers.append(Answer(field, words[field.key], source, reading.id))
        elif field.key in before.must_name or _needs_check(field, reading):
            errors.append(DomainError(ErrorCode.FIELD_NEEDS_CHECK, ("input", "fields", field.key)))
        else:
            answers.append(Answer(field, reading.value, AnswerSource.MACHINE, reading.id))
    if errors:
        raise DomainErrors(errors)
    return answers


def _needs_check(field: FormField, reading: IntakeField) -> bool:
    """Whether the machine's reading may not count without a person."""
    if field.required and reading.status != FieldStatus.READ.value:
        return True
    try:
        checked_value(field, reading.value)
    except InvalidValueError:
        return True
    return False


def _invalid(at: tuple[str, ...], problem: InvalidValueError) -> DomainError:
    return DomainError(ErrorCode.FIELD_INVALID, at, problem=problem.problem, expected=problem.expected)


def _require_agreement(
    session: Session,
    viewer: Viewer,
    answers: Sequence[Answer],
    subject_id: uuid.UUID,
    cycle: Cycle,
) -> None:
    """Raises unless the form names the subject and the cycle, as far as it names any.

    The staff number decides; the name is asked only when there is no number, since people write names in more ways
    than a directory does.
    """
    values = {answer.field.role: answer for answer in answers if answer.field.role and answer.value}
    person = directory_person(people.entries(session, viewer, [subject_id])[subject_id])
    errors = []
    number, name, period = (values.get(role) for role in ("subject_staff_number", "subject_name", "period"))
    if number is not None:
        if plain(number.value or "") != plain(person.staff_number):
            errors.append(DomainError(ErrorCode.SUBJECT_MISMATCH, ("input", "fields", number.field.key)))
    elif name is not None and not named(name.value, [person]):
        errors.append(DomainError(ErrorCode.SUBJECT_MISMATCH, ("input", "fields", name.field.key)))
    if period is not None:
        meant = cycle_named(list(session.scalars(goals.cycles(viewer))), period.value or "")
        if meant is not None and meant.id != cycle.id:
            errors.append(DomainError(ErrorCode.CYCLE_MISMATCH, ("input", "fields", period.field.key)))
    if errors:
        raise DomainErrors(errors)


def _draft(session: Session, document: IntakeDocument, subject_id: uuid.UUID, cycle: Cycle) -> Review | None:
    """The draft for which the paper was handed in, when it is about the same person and cycle."""
    review_id = session.get_one(Upload, document.upload_id).review_id
    if review_id is None:
        return None
    review = session.get_one(Review, review_id, with_for_update=True)
    if review.subject_id != subject_id:
        raise DomainError(ErrorCode.SUBJECT_MISMATCH, ("input", "subjectId"))
    if review.cycle_id != cycle.id:
        raise DomainError(ErrorCode.CYCLE_MISMATCH, ("input", "cycleId"))
    return review


def _decide(
    session: Session, viewer: Viewer, document: IntakeDocument, status: IntakeStatus, reason_code: str | None
) -> None:
    document.status = status
    document.reason_code = reason_code
    document.decided_by = viewer.person_id
    document.decided_at = now()
    record(session, viewer, f"intake.{status.value.lower()}", "IntakeDocument", document.id)
    session.flush()
