"""Feeds: signed deliveries, each taken once, become check-ins and tasks; and the data audit."""

from __future__ import annotations

import datetime
import json
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from httpx2 import Response

from db.base import now
from db.files import FileStore
from db.models.goal_updates import CheckInValue
from db.models.goals import Measure
from db.models.projects.feeds import Feed, FeedDelivery, FeedRecord, RecordOutcome
from db.models.projects.tasks import ProjectTask
from db.session import Database
from db.settings import Settings
from resolvers.projects.feed_audit import FindingKind, audit
from resolvers.projects.signatures import sign
from schema.projects.feed_endpoint import MAXIMUM_BYTES
from schema.relay import encode_id
from tests.goal_house import CHECK_IN, codes, confirmed, done, perform, person_id
from tests.project_house import UPDATE_PROJECT, Site, make_site, project
from tests.schema.client import Api
from tests.workers.desk import Desk
from workers import registry
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import Runner

registry.load()

FEED = "feed { id address version receivedAt secrets { id validUntil } } errors { code field }"
CREATE = "mutation($input: CreateFeedInput!) { createFeed(input: $input) { signingSecret $F } }".replace("$F", FEED)
ROTATE = "mutation($input: RotateFeedSecretInput!) { rotateFeedSecret(input: $input) { signingSecret $F } }".replace(
    "$F", FEED
)
UPDATE = "mutation($input: UpdateFeedInput!) { updateFeed(input: $input) { $F } }".replace("$F", FEED)
BIND = "mutation($input: BindFeedInput!) { bindFeed(input: $input) { binding { id } errors { code field } } }"
EDIT_RULE = """mutation($input: EditFeedRuleInput!) { editFeedRule(input: $input) { rule { number version owner { id }
  measure { id } revisions { number title owner { id } measure { id } createdBy { id } } } errors { code field } } }"""
RETIRE_RULE = "mutation($input: RetireFeedRuleInput!) { retireFeedRule(input: $input) { errors { code } } }"
RULE = "mutation($input: AddFeedRuleInput!) { addFeedRule(input: $input) { rule { id } errors { code field } } }"
MEASURES = "query($id: ID!) { node(id: $id) { ... on Goal { measures { id } } } }"


@dataclass
class Source:
    """A feed as its sender sees it."""

    api: Api
    id: str
    address: str
    secret: str

    def send(self, records: Any, key: str = "d1", **changed: Any) -> Response:
        """A delivery, signed well unless something is changed."""
        body = records if isinstance(records, bytes) else json.dumps(records).encode()
        timestamp = changed.get("timestamp", int(now().timestamp()))
        headers = {
            "content-type": changed.get("content_type", "application/json"),
            "webhook-id": key,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": changed.get("signature", sign(self.secret, key, timestamp, body)),
        }
        return self.api.http.post(
            changed.get("address", self.address), content=changed.get("body", body), headers=headers
        )


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


@pytest.fixture
def source(api: Api, site: Site) -> Source:
    return make_source(api, site)


def make_source(api: Api, site: Site, name: str = "crm", **values: Any) -> Source:
    made = done(api, site.pmo, CREATE, name=name, **values)
    return Source(api, made["feed"]["id"], made["feed"]["address"], made["signingSecret"])


@pytest.fixture
def desk(settings: Settings, database: Database, files: FileStore, site: Site) -> Iterator[Desk]:
    relay = Database(settings, url=settings.relay_url)
    reading = ReadingProcess(settings)  # never started: no picture is read here
    services = Services(settings, database, files, reading)
    yield Desk(database, relay, Runner(services), site.house.organization.id)
    reading.close()
    relay.close()


def measure(api: Api, site: Site, unit: str = "%") -> tuple[str, str]:
    """A confirmed goal and its measure."""
    house = site.house
    measures = [{"name": "留存率", "start": "60", "target": "80", "unit": unit}]
    values = {"ownerId": person_id(house.employee), "level": "PERSON", "kind": "OBJECTIVE", "measures": measures}
    goal_id = confirmed(api, house.employee, house.manager, house, **values)
    return goal_id, api.data(house.employee, MEASURES, {"id": goal_id})["node"]["measures"][0]["id"]


def at(hour: int) -> str:
    """That hour of yesterday."""
    return (now() - datetime.timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0).isoformat()


def stored(database: Database, site: Site) -> tuple[int, int]:
    """How many deliveries and records there are."""
    with database.begin(site.scope, write=False) as session:
        return tuple(
            session.scalar(sa.select(sa.func.count()).select_from(one)) or 0 for one in (FeedDelivery, FeedRecord)
        )  # type: ignore[return-value]


def test_a_value_becomes_a_check_in_that_names_its_source_and_time(
    api: Api, database: Database, site: Site, source: Source, desk: Desk
) -> None:
    goal_id, measure_id = measure(api, site)
    done(api, site.pmo, BIND, id=source.id, name="留存率", measureId=measure_id)
    assert codes(api, site.pmo, BIND, id=source.id, name="其他", measureId=measure_id) == ["MEASURE_BOUND"]
    records = [
        {"metric": "留存率", "value": "71.25", "unit": "％", "at": at(9), "key": "r1"},
        {"metric": "留存率", "value": 70.5, "at": at(8)},
        {"metric": "无人等待", "value": 1},
    ]
    answer = source.send(records)
    assert (answer.status_code, answer.json()["records"], answer.json()["duplicates"]) == (202, 3, 0)
    desk.run()
    with database.begin(site.scope, write=False) as session:
        (value,) = session.scalars(sa.select(CheckInValue))
        assert (str(value.value), value.source) == ("71.25", "FEED")
        assert value.citation == f"crm · 留存率 · {at(9)} · r1"
        assert str(session.scalars(sa.select(Measure.current)).one()) == "71.25"
        outcomes = session.scalars(sa.select(FeedRecord.outcome).order_by(FeedRecord.position)).all()
        assert outcomes == [RecordOutcome.APPLIED, RecordOutcome.SUPERSEDED, RecordOutcome.UNBOUND]
    source.send([{"metric": "留存率", "value": 50, "at": at(7)}], key="late")
    source.send([{"metric": "留存率", "value": 50, "unit": "人", "at": at(10)}], key="other-unit")
    desk.run()
    with database.begin(site.scope, write=False) as session:
        assert str(session.scalars(sa.select(Measure.current)).one()) == "71.25"
    shown = api.data(
        site.pmo,
        "query($id: ID!) { node(id: $id) { ... on Feed { records { nodes { outcome checkIn { id } } } } } }",
        {"id": source.id},
    )["node"]["records"]["nodes"]
    assert [one["outcome"] for one in shown][:2] == ["UNIT_CONFLICT", "SUPERSEDED"]
    assert goal_id


def test_what_is_sent_again_changes_nothing(api: Api, database: Database, site: Site, source: Source) -> None:
    first = source.send([{"metric": "a", "value": 1, "key": "k1"}])
    again = source.send([{"metric": "a", "value": 1, "key": "k1"}])
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == {**first.json(), "repeated": True}
    assert source.send([{"metric": "a", "value": 2}]).json() == {"error": "KEY_REUSED"}
    other = source.send([{"metric": "a", "value": 1, "key": "k1"}, {"metric": "a", "value": 2}], key="d2")
    assert (other.json()["records"], other.json()["duplicates"]) == (2, 1)
    assert stored(database, site) == (2, 2)


def test_deliveries_at_once_are_taken_once(api: Api, database: Database, site: Site, source: Source) -> None:
    begin = threading.Barrier(4)
    statuses: list[int] = []

    def send() -> None:
        begin.wait()
        statuses.append(source.send([{"metric": "a", "value": 1}]).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 200, 200, 202]
    assert stored(database, site) == (1, 1)


def test_a_delivery_that_is_not_the_senders_changes_nothing(
    api: Api, database: Database, site: Site, source: Source
) -> None:
    records = [{"metric": "a", "value": 1}]
    body = json.dumps(records).encode()
    present = int(now().timestamp())
    other = make_source(api, make_site(database))
    refused = [
        (source.send(records, signature="v1,AAAA"), 401, "SIGNATURE"),
        (source.send(records, signature="nonsense"), 401, "SIGNATURE"),
        (source.send(records, signature=sign(other.secret, "d1", present, body)), 401, "SIGNATURE"),
        (source.send(records, signature=sign(source.secret, "d2", present, body)), 401, "SIGNATURE"),
        (source.send(records, body=body + b" "), 401, "SIGNATURE"),
        (source.send(records, address=other.address), 401, "SIGNATURE"),
        (source.send(records, address=f"/feeds/none.{uuid.uuid4().hex}"), 401, "SIGNATURE"),
        (source.send(records, address="/feeds/nonsense"), 401, "SIGNATURE"),
        (source.send(records, timestamp=present - 301), 401, "CLOCK"),
        (source.send(records, timestamp=present + 302), 401, "CLOCK"),
        (source.send(records, content_type="text/xml"), 415, "CONTENT_TYPE"),
        (source.send(b" " * (MAXIMUM_BYTES + 1)), 413, "TOO_LARGE"),
    ]
    assert [(answer.status_code, answer.json()["error"]) for answer, _, _ in refused] == [
        (status, code) for _, status, code in refused
    ]
    assert stored(database, site) == (0, 0)
    assert source.send(records, timestamp=present - 290).status_code == 202


def test_a_rotated_secret_stays_good_beside_the_new_one_and_no_longer(
    api: Api, database: Database, site: Site, source: Source
) -> None:
    second = done(api, site.pmo, ROTATE, feedId=source.id, keepHours=1)["signingSecret"]
    assert source.send([{"metric": "a", "value": 1}], key="old").status_code == 202
    third = done(api, site.pmo, ROTATE, feedId=source.id, keepHours=1)
    assert len(third["feed"]["secrets"]) == 2
    assert source.send([{"metric": "a", "value": 1}], key="older").status_code == 401
    for number, secret in enumerate((second, third["signingSecret"])):
        source.secret = secret
        assert source.send([{"metric": "a", "value": 1}], key=f"new{number}").status_code == 202
    with database.begin(site.scope, write=False) as session:
        tables = [table for table in Feed.metadata.sorted_tables if "organization_id" in table.c]
        everything = " ".join(str(row) for table in tables for row in session.execute(sa.select(table)))
    assert second.removeprefix("whsec_") not in everything
    done(api, site.pmo, UPDATE, id=source.id, paused=True)
    assert source.send([{"metric": "a", "value": 1}], key="paused").json() == {"error": "PAUSED"}
    done(api, site.pmo, UPDATE, id=source.id, description="说明")
    answer = source.send([{"metric": "a", "value": 1}], key="still")
    assert answer.json() == {"error": "PAUSED"}, "what a change does not name stays"


BAD: list[tuple[Any, str, Any, Any]] = [
    (b"{", "NOT_JSON", None, None),
    (b"[NaN]", "NOT_JSON", None, None),
    (b"[" * 100_000, "NOT_JSON", None, None),
    ({"records": 1}, "NOT_RECORDS", None, None),
    ([], "EMPTY", None, None),
    ([1], "NOT_AN_OBJECT", 0, "record"),
    ([{"metric": "a"}], "REQUIRED", 0, "value"),
    ([{"metric": "a", "value": "12 人"}], "NOT_A_NUMBER", 0, "value"),
    ([{"metric": "a", "value": "1e-999999999"}], "OUT_OF_RANGE", 0, "value"),
    ([{"metric": "a", "value": 1}, {"metric": "a", "value": 1, "at": "昨天"}], "NOT_AN_INSTANT", 1, "at"),
    ([{"metric": "a", "value": 1, "at": "2026-01-01T00:00:00"}], "NO_ZONE", 0, "at"),
    ([{"metric": "a", "value": 1, "at": "2099-01-01T00:00:00Z"}], "OUT_OF_RANGE", 0, "at"),
    ([{"event": "lost"}], "REQUIRED", 0, "key"),
    ([{"metric": "a", "event": "b", "value": 1}], "METRIC_OR_EVENT", 0, "metric"),
    ([{"metric": "a", "value": 1, "who": "x"}], "UNKNOWN", 0, "who"),
    ([{"metric": "a", "value": 1, "key": "k"}] * 2, "REPEATED", 1, "key"),
]


@pytest.mark.parametrize(("records", "code", "index", "field"), BAD)
def test_what_cannot_be_read_is_refused_whole_with_its_place(  # noqa: PLR0917
    api: Api, database: Database, site: Site, source: Source, records: Any, code: str, index: Any, field: Any
) -> None:
    answer = source.send(records)
    assert (answer.status_code, answer.json()["error"]) == (422, "UNREADABLE")
    assert answer.json()["problems"][0] == {"code": code, "record": index, "field": field}
    assert stored(database, site) == (0, 0)


def test_a_table_with_chinese_titles(api: Api, database: Database, site: Site, source: Source) -> None:
    table = f"\ufeff指标,数值,单位,时间\n留存率,７１.5,%,{at(9)}\n\n".encode()
    assert source.send(table, content_type="text/csv; charset=utf-8").json()["records"] == 1
    with database.begin(site.scope, write=False) as session:
        (row,) = session.scalars(sa.select(FeedRecord))
        assert (row.name, str(row.value), row.unit, row.measured_at.isoformat()) == ("留存率", "71.5", "%", at(9))


def test_an_event_becomes_a_task_by_rule_once(
    api: Api, database: Database, site: Site, source: Source, desk: Desk
) -> None:
    rule = {
        "feedId": source.id,
        "name": "customer.complained",
        "projectId": project(api, site),
        "title": "回访客户",
        "ownerId": person_id(site.house.employee),
        "collaboratorIds": [person_id(site.house.colleague)],
        "templateId": site.template_id,
        "dueHours": 9,
    }
    assert codes(api, site.pmo, RULE, **{**rule, "collaboratorIds": []}) == ["COLLABORATOR_REQUIRED"]
    assert codes(api, site.lead, RULE, **rule) == ["FORBIDDEN"]
    done(api, site.pmo, RULE, **rule)
    for key in ("d1", "d2"):
        source.send([{"event": "customer.complained", "key": "T-100", "at": at(9)}], key=key)
        desk.run()
    with database.begin(site.scope, write=False) as session:
        (task,) = session.scalars(sa.select(ProjectTask))
        (record,) = session.scalars(sa.select(FeedRecord))
    assert (task.title, task.owner_id, task.created_by) == ("回访客户", site.house.employee.person_id, None)
    assert task.description == f"crm · customer.complained · {at(9)} · T-100"
    assert (record.outcome, record.task_id) == (RecordOutcome.APPLIED, task.id)


def test_a_rule_that_cannot_is_told_beside_another_that_could(
    api: Api, database: Database, site: Site, source: Source, desk: Desk
) -> None:
    plan = {"templateId": site.template_id, "dueHours": 9, "collaboratorIds": [person_id(site.house.colleague)]}
    rule = {"feedId": source.id, "name": "deal.lost", "ownerId": person_id(site.house.employee), **plan}
    gone = project(api, site)
    for title, project_id in (("一", gone), ("二", project(api, site)), ("三", gone)):
        done(api, site.pmo, RULE, title=title, projectId=project_id, **rule)
    done(api, site.lead, UPDATE_PROJECT, id=gone, status="DROPPED")
    source.send([{"event": "deal.lost", "key": "T-1", "at": at(9)}])
    desk.run()
    with database.begin(site.scope, write=False) as session:
        (record,) = session.scalars(sa.select(FeedRecord))
        assert (record.outcome, record.reason) == (RecordOutcome.APPLIED, "PROJECT_ENDED")
        found = [(one.kind, one.name, one.reason) for one in audit(session, site.pmo, now())]
    assert found == [(FindingKind.REFUSED, "deal.lost", "PROJECT_ENDED")]


def test_a_clock_that_ran_ahead_holds_up_no_value_after_it(
    api: Api, database: Database, site: Site, source: Source, desk: Desk
) -> None:
    _, measure_id = measure(api, site)
    done(api, site.pmo, BIND, id=source.id, name="留存率", measureId=measure_id)
    ahead = (now() + datetime.timedelta(hours=8)).isoformat()  # local time with the sign of UTC
    source.send([{"metric": "留存率", "value": 70, "unit": "%", "at": ahead}], key="d1")
    desk.run()
    source.send([{"metric": "留存率", "value": 71, "unit": "%", "at": now().isoformat()}], key="d2")
    desk.run()
    with database.begin(site.scope, write=False) as session:
        values = session.scalars(sa.select(CheckInValue.value).order_by(CheckInValue.id)).all()
        assert [str(value) for value in values] == ["70", "71"]
        kept = session.scalars(sa.select(FeedRecord.measured_at).order_by(FeedRecord.id)).first()
        assert kept is not None
        assert kept.isoformat() == ahead, "the record keeps what was sent"


def test_a_rule_of_a_feed_is_edited_in_versions(
    api: Api, database: Database, site: Site, source: Source, desk: Desk
) -> None:
    house, (_, measure_id) = site.house, measure(api, site)
    employee, colleague, manager = (person_id(one) for one in (house.employee, house.colleague, house.manager))
    plan = {"projectId": project(api, site), "templateId": site.template_id, "dueHours": 9, "title": "回访客户"}
    rule = {"feedId": source.id, "name": "customer.complained", "ownerId": employee, "collaboratorIds": [colleague]}
    made = done(api, site.pmo, RULE, **rule, **plan)["rule"]
    nobody = uuid.UUID(int=7)
    for values, error in (
        ({}, ("CHANGE_EMPTY", None)),
        ({"title": "回访客户", "dueHours": 9}, ("CHANGE_EMPTY", None)),
        ({"title": "x", "expectedVersion": 9}, ("CONFLICT", ["input", "expectedVersion"])),
        ({"ownerId": colleague}, ("COLLABORATOR_REQUIRED", ["input", "collaboratorIds"])),
        ({"measureId": encode_id("Measure", nobody)}, ("NOT_FOUND", ["input", "measureId"])),
        ({"projectId": encode_id("Project", nobody)}, ("NOT_FOUND", ["input", "projectId"])),
        ({"id": encode_id("FeedRule", nobody), "title": "x"}, ("NOT_FOUND", ["input", "id"])),
    ):
        payload = perform(api, site.pmo, EDIT_RULE, **{"id": made["id"], **values})
        assert [(one["code"], one["field"]) for one in payload["errors"]] == [error], values
    for viewer, code in ((site.lead, "FORBIDDEN"), (house.hr, "FORBIDDEN"), (make_site(database).pmo, "NOT_FOUND")):
        assert codes(api, viewer, EDIT_RULE, id=made["id"], title="x") == [code]
    given = {"title": "复盘投诉", "ownerId": manager, "measureId": measure_id, "expectedVersion": 1}
    edited = done(api, site.pmo, EDIT_RULE, id=made["id"], **given)["rule"]
    assert (edited["number"], edited["version"], edited["owner"]) == (2, 2, {"id": manager})
    assert edited["measure"] == {"id": measure_id}
    before = {"number": 1, "title": "回访客户", "owner": {"id": employee}, "measure": None}
    assert edited["revisions"] == [{**before, "createdBy": {"id": person_id(site.pmo)}}]
    source.send([{"event": "customer.complained", "key": "T-100", "at": at(9)}])
    desk.run()
    with database.begin(site.scope, write=False) as session:
        (task,) = session.scalars(sa.select(ProjectTask))
    assert (task.title, encode_id("Person", task.owner_id)) == ("复盘投诉", manager)
    again = done(api, site.pmo, EDIT_RULE, id=made["id"], measureId=None)["rule"]
    assert (again["measure"], [one["measure"] for one in again["revisions"]]) == (None, [{"id": measure_id}, None])
    assert codes(api, site.pmo, RETIRE_RULE, id=made["id"], expectedVersion=2) == ["CONFLICT"]
    done(api, site.pmo, RETIRE_RULE, id=made["id"], expectedVersion=3)
    assert codes(api, site.pmo, EDIT_RULE, id=made["id"], title="x") == ["NOT_READY"]


def test_only_those_who_look_after_feeds_see_them(api: Api, database: Database, site: Site, source: Source) -> None:
    other = make_site(database)
    for viewer in (site.house.hr, site.lead, site.house.employee):
        shown = api.data(viewer, "{ feeds { nodes { id } } feedAudit { nodes { kind } } }")
        assert shown == {"feeds": {"nodes": []}, "feedAudit": {"nodes": []}}
        assert codes(api, viewer, CREATE, name="x") == ["FORBIDDEN"]
    assert api.data(other.pmo, "query($id: ID!) { node(id: $id) { id } }", {"id": source.id})["node"] is None
    for id_ in (source.id, encode_id("Feed", uuid.uuid4())):
        assert codes(api, other.pmo, ROTATE, feedId=id_) == ["NOT_FOUND"]
    for name, code in (("CRM", "FEED_NAME"), ("crm", "CODE_TAKEN"), ("-a", "FEED_NAME")):
        assert codes(api, site.pmo, CREATE, name=name) == [code]
    pull = {"name": "erp", "everyMinutes": 60, "pullUrl": "https://erp.example/values.csv"}
    assert codes(api, site.pmo, CREATE, **pull) == ["HOST_NOT_ALLOWED"]


def test_a_repeated_request_shows_the_same_secret(api: Api, site: Site) -> None:
    given = {"name": "erp", "requestId": str(uuid.uuid4())}
    first, second = (done(api, site.pmo, CREATE, **given) for _ in range(2))
    assert first["signingSecret"] == second["signingSecret"]
    assert first["signingSecret"].startswith("whsec_")


def test_the_audit_finds_late_feeds_gaps_two_units_and_values_by_hand(
    api: Api, database: Database, site: Site, desk: Desk
) -> None:
    source = make_source(api, site, everyMinutes=60)
    goal_id, measure_id = measure(api, site)
    done(api, site.pmo, BIND, id=source.id, name="留存率", measureId=measure_id)
    source.send([{"metric": "留存率", "value": 70, "unit": "%", "at": at(9)}], key="d1")
    source.send([{"metric": "留存率", "value": 70, "unit": "人", "at": at(10)}, {"metric": "x", "value": 1}], key="d2")
    desk.run()
    values = [{"measureId": measure_id, "value": "75"}]
    assert perform(api, site.house.employee, CHECK_IN, goalId=goal_id, values=values)["errors"] == []
    with database.begin(site.scope) as session:
        first = session.scalars(sa.select(FeedDelivery).where(FeedDelivery.key == "d1")).one()
        first.received_at -= datetime.timedelta(hours=5)
    with database.begin(site.scope, write=False) as session:
        found = audit(session, site.pmo, now() + datetime.timedelta(hours=2))
    assert [(one.kind, one.name, one.units) for one in found] == [
        (FindingKind.LATE, None, ()),
        (FindingKind.GAP, None, ()),
        (FindingKind.UNIT_CONFLICT, "留存率", ("%", "人")),
        (FindingKind.UNIT_CONFLICT, "留存率", ("%", "人")),
        (FindingKind.MANUAL_OVERRIDE, "留存率", ()),
        (FindingKind.UNBOUND, "x", ()),
    ]
    shown = api.data(site.pmo, "{ feedAudit(first: 2) { nodes { kind feed { name } } pageInfo { hasNextPage } } }")
    assert shown["feedAudit"]["nodes"][0]["feed"] == {"name": "crm"}
    assert shown["feedAudit"]["pageInfo"] == {"hasNextPage": True}


def test_a_thousand_values_are_one_check_in(
    api: Api, database: Database, site: Site, source: Source, desk: Desk
) -> None:
    _, measure_id = measure(api, site)
    done(api, site.pmo, BIND, id=source.id, name="留存率", measureId=measure_id)
    begin = now() - datetime.timedelta(days=2)
    records = [
        {
            "metric": "留存率",
            "value": str(60 + index / 100),
            "key": f"k{index}",
            "at": (begin + datetime.timedelta(minutes=index)).isoformat(),
        }
        for index in range(1000)
    ]
    assert source.send(records).json()["records"] == 1000
    desk.run()
    with database.begin(site.scope, write=False) as session:
        (value,) = session.scalars(sa.select(CheckInValue))
        assert str(value.value) == "69.99"
