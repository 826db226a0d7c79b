"""The engine for compatible servers, against a real HTTP server that behaves well and badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ml.brief.brief import write_brief
from ml.brief.contract import Note
from ml.brief.engines.openai import OpenAIEngine, OpenAIOptions

NOTES = (
    Note("a", "On 4 May Ada rebuilt the index in two hours.", "p1", "ada"),
    Note("b", "Ada wrote the restore guide that both teams use.", "p2", "ada"),
    Note("c", "The invoice run of June started three days late.", "p3", "ada"),
)


@contextmanager
def server(
    status: int, content: bytes, delay: float = 0.0, piece: int = 65536, pause: float = 0.0
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server on loopback that gives one answer, in pieces; yields its address and the requests it got."""
    requests: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append({"path": self.path, "key": self.headers.get("Authorization"), "body": json.loads(body)})
            time.sleep(delay)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                for at in range(0, len(content), piece):
                    self.wfile.write(content[at : at + piece])
                    time.sleep(pause)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Quiet: the tests look at the requests themselves."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}/v1", requests
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def completion(*sentences: dict[str, Any]) -> bytes:
    content = json.dumps({"sentences": list(sentences)})
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()


def engine(url: str, timeout: float = 10.0) -> OpenAIEngine:
    return OpenAIEngine(OpenAIOptions(url=url, model="tiny", key="k-1", timeout=timeout))


def test_faithful_sentences_stand_and_the_rest_is_dropped_with_its_reason() -> None:
    good = {"text": "Ada rebuilt the index in 2 hours on 4 May.", "citations": ["N1"], "kind": "strength"}
    late = {"text": "The invoice run of June started three days late.", "citations": ["N3"], "kind": "concern"}
    wrong = {"text": "Ada rebuilt the index in 2 minutes on 4 May.", "citations": ["N1"], "kind": "strength"}
    with server(200, completion(good, late, wrong)) as (url, requests):
        brief = write_brief(NOTES, engine=engine(url))
    assert [(s.text, s.citations, s.kind) for s in brief.sentences] == [
        (good["text"], ("a",), "strength"),
        (late["text"], ("c",), "concern"),
    ]
    assert [(d.text, d.reason) for d in brief.dropped] == [(wrong["text"], "figure: 2 minutes")]
    assert brief.fallback is None
    assert brief.engine == "openai:tiny:brief-4:7:1200"
    assert [u.note_id for u in brief.unused] == ["b"]
    assert requests[0]["path"] == "/v1/chat/completions"
    assert requests[0]["key"] == "Bearer k-1"
    assert (requests[0]["body"]["temperature"], requests[0]["body"]["seed"]) == (0, 7)


@pytest.mark.parametrize(
    ("status", "content", "reason"),
    [
        (500, b"oops", "the generator's server answered 500"),
        (302, b"", "the generator's server answered 302"),
        (200, b"not json", "the generator's reply is not a chat completion"),
        (200, b'{"choices": []}', "the generator's reply is not a chat completion"),
        (200, b'{"choices": [{"message": {"content": null}}]}', "the generator's reply has no text"),
        (200, completion(), "the model's reply holds no sentence in the form that was asked for"),
        (200, b" " * 2_100_000, "the generator's reply is too large"),
        (
            200,
            completion({"text": "Ada is wonderful.", "citations": ["N1"]}, {"text": "Love her!", "citations": []}),
            "0 of 2 drafted sentences passed the checks",
        ),
    ],
)
def test_a_failing_or_babbling_server_falls_back_and_says_so(status: int, content: bytes, reason: str) -> None:
    with server(status, content) as (url, _):
        brief = write_brief(NOTES, engine=engine(url))
    assert brief.fallback == reason
    assert brief.engine == "extractive-4"
    assert {sentence.citations for sentence in brief.sentences} == {("a",), ("b",), ("c",)}


def test_a_slow_and_an_absent_server_fall_back() -> None:
    with server(200, completion(), delay=1.5) as (url, _):
        brief = write_brief(NOTES, engine=engine(url, timeout=0.3))
    assert brief.fallback == "the generator's server took longer than 0.3 s"
    with server(200, completion(), piece=1, pause=0.1) as (url, _):
        dripped = write_brief(NOTES, engine=engine(url, timeout=0.4))
    assert dripped.fallback == "the generator's server took longer than 0.4 s"
    absent = write_brief(NOTES, engine=engine("http://127.0.0.1:9/v1"))
    assert absent.fallback == "the generator's server cannot be reached (ConnectError)"
    assert absent.sentences == brief.sentences


def test_thin_data_is_never_sent() -> None:
    with server(200, completion()) as (url, requests):
        brief = write_brief(NOTES[:1], engine=engine(url))
    assert brief.insufficient
    assert requests == []


def test_the_address_must_be_http() -> None:
    with pytest.raises(ValueError, match="http"):
        OpenAIOptions(url="file:///etc", model="tiny")
