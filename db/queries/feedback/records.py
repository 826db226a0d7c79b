"""What is recorded about a person, over all domains, as one list by time."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import UtcDateTime, now
from db.models.briefs import Brief, BriefBatch, BriefBatchEntry, BriefDocument, EvidenceExclusion
from db.models.channels import NotificationChannel, NotificationDelivery
from db.models.events import AccessedResource, AccessEvent
from db.models.feedback.customers import CustomerComment
from db.models.feedback.growth import GrowthEntry, GrowthRecording
from db.models.feedback.meetings import OneOnOne
from db.models.feedback.notes import Feedback
from db.models.feedback.points import PointsRedemption
from db.models.feedback.retrospectives import Retrospective
from db.models.feedback.upward import RoundStatus, UpwardRound
from db.models.goal_updates import GoalHealthCheck, WeeklyAction
from db.models.goals import Goal
from db.models.intake import IntakeDocument, Sheet
from db.models.projects.deliverables import Deliverable
from db.models.projects.tasks import ProjectTask
from db.models.reviews import Review
from db.models.rewordings import Rewording
from db.queries.feedback.retrospectives import taken_part
from db.queries.paging import Page, PageRequest, fetch_latest
from db.viewer import Viewer


class RecordKind(StrEnum):
    """Kinds of records, each with a purpose, a source and readers of its own; see `resolvers.feedback.transparency`."""

    FEEDBACK = "FEEDBACK"
    REWORDING = "REWORDING"
    CUSTOMER_COMMENT = "CUSTOMER_COMMENT"
    GROWTH_ENTRY = "GROWTH_ENTRY"
    RECORDING = "RECORDING"
    REVIEW = "REVIEW"
    FORM = "FORM"
    SHEET = "SHEET"
    BRIEF = "BRIEF"
    BRIEF_FILE = "BRIEF_FILE"
    BRIEF_BATCH = "BRIEF_BATCH"
    EXCLUSION = "EXCLUSION"
    GOAL = "GOAL"
    WEEKLY_ACTION = "WEEKLY_ACTION"
    HEALTH_CHECK = "HEALTH_CHECK"
    ONE_ON_ONE = "ONE_ON_ONE"
    RETROSPECTIVE = "RETROSPECTIVE"
    UPWARD_ROUND = "UPWARD_ROUND"
    TASK = "TASK"
    DELIVERABLE = "DELIVERABLE"
    REDEMPTION = "REDEMPTION"
    MESSAGE = "MESSAGE"


TYPES: Mapping[RecordKind, str] = {
    RecordKind.FEEDBACK: "Feedback",
    RecordKind.REWORDING: "Rewording",
    RecordKind.CUSTOMER_COMMENT: "CustomerComment",
    RecordKind.GROWTH_ENTRY: "GrowthEntry",
    RecordKind.RECORDING: "GrowthRecording",
    RecordKind.REVIEW: "Review",
    RecordKind.FORM: "IntakeDocument",
    RecordKind.BRIEF: "Brief",
    RecordKind.BRIEF_FILE: "BriefDocument",
    RecordKind.BRIEF_BATCH: "BriefBatchEntry",
    RecordKind.GOAL: "Goal",
    RecordKind.WEEKLY_ACTION: "WeeklyAction",
    RecordKind.HEALTH_CHECK: "GoalHealthCheck",
    RecordKind.ONE_ON_ONE: "OneOnOne",
    RecordKind.RETROSPECTIVE: "Retrospective",
    RecordKind.UPWARD_ROUND: "UpwardRound",
    RecordKind.TASK: "ProjectTask",
    RecordKind.DELIVERABLE: "Deliverable",
    RecordKind.REDEMPTION: "PointsRedemption",
    RecordKind.MESSAGE: "NotificationDelivery",
}
"""The type of the schema behind each kind that has one."""

ON_TASK, TO_ALL, SHARED = "ON_TASK", "TO_ALL", "SHARED"
OF_PERSON, OF_DEPARTMENT, OF_PROJECT = "OF_PERSON", "OF_DEPARTMENT", "OF_PROJECT"
"""Audiences that no column holds: a comment on one's task that names nobody; a place that several people read; an
entry that the line reads; what a retrospective is about."""


class Record(NamedTuple):
    """That something is recorded, without what it says."""

    kind: RecordKind
    id: uuid.UUID
    recorded_at: datetime.datetime
    audience: str
    """What decides about its readers: its visibility or state; empty where the kind alone does."""


Source = Callable[[uuid.UUID], sa.Select[Any]]
"""The records of a kind about a person: kind, id, time, audience."""


def _source(
    kind: RecordKind,
    model: Any,
    subject: Any,
    audience: Any = None,
    condition: sa.ColumnElement[bool] | None = None,
    *,
    recorded_at: Any = None,
) -> Source:
    """`subject`: the column that says whom a record is about, or a function from a person's key to a condition."""
    said = sa.literal("", sa.String) if audience is None else sa.cast(audience, sa.String)

    def select(person_id: uuid.UUID) -> sa.Select[Any]:
        found = sa.select(
            sa.literal(kind.value, sa.String).label("kind"),
            model.id.label("id"),
            (model.created_at if recorded_at is None else recorded_at).label("moment"),
            said.label("audience"),
        ).where(subject == person_id if isinstance(subject, sa.orm.InstrumentedAttribute) else subject(person_id))
        return found if condition is None else found.where(condition)

    return select


def _reworded(person_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Proposals for goals of the person, and for feedback that the person gave or got."""
    goals = sa.select(Goal.id).where(Goal.owner_id == person_id)
    notes = sa.select(Feedback.id).where(sa.or_(Feedback.receiver_id == person_id, Feedback.giver_id == person_id))
    return sa.and_(Rewording.expires_at > now(), sa.or_(Rewording.goal_id.in_(goals), Rewording.feedback_id.in_(notes)))


def _said_by_customers(person_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """What names the person, and what names nobody and is about a task that the person owns today: what briefs take."""
    owned = sa.select(ProjectTask.id).where(ProjectTask.owner_id == person_id)
    return sa.or_(
        CustomerComment.subject_id == person_id,
        sa.and_(CustomerComment.subject_id.is_(None), CustomerComment.task_id.in_(owned)),
    )


def _recorded(person_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Voice notes of which there is sound or words."""
    own = sa.select(GrowthEntry.id).where(GrowthEntry.person_id == person_id)
    there = sa.or_(GrowthRecording.file_id.is_not(None), GrowthRecording.transcript.is_not(None))
    return sa.and_(GrowthRecording.entry_id.in_(own), there)


def _looked_back_on(person_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Retrospectives on the person's cycles and goals, and those in which the person takes part."""
    owned = sa.select(Goal.id).where(Goal.owner_id == person_id)
    finished = Retrospective.finished_at.is_not(None)
    about = sa.or_(Retrospective.person_id == person_id, Retrospective.goal_id.in_(owned))
    return sa.or_(Retrospective.id.in_(taken_part(person_id)), sa.and_(finished, about))


def _of_whom() -> sa.ColumnElement[str]:
    return sa.case(
        (Retrospective.person_id.is_not(None), OF_PERSON),
        (Retrospective.department_id.is_not(None), OF_DEPARTMENT),
        (Retrospective.project_id.is_not(None), OF_PROJECT),
        else_="",
    )


def _filed(person_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Briefs about the person as files, while they are kept."""
    about = sa.select(Brief.id).where(Brief.subject_id == person_id)
    return sa.and_(BriefDocument.brief_id.in_(about), BriefDocument.file_id.is_not(None))


SOURCES: Mapping[RecordKind, Source] = {
    RecordKind.FEEDBACK: _source(RecordKind.FEEDBACK, Feedback, Feedback.receiver_id, Feedback.visibility),
    RecordKind.REWORDING: _source(RecordKind.REWORDING, Rewording, _reworded),
    RecordKind.CUSTOMER_COMMENT: _source(
        RecordKind.CUSTOMER_COMMENT,
        CustomerComment,
        _said_by_customers,
        sa.case((CustomerComment.subject_id.is_(None), ON_TASK), else_=""),
    ),
    RecordKind.GROWTH_ENTRY: _source(
        RecordKind.GROWTH_ENTRY,
        GrowthEntry,
        GrowthEntry.person_id,
        sa.case((GrowthEntry.shared, SHARED), else_=""),
    ),
    RecordKind.RECORDING: _source(RecordKind.RECORDING, GrowthRecording, _recorded),
    RecordKind.REVIEW: _source(RecordKind.REVIEW, Review, Review.subject_id, Review.status),
    RecordKind.FORM: _source(RecordKind.FORM, IntakeDocument, IntakeDocument.subject_id, IntakeDocument.status),
    RecordKind.SHEET: _source(RecordKind.SHEET, Sheet, Sheet.subject_id),
    RecordKind.BRIEF: _source(RecordKind.BRIEF, Brief, Brief.subject_id, Brief.audience),
    RecordKind.BRIEF_FILE: _source(RecordKind.BRIEF_FILE, BriefDocument, _filed),
    RecordKind.BRIEF_BATCH: _source(
        RecordKind.BRIEF_BATCH,
        BriefBatchEntry,
        BriefBatchEntry.subject_id,
        None,
        BriefBatch.id == BriefBatchEntry.batch_id,
        recorded_at=BriefBatch.created_at,
    ),
    RecordKind.EXCLUSION: _source(RecordKind.EXCLUSION, EvidenceExclusion, EvidenceExclusion.subject_id),
    RecordKind.GOAL: _source(RecordKind.GOAL, Goal, Goal.owner_id, Goal.visibility),
    RecordKind.WEEKLY_ACTION: _source(RecordKind.WEEKLY_ACTION, WeeklyAction, WeeklyAction.person_id),
    RecordKind.HEALTH_CHECK: _source(RecordKind.HEALTH_CHECK, GoalHealthCheck, GoalHealthCheck.person_id),
    RecordKind.ONE_ON_ONE: _source(RecordKind.ONE_ON_ONE, OneOnOne, OneOnOne.report_id),
    RecordKind.RETROSPECTIVE: _source(RecordKind.RETROSPECTIVE, Retrospective, _looked_back_on, _of_whom()),
    RecordKind.UPWARD_ROUND: _source(
        RecordKind.UPWARD_ROUND,
        UpwardRound,
        UpwardRound.subject_id,
        None,
        UpwardRound.status == RoundStatus.RELEASED,
    ),
    RecordKind.TASK: _source(RecordKind.TASK, ProjectTask, ProjectTask.owner_id),
    RecordKind.DELIVERABLE: _source(RecordKind.DELIVERABLE, Deliverable, Deliverable.owner_id),
    RecordKind.REDEMPTION: _source(RecordKind.REDEMPTION, PointsRedemption, PointsRedemption.person_id),
    RecordKind.MESSAGE: _source(
        RecordKind.MESSAGE,
        NotificationDelivery,
        NotificationDelivery.person_id,
        sa.case(
            (sa.and_(NotificationChannel.owner_id.is_(None), NotificationChannel.to_each.is_(False)), TO_ALL), else_=""
        ),
        NotificationChannel.id == NotificationDelivery.channel_id,
    ),
}
"""Every table that holds something about a person. A domain that adds one adds its line here, and in `TYPES` where the
schema has a type for it."""


def about(session: Session, viewer: Viewer, kinds: Iterable[RecordKind], request: PageRequest) -> Page[Record]:
    """A page of what is recorded about the viewer, the latest first, in one statement.

    Raises `CursorError` when the place is not of this list.
    """
    wanted = set(kinds)
    if viewer.person_id is None or not wanted:
        return Page()
    page = fetch_latest(session, [SOURCES[kind](viewer.person_id) for kind in RecordKind if kind in wanted], request)
    return page.map(lambda row: Record(RecordKind(row.kind), row.id, row.moment, row.audience))


_RESOURCES: Mapping[RecordKind, tuple[AccessedResource, ...]] = {
    RecordKind.FEEDBACK: (AccessedResource.FEEDBACK,),
    RecordKind.CUSTOMER_COMMENT: (AccessedResource.CUSTOMER_COMMENT,),
    RecordKind.GROWTH_ENTRY: (AccessedResource.GROWTH_ENTRY,),
    RecordKind.RETROSPECTIVE: (AccessedResource.RETROSPECTIVE,),
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


def readings_are_noted(record: Record) -> bool:
    """Whether every reading of the record by somebody else is noted: not where it is about nobody in particular."""
    if record.kind is RecordKind.RETROSPECTIVE:
        return record.audience == OF_PERSON
    return record.kind in _RESOURCES and record.audience != ON_TASK
