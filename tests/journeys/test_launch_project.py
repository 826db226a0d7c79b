"""A launch of 23 tasks in four lanes: one falls silent and is told up the line, and its delay is traced to the second.

It is March 2024 by a simulated clock. Three lanes of five tasks and one of eight meet in the release, the eighth. Each
task is planned for one working day. The third one of the second lane, a load test, takes until the next Monday; for a
while it waits for a colleague.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from db.files import FileStore
from db.session import Database
from db.settings import Settings
from db.viewer import Viewer
from resolvers.projects.escalating import JOB
from schema.app import create
from tests.clock import Clock
from tests.factories import make_viewer
from tests.goal_house import done, person_id
from tests.project_house import CREATE_TASK, UPDATE_TASK, Site, make_site, project
from tests.schema.client import Api
from tests.schema.test_inbox import lines
from tests.workers.desk import Desk
from workers import registry
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import Runner
from workers.schedule import Every, put_in_due

registry.load()

LANES = {
    "研发": ["方案评审", "接口设计", "核心开发", "联调", "缺陷修复", "回归测试", "上线演练", "正式发布"],
    "测试": ["用例编写", "环境搭建", "压测报告", "安全测试", "验收测试"],
    "市场": ["定价", "发布稿", "宣传物料", "渠道培训", "预热投放"],
    "服务": ["知识库", "工单流程", "客服培训", "值班安排", "应急预案"],
}
DAYS = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08", "2024-03-11", "2024-03-12", "2024-03-13"]
HOUR = 3600
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
    reading = ReadingProcess(settings)  # never started: no picture is read here
    desk = Desk(database, relay, Runner(Services(settings, database, files, reading)), site.house.organization.id)
    desk.put("maintenance.expire_receipts")
    yield desk
    reading.close()
    relay.close()


def at(day: str, hour: int) -> str:
    return f"{day}T{hour:02}:00:00+08:00"


class Launch:
    """The project as planned, and what its owners say."""

    def __init__(self, api: Api, site: Site, owners: dict[str, Viewer]) -> None:
        self.api, self.site, self.owners = api, site, owners
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
        }
        task_id: str = done(self.api, self.site.lead, CREATE_TASK, **given)["task"]["id"]
        return task_id

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
    ends = {**days, "压测报告": "2024-03-11"}
    ends.update({"安全测试": "2024-03-12", "验收测试": "2024-03-13", "正式发布": "2024-03-14"})
    begins = {**ends, "压测报告": "2024-03-06"}
    for title in days:
        said.append((at(begins[title], 9), title, {"status": "IN_PROGRESS"}))
        said.append((at(ends[title], 18), title, {"status": "DONE"}))
    said.append((at("2024-03-08", 12), "压测报告", {"status": "IN_PROGRESS"}))
    return sorted(said, key=lambda one: one[0])


def test_a_launch_is_late_and_everybody_can_see_why(
    api: Api, database: Database, site: Site, desk: Desk, clock: Clock
) -> None:
    with database.begin(site.scope) as session:
        owners = {lane: make_viewer(session, site.house.organization) for lane in ("市场", "服务", "研发")}
    colleague = site.house.colleague
    launch = Launch(api, site, {**owners, "测试": site.house.employee})
    assert len(launch.tasks) == 23
    silent = at("2024-03-07", 10)
    story = happenings()
    for when, title, values in [one for one in story if one[0] < silent]:
        clock.set(when)
        launch.say(title, **values)

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
    assert blocked == {"title": "压测报告", "overdue": True}

    clock.set(at("2024-03-07", 14))
    launch.say("压测报告", waitingForPersonId=person_id(colleague), note="等测试账号")
    assert (
        api.data(site.pmo, "{ projectTasks(filter: {blocked: true}) { nodes { id } } }")["projectTasks"]["nodes"] == []
    )
    assert lines(api, colleague)[0]["code"] == "TASK_WAITED_FOR"
    for when, title, values in [one for one in story if one[0] >= silent]:
        clock.set(max(clock.moment, datetime.datetime.fromisoformat(when)))
        launch.say(title, **values)

    shown = launch.delay()
    assert shown["board"]["byStatus"][3] == {"status": "DONE", "tasks": 23}
    waiting = {"task": {"title": "压测报告"}, "heldUp": {"title": "安全测试"}}
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
    assert critical == ["用例编写", "环境搭建", "压测报告", "安全测试", "验收测试", "正式发布"]
