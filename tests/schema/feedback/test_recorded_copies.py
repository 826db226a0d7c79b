"""What others made of what is recorded about a person is recorded about that person, too."""

from __future__ import annotations

from typing import Any

from db.base import now
from db.files import FileStore
from db.models.rewordings import Rewording
from db.session import Database, Scope
from db.settings import Settings
from schema.relay import decode_id
from tests.goal_house import CHECK_IN, confirmed, done, make_house, person_id
from tests.schema import test_briefs as briefs
from tests.schema.client import Api
from tests.schema.feedback.test_notes import GIVE, GOOD
from tests.schema.feedback.test_recorded import RECORDS
from tests.workers.desk import open_desk

REWORD = (
    "mutation($input: RequestFeedbackRewordingInput!) { requestFeedbackRewording(input: $input) "
    "{ rewording { id } errors { code } } }"
)


def test_what_others_made_of_it_is_recorded_too(
    api: Api, settings: Settings, database: Database, files: FileStore
) -> None:
    """Rewordings, copies of briefs, and what was left out of them."""
    house = make_house(database)
    own = person_id(house.employee)

    def listed(*kinds: str) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = api.data(house.employee, RECORDS, {"kinds": kinds})["recordedAboutMe"]["nodes"]
        return nodes

    note = done(api, house.colleague, GIVE, receiverId=own, text=GOOD)["feedback"]["id"]
    asked = done(api, house.colleague, REWORD, feedbackId=note)
    (found,) = listed("REWORDING")
    assert (found["object"], found["readings"], found["readers"]) == (None, None, "只有请求改写的人。")
    with database.begin(Scope(house.organization.id)) as session:
        session.get_one(Rewording, decode_id(asked["rewording"]["id"], "Rewording")).expires_at = now()
    assert listed("REWORDING") == [], "it is over"

    goal_id = confirmed(api, house.employee, house.manager, house)
    done(api, house.employee, CHECK_IN, goalId=goal_id, note="8月把盘点时间从6小时降到2小时。")
    with open_desk(settings, database, files, house.organization.id) as desk:
        brief = briefs.written(api, desk, house.manager, house)
        document = done(api, house.manager, briefs.DOCUMENT, briefId=brief["id"], format="PDF")["briefDocument"]["id"]
        evidence = brief["evidence"]["nodes"][0]["id"]
        done(api, house.manager, briefs.EXCLUDE, evidenceId=evidence, reason="与本人无关")
        assert listed("BRIEF_FILE") == [], "it is not made yet"
        desk.run()
    file, exclusion = listed("BRIEF_FILE", "EXCLUSION")
    assert {file["kind"], exclusion["kind"]} == {"BRIEF_FILE", "EXCLUSION"}
    assert (file["object"], exclusion["object"]) == (None, None)
    assert "与本人无关" not in str(listed("EXCLUSION"))
    node = "query($id: ID!) { node(id: $id) { ... on BriefDocument { url } } }"
    assert api.http.get(api.data(house.manager, node, {"id": document})["node"]["url"]).status_code == 200
    (read, *_) = [each for each in listed("BRIEF") if each["readings"]]
    assert [each["actor"]["id"] for each in read["readings"]] == [person_id(house.manager)]
