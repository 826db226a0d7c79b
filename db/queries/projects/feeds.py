"""Feeds and what they brought, for those who look after them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models.goal_updates import CheckIn, CheckInValue
from db.models.goals import DataSource, Measure
from db.models.projects.feeds import (
    Feed,
    FeedBinding,
    FeedDelivery,
    FeedRecord,
    FeedRule,
    FeedRuleRevision,
    FeedSecret,
    RecordOutcome,
)
from db.queries.sets import among
from db.viewer import Role, Viewer

FEED_ROLES = (Role.PMO, Role.ADMINISTRATOR)
"""Who looks after feeds and sees them."""
_ROWS = 500
"""Rows of one statement: databases limit its parameters."""


def feeds(viewer: Viewer) -> sa.Select[Feed]:
    """The organisation's feeds, for PMO, administrators and the system; nobody else sees one."""
    statement = sa.select(Feed).where(Feed.organization_id == viewer.organization_id)
    return statement if _looks_after(viewer) else statement.where(sa.false())


def deliveries(viewer: Viewer) -> sa.Select[FeedDelivery]:
    statement = sa.select(FeedDelivery).where(FeedDelivery.organization_id == viewer.organization_id)
    return statement if _looks_after(viewer) else statement.where(sa.false())


def records(viewer: Viewer) -> sa.Select[FeedRecord]:
    statement = sa.select(FeedRecord).where(FeedRecord.organization_id == viewer.organization_id)
    return statement if _looks_after(viewer) else statement.where(sa.false())


def bindings(viewer: Viewer) -> sa.Select[FeedBinding]:
    statement = sa.select(FeedBinding).where(FeedBinding.organization_id == viewer.organization_id)
    return statement if _looks_after(viewer) else statement.where(sa.false())


def rules(viewer: Viewer) -> sa.Select[FeedRule]:
    statement = sa.select(FeedRule).where(FeedRule.organization_id == viewer.organization_id)
    return statement if _looks_after(viewer) else statement.where(sa.false())


def revisions(session: Session, rule_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[FeedRuleRevision]]:
    """What rules that the caller loaded through `rules` were like before they were edited, the latest first."""
    statement = sa.select(FeedRuleRevision).where(among(FeedRuleRevision.rule_id, rule_ids))
    found: dict[uuid.UUID, list[FeedRuleRevision]] = {}
    for row in session.scalars(statement.order_by(FeedRuleRevision.number.desc())):
        found.setdefault(row.rule_id, []).append(row)
    return found


def all_secrets(viewer: Viewer) -> sa.Select[FeedSecret]:
    """The rows behind the secrets of feeds, also of ended ones; the secrets themselves stand nowhere."""
    statement = sa.select(FeedSecret).where(FeedSecret.organization_id == viewer.organization_id)
    return statement if _looks_after(viewer) else statement.where(sa.false())


def _looks_after(viewer: Viewer) -> bool:
    return viewer.is_system or viewer.has(*FEED_ROLES)


def secrets(
    session: Session, feed_ids: Iterable[uuid.UUID], moment: datetime.datetime
) -> Mapping[uuid.UUID, list[FeedSecret]]:
    """The secrets of feeds that are good at that moment, the newest first."""
    found: dict[uuid.UUID, list[FeedSecret]] = {}
    for row in session.scalars(
        sa.select(FeedSecret)
        .where(
            among(FeedSecret.feed_id, feed_ids),
            sa.or_(FeedSecret.valid_until.is_(None), FeedSecret.valid_until > moment),
        )
        .order_by(FeedSecret.id.desc())
    ):
        found.setdefault(row.feed_id, []).append(row)
    return found


def add_delivery(session: Session, values: Mapping[str, Any]) -> bool:
    """Put in a delivery; False when the feed has one with this key (another transaction's is waited for)."""
    statement = _insert(session)(FeedDelivery).values(values).on_conflict_do_nothing(index_elements=["feed_id", "key"])
    return session.scalar(statement.returning(FeedDelivery.id)) is not None


def add_records(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Put in records and return how many; those whose key the feed knows are left out."""
    added = 0
    for begin in range(0, len(rows), _ROWS):
        statement = _insert(session)(FeedRecord).values(rows[begin : begin + _ROWS])
        statement = statement.on_conflict_do_nothing(index_elements=["feed_id", "key"])
        added += len(session.scalars(statement.returning(FeedRecord.id)).all())
    return added


def refusals(session: Session, viewer: Viewer, delivery_id: uuid.UUID) -> list[tuple[int, str, str]]:
    """Position, name and reason of the records of a delivery that were refused, in their order."""
    rows = session.execute(
        records(viewer)
        .where(FeedRecord.delivery_id == delivery_id, FeedRecord.outcome == RecordOutcome.REFUSED)
        .order_by(FeedRecord.position)
        .with_only_columns(FeedRecord.position, FeedRecord.name, FeedRecord.reason)
    )
    return [(position, name, reason or "") for position, name, reason in rows]


def _insert(session: Session) -> Any:
    return sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert


def arrivals(session: Session, viewer: Viewer, since: datetime.datetime) -> Mapping[uuid.UUID, list[datetime.datetime]]:
    """When something came from each feed that has a rhythm, in order."""
    rows = session.execute(
        sa.select(FeedDelivery.feed_id, FeedDelivery.received_at)
        .join(Feed, Feed.id == FeedDelivery.feed_id)
        .where(
            FeedDelivery.organization_id == viewer.organization_id,
            FeedDelivery.received_at >= since,
            Feed.every_minutes.is_not(None),
        )
        .order_by(FeedDelivery.received_at)
    )
    found: dict[uuid.UUID, list[datetime.datetime]] = {}
    for feed_id, at in rows:
        found.setdefault(feed_id, []).append(at)
    return found


class NamedUnit(NamedTuple):
    """A name of a metric with a unit that came with it."""

    name: str
    unit: str
    feed_id: uuid.UUID


def units(session: Session, viewer: Viewer, since: datetime.datetime) -> list[NamedUnit]:
    """Every metric's name with every unit that came with it, by feed."""
    rows = session.execute(
        sa.select(FeedRecord.name, FeedRecord.unit, FeedRecord.feed_id)
        .where(
            FeedRecord.organization_id == viewer.organization_id,
            FeedRecord.unit.is_not(None),
            FeedRecord.measured_at >= since,
        )
        .distinct()
        .order_by(FeedRecord.name, FeedRecord.unit, FeedRecord.feed_id)
    )
    return [NamedUnit(name, unit, feed_id) for name, unit, feed_id in rows if unit is not None]


class Override(NamedTuple):
    """A value entered by hand for a measure that a feed brings."""

    feed_id: uuid.UUID
    name: str
    measure_id: uuid.UUID
    check_in_id: uuid.UUID
    at: datetime.datetime


def overrides(session: Session, viewer: Viewer, since: datetime.datetime) -> list[Override]:
    """Values entered by hand after the measure was bound, the latest first."""
    rows = session.execute(
        sa.select(FeedBinding.feed_id, FeedBinding.name, FeedBinding.measure_id, CheckIn.id, CheckIn.created_at)
        .join(CheckInValue, CheckInValue.measure_id == FeedBinding.measure_id)
        .join(CheckIn, CheckIn.id == CheckInValue.check_in_id)
        .where(
            FeedBinding.organization_id == viewer.organization_id,
            CheckInValue.source == DataSource.MANUAL,
            CheckIn.created_at >= FeedBinding.created_at,
            CheckIn.created_at >= since,
        )
        .order_by(CheckIn.id.desc())
    )
    return [Override(*row) for row in rows]


class Unused(NamedTuple):
    """Records of one name that led to nothing, or that one of several rules refused, for one reason."""

    feed_id: uuid.UUID
    name: str
    outcome: RecordOutcome
    reason: str | None
    times: int
    latest: datetime.datetime


def unused(session: Session, viewer: Viewer, since: datetime.datetime) -> list[Unused]:
    outcomes = (RecordOutcome.UNBOUND, RecordOutcome.UNIT_CONFLICT, RecordOutcome.REFUSED)
    rows = session.execute(
        sa.select(
            FeedRecord.feed_id,
            FeedRecord.name,
            FeedRecord.outcome,
            FeedRecord.reason,
            sa.func.count(),
            sa.func.max(FeedRecord.measured_at),
        )
        .where(
            FeedRecord.organization_id == viewer.organization_id,
            sa.or_(FeedRecord.outcome.in_(outcomes), FeedRecord.reason.is_not(None)),
            FeedRecord.measured_at >= since,
        )
        .group_by(FeedRecord.feed_id, FeedRecord.name, FeedRecord.outcome, FeedRecord.reason)
        .order_by(FeedRecord.feed_id, FeedRecord.name, FeedRecord.outcome, FeedRecord.reason)
    )
    return [Unused(*row) for row in rows]


def bound_units(session: Session, viewer: Viewer) -> list[tuple[uuid.UUID, str, uuid.UUID, str | None]]:
    """Every binding: feed, name, measure, and the measure's unit."""
    rows = session.execute(
        sa.select(FeedBinding.feed_id, FeedBinding.name, FeedBinding.measure_id, Measure.unit)
        .join(Measure, Measure.id == FeedBinding.measure_id)
        .where(FeedBinding.organization_id == viewer.organization_id)
        .order_by(FeedBinding.name, FeedBinding.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
