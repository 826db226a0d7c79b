"""The first wall: fields by role, and what nobody classified."""

from __future__ import annotations

from db.session import Database, Scope
from db.viewer import Role, Viewer
from tests.factories import make_organization, make_viewer
from tests.schema.client import Api


def test_a_field_for_other_roles_refuses_the_query(workshop: Api, employee: Viewer, database: Database) -> None:
    response = workshop.send(employee, "{ forHr parcels { nodes { id } } }")
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert "Query.forHr" in error["message"]
    assert "data" not in response.json()
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        hr = make_viewer(session, company, Role.HR)
    assert workshop.data(hr, "{ forHr }") == {"forHr": "seen"}


def test_a_field_inside_a_fragment_is_seen(workshop: Api, employee: Viewer) -> None:
    assert workshop.codes(employee, "{ ...A } fragment A on Query { ... { forHr } }") == ["FORBIDDEN"]
    skipped = "query($no: Boolean = false) { forHr @include(if: $no) }"
    assert workshop.codes(employee, skipped) == ["FORBIDDEN"]


def test_what_nobody_classified_cannot_be_used(workshop: Api, employee: Viewer) -> None:
    assert workshop.codes(employee, "{ unclassified }") == ["FORBIDDEN"]


def test_failures_of_fields_stay_where_they_are(workshop: Api, employee: Viewer) -> None:
    store = 'mutation { storeParcel(input: {name: "tea"}) { parcel { id } } }'
    id_ = workshop.data(employee, store)["storeParcel"]["parcel"]["id"]
    answer = workshop.answer(
        employee, "query($id: ID!) { node(id: $id) { id ... on Parcel { size broken rule } } }", {"id": id_}
    )
    assert answer["data"] == {"node": {"id": id_, "size": 3, "broken": None, "rule": None}}
    assert {tuple(error["path"]): error["extensions"]["code"] for error in answer["errors"]} == {
        ("node", "broken"): "INTERNAL",
        ("node", "rule"): "INVALID",
    }
    assert "hunter2" not in str(answer)
