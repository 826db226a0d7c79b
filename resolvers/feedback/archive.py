"""A person's growth archive: what is recorded of the person over the cycles, each piece by the rule of its source."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.base import now
from db.models.goals import Cycle
from db.queries import goals, schedules
from db.queries.feedback import archive
from db.queries.feedback.archive import ArchiveItem, ArchiveKind, Span
from db.queries.paging import Page, PageRequest
from db.viewer import Viewer
from resolvers.access import require_answers_for
from resolvers.errors import DomainError, ErrorCode
from resolvers.languages import in_language
from resolvers.rules.clock import at_local

Words = tuple[str, str]
"""Chinese and English."""

NAMES: Mapping[ArchiveKind, Words] = {
    ArchiveKind.REVIEW: ("评审", "Review"),
    ArchiveKind.TALK: ("一对一面谈纪要", "Minutes of a one-on-one"),
    ArchiveKind.AGREED: ("约定", "Agreed action"),
    ArchiveKind.RETROSPECTIVE: ("复盘", "Retrospective"),
    ArchiveKind.KUDOS: ("感谢卡", "Kudos"),
    ArchiveKind.BEHAVIOUR: ("行为标签", "Behaviour"),
    ArchiveKind.GOAL: ("目标", "Goal"),
    ArchiveKind.GROWTH_ENTRY: ("成长日志", "Growth log"),
}
_OF_FEEDBACK: Words = (
    "写的人；按其可见范围：本人、各级上级和人力资源。",
    "Who wrote it; by its visibility the person, the managers above, HR.",
)
READERS: Mapping[ArchiveKind, Words] = {
    ArchiveKind.REVIEW: ("本人、评审人、各级上级和人力资源。", "The person, the reviewer, the managers above, HR."),
    ArchiveKind.TALK: ("面谈的两个人。", "The two who talked."),
    ArchiveKind.AGREED: (
        "来自面谈的：两个人；来自复盘的：能看到该复盘的人。",
        "Of a talk: the two; of a retrospective: who sees that.",
    ),
    ArchiveKind.RETROSPECTIVE: (
        "参与人、主持人的各级上级、人力资源，以及能看到复盘对象的人。",
        "Who took part, the managers above the facilitator, HR, and who sees what it is about.",
    ),
    ArchiveKind.KUDOS: _OF_FEEDBACK,
    ArchiveKind.BEHAVIOUR: _OF_FEEDBACK,
    ArchiveKind.GOAL: (
        "按目标的可见范围，以及各级上级和人力资源。",
        "Whom the goal's visibility names, the managers above, HR.",
    ),
    ArchiveKind.GROWTH_ENTRY: ("本人、各级上级和人力资源。", "The person, the managers above, HR."),
}


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A piece of the archive in its cycle."""

    item: ArchiveItem
    on: datetime.date
    """The day, by the organisation's clocks."""
    cycle_id: uuid.UUID | None
    """The source's own, else the shortest one that the day lies in."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of an archive is asked for."""

    kinds: Collection[ArchiveKind] = tuple(ArchiveKind)
    cycle_id: uuid.UUID | None = None


def growth_archive(
    session: Session,
    viewer: Viewer,
    person_id: uuid.UUID,
    narrowed: Narrowed,
    request: PageRequest,
) -> Page[ArchiveEntry]:
    """A page of it, the latest first, by a number of statements that does not depend on what there is.

    For the person, the managers above and HR; of each source it shows what the viewer sees there.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN; `CursorError` when the place is not of this list.
    """
    if person_id != viewer.person_id:
        require_answers_for(session, viewer, person_id, ("personId",))
    cycles = session.scalars(goals.cycles(viewer)).all()
    zone = ZoneInfo(schedules.organization_zone(session, viewer) or "UTC")
    span = None
    if narrowed.cycle_id is not None:
        cycle = next((cycle for cycle in cycles if cycle.id == narrowed.cycle_id), None)
        if cycle is None:
            raise DomainError(ErrorCode.NOT_FOUND, ("filter", "cycleId"))
        span = _span(cycle, zone)
    page = archive.items(session, viewer, person_id, archive.Wanted(narrowed.kinds, _noon(zone), span), request)
    return page.map(lambda item: _entry(item, cycles, zone))


def title_text(item: ArchiveItem, locale: str) -> str:
    """What to call a piece (`zh…` is Chinese, everything else English): the beginning of its words; of a review the
    grade."""
    name = in_language(NAMES[item.kind], locale)
    if item.kind is ArchiveKind.REVIEW:
        return f"{name} {item.title}".strip()
    return item.title or name


def readers_text(item: ArchiveItem, locale: str) -> str:
    """Who may read a piece."""
    return in_language(READERS[item.kind], locale)


def _noon(zone: ZoneInfo) -> int:
    ahead = now().astimezone(zone).utcoffset() or datetime.timedelta()
    return 12 * 60 - ahead // datetime.timedelta(minutes=1)


def _span(cycle: Cycle, zone: ZoneInfo) -> Span:
    after = cycle.ends_on + datetime.timedelta(days=1)
    return Span(cycle.id, cycle.starts_on, cycle.ends_on, at_local(cycle.starts_on, 0, zone), at_local(after, 0, zone))


def _entry(item: ArchiveItem, cycles: Sequence[Cycle], zone: ZoneInfo) -> ArchiveEntry:
    on = item.moment.astimezone(zone).date()
    holding = [cycle for cycle in cycles if cycle.starts_on <= on <= cycle.ends_on]
    shortest = min(holding, key=lambda cycle: (cycle.ends_on - cycle.starts_on, cycle.id), default=None)
    return ArchiveEntry(item, on, item.cycle_id or (shortest.id if shortest else None))
