"""The engine for compatible servers against a real one, `transformers serve`, with tiny models that the test builds.

It needs the extra `llm` and what that server itself needs, which the product does not:

    pip install 'throughline[llm]' fastapi openai accelerate
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ml.brief.brief import write_brief
from ml.brief.contract import Brief, Note
from ml.brief.engines.openai import OpenAIEngine, OpenAIOptions
from ml.brief.rewording import Original, Proposal, propose
from tests.ml.brief.tiny_models import save_babbler, save_parrot

NEEDS = "`transformers serve` needs more: pip install fastapi openai accelerate"
for package in ("fastapi", "openai", "accelerate"):
    pytest.importorskip(package, reason=NEEDS)

NOTES = (
    Note("a", "On 4 May Ada rebuilt the index in two hours.", "p1", "ada"),
    Note("b", "Ada wrote the restore guide that both teams use.", "p2", "ada"),
    Note("c", "The invoice run of June started three days late.", "p3", "ada"),
)
SECONDS_TO_START = 120


@dataclass(frozen=True)
class Served:
    url: str
    process: subprocess.Popen[bytes]

    def brief(self, model: Path, timeout: float = 60.0) -> Brief:
        options = OpenAIOptions(url=f"{self.url}/v1", model=str(model), max_tokens=40, timeout=timeout)
        return write_brief(NOTES, engine=OpenAIEngine(options))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server; it loads whichever model a request names."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("serve") / "log"
    program = str(Path(sys.executable).with_name("transformers"))
    arguments = [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            arguments, stdout=output, stderr=output, env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
        )
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < end and process.poll() is None:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{url}/health", trust_env=False).status_code == 200:
                    break
            time.sleep(0.2)
        else:
            pytest.fail(f"the server did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")
        yield Served(url, process)
    finally:
        process.kill()
        process.wait()


def sentence(text: str, note: str) -> str:
    return json.dumps({"sentences": [{"text": text, "citations": [note], "kind": "strength"}]})


def test_what_a_served_model_writes_well_is_used(served: Served, tmp_path: Path) -> None:
    parrot = save_parrot(tmp_path / "parrot", sentence("Ada rebuilt the index in two hours.", "N1"))
    brief = served.brief(parrot)
    assert brief.fallback is None
    assert brief.engine == f"openai:{parrot}:brief-4:7:40"
    assert [(s.text, s.citations, s.kind) for s in brief.sentences] == [
        ("Ada rebuilt the index in two hours.", ("a",), "strength")
    ]
    assert served.brief(parrot) == brief


def test_a_served_model_rewords(served: Served, tmp_path: Path) -> None:
    parrot = save_parrot(tmp_path / "parrot", json.dumps({"text": "On 4 May [[P1]] rebuilt the index, in two hours."}))
    engine = OpenAIEngine(OpenAIOptions(url=f"{served.url}/v1", model=str(parrot), max_tokens=40))
    original = Original("Ada rebuilt the index in two hours on 4 May.", people=("Ada",))
    assert propose(original, engine) == Proposal("On 4 May Ada rebuilt the index, in two hours.", ())


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Ada rebuilt the index in two hours.", "N2"),
        ("Ada rebuilt the index in two hours.", "N9"),
        ("Ada rebuilt the index in three hours.", "N1"),
        ("The invoice run of June started on time.", "N3"),
    ],
)
def test_wrong_citations_fall_back_and_say_so(served: Served, tmp_path: Path, text: str, note: str) -> None:
    brief = served.brief(save_parrot(tmp_path / "liar", sentence(text, note)))
    assert brief.engine == "extractive-4"
    assert brief.fallback == "0 of 1 drafted sentences passed the checks"
    assert text not in [each.text for each in brief.sentences]


def test_babble_slowness_and_death_fall_back_and_say_so(served: Served, tmp_path: Path) -> None:
    babbler = save_babbler(tmp_path / "babbler")
    babbled = served.brief(babbler)
    assert babbled.fallback == "the model's reply holds no sentence in the form that was asked for"
    slow = served.brief(babbler, timeout=0.001)
    assert slow.fallback == "the generator's server took longer than 0.001 s"
    unknown = served.brief(tmp_path / "none")
    assert unknown.fallback is not None
    assert unknown.fallback.startswith("the generator's server answered ")
    served.process.kill()
    served.process.wait()
    dead = served.brief(babbler)
    assert dead.fallback == "the generator's server cannot be reached (ConnectError)"
    for brief in (babbled, slow, unknown, dead):
        assert brief.engine == "extractive-4"
        assert {each.citations for each in brief.sentences} == {("a",), ("b",), ("c",)}
