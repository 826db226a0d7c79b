"""`throughline metrics`: what the deliverables say, as metrics with unit, scope, kind and place."""
# ruff: noqa: PLC0415 - the child's libraries are for this command alone

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.settings import Settings
from workers.commands.output import Json, emit, show, tell, wrong_usage

if TYPE_CHECKING:
    from ml.metrics.contract import MetricDefinition

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="Reports and outputs.")]
Definitions = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        readable=True,
        help="JSON list of a template's own metrics: name, aliases, unit, pattern or column.",
    ),
]


def metrics(files: Files, definitions: Definitions = None, as_json: Json = False) -> None:
    """Read metrics from reports, tables, tool outputs and screenshots."""
    from ml.metrics.describe import describe
    from workers.deliverables import DeliverableReader

    own = _definitions(definitions)
    reader = DeliverableReader(Settings())
    try:
        results = [describe(reader.read(file.read_bytes(), str(file), own)) for file in files]
    finally:
        reader.close()
    if as_json:
        emit(results[0] if len(results) == 1 else results)
    else:
        for result in results:
            _show(result)
    unreadable = [result for result in results if result["status"] == "unreadable"]
    for result in unreadable:
        tell(f"{result['file']}: {result['warnings'][0]['message']}")
    if unreadable:
        raise typer.Exit(1)


def _definitions(path: Path | None) -> tuple[MetricDefinition, ...]:
    from ml.metrics.contract import DefinitionError, definitions_from

    if path is None:
        return ()
    try:
        return definitions_from(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, DefinitionError) as error:
        wrong_usage(f"{path}: {error}")


def _show(result: dict[str, Any]) -> None:
    show(f"{result['file']}: {result['format']}, {result['status']}")
    for metric in result["metrics"]:
        kind = "" if metric["kind"] == "measured" else f" ({metric['kind']})"
        place = " ".join(f"{name} {value}" for name, value in metric["where"].items())
        scope = f" [{metric['scope']}]" if metric["scope"] else ""
        show(f"  {metric['metric']}{scope}: {metric['value']} {metric['unit']}{kind}  {place}")
    for conflict in result["conflicts"]:
        show(f"  conflict: {conflict['message']}")
    for warning in result["warnings"]:
        show(f"  note: {warning['message']}")
