"""A client of the API in the test's own process, over HTTP."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from db.settings import Settings
from db.viewer import Viewer
from resolvers import tokens

GRAPHQL_JSON = "application/graphql-response+json"


def codes(payload: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Code and last part of the path of each error in a mutation's payload."""
    return [(error["code"], (error["field"] or [None])[-1]) for error in payload["errors"]]


@dataclass
class Api:
    """Sends operations as a viewer. `http` is the plain client for everything else."""

    settings: Settings
    http: TestClient
    lifetime: datetime.timedelta = datetime.timedelta(hours=1)
    """Of its tokens, whose validity is judged by the machine's clock, also where a test simulates another one."""

    def token(self, viewer: Viewer, lifetime: datetime.timedelta | None = None) -> str:
        return tokens.issue(self.settings, str(viewer.person_id), lifetime or self.lifetime)

    def headers(self, viewer: Viewer | None) -> dict[str, str]:
        headers = {"accept": GRAPHQL_JSON}
        if viewer is not None:
            headers["authorization"] = f"Bearer {self.token(viewer)}"
        return headers

    def send(
        self, viewer: Viewer | None, query: str, variables: dict[str, Any] | None = None, **headers: str
    ) -> Response:
        """The HTTP response to an operation."""
        return self.http.post(
            "/graphql",
            json={"query": query, "variables": variables or {}},
            headers={**self.headers(viewer), **{name.replace("_", "-"): value for name, value in headers.items()}},
        )

    def answer(self, viewer: Viewer | None, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The whole answer, errors included."""
        answer: dict[str, Any] = self.send(viewer, query, variables).json()
        return answer

    def data(self, viewer: Viewer | None, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The data of an operation that must succeed."""
        answer = self.answer(viewer, query, variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def mutate(self, viewer: Viewer | None, query: str, **input: Any) -> dict[str, Any]:
        """The payload of a document of one mutation, which must succeed or refuse by a payload's errors."""
        (payload,) = self.data(viewer, query, {"input": input}).values()
        assert isinstance(payload, dict)
        return payload

    def codes(self, viewer: Viewer | None, query: str, variables: dict[str, Any] | None = None) -> list[str]:
        """The codes of an operation's errors."""
        return [error["extensions"]["code"] for error in self.answer(viewer, query, variables).get("errors", [])]

    def upload(
        self,
        viewer: Viewer | None,
        query: str,
        variables: dict[str, Any],
        files: dict[str, tuple[str, bytes]],
        **headers: str,
    ) -> Response:
        """The response to an operation with files: `{"variables.input.file": (filename, bytes)}`."""
        parts = {str(number): content for number, content in enumerate(files.values())}
        paths = {str(number): [path] for number, path in enumerate(files)}
        return self.http.post(
            "/graphql",
            data={"operations": json.dumps({"query": query, "variables": variables}), "map": json.dumps(paths)},
            files=parts,
            headers={**self.headers(viewer), "graphql-require-preflight": "1", **headers},
        )
