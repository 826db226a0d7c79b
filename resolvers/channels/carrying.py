"""The way of a notification through a channel: planned, taken in hand before it is sent, settled afterwards.

What a channel is given cannot be taken back, and most of them do not know a message that they had before. So a
delivery is marked SENDING in a transaction of its own before anything leaves. Whoever finds that mark later (the
worker died, or no answer came) says UNKNOWN and does not send again: at most once for what is not certain, and again,
after a while, for what certainly did not arrive.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.base import new_id, now
from db.channels import DeliveryReason
from db.inbox import ROWS, notify
from db.jobs import enqueue
from db.models.channels import DeliveryState, NotificationChannel, NotificationDelivery
from db.models.inbox import Notification, NotificationCode
from db.queries import channels, people
from db.queries.channels import CHANNEL_ROLES, Receiver
from db.settings import Settings
from db.viewer import Viewer
from resolvers import inbox
from resolvers.channels.configuring import is_shared, may_change, url_of
from resolvers.channels.preferences import is_muted, may_go_at
from resolvers.languages import in_language
from resolvers.rules.addresses import Letter
from resolvers.rules.channels import HOPELESS, PAUSES, carried
from resolvers.sealing import SealError

DELIVER = "channels.deliver"
"""The job that makes one attempt at one delivery."""
TITLES = ("Throughline 提醒", "Throughline: something for you")
TEST_TEXTS = ("这是一条测试消息：该渠道可以收到提醒。", "This is a test: notifications reach this channel.")
_TO = ("致 {name}：{text}", "For {name}: {text}")


def plan(session: Session, viewer: Viewer, notification_ids: Sequence[uuid.UUID]) -> None:
    """Find through which channels each notification goes and when; doing it again adds nothing. As the system."""
    told = channels.told(session, viewer, notification_ids)
    person_ids = {notification.person_id for notification in told}
    receivers = channels.receivers(session, person_ids)
    preferences = channels.preferences(session, person_ids)
    policy = channels.policy(session, viewer)
    moment = now()
    rows: list[dict[str, Any]] = []
    for channel in channels.live(session, viewer):
        audience = _audience(session, viewer, channel)
        codes = {code for code in carried(shared=is_shared(channel)) if code.value in channel.codes}
        for notification in told:
            receiver = receivers.get(notification.person_id)
            wanted = preferences.get(notification.person_id)
            if receiver is None or notification.code not in codes:
                continue
            if audience is not None and receiver.id not in audience:
                continue
            if is_muted(wanted, channel.id, notification.code):
                continue
            rows.append(
                {
                    "id": new_id(),
                    "organization_id": viewer.organization_id,
                    "notification_id": notification.id,
                    "channel_id": channel.id,
                    "person_id": receiver.id,
                    "state": DeliveryState.WAITING,
                    "attempts": 0,
                    "next_try_at": may_go_at(moment, notification.code, policy, wanted, receiver.zone),
                    "created_at": moment,
                }
            )
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for begin in range(0, len(rows), ROWS):
        statement = insert(NotificationDelivery).values(rows[begin : begin + ROWS])
        statement = statement.on_conflict_do_nothing(index_elements=["notification_id", "channel_id"])
        new = set(session.scalars(statement.returning(NotificationDelivery.id)))
        for row in rows[begin : begin + ROWS]:
            if row["id"] in new:
                _put_in(session, viewer, row["id"], attempt=1, run_at=row["next_try_at"])


def take_in_hand(
    session: Session, viewer: Viewer, delivery_id: uuid.UUID, attempt: int, settings: Settings
) -> Letter | None:
    """Mark a delivery as being sent and return what to send; None when there is nothing to do (any more).

    Found in hand already, it is UNKNOWN from now on: an earlier run of this attempt ended without a word.
    """
    delivery = session.get(NotificationDelivery, delivery_id, with_for_update=True)
    if delivery is None:
        return None
    if delivery.state is DeliveryState.SENDING and delivery.attempts == attempt:
        _end(delivery, DeliveryState.UNKNOWN, DeliveryReason.NO_ANSWER)
    if delivery.state is not DeliveryState.WAITING or delivery.attempts != attempt - 1:
        return None
    channel = session.get_one(NotificationChannel, delivery.channel_id)
    notification = session.get_one(Notification, delivery.notification_id)
    receiver = channels.receivers(session, [delivery.person_id]).get(delivery.person_id)
    wanted = channels.preferences(session, [delivery.person_id]).get(delivery.person_id)
    unwanted = _unwanted(session, viewer, channel, notification)
    if receiver is None:
        unwanted = DeliveryReason.NO_ADDRESS
    elif is_muted(wanted, channel.id, notification.code):
        unwanted = DeliveryReason.MUTED
    if unwanted is not None or receiver is None:
        _end(delivery, DeliveryState.DROPPED, unwanted)
        return None
    moment = now()
    allowed = may_go_at(moment, notification.code, channels.policy(session, viewer), wanted, receiver.zone)
    if allowed > moment:
        delivery.next_try_at = allowed
        _put_in(session, viewer, delivery.id, attempt=attempt, run_at=allowed)
        return None
    delivery.attempts = attempt
    delivery.next_try_at = None
    letter = _write(settings, channel, receiver, _words(notification, channel, receiver, settings))
    if isinstance(letter, DeliveryReason):
        settle(session, viewer, delivery.id, attempt, letter, mine=DeliveryState.WAITING)
        return None
    delivery.state = DeliveryState.SENDING
    session.flush()
    return letter


def _write(settings: Settings, channel: NotificationChannel, receiver: Receiver, body: str) -> Letter | DeliveryReason:
    """What goes through a channel to a person, or why nothing can."""
    if channel.to_each and (receiver.email is None or not receiver.email.isprintable() or " " in receiver.email):
        return DeliveryReason.NO_ADDRESS
    try:
        url = url_of(settings, channel)
    except SealError:
        return DeliveryReason.UNSEALABLE
    title = in_language(TITLES, receiver.locale)
    return Letter(channel.kind, url, receiver.email if channel.to_each else None, title, body)


def settle(
    session: Session,
    viewer: Viewer,
    delivery_id: uuid.UUID,
    attempt: int,
    reason: DeliveryReason | None,
    *,
    mine: DeliveryState = DeliveryState.SENDING,
) -> None:
    """Say what became of an attempt; without a reason the other side took it. What certainly did not arrive is tried
    again later, or given up: HR is told of that once, or whose own the channel is."""
    delivery = session.get(NotificationDelivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.state is not mine or delivery.attempts != attempt:
        return
    if reason is None:
        _end(delivery, DeliveryState.SENT, None)
        _note_failing(session, delivery.channel_id, None)
    elif reason is DeliveryReason.NO_ANSWER:
        _end(delivery, DeliveryState.UNKNOWN, reason)
    elif reason in HOPELESS or attempt > len(PAUSES):
        _end(delivery, DeliveryState.FAILED, reason)
        if reason is not DeliveryReason.NO_ADDRESS:
            _give_up(session, viewer, delivery.channel_id)
    else:
        delivery.state = DeliveryState.WAITING
        delivery.reason = reason
        delivery.next_try_at = now() + PAUSES[attempt - 1]
        _put_in(session, viewer, delivery.id, attempt=attempt + 1, run_at=delivery.next_try_at)
    session.flush()


def _audience(session: Session, viewer: Viewer, channel: NotificationChannel) -> set[uuid.UUID] | None:
    """Whose notifications a channel carries; None: everybody's."""
    if channel.owner_id is not None:
        return {channel.owner_id}
    if not channel.person_ids and not channel.department_ids:
        return None
    named = {uuid.UUID(id_) for id_ in channel.person_ids}
    return named | channels.members(session, viewer, [uuid.UUID(id_) for id_ in channel.department_ids])


def _unwanted(
    session: Session, viewer: Viewer, channel: NotificationChannel, notification: Notification
) -> DeliveryReason | None:
    """Why this is not to go through the channel as it is now: a night may lie between planning and sending."""
    if channel.removed_at is not None or channel.paused_at is not None or notification.code.value not in channel.codes:
        return DeliveryReason.CHANNEL_GONE
    audience = _audience(session, viewer, channel)
    if audience is not None and notification.person_id not in audience:
        return DeliveryReason.CHANNEL_GONE
    return DeliveryReason.READ if notification.read_at is not None else None


def _words(notification: Notification, channel: NotificationChannel, receiver: Receiver, settings: Settings) -> str:
    """The inbox's line, to whom where several people read it, and where it leads."""
    language = 0 if receiver.locale.startswith("zh") else 1
    words = inbox.text(notification, receiver.locale)
    if is_shared(channel) and receiver.name is not None:
        words = _TO[language].format(name=receiver.name, text=words)
    return f"{words}\n{settings.public_url.rstrip('/')}{inbox.link(notification)}" if settings.public_url else words


def _end(delivery: NotificationDelivery, state: DeliveryState, reason: DeliveryReason | None) -> None:
    delivery.state, delivery.reason = state, reason
    delivery.next_try_at, delivery.ended_at = None, now()


def _put_in(
    session: Session, viewer: Viewer, delivery_id: uuid.UUID, *, attempt: int, run_at: datetime.datetime
) -> None:
    args = {"delivery_id": str(delivery_id), "attempt": attempt}
    enqueue(session, viewer, DELIVER, args, run_at=run_at)


def _note_failing(session: Session, channel_id: uuid.UUID, since: datetime.datetime | None) -> None:
    """Not through the row: its version belongs to what people change."""
    known = NotificationChannel.failing_since
    changed = sa.and_(NotificationChannel.id == channel_id, known.is_not(None) if since is None else known.is_(None))
    session.execute(sa.update(NotificationChannel).where(changed).values(failing_since=since))


def _give_up(session: Session, viewer: Viewer, channel_id: uuid.UUID) -> None:
    _note_failing(session, channel_id, now())
    channel = session.get_one(NotificationChannel, channel_id, populate_existing=True)
    if channel.owner_id is not None:
        told = {channel.owner_id}
    else:
        told = next(filter(None, (people.holders(session, viewer, role) for role in CHANNEL_ROLES)), set())
    key = f"channel-failed:{channel.id}:{channel.failing_since}"
    subject = ("NotificationChannel", channel.id)
    notify(session, viewer, told, NotificationCode.CHANNEL_FAILED, key=key, subject=subject)


def letter_of_test(
    session: Session, viewer: Viewer, channel_id: uuid.UUID, settings: Settings
) -> Letter | DeliveryReason | None:
    """A test for whoever asked for it; None when the channel is gone."""
    channel = session.scalars(channels.visible_to(viewer).where(NotificationChannel.id == channel_id)).one_or_none()
    if channel is None or viewer.person_id is None or not may_change(viewer, channel):
        return None
    receiver = channels.receivers(session, [viewer.person_id]).get(viewer.person_id)
    if receiver is None:
        return None
    return _write(settings, channel, receiver, in_language(TEST_TEXTS, receiver.locale))


def record_test(session: Session, channel_id: uuid.UUID, reason: DeliveryReason | None) -> None:
    """Keep how a test went."""
    which = NotificationChannel.id == channel_id
    session.execute(sa.update(NotificationChannel).where(which).values(tested_at=now(), test_reason=reason))
