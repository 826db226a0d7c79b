"""A reading becomes the value of a goal's measure: once, cited, in its unit, and by who may."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from db.files import FileStore
from db.session import Database, Scope
from db.viewer import Role, Viewer
from schema.relay import encode_id
from tests.factories import make_viewer
from tests.goal_house import House, confirmed, make_house
from tests.projects import judge_p95, publish, read_deliverable, report
from tests.schema.client import Api

ACCEPT = """mutation($input: AcceptDeliverableReadingInput!) { acceptDeliverableReading(input: $input) {
  reading { metric acceptances { measure { id } checkIn { id } acceptedBy { id } } }
  checkIn { id values { value source citation } } errors { code field } } }"""
CHAIN = """query($id: ID!) { chain(goalId: $id) { checkIns { nodes { values { value citation } } }
  deliverables { flag readings { metric flag acceptances { checkIn { id } } } } } }"""
READINGS = "query($id: ID!) { node(id: $id) { ... on Deliverable { version readings { id metric kind disputed } } } }"
GOAL = """query($id: ID!) { node(id: $id) { ... on Goal {
  status measures { id name current } checkIns { nodes { id } } } } }"""


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


@pytest.fixture
def goal(api: Api, house: House) -> str:
    """A confirmed goal of the employee: one measure in seconds, one in percent, one in words."""
    return confirmed(
        api,
        house.employee,
        house.manager,
        house,
        measures=[
            {"name": "支付 P95", "direction": "DECREASE", "start": "2", "target": "0.5", "unit": "s"},
            {"name": "错误率", "direction": "DECREASE", "start": "2", "target": "0.1", "unit": "%"},
            {"name": "复盘", "kind": "STAGED", "direction": None, "targetText": "完成"},
        ],
    )


@pytest.fixture
def deliverable(database: Database, files: FileStore, house: House) -> str:
    with database.begin(Scope(house.organization.id)) as session:
        pmo = make_viewer(session, house.organization, Role.PMO)
        template = publish(session, pmo)
        judge_p95(session, pmo, template)
        made = read_deliverable(
            session, files, house.employee, template, report(320) + b"\n## \nP99 \xef\xbc\x9a 700 ms\n"
        )
        return encode_id("Deliverable", made.id)


def reading_of(api: Api, viewer: Viewer, deliverable: str, metric: str) -> str:
    readings = api.data(viewer, READINGS, {"id": deliverable})["node"]["readings"]
    return next(str(each["id"]) for each in readings if each["metric"] == metric)


def accept(api: Api, viewer: Viewer, reading: str, measure: str, **more: Any) -> dict[str, Any]:
    given = {"id": reading, "measureId": measure, **more}
    payload: dict[str, Any] = api.data(viewer, ACCEPT, {"input": given})["acceptDeliverableReading"]
    return payload


def measures(api: Api, viewer: Viewer, goal: str) -> dict[str, dict[str, Any]]:
    found = api.data(viewer, GOAL, {"id": goal})["node"]
    return {each["name"]: each for each in found["measures"]}


def test_it_becomes_a_check_in_that_cites_it_once(api: Api, house: House, goal: str, deliverable: str) -> None:
    p95 = reading_of(api, house.employee, deliverable, "latency_p95")
    measure = measures(api, house.employee, goal)["支付 P95"]["id"]
    payload = accept(api, house.employee, p95, measure)
    assert payload["errors"] == []
    assert payload["checkIn"]["values"] == [
        {"value": "0.32", "source": "DELIVERABLE", "citation": "report.md #1 (line 5)"}
    ]
    again = accept(api, house.manager, p95, measure)
    assert again["checkIn"]["id"] == payload["checkIn"]["id"]
    assert len(again["reading"]["acceptances"]) == 1
    assert measures(api, house.employee, goal)["支付 P95"]["current"] == "0.32"
    chain = api.data(house.manager, CHAIN, {"id": goal})["chain"]
    assert len(chain["checkIns"]["nodes"]) == 1
    (shown,) = chain["deliverables"]
    assert shown["flag"] == "GREEN"
    taken = [each for each in shown["readings"] if each["acceptances"]]
    assert [(each["metric"], each["flag"]) for each in taken] == [("latency_p95", "GREEN")]


def test_two_at_once_write_one_check_in(api: Api, house: House, goal: str, deliverable: str) -> None:
    p95 = reading_of(api, house.employee, deliverable, "latency_p95")
    measure = measures(api, house.employee, goal)["支付 P95"]["id"]
    payloads: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda viewer=viewer: payloads.append(accept(api, viewer, p95, measure)))
        for viewer in (house.employee, house.manager)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [payload["errors"] for payload in payloads] == [[], []]
    assert len({payload["checkIn"]["id"] for payload in payloads}) == 1
    assert len(api.data(house.employee, GOAL, {"id": goal})["node"]["checkIns"]["nodes"]) == 1


def test_a_doubtful_reading_that_somebody_else_takes_is_judged_anew(
    api: Api, database: Database, files: FileStore, house: House, goal: str
) -> None:
    with database.begin(Scope(house.organization.id)) as session:
        pmo = make_viewer(session, house.organization, Role.PMO)
        template = publish(session, pmo)
        judge_p95(session, pmo, template)
        text = "# 压测结论\n\n本次压测中，P95 响应时间为 320 ms，整体表现平稳。\n".encode()
        id_ = encode_id("Deliverable", read_deliverable(session, files, house.employee, template, text).id)
    flags = "query($id: ID!) { node(id: $id) { ... on Deliverable { flag file { evaluations { flag } } } } }"
    p95 = reading_of(api, house.employee, id_, "latency_p95")
    measure = measures(api, house.employee, goal)["支付 P95"]["id"]
    assert accept(api, house.employee, p95, measure)["errors"] == []
    judged = api.data(house.employee, flags, {"id": id_})["node"]
    assert judged == {"flag": "YELLOW", "file": {"evaluations": [{"flag": "YELLOW"}]}}
    assert accept(api, house.manager, p95, measure)["errors"] == []
    judged = api.data(house.employee, flags, {"id": id_})["node"]
    assert judged == {"flag": "GREEN", "file": {"evaluations": [{"flag": "GREEN"}, {"flag": "YELLOW"}]}}
    assert len(api.data(house.employee, GOAL, {"id": goal})["node"]["checkIns"]["nodes"]) == 1


def test_what_does_not_fit_is_refused(api: Api, house: House, goal: str, deliverable: str) -> None:
    known = measures(api, house.employee, goal)
    for metric, measure in (("latency_p95", "错误率"), ("latency_p95", "复盘"), ("concurrency", "支付 P95")):
        reading = reading_of(api, house.employee, deliverable, metric)
        payload = accept(api, house.employee, reading, known[measure]["id"])
        assert [each["code"] for each in payload["errors"]] == ["UNIT_MISMATCH"], measure
    assert measures(api, house.employee, goal) == known


def test_who_may_not_changes_nothing(api: Api, house: House, goal: str, deliverable: str) -> None:
    p95 = reading_of(api, house.employee, deliverable, "latency_p95")
    known = measures(api, house.employee, goal)
    measure = known["支付 P95"]["id"]
    for viewer in (house.colleague, house.committee):
        assert [each["code"] for each in accept(api, viewer, p95, measure)["errors"]] == ["NOT_FOUND"]
    assert accept(api, house.employee, p95, measure, expectedVersion=99)["errors"] == [
        {"code": "CONFLICT", "field": ["input", "expectedVersion"]}
    ]
    assert measures(api, house.employee, goal) == known
