"""`throughline ocr`: read pictures from the command line."""
# ruff: noqa: PLC0415 - the engine takes seconds to import and is for these commands alone

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.settings import Settings
from ocr.contract import PublishedForm
from workers.commands.output import Json, each_file, libraries_speak_aside, show, wrong_usage

if TYPE_CHECKING:
    from ocr.pages import Page
    from ocr.reader import Reader

app = typer.Typer(no_args_is_help=True, help="Read pictures and scans.")

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="JPEG, PNG, PDF, …")]


@app.command()
def lines(files: Files, as_json: Json = False) -> None:
    """Print all text of the files."""
    from ocr.describe_reading import lines_of_file

    results = _read(files, lines_of_file)
    if not as_json:
        for result in results:
            for page in result.get("pages", []):
                show(*(line["text"] for line in page["lines"]))
    each_file(results, as_json=as_json)


@app.command()
def form(
    files: Files,
    template: Annotated[str | None, typer.Option(help="Key of the form; default: recognise it.")] = None,
    as_json: Json = False,
) -> None:
    """Print the fields of photographed forms. The pages of one document are one file."""
    from ocr.describe_reading import form_of_file

    forms = _forms(template)
    results = _read(files, lambda name, pages, reader: form_of_file(name, pages, reader, forms))
    if not as_json:
        for result in results:
            _show_form(result)
    each_file(results, as_json=as_json)


def _forms(template: str | None) -> list[PublishedForm]:
    from ocr.forms.shipped import UnknownFormError, keys, load

    try:
        return [load(key) for key in ([template] if template else keys())]
    except UnknownFormError as error:
        wrong_usage(str(error))


def _read(files: list[Path], describe: Callable[[str, list[Page], Reader], dict[str, Any]]) -> list[dict[str, Any]]:
    from ocr.pages import PageError, decode
    from workers.reading import make_reader, options_of

    results: list[dict[str, Any]] = []
    with libraries_speak_aside():
        reader = make_reader(options_of(Settings()))
        for file in files:
            try:
                results.append(describe(str(file), decode(file.read_bytes()), reader))
            except PageError as error:
                results.append({"file": str(file), "error": {"code": error.code.value, "message": str(error)}})
    return results


def _show_form(result: dict[str, Any]) -> None:
    if "error" in result:
        return
    found = result["template"]
    show(f"{result['file']}: {found['key'] or 'no form'} (by {found['matched_by']}, {found['score']:.2f})")
    if result.get("retake"):
        show(f"  take the picture again: {result['retake']}")
    for field in result["fields"]:
        value = "" if field["value"] is None else field["value"]
        show(f"  {field['status']:<15} {field['confidence']:.2f}  {field['key']}: {value}")
