"""The data audit (数据稽核): late feeds, gaps, one name with two units, values overruled by hand, records of no use."""

from __future__ import annotations

import datetime
import itertools
import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from db.models.projects.feeds import Feed, RecordOutcome
from db.queries.projects import feeds
from db.viewer import Viewer
from resolvers.rules.feed_records import same_unit

PERIOD = datetime.timedelta(days=90)
"""How far back the audit looks."""
GAP = 1.5
"""So many times the expected distance between two deliveries is a gap."""


class FindingKind(StrEnum):
    LATE = "LATE"
    """Nothing came for longer than expected."""
    GAP = "GAP"
    """Between two deliveries something is missing."""
    PULL_FAILED = "PULL_FAILED"
    """The other system could not be asked the last time."""
    UNIT_CONFLICT = "UNIT_CONFLICT"
    """One name came with two units, or with another than its measure's."""
    MANUAL_OVERRIDE = "MANUAL_OVERRIDE"
    """Somebody entered a value by hand for a measure that a feed brings."""
    UNBOUND = "UNBOUND"
    """Values or events of this name lead nowhere."""
    REFUSED = "REFUSED"
    """A goal or project took nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    kind: FindingKind
    feed_id: uuid.UUID
    name: str | None = None
    """Of the metric or event."""
    units: tuple[str, ...] = ()
    count: int = 1
    begin: datetime.datetime | None = None
    end: datetime.datetime | None = None
    measure_id: uuid.UUID | None = None
    check_in_id: uuid.UUID | None = None
    reason: str | None = None
    """Code of a refusal."""


def audit(session: Session, viewer: Viewer, moment: datetime.datetime) -> list[Finding]:
    """What is wrong with the organisation's feeds, in six statements; nothing for whoever does not see them."""
    if not viewer.has(*feeds.FEED_ROLES):
        return []
    since = moment - PERIOD
    known = {feed.id: feed for feed in session.scalars(feeds.feeds(viewer).order_by(Feed.name))}
    found = list(_late(list(known.values()), moment))
    for feed_id, times in feeds.arrivals(session, viewer, since).items():
        found += _gaps(known[feed_id], times)
    found += _unit_conflicts(session, viewer, since)
    for override in feeds.overrides(session, viewer, since):
        found.append(
            Finding(
                FindingKind.MANUAL_OVERRIDE,
                override.feed_id,
                override.name,
                begin=override.at,
                measure_id=override.measure_id,
                check_in_id=override.check_in_id,
            )
        )
    for one in feeds.unused(session, viewer, since):
        if one.reason or one.outcome is RecordOutcome.UNBOUND:
            kind = FindingKind.REFUSED if one.reason else FindingKind.UNBOUND
            found.append(Finding(kind, one.feed_id, one.name, count=one.times, end=one.latest, reason=one.reason))
    return found


def _late(known: list[Feed], moment: datetime.datetime) -> Iterator[Finding]:
    for feed in known:
        if feed.paused_at is not None:
            continue
        last = feed.received_at or feed.created_at
        if feed.every_minutes is not None and last + datetime.timedelta(minutes=feed.every_minutes) < moment:
            yield Finding(FindingKind.LATE, feed.id, begin=last, end=moment)
        if feed.pull_error is not None:
            yield Finding(FindingKind.PULL_FAILED, feed.id, reason=feed.pull_error)


def _gaps(feed: Feed, times: list[datetime.datetime]) -> Iterator[Finding]:
    expected = datetime.timedelta(minutes=feed.every_minutes or 0) * GAP
    for begin, end in itertools.pairwise(times):
        if end - begin > expected:
            yield Finding(FindingKind.GAP, feed.id, begin=begin, end=end)


def _unit_conflicts(session: Session, viewer: Viewer, since: datetime.datetime) -> Iterator[Finding]:
    """Names are compared without regard to the width and case of their letters."""
    came: dict[str, list[tuple[str, uuid.UUID]]] = {}
    spelled: dict[str, str] = {}
    for one in feeds.units(session, viewer, since):
        came.setdefault(_plain(one.name), []).append((one.unit, one.feed_id))
        spelled.setdefault(_plain(one.name), one.name)
    for key, pairs in came.items():
        distinct = sorted({_plain(unit): unit for unit, _ in pairs}.values())
        if len(distinct) > 1:
            yield Finding(FindingKind.UNIT_CONFLICT, pairs[0][1], spelled[key], tuple(distinct), len(distinct))
    for feed_id, name, measure_id, unit in feeds.bound_units(session, viewer):
        others = sorted({came_unit for came_unit, _ in came.get(_plain(name), []) if not same_unit(came_unit, unit)})
        if unit and others:
            yield Finding(
                FindingKind.UNIT_CONFLICT, feed_id, name, (unit, *others), len(others) + 1, measure_id=measure_id
            )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
