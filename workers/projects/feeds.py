"""Jobs of feeds: asking other systems, and letting what they brought have its effect."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from db.base import now
from resolvers.feedback.comment_sources import SentComments
from resolvers.projects import applying, asking, receiving
from resolvers.rules.comment_records import read_comments
from resolvers.rules.feed_records import UnreadableError, read_records
from workers.outbound import OutboundError, fetch
from workers.registry import Effect, JobRun, job


@job(receiving.JOB, max_failures=5, time_limit=300)
def apply_feed(run: JobRun) -> Effect:
    """Let a delivery of a feed have its effect: check-ins of goals, and tasks by rule."""
    delivery_id = uuid.UUID(run.args["delivery_id"])

    def effect(session: Session) -> None:
        applying.apply_delivery(session, run.viewer, delivery_id)

    return effect


@job("projects.ask_feeds", max_failures=3, time_limit=120)
def ask_feeds(run: JobRun) -> Effect:
    """Put in a job for each feed that is to be asked now."""

    def effect(session: Session) -> None:
        asking.put_in_due(session, run.viewer, now())

    return effect


@job(asking.JOB, max_failures=3, time_limit=120)
def ask_feed(run: JobRun) -> Effect | None:
    """Ask another system for what its feed brings."""
    feed_id = uuid.UUID(run.args["feed_id"])
    with run.read() as session:
        url = asking.url_to_ask(session, run.viewer, feed_id)
    if url is None:
        return None
    settings = run.services.settings
    try:
        answer = fetch(url, hosts=settings.feed_hosts, internal_hosts=settings.internal_hosts)
        comments = read_comments(answer.content, as_csv=answer.is_csv)
        records = read_records(answer.content, as_csv=answer.is_csv, moment=now()) if comments is None else []
    except (OutboundError, UnreadableError) as error:
        code = error.code if isinstance(error, OutboundError) else error.problems[0].code
        return lambda session: asking.record_failure(session, run.viewer, feed_id, code)
    key = f"asked:{run.id}"
    if comments is not None:
        said = SentComments(key, answer.content, comments)
        return lambda session: asking.record_comments(session, run.viewer, feed_id, said)
    sent = receiving.Sent(key, answer.content, records)
    return lambda session: asking.record_answer(session, run.viewer, feed_id, sent)
