"""What changed since a place in the log, as far as a viewer may see it.

Every object stands once, at its latest line: a reader who goes on from place to place has each object as it is now, and
learns neither how often it changed nor what it was before it came into sight.
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.models.events import Event, LostSight
from db.models.people import Employment
from db.queries import (
    brief_batches,
    briefs,
    event_log,
    forms,
    goal_changes,
    goal_updates,
    goals,
    intake,
    people,
    reviews,
    schedules,
)
from db.queries.event_log import Place
from db.queries.feedback import customers, growth, meetings, notes, points, retrospectives, upward
from db.queries.projects import deliverables, feeds, tasks, templates
from db.viewer import Role, Viewer

Policy = Callable[[Session, Viewer], sa.Select[Any]]
"""The rows of a table that the viewer may see."""

SOURCES: Mapping[str, Policy] = {
    "Brief": briefs.visible_to,
    "BriefBatch": lambda _session, viewer: brief_batches.visible_to(viewer),
    "CustomerComment": customers.visible_to,
    "CustomerCommentImport": lambda _session, viewer: customers.imports(viewer),
    "Cycle": lambda _session, viewer: goals.cycles(viewer),
    "Deliverable": deliverables.visible_to,
    "DeliverableTemplate": lambda _session, viewer: templates.visible_to(viewer),
    "Feed": lambda _session, viewer: feeds.feeds(viewer),
    "Feedback": notes.visible_to,
    "FormDraft": lambda _session, viewer: forms.drafts_visible_to(viewer),
    "FormSheet": intake.sheets_visible_to,
    "FormTemplate": lambda _session, viewer: intake.forms(viewer),
    "Goal": goals.visible_to,
    "GoalChange": goal_changes.visible_to,
    "GoalExport": goal_updates.exports,
    "GoalHealthCheck": goal_updates.health_checks,
    "GoalImport": goal_updates.imports,
    "GrowthEntry": growth.visible_to,
    "IntakeDocument": intake.visible_to,
    "Project": tasks.projects,
    "ProjectTask": tasks.tasks,
    "OneOnOne": lambda _session, viewer: meetings.visible_to(viewer),
    "PointsRedemption": lambda _session, viewer: points.redemptions(viewer),
    "Retrospective": retrospectives.visible_to,
    "Review": reviews.visible_to,
    "Threshold": lambda _session, viewer: templates.thresholds_visible_to(viewer),
    "UpwardRound": upward.rounds,
    "WeeklyAction": goal_updates.weekly_actions,
    "WorkingYear": lambda _session, viewer: schedules.working_years(viewer),
}
"""The types that are followed, by their name in the schema, which is the `subject_type` of their lines."""


class ChangedRow(NamedTuple):
    """An object at its place in the log."""

    transaction: int
    sequence: int
    type: str
    id: uuid.UUID
    changed_at: datetime.datetime
    gone: bool
    """The viewer could see it before this line, and cannot now."""

    @property
    def place(self) -> Place:
        return Place(self.transaction, self.sequence)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which part of the log to read."""

    types: Sequence[str]
    after: Place
    until: Place
    began: Place
    """Where the reader's copy begins: what went out of sight before was never in it."""


def fetch_changes(session: Session, viewer: Viewer, stretch: Stretch, limit: int) -> list[ChangedRow]:
    """The first `limit` changes of the stretch, in order, by two statements; by one when nothing happened."""
    arms = [
        arm.order_by(Event.transaction, Event.sequence).limit(limit).subquery()
        for type_ in _with_lines(session, viewer, stretch)
        for arm in _arms(session, viewer, stretch, type_)
    ]
    if not arms:
        return []
    found = sa.union_all(*(sa.select(arm) for arm in arms)).subquery()
    rows = session.execute(sa.select(found).order_by(found.c.transaction, found.c.sequence).limit(limit))
    return [ChangedRow._make(row) for row in rows]


def _with_lines(session: Session, viewer: Viewer, stretch: Stretch) -> list[str]:
    """The types of which the stretch has lines: a statement about all types takes longer to plan than to run."""
    if not stretch.types:
        return []
    some = [sa.exists().where(_lines(viewer, stretch, type_)).label(type_) for type_ in stretch.types]
    return [type_ for type_, there in session.execute(sa.select(*some)).mappings().one().items() if there]


def _lines(viewer: Viewer, stretch: Stretch, type_: str) -> sa.ColumnElement[bool]:
    """The lines about objects of a type in the stretch."""
    return sa.and_(
        Event.organization_id == viewer.organization_id,
        Event.subject_type == type_,
        event_log.between(Event, stretch.after, stretch.until),
    )


_LATER, _LOST, _LOST_LATER = aliased(Event), aliased(LostSight), aliased(LostSight)


def _arms(session: Session, viewer: Viewer, stretch: Stretch, type_: str) -> list[sa.Select[Any]]:
    """The visible objects of a type at their latest lines; and those that the viewer lost sight of, at the line that
    took them away, whatever happened to them afterwards."""
    seen = SOURCES[type_](session, viewer)
    key = seen.column_descriptions[0]["entity"].id
    lines = _lines(viewer, stretch, type_)
    later = _LATER
    superseded = sa.exists().where(
        later.organization_id == viewer.organization_id,
        later.subject_id == Event.subject_id,
        later.subject_type == type_,
        _beyond(later, stretch.until),
    )
    visible = sa.select(*_columns(gone=False)).where(
        lines, ~superseded, Event.subject_id.in_(seen.with_only_columns(key))
    )
    if stretch.began == stretch.until:
        return [visible]
    lost, lost_later = _LOST, _LOST_LATER
    lost_again = (
        sa.exists()
        .where(lost_later.person_id == viewer.person_id, lost_later.sequence == later.sequence)
        .where(later.subject_id == Event.subject_id, later.subject_type == type_, _beyond(later, stretch.until))
    )
    gone = (
        sa.select(*_columns(gone=True))
        .join(lost, lost.sequence == Event.sequence)
        .where(
            lost.person_id == viewer.person_id,
            lines,
            event_log.between(Event, stretch.began, stretch.until),
            ~lost_again,
            ~seen.where(key == Event.subject_id).with_only_columns(key).exists(),
        )
    )
    return [visible, gone]


def _columns(*, gone: bool) -> tuple[Any, ...]:
    return (
        Event.transaction,
        Event.sequence,
        Event.subject_type,
        Event.subject_id,
        Event.occurred_at,
        sa.literal(gone, sa.Boolean()).label("gone"),
    )


def _beyond(later: type[Event], until: Place) -> sa.ColumnElement[bool]:
    """Lines after the one at hand that can be read already."""
    place = event_log.place_of(later)
    return sa.and_(place > event_log.place_of(Event), place <= event_log.constant(until))


def access_stamp(session: Session, viewer: Viewer) -> bytes:
    """Eight bytes that stay the same as long as the viewer's roles, department and reporting line do, which decide what
    is seen without leaving a line in the log; and as long as the database is on the same server, which numbers its
    transactions.
    """
    parts = [event_log.numbering(session), *sorted(role.value for role in viewer.roles)]
    if viewer.person_id is not None:
        on = people.today(session, viewer.organization_id)
        above = people.managers_above(session, viewer, viewer.person_id)
        below = set(session.scalars(people.reports_below(viewer, on))) if viewer.has(Role.MANAGER) else set()
        departments = set(
            session.scalars(
                sa.select(Employment.department_id).where(
                    Employment.organization_id == viewer.organization_id,
                    Employment.person_id == viewer.person_id,
                    people.in_force(Employment, on),
                )
            )
        )
        for ids in (above, below, departments):
            parts += ["", *sorted(id_.hex for id_ in ids)]
    return hashlib.sha256("\n".join(parts).encode()).digest()[:8]
