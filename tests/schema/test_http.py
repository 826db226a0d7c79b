"""What the endpoint does with requests that are not a plain good query."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer
from schema.app import create
from tests.conftest import MakeSettings
from tests.factories import make_organization, make_viewer
from tests.schema.client import GRAPHQL_JSON, Api

QUERY = "{ viewer { roles } }"
BIG = 1024 * 1024


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """What HTTP does is the same on every database."""
    return make_settings("sqlite")


@pytest.fixture
def viewer(database: Database) -> Viewer:
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        return make_viewer(session, company, Role.EMPLOYEE, locale="en")


@pytest.mark.parametrize(
    ("accept", "status", "media_type"),
    [
        (None, 200, "application/json"),
        ("*/*", 200, "application/json"),
        ("application/*", 200, "application/json"),
        ("application/json", 200, "application/json"),
        ("application/graphql-response+json", 200, "application/graphql-response+json"),
        ("application/graphql-response+json, application/json", 200, "application/graphql-response+json"),
        ("application/json, application/graphql-response+json", 200, "application/json"),
        ("application/json;q=0.5, application/graphql-response+json", 200, "application/graphql-response+json"),
        ("application/graphql-response+json;q=0.1, application/json;q=0.9", 200, "application/json"),
        ("text/html, application/json;q=0.9", 200, "application/json"),
        (
            "application/graphql-response+json, application/graphql+json, application/json, text/event-stream",
            200,
            "application/graphql-response+json",
        ),
        ("image/png", 406, "application/json"),
        ("application/json;q=0", 406, "application/json"),
    ],
)
def test_answers_in_the_accepted_type(
    api: Api, viewer: Viewer, accept: str | None, status: int, media_type: str
) -> None:
    headers = {"authorization": f"Bearer {api.token(viewer)}"}
    if accept is not None:
        headers["accept"] = accept
    else:
        del api.http.headers["accept"]
    response = api.http.post("/graphql", json={"query": QUERY}, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "BAD_REQUEST"),
        (b"{", 400, "BAD_REQUEST"),
        (b"\xff\xfe", 400, "BAD_REQUEST"),
        (b'"text"', 400, "BAD_REQUEST"),
        (b"[]", 400, "BAD_REQUEST"),
        (b'[{"query": "{ __typename }"}]', 400, "BAD_REQUEST"),
        (b"{}", 400, "BAD_REQUEST"),
        (b'{"query": null}', 400, "BAD_REQUEST"),
        (b'{"query": 7}', 400, "BAD_REQUEST"),
        (b'{"query": "  "}', 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "variables": []}', 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "variables": "x"}', 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "operationName": {}}', 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "extensions": 1}', 400, "BAD_REQUEST"),
        (b'{"query": "query A { __typename } query B { __typename }"}', 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "operationName": "Other"}', 400, "BAD_REQUEST"),
        (b'{"query": "{ nope"}', 400, "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{ nope }"}', 400, "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "query($n: Int!) { people(first: $n) { nodes { id } } }"}', 400, "BAD_USER_INPUT"),
        (
            b'{"query": "query($n: Int) { people(first: $n) { nodes { id } } }", "variables": {"n": "x"}}',
            400,
            "BAD_USER_INPUT",
        ),
    ],
)
def test_bad_bodies_are_coded(api: Api, viewer: Viewer, body: bytes, status: int, code: str) -> None:
    response = api.http.post(
        "/graphql", content=body, headers={**api.headers(viewer), "content-type": "application/json"}
    )
    assert response.status_code == status
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == code
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=utf-16", "application/graphql"],
)
def test_other_content_types_are_refused(api: Api, viewer: Viewer, content_type: str) -> None:
    headers = {**api.headers(viewer), "content-type": content_type}
    response = api.http.post("/graphql", content=json.dumps({"query": QUERY}), headers=headers)
    assert response.status_code == 415
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_a_body_over_one_megabyte_is_refused(api: Api, viewer: Viewer) -> None:
    body = json.dumps({"query": QUERY, "variables": {"x": "y" * BIG}})
    response = api.http.post(
        "/graphql", content=body, headers={**api.headers(viewer), "content-type": "application/json"}
    )
    assert response.status_code == 413
    assert response.json()["errors"][0]["extensions"]["code"] == "QUERY_TOO_LARGE"


def test_get_answers_queries_only(api: Api, viewer: Viewer) -> None:
    good = api.http.get("/graphql", params={"query": QUERY}, headers=api.headers(viewer))
    assert good.json() == {"data": {"viewer": {"roles": ["EMPLOYEE"]}}}
    with_variables = api.http.get(
        "/graphql",
        params={"query": "query($n: Int) { people(first: $n) { nodes { id } } }", "variables": '{"n": 1}'},
        headers=api.headers(viewer),
    )
    assert len(with_variables.json()["data"]["people"]["nodes"]) == 1
    broken = api.http.get("/graphql", params={"query": QUERY, "variables": "{"}, headers=api.headers(viewer))
    assert broken.status_code == 400
    mutation = 'mutation { retryJob(input: {id: "x"}) { errors { code } } }'
    changing = api.http.get("/graphql", params={"query": mutation}, headers=api.headers(viewer))
    assert changing.status_code == 405
    assert changing.headers["allow"] == "GET, POST"


def test_other_methods_are_refused(api: Api) -> None:
    assert api.http.put("/graphql").status_code == 405


def test_legacy_json_clients_get_200_for_request_errors(api: Api, viewer: Viewer) -> None:
    response = api.send(viewer, "{ nope }", accept="application/json")
    assert response.status_code == 200
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_answers_are_not_cached_by_anyone(api: Api, viewer: Viewer) -> None:
    assert api.send(viewer, QUERY).headers["cache-control"] == "no-store"


def test_browsers_of_foreign_pages_are_refused_unless_allowed(api: Api) -> None:
    preflight = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in api.http.options("/graphql", headers=preflight).headers


def test_allowed_origins_may_call(make_settings: MakeSettings) -> None:
    settings = make_settings("sqlite", allowed_origins=["https://app.example"])
    with TestClient(create(settings)) as client:
        preflight = {
            "origin": "https://app.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization, content-type, apollo-require-preflight",
        }
        allowed = client.options("/graphql", headers=preflight)
        assert allowed.headers["access-control-allow-origin"] == "https://app.example"
        assert "access-control-allow-credentials" not in allowed.headers
        other = client.options("/graphql", headers={**preflight, "origin": "https://app.example.evil"})
        assert "access-control-allow-origin" not in other.headers
        answer = client.post("/graphql", json={"query": "{ __typename }"}, headers={"origin": "https://app.example"})
        assert answer.headers["access-control-allow-origin"] == "https://app.example"


def test_the_log_tells_what_ran_and_nothing_of_its_content(
    api: Api, viewer: Viewer, capsys: pytest.CaptureFixture[str]
) -> None:
    query = "query Secret($words: String) { renamed: people(filter: {search: $words}) { nodes { name } } }"
    api.data(viewer, query, {"words": "王立国"})
    log = capsys.readouterr()
    (line,) = [line for line in (log.out + log.err).splitlines() if "operation" in line]
    assert "Query.people" in line
    for hidden in ("Secret", "renamed", "王立国", str(viewer.person_id)):
        assert hidden not in line


def test_without_its_database_the_api_says_so(tmp_path: Path, viewer: Viewer) -> None:
    nowhere = Settings(home=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    with TestClient(create(nowhere)) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        api = Api(nowhere, client)
        for accept in (GRAPHQL_JSON, "application/json", "text/event-stream"):
            response = api.send(viewer, QUERY, accept=accept)
            assert (response.status_code, response.headers["retry-after"]) == (503, "5")
            (error,) = response.json()["errors"]
            assert error["extensions"]["code"] == "UNAVAILABLE"
            assert error["extensions"]["correlationId"] in error["message"]
            assert "nobody" not in response.text
        with client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
            token = f"Bearer {api.token(viewer)}"
            socket.send_json({"type": "connection_init", "payload": {"authorization": token}})
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
            assert closed.value.code == 1011


def test_without_its_tables_the_api_is_not_ready(tmp_path: Path) -> None:
    with TestClient(create(Settings(home=tmp_path))) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "throughline migrate" in answer.json()["database"]


def test_health(api: Api) -> None:
    assert api.http.get("/healthz").json() == {"status": "ok"}
    assert api.http.get("/readyz").json() == {"status": "ready"}


def test_graphiql_is_served_from_our_own_files(api: Api) -> None:
    page = api.http.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "https://" not in page.text
    for line in page.text.splitlines():
        for attribute in ('src="', 'href="'):
            if attribute in line:
                address = line.split(attribute)[1].split('"')[0]
                assert api.http.get(address).status_code == 200, address
    assert api.http.get("/graphiql/README.md").status_code == 404
    assert api.http.get("/graphiql/..%2fapp.py").status_code == 404


def test_media_types_of_errors(api: Api) -> None:
    response = api.http.post("/graphql", content=b"{", headers={"accept": GRAPHQL_JSON})
    assert response.headers["content-type"].startswith(GRAPHQL_JSON)
