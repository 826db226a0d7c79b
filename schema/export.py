"""Writes the schema as a file for clients: `python -m schema.export [--check]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from graphql import print_schema

from schema.root import catalog

TARGET = Path(__file__).with_name("schema.graphql")


def text() -> str:
    """The schema in the schema definition language."""
    return print_schema(catalog().schema) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or with `--check` compare it. Returns the exit code: 1 when it is stale."""
    parser = argparse.ArgumentParser(prog="python -m schema.export", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the file is stale")
    if not parser.parse_args(arguments).check:
        TARGET.write_text(text(), encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text():
        return 0
    print(f"{TARGET.name} is stale: run `throughline schema export`", file=sys.stderr)  # noqa: T201 - a command
    return 1


if __name__ == "__main__":
    sys.exit(main())
