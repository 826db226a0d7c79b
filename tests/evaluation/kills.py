"""`python -m tests.evaluation.kills`: photographs are read while workers are killed → section "kills".

On each back end 30 photographed forms and a pile (many pages in one upload) are handed in and worked on by two real
worker processes, of which one at a time is killed at random points, 20 times, while they inspect and while they read;
then a few more are read while one worker is stopped beyond its lease. Every page must be kept and every document read
exactly once, and no job may wait past its lease.
"""

from __future__ import annotations

import argparse
import io
import logging
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PIL import Image

from db.files import FileStore
from db.migrate import migrate
from db.models.events import Event
from db.models.intake import IntakeDocument, IntakePage, IntakeStatus, UploadFile, UploadPage
from db.seed.company import ORGANIZATION_ID, person_id
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer
from resolvers.intake.uploads import ReceivedFile, UploadDraft, receive_upload
from tests.databases import temporary_postgresql
from tests.evaluation.report import EVALUATION, write_section
from tests.faults.killing import Watch, fleet, stall, torment
from tests.servers import RABBITMQ_URL, REDIS_URL, delete_queue
from workers.seeding import seed

LOG = logging.getLogger(__name__)
SAMPLES = Path(__file__).parent.parent / "photographs" / "samples"
BACK_ENDS = {
    "sqlite": ("sqlite", "memory://"),
    "postgresql-rabbitmq": ("postgresql", RABBITMQ_URL),
    "postgresql-redis": ("postgresql", REDIS_URL),
}
LEASE_SECONDS = 8.0
READ = (IntakeStatus.NEEDS_REVIEW, IntakeStatus.RETAKE)
JOBS = ["intake.inspect", "intake.read"]


@dataclass(frozen=True, slots=True)
class Size:
    """How much one back end has to stand."""

    documents: int
    pile: int
    """Pages of one upload."""
    kills: int
    stalled: int


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


def hand_in(settings: Settings, number: int, series: str) -> None:
    """So many photographed forms, none like another byte for byte, in the name of a person of HR."""
    database = Database(settings)
    files = FileStore(settings.files_url)
    viewer = Viewer(ORGANIZATION_ID, person_id("T1003"), frozenset({Role.HR}))
    pictures = sorted(SAMPLES.glob("*.jpg"))
    for count in range(number):
        picture = pictures[count % len(pictures)]
        # What follows the end of a JPEG is not part of the picture.
        content = picture.read_bytes() + f"{series}{count}".encode()
        with database.begin(Scope(ORGANIZATION_ID)) as session:
            receive_upload(session, viewer, files, UploadDraft([ReceivedFile(content, picture.name)]))
    database.close()


def hand_in_pile(settings: Settings, pages: int) -> None:
    """One PDF of so many photographed forms, each of which is a document: their pictures say what they are."""
    database = Database(settings)
    files = FileStore(settings.files_url)
    viewer = Viewer(ORGANIZATION_ID, person_id("T1003"), frozenset({Role.HR}))
    pictures = sorted(SAMPLES.glob("*.jpg"))
    first, *others = (Image.open(pictures[number % len(pictures)]).convert("RGB") for number in range(pages))
    pile = io.BytesIO()
    first.save(pile, "PDF", save_all=True, append_images=others, resolution=200)
    draft = UploadDraft([ReceivedFile(pile.getvalue(), "pile.pdf")], pages_per_document=1)
    with database.begin(Scope(ORGANIZATION_ID)) as session:
        receive_upload(session, viewer, files, draft)
    database.close()


def outcome(settings: Settings) -> dict[str, Any]:
    """What became of the documents: how they ended, and how often each was read."""
    database = Database(settings)
    with database.begin(Scope(ORGANIZATION_ID), write=False) as session:
        statuses = dict(iter(session.execute(sa.select(IntakeDocument.id, IntakeDocument.status)).all()))
        readings = Counter(session.scalars(sa.select(Event.subject_id).where(Event.type == "intake.read")))
        pages = Counter(session.scalars(sa.select(IntakePage.document_id)))
        uses = Counter(session.scalars(sa.select(IntakePage.upload_page_id)))
        kept = set(session.scalars(sa.select(UploadPage.id)))
        expected = session.scalar(sa.select(sa.func.sum(UploadFile.pages)))
    database.close()
    return {
        "documents": len(statuses),
        "pages": expected,
        "pages_kept_and_in_one_document": sum(uses[id_] == 1 for id_ in kept),
        "statuses": dict(Counter(status.value for status in statuses.values())),
        "read_exactly_once": sum(
            readings[id_] == 1 and pages[id_] == 1 and status in READ for id_, status in statuses.items()
        ),
        "read_more_than_once": sum(number > 1 for number in readings.values()),
        "lost": sum(readings[id_] == 0 for id_ in statuses),
    }


def trial(kind: str, broker_url: str, size: Size, seed_: int) -> dict[str, Any]:
    """Figures of one back end."""
    with installation(kind, broker_url) as (settings, log):
        relay = Database(settings, url=settings.relay_url)
        hand_in(settings, size.documents, "kills")
        if size.pile:
            hand_in_pile(settings, size.pile)
        watch = Watch(relay, JOBS)
        with fleet(settings, "workers.process", log) as workers:
            killed = torment(workers, watch, kills=size.kills, pause=(0.5, 8.0), patience=600, seed=seed_)
        hand_in(settings, size.stalled, "stall")
        with fleet(settings, "workers.process", log) as workers:
            stopped = stall(workers, Watch(relay, JOBS), patience=300)
        relay.close()
        return {"kills": asdict(killed), "stall": asdict(stopped), "outcome": outcome(settings)}


def goals(back_ends: dict[str, dict[str, Any]]) -> dict[str, bool]:
    """What was promised, and whether it held on every back end."""
    every = list(back_ends.values())
    trials = [one[part] for one in every for part in ("kills", "stall")]
    return {
        "every document read exactly once": all(
            one["outcome"]["read_exactly_once"] == one["outcome"]["documents"] for one in every
        ),
        "every page kept once, in one document": all(
            one["outcome"]["pages_kept_and_in_one_document"] == one["outcome"]["pages"] for one in every
        ),
        "none lost or dead": all(one["dead"] == 0 and one["done"] == one["jobs"] for one in trials),
        "none waited more than 3 s past its lease": all(one["longest_past_lease"] <= 3 for one in trials),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill and stall workers that read photographs.")
    parser.add_argument("--documents", type=int, default=30, help="photographs handed in (default 30)")
    parser.add_argument("--pile", type=int, default=12, help="pages of one upload besides (default 12; 0: none)")
    parser.add_argument("--kills", type=int, default=20, help="workers killed (default 20)")
    parser.add_argument("--stalled", type=int, default=4, help="photographs for the stalled worker (default 4)")
    parser.add_argument("--back-end", choices=BACK_ENDS, action="append", help="only this one; may be repeated")
    parser.add_argument("--report", type=Path, default=EVALUATION, help="the report to write into")
    parser.add_argument("--seed", type=int, default=1, help="of the random pauses")
    chosen = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    LOG.setLevel(logging.INFO)
    found: dict[str, dict[str, Any]] = {}
    for name in chosen.back_end or BACK_ENDS:
        kind, broker_url = BACK_ENDS[name]
        size = Size(chosen.documents, chosen.pile, chosen.kills, chosen.stalled)
        found[name] = trial(kind, broker_url, size, chosen.seed)
        LOG.info("%s: %s", name, found[name])
    held = goals(found)
    section = {"lease_seconds": LEASE_SECONDS, "back_ends": found, "goals": held}
    write_section("kills", section, chosen.report)
    LOG.info("goals: %s", held)
    sys.exit(0 if all(held.values()) else 1)


if __name__ == "__main__":
    main()
