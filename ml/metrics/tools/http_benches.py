"""Console output of the small HTTP benchmarks: wrk and wrk2, ApacheBench, hey and oha, vegeta, siege."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ml.metrics.numbers import to_decimal
from ml.metrics.tools.record import PERCENTILES, Run, TextLine, until

_TIME = r"-?[\d.]+\s*(?:us|µs|ms|s|m|h)?"


# --- wrk ------------------------------------------------------------------------------------------------------------

_WRK_START = re.compile(r"^\s*Running .+? test @ ", re.IGNORECASE)
_WRK_CONNECTIONS = re.compile(r"(\d+)\s+threads? and\s+(\d+)\s+connections?")
_WRK_LATENCY = re.compile(rf"^\s*Latency\s+({_TIME})\s+({_TIME})\s+({_TIME})\s+[\d.]+%")
_WRK_PERCENTILE = re.compile(rf"^\s*(\d{{2,3}}(?:\.\d+)?)%\s+({_TIME})\s*$")
_WRK_REQUESTS = re.compile(rf"^\s*([\d,]+) requests in\s+({_TIME})")
_WRK_SOCKETS = re.compile(r"Socket errors:\s*connect (\d+), read (\d+), write (\d+), timeout (\d+)")


def read_wrk(lines: Sequence[TextLine]) -> Iterator[Run]:
    """wrk and wrk2. The Req/Sec row is per thread and is left out; wrk2's corrected latencies are its own."""
    for start, line in enumerate(lines):
        if not _WRK_START.search(line.text):
            continue
        end = until(lines, start, _WRK_START, 4000)
        run = Run("wrk")
        spectrum = False
        last = start
        for at in range(start, end):
            text, here = lines[at].text, lines[at]
            spectrum = spectrum or "Detailed Percentile spectrum" in text
            if found := _WRK_CONNECTIONS.search(text):
                run.add("concurrency", found.group(2), here, raw=f"{found.group(2)} connections")
            elif found := _WRK_LATENCY.match(text):
                for name, group in (("avg", 1), ("stddev", 2), ("max", 3)):
                    run.time(f"latency_{name}", found.group(group), here)
            elif not spectrum and (found := _WRK_PERCENTILE.match(text)):
                share = found.group(1)
                percentile = PERCENTILES.get(share.rstrip("0").rstrip(".") if "." in share else share)
                if percentile:
                    run.time(f"latency_{percentile}", found.group(2), here)
            elif found := _WRK_REQUESTS.match(text):
                run.add("requests_total", found.group(1), here)
                run.time("duration", found.group(2), here)
            elif found := re.search(r"Non-2xx or 3xx responses:\s*(\d+)", text):
                run.add("requests_failed", found.group(1), here)
            elif found := _WRK_SOCKETS.search(text):
                for name, count in zip(("connect", "read", "write", "timeout"), found.groups(), strict=True):
                    if count != "0":
                        run.add("error_count", count, here, scope=name)
            elif found := re.match(r"^\s*Requests/sec:\s*([\d.,]+)", text):
                run.add("throughput", found.group(1), here)
            elif re.match(r"^\s*Transfer/sec:", text):
                last = at
                break
            else:
                continue
            last = at
        run.lines = set(range(start, last + 1))
        if len(run.metrics) >= 3:
            yield run


# --- ApacheBench ----------------------------------------------------------------------------------------------------

_AB_START = re.compile(r"This is ApacheBench|^\s*Concurrency Level:?\s")
_AB_BEFORE = re.compile(r"^\s*(?:(?:Benchmarking|Completed|Finished) .*|(?:Server|Document) [A-Z]\w+:.*)?$")
"""What stands between its title and the first value; tools that print as it does leave the title out."""
_AB_LABELS = (
    ("concurrency", re.compile(r"^\s*Concurrency Level:?\s+(\d+)"), None),
    ("duration", re.compile(r"^\s*Time taken for tests:?\s+([\d.]+) seconds"), "second"),
    ("requests_total", re.compile(r"^\s*Complete requests:?\s+(\d+)"), None),
    ("requests_failed", re.compile(r"^\s*Failed requests:?\s+(\d+)"), None),
    ("throughput", re.compile(r"^\s*Requests per second:?\s+([\d.]+)"), None),
    ("latency_avg", re.compile(r"^\s*Time per request:?\s+([\d.]+)\s*\[ms\]\s*(?:\(mean\)|$)"), "millisecond"),
)
_AB_TOTAL = re.compile(r"^\s*Total:\s+(\d+)\s+(\d+)\s+([\d.]+)\s+(\d+)\s+(\d+)")
_AB_TABLE_TOTAL = re.compile(r"^\s*Total:\s+(\d+)\s+(\d+)\s+(\d+)\s*$")
"""The last row of the HTML table (-w): shortest, average, longest."""


def read_ab(lines: Sequence[TextLine]) -> Iterator[Run]:
    """ApacheBench. The second "Time per request" is divided by the concurrency: no latency of a request."""
    start = 0
    while start < len(lines):
        if not _AB_START.search(lines[start].text):
            start += 1
            continue
        end = until(lines, start, re.compile(r"This is ApacheBench"), 120)
        run = Run("ab")
        last = start
        percentages = False
        for at in range(start, end):
            text, here = lines[at].text, lines[at]
            for metric, pattern, unit in _AB_LABELS:
                if found := pattern.match(text):
                    run.add(metric, found.group(1), here, unit=unit)
                    last = at
            if found := re.match(r"^\s*Non-2xx responses:\s*(\d+)", text):
                run.add("error_count", found.group(1), here, scope="Non-2xx responses")
            elif found := _AB_TOTAL.match(text):
                for metric, group in (("min", 1), ("stddev", 3), ("max", 5)):
                    run.add(f"latency_{metric}", found.group(group), here, unit="millisecond")
            elif found := _AB_TABLE_TOTAL.match(text):
                for metric, group in (("min", 1), ("avg", 2), ("max", 3)):
                    run.add(f"latency_{metric}", found.group(group), here, unit="millisecond")
            elif "Percentage of the requests served" in text:
                percentages = True
            elif percentages and (found := re.match(r"^\s*(\d{2,3})%\s+([\d.]+)", text)):
                if name := PERCENTILES.get(found.group(1)):
                    run.add(f"latency_{name}", found.group(2), here, unit="millisecond")
            elif not re.match(r"^\s*(?:\(.*|[A-Z][A-Za-z ]+:.*)?$", text):
                continue
            last = at
            if percentages and (found := re.match(r"^\s*100%\s+([\d.]+)", text)):
                if not any(metric.metric == "latency_max" for metric in run.metrics):
                    run.add("latency_max", found.group(1), here, unit="millisecond")
                break
        first = start
        while first > 0 and _AB_BEFORE.match(lines[first - 1].text):
            first -= 1
        run.lines = set(range(first, last + 1))
        if len(run.metrics) >= 3:
            yield run
        start = max(end, last + 1) if percentages is False else last + 1


# --- hey and oha ----------------------------------------------------------------------------------------------------

_HEY_LABELS = (
    ("success_rate", re.compile(r"^\s*Success rate:\s*([\d.]+)\s*%?"), "percent"),
    ("requests_total", re.compile(r"^\s*Count:\s*(\d+)\s*$"), None),
    ("duration", re.compile(r"^\s*Total:\s*([\d.]+) ?(?:secs|sec|s|ms)\b"), "second"),
    ("latency_max", re.compile(r"^\s*Slowest:\s*([\d.]+) ?(?:secs|sec|s|ms)\b"), "second"),
    ("latency_min", re.compile(r"^\s*Fastest:\s*([\d.]+) ?(?:secs|sec|s|ms)\b"), "second"),
    ("latency_avg", re.compile(r"^\s*Average:\s*([\d.]+) ?(?:secs|sec|s|ms)\b"), "second"),
    ("throughput", re.compile(r"^\s*Requests/sec:\s*([\d.]+)"), None),
)
_HEY_PERCENTILE = re.compile(r"^\s*(\d{2}(?:\.\d+)?) ?%\s+in\s+([\d.]+) ?(secs|sec|s|ms)\b")
_STATUS = re.compile(r"^\s*\[(\d{3}|[A-Z][A-Za-z]+)\]\s+(\d+) responses")
_ERROR = re.compile(r"^\s*\[(\d+)\]\s+(?!responses)(\S.*)$")


def read_hey(lines: Sequence[TextLine]) -> Iterator[Run]:
    """hey and oha. Requests are the sum of the status codes and errors that the tool counts."""
    for start, line in enumerate(lines):
        if not re.match(r"^\s*Summary:\s*$", line.text):
            continue
        if not any(re.match(r"^\s*(?:Slowest|Requests/sec):", other.text) for other in lines[start : start + 10]):
            continue
        end = until(lines, start, re.compile(r"^\s*Summary:\s*$"), 200)
        head = " ".join(other.text for other in lines[start : start + 4])
        run = Run("oha" if "Success rate" in head else "ghz" if "Count:" in head else "hey")
        last, statuses, errors, section = start, [], [], ""
        for at in range(start + 1, end):
            text, here = lines[at].text, lines[at]
            if re.match(r"^\S.*:\s*$", text):
                section = text.strip().rstrip(":").lower()
                last = at
                continue
            if "histogram" in section or "details" in section:
                last = at if text.strip() else last
                continue
            for metric, pattern, unit in _HEY_LABELS:
                if not section and (found := pattern.match(text)):
                    scale = "millisecond" if " ms" in text and unit == "second" else unit
                    run.add(metric, found.group(1), here, unit=scale)
                    last = at
            if found := _HEY_PERCENTILE.match(text):
                name = PERCENTILES.get(
                    re.sub(r"\.?0+$", "", found.group(1)) if "." in found.group(1) else found.group(1)
                )
                if name:
                    run.add(
                        f"latency_{name}",
                        found.group(2),
                        here,
                        unit="millisecond" if found.group(3) == "ms" else "second",
                    )
                last = at
            elif found := _STATUS.match(text):
                statuses.append((found.group(1), int(found.group(2)), here))
                last = at
            elif "error" in section and (found := _ERROR.match(text)):
                errors.append((found.group(2), int(found.group(1)), here))
                last = at
        failed = [entry for entry in statuses if entry[0][0] in "45" or (entry[0].isalpha() and entry[0] != "OK")]
        if failed and failed[0][0].isalpha():
            errors = []  # ghz says of the same calls what their errors were
        counted = sum(count for _, count, _ in statuses) + sum(count for _, count, _ in errors)
        if counted and not any(metric.metric == "requests_total" for metric in run.metrics):
            run.add("requests_total", counted, (statuses or errors)[0][2])
        if failed or errors:
            run.add("requests_failed", sum(count for _, count, _ in [*failed, *errors]), (failed or errors)[0][2])
        for name, count, here in failed:
            run.add("error_count", count, here, scope=f"HTTP {name}" if name.isdigit() else name)
        for name, count, here in errors:
            run.add("error_count", count, here, scope=name)
        run.lines = set(range(start, last + 1))
        if len(run.metrics) >= 3:
            yield run


# --- vegeta ---------------------------------------------------------------------------------------------------------

_VEGETA_START = re.compile(r"^\s*Requests\s+\[total, rate(, throughput)?\]\s+(.+)$")


def read_vegeta(lines: Sequence[TextLine]) -> Iterator[Run]:
    """vegeta's text report. `rate` is what was sent; the throughput is that of the successful ones."""
    for start, line in enumerate(lines):
        head = _VEGETA_START.match(line.text)
        if not head:
            continue
        run = Run("vegeta")
        end = until(lines, start, _VEGETA_START, 14)
        last = start
        for at in range(start, end):
            text, here = lines[at].text, lines[at]
            found = re.match(r"^\s*([A-Z][A-Za-z ]+?)\s+\[([^\]]*)\]\s+(.+)$", text)
            if not found:
                if text.strip().startswith("Error Set"):
                    last = at
                continue
            label, names, values = (
                found.group(1),
                [n.strip() for n in found.group(2).split(",")],
                [v.strip() for v in found.group(3).split(",")],
            )
            last = at
            row = dict(zip(names, values, strict=False))
            if label == "Requests":
                run.add("requests_total", row.get("total"), here)
                run.add("throughput", row.get("throughput", row.get("rate")), here)
            elif label == "Duration" and "total" in row:
                run.time("duration", row["total"], here)
            elif label == "Latencies":
                for name, value in row.items():
                    metric = {"mean": "avg", "min": "min", "max": "max"}.get(name) or PERCENTILES.get(name)
                    if metric:
                        run.time(f"latency_{metric}", value, here)
            elif label == "Success":
                run.add("success_rate", values[0].rstrip("%"), here)
            elif label == "Status Codes":
                for code, count in re.findall(r"(\d+):(\d+)", found.group(3)):
                    if code[0] in "045":
                        run.add("error_count", count, here, scope=code)
        run.lines = set(range(start, last + 1))
        yield run


# --- siege ----------------------------------------------------------------------------------------------------------

_SIEGE = (
    ("requests_total", re.compile(r"^[\s{]*\"?transactions\"?:\s*([\d.]+)", re.IGNORECASE), None),
    ("availability", re.compile(r"^\s*\"?availability\"?:\s*([\d.]+)", re.IGNORECASE), "percent"),
    ("duration", re.compile(r"^\s*\"?elapsed[ _]time\"?:\s*([\d.]+)", re.IGNORECASE), "second"),
    ("latency_avg", re.compile(r"^\s*\"?response[ _]time\"?:\s*([\d.]+)", re.IGNORECASE), "second"),
    ("throughput", re.compile(r"^\s*\"?transaction[ _]rate\"?:\s*([\d.]+)", re.IGNORECASE), None),
    ("concurrency", re.compile(r"^\s*\"?concurrency\"?:\s*([\d.]+)", re.IGNORECASE), None),
    ("requests_ok", re.compile(r"^\s*\"?successful[ _]transactions\"?:\s*([\d.]+)", re.IGNORECASE), None),
    ("requests_failed", re.compile(r"^\s*\"?failed[ _]transactions\"?:\s*([\d.]+)", re.IGNORECASE), None),
    ("latency_max", re.compile(r"^\s*\"?longest[ _]transaction\"?:\s*([\d.]+)", re.IGNORECASE), "second"),
    ("latency_min", re.compile(r"^\s*\"?shortest[ _]transaction\"?:\s*([\d.]+)", re.IGNORECASE), "second"),
)  # fmt: skip


def read_siege(lines: Sequence[TextLine]) -> Iterator[Run]:
    """siege, old console layout and the JSON of version 4; its "throughput" is megabytes and is left out."""
    for start, line in enumerate(lines):
        if not _SIEGE[0][1].match(line.text):
            continue
        run = Run("siege")
        last = start
        for at in range(start, min(len(lines), start + 16)):
            for metric, pattern, unit in _SIEGE:
                if found := pattern.match(lines[at].text):
                    run.add(metric, to_decimal(found.group(1)), lines[at], unit=unit, raw=found.group(1))
                    last = at
            if lines[at].text.strip() == "}":
                last = at
        if len(run.metrics) >= 5:
            run.lines = set(range(start, last + 1)) | {
                at
                for at, line in enumerate(lines)
                if re.match(r"^\s*\"?(?:data[ _]transferred|throughput)\"?:", line.text, re.IGNORECASE)
                and start <= at <= last
            }
            yield run
