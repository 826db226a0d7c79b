"""A server as an operator starts it, and the npm packages of the clients."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
READY_SECONDS = 120


@dataclass(frozen=True)
class Served:
    """A running installation on SQLite with the invented company, and tokens of its HR and of a supervisor."""

    url: str
    token: str
    supervisor_token: str


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`throughline migrate`, `seed` and `serve` in a folder of their own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("served")
    environment = {**os.environ, "THROUGHLINE_HOME": str(home), "THROUGHLINE_PORT": str(port)}

    def throughline(*arguments: str) -> str:
        command = [sys.executable, "-m", "workers.cli", *arguments]
        return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    throughline("migrate")
    throughline("seed")
    tokens = [
        throughline("token", "--person", f"{name}@lanhai.example").strip() for name in ("jingyi.he", "liguo.wang")
    ]
    with (home / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "workers.cli", "serve"], env=environment, stdout=log, stderr=log
        )
        try:
            _wait(f"http://127.0.0.1:{port}/readyz", server, home / "serve.log")
            yield Served(f"http://127.0.0.1:{port}/graphql", *tokens)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                if response.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
        if server.poll() is not None:
            break
    raise RuntimeError(f"the server is not ready: {log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def npm_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our scripts and the packages of the lock file, which are installed once for each machine."""
    lock = (HERE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "throughline"
    installed = cache / f"clients-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not (installed / "complete").exists():
        shutil.rmtree(installed, ignore_errors=True)
        installed.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, installed)
        npm = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund"], cwd=installed, capture_output=True, text=True, check=False
        )
        if npm.returncode != 0:
            if os.environ.get("CI") == "true":
                raise RuntimeError(npm.stderr)
            pytest.skip("the npm packages of the clients cannot be installed: no registry answers")
        (installed / "complete").touch()
    folder = tmp_path_factory.mktemp("clients")
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, folder)
    (folder / "node_modules").symlink_to(installed / "node_modules")
    return folder
