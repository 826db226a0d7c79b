"""Where notifications are carried on to, when not, and what became of each, in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

import strawberry

from db.channels import ChannelKind, DeliveryReason
from db.models import channels as rows
from db.models.inbox import NotificationCode
from db.queries import channels as queries
from db.queries import people
from db.queries.inbox import by_ids
from db.queries.paging import Order, Page, fetch_page, fetch_pages
from resolvers.channels import configuring, preferences, words
from resolvers.sealing import SealError
from schema.batching import batch, field, root
from schema.context import Context
from schema.inbox import Notification
from schema.people import Department, Person, load_people, loaded, person_of
from schema.permissions import SIGNED_IN, VISIBLE, Permission, PermissionMap, grant
from schema.relay import After, Connection, First, Node, node_type, read_page
from schema.scalars import described_enum

IN_TURN = Order((rows.NotificationChannel.id,))
LATEST_FIRST = Order((rows.NotificationDelivery.id,), descending=True)
OWN = Permission("the person whose it is, and nobody else")
SEERS = Permission("whoever is told; of the organisation's channels also HR and administrators")
_Channel = rows.NotificationChannel

described_enum(
    ChannelKind,
    description="What kind of place a channel leads to.",
    values={
        "DINGTALK": "A robot of a DingTalk group.",
        "WECOM": "A robot of a WeCom group.",
        "FEISHU": "A robot of a Feishu or Lark group.",
        "SLACK": "A Slack channel.",
        "EMAIL": "Mail.",
        "OTHER": "Any other address that Apprise knows and that speaks HTTP.",
    },
)
described_enum(
    DeliveryReason,
    description="Why something did not arrive, or may not have.",
    values={
        "URL_INVALID": "The channel's address is none of its kind.",
        "UNSEALABLE": "The installation's secret was changed: the address must be entered again.",
        "HOST_NOT_ALLOWED": "It leads to a host that the operator does not list.",
        "PRIVATE_ADDRESS": "It leads into the house, which the operator does not allow for this host.",
        "NO_ADDRESS": "The person has no address to write to, or has left.",
        "UNREACHABLE": "No connection.",
        "REFUSED": "The other side answered that it does not take it.",
        "NO_ANSWER": "It was handed over and no answer came: it may have arrived.",
        "READ": "The person had read it in the inbox by then.",
        "MUTED": "The person does not want it there.",
        "CHANNEL_GONE": "The channel is paused or removed, or no longer carries this.",
    },
)
described_enum(
    rows.DeliveryState,
    description="How far something is on its way.",
    values={
        "WAITING": "For its time, or for another try.",
        "SENDING": "It is being sent.",
        "SENT": "The other side took it.",
        "UNKNOWN": "It may have arrived, and is not sent again.",
        "FAILED": "Given up.",
        "DROPPED": "No longer wanted.",
    },
)
described_enum(
    rows.QuietChoice,
    description="Which quiet hours hold for a person.",
    values={
        "ORGANIZATION": "The organisation's, in the person's own time zone.",
        "OWN": "The person's own.",
        "NONE": "None.",
    },
)


def load_channels(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.NotificationChannel | None]:
    statement = queries.visible_to(context.viewer).where(_Channel.id.in_([id_ for id_ in ids if id_ is not None]))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _addresses(context: Context, channels: Sequence[rows.NotificationChannel]) -> list[str | None]:
    return [_address(context, channel) for channel in channels]


def _address(context: Context, channel: rows.NotificationChannel) -> str | None:
    if not configuring.may_change(context.viewer, channel):
        return None
    try:
        return configuring.shown_address(context.settings, channel)
    except SealError:
        return None


def _codes(_context: Context, parents: Sequence[rows.NotificationChannel]) -> list[list[NotificationCode]]:
    return [[NotificationCode(code) for code in parent.codes] for parent in parents]


def _people(context: Context, channels: Sequence[rows.NotificationChannel]) -> list[list[Any]]:
    entries = iter(load_people(context, [uuid.UUID(id_) for channel in channels for id_ in channel.person_ids]))
    return [[one for _ in channel.person_ids if (one := next(entries)) is not None] for channel in channels]


def _departments(context: Context, channels: Sequence[rows.NotificationChannel]) -> list[list[Any]]:
    wanted = [[uuid.UUID(id_) for id_ in channel.department_ids] for channel in channels]
    found = people.departments(context.session, context.viewer, [id_ for ids in wanted for id_ in ids])
    return [[found[id_] for id_ in ids if id_ in found] for ids in wanted]


def _test_words(context: Context, channels: Sequence[rows.NotificationChannel]) -> list[str | None]:
    return [words.text(channel.test_reason, context.locale) for channel in channels]


def _channel(context: Context, parents: Sequence[Any]) -> list[rows.NotificationChannel | None]:
    return load_channels(context, [parent.channel_id for parent in parents])


def _load_deliveries(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.NotificationDelivery | None]:
    statement = queries.deliveries(context.viewer).where(rows.NotificationDelivery.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _notifications(context: Context, deliveries: Sequence[rows.NotificationDelivery]) -> list[Any]:
    found = by_ids(context.session, context.viewer, [delivery.notification_id for delivery in deliveries])
    return [found.get(delivery.notification_id) for delivery in deliveries]


def _reason_words(context: Context, deliveries: Sequence[rows.NotificationDelivery]) -> list[str | None]:
    return [words.text(delivery.reason, context.locale) for delivery in deliveries]


def _deliveries(
    context: Context, parents: Sequence[rows.NotificationChannel], first: First = None, after: After = None
) -> list[Page[rows.NotificationDelivery]]:
    statement, ids = queries.deliveries(context.viewer), [channel.id for channel in parents]
    parent = rows.NotificationDelivery.channel_id
    return read_page(
        lambda page: fetch_pages(context.session, statement, LATEST_FIRST, page, parent=parent, parent_ids=ids),
        first,
        after,
    )


@node_type(rows.NotificationDelivery, load=_load_deliveries, description="A notification on its way through a channel.")
class NotificationDelivery(Node):
    notification: Notification | None = batch(
        _notifications, description="What is told; null for everybody but who is told."
    )
    state: rows.DeliveryState = field(description="How far it is.")
    reason: DeliveryReason | None = field(description="Why it has not arrived.")
    reason_text: str | None = batch(_reason_words, description="The same in words that say what to do.")
    attempts: int = field(description="How often it was tried.")
    next_try_at: datetime.datetime | None = field(description="When it goes, or is tried again.")
    ended_at: datetime.datetime | None = field(description="Since when its state is final.")


@node_type(_Channel, load=load_channels, description="A place outside of the product, to which notifications go on.")
class NotificationChannel(Node):
    name: str = field(description="What it is called.")
    kind: ChannelKind = field(description="What kind of place it is.")
    address: str | None = batch(
        _addresses, description="How its address begins, for who looks after it; the rest is never shown."
    )
    owner: Person | None = batch(person_of("owner_id"), description="Whose own it is; null: the organisation's.")
    to_each: bool = field(description="Mail to each receiver's own address.")
    codes: list[NotificationCode] = batch(_codes, description="What it carries on.")
    people: list[Person] = batch(_people, description="Whose notifications; see departments.")
    departments: list[Department] = batch(
        _departments,
        description="In which departments, with those inside them, people's notifications are carried on; with neither "
        "people nor departments everybody's.",
    )
    paused_at: datetime.datetime | None = field(description="From then on it carries nothing.")
    failing_since: datetime.datetime | None = field(description="Since when deliveries have been given up.")
    tested_at: datetime.datetime | None = field(description="When it was last tested.")
    test_reason: DeliveryReason | None = field(description="Why the test did not arrive; null: it did, see testedAt.")
    test_text: str | None = batch(_test_words, description="The same in words that say what to do.")
    deliveries: Connection[NotificationDelivery] = batch(_deliveries, description="What went through it, latest first.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.type(description="Quiet hours: minutes after midnight where the person is.")
class QuietHours:
    from_minute: int = field(description="When they begin.")
    until_minute: int = field(description="When they end, on the same day or the next.")


class _Hours:
    def __init__(self, hours: tuple[int, int]) -> None:
        self.from_minute, self.until_minute = hours


def _hours(_context: Context, parents: Sequence[Any]) -> list[Any]:
    return [None if (hours := preferences.hours_of(parent)) is None else _Hours(hours) for parent in parents]


def _urgent(_context: Context, policies: Sequence[rows.NotificationPolicy]) -> list[list[NotificationCode]]:
    return [[NotificationCode(code) for code in policy.urgent_codes] for policy in policies]


def _load_policies(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.NotificationPolicy | None]:
    own = context.viewer.organization_id
    return [queries.policy(context.session, context.viewer) if id_ == own else None for id_ in ids]


@node_type(rows.NotificationPolicy, load=_load_policies, description="When the organisation leaves people in peace.")
class NotificationPolicy(Node):
    quiet_hours: QuietHours | None = batch(_hours, description="Nothing is carried on meanwhile; null: there are none.")
    urgent_codes: list[NotificationCode] = batch(_urgent, description="What passes everybody's quiet hours.")
    version: int = field(description="0 before the first change; give it as expectedVersion.")


class _Muted:
    def __init__(self, channel_id: str, codes: Sequence[str]) -> None:
        self.channel_id, self.codes = uuid.UUID(channel_id), [NotificationCode(code) for code in codes]


@strawberry.type(description="What a channel must not carry for a person.")
class MutedChannel:
    channel: NotificationChannel | None = batch(_channel, description="The channel; null once it is removed.")
    codes: list[NotificationCode] = field(description="Which of what is told; none: all of it.")


def _muted(_context: Context, parents: Sequence[rows.NotificationPreference]) -> list[list[Any]]:
    return [[_Muted(id_, codes) for id_, codes in sorted(parent.muted.items())] for parent in parents]


def _load_preferences(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.NotificationPreference | None]:
    found = queries.preferences(context.session, [id_ for id_ in ids if id_ == context.viewer.person_id])
    return [found.get(id_) for id_ in ids]


def _own_preference(context: Context) -> rows.NotificationPreference | None:
    person_id = context.viewer.person_id
    return None if person_id is None else _load_preferences(context, [person_id])[0]


@node_type(
    rows.NotificationPreference, load=_load_preferences, description="What a person wants carried on, and when not."
)
class NotificationPreference(Node):
    quiet: rows.QuietChoice = field(description="Which quiet hours hold.")
    quiet_hours: QuietHours | None = batch(_hours, description="The person's own, where these hold.")
    muted: list[MutedChannel] = batch(_muted, description="What must not be carried on where.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


def _channels(context: Context, first: First = None, after: After = None) -> Page[rows.NotificationChannel]:
    statement = queries.visible_to(context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, IN_TURN, page), first, after)


@strawberry.type
class ChannelQueries:
    notification_channels: Connection[NotificationChannel] = root(
        _channels, description="The organisation's channels and the viewer's own, the oldest first."
    )
    notification_policy: NotificationPolicy = root(
        lambda context: queries.policy(context.session, context.viewer),
        description="When the organisation leaves people in peace.",
    )
    notification_preference: NotificationPreference | None = root(
        _own_preference,
        description="What the viewer wants carried on, and when not; null: everything, outside of the organisation's "
        "quiet hours.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "notificationChannels notificationPolicy notificationPreference"),
    **grant(
        "NotificationChannel",
        VISIBLE,
        "id name kind address owner toEach codes people departments pausedAt failingSince testedAt testReason testText "
        "deliveries version",
    ),
    **grant(
        "NotificationDelivery",
        SEERS,
        "id notification state reason reasonText attempts nextTryAt endedAt",
    ),
    **grant("NotificationPolicy", VISIBLE, "id quietHours urgentCodes version"),
    **grant("NotificationPreference", OWN, "id quiet quietHours muted version"),
    **grant("QuietHours", VISIBLE, "fromMinute untilMinute"),
    **grant("MutedChannel", OWN, "channel codes"),
}
