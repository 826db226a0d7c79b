"""Setting up channels and saying when not to be told, through the schema."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.channels import ChannelKind
from db.models.channels import QuietChoice
from db.models.inbox import NotificationCode
from db.queries.channels import CHANNEL_ROLES
from resolvers.channels import configuring, preferences
from resolvers.errors import DomainError, ErrorCode
from resolvers.rules.quiet import Hours
from schema.batching import field
from schema.channels import NotificationChannel, NotificationPolicy, NotificationPreference
from schema.context import Context
from schema.errors import UserError
from schema.jobs import Job
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.permissions import SIGNED_IN, PermissionMap, grant, only
from schema.relay import decode_id

_URL = "Its address as Apprise writes it, such as dingtalk://TOKEN. It is stored encrypted and never shown again."
_CODES = "What it carries on. A place that several people read takes no code that is a person's own affair."


@strawberry.input(description="A channel to set up.")
class CreateNotificationChannelInput:
    name: str = strawberry.field(description="What it is called, at most 100 characters.")
    kind: ChannelKind = strawberry.field(description="What kind of place it is.")
    url: str = strawberry.field(description=_URL)
    codes: list[NotificationCode] = strawberry.field(description=_CODES)
    own: bool = strawberry.field(default=False, description="The viewer's own, for what the viewer is told.")
    to_each: bool = strawberry.field(default=False, description="EMAIL: to each receiver's own address.")
    person_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="Whose notifications.")
    department_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="And of whom in these departments; with neither everybody's."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="What to change of a channel; what is left out stays.")
class UpdateNotificationChannelInput:
    id: strawberry.ID = strawberry.field(description="The channel.")
    name: str | None = strawberry.field(default=None, description="What it is called.")
    url: str | None = strawberry.field(default=None, description=_URL)
    codes: list[NotificationCode] | None = strawberry.field(default=None, description=_CODES)
    person_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="Whose notifications.")
    department_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="In which departments.")
    paused: bool | None = strawberry.field(default=None, description="Whether it carries nothing for now.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A channel to remove.")
class RemoveNotificationChannelInput:
    id: strawberry.ID = strawberry.field(description="The channel.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A channel to test.")
class TestNotificationChannelInput:
    id: strawberry.ID = strawberry.field(description="The channel.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Quiet hours: minutes after midnight, 0 to 1,439.")
class QuietHoursInput:
    from_minute: int = strawberry.field(description="When they begin.")
    until_minute: int = strawberry.field(description="When they end, on the same day or the next.")


@strawberry.input(description="When the organisation leaves people in peace, in place of what holds now.")
class SetNotificationPolicyInput:
    quiet_hours: QuietHoursInput | None = strawberry.field(default=None, description="Null: there are none.")
    urgent_codes: list[NotificationCode] | None = strawberry.field(
        default=None, description="What passes everybody's quiet hours."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="What a channel must not carry for the viewer.")
class MutedChannelInput:
    channel_id: strawberry.ID = strawberry.field(description="The channel.")
    codes: list[NotificationCode] | None = strawberry.field(default=None, description="Which; none: all of it.")


@strawberry.input(description="What the viewer wants, in place of what holds now.")
class SetNotificationPreferenceInput:
    quiet: QuietChoice = strawberry.field(description="Which quiet hours hold.")
    quiet_hours: QuietHoursInput | None = strawberry.field(default=None, description="With OWN, and only then.")
    muted: list[MutedChannelInput] | None = strawberry.field(
        default=None, description="What must not be carried on where; each channel once."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The channel.")
class CreateNotificationChannelPayload:
    channel: NotificationChannel | None = field(description="The channel; null when none was set up.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The channel.")
class UpdateNotificationChannelPayload:
    channel: NotificationChannel | None = field(description="The channel; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="Whether the channel was removed.")
class RemoveNotificationChannelPayload:
    removed: bool | None = field(description="True; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The channel, and the job that tests it.")
class TestNotificationChannelPayload:
    channel: NotificationChannel | None = field(description="It says under testReason how it went, once the job ends.")
    job: Job | None = field(description="Follow it by jobProgress.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="What holds now.")
class SetNotificationPolicyPayload:
    policy: NotificationPolicy | None = field(description="What holds; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="What holds now.")
class SetNotificationPreferencePayload:
    preference: NotificationPreference | None = field(description="What holds; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _ids(ids: Sequence[strawberry.ID], type_name: str, name: str) -> list[uuid.UUID]:
    return [decode_id(id_, type_name, at=("input", name, str(index))) for index, id_ in enumerate(ids)]


def _create(context: Context, input: CreateNotificationChannelInput) -> Mapping[str, Any]:
    draft = configuring.ChannelDraft(
        name=input.name,
        kind=input.kind,
        url=input.url,
        own=input.own,
        codes=input.codes,
        to_each=input.to_each,
        person_ids=_ids(input.person_ids or (), "Person", "personIds"),
        department_ids=_ids(input.department_ids or (), "Department", "departmentIds"),
    )
    return {"channel": configuring.create_channel(context.session, context.viewer, draft, context.settings)}


def _update(context: Context, input: UpdateNotificationChannelInput) -> Mapping[str, Any]:
    named = ("name", "url", "codes", "paused")
    values = {name: value for name in named if (value := getattr(input, name)) is not None}
    if input.person_ids is not None:
        values["person_ids"] = _ids(input.person_ids, "Person", "personIds")
    if input.department_ids is not None:
        values["department_ids"] = _ids(input.department_ids, "Department", "departmentIds")
    channel_id = decode_id(input.id, "NotificationChannel", at=("input", "id"))
    channel = configuring.update_channel(
        context.session,
        context.viewer,
        channel_id,
        values,
        settings=context.settings,
        expected_version=input.expected_version,
    )
    return {"channel": channel}


def _remove(context: Context, input: RemoveNotificationChannelInput) -> Mapping[str, Any]:
    channel_id = decode_id(input.id, "NotificationChannel", at=("input", "id"))
    configuring.remove_channel(context.session, context.viewer, channel_id, input.expected_version)
    return {"removed": True}


def _test(context: Context, input: TestNotificationChannelInput) -> Mapping[str, Any]:
    channel_id = decode_id(input.id, "NotificationChannel", at=("input", "id"))
    channel, job = configuring.ask_for_test(context.session, context.viewer, channel_id)
    return {"channel": channel, "job": job}


def _hours(given: QuietHoursInput | None) -> Hours | None:
    return None if given is None else (given.from_minute, given.until_minute)


def _set_policy(context: Context, input: SetNotificationPolicyInput) -> Mapping[str, Any]:
    hours, urgent = _hours(input.quiet_hours), input.urgent_codes or ()
    policy = preferences.set_policy(context.session, context.viewer, hours, urgent, input.expected_version)
    return {"policy": policy}


def _set_preference(context: Context, input: SetNotificationPreferenceInput) -> Mapping[str, Any]:
    muted: dict[uuid.UUID, list[NotificationCode]] = {}
    for index, each in enumerate(input.muted or ()):
        at = ("input", "muted", str(index), "channelId")
        channel_id = decode_id(each.channel_id, "NotificationChannel", at=at)
        if channel_id in muted:
            raise DomainError(ErrorCode.FIELD_REPEATED, at)
        muted[channel_id] = each.codes or []
    preference = preferences.set_preference(
        context.session,
        context.viewer,
        input.quiet,
        _hours(input.quiet_hours),
        muted,
        expected_version=input.expected_version,
    )
    return {"preference": preference}


@strawberry.type
class ChannelMutations:
    create_notification_channel: CreateNotificationChannelPayload = mutation(
        _create, description="Set up a channel: the organisation's (HR and administrators), or one's own."
    )
    update_notification_channel: UpdateNotificationChannelPayload = mutation(
        _update, description="Change a channel that one looks after."
    )
    remove_notification_channel: RemoveNotificationChannelPayload = mutation(
        _remove, description="Carry nothing on through a channel any more, and forget its address."
    )
    test_notification_channel: TestNotificationChannelPayload = mutation(
        _test,
        description="Send a test through a channel that one looks after; the channel says how it went. At most ten "
        "within an hour.",
    )
    set_notification_policy: SetNotificationPolicyPayload = mutation(
        _set_policy, description="Set the organisation's quiet hours and what passes them."
    )
    set_notification_preference: SetNotificationPreferencePayload = mutation(
        _set_preference, description="Say what one wants carried on, and when not."
    )


PERMISSIONS: PermissionMap = {
    **grant(
        "Mutation",
        SIGNED_IN,
        "createNotificationChannel updateNotificationChannel removeNotificationChannel testNotificationChannel "
        "setNotificationPreference",
    ),
    **grant("Mutation", only(*CHANNEL_ROLES), "setNotificationPolicy"),
}
