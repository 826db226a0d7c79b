"""The servers that some tests need: where they are, whether they answer, and how to have one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pika  # type: ignore[import-untyped]
import psycopg
import redis

from ocr.forms.fonts import find_cjk_font
from tests.photographs.hands import PACKAGES, check_installed

POSTGRESQL_URL = os.environ.get("THROUGHLINE_TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
"""A superuser: the tests make databases and roles of their own and take them away again."""
RABBITMQ_URL = os.environ.get("THROUGHLINE_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672")
REDIS_URL = os.environ.get("THROUGHLINE_TEST_REDIS_URL", "redis://127.0.0.1:6379/9")

SECONDS_TO_ANSWER = 3


def delete_queue(broker_url: str, queue: str) -> None:
    """Remove what a test left at the broker under its queue's name."""
    if broker_url.startswith("redis"):
        client = redis.Redis.from_url(broker_url)
        for key in client.scan_iter(f"{queue}:*"):
            client.delete(key)
        client.close()
    elif broker_url.startswith("amqp"):
        connection = pika.BlockingConnection(pika.URLParameters(broker_url))
        for name in (queue, f"{queue}.DQ", f"{queue}.XQ"):
            connection.channel().queue_delete(name)
        connection.close()


@dataclass(frozen=True)
class Server:
    """One thing outside this program that tests marked with `name` need."""

    name: str
    ask: Callable[[], None]
    """Raises any error when the server does not answer."""
    advice: str

    def answers(self) -> bool:
        return _answers(self.name)


def _ask_postgresql() -> None:
    psycopg.connect(POSTGRESQL_URL, connect_timeout=SECONDS_TO_ANSWER).close()


def _ask_rabbitmq() -> None:
    parameters = pika.URLParameters(RABBITMQ_URL)
    parameters.socket_timeout = parameters.blocked_connection_timeout = SECONDS_TO_ANSWER
    parameters.connection_attempts = 1
    pika.BlockingConnection(parameters).close()


def _ask_redis() -> None:
    client = redis.Redis.from_url(REDIS_URL, socket_connect_timeout=SECONDS_TO_ANSWER)
    try:
        client.ping()
    finally:
        client.close()


def _ask_node() -> None:
    path = shutil.which("node")
    if path is None:
        raise FileNotFoundError("node")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip().removeprefix("v").split(".")[0]) < 20:
        raise RuntimeError(f"node {version} is too old")


def _ask_fonts() -> None:
    find_cjk_font()
    check_installed()


SERVERS = {
    server.name: server
    for server in (
        Server(
            "postgresql",
            _ask_postgresql,
            "install and start postgresql, or set THROUGHLINE_TEST_POSTGRESQL_URL to a superuser's URL",
        ),
        Server("rabbitmq", _ask_rabbitmq, "install and start rabbitmq-server, or set THROUGHLINE_TEST_RABBITMQ_URL"),
        Server("redis", _ask_redis, "install and start redis-server, or set THROUGHLINE_TEST_REDIS_URL"),
        Server("node", _ask_node, "install Node.js 20 or newer"),
        Server("fonts", _ask_fonts, f"apt-get install {' '.join(['fonts-noto-cjk', *PACKAGES])}"),
    )
}


@cache
def _answers(name: str) -> bool:
    try:
        SERVERS[name].ask()
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the server cannot be used
        return False
    return True
