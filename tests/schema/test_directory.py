"""The directory and people's records through GraphQL."""

from __future__ import annotations

from typing import Any

import pytest

from db.files import FileStore
from db.session import Database
from schema.relay import encode_id
from tests.factories import make_person
from tests.paper import PaperCompany, make_paper_company
from tests.schema.client import Api

PEOPLE = """
query($filter: PersonFilter, $first: Int, $after: String) { people(filter: $filter, first: $first, after: $after) {
  nodes { staffNumber name email roles employments { jobTitle startsOn manager { name } department { code } } }
  pageInfo { hasNextPage endCursor } } }
"""


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def _listed(api: Api, company: PaperCompany, who: str = "report", **wanted: Any) -> list[str]:
    nodes = api.data(company.viewers[who], PEOPLE, {"filter": wanted})["people"]["nodes"]
    return [node["staffNumber"] for node in nodes]


def test_filters(api: Api, company: PaperCompany) -> None:
    numbers = ["T1001", "T1002", "T1005", "T1006", "T1007", "T1009", "T1010", "T1012", "T1014"]
    assert _listed(api, company) == numbers
    assert _listed(api, company, search="晓雯") == _listed(api, company, staffNumber="T1006") == ["T1006"]
    assert _listed(api, company, search="t10") == numbers
    assert _listed(api, company, search="%") == _listed(api, company, search="没有此人") == []
    manager = encode_id("Person", company.people["manager"].id)
    assert _listed(api, company, managerId=manager) == ["T1006", "T1007"]
    assert _listed(api, company, managerId=manager, search="赵") == ["T1007"]
    department = api.data(company.viewers["report"], "{ viewer { person { department { id code } } } }")
    id_ = department["viewer"]["person"]["department"]["id"]
    assert _listed(api, company, departmentId=id_) == numbers
    for wanted, code in (
        ({"search": "a\x00b"}, "INVALID"),
        ({"search": "长" * 1001}, "INVALID"),
        ({"managerId": id_}, "BAD_ID"),
        ({"departmentId": "nonsense"}, "BAD_ID"),
    ):
        assert api.codes(company.viewers["report"], PEOPLE, {"filter": wanted}) == [code]


def test_a_name_is_found_in_capitals_of_every_alphabet(api: Api, company: PaperCompany, database: Database) -> None:
    with database.begin(company.scope) as session:
        for number, name in (("T2001", "Lü Jianguo"), ("T2002", "Åsa Öberg"), ("T2003", "Ольга")):
            make_person(session, company.organization, name, staff_number=number)
    for words, number in (("LÜ", "T2001"), ("öBERG", "T2002"), ("ОЛЬ", "T2003")):
        assert _listed(api, company, search=words) == [number]


def test_records_are_for_the_person_the_line_and_hr(api: Api, company: PaperCompany) -> None:
    def readable(who: str) -> set[str]:
        nodes = api.data(company.viewers[who], PEOPLE, {})["people"]["nodes"]
        for node in nodes:
            filled = [node[part] is not None for part in ("email", "roles", "employments")]
            assert all(filled) or not any(filled)
        return {node["staffNumber"] for node in nodes if node["email"] is not None}

    assert readable("report") == {"T1006"}
    assert readable("manager") == {"T1005", "T1006", "T1007"}
    assert readable("director") == {"T1002", "T1005", "T1006", "T1007", "T1010", "T1012", "T1014"}
    assert readable("stranger") == {"T1009"}
    assert readable("pmo") == {"T1010"}
    assert readable("administrator") == {"T1014"}
    assert len(readable("hr")) == 9


def test_a_record(api: Api, company: PaperCompany) -> None:
    (node,) = api.data(company.viewers["hr"], PEOPLE, {"filter": {"staffNumber": "T1006"}})["people"]["nodes"]
    assert node["roles"] == ["EMPLOYEE"]
    assert node["employments"] == [
        {"jobTitle": "工程师", "startsOn": "2020-01-01", "manager": {"name": "王立国"}, "department": {"code": "RD"}}
    ]


def test_who_left_is_listed_for_hr_only(api: Api, database: Database, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        former = make_person(session, company.organization, "杨帆", staff_number="T2001")
        former.archived_at = former.created_at
    query = "query($id: ID!) { node(id: $id) { ... on Person { name archived } } }"
    id_ = {"id": encode_id("Person", former.id)}
    assert "T2001" not in _listed(api, company)
    assert "T2001" in _listed(api, company, "hr")
    assert api.data(company.viewers["report"], query, id_) == {"node": None}
    assert api.data(company.viewers["hr"], query, id_) == {"node": {"name": "杨帆", "archived": True}}


def test_pages_meet_without_gap(api: Api, company: PaperCompany) -> None:
    after: str | None = None
    seen: list[str] = []
    while True:
        page = api.data(company.viewers["report"], PEOPLE, {"first": 4, "after": after})["people"]
        seen.extend(node["staffNumber"] for node in page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == _listed(api, company)


def test_another_organisations_people_are_absent(
    api: Api, database: Database, files: FileStore, company: PaperCompany
) -> None:
    other = make_paper_company(database, files)
    viewer = company.viewers["hr"]
    for name, id_ in (
        ("Person", other.subject.id),
        ("Cycle", other.cycle.id),
        ("FormTemplate", other.form.id),
        ("Organization", other.organization.id),
    ):
        query = "query($id: ID!) { node(id: $id) { id } }"
        assert api.data(viewer, query, {"id": encode_id(name, id_)}) == {"node": None}
    foreign = encode_id("Person", other.people["manager"].id)
    assert _listed(api, company, managerId=foreign) == []


def test_calendar_and_forms(api: Api, company: PaperCompany) -> None:
    data = api.data(
        company.viewers["report"],
        "{ cycles { nodes { key name kind startsOn endsOn reviewStartsOn reviewEndsOn } }"
        "  formTemplates { nodes { key version title"
        "    fields { key label type required weight options { value label } } } } }",
    )
    assert [cycle["key"] for cycle in data["cycles"]["nodes"]] == ["2026Q4", "2026Q3"]
    assert data["cycles"]["nodes"][1] == {
        "key": "2026Q3",
        "name": "2026年第三季度",
        "kind": "QUARTER",
        "startsOn": "2026-07-01",
        "endsOn": "2026-09-30",
        "reviewStartsOn": "2026-10-01",
        "reviewEndsOn": "2026-10-31",
    }
    (form,) = data["formTemplates"]["nodes"]
    assert (form["key"], form["version"], form["title"]) == ("quarterly-review", 1, "季度绩效评价表")
    fields = {field["key"]: field for field in form["fields"]}
    assert (fields["score_results"]["type"], fields["score_results"]["weight"]) == ("SCORE", "30")
    assert [option["value"] for option in fields["grade"]["options"]] == ["A", "B", "C", "D"]
