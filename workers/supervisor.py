"""`throughline serve`: the API and the workers as processes of their own, started again when they die."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

import orjson
import structlog
from pydantic import SecretStr

from db import logs
from db.migrate import check
from db.session import Database
from db.settings import Settings
from workers.commands.output import CommandError, tell
from workers.sandbox import start_program

log = structlog.get_logger()

LOOK_SECONDS = 0.2
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
"""Pauses before a program that died is started again: doubling, from the first once it has lived for a minute."""
STEADY_SECONDS = 60.0
STOP_SECONDS = 30.0
"""A program that has not ended so long after SIGTERM is killed."""


@dataclass
class _Program:
    name: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS


class Supervisor:
    """Keeps the programs of one installation running until it is asked to stop."""

    def __init__(self, settings: Settings) -> None:
        self._environment = {**os.environ, **environment_of(settings)}
        api = ["-m", "uvicorn", "schema.app:create", "--factory", "--host", settings.host, "--port", str(settings.port)]
        api += ["--no-access-log", "--log-level", "warning", "--no-server-header", "--timeout-graceful-shutdown", "10"]
        self._programs = [_Program("api", api)] + [
            _Program(f"worker-{index}", ["-m", "workers.process", str(index)])
            for index in range(settings.worker_processes)
        ]
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self._address = f"http://{host}:{settings.port}"
        self._stopping = False
        self._announced = False

    def ask_to_stop(self) -> None:
        self._stopping = True

    def run(self) -> None:
        """Start the programs and keep them running until `ask_to_stop`, then end them all."""
        try:
            while not self._stopping:
                for program in self._programs:
                    self._look_after(program)
                if not self._announced and _healthy(self._address):
                    self._announced = True
                    tell(f"Throughline answers at {self._address}/graphql (stop with Ctrl-C)")
                time.sleep(LOOK_SECONDS)
        finally:
            self._end()

    def _look_after(self, program: _Program) -> None:
        moment = time.monotonic()
        if program.process is not None and (code := program.process.poll()) is not None:
            lived = moment - program.started_at
            program.process = None
            program.pause = FIRST_PAUSE_SECONDS if lived > STEADY_SECONDS else program.pause
            program.start_at = moment + program.pause
            log.error(
                "program.died", name=program.name, exit_code=code, seconds=round(lived, 1), again_in=program.pause
            )
            program.pause = min(2 * program.pause, LONGEST_PAUSE_SECONDS)
        if program.process is None and moment >= program.start_at:
            program.process = start_program(program.arguments, self._environment)
            program.started_at = moment
            log.info("program.started", name=program.name, child=program.process.pid)

    def _end(self) -> None:
        running = [program.process for program in self._programs if program.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.error("program.killed", child=process.pid)
                process.kill()
                process.wait()


def serve(settings: Settings) -> None:
    """Run API and workers until SIGTERM or SIGINT.

    Raises `SchemaError` or `RoleError` when the database is not ready, `CommandError` when the port is taken.
    """
    logs.configure(settings, "supervisor")
    database = Database(settings)
    try:
        check(database, settings)
    finally:
        database.close()
    _check_port(settings)
    supervisor = Supervisor(settings)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: supervisor.ask_to_stop())
    supervisor.run()


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment variables that give another process the settings that were set for this one."""
    variables: dict[str, str] = {}
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        variables[f"THROUGHLINE_{name.upper()}"] = (
            orjson.dumps(plain).decode() if isinstance(plain, list) else str(plain)
        )
    return variables


def _check_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CommandError(
                f"cannot listen on {settings.host}:{settings.port} ({error.strerror}): choose another --port"
            ) from error


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=1) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
