"""A worker is killed in the middle of a batch of briefs: another goes on where it stood."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from db.models.briefs import Brief, BriefStatus
from db.models.events import Event
from db.models.people import Person
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer
from schema.app import create
from tests.factories import make_person, viewer_of
from tests.faults.killing import Watch, fleet, kill_midway
from tests.goal_house import House, done, make_house
from tests.schema.client import Api
from tests.schema.test_brief_batches import READ, REQUEST, take_notes

PEOPLE = 4


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    with TestClient(create(settings)) as client:
        yield Api(settings, client)


@pytest.fixture
def house(api: Api, database: Database) -> House:
    """Four more people report to the manager and have notes."""
    house = make_house(database)
    with begin(database, house) as session:
        boss = session.get_one(Person, house.manager.person_id)
        staff = [
            viewer_of(make_person(session, house.organization, manager=boss, department=house.department))
            for _ in range(PEOPLE)
        ]
    for who in staff:
        take_notes(api, house, who)
    return house


def begin(database: Database, house: House) -> AbstractContextManager[Session]:
    return database.begin(Scope(house.organization.id))


def written(database: Database, house: House) -> dict[uuid.UUID, uuid.UUID]:
    """Briefs that have a text, and of whom they are."""
    ready = sa.select(Brief.id, Brief.subject_id).where(Brief.status == BriefStatus.READY)
    with begin(database, house) as session:
        return dict(iter(session.execute(ready).all()))


def archived(api: Api, viewer: Viewer, batch_id: str) -> list[str]:
    """The paths of the briefs in the archive."""
    made = api.data(viewer, READ, {"id": batch_id})["node"]
    assert (made["status"], made["waiting"], made["written"]) == ("DONE", 0, PEOPLE)
    content = api.http.get(made["archiveUrl"], headers=api.headers(viewer)).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return [name for name in archive.namelist() if name.endswith(".json")]


def test_a_killed_worker_leaves_its_batch_to_another_and_no_brief_is_written_twice(
    database: Database, relay: Database, api: Api, house: House, tmp_path: Path
) -> None:
    wanted = {"cycleId": house.cycle_id, "departmentId": house.department_id, "formats": ["JSON"]}
    asked = done(api, house.manager, REQUEST, **wanted)["briefBatch"]
    watch = Watch(relay, ["briefs.write_batch"])
    with fleet(api.settings, "workers.process", tmp_path / "log") as workers:
        figures = kill_midway(workers, watch, lambda: len(written(database, house)) > 0, patience=90)
        assert (figures.done, figures.dead) == (1, 0), (tmp_path / "log").read_text()[-3000:]
    with begin(database, house) as session:
        asked_for = Counter(session.scalars(sa.select(Event.subject_id).where(Event.type == "brief.requested")))
        finished = session.scalars(sa.select(Event.subject_id).where(Event.type == "brief_batch.done")).all()
        editions = Counter(session.scalars(sa.select(Brief.subject_id)))
        everybody = session.scalars(sa.select(Brief.id)).all()
    assert len(set(written(database, house).values())) == len(written(database, house)) == PEOPLE
    assert set(editions.values()) == {1}, "nobody has a second edition"
    assert asked_for == Counter(everybody)
    assert len(finished) == 1
    assert len(archived(api, house.manager, asked["id"])) == PEOPLE
