"""A person's growth over the cycles, gathered from what is recorded anyway: a query, and nothing is kept twice."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from db.base import UtcDateTime
from db.models.feedback.growth import GrowthEntry
from db.models.feedback.meetings import OneOnOne, OneOnOneAction
from db.models.feedback.notes import Feedback, FeedbackKind, FeedbackTag
from db.models.feedback.retrospectives import Retrospective, RetrospectiveEdition
from db.models.goals import Goal, GoalStatus
from db.models.reviews import Review, ReviewStatus
from db.queries import goals, reviews
from db.queries.feedback import agreed, growth, meetings, notes, retrospectives
from db.queries.paging import Page, PageRequest, fetch_latest
from db.viewer import Viewer

TITLE_LENGTH = 200


class ArchiveKind(StrEnum):
    REVIEW = "REVIEW"
    TALK = "TALK"
    AGREED = "AGREED"
    RETROSPECTIVE = "RETROSPECTIVE"
    KUDOS = "KUDOS"
    BEHAVIOUR = "BEHAVIOUR"
    GOAL = "GOAL"
    GROWTH_ENTRY = "GROWTH_ENTRY"


class OnDay(FunctionElement[datetime.datetime]):
    """The instant so many minutes after a day begins in UTC: a day's place among instants."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(OnDay, "postgresql")
def _postgresql(element: Any, compiler: Any, **options: Any) -> str:
    day, minutes = (compiler.process(clause, **options) for clause in element.clauses)
    return f"timezone('UTC', CAST({day} AS timestamp) + {minutes} * interval '1 minute')"


@compiles(OnDay, "sqlite")
def _sqlite(element: Any, compiler: Any, **options: Any) -> str:
    day, minutes = (compiler.process(clause, **options) for clause in element.clauses)
    written = "'%Y-%m-%dT%H:%M:00.000000Z'"  # as `UtcDateTime` writes it
    return f"strftime({written}, {day}, {minutes} || ' minutes')"


class ArchiveItem(NamedTuple):
    """Something of the archive, without what it says."""

    kind: ArchiveKind
    id: uuid.UUID
    moment: datetime.datetime
    """Of what has a day alone: its noon by the organisation's clocks."""
    cycle_id: uuid.UUID | None
    """Where the source names one."""
    title: str
    """The beginning of its words; empty where it has none."""
    kept: bool | None
    """Of what was agreed: whether it is done."""


TYPES: Mapping[ArchiveKind, str] = {
    ArchiveKind.REVIEW: "Review",
    ArchiveKind.TALK: "OneOnOne",
    ArchiveKind.AGREED: "OneOnOneAction",
    ArchiveKind.RETROSPECTIVE: "Retrospective",
    ArchiveKind.KUDOS: "Feedback",
    ArchiveKind.BEHAVIOUR: "Feedback",
    ArchiveKind.GOAL: "Goal",
    ArchiveKind.GROWTH_ENTRY: "GrowthEntry",
}
"""The type of the schema behind each kind."""


@dataclass(frozen=True, slots=True)
class Span:
    """A cycle to which the archive is narrowed: its key, its days, and its first and last instants by the
    organisation's clocks."""

    cycle_id: uuid.UUID
    starts_on: datetime.date
    ends_on: datetime.date
    opens_at: datetime.datetime
    closes_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the archive to list."""

    kinds: Collection[ArchiveKind]
    noon: int
    """When the organisation has noon, in minutes after midnight in UTC; daylight saving time may be off by an hour."""
    span: Span | None = None
    """None: of all cycles."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """What a source brings to the list."""

    statement: sa.Select[Any]
    id: Any
    moment: Any
    day: Any = None
    """In place of the moment."""
    cycle_id: Any = None
    title: Any = None
    kept: Any = None

    def arm(self, kind: ArchiveKind, wanted: Wanted) -> sa.Select[Any]:
        nothing = sa.cast(sa.null(), sa.Uuid())
        statement = self.statement if wanted.span is None else self.statement.where(self._within(wanted.span))
        return statement.with_only_columns(
            sa.literal(kind.value, sa.String).label("kind"),
            self.id.label("id"),
            (self.moment if self.day is None else OnDay(self.day, sa.literal(wanted.noon, sa.Integer))).label("moment"),
            (nothing if self.cycle_id is None else self.cycle_id).label("cycle_id"),
            sa.literal("", sa.String).label("title")
            if self.title is None
            else sa.func.substr(sa.func.coalesce(self.title, ""), 1, TITLE_LENGTH).label("title"),
            sa.cast(sa.null() if self.kept is None else self.kept, sa.Boolean).label("kept"),
        )

    def _within(self, span: Span) -> sa.ColumnElement[bool]:
        """Of the cycle by its own word; where it has none, by when it was."""
        if self.day is not None:
            by_time = sa.and_(self.day >= span.starts_on, self.day <= span.ends_on)
        else:
            by_time = sa.and_(self.moment >= span.opens_at, self.moment < span.closes_at)
        if self.cycle_id is None:
            return by_time
        return sa.or_(self.cycle_id == span.cycle_id, sa.and_(self.cycle_id.is_(None), by_time))


def _reviews(session: Session, viewer: Viewer, person_id: uuid.UUID) -> _Columns:
    confirmed = reviews.visible_to(session, viewer).where(
        Review.subject_id == person_id, Review.status == ReviewStatus.CONFIRMED
    )
    moment = sa.func.coalesce(Review.confirmed_at, Review.created_at)
    return _Columns(confirmed, Review.id, moment, cycle_id=Review.cycle_id, title=Review.grade)


def _talks(_session: Session, viewer: Viewer, person_id: uuid.UUID) -> _Columns:
    held = meetings.confirmed(viewer).where(OneOnOne.report_id == person_id)
    return _Columns(held, OneOnOne.id, None, day=OneOnOne.held_on)


def _agreed(session: Session, viewer: Viewer, person_id: uuid.UUID) -> _Columns:
    row = OneOnOneAction
    seen = agreed.visible_to(session, viewer).where(row.owner_id == person_id)
    return _Columns(seen, row.id, row.created_at, title=row.text, kept=row.done_at.is_not(None))


def _retrospectives(session: Session, viewer: Viewer, person_id: uuid.UUID) -> _Columns:
    """Each where it was first finished: a correction moves nothing in a list that somebody pages through."""
    row, edition = Retrospective, RetrospectiveEdition
    first = sa.select(edition.finished_at).where(edition.retrospective_id == row.id, edition.number == 1)
    about = sa.or_(row.person_id == person_id, row.id.in_(retrospectives.taken_part(person_id)))
    finished = retrospectives.visible_to(session, viewer).where(row.finished_at.is_not(None), about)
    of_goal = sa.select(Goal.cycle_id).where(Goal.id == row.goal_id).correlate(row).scalar_subquery()
    cycle_id = sa.func.coalesce(row.cycle_id, of_goal, type_=sa.Uuid())
    return _Columns(finished, row.id, first.correlate(row).scalar_subquery(), cycle_id=cycle_id, title=row.reason)


def _kudos(session: Session, viewer: Viewer, person_id: uuid.UUID) -> _Columns:
    given = notes.filtered(
        notes.visible_to(session, viewer), notes.Wanted(receiver_id=person_id, kind=FeedbackKind.KUDOS)
    )
    return _Columns(given, Feedback.id, Feedback.occurred_at, title=Feedback.text)


def _behaviours(session: Session, viewer: Viewer, person_id: uuid.UUID) -> _Columns:
    """Feedback that names a behaviour, and with it a competency."""
    given = notes.filtered(
        notes.visible_to(session, viewer), notes.Wanted(receiver_id=person_id, kind=FeedbackKind.NOTE)
    ).where(sa.exists().where(FeedbackTag.feedback_id == Feedback.id))
    return _Columns(given, Feedback.id, Feedback.occurred_at, title=Feedback.text)


def _goals(session: Session, viewer: Viewer, person_id: uuid.UUID) -> _Columns:
    done = goals.visible_to(session, viewer).where(
        Goal.owner_id == person_id, Goal.status == GoalStatus.DONE, Goal.ended_at.is_not(None)
    )
    return _Columns(done, Goal.id, Goal.ended_at, cycle_id=Goal.cycle_id, title=Goal.title)


def _growth(session: Session, viewer: Viewer, person_id: uuid.UUID) -> _Columns:
    """Shared entries alone, also for their owner: the archive is what the line reads, too."""
    row = GrowthEntry
    shared = growth.visible_to(session, viewer).where(row.person_id == person_id, row.shared)
    return _Columns(shared, row.id, None, day=row.written_on, title=row.text)


_SOURCES: Mapping[ArchiveKind, Callable[[Session, Viewer, uuid.UUID], _Columns]] = {
    ArchiveKind.REVIEW: _reviews,
    ArchiveKind.TALK: _talks,
    ArchiveKind.AGREED: _agreed,
    ArchiveKind.RETROSPECTIVE: _retrospectives,
    ArchiveKind.KUDOS: _kudos,
    ArchiveKind.BEHAVIOUR: _behaviours,
    ArchiveKind.GOAL: _goals,
    ArchiveKind.GROWTH_ENTRY: _growth,
}


def items(
    session: Session, viewer: Viewer, person_id: uuid.UUID, wanted: Wanted, request: PageRequest
) -> Page[ArchiveItem]:
    """A page of a person's archive, the latest first, in one statement: of each source what the viewer sees.

    Raises `CursorError` when the place is not of this list.
    """
    if not wanted.kinds:
        return Page()
    arms = [
        make(session, viewer, person_id).arm(kind, wanted) for kind, make in _SOURCES.items() if kind in wanted.kinds
    ]
    return fetch_latest(session, arms, request).map(
        lambda row: ArchiveItem(ArchiveKind(row.kind), row.id, row.moment, row.cycle_id, row.title, row.kept)
    )
