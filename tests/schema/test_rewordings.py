"""Another wording by the configured model: asked for by whoever may edit, held against the text, taken over by hand."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.goals import Goal
from db.models.rewordings import Rewording
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer
from tests.goal_house import EDIT, House, codes, confirmed, done, draft, make_house, person_id
from tests.ml.brief.test_openai import server
from tests.schema.client import Api
from tests.workers.desk import Desk, open_desk

REWORDING = (
    "id state text problemCode problem failures { check words message } questions sourceVersion outdated "
    "engine model promptVersion goal { id } feedback { id } writtenAt"
)
ASKED = f"rewording {{ {REWORDING} }} errors {{ code field }}"
FOR_GOAL = f"mutation($input: RequestGoalRewordingInput!) {{ requestGoalRewording(input: $input) {{ {ASKED} }} }}"
FOR_NOTE = (
    f"mutation($input: RequestFeedbackRewordingInput!) {{ requestFeedbackRewording(input: $input) {{ {ASKED} }} }}"
)
DISCARD = "mutation($input: DiscardRewordingInput!) { discardRewording(input: $input) { errors { code } } }"
GIVE = "mutation($input: GiveFeedbackInput!) { giveFeedback(input: $input) { feedback { id } errors { code } } }"
TITLE = "提高新客户首月留存率"
MEASURE = {"name": "首月留存率", "unit": "%", "start": "62", "target": "75"}


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


@pytest.fixture
def plain(settings: Settings, database: Database, files: FileStore, house: House) -> Iterator[Desk]:
    """A worker without a model."""
    with open_desk(settings, database, files, house.organization.id) as opened:
        yield opened


def proposal_body(reply: str) -> bytes:
    """What a server answers whose model proposes the text."""
    content = json.dumps({"text": reply}, ensure_ascii=False)
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()


@contextmanager
def answering(desk: Desk, settings: Settings, files: FileStore, reply: str) -> Iterator[list[dict[str, Any]]]:
    """A worker whose model answered with the text. Yields the requests that left the process."""
    with server(200, proposal_body(reply)) as (url, requests):
        asks = settings.model_copy(update={"generator": "openai", "generator_model": "tiny", "generator_url": url})
        with open_desk(asks, desk.database, files, desk.organization_id) as opened:
            opened.run()
        yield requests


def node(api: Api, viewer: Viewer, id_: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = api.data(
        viewer, f"query($id: ID!) {{ node(id: $id) {{ ... on Rewording {{ {REWORDING} }} }} }}", {"id": id_}
    )["node"]
    return found


def test_a_goal_is_reworded_from_its_facts_and_taken_over_by_an_edit(
    api: Api, house: House, plain: Desk, settings: Settings, files: FileStore
) -> None:
    goal_id = draft(api, house.employee, house, title=TITLE, measures=[MEASURE], description="复盘由王小明主持")
    asked = done(api, house.employee, FOR_GOAL, goalId=goal_id, expectedVersion=1)["rewording"]
    assert (asked["state"], asked["text"], asked["goal"]) == ("WAITING", None, {"id": goal_id})
    assert asked["questions"], "the rules ask at once"
    again = done(api, house.employee, FOR_GOAL, goalId=goal_id)["rewording"]
    assert again["id"] == asked["id"], "one request at a time"
    proposed = "将新客户首月留存率从 62% 提高到 75%"
    with answering(plain, settings, files, proposed) as requests:
        found = node(api, house.employee, asked["id"])
    assert found is not None
    assert (found["state"], found["text"], found["failures"], found["outdated"]) == ("PROPOSED", proposed, [], False)
    assert (found["engine"], found["model"], found["promptVersion"]) == ("openai", "tiny", "reword-1")
    (sent,) = requests
    told = json.loads(sent["body"]["messages"][1]["content"])
    assert told["text"] == TITLE
    assert told["facts"][:2] == ["复盘由[[P1]]主持", "首月留存率 从 62% 到 75%"]
    assert "王小明" not in json.dumps(sent["body"], ensure_ascii=False)

    for viewer in (house.manager, house.hr, house.colleague, house.committee):
        assert node(api, viewer, asked["id"]) is None
        assert codes(api, viewer, DISCARD, id=asked["id"]) == ["NOT_FOUND"]
    with plain.database.begin(Scope(house.organization.id), write=False) as session:
        assert session.scalars(sa.select(Goal.title)).all() == [TITLE], "nothing takes it over by itself"
    done(api, house.employee, EDIT, id=goal_id, title=found["text"], expectedVersion=found["sourceVersion"])
    changed = node(api, house.employee, asked["id"])
    assert changed is not None
    assert changed["outdated"] is True
    assert codes(api, house.employee, EDIT, id=goal_id, title="x", expectedVersion=1) == ["CONFLICT"]
    done(api, house.employee, DISCARD, id=asked["id"])
    assert node(api, house.employee, asked["id"]) is None


def test_what_the_text_does_not_bear_is_dropped_with_its_reason(
    api: Api, house: House, plain: Desk, settings: Settings, files: FileStore
) -> None:
    text = "上周三的发布，他没有漏掉检查清单，提前两小时完成。"
    given = done(api, house.employee, GIVE, receiverId=person_id(house.colleague), text=text)["feedback"]
    asked = done(api, house.employee, FOR_NOTE, feedbackId=given["id"])["rewording"]
    with answering(plain, settings, files, "上周三的发布，他漏掉了检查清单，提前三小时完成。"):
        found = node(api, house.employee, asked["id"])
    assert found is not None
    assert (found["state"], found["text"], found["problemCode"]) == ("DROPPED", None, "rewording_dropped")
    assert {"check": "figure", "words": "三小时", "message": "有原文和事实中没有的数字或日期。"} in found["failures"]
    assert {failure["check"] for failure in found["failures"]} == {"figure", "direction", "lost"}
    with plain.database.begin(Scope(house.organization.id), write=False) as session:
        assert "三小时" not in str(session.scalars(sa.select(Rewording.text)).all())

    good = "他在上周三的发布中没有漏掉检查清单，提前两小时完成。"
    asked = done(api, house.employee, FOR_NOTE, feedbackId=given["id"])["rewording"]
    with answering(plain, settings, files, good):
        found = node(api, house.employee, asked["id"])
    assert found is not None
    assert (found["state"], found["text"], found["feedback"]) == ("PROPOSED", good, {"id": given["id"]})
    assert node(api, house.colleague, asked["id"]) is None, "the receiver reads the feedback, not what was tried"


def test_who_may_not_edit_may_not_ask_and_without_a_model_the_rules_answer(api: Api, house: House, plain: Desk) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house, title=TITLE)
    assert codes(api, house.colleague, FOR_GOAL, goalId=goal_id) == ["FORBIDDEN"]
    assert codes(api, house.employee, FOR_GOAL, goalId=goal_id, expectedVersion=99) == ["CONFLICT"]
    hidden = draft(api, house.employee, house, title=TITLE, visibility="PRIVATE")
    assert codes(api, house.colleague, FOR_GOAL, goalId=hidden) == ["NOT_FOUND"]
    receiver = person_id(house.colleague)
    given = done(api, house.employee, GIVE, receiverId=receiver, text="谢谢，辛苦了")["feedback"]["id"]
    assert codes(api, house.colleague, FOR_NOTE, feedbackId=given) == ["FORBIDDEN"]
    assert codes(api, house.committee, FOR_NOTE, feedbackId=given) == ["NOT_FOUND"]
    with plain.database.begin(Scope(house.organization.id), write=False) as session:
        assert session.scalars(sa.select(Rewording)).all() == []

    asked = done(api, house.employee, FOR_NOTE, feedbackId=given)["rewording"]["id"]
    plain.run()
    found = node(api, house.employee, asked)
    assert found is not None
    assert (found["state"], found["problemCode"]) == ("NOT_CONFIGURED", "rewording_not_configured")
    assert found["problem"] == "尚未配置语言模型；请按给出的问题自己补充。"
    assert found["questions"][0] == "这是什么时候、在哪件事或哪个场合发生的？"
    with plain.database.begin(Scope(house.organization.id)) as session:
        session.execute(sa.update(Rewording).values(expires_at=sa.literal(_past(), Rewording.expires_at.type)))
    assert node(api, house.employee, asked) is None
    plain.put("maintenance.expire_receipts")
    plain.run()
    with plain.database.begin(Scope(house.organization.id), write=False) as session:
        assert session.scalars(sa.select(Rewording)).all() == []


def _past() -> datetime.datetime:
    return datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
