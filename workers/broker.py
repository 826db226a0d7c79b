"""The broker: what carries a job's id from a relay to a worker. It may lose or double messages without harm.

Delays, retries and dead letters are rows of the jobs table, so none of dramatiq's middleware for them is used.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import dramatiq
from dramatiq import Broker
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.errors import DramatiqError
from pika.exceptions import AMQPError  # type: ignore[import-untyped]
from redis.exceptions import RedisError

from db.jobs import Claim
from db.settings import Settings

REDIS_MAINTENANCE_CHANCE = 100_000
"""Of a million commands, so many also look for messages of dead workers. dramatiq's default left them for minutes."""
REDIS_HEARTBEAT_MS = 15_000
"""A worker not heard of for so long is dead to Redis."""

EMBEDDED_OUTSTANDING = 4
"""Jobs that may be SENT at once when a process sends to itself alone: more would keep them from its sisters."""
OUTSTANDING = 64
"""Jobs that may be SENT at once over a real broker. Small, because a SENT job's lease runs while it waits there."""


class BrokerDownError(RuntimeError):
    """The broker does not answer."""


def make_broker(settings: Settings) -> Broker:
    """The broker that the settings name. Connects at the first use, not here."""
    scheme = urlsplit(settings.broker_url).scheme
    if scheme in {"amqp", "amqps"}:
        return RabbitmqBroker(url=settings.broker_url, confirm_delivery=True, middleware=[])
    if scheme in {"redis", "rediss"}:
        return RedisBroker(  # type: ignore[no-untyped-call]
            url=settings.broker_url,
            middleware=[],
            namespace=settings.broker_queue,
            maintenance_chance=REDIS_MAINTENANCE_CHANCE,
            heartbeat_timeout=REDIS_HEARTBEAT_MS,
        )
    return StubBroker(middleware=[])


def is_embedded(settings: Settings) -> bool:
    """Whether messages stay inside the process that sends them."""
    return urlsplit(settings.broker_url).scheme == "memory"


class Messages:
    """Sends job ids through a broker and, in a worker, calls `work` for each that arrives."""

    def __init__(self, broker: Broker, settings: Settings, work: Callable[[uuid.UUID, uuid.UUID], None]) -> None:
        def run(job_id: str, organization_id: str) -> None:
            work(uuid.UUID(job_id), uuid.UUID(organization_id))

        self._actor = dramatiq.Actor(
            run, broker=broker, actor_name="run", queue_name=settings.broker_queue, priority=0, options={}
        )

    def send(self, claim: Claim) -> None:
        """Hand over one job. Raises `BrokerDownError`."""
        try:
            self._actor.send(str(claim.job_id), str(claim.organization_id))
        except (DramatiqError, AMQPError, RedisError, OSError) as error:
            raise BrokerDownError(str(error)) from error
