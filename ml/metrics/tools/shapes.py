"""JSON reports told by where their values stand: load tools, test runners, and reports that hold nothing to be kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ml.metrics.contract import Metric, Place
from ml.metrics.tools.record import PERCENTILES, decimal_of, make


@dataclass(frozen=True, slots=True)
class Shape:
    """One tool's report. A path is keys with "/" between them; several with "+" between them are added up."""

    tool: str
    marks: tuple[str, ...]
    """Paths that all must be there."""
    values: tuple[tuple[str, str, str | None], ...] = ()
    """(path, metric, unit of the report; None for that of the product)."""
    percentiles: tuple[str, str, str, str] | None = None
    """(path of the list or mapping, key of the share, key of the time, unit); a mapping has its shares as keys."""
    errors: str = ""
    """Path of a mapping of status codes or messages to how often they came."""


def _latency(prefix: str, unit: str, **names: str) -> tuple[tuple[str, str, str | None], ...]:
    return tuple((f"{prefix}/{name}", f"latency_{metric}", unit) for metric, name in names.items())


def _cases(prefix: str = "", **names: str) -> tuple[tuple[str, str, str | None], ...]:
    return tuple((f"{prefix}{name}", f"test_cases_{metric}", None) for metric, name in names.items())


SHAPES = (
    Shape(
        "autocannon", ("connections", "latency/p50", "requests/average", "throughput"),
        (
            ("connections", "concurrency", None), ("duration", "duration", "second"),
            *_latency("latency", "millisecond", avg="average", stddev="stddev", min="min", max="max"),
            ("requests/average", "throughput", None), ("requests/min", "throughput_min", None),
            ("requests/total", "requests_total", None), ("2xx", "requests_ok", None),
            ("non2xx+errors", "requests_failed", None),
        ),
        ("latency", "", "", "millisecond"),
    ),
    Shape(
        "ghz", ("count", "rps", "fastest", "slowest", "latencyDistribution"),
        (
            ("count", "requests_total", None), ("total", "duration", "nanosecond"), ("rps", "throughput", None),
            *_latency("", "nanosecond", avg="average", min="fastest", max="slowest"),
        ),
        ("latencyDistribution", "percentage", "latency", "nanosecond"), "errorDistribution",
    ),
    Shape(
        "fortio", ("DurationHistogram/Count", "ActualQPS"),
        (
            ("ActualQPS", "throughput", None), ("ActualDuration", "duration", "nanosecond"),
            ("NumThreads", "concurrency", None), ("DurationHistogram/Count", "requests_total", None),
            *_latency("DurationHistogram", "second", avg="Avg", min="Min", max="Max", stddev="StdDev"),
        ),
        ("DurationHistogram/Percentiles", "Percentile", "Value", "second"), "RetCodes",
    ),
    Shape(
        "bombardier", ("spec/numberOfConnections", "result/timeTakenSeconds"),
        (
            ("spec/numberOfConnections", "concurrency", None), ("result/timeTakenSeconds", "duration", "second"),
            ("result/req1xx+result/req2xx+result/req3xx+result/req4xx+result/req5xx+result/others", "requests_total",
             None),
            ("result/req2xx", "requests_ok", None),
            ("result/req4xx+result/req5xx+result/others", "requests_failed", None),
            *_latency("result/latency", "microsecond", avg="mean", stddev="stddev", max="max"),
            ("result/rps/mean", "throughput", None),
        ),
        ("result/latency/percentiles", "", "", "microsecond"),
    ),
    Shape(
        "artillery", ("aggregate/requestsCompleted", "aggregate/latency/median", "aggregate/rps"),
        (
            ("aggregate/requestsCompleted", "requests_total", None), ("aggregate/rps/mean", "throughput", None),
            *_latency("aggregate/latency", "millisecond", avg="mean", p50="median", min="min", max="max"),
        ),
        ("aggregate/latency", "", "", "millisecond"), "aggregate/errors",
    ),
    Shape(
        "newman", ("run/stats/requests/total", "run/timings"),
        (
            ("run/stats/requests/total", "requests_total", None),
            ("run/stats/requests/failed", "requests_failed", None),
            ("run/stats/assertions/total", "checks_total", None),
            ("run/stats/assertions/failed", "checks_failed", None),
            *_latency("run/timings", "millisecond", avg="responseAverage", min="responseMin", max="responseMax",
                      stddev="responseSd"),
        ),
    ),
    Shape(
        "mocha", ("stats/passes", "stats/failures", "stats/pending"),
        (
            *_cases("stats/", total="tests", passed="passes", failed="failures", skipped="pending"),
            ("stats/duration", "duration", "millisecond"),
        ),
    ),
    Shape(
        "jest", ("numTotalTests", "numPassedTests"),
        _cases(total="numTotalTests", passed="numPassedTests", failed="numFailedTests",
               skipped="numPendingTests+numTodoTests"),
    ),
    Shape(
        "playwright", ("stats/expected", "stats/unexpected"),
        (
            *_cases("stats/", passed="expected", failed="unexpected", skipped="skipped"),
            ("stats/expected+stats/unexpected+stats/skipped+stats/flaky", "test_cases_total", None),
            ("stats/duration", "duration", "millisecond"),
        ),
    ),
    Shape(
        "cypress", ("totalTests", "totalPassed"),
        (
            *_cases(total="totalTests", passed="totalPassed", failed="totalFailed",
                   skipped="totalPending+totalSkipped"),
            ("totalDuration", "duration", "millisecond"),
        ),
    ),
    Shape(
        "allure", ("statistic/passed", "statistic/broken"),
        (
            *_cases("statistic/", total="total", passed="passed", failed="failed", errors="broken", skipped="skipped"),
            ("time/duration", "duration", "millisecond"),
        ),
    ),
    Shape(
        "pytest", ("summary/collected", "exitcode"),
        (
            *_cases("summary/", total="total", passed="passed", failed="failed", errors="error", skipped="skipped"),
            ("duration", "duration", "second"),
        ),
    ),
    # Their figures are of pages, disks, lines, coverage and calls inside a program, for which there is no name here.
    Shape("lighthouse", ("lighthouseVersion", "audits")),
    Shape("fio", ("fio version", "jobs")),
    Shape("iperf3", ("start", "intervals", "end")),
    Shape("coverage", ("meta", "files", "totals/percent_covered")),
    Shape("istanbul", ("total/lines", "total/statements")),
    Shape("jmh", ("jmhVersion", "primaryMetric")),
    Shape("benchmarkdotnet", ("HostEnvironmentInfo", "Benchmarks")),
    Shape("pytest-benchmark", ("machine_info", "benchmarks")),
    Shape("google-benchmark", ("context/num_cpus", "benchmarks")),
)  # fmt: skip


def shape_of(value: object) -> Shape | None:
    """The tool whose report a JSON value is; of a list of results, which only tools without names here write, it is
    the first that tells."""
    first = value[0] if isinstance(value, list) and value else value
    shapes = SHAPES if first is value else [shape for shape in SHAPES if not shape.values]
    return next((shape for shape in shapes if all(_at(first, mark) is not None for mark in shape.marks)), None)


def read_shape(shape: Shape, value: Mapping[str, Any]) -> list[Metric]:
    """The values of a report of this shape."""
    found: list[Metric | None] = []
    for path, metric, unit in shape.values:
        parts = [decimal_of(_at(value, part)) for part in path.split("+")]
        known = [part for part in parts if part is not None]
        if known:
            total = sum(known, Decimal(0))
            found.append(make(shape.tool, metric, total, Place(), unit=unit, snippet=f"{path}: {total}"))
    if shape.percentiles is not None:
        path, share_key, time_key, unit = shape.percentiles
        for name, time in _percentiles(_at(value, path), share_key, time_key):
            found.append(
                make(shape.tool, f"latency_{name}", time, Place(), unit=unit, snippet=f"{path} {name}: {time}")
            )
    counts = _at(value, shape.errors) if shape.errors else None
    for name, count in counts.items() if isinstance(counts, Mapping) else ():
        if str(name)[:1] not in "123":
            found.append(make(shape.tool, "error_count", count, Place(), scope=str(name)))
    return [metric for metric in found if metric is not None]


def _at(value: object, path: str) -> object:
    for key in filter(None, path.split("/")):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _percentiles(node: object, share_key: str, time_key: str) -> Iterator[tuple[str, object]]:
    pairs: list[tuple[object, object]] = []
    if isinstance(node, Mapping):
        pairs = list(node.items())
    elif isinstance(node, Sequence) and not isinstance(node, str):
        pairs = [(entry.get(share_key), entry.get(time_key)) for entry in node if isinstance(entry, Mapping)]
    for share, time in pairs:
        text = str(share).removeprefix("p").replace("_", ".")
        name = PERCENTILES.get("99.9" if text == "999" else text)
        if name:
            yield name, time
