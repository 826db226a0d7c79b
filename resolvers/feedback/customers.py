"""Customers' comments: recorded word for word, each once by its source's id, and corrected beside what stood before.

| use case | who |
| --- | --- |
| record what names a person | HR, PMO, the managers above the person; never the person; a feed |
| record what is about a project or one of its tasks alone | HR, PMO and managers who see it; a feed |
| correct it | HR, unless it names them; the feed of its source |
| read what names a person | the person, the managers above, HR, who recorded it |
| read what names nobody | who sees the project, who recorded it |
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.inbox import notify
from db.models.feedback.customers import CustomerComment, CustomerCommentRevision
from db.models.inbox import NotificationCode
from db.queries import people
from db.queries.feedback import customers
from db.queries.projects import tasks
from db.viewer import Role, Viewer
from resolvers.access import answers_for, require_answers_for
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.authority import require_colleague, require_role
from resolvers.goals.inputs import TEXT_LENGTH, checked_number, require_storable, required_text
from resolvers.rules.blanks import is_blank

RECORDERS = (Role.MANAGER, Role.HR, Role.PMO)
BATCH = 100
SOURCE_LENGTH = 100
SOURCE_ID_LENGTH = 200
REASON_LENGTH = 500
REVISIONS = 20
AHEAD = datetime.timedelta(days=1)
"""Customers live in other zones: their day may be tomorrow here."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer said, and when."""

    text: str
    said_on: datetime.date
    rating: Decimal | None = None
    rating_maximum: Decimal | None = None
    """With a rating: the best one that the source knows, where nothing is said 5; the worst is 0."""


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """A customer's comment as somebody records it."""

    source: str
    source_id: str
    said: Said
    subject_id: uuid.UUID | None = None
    task_id: uuid.UUID | None = None
    project_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A comment that is stored, and whether it was not before."""

    comment: CustomerComment
    new: bool


def record_comment(
    session: Session,
    viewer: Viewer,
    draft: CommentDraft,
    at: Path = ("input",),
    *,
    corrects: bool = False,
    told: str | None = None,
) -> Recorded:
    """Store a customer's comment. One whose source and id are known is returned as it is; what the draft leaves out
    contradicts nothing. With `corrects`, the source's own feed puts other words in place of those known.

    The person named is told, once under the key `told`. Raises `DomainError`: FORBIDDEN, NOT_FOUND (person, task,
    project), TEXT_REQUIRED, TEXT_TOO_LONG, INVALID, TIME_IN_FUTURE, NUMBER_OUT_OF_RANGE, COMMENT_ABOUT_NOTHING,
    COMMENT_CONFLICT for something else under a known id: nothing is overwritten.
    """
    if not viewer.is_system:
        require_role(viewer, *RECORDERS)
    source = required_text(draft.source, SOURCE_LENGTH, (*at, "source"))
    source_id = required_text(draft.source_id, SOURCE_ID_LENGTH, (*at, "sourceId"))
    said = _checked(session, viewer, draft.said, at)
    project_id = _require_may_record(session, viewer, draft, at)
    known = customers.recorded(session, viewer, source, source_id)
    if known is not None:
        return _again(session, viewer, known, draft, said=said, at=at, corrects=corrects)
    comment = CustomerComment(
        organization_id=viewer.organization_id,
        source=source,
        source_id=source_id,
        subject_id=draft.subject_id,
        task_id=draft.task_id,
        project_id=project_id,
        recorded_by=viewer.person_id,
    )
    _set(comment, said)
    try:
        with session.begin_nested():
            session.add(comment)
            session.flush()
    except IntegrityError:
        known = customers.recorded(session, viewer, source, source_id)
        if known is None:
            raise
        return _again(session, viewer, known, draft, said=said, at=at, corrects=corrects)
    record(session, viewer, "customer_comment.recorded", "CustomerComment", comment.id)
    if comment.subject_id is not None:
        notify(
            session,
            viewer,
            [comment.subject_id],
            NotificationCode.CUSTOMER_COMMENT_RECEIVED,
            key=told or f"customer_comment:{comment.id}",
            subject=("CustomerComment", comment.id),
        )
    return Recorded(comment, new=True)


@dataclass(frozen=True, slots=True)
class CommentResult:
    """What became of one comment of a batch: the comment, or why not."""

    source_id: str
    comment: CustomerComment | None
    code: str | None = None
    field: list[str] | None = None


ReadDraft = Callable[[], CommentDraft]
"""Reads what a client sent as a comment, or raises `DomainError`."""


def record_batch(session: Session, viewer: Viewer, drafts: Sequence[tuple[str, ReadDraft]]) -> list[CommentResult]:
    """Store comments one by one, in their order: a bad one leaves the others alone. Raises FORBIDDEN, and TOO_MANY
    beyond 100."""
    require_role(viewer, *RECORDERS)
    if len(drafts) > BATCH:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "comments"))
    results: list[CommentResult] = []
    for index, (source_id, read) in enumerate(drafts):
        try:
            with session.begin_nested():
                found = record_comment(session, viewer, read(), ("input", "comments", str(index)))
            results.append(CommentResult(source_id, found.comment))
        except DomainError as error:
            results.append(CommentResult(source_id, None, error.code.value, list(error.field or ())))
    return results


def correct_comment(
    session: Session,
    viewer: Viewer,
    comment_id: uuid.UUID,
    said: Said,
    *,
    reason: str,
    expected_version: int | None,
) -> CustomerComment:
    """Put what a customer really said in place of what stands there, which stays readable beside it. For HR.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN, CONFLICT, TEXT_REQUIRED (text, reason), TOO_MANY after twenty
    corrections, and what `record_comment` says of words.
    """
    at = ("input",)
    locked = customers.visible_to(session, viewer).where(CustomerComment.id == comment_id)
    statement = locked.with_for_update(of=CustomerComment).execution_options(populate_existing=True)
    comment = session.scalars(statement).first()
    if comment is None:
        raise DomainError(ErrorCode.NOT_FOUND, (*at, "id"))
    require_role(viewer, Role.HR)
    if comment.subject_id is not None:
        require_answers_for(session, viewer, comment.subject_id)
    if expected_version is not None and comment.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, (*at, "expectedVersion"))
    why = required_text(reason, REASON_LENGTH, (*at, "reason"))
    _correct(session, viewer, comment, _checked(session, viewer, said, at), reason=why, at=at)
    return comment


def verbatim(text: str, at: Path) -> str:
    """The text as it is. Raises TEXT_REQUIRED for blank ones, TEXT_TOO_LONG, and INVALID for what cannot be stored."""
    if is_blank(text):
        raise DomainError(ErrorCode.TEXT_REQUIRED, at)
    if len(text) > TEXT_LENGTH:
        raise DomainError(ErrorCode.TEXT_TOO_LONG, at)
    require_storable(text, at)
    return text


def _checked(session: Session, viewer: Viewer, said: Said, at: Path) -> Said:
    """The same with the scale of its rating filled in."""
    verbatim(said.text, (*at, "text"))
    if said.said_on > people.today(session, viewer.organization_id) + AHEAD:
        raise DomainError(ErrorCode.TIME_IN_FUTURE, (*at, "saidOn"))
    if said.rating is None:
        return Said(said.text, said.said_on)
    maximum = Decimal(5) if said.rating_maximum is None else said.rating_maximum
    checked_number(maximum, (*at, "ratingMaximum"), low=Decimal(1))
    checked_number(said.rating, (*at, "rating"), low=Decimal(0))
    if said.rating > maximum:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, (*at, "rating"))
    return Said(said.text, said.said_on, said.rating, maximum)


def _require_may_record(session: Session, viewer: Viewer, draft: CommentDraft, at: Path) -> uuid.UUID | None:
    """The project that the comment belongs to. Raises as `record_comment` says of whom and what it is about."""
    project_id = draft.project_id
    if draft.subject_id is None and draft.task_id is None and project_id is None:
        raise DomainError(ErrorCode.COMMENT_ABOUT_NOTHING, at)
    if draft.subject_id is not None:
        place = (*at, "personId")
        require_colleague(session, viewer, draft.subject_id, place)
        as_pmo = viewer.has(Role.PMO) and draft.subject_id != viewer.person_id
        if not as_pmo and not answers_for(session, viewer, draft.subject_id):
            raise DomainError(ErrorCode.FORBIDDEN, place)
    if draft.task_id is not None:
        task = tasks.tasks_by_ids(session, viewer, [draft.task_id]).get(draft.task_id)
        if task is None:
            raise DomainError(ErrorCode.NOT_FOUND, (*at, "taskId"))
        if project_id not in {None, task.project_id}:
            raise DomainError(ErrorCode.INVALID, (*at, "projectId"))
        return task.project_id
    if project_id is not None and project_id not in tasks.projects_by_ids(session, viewer, [project_id]):
        raise DomainError(ErrorCode.NOT_FOUND, (*at, "projectId"))
    return project_id


def _again(
    session: Session,
    viewer: Viewer,
    known: CustomerComment,
    draft: CommentDraft,
    *,
    said: Said,
    at: Path,
    corrects: bool,
) -> Recorded:
    """What is known, if it is the same and the viewer may see it."""
    links = (
        (draft.subject_id, known.subject_id),
        (draft.task_id, known.task_id),
        (draft.project_id, known.project_id),
    )
    visible = bool(customers.by_ids(session, viewer, [known.id]))
    if not visible or any(given is not None and given != stands for given, stands in links):
        raise DomainError(ErrorCode.COMMENT_CONFLICT, (*at, "sourceId"))
    stands = (known.rating, known.rating_maximum)
    rated = said.rating is None or (said.rating, said.rating_maximum) == stands
    if known.text != said.text or known.said_on != said.said_on or not rated:
        if not corrects or not viewer.is_system:
            raise DomainError(ErrorCode.COMMENT_CONFLICT, (*at, "sourceId"))
        _correct(session, viewer, known, said, reason=None, at=at)
    return Recorded(known, new=False)


def _correct(
    session: Session, viewer: Viewer, comment: CustomerComment, said: Said, *, reason: str | None, at: Path
) -> None:
    number = 1 + len(customers.revisions(session, [comment.id]).get(comment.id, []))
    if number > REVISIONS:
        raise DomainError(ErrorCode.TOO_MANY, (*at, "id"))
    session.add(
        CustomerCommentRevision(
            organization_id=comment.organization_id,
            comment_id=comment.id,
            number=number,
            said_on=comment.said_on,
            text=comment.text,
            rating=comment.rating,
            rating_maximum=comment.rating_maximum,
            corrected_by=viewer.person_id,
            reason=reason,
        )
    )
    _set(comment, said)
    comment.corrected_at = now()
    session.flush()
    record(session, viewer, "customer_comment.corrected", "CustomerComment", comment.id)


def _set(comment: CustomerComment, said: Said) -> None:
    comment.text, comment.said_on = said.text, said.said_on
    comment.rating, comment.rating_maximum = said.rating, said.rating_maximum
