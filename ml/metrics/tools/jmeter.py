"""JMeter: aggregate and summary reports as CSV, the dashboard's statistics.json and script, the summariser's log.

The dashboard's pct1, pct2 and pct3 are the 90th, 95th and 99th percentile, JMeter's defaults.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ml.metrics.contract import Metric, Place
from ml.metrics.numbers import normalise
from ml.metrics.tools.record import Run, TextLine, clock_seconds, decimal_of, make

_LABELS = {"label", "标签", "sampler_label", "transaction", "取样器标签", "标识"}
_COLUMNS: tuple[tuple[str, str, str | None], ...] = (
    ("requests_total", r"#?\s*(?:samples|样本|样本数|取样数)|aggregate_report_count|count", None),
    ("latency_avg", r"average|平均值|平均|mean", "millisecond"),
    ("latency_p50", r"median|中位数|中值|aggregate_report_median|50% (?:line|百分位)", "millisecond"),
    ("latency_p75", r"(?:aggregate_report_)?75[%_]+ ?(?:line|百分位)", "millisecond"),
    ("latency_p90", r"(?:aggregate_report_)?90[%_]+ ?(?:line|百分位)|90th pct", "millisecond"),
    ("latency_p95", r"(?:aggregate_report_)?95[%_]+ ?(?:line|百分位)|95th pct", "millisecond"),
    ("latency_p99", r"(?:aggregate_report_)?99[%_]+ ?(?:line|百分位)|99th pct", "millisecond"),
    ("latency_min", r"min|最小值|aggregate_report_min", "millisecond"),
    ("latency_max", r"max|最大值|aggregate_report_max", "millisecond"),
    ("latency_stddev", r"std\.? ?dev\.?|标准偏差|标准差|aggregate_report_stddev", "millisecond"),
    ("error_rate", r"error ?%|异常 ?%|错误 ?%|错误率|aggregate_report_error%?", None),
    ("throughput", r"throughput|吞吐量|aggregate_report_rate|transactions/s", None),
    ("requests_failed", r"fail", None),
)
_PATTERNS = tuple((metric, re.compile(pattern, re.IGNORECASE), unit) for metric, pattern, unit in _COLUMNS)


def aggregate_columns(header: Sequence[str]) -> dict[int, tuple[str, str | None]] | None:
    """Column → (metric, unit) of an aggregate or summary report, or None when the header is another table's."""
    names = [normalise(name).strip().strip('"') for name in header]
    if not names or names[0].casefold() not in _LABELS:
        return None
    chosen: dict[int, tuple[str, str | None]] = {}
    for at, name in enumerate(names[1:], start=1):
        for metric, pattern, unit in _PATTERNS:
            if pattern.fullmatch(name):
                chosen[at] = (metric, unit)
                break
    found = {metric for metric, _ in chosen.values()}
    return chosen if {"requests_total", "latency_avg"} <= found and found & {"throughput", "error_rate"} else None


def read_aggregate(header: Sequence[str], rows: Iterator[tuple[int, list[str]]]) -> list[Metric]:
    """The rows of an aggregate or summary report. Throughput "12.5/min" is converted; a plain number is per second."""
    columns = aggregate_columns(header) or {}
    found: list[Metric | None] = []
    for line, row in rows:
        if not row or not row[0].strip():
            continue
        for at, (metric, unit) in columns.items():
            if at >= len(row):
                continue
            text, scale = row[at].strip(), unit
            if metric == "throughput" and (rate := re.fullmatch(r"([\d.,]+)\s*/\s*(s|sec|min|h|hour)", text)):
                text = rate.group(1)
                scale = {"s": "per_second", "sec": "per_second", "min": "per_minute"}.get(rate.group(2), "per_hour")
            if metric == "error_rate" and not text.endswith("%") and (share := decimal_of(text)) is not None:
                # Listeners save the rate as "0.42%"; only a table saved through the API holds the fraction 0.0042.
                scale = "fraction" if 0 < share < 1 and len(text.partition(".")[2]) > 3 else None
            found.append(
                make(
                    "jmeter",
                    metric,
                    text,
                    Place(line=line),
                    scope=row[0],
                    unit=scale,
                    raw=row[at],
                    snippet=", ".join(row),
                )
            )
    return [metric for metric in found if metric is not None]


_DASHBOARD_TABLE = re.compile(r'\$\("#statisticsTable"\), (?=\{)')


def table_of_script(text: str) -> list[list[str]] | None:
    """The table of statistics inside the dashboard's script (content/js/dashboard.js): its head, the total, the rows;
    None when it is another script. Its shares of errors are in percent."""
    found = _DASHBOARD_TABLE.search(text)
    if found is None:
        return None
    try:
        table, _ = json.JSONDecoder().raw_decode(text, found.end())
        heads = [str(title) for title in table["titles"]]
        rows = [table["overall"]["data"], *(item["data"] for item in table["items"])]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    shares = heads.index("Error %") if "Error %" in heads else -1
    return [heads, *([f"{cell}%" if at == shares else str(cell) for at, cell in enumerate(row)] for row in rows)]


_STATISTICS: tuple[tuple[str, str, str | None], ...] = (
    ("sampleCount", "requests_total", None),
    ("errorCount", "requests_failed", None),
    ("errorPct", "error_rate", None),
    ("meanResTime", "latency_avg", "millisecond"),
    ("medianResTime", "latency_p50", "millisecond"),
    ("minResTime", "latency_min", "millisecond"),
    ("maxResTime", "latency_max", "millisecond"),
    ("pct1ResTime", "latency_p90", "millisecond"),
    ("pct2ResTime", "latency_p95", "millisecond"),
    ("pct3ResTime", "latency_p99", "millisecond"),
    ("throughput", "throughput", None),
)


def is_statistics(value: object) -> bool:
    """Whether a JSON value is the dashboard's statistics.json (all transactions, or one)."""
    if not isinstance(value, Mapping):
        return False
    entries = [value] if "meanResTime" in value else list(value.values())
    return bool(entries) and all(
        isinstance(entry, Mapping) and "meanResTime" in entry and "sampleCount" in entry for entry in entries
    )


def read_statistics(value: Mapping[str, Any]) -> list[Metric]:
    """The values of the dashboard's statistics.json."""
    entries = {str(value.get("transaction", "")): value} if "meanResTime" in value else value
    found = [
        make(
            "jmeter",
            metric,
            entry.get(key),
            Place(),
            scope=str(entry.get("transaction", name)),
            unit=unit,
            snippet=f"{name} {key}: {entry.get(key)}",
        )
        for name, entry in entries.items()
        for key, metric, unit in _STATISTICS
    ]
    return [metric for metric in found if metric is not None]


_SUMMARISER = re.compile(
    r"summary (?P<sign>[+=])\s+(?P<count>[\d,]+) in\s+(?P<time>[\d:.]+s?) =\s+(?P<rate>[\d.,]+)/s\s+Avg:\s+(?P"
    r"<avg>\d+)\s+Min:\s+(?P<min>\d+)\s+"
    r"Max:\s+(?P<max>\d+)\s+Err:\s+(?P<err>\d+) \((?P<share>[\d.]+)%\)"
)


def read_summariser(lines: Sequence[TextLine]) -> Iterator[Run]:
    """The non-GUI log: the last `summary =` line is the whole run, the `summary +` lines are its parts."""
    hits = [(at, found) for at, line in enumerate(lines) if (found := _SUMMARISER.search(line.text))]
    totals = [(at, found) for at, found in hits if found.group("sign") == "="]
    if not hits:
        return
    at, found = (totals or hits)[-1]
    run, line = Run("jmeter"), lines[at]
    run.add("requests_total", found.group("count"), line)
    run.add("throughput", found.group("rate"), line)
    for name in ("avg", "min", "max"):
        run.add(f"latency_{name}", found.group(name), line, unit="millisecond")
    run.add("requests_failed", found.group("err"), line)
    run.add("error_rate", found.group("share"), line)
    took = found.group("time").rstrip("s")
    run.add("duration", clock_seconds(took) or took, line, unit="second", raw=found.group("time"))
    run.lines = {index for index, _ in hits}
    yield run
