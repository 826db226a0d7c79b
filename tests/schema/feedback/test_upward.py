"""Anonymous feedback to a manager: from opening to release, and every attempt to find out who wrote what."""

from __future__ import annotations

import datetime
import json
import random
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from db.base import now
from db.models.feedback.upward import UpwardBox, UpwardNote
from db.models.jobs import Job
from db.models.people import Person
from db.models.registry import METADATA
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer, system_viewer
from resolvers.feedback.upward import release_round
from schema.relay import decode_id
from tests.factories import make_viewer
from tests.goal_house import House, codes, done, make_house, person_id
from tests.schema.client import Api

OPEN = (
    "mutation($input: OpenUpwardRoundInput!) { openUpwardRound(input: $input) "
    "{ round { id status minimum wrote } errors { code field } } }"
)
WRITE = (
    "mutation($input: WriteUpwardFeedbackInput!) { writeUpwardFeedback(input: $input) "
    "{ written errors { code field } } }"
)
ROUNDS = "{ upwardRounds { nodes { id status wrote notes { nodes { id text } } } } }"
TEXTS = [f"第{number}条：评审总是拖到最后一天，希望提前一周。" for number in range(6)]


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


@pytest.fixture
def writers(database: Database, house: House) -> list[Viewer]:
    """The six people who report to the manager."""
    with database.begin(Scope(house.organization.id)) as session:
        boss = session.get_one(Person, house.manager.person_id)
        return [
            house.employee,
            house.colleague,
            *(make_viewer(session, house.organization, manager=boss) for _ in range(4)),
        ]


def tomorrow() -> str:
    return (now().date() + datetime.timedelta(days=2)).isoformat()


def opened(api: Api, house: House) -> str:
    found = done(api, house.hr, OPEN, subjectId=person_id(house.manager), closesOn=tomorrow())["round"]
    assert (found["status"], found["minimum"], found["wrote"]) == ("OPEN", 4, None)
    id_: str = found["id"]
    return id_


def write(api: Api, viewer: Viewer, round_id: str, text: str) -> str:
    secret = str(uuid.uuid4())
    done(api, viewer, WRITE, roundId=round_id, text=text, secret=secret, requestId=str(uuid.uuid4()))
    return secret


def release(database: Database, house: House, round_id: str) -> None:
    key = decode_id(round_id, "UpwardRound")
    with database.begin(Scope(house.organization.id)) as session:
        release_round(session, system_viewer(house.organization.id), key)


def rounds(api: Api, viewer: Viewer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.data(viewer, ROUNDS)["upwardRounds"]["nodes"]
    return found


def test_from_opening_to_release(api: Api, house: House, database: Database, writers: list[Viewer]) -> None:
    round_id = opened(api, house)
    (told,) = api.data(house.employee, "{ viewer { notifications { nodes { code } } } }")["viewer"]["notifications"][
        "nodes"
    ]
    assert told == {"code": "UPWARD_OPENED"}
    secrets = [write(api, viewer, round_id, text) for viewer, text in zip(writers, TEXTS[:4], strict=False)]
    done(api, writers[0], WRITE, roundId=round_id, text=TEXTS[5], secret=secrets[0])
    done(api, writers[0], WRITE, roundId=round_id, text=TEXTS[5], secret=secrets[0])
    assert codes(api, writers[0], WRITE, roundId=round_id, text="另一条", secret=str(uuid.uuid4())) == [
        "ALREADY_WRITTEN"
    ]
    assert codes(api, house.committee, WRITE, roundId=round_id, text="x", secret=secrets[0]) == ["NOT_FOUND"]
    assert codes(api, house.manager, WRITE, roundId=round_id, text="x", secret=secrets[0]) == ["NOT_FOUND"]
    assert [each["wrote"] for each in rounds(api, writers[0])] == [True]
    assert [each["wrote"] for each in rounds(api, writers[5])] == [False]
    for viewer in (house.manager, house.hr):
        assert [(each["wrote"], each["notes"]["nodes"]) for each in rounds(api, viewer)] == [(None, [])]
    for _ in range(2):  # the job may run twice
        release(database, house, round_id)
    for viewer in (house.manager, house.hr):
        (found,) = rounds(api, viewer)
        assert found["status"] == "RELEASED"
        assert {note["text"] for note in found["notes"]["nodes"]} == {TEXTS[5], *TEXTS[1:4]}
    assert rounds(api, house.committee) == []
    assert rounds(api, writers[0])[0]["notes"]["nodes"] == [], "those who wrote do not read each other"
    late = {"roundId": round_id, "text": "x", "secret": secrets[0]}
    assert codes(api, writers[0], WRITE, **late) == ["ROUND_CLOSED"]


def test_too_few_stay_unread(api: Api, house: House, database: Database, writers: list[Viewer]) -> None:
    round_id = opened(api, house)
    for viewer, text in zip(writers[:3], TEXTS, strict=False):
        write(api, viewer, round_id, text)
    release(database, house, round_id)
    (found,) = rounds(api, house.manager)
    assert (found["status"], found["notes"]["nodes"]) == ("TOO_FEW", [])
    with database.begin(Scope(house.organization.id), write=False) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(UpwardBox)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(UpwardNote)) == 0


def test_who_may_open_a_round(api: Api, house: House, database: Database) -> None:
    wanted = {"subjectId": person_id(house.manager), "closesOn": tomorrow()}
    assert codes(api, house.hr, OPEN, **wanted) == ["TOO_FEW_PEOPLE"]
    with database.begin(Scope(house.organization.id)) as session:
        boss = session.get_one(Person, house.manager.person_id)
        for _ in range(2):
            make_viewer(session, house.organization, manager=boss)
    assert codes(api, house.employee, OPEN, **wanted) == ["FORBIDDEN"]
    assert codes(api, house.manager, OPEN, **wanted) == ["FORBIDDEN"]
    assert codes(api, house.hr, OPEN, **{**wanted, "closesOn": "2020-01-01"}) == ["NUMBER_OUT_OF_RANGE"]
    done(api, house.hr, OPEN, **wanted)
    assert codes(api, house.hr, OPEN, **wanted) == ["ROUND_OPEN"]
    with database.begin(Scope(house.organization.id), write=False) as session:
        (job,) = session.scalars(sa.select(Job).where(Job.name == "feedback.release_upward"))
    assert job.run_at > now()


def everything(database: Database, settings: Settings, house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table with what the database itself keeps about it: its place and its transaction."""
    hidden = "rowid" if database.embedded else "ctid::text, xmin::text"
    found: dict[str, list[tuple[Any, ...]]] = {}
    with database.begin(Scope(house.organization.id), write=False) as session:
        for name in METADATA.tables:
            rows = session.execute(sa.text(f'SELECT {hidden}, * FROM "{name}" ORDER BY 1'))
            found[name] = [tuple(row) for row in rows]
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_finds_out_who_wrote_what(  # noqa: PLR0917 - everything that there is
    api: Api, house: House, database: Database, writers: list[Viewer], settings: Settings, seed: int
) -> None:
    round_id = opened(api, house)
    order = list(zip(writers, TEXTS, strict=True))
    random.Random(seed).shuffle(order)
    before = {path: path.stat().st_mtime_ns for path in settings.home.rglob("*") if path.is_file()}
    events_before = len(everything(database, settings, house)["event"])
    with structlog.testing.capture_logs() as logs:
        for viewer, text in order:
            write(api, viewer, round_id, text)
    during = everything(database, settings, house)

    # Nothing but the box holds a text or anything made of one, and the box is one row without people and times.
    for name, rows in during.items():
        held = json.dumps(rows, default=str, ensure_ascii=False)
        if name == "upward_box":
            assert not any(str(viewer.person_id) in held or viewer.person_id.hex in held for viewer, _ in order)  # type: ignore[union-attr]
        else:
            assert not any(text in held or text[:6] in held for text in TEXTS), name
    assert len(during["upward_box"]) == 1
    assert during["request_receipt"] == [], "a receipt holds a digest of the text beside the person"
    assert len(during["event"]) == events_before, "a line would have the person and the moment"
    with database.begin(Scope(house.organization.id), write=False) as session:
        (box,) = session.scalars(sa.select(UpwardBox))
    assert [note["id"] for note in box.notes] == sorted(note["id"] for note in box.notes)
    assert {uuid.UUID(note["id"]).version for note in box.notes} == {4}
    assert all(note.keys() == {"id", "seal", "text"} for note in box.notes)

    # The log names neither people nor words.
    told = json.dumps(logs, default=str, ensure_ascii=False)
    assert not any(text[:6] in told for text in TEXTS)
    assert not any(str(viewer.person_id) in told for viewer, _ in order)

    release(database, house, round_id)
    after = everything(database, settings, house)
    notes = after["upward_note"]
    # Where the rows lie follows from their random ids alone, and all of them carry the release's one transaction.
    with database.begin(Scope(house.organization.id), write=False) as session:
        place = sa.text("rowid" if database.embedded else "ctid")
        placed = session.execute(sa.select(UpwardNote.id, UpwardNote.text).order_by(place)).all()
    assert [row.id for row in placed] == sorted((row.id for row in placed), key=str)
    if not database.embedded:
        (transaction,) = {row[1] for row in notes}
        assert transaction not in {row[1] for row in during["upward_invitation"]}
    columns = set(METADATA.tables["upward_note"].columns.keys())
    assert columns == {"id", "organization_id", "round_id", "text"}
    assert set(METADATA.tables["upward_invitation"].columns.keys()) == {
        "organization_id",
        "round_id",
        "person_id",
        "took_part",
    }
    assert after["upward_box"] == []

    # No stored file was made, and nobody's query shows more than the words.
    made = {path for path in settings.home.rglob("*") if path.is_file()} - before.keys()
    assert {path.name for path in made if "sqlite3" not in path.name} == set()
    assert not any(path.is_relative_to(Path(settings.home) / "files") for path in made)
    for viewer in (house.manager, house.hr):
        (found,) = rounds(api, viewer)
        shown = [note["text"] for note in found["notes"]["nodes"]]
        assert sorted(shown) == sorted(TEXTS)
        assert shown == [row.text for row in placed], "the order is that of the random ids"
        changed = "{ changes(first: 100) { nodes { kind id } } }"
        kinds = {node["kind"] for node in api.data(viewer, changed)["changes"]["nodes"]}
        assert "UpwardNote" not in kinds
