"""Messages go through each broker, carrying ids alone; a broker that is down is told as such."""

from __future__ import annotations

import threading
import uuid

import pytest
from dramatiq import Worker
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker

from db.jobs import Claim
from db.settings import Settings
from tests.servers import RABBITMQ_URL, REDIS_URL, delete_queue
from workers.broker import BrokerDownError, Messages, is_embedded, make_broker


@pytest.mark.parametrize(
    "url",
    [
        "memory://",
        pytest.param(RABBITMQ_URL, marks=pytest.mark.rabbitmq, id="rabbitmq"),
        pytest.param(REDIS_URL, marks=pytest.mark.redis, id="redis"),
    ],
)
def test_what_is_sent_arrives(url: str) -> None:
    settings = Settings(broker_url=url, broker_queue=f"test_broker_{uuid.uuid4().hex[:8]}")
    arrived: list[tuple[uuid.UUID, uuid.UUID]] = []
    all_here = threading.Event()

    def work(job_id: uuid.UUID, organization_id: uuid.UUID) -> None:
        arrived.append((job_id, organization_id))
        if len(arrived) == 3:
            all_here.set()

    broker = make_broker(settings)
    messages = Messages(broker, settings, work)
    worker = Worker(broker, worker_threads=1, worker_timeout=100)
    worker.start()
    claims = [Claim(uuid.uuid4(), uuid.uuid4()) for _ in range(3)]
    for claim in claims:
        messages.send(claim)
    assert all_here.wait(20)
    worker.stop()
    broker.close()
    delete_queue(url, settings.broker_queue)
    assert set(arrived) == {(claim.job_id, claim.organization_id) for claim in claims}


@pytest.mark.parametrize("url", ["amqp://guest:guest@127.0.0.1:9", "redis://127.0.0.1:9/0"])
def test_a_broker_that_is_down_is_told(url: str) -> None:
    settings = Settings(broker_url=url, broker_queue="test_broker_down")
    messages = Messages(make_broker(settings), settings, lambda job_id, organization_id: None)
    with pytest.raises(BrokerDownError):
        messages.send(Claim(uuid.uuid4(), uuid.uuid4()))


def test_brokers_are_set_up_not_to_lose_messages_for_long() -> None:
    rabbitmq = make_broker(Settings(broker_url="amqp://localhost"))
    assert isinstance(rabbitmq, RabbitmqBroker)
    assert rabbitmq.confirm_delivery
    redis = make_broker(Settings(broker_url="redis://localhost/3", broker_queue="house"))
    assert isinstance(redis, RedisBroker)
    assert (redis.maintenance_chance, redis.heartbeat_timeout, redis.namespace) == (100_000, 15_000, "house")
    assert isinstance(make_broker(Settings()), StubBroker)


def test_only_memory_stays_inside_a_process() -> None:
    assert is_embedded(Settings())
    assert not is_embedded(Settings(broker_url="redis://localhost/3"))
