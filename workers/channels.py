"""Jobs that carry notifications on from the inbox."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from db.channels import DeliveryReason
from db.inbox import CARRY_ON
from resolvers.channels import carrying, configuring
from resolvers.rules.addresses import Letter
from workers import messenger, sandbox
from workers.registry import Effect, JobRun, job
from workers.sandbox import SandboxError


@job(CARRY_ON, max_failures=5, time_limit=300)
def carry_on(run: JobRun) -> Effect:
    """Find through which channels new notifications go, and when."""
    ids = [uuid.UUID(id_) for id_ in run.args["notification_ids"]]
    return lambda session: carrying.plan(session, run.viewer, ids)


@job(carrying.DELIVER, max_failures=5, time_limit=120)
def deliver(run: JobRun) -> Effect | None:
    """Make one attempt at sending a notification through a channel."""
    delivery_id, attempt = uuid.UUID(run.args["delivery_id"]), int(run.args["attempt"])
    with run.write() as session:
        letter = carrying.take_in_hand(session, run.viewer, delivery_id, attempt, run.services.settings)
    if letter is None:
        return None
    reason = _send(run, letter)
    return lambda session: carrying.settle(session, run.viewer, delivery_id, attempt, reason)


@job(configuring.TEST, max_failures=1, time_limit=120)
def try_channel(run: JobRun) -> Effect | None:
    """Send a test through a channel and keep how it went."""
    channel_id = uuid.UUID(run.args["channel_id"])
    with run.read() as session:
        letter = carrying.letter_of_test(session, run.viewer, channel_id, run.services.settings)
    if letter is None:
        return None
    reason = letter if isinstance(letter, DeliveryReason) else _send(run, letter)

    def effect(session: Session) -> None:
        carrying.record_test(session, channel_id, reason)

    return effect


def _send(run: JobRun, letter: Letter) -> DeliveryReason | None:
    """Why it did not arrive, or may not have; None: it did. A child that gave no answer may have sent it."""
    settings = run.services.settings
    hosts, internal = settings.notification_hosts, settings.internal_hosts
    try:
        outcome = sandbox.run(messenger.SENDING, messenger.send, letter, hosts, internal)
    except SandboxError:
        return DeliveryReason.NO_ANSWER
    return None if outcome == "SENT" else DeliveryReason(outcome)
