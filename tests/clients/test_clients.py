"""Each client does the main job against a running server: hand in, follow, confirm; and the HTTP audit passes."""

from __future__ import annotations

import asyncio
import json
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest
from gql import Client, FileVar, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport

from tests.clients.conftest import Served

PHOTOGRAPHS = Path(__file__).parents[1] / "photographs" / "samples"
CHECKS = 61
"""How many the audit of graphql-http 1.23 has."""


def node(folder: Path, script: str, *arguments: str) -> Any:
    """What a script prints, as JSON."""
    run = subprocess.run(
        ["node", script, *arguments], cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout)


def assert_done(result: dict[str, Any], photograph: str) -> None:
    """The reading was followed to its end and the review holds what the person confirmed."""
    truth = json.loads((PHOTOGRAPHS / photograph).with_suffix(".json").read_text(encoding="utf-8"))["values"]
    assert result["states"][-1] == "DONE"
    assert result["status"] == "NEEDS_REVIEW"
    review = result["review"]
    assert review["status"] == "CONFIRMED"
    assert review["subject"]["staffNumber"] == truth["staff_number"]
    assert review["grade"] == truth["grade"]
    answers = {answer["key"]: answer["value"] for answer in review["answers"]}
    for key in ("score_results", "score_quality", "key_achievements"):
        assert answers[key] == truth[key]
    assert result["again"] == review["id"], "the same request again answers the same review"


@pytest.mark.node
@pytest.mark.parametrize(
    ("script", "photograph"),
    [
        ("apollo.mjs", "05-clean.jpg"),
        ("graphql_ws.mjs", "01-clean.jpg"),
        ("graphql_sse.mjs", "02-mild-perspective.jpg"),
        ("urql.mjs", "00-mild-perspective.jpg"),
    ],
)
def test_javascript_clients(served: Served, npm_packages: Path, script: str, photograph: str) -> None:
    result = node(npm_packages, script, served.url, served.token, str(PHOTOGRAPHS / photograph))
    assert_done(result, photograph)


@pytest.mark.node
@pytest.mark.parametrize("transport", ["sse", "ws"])
def test_a_notification_arrives(served: Served, npm_packages: Path, transport: str) -> None:
    told = node(npm_packages, "inbox.mjs", served.url, served.token, served.supervisor_token, transport)
    assert told["code"] == "WITNESS_ASKED"
    assert told["subject"]["mustFinish"].startswith("评审方案")
    assert told["link"] == f"/weekly-actions/{told['subject']['id']}"
    assert "评审方案" not in told["text"]  # words of people stay with their object


@pytest.mark.node
def test_the_audit_of_graphql_over_http(served: Served, npm_packages: Path) -> None:
    results = node(npm_packages, "audit.mjs", served.url)
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == CHECKS


def test_gql(served: Served) -> None:
    photograph = PHOTOGRAPHS / "06-mild-perspective.jpg"
    assert_done(asyncio.run(_with_gql(served, photograph)), photograph.name)


async def _with_gql(served: Served, photograph: Path) -> dict[str, Any]:
    truth = json.loads(photograph.with_suffix(".json").read_text(encoding="utf-8"))["values"]
    headers = {"Authorization": f"Bearer {served.token}", "GraphQL-Require-Preflight": "1"}
    http = AIOHTTPTransport(url=served.url, headers=headers)
    socket = WebsocketsTransport(url=served.url.replace("http", "ws"), init_payload=headers)
    async with Client(transport=http) as session:
        upload = gql("""mutation($input: UploadIntakeDocumentInput!) {
          uploadIntakeDocument(input: $input) { documents { id job { id } } errors { code } } }""")
        upload.variable_values = {"input": {"file": FileVar(str(photograph))}}
        payload = (await session.execute(upload, upload_files=True))["uploadIntakeDocument"]
        assert payload["errors"] == []
        (document,) = payload["documents"]
        states = []
        async with Client(transport=socket) as following:
            progress = gql("subscription($id: ID!) { jobProgress(id: $id) { state progress } }")
            progress.variable_values = {"id": document["job"]["id"]}
            async for event in following.subscribe(progress):
                states.append(event["jobProgress"]["state"])
        read = gql("""query($id: ID!) { node(id: $id) {
          ... on IntakeDocument { status version fields { key value status } } } }""")
        read.variable_values = {"id": document["id"]}
        found = (await session.execute(read))["node"]
        named = gql("""query($number: String!) {
          people(filter: { staffNumber: $number }) { nodes { id } } cycles { nodes { id key } } }""")
        named.variable_values = {"number": truth["staff_number"]}
        around = await session.execute(named)
        confirm = gql("""mutation($input: ConfirmIntakeDocumentInput!) { confirmIntakeDocument(input: $input) {
          review { id status grade subject { staffNumber } answers { key value } } errors { code field } } }""")
        fields = [{"key": field["key"], "value": truth[field["key"]]} for field in found["fields"]]
        confirm.variable_values = {
            "input": {
                "id": document["id"],
                "expectedVersion": found["version"],
                "fields": fields,
                "subjectId": around["people"]["nodes"][0]["id"],
                "cycleId": next(cycle["id"] for cycle in around["cycles"]["nodes"] if cycle["key"] == "2026Q3"),
                "requestId": str(uuid.uuid4()),
            }
        }
        done = (await session.execute(confirm))["confirmIntakeDocument"]
        assert done["errors"] == []
        again = (await session.execute(confirm))["confirmIntakeDocument"]
    return {"states": states, "status": found["status"], "review": done["review"], "again": again["review"]["id"]}
