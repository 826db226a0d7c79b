"""Micro-feedback through the API: giving, correcting, drafts without a connection, help in writing, who sees what."""

from __future__ import annotations

import datetime
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from db.base import now
from db.models.events import AccessEvent, Event
from db.models.feedback.notes import Feedback, FeedbackTag
from db.session import Database, Scope
from db.viewer import Viewer
from resolvers.feedback.giving import FeedbackDraft, Words, give_feedback
from schema.relay import encode_id
from tests.goal_house import House, codes, confirmed, done, make_house, perform, person_id
from tests.schema.client import Api

WORDS = "id text tags { key label competency } missing emptyPraise useful sentiment prompts version correctedAt"
GIVE = (
    "mutation($input: GiveFeedbackInput!) { giveFeedback(input: $input) "
    f"{{ feedback {{ {WORDS} giver {{ id }} receiver {{ id }} linked {{ id }} }} errors {{ code field }} }} }}"
)
BATCH = (
    "mutation($input: GiveFeedbackBatchInput!) { giveFeedbackBatch(input: $input) "
    "{ results { draftId feedback { id } error { code field message } } errors { code } } }"
)
CORRECT = (
    "mutation($input: CorrectFeedbackInput!) { correctFeedback(input: $input) "
    f"{{ feedback {{ {WORDS} revisions {{ number text tags {{ key }} }} }} errors {{ code field }} }} }}"
)
LIST = "query($filter: FeedbackFilter) { feedback(filter: $filter) { nodes { id } } }"
GOOD = "上周五支付接口报警后，你连夜回滚并写了复盘，客户当晚就恢复下单。"


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


def listed(api: Api, viewer: Viewer, **wanted: Any) -> list[str]:
    return [node["id"] for node in api.data(viewer, LIST, {"filter": wanted})["feedback"]["nodes"]]


def rows(database: Database, house: House, model: type[Any] = Feedback) -> list[Any]:
    with database.begin(Scope(house.organization.id), write=False) as session:
        return list(session.scalars(sa.select(model)))


def test_a_person_and_a_tag_is_enough(api: Api, house: House) -> None:
    given = done(api, house.colleague, GIVE, receiverId=person_id(house.employee), tags=["collaboration"])["feedback"]
    assert given["tags"] == [{"key": "collaboration", "label": "团队协作", "competency": "collaboration"}]
    assert (given["text"], given["missing"], given["useful"]) == (None, ["SITUATION", "IMPACT"], False)
    told = "{ viewer { notifications { nodes { code text link subject { id } } } } }"
    (note,) = api.data(house.employee, told)["viewer"]["notifications"]["nodes"]
    assert note == {
        "code": "FEEDBACK_RECEIVED",
        "text": "有同事给了你反馈。",
        "link": f"/feedback/{given['id']}",
        "subject": {"id": given["id"]},
    }


def test_a_person_and_a_text_is_enough(api: Api, house: House) -> None:
    given = done(api, house.colleague, GIVE, receiverId=person_id(house.employee), text=f"  {GOOD}\n")["feedback"]
    assert given["text"] == GOOD
    assert (given["emptyPraise"], given["useful"], given["sentiment"]) == (False, True, "STRENGTH")


@pytest.mark.parametrize("text", ["再接再厉，继续加油！", "Great job, keep it up!"])
def test_empty_praise_is_kept_and_asked_about(api: Api, house: House, text: str) -> None:
    given = done(api, house.colleague, GIVE, receiverId=person_id(house.employee), text=text)["feedback"]
    assert (given["text"], given["emptyPraise"], given["useful"]) == (text, True, False)
    assert given["prompts"]
    seen = "query($id: ID!) { node(id: $id) { ... on Feedback { text prompts } } }"
    assert api.data(house.employee, seen, {"id": given["id"]})["node"] == {"text": text, "prompts": None}


@pytest.mark.parametrize(
    ("values", "code", "at"),
    [
        ({}, "FEEDBACK_EMPTY", ["text"]),
        ({"text": " \n"}, "FEEDBACK_EMPTY", ["text"]),
        ({"text": "\u200b\u2060 \ufeff"}, "FEEDBACK_EMPTY", ["text"]),
        ({"text": "x" * 5_001}, "TEXT_TOO_LONG", ["text"]),
        ({"tags": ["collaboration", "nonsense"]}, "TAG_UNKNOWN", ["tags", "1"]),
        ({"tags": ["collaboration"] * 11}, "TOO_MANY", ["tags"]),
        ({"text": "x", "visibility": "LINE"}, "REASON_REQUIRED", ["visibilityReason"]),
        ({"text": "x", "occurredAt": "2999-01-01T00:00:00Z"}, "TIME_IN_FUTURE", ["occurredAt"]),
        ({"text": "x", "linkUrl": "javascript:alert(1)"}, "LINK_INVALID", ["linkUrl"]),
        ({"text": "x", "linkUrl": "https://["}, "LINK_INVALID", ["linkUrl"]),
        ({"text": "x", "linkedId": encode_id("Person", uuid.uuid4())}, "BAD_ID", ["linkedId"]),
        ({"text": "x", "linkedId": encode_id("Goal", uuid.uuid4())}, "NOT_FOUND", ["linkedId"]),
        ({"text": "x", "receiverId": encode_id("Person", uuid.uuid4())}, "NOT_FOUND", ["receiverId"]),
    ],
)
def test_what_cannot_stand(api: Api, house: House, values: dict[str, Any], code: str, at: list[str]) -> None:
    given = {"receiverId": person_id(house.employee), **values}
    assert perform(api, house.colleague, GIVE, **given)["errors"] == [{"code": code, "field": ["input", *at]}]
    assert listed(api, house.colleague) == []


def test_nobody_writes_about_oneself(api: Api, house: House) -> None:
    assert codes(api, house.employee, GIVE, receiverId=person_id(house.employee), text=GOOD) == ["RECEIVER_IS_SELF"]


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("RECEIVER", {"colleague", "employee"}),
        ("RECEIVER_AND_LINE", {"colleague", "employee", "manager", "hr"}),
        ("LINE", {"colleague", "manager", "hr"}),
    ],
)
def test_who_reads_it(api: Api, house: House, database: Database, visibility: str, readers: set[str]) -> None:
    receiver = person_id(house.employee)
    words = {"text": GOOD, "visibility": visibility, "visibilityReason": "先与上级核实"}
    given = done(api, house.colleague, GIVE, receiverId=receiver, **words)["feedback"]
    for who in ("colleague", "employee", "manager", "hr", "committee"):
        expected = [given["id"]] if who in readers else []
        assert listed(api, getattr(house, who), receiverId=receiver) == expected, who
    seen_by = {access.actor_id for access in rows(database, house, AccessEvent)}
    line = {getattr(house, who).person_id for who in readers - {"colleague", "employee"}}
    assert seen_by == line, "the line's reading is noted, the giver's and the receiver's is not"


def test_the_manager_hears_of_what_is_for_the_line(api: Api, house: House) -> None:
    words = {"text": GOOD, "visibility": "LINE", "visibilityReason": "先与上级核实"}
    done(api, house.colleague, GIVE, receiverId=person_id(house.employee), **words)
    told = "{ viewer { notifications { nodes { code } } } }"
    assert api.data(house.manager, told)["viewer"]["notifications"]["nodes"] == [{"code": "FEEDBACK_FOR_LINE"}]
    assert api.data(house.employee, told)["viewer"]["notifications"]["nodes"] == []


def test_feedback_joins_the_chain_of_its_goal(api: Api, house: House) -> None:
    goal_id = confirmed(api, house.employee, house.manager, house, visibility="LINE")
    receiver = person_id(house.employee)
    given = done(api, house.manager, GIVE, receiverId=receiver, text=GOOD, linkedId=goal_id)["feedback"]
    assert given["linked"] == {"id": goal_id}
    done(api, house.manager, GIVE, receiverId=receiver, text=GOOD)
    chain = "query($id: ID!) { chain(goalId: $id) { feedback { id } } }"
    assert api.data(house.employee, chain, {"id": goal_id})["chain"]["feedback"] == [{"id": given["id"]}]
    assert listed(api, house.hr, linkedId=goal_id) == [given["id"]]
    assert codes(api, house.committee, GIVE, receiverId=receiver, text=GOOD, linkedId=goal_id) == ["NOT_FOUND"]


def test_filters(api: Api, house: House) -> None:
    receiver = person_id(house.employee)
    early = done(
        api, house.colleague, GIVE, receiverId=receiver, tags=["quality"], occurredAt="2026-01-05T09:00:00+08:00"
    )["feedback"]["id"]
    late = done(api, house.manager, GIVE, receiverId=receiver, text=GOOD)["feedback"]["id"]
    assert listed(api, house.hr) == [late, early]
    assert listed(api, house.hr, tag="quality") == [early]
    assert listed(api, house.hr, useful=True) == [late]
    assert listed(api, house.hr, giverId=person_id(house.manager)) == [late]
    assert listed(api, house.hr, until="2026-01-05T01:00:00Z") == []
    assert listed(api, house.hr, until="2026-01-05T01:00:01Z") == [early]
    assert listed(api, house.hr, kind="KUDOS") == []


def test_a_draft_that_arrives_again_is_stored_once(api: Api, house: House, database: Database) -> None:
    draft = {"receiverId": person_id(house.employee), "text": GOOD, "draftId": str(uuid.uuid4())}
    first = done(api, house.colleague, GIVE, **draft)["feedback"]["id"]
    again = done(api, house.colleague, GIVE, **draft, requestId=str(uuid.uuid4()))["feedback"]["id"]
    batch = done(api, house.colleague, BATCH, drafts=[draft, draft])["results"]
    assert {first, again, *(result["feedback"]["id"] for result in batch)} == {first}
    assert codes(api, house.colleague, GIVE, **{**draft, "text": "别的"}) == ["DRAFT_REUSED"]
    other = done(api, house.manager, GIVE, **draft)["feedback"]["id"]
    assert other != first, "the id of a draft is its writer's own"
    assert len(rows(database, house)) == 2
    assert [line.type for line in rows(database, house, Event)].count("feedback.given") == 2


def test_a_draft_from_two_devices_at_once_is_stored_once(database: Database, house: House) -> None:
    assert house.employee.person_id is not None
    draft = FeedbackDraft(house.employee.person_id, Words(GOOD, ("quality",)), draft_id=uuid.uuid4())
    ready = threading.Barrier(4)

    def send(_number: int) -> uuid.UUID:
        ready.wait(20)
        with database.begin(Scope(house.organization.id)) as session:
            return give_feedback(session, house.colleague, draft).id

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(send, range(4)))
    assert len(set(found)) == 1
    assert len(rows(database, house)) == len(rows(database, house, FeedbackTag)) == 1


def test_a_bad_draft_leaves_the_others_alone(api: Api, house: House, database: Database) -> None:
    receiver = person_id(house.employee)
    drafts: list[dict[str, Any]] = [
        {"receiverId": receiver, "text": GOOD, "draftId": str(uuid.uuid4())},
        {"receiverId": receiver, "draftId": str(uuid.uuid4())},
        {"receiverId": "broken", "text": GOOD, "draftId": str(uuid.uuid4())},
        {"receiverId": receiver, "tags": ["quality"], "draftId": str(uuid.uuid4())},
    ]
    request = str(uuid.uuid4())
    results = done(api, house.colleague, BATCH, drafts=drafts, requestId=request)["results"]
    assert [result["draftId"] for result in results] == [draft["draftId"] for draft in drafts]
    assert [result["error"] and (result["error"]["code"], result["error"]["field"]) for result in results] == [
        None,
        ("FEEDBACK_EMPTY", ["input", "drafts", "1", "text"]),
        ("BAD_ID", ["input", "drafts", "2", "receiverId"]),
        None,
    ]
    assert results[1]["error"]["message"] == "请至少写一句话，或选择一个行为标签。"
    assert done(api, house.colleague, BATCH, drafts=drafts, requestId=request)["results"] == results
    assert len(rows(database, house)) == 2
    many = [{"receiverId": receiver, "tags": ["quality"], "draftId": str(uuid.uuid4())} for _ in range(101)]
    assert codes(api, house.colleague, BATCH, drafts=many) == ["TOO_MANY"]


def test_corrections(api: Api, house: House, database: Database) -> None:
    given = done(api, house.colleague, GIVE, receiverId=person_id(house.employee), text="写错了", tags=["quality"])
    id_ = given["feedback"]["id"]
    changed = done(api, house.colleague, CORRECT, id=id_, text=GOOD, tags=["ownership"])["feedback"]
    assert (changed["text"], changed["revisions"], changed["correctedAt"]) == (GOOD, [], None)
    assert [tag["key"] for tag in changed["tags"]] == ["ownership"]
    with database.begin(Scope(house.organization.id)) as session:
        session.execute(sa.update(Feedback).values(created_at=now() - datetime.timedelta(minutes=16)))
    assert codes(api, house.colleague, CORRECT, id=id_, text="x", expectedVersion=1) == ["CONFLICT"]
    assert codes(api, house.employee, CORRECT, id=id_, text="x") == ["FORBIDDEN"]
    assert codes(api, house.committee, CORRECT, id=id_, text="x") == ["NOT_FOUND"]
    assert codes(api, house.colleague, CORRECT, id=id_) == ["FEEDBACK_EMPTY"]
    late = done(api, house.colleague, CORRECT, id=id_, text="更正：是周四")["feedback"]
    assert late["text"] == "更正：是周四"
    assert late["correctedAt"] is not None
    assert late["revisions"] == [{"number": 1, "text": GOOD, "tags": [{"key": "ownership"}]}]


TAGS = "{ behaviourTags { key label shipped } }"
SAVE_TAG = "mutation($input: SaveBehaviourTagInput!) { saveBehaviourTag(input: $input) { key errors { code field } } }"
ASSIST = (
    "query($text: String!, $language: Language) { feedbackAssist(text: $text, language: $language) { language "
    "situation { text start end } behaviour { text } impact { text } missing emptyPraise sentiment questions "
    "suggestion tags { tag { key } score because } cautions { code message span { text start end } } } }"
)


def test_the_organisation_has_tags_of_its_own(api: Api, house: House) -> None:
    assert len(api.data(house.employee, TAGS)["behaviourTags"]) == 12
    done(api, house.hr, SAVE_TAG, key="pairing", labelZh="结对编程", labelEn="Pairing", cuesZh=["结对"])
    done(api, house.hr, SAVE_TAG, key="quality", labelZh="质量", labelEn="Quality", retired=True)
    assert codes(api, house.hr, SAVE_TAG, key="No Key", labelZh="x", labelEn="x") == ["INVALID"]
    assert codes(api, house.employee, SAVE_TAG, key="mine", labelZh="x", labelEn="x") == ["FORBIDDEN"]
    keys = {tag["key"]: tag["shipped"] for tag in api.data(house.employee, TAGS)["behaviourTags"]}
    assert len(keys) == 12
    assert keys["pairing"] is False
    assert "quality" not in keys
    receiver = person_id(house.employee)
    assert codes(api, house.colleague, GIVE, receiverId=receiver, tags=["quality"]) == ["TAG_UNKNOWN"]
    found = api.data(house.colleague, ASSIST, {"text": "周二下午和新同事结对，把登录模块测完了。"})["feedbackAssist"]
    assert "pairing" in [each["tag"]["key"] for each in found["tags"]]
    assert "quality" not in [each["tag"]["key"] for each in found["tags"]]


def test_help_in_writing(api: Api, house: House, database: Database) -> None:
    found = api.data(house.employee, ASSIST, {"text": "Keep up the good work!"})["feedbackAssist"]
    assert (found["language"], found["emptyPraise"]) == ("EN", True)
    assert found["missing"] == ["SITUATION", "BEHAVIOUR", "IMPACT"]
    assert len(found["questions"]) == 3
    text = "听说他总是迟到。"
    found = api.data(house.employee, ASSIST, {"text": text, "language": "ZH"})["feedbackAssist"]
    assert {each["code"] for each in found["cautions"]} == {"HEARSAY", "ABSOLUTE"}
    assert all(text[each["span"]["start"] : each["span"]["end"]] == each["span"]["text"] for each in found["cautions"])
    assert api.codes(house.employee, ASSIST, {"text": "x" * 5_001}) == ["TEXT_TOO_LONG"]
    assert rows(database, house) == []


POLICY = (
    "mutation($input: SetFeedbackPolicyInput!) { setFeedbackPolicy(input: $input) "
    "{ policy { editMinutes anonymousMinimum tagPoints { tag points } } errors { code field } } }"
)
SAVE_PHRASE = (
    "mutation($input: SaveQuickPhraseInput!) { saveQuickPhrase(input: $input) { phrase { id } errors { code } } }"
)
REMOVE_PHRASE = (
    "mutation($input: RemoveQuickPhraseInput!) { removeQuickPhrase(input: $input) { removed errors { code } } }"
)


def test_settings(api: Api, house: House) -> None:
    changed = done(api, house.hr, POLICY, editMinutes=0, tagPoints=[{"tag": "quality", "points": 2}])["policy"]
    assert changed == {"editMinutes": 0, "anonymousMinimum": 4, "tagPoints": [{"tag": "quality", "points": 2}]}
    assert codes(api, house.hr, POLICY, anonymousMinimum=3) == ["NUMBER_OUT_OF_RANGE"]
    assert codes(api, house.hr, POLICY, tagPoints=[{"tag": "none", "points": 2}]) == ["TAG_UNKNOWN"]
    assert codes(api, house.manager, POLICY, editMinutes=1) == ["FORBIDDEN"]


def test_quick_phrases_are_ones_own(api: Api, house: House) -> None:
    phrase = done(api, house.employee, SAVE_PHRASE, text=" 谢谢支援 ")["phrase"]
    assert done(api, house.employee, SAVE_PHRASE, text="谢谢支援")["phrase"] == phrase
    mine = "{ quickPhrases { nodes { text } } }"
    assert api.data(house.employee, mine)["quickPhrases"]["nodes"] == [{"text": "谢谢支援"}]
    assert api.data(house.colleague, mine)["quickPhrases"]["nodes"] == []
    assert codes(api, house.colleague, REMOVE_PHRASE, id=phrase["id"]) == ["NOT_FOUND"]
    assert done(api, house.employee, REMOVE_PHRASE, id=phrase["id"])["removed"] is True
    assert api.data(house.employee, mine)["quickPhrases"]["nodes"] == []


def test_statements(api: Api, house: House, database: Database) -> None:
    """Giving takes a handful of statements, and reading as many for ten as for one."""
    receiver = person_id(house.employee)
    done(api, house.colleague, GIVE, receiverId=receiver, text=GOOD)
    draft = {"receiverId": receiver, "text": GOOD, "tags": ["quality"], "draftId": str(uuid.uuid4())}
    counted: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "SELECT set_config")):
            counted.append(statement)

    event.listen(sa.engine.Engine, "before_cursor_execute", count)
    try:
        assert house.employee.person_id is not None
        with database.begin(Scope(house.organization.id)) as session:
            own = FeedbackDraft(house.employee.person_id, Words(GOOD, ("quality",)), draft_id=uuid.uuid4())
            give_feedback(session, house.colleague, own)
        giving = len(counted)
        texts = f"query($n: Int!) {{ feedback(first: $n) {{ nodes {{ {WORDS} giver {{ id }} linked {{ id }} }} }} }}"
        reading = []
        done(api, house.colleague, GIVE, **draft)
        for number in (1, 1, 3):
            counted.clear()
            assert len(api.data(house.employee, texts, {"n": number})["feedback"]["nodes"]) == number
            reading.append(len(counted))
    finally:
        event.remove(sa.engine.Engine, "before_cursor_execute", count)
    assert giving <= 10, counted
    assert reading[1] == reading[2], "the first one opens connections"
