"""The viewer and the directory."""

from __future__ import annotations

from db.session import Database, Scope
from db.viewer import Role
from tests.factories import make_organization, make_person, make_viewer
from tests.schema.client import Api

VIEWER = "{ viewer { roles person { id staffNumber name } organization { nameEn } } }"


def test_viewer(api: Api, database: Database) -> None:
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        viewer = make_viewer(session, company, Role.EMPLOYEE, Role.HR)
        for _ in range(3):
            make_person(session, company)
    data = api.data(viewer, VIEWER)
    assert data["viewer"]["roles"] == ["EMPLOYEE", "HR"]
    assert data["viewer"]["organization"] == {"nameEn": company.name_en}
    same = api.data(
        viewer,
        "query($id: ID!) { node(id: $id) { id __typename ... on Person { staffNumber } } }",
        {"id": data["viewer"]["person"]["id"]},
    )
    assert same["node"]["staffNumber"] == data["viewer"]["person"]["staffNumber"]
    page = api.data(
        viewer, "{ people(first: 3) { edges { cursor node { name } } pageInfo { hasNextPage endCursor } } }"
    )
    rest = api.data(
        viewer,
        "query($after: String) { people(after: $after) { nodes { name } pageInfo { hasNextPage hasPreviousPage } } }",
        {"after": page["people"]["pageInfo"]["endCursor"]},
    )
    assert len(rest["people"]["nodes"]) == 1
    assert rest["people"]["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
