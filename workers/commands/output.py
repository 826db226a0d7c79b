"""What commands print: results on standard output, with `--json` as one document; everything else on standard error."""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


class CommandError(Exception):
    """The work failed: the message goes to standard error, the exit code is 1."""


def emit(value: Any) -> None:
    """Print a result as JSON; instants as ISO 8601 writes them."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")
    sys.stdout.flush()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.datetime) else str(value)


def show(*lines: str) -> None:
    """Print a result for people."""
    sys.stdout.write("".join(line + "\n" for line in lines))
    sys.stdout.flush()


def tell(line: str) -> None:
    """Say something that is not the result."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def wrong_usage(message: str) -> NoReturn:
    """End with exit code 2."""
    tell(message)
    raise typer.Exit(2)


@contextmanager
def libraries_speak_aside() -> Iterator[None]:
    """Send what libraries write to standard output, from Python or C, to standard error meanwhile."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def each_file(results: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print one result, or a list of several, and end with exit code 1 if one of them is an error."""
    if as_json:
        emit(results[0] if len(results) == 1 else results)
    failed = [result for result in results if "error" in result]
    for result in failed:
        tell(f"{result['file']}: {result['error']['message']}")
    if failed:
        raise typer.Exit(1)
