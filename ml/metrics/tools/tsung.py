"""Tsung's main statistics, as its report's text or page shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ml.metrics.tools.record import Run, TextLine

_HEAD = re.compile(
    r"^\s*Name\s+highest 10sec mean\s+lowest 10sec mean\s+Highest Rate\s+(?:Mean Rate\s+)?Mean\s+Count\s*$",
    re.IGNORECASE,
)
_TIME = r"(?:\d+ ?(?:mn|min|hours?|h) ?)*[\d.]+ ?(?:msec|sec)"
_RATE = r"[\d.]+ ?/ ?sec"
_ROW = re.compile(
    rf"^\s*(?P<name>\S+)\s+{_TIME}\s+{_TIME}\s+{_RATE}\s+(?:(?P<rate>{_RATE})\s+)?(?P<mean>{_TIME})\s+(?P<count>\d+)\s*$"
)
_MEAN = re.compile(r"([\d.]+) ?(msec|sec)")
_UNITS = {"msec": "millisecond", "sec": "second"}
_NO_ANSWERS = frozenset({"connect", "session"})
"""How long a connection took to open and a user stayed: neither is the time of an answer."""


def read_tsung(lines: Sequence[TextLine]) -> Iterator[Run]:
    """Pages, requests and transactions with their mean time, mean rate and count; the highest and lowest means of ten
    seconds and the highest rate are moments and left out."""
    run = Run("tsung")
    inside = False
    for at, line in enumerate(lines):
        if _HEAD.match(line.text):
            inside = True
            run.lines.add(at)
            continue
        row = _ROW.match(line.text) if inside else None
        if row is None:
            inside = inside and not line.text.strip()
            continue
        run.lines.add(at)
        if row.group("name") in _NO_ANSWERS:
            continue
        scope = row.group("name")
        if mean := _MEAN.fullmatch(row.group("mean")):
            run.add("latency_avg", mean.group(1), line, scope=scope, unit=_UNITS[mean.group(2)], raw=mean.group())
        if rate := row.group("rate"):
            run.add("throughput", rate.partition("/")[0].strip(), line, scope=scope, raw=rate)
        run.add("requests_total", row.group("count"), line, scope=scope)
    if run.metrics:
        yield run
