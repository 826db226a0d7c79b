"""The HTML page that k6-reporter makes of k6's summary, of versions 2 and 3; its times are milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ml.metrics.tools.record import PERCENTILES, Run, TextLine

_FOOTER = re.compile(r"^\s*K6 Reporter v\d", re.IGNORECASE)
_NUMBER = re.compile(r"^\s*(?P<label>[A-Za-z]+ )?(?P<value>[\d.,]+)(?:/s)?\s*$")
"""A value below its label; the third version has both in one line."""
_TRENDS = ("http_req_duration", "grpc_req_duration")
_TIMES = {
    "average": "avg", "avg": "avg", "maximum": "max", "max": "max", "median": "p50", "med": "p50", "minimum": "min",
    "min": "min",
}  # fmt: skip
_SHARE = re.compile(r"(?:p\()?(?P<share>\d{2}(?:\.\d+)?)(?:th percentile|\))", re.IGNORECASE)
_FACTS = {
    ("Failed Requests", ""): "requests_failed", ("Checks", "Passed"): "checks_passed",
    ("Checks", "Failed"): "checks_failed", ("Virtual Users", "Max"): "concurrency_max",
    ("Requests", "Total"): "requests_total", ("Requests", "Rate"): "throughput",
}  # fmt: skip
_SECTIONS = {section for section, _ in _FACTS} | {"Total Requests", "Iterations", "Data Received", "Data Sent"}


def read_k6_page(lines: Sequence[TextLine]) -> Iterator[Run]:
    """Requests with their times, checks and users; the parts of a request's time, and checks one by one, are left
    out."""
    end = next((at for at, line in enumerate(lines) if _FOOTER.match(line.text)), None)
    if end is None:
        return
    run = Run("k6", lines=set(range(end + 1)))
    heads: list[str] = []
    section = label = ""
    for line in lines[:end]:
        text = line.text.strip()
        cells = re.split(r"\s{2,}", text)
        name, _, tags = cells[0].partition("{")
        if text in _SECTIONS:
            section, label = text, ""
        elif found := _NUMBER.match(text):
            if metric := _FACTS.get((section, (found.group("label") or label).strip())):
                run.add(metric, found.group("value"), line)
        elif sum(bool(_time(cell)) for cell in cells) >= 3:
            heads = cells
        elif name in _TRENDS:
            for head, value in zip(heads, cells[-len(heads) :], strict=False):
                if time := _time(head):
                    run.add(f"latency_{time}", value, line, scope=tags.rstrip("}"), unit="millisecond")
        else:
            label = text
    if run.metrics:
        yield run


def _time(head: str) -> str:
    """The statistic that a column's head names, if it is kept."""
    share = _SHARE.fullmatch(head)
    return PERCENTILES.get(share.group("share"), "") if share else _TIMES.get(head.lower(), "")
