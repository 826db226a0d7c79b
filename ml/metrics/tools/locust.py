"""Locust: the CSVs of --csv (stats, failures, history), --json, the HTML report and the console tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ml.metrics.contract import Metric, Place
from ml.metrics.tools.record import PERCENTILES, Run, TextLine, decimal_of, make, spoken_seconds

_STATS: dict[str, tuple[str, str | None]] = {
    "Request Count": ("requests_total", None),
    "# requests": ("requests_total", None),
    "Failure Count": ("requests_failed", None),
    "# failures": ("requests_failed", None),
    "Median Response Time": ("latency_p50", "millisecond"),
    "Median response time": ("latency_p50", "millisecond"),
    "Average Response Time": ("latency_avg", "millisecond"),
    "Average response time": ("latency_avg", "millisecond"),
    "Min Response Time": ("latency_min", "millisecond"),
    "Min response time": ("latency_min", "millisecond"),
    "Max Response Time": ("latency_max", "millisecond"),
    "Max response time": ("latency_max", "millisecond"),
    "Requests/s": ("throughput", None),
    **{f"{share}%": (f"latency_{name}", "millisecond") for share, name in PERCENTILES.items() if share != "50"},
}


def is_stats(header: Sequence[str]) -> bool:
    """Whether a CSV header is that of _stats.csv (older versions write `Method` and other cases)."""
    return (
        len(header) > 8
        and header[0] in ("Type", "Method")
        and header[1] == "Name"
        and header[2] in ("Request Count", "# requests")
    )


def is_failures(header: Sequence[str]) -> bool:
    """Whether a CSV header is that of _failures.csv."""
    return list(header[:4]) == ["Method", "Name", "Error", "Occurrences"]


def is_exceptions(header: Sequence[str]) -> bool:
    """Whether a CSV header is that of _exceptions.csv."""
    return list(header[:3]) == ["Count", "Message", "Traceback"]


def read_exceptions(rows: Iterator[tuple[int, list[str]]]) -> list[Metric]:
    """How often each exception of the test's own code occurred."""
    found = [
        make("locust", "error_count", row[0], Place(line=line), scope=row[1], snippet=", ".join(row[:2]))
        for line, row in rows
        if len(row) >= 2
    ]
    return [metric for metric in found if metric is not None]


def is_history(header: Sequence[str]) -> bool:
    """Whether a CSV header is that of _stats_history.csv."""
    return len(header) > 8 and list(header[:4]) == ["Timestamp", "User Count", "Type", "Name"]


def read_stats(header: Sequence[str], rows: Iterator[tuple[int, list[str]]]) -> list[Metric]:
    """One row an endpoint, the last row all of them."""
    columns = {at: _STATS[name] for at, name in enumerate(header) if name in _STATS}
    found: list[Metric | None] = []
    for line, row in rows:
        if len(row) < len(header) - 1:
            continue
        scope = f"{row[0]} {row[1]}".replace("None", "").strip()
        for at, (metric, unit) in columns.items():
            if at < len(row):
                found.append(
                    make("locust", metric, row[at], Place(line=line), scope=scope, unit=unit, snippet=", ".join(row))
                )
    return [metric for metric in found if metric is not None]


def read_failures(rows: Iterator[tuple[int, list[str]]]) -> list[Metric]:
    """How often each error occurred."""
    found = [
        make(
            "locust",
            "error_count",
            row[3],
            Place(line=line),
            scope=f"{row[0]} {row[1]} {row[2]}",
            snippet=", ".join(row),
        )
        for line, row in rows
        if len(row) >= 4
    ]
    return [metric for metric in found if metric is not None]


def read_history(header: Sequence[str], rows: Iterator[tuple[int, list[str]]]) -> list[Metric]:
    """The largest user count, and the totals of the last row of all endpoints; rates of single moments are left out."""
    place = {name: at for at, name in enumerate(header)}
    most, most_line = None, 0
    last: tuple[int, list[str]] | None = None
    for line, row in rows:
        if len(row) < len(header):
            continue
        users = decimal_of(row[1])
        if users is not None and (most is None or users > most):
            most, most_line = users, line
        if row[place["Name"]] == "Aggregated":
            last = (line, row)
    found = [make("locust", "concurrency_max", most, Place(line=most_line), snippet="largest User Count")]
    if last is not None:
        line, row = last
        for name, metric, unit in (
            ("Total Request Count", "requests_total", None),
            ("Total Failure Count", "requests_failed", None),
            ("Total Median Response Time", "latency_p50", "millisecond"),
            ("Total Average Response Time", "latency_avg", "millisecond"),
            ("Total Min Response Time", "latency_min", "millisecond"),
            ("Total Max Response Time", "latency_max", "millisecond"),
        ):
            if name in place:
                found.append(
                    make(
                        "locust",
                        metric,
                        row[place[name]],
                        Place(line=line),
                        scope="Aggregated",
                        unit=unit,
                        snippet=", ".join(row),
                    )
                )
    return [metric for metric in found if metric is not None]


def is_json(value: object) -> bool:
    """Whether a JSON value is the output of --json: a list of endpoints with their counters."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(entry, Mapping) and {"num_requests", "num_failures", "response_times"} <= set(entry)
            for entry in value
        )
    )


def read_json(value: Sequence[Mapping[str, Any]]) -> list[Metric]:
    """Counters of every endpoint; the average is their total response time over their requests."""
    found: list[Metric | None] = []
    for entry in value:
        scope = _endpoint(entry)
        requests, total = decimal_of(entry["num_requests"]), decimal_of(entry.get("total_response_time"))
        found.append(make("locust", "requests_total", requests, Place(), scope=scope))
        found.append(make("locust", "requests_failed", entry["num_failures"], Place(), scope=scope))
        found.append(
            make("locust", "latency_min", entry.get("min_response_time"), Place(), scope=scope, unit="millisecond")
        )
        found.append(
            make("locust", "latency_max", entry.get("max_response_time"), Place(), scope=scope, unit="millisecond")
        )
        if requests and total is not None:
            found.append(
                make("locust", "latency_avg", round(total / requests, 4), Place(), scope=scope, unit="millisecond")
            )
    return [metric for metric in found if metric is not None]


_ARGUMENTS = re.compile(r"window\.templateArgs\s*=\s*(?=\{)")
_REPORTED = {
    "num_requests": ("requests_total", None),
    "num_failures": ("requests_failed", None),
    "total_rps": ("throughput", None),
    "avg_response_time": ("latency_avg", "millisecond"),
    "median_response_time": ("latency_p50", "millisecond"),
    "min_response_time": ("latency_min", "millisecond"),
    "max_response_time": ("latency_max", "millisecond"),
}


def report_of(page: str) -> Mapping[str, Any] | None:
    """What an HTML report shows, which stands in a script of the page; None for any other page."""
    found = _ARGUMENTS.search(page)
    if found is None:
        return None
    try:
        value, _ = json.JSONDecoder(parse_float=Decimal).raw_decode(page, found.end())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Mapping) and isinstance(value.get("requests_statistics"), list) else None


def read_report(report: Mapping[str, Any]) -> list[Metric]:
    """Every endpoint with its percentiles, and how often each error occurred; the rates of the last moment and the
    history are left out."""
    found = [make("locust", "duration", spoken_seconds(str(report.get("duration", ""))), Place(), unit="second")]
    for entry in _entries(report, "requests_statistics"):
        for key, (metric, unit) in _REPORTED.items():
            found.append(make("locust", metric, entry.get(key), Place(), scope=_endpoint(entry), unit=unit))
    for entry in _entries(report, "response_time_statistics"):
        for key, value in entry.items():
            name = PERCENTILES.get(f"{(decimal_of(key) or 0) * 100:f}".rstrip("0").rstrip("."))
            if name and name != "p50":
                metric, unit = f"latency_{name}", "millisecond"
                found.append(make("locust", metric, value, Place(), scope=_endpoint(entry), unit=unit))
    for entry in _entries(report, "failures_statistics"):
        scope = f"{_endpoint(entry)} {entry.get('error', '')}"
        found.append(make("locust", "error_count", entry.get("occurrences"), Place(), scope=scope))
    return [metric for metric in found if metric is not None]


def _entries(report: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    entries = report.get(key)
    return (entry for entry in entries if isinstance(entry, Mapping)) if isinstance(entries, list) else iter(())


def _endpoint(entry: Mapping[str, Any]) -> str:
    return f"{entry.get('method') or ''} {entry.get('name') or ''}".strip()


_HEAD = re.compile(r"^\s*(?:Type\s+)?Name\s+# reqs\s+# fails")
_ROW = re.compile(
    r"^\s*(?:(?P<type>[A-Z]{2,12}|None|grpc|WebSocket\S*)\s+)?(?P<name>\S.*?)\s+(?P<count>\d+)\s+(?P<fails>\d+)\((?P<share>[\d.]+)%\)\s*\|\s*"
    r"(?P<avg>\d+)\s+(?P<min>\d+)\s+(?P<max>\d+)\s+(?P<med>\d+)\s*\|\s*(?P<rps>[\d.]+)\s+[\d.]+\s*$"
)
_PERCENTILES_HEAD = re.compile(r"^\s*(?:Type\s+)?Name\s+(?P<shares>50%(?:\s+[\d.]+%)+)\s+# reqs")
_ERRORS_HEAD = re.compile(r"^\s*# occurrences\s+Error")


def read_locust_console(lines: Sequence[TextLine]) -> Iterator[Run]:
    """The tables that a headless run prints at its end; of several only the last of each kind counts."""
    heads = [at for at, line in enumerate(lines) if _HEAD.match(line.text)]
    if not heads:
        return
    run = Run("locust")
    for at, line in enumerate(lines):
        if found := re.search(r"\((\d+) total users\)", line.text):
            run.add("concurrency", found.group(1), line)
            run.lines.add(at)
        elif re.match(r"^\[\d{4}-\d\d-\d\d .*locust\.", line.text):
            run.lines.add(at)
    for head in heads[:-1]:
        run.lines |= _body(lines, head, _ROW)
    for at in sorted(_body(lines, heads[-1], _ROW)):
        run.lines.add(at)
        if row := _ROW.match(lines[at].text):
            _stats_row(run, row, lines[at])
    percentiles = [at for at, line in enumerate(lines) if _PERCENTILES_HEAD.match(line.text)]
    if percentiles:
        titles = _PERCENTILES_HEAD.match(lines[percentiles[-1]].text)
        assert titles is not None
        _percentiles(run, titles.group("shares").split(), lines, percentiles[-1])
    errors = [at for at, line in enumerate(lines) if _ERRORS_HEAD.match(line.text)]
    if errors:
        run.lines.add(errors[-1])
        for at in range(errors[-1] + 1, len(lines)):
            text = lines[at].text
            if found := re.match(r"^\s*(\d+)\s{2,}(\S.*?)\s*$", text):
                run.add("error_count", found.group(1), lines[at], scope=found.group(2))
            elif text.strip() and not re.match(r"^[-|\s]+$", text):
                break
            run.lines.add(at)
    if len(run.metrics) >= 3:
        yield run


def _body(lines: Sequence[TextLine], head: int, row: re.Pattern[str]) -> set[int]:
    taken = {head}
    for at in range(head + 1, len(lines)):
        text = lines[at].text
        if not (row.match(text) or re.match(r"^[-|\s]+$", text)):
            break
        taken.add(at)
    return taken


def _stats_row(run: Run, row: re.Match[str], line: TextLine) -> None:
    scope = f"{row.group('type') or ''} {row.group('name')}".strip()
    run.add("requests_total", row.group("count"), line, scope=scope)
    run.add("requests_failed", row.group("fails"), line, scope=scope)
    run.add("error_rate", row.group("share"), line, scope=scope)
    for name, group in (("avg", "avg"), ("min", "min"), ("max", "max"), ("p50", "med")):
        run.add(f"latency_{name}", row.group(group), line, scope=scope, unit="millisecond")
    run.add("throughput", row.group("rps"), line, scope=scope)


def _percentiles(run: Run, shares: list[str], lines: Sequence[TextLine], head: int) -> None:
    run.lines.add(head)
    pattern = re.compile(
        r"^\s*(?:(?P<type>[A-Z]{2,12}|None|grpc)\s+)?(?P<name>\S.*?)\s+"
        rf"(?P<values>\d+(?:\s+\d+){{{len(shares)}}})\s*$"
    )
    for at in range(head + 1, len(lines)):
        text = lines[at].text
        found = pattern.match(text)
        if found:
            scope = f"{found.group('type') or ''} {found.group('name')}".strip()
            for share, value in zip(shares, found.group("values").split(), strict=False):
                name = PERCENTILES.get(share.rstrip("%"))
                if name and name != "p50":
                    run.add(f"latency_{name}", value, lines[at], scope=scope, unit="millisecond")
        elif not re.match(r"^[-|\s]+$", text):
            break
        run.lines.add(at)
