"""Jobs with which the machinery is tried out: each run leaves a line that can be counted."""

from __future__ import annotations

import errno
import time
import uuid
from typing import Any

from sqlalchemy.orm import Session

from db import events
from db.files import FileStore
from db.session import Database
from db.settings import Settings
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from workers.reading import ReadingProcess
from workers.registry import Effect, JobFailureError, JobRun, Services, job
from workers.sandbox import SandboxError


def make_services(settings: Settings, database: Database) -> Services:
    return Services(settings, database, FileStore(settings.files_url), ReadingProcess(settings))


def leave_line(session: Session, viewer: Viewer, args: dict[str, Any], type_: str) -> None:
    events.record(session, viewer, type_, "Sample", uuid.UUID(args["subject"]))


@job("sample.work", max_failures=3, time_limit=60)
def work(run: JobRun) -> Effect:
    """Work for a while and leave one line."""
    until = time.monotonic() + run.args.get("seconds", 0)
    run.progress(10, "working")
    while time.monotonic() < until:
        time.sleep(0.02)
    run.progress(90, "ending")
    return lambda session: leave_line(session, run.viewer, run.args, "sample.done")


@job("sample.nothing", max_failures=3, time_limit=60)
def nothing(run: JobRun) -> None:
    """Find that there is nothing to do."""


@job("sample.effect_fails", max_failures=2, time_limit=60)
def effect_fails(run: JobRun) -> Effect:
    """Write half an effect and stumble."""

    def effect(session: Session) -> None:
        leave_line(session, run.viewer, run.args, "sample.half")
        session.flush()
        raise ValueError("刘晓雯")

    return effect


def _gave_up(session: Session, viewer: Viewer, args: dict[str, Any], code: str) -> None:
    leave_line(session, viewer, args, f"sample.gave_up.{code}")


@job("sample.fail", max_failures=2, time_limit=60, throws=("no_luck", "hopeless"), gave_up=_gave_up)
def fail(run: JobRun) -> Effect | None:
    """Fail in the way that is asked for."""
    match run.args["how"]:
        case "again":
            raise JobFailureError("no_luck", again=True)
        case "never":
            raise JobFailureError("hopeless", again=False)
        case "forbidden":
            raise DomainError(ErrorCode.FORBIDDEN)
        case "sandbox":
            raise SandboxError("memory")
        case "busy":
            raise SandboxError("timeout", outside=True)
        case "used":
            raise SandboxError("memory", first=False)
        case "full":
            raise OSError(errno.ENOSPC, "no room for 刘晓雯")
    raise KeyError("刘晓雯")


def _give_up_badly(session: Session, viewer: Viewer, args: dict[str, Any], code: str) -> None:
    raise RuntimeError("cannot even give up")


@job("sample.fail_badly", max_failures=1, time_limit=60, gave_up=_give_up_badly)
def fail_badly(run: JobRun) -> None:
    """Fail, and fail at leaving word of it."""
    raise ValueError


@job("sample.slow", max_failures=2, time_limit=1)
def slow(run: JobRun) -> None:
    """Take longer than is allowed."""
    for _ in range(500):
        time.sleep(0.02)


@job("sample.stages", max_failures=3, time_limit=60)
def stages(run: JobRun) -> Effect:
    """Leave a line at once and one at the end."""
    with run.write() as session:
        leave_line(session, run.viewer, run.args, "sample.began")
    for _ in range(500 if run.args.get("lose") else 0):
        time.sleep(0.02)
    return lambda session: leave_line(session, run.viewer, run.args, "sample.done")
