"""Channels of notifications through GraphQL: who sets up which, what is refused, and what is never shown."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from db.base import now
from db.models.channels import NotificationChannel, NotificationPreference
from db.models.jobs import Job, JobState
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer
from resolvers.channels import configuring
from schema.relay import encode_id
from tests.conftest import MakeSettings
from tests.factories import make_organization, make_viewer
from tests.schema.client import Api

CREATE = """mutation($input: CreateNotificationChannelInput!) { createNotificationChannel(input: $input) {
  channel { id address owner { id } codes version } errors { code field } } }"""
UPDATE = """mutation($input: UpdateNotificationChannelInput!) { updateNotificationChannel(input: $input) {
  channel { name address pausedAt version } errors { code field } } }"""
TEST = """mutation($input: TestNotificationChannelInput!) { testNotificationChannel(input: $input) {
  job { name state } errors { code } } }"""
POLICY = """mutation($input: SetNotificationPolicyInput!) { setNotificationPolicy(input: $input) {
  policy { version } errors { code field } } }"""
REMOVE = """mutation($input: RemoveNotificationChannelInput!) { removeNotificationChannel(input: $input) {
  removed errors { code } } }"""
PREFER = """mutation($input: SetNotificationPreferenceInput!) { setNotificationPreference(input: $input) {
  preference { quiet quietHours { fromMinute untilMinute } muted { channel { name } codes } }
  errors { code field } } }"""
ALL = "{ notificationChannels { nodes { name address } } notificationPreference { quiet } }"
GOOD = {"name": "项目群", "kind": "DINGTALK", "url": "dingtalk://0123abcsecret", "codes": ["TASK_BLOCKED"]}


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings("sqlite", notification_hosts=["oapi.dingtalk.com"])


@pytest.fixture
def people(database: Database) -> tuple[Viewer, Viewer, Viewer]:
    """HR, an employee, and HR of another organisation."""
    ours, theirs = make_organization(database), make_organization(database)
    with database.begin(Scope(ours.id)) as session:
        hr, employee = make_viewer(session, ours, Role.HR), make_viewer(session, ours)
    with database.begin(Scope(theirs.id)) as session:
        return hr, employee, make_viewer(session, theirs, Role.HR)


def sent(api: Api, viewer: Viewer, mutation: str, **given: Any) -> dict[str, Any]:
    (payload,) = api.data(viewer, mutation, {"input": given}).values()
    return dict(payload)


def count(database: Database, viewer: Viewer, model: type[Any]) -> int:
    with database.begin(Scope(viewer.organization_id), write=False) as session:
        return session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"url": "slack://a/b/c"}, ("CHANNEL_URL_INVALID", ["input", "url"])),
        ({"url": "dingtalk://abc def"}, ("CHANNEL_URL_INVALID", ["input", "url"])),
        ({"kind": "OTHER", "url": "file:///etc/passwd:x", "codes": []}, ("INVALID", ["input", "codes"])),
        ({"kind": "WECOM", "url": "wecombot://693a91f6"}, ("HOST_NOT_ALLOWED", ["input", "url"])),
        ({"codes": ["TASK_BLOCKED", "FEEDBACK_RECEIVED"]}, ("CHANNEL_CODE_PRIVATE", ["input", "codes", "1"])),
        ({"codes": ["CHANNEL_FAILED"], "own": True}, ("CHANNEL_CODE_PRIVATE", ["input", "codes", "0"])),
        ({"toEach": True}, ("INVALID", ["input", "toEach"])),
        ({"name": " "}, ("TEXT_REQUIRED", ["input", "name"])),
    ],
)
def test_what_cannot_be_a_channel(
    api: Api, database: Database, people: tuple[Viewer, ...], change: dict[str, Any], error: tuple[str, list[str]]
) -> None:
    payload = sent(api, people[0], CREATE, **(GOOD | change))
    assert payload == {"channel": None, "errors": [{"code": error[0], "field": error[1]}]}
    assert count(database, people[0], NotificationChannel) == 0


def test_the_organisations_and_ones_own(api: Api, database: Database, people: tuple[Viewer, ...]) -> None:
    hr, employee, stranger = people
    assert sent(api, employee, CREATE, **GOOD)["errors"] == [{"code": "FORBIDDEN", "field": None}]
    shared = sent(api, hr, CREATE, **GOOD)["channel"]
    assert (shared["address"], shared["owner"], shared["codes"]) == ("dingtalk://…", None, ["TASK_BLOCKED"])
    own = sent(api, employee, CREATE, **(GOOD | {"name": "我的", "own": True, "codes": ["FEEDBACK_RECEIVED"]}))[
        "channel"
    ]
    assert api.data(employee, ALL)["notificationChannels"]["nodes"] == [
        {"name": "项目群", "address": None},
        {"name": "我的", "address": "dingtalk://…"},
    ]
    assert [node["name"] for node in api.data(hr, ALL)["notificationChannels"]["nodes"]] == ["项目群"]
    assert api.data(stranger, ALL) == {"notificationChannels": {"nodes": []}, "notificationPreference": None}
    for viewer, id_, code in ((employee, shared, "FORBIDDEN"), (hr, own, "NOT_FOUND"), (stranger, shared, "NOT_FOUND")):
        assert sent(api, viewer, TEST, id=id_["id"]) == {"job": None, "errors": [{"code": code}]}
    assert count(database, hr, Job) == 0
    changed = sent(api, hr, UPDATE, id=shared["id"], name="大群", paused=True, expectedVersion=1)["channel"]
    assert (changed["name"], changed["pausedAt"] is not None, changed["version"]) == ("大群", True, 2)
    stale = sent(api, hr, UPDATE, id=shared["id"], name="小群", expectedVersion=1)
    assert stale["errors"] == [{"code": "CONFLICT", "field": ["input", "expectedVersion"]}]
    assert sent(api, hr, TEST, id=shared["id"]) == {"job": {"name": "channels.test", "state": "QUEUED"}, "errors": []}
    assert sent(api, employee, REMOVE, id=own["id"]) == {"removed": True, "errors": []}
    assert len(api.data(employee, ALL)["notificationChannels"]["nodes"]) == 1


def test_tests_cannot_be_used_to_flood(api: Api, database: Database, people: tuple[Viewer, ...]) -> None:
    hr, employee, _ = people
    own = GOOD | {"own": True, "codes": ["FEEDBACK_RECEIVED"]}
    one, other = (sent(api, hr, CREATE, **given)["channel"]["id"] for given in (GOOD, own))

    def ask(channel: str) -> list[str]:
        return [error["code"] for error in sent(api, hr, TEST, id=channel)["errors"]]

    def end_tests(**values: Any) -> None:
        with database.begin(Scope(hr.organization_id)) as session:
            session.execute(sa.update(Job).values(state=JobState.DONE, **values))

    for number in range(configuring.TESTS_OF_A_PERSON):
        assert ask(one) == ask(one) == [], "while one waits it is the same"
        assert count(database, hr, Job) == number + 1
        end_tests()
    assert ask(one) == ask(other) == ["TOO_OFTEN"]
    assert count(database, hr, Job) == configuring.TESTS_OF_A_PERSON
    mine = sent(api, employee, CREATE, **own)["channel"]["id"]
    assert sent(api, employee, TEST, id=mine)["errors"] == []
    end_tests(created_at=now() - datetime.timedelta(minutes=61))
    assert ask(one) == []


def test_what_a_person_wants(api: Api, database: Database, people: tuple[Viewer, ...]) -> None:
    hr, employee, stranger = people
    shared = sent(api, hr, CREATE, **GOOD)["channel"]["id"]
    hours = {"fromMinute": 1200, "untilMinute": 420}
    muted = [{"channelId": shared, "codes": ["TASK_BLOCKED"]}]
    assert sent(api, employee, PREFER, quiet="OWN", quietHours=hours, muted=muted) == {
        "preference": {
            "quiet": "OWN",
            "quietHours": hours,
            "muted": [{"channel": {"name": "项目群"}, "codes": ["TASK_BLOCKED"]}],
        },
        "errors": [],
    }
    refused: list[tuple[dict[str, Any], str]] = [
        ({"quiet": "NONE", "quietHours": hours}, "INVALID"),
        ({"quiet": "OWN"}, "INVALID"),
        ({"quiet": "OWN", "quietHours": {"fromMinute": 60, "untilMinute": 60}}, "NUMBER_OUT_OF_RANGE"),
        ({"quiet": "OWN", "quietHours": {"fromMinute": 60, "untilMinute": 1440}}, "NUMBER_OUT_OF_RANGE"),
        ({"quiet": "NONE", "muted": [*muted, *muted]}, "FIELD_REPEATED"),
    ]
    for given, code in refused:
        assert [error["code"] for error in sent(api, employee, PREFER, **given)["errors"]] == [code]
    assert [error["code"] for error in sent(api, stranger, PREFER, quiet="NONE", muted=muted)["errors"]] == [
        "NOT_FOUND"
    ]
    assert (count(database, employee, NotificationPreference), count(database, stranger, NotificationPreference)) == (
        1,
        0,
    )
    assert api.data(employee, ALL)["notificationPreference"] == {"quiet": "OWN"}


def test_who_says_first_what_holds_is_not_overwritten_unseen(
    api: Api, database: Database, people: tuple[Viewer, ...]
) -> None:
    hr, employee, _ = people
    conflict = [{"code": "CONFLICT", "field": ["input", "expectedVersion"]}]
    seen = api.data(hr, "{ notificationPolicy { version } }")["notificationPolicy"]["version"]
    assert seen == 0
    assert sent(api, hr, POLICY, expectedVersion=seen) == {"policy": {"version": 1}, "errors": []}
    assert sent(api, hr, POLICY, urgentCodes=["TASK_BLOCKED"], expectedVersion=seen)["errors"] == conflict
    assert sent(api, employee, PREFER, quiet="NONE", expectedVersion=0)["errors"] == []
    assert sent(api, employee, PREFER, quiet="ORGANIZATION", expectedVersion=0)["errors"] == conflict
    assert api.data(employee, ALL)["notificationPreference"] == {"quiet": "NONE"}


def test_an_audience_is_of_ones_own_organisation(api: Api, database: Database, people: tuple[Viewer, ...]) -> None:
    hr, employee, stranger = people
    known, foreign = (encode_id("Person", viewer.person_id or hr.organization_id) for viewer in (employee, stranger))
    for change, place in (
        ({"personIds": [known, foreign]}, ["personIds", "1"]),
        ({"departmentIds": [encode_id("Department", hr.organization_id)]}, ["departmentIds", "0"]),
    ):
        refused = [{"code": "NOT_FOUND", "field": ["input", *place]}]
        assert sent(api, hr, CREATE, **(GOOD | change)) == {"channel": None, "errors": refused}
    assert sent(api, hr, CREATE, **(GOOD | {"personIds": [foreign[:-1]]}))["errors"][0]["code"] == "BAD_ID"
    assert count(database, hr, NotificationChannel) == 0
    assert sent(api, hr, CREATE, **(GOOD | {"personIds": [known] * 2}))["errors"] == []
