"""Taking what a feed brings: each delivery once, each record once."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import new_id, now
from db.events import record
from db.jobs import enqueue
from db.models.projects.feeds import Feed, FeedDelivery, RecordOutcome
from db.queries.projects import feeds
from db.viewer import Viewer
from resolvers.rules.feed_records import Problem, SentRecord

JOB = "projects.apply_feed"


class KeyReusedError(ValueError):
    """The key came before with other bytes."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is answered to a delivery."""

    delivery_id: uuid.UUID
    records: int
    duplicates: int
    """Records of it that the feed knew by their keys."""
    repeated: bool
    """It had been taken before; nothing was changed."""
    refused: tuple[Problem, ...] = ()
    """Of a delivery of comments: those that were not recorded."""


def feed_named(session: Session, viewer: Viewer, name: str) -> Feed | None:
    return session.scalars(feeds.feeds(viewer).where(Feed.name == name)).one_or_none()


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery: its key, its bytes and the records in it."""

    key: str
    body: bytes
    records: Sequence[SentRecord]


def take_delivery(session: Session, viewer: Viewer, feed: Feed, sent: Sent) -> Receipt:
    """Keep a delivery and put in the job that applies it. The same key with the same bytes answers the same again.

    For the system's viewer, once the sender is known. Raises `KeyReusedError`.
    """
    moment, delivery_id = now(), new_id()
    digest = hashlib.sha256(sent.body).hexdigest()
    fresh = feeds.add_delivery(
        session,
        {
            "id": delivery_id,
            "organization_id": feed.organization_id,
            "feed_id": feed.id,
            "key": sent.key,
            "digest": digest,
            "records": len(sent.records),
            "duplicates": 0,
            "received_at": moment,
        },
    )
    if not fresh:
        return _again(session, feed, sent.key, digest)
    rows = [
        {
            "id": new_id(),
            "organization_id": feed.organization_id,
            "feed_id": feed.id,
            "delivery_id": delivery_id,
            "position": position,
            "key": one.key,
            "name": one.name,
            "value": one.value,
            "unit": one.unit,
            "measured_at": one.measured_at,
            "outcome": RecordOutcome.PENDING,
        }
        for position, one in enumerate(sent.records)
    ]
    duplicates = len(rows) - feeds.add_records(session, rows)
    session.execute(sa.update(FeedDelivery).where(FeedDelivery.id == delivery_id).values(duplicates=duplicates))
    # Not through the row: its version belongs to what people change, and deliveries need not wait for each other.
    session.execute(sa.update(Feed).where(Feed.id == feed.id).values(received_at=moment, pull_error=None))
    enqueue(session, viewer, JOB, {"delivery_id": str(delivery_id)})
    record(session, viewer, "feed.received", "Feed", feed.id)
    return Receipt(delivery_id, len(sent.records), duplicates, repeated=False)


def _again(session: Session, feed: Feed, key: str, digest: str) -> Receipt:
    statement = sa.select(FeedDelivery).where(FeedDelivery.feed_id == feed.id, FeedDelivery.key == key)
    known = session.scalars(statement).one()
    if known.digest != digest:
        raise KeyReusedError(key)
    return Receipt(known.id, known.records, known.duplicates, repeated=True)
