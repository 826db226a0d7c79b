"""Two tracks, paper and screen: how far each department has changed over, and how long its paper takes.

It counts documents, never people: who handed in, checked or confirmed is not told.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.models.intake import EntryStage, IntakeStatus
from db.models.people import Organization
from db.models.reviews import ReviewSource
from db.queries import change_over as queries
from db.queries import goals
from db.viewer import Viewer
from resolvers import access
from resolvers.errors import DomainError, ErrorCode
from resolvers.rules.clock import at_local
from resolvers.rules.percentiles import half_up, percentile

SECOND = 1_000_000
"""In microseconds."""
Waiting = tuple[IntakeStatus, EntryStage | None]


@dataclass(slots=True)
class Figures:
    """Of a department with those inside it, or of all."""

    department_id: uuid.UUID | None
    paper: int = 0
    screen: int = 0
    waiting: Counter[Waiting] = field(default_factory=Counter)
    microseconds: list[int] = field(default_factory=list)
    """From upload to confirmation of each paper review."""

    @property
    def anything(self) -> bool:
        return bool(self.paper or self.screen or self.waiting)

    def seconds(self, percent: int) -> int | None:
        """That percentile of the time from upload to confirmation, to the nearest second."""
        found = percentile(self.microseconds, percent)
        return None if found is None else half_up(found / SECOND)


@dataclass(frozen=True, slots=True)
class ChangeOver:
    """How reviews come in."""

    total: Figures
    departments: Sequence[Figures]
    """Those for which there is anything, by code; each with what is inside it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of what the figures shall be."""

    department_id: uuid.UUID | None = None
    """This one and those inside it."""
    cycle_id: uuid.UUID | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    """First and last day in the organisation's zone: of confirmation, and for what waits of the upload."""


def change_over(session: Session, viewer: Viewer, asked: Asked) -> ChangeOver:
    """The figures of the people for whom the viewer answers, by a number of statements that does not grow.

    For managers, of their line, and HR, of everybody but themselves. Raises `DomainError` FORBIDDEN, NOT_FOUND for an
    unknown department or cycle, and INVALID for a span that ends before it begins.
    """
    access.require_paper_role(viewer)
    if asked.since is not None and asked.until is not None and asked.until < asked.since:
        raise DomainError(ErrorCode.INVALID, ("until",))
    above = queries.departments(session, viewer)
    if asked.department_id is not None and asked.department_id not in above:
        raise DomainError(ErrorCode.NOT_FOUND, ("departmentId",))
    if asked.cycle_id is not None and asked.cycle_id not in goals.by_ids(session, viewer, [asked.cycle_id]):
        raise DomainError(ErrorCode.NOT_FOUND, ("cycleId",))
    return _summed(above, asked.department_id, _counted(session, viewer, _span(session, viewer, asked)))


def _span(session: Session, viewer: Viewer, asked: Asked) -> queries.Span:
    zone = ZoneInfo(session.get_one(Organization, viewer.organization_id).timezone)
    after = None if asked.until is None else asked.until + datetime.timedelta(days=1)
    return queries.Span(asked.cycle_id, _midnight(asked.since, zone), _midnight(after, zone))


def _midnight(day: datetime.date | None, zone: ZoneInfo) -> datetime.datetime | None:
    return None if day is None else at_local(day, 0, zone)


def _counted(session: Session, viewer: Viewer, span: queries.Span) -> dict[uuid.UUID | None, Figures]:
    """Figures of each department alone; None: of what belongs to none, or is not known to."""
    found: dict[uuid.UUID | None, Figures] = {}

    def of(department_id: uuid.UUID | None) -> Figures:
        return found.setdefault(department_id, Figures(department_id))

    for department_id, source, count in queries.confirmed(session, viewer, span):
        if source is ReviewSource.PAPER:
            of(department_id).paper += count
        else:
            of(department_id).screen += count
    for department_id, status, stage, count in queries.waiting(session, viewer, span):
        of(department_id).waiting[status, stage] += count
    for department_id, uploaded_at, decided_at in queries.durations(session, viewer, span):
        if decided_at is not None:
            of(department_id).microseconds.append((decided_at - uploaded_at) // datetime.timedelta(microseconds=1))
    return found


def _summed(
    above: Mapping[uuid.UUID, uuid.UUID | None],
    root: uuid.UUID | None,
    counted: Mapping[uuid.UUID | None, Figures],
) -> ChangeOver:
    """Add each department's figures to its own and those above it, up to the root that was asked for."""
    total = Figures(root)
    sums = {department_id: Figures(department_id) for department_id in above}
    for department_id, own in counted.items():
        line = _line(above, department_id)
        if root is not None and root not in line:
            continue
        inside = line if root is None else line[: line.index(root) + 1]
        for figures in (total, *(sums[each] for each in inside)):
            figures.paper += own.paper
            figures.screen += own.screen
            figures.waiting += own.waiting
            figures.microseconds += own.microseconds
    return ChangeOver(total, [figures for figures in sums.values() if figures.anything])


def _line(above: Mapping[uuid.UUID, uuid.UUID | None], department_id: uuid.UUID | None) -> list[uuid.UUID]:
    """A department and those above it; a circle in the data ends."""
    line: list[uuid.UUID] = []
    while department_id is not None and department_id in above and department_id not in line:
        line.append(department_id)
        department_id = above[department_id]
    return line
