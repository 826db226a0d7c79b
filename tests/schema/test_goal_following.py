"""`goalChanged`: told to whom the goal's line reaches, as it happens, and to nobody else."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from db.models.goals import GoalKind, GoalLevel
from db.session import Database, Scope
from db.viewer import Viewer
from resolvers.goals import drafting
from resolvers.goals.inputs import GoalDraft
from tests.goal_house import House, make_house
from tests.schema.client import Api
from tests.schema.test_subscriptions import connect, subscribe

FOLLOW = "subscription { goalChanged { type goal { title } actor { id } } }"


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


def later(database: Database, house: House, seconds: float, work: Callable[[Session], object]) -> threading.Timer:
    def run() -> None:
        with database.begin(Scope(house.organization.id)) as session:
            work(session)

    timer = threading.Timer(seconds, run)
    timer.start()
    return timer


def draft(session: Session, house: House, viewer: Viewer, title: str) -> uuid.UUID:
    given = GoalDraft(house.cycle.id, GoalKind.OBJECTIVE, GoalLevel.PERSON, title, owner_id=viewer.person_id)
    return drafting.create_goal(session, viewer, given).id


def test_a_manager_follows_the_line(api: Api, database: Database, house: House) -> None:
    def work(session: Session) -> None:
        own = draft(session, house, house.employee, "员工的目标")  # a draft: not told to the manager
        drafting.propose_goal(session, house.employee, own, None)
        drafting.confirm_goal(session, house.manager, own, None)

    with connect(api, house.manager) as socket:
        subscribe(socket, FOLLOW)
        timers = [
            later(database, house, 0.6, lambda session: draft(session, house, house.hr, "别人的目标")),
            later(database, house, 1.0, work),
        ]
        told = [socket.receive_json()["payload"]["data"]["goalChanged"] for _ in range(3)]
        for timer in timers:
            timer.join()
        socket.send_json({"id": "1", "type": "complete"})
    assert [one["type"] for one in told] == ["goal.created", "goal.proposed", "goal.confirmed"]
    assert {one["goal"]["title"] for one in told} == {"员工的目标"}


def test_a_transaction_that_ends_late_is_not_missed(api: Api, database: Database, house: House) -> None:
    if database.embedded:
        pytest.skip("one writer: what is written later commits later")
    with connect(api, house.employee) as socket, database.begin(Scope(house.organization.id)) as slow:
        draft(slow, house, house.employee, "先写后提交")
        subscribe(socket, FOLLOW)
        timer = later(database, house, 0.6, lambda session: draft(session, house, house.employee, "后写先提交"))
        timer.join()
        slow.commit()
        later(database, house, 0.3, lambda session: draft(session, house, house.employee, "最后")).join()
        told = [socket.receive_json()["payload"]["data"]["goalChanged"]["goal"]["title"] for _ in range(3)]
        socket.send_json({"id": "1", "type": "complete"})
    assert sorted(told) == sorted(["先写后提交", "后写先提交", "最后"])
