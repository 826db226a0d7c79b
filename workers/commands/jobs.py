"""`throughline jobs`: look at jobs and start dead ones again."""

from __future__ import annotations

import uuid
from typing import Annotated

import typer

from db import jobs
from db.models.jobs import JobState
from db.roles import check_relay
from db.session import Database
from db.settings import Settings
from workers.commands.output import CommandError, Json, emit, show, tell

app = typer.Typer(no_args_is_help=True, help="Look at jobs and start dead ones again.")


@app.command("list")
def list_jobs(
    state: Annotated[list[JobState] | None, typer.Option(help="Only jobs in this state; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List jobs of every organisation, the newest first."""
    settings = Settings()
    database = Database(settings, url=settings.relay_url)
    try:
        with database.engine.connect() as connection:
            check_relay(connection)
            rows = jobs.listing(connection, states=state or list(JobState), limit=limit)
    finally:
        database.close()
    if as_json:
        emit([dict(row._mapping) for row in rows])
        return
    for row in rows:
        show(f"{row.id}  {row.state:<8} {row.name:<28} {row.created_at:%Y-%m-%d %H:%M:%S}  {row.error_code or ''}")


@app.command()
def retry(
    ids: Annotated[list[uuid.UUID], typer.Argument(metavar="ID…", help="Ids of jobs that are DEAD.")],
    as_json: Json = False,
) -> None:
    """Queue dead jobs again, with a clean slate."""
    settings = Settings()
    database = Database(settings, url=settings.relay_url)
    try:
        with database.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            check_relay(connection)
            queued = {job_id: jobs.retry(connection, job_id) for job_id in ids}
    finally:
        database.close()
    if as_json:
        emit([{"id": job_id, "queued": done} for job_id, done in queued.items()])
    for job_id, done in queued.items():
        tell(f"{job_id}: {'queued again' if done else 'not a dead job'}")
    if not all(queued.values()):
        raise CommandError("some were not queued")
