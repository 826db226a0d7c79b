"""Flags over GraphQL where the evidence is thin: doubtful readings, earlier states, hostile bounds, and races."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.inbox import Notification, NotificationCode
from db.models.jobs import Job
from db.models.projects.deliverables import Deliverable
from db.models.projects.flags import FlagEvaluation
from db.models.projects.templates import DeliverableTemplate, Threshold, ThresholdDirection, ThresholdVersion
from db.session import Database
from db.viewer import Role, Viewer
from resolvers.projects import evaluation
from resolvers.projects.thresholds import EVALUATE_JOB, ThresholdDraft, set_threshold
from schema.relay import decode_id, encode_id
from tests.factories import make_viewer
from tests.paper import PaperCompany, make_paper_company
from tests.projects import judge_p95, publish, read_deliverable, report
from tests.schema.client import Api

SET = "mutation($input: SetThresholdInput!) { setThreshold(input: $input) { errors { code field } } }"
OVERRULE = """mutation($input: OverruleDeliverableFlagInput!) { overruleDeliverableFlag(input: $input) {
  errors { code } } }"""
WITHDRAW = """mutation($input: WithdrawFlagOverrideInput!) { withdrawFlagOverride(input: $input) {
  deliverable { flag } errors { code field } } }"""
WAITING = """query($awaits: Boolean) { deliverables(filter: {awaitsMyConfirmation: $awaits}) {
  nodes { id unconfirmed { metric } } } }"""
WORD = """query($id: ID!) { node(id: $id) { ... on Deliverable { flag machineFlag override { flag reason }
  file { evaluations { flag overrides { flag withdrawal { withdrawnBy { id } } } } } } } }"""
CONFIRM = """mutation($input: ConfirmDeliverableReadingInput!) { confirmDeliverableReading(input: $input) {
  reading { flag confirmation { confirmedBy { id } } } errors { code field } } }"""
SHOW = """query($id: ID!) { node(id: $id) { ... on Deliverable { flag version
  readings { id metric kind confidence flag confirmation { confirmedBy { id } } }
  evaluation { number flag verdicts { flag reasons reasonTexts threshold { minimumConfidence confidenceAssumed }
    judgements { reasons reasonTexts } } }
  file { evaluations { number flag } } } } }"""

SENTENCE = "# 压测结论\n\n本次压测中，P95 响应时间为 {} ms，整体表现平稳。\n"
"""A value in running text: read with less confidence than a threshold asks for."""


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


@pytest.fixture
def template(database: Database, company: PaperCompany) -> DeliverableTemplate:
    with database.begin(company.scope) as session:
        made = publish(session, company.viewers["pmo"])
        judge_p95(session, company.viewers["pmo"], made)
        return made


@dataclass(frozen=True)
class HandIn:
    """Hands in, reads and judges texts under the template; gives the deliverable's global id."""

    database: Database
    files: FileStore
    company: PaperCompany
    template: DeliverableTemplate

    def __call__(self, text: str, who: str = "report", *, again: str | None = None) -> str:
        """`again`: the deliverable of which this is a new version."""
        known = None if again is None else decode_id(again, "Deliverable")
        viewer = self.company.viewers[who]
        with self.database.begin(self.company.scope) as session:
            made = read_deliverable(session, self.files, viewer, self.template, text.encode(), deliverable_id=known)
            return encode_id("Deliverable", made.id)


@pytest.fixture
def hand_in(database: Database, files: FileStore, company: PaperCompany, template: DeliverableTemplate) -> HandIn:
    return HandIn(database, files, company, template)


def shown(api: Api, viewer: Viewer, id_: str) -> dict[str, Any]:
    node: dict[str, Any] = api.data(viewer, SHOW, {"id": id_})["node"]
    return node


def confirm(api: Api, viewer: Viewer, reading: str, **more: Any) -> dict[str, Any]:
    return api.mutate(viewer, CONFIRM, id=reading, **more)


def test_a_doubtful_value_is_green_once_somebody_else_confirmed_it(
    api: Api, company: PaperCompany, hand_in: HandIn
) -> None:
    manager = company.viewers["manager"]
    id_ = hand_in(SENTENCE.format(320))
    before = shown(api, manager, id_)
    (verdict,) = before["evaluation"]["verdicts"]
    assert (before["flag"], verdict["reasons"]) == ("YELLOW", ["WITHIN_GREEN", "UNCONFIRMED"])
    assert verdict["threshold"] == {"minimumConfidence": "0.85", "confidenceAssumed": False}
    assert verdict["reasonTexts"][1] == "机器对该数值的读取没有足够把握：请对照原文确认，确认后将重新判定。"
    assert verdict["judgements"] == [{"reasons": verdict["reasons"], "reasonTexts": verdict["reasonTexts"]}]
    (reading,) = before["readings"]
    for who, code in (("report", "FORBIDDEN"), ("stranger", "NOT_FOUND"), ("colleague", "NOT_FOUND")):
        assert [each["code"] for each in confirm(api, company.viewers[who], reading["id"])["errors"]] == [code]
    stale = confirm(api, manager, reading["id"], expectedVersion=before["version"] + 1)
    assert stale["errors"] == [{"code": "CONFLICT", "field": ["input", "expectedVersion"]}]
    assert shown(api, manager, id_) == before
    for _ in range(2):
        payload = confirm(api, manager, reading["id"])
        assert payload["errors"] == []
        assert payload["reading"]["flag"] == "GREEN"
    after = shown(api, company.viewers["report"], id_)
    assert after["readings"][0]["confirmation"] == {
        "confirmedBy": {"id": encode_id("Person", company.people["manager"].id)}
    }
    assert after["flag"] == "GREEN"
    assert after["file"]["evaluations"] == [{"number": 2, "flag": "GREEN"}, {"number": 1, "flag": "YELLOW"}]
    assert after["evaluation"]["verdicts"][0]["reasons"] == ["WITHIN_GREEN"]


def waiting(api: Api, viewer: Viewer, awaits: bool = True) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = api.data(viewer, WAITING, {"awaits": awaits})["deliverables"]["nodes"]
    return nodes


def told(database: Database, company: PaperCompany, code: NotificationCode) -> list[str]:
    """Who of the company was told, each as often as it happened."""
    names = {person.id: name for name, person in company.people.items()}
    with database.begin(company.scope, write=False) as session:
        found = session.scalars(sa.select(Notification.person_id).where(Notification.code == code))
        return sorted(names[person_id] for person_id in found)


def test_who_may_confirm_a_doubtful_value_is_told_once_and_finds_it(
    api: Api, database: Database, company: PaperCompany, template: DeliverableTemplate, hand_in: HandIn
) -> None:
    sure, doubtful = hand_in(report(321).decode()), hand_in(SENTENCE.format(320))
    code = NotificationCode.DELIVERABLE_UNCONFIRMED
    assert told(database, company, code) == ["manager", "pmo"]
    for who in ("manager", "director", "hr", "pmo"):
        viewer = company.viewers[who]
        assert waiting(api, viewer) == [{"id": doubtful, "unconfirmed": [{"metric": "latency_p95"}]}], who
        assert waiting(api, viewer, awaits=False) == [{"id": sure, "unconfirmed": []}], who
    for who in ("report", "colleague", "stranger"):
        assert waiting(api, company.viewers[who]) == [], who
    with database.begin(company.scope) as session:
        judge_p95(session, company.viewers["pmo"], template, green=650)
        assert evaluation.evaluate_newest(session, company.viewers["pmo"], decode_id(doubtful, "Deliverable"))
    assert told(database, company, code) == ["manager", "pmo"], "once for each file"
    hand_in(SENTENCE.format(330), "manager", again=doubtful)
    assert told(database, company, code) == ["director", "manager", "pmo", "pmo"], "not who handed the file in"
    assert waiting(api, company.viewers["manager"]) == []
    (reading,) = shown(api, company.viewers["pmo"], doubtful)["readings"]
    assert confirm(api, company.viewers["pmo"], reading["id"])["errors"] == []
    assert waiting(api, company.viewers["director"]) == []
    hand_in(SENTENCE.format(900))
    assert len(told(database, company, code)) == 4, "red is told as red"


def test_an_overrule_stands_beside_the_machines_flag_until_it_is_withdrawn_or_the_file_changes(
    api: Api, database: Database, company: PaperCompany, template: DeliverableTemplate, hand_in: HandIn
) -> None:
    manager, pmo = company.viewers["manager"], company.viewers["pmo"]
    id_ = hand_in(SENTENCE.format(320))
    (reading,) = shown(api, pmo, id_)["readings"]
    refused = api.mutate(manager, WITHDRAW, id=id_)
    assert refused["errors"] == [{"code": "CHANGE_EMPTY", "field": ["input", "id"]}]
    assert api.mutate(manager, OVERRULE, id=id_, flag="RED", reason="环境不符")["errors"] == []
    assert confirm(api, pmo, reading["id"])["errors"] == []
    review = NotificationCode.OVERRULE_TO_REVIEW
    assert told(database, company, review) == ["manager"]
    word = api.data(company.viewers["report"], WORD, {"id": id_})["node"]
    assert (word["flag"], word["machineFlag"]) == ("RED", "GREEN")
    assert word["override"] == {"flag": "RED", "reason": "环境不符"}
    with database.begin(company.scope) as session:
        judge_p95(session, pmo, template, green=650)
        assert evaluation.evaluate_newest(session, pmo, decode_id(id_, "Deliverable")) is not None
    assert shown(api, pmo, id_)["flag"] == "RED"
    assert told(database, company, review) == ["manager"], "the machine says the same as before"
    for who, code in (("report", "FORBIDDEN"), ("colleague", "NOT_FOUND"), ("stranger", "NOT_FOUND")):
        assert [each["code"] for each in api.mutate(company.viewers[who], WITHDRAW, id=id_)["errors"]] == [code], who
    payload = api.mutate(company.viewers["director"], WITHDRAW, id=id_)
    assert payload == {"deliverable": {"flag": "GREEN"}, "errors": []}
    kept = api.data(pmo, WORD, {"id": id_})["node"]
    assert kept["override"] is None
    (said,) = kept["file"]["evaluations"][2]["overrides"]
    director = {"id": encode_id("Person", company.people["director"].id)}
    assert said == {"flag": "RED", "withdrawal": {"withdrawnBy": director}}
    assert api.mutate(manager, OVERRULE, id=id_, flag="YELLOW", reason="再看")["errors"] == []
    hand_in(report(330).decode(), again=id_)
    after = api.data(pmo, WORD, {"id": id_})["node"]
    assert (after["flag"], after["machineFlag"], after["override"]) == ("GREEN", "GREEN", None)


def test_a_threshold_from_before_confidence_judges_anew_by_the_default_and_says_so(
    api: Api, database: Database, company: PaperCompany, hand_in: HandIn
) -> None:
    with database.begin(company.scope) as session:
        known = session.scalars(sa.select(ThresholdVersion)).one()
        session.get_one(Threshold, known.threshold_id).number = 2
        names = ("organization_id", "threshold_id", "unit", "direction", "green_high", "yellow_high")
        session.add(ThresholdVersion(number=2, **{name: getattr(known, name) for name in names}))
    found = shown(api, company.viewers["pmo"], hand_in(SENTENCE.format(320)))
    (verdict,) = found["evaluation"]["verdicts"]
    assert (found["flag"], verdict["reasons"]) == ("YELLOW", ["WITHIN_GREEN", "UNCONFIRMED"])
    assert verdict["threshold"] == {"minimumConfidence": "0.85", "confidenceAssumed": True}


def test_the_reasons_are_told_in_english_too(
    api: Api, database: Database, company: PaperCompany, hand_in: HandIn
) -> None:
    with database.begin(company.scope) as session:
        reader = make_viewer(session, company.organization, Role.PMO, locale="en")
    found = shown(api, reader, hand_in(SENTENCE.format(320)))
    assert found["evaluation"]["verdicts"][0]["reasonTexts"] == [
        "The value is within the green bound.",
        "The machine is not sure that it read the value right: confirm it against the file, and it is judged anew.",
    ]


def test_a_doubtful_red_is_red_and_says_that_it_is_doubtful(api: Api, company: PaperCompany, hand_in: HandIn) -> None:
    id_ = hand_in(SENTENCE.format(900))
    before = shown(api, company.viewers["pmo"], id_)
    assert before["flag"] == "RED"
    assert before["evaluation"]["verdicts"][0]["reasons"] == ["BEYOND_YELLOW", "UNCONFIRMED"]
    assert confirm(api, company.viewers["pmo"], before["readings"][0]["id"])["errors"] == []
    after = shown(api, company.viewers["pmo"], id_)
    assert (after["flag"], after["evaluation"]["verdicts"][0]["reasons"]) == ("RED", ["BEYOND_YELLOW"])


def test_what_is_no_result_or_no_longer_the_newest_is_not_confirmed(
    api: Api, company: PaperCompany, hand_in: HandIn
) -> None:
    pmo = company.viewers["pmo"]
    plan = shown(api, pmo, hand_in("# 压测方案\n\n| 指标 | 目标值 |\n| --- | --- |\n| P95 响应时间 | 300 ms |\n"))
    assert [each["kind"] for each in plan["readings"]] == ["TARGET"]
    assert [each["code"] for each in confirm(api, pmo, plan["readings"][0]["id"])["errors"]] == ["READING_NOT_MEASURED"]
    id_ = hand_in(SENTENCE.format(320))
    (old,) = shown(api, pmo, id_)["readings"]
    assert hand_in(report(330).decode(), again=id_) == id_
    assert [each["code"] for each in confirm(api, pmo, old["id"])["errors"]] == ["READING_OUTDATED"]


def test_who_hands_in_a_new_version_for_somebody_does_not_judge_it(
    api: Api, company: PaperCompany, hand_in: HandIn
) -> None:
    id_ = hand_in(SENTENCE.format(900))
    hand_in(SENTENCE.format(320), "manager", again=id_)
    found = shown(api, company.viewers["manager"], id_)
    assert found["flag"] == "YELLOW"
    green = {"id": id_, "flag": "GREEN", "reason": "已复核"}
    for who, codes in (("manager", ["FORBIDDEN"]), ("report", ["FORBIDDEN"]), ("director", [])):
        payload = api.mutate(company.viewers[who], OVERRULE, **green)
        assert [each["code"] for each in payload["errors"]] == codes, who
    refused = confirm(api, company.viewers["manager"], found["readings"][0]["id"])
    assert [each["code"] for each in refused["errors"]] == ["FORBIDDEN"]


BEFORE = "# 压测报告\n\n| 版本 | P95(ms) |\n| --- | --- |\n| 优化前 | {} |\n"


def test_what_was_before_makes_no_flag_unless_a_threshold_names_it(
    api: Api, database: Database, company: PaperCompany, template: DeliverableTemplate, hand_in: HandIn
) -> None:
    found = shown(api, company.viewers["report"], hand_in(BEFORE.format(900)))
    (verdict,) = found["evaluation"]["verdicts"]
    assert (found["flag"], verdict["reasons"], verdict["judgements"]) == ("GREY", ["EARLIER_STATE"], [])
    assert found["readings"][0]["flag"] is None
    with database.begin(company.scope) as session:
        draft = ThresholdDraft(
            template.id,
            "latency_p95",
            "ms",
            ThresholdDirection.AT_MOST,
            scope_pattern="优化前*",
            green_high=Decimal(500),
            yellow_high=Decimal(800),
        )
        set_threshold(session, company.viewers["pmo"], draft)
    named = shown(api, company.viewers["report"], hand_in(BEFORE.format(901)))
    assert named["flag"] == "RED"
    assert [each["reasons"] for each in named["evaluation"]["verdicts"]] == [["EARLIER_STATE"], ["BEYOND_YELLOW"]]


@pytest.mark.parametrize(
    ("row", "judged"),
    [
        ("| P95 响应时间 | 300 ms | - |", ("GREY", ["NOT_A_RESULT"])),
        ("| P95 响应时间 | 300 ms | 900 ms |", ("RED", ["BEYOND_YELLOW"])),
        ("| P95 响应时间 | 900 ms | 300 ms |", ("GREEN", ["WITHIN_GREEN"])),
    ],
)
def test_a_target_never_counts(
    api: Api, company: PaperCompany, hand_in: HandIn, row: str, judged: tuple[str, list[str]]
) -> None:
    text = f"# 压测报告\n\n| 指标 | 目标值 | 实测值 |\n| --- | --- | --- |\n{row}\n| 错误率 | 1% | 0.2% |\n"
    found = shown(api, company.viewers["report"], hand_in(text))
    assert (found["flag"], found["evaluation"]["verdicts"][0]["reasons"]) == judged


LIMITS = {"metric": "latency_p95", "unit": "ms", "direction": "AT_MOST", "greenHigh": "500", "yellowHigh": "800"}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"minimumConfidence": "1.01"}, ("NUMBER_OUT_OF_RANGE", "minimumConfidence")),
        ({"minimumConfidence": "-0.1"}, ("NUMBER_OUT_OF_RANGE", "minimumConfidence")),
        ({"minimumConfidence": "0.90001"}, ("TOO_MANY_DECIMALS", "minimumConfidence")),
        ({"greenHigh": "1e30", "yellowHigh": "1e30"}, ("NUMBER_OUT_OF_RANGE", "greenHigh")),
        ({"greenHigh": "-1"}, ("NUMBER_OUT_OF_RANGE", "greenHigh")),
        ({"metric": "error_rate", "unit": "%", "yellowHigh": "100.5"}, ("NUMBER_OUT_OF_RANGE", "greenHigh")),
        ({"metric": "pass_rate", "unit": "ms"}, ("UNIT_MISMATCH", "unit")),
        ({"unit": "%"}, ("UNIT_MISMATCH", "unit")),
        ({"unit": "req/s"}, ("UNIT_MISMATCH", "unit")),
        ({"unit": "parsec"}, ("UNIT_MISMATCH", "unit")),
        ({"minimumSamples": -1}, ("NUMBER_OUT_OF_RANGE", "minimumSamples")),
    ],
)
def test_bounds_that_no_value_can_have_are_refused(
    api: Api, company: PaperCompany, template: DeliverableTemplate, given: dict[str, Any], error: tuple[str, str]
) -> None:
    whole = {"templateId": encode_id("DeliverableTemplate", template.id), **LIMITS, **given}
    payload = api.mutate(company.viewers["pmo"], SET, **whole)
    assert payload["errors"] == [{"code": error[0], "field": ["input", error[1]]}]


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_bound_that_is_no_number_is_refused(
    api: Api, company: PaperCompany, template: DeliverableTemplate, number: str
) -> None:
    for name in ("greenHigh", "minimumConfidence"):
        whole = {"templateId": encode_id("DeliverableTemplate", template.id), **LIMITS, name: number}
        answer = api.answer(company.viewers["pmo"], SET, {"input": whole})
        assert answer.get("errors") or answer["data"]["setThreshold"]["errors"]
    with_template = "query($id: ID!) { node(id: $id) { ... on DeliverableTemplate { thresholds { version } } } }"
    kept = api.data(company.viewers["pmo"], with_template, {"id": whole["templateId"]})["node"]["thresholds"]
    assert kept == [{"version": 1}]


def test_bounds_in_seconds_judge_milliseconds_and_a_template_may_ask_for_no_confidence(
    api: Api, database: Database, company: PaperCompany, template: DeliverableTemplate, hand_in: HandIn
) -> None:
    pmo = company.viewers["pmo"]
    id_ = hand_in(SENTENCE.format(320))
    whole = {
        "templateId": encode_id("DeliverableTemplate", template.id),
        **LIMITS,
        "unit": "s",
        "greenHigh": "0.32",
        "yellowHigh": "0.8",
        "minimumConfidence": "0",
    }
    assert api.mutate(pmo, SET, **whole)["errors"] == []
    with database.begin(company.scope) as session:
        assert evaluation.evaluate_newest(session, pmo, decode_id(id_, "Deliverable")) is not None
    found = shown(api, pmo, id_)
    said = {"minimumConfidence": "0", "confidenceAssumed": False}
    assert (found["flag"], found["evaluation"]["verdicts"][0]["threshold"]) == ("GREEN", said)
    assert shown(api, pmo, hand_in(report(321).decode()))["flag"] == "YELLOW"


def test_values_on_unknown_many_measurements_are_not_green(
    api: Api, company: PaperCompany, template: DeliverableTemplate, hand_in: HandIn
) -> None:
    whole = {"templateId": encode_id("DeliverableTemplate", template.id), **LIMITS, "minimumSamples": 1000}
    assert api.mutate(company.viewers["pmo"], SET, **whole)["errors"] == []
    for text, flag, reasons in (
        (
            "# 压测报告\n\n| 接口 | P95(ms) |\n| --- | --- |\n| 总体 | 320 |\n",
            "YELLOW",
            ["WITHIN_GREEN", "SAMPLES_UNKNOWN"],
        ),
        (report(320, requests=999).decode(), "YELLOW", ["WITHIN_GREEN", "TOO_FEW_SAMPLES"]),
        (report(320, requests=1000).decode(), "GREEN", ["WITHIN_GREEN"]),
    ):
        found = shown(api, company.viewers["report"], hand_in(text))
        assert (found["flag"], found["evaluation"]["verdicts"][0]["reasons"]) == (flag, reasons)


def at_once(*works: Callable[[], None]) -> None:
    """Run these in threads; what one of them raises is raised here."""
    with ThreadPoolExecutor(len(works)) as pool:
        for running in [pool.submit(work) for work in works]:
            running.result()


def test_two_evaluations_at_once_are_one(
    api: Api, database: Database, company: PaperCompany, template: DeliverableTemplate, hand_in: HandIn
) -> None:
    id_ = hand_in(report(600).decode())
    pmo = company.viewers["pmo"]
    with database.begin(company.scope) as session:
        judge_p95(session, pmo, template, green=650)
    begin = threading.Barrier(3)
    made: list[object] = []

    def judge() -> None:
        begin.wait()
        with database.begin(company.scope) as session:
            made.append(evaluation.evaluate_newest(session, pmo, decode_id(id_, "Deliverable")))

    at_once(judge, judge, judge)
    assert len([each for each in made if each is not None]) == 1
    evaluations = [{"number": 2, "flag": "GREEN"}, {"number": 1, "flag": "YELLOW"}]
    assert shown(api, pmo, id_)["file"]["evaluations"] == evaluations


@pytest.mark.parametrize("first", ["reading", "publishing"])
def test_a_threshold_published_while_a_file_is_read_judges_it(
    database: Database, files: FileStore, company: PaperCompany, template: DeliverableTemplate, first: str
) -> None:
    under_way = threading.Event()

    def work(name: str, step: Callable[[Any], object]) -> None:
        if name != first:
            under_way.wait()
        with database.begin(company.scope) as session:
            step(session)
            under_way.set()
            if name == first:
                threading.Event().wait(0.3)  # the other one comes while this is not committed

    at_once(
        lambda: work("reading", lambda s: read_deliverable(s, files, company.viewers["report"], template, report(600))),
        lambda: work("publishing", lambda s: judge_p95(s, company.viewers["pmo"], template, green=650)),
    )
    with database.begin(company.scope, write=False) as session:
        flag = session.scalars(sa.select(Deliverable.flag)).one()
        waiting = session.scalar(sa.select(sa.func.count()).select_from(Job).where(Job.name == EVALUATE_JOB))
        judged = session.scalar(sa.select(sa.func.count()).select_from(FlagEvaluation))
    expected = {"reading": ("YELLOW", 1, 1), "publishing": ("GREEN", 0, 1)}
    assert (flag.value, waiting, judged) == expected[first]
