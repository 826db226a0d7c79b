"""`throughline serve` as an operator sees it: two programs that come back when they die and go when they are asked."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from db import jobs
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import system_viewer
from tests.factories import make_organization
from workers.supervisor import environment_of

ROOT = Path(__file__).parent.parent.parent
SECONDS = 90


class Served:
    """A running `throughline serve`."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.log = log
        self.address = f"http://127.0.0.1:{settings.port}"
        self.metrics = f"http://127.0.0.1:{settings.metrics_port}/metrics"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workers.cli", "serve"],
                cwd=ROOT,
                env={**os.environ, **environment_of(settings)},
                stderr=output,
                start_new_session=True,
            )

    def lines(self, event: str) -> list[dict[str, Any]]:
        entries = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [entry for entry in entries if entry["event"] == event]

    def children(self, name: str) -> list[int]:
        return [line["child"] for line in self.lines("program.started") if line["name"] == name]

    def until(self, reached: Callable[[], object]) -> None:
        limit = time.monotonic() + SECONDS
        while time.monotonic() < limit:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            if reached():
                return
            time.sleep(0.1)
        raise AssertionError(f"not reached in {SECONDS} s:\n{self.log.read_text()[-2000:]}")

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings("sqlite", port=free_port(), metrics_port=free_port())


@pytest.fixture
def served(settings: Settings, tmp_path: Path) -> Iterator[Served]:
    served = Served(settings, tmp_path / "log")
    yield served
    if served.process.poll() is None:
        served.process.terminate()
        served.process.wait(timeout=60)


def alive(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_programs_come_back_when_killed_and_go_when_asked(served: Served) -> None:
    served.until(served.answers)
    served.until(lambda: served.lines("worker.started"))
    (api,), (worker,) = served.children("api"), served.children("worker-0")
    os.kill(worker, signal.SIGKILL)
    served.until(lambda: len(served.lines("worker.started")) == 2)
    os.kill(api, signal.SIGKILL)
    served.until(lambda: len(served.children("api")) == 2 and served.answers())
    assert [line["exit_code"] for line in served.lines("program.died")] == [-signal.SIGKILL, -signal.SIGKILL]
    served.process.terminate()
    assert served.process.wait(timeout=60) == 0
    assert len(served.lines("worker.stopped")) == 1
    assert not any(alive(child) for name in ("api", "worker-0") for child in served.children(name))


def test_figures_are_served_on_their_own_port(served: Served, settings: Settings) -> None:
    served.until(lambda: served.lines("worker.started"))
    database = Database(settings)
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        jobs.enqueue(session, system_viewer(company.id), "maintenance.expire_receipts", {})
    database.close()
    served.until(lambda: served.lines("job.ended"))
    with urllib.request.urlopen(served.metrics, timeout=10) as answer:
        figures = answer.read().decode()
    assert 'throughline_jobs{name="maintenance.expire_receipts",state="DONE"} 1.0' in figures
    assert 'throughline_job_seconds_count{name="maintenance.expire_receipts",outcome="done"} 1.0' in figures


def test_programs_go_when_the_supervisor_is_killed(served: Served) -> None:
    served.until(lambda: served.lines("worker.started"))
    children = [*served.children("api"), *served.children("worker-0")]
    served.process.kill()
    served.process.wait()
    limit = time.monotonic() + 60
    while any(map(alive, children)) and time.monotonic() < limit:
        time.sleep(0.1)
    assert not any(map(alive, children))


def test_a_port_that_is_taken_is_told(settings: Settings, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.port))
        taken.listen()
        served = Served(settings, tmp_path / "log")
        assert served.process.wait(timeout=60) == 1
    assert f"cannot listen on 127.0.0.1:{settings.port}" in served.log.read_text()
    assert served.children("worker-0") == []
