"""No single request may occupy the server, and each that tries is told which limit it broke."""

from __future__ import annotations

import base64
import json

import pytest
from graphql import get_introspection_query

from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer
from tests.conftest import MakeSettings
from tests.factories import make_organization, make_person, make_viewer
from tests.schema.client import Api


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Limits are the same on every database."""
    return make_settings("sqlite")


def nested(levels: int) -> str:
    return "{ " + "a { " * levels + "b" + " }" * levels + " }"


def spreading(levels: int) -> str:
    """Fragments that double at each level: short to write, 2^levels fields long."""
    parts = [f"fragment F{n} on Query {{ ...F{n + 1} x{n}: __typename ...F{n + 1} }}" for n in range(levels)]
    return "{ ...F0 } " + " ".join(parts) + f" fragment F{levels} on Query {{ __typename }}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (nested(21), "QUERY_TOO_DEEP"),
        (nested(150), "QUERY_TOO_DEEP"),
        (nested(2_000), "GRAPHQL_PARSE_FAILED"),
        ("{ viewer { roles }" * 400, "GRAPHQL_PARSE_FAILED"),
        ("{ " + "viewer { roles } " * 1_200 + "}", "QUERY_TOO_LARGE"),
        ("{ " + " ".join(f"a{n}: viewer {{ roles }}" for n in range(60)) + " }", "QUERY_TOO_LARGE"),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(51)) + " }", "QUERY_TOO_LARGE"),
        ("{ " + "__typename " * 26 + "}", "QUERY_TOO_LARGE"),
        ("{ " + "__typename " * 4_999 + "}", "GRAPHQL_PARSE_FAILED"),
        (spreading(12), "QUERY_TOO_LARGE"),
        (spreading(40), "QUERY_TOO_LARGE"),
        ("#" * 100_001 + "\n{ __typename }", "QUERY_TOO_LARGE"),
        ("{ __typename " + "@skip(if: false) " * 1_300 + "}", "GRAPHQL_PARSE_FAILED"),
        ("fragment A on Query { ...B } fragment B on Query { ...A } { ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ a: viewer { " + "roles " * 900 + "} }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ "
            + " ".join(f"a{n}: people(first: 100) {{ nodes {{ name id staffNumber }} }}" for n in range(25))
            + " }",
            None,
        ),
        (
            "query($n: Int) { "
            + " ".join(
                f"a{n}: reviews(first: $n) {{ nodes {{ answers {{ {fields} }} subject {{ name }} }} }}"
                for n, fields in enumerate(["key value score weight source label"] * 25)
            )
            + " }",
            "QUERY_TOO_COSTLY",
        ),
    ],
)
def test_bombs(api: Api, employee: Viewer, text: str, code: str | None) -> None:
    assert api.codes(employee, text, {"n": 100}) == ([] if code is None else [code])


def test_cost_counts_rows_with_the_variables_of_the_request(api: Api, employee: Viewer) -> None:
    manager = "manager { name id staffNumber nameLatin jobTitle archived }"
    person = f"nodes {{ name id staffNumber nameLatin jobTitle archived {manager} }}"
    pages = " ".join(f"a{n}: people(first: $n) {{ {person} }}" for n in range(20))
    text = f"query($n: Int) {{ {pages} }}"
    assert api.codes(employee, text, {"n": 100}) == ["QUERY_TOO_COSTLY"]
    assert api.codes(employee, text, {"n": 5}) == []
    assert api.codes(employee, text, {}) == []
    assert api.codes(employee, text.replace("$n: Int", "$n: Int = 100")) == ["QUERY_TOO_COSTLY"]
    assert api.codes(employee, text.replace("$n)", "100)").replace("query($n: Int)", "query")) == ["QUERY_TOO_COSTLY"]
    fragment = text.replace(person, "...P") + f" fragment P on PersonConnection {{ {person} }}"
    assert api.codes(employee, fragment, {"n": 100}) == ["QUERY_TOO_COSTLY"]


def test_tools_can_read_the_schema(api: Api, employee: Viewer) -> None:
    for deprecation in (True, False):
        text = get_introspection_query(
            specified_by_url=True,
            directive_is_repeatable=True,
            schema_description=True,
            input_value_deprecation=deprecation,
        )
        assert len(api.data(employee, text)["__schema"]["types"]) > 30


@pytest.mark.parametrize("size", [0, -1, 101, 10_000, 2_147_483_647, -2_147_483_648])
def test_page_sizes(api: Api, employee: Viewer, size: int) -> None:
    answer = api.answer(employee, "query($n: Int) { people(first: $n) { nodes { id } } }", {"n": size})
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "BAD_PAGE_SIZE", "field": ["first"]}
    assert answer["data"] is None


@pytest.mark.parametrize("size", [2**31, 1.5, "20", True, [1]])
def test_page_sizes_that_are_no_numbers(api: Api, employee: Viewer, size: object) -> None:
    codes = api.codes(employee, "query($n: Int) { people(first: $n) { nodes { id } } }", {"n": size})
    assert codes == ["BAD_USER_INPUT"]


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "id_",
    [
        "",
        "x",
        "1",
        "é",
        "====",
        "a" * 5_000,
        "%00",
        "0190a5b2-7e64-7cc4-9b1f-3f6f5f9f0c11",
        encoded("Person"),
        encoded("Person:"),
        encoded("Person:1"),
        encoded("Person:" + "z" * 32),
        encoded("Person:0190a5b2-7e64-7cc4-9b1f-3f6f5f9f0c11"),
        encoded("Nothing:0190a5b27e647cc49b1f3f6f5f9f0c11"),
        encoded("Query:0190a5b27e647cc49b1f3f6f5f9f0c11"),
        encoded("person:0190a5b27e647cc49b1f3f6f5f9f0c11"),
        encoded("Person:0190a5b27e647cc49b1f3f6f5f9f0c11:x"),
        encoded("Person:0190a5b27e647cc49b1f3f6f5f9f0c11") + "\n",
        encoded("Person:" + "٠" * 32),
    ],
)
def test_malformed_ids(api: Api, employee: Viewer, id_: str) -> None:
    answer = api.answer(employee, "query($id: ID!) { node(id: $id) { id } }", {"id": id_})
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "BAD_ID", "field": ["id"]}
    assert answer["data"] == {"node": None}


def test_an_id_of_nothing_is_absent(api: Api, employee: Viewer) -> None:
    id_ = encoded("Person:0190a5b27e647cc49b1f3f6f5f9f0c11")
    assert api.data(employee, "query($id: ID!) { node(id: $id) { id } }", {"id": id_}) == {"node": None}


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        encoded("{}"),
        encoded("[]"),
        encoded('"a"'),
        encoded("[1, 2]"),
        encoded('["a"]'),
        encoded('["a", "b"]'),
        encoded('["a", "0190a5b2-7e64-7cc4-9b1f-3f6f5f9f0c11", "c"]'),
        encoded(json.dumps(["\x00", "0190a5b2-7e64-7cc4-9b1f-3f6f5f9f0c11"])),
        encoded("[" * 50_000),
    ],
)
def test_malformed_cursors(api: Api, employee: Viewer, cursor: str) -> None:
    answer = api.answer(employee, "query($c: String) { people(after: $c) { nodes { id } } }", {"c": cursor})
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_CURSOR"


def test_a_cursor_of_another_list_is_refused(api: Api, database: Database) -> None:
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        viewer = make_viewer(session, company)
        make_person(session, company)
    page = api.data(viewer, "{ people(first: 1) { pageInfo { endCursor } } }")
    cursor = page["people"]["pageInfo"]["endCursor"]
    assert api.data(viewer, "query($c: String) { people(after: $c) { nodes { id } } }", {"c": cursor})
    assert api.codes(viewer, "query($c: String) { reviews(after: $c) { nodes { id } } }", {"c": cursor}) == [
        "BAD_CURSOR"
    ]


def test_walking_pages_meets_everybody_once(api: Api, database: Database) -> None:
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        viewer = make_viewer(session, company)
        for _ in range(22):
            make_person(session, company)
    met: list[str] = []
    after = None
    for _ in range(10):
        page = api.data(
            viewer,
            "query($c: String) { people(first: 5, after: $c) { edges { cursor node { id } } "
            "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }",
            {"c": after},
        )["people"]
        met += [edge["node"]["id"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(met) == len(set(met)) == 23
