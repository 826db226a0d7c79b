"""An employee looks at everything that is recorded about them, why, and who read it."""

from __future__ import annotations

from db.session import Database
from tests.goal_house import confirmed, done, make_house, person_id
from tests.schema.client import Api
from tests.schema.feedback.test_notes import GIVE, GOOD

RECORDS = (
    "query($first: Int, $after: String, $kinds: [RecordKind!]) { "
    "recordedAboutMe(first: $first, after: $after, kinds: $kinds) { nodes { kind purpose source readers "
    "readings { actor { id } times } object { id } } pageInfo { endCursor hasNextPage } } }"
)


def test_what_is_recorded_about_me(api: Api, database: Database) -> None:
    house = make_house(database)
    receiver = person_id(house.employee)
    goal_id = confirmed(api, house.employee, house.manager, house)
    open_ = done(api, house.colleague, GIVE, receiverId=receiver, text=GOOD)["feedback"]["id"]
    hidden = {"text": "周三发布前没有通知值班同事。", "visibility": "LINE", "visibilityReason": "先核实"}
    done(api, house.colleague, GIVE, receiverId=receiver, **hidden)
    about_others = done(api, house.employee, GIVE, receiverId=person_id(house.colleague), text=GOOD)["feedback"]["id"]
    listed = "query($id: ID!) { feedback(filter: { receiverId: $id }) { nodes { id } } }"
    for _ in range(2):
        api.data(house.manager, listed, {"id": receiver})

    found = api.data(house.employee, RECORDS, {"first": 50})["recordedAboutMe"]["nodes"]
    assert [record["kind"] for record in found] == ["FEEDBACK", "FEEDBACK", "GOAL"]
    line, shared, goal = found
    assert shared["object"] == {"id": open_}
    assert shared["readings"] == [{"actor": {"id": person_id(house.manager)}, "times": 2}]
    assert shared["purpose"].startswith("帮助你了解工作中的长处")
    assert goal["object"] == {"id": goal_id}
    assert goal["readings"] is None
    assert line["object"] is None, "that it is there is no secret, what it says is"
    assert line["readers"] == "写反馈的同事、你的各级上级和人力资源；内容不向你显示。"
    assert line["readings"] == [{"actor": {"id": person_id(house.manager)}, "times": 2}]
    assert about_others not in str(found)

    pages: list[str] = []
    after = None
    for _ in range(3):
        page = api.data(house.employee, RECORDS, {"first": 1, "after": after})["recordedAboutMe"]
        pages += [record["kind"] for record in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert pages == [record["kind"] for record in found]
    assert page["pageInfo"]["hasNextPage"] is False
    goals = api.data(house.employee, RECORDS, {"kinds": ["GOAL"]})["recordedAboutMe"]["nodes"]
    assert [record["kind"] for record in goals] == ["GOAL"]
    assert api.codes(house.employee, RECORDS, {"after": "W10"}) == ["BAD_CURSOR"]
    assert api.data(house.committee, RECORDS)["recordedAboutMe"]["nodes"] == []
