"""Deliverables are handed in through the API and read by a real runner in a real child."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
import pytest
import sqlalchemy as sa
from docx.shared import Cm
from starlette.testclient import TestClient

from db.files import FileStore
from db.session import Database
from db.settings import Settings
from schema.app import create
from schema.relay import encode_id
from tests.deliverables import pages
from tests.paper import PaperCompany, make_paper_company
from tests.projects import publish, report
from tests.schema.client import Api
from tests.workers.desk import Desk
from workers.projects import deliverables
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import Runner

assert deliverables.read is not None  # the module's import registers its jobs

SUBMIT = """mutation($input: SubmitDeliverableInput!) { submitDeliverable(input: $input) {
  deliverable { id status flag file { number duplicateOf { id } } } errors { code field } } }"""
SHOW = """query($id: ID!) { node(id: $id) { ... on Deliverable { status flag title
  readings { metric value unit scope kind raw disputed samples where { line cell page } }
  checklist { key outcome words where { line } }
  file { number format reasonCode } job { state } } } }"""

SET = "mutation($input: SetThresholdInput!) { setThreshold(input: $input) { errors { code } } }"
STORY = """query($id: ID!) { node(id: $id) { ... on Deliverable { status flag complete
  readings { metric value scope kind flag threshold { number greenHigh } where { cell } }
  checklist { key outcome where { image region { x y } picture { url width } } }
  file { number } files { evaluations { flag } } } } }"""


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


@pytest.fixture
def template(database: Database, company: PaperCompany) -> str:
    with database.begin(company.scope) as session:
        return encode_id("DeliverableTemplate", publish(session, company.viewers["pmo"]).id)


@pytest.fixture
def desk(settings: Settings, database: Database, company: PaperCompany) -> Iterator[Desk]:
    relay = Database(settings, url=settings.relay_url)
    services = Services(settings, database, FileStore(settings.files_url), ReadingProcess(settings))
    runner = Runner(services)
    runner.heart.start()
    yield Desk(database, relay, runner, company.organization.id)
    runner.heart.stop()
    services.reading.close()
    relay.close()


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    with TestClient(create(settings)) as client:
        yield Api(settings, client)


def submit(api: Api, viewer: Any, content: bytes, name: str = "report.md", **given: Any) -> dict[str, Any]:
    """The payload."""
    answer = api.upload(
        viewer, SUBMIT, {"input": {"file": None, **given}}, {"variables.input.file": (name, content)}
    ).json()
    payload: dict[str, Any] = answer["data"]["submitDeliverable"]
    return payload


def show(api: Api, viewer: Any, id_: str) -> dict[str, Any]:
    node: dict[str, Any] = api.data(viewer, SHOW, {"id": id_})["node"]
    return node


def test_a_report_is_read_once_with_places(api: Api, desk: Desk, company: PaperCompany, template: str) -> None:
    viewer = company.viewers["report"]
    payload = submit(api, viewer, report(), templateId=template)
    assert payload["errors"] == []
    assert payload["deliverable"]["status"] == "UPLOADED"
    assert payload["deliverable"]["file"] == {"number": 1, "duplicateOf": None}
    id_ = payload["deliverable"]["id"]
    desk.run()
    found = show(api, viewer, id_)
    assert (found["status"], found["flag"], found["title"]) == ("OK", "GREY", "report.md")
    assert (found["file"]["format"], found["job"]["state"]) == ("markdown", "DONE")
    p95 = next(one for one in found["readings"] if one["metric"] == "latency_p95")
    assert (p95["value"], p95["unit"], p95["kind"], p95["raw"]) == ("320", "ms", "MEASURED", "320")
    assert p95["samples"] == 10_000
    assert p95["where"]["line"] == 5
    assert [(item["key"], item["outcome"]) for item in found["checklist"]] == [
        ("p95", "FOUND"),
        ("cpu", "MISSING"),
        ("errors", "FOUND"),
    ]
    assert found["checklist"][2]["words"] == "错误日志摘要"
    before = desk.lines()
    again(desk)
    assert desk.lines() == before
    assert show(api, viewer, id_) == found


def again(desk: Desk) -> None:
    """Run every job that has ended once more."""
    with desk.relay.engine.begin() as connection:
        connection.execute(sa.text("UPDATE job SET state = 'QUEUED'"))
    desk.run()


def test_a_changed_threshold_judges_anew_once(api: Api, desk: Desk, company: PaperCompany, template: str) -> None:
    pmo, viewer = company.viewers["pmo"], company.viewers["report"]
    given = {"templateId": template, "metric": "latency_p95", "unit": "ms", "direction": "AT_MOST", "yellowHigh": "800"}
    assert api.data(pmo, SET, {"input": {**given, "greenHigh": "300"}})["setThreshold"]["errors"] == []
    id_ = submit(api, viewer, report(320), templateId=template)["deliverable"]["id"]
    desk.run()
    assert show(api, viewer, id_)["flag"] == "YELLOW"
    assert api.data(pmo, SET, {"input": {**given, "greenHigh": "400"}})["setThreshold"]["errors"] == []
    desk.run()
    assert show(api, viewer, id_)["flag"] == "GREEN"
    again(desk)
    files = api.data(viewer, STORY, {"id": id_})["node"]["files"]
    assert files == [{"evaluations": [{"flag": "GREEN"}, {"flag": "YELLOW"}]}]


def load_report(p95: str, peak: str, errors: list[tuple[str, str]]) -> bytes:
    """A Word report with a table, a screenshot of the monitor, and a section on errors."""
    document = docx.Document()
    document.add_heading("支付网关压测报告", 0)
    document.add_paragraph("上线要求：P95 响应时间不超过 500 ms，错误率低于 1%。")
    document.add_heading("一、压测结果", 1)
    table = document.add_table(rows=2, cols=6)
    for row, cells in enumerate(
        (
            ("场景", "并发数", "请求总数", "平均响应时间(ms)", "P95响应时间(ms)", "错误率"),
            ("总体", "800", "96,000", "210", p95, "0.12%"),
        )
    ):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    document.add_heading("二、CPU 峰值截图", 1)
    document.add_picture(io.BytesIO(monitor_screenshot(peak)), width=Cm(12))
    document.add_heading("三、错误日志摘要", 1)
    kinds = document.add_table(rows=1 + len(errors), cols=2)
    for row, pair in enumerate([("错误类型", "次数"), *errors]):
        for column, text in enumerate(pair):
            kinds.cell(row, column).text = text
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def monitor_screenshot(peak: str) -> bytes:
    """What a monitor shows, as a picture with words in it."""
    return pages.screen([["Host", "CPU peak", "Memory peak"], ["gateway-1", peak, "61 %"]])


def test_a_bad_report_is_red_with_its_place_and_a_corrected_one_green(
    api: Api, desk: Desk, company: PaperCompany, template: str
) -> None:
    pmo, author = company.viewers["pmo"], company.viewers["report"]
    for metric, green, yellow in (("latency_p95", "500", "800"), ("error_rate", "0.5", "1")):
        given = {"templateId": template, "metric": metric, "unit": "%" if metric == "error_rate" else "ms"}
        bounds = {"direction": "AT_MOST", "greenHigh": green, "yellowHigh": yellow, "minimumSamples": 1000}
        assert api.data(pmo, SET, {"input": {**given, **bounds}})["setThreshold"]["errors"] == []
    bad = load_report("1,240", "97 %", [("504 Gateway Timeout", "93"), ("Connection refused", "22")])
    id_ = submit(api, author, bad, "压测报告.docx", templateId=template)["deliverable"]["id"]
    desk.run()
    found = api.data(author, STORY, {"id": id_})["node"]
    assert (found["status"], found["flag"]) == ("OK", "RED")
    results = [one for one in found["readings"] if one["kind"] == "MEASURED"]
    values = {one["metric"]: one for one in results}
    assert values["concurrency"]["value"] == "800"
    counted = {one["scope"]: one["value"] for one in results if one["metric"] == "error_count"}
    assert counted == {"504 Gateway Timeout": "93", "Connection refused": "22"}
    red = values["latency_p95"]
    assert (red["value"], red["flag"], red["where"]["cell"]) == ("1240", "RED", "T1:R2C5")
    assert red["threshold"] == {"number": 1, "greenHigh": "500"}
    assert values["error_rate"]["flag"] == "GREEN"
    wanted = [one for one in found["readings"] if one["metric"] == "latency_p95" and one["kind"] == "TARGET"]
    assert [(one["value"], one["flag"]) for one in wanted] == [("500", None)]
    checklist = {item["key"]: item for item in found["checklist"]}
    assert {key: item["outcome"] for key, item in checklist.items()} == {
        "p95": "FOUND",
        "cpu": "FOUND",
        "errors": "FOUND",
    }
    assert found["complete"] is True
    shown = checklist["cpu"]["where"]
    assert shown["image"] == 1
    picture = api.http.get(shown["picture"]["url"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert 0 <= shown["region"]["x"] < shown["picture"]["width"]
    notices = api.data(company.viewers["manager"], "{ viewer { notifications { nodes { code } } } }")
    assert [one["code"] for one in notices["viewer"]["notifications"]["nodes"]] == ["DELIVERABLE_RED"]

    unchanged = submit(api, author, bad, "压测报告.docx", deliverableId=id_)
    assert unchanged["errors"] == [{"code": "CHANGE_EMPTY", "field": ["input", "file"]}]
    good = load_report("438", "71 %", [("504 Gateway Timeout", "3")])
    assert submit(api, author, good, "压测报告v2.docx", deliverableId=id_)["errors"] == []
    desk.run()
    found = api.data(author, STORY, {"id": id_})["node"]
    assert (found["status"], found["flag"], found["file"]["number"]) == ("OK", "GREEN", 2)
    assert [file["evaluations"] for file in found["files"]] == [[{"flag": "GREEN"}], [{"flag": "RED"}]]
