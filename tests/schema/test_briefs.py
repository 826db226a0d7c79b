"""Fact briefs through the API: asked for, written from what may be seen, read with every citation checked again."""

from __future__ import annotations

import datetime
import html
import io
import json
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import docx
import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from db.base import now
from db.files import FileStore
from db.models.briefs import BriefDocument
from db.models.events import AccessedResource, AccessEvent
from db.models.goals import Goal, GoalVisibility
from db.models.jobs import Job
from db.models.people import PersonIdentity, RoleGrant
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer
from ocr.forms.fonts import FontMissingError
from schema.relay import decode_id
from tests.goal_house import CHECK_IN, House, codes, confirmed, done, make_house, perform, person_id
from tests.projects import judge_p95, publish, read_deliverable, report
from tests.schema.client import Api
from tests.schema.feedback import test_meetings as talks
from tests.schema.feedback.test_growth import EDIT, WRITE
from tests.workers.desk import Desk, open_desk

BRIEF = (
    "id edition status digest engine withheld gaps { code message } dropped { text } "
    "sections { key title sentences { text conflict checks support supportNotes supportOf supportPeople "
    "citations { source excerpt start end evidence { id text author { id } } } } } "
    "evidence(first: 50) { nodes { id source voice occurredOn text excluded unusedReason } }"
)
REQUEST = (
    "mutation($input: RequestBriefInput!) { requestBrief(input: $input) "
    "{ brief { id edition status } job { id state } errors { code field } } }"
)
EXCLUDE = (
    "mutation($input: ExcludeBriefEvidenceInput!) { excludeBriefEvidence(input: $input) "
    "{ brief { id edition status } errors { code field } } }"
)
INCLUDE = (
    "mutation($input: IncludeBriefEvidenceInput!) { includeBriefEvidence(input: $input) "
    "{ brief { id edition status } errors { code field } } }"
)
READ = f"query($id: ID!) {{ node(id: $id) {{ ... on Brief {{ {BRIEF} }} }} }}"

NOTES = (
    ("employee", "7月第二周我把华东仓的盘点流程改为扫码，盘点时间从6小时降到2小时。"),
    ("employee", "8月和采购部一起梳理了32个供应商的交期，平均交期从18天缩短到11天。"),
    ("manager", "9月3日系统故障时，他在40分钟内定位到接口超时并恢复了发货，当天没有漏单。"),
    ("manager", "9月的两次客户投诉都没有在24小时内回复，客户因此取消了一笔订单。"),
)


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


@pytest.fixture
def desk(settings: Settings, database: Database, files: FileStore, house: House) -> Iterator[Desk]:
    with open_desk(settings, database, files, house.organization.id) as desk:
        yield desk


@pytest.fixture
def goal_id(api: Api, house: House) -> str:
    """A goal of the employee whose measure is over its target, with notes by the employee and the manager."""
    measure = {"name": "准时发货率", "kind": "NUMERIC", "unit": "%", "direction": "INCREASE", "start": "80"}
    goal = confirmed(
        api,
        house.employee,
        house.manager,
        house,
        title="准时发货率从80%提高到95%",
        level="PERSON",
        measures=[{**measure, "target": "95", "dataSource": "MANUAL"}],
    )
    data = api.data(
        house.employee, "query($id: ID!) { node(id: $id) { ... on Goal { measures { id } } } }", {"id": goal}
    )
    value = {"measureId": data["node"]["measures"][0]["id"], "value": "96.5"}
    done(api, house.employee, CHECK_IN, goalId=goal, values=[value], nextStep="10月把扫码盘点推广到华南仓。")
    for who, note in NOTES:
        done(api, getattr(house, who), CHECK_IN, goalId=goal, note=note)
    return goal


DOCUMENT = (
    "mutation($input: RequestBriefDocumentInput!) { requestBriefDocument(input: $input) "
    "{ briefDocument { id status url } job { id } errors { code field } } }"
)


def file_of(api: Api, desk: Desk, viewer: Viewer, brief_id: str, format_: str) -> bytes:
    """The bytes of a document, asked for, made and fetched."""
    asked = done(api, viewer, DOCUMENT, briefId=brief_id, format=format_)["briefDocument"]
    assert (asked["status"], asked["url"]) == ("QUEUED", None)
    desk.run()
    query = "query($id: ID!) { node(id: $id) { ... on BriefDocument { status url } } }"
    made = api.data(viewer, query, {"id": asked["id"]})["node"]
    assert made["status"] == "DONE"
    return api.http.get(made["url"]).content


def ask(api: Api, viewer: Viewer, house: House, **more: Any) -> dict[str, Any]:
    wanted = {"subjectId": person_id(house.employee), "cycleId": house.cycle_id, **more}
    brief: dict[str, Any] = done(api, viewer, REQUEST, **wanted)["brief"]
    return brief


def read(api: Api, viewer: Viewer, brief_id: str) -> dict[str, Any] | None:
    node: dict[str, Any] | None = api.data(viewer, READ, {"id": brief_id})["node"]
    return node


def written(api: Api, desk: Desk, viewer: Viewer, house: House, **more: Any) -> dict[str, Any]:
    asked = ask(api, viewer, house, **more)
    desk.run()
    brief = read(api, viewer, asked["id"])
    assert brief is not None
    return brief


def sentences(brief: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [each for part in brief["sections"] if part["key"] == key for each in part["sentences"]]


@pytest.mark.usefixtures("goal_id")
def test_every_sentence_cites_words_that_are_there(api: Api, house: House, desk: Desk) -> None:
    brief = written(api, desk, house.manager, house)
    assert (brief["status"], brief["edition"], brief["withheld"]) == ("READY", 1, 0)
    assert [part["key"] for part in brief["sections"]] == [
        "RESULTS",
        "STRENGTHS",
        "CONCERNS",
        "DISAGREEMENTS",
        "GROWTH",
    ]
    for part in brief["sections"]:
        for sentence in part["sentences"]:
            assert sentence["citations"]
            assert sentence["checks"]
            for cited in sentence["citations"]:
                assert cited["evidence"]["text"][cited["start"] : cited["end"]] == cited["excerpt"]
                assert cited["excerpt"].strip()
    (result,) = sentences(brief, "RESULTS")
    assert result["text"] == "“准时发货率”：目标≥95%，现为96.5%，完成度110%"
    assert "投诉" in sentences(brief, "CONCERNS")[0]["text"]
    (disagreement,) = sentences(brief, "DISAGREEMENTS")
    assert disagreement["conflict"]
    assert result["text"] in disagreement["text"]
    assert "「9月的两次客户投诉都没有在24小时内回复，客户因此取消了一笔订单。」" in disagreement["text"]
    (growth,) = sentences(brief, "GROWTH")
    assert growth["text"] == "10月把扫码盘点推广到华南仓。"
    assert {gap["code"] for gap in brief["gaps"]} == {"NO_PEER_VOICE", "NO_CUSTOMER_VOICE", "NO_EARLIER_FIGURES"}


@pytest.mark.usefixtures("goal_id")
def test_unchanged_evidence_gives_the_brief_that_is_there(
    api: Api, house: House, desk: Desk, database: Database
) -> None:
    first = ask(api, house.manager, house)
    assert ask(api, house.manager, house)["id"] == first["id"], "while it is on its way"
    desk.run()
    assert ask(api, house.manager, house)["id"] == first["id"], "once it is written"
    with database.begin(Scope(house.organization.id), write=False) as session:
        assert session.scalar(sa.select(sa.func.count()).where(Job.name == "briefs.write")) == 1
    english = ask(api, house.manager, house, language="EN")
    assert (english["id"] != first["id"], english["edition"]) == (True, 1)


def test_new_evidence_makes_another_edition_and_the_old_one_stays(
    api: Api, house: House, desk: Desk, goal_id: str
) -> None:
    first = written(api, desk, house.manager, house)
    done(api, house.manager, CHECK_IN, goalId=goal_id, note="10月9日主动给新人讲了两小时的盘点流程，新人当周独立上岗。")
    second = written(api, desk, house.manager, house)
    assert (second["edition"], second["digest"] != first["digest"]) == (2, True)
    assert read(api, house.manager, first["id"]) == first
    query = "query($all: Boolean!) { briefs(filter: { latestOnly: $all }) { nodes { edition } } }"
    assert api.data(house.manager, query, {"all": True})["briefs"]["nodes"] == [{"edition": 2}]
    assert api.data(house.manager, query, {"all": False})["briefs"]["nodes"] == [{"edition": 2}, {"edition": 1}]


@pytest.mark.usefixtures("goal_id")
def test_evidence_is_left_out_with_a_reason_and_taken_in_again(api: Api, house: House, desk: Desk) -> None:
    brief = written(api, desk, house.manager, house)
    complaint = next(item for item in brief["evidence"]["nodes"] if "投诉" in item["text"])
    assert codes(api, house.manager, EXCLUDE, evidenceId=complaint["id"], reason="  ") == ["REASON_REQUIRED"]
    again = done(api, house.manager, EXCLUDE, evidenceId=complaint["id"], reason="投诉对象是外包客服，已核实。")[
        "brief"
    ]
    assert (again["edition"], again["status"]) == (2, "QUEUED")
    desk.run()
    without = read(api, house.manager, again["id"])
    assert without is not None
    assert sentences(without, "CONCERNS") == sentences(without, "DISAGREEMENTS") == []
    assert [item["text"] for item in without["evidence"]["nodes"] if item["excluded"]] == [complaint["text"]]
    assert {"code": "EVIDENCE_EXCLUDED", "message": "有 1 条依据被人为排除，原因已记录。"} in without["gaps"]
    left_out = next(item for item in without["evidence"]["nodes"] if item["excluded"])
    back = done(api, house.manager, INCLUDE, evidenceId=left_out["id"])["brief"]
    desk.run()
    with_it = read(api, house.manager, back["id"])
    assert with_it is not None
    assert with_it["digest"] == brief["digest"]
    assert [each["text"] for each in sentences(with_it, "CONCERNS")] == [
        each["text"] for each in sentences(brief, "CONCERNS")
    ]


@pytest.mark.usefixtures("goal_id")
def test_who_may_ask_and_read(api: Api, house: House, desk: Desk) -> None:
    line = written(api, desk, house.manager, house)
    own = written(api, desk, house.employee, house, audience="SUBJECT")
    for_hr = written(api, desk, house.hr, house, audience="HR")
    readers = {
        "manager": {line["id"], own["id"]},
        "employee": {own["id"]},
        "hr": {line["id"], own["id"], for_hr["id"]},
        "colleague": set(),
        "committee": set(),
    }
    for who, seen in readers.items():
        viewer = getattr(house, who)
        assert {each["id"] for each in (line, own, for_hr) if read(api, viewer, each["id"])} == seen, who
    wanted = {"subjectId": person_id(house.employee), "cycleId": house.cycle_id}
    assert codes(api, house.employee, REQUEST, **wanted, audience="LINE") == ["FORBIDDEN"]
    assert codes(api, house.manager, REQUEST, **wanted, audience="HR") == ["FORBIDDEN"]
    assert codes(api, house.colleague, REQUEST, **wanted, audience="SUBJECT") == ["FORBIDDEN"]
    evidence_id = own["evidence"]["nodes"][0]["id"]
    assert codes(api, house.employee, EXCLUDE, evidenceId=evidence_id, reason="不想要") == ["FORBIDDEN"]
    assert codes(api, house.colleague, EXCLUDE, evidenceId=evidence_id, reason="不想要") == ["NOT_FOUND"]
    nobody = {**wanted, "subjectId": person_id(house.committee), "audience": "LINE"}
    assert perform(api, house.hr, REQUEST, **nobody)["errors"] == [
        {"code": "AUDIENCE_MISSING", "field": ["input", "audience"]}
    ]


def test_a_sentence_is_withheld_whose_evidence_the_reader_may_not_see_any_more(
    api: Api, house: House, desk: Desk, goal_id: str, database: Database
) -> None:
    brief = written(api, desk, house.hr, house, audience="HR")
    assert brief["sections"]
    with database.begin(Scope(house.organization.id)) as session:
        goal = session.get_one(Goal, decode_id(goal_id, "Goal"))
        # A goal that went back to its maker alone: nobody else sees it, nor what hangs on it.
        goal.visibility, goal.confirmed_at, goal.proposed_at = GoalVisibility.PRIVATE, None, None
    after = read(api, house.hr, brief["id"])
    assert after is not None
    assert after["sections"] == after["evidence"]["nodes"] == after["dropped"] == []
    assert after["withheld"] == sum(len(part["sentences"]) for part in brief["sections"])


def test_thin_data_says_so_and_invents_nothing(api: Api, house: House, desk: Desk) -> None:
    brief = written(api, desk, house.manager, house, language="EN")
    assert (brief["status"], brief["sections"]) == ("INSUFFICIENT", [])
    assert [gap["code"] for gap in brief["gaps"]][:2] == ["NOT_ENOUGH", "NO_MEASURES"]
    assert brief["gaps"][0]["message"].startswith("Not enough evidence: 0 concrete note(s)")


@pytest.mark.usefixtures("goal_id")
def test_reading_is_noted_and_statements_do_not_grow(api: Api, house: House, desk: Desk, database: Database) -> None:
    brief = written(api, desk, house.manager, house)
    with database.begin(Scope(house.organization.id), write=False) as session:
        looked = session.execute(
            sa.select(AccessEvent.actor_id, AccessEvent.subject_id).where(
                AccessEvent.resource == AccessedResource.BRIEF,
                AccessEvent.resource_id == decode_id(brief["id"], "Brief"),
            )
        ).all()
    assert set(looked) == {(house.manager.person_id, house.employee.person_id)}


@pytest.mark.fonts
@pytest.mark.parametrize("language", ["ZH", "EN"])
def test_a_brief_becomes_a_file(api: Api, house: House, desk: Desk, goal_id: str, language: str) -> None:
    hostile = "<script>alert(1)</script> #panic() $x$ 10月12日把异常单从9单降到2单\x0b，仓库当天清零。"
    done(api, house.manager, CHECK_IN, goalId=goal_id, note=hostile)
    brief = written(api, desk, house.manager, house, language=language)
    result = sentences(brief, "RESULTS")[0]["text"]
    page = file_of(api, desk, house.manager, brief["id"], "HTML").decode()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert html.escape(result) in page
    pdf = PdfReader(io.BytesIO(file_of(api, desk, house.manager, brief["id"], "PDF")))
    words = "".join(each.extract_text() for each in pdf.pages).replace("\n", "").replace(" ", "")
    word = docx.Document(io.BytesIO(file_of(api, desk, house.manager, brief["id"], "DOCX")))
    paragraphs = "".join(each.text for each in word.paragraphs).replace(" ", "").replace("\n", "")
    for text in [result, *(note for _, note in NOTES), "#panic()$x$10月12日把异常单从9单降到2单，仓库当天清零。"]:
        assert text.replace(" ", "") in words, "PDF"
        assert text.replace(" ", "") in paragraphs, "DOCX"
    assert len(word.inline_shapes) == 1, "the chart's bar"


def test_files_are_for_readers_of_written_briefs(api: Api, house: House, desk: Desk, goal_id: str) -> None:
    asked = ask(api, house.manager, house)
    assert codes(api, house.manager, DOCUMENT, briefId=asked["id"]) == ["NOT_READY"]
    desk.run()
    assert codes(api, house.employee, DOCUMENT, briefId=asked["id"]) == ["NOT_FOUND"]
    made = done(api, house.manager, DOCUMENT, briefId=asked["id"])["briefDocument"]
    desk.run()
    query = "query($id: ID!) { node(id: $id) { id } }"
    assert [api.data(who, query, {"id": made["id"]})["node"] for who in (house.hr, house.employee)] == [None, None]


@pytest.mark.usefixtures("goal_id")
def test_a_file_that_cannot_be_made_says_why(
    api: Api, house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise FontMissingError("no font")

    brief = written(api, desk, house.manager, house)
    asked = done(api, house.manager, DOCUMENT, briefId=brief["id"], format="PDF")["briefDocument"]
    monkeypatch.setattr("workers.briefs.rendered", fail)
    desk.run()
    query = "query($id: ID!) { node(id: $id) { ... on BriefDocument { status url problem { code message } } } }"
    problem = {"code": "WORK_FAILED", "message": "服务器上缺少文档所需的字体，请联系管理员安装后重试。"}
    made = api.data(house.manager, query, {"id": asked["id"]})["node"]
    assert made == {"status": "FAILED", "url": None, "problem": problem}


@pytest.mark.usefixtures("goal_id")
def test_a_file_is_not_to_be_had_once_words_in_it_were_taken_back(
    api: Api, house: House, desk: Desk, database: Database
) -> None:
    query = "query($id: ID!) { node(id: $id) { ... on BriefDocument { status url problem { code message } } } }"

    def look(viewer: Viewer, document_id: str) -> tuple[str | None, str | None]:
        """Address and problem."""
        node = api.data(viewer, query, {"id": document_id})["node"]
        assert node["status"] == "DONE"
        return node["url"], node["problem"] and node["problem"]["code"]

    def readings() -> int:
        with database.begin(Scope(house.organization.id), write=False) as session:
            of_brief = AccessEvent.resource == AccessedResource.BRIEF
            return session.scalar(sa.select(sa.func.count(AccessEvent.id)).where(of_brief)) or 0

    words: dict[str, Any] = {"text": "我把退货单的登记改成扫码，一单从5分钟降到1分钟。", "shared": True}
    entry = done(api, house.employee, WRITE, **words)["entry"]["id"]
    talk = "他把结算排障手册交给了三位同事，夜班不再需要叫醒他。"
    own: dict[str, Any] = {"heldOn": now().date().isoformat(), "entries": [{"topic": "MINUTES", "text": talk}]}
    met = done(api, house.manager, talks.RECORD, otherId=person_id(house.employee), **own)["oneOnOne"]["id"]
    for viewer in (house.employee, house.manager):
        done(api, viewer, talks.CONFIRM, id=met)
    brief = written(api, desk, house.manager, house)
    made = {
        who: done(api, getattr(house, who), DOCUMENT, briefId=brief["id"], format="HTML")["briefDocument"]["id"]
        for who in ("manager", "hr")
    }
    desk.run()
    urls = {who: look(getattr(house, who), id_)[0] or "" for who, id_ in made.items()}
    seen = readings()
    pages = {who: api.http.get(url).text for who, url in urls.items()}
    assert [talk in page for page in pages.values()] == [True, False], "HR reads no talk, and what it reads it may have"
    assert [words["text"] in page for page in pages.values()] == [True, True]
    assert readings() == seen + 2, "each download is noted"
    assert api.http.get(urls["hr"].replace("/files/briefs/", "/files/")).status_code == 403

    own["entries"] = [{"topic": "MINUTES", "text": "他把手册交给了两位同事。"}]  # which both are to confirm anew
    done(api, house.manager, talks.RECORD, otherId=person_id(house.employee), **own)
    answer = api.http.get(urls["manager"], headers={"accept-language": "zh-CN"})
    assert (answer.status_code, answer.json()["code"]) == (410, "EVIDENCE_WITHDRAWN")
    assert answer.json()["message"].endswith("请重新生成。")
    assert look(house.manager, made["manager"]) == (None, "EVIDENCE_WITHDRAWN")
    assert api.http.get(urls["hr"]).status_code == 200, "nothing of this stands in theirs"
    again = file_of(api, desk, house.manager, brief["id"], "HTML").decode()
    assert (talk in again, words["text"] in again) == (False, True)

    done(api, house.employee, EDIT, **words | {"shared": False}, id=entry)
    assert look(house.hr, made["hr"]) == (None, "EVIDENCE_WITHDRAWN")
    done(api, house.employee, EDIT, **words, id=entry)
    assert look(house.hr, made["hr"])[1] is None
    with database.begin(Scope(house.organization.id)) as session:
        session.execute(sa.delete(RoleGrant).where(RoleGrant.person_id == house.hr.person_id))
    assert api.http.get(urls["hr"]).status_code == 403
    assert look(house.hr, made["hr"]) == (None, "NOT_FOUND")

    with database.begin(Scope(house.organization.id)) as session:
        session.execute(sa.update(BriefDocument).values(finished_at=now() - datetime.timedelta(days=8)))
    desk.put("maintenance.sweep_files")
    desk.run()
    assert look(house.manager, made["manager"]) == (None, "FILE_EXPIRED")
    assert api.http.get(urls["manager"]).json()["code"] == "FILE_EXPIRED"


def test_deliverables_stand_in_the_results_with_their_flags(
    api: Api, house: House, desk: Desk, database: Database, files: FileStore
) -> None:
    with database.begin(Scope(house.organization.id)) as session:
        template = publish(session, house.hr)
        judge_p95(session, house.hr, template)
        deliverable = read_deliverable(session, files, house.employee, template, report(900))
        title = deliverable.title
    brief = written(api, desk, house.manager, house)
    (result,) = sentences(brief, "RESULTS")
    assert result["text"] == f"《{title}》：红灯；latency_p95 (总体 / 并发数 500) 900 ms 红灯"
    assert result["citations"][0]["source"] == "DELIVERABLE"


def test_a_cycle_under_review_opens_its_briefs_once(
    api: Api, house: House, desk: Desk, database: Database, goal_id: str
) -> None:
    def tick(day: datetime.date) -> None:
        due = datetime.datetime.combine(day, datetime.time(5), ZoneInfo("Asia/Shanghai"))
        desk.put("briefs.open", due=due.isoformat(), zone="Asia/Shanghai")
        desk.run()
        desk.run()

    first_day = house.cycle.review_starts_on
    tick(first_day - datetime.timedelta(days=1))
    query = "{ briefs { nodes { subject { id } audience requestedBy { id } status } } }"
    assert api.data(house.hr, query)["briefs"]["nodes"] == []
    tick(first_day)
    tick(first_day + datetime.timedelta(days=1))
    found = api.data(house.manager, query)["briefs"]["nodes"]
    assert {brief["subject"]["id"] for brief in found} == {person_id(house.employee), person_id(house.colleague)}
    assert {(brief["audience"], brief["requestedBy"]) for brief in found} == {("LINE", None)}
    assert {brief["subject"]["id"]: brief["status"] for brief in found} == {
        person_id(house.employee): "READY",
        person_id(house.colleague): "INSUFFICIENT",
    }


def test_the_subject_reads_no_names_of_colleagues(
    api: Api, house: House, desk: Desk, database: Database, goal_id: str
) -> None:
    with database.begin(Scope(house.organization.id), write=False) as session:
        name = session.get_one(PersonIdentity, house.colleague.person_id).name
    note = f"10月15日与{name}一起把退货单从20单降到5单。"
    done(api, house.manager, CHECK_IN, goalId=goal_id, note=note)
    own = written(api, desk, house.employee, house, audience="SUBJECT")
    assert name not in json.dumps(own, ensure_ascii=False)
    assert note.replace(name, "某同事") in [item["text"] for item in own["evidence"]["nodes"]]
    assert name not in file_of(api, desk, house.employee, own["id"], "HTML").decode()
    above = read(api, house.manager, own["id"])
    assert above is not None
    assert note in [item["text"] for item in above["evidence"]["nodes"]]


GIVE = "mutation($input: GiveFeedbackInput!) { giveFeedback(input: $input) { feedback { id } errors { code field } } }"


def test_feedback_is_evidence_for_those_who_may_see_it(api: Api, house: House, desk: Desk, goal_id: str) -> None:
    helped = "9月12日他替我值了两个夜班，补货单一张没漏，第二天早会前把交接表写完了。"
    private = "9月20日他把两小时的对账压到25分钟，这事只想让他本人知道。"
    receiver = person_id(house.employee)
    done(api, house.colleague, GIVE, receiverId=receiver, text=helped, visibility="RECEIVER_AND_LINE")
    done(api, house.colleague, GIVE, receiverId=receiver, text=private, visibility="RECEIVER")
    line = written(api, desk, house.manager, house)
    texts = {item["text"]: item for item in line["evidence"]["nodes"] if item["source"] == "FEEDBACK"}
    assert set(texts) == {helped}
    assert texts[helped]["voice"] == "PEER"
    assert any(helped in sentence["text"] for sentence in sentences(line, "STRENGTHS"))
    own = written(api, desk, house.employee, house, audience="SUBJECT")
    assert {item["text"] for item in own["evidence"]["nodes"] if item["source"] == "FEEDBACK"} == {helped, private}
