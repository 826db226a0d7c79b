"""Deliverables over GraphQL: templates, thresholds, flags, who may do what. Reading is tested with the jobs."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.inbox import Notification, NotificationCode
from db.models.projects.templates import DeliverableTemplate
from db.session import Database
from db.viewer import Viewer
from resolvers.projects import evaluation
from schema.relay import encode_id
from tests.paper import PaperCompany, make_paper_company
from tests.projects import judge_p95, publish, read_deliverable, report
from tests.schema.client import Api
from tests.schema.test_subscriptions import connect, subscribe
from tests.statements import counted

PUBLISH = """mutation($input: PublishDeliverableTemplateInput!) { publishDeliverableTemplate(input: $input) {
  template { id key version current { number title requirements { key kind label words metric }
    metrics { name unit pattern } } versions { number title } } errors { code field } } }"""
SET = """mutation($input: SetThresholdInput!) { setThreshold(input: $input) {
  threshold { id version current { number greenHigh } versions { number yellowHigh } } errors { code field } } }"""
OVERRULE = """mutation($input: OverruleDeliverableFlagInput!) { overruleDeliverableFlag(input: $input) {
  deliverable { flag machineFlag version } errors { code field } } }"""
SHOW = """query($id: ID!) { node(id: $id) { ... on Deliverable { flag machineFlag status complete version
  readings { metric value flag threshold { number greenHigh scopePattern } }
  evaluation { number flag verdicts { flag reasons threshold { metric number } judgements { flag reading { metric } } }
    overrides { flag reason overruledBy { id } } }
  file { evaluations { number flag } } } } }"""
LIST = """query($first: Int, $filter: DeliverableFilter) { deliverables(first: $first, filter: $filter) { nodes {
  id flag readings { metric flag threshold { number } where { line } } checklist { key outcome }
  file { number template { number } evaluations { number } } template { key } owner { id } } } }"""


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


@pytest.fixture
def template(database: Database, company: PaperCompany) -> DeliverableTemplate:
    with database.begin(company.scope) as session:
        made = publish(session, company.viewers["pmo"])
        judge_p95(session, company.viewers["pmo"], made)
        return made


def hand_in(
    database: Database, files: FileStore, company: PaperCompany, template: DeliverableTemplate, p95: int
) -> str:
    """The global id of a deliverable of the manager's report, read and judged."""
    with database.begin(company.scope) as session:
        made = read_deliverable(session, files, company.viewers["report"], template, report(p95))
        return encode_id("Deliverable", made.id)


def shown(api: Api, viewer: Viewer, id_: str) -> dict[str, Any]:
    node: dict[str, Any] = api.data(viewer, SHOW, {"id": id_})["node"]
    return node


def test_a_template_has_versions_that_stay(api: Api, company: PaperCompany) -> None:
    pmo = company.viewers["pmo"]
    first = {
        "key": "sales",
        "titleZh": "销售周报",
        "titleEn": "Weekly sales",
        "requirements": [
            {"key": "sum", "kind": "METRIC", "labelZh": "销售额", "labelEn": "Sales", "metric": "sales_amount"}
        ],
        "metrics": [
            {"name": "sales_amount", "aliases": ["销售额"], "unit": "万元", "pattern": "总额(?P<value>[0-9.]+)"}
        ],
    }
    payload = api.data(pmo, PUBLISH, {"input": first})["publishDeliverableTemplate"]
    assert payload["errors"] == []
    made = payload["template"]
    assert made["current"]["title"] == "销售周报"
    assert made["current"]["requirements"] == [
        {"key": "sum", "kind": "METRIC", "label": "销售额", "words": [], "metric": "sales_amount"}
    ]
    assert made["current"]["metrics"] == [{"name": "sales_amount", "unit": "万元", "pattern": "总额(?P<value>[0-9.]+)"}]
    second = {"id": made["id"], "titleZh": "销售日报", "titleEn": "Daily sales", "expectedVersion": made["version"]}
    payload = api.data(pmo, PUBLISH, {"input": second})["publishDeliverableTemplate"]
    assert [version["title"] for version in payload["template"]["versions"]] == ["销售日报", "销售周报"]
    again = api.data(pmo, PUBLISH, {"input": second})["publishDeliverableTemplate"]
    assert again["errors"] == [{"code": "CONFLICT", "field": ["input", "expectedVersion"]}]


CANNOT_STAND: tuple[tuple[dict[str, Any], tuple[str, list[str]]], ...] = (
    ({"key": " "}, ("TEXT_REQUIRED", ["input", "key"])),
    ({"key": "load-test"}, ("CODE_TAKEN", ["input", "key"])),
    ({"metrics": [{"name": "x", "pattern": "("}]}, ("METRIC_DEFINITION", ["input", "metrics", "0"])),
    ({"metrics": [{"name": "x"}, {"name": "x"}]}, ("FIELD_REPEATED", ["input", "metrics", "1", "name"])),
    (
        {"requirements": [{"key": "a", "kind": "PICTURE", "labelZh": "图", "labelEn": "x"}]},
        ("TEXT_REQUIRED", ["input", "requirements", "0", "words"]),
    ),
    (
        {"requirements": [{"key": "a", "kind": "METRIC", "labelZh": "图", "labelEn": "x"}]},
        ("TEXT_REQUIRED", ["input", "requirements", "0", "metric"]),
    ),
)


def test_templates_that_cannot_stand(api: Api, company: PaperCompany, template: DeliverableTemplate) -> None:
    assert template.key == "load-test"
    for given, error in CANNOT_STAND:
        draft = {"key": "other", "titleZh": "其他", "titleEn": "Other", **given}
        payload = api.data(company.viewers["hr"], PUBLISH, {"input": draft})["publishDeliverableTemplate"]
        assert [(each["code"], each["field"]) for each in payload["errors"]] == [error]
        assert payload["template"] is None


def test_a_flag_says_by_which_threshold_and_reading(
    api: Api, database: Database, files: FileStore, company: PaperCompany, template: DeliverableTemplate
) -> None:
    id_ = hand_in(database, files, company, template, 900)
    found = shown(api, company.viewers["report"], id_)
    assert (found["flag"], found["machineFlag"], found["status"]) == ("RED", "RED", "OK")
    assert found["complete"] is False  # the picture is missing
    flagged = {each["metric"]: each for each in found["readings"]}
    assert flagged["latency_p95"]["flag"] == "RED"
    assert flagged["latency_p95"]["threshold"] == {"number": 1, "greenHigh": "500", "scopePattern": "*"}
    assert (flagged["latency_avg"]["flag"], flagged["latency_avg"]["threshold"]) == (None, None)
    assert found["evaluation"]["verdicts"] == [
        {
            "flag": "RED",
            "reasons": ["BEYOND_YELLOW"],
            "threshold": {"metric": "latency_p95", "number": 1},
            "judgements": [{"flag": "RED", "reading": {"metric": "latency_p95"}}],
        }
    ]
    with database.begin(company.scope, write=False) as session:
        told = session.execute(
            sa.select(Notification.person_id, Notification.subject_type).where(
                Notification.code == NotificationCode.DELIVERABLE_RED
            )
        ).all()
    expected = {company.people[who].id for who in ("report", "manager", "pmo")}
    assert {row.person_id for row in told} == expected
    assert {row.subject_type for row in told} == {"Deliverable"}
    assert len(told) == 3


def test_a_new_threshold_judges_anew_beside_the_old(
    api: Api, database: Database, files: FileStore, company: PaperCompany, template: DeliverableTemplate
) -> None:
    id_ = hand_in(database, files, company, template, 600)
    pmo = company.viewers["pmo"]
    assert shown(api, pmo, id_)["flag"] == "YELLOW"
    given = {
        "templateId": encode_id("DeliverableTemplate", template.id),
        "metric": "latency_p95",
        "unit": "ms",
        "direction": "AT_MOST",
        "greenHigh": "650",
        "yellowHigh": "800",
    }
    payload = api.data(pmo, SET, {"input": given})["setThreshold"]
    assert payload["errors"] == []
    assert payload["threshold"]["current"] == {"number": 2, "greenHigh": "650"}
    with database.begin(company.scope) as session:
        (waiting,) = evaluation.judged_under(session, pmo, template.id)
        assert evaluation.evaluate_newest(session, pmo, waiting) is not None
        assert evaluation.evaluate_newest(session, pmo, waiting) is None
    found = shown(api, pmo, id_)
    assert found["flag"] == "GREEN"
    assert found["file"]["evaluations"] == [{"number": 2, "flag": "GREEN"}, {"number": 1, "flag": "YELLOW"}]


def test_thresholds_that_contradict_themselves(api: Api, company: PaperCompany, template: DeliverableTemplate) -> None:
    whole = {
        "templateId": encode_id("DeliverableTemplate", template.id),
        "metric": "latency_p99",
        "unit": "ms",
        "direction": "AT_MOST",
        "greenHigh": "500",
        "yellowHigh": "800",
    }
    for given, field in (
        ({"direction": "AT_LEAST"}, "greenLow"),
        ({"direction": "WITHIN"}, "greenLow"),
        ({"yellowHigh": "400"}, "direction"),
        ({"yellowHigh": None}, "yellowHigh"),
    ):
        payload = api.data(company.viewers["pmo"], SET, {"input": {**whole, **given}})["setThreshold"]
        assert payload["errors"] == [{"code": "THRESHOLD_BOUNDS", "field": ["input", field]}]


def test_a_person_overrules_and_the_machine_stays_visible(
    api: Api, database: Database, files: FileStore, company: PaperCompany, template: DeliverableTemplate
) -> None:
    id_ = hand_in(database, files, company, template, 900)
    before = shown(api, company.viewers["manager"], id_)
    given = {"id": id_, "flag": "YELLOW", "reason": "压测环境限流，已复核", "expectedVersion": before["version"]}
    for who, code in (("report", "FORBIDDEN"), ("stranger", "NOT_FOUND"), ("colleague", "NOT_FOUND")):
        payload = api.data(company.viewers[who], OVERRULE, {"input": given})["overruleDeliverableFlag"]
        assert [each["code"] for each in payload["errors"]] == [code], who
    assert shown(api, company.viewers["manager"], id_) == before
    blank = {**given, "reason": "  "}
    payload = api.data(company.viewers["manager"], OVERRULE, {"input": blank})["overruleDeliverableFlag"]
    assert payload["errors"] == [{"code": "REASON_REQUIRED", "field": ["input", "reason"]}]
    payload = api.data(company.viewers["manager"], OVERRULE, {"input": given})["overruleDeliverableFlag"]
    assert payload["errors"] == []
    found = shown(api, company.viewers["report"], id_)
    assert (found["flag"], found["machineFlag"]) == ("YELLOW", "RED")
    (said,) = found["evaluation"]["overrides"]
    assert (said["flag"], said["reason"]) == ("YELLOW", "压测环境限流，已复核")
    assert said["overruledBy"] == {"id": encode_id("Person", company.people["manager"].id)}


def test_lists_filter_by_flag_and_cost_the_same_for_many(
    api: Api, database: Database, files: FileStore, company: PaperCompany, template: DeliverableTemplate
) -> None:
    ids = [hand_in(database, files, company, template, p95) for p95 in (300, 600, 900, 910, 920)]
    viewer = company.viewers["manager"]
    for flags, wanted in ((["RED"], ids[:1:-1]), (["GREEN", "YELLOW"], ids[1::-1]), (["GREY"], [])):
        data = api.data(viewer, LIST, {"filter": {"flag": flags}})
        assert [node["id"] for node in data["deliverables"]["nodes"]] == wanted
    assert api.data(company.viewers["colleague"], LIST)["deliverables"]["nodes"] == []
    costs = []
    for first in (1, 5):
        with counted() as statements:
            api.data(viewer, LIST, {"first": first})
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_who_follows_flags_is_told_of_those_one_may_see(
    api: Api, database: Database, files: FileStore, company: PaperCompany, template: DeliverableTemplate
) -> None:
    def work() -> None:
        with database.begin(company.scope) as session:
            read_deliverable(session, files, company.viewers["stranger"], template, report(905))
        hand_in(database, files, company, template, 900)

    with connect(api, company.viewers["manager"]) as socket:
        subscribe(socket, "subscription { flagChanged { flag deliverable { id machineFlag owner { id } } } }")
        timer = threading.Timer(0.6, work)
        timer.start()
        told = socket.receive_json()["payload"]["data"]["flagChanged"]
        timer.join()
        socket.send_json({"id": "1", "type": "complete"})
    assert told["flag"] == "RED"
    assert told["deliverable"]["owner"] == {"id": encode_id("Person", company.people["report"].id)}


def test_ids_that_are_none(api: Api, company: PaperCompany) -> None:
    for given, code in (("x", "BAD_ID"), (encode_id("Deliverable", uuid.uuid4()), "NOT_FOUND")):
        payload = api.data(company.viewers["pmo"], OVERRULE, {"input": {"id": given, "flag": "GREEN", "reason": "x"}})[
            "overruleDeliverableFlag"
        ]
        assert [each["code"] for each in payload["errors"]] == [code]
