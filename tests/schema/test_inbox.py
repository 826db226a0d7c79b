"""The inbox: who is told what, reading and marking it, and following it over WebSocket and server-sent events."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import WebSocketTestSession

from db.inbox import notify
from db.models.inbox import Notification, NotificationCode
from db.models.people import Person
from db.session import Database, Scope
from db.viewer import Viewer, system_viewer
from resolvers.goals.healthchecks import open_health_checks
from resolvers.inbox import WORDS, text
from schema.relay import encode_id
from tests.goal_house import House, confirmed, done, draft, make_house, person_id
from tests.schema.client import Api
from tests.schema.test_subscriptions import connect, subscribe, until_end

INBOX = """query($unread: Boolean) { viewer { unreadNotifications notifications(unreadOnly: $unread) {
  nodes { id code text link readAt subject { __typename id } } } } }"""
MARK = """mutation($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) {
  notifications { id readAt } errors { code field } } }"""
COMMENT = "mutation($input: CommentOnGoalInput!) { commentOnGoal(input: $input) { errors { code } } }"
PLAN = "mutation($input: PlanWeeklyActionInput!) { planWeeklyAction(input: $input) { action { id } errors { code } } }"
FOLLOW = "subscription { notifications { id code text link } }"


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


def tell(database: Database, viewer: Viewer, key: str = "key") -> None:
    assert viewer.person_id is not None
    with database.begin(Scope(viewer.organization_id)) as session:
        notify(
            session,
            system_viewer(viewer.organization_id),
            [viewer.person_id],
            NotificationCode.MENTIONED,
            key=key,
        )


def lines(api: Api, viewer: Viewer, *, unread: bool = False) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = api.data(viewer, INBOX, {"unread": unread})["viewer"]["notifications"]["nodes"]
    return nodes


@pytest.mark.parametrize("code", NotificationCode)
def test_every_code_has_words_in_both_languages(code: NotificationCode) -> None:
    chinese, english = WORDS[code]
    assert chinese != english
    numbers = {"count": 3, "days": 14, "hours": 2, "level": 1}
    made = Notification(code=code, params={**numbers, "closes_on": "2026-12-01", "due_on": "2026-12-02"})
    assert text(made, "zh") != text(made, "en")
    assert "{" not in text(made, "zh") + text(made, "en")


def test_a_witness_is_asked_once_and_led_to_the_action(api: Api, database: Database, house: House) -> None:
    plan = {"goalText": "留存", "mustFinish": "完成灰度方案", "witnessId": person_id(house.colleague)}
    action = done(api, house.employee, PLAN, **plan)["action"]["id"]
    (line,) = lines(api, house.colleague)
    assert (line["code"], line["subject"], line["link"], line["readAt"]) == (
        "WITNESS_ASKED",
        {"__typename": "WeeklyAction", "id": action},
        f"/weekly-actions/{action}",
        None,
    )
    assert line["text"] == WORDS[NotificationCode.WITNESS_ASKED][0]
    with database.begin(Scope(house.organization.id)) as session:
        session.execute(sa.update(Person).where(Person.id == house.colleague.person_id).values(locale="en"))
    assert lines(api, house.colleague)[0]["text"] == WORDS[NotificationCode.WITNESS_ASKED][1]
    assert lines(api, house.employee) == []


def test_who_is_named_is_told_only_of_a_goal_that_he_may_see(api: Api, house: House) -> None:
    seen = confirmed(api, house.employee, house.manager, house, ownerId=person_id(house.employee), level="PERSON")
    hidden = draft(api, house.employee, house, ownerId=person_id(house.employee), level="PERSON")
    for goal_id in (seen, hidden):
        done(
            api,
            house.employee,
            COMMENT,
            goalId=goal_id,
            text="请看一下",
            mentionIds=[person_id(house.colleague), person_id(house.employee)],
        )
    (line,) = lines(api, house.colleague)
    assert (line["code"], line["subject"]) == ("MENTIONED", {"__typename": "Goal", "id": seen})
    assert lines(api, house.employee) == []  # who acts is not told


def test_the_manager_is_told_of_a_health_check_once(api: Api, database: Database, house: House) -> None:
    confirmed(api, house.employee, house.manager, house, ownerId=person_id(house.employee), level="PERSON")
    for _ in range(2):
        with database.begin(Scope(house.organization.id)) as session:
            open_health_checks(session, system_viewer(house.organization.id), house.cycle.ends_on)
    (line,) = lines(api, house.manager)
    assert (line["code"], line["subject"]["__typename"]) == ("HEALTH_CHECK_OPENED", "GoalHealthCheck")
    assert lines(api, house.hr) == []


def test_reading_marks_and_keeps_the_first_time(api: Api, database: Database, house: House) -> None:
    for key in ("one", "two", "two"):
        tell(database, house.employee, key)
    assert api.data(house.employee, INBOX)["viewer"]["unreadNotifications"] == 2
    latest, first = (line["id"] for line in lines(api, house.employee))
    (marked,) = done(api, house.employee, MARK, ids=[first])["notifications"]
    again = done(api, house.employee, MARK, ids=[latest, first])["notifications"]
    assert [line["id"] for line in again] == [latest, first]
    assert again[1]["readAt"] == marked["readAt"]
    assert lines(api, house.employee, unread=True) == []
    assert len(lines(api, house.employee)) == 2


def test_inboxes_of_others_look_absent(api: Api, database: Database, house: House) -> None:
    tell(database, house.employee)
    (line,) = lines(api, house.employee)
    for id_ in (line["id"], encode_id("Notification", uuid.uuid4())):
        payload = api.data(house.hr, MARK, {"input": {"ids": [id_]}})["markNotificationsRead"]
        assert payload == {
            "notifications": None,
            "errors": [{"code": "NOT_FOUND", "field": ["input", "ids", "0"]}],
        }
    assert lines(api, house.employee)[0]["readAt"] is None
    many = api.data(house.hr, MARK, {"input": {"ids": [line["id"]] * 101}})["markNotificationsRead"]
    assert [error["code"] for error in many["errors"]] == ["TOO_MANY"]


def leave(socket: WebSocketTestSession) -> None:
    """End the subscription and see that the connection still answers."""
    socket.send_json({"id": "1", "type": "complete"})
    subscribe(socket, "{ viewer { unreadNotifications } }")
    assert [message["type"] for message in until_end(socket)] == ["next", "complete"]


def test_new_notifications_are_followed_over_websocket(api: Api, database: Database, house: House) -> None:
    tell(database, house.employee, "before")
    with connect(api, house.employee) as socket:
        subscribe(socket, FOLLOW)
        timers = [
            threading.Timer(0.6 + 0.4 * number, tell, args=(database, viewer, f"after{number}"))
            for number, viewer in enumerate((house.colleague, house.employee, house.employee))
        ]
        for timer in timers:
            timer.start()
        told = [socket.receive_json()["payload"]["data"]["notifications"]["id"] for _ in range(2)]
        for timer in timers:
            timer.join()
        leave(socket)
    expected = [line["id"] for line in lines(api, house.employee)]
    assert told == [expected[1], expected[0]]


def test_a_late_commit_is_not_missed(database: Database, api: Api, house: House) -> None:
    if database.embedded:
        pytest.skip("one writer: what is made later commits later")
    with connect(api, house.employee) as socket, database.begin(Scope(house.organization.id)) as slow:
        assert house.employee.person_id is not None
        notify(
            slow,
            system_viewer(house.organization.id),
            [house.employee.person_id],
            NotificationCode.WITNESS_ASKED,
            key="slow",
        )
        subscribe(socket, FOLLOW)
        threading.Timer(0.6, tell, args=(database, house.employee, "quick")).start()
        assert socket.receive_json()["payload"]["data"]["notifications"]["code"] == "MENTIONED"
        slow.commit()
        assert socket.receive_json()["payload"]["data"]["notifications"]["code"] == "WITNESS_ASKED"
        leave(socket)
