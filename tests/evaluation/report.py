"""`evaluation.json` and `bench.json`: each part writes its own section and leaves the others standing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

EVALUATION = Path("evaluation.json")
BENCH = Path("bench.json")


def write_section(name: str, section: dict[str, Any], path: Path = EVALUATION) -> None:
    """Put `section` under `name` into the report at `path`, replacing what stood there under that name."""
    report: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    report[name] = section
    path.write_text(json.dumps(report, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
