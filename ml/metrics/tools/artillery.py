"""Artillery: the JSON of version 2, and the console in both layouts: the summary at its end, without the reports of
moments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ml.metrics.contract import Metric, Place
from ml.metrics.tools.record import PERCENTILES, Run, TextLine, make, spoken_seconds, until

_MOMENT = re.compile(
    r"^\s*(?:Report @|Metrics for period to:|Elapsed time:|Started phase|Phase (?:started|completed):)"
)
_SUMMARY = re.compile(r"^\s*(?:Summary|Complete) report @")
_FINISHED = re.compile(r"^\s*All (?:virtual users|VUs) finished(?:\. Total time: (?P<time>.+))?")
_LINE = re.compile(r"^\s*(?P<label>[^\s:][^:]*?):(?: ?\.{2,})?\s*(?P<value>\d[\d.]*)?(?P<rest>/sec|\s*\(.*\))?\s*$")
_ENDPOINT = re.compile(r"plugins\.metrics-by-endpoint\.response_time\.(?P<scope>\S.*)")
_TOTALS = {
    "requests completed": "requests_total", "http.requests": "requests_total", "rps sent": "throughput",
    "mean response/sec": "throughput", "http.request_rate": "throughput",
}  # fmt: skip
_TIMES = {"min": "min", "max": "max", "mean": "avg", "median": "p50"}
_WHOLE = ("request latency", "response time (msec)", "http.response_time")


def read_artillery(lines: Sequence[TextLine]) -> Iterator[Run]:
    """The last summary; whatever is printed while the load runs is of moments and left out."""
    summaries = [at for at, line in enumerate(lines) if _SUMMARY.match(line.text)]
    first = next((at for at, line in enumerate(lines) if _MOMENT.match(line.text) or _SUMMARY.match(line.text)), None)
    if first is None or not summaries:
        return
    run = Run("artillery")
    start = summaries[-1]
    section, scope, last = "", "", start
    for at in range(start + 1, until(lines, start, _MOMENT, 400)):
        text = lines[at].text
        found = _LINE.match(text)
        if found is None:
            if text.strip(" -=\t") and not _FINISHED.match(text):
                break
            continue
        last, label, value = at, found.group("label"), found.group("value")
        if value is None:
            section = label.lower()
            endpoint = _ENDPOINT.match(label)
            scope = endpoint.group("scope") if endpoint else ""
        elif metric := _TOTALS.get(label.lower()):
            run.add(metric, value, lines[at])
        elif label.startswith("errors."):
            run.add("error_count", value, lines[at], scope=label.removeprefix("errors."))
        elif code := re.fullmatch(r"(?:http\.codes\.)?([45]\d\d)", label):
            if section == "codes" or label.startswith("http."):
                run.add("error_count", value, lines[at], scope=f"HTTP {code.group(1)}")
        elif section == "errors":
            run.add("error_count", value, lines[at], scope=label)
        elif (section in _WHOLE or scope) and (name := _statistic(label)):
            run.add(f"latency_{name}", value, lines[at], scope=scope, unit="millisecond")
    for line in lines:
        if (found := _FINISHED.match(line.text)) and found.group("time"):
            run.add("duration", spoken_seconds(found.group("time")), line, unit="second", raw=found.group("time"))
    run.lines = set(range(first, last + 1))
    if len(run.metrics) >= 3:
        yield run


_RESPONSE_TIME = "http.response_time"


def is_report(value: object) -> bool:
    """Whether a JSON value is the report of version 2."""
    aggregate = value.get("aggregate") if isinstance(value, Mapping) else None
    return (
        isinstance(aggregate, Mapping)
        and isinstance(aggregate.get("counters"), Mapping)
        and isinstance(aggregate.get("summaries"), Mapping)
        and _RESPONSE_TIME in aggregate["summaries"]
    )


def read_report(value: Mapping[str, Any]) -> list[Metric]:
    """All requests and those of each endpoint that was counted apart; not their moments, nor their times by status."""
    aggregate = value["aggregate"]
    rates = aggregate.get("rates")
    totals = {**aggregate["counters"], **(rates if isinstance(rates, Mapping) else {})}
    found: list[Metric | None] = []
    for name, count in totals.items():
        if metric := _TOTALS.get(name):
            found.append(make("artillery", metric, count, Place(), snippet=f"{name}: {count}"))
        elif name.startswith("errors."):
            found.append(make("artillery", "error_count", count, Place(), scope=name.removeprefix("errors.")))
        elif code := re.fullmatch(r"http\.codes\.([45]\d\d)", name):
            found.append(make("artillery", "error_count", count, Place(), scope=f"HTTP {code.group(1)}"))
    for name, times in aggregate["summaries"].items():
        endpoint = _ENDPOINT.fullmatch(name)
        if not isinstance(times, Mapping) or not (endpoint or name == _RESPONSE_TIME):
            continue
        for key, time in times.items():
            statistic = None if key == "p50" else _statistic(key)  # the median, given twice
            if statistic:
                scope, snippet = endpoint.group("scope") if endpoint else "", f"{name} {key}: {time}"
                metric = f"latency_{statistic}"
                found.append(make("artillery", metric, time, Place(), scope=scope, unit="millisecond", snippet=snippet))
    return [metric for metric in found if metric is not None]


def _statistic(label: str) -> str | None:
    return _TIMES.get(label) or PERCENTILES.get("99.9" if label == "p999" else label.removeprefix("p"))
