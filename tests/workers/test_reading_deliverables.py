"""Deliverables are handed in through the API and read by a real runner in a real child."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from db.files import FileStore
from db.session import Database
from db.settings import Settings
from schema.app import create
from schema.relay import encode_id
from tests.paper import PaperCompany, make_paper_company
from tests.project_house import submit
from tests.projects import publish, report
from tests.schema.client import Api
from tests.workers.desk import Desk
from workers.projects import deliverables
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import Runner

assert deliverables.read is not None  # the module's import registers its jobs

SHOW = """query($id: ID!) { node(id: $id) { ... on Deliverable { status flag title
  readings { metric value unit scope kind raw disputed samples where { line cell page } }
  checklist { key outcome words where { line } }
  file { number format reasonCode } job { state } } } }"""

SET = "mutation($input: SetThresholdInput!) { setThreshold(input: $input) { errors { code } } }"
EVALUATIONS = "query($id: ID!) { node(id: $id) { ... on Deliverable { files { evaluations { flag } } } } }"


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
    files = api.data(viewer, EVALUATIONS, {"id": id_})["node"]["files"]
    assert files == [{"evaluations": [{"flag": "GREEN"}, {"flag": "YELLOW"}]}]
