"""What feeds bring becomes check-ins of goals and tasks of projects, each with its source and time."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import DECIMAL_PLACES, now
from db.models.goals import DataSource, Measure
from db.models.projects.feeds import Feed, FeedBinding, FeedDelivery, FeedRecord, FeedRule, RecordOutcome
from db.queries.projects import feeds
from db.viewer import Viewer
from resolvers.errors import DomainError
from resolvers.goals.checkins import CheckInDraft, ValueDraft, check_in
from resolvers.goals.inputs import TITLE_LENGTH
from resolvers.projects.plans import NotMadeError, Occasion, make_task
from resolvers.rules.feed_records import same_unit

_PLACES = Decimal(1).scaleb(-DECIMAL_PLACES)


def apply_delivery(session: Session, viewer: Viewer, delivery_id: uuid.UUID) -> None:
    """Let a delivery have its effect, once: for each goal one check-in with the latest value of each bound measure,
    and for each event a task by each rule of its name. Every record says afterwards what became of it.

    A value older than what the measure took from its feed before changes nothing; no value is later than its delivery,
    so that a clock that ran ahead holds up no value after it. Values are rounded to four places,
    half to even; the record keeps them as sent. Deliveries of one feed are applied one after the other.
    """
    delivery = session.get(FeedDelivery, delivery_id)
    if delivery is None:
        return
    feed = session.scalars(sa.select(Feed).where(Feed.id == delivery.feed_id).with_for_update()).one()
    session.refresh(delivery)
    if delivery.applied_at is not None:
        return
    delivery.applied_at = now()
    pending = feeds.records(viewer).where(
        FeedRecord.delivery_id == delivery_id, FeedRecord.outcome == RecordOutcome.PENDING
    )
    records = session.scalars(pending.order_by(FeedRecord.measured_at, FeedRecord.position)).all()
    _apply_values(session, viewer, feed, delivery, [record for record in records if record.value is not None])
    _apply_events(session, viewer, feed, [record for record in records if record.value is None])
    session.flush()


@dataclass(frozen=True, slots=True)
class _Latest:
    """The value that a bound measure takes."""

    binding: FeedBinding
    record: FeedRecord
    at: datetime.datetime


def _apply_values(
    session: Session, viewer: Viewer, feed: Feed, delivery: FeedDelivery, records: Sequence[FeedRecord]
) -> None:
    bindings = session.scalars(feeds.bindings(viewer).where(FeedBinding.feed_id == feed.id)).all()
    wanted = {binding.measure_id for binding in bindings}
    measures = {row.id: row for row in session.scalars(sa.select(Measure).where(Measure.id.in_(wanted)))}
    by_name: dict[str, list[FeedBinding]] = {}
    for binding in bindings:
        by_name.setdefault(binding.name, []).append(binding)
    latest: dict[uuid.UUID, _Latest] = {}
    for record in records:  # from the oldest to the newest
        targets = by_name.get(record.name, [])
        record.outcome = RecordOutcome.SUPERSEDED if targets else RecordOutcome.UNBOUND
        for binding in targets:
            if not same_unit(record.unit, measures[binding.measure_id].unit):
                record.outcome = RecordOutcome.UNIT_CONFLICT
                continue
            at = min(record.measured_at, delivery.received_at)
            if binding.measured_at is None or at > binding.measured_at:
                latest[binding.id] = _Latest(binding, record, at)
    by_goal: dict[uuid.UUID, list[_Latest]] = {}
    for one in latest.values():
        by_goal.setdefault(measures[one.binding.measure_id].goal_id, []).append(one)
    for goal_id in sorted(by_goal):
        _check_in(session, viewer, feed, goal_id, by_goal[goal_id])


def _check_in(session: Session, viewer: Viewer, feed: Feed, goal_id: uuid.UUID, values: Sequence[_Latest]) -> None:
    """One check-in of a goal; what it refuses, such as a closed cycle, is said of the records."""
    drafts = [
        ValueDraft(
            measure_id=one.binding.measure_id,
            value=(one.record.value or Decimal()).quantize(_PLACES, ROUND_HALF_EVEN),
            source=DataSource.FEED,
            citation=_citation(feed, one.record),
        )
        for one in values
    ]
    try:
        with session.begin_nested():
            made = check_in(session, viewer, goal_id, CheckInDraft(drafts), None)
    except DomainError as error:
        for one in values:
            one.record.outcome, one.record.reason = RecordOutcome.REFUSED, error.code.value
        return
    for one in values:
        one.record.outcome, one.record.check_in_id = RecordOutcome.APPLIED, made.id
        one.binding.measured_at = one.at


def _apply_events(session: Session, viewer: Viewer, feed: Feed, records: Sequence[FeedRecord]) -> None:
    if not records:
        return
    names = {record.name for record in records}
    statement = feeds.rules(viewer).where(
        FeedRule.feed_id == feed.id, FeedRule.name.in_(names), FeedRule.retired_at.is_(None)
    )
    rules: dict[str, list[FeedRule]] = {}
    for rule in session.scalars(statement.order_by(FeedRule.id)):
        rules.setdefault(rule.name, []).append(rule)
    for record in records:
        record.outcome = RecordOutcome.UNBOUND
        for rule in rules.get(record.name, []):
            occasion = Occasion(rule.owner_id, _citation(feed, record), measure_id=rule.measure_id)
            try:
                task = make_task(session, viewer, rule, occasion)
            except NotMadeError as error:
                record.reason = error.reason.value
                if record.task_id is None:
                    record.outcome = RecordOutcome.REFUSED
                continue
            record.outcome, record.task_id = RecordOutcome.APPLIED, task.id


def _citation(feed: Feed, record: FeedRecord) -> str:
    """What a check-in or task says of where it comes from: feed, name, the source's time and key."""
    parts = [feed.name, record.name, record.measured_at.isoformat(), *([record.key] if record.key else [])]
    return " · ".join(parts)[:TITLE_LENGTH]
