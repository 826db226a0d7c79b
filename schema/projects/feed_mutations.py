"""Setting up feeds through the schema."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.queries.projects.feeds import FEED_ROLES
from resolvers.projects import feeds as use_cases
from resolvers.projects.signatures import secret_of
from schema.batching import batch, field
from schema.context import Context
from schema.errors import UserError
from schema.inputs import optional_id
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.permissions import PermissionMap, grant, only
from schema.projects.feeds import Feed, FeedBinding, FeedRule, FeedSecret
from schema.projects.task_plans import EditPlanInput, PlanInput, planned
from schema.relay import decode_id

UNSET: Any = strawberry.UNSET


@strawberry.input(description="A feed to set up.")
class CreateFeedInput:
    name: str = strawberry.field(description="Small letters, digits and hyphens; part of its address.")
    description: str | None = strawberry.field(default=None, description="More about it.")
    every_minutes: int | None = strawberry.field(
        default=None, description="How often something is expected, or is to be asked for; at least 5."
    )
    pull_url: str | None = strawberry.field(
        default=None, description="Where it is asked, on a host that the operator allows; null: it sends."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Changes of a feed: what is left out stays, null empties.")
class UpdateFeedInput:
    id: strawberry.ID = strawberry.field(description="The feed.")
    description: str | None = strawberry.field(default=UNSET, description="More about it.")
    every_minutes: int | None = strawberry.field(default=UNSET, description="How often something is expected.")
    pull_url: str | None = strawberry.field(default=UNSET, description="Where it is asked.")
    paused: bool | None = strawberry.field(
        default=None, description="Whether nothing is taken; null leaves it as it is, too."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A new secret for a feed.")
class RotateFeedSecretInput:
    feed_id: strawberry.ID = strawberry.field(description="The feed.")
    keep_hours: int = strawberry.field(
        default=24, description="How long the present secret stays good beside the new one; 0 to 720."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Which measure takes which value of a feed.")
class BindFeedInput:
    id: strawberry.ID = strawberry.field(description="The feed.")
    name: str = strawberry.field(description="Name of the metric, as the feed sends it.")
    measure_id: strawberry.ID = strawberry.field(description="A measure of a goal that the viewer sees.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A binding to end.")
class UnbindFeedInput:
    binding_id: strawberry.ID = strawberry.field(description="The binding.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Which event of a feed makes which task.")
class AddFeedRuleInput(PlanInput):
    feed_id: strawberry.ID = strawberry.field(description="The feed.")
    name: str = strawberry.field(description="Name of the event, as the feed sends it.")
    owner_id: strawberry.ID = strawberry.field(description="Who owns them.")
    measure_id: strawberry.ID | None = strawberry.field(default=None, description="The key result that they serve.")


@strawberry.input(description="What a rule's tasks are to be like from now on; what is left out stays, null too.")
class EditFeedRuleInput(EditPlanInput):
    measure_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The key result that they serve; here, null takes it away."
    )


@strawberry.input(description="A rule to end.")
class RetireFeedRuleInput:
    id: strawberry.ID = strawberry.field(description="The rule.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


def _secret_texts(context: Context, payloads: Sequence[Any]) -> list[str | None]:
    return [None if one.secret is None else secret_of(context.settings, one.secret.id) for one in payloads]


@strawberry.type(description="The feed and its new secret.")
class CreateFeedPayload:
    feed: Feed | None = field(description="The feed; null when nothing was done.")
    secret: FeedSecret | None = field(description="The new secret's dates.")
    signing_secret: str | None = batch(
        _secret_texts, description="The secret itself: give it to the sender. It is shown here and nowhere else."
    )
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The feed and its new secret.")
class RotateFeedSecretPayload(CreateFeedPayload):
    pass


@strawberry.type(description="The feed.")
class UpdateFeedPayload:
    feed: Feed | None = field(description="The feed; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The feed without the binding.")
class UnbindFeedPayload(UpdateFeedPayload):
    pass


@strawberry.type(description="The binding.")
class BindFeedPayload:
    binding: FeedBinding | None = field(description="The binding; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The rule.")
class AddFeedRulePayload:
    rule: FeedRule | None = field(description="The rule; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The rule.")
class EditFeedRulePayload(AddFeedRulePayload):
    pass


@strawberry.type(description="The rule.")
class RetireFeedRulePayload(AddFeedRulePayload):
    pass


def _with_feed(context: Context, secret: Any) -> Mapping[str, Any]:
    return {"feed": use_cases.feed_to_change(context.session, context.viewer, secret.feed_id), "secret": secret}


def _create(context: Context, input: CreateFeedInput) -> Mapping[str, Any]:
    draft = use_cases.FeedDraft(input.name, input.description, input.every_minutes, input.pull_url)
    hosts = context.settings.feed_hosts
    return _with_feed(context, use_cases.create_feed(context.session, context.viewer, draft, hosts))


def _update(context: Context, input: UpdateFeedInput) -> Mapping[str, Any]:
    feed_id = decode_id(input.id, "Feed", at=("input", "id"))
    named = {name: getattr(input, name) for name in ("description", "every_minutes", "pull_url")}
    values = {name: value for name, value in named.items() if value is not UNSET}
    if input.paused is not None:
        values["paused"] = input.paused
    edit = use_cases.FeedEdit(values, context.settings.feed_hosts)
    return {"feed": use_cases.update_feed(context.session, context.viewer, feed_id, edit, input.expected_version)}


def _rotate(context: Context, input: RotateFeedSecretInput) -> Mapping[str, Any]:
    feed_id = decode_id(input.feed_id, "Feed", at=("input", "feedId"))
    return _with_feed(context, use_cases.rotate_secret(context.session, context.viewer, feed_id, input.keep_hours))


def _bind(context: Context, input: BindFeedInput) -> Mapping[str, Any]:
    feed_id = decode_id(input.id, "Feed", at=("input", "id"))
    measure_id = decode_id(input.measure_id, "Measure", at=("input", "measureId"))
    return {"binding": use_cases.bind_measure(context.session, context.viewer, feed_id, input.name, measure_id)}


def _unbind(context: Context, input: UnbindFeedInput) -> Mapping[str, Any]:
    binding_id = decode_id(input.binding_id, "FeedBinding", at=("input", "bindingId"))
    return {"feed": use_cases.unbind_measure(context.session, context.viewer, binding_id)}


def _add_rule(context: Context, input: AddFeedRuleInput) -> Mapping[str, Any]:
    draft = use_cases.RuleDraft(
        feed_id=decode_id(input.feed_id, "Feed", at=("input", "feedId")),
        name=input.name,
        **planned(input),
        measure_id=optional_id(input.measure_id, "Measure", ("input", "measureId")),
    )
    return {"rule": use_cases.add_rule(context.session, context.viewer, draft)}


def _edit_rule(context: Context, input: EditFeedRuleInput) -> Mapping[str, Any]:
    rule_id = decode_id(input.id, "FeedRule", at=("input", "id"))
    values = planned(input)
    if input.measure_id is not UNSET:
        values["measure_id"] = optional_id(input.measure_id, "Measure", ("input", "measureId"))
    return {"rule": use_cases.edit_rule(context.session, context.viewer, rule_id, values, input.expected_version)}


def _retire_rule(context: Context, input: RetireFeedRuleInput) -> Mapping[str, Any]:
    rule_id = decode_id(input.id, "FeedRule", at=("input", "id"))
    return {"rule": use_cases.retire_rule(context.session, context.viewer, rule_id, input.expected_version)}


@strawberry.type
class FeedMutations:
    create_feed: CreateFeedPayload = mutation(_create, description="Set up a feed with its first secret.")
    update_feed: UpdateFeedPayload = mutation(_update, description="Change or pause a feed.")
    rotate_feed_secret: RotateFeedSecretPayload = mutation(
        _rotate, description="Make a new secret; the present one stays good for a while, older ones end."
    )
    bind_feed: BindFeedPayload = mutation(_bind, description="Let values of a feed become check-ins of a measure.")
    unbind_feed: UnbindFeedPayload = mutation(_unbind, description="End a binding; what it brought stays.")
    add_feed_rule: AddFeedRulePayload = mutation(_add_rule, description="Let events of a feed become tasks.")
    edit_feed_rule: EditFeedRulePayload = mutation(
        _edit_rule, description="Let a rule's tasks be like that from now on; what it made stays."
    )
    retire_feed_rule: RetireFeedRulePayload = mutation(_retire_rule, description="Let a rule make no more tasks.")


PERMISSIONS: PermissionMap = {
    **grant(
        "Mutation",
        only(*FEED_ROLES),
        "createFeed updateFeed rotateFeedSecret bindFeed unbindFeed addFeedRule editFeedRule retireFeedRule",
    ),
}
