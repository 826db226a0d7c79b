"""The command line `throughline`. Exit codes: 0 done, 1 the work failed, 2 wrong usage."""
# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

import datetime
import os
import sys
from typing import Annotated, Any

import typer

from workers.commands import directory, forms, jobs, metrics, ocr, writing
from workers.commands.output import CommandError, Json, emit, show, tell, wrong_usage

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Throughline: goals, feedback and reviews as one visible chain, with paper forms read by machine.",
)
app.add_typer(ocr.app, name="ocr")
app.add_typer(forms.app, name="forms")
app.add_typer(jobs.app, name="jobs")
app.add_typer(directory.app, name="directory")
app.command()(metrics.metrics)
app.command()(writing.brief)
app.command()(writing.assist)
schema_app = typer.Typer(no_args_is_help=True, help="The GraphQL schema as text.")
app.add_typer(schema_app, name="schema")


@app.command()
def migrate() -> None:
    """Bring the database to the shape this version needs, with roles and row security on PostgreSQL."""
    from db.migrate import migrate as upgrade
    from db.settings import Settings

    upgrade(Settings())
    tell("the database is up to date")


@app.command()
def seed() -> None:
    """Write the invented company, for development and the demo. Not for production."""
    from db.settings import Settings
    from workers.seeding import seed as write

    settings = Settings()
    if settings.environment == "production":
        wrong_usage("the invented company is not for production")
    write(settings)
    tell("the invented company is in the database; see `throughline token --person liguo.wang@lanhai.example`")


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Default: THROUGHLINE_PORT or 8000.")] = None,
    host: Annotated[str | None, typer.Option(help="Default: THROUGHLINE_HOST or 127.0.0.1.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Default: THROUGHLINE_WORKER_PROCESSES.")] = None,
) -> None:
    """Run API and workers, each in processes of its own that are started again when they die."""
    from db.settings import Settings
    from workers.supervisor import serve as supervise

    given = {"port": port, "host": host, "worker_processes": workers}
    supervise(Settings().model_copy(update={name: value for name, value in given.items() if value is not None}))


@app.command()
def worker() -> None:
    """Run one worker process in the foreground."""
    from workers.process import main as run

    run()


@app.command()
def token(
    person: Annotated[str, typer.Option(help="The person's e-mail address.")],
    organization: Annotated[str | None, typer.Option(help="Key of the organisation, if there are several.")] = None,
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 31, help="How long it is valid.")] = 12,
    as_json: Json = False,
) -> None:
    """Print a token with which the person can use the API."""
    from db.settings import Settings
    from resolvers.tokens import issue
    from workers.operators import accounts

    settings = Settings()
    found = accounts(settings, person, organization)
    if not found:
        raise CommandError(f"nobody with the address {person} can sign in with a local token")
    if len(found) > 1:
        wrong_usage(
            f"several organisations have {person}; choose with --organization: "
            + ", ".join(account.organization for account in found)
        )
    lifetime = datetime.timedelta(hours=hours)
    issued = issue(settings, found[0].subject, lifetime)
    if as_json:
        emit({"token": issued, "person_id": found[0].person_id, "expires_in_seconds": int(lifetime.total_seconds())})
    else:
        show(issued)


@app.command()
def demo() -> None:
    """Read a photographed paper form into a confirmed review, through the API, and say what happens."""
    from workers.demo.story import tell_story

    tell_story()


@schema_app.command("export")
def export(
    check: Annotated[bool, typer.Option("--check", help="Only say whether the file is fresh.")] = False,
) -> None:
    """Write the GraphQL schema to schema/schema.graphql."""
    # Another program in this process's place: workers know nothing of the schema.
    arguments = [sys.executable, "-m", "schema.export", *(["--check"] if check else [])]
    os.execv(sys.executable, arguments)  # noqa: S606 - our own interpreter and module


def main() -> Any:
    """Entry point of the console script."""
    from pydantic import ValidationError
    from sqlalchemy.exc import DBAPIError

    from db.migrate import SchemaError
    from db.roles import RoleError
    from resolvers.errors import DomainError

    try:
        app()
    except (CommandError, SchemaError, RoleError) as error:
        tell(str(error))
    except DomainError as error:
        tell(f"refused: {error.code.value}")
    except OSError as error:
        # A home folder that cannot be made, a full disk: the reader's own doing and place, not a fault of the program.
        tell(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except DBAPIError as error:
        tell(_database_trouble(str(error.orig).strip()))
    except ValidationError as error:
        # The settings: their values may be secret, so only names and reasons are told.
        for fault in error.errors(include_input=False, include_url=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            tell(f"THROUGHLINE_{name}: {fault['msg']}" if name else fault["msg"].removeprefix("Value error, "))
    sys.exit(1)


def _database_trouble(words: str) -> str:
    """What to do about what the database's driver said."""
    missing = "no such table" in words or ("relation" in words and "does not exist" in words)
    return "the database has no tables yet: run `throughline migrate`" if missing else f"the database refused: {words}"


if __name__ == "__main__":
    main()
