"""Customers' comments from tables and feeds: whom and what they name is looked up, then they are recorded."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import new_id, now
from db.events import record
from db.models.projects.feeds import Feed, FeedDelivery, RecordOutcome
from db.models.projects.tasks import Project, ProjectTask
from db.queries import people
from db.queries.projects import feeds, tasks
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback.customers import CommentDraft, Recorded, Said, record_comment
from resolvers.goals.inputs import require_storable
from resolvers.projects.receiving import KeyReusedError, Receipt
from resolvers.rules.comment_records import WrittenComment
from resolvers.rules.feed_records import Problem

NAME = "comment"
"""Name under which a feed's record stands for a comment; of a refused one with the field that was wrong."""


class Recorder:
    """Records comments as somebody wrote them down; what it looks up it looks up once."""

    def __init__(self, session: Session, viewer: Viewer, told: str) -> None:
        self._session, self._viewer, self._told = session, viewer, told
        self._people = {entry.staff_number.casefold(): entry.id for entry in people.everybody(session, viewer)}
        self._projects: dict[str, list[uuid.UUID]] = {}

    def record(self, written: WrittenComment, source: str) -> Recorded:
        """Store one, or find it stored. Raises `DomainError` as `record_comment` does, with the last part of its field
        being a field of `WrittenComment`, and NAME_AMBIGUOUS."""
        project_id = None if written.project is None else self._project(written.project)
        draft = CommentDraft(
            source=source,
            source_id=written.source_id,
            said=Said(written.text, written.said_on, written.rating, written.rating_maximum),
            subject_id=None if written.person is None else self._person(written.person),
            task_id=None if written.task is None else self._task(project_id, written.task),
            project_id=project_id,
        )
        told = f"{self._told}:{draft.subject_id}"
        try:
            return record_comment(self._session, self._viewer, draft, (), corrects=written.correction, told=told)
        except DomainError as error:
            raise DomainError(error.code, tuple(_FIELDS.get(part, part) for part in error.field or ())) from error

    def _person(self, staff_number: str) -> uuid.UUID:
        found = self._people.get(staff_number.casefold())
        if found is None:
            raise DomainError(ErrorCode.NOT_FOUND, ("person",))
        return found

    def _project(self, name: str) -> uuid.UUID:
        require_storable(name, ("project",))
        if name not in self._projects:
            named = tasks.projects(self._session, self._viewer).where(Project.name == name)
            self._projects[name] = list(self._session.scalars(named.with_only_columns(Project.id).limit(2)))
        found = self._projects[name]
        if len(found) != 1:
            raise DomainError(ErrorCode.NAME_AMBIGUOUS if found else ErrorCode.NOT_FOUND, ("project",))
        return found[0]

    def _task(self, project_id: uuid.UUID | None, number: int) -> uuid.UUID:
        numbered = tasks.tasks(self._session, self._viewer).where(
            ProjectTask.project_id == project_id, ProjectTask.number == number
        )
        found: uuid.UUID | None = (
            None if project_id is None else self._session.scalar(numbered.with_only_columns(ProjectTask.id))
        )
        if found is None:
            raise DomainError(ErrorCode.NOT_FOUND, ("task",))
        return found


_FIELDS = {
    "sourceId": "source_id",
    "saidOn": "said_on",
    "personId": "person",
    "taskId": "task",
    "projectId": "project",
    "ratingMaximum": "rating_maximum",
}


@dataclass(frozen=True, slots=True)
class SentComments:
    """A delivery of comments: its key, its bytes and the comments in it."""

    key: str
    body: bytes
    comments: Sequence[WrittenComment]


def take_comments(session: Session, viewer: Viewer, feed: Feed, sent: SentComments) -> Receipt:
    """Record the comments of a delivery, whose source is the feed; a refused one leaves the others alone and says so in
    the receipt and in the feed's records. The same key with the same bytes answers the same again.

    For the system's viewer, once the sender is known. Raises `KeyReusedError`.
    """
    moment, delivery_id = now(), new_id()
    digest = hashlib.sha256(sent.body).hexdigest()
    owned = {"organization_id": feed.organization_id, "feed_id": feed.id}
    fresh = feeds.add_delivery(
        session,
        {
            **owned,
            "id": delivery_id,
            "key": sent.key,
            "digest": digest,
            "records": len(sent.comments),
            "duplicates": 0,
            "received_at": moment,
            "applied_at": moment,
        },
    )
    if not fresh:
        return _again(session, viewer, feed, sent.key, digest)
    recorder = Recorder(session, viewer, f"feed:{delivery_id}")
    duplicates, rows = 0, []
    for position, written in enumerate(sent.comments):
        row = {
            **owned,
            "id": new_id(),
            "delivery_id": delivery_id,
            "position": position,
            "key": None,
            "name": NAME,
            "value": None,
            "unit": None,
            "measured_at": moment,
            "outcome": RecordOutcome.APPLIED,
            "reason": None,
        }
        try:
            with session.begin_nested():
                duplicates += not recorder.record(written, feed.name).new
        except DomainError as error:
            row["outcome"], row["reason"] = RecordOutcome.REFUSED, error.code.value
            row["name"] = f"{NAME}.{error.field[-1]}" if error.field else NAME
        rows.append(row)
    feeds.add_records(session, rows)
    session.execute(sa.update(FeedDelivery).where(FeedDelivery.id == delivery_id).values(duplicates=duplicates))
    session.execute(sa.update(Feed).where(Feed.id == feed.id).values(received_at=moment, pull_error=None))
    record(session, viewer, "feed.received", "Feed", feed.id)
    refused = feeds.refusals(session, viewer, delivery_id)
    return Receipt(delivery_id, len(rows), duplicates, repeated=False, refused=_problems(refused))


def _again(session: Session, viewer: Viewer, feed: Feed, key: str, digest: str) -> Receipt:
    statement = sa.select(FeedDelivery).where(FeedDelivery.feed_id == feed.id, FeedDelivery.key == key)
    known = session.scalars(statement).one()
    if known.digest != digest:
        raise KeyReusedError(key)
    refused = feeds.refusals(session, viewer, known.id)
    return Receipt(known.id, known.records, known.duplicates, repeated=True, refused=_problems(refused))


def _problems(refused: Sequence[tuple[int, str, str]]) -> tuple[Problem, ...]:
    return tuple(Problem(reason, position, name.partition(".")[2] or None) for position, name, reason in refused)
