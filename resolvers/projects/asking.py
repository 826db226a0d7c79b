"""Asking other systems for what they do not send by themselves."""

from __future__ import annotations

import datetime
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.jobs import enqueue
from db.models.projects.feeds import Feed
from db.queries.projects import feeds
from db.viewer import Viewer
from resolvers.feedback.comment_sources import SentComments, take_comments
from resolvers.projects.receiving import Sent, take_delivery

JOB = "projects.ask_feed"


def put_in_due(session: Session, viewer: Viewer, moment: datetime.datetime) -> None:
    """Put in a job for each feed whose time has come, and set when it is asked next."""
    due = feeds.feeds(viewer).where(Feed.next_pull_at <= moment, Feed.paused_at.is_(None), Feed.pull_url.is_not(None))
    for feed in session.scalars(due.order_by(Feed.id).with_for_update(skip_locked=True)).all():
        assert feed.next_pull_at is not None
        enqueue(session, viewer, JOB, {"feed_id": str(feed.id)}, dedupe_key=f"{JOB}:{feed.id}:{feed.next_pull_at}")
        _set(session, feed.id, next_pull_at=moment + datetime.timedelta(minutes=feed.every_minutes or 60))


def url_to_ask(session: Session, viewer: Viewer, feed_id: uuid.UUID) -> str | None:
    """Where to ask; None when the feed is not to be asked any more."""
    feed = session.scalars(feeds.feeds(viewer).where(Feed.id == feed_id)).one_or_none()
    return None if feed is None or feed.paused_at is not None else feed.pull_url


def record_answer(session: Session, viewer: Viewer, feed_id: uuid.UUID, sent: Sent) -> None:
    """Keep what was answered, as if it had been sent."""
    feed = session.scalars(feeds.feeds(viewer).where(Feed.id == feed_id)).one_or_none()
    if feed is not None:
        take_delivery(session, viewer, feed, sent)


def record_comments(session: Session, viewer: Viewer, feed_id: uuid.UUID, sent: SentComments) -> None:
    """Record the comments that were answered, as if they had been sent."""
    feed = session.scalars(feeds.feeds(viewer).where(Feed.id == feed_id)).one_or_none()
    if feed is not None:
        take_comments(session, viewer, feed, sent)


def record_failure(session: Session, viewer: Viewer, feed_id: uuid.UUID, code: str) -> None:
    """Say why the feed could not be asked; it is asked again when its time comes."""
    _set(session, feed_id, pull_error=code)


def _set(session: Session, feed_id: uuid.UUID, **values: object) -> None:
    """Not through the row: its version belongs to what people change."""
    session.execute(sa.update(Feed).where(Feed.id == feed_id).values(**values))
