"""From a phone without a connection to a brief in print: feedback that arrives twice and counts once, thanks that race
for the last points, a brief that is followed, read, corrected and opened, and an employee who sees what is recorded.
"""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from db.base import now
from db.files import FileStore
from db.session import Database
from db.settings import Settings
from db.viewer import Viewer
from schema.app import create
from tests.goal_house import CHECK_IN, House, codes, confirmed, done, make_house, perform, person_id
from tests.journeys.conftest import Product
from tests.schema.feedback.test_customers import RECORD as COMMENT
from tests.schema.feedback.test_notes import BATCH
from tests.schema.feedback.test_points import KUDOS, PURSE
from tests.schema.feedback.test_recorded import RECORDS
from tests.schema.test_briefs import EXCLUDE, REQUEST, file_of, read, sentences
from tests.workers.desk import Desk, open_desk

pytestmark = pytest.mark.fonts


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


@pytest.fixture
def api(settings: Settings) -> Iterator[Product]:
    with TestClient(create(settings)) as client:
        yield Product(settings, client)


@pytest.fixture
def desk(settings: Settings, database: Database, files: FileStore, house: House) -> Iterator[Desk]:
    with open_desk(settings, database, files, house.organization.id) as desk:
        yield desk


NOTES = (
    "8月26日仓库断网时，他用纸单让38个包裹当晚发完，客户第二天一早都收到了。",
    "盘点改成扫码以后，他带我们两个新人走了三遍流程，盘点时间从6小时降到2小时。",
    "9月10日的补货申请他漏填了供应商，采购重做了一遍，到货晚了两天。",
)
THANKS = "谢谢你周六回来换掉坏了的扫码枪，周一早班按时开工。"
COMPLAINT = "  9月送来的3箱里有1箱是坏的，打了两次电话才有人来换！ "


def followed(api: Product, desk: Desk, viewer: Viewer, job_id: str) -> list[dict[str, Any]]:
    """The events of a job whose worker begins while its progress is followed."""
    with ThreadPoolExecutor(1) as worker:
        working = worker.submit(desk.run)
        events = api.progress(viewer, job_id)
        working.result()
    return events


def test_from_a_phone_without_connection_to_a_brief_in_print(api: Product, house: House, desk: Desk) -> None:
    subject = person_id(house.employee)
    measure = {"name": "准时发货率", "unit": "%", "direction": "INCREASE", "start": "80", "target": "95"}
    goal_id = confirmed(
        api, house.employee, house.manager, house, measures=[{**measure, "kind": "NUMERIC", "dataSource": "MANUAL"}]
    )
    query = "query($id: ID!) { node(id: $id) { ... on Goal { measures { id } } } }"
    (made,) = api.data(house.employee, query, {"id": goal_id})["node"]["measures"]
    done(api, house.employee, CHECK_IN, goalId=goal_id, values=[{"measureId": made["id"], "value": "97"}])

    # The colleague wrote three notes in the lift. The answer to the first sending is lost, and the phone sends again.
    drafts = [
        {"receiverId": subject, "text": text, "draftId": str(uuid.uuid4()), "visibility": "RECEIVER_AND_LINE"}
        for text in NOTES
    ]
    first, second = (done(api, house.colleague, BATCH, drafts=drafts, requestId=str(uuid.uuid4())) for _ in range(2))
    assert first["results"] == second["results"]
    listed = "query($id: ID!) { feedback(filter: { receiverId: $id }) { nodes { text points } } }"
    assert {node["text"] for node in api.data(house.employee, listed, {"id": subject})["feedback"]["nodes"]} == {*NOTES}
    assert len(api.data(house.employee, listed, {"id": subject})["feedback"]["nodes"]) == 3

    # Five cards of thirty points at once, out of a hundred.
    cards = [{"receiverId": subject, "text": THANKS, "points": 30, "requestId": str(uuid.uuid4())} for _ in range(5)]
    with ThreadPoolExecutor(5) as phones:
        given = list(phones.map(lambda card: perform(api, house.colleague, KUDOS, **card), cards))
    assert sorted(str(each["errors"]) for each in given) == [
        "[]", "[]", "[]", *["[{'code': 'NOT_ENOUGH_POINTS', 'field': ['input', 'points']}]"] * 2,
    ]  # fmt: skip
    assert api.data(house.colleague, PURSE)["points"]["allowance"] == 10
    assert api.data(house.employee, PURSE)["points"] == {"balance": 90, "held": 0, "allowance": 100}

    yesterday = (now().date() - datetime.timedelta(days=1)).isoformat()
    said = {
        "source": "crm",
        "sourceId": "T-7",
        "saidOn": yesterday,
        "text": COMPLAINT,
        "personId": subject,
        "rating": "1",
    }
    done(api, house.hr, COMMENT, **said)
    done(api, house.manager, CHECK_IN, goalId=goal_id, note="9月3日接口超时，他40分钟内恢复了发货，当天没有漏单。")

    # The manager asks for the brief and follows it until it is there.
    asked = done(api, house.manager, REQUEST, subjectId=subject, cycleId=house.cycle_id)
    events = followed(api, desk, house.manager, asked["job"]["id"])
    assert (events[-1]["state"], events[-1]["progress"]) == ("DONE", 100)
    brief = read(api, house.manager, asked["brief"]["id"])
    assert brief is not None
    assert (brief["status"], brief["withheld"]) == ("READY", 0)
    items = {item["text"]: item for item in brief["evidence"]["nodes"]}
    assert {*NOTES, THANKS, COMPLAINT} <= items.keys()
    assert (items[COMPLAINT]["source"], items[COMPLAINT]["voice"]) == ("CUSTOMER_COMMENT", "CUSTOMER")
    result = "“准时发货率”：目标≥95%，现为97%，完成度113.33%"
    assert [each["text"] for each in sentences(brief, "RESULTS")] == [result]
    (against,) = [each for each in sentences(brief, "DISAGREEMENTS") if "客户原话" in each["text"]]
    assert against["text"] == f"结果数据——{result}；过程证据——客户原话：「{COMPLAINT.strip()}」"
    for part in brief["sections"]:
        for sentence in part["sentences"]:
            for cited in sentence["citations"]:
                assert cited["evidence"]["text"][cited["start"] : cited["end"]] == cited["excerpt"] != ""

    # The complaint was about another carrier: it is left out, with the reason, and the brief is written again.
    words = {"evidenceId": items[COMPLAINT]["id"], "reason": "这批货由外包车队配送，已与客户核实。"}
    assert codes(api, house.colleague, EXCLUDE, **words) == ["NOT_FOUND"]
    again = done(api, house.manager, EXCLUDE.replace("brief {", "job { id } brief {"), **words)
    assert followed(api, desk, house.manager, again["job"]["id"])[-1]["state"] == "DONE"
    without = read(api, house.manager, again["brief"]["id"])
    assert without is not None
    assert (without["edition"], without["digest"] != brief["digest"]) == (2, True)
    assert [item["text"] for item in without["evidence"]["nodes"] if item["excluded"]] == [COMPLAINT]
    assert COMPLAINT.strip() not in str(without["sections"])
    assert done(api, house.manager, REQUEST, subjectId=subject, cycleId=house.cycle_id)["brief"]["edition"] == 2
    pdf = PdfReader(io.BytesIO(file_of(api, desk, house.manager, without["id"], "PDF")))
    printed = "".join(page.extract_text() for page in pdf.pages).replace("\n", "").replace(" ", "")
    assert result.replace(" ", "") in printed
    assert NOTES[0] in printed

    # The employee sees that all of this is recorded, and who read it, but not what is for the line.
    found = api.data(house.employee, RECORDS, {"first": 50})["recordedAboutMe"]["nodes"]
    assert sorted(record["kind"] for record in found) == [
        "BRIEF", "BRIEF", "BRIEF_FILE", "CUSTOMER_COMMENT", "EXCLUSION", *["FEEDBACK"] * 6, "GOAL",
    ]  # fmt: skip
    for record in found:
        if record["kind"] == "BRIEF":
            assert (record["object"], record["readers"]) == (None, "你的各级上级。")
            assert {reading["actor"]["id"] for reading in record["readings"]} == {person_id(house.manager)}
        else:
            assert (record["object"] is None) == (record["kind"] in {"BRIEF_FILE", "EXCLUSION"})
