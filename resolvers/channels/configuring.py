"""Setting up channels: the organisation's by HR and administrators, one's own by everybody."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import new_id, now
from db.channels import ChannelKind
from db.events import record
from db.jobs import enqueue
from db.models.channels import NotificationChannel
from db.models.inbox import NotificationCode
from db.models.jobs import Job, JobState
from db.models.people import Person
from db.queries import channels, people
from db.queries.channels import CHANNEL_ROLES
from db.settings import Settings
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.authority import require_colleagues, require_role
from resolvers.goals.inputs import required_text
from resolvers.rules.addresses import fits, masked, may_be_reached
from resolvers.rules.channels import carried
from resolvers.sealing import Seal

TEST = "channels.test"
"""The job that sends a test."""
TESTS_OF_A_PERSON = 10
"""Within an hour, through whatever channels: a test goes out at once and to wherever the address says."""
NAME_LENGTH = 100
CHANNELS_OF_A_PERSON = 5
CHANNELS_OF_AN_ORGANIZATION = 100
AUDIENCE = 500
_PURPOSE = "notification channels"


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    name: str
    kind: ChannelKind
    url: str
    own: bool
    """The viewer's own channel, which carries what the viewer is told."""
    codes: Sequence[NotificationCode]
    to_each: bool = False
    person_ids: Sequence[uuid.UUID] = ()
    department_ids: Sequence[uuid.UUID] = ()


def create_channel(session: Session, viewer: Viewer, draft: ChannelDraft, settings: Settings) -> NotificationChannel:
    """Set up a channel. The organisation's are for HR and administrators.

    Raises `DomainError`: FORBIDDEN, TEXT_REQUIRED, TEXT_TOO_LONG, CHANNEL_URL_INVALID, HOST_NOT_ALLOWED for a place
    outside the operator's list, CHANNEL_CODE_PRIVATE for what may not go to a place that several people read, INVALID
    for an audience of one's own channel, NOT_FOUND for people and departments, TOO_MANY.
    """
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    if not draft.own:
        require_role(viewer, *CHANNEL_ROLES)
    owner_id = viewer.person_id if draft.own else None
    standing = channels.visible_to(viewer).where(NotificationChannel.owner_id == owner_id)
    limit = CHANNELS_OF_A_PERSON if draft.own else CHANNELS_OF_AN_ORGANIZATION
    if len(session.scalars(standing).all()) >= limit:
        raise DomainError(ErrorCode.TOO_MANY, ("input",))
    channel = NotificationChannel(
        id=new_id(),
        organization_id=viewer.organization_id,
        kind=draft.kind,
        owner_id=owner_id,
        to_each=draft.to_each,
        created_by=viewer.person_id,
    )
    if draft.to_each and (draft.own or draft.kind is not ChannelKind.EMAIL):
        raise DomainError(ErrorCode.INVALID, ("input", "toEach"))
    values = {name: getattr(draft, name) for name in ("name", "url", "codes", "person_ids", "department_ids")}
    _set(session, viewer, channel, values, settings)
    session.add(channel)
    session.flush()
    record(session, viewer, "notification_channel.created", "NotificationChannel", channel.id)
    return channel


def update_channel(
    session: Session,
    viewer: Viewer,
    channel_id: uuid.UUID,
    values: Mapping[str, Any],
    *,
    settings: Settings,
    expected_version: int | None,
) -> NotificationChannel:
    """Change what `values` names: name, url, codes, person_ids, department_ids, paused. Raises what `create_channel`
    does, NOT_FOUND, CONFLICT."""
    channel = _to_change(session, viewer, channel_id, expected_version)
    _set(session, viewer, channel, values, settings)
    if "paused" in values:
        channel.paused_at = (channel.paused_at or now()) if values["paused"] else None
    session.flush()
    record(session, viewer, "notification_channel.changed", "NotificationChannel", channel.id)
    return channel


def remove_channel(session: Session, viewer: Viewer, channel_id: uuid.UUID, expected_version: int | None) -> None:
    """Carry nothing on through this channel any more, and forget its address. Raises NOT_FOUND, FORBIDDEN, CONFLICT."""
    channel = _to_change(session, viewer, channel_id, expected_version)
    channel.removed_at = now()
    channel.sealed_url = ""
    session.flush()
    record(session, viewer, "notification_channel.removed", "NotificationChannel", channel.id)


def ask_for_test(session: Session, viewer: Viewer, channel_id: uuid.UUID) -> tuple[NotificationChannel, Job]:
    """Put in a job that sends a test; the channel says afterwards how it went. While a test of this channel waits, that
    one is returned. Raises NOT_FOUND, FORBIDDEN, TOO_OFTEN beyond ten of one person within an hour."""
    channel = _to_change(session, viewer, channel_id, None)
    # Two requests at once, of other channels too: the second waits here and counts the first one's.
    session.execute(sa.select(Person.id).where(Person.id == viewer.person_id).with_for_update())
    asked = session.scalars(
        sa.select(Job).where(
            Job.organization_id == viewer.organization_id,
            Job.name == TEST,
            Job.requested_by == viewer.person_id,
            Job.created_at > now() - datetime.timedelta(hours=1),
        )
    ).all()
    args = {"channel_id": str(channel.id)}
    for job in asked:
        if job.args == args and job.state not in {JobState.DONE, JobState.DEAD}:
            return channel, job
    if len(asked) >= TESTS_OF_A_PERSON:
        raise DomainError(ErrorCode.TOO_OFTEN, ("input", "id"))
    return channel, enqueue(session, viewer, TEST, args)


def is_shared(channel: NotificationChannel) -> bool:
    """Whether several people read what goes through it."""
    return channel.owner_id is None and not channel.to_each


def may_change(viewer: Viewer, channel: NotificationChannel) -> bool:
    """Whether the viewer looks after this channel."""
    return viewer.has(*CHANNEL_ROLES) if channel.owner_id is None else channel.owner_id == viewer.person_id


def url_of(settings: Settings, channel: NotificationChannel) -> str:
    """The address in the clear. Raises `resolvers.sealing.SealError`."""
    return Seal(settings, _PURPOSE).open(channel.sealed_url, channel.id.bytes).decode()


def shown_address(settings: Settings, channel: NotificationChannel) -> str:
    """How the address begins, which is all that is shown of it. Raises `resolvers.sealing.SealError`."""
    return masked(url_of(settings, channel))


def _to_change(
    session: Session, viewer: Viewer, channel_id: uuid.UUID, expected_version: int | None
) -> NotificationChannel:
    statement = channels.visible_to(viewer).where(NotificationChannel.id == channel_id).with_for_update()
    channel = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if channel is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    if not may_change(viewer, channel):
        raise DomainError(ErrorCode.FORBIDDEN)
    if expected_version is not None and channel.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    return channel


def _set(
    session: Session, viewer: Viewer, channel: NotificationChannel, values: Mapping[str, Any], settings: Settings
) -> None:
    if "name" in values:
        channel.name = required_text(values["name"], NAME_LENGTH, ("input", "name"))
    if "url" in values:
        channel.sealed_url = _sealed(channel, values["url"].strip(), settings)
        channel.tested_at = channel.test_reason = channel.failing_since = None
    if "codes" in values:
        channel.codes = _codes(channel, values["codes"])
    if "person_ids" in values:
        channel.person_ids = _audience(channel, values["person_ids"], "personIds")
        require_colleagues(session, viewer, values["person_ids"], ("input", "personIds"))
    if "department_ids" in values:
        channel.department_ids = _audience(channel, values["department_ids"], "departmentIds")
        found = people.departments(session, viewer, values["department_ids"])
        for index, department_id in enumerate(values["department_ids"]):
            if department_id not in found:
                raise DomainError(ErrorCode.NOT_FOUND, ("input", "departmentIds", str(index)))


def _sealed(channel: NotificationChannel, url: str, settings: Settings) -> str:
    if not fits(channel.kind, url):
        raise DomainError(ErrorCode.CHANNEL_URL_INVALID, ("input", "url"))
    if not may_be_reached(channel.kind, url, settings.notification_hosts):
        raise DomainError(ErrorCode.HOST_NOT_ALLOWED, ("input", "url"))
    return Seal(settings, _PURPOSE).close(url.encode(), channel.id.bytes)


def _codes(channel: NotificationChannel, codes: Collection[NotificationCode]) -> list[str]:
    if not codes:
        raise DomainError(ErrorCode.INVALID, ("input", "codes"))
    allowed = carried(shared=is_shared(channel))
    for index, code in enumerate(codes):
        if code not in allowed:
            raise DomainError(ErrorCode.CHANNEL_CODE_PRIVATE, ("input", "codes", str(index)))
    return sorted({code.value for code in codes})


def _audience(channel: NotificationChannel, ids: Collection[uuid.UUID], name: str) -> list[str]:
    if ids and channel.owner_id is not None:
        raise DomainError(ErrorCode.INVALID, ("input", name))
    if len(ids) > AUDIENCE:
        raise DomainError(ErrorCode.TOO_MANY, ("input", name))
    return sorted({str(id_) for id_ in ids})
