"""What is recorded about a person, over all domains, as one list by time."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import UtcDateTime
from db.models.briefs import Brief
from db.models.events import AccessedResource, AccessEvent
from db.models.feedback.customers import CustomerComment
from db.models.feedback.growth import GrowthEntry
from db.models.feedback.meetings import OneOnOne
from db.models.feedback.notes import Feedback
from db.models.feedback.upward import RoundStatus, UpwardRound
from db.models.goal_updates import GoalHealthCheck, WeeklyAction
from db.models.goals import Goal
from db.models.intake import IntakeDocument
from db.models.reviews import Review
from db.queries.paging import CursorError, Page, PageRequest
from db.viewer import Viewer


class RecordKind(StrEnum):
    """Kinds of records, each with a purpose, a source and readers of its own; see `resolvers.feedback.transparency`."""

    FEEDBACK = "FEEDBACK"
    CUSTOMER_COMMENT = "CUSTOMER_COMMENT"
    GROWTH_ENTRY = "GROWTH_ENTRY"
    REVIEW = "REVIEW"
    FORM = "FORM"
    BRIEF = "BRIEF"
    GOAL = "GOAL"
    WEEKLY_ACTION = "WEEKLY_ACTION"
    HEALTH_CHECK = "HEALTH_CHECK"
    ONE_ON_ONE = "ONE_ON_ONE"
    UPWARD_ROUND = "UPWARD_ROUND"


TYPES: Mapping[RecordKind, str] = {
    RecordKind.FEEDBACK: "Feedback",
    RecordKind.CUSTOMER_COMMENT: "CustomerComment",
    RecordKind.GROWTH_ENTRY: "GrowthEntry",
    RecordKind.REVIEW: "Review",
    RecordKind.FORM: "IntakeDocument",
    RecordKind.BRIEF: "Brief",
    RecordKind.GOAL: "Goal",
    RecordKind.WEEKLY_ACTION: "WeeklyAction",
    RecordKind.HEALTH_CHECK: "GoalHealthCheck",
    RecordKind.ONE_ON_ONE: "OneOnOne",
    RecordKind.UPWARD_ROUND: "UpwardRound",
}
"""The type of the schema behind each kind."""


class Record(NamedTuple):
    """That something is recorded, without what it says."""

    kind: RecordKind
    id: uuid.UUID
    recorded_at: datetime.datetime
    audience: str
    """What decides about its readers: its visibility or state; empty where the kind alone does."""


Source = Callable[[uuid.UUID], sa.Select[Any]]
"""The records of a kind about a person: kind, id, time, audience."""


def _source(kind: RecordKind, model: Any, subject: Any, audience: Any = None, *conditions: Any) -> Source:
    said = sa.literal("", sa.String) if audience is None else sa.cast(audience, sa.String)

    def select(person_id: uuid.UUID) -> sa.Select[Any]:
        return sa.select(
            sa.literal(kind.value, sa.String).label("kind"),
            model.id.label("id"),
            model.created_at.label("recorded_at"),
            said.label("audience"),
        ).where(subject == person_id, *conditions)

    return select


SOURCES: Mapping[RecordKind, Source] = {
    RecordKind.FEEDBACK: _source(RecordKind.FEEDBACK, Feedback, Feedback.receiver_id, Feedback.visibility),
    RecordKind.CUSTOMER_COMMENT: _source(RecordKind.CUSTOMER_COMMENT, CustomerComment, CustomerComment.subject_id),
    RecordKind.GROWTH_ENTRY: _source(
        RecordKind.GROWTH_ENTRY,
        GrowthEntry,
        GrowthEntry.person_id,
        sa.case((GrowthEntry.shared, "SHARED"), else_=""),
    ),
    RecordKind.REVIEW: _source(RecordKind.REVIEW, Review, Review.subject_id, Review.status),
    RecordKind.FORM: _source(RecordKind.FORM, IntakeDocument, IntakeDocument.subject_id, IntakeDocument.status),
    RecordKind.BRIEF: _source(RecordKind.BRIEF, Brief, Brief.subject_id, Brief.audience),
    RecordKind.GOAL: _source(RecordKind.GOAL, Goal, Goal.owner_id, Goal.visibility),
    RecordKind.WEEKLY_ACTION: _source(RecordKind.WEEKLY_ACTION, WeeklyAction, WeeklyAction.person_id),
    RecordKind.HEALTH_CHECK: _source(RecordKind.HEALTH_CHECK, GoalHealthCheck, GoalHealthCheck.person_id),
    RecordKind.ONE_ON_ONE: _source(RecordKind.ONE_ON_ONE, OneOnOne, OneOnOne.report_id),
    RecordKind.UPWARD_ROUND: _source(
        RecordKind.UPWARD_ROUND,
        UpwardRound,
        UpwardRound.subject_id,
        None,
        UpwardRound.status == RoundStatus.RELEASED,
    ),
}
"""Every table that holds something about a person. A domain that adds one adds its line here and in `TYPES`."""


def about(session: Session, viewer: Viewer, kinds: Iterable[RecordKind], request: PageRequest) -> Page[Record]:
    """A page of what is recorded about the viewer, the latest first, in one statement.

    Raises `CursorError` when the place is not of this list.
    """
    wanted = set(kinds)
    if viewer.person_id is None or not wanted:
        return Page()
    found = sa.union_all(*(SOURCES[kind](viewer.person_id) for kind in RecordKind if kind in wanted)).subquery()
    recorded_at = sa.type_coerce(found.c.recorded_at, UtcDateTime())
    statement = sa.select(found.c.kind, found.c.id, recorded_at, found.c.audience)
    if request.after is not None:
        moment, id_ = _place(request.after)
        earlier = sa.and_(recorded_at == moment, found.c.id < id_)
        statement = statement.where(sa.or_(recorded_at < moment, earlier))
    rows = session.execute(statement.order_by(recorded_at.desc(), found.c.id.desc()).limit(request.first + 1)).all()
    records = [Record(RecordKind(row[0]), row[1], row[2], row[3]) for row in rows]
    kept = records[: request.first]
    return Page(
        rows=kept,
        keys=[(record.recorded_at.isoformat(), record.id.hex) for record in kept],
        has_next=len(records) > request.first,
        has_previous=request.after is not None,
    )


def _place(key: tuple[str, ...]) -> tuple[datetime.datetime, uuid.UUID]:
    try:
        moment, id_ = key
        found = datetime.datetime.fromisoformat(moment), uuid.UUID(id_)
    except ValueError as error:
        raise CursorError("the cursor is malformed") from error
    if found[0].tzinfo is None:
        raise CursorError("the cursor is malformed")
    return found


_RESOURCES: Mapping[RecordKind, tuple[AccessedResource, ...]] = {
    RecordKind.FEEDBACK: (AccessedResource.FEEDBACK,),
    RecordKind.CUSTOMER_COMMENT: (AccessedResource.CUSTOMER_COMMENT,),
    RecordKind.GROWTH_ENTRY: (AccessedResource.GROWTH_ENTRY,),
    RecordKind.REVIEW: (AccessedResource.REVIEW,),
    RecordKind.FORM: (AccessedResource.INTAKE_DOCUMENT, AccessedResource.FORM_PICTURE),
    RecordKind.BRIEF: (AccessedResource.BRIEF,),
}
"""How readings of a kind are noted; of the others none are."""


class Reading(NamedTuple):
    """Somebody who read a record, and when last."""

    actor_id: uuid.UUID
    last_at: datetime.datetime
    times: int


def readings(
    session: Session, viewer: Viewer, records: Iterable[Record], *, limit: int
) -> Mapping[uuid.UUID, list[Reading]]:
    """Who read these records about the viewer, whoever read last first, at most `limit` for each record."""
    noted = {record.id: _RESOURCES[record.kind] for record in records if record.kind in _RESOURCES}
    if not noted:
        return {}
    last = sa.func.max(AccessEvent.occurred_at)
    rows = session.execute(
        sa.select(AccessEvent.resource_id, AccessEvent.actor_id, sa.type_coerce(last, UtcDateTime()), sa.func.count())
        .where(
            AccessEvent.organization_id == viewer.organization_id,
            AccessEvent.subject_id == viewer.person_id,
            AccessEvent.resource_id.in_(noted.keys()),
        )
        .group_by(AccessEvent.resource_id, AccessEvent.actor_id)
        .order_by(last.desc(), AccessEvent.actor_id)
    )
    found: dict[uuid.UUID, list[Reading]] = {}
    for resource_id, actor_id, last_at, times in rows:
        some = found.setdefault(resource_id, [])
        if len(some) < limit:
            some.append(Reading(actor_id, last_at, times))
    return found


def kinds_with_noted_readings() -> frozenset[RecordKind]:
    """Kinds of which every reading by somebody else is noted."""
    return frozenset(_RESOURCES)
