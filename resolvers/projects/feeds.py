"""Setting up feeds: their secrets, which measure takes which value, and which event makes which task.

For PMO and administrators, as far as they see the goals and projects that they name.
"""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.models.projects.feeds import Feed, FeedBinding, FeedRule, FeedSecret
from db.queries import goals
from db.queries.projects import feeds
from db.queries.projects.feeds import FEED_ROLES
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.authority import require_role
from resolvers.goals.inputs import TEXT_LENGTH, optional_text, required_text
from resolvers.projects.plans import PlanDraft, checked_plan, edit_plan
from resolvers.rules.feed_records import NAME_LENGTH

MINUTES = range(5, 366 * 24 * 60)
KEEP_HOURS = range(24 * 30 + 1)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\Z")


@dataclass(frozen=True, slots=True)
class FeedDraft:
    name: str
    description: str | None = None
    every_minutes: int | None = None
    pull_url: str | None = None


def create_feed(session: Session, viewer: Viewer, draft: FeedDraft, allowed_hosts: Collection[str]) -> FeedSecret:
    """Set up a feed with its first secret, which is returned.

    Raises `DomainError`: FORBIDDEN, FEED_NAME, CODE_TAKEN for a name in use, NUMBER_OUT_OF_RANGE, HOST_NOT_ALLOWED for
    an address outside the operator's list, INVALID for a pull without a rhythm.
    """
    require_role(viewer, *FEED_ROLES)
    if not _NAME.match(draft.name):
        raise DomainError(ErrorCode.FEED_NAME, ("input", "name"))
    feed = Feed(organization_id=viewer.organization_id, name=draft.name, created_by=viewer.person_id)
    _set(feed, {"description": draft.description, "every_minutes": draft.every_minutes, "pull_url": draft.pull_url})
    _check_pull(feed, allowed_hosts)
    taken = sa.select(Feed.id).where(Feed.organization_id == viewer.organization_id, Feed.name == draft.name)
    if session.scalar(taken) is not None:
        raise DomainError(ErrorCode.CODE_TAKEN, ("input", "name"))
    try:
        with session.begin_nested():
            session.add(feed)
    except IntegrityError as error:  # another request took the name at the same time
        raise DomainError(ErrorCode.CODE_TAKEN, ("input", "name")) from error
    record(session, viewer, "feed.created", "Feed", feed.id)
    return _add_secret(session, feed)


@dataclass(frozen=True, slots=True)
class FeedEdit:
    """What a change of a feed names, by attributes of `FeedDraft` but the name, and `paused`."""

    values: Mapping[str, Any]
    allowed_hosts: Collection[str]


def update_feed(
    session: Session, viewer: Viewer, feed_id: uuid.UUID, edit: FeedEdit, expected_version: int | None
) -> Feed:
    """Change a feed. Raises what `create_feed` does, CONFLICT."""
    feed = feed_to_change(session, viewer, feed_id, expected_version)
    _set(feed, edit.values)
    _check_pull(feed, edit.allowed_hosts)
    session.flush()
    record(session, viewer, "feed.changed", "Feed", feed.id)
    return feed


def rotate_secret(session: Session, viewer: Viewer, feed_id: uuid.UUID, keep_hours: int) -> FeedSecret:
    """Make a new secret. The one before stays good for so many hours (0: not at all), older ones end at once.

    Raises NUMBER_OUT_OF_RANGE outside 0 to 720 hours.
    """
    if keep_hours not in KEEP_HOURS:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "keepHours"))
    feed = feed_to_change(session, viewer, feed_id, at=("input", "feedId"))
    moment = now()
    standing = feeds.secrets(session, [feed.id], moment).get(feed.id, [])
    for index, secret in enumerate(standing):
        end = moment + datetime.timedelta(hours=keep_hours) if index == 0 else moment
        secret.valid_until = min(end, secret.valid_until or end)
    made = _add_secret(session, feed)
    record(session, viewer, "feed.secret_rotated", "Feed", feed.id)
    return made


def bind_measure(session: Session, viewer: Viewer, feed_id: uuid.UUID, name: str, measure_id: uuid.UUID) -> FeedBinding:
    """Let values of this name become check-ins of a measure that the viewer sees.

    A measure has one source: raises MEASURE_BOUND when it has one already, of this or another feed.
    """
    feed = feed_to_change(session, viewer, feed_id)
    words = required_text(name, NAME_LENGTH, ("input", "name"))
    _check_measure(session, viewer, measure_id)
    binding = FeedBinding(
        organization_id=feed.organization_id,
        feed_id=feed.id,
        name=words,
        measure_id=measure_id,
        created_by=viewer.person_id,
    )
    try:
        with session.begin_nested():
            session.add(binding)
    except IntegrityError as error:
        raise DomainError(ErrorCode.MEASURE_BOUND, ("input", "measureId")) from error
    record(session, viewer, "feed.bound", "Feed", feed.id)
    return binding


def unbind_measure(session: Session, viewer: Viewer, binding_id: uuid.UUID) -> Feed:
    """End a binding; what it brought stays. Raises NOT_FOUND."""
    binding = session.scalars(feeds.bindings(viewer).where(FeedBinding.id == binding_id)).one_or_none()
    if binding is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "bindingId"))
    feed = feed_to_change(session, viewer, binding.feed_id)
    session.delete(binding)
    session.flush()
    record(session, viewer, "feed.unbound", "Feed", feed.id)
    return feed


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft(PlanDraft):
    """Events of this name make a task like this one."""

    feed_id: uuid.UUID
    name: str
    measure_id: uuid.UUID | None = None


def add_rule(session: Session, viewer: Viewer, draft: RuleDraft) -> FeedRule:
    """Let events make tasks in a project that the viewer may plan. Raises what `checked_plan` does."""
    feed = feed_to_change(session, viewer, draft.feed_id, at=("input", "feedId"))
    plan = checked_plan(session, viewer, draft)
    _check_measure(session, viewer, draft.measure_id)
    rule = FeedRule(
        organization_id=feed.organization_id,
        feed_id=feed.id,
        name=required_text(draft.name, NAME_LENGTH, ("input", "name")),
        measure_id=draft.measure_id,
        **plan,
    )
    session.add(rule)
    session.flush()
    record(session, viewer, "feed.rule_added", "Feed", feed.id)
    return rule


def edit_rule(
    session: Session, viewer: Viewer, rule_id: uuid.UUID, values: Mapping[str, Any], expected_version: int | None
) -> FeedRule:
    """Let the rule's tasks be like that from now on; what they were like before is kept, and who set it so.

    `values`: by attributes of `PlanDraft`, and `measure_id`; what is not named stays. The event stays: another one is
    another rule. Raises NOT_FOUND, CONFLICT, NOT_READY for a retired rule, CHANGE_EMPTY, and what `add_rule` does.
    """
    rule = _rule_to_change(session, viewer, rule_id, expected_version)
    if rule.retired_at is not None:
        raise DomainError(ErrorCode.NOT_READY, ("input", "id"))
    if "measure_id" in values:
        _check_measure(session, viewer, values["measure_id"])
    edit_plan(session, viewer, rule, values)
    record(session, viewer, "feed.rule_edited", "Feed", rule.feed_id)
    return rule


def retire_rule(session: Session, viewer: Viewer, rule_id: uuid.UUID, expected_version: int | None = None) -> FeedRule:
    """Let events make no more tasks by this rule. Raises NOT_FOUND, CONFLICT."""
    rule = _rule_to_change(session, viewer, rule_id, expected_version)
    rule.retired_at = rule.retired_at or now()
    session.flush()
    record(session, viewer, "feed.rule_retired", "Feed", rule.feed_id)
    return rule


def _rule_to_change(session: Session, viewer: Viewer, rule_id: uuid.UUID, expected_version: int | None) -> FeedRule:
    """The rule, while nothing of its feed is applied. Raises FORBIDDEN, NOT_FOUND, CONFLICT."""
    require_role(viewer, *FEED_ROLES)
    statement = feeds.rules(viewer).where(FeedRule.id == rule_id)
    feed_id = session.scalar(statement.with_only_columns(FeedRule.feed_id))
    if feed_id is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    feed_to_change(session, viewer, feed_id)
    rule = session.scalars(statement.execution_options(populate_existing=True)).one()
    if expected_version is not None and rule.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    return rule


def _check_measure(session: Session, viewer: Viewer, measure_id: uuid.UUID | None) -> None:
    """Raises NOT_FOUND for a measure of a goal that the viewer does not see."""
    if measure_id is not None and measure_id not in goals.measures_by_ids(session, viewer, [measure_id]):
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "measureId"))


def feed_to_change(
    session: Session,
    viewer: Viewer,
    feed_id: uuid.UUID,
    expected_version: int | None = None,
    *,
    at: tuple[str, ...] = ("input", "id"),
) -> Feed:
    """The feed, locked. Raises NOT_FOUND for whoever does not look after feeds, CONFLICT."""
    statement = feeds.feeds(viewer).where(Feed.id == feed_id).with_for_update()
    feed = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if feed is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    if expected_version is not None and feed.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    return feed


def _set(feed: Feed, values: Mapping[str, Any]) -> None:
    if "description" in values:
        feed.description = optional_text(values["description"], TEXT_LENGTH, ("input", "description"))
    if "every_minutes" in values:
        minutes = values["every_minutes"]
        if minutes is not None and minutes not in MINUTES:
            raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "everyMinutes"))
        feed.every_minutes = minutes
    if "pull_url" in values:
        feed.pull_url = optional_text(values["pull_url"], TEXT_LENGTH, ("input", "pullUrl"))
    if "paused" in values:
        feed.paused_at = (feed.paused_at or now()) if values["paused"] else None


def _check_pull(feed: Feed, allowed_hosts: Collection[str]) -> None:
    """Raises unless what is to be asked may be asked, and says how often; sets when it is asked next."""
    if feed.pull_url is None:
        feed.next_pull_at = None
        return
    if feed.every_minutes is None:
        raise DomainError(ErrorCode.INVALID, ("input", "everyMinutes"))
    try:
        parts = urlsplit(feed.pull_url)
        host, user = parts.hostname, parts.username
    except ValueError as error:
        raise DomainError(ErrorCode.HOST_NOT_ALLOWED, ("input", "pullUrl")) from error
    if parts.scheme not in {"http", "https"} or user is not None or host not in allowed_hosts:
        raise DomainError(ErrorCode.HOST_NOT_ALLOWED, ("input", "pullUrl"))
    feed.next_pull_at = feed.next_pull_at or now()


def _add_secret(session: Session, feed: Feed) -> FeedSecret:
    secret = FeedSecret(organization_id=feed.organization_id, feed_id=feed.id)
    session.add(secret)
    session.flush()
    return secret
