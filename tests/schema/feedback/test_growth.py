"""The growth log: written for oneself, shared by choice, with to-dos that remind and voice notes that are heard."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db.base import now
from db.files import FileStore
from db.models.feedback.growth import GrowthEntry, GrowthRecording, GrowthRevision
from db.models.files import StoredFile
from db.models.jobs import JobState
from db.models.people import Person
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer, system_viewer
from resolvers.feedback import voice
from schema.relay import decode_id, encode_id
from tests.factories import unknown_id
from tests.goal_house import House, codes, confirmed, done, make_house, person_id
from tests.ml.test_sound import recorded, recording
from tests.ml.test_speech import tiny_model
from tests.schema.client import Api
from tests.schema.feedback.test_notes import POLICY
from tests.schema.feedback.test_recorded import RECORDS
from tests.schema.test_change_feed import Reader
from tests.workers.desk import Desk, open_desk

RECORDING = "recording { id state problemCode problem transcript url acceptedAt keptUntil erasedAt }"
ENTRY = (
    "entry { id text mood moodWord shared writtenOn version todos { id text dueOn doneAt } "
    f"revisions {{ number text mood }} {RECORDING} }} errors {{ code field }}"
)
WRITE = f"mutation($input: WriteGrowthEntryInput!) {{ writeGrowthEntry(input: $input) {{ {ENTRY} }} }}"
EDIT = f"mutation($input: EditGrowthEntryInput!) {{ editGrowthEntry(input: $input) {{ {ENTRY} }} }}"
TODOS = f"mutation($input: AddGrowthTodosInput!) {{ addGrowthTodos(input: $input) {{ {ENTRY} }} }}"
SET = "mutation($input: SetGrowthTodoInput!) { setGrowthTodo(input: $input) { todo { doneAt } errors { code } } }"
ADD = (
    "mutation($input: AddGrowthRecordingInput!) { addGrowthRecording(input: $input) "
    f"{{ {RECORDING} errors {{ code field }} }} }}"
)
AGAIN = (
    "mutation($input: TranscribeGrowthRecordingInput!) { transcribeGrowthRecording(input: $input) "
    f"{{ {RECORDING} errors {{ code }} }} }}"
)
ACCEPT = f"mutation($input: AcceptGrowthRecordingInput!) {{ acceptGrowthRecording(input: $input) {{ {ENTRY} }} }}"
ERASE = (
    "mutation($input: EraseGrowthRecordingInput!) { eraseGrowthRecording(input: $input) "
    f"{{ {RECORDING} errors {{ code }} }} }}"
)
ERASE_ALL = (
    "mutation($input: EraseGrowthRecordingsInput!) { eraseGrowthRecordings(input: $input) "
    "{ recordings errors { code field } } }"
)
LOG = (
    "query($filter: GrowthFilter) { growthLog(filter: $filter) "
    "{ nodes { id text recording { id } revisions { number } todos { text } } } }"
)


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


@pytest.fixture
def desk(settings: Settings, database: Database, files: FileStore, house: House) -> Iterator[Desk]:
    with open_desk(settings, database, files, house.organization.id) as opened:
        yield opened


def day(offset: int) -> str:
    return (now().date() + datetime.timedelta(days=offset)).isoformat()


def log(api: Api, viewer: Viewer, **filter: Any) -> list[str]:
    return [node["text"] for node in api.data(viewer, LOG, {"filter": filter})["growthLog"]["nodes"]]


def test_an_entry_is_private_until_its_owner_shares_it(api: Api, house: House, database: Database) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house)
    follower = Reader(api, house.manager, ["GrowthEntry"])
    follower.read()
    written = done(
        api, house.employee, WRITE, text="第一次独立做完复盘", mood="GOOD", goalId=goal_id, writtenOn=day(-3)
    )
    entry = written["entry"]
    assert (entry["moodWord"], entry["shared"], entry["version"]) == ("不错", False, 1)
    done(api, house.employee, WRITE, mood="LOW", todos=[{"text": "找导师谈谈", "dueOn": day(2)}])
    for viewer in (house.manager, house.hr, house.colleague, house.committee):
        assert log(api, viewer) == []
        assert codes(api, viewer, EDIT, id=entry["id"], text="x") == ["NOT_FOUND"]
    assert follower.read() == []

    kept = {"id": entry["id"], "text": entry["text"], "mood": "GREAT", "goalId": goal_id}
    done(api, house.employee, EDIT, **kept, shared=True, expectedVersion=1)
    assert codes(api, house.employee, EDIT, **kept, expectedVersion=1) == ["CONFLICT"]
    assert (log(api, house.manager), log(api, house.hr), log(api, house.colleague)) == ([entry["text"]],) * 2 + ([],)
    assert codes(api, house.manager, EDIT, id=entry["id"], text="x") == ["FORBIDDEN"]
    chain = "query($id: ID!) { chain(goalId: $id) { growthEntries { id } } }"
    assert api.data(house.manager, chain, {"id": goal_id})["chain"]["growthEntries"] == [{"id": entry["id"]}]
    assert api.data(house.colleague, chain, {"id": goal_id})["chain"]["growthEntries"] == []
    assert follower.read() == [("CHANGED", entry["id"])]

    own = api.data(house.employee, RECORDS, {"kinds": ["GROWTH_ENTRY"]})["recordedAboutMe"]["nodes"]
    assert [record["readers"] for record in own] == ["只有你。", "你、你的各级上级和人力资源；录音与旧版只有你。"]
    assert {reading["actor"]["id"] for reading in own[1]["readings"]} == {
        person_id(house.manager),
        person_id(house.hr),
    }
    done(api, house.employee, EDIT, **kept, shared=False)
    assert (log(api, house.manager), follower.read()) == ([], [("GONE", entry["id"])])
    with database.begin(Scope(house.organization.id), write=False) as session:
        assert session.scalars(sa.select(GrowthRevision)).all() == [], "within the edit window nothing else is kept"


def test_the_log_is_searched_and_changes_keep_what_was(api: Api, house: House) -> None:
    first = done(api, house.employee, WRITE, text="学会了压测 100%", writtenOn=day(-40))["entry"]
    done(api, house.employee, WRITE, text="带新人", mood="FAIR", todos=[{"text": "写交接文档"}])
    assert log(api, house.employee) == ["带新人", "学会了压测 100%"]
    assert log(api, house.employee, since=day(-41), until=day(-39)) == ["学会了压测 100%"]
    assert log(api, house.employee, since=day(-39)) == ["带新人"]
    assert log(api, house.employee, words="0%") == ["学会了压测 100%"]
    assert log(api, house.employee, toDo=True) == log(api, house.employee, mood="FAIR") == ["带新人"]

    done(api, house.hr, POLICY, editMinutes=0)
    changed = done(api, house.employee, EDIT, id=first["id"], text="学会了压测", shared=True)["entry"]
    assert changed["revisions"] == [{"number": 1, "text": "学会了压测 100%", "mood": None}]
    (node,) = api.data(house.manager, LOG)["growthLog"]["nodes"]
    assert (node["text"], node["revisions"], node["recording"]) == ("学会了压测", [], None)


def test_what_cannot_stand(api: Api, house: House, database: Database) -> None:
    for values, expected in (
        ({}, "ENTRY_EMPTY"),
        ({"text": " \n"}, "ENTRY_EMPTY"),
        ({"text": "长" * 5_001}, "TEXT_TOO_LONG"),
        ({"mood": "GOOD", "writtenOn": day(3)}, "TIME_IN_FUTURE"),
        ({"todos": [{"text": " "}]}, "TEXT_REQUIRED"),
        ({"todos": [{"text": "x"}] * 21}, "TOO_MANY"),
    ):
        assert codes(api, house.employee, WRITE, **values) == [expected], values
    with database.begin(Scope(house.organization.id), write=False) as session:
        assert session.scalars(sa.select(GrowthEntry)).all() == []


def test_to_dos_are_done_and_remind_once(api: Api, house: House, desk: Desk) -> None:
    monday = now().date() + datetime.timedelta(days=7 - now().date().weekday())
    due = [{"text": "读完一本书", "dueOn": str(monday)}, {"text": "报名", "dueOn": str(monday)}, {"text": "以后"}]
    entry = done(api, house.employee, WRITE, todos=due[:1], shared=True)["entry"]
    more = done(api, house.employee, TODOS, entryId=entry["id"], todos=due[1:], expectedVersion=1)["entry"]
    assert [todo["text"] for todo in more["todos"]] == ["读完一本书", "报名", "以后"]
    assert codes(api, house.manager, SET, id=more["todos"][1]["id"]) == ["FORBIDDEN"]
    assert codes(api, house.colleague, SET, id=more["todos"][1]["id"]) == ["NOT_FOUND"]
    assert done(api, house.employee, SET, id=more["todos"][1]["id"])["todo"]["doneAt"] is not None

    told = "{ viewer { notifications { nodes { code text subject { id } } } } }"
    sunday = monday - datetime.timedelta(days=1)
    for each in (sunday, monday, monday, monday + datetime.timedelta(days=1)):
        ticked = f"{each}T01:30:00+00:00"  # 9:30 in Shanghai
        desk.put("feedback.remind_of_todos", due=ticked, zone="Asia/Shanghai")
        desk.run()
    notes = api.data(house.employee, told)["viewer"]["notifications"]["nodes"]
    assert notes == [
        {
            "code": "GROWTH_TODO_DUE",
            "text": f"成长日志中有一项待办已于 {monday} 到期。",
            "subject": {"id": entry["id"]},
        }
    ]


def send(api: Api, viewer: Viewer, content: bytes, **values: Any) -> dict[str, Any]:
    variables = {"input": {"file": None, **values}}
    response = api.upload(viewer, ADD, variables, {"variables.input.file": ("note.wav", content)})
    payload: dict[str, Any] = response.json()["data"]["addGrowthRecording"]
    return payload


def heard(api: Api, viewer: Viewer, recording_id: str) -> dict[str, Any]:
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on GrowthRecording {{ {RECORDING[12:-2]} }} }} }}"
    found: dict[str, Any] = api.data(viewer, query, {"id": recording_id})["node"]
    return found


def test_a_voice_note_is_kept_where_no_model_is_configured(
    api: Api, house: House, desk: Desk, files: FileStore
) -> None:
    made = send(api, house.employee, recording())
    assert (made["errors"], made["recording"]["state"]) == ([], "WAITING")
    id_ = made["recording"]["id"]
    desk.run()
    found = heard(api, house.employee, id_)
    assert (found["state"], found["problemCode"]) == ("NOT_CONFIGURED", "transcription_not_configured")
    assert found["problem"] == "尚未配置语音识别模型；录音已保留，配置后可重新转写。"
    assert api.http.get(found["url"]).content == recording()
    assert codes(api, house.employee, ACCEPT, id=id_) == ["TRANSCRIPT_MISSING"]
    assert heard(api, house.manager, id_) is None
    assert codes(api, house.hr, AGAIN, id=id_) == ["NOT_FOUND"]
    assert codes(api, house.hr, ERASE, id=id_) == ["NOT_FOUND"]

    assert done(api, house.employee, AGAIN, id=id_)["recording"]["state"] == "WAITING"
    desk.run()
    assert heard(api, house.employee, id_)["state"] == "NOT_CONFIGURED"
    assert done(api, house.employee, AGAIN, id=id_)["recording"]["state"] == "WAITING"
    with desk.database.begin(Scope(house.organization.id)) as session:
        for _ in range(2):
            voice.record_transcript(session, house.employee, decode_id(id_, "GrowthRecording"), " 今天学会了\x00压测 ")
    assert heard(api, house.employee, id_)["transcript"] == "今天学会了压测"
    assert codes(api, house.employee, ACCEPT, id=id_, expectedVersion=7) == ["CONFLICT"]
    entry = done(api, house.employee, ACCEPT, id=id_, text="今天我学会了压测。", expectedVersion=1)["entry"]
    assert (entry["text"], entry["recording"]["transcript"]) == ("今天我学会了压测。", "今天学会了压测")

    erased = done(api, house.employee, ERASE, id=id_)["recording"]
    assert (erased["url"], erased["transcript"]) == (None, "今天学会了压测")
    assert codes(api, house.employee, AGAIN, id=id_) == ["RECORDING_ERASED"]
    with desk.database.begin(Scope(house.organization.id)) as session:
        session.execute(sa.update(StoredFile).values(created_at=now() - datetime.timedelta(hours=2)))
        files.sweep(session, house.organization.id)
        assert session.scalars(sa.select(StoredFile)).all() == []


def test_the_sound_goes_when_its_time_is_over_and_the_words_stay(api: Api, house: House, desk: Desk) -> None:
    unheard, taken = (send(api, house.employee, recording())["recording"]["id"] for _ in range(2))
    desk.run()
    done(api, house.employee, AGAIN, id=taken)
    scope, owner, system = Scope(house.organization.id), house.employee, system_viewer(house.organization.id)
    with desk.database.begin(scope) as session:
        voice.record_transcript(session, owner, decode_id(taken, "GrowthRecording"), "今天学会了压测")
    done(api, owner, ACCEPT, id=taken, text="今天我学会了压测。")
    waiting = send(api, owner, recording())["recording"]
    assert waiting["keptUntil"] is None, "a worker is to listen to it"

    ends = datetime.datetime.fromisoformat(heard(api, owner, unheard)["keptUntil"])
    assert codes(api, house.hr, POLICY, recordingsKeptDays=0) == ["NUMBER_OUT_OF_RANGE"]
    done(api, house.hr, POLICY, recordingsKeptDays=30)
    sooner = datetime.datetime.fromisoformat(heard(api, owner, unheard)["keptUntil"])
    assert ends - sooner == datetime.timedelta(days=150)
    with desk.database.begin(scope) as session:
        assert voice.expire_recordings(session, system, sooner) == 0
        assert voice.expire_recordings(session, system, sooner + datetime.timedelta(milliseconds=1)) == 1
    ends = datetime.datetime.fromisoformat(heard(api, owner, taken)["keptUntil"])
    assert ends > sooner, "it counts from when the words were taken over"
    due = (ends + datetime.timedelta(days=1)).isoformat()
    with desk.database.begin(scope) as session:
        voice.expire_recordings(session, system, ends + datetime.timedelta(days=1))
    assert heard(api, owner, waiting["id"])["url"] is not None
    desk.run()  # it is listened to, in vain, and then its time is over as well
    desk.put("feedback.expire_recordings", due=due, zone="Asia/Shanghai")
    desk.run()
    for id_, transcript in ((unheard, None), (taken, "今天学会了压测"), (waiting["id"], None)):
        found = heard(api, owner, id_)
        assert (found["url"], found["keptUntil"], found["transcript"]) == (None, None, transcript)
        assert found["erasedAt"] is not None
        assert codes(api, owner, AGAIN, id=id_) == ["RECORDING_ERASED"]
    assert "今天我学会了压测。" in log(api, owner)


def test_all_recordings_of_a_person_are_erased_at_once(api: Api, house: House, database: Database) -> None:
    own = {"personId": person_id(house.employee)}
    ids = [send(api, house.employee, recording())["recording"]["id"] for _ in range(2)]
    for viewer in (house.colleague, house.manager, house.hr):
        assert codes(api, viewer, ERASE_ALL, **own) == ["FORBIDDEN"], "its owner is there to look after it"
    assert done(api, house.employee, ERASE_ALL, **own)["recordings"] == 2
    assert [heard(api, house.employee, id_)["url"] for id_ in ids] == [None, None]
    send(api, house.employee, recording())
    with database.begin(Scope(house.organization.id)) as session:
        session.get_one(Person, house.employee.person_id).archived_at = now()
    assert codes(api, house.manager, ERASE_ALL, **own) == ["FORBIDDEN"]
    assert done(api, house.hr, ERASE_ALL, **own)["recordings"] == 1
    assert done(api, house.hr, ERASE_ALL, **own)["recordings"] == 0
    assert codes(api, house.hr, ERASE_ALL, personId=encode_id("Person", unknown_id())) == ["NOT_FOUND"]


def test_hostile_sound_ends_coded(
    api: Api, house: House, settings: Settings, database: Database, files: FileStore, *, tmp_path: Path
) -> None:
    unsupported = "FILE_TYPE_UNSUPPORTED"
    for content, expected in (
        (b"", "FILE_EMPTY"),
        (b"\x00\x00\x00\x18mo", unsupported),
        (b"<svg/>" * 9, unsupported),
    ):
        assert [error["code"] for error in send(api, house.employee, content)["errors"]] == [expected]
    good = recording()
    entry_id = done(api, house.employee, WRITE, text="口述")["entry"]["id"]
    assert send(api, house.employee, good, entryId=entry_id)["errors"] == []
    for viewer, expected in ((house.employee, "RECORDING_TAKEN"), (house.colleague, "NOT_FOUND")):
        assert [error["code"] for error in send(api, viewer, good, entryId=entry_id)["errors"]] == [expected]
    lies = good[:24] + (1).to_bytes(4, "little") + good[28:]  # one sample a second: longer than is listened to
    phone = recorded("iphone")
    hostile = (
        good[:12] + b"\xff" * 4000,
        good[:30],
        b"RIFF\xff\xff\xff\xffWAVE" + bytes(2000),
        phone[:9000],
        lies,
        phone,
    )
    for content in hostile:
        assert send(api, house.employee, content)["errors"] == []
    configured = settings.model_copy(update={"speech_model": str(tmp_path / "none")})
    with open_desk(configured, database, files, house.organization.id) as deaf:
        deaf.run()
    with database.begin(Scope(house.organization.id), write=False) as session:
        rows = session.scalars(sa.select(GrowthRecording).order_by(GrowthRecording.created_at)).all()
        assert [(row.state.value, row.reason_code) for row in rows] == [
            ("FAILED", "recording_model_unavailable"),
            ("FAILED", "recording_unreadable"),
            ("FAILED", "recording_unreadable"),
            ("FAILED", "recording_unreadable"),
            ("FAILED", "recording_unreadable"),
            ("FAILED", "recording_too_long"),
            ("FAILED", "recording_model_unavailable"),
        ]
        jobs = [deaf.row(row.job_id).state for row in rows if row.job_id]
    assert jobs == [JobState.DONE] * 7


def test_a_model_hears_a_voice_note(
    api: Api, house: House, settings: Settings, database: Database, files: FileStore, *, tmp_path: Path
) -> None:
    tiny_model(tmp_path)
    id_ = send(api, house.employee, recording(rate=8000, channels=2))["recording"]["id"]
    configured = settings.model_copy(update={"speech_model": str(tmp_path)})
    with open_desk(configured, database, files, house.organization.id) as desk:
        desk.run()
    found = heard(api, house.employee, id_)
    assert (found["state"], found["transcript"], found["problemCode"]) == ("DONE", "a", None)
    assert found["acceptedAt"] is None
