"""Files in requests: the multipart request specification, and what breaks it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from db.settings import Settings
from db.viewer import Viewer
from schema.multipart import MAXIMUM_FILES
from tests.conftest import MakeSettings
from tests.schema.client import Api

STORE = "mutation($input: StoreParcelInput!) { storeParcel(input: $input) { digest errors { code } } }"
FILE = {"variables.input.file": ("a.txt", b"tea")}
INPUT: dict[str, Any] = {"input": {"name": "x", "file": None}}
MEGABYTE = 1024 * 1024


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Uploads are received alike for every database."""
    return make_settings("sqlite")


def test_a_file_arrives_whole(workshop: Api, employee: Viewer) -> None:
    content = bytes(range(256)) * 9_000
    response = workshop.upload(employee, STORE, INPUT, {"variables.input.file": ("bytes.bin", content)})
    assert response.json()["data"]["storeParcel"] == {"digest": hashlib.sha256(content).hexdigest(), "errors": []}


def test_files_in_lists(workshop: Api, employee: Viewer) -> None:
    variables = {"input": {"name": "x", "file": None, "files": [None, None]}}
    files = {
        "variables.input.file": ("a", b"tea"),
        "variables.input.files.0": ("b", b"milk"),
        "variables.input.files.1": ("c", b"sugar"),
    }
    response = workshop.upload(employee, STORE, variables, files)
    assert response.json()["data"]["storeParcel"]["digest"] == hashlib.sha256(b"tea").hexdigest()


@pytest.mark.parametrize("header", ["apollo-require-preflight", "graphql-require-preflight", "x-apollo-operation-name"])
def test_a_header_that_forces_a_preflight_is_required(workshop: Api, employee: Viewer, header: str) -> None:
    without = workshop.upload(employee, STORE, INPUT, FILE, **{"graphql-require-preflight": ""})
    assert without.status_code == 400
    assert "GraphQL-Require-Preflight" in without.json()["errors"][0]["message"]
    response = workshop.upload(employee, STORE, INPUT, FILE, **{"graphql-require-preflight": "", header: "1"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("operations", "map_"),
    [
        (None, {"0": ["variables.input.file"]}),
        ({"query": STORE, "variables": INPUT}, None),
        ("{", {"0": ["variables.input.file"]}),
        ({"query": STORE, "variables": INPUT}, "["),
        ([{"query": STORE, "variables": INPUT}], {"0": ["0.variables.input.file"]}),
        ({"query": STORE, "variables": INPUT}, {"0": "variables.input.file"}),
        ({"query": STORE, "variables": INPUT}, {"0": [7]}),
        ({"query": STORE, "variables": INPUT}, {"missing": ["variables.input.file"]}),
        ({"query": STORE, "variables": INPUT}, {"0": ["variables.input.nothing"]}),
        ({"query": STORE, "variables": INPUT}, {"0": ["variables.input.name"]}),
        ({"query": STORE, "variables": INPUT}, {"0": ["variables"]}),
        ({"query": STORE, "variables": INPUT}, {"0": ["query"]}),
        ({"query": STORE, "variables": INPUT}, {"0": [""]}),
        ({"query": STORE, "variables": INPUT}, {"0": ["variables.input.file.x"]}),
        ({"query": STORE, "variables": {"input": {"files": [None]}}}, {"0": ["variables.input.files.1"]}),
        ({"query": STORE, "variables": {"input": {"files": [None]}}}, {"0": ["variables.input.files.-1"]}),
        ({"query": STORE, "variables": None}, {"0": ["variables.input.file"]}),
    ],
)
def test_bodies_that_break_the_specification(workshop: Api, employee: Viewer, operations: Any, map_: Any) -> None:
    fields = {"operations": operations, "map": map_}
    response = workshop.http.post(
        "/graphql",
        data={
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in fields.items()
            if value is not None
        },
        files={"0": ("a.txt", b"tea")},
        headers={**workshop.headers(employee), "graphql-require-preflight": "1"},
    )
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("body", [b"", b"--x", b"--x\r\n\r\n", b"nonsense", b"--x\r\nContent-Disposition: x\r\n"])
@pytest.mark.parametrize("boundary", ["; boundary=x", ""])
def test_bodies_that_are_no_multipart(workshop: Api, employee: Viewer, body: bytes, boundary: str) -> None:
    response = workshop.http.post(
        "/graphql",
        content=body,
        headers={
            **workshop.headers(employee),
            "content-type": f"multipart/form-data{boundary}",
            "graphql-require-preflight": "1",
        },
    )
    assert response.status_code == 400


def test_files_over_50_mb_are_refused(workshop: Api, employee: Viewer) -> None:
    for size in (50 * MEGABYTE + 1, 60 * MEGABYTE):
        response = workshop.upload(employee, STORE, INPUT, {"variables.input.file": ("big", b"\0" * size)})
        assert response.status_code == 413
        assert response.json()["errors"][0]["extensions"]["code"] == "FILE_TOO_LARGE"
        assert "50 MB" in response.json()["errors"][0]["message"]


def test_too_many_files_are_refused(workshop: Api, employee: Viewer) -> None:
    variables = {"input": {"name": "x", "files": [None] * (MAXIMUM_FILES + 1)}}
    files = {f"variables.input.files.{number}": ("a", b"tea") for number in range(MAXIMUM_FILES + 1)}
    assert workshop.upload(employee, STORE, variables, files).status_code == 400


def test_a_file_is_no_text(workshop: Api, employee: Viewer) -> None:
    values: list[Any] = ["text", 7, {}, []]
    for value in values:
        given = {"input": {"name": "x", "file": value}}
        assert workshop.codes(employee, STORE, given) == ["BAD_USER_INPUT"]
    literal = 'mutation { storeParcel(input: {name: "x", file: "text"}) { digest } }'
    assert workshop.codes(employee, literal) == ["GRAPHQL_VALIDATION_FAILED"]


def test_uploads_need_a_token(workshop: Api) -> None:
    response = workshop.upload(None, STORE, INPUT, FILE)
    assert response.status_code == 401
