"""Gatling: stats.json and global_stats.json, stats.js, and the console in both layouts.

percentiles1 to 4 are the 50th, 75th, 95th and 99th percentile, Gatling's defaults. Values are those of all requests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ml.metrics.contract import Metric, Place
from ml.metrics.tools.record import Run, TextLine, decimal_of, make

_STATS = (
    ("minResponseTime", "latency_min"),
    ("maxResponseTime", "latency_max"),
    ("meanResponseTime", "latency_avg"),
    ("standardDeviation", "latency_stddev"),
    ("percentiles1", "latency_p50"),
    ("percentiles2", "latency_p75"),
    ("percentiles3", "latency_p95"),
    ("percentiles4", "latency_p99"),
)


def is_gatling(value: object) -> bool:
    """Whether a JSON value is Gatling's stats.json or global_stats.json."""
    if not isinstance(value, Mapping):
        return False
    stats = value.get("stats", value)
    return isinstance(stats, Mapping) and "numberOfRequests" in stats and "meanNumberOfRequestsPerSecond" in stats


def stats_of_script(text: str) -> object | None:
    """The value inside stats.js (`var stats = {…}`), whose keys are not all quoted; None when it is another script."""
    found = re.match(r"\s*var stats = (\{.*?\n\})\s*(?:;|\n|$)", text, re.DOTALL)
    if not found:
        return None
    quoted = re.sub(r'(^|[{,\n])(\s*)([A-Za-z_]\w*)(\s*:)(?=\s*["{\d])', r'\1\2"\3"\4', found.group(1))
    try:
        return json.loads(quoted)  # type: ignore[no-any-return]
    except ValueError:
        return None


def read_gatling(value: Mapping[str, Any]) -> list[Metric]:
    """The values of all requests and of each request and group."""
    found: list[Metric] = []
    _walk(value, found, 0)
    return found


def _walk(node: Mapping[str, Any], found: list[Metric], depth: int) -> None:
    stats = node.get("stats", node)
    if isinstance(stats, Mapping) and isinstance(stats.get("numberOfRequests"), Mapping):
        scope = str(node.get("path") or stats.get("name") or node.get("name") or "")
        found += _stats(stats, scope)
    contents = node.get("contents")
    if isinstance(contents, Mapping) and depth < 20:
        for child in contents.values():
            if isinstance(child, Mapping):
                _walk(child, found, depth + 1)


def _stats(stats: Mapping[str, Any], scope: str) -> list[Metric]:
    count = stats["numberOfRequests"]
    rate = stats.get("meanNumberOfRequestsPerSecond", {})
    made = [
        make("gatling", "requests_total", _part(count, "total"), Place(), scope=scope),
        make("gatling", "requests_ok", _part(count, "ok"), Place(), scope=scope),
        make("gatling", "requests_failed", _part(count, "ko"), Place(), scope=scope),
        make("gatling", "throughput", _part(rate, "total"), Place(), scope=scope),
    ]
    for key, metric in _STATS:
        made.append(
            make(
                "gatling",
                metric,
                _part(stats.get(key), "total"),
                Place(),
                scope=scope,
                unit="millisecond",
                snippet=f"{scope} {key}",
            )
        )
    return [metric for metric in made if metric is not None]


def _part(value: object, name: str) -> object:
    part = value.get(name) if isinstance(value, Mapping) else None
    return part.strip() if isinstance(part, str) else part


_CONSOLE = (
    (re.compile(r"request count"), "requests_total", None),
    (re.compile(r"min response time"), "latency_min", "millisecond"),
    (re.compile(r"max response time"), "latency_max", "millisecond"),
    (re.compile(r"mean response time"), "latency_avg", "millisecond"),
    (re.compile(r"std deviation|standard deviation"), "latency_stddev", "millisecond"),
    (re.compile(r"50th percentile"), "latency_p50", "millisecond"),
    (re.compile(r"75th percentile"), "latency_p75", "millisecond"),
    (re.compile(r"90th percentile"), "latency_p90", "millisecond"),
    (re.compile(r"95th percentile"), "latency_p95", "millisecond"),
    (re.compile(r"99th percentile"), "latency_p99", "millisecond"),
    (re.compile(r"mean requests/sec|mean throughput"), "throughput", None),
)
_START = re.compile(r"-{2,}\s*Global Information\s*-{2,}")
_ROW = re.compile(
    r"^\s*>\s*(?P<label>[A-Za-z0-9 /()]+?)\s{2,}(?P<rest>[|\d(].*)$|^\s*>\s*(?P<label2>[A-Za-z0-9 /()]+?)\s*\|"
    r"(?P<rest2>.*)$"
)


_ERROR = re.compile(r"^\s*>\s*(?P<what>\S.*?)\s{2,}(?P<count>\d+)\s+\(\s*[\d.]+%\)\s*$")


def read_gatling_console(lines: Sequence[TextLine]) -> Iterator[Run]:
    """The text summary; the first number of a row is of all requests, those in OK and KO are not."""
    starts = [at for at, line in enumerate(lines) if _START.search(line.text)]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(lines)
        run, erring = Run("gatling", lines={start}), False
        for at in range(start - 1, max(-1, start - 12), -1):
            if took := re.match(r"^Simulation \S+ completed in (\d+) seconds", lines[at].text):
                run.add("duration", took.group(1), lines[at], unit="second")
                run.lines.add(at)
                break
        for at in range(start + 1, min(end, start + 40)):
            text, line = lines[at].text, lines[at]
            if re.match(r"^\s*={10,}\s*$", text):
                run.lines.add(at)
                break
            if not (text.lstrip().startswith(">") or re.match(r"^\s*-{4}", text)):
                if text.strip() and at > start + 3:
                    break
                continue
            run.lines.add(at)
            erring = (erring or re.match(r"^\s*-{4} Errors -", text) is not None) and "Distribution" not in text
            if erring and (error := _ERROR.match(text)):
                run.add("error_count", error.group("count"), line, scope=error.group("what"))
                continue
            found = _ROW.match(text)
            if not found:
                continue
            label, rest = found.group("label") or found.group("label2"), found.group("rest") or found.group("rest2")
            for pattern, metric, unit in _CONSOLE:
                if pattern.search(label):
                    _console_row(run, metric, unit, rest, line)
                    break
        if len(run.metrics) >= 4:
            yield run


def _console_row(run: Run, metric: str, unit: str | None, rest: str, line: TextLine) -> None:
    if "|" in rest:
        parts = [part.strip() for part in rest.strip().strip("|").split("|")]
        total, ok, failed = [*parts, "", "", ""][:3]
    else:
        total = rest.split("(", maxsplit=1)[0].strip()
        pair = re.search(r"OK=\s*([\d.,-]+)\s*KO=\s*([\d.,-]+)", rest)
        ok, failed = pair.groups() if pair else ("", "")
    if decimal_of(total) is None:
        return
    run.add(metric, total, line, unit=unit)
    if metric == "requests_total":
        run.add("requests_ok", ok, line)
        run.add("requests_failed", failed if failed != "-" else "0", line)
