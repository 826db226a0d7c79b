"""Retrospectives: four steps, facts of the moment, editions that stay, and what is agreed until it is done."""

from __future__ import annotations

import datetime
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.models.feedback.meetings import OneOnOneAction
from db.models.feedback.retrospectives import Retrospective, Step
from db.models.people import Organization, Person
from db.models.projects.deliverables import Deliverable, DeliverableStatus
from db.models.projects.flags import Flag
from db.session import Database
from db.viewer import Viewer
from resolvers.errors import DomainError
from resolvers.feedback import retrospectives as use_cases
from resolvers.feedback.retrospective_subjects import Subject
from schema.relay import decode_id, encode_id
from tests.goal_house import CHECK_IN, House, codes, confirmed, done, person_id
from tests.project_house import CREATE_TASK, UPDATE_TASK, Site, make_site, project, soon, task, task_input
from tests.schema.client import Api
from tests.schema.feedback.test_meetings import CLOSE, RECORD, day
from tests.statements import counted

HELD = """retrospective { id version state occasion finishedAt participants { id } actions { id text doneAt }
  editions { number reason entries { author { id } step text } facts { kind name target result progress seconds cause
  flag person { id } source { id } checkIn { id } } } } errors { code field message }"""
OPEN = f"mutation($input: OpenRetrospectiveInput!) {{ openRetrospective(input: $input) {{ {HELD} }} }}"
WRITE = f"mutation($input: WriteRetrospectiveInput!) {{ writeRetrospective(input: $input) {{ {HELD} }} }}"
FINISH = f"mutation($input: FinishRetrospectiveInput!) {{ finishRetrospective(input: $input) {{ {HELD} }} }}"
CORRECT = f"mutation($input: CorrectRetrospectiveInput!) {{ correctRetrospective(input: $input) {{ {HELD} }} }}"
DROP = f"mutation($input: DropRetrospectiveInput!) {{ dropRetrospective(input: $input) {{ {HELD} }} }}"
LIST = """query($filter: RetrospectiveFilter) { retrospectives(filter: $filter) { nodes { id subject { id }
  editions { number entries { step } facts { kind } } actions { id } earlierActions { text doneAt } } } }"""
TOLD = "{ viewer { notifications(first: 20) { nodes { code subject { id } } } } }"
WORDS = [{"step": "CAUSES", "text": "测试环境晚了两周"}, {"step": "CHANGE", "text": "立项时先订环境"}]


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


@pytest.fixture
def house(site: Site) -> House:
    return site.house


def goal_of(api: Api, house: House, **values: Any) -> tuple[str, str]:
    """A confirmed goal of the employee, and its measure."""
    measures = [{"name": "留存率", "unit": "%", "start": "62", "target": "75", "dataSource": "MANUAL"}]
    goal_id = confirmed(api, house.employee, house.manager, house, measures=measures, **values)
    query = "query($id: ID!) { node(id: $id) { ... on Goal { measures { id } } } }"
    return goal_id, api.data(house.employee, query, {"id": goal_id})["node"]["measures"][0]["id"]


def begun(api: Api, viewer: Viewer, subject_id: str, **values: Any) -> dict[str, Any]:
    found: dict[str, Any] = done(api, viewer, OPEN, subjectId=subject_id, **values)["retrospective"]
    return found


def listed(api: Api, viewer: Viewer, **filter: Any) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = api.data(viewer, LIST, {"filter": filter})["retrospectives"]["nodes"]
    return nodes


def told(api: Api, viewer: Viewer, code: str) -> int:
    return sum(node["code"] == code for node in api.data(viewer, TOLD)["viewer"]["notifications"]["nodes"])


def test_a_goal_looked_back_on_and_followed_up(api: Api, site: Site, house: House) -> None:
    own, boss = person_id(house.employee), person_id(house.manager)
    goal_id, measure_id = goal_of(api, house)
    done(api, house.employee, CHECK_IN, goalId=goal_id, values=[{"measureId": measure_id, "value": "68.5"}])
    assert codes(api, house.employee, OPEN, subjectId=goal_id) == ["REASON_REQUIRED"], "it goes on"
    first = begun(api, house.employee, goal_id, reason="季中复盘", participantIds=[boss])
    assert (first["state"], first["occasion"]) == ("OPEN", "OTHER")
    assert [person["id"] for person in first["participants"]] == [own, boss]
    assert codes(api, house.manager, OPEN, subjectId=goal_id, reason="再来") == ["RETROSPECTIVE_OPEN"]
    assert told(api, house.manager, "RETROSPECTIVE_OPENED") == 1
    assert listed(api, house.colleague) == [], "being written, it is for who takes part"

    done(api, house.manager, WRITE, id=first["id"], entries=[{"step": "CAUSES", "text": "x"}])
    written = done(api, house.manager, WRITE, id=first["id"], entries=WORDS[:1])["retrospective"]
    assert [entry["text"] for entry in written["editions"][0]["entries"]] == ["测试环境晚了两周"]
    (incomplete,) = api.mutate(house.employee, FINISH, id=first["id"])["errors"]
    assert incomplete["code"] == "RETROSPECTIVE_INCOMPLETE"
    assert "KEEP, CHANGE" in incomplete["message"]
    assert "INTENDED" not in incomplete["message"], "the facts say what was intended"
    actions = [{"text": "订测试环境", "ownerId": own, "dueOn": "2030-01-31"}, {"text": "写进立项清单", "ownerId": boss}]
    done(api, house.employee, WRITE, id=first["id"], entries=WORDS[1:], actions=actions)
    stale = {"id": first["id"], "expectedVersion": written["version"]}
    assert codes(api, house.employee, FINISH, **stale) == ["CONFLICT"]
    finished = done(api, house.employee, FINISH, id=first["id"])["retrospective"]
    goal, measure = finished["editions"][0]["facts"]
    assert (goal["kind"], goal["source"]["id"], goal["progress"]) == ("GOAL", goal_id, "0.5")
    assert (measure["kind"], measure["source"]["id"]) == ("MEASURE", measure_id)
    assert (measure["target"], measure["result"], measure["progress"]) == ("75", "68.5", "0.5")
    assert measure["checkIn"] is not None, "where the result is from"
    assert told(api, house.manager, "RETROSPECTIVE_FINISHED") == 1
    for viewer in (house.colleague, house.hr, house.committee):
        (shown,) = listed(api, viewer, subjectId=goal_id)
        assert [fact["kind"] for fact in shown["editions"][0]["facts"]] == ["GOAL", "MEASURE"]
    assert codes(api, house.employee, WRITE, id=first["id"], entries=WORDS) == ["RETROSPECTIVE_STATE"]

    # What is agreed is followed up: in the next talk, by a task, and in the next retrospective.
    talk = done(api, house.manager, RECORD, otherId=own)["oneOnOne"]
    assert [action["text"] for action in talk["actions"]] == ["订测试环境"], "what the report is to do"
    to_plan, to_tick = (action["id"] for action in finished["actions"])
    project_id = project(api, site)
    planned = task_input(site, project_id, oneOnOneActionId=to_plan)
    assert codes(api, site.pmo, CREATE_TASK, **planned) == ["FORBIDDEN"], "the PMO reads it, and took no part"
    task_id = done(api, site.lead, CREATE_TASK, **planned)["task"]["id"]
    done(api, house.colleague, UPDATE_TASK, id=task_id, status="DONE")
    assert codes(api, house.colleague, CLOSE, id=to_tick) == ["FORBIDDEN"]
    second = begun(api, house.employee, goal_id, reason="季末复盘")
    (shown,) = listed(api, house.employee, state="OPEN")
    assert shown["id"] == second["id"]
    assert [(each["text"], each["doneAt"] is not None) for each in shown["earlierActions"]] == [
        ("写进立项清单", False),
        ("订测试环境", True),
    ]
    dropped = done(api, house.manager, DROP, id=second["id"])["retrospective"]
    assert dropped["state"] == "DROPPED", "the manager answers for the facilitator"


def test_what_is_finished_stays_and_is_corrected_by_an_edition(api: Api, house: House) -> None:
    goal_id, measure_id = goal_of(api, house)
    held = begun(api, house.employee, goal_id, reason="季中复盘")["id"]
    done(api, house.employee, WRITE, id=held, entries=WORDS)
    (missing,) = api.mutate(house.employee, FINISH, id=held)["errors"]
    assert "HAPPENED" in missing["message"], "no value of the measure tells what happened"
    done(api, house.employee, WRITE, id=held, entries=[{"step": "HAPPENED", "text": "还没有数据"}])
    done(api, house.employee, FINISH, id=held)
    done(api, house.employee, CHECK_IN, goalId=goal_id, values=[{"measureId": measure_id, "value": "75"}])
    assert codes(api, house.colleague, CORRECT, id=held, reason="x") == ["FORBIDDEN"]
    corrected = done(api, house.manager, CORRECT, id=held, reason="漏看了最后一周")["retrospective"]
    newest, before = corrected["editions"]
    assert (newest["number"], newest["reason"], newest["entries"]) == (2, "漏看了最后一周", before["entries"])
    assert [edition["facts"][1]["result"] for edition in (newest, before)] == ["75", None]
    done(api, house.employee, WRITE, id=held, actions=[{"text": "撤回上线", "ownerId": person_id(house.employee)}])
    (shown,) = listed(api, house.colleague)
    assert [edition["number"] for edition in shown["editions"]] == [1], "the correction is not finished"
    assert shown["actions"] == [], "nor what is agreed in it"
    back = done(api, house.manager, DROP, id=held)["retrospective"]
    assert (back["editions"], back["actions"]) == ([before], [])
    assert told(api, house.employee, "RETROSPECTIVE_OPENED") == 1
    done(api, house.manager, CORRECT, id=held, reason="漏看了最后一周")
    assert told(api, house.employee, "RETROSPECTIVE_OPENED") == 2, "opened once more after it was dropped"
    taken_away = [{"step": "CHANGE", "text": None}, {"step": "KEEP", "text": "每周看数"}]
    done(api, house.employee, WRITE, id=held, entries=taken_away)
    final = done(api, house.employee, FINISH, id=held)["retrospective"]
    assert [entry["step"] for entry in final["editions"][0]["entries"]] == ["CAUSES", "HAPPENED", "KEEP"]
    assert final["editions"][1] == before, "what stood is never changed"


def test_a_late_project_with_the_split_of_its_delay(api: Api, database: Database, site: Site, house: House) -> None:
    project_id = project(api, site, dueAt=soon(-48))
    late = task(api, site, project_id, dueAt=soon(-48), plannedStartAt=soon(-72))
    with database.begin(site.scope) as session:
        template = decode_id(site.template_id, "DeliverableTemplate")
        handed_in: dict[str, Any] = {"organization_id": house.organization.id, "template_id": template}
        for title, flag in (("绿", Flag.GREEN), ("红", Flag.RED)):
            owner_id, status = house.employee.person_id, DeliverableStatus.OK
            task_id = decode_id(late, "ProjectTask")
            session.add(
                Deliverable(**handed_in, owner_id=owner_id, task_id=task_id, title=title, status=status, flag=flag)
            )
    assert codes(api, house.employee, OPEN, subjectId=project_id) == ["FORBIDDEN"]
    assert codes(api, house.hr, OPEN, subjectId=project_id) == ["FORBIDDEN"]
    assert codes(api, house.committee, OPEN, subjectId=project_id) == ["NOT_FOUND"]
    outside = [person_id(house.committee)]
    assert codes(api, site.lead, OPEN, subjectId=project_id, participantIds=outside) == ["PARTICIPANT_CANNOT_SEE"]
    inside = [person_id(house.employee), person_id(house.colleague)]
    held = begun(api, site.lead, project_id, participantIds=inside)
    assert held["occasion"] == "LATE"
    done(api, house.colleague, WRITE, id=held["id"], entries=WORDS)
    assert codes(api, house.colleague, FINISH, id=held["id"]) == ["FORBIDDEN"]
    facts = done(api, site.lead, FINISH, id=held["id"])["retrospective"]["editions"][0]["facts"]
    delay, *parts = [fact for fact in facts if fact["kind"].startswith("DELAY")]
    assert delay["seconds"] == sum(part["seconds"] for part in parts) > 47 * 3600
    assert {part["cause"] for part in parts} <= {"OVERRUN", "LATE_START", "WAITING", "PLAN"}
    assert [(fact["name"], fact["flag"]) for fact in facts if fact["kind"] == "FLAG"] == [
        ("红", "RED"),
        ("绿", "GREEN"),
    ]
    (shown,) = listed(api, house.colleague, subjectId=project_id)
    kinds = {fact["kind"] for fact in shown["editions"][0]["facts"]}
    assert kinds == {"DELAY", "DELAY_PART"}, "a member does not see what somebody else handed in"
    assert listed(api, house.committee) == []


def test_a_cycle_of_a_person_and_of_a_department(api: Api, house: House) -> None:
    own, cycle = person_id(house.employee), house.cycle_id
    reason = {"reason": "转岗前复盘"}
    assert codes(api, house.manager, OPEN, subjectId=own, **reason) == ["CYCLE_REQUIRED"]
    assert codes(api, house.colleague, OPEN, subjectId=own, cycleId=cycle, **reason) == ["FORBIDDEN"]
    unknown = encode_id("Cycle", uuid.uuid4())
    assert codes(api, house.manager, OPEN, subjectId=own, cycleId=unknown, **reason) == ["NOT_FOUND"]
    goal_of(api, house, visibility="PRIVATE")
    held = begun(api, house.manager, own, cycleId=cycle, **reason)
    assert [person["id"] for person in held["participants"]] == [person_id(house.manager), own]
    done(api, house.manager, WRITE, id=held["id"], entries=WORDS)
    done(api, house.employee, WRITE, id=held["id"], entries=[{"step": "HAPPENED", "text": "带出两名新人"}])
    finished = done(api, house.manager, FINISH, id=held["id"])["retrospective"]
    assert [fact["kind"] for fact in finished["editions"][0]["facts"]] == ["GOAL", "MEASURE"]
    assert [node["id"] for node in listed(api, house.hr, subjectId=own, cycleId=cycle)] == [held["id"]]
    assert listed(api, house.colleague) == listed(api, house.committee) == []
    log = "{ viewer { accessLog { nodes { resource resourceId actor { id } } } } }"
    reads = api.data(house.employee, log)["viewer"]["accessLog"]["nodes"]
    by = {read["actor"]["id"] for read in reads if read["resourceId"] == held["id"]}
    assert by == {person_id(house.hr)}, "who takes part writes it"

    team = house.department_id
    assert codes(api, house.employee, OPEN, subjectId=team, cycleId=cycle, **reason) == ["FORBIDDEN"]
    ours = begun(api, house.manager, team, cycleId=cycle, participantIds=[own], **reason)
    done(api, house.employee, WRITE, id=ours["id"], entries=WORDS)
    (missing,) = api.mutate(house.manager, FINISH, id=ours["id"])["errors"]
    assert "INTENDED, HAPPENED" in missing["message"], "no goal of the department: somebody has to say"
    both = [{"step": "INTENDED", "text": "上线"}, {"step": "HAPPENED", "text": "晚两周"}]
    done(api, house.manager, WRITE, id=ours["id"], entries=both)
    done(api, house.manager, FINISH, id=ours["id"])
    assert [node["id"] for node in listed(api, house.colleague)] == [ours["id"]], "who works there reads it"


def test_what_nobody_may_bring(api: Api, database: Database, site: Site, house: House) -> None:
    goal_id, _ = goal_of(api, house)
    nobody = {"subjectId": goal_id, "reason": "x", "facilitatorId": encode_id("Person", uuid.uuid4())}
    (error,) = api.mutate(house.employee, OPEN, **nobody)["errors"]
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["input", "facilitatorId"])
    (error,) = api.mutate(house.employee, OPEN, subjectId=goal_id, reason="x", cycleId=house.cycle_id)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["input", "cycleId"]), "a goal has its own"
    held = begun(api, house.employee, goal_id, reason="x", participantIds=[person_id(house.colleague)])["id"]
    (error,) = api.mutate(house.employee, WRITE, id=held, entries=WORDS[:1] * 6)["errors"]
    assert (error["code"], error["field"]) == ("TOO_MANY", ["input", "entries"])
    with database.begin(site.scope) as session:
        session.get_one(Person, house.colleague.person_id).archived_at = now()
    left = {"actions": [{"text": "x", "ownerId": person_id(house.colleague)}]}
    assert codes(api, house.employee, WRITE, id=held, **left) == ["NOT_FOUND"], "nobody is there to do it"


def test_a_talk_shows_what_was_agreed_until_its_day(api: Api, database: Database, site: Site, house: House) -> None:
    goal_id, _ = goal_of(api, house)
    held = begun(api, house.employee, goal_id, reason="x")["id"]
    own = person_id(house.employee)
    done(api, house.employee, WRITE, id=held, actions=[{"text": "晚上说好的", "ownerId": own}])
    tomorrow = datetime.date.fromisoformat(day(-9))
    with database.begin(site.scope) as session:
        session.get_one(Organization, house.organization.id).timezone = "America/Los_Angeles"
        action = session.scalars(sa.select(OneOnOneAction)).one()
        action.created_at = datetime.datetime.combine(tomorrow, datetime.time(2), datetime.UTC)
    talk = done(api, house.manager, RECORD, otherId=own, heldOn=day(-10))["oneOnOne"]
    assert [each["text"] for each in talk["actions"]] == ["晚上说好的"], "it was still the evening of that day there"
    talk = done(api, house.manager, RECORD, otherId=own, heldOn=day(-11))["oneOnOne"]
    assert talk["actions"] == []


def test_two_open_and_two_finish_at_once(database: Database, site: Site, house: House) -> None:
    ready = threading.Barrier(2, timeout=20)

    def at_once(*works: Callable[[Session], Retrospective]) -> list[str]:
        def each(work: Callable[[Session], Retrospective]) -> str:
            ready.wait()
            try:
                with database.begin(site.scope) as session:
                    return str(work(session).id)
            except DomainError as error:
                return error.code.value

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(each, works))

    person = house.employee.person_id
    assert person is not None
    draft = use_cases.OpeningDraft(Subject("Person", person, house.cycle.id), reason="x")
    opened = at_once(*(lambda session: use_cases.open_retrospective(session, house.manager, draft),) * 2)
    assert opened[1] == "RETROSPECTIVE_OPEN"
    held = uuid.UUID(opened[0])
    brought = use_cases.Contribution([use_cases.EntryDraft(step, "x") for step in Step])
    with database.begin(site.scope) as session:
        use_cases.write_retrospective(session, house.employee, held, brought, None)
    finished = at_once(
        lambda session: use_cases.finish_retrospective(session, house.manager, held, None),
        lambda session: use_cases.finish_retrospective(session, house.hr, held, None),
    )
    assert finished == [str(held), "RETROSPECTIVE_STATE"]


def test_the_number_of_statements_does_not_grow(api: Api, house: House) -> None:
    def one_more(number: int) -> None:
        goal_id, _ = goal_of(api, house, title=f"目标{number}")
        held = begun(api, house.employee, goal_id, reason="x")["id"]
        own = [{"text": "x", "ownerId": person_id(house.employee)}]
        entries = [*WORDS, {"step": "HAPPENED", "text": "x"}]
        done(api, house.employee, WRITE, id=held, entries=entries, actions=own)
        if number % 2:
            done(api, house.employee, FINISH, id=held)

    def statements() -> int:
        with counted() as found:
            listed(api, house.employee)
        return len(found)

    for number in range(2):
        one_more(number)
    few = statements()
    for number in range(2, 4):
        one_more(number)
    assert statements() == few
