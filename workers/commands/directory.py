"""`throughline directory`: a company's departments and people from a table, and their organisation."""
# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import available_timezones

import typer

from workers.commands.output import CommandError, Json, emit, show, tell, wrong_usage

if TYPE_CHECKING:
    from resolvers.directory import Taken

app = typer.Typer(no_args_is_help=True, help="A company's departments and people, from a table.")

Table = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, metavar="FILE", help="CSV or XLSX, header first.")
]


class _UndoneError(Exception):
    """Nothing is to stay, also not a new organisation."""


@app.command()
def columns(as_json: Json = False) -> None:
    """List the columns of the table, by their Chinese and English names."""
    from resolvers.rules.directory_records import COLUMNS

    if as_json:
        emit(
            [
                {
                    "key": each.key,
                    "zh": each.name_zh,
                    "en": each.name_en,
                    "required": each.required,
                    "help": each.help_en,
                }
                for each in COLUMNS
            ]
        )
        return
    for each in COLUMNS:
        show(f"{each.name_zh} | {each.name_en}{' (needed)' if each.required else ''}: {each.help_en}")


@app.command("import")
def take(  # noqa: PLR0917 - options of a command
    file: Table,
    organization: Annotated[str, typer.Option(help="Key of the organisation.")],
    new: Annotated[str | None, typer.Option(metavar="NAME", help="Make the organisation, with this name.")] = None,
    timezone: Annotated[str, typer.Option(help="Of a new organisation.")] = "Asia/Shanghai",
    issuer: Annotated[str | None, typer.Option(help="Who issues the logins; default: THROUGHLINE_OIDC_ISSUER.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what would become of it.")] = False,
    as_json: Json = False,
) -> None:
    """Take a table of people: who is new, moved or left. Whoever is not in it stays; again, it changes nothing."""
    from db.base import new_id
    from db.files import FileStore
    from db.models.people import Organization
    from db.session import Database, Scope
    from db.settings import Settings
    from db.viewer import system_viewer
    from resolvers.directory import take_directory
    from resolvers.tokens import LOCAL_ISSUER
    from workers.founding import furnish
    from workers.operators import known_organizations, the_organization

    settings = Settings()
    if timezone not in available_timezones():
        wrong_usage(f"no time zone {timezone!r}; such as Asia/Shanghai")
    if new is not None and organization in known_organizations(settings):
        wrong_usage(f"the organisation {organization!r} is there already: leave --new out")
    organization_id = new_id() if new is not None else the_organization(settings, organization)
    rows = _rows(file)
    viewer = system_viewer(organization_id)
    database = Database(settings)
    try:
        with database.begin(Scope(organization_id)) as session:
            if new is not None:
                session.add(
                    Organization(id=organization_id, key=organization, name_zh=new, name_en=new, timezone=timezone)
                )
                session.flush()
            by = issuer or (settings.oidc_issuer or LOCAL_ISSUER)
            taken = take_directory(session, viewer, rows, issuer=by, dry_run=check)
            if check or taken.faults:
                raise _UndoneError
            if new is not None:
                furnish(session, viewer, FileStore(settings.files_url))
    except _UndoneError:
        pass
    finally:
        database.close()
    _report(taken, check=check, as_json=as_json)


def _rows(file: Path) -> list[list[str]]:
    from workers.sandbox import SandboxError
    from workers.sandbox import run as run_in_child
    from workers.tables import READING, TableError, read_table

    content = file.read_bytes()
    try:
        rows: list[list[str]] = run_in_child(READING, read_table, content, "XLSX" if content[:2] == b"PK" else "CSV")
    except (TableError, SandboxError) as error:
        raise CommandError(f"{file}: is no table that can be read (CSV or XLSX)") from error
    return rows


def _report(taken: Taken, *, check: bool, as_json: bool) -> None:
    if as_json:
        faults = [{"row": fault.row, "column": fault.column, "code": fault.code} for fault in taken.faults]
        emit({"written": not check and not faults, **dict(taken.counts), "errors": faults})
    else:
        for fault in taken.faults:
            show(f"row {fault.row or '-'}, {fault.column or 'table'}: {fault.code}")
        if not taken.faults:
            show(
                ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(taken.counts.items()) if count)
            )
    if taken.faults:
        raise CommandError(f"nothing was written: {len(taken.faults)} places are wrong")
    if check:
        tell("nothing was written: this was a check")
