"""k6: the console summary in its old and new layouts, and the summary JSON of --summary-export and of handleSummary.

`http_req_failed` is a rate of failures: its passes (✓) are requests that failed, its fails (✗) those that did not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ml.metrics.contract import Metric, Place
from ml.metrics.tools.record import PERCENTILES, Run, TextLine, decimal_of, duration_seconds, make

_TREND = {"avg": "avg", "min": "min", "med": "p50", "max": "max"}
_TRENDS = ("http_req_duration", "grpc_req_duration")
_NAMED = re.compile(
    r"^\s*(?:[✓✗×x√]\s+)?(?P<name>[a-z][a-z0-9_]+)(?:\s*\{\s*(?P<tags>[^}]*?)\s*\})?\s*\.{2,}:\s*(?P<rest>.+)$"
)
_TAGGED = re.compile(r"^\s*(?:[✓✗×x√]\s+)?\{\s*(?P<tags>[^}]*?)\s*\}\s*\.{2,}:\s*(?P<rest>.+)$")
_PAIR = re.compile(r"([a-z]+|p\(\d+(?:\.\d+)?\))=\s*(-?[\d.]+\s?(?:ns|µs|μs|us|ms|h|m(?:\d+(?:\.\d+)?s)?|s)?)")
_RUNNING = re.compile(r"running \((?P<time>[\dhms.]+)\), (?P<active>\d+)/\d+ VUs, \d+ complete")
_SUMMARY = re.compile(
    r"^\s*(?:[✓✗×x√]\s+)?(?:http_reqs|http_req_duration|iterations|vus_max|checks(?:_total)?)\s*(?:\{[^}]*\})?\s*\.{2,}:"
)
_THRESHOLD = re.compile(
    r"\s*(?:rate|count|value|avg|min|med|max|p\(\d+(?:\.\d+)?\))\s*(?:[<>]=?|[=!]=)\s*\d", re.IGNORECASE
)
"""What a metric had to keep to; "avg=12ms" is what it came to."""
_PART = re.compile(
    r"^\s*(?:█|↳|[✓✗×]|'|running |default |data_|browser_|ws_|grpc_|iteration|http_"
    r"|vus|checks|group_|dropped|[a-z_]+\s*(?:\{[^}]*\})?\s*\.{3,}:|\{|THRESHOLDS|TOTAL RESULTS"
    r"|CUSTOM|HTTP$|EXECUTION|NETWORK|\* |execution:|script:|output:|scenarios:)"
)


def read_k6_console(lines: Sequence[TextLine]) -> Iterator[Run]:
    """k6's console summary; a new summary begins where a metric comes again after `vus_max` or the running line."""
    anchors = [at for at, line in enumerate(lines) if _SUMMARY.match(line.text)]
    if not anchors:
        return
    run = Run("k6")
    parent = ""
    seen: set[tuple[str, str]] = set()
    for at, line in enumerate(lines):
        if line.heading and len(run.metrics) >= 3:
            yield run
            run, seen = Run("k6"), set()
        if found := _RUNNING.search(line.text):
            seconds = duration_seconds(found.group("time"))
            if seconds is not None and int(found.group("active")) == 0:
                run.add("duration", seconds, line, unit="second", raw=found.group("time"))
            run.lines.add(at)
            continue
        named, tagged = _NAMED.match(line.text), _TAGGED.match(line.text)
        if named is None and tagged is None:
            if _PART.match(line.text) and anchors[0] - 60 <= at <= anchors[-1] + 20:
                run.lines.add(at)
            continue
        run.lines.add(at)
        if _THRESHOLD.match((named or tagged).group("rest")):  # type: ignore[union-attr]
            continue
        if named is not None:
            parent, tags = named.group("name"), named.group("tags") or ""
        else:
            assert tagged is not None
            tags = tagged.group("tags")
        key = (parent, tags)
        if key in seen and parent in ("http_reqs", "http_req_duration", "checks"):
            if len(run.metrics) >= 3:
                yield run
            run, seen = Run("k6"), set()
            run.lines.add(at)
        seen.add(key)
        _console_metric(run, parent, tags, (named or tagged).group("rest"), line)  # type: ignore[union-attr]
    if len(run.metrics) >= 2:
        yield run


def _console_metric(run: Run, name: str, tags: str, rest: str, line: TextLine) -> None:
    scope = tags
    if name in _TRENDS:
        for key, text in _PAIR.findall(rest):
            metric = _TREND.get(key) or PERCENTILES.get(key.removeprefix("p(").removesuffix(")"))
            if metric:
                run.time(f"latency_{metric}", text, line, scope=scope)
        return
    share = re.match(r"\s*([\d.]+)%", rest)
    out_of = re.search(r"([\d,]+) out of ([\d,]+)", rest)
    marks = re.search(r"✓\s*([\d,]+)\s+✗\s*([\d,]+)", rest)
    first = re.match(r"\s*([\d.,]+)", rest)
    rate = re.search(r"([\d.,]+)/s\b", rest)
    if name == "http_req_failed" and share:
        run.add("error_rate", share.group(1), line, scope=scope, raw=share.group())
        if out_of:
            run.add("requests_failed", out_of.group(1), line, scope=scope)
        elif marks:
            run.add("requests_failed", marks.group(1), line, scope=scope)
            run.add("requests_ok", marks.group(2), line, scope=scope)
    elif name == "http_reqs" and first:
        run.add("requests_total", first.group(1), line, scope=scope)
        if rate:
            run.add("throughput", rate.group(1), line, scope=scope)
    elif name == "checks" and share:
        run.add("checks_pass_rate", share.group(1), line, scope=scope)
        if marks:
            run.add("checks_passed", marks.group(1), line, scope=scope)
            run.add("checks_failed", marks.group(2), line, scope=scope)
        elif out_of:
            run.add("checks_passed", out_of.group(1), line, scope=scope)
            run.add("checks_total", out_of.group(2), line, scope=scope)
    elif name == "checks_total" and first:
        run.add("checks_total", first.group(1), line, scope=scope)
    elif name == "checks_succeeded" and share and out_of:
        run.add("checks_pass_rate", share.group(1), line, scope=scope)
        run.add("checks_passed", out_of.group(1), line, scope=scope)
    elif name == "checks_failed" and out_of:
        run.add("checks_failed", out_of.group(1), line, scope=scope)
    elif name == "vus" and first:
        run.add("concurrency", first.group(1), line, scope=scope)
    elif name == "vus_max" and first:
        run.add("concurrency_max", first.group(1), line, scope=scope)


def is_k6_summary(value: object) -> bool:
    """Whether a JSON value is k6's end-of-test summary."""
    if not isinstance(value, Mapping) or not isinstance(value.get("metrics"), Mapping):
        return False
    metrics = value["metrics"]
    return any(name in metrics for name in ("http_reqs", "iterations", "vus_max", "http_req_duration", "checks"))


def read_k6_summary(value: Mapping[str, Any]) -> list[Metric]:
    """The values of k6's summary JSON; both its layouts (values beside, or below `values`)."""
    found: list[Metric | None] = []

    def add(metric: str, number: object, scope: str, key: str, unit: str | None = None) -> None:
        found.append(make("k6", metric, number, Place(), scope=scope, unit=unit, snippet=f"{key}: {number}"))

    for key, entry in value["metrics"].items():
        if not isinstance(entry, Mapping):
            continue
        nested = entry.get("values")
        values: Mapping[str, Any] = nested if isinstance(nested, Mapping) else entry
        name, _, tags = str(key).partition("{")
        scope = tags.rstrip("}")
        if name in _TRENDS:
            for stat, number in values.items():
                metric = _TREND.get(stat) or PERCENTILES.get(stat.removeprefix("p(").removesuffix(")"))
                if metric and decimal_of(number) is not None:
                    add(f"latency_{metric}", number, scope, f"{key} {stat}", "millisecond")
        elif name == "http_reqs":
            add("requests_total", values.get("count"), scope, f"{key} count")
            add("throughput", values.get("rate"), scope, f"{key} rate")
        elif name == "http_req_failed" and not (values.get("passes") == values.get("fails") == 0):
            # A share of no requests at all says nothing.
            add("error_rate", values.get("rate", values.get("value")), scope, f"{key} rate", "fraction")
            add("requests_failed", values.get("passes"), scope, f"{key} passes")
            add("requests_ok", values.get("fails"), scope, f"{key} fails")
        elif name == "checks":
            add("checks_pass_rate", values.get("rate", values.get("value")), scope, f"{key} rate", "fraction")
            add("checks_passed", values.get("passes"), scope, f"{key} passes")
            add("checks_failed", values.get("fails"), scope, f"{key} fails")
        elif name == "vus":
            add("concurrency", values.get("value"), scope, f"{key} value")
        elif name == "vus_max":
            add("concurrency_max", values.get("value", values.get("max")), scope, f"{key} value")
    state = value.get("state")
    if isinstance(state, Mapping):
        add("duration", state.get("testRunDurationMs"), "", "testRunDurationMs", "millisecond")
    return [metric for metric in found if metric is not None]
