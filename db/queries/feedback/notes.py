"""Feedback that a viewer may see, the organisation's tags and settings, and a person's quick phrases."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.feedback.notes import (
    BehaviourTag,
    Feedback,
    FeedbackKind,
    FeedbackPolicy,
    FeedbackRevision,
    FeedbackTag,
    FeedbackVisibility,
    QuickPhrase,
)
from db.models.goals import Goal
from db.models.projects.deliverables import Deliverable
from db.models.projects.tasks import Project, ProjectTask
from db.queries import people
from db.queries.projects import deliverables, tasks
from db.viewer import Viewer

FOR_RECEIVER = (FeedbackVisibility.RECEIVER, FeedbackVisibility.RECEIVER_AND_LINE)
FOR_LINE = (FeedbackVisibility.RECEIVER_AND_LINE, FeedbackVisibility.LINE)
RECORDINGS_KEPT_DAYS = 180
"""As long as pictures of paper are: enough to listen again and to put the words right."""
TAG_POINTS = {"knowledge_sharing": 5, "collaboration": 3}
"""Sharing and mentoring, and helping: what earns points where an organisation has not said."""


def visible_to(session: Session, viewer: Viewer) -> sa.Select[Feedback]:
    """What the viewer gave; what the viewer received, unless it is for the line alone; and, where the line is meant,
    what the people received for whom the viewer answers."""
    statement = sa.select(Feedback).where(Feedback.organization_id == viewer.organization_id)
    if viewer.is_system:
        return statement
    conditions = [
        Feedback.giver_id == viewer.person_id,
        sa.and_(Feedback.receiver_id == viewer.person_id, Feedback.visibility.in_(FOR_RECEIVER)),
    ]
    led = people.led_ids(session, viewer)
    if led is not None:
        conditions.append(sa.and_(Feedback.visibility.in_(FOR_LINE), Feedback.receiver_id.in_(led)))
    return statement.where(sa.or_(*conditions))


def by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Feedback]:
    """Those of the pieces of feedback that the viewer may see."""
    found = session.scalars(visible_to(session, viewer).where(Feedback.id.in_(set(ids))))
    return {row.id: row for row in found}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which feedback to list; None leaves a part open."""

    receiver_id: uuid.UUID | None = None
    giver_id: uuid.UUID | None = None
    linked: tuple[str, uuid.UUID] | None = None
    tag: str | None = None
    kind: FeedbackKind | None = None
    useful: bool | None = None
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None


def filtered(statement: sa.Select[Feedback], wanted: Wanted) -> sa.Select[Feedback]:
    """The statement narrowed to what is wanted."""
    for column, value in (
        (Feedback.receiver_id, wanted.receiver_id),
        (Feedback.giver_id, wanted.giver_id),
        (Feedback.kind, wanted.kind),
        (Feedback.useful, wanted.useful),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.linked is not None:
        name, id_ = wanted.linked
        statement = statement.where(Feedback.linked_type == name, Feedback.linked_id == id_)
    if wanted.tag is not None:
        tagged = sa.select(FeedbackTag.feedback_id).where(FeedbackTag.key == wanted.tag)
        statement = statement.where(Feedback.id.in_(tagged))
    if wanted.since is not None:
        statement = statement.where(Feedback.occurred_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(Feedback.occurred_at < wanted.until)
    return statement


def drafted(session: Session, viewer: Viewer, draft_id: uuid.UUID) -> Feedback | None:
    """What the viewer gave under the id of a draft."""
    return session.scalars(
        sa.select(Feedback).where(
            Feedback.organization_id == viewer.organization_id,
            Feedback.giver_id == viewer.person_id,
            Feedback.draft_id == draft_id,
        )
    ).first()


def tags_of(session: Session, feedback_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[str]]:
    """The keys of the tags of feedback that the caller loaded through `visible_to`."""
    found: dict[uuid.UUID, list[str]] = {}
    for row in session.scalars(
        sa.select(FeedbackTag).where(FeedbackTag.feedback_id.in_(set(feedback_ids))).order_by(FeedbackTag.key)
    ):
        found.setdefault(row.feedback_id, []).append(row.key)
    return found


def revisions(session: Session, feedback_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[FeedbackRevision]]:
    """What feedback that the caller loaded through `visible_to` said before its corrections, the oldest first."""
    found: dict[uuid.UUID, list[FeedbackRevision]] = {}
    for row in session.scalars(
        sa.select(FeedbackRevision)
        .where(FeedbackRevision.feedback_id.in_(set(feedback_ids)))
        .order_by(FeedbackRevision.number)
    ):
        found.setdefault(row.feedback_id, []).append(row)
    return found


def own_tags(session: Session, viewer: Viewer) -> list[BehaviourTag]:
    """The tags that the organisation has words of its own for, by key."""
    statement = sa.select(BehaviourTag).where(BehaviourTag.organization_id == viewer.organization_id)
    return list(session.scalars(statement.order_by(BehaviourTag.key)))


def phrases(viewer: Viewer) -> sa.Select[QuickPhrase]:
    """The viewer's own quick phrases, and nobody else's."""
    return sa.select(QuickPhrase).where(
        QuickPhrase.organization_id == viewer.organization_id, QuickPhrase.person_id == viewer.person_id
    )


def policy(session: Session, viewer: Viewer) -> FeedbackPolicy:
    """The organisation's settings; an unsaved row with the defaults when it has set none."""
    known = session.get(FeedbackPolicy, viewer.organization_id)
    return known or FeedbackPolicy(
        id=viewer.organization_id,
        organization_id=viewer.organization_id,
        edit_minutes=15,
        monthly_allowance=100,
        tag_points=dict(TAG_POINTS),
        recency_days=30,
        anonymous_minimum=4,
        recordings_kept_days=RECORDINGS_KEPT_DAYS,
        version=1,
    )


def latest_of_goals(
    session: Session, viewer: Viewer, goal_ids: Iterable[uuid.UUID], *, limit: int
) -> Mapping[uuid.UUID, list[Feedback]]:
    """The latest visible feedback about each of these goals, at most `limit` each: linked to the goal, to a visible
    task that serves it (by its own word, or its project's where it names none), or to a deliverable of such a task or
    with a value that was taken for a measure of the goal."""
    wanted = set(goal_ids)
    serving = (
        tasks.tasks(session, viewer)
        .join(Project, Project.id == ProjectTask.project_id)
        .with_only_columns(ProjectTask.id, sa.func.coalesce(ProjectTask.goal_id, Project.goal_id).label("goal_id"))
        .where(sa.func.coalesce(ProjectTask.goal_id, Project.goal_id).in_(wanted))
        .cte("serving")
    )
    taken = deliverables.taken_for(wanted)
    about = sa.union(
        sa.select(sa.literal("Goal").label("type"), Goal.id.label("id"), Goal.id.label("goal_id")).where(
            Goal.id.in_(wanted)
        ),
        sa.select(sa.literal("ProjectTask"), serving.c.id, serving.c.goal_id),
        sa.select(sa.literal("Deliverable"), Deliverable.id, serving.c.goal_id).join(
            serving, serving.c.id == Deliverable.task_id
        ),
        sa.select(sa.literal("Deliverable"), taken.c.deliverable_id, taken.c.goal_id),
    ).subquery()
    rank = sa.func.row_number().over(
        partition_by=about.c.goal_id, order_by=(Feedback.occurred_at.desc(), Feedback.id.desc())
    )
    ranked = (
        visible_to(session, viewer)
        .join(about, sa.and_(about.c.type == Feedback.linked_type, about.c.id == Feedback.linked_id))
        .with_only_columns(Feedback.id, about.c.goal_id, rank.label("rank"))
        .subquery()
    )
    found: dict[uuid.UUID, list[Feedback]] = {}
    for row, goal_id in session.execute(
        sa.select(Feedback, sa.type_coerce(ranked.c.goal_id, sa.Uuid()))
        .join(ranked, ranked.c.id == Feedback.id)
        .where(ranked.c.rank <= limit)
        .order_by(Feedback.occurred_at.desc(), Feedback.id.desc())
    ):
        found.setdefault(goal_id, []).append(row)
    return found
