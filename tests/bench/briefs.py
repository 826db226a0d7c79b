"""The briefs of 250, 500 and 1,000 people as one archive: seconds, memory and growth. `python -m tests.bench.briefs`.

On PostgreSQL where it answers, else on SQLite. Numbers after the command are other sizes.
"""

from __future__ import annotations

import datetime
import itertools
import json
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from db.base import new_id, now
from db.files import FileStore
from db.migrate import migrate
from db.models.briefs import Audience, BatchStatus, Brief, BriefBatch, BriefStatus, DocumentFormat
from db.models.feedback.notes import Feedback, FeedbackKind, FeedbackVisibility, Sentiment
from db.models.files import StoredFile
from db.models.people import Person
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer
from resolvers.briefs.batches import BatchWanted, request_batch
from tests.brief_packs.packs import read_packs
from tests.databases import temporary_postgresql
from tests.factories import make_organization, make_person, viewer_of
from tests.goal_house import make_quarter
from tests.servers import SERVERS
from tests.workers.desk import Desk, open_desk

PEOPLE = (250, 500, 1000)
NOTES = 15
"""About each person, by ten colleagues."""
TEAM = 10


def measure(sizes: Sequence[int] = PEOPLE) -> dict[str, Any]:
    """For each size, of an organisation of its own: all briefs written and their PDFs in a ZIP, then once more when
    nothing has changed. Growth is the processor time of a person in the largest against the smallest. Memory is the
    most that the process held so far."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    figures: dict[str, Any] = {}
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        embedded = not SERVERS["postgresql"].answers()
        urls = {} if embedded else stack.enter_context(temporary_postgresql())
        settings = Settings(home=home, **urls)
        if embedded:
            migrate(settings)
        database = Database(settings)
        files = FileStore(settings.files_url)
        for size in sizes:
            hr, cycle_id = _plant(database, size)
            wanted = BatchWanted(cycle_id, None, Audience.LINE, "zh", [DocumentFormat.PDF])
            with open_desk(settings, database, files, hr.organization_id) as desk:
                first, processor, batch = _batch(desk, hr, wanted)
                again, *_ = _batch(desk, hr, wanted)
            with database.begin(Scope(hr.organization_id), write=False) as session:
                ready = sa.select(sa.func.count()).where(Brief.status == BriefStatus.READY)
                figures[str(size)] = {
                    "seconds": round(first, 1),
                    "seconds_per_person": round(first / size, 4),
                    "processor_seconds_per_person": round(processor / size, 4),
                    "seconds_when_unchanged": round(again, 1),
                    "briefs": session.scalar(ready.where(Brief.organization_id == hr.organization_id)),
                    "archive_mb": round(session.get_one(StoredFile, batch.file_id).size / 1e6, 1),
                    "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
                }
        database.close()
    per_person = [figure["processor_seconds_per_person"] for figure in figures.values()]
    return {
        "database": "sqlite" if embedded else "postgresql",
        "notes_per_person": NOTES,
        "by_people": figures,
        "growth": round(per_person[-1] / per_person[0], 2),
    }


def _batch(desk: Desk, viewer: Viewer, wanted: BatchWanted) -> tuple[float, float, BriefBatch]:
    """Seconds from the request to the archive, and how many of them this process itself worked."""
    began, worked = time.perf_counter(), time.process_time()
    with desk.database.begin(Scope(viewer.organization_id)) as session:
        batch_id = request_batch(session, viewer, wanted).id
    desk.run()
    took, worked = time.perf_counter() - began, time.process_time() - worked
    with desk.database.begin(Scope(viewer.organization_id), write=False) as session:
        batch = session.get_one(BriefBatch, batch_id)
        assert batch.status is BatchStatus.DONE
    return took, worked, batch


def _plant(database: Database, size: int) -> tuple[Viewer, uuid.UUID]:
    """An organisation with so many people under managers; HR, and its quarter."""
    organization = make_organization(database)
    scope = Scope(organization.id)
    with database.begin(scope) as session:
        hr = viewer_of(make_person(session, organization, roles=(Role.EMPLOYEE, Role.HR)), Role.EMPLOYEE, Role.HR)
        cycle = make_quarter(session, organization)
        head = make_person(session, organization, roles=(Role.EMPLOYEE, Role.MANAGER))
    staff: list[uuid.UUID] = []
    for begin in range(0, size, TEAM):
        with database.begin(scope) as session:
            boss = make_person(session, organization, manager=head, roles=(Role.EMPLOYEE, Role.MANAGER))
            team: list[Person] = [boss]
            while len(team) < min(TEAM, size - begin):
                team.append(make_person(session, organization, manager=boss))
            staff += [person.id for person in team]
    texts = itertools.cycle([note.text for pack in read_packs() if pack.language == "zh" for note in pack.notes])
    day = now() - datetime.timedelta(days=30)
    rows = [
        {
            "id": new_id(),
            "organization_id": organization.id,
            "kind": FeedbackKind.NOTE,
            "giver_id": staff[(at + 1 + number % TEAM) % size],
            "receiver_id": person_id,
            "text": f"{next(texts)}（第{at * NOTES + number}号工单）",
            "visibility": FeedbackVisibility.RECEIVER_AND_LINE,
            "occurred_at": day + datetime.timedelta(days=number),
            "draft_digest": "0" * 64,
            "language": "zh",
            "sentiment": Sentiment.STRENGTH,
            "missing": [],
            "empty_praise": False,
            "useful": True,
        }
        for at, person_id in enumerate(staff)
        for number in range(NOTES)
    ]
    with database.begin(scope) as session:
        session.execute(sa.insert(Feedback), rows)
    return hr, cycle.id


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure([int(each) for each in sys.argv[1:]] or PEOPLE), indent=2) + "\n")
