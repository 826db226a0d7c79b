"""How much of a hand-written endpoint's throughput the GraphQL API keeps, and how much memory its process takes.

The operation: 50 reviews, each with its person and 12 answers, read by HR. The hand-written endpoint
(`tests.bench.raw_endpoint`) gives the same JSON, byte for byte. Both are one uvicorn process on the same database;
rounds alternate, and the shares are of the same run. `python -m tests.bench.api` prints the figures.
"""

from __future__ import annotations

import asyncio
import datetime
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from db.base import now
from db.migrate import migrate
from db.models.reviews import AnswerSource, Review, ReviewAnswer, ReviewSource, ReviewStatus
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role
from resolvers import tokens
from tests.factories import make_cycle, make_organization, make_person
from tests.servers import POSTGRESQL_URL, SERVERS

REVIEWS = 50
PEOPLE = 25
ANSWERS = 12
ROUNDS = 6
REQUESTS = 40
"""Requests a round; the first round warms up and is not counted."""
QUERY = """query Reviews($first: Int!) { reviews(first: $first) { nodes {
  status score grade createdAt subject { staffNumber name } answers { key label value score } } } }"""


def measure() -> dict[str, Any]:
    """Figures for SQLite and, where it answers, PostgreSQL. Takes about half a minute."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as home:
        figures["sqlite"] = _measure({"THROUGHLINE_HOME": home})
    if SERVERS["postgresql"].answers():
        with tempfile.TemporaryDirectory() as home, _postgresql() as urls:
            figures["postgresql"] = _measure({"THROUGHLINE_HOME": home, **urls})
    return figures


def _measure(environment: dict[str, str]) -> dict[str, Any]:
    settings = Settings.model_validate(
        {name.removeprefix("THROUGHLINE_").lower(): value for name, value in environment.items()}
    )
    organization_id, subject = _fill(settings)
    token = tokens.issue(settings, subject, datetime.timedelta(hours=1))
    body = json.dumps({"query": QUERY, "variables": {"first": REVIEWS}})
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    with (
        _served("schema.app:create", environment) as api,
        _served("tests.bench.raw_endpoint:create", environment) as raw,
    ):
        idle = _memory_mb(api.pid)
        calls: dict[str, Callable[[], bytes]] = {
            "api": lambda: api.call("POST", "/graphql", body, headers),
            "raw": lambda: raw.call("GET", f"/reviews?organization={organization_id}", None, {}),
        }
        if calls["api"]() != calls["raw"]():
            raise RuntimeError("the two endpoints do not give the same answer")
        seconds: dict[str, list[float]] = {name: [] for name in calls}
        for round_ in range(ROUNDS):
            for name, call in calls.items():
                begin = time.perf_counter()
                for _ in range(REQUESTS):
                    call()
                if round_:
                    seconds[name].append((time.perf_counter() - begin) / REQUESTS)
        busy = _memory_mb(api.pid)
    best = {name: statistics.median(values) for name, values in seconds.items()}
    return {
        "share_of_raw": round(best["raw"] / best["api"], 3),
        "api_ms": round(1000 * best["api"], 2),
        "raw_ms": round(1000 * best["raw"], 2),
        "api_memory_mb_idle": idle,
        "api_memory_mb_busy": busy,
        "reviews": REVIEWS,
        "answers_each": ANSWERS,
    }


def _fill(settings: Settings) -> tuple[uuid.UUID, str]:
    """An organisation with reviews. Returns its id and the login subject of its HR."""
    migrate(settings)
    database = Database(settings)
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        hr = make_person(session, company, roles=(Role.EMPLOYEE, Role.HR), locale="en")
        people = [make_person(session, company, manager=hr) for _ in range(PEOPLE)]
        cycle = make_cycle(session, company)
        for number in range(REVIEWS):
            review = Review(
                organization_id=company.id,
                subject_id=people[number % PEOPLE].id,
                reviewer_id=hr.id,
                cycle_id=cycle.id,
                source=ReviewSource.PAPER,
                status=ReviewStatus.CONFIRMED,
                score=Decimal("3.85"),
                grade="B",
                confirmed_by=hr.id,
                confirmed_at=now(),
            )
            session.add(review)
            session.flush()
            for position in range(ANSWERS):
                session.add(
                    ReviewAnswer(
                        organization_id=company.id,
                        review_id=review.id,
                        position=position,
                        key=f"item_{position}",
                        label_zh=f"评分项{position}",
                        label_en=f"Item {position}",
                        value="按期完成支付网关迁移，P95 由 420 ms 降至 180 ms" if position % 2 else "4",
                        score=None if position % 2 else Decimal(4),
                        weight=None if position % 2 else Decimal(20),
                        source=AnswerSource.CHECKED,
                    )
                )
    asyncio.run(database.aclose())
    return company.id, str(hr.id)


class _Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.pid = process.pid
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def call(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> bytes:
        self._connection.request(method, path, body.encode() if body else None, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {content[:300]!r}")
        return content


@contextmanager
def _served(factory: str, environment: dict[str, str]) -> Iterator[_Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(
        [*command, "--no-access-log", "--timeout-keep-alive", "300"],
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise RuntimeError(f"{factory} did not start")
            time.sleep(0.1)
        yield _Server(process, port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _memory_mb(pid: int) -> float:
    """Resident memory of a process, from the kernel."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise RuntimeError(f"no memory figure for process {pid}")


@contextmanager
def _postgresql() -> Iterator[dict[str, str]]:
    """A database of its own, reached as a role that owns nothing."""
    name = f"throughline_bench_{uuid.uuid4().hex[:12]}"
    admin = make_url(POSTGRESQL_URL).set(database=name)
    role = f"{name}_application"
    with psycopg.connect(POSTGRESQL_URL, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield {
                "THROUGHLINE_DATABASE_URL": admin.set(username=role, password="throughline").render_as_string(
                    hide_password=False
                ),
                "THROUGHLINE_MIGRATION_DATABASE_URL": admin.render_as_string(hide_password=False),
            }
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
