"""`python -m tests.evaluation.kills`: what people handed in is read while workers are killed → section "kills".

On each back end 30 photographed forms, a pile (many pages in one upload), 20 deliverables and a batch of briefs are
worked on by two real worker processes, of which one at a time is killed at random points, 20 times; then a few more
forms and deliverables are read while one worker is stopped beyond its lease. Every page must be kept, every document
and deliverable read, and everybody's brief written exactly once, and no job may wait long past its lease.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from db.migrate import migrate
from db.session import Database
from db.settings import Settings
from tests.databases import temporary_postgresql
from tests.evaluation.kill_work import (
    JOBS,
    ask_for_briefs,
    hand_in_deliverables,
    hand_in_forms,
    hand_in_pile,
    outcome,
)
from tests.evaluation.report import EVALUATION, write_section
from tests.faults.killing import Watch, fleet, stall, torment
from tests.servers import RABBITMQ_URL, REDIS_URL, delete_queue
from workers.seeding import seed

LOG = logging.getLogger(__name__)
BACK_ENDS = {
    "sqlite": ("sqlite", "memory://"),
    "postgresql-rabbitmq": ("postgresql", RABBITMQ_URL),
    "postgresql-redis": ("postgresql", REDIS_URL),
}
LEASE_SECONDS = 8.0
LONGEST_PAST_LEASE = 3
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much one back end has to stand."""

    documents: int
    pile: int
    """Pages of one upload."""
    deliverables: int
    kills: int
    stalled: int
    """Photographs, and as many deliverables, for the stalled worker."""


@contextmanager
def installation(kind: str, broker_url: str) -> Iterator[tuple[Settings, Path]]:
    """A migrated and seeded installation of its own, and the file its workers log to."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls: dict[str, Any] = stack.enter_context(temporary_postgresql()) if kind == "postgresql" else {}
        queue = f"evaluation_{uuid.uuid4().hex[:8]}"
        stack.callback(delete_queue, broker_url, queue)
        settings = Settings(
            home=home,
            broker_url=broker_url,
            broker_queue=queue,
            job_lease_seconds=LEASE_SECONDS,
            ocr_threads=1,
            **urls,
        )
        migrate(settings)
        seed(settings)
        yield settings, home / "workers.log"


def trial(kind: str, broker_url: str, size: Size, seed_: int) -> dict[str, Any]:
    """Figures of one back end."""
    with installation(kind, broker_url) as (settings, log):
        relay = Database(settings, url=settings.relay_url)
        hand_in_forms(settings, size.documents, "kills")
        hand_in_deliverables(settings, size.deliverables, first=1000)
        ask_for_briefs(settings)
        if size.pile:
            hand_in_pile(settings, size.pile)
        watch = Watch(relay, JOBS)
        with fleet(settings, "workers.process", log) as workers:
            killed = torment(workers, watch, kills=size.kills, pause=(0.5, 8.0), patience=600, seed=seed_)
        hand_in_forms(settings, size.stalled, "stall")
        hand_in_deliverables(settings, size.stalled, first=5000)
        with fleet(settings, "workers.process", log) as workers:
            stopped = stall(workers, Watch(relay, JOBS), patience=300)
        relay.close()
        return {"kills": asdict(killed), "stall": asdict(stopped), "outcome": outcome(settings)}


def goals(back_ends: dict[str, dict[str, Any]]) -> dict[str, bool]:
    """What was promised, and whether it held on every back end."""
    every = list(back_ends.values())
    trials = [one[part] for one in every for part in ("kills", "stall")]
    paper, handed_in, briefs = ([one["outcome"][kind] for one in every] for kind in ("paper", "deliverables", "briefs"))
    return {
        "every document read exactly once": all(one["read_exactly_once"] == one["documents"] for one in paper),
        "every page kept once, in one document": all(
            one["pages_kept_and_in_one_document"] == one["pages"] for one in paper
        ),
        "every deliverable read and flagged exactly once, with all of its readings": all(
            one["read_exactly_once"] == one["flagged_exactly_once"] == one["deliverables"]
            and one["without_readings"] == 0
            and len(one["readings_of_one"]) == 1
            for one in handed_in
        ),
        "everybody's brief written exactly once, in one archive": all(
            one["done"]
            and one["told"] == 1
            and one["waiting"] == 0
            and 0 < one["briefs"] == one["texts"]
            and one["most_editions"] == 1
            for one in briefs
        ),
        "none lost or dead": all(one["dead"] == 0 and one["done"] == one["jobs"] for one in trials),
        f"none waited more than {LONGEST_PAST_LEASE} s past its lease": all(
            one["longest_past_lease"] <= LONGEST_PAST_LEASE for one in trials
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill and stall workers that read what people hand in.")
    parser.add_argument("--documents", type=int, default=30, help="photographs handed in (default 30)")
    parser.add_argument("--pile", type=int, default=12, help="pages of one upload besides (default 12; 0: none)")
    parser.add_argument("--deliverables", type=int, default=20, help="deliverables handed in (default 20)")
    parser.add_argument("--kills", type=int, default=20, help="workers killed (default 20)")
    parser.add_argument(
        "--stalled",
        type=int,
        default=4,
        help="photographs, and as many deliverables, for the stalled worker (default 4)",
    )
    parser.add_argument("--back-end", choices=BACK_ENDS, action="append", help="only this one; may be repeated")
    parser.add_argument("--report", type=Path, default=EVALUATION, help="the report to write into")
    parser.add_argument("--seed", type=int, default=1, help="of the random pauses")
    chosen = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    LOG.setLevel(logging.INFO)
    found: dict[str, dict[str, Any]] = {}
    for name in chosen.back_end or BACK_ENDS:
        kind, broker_url = BACK_ENDS[name]
        size = Size(chosen.documents, chosen.pile, chosen.deliverables, chosen.kills, chosen.stalled)
        found[name] = trial(kind, broker_url, size, chosen.seed)
        LOG.info("%s: %s", name, found[name])
    held = goals(found)
    section = {"lease_seconds": LEASE_SECONDS, "back_ends": found, "goals": held}
    write_section("kills", section, chosen.report)
    LOG.info("goals: %s", held)
    sys.exit(0 if all(held.values()) else 1)


if __name__ == "__main__":
    main()
