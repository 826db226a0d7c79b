"""`throughline forms`: the printable forms."""
# ruff: noqa: PLC0415 - making PDFs imports libraries that no other command needs

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from db.settings import Settings
from ocr.contract import PublishedForm
from workers.commands.output import CommandError, Json, emit, show, tell, wrong_usage

if TYPE_CHECKING:
    from db.viewer import Viewer

app = typer.Typer(no_args_is_help=True, help="Print and describe forms.")

Key = Annotated[str, typer.Argument(help="Key of the form, see `forms list`.")]


@app.command("list")
def list_forms(as_json: Json = False) -> None:
    """List the forms that come with the product."""
    from ocr.forms.shipped import keys, load

    templates = [load(key).template for key in keys()]
    if as_json:
        emit(
            [
                {
                    "key": template.key,
                    "version": template.version,
                    "title": {"zh": template.title.zh, "en": template.title.en},
                    "pages": template.pages,
                }
                for template in templates
            ]
        )
    else:
        show(*(f"{template.key}  {template.title.zh} / {template.title.en}" for template in templates))


@app.command()
def describe(key: Key, as_json: Json = False) -> None:
    """Print a form's fields and where they are on paper, in mm from the top left corner of the page."""
    from ocr.forms.describe import describe as description

    geometry = description(_form(key).template)
    if as_json:
        emit(geometry)
        return
    for page in geometry["pages"]:
        for field in page["fields"]:
            x, y, width, height = field["box_mm"]
            show(f"page {page['page']}  {field['key']:<20} {field['type']:<10} {x:g},{y:g}  {width:g} x {height:g} mm")


@app.command()
def render(
    key: Key,
    out: Annotated[Path, typer.Option(dir_okay=False, help="The PDF to write.")],
    subject: Annotated[str | None, typer.Option(help="Staff number of the person it is for.")] = None,
    cycle: Annotated[str | None, typer.Option(help="Key of the cycle, such as 2026Q3; default: the newest.")] = None,
    organization: Annotated[str | None, typer.Option(help="Key of the organisation, if there are several.")] = None,
) -> None:
    """Write a form ready to print, with a new sheet's code on it.

    With --subject the sheet is entered in the database, so that the filled-in form finds its person and cycle again,
    and what is known of them is printed on it. Without, the code names the form alone.
    """
    from ocr.forms.shipped import blank_pdf
    from ocr.forms.stamp import stamp

    published = _form(key)
    if subject is None:
        pdf = stamp(blank_pdf(key), published.template, uuid.uuid4().hex)
    else:
        pdf = _for_person(key, subject, cycle, organization)
    try:
        out.write_bytes(pdf)
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}") from error
    tell(f"wrote {out}")


def _form(key: str) -> PublishedForm:
    from ocr.forms.shipped import UnknownFormError, load

    try:
        return load(key)
    except UnknownFormError as error:
        wrong_usage(str(error))


def _for_person(key: str, staff_number: str, cycle_key: str | None, organization_key: str | None) -> bytes:
    """Enter a sheet for the person, as HR would, and stamp it."""
    import sqlalchemy as sa

    from db.files import FileStore
    from db.models.goals import Cycle
    from db.models.people import Person
    from db.session import Database, Scope
    from db.viewer import Role, Viewer
    from resolvers.intake import sheets
    from workers.intake import stamped
    from workers.operators import the_organization

    settings = Settings()
    organization_id = the_organization(settings, organization_key)
    viewer: Viewer = Viewer(organization_id, None, frozenset({Role.HR}))
    database = Database(settings)
    files = FileStore(settings.files_url)
    try:
        with database.begin(Scope(organization_id)) as session:
            person = session.scalars(sa.select(Person).where(Person.staff_number == staff_number)).first()
            cycles = sa.select(Cycle).order_by(Cycle.starts_on.desc())
            cycle = session.scalars(cycles if cycle_key is None else cycles.where(Cycle.key == cycle_key)).first()
            if person is None:
                raise CommandError(f"nobody has the staff number {staff_number}")
            if cycle is None:
                raise CommandError("there is no such cycle")
            sheet = sheets.request_sheet(session, viewer, key, person.id, cycle.id)
            wanted = sheets.sheet_to_print(session, viewer, files, sheet.id)
            if wanted is None:
                raise CommandError("the sheet was printed already")
            pdf = stamped(wanted)
            sheets.record_sheet(session, viewer, files, sheet.id, pdf)
    finally:
        database.close()
    return pdf
