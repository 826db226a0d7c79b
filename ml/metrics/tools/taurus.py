"""Taurus (bzt): the final statistics as XML and CSV, a group for every label; its times are seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from ml.metrics.contract import Metric, Place
from ml.metrics.tools.record import PERCENTILES, make

_VALUES = {
    "throughput": ("requests_total", None),  # how many in all: its rate is given nowhere
    "succ": ("requests_ok", None),
    "fail": ("requests_failed", None),
    "concurrency": ("concurrency", None),
    "avg_rt": ("latency_avg", "second"),
    "stdev_rt": ("latency_stddev", "second"),
}
_SHARES = {**PERCENTILES, "0": "min", "100": "max"}


def is_final_status(root: Element) -> bool:
    """Whether an XML root is Taurus' final statistics."""
    return root.tag == "FinalStatus" and root.find("Group") is not None


def read_final_status(root: Element) -> list[Metric]:
    """How long the test took, and every group's counts and times."""
    found = [make("taurus", "duration", root.findtext("TestDuration"), Place(), unit="second")]
    for group in root.iterfind("Group"):
        for entry in group:
            name = f"{entry.tag}_{entry.get('param')}" if entry.get("param") else entry.tag
            found.append(_value(name, entry.get("value"), group.get("label") or "", Place()))
    return [metric for metric in found if metric is not None]


def is_final_csv(header: Sequence[str]) -> bool:
    """Whether a CSV header is that of Taurus' final statistics."""
    return {"label", "avg_rt", "succ", "fail", "throughput"} <= set(header)


def read_final_csv(header: Sequence[str], rows: Iterator[tuple[int, list[str]]]) -> list[Metric]:
    """One row a label; the row without one is the whole."""
    found = []
    for line, row in rows:
        cells = dict(zip(header, row, strict=False))
        found += [_value(name, cell, cells["label"], Place(line=line)) for name, cell in cells.items()]
    return [metric for metric in found if metric is not None]


def _value(name: str, value: str | None, scope: str, where: Place) -> Metric | None:
    kind, _, param = name.partition("_")
    if kind == "perc":
        share = _SHARES.get(re.sub(r"\.0$", "", param))
        return make("taurus", f"latency_{share}", value, where, scope=scope, unit="second") if share else None
    if kind == "rc":
        erring = param[:1] not in ("1", "2", "3", "")
        scope = " / ".join(filter(None, (scope, f"HTTP {param}" if param.isdigit() else param)))
        return make("taurus", "error_count", value, where, scope=scope) if erring and value != "0" else None
    if name not in _VALUES:
        return None
    metric, unit = _VALUES[name]
    return make("taurus", metric, value, where, scope=scope, unit=unit)
