"""A launch of 23 tasks in four lanes: one falls silent and is told up the line; its report is red, then green, and what
it shows becomes the value of a goal; its delay is traced to the second. All of it through GraphQL.

It is March 2024 by a simulated clock. Three lanes of five tasks and one of eight meet in the release, the eighth. Each
task is planned for one working day. The third one of the second lane, a load test, takes until the next Monday; for a
while it waits for a colleague. Its reports are Word files with tables and a screenshot, which the OCR engine reads.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from db.files import FileStore
from db.session import Database
from db.settings import Settings
from db.viewer import Viewer
from resolvers.projects.escalating import JOB
from schema.app import create
from tests.clock import Clock
from tests.factories import make_viewer
from tests.goal_house import confirmed, done, perform, person_id
from tests.goal_house import read as read_goal
from tests.project_house import CREATE_TASK, UPDATE_TASK, Site, make_site, project, submit
from tests.projects import word_report
from tests.schema.client import Api
from tests.schema.test_inbox import lines
from tests.workers.desk import Desk
from workers import registry
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import Runner
from workers.schedule import Every, put_in_due

registry.load()

LOAD_TEST = "压测报告"
LANES = {
    "研发": ["方案评审", "接口设计", "核心开发", "联调", "缺陷修复", "回归测试", "上线演练", "正式发布"],
    "测试": ["用例编写", "环境搭建", LOAD_TEST, "安全测试", "验收测试"],
    "市场": ["定价", "发布稿", "宣传物料", "渠道培训", "预热投放"],
    "服务": ["知识库", "工单流程", "客服培训", "值班安排", "应急预案"],
}
DAYS = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08", "2024-03-11", "2024-03-12", "2024-03-13"]
HOUR = 3600
REQUIREMENTS = (
    {"key": "p95", "kind": "METRIC", "labelZh": "P95 延迟", "labelEn": "p95 latency", "metric": "latency_p95"},
    {"key": "cpu", "kind": "PICTURE", "labelZh": "CPU 峰值截图", "labelEn": "CPU peak", "words": ["CPU 峰值"]},
    {"key": "errors", "kind": "SECTION", "labelZh": "错误日志摘要", "labelEn": "Error log", "words": ["错误日志"]},
)
BOUNDS = (("latency_p95", "ms", 500, 800, 1000), ("error_rate", "%", 0.5, 1, 1000), ("cpu_max", "%", 80, 90, 0))
"""Metric, unit, greatest green and greatest yellow value, from how many measurements at least."""
PUBLISH = """mutation($input: PublishDeliverableTemplateInput!) {
  publishDeliverableTemplate(input: $input) { template { id } errors { code field } } }"""
JUDGE = "mutation($input: SetThresholdInput!) { setThreshold(input: $input) { errors { code field } } }"
ACCEPT = """mutation($input: AcceptDeliverableReadingInput!) { acceptDeliverableReading(input: $input) {
  checkIn { values { value source citation } } errors { code field } } }"""
REPORT = """query($id: ID!) { node(id: $id) { ... on Deliverable { status flag complete task { title } version
  readings { id metric value scope kind flag threshold { number greenHigh } where { ...p } }
  checklist { key outcome where { ...p } } file { number } files { evaluations { number flag } } } } }
fragment p on DeliverablePlace { cell image region { x y width height } picture { url width height } }"""
CHAIN = """query($id: ID!) { chain(goalId: $id) {
  tasks { title status deliverables { flag file { number } readings { metric flag acceptances { checkIn { id } } } } }
  checkIns { nodes { id values { value citation } } } } }"""
DELAY = """query($id: ID!) { node(id: $id) { ... on Project {
  delay { ...d } worked: delay(inWorkingTime: true) { ...d } board { byStatus { status tasks } } } } }
fragment d on ProjectDelay { seconds
  parts { nodes { cause seconds task { title } person { id } heldUp { title } waiting { id } } }
  shares { nodes { person { id } caused } }
  chart(first: 100) { nodes { task { title } critical } } }"""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, "2024-03-01T10:00:00+08:00")


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    with TestClient(create(settings)) as client:
        yield Api(settings, client, lifetime=datetime.timedelta(days=36525))


@pytest.fixture
def site(clock: Clock, database: Database) -> Site:
    assert clock
    return make_site(database)


@pytest.fixture
def desk(settings: Settings, database: Database, files: FileStore, site: Site) -> Iterator[Desk]:
    relay = Database(settings, url=settings.relay_url)
    reading = ReadingProcess(settings)  # for photographs of paper, of which there are none: never started
    runner = Runner(Services(settings, database, files, reading))
    runner.heart.start()
    desk = Desk(database, relay, runner, site.house.organization.id)
    desk.put("maintenance.expire_receipts")
    yield desk
    runner.heart.stop()
    reading.close()
    relay.close()


def at(day: str, hour: int) -> str:
    return f"{day}T{hour:02}:00:00+08:00"


class Launch:
    """The project as planned, and what its owners say."""

    def __init__(self, api: Api, site: Site, owners: dict[str, Viewer], clock: Clock) -> None:
        self.api, self.site, self.owners, self.clock = api, site, owners, clock
        self.happenings = happenings()
        self.tester = owners["测试"]
        measure = {"name": "支付 P95", "direction": "DECREASE", "start": "2", "target": "0.5", "unit": "s"}
        self.goal = confirmed(api, self.tester, site.lead, site.house, measures=[measure])
        (kept,) = self._goal()["measures"]
        self.measure: str = kept["id"]
        self._expect_reports()
        self.id = project(api, site, name="新品上线", startsAt=at(DAYS[0], 9), dueAt=at(DAYS[7], 18))
        self.tasks: dict[str, str] = {}
        for lane in ("测试", "市场", "服务", "研发"):
            before: list[str] = []
            for day, title in zip(DAYS, LANES[lane], strict=False):
                last = [LANES[other][-1] for other in ("测试", "市场", "服务")] if title == "正式发布" else []
                self.tasks[title] = self._plan(title, lane, day, [*before, *last])
                before = [title]

    def _plan(self, title: str, lane: str, day: str, before: list[str]) -> str:
        given = {
            "projectId": self.id,
            "title": title,
            "ownerId": person_id(self.owners[lane]),
            "collaboratorIds": [person_id(self.site.lead)],
            "templateId": self.site.template_id,
            "plannedStartAt": at(day, 9),
            "dueAt": at(day, 18),
            "dependsOnIds": [self.tasks[other] for other in before],
            "measureId": self.measure if title == LOAD_TEST else None,
            "goalId": self.goal if title == LOAD_TEST else None,
        }
        task_id: str = done(self.api, self.site.lead, CREATE_TASK, **given)["task"]["id"]
        return task_id

    def _expect_reports(self) -> None:
        """What a report must hold, and which values are good."""
        pmo, template = self.site.pmo, self.site.template_id
        titles = {"titleZh": LOAD_TEST, "titleEn": "Load test"}
        done(self.api, pmo, PUBLISH, id=template, **titles, requirements=list(REQUIREMENTS))
        for metric, unit, green, yellow, samples in BOUNDS:
            limits = {"greenHigh": str(green), "yellowHigh": str(yellow), "minimumSamples": samples}
            bounds = {"direction": "AT_MOST", **limits}
            done(self.api, pmo, JUDGE, templateId=template, metric=metric, unit=unit, **bounds)

    def _goal(self) -> dict[str, Any]:
        found = read_goal(self.api, self.tester, self.goal)
        assert found is not None
        return found

    def live_until(self, moment: str) -> None:
        """Everybody says what there is to say before that moment; then it is that moment."""
        while self.happenings and self.happenings[0][0] < moment:
            when, title, values = self.happenings.pop(0)
            self.clock.set(max(self.clock.moment, datetime.datetime.fromisoformat(when)))
            self.say(title, **values)
        self.clock.set(moment)

    def report(self, deliverable: str) -> dict[str, Any]:
        node: dict[str, Any] = self.api.data(self.tester, REPORT, {"id": deliverable})["node"]
        return node

    def chain(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api.data(self.site.lead, CHAIN, {"id": self.goal})["chain"]
        return found

    def say(self, title: str, **values: Any) -> None:
        owner = next(self.owners[lane] for lane, titles in LANES.items() if title in titles)
        done(self.api, owner, UPDATE_TASK, id=self.tasks[title], **values)

    def delay(self) -> dict[str, Any]:
        node: dict[str, Any] = self.api.data(self.site.lead, DELAY, {"id": self.id})["node"]
        return node


def happenings() -> list[tuple[str, str, dict[str, Any]]]:
    """When which task is said to stand how, in the order of time."""
    said = []
    days = {title: day for titles in LANES.values() for title, day in zip(titles, DAYS, strict=False)}
    ends = {**days, LOAD_TEST: "2024-03-11"}
    ends.update({"安全测试": "2024-03-12", "验收测试": "2024-03-13", "正式发布": "2024-03-14"})
    begins = {**ends, LOAD_TEST: "2024-03-06"}
    for title in days:
        said.append((at(begins[title], 9), title, {"status": "IN_PROGRESS"}))
        said.append((at(ends[title], 18), title, {"status": "DONE"}))
    said.append((at("2024-03-08", 12), LOAD_TEST, {"status": "IN_PROGRESS"}))
    return sorted(said, key=lambda one: one[0])


def bad_report_is_red(launch: Launch, desk: Desk) -> str:
    """The first report is handed in for its task and read: what was wrong with it, and where."""
    api, tester = launch.api, launch.tester
    errors = [("504 Gateway Timeout", "93"), ("Connection refused", "22")]
    payload = submit(api, tester, word_report("1,240", "97 %", errors), "压测报告.docx", taskId=launch.tasks[LOAD_TEST])
    assert payload["errors"] == []
    deliverable: str = payload["deliverable"]["id"]
    desk.run()
    found = launch.report(deliverable)
    assert (found["status"], found["flag"], found["complete"]) == ("OK", "RED", True)
    assert found["task"] == {"title": LOAD_TEST}
    results = [one for one in found["readings"] if one["kind"] == "MEASURED"]
    values = {one["metric"]: one for one in results}
    assert (values["concurrency"]["value"], values["concurrency"]["where"]["cell"]) == ("800", "T1:R2C2")
    counted = {one["scope"]: one["value"] for one in results if one["metric"] == "error_count"}
    assert counted == {"504 Gateway Timeout": "93", "Connection refused": "22"}
    latency, peak = values["latency_p95"], values["cpu_max"]
    assert (latency["value"], latency["flag"], latency["where"]["cell"]) == ("1240", "RED", "T1:R2C5")
    assert latency["threshold"] == {"number": 1, "greenHigh": "500"}
    assert (peak["value"], peak["scope"], peak["flag"]) == ("97", "gateway-1", "RED")
    assert values["error_rate"]["flag"] == "GREEN"
    wanted = [one for one in found["readings"] if one["metric"] == "latency_p95" and one["kind"] == "TARGET"]
    assert [(one["value"], one["flag"]) for one in wanted] == [("500", None)]
    assert [(item["key"], item["outcome"]) for item in found["checklist"]] == [
        ("p95", "FOUND"),
        ("cpu", "FOUND"),
        ("errors", "FOUND"),
    ]
    place = peak["where"]
    assert place["image"] == 1
    picture, region = place["picture"], place["region"]
    answer = api.http.get(picture["url"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert shown.size == (picture["width"], picture["height"])
        corners = (region["x"], region["y"], region["x"] + region["width"], region["y"] + region["height"])
        around = shown.convert("L").crop((int(corners[0]), int(corners[1]), int(corners[2]), int(corners[3])))
    assert min(around.tobytes()) < 100, "words stand where the value is said to be"
    assert lines(api, launch.site.pmo)[0]["code"] == "DELIVERABLE_RED"
    return deliverable


def corrected_report_is_green_and_counts(launch: Launch, desk: Desk, deliverable: str) -> None:
    """A new version of the report is green, and what it shows becomes the value of the goal, once."""
    api, tester = launch.api, launch.tester
    outdated = launch.report(deliverable)["readings"]
    good = word_report("438", "71 %", [("504 Gateway Timeout", "3")])
    assert submit(api, tester, good, "压测报告v2.docx", deliverableId=deliverable)["errors"] == []
    desk.run()
    found = launch.report(deliverable)
    assert (found["status"], found["flag"], found["file"]["number"]) == ("OK", "GREEN", 2)
    assert [[one["flag"] for one in file["evaluations"]] for file in found["files"]] == [["GREEN"], ["RED"]]

    def p95(readings: list[dict[str, Any]]) -> str:
        (reading,) = [one for one in readings if one["metric"] == "latency_p95" and one["kind"] == "MEASURED"]
        return str(reading["id"])

    refused = perform(api, tester, ACCEPT, id=p95(outdated), measureId=launch.measure)
    assert [error["code"] for error in refused["errors"]] == ["READING_OUTDATED"]
    assert launch.chain()["checkIns"]["nodes"] == []
    accepted = done(api, tester, ACCEPT, id=p95(found["readings"]), measureId=launch.measure)
    value, place = "0.438", "压测报告v2.docx #2 (cell T1:R2C5)"
    assert accepted["checkIn"]["values"] == [{"value": value, "source": "DELIVERABLE", "citation": place}]
    chain = launch.chain()
    (check_in,) = chain["checkIns"]["nodes"]
    assert check_in["values"] == [{"value": value, "citation": place}]
    (task,) = chain["tasks"]
    assert (task["title"], task["status"]) == (LOAD_TEST, "IN_PROGRESS")
    (shown,) = task["deliverables"]
    assert (shown["flag"], shown["file"]) == ("GREEN", {"number": 2})
    taken = [one for one in shown["readings"] if one["acceptances"]]
    assert taken == [{"metric": "latency_p95", "flag": "GREEN", "acceptances": [{"checkIn": {"id": check_in["id"]}}]}]


def test_a_launch_is_late_and_everybody_can_see_why(
    api: Api, database: Database, site: Site, desk: Desk, clock: Clock
) -> None:
    with database.begin(site.scope) as session:
        owners = {lane: make_viewer(session, site.house.organization) for lane in ("市场", "服务", "研发")}
    colleague = site.house.colleague
    launch = Launch(api, site, {**owners, "测试": site.house.employee}, clock)
    assert len(launch.tasks) == 23
    launch.live_until(at("2024-03-07", 10))

    # Due on Wednesday at 18:00; two hours of working time later it is Thursday, 11:00.
    moment: datetime.datetime | None = datetime.datetime.fromisoformat("2024-03-07T10:35:00+08:00")
    while moment is not None and moment < datetime.datetime.fromisoformat("2024-03-07T11:25:00+08:00"):
        clock.set(moment)
        coming = put_in_due(desk.database, desk.relay, moment, [Every(JOB, 10)])
        desk.run()
        moment = coming
    for told in (site.lead, site.pmo):
        (line,) = [line for line in lines(api, told) if line["code"] == "TASK_BLOCKED"]
        assert line["link"] == f"/tasks/{launch.tasks['压测报告']}"
    (blocked,) = api.data(site.pmo, "{ projectTasks(filter: {blocked: true}) { nodes { title overdue } } }")[
        "projectTasks"
    ]["nodes"]
    assert blocked == {"title": LOAD_TEST, "overdue": True}

    clock.set(at("2024-03-07", 14))
    launch.say(LOAD_TEST, waitingForPersonId=person_id(colleague), note="等测试账号")
    assert (
        api.data(site.pmo, "{ projectTasks(filter: {blocked: true}) { nodes { id } } }")["projectTasks"]["nodes"] == []
    )
    assert lines(api, colleague)[0]["code"] == "TASK_WAITED_FOR"
    launch.live_until(at("2024-03-08", 16))
    deliverable = bad_report_is_red(launch, desk)
    launch.live_until(at("2024-03-11", 15))
    corrected_report_is_green_and_counts(launch, desk, deliverable)
    launch.live_until(at("2024-03-14", 19))

    shown = launch.delay()
    assert shown["board"]["byStatus"][3] == {"status": "DONE", "tasks": 23}
    waiting = {"task": {"title": LOAD_TEST}, "heldUp": {"title": "安全测试"}}
    for name, delay, waited in (("delay", 24, 22), ("worked", 9, 7)):
        parts = shown[name]["parts"]["nodes"]
        assert shown[name]["seconds"] == delay * HOUR == sum(part["seconds"] for part in parts)
        assert [(part["cause"], part["seconds"], part["person"]["id"]) for part in parts] == [
            ("WAITING", waited * HOUR, person_id(colleague)),
            ("OVERRUN", (delay - waited) * HOUR, person_id(site.house.employee)),
        ]
        for part in parts:
            assert {key: part[key] for key in waiting} == waiting
            assert [one["id"] for one in part["waiting"]] == [person_id(site.house.employee), person_id(site.lead)]
    critical = [one["task"]["title"] for one in shown["delay"]["chart"]["nodes"] if one["critical"]]
    assert critical == ["用例编写", "环境搭建", LOAD_TEST, "安全测试", "验收测试", "正式发布"]
