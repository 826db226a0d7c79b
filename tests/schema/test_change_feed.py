"""`changes`: nothing is lost, nothing comes twice, and nobody learns of what was never theirs to see."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from db.events import record
from db.migrate import migrate
from db.models.events import Event
from db.models.people import Employment, RoleGrant
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer, system_viewer
from resolvers.goals import drafting
from schema.app import create
from schema.relay import decode_id, encode_id
from tests.conftest import MakeSettings
from tests.goal_house import CONFIRM, EDIT, PROPOSE, RETURN, House, confirmed, done, draft, make_house, person_id
from tests.resolvers.test_goal_races import make_goal
from tests.schema.client import Api

CHANGES = (
    "query($after: String, $types: [String!], $first: Int) { changes(after: $after, types: $types, first: $first) "
    "{ nodes { kind type id object { id ... on Goal { title status } } changedAt } edges { cursor } "
    "pageInfo { hasNextPage endCursor } } }"
)
GOALS = ["Goal"]
OTHERS_SECONDS = 120
"""How long a transaction of another test on the same server may take: a busy machine makes some last a minute."""


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


def settle(settings: Settings) -> None:
    """Wait until the transactions that run now have ended: the log is read behind the oldest one of the whole server,
    and other tests may share it."""
    database = Database(settings)
    if database.embedded:
        return
    running = sa.text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    oldest = sa.text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    with (
        closing(database),
        database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        target, deadline = connection.scalar(running), time.monotonic() + OTHERS_SECONDS
        while connection.scalar(oldest) < target:
            assert time.monotonic() < deadline, "a transaction of somebody else does not end"
            time.sleep(0.01)
    database.close()


class Reader:
    """Keeps a copy of what a viewer may see, and the cursor."""

    def __init__(self, api: Api, viewer: Viewer, types: list[str] | None = GOALS, first: int = 3) -> None:
        self.api, self.viewer, self.types, self.first = api, viewer, types, first
        self.after: str | None = None
        self.copy: dict[str, Any] = {}

    def read(self, *, others_end: bool = True) -> list[tuple[str, str]]:
        """Go on to the end; returns kind and id of each change in order."""
        if others_end:
            settle(self.api.settings)
        told: list[tuple[str, str]] = []
        while True:
            variables = {"after": self.after, "types": self.types, "first": self.first}
            page = self.api.data(self.viewer, CHANGES, variables)["changes"]
            for change in page["nodes"]:
                told.append((change["kind"], change["id"]))
                if change["kind"] == "GONE":
                    assert change["object"] is None
                    self.copy.pop(change["id"], None)
                else:
                    assert change["object"]["id"] == change["id"]
                    self.copy[change["id"]] = change["object"].get("title")
            self.after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return told

    def codes(self, **variables: Any) -> list[str]:
        return self.api.codes(self.viewer, CHANGES, {"types": self.types, **variables})


def test_each_object_comes_once_as_it_is_now(api: Api, house: House) -> None:
    reader = Reader(api, house.employee)
    assert reader.read() == []
    goals = [draft(api, house.employee, house, title=f"目标{number}") for number in range(7)]
    done(api, house.employee, EDIT, id=goals[0], title="改过的目标")
    done(api, house.employee, PROPOSE, id=goals[0])
    latest_last = [*goals[1:], goals[0]]
    assert reader.read() == [("CHANGED", goal) for goal in latest_last]
    assert reader.copy[goals[0]] == "改过的目标"
    assert reader.read() == []
    assert Reader(api, house.employee).read() == [("CHANGED", goal) for goal in latest_last]
    assert Reader(api, house.colleague).read() == []


def test_who_loses_sight_gets_a_tombstone_and_nobody_else_hears_of_it(api: Api, house: House) -> None:
    goal = draft(api, house.employee, house)
    done(api, house.employee, PROPOSE, id=goal)
    manager, colleague, committee = (
        Reader(api, viewer) for viewer in (house.manager, house.colleague, house.committee)
    )
    assert manager.read() == [("CHANGED", goal)]
    assert (colleague.read(), committee.read()) == ([], [])
    done(api, house.manager, RETURN, id=goal, comment="请量化")
    assert manager.read() == [("GONE", goal)]
    done(api, house.employee, EDIT, id=goal, title="草稿")  # what happens to the draft is the owner's alone
    assert (manager.read(), colleague.read(), committee.read()) == ([], [], [])
    assert Reader(api, house.manager).read() == []  # a new copy never held it
    done(api, house.employee, PROPOSE, id=goal)
    assert manager.read() == [("CHANGED", goal)]
    done(api, house.manager, CONFIRM, id=goal)
    assert colleague.read() == manager.read() == [("CHANGED", goal)]


def test_what_comes_back_between_two_readings_is_only_changed(api: Api, house: House) -> None:
    goal = draft(api, house.employee, house)
    done(api, house.employee, PROPOSE, id=goal)
    manager = Reader(api, house.manager)
    manager.read()
    done(api, house.manager, RETURN, id=goal, comment="请量化")
    done(api, house.employee, PROPOSE, id=goal)
    assert manager.read() == [("CHANGED", goal)]


def test_a_private_goal_that_changes_hands(api: Api, house: House) -> None:
    change = (
        "mutation($input: ProposeGoalChangeInput!) { proposeGoalChange(input: $input) { change { id } "
        "errors { code } } }"
    )
    decide = "mutation($input: DecideGoalChangeInput!) { decideGoalChange(input: $input) { errors { code } } }"
    goal = confirmed(api, house.employee, house.manager, house, visibility="PRIVATE")
    before, after, aside = (Reader(api, viewer) for viewer in (house.employee, house.colleague, house.committee))
    assert before.read() == [("CHANGED", goal)]
    assert after.read() == aside.read() == []
    items = [{"kind": "GOAL_OWNER", "goalId": goal, "ownerId": person_id(house.colleague)}]
    request = done(api, house.employee, change, items=items, reason="RESOURCE", reasonText="换岗")["change"]["id"]
    done(api, house.manager, decide, id=request, approve=True)
    assert before.read() == [("GONE", goal)]
    assert after.read() == [("CHANGED", goal)]
    assert aside.read() == []


def test_a_former_witness(api: Api, house: House) -> None:
    plan = (
        "mutation($input: PlanWeeklyActionInput!) { planWeeklyAction(input: $input) { action { id } errors { code } } }"
    )
    again = (
        "mutation($input: ReplanWeeklyActionInput!) { replanWeeklyAction(input: $input) "
        "{ action { id } errors { code } } }"
    )
    words = {"goalText": "目标", "mustFinish": "一件事"}
    action = done(api, house.employee, plan, **words, witnessId=person_id(house.colleague))["action"]["id"]
    colleague, committee = (Reader(api, viewer, ["WeeklyAction"]) for viewer in (house.colleague, house.committee))
    assert colleague.read() == [("CHANGED", action)]
    assert committee.read() == []
    done(api, house.employee, again, id=action, **words, witnessId=person_id(house.committee))
    assert colleague.read() == [("GONE", action)]
    assert committee.read() == [("CHANGED", action)]


def test_what_is_deleted_is_gone_for_whom_it_was_there(api: Api, database: Database, house: House) -> None:
    """Deleting, archiving and erasing are lines like others: the use case names who saw the object."""
    manager, colleague = Reader(api, house.manager), Reader(api, house.colleague)
    manager.read()
    deleted = uuid.uuid4()
    with database.begin(Scope(house.organization.id)) as session:
        assert house.manager.person_id is not None
        system = system_viewer(house.organization.id)
        record(session, system, "goal.erased", "Goal", deleted, lost_to=[house.manager.person_id])
    assert manager.read() == [("GONE", encode_id("Goal", deleted))]
    assert (manager.read(), colleague.read()) == ([], [])


def test_all_types_together(api: Api, house: House) -> None:
    reader = Reader(api, house.employee, types=None)
    cycle = "mutation($input: CreateCycleInput!) { createCycle(input: $input) { cycle { id } errors { code field } } }"
    days = {"startsOn": "2031-01-01", "endsOn": "2031-03-31", "reviewStartsOn": "2031-04-01",
            "reviewEndsOn": "2031-04-15"}  # fmt: skip
    names = {"key": "2031Q1", "nameZh": "一季度", "nameEn": "Q1", "kind": "QUARTER"}
    goal = draft(api, house.employee, house)
    made = done(api, house.hr, cycle, **names, **days)["cycle"]["id"]
    assert reader.read() == [("CHANGED", goal), ("CHANGED", made)]


def test_cursors_are_opaque_and_belong_to_one_reader_and_choice(api: Api, database: Database, house: House) -> None:
    for number in range(3):
        confirmed(api, house.employee, house.manager, house, title=f"目标{number}")
    page = api.data(house.employee, CHANGES, {"types": GOALS, "first": 2})["changes"]
    cursors = [edge["cursor"] for edge in page["edges"]] + [page["pageInfo"]["endCursor"]]
    assert len({len(cursor) for cursor in cursors}) == 1
    again = api.data(house.employee, CHANGES, {"types": GOALS, "first": 2})["changes"]
    assert not set(cursors) & {edge["cursor"] for edge in again["edges"]}  # not even to be compared
    reader = Reader(api, house.employee)
    for cursor in cursors:
        assert reader.codes(after=cursor) == []
        assert reader.codes(after=cursor, types=["Goal", "Cycle"]) == ["BAD_CURSOR"]
        assert reader.codes(after=cursor, types=None) == ["BAD_CURSOR"]
        assert Reader(api, house.colleague).codes(after=cursor) == ["BAD_CURSOR"]
        assert Reader(api, make_house(database).employee).codes(after=cursor) == ["BAD_CURSOR"]
    forged = cursors[0][:-3] + ("AAA" if cursors[0][-3:] != "AAA" else "BBB")
    for garbage in ("", "x", "W10", "WyIiXQ", "WyJhIiwiYiJd", forged, cursors[0] * 2, "长"):
        assert reader.codes(after=garbage) == ["BAD_CURSOR"]
    assert reader.codes(types=["Goal", "Salary"]) == ["UNKNOWN_TYPE"]
    assert reader.codes(types=["Job"]) == ["UNKNOWN_TYPE"]
    assert reader.codes(first=101) == ["BAD_PAGE_SIZE"]
    assert api.data(house.employee, CHANGES, {"types": []})["changes"]["nodes"] == []


def test_whose_access_has_changed_begins_anew(api: Api, database: Database, house: House) -> None:
    goal = draft(api, house.employee, house)
    done(api, house.employee, PROPOSE, id=goal)
    manager, employee = Reader(api, house.manager), Reader(api, house.employee)
    assert manager.read() == employee.read() == [("CHANGED", goal)]
    with database.begin(Scope(house.organization.id)) as session:
        moved = sa.update(Employment).where(Employment.person_id == house.employee.person_id)
        session.execute(moved.values(manager_id=house.committee.person_id))
    assert manager.codes(after=manager.after) == ["ACCESS_CHANGED"]
    assert employee.codes(after=employee.after) == ["ACCESS_CHANGED"]
    assert Reader(api, house.manager).read() == []
    hr = Reader(api, house.colleague)
    hr.read()
    with database.begin(Scope(house.organization.id)) as session:
        session.add(RoleGrant(organization_id=house.organization.id, person_id=house.colleague.person_id, role=Role.HR))
    assert hr.codes(after=hr.after) == ["ACCESS_CHANGED"]
    assert Reader(api, house.colleague).read() == [("CHANGED", goal)]


@pytest.mark.postgresql
def test_a_log_from_another_server_is_read_once_migrated(make_settings: MakeSettings) -> None:
    """After a dump and restore, transactions are numbered from the beginning."""
    settings = make_settings("postgresql")
    database = Database(settings)
    house = make_house(database)
    with TestClient(create(settings)) as client:
        api = Api(settings, client)
        first, second = (draft(api, house.employee, house, title=title) for title in ("旧", "新"))
        owner = Database(settings, url=settings.migration_url)
        with owner.begin(Scope(house.organization.id)) as session:
            lines = sa.update(Event).where(Event.subject_id == decode_id(first, "Goal"))
            session.execute(lines.values(transaction=2**50))
        owner.close()
        database.close()
        assert Reader(api, house.employee).read() == [("CHANGED", second)]
        migrate(settings)
        reader = Reader(api, house.employee)
        assert reader.read() == [("CHANGED", first), ("CHANGED", second)]
        assert reader.read() == []


def transaction(database: Database, house: House, title: str) -> tuple[Callable[[], str], Callable[[], None]]:
    """A draft written in an open transaction of its own connection: (write, commit)."""
    session = Session(database.engine, info={"scope": Scope(house.organization.id)}, expire_on_commit=False)

    def write() -> str:
        goal_id = make_goal(session, house, house.employee)
        drafting.edit_goal(session, house.employee, goal_id, drafting.GoalEdit({"title": title}), None)
        return encode_id("Goal", goal_id)

    def commit() -> None:
        session.commit()
        session.close()

    return write, commit


def test_a_transaction_that_commits_late_is_not_lost(api: Api, database: Database, house: House) -> None:
    """Two connections: the one that writes first commits last, and the reader pages in between."""
    reader = Reader(api, house.employee, first=1)
    assert reader.read() == []
    earlier = [draft(api, house.employee, house, title=f"早{number}") for number in range(3)]
    told = reader.read()
    assert told == [("CHANGED", goal) for goal in earlier]
    if database.embedded:
        # One writer: the second waits until the first has ended, so number order is commit order.
        write, commit = transaction(database, house, "慢")
        slow = write()
        assert reader.read() == []
        commit()
        assert reader.read() == [("CHANGED", slow)]
        return
    write_slow, commit_slow = transaction(database, house, "慢")
    write_fast, commit_fast = transaction(database, house, "快")
    slow, fast = write_slow(), write_fast()
    commit_fast()
    between = reader.read(others_end=False)
    commit_slow()
    after = reader.read()
    assert between == []  # the fast one waits for the slow one that began before it
    assert after == [("CHANGED", slow), ("CHANGED", fast)]
    assert reader.read() == []
    assert set(reader.copy) == {*earlier, slow, fast}
