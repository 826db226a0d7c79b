"""Projects at scale: 10,000 events of a feed in one delivery, their effect, and the delay of 10,000 tasks traced.

`python -m tests.bench projects`. Seconds of one process on SQLite; the delivery against storing the same rows without
signature, checks and log, in the same run.
"""

from __future__ import annotations

import datetime
import json
import random
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.testclient import TestClient

from db.base import new_id, now
from db.migrate import migrate
from db.models.projects.feeds import FeedDelivery, FeedRecord, RecordOutcome
from db.queries.projects import feeds as queries
from db.session import Database
from db.settings import Settings
from db.viewer import system_viewer
from resolvers.projects import feeds
from resolvers.projects.applying import apply_delivery
from resolvers.projects.signatures import secret_of, sign
from resolvers.rules.delay import TracedTask, trace
from schema.app import create
from schema.projects.feed_endpoint import feed_address
from tests.project_house import make_site

EVENTS = 10_000
TASKS = 10_000


def measure() -> dict[str, Any]:
    """The figures, in seconds and as a ratio."""
    with tempfile.TemporaryDirectory() as folder:
        return {"feed": _feed(Settings(home=Path(folder))), "delay": _delay()}


def _feed(settings: Settings) -> dict[str, float]:
    migrate(settings)
    database = Database(settings)
    site = make_site(database)
    organization_id = site.house.organization.id
    with database.begin(site.scope) as session:
        secret = feeds.create_feed(session, site.pmo, feeds.FeedDraft("crm"), ())
        feed = feeds.feed_to_change(session, site.pmo, secret.feed_id)
    begin = now() - datetime.timedelta(days=9)
    records = [
        {"metric": "orders", "value": index, "key": f"k{index}", "at": (begin + index * _MINUTE).isoformat()}
        for index in range(EVENTS)
    ]
    body, timestamp = json.dumps(records).encode(), int(now().timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": "d1",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret_of(settings, secret.id), "d1", timestamp, body),
    }
    with TestClient(create(settings)) as client:
        began = time.perf_counter()
        assert client.post(feed_address(feed), content=body, headers=headers).status_code == 202
        taken = time.perf_counter() - began
        began = time.perf_counter()
        assert client.post(feed_address(feed), content=body, headers=headers).status_code == 200
        repeated = time.perf_counter() - began
    with database.begin(site.scope) as session:
        delivery_id = session.scalars(sa.select(FeedDelivery.id)).one()
        began = time.perf_counter()
        apply_delivery(session, system_viewer(organization_id), delivery_id)
    applied = time.perf_counter() - began
    with database.begin(site.scope) as session:
        rows = [
            {
                "id": new_id(),
                "organization_id": organization_id,
                "feed_id": feed.id,
                "delivery_id": delivery_id,
                "position": EVENTS + index,
                "key": f"bare{index}",
                "name": "orders",
                "value": None,
                "unit": None,
                "measured_at": begin,
                "outcome": RecordOutcome.PENDING,
            }
            for index in range(EVENTS)
        ]
        began = time.perf_counter()
        queries.add_records(session, rows)
        assert session.scalar(sa.select(sa.func.count()).select_from(FeedRecord)) == 2 * EVENTS
    bare = time.perf_counter() - began
    database.close()
    return {
        "events": EVENTS,
        "taken_seconds": round(taken, 2),
        "sent_again_seconds": round(repeated, 2),
        "applied_seconds": round(applied, 2),
        "taken_per_bare_insert": round(taken / bare, 2),
    }


def _delay() -> dict[str, float]:
    chance = random.Random(7)
    ids = [uuid.UUID(int=number) for number in range(1, TASKS + 1)]
    tasks = []
    for index, id_ in enumerate(ids):
        begin = index * 10
        after = [ids[chance.randrange(max(0, index - 50), index)] for _ in range(3)] if index else []
        tasks.append(TracedTask(id_, begin, begin + 10, begin + 5, begin + 10 + chance.randrange(40), after))
    began = time.perf_counter()
    found = trace(tasks, None, 10**6)
    seconds = time.perf_counter() - began
    assert sum(part.seconds for part in found.parts) == found.seconds
    return {"tasks": TASKS, "seconds": round(seconds, 3), "path": len(found.path)}


_MINUTE = datetime.timedelta(minutes=1)
