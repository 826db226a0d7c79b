"""Kills and stalls worker processes while they work, and counts what came of it."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from db.base import now
from db.models.jobs import Job, JobState
from db.session import Database
from db.settings import Settings
from workers.supervisor import environment_of

ROOT = Path(__file__).parent.parent.parent
POLL_SECONDS = 0.05
ENDED = (JobState.DONE, JobState.DEAD)


@dataclass
class Figures:
    """What a trial saw. Seconds."""

    jobs: int
    kills: int = 0
    kills_while_running: int = 0
    stalls: int = 0
    attempts: int = 0
    done: int = 0
    dead: int = 0
    seconds: float = 0.0
    longest_past_lease: float = 0.0
    """The longest that a job whose lease had run out waited to be given again."""
    error_codes: list[str] = field(default_factory=list)


class Fleet:
    """Worker processes of one installation. `program` is a module that runs one."""

    def __init__(self, settings: Settings, program: str, log: Path) -> None:
        self._settings = settings
        self._program = program
        self._log = log
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", self._program],
                cwd=ROOT,
                env={**os.environ, **environment_of(self._settings)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether the process has said in its log that it has begun to work."""
        lines = (line for line in self._log.read_text().splitlines() if "worker.started" in line)
        return any(json.loads(line)["process"] == process.pid for line in lines)

    def end(self) -> None:
        """End what still runs: asked first, then made to."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def fleet(settings: Settings, program: str, log: Path) -> Iterator[Fleet]:
    started = Fleet(settings, program, log)
    try:
        yield started
    finally:
        started.end()


class Watch:
    """Looks at the jobs table of every organisation, as the relay sees it."""

    def __init__(self, database: Database, names: list[str]) -> None:
        self._database = database
        self._names = names
        self.longest_past_lease = 0.0
        self.manned_since = now()
        """Since when a worker is there that can take jobs over: before, their leases run out in vain."""

    def rows(self) -> list[sa.Row[Any]]:
        columns = (Job.id, Job.state, Job.attempts, Job.lease_until, Job.progress, Job.error_code)
        with self._database.engine.connect() as connection:
            found: list[sa.Row[Any]] = list(connection.execute(sa.select(*columns).where(Job.name.in_(self._names))))
        for row in found:
            if row.state in (JobState.SENT, JobState.RUNNING) and row.lease_until is not None:
                waits = now() - max(row.lease_until, self.manned_since)
                self.longest_past_lease = max(self.longest_past_lease, waits.total_seconds())
        return found

    def running(self) -> dict[uuid.UUID, int]:
        """Ids of running jobs and which attempt it is."""
        return {row.id: row.attempts for row in self.rows() if row.state == JobState.RUNNING}

    def working(self) -> bool:
        """Whether some job has come as far as telling its progress."""
        return any(row.state == JobState.RUNNING and row.progress > 0 for row in self.rows())

    def writable(self) -> bool:
        """Whether no process holds everybody's writing up: nobody ends a transaction of SQLite for a stopped one."""
        if not self._database.embedded:
            return True
        path = sa.make_url(self._database.url).database
        with closing(sqlite3.connect(path or "", timeout=0.5, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            return True

    def unfinished(self) -> int:
        return sum(row.state not in ENDED for row in self.rows())

    def until(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Whether it came to that within so many seconds."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if reached():
                return True
            time.sleep(POLL_SECONDS)
        return False

    def wait(self, seconds: float) -> None:
        self.until(lambda: not self.rows() and False, seconds)


def torment(
    workers: Fleet,
    watch: Watch,
    *,
    kills: int,
    pause: tuple[float, float],
    patience: float,
    seed: int,
) -> Figures:
    """Run the jobs that are put in on two worker processes until all have ended, at most `patience` seconds more.

    `kills` times, one of the two is killed after a pause drawn from `pause` (seconds since some job ran), and another
    takes its place. The one that stays has begun to work, so jobs never wait for a worker to start; the one that is
    killed may still be starting.
    """
    draw = random.Random(seed)
    figures = Figures(jobs=len(watch.rows()))
    began = time.monotonic()
    pair = [workers.start(), workers.start()]
    for _ in range(kills):
        watch.until(lambda: bool(watch.running()) or not watch.unfinished(), patience)
        watch.wait(draw.uniform(*pause))
        if not watch.unfinished():
            break
        figures.kills_while_running += bool(watch.running())
        victim = draw.randrange(2)
        watch.until(lambda: workers.ready(pair[1 - victim]), patience)  # noqa: B023 - called at once
        pair[victim].kill()
        pair[victim].wait()
        figures.kills += 1
        pair[victim] = workers.start()
    watch.until(lambda: not watch.unfinished(), patience)
    figures.seconds = round(time.monotonic() - began, 1)
    _sum_up(figures, watch)
    return figures


def _sum_up(figures: Figures, watch: Watch) -> None:
    rows = watch.rows()
    figures.jobs = len(rows)  # a job may put in others
    figures.attempts = sum(row.attempts for row in rows)
    figures.done = sum(row.state == JobState.DONE for row in rows)
    figures.dead = sum(row.state == JobState.DEAD for row in rows)
    figures.error_codes = sorted({row.error_code for row in rows if row.error_code})
    figures.longest_past_lease = round(max(0.0, watch.longest_past_lease), 2)


def kill_midway(workers: Fleet, watch: Watch, midway: Callable[[], bool], *, patience: float) -> Figures:
    """Kill the only worker once `midway` says so, start another and see it do all there is. Raises AssertionError when
    nothing was being worked on, or when what was is not done again."""
    figures = Figures(jobs=len(watch.rows()), kills=1)
    began = time.monotonic()
    process = workers.start()
    watch.until(lambda: midway() or process.poll() is not None, patience)
    process.kill()
    process.wait()
    held = watch.running()
    if not held:
        raise AssertionError("no job was running when the worker was killed")
    figures.kills_while_running = 1
    workers.start()
    watch.until(lambda: not watch.unfinished(), patience)
    if not all(row.attempts > held[row.id] for row in watch.rows() if row.id in held):
        raise AssertionError("what the killed worker held was not done again")
    figures.seconds = round(time.monotonic() - began, 1)
    _sum_up(figures, watch)
    return figures


def stall(workers: Fleet, watch: Watch, *, patience: float) -> Figures:
    """Stop a worker in the middle of its jobs until another has done all there is, then let it go on with what it
    had, and see it end on request."""
    figures = Figures(jobs=len(watch.rows()), stalls=1)
    began = time.monotonic()
    process = workers.start()
    held: dict[uuid.UUID, int] = {}
    while not held:
        busy = watch.until(lambda: watch.working() or process.poll() is not None, patience)
        if not busy or process.poll() is not None:
            raise AssertionError("no job was running when the worker was stopped")
        watch.wait(0.2)  # into the work itself
        process.send_signal(signal.SIGSTOP)
        watch.wait(0.5)  # what it sent to the database before is done there
        held = watch.running() if watch.writable() else {}
        if not held:  # what was begun ended meanwhile
            process.send_signal(signal.SIGCONT)
    other = workers.start()
    watch.until(lambda: workers.ready(other), patience)
    watch.manned_since = now()
    watch.until(lambda: not watch.unfinished(), patience)
    if not all(row.attempts > held[row.id] for row in watch.rows() if row.id in held):
        raise AssertionError("what the stopped worker held was not done again by the other")
    process.send_signal(signal.SIGCONT)
    watch.wait(2.0)
    process.terminate()
    process.wait(timeout=patience)
    figures.seconds = round(time.monotonic() - began, 1)
    _sum_up(figures, watch)
    return figures
