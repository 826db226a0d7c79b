"""Console output of more load tools, told line by line: h2load, bombardier, autocannon, drill, fortio, sysbench,
pgbench, memtier, and ApacheBench's file of percentages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ml.metrics.contract import Metric, Place
from ml.metrics.tools.record import PERCENTILES, Run, TextLine, decimal_of, make, until

_TIME = r"([\d.]+\s*(?:ns|us|µs|μs|ms|s|m|h)?)"


@dataclass(frozen=True, slots=True)
class Console:
    """One tool: where its report begins, and what its lines give. A unit of "time" is printed with the value."""

    tool: str
    mark: str
    """What its report always holds: without it no line is looked at."""
    start: re.Pattern[str]
    values: tuple[tuple[str, re.Pattern[str], str | None], ...]
    percentile: re.Pattern[str] | None = None
    """Share and time of a line."""
    percentile_unit: str = "millisecond"
    error: re.Pattern[str] | None = None
    """A line that counts one kind of error: `scope` and `count`."""
    again: re.Pattern[str] | None = None
    """Where the next report begins, if not at `start`."""
    most: int = 80
    """Lines that a report may have."""
    end: re.Pattern[str] | None = None
    """The last line of a report, where it has one."""


def _values(*entries: tuple[str, str, str | None]) -> tuple[tuple[str, re.Pattern[str], str | None], ...]:
    return tuple((metric, re.compile(pattern), unit) for metric, pattern, unit in entries)


_CONSOLES = (
    Console(
        "bombardier", "Bombarding ", re.compile(r"^\s*Bombarding \S+ (?:for|with) "),
        _values(
            ("concurrency", r"using (\d+) connection", None),
            ("duration", rf"^\s*Bombarding \S+ for {_TIME} ", "time"),
            ("throughput", r"^\s*Reqs/sec\s+([\d.]+)", None),
            ("latency_avg", rf"^\s*Latency\s+{_TIME}\s", "time"),
            ("latency_stddev", rf"^\s*Latency\s+\S+\s+{_TIME}\s", "time"),
            ("latency_max", rf"^\s*Latency\s+\S+\s+\S+\s+{_TIME}", "time"),
        ),
        re.compile(rf"^\s*(\d{{2}}(?:\.\d+)?)%\s+{_TIME}\s*$"),
        error=re.compile(r"^\s+(?P<scope>(?!others )[a-zA-Z].*\S) - (?P<count>\d+)\s*$"), most=60,
    ),
    Console(
        "fortio", "qps",
        re.compile(r"^\s*Fortio \S+ running at |^\s*Starting at .* qps with \d+ thread|^\s*Ended after "),
        _values(
            ("concurrency", r" qps with (\d+) thread", None),
            ("duration", rf"^\s*Ended after {_TIME} :", "time"),
            ("requests_total", r"^\s*Ended after \S+ : (\d+) calls", None),
            ("throughput", r"^\s*Ended after .* qps=([\d.]+)", None),
            ("latency_avg", r"^\s*Aggregated Function Time : .* avg ([\d.e-]+)", "second"),
            ("latency_min", r"^\s*Aggregated Function Time : .* min ([\d.e-]+)", "second"),
            ("latency_max", r"^\s*Aggregated Function Time : .* max ([\d.e-]+)", "second"),
        ),
        re.compile(r"^\s*# target (\d{2}(?:\.\d+)?)% ([\d.e-]+)"), "second",
        error=re.compile(r"^\s*Code\s+(?P<scope>[045-]\d*) : (?P<count>\d+) \("),
        again=re.compile(r"^\s*Fortio \S+ running at "), most=400,
    ),
    Console(
        "sysbench", "General statistics:",
        re.compile(r"^\s*(?:sysbench \d+\.\d+|SQL statistics:|OLTP test statistics:|CPU speed:)"),
        _values(
            ("concurrency", r"^\s*Number of threads: (\d+)", None),
            ("throughput", r"^\s*(?:transactions: .*\(|events per second:\s+|events/s \(eps\):\s+)([\d.]+)", None),
            ("duration", r"^\s*(?:total time|time elapsed):\s+([\d.]+)s", "second"),
            ("requests_total", r"^\s*total number of events:\s+(\d+)", None),
            ("latency_min", r"^\s*min:\s+([\d.]+)", "millisecond"),
            ("latency_avg", r"^\s*avg:\s+([\d.]+)", "millisecond"),
            ("latency_max", r"^\s*max:\s+([\d.]+)", "millisecond"),
        ),
        re.compile(r"^\s*(?:approx\.\s+)?(\d{2})(?:th)? percentile:\s+([\d.]+)"),
        # What it says while it runs, and its histogram, may be as long as they like.
        again=re.compile(r"^\s*sysbench \d+\.\d+"), most=20_000,
        end=re.compile(r"^\s*execution time \(avg/stddev\)"),
    ),
    Console(
        "pgbench", "actually processed",
        re.compile(r"^\W*(?:starting vacuum\.|(?:transaction type|number of clients): )"),
        _values(
            ("concurrency", r"^\W*number of clients: (\d+)", None),
            ("duration", r"^\W*duration: (\d+) s\b", "second"),
            ("requests_total", r"^\W*number of transactions actually processed: (\d+)", None),
            ("requests_failed", r"^\W*number of failed transactions: (\d+)", None),
            ("error_rate", r"^\W*number of failed transactions: \d+ \(([\d.]+)%\)", None),
            ("latency_avg", r"^\W*latency average = ([\d.]+) ms", "millisecond"),
            ("latency_stddev", r"^\W*latency stddev = ([\d.]+) ms", "millisecond"),
            # Of the two rates of older versions the one that leaves connecting out, as newer ones print.
            ("throughput", r"^\W*tps = ([\d.]+) \((?:without|excluding)", None),
        ),
        again=re.compile(r"^\W*starting vacuum\."), most=20_000,
        end=re.compile(r"^\W*tps = [\d.]+ \((?:without|excluding)"),
    ),
)  # fmt: skip


def read_loads(lines: Sequence[TextLine]) -> Iterator[Run]:
    """Reports of the tools whose lines have each their own label."""
    text = "\n".join(line.text for line in lines)
    for tool in _CONSOLES:
        if tool.mark not in text:
            continue
        end = -1
        for start, line in enumerate(lines):
            if start < end or not tool.start.search(line.text):
                continue
            end = until(lines, start, tool.again or tool.start, tool.most)
            run, last = Run(tool.tool), start
            for at in range(start, end):
                if tool.end is not None and lines[at].heading:
                    break
                if _line(tool, run, lines[at]):
                    last = at
                elif tool.error is not None and (found := tool.error.match(lines[at].text)):
                    run.add("error_count", found.group("count"), lines[at], scope=found.group("scope"))
                    last = at
                if tool.end is not None and tool.end.search(lines[at].text):
                    last = end = at
                    break
            if tool.tool == "bombardier":
                last = max(last, _codes(run, lines, start, end))
            run.lines = set(range(start, last + 1))
            if len(run.metrics) >= 3:
                yield run


_PROGRESS = re.compile(r"^\W*(?:progress: [\d.]+ s, [\d.]+ tps|\d+s \] (?:thds|threads): \d+,? tps: )")


def read_progress(lines: Sequence[TextLine]) -> Iterator[Run]:
    """The lines in which pgbench and sysbench say how it goes: moments, of which nothing is read."""
    taken = {at for at, line in enumerate(lines) if _PROGRESS.match(line.text)}
    if taken:
        yield Run("progress", lines=taken, left_out=True)


def _line(tool: Console, run: Run, line: TextLine) -> bool:
    known = len(run.metrics)
    taken = {metric.metric for metric in run.metrics}
    for metric, pattern, unit in tool.values:
        if metric not in taken and (found := pattern.search(line.text)):
            _add(run, metric, found.group(1), line, unit)
    if tool.percentile is not None and (found := tool.percentile.match(line.text)):
        share = found.group(1)
        name = PERCENTILES.get(share.rstrip("0").rstrip(".") if "." in share else share)
        if name and f"latency_{name}" not in taken:
            unit = tool.percentile_unit
            _add(run, f"latency_{name}", found.group(2), line, "time" if unit == "millisecond" else unit)
    return len(run.metrics) > known


def _add(run: Run, metric: str, text: str, line: TextLine, unit: str | None) -> None:
    if unit == "time":
        run.time(metric, text, line)
    else:
        run.add(metric, decimal_of(float(text)) if "e" in text else text, line, unit=unit, raw=text)


_BOMBARDIER_CODES = re.compile(r"([1-5])xx - (\d+)")
_BOMBARDIER_OTHERS = re.compile(r"^\s*others - (\d+)")


def _codes(run: Run, lines: Sequence[TextLine], start: int, end: int) -> int:
    """bombardier's counts of status codes: together they are the requests."""
    for at in range(start, end):
        codes = {code: int(number) for code, number in _BOMBARDIER_CODES.findall(lines[at].text)}
        if not codes:
            continue
        others = _BOMBARDIER_OTHERS.match(lines[at + 1].text) if at + 1 < end else None
        rest = int(others.group(1)) if others else 0
        run.add("requests_total", sum(codes.values()) + rest, lines[at])
        run.add("requests_ok", codes.get("2", 0), lines[at])
        run.add("requests_failed", codes.get("4", 0) + codes.get("5", 0) + rest, lines[at])
        return next((last for last in range(at, end) if re.match(r"^\s*Throughput:", lines[last].text)), at + 1)
    return start


# --- h2load ---------------------------------------------------------------------------------------------------------

_H2_START = re.compile(r"^\s*(?:starting benchmark\.\.\.|finished in [\d.]+\w+, [\d.]+ req/s)")
_H2_NAMES = {"min": "min", "max": "max", "mean": "avg", "median": "p50", "p95": "p95", "p99": "p99", "sd": "stddev"}


def read_h2load(lines: Sequence[TextLine]) -> Iterator[Run]:
    """h2load; times of connecting and the rates of single clients are left out."""
    end = -1
    for start, line in enumerate(lines):
        if start < end or not _H2_START.match(line.text):
            continue
        end = until(lines, start, re.compile(r"^\s*starting benchmark"), 60)
        run, last, clients, names = Run("h2load"), start, 0, list[str]()
        for at in range(start, end):
            text, here = lines[at].text, lines[at]
            if found := re.search(r"spawning thread #\d+: (\d+) total client", text):
                clients += int(found.group(1))
            elif found := re.match(r"^\s*finished in ([\d.]+\w+), ([\d.]+) req/s", text):
                if clients:
                    run.add("concurrency", clients, here)
                run.time("duration", found.group(1), here)
                run.add("throughput", found.group(2), here)
            elif found := re.match(r"^\s*requests: (\d+) total, .*?(\d+) succeeded, (\d+) failed", text):
                for metric, number in zip(("total", "ok", "failed"), found.groups(), strict=True):
                    run.add(f"requests_{metric}", number, here)
            elif re.match(r"^\s*min\s+max\s", text):
                names = text.replace("+/- sd", "").split()
            elif found := re.match(r"^\s*(?:time for request|request)\s*:\s+(.+)$", text):
                for name, value in zip(names, found.group(1).split(), strict=False):
                    if name in _H2_NAMES:
                        run.time(f"latency_{_H2_NAMES[name]}", value, here)
            elif not re.match(
                r"^\s*(?:progress:|TLS |Cipher |Server Temp|Application protocol|status codes:|traffic:|time |req/s"
                r"|connect|1st byte|ttfb|\s*$)",
                text,
            ):
                continue
            last = at
        run.lines = set(range(start, last + 1))
        if len(run.metrics) >= 4:
            yield run


# --- drill ----------------------------------------------------------------------------------------------------------

_DRILL = re.compile(
    r"^(?:[-*]\s+|(?P<scope>\S.*?)\s{2,})?(?P<label>Time taken for tests|Total requests|Successful requests"
    r"|Failed requests"
    r"|Requests per second|Median time per request|Average time per request|Sample standard deviation"
    r"|(?P<share>\d\d\.\d)'th percentile)\s+(?P<value>[\d.]+)\s?(?P<unit>seconds|ms|us|µs|s|\[#/sec\])?\s*$"
)
_DRILL_NAMES = {
    "Time taken for tests": "duration", "Total requests": "requests_total", "Successful requests": "requests_ok",
    "Failed requests": "requests_failed", "Requests per second": "throughput",
    "Median time per request": "latency_p50", "Average time per request": "latency_avg",
    "Sample standard deviation": "latency_stddev",
}  # fmt: skip


def read_drill(lines: Sequence[TextLine]) -> Iterator[Run]:
    """drill, of all requests and of each (--stats)."""
    run = Run("drill")
    seen: set[tuple[str, str]] = set()
    for at, line in enumerate(lines):
        found = _DRILL.match(line.text)
        if found is None:
            continue
        label, scope = found.group("label"), found.group("scope") or ""
        if (label, scope) in seen:
            if len(run.metrics) >= 4:
                yield run
            run, seen = Run("drill"), set()
        seen.add((label, scope))
        run.lines.add(at)
        name = PERCENTILES.get((found.group("share") or "").removesuffix(".0"))
        metric = _DRILL_NAMES.get(label) or (f"latency_{name}" if name else "")
        if metric.startswith("latency"):
            run.time(metric, found.group("value") + (found.group("unit") or "ms"), line, scope=scope)
        elif metric:
            run.add(metric, found.group("value"), line, scope=scope, unit="second" if metric == "duration" else None)
    if len(run.metrics) >= 4:
        yield run


# --- memtier_benchmark ----------------------------------------------------------------------------------------------

_MEMTIER_HEAD = re.compile(r"^\s*Type\s+Ops/sec\s")
_MEMTIER_SETTING = re.compile(
    r"^(?:\[RUN #|Writing results|\d+\s+(?:Threads|Connections|Seconds|Requests)|ALL STATS|=+$)"
)
_MEMTIER_NAMES = {
    "Ops/sec": "throughput", "Avg. Latency": "latency_avg", "Latency": "latency_avg", "p50 Latency": "latency_p50",
    "p90 Latency": "latency_p90", "p95 Latency": "latency_p95", "p99 Latency": "latency_p99",
    "p99.9 Latency": "latency_p99.9",
}  # fmt: skip


def read_memtier(lines: Sequence[TextLine]) -> Iterator[Run]:
    """memtier_benchmark's table of commands; its progress, hits and misses are left out."""
    previous = -1
    for head, line in enumerate(lines):
        if not _MEMTIER_HEAD.match(line.text):
            continue
        names = re.split(r"\s{2,}", line.text.strip())
        run = Run("memtier")
        for at in range(previous + 1, head + 1):
            if found := re.match(r"^(\d+)\s+Seconds\s*$", lines[at].text):
                run.add("duration", found.group(1), lines[at], unit="second")
            if re.match(
                r"^(?:\[RUN #|Writing results|\d+\s+(?:Threads|Connections|Seconds|Requests)|ALL STATS|=+$)",
                lines[at].text,
            ):
                run.lines.add(at)
        run.lines.add(head)
        for at in range(head + 1, min(len(lines), head + 12)):
            cells = lines[at].text.split()
            if len(cells) == len(names) and cells[1] not in ("---", "0.00"):
                for name, cell in zip(names[1:], cells[1:], strict=True):
                    if name in _MEMTIER_NAMES:
                        metric = _MEMTIER_NAMES[name]
                        unit = "millisecond" if metric.startswith("latency") else None
                        run.add(metric, cell, lines[at], scope=cells[0], unit=unit)
            elif len(cells) != len(names) and not re.match(r"^-+\s*$", lines[at].text):
                break
            run.lines.add(at)
            previous = at
        if run.metrics:
            yield run


# --- autocannon -----------------------------------------------------------------------------------------------------

_CANNON_LATENCY = {"50%": "p50", "99%": "p99", "Avg": "avg", "Stdev": "stddev", "Max": "max"}
_CANNON_COUNT = re.compile(r"^\s*([\d.]+)(k|M)? requests in ([\d.]+)s")
_BARS = re.compile(r"\s*[│|]\s*")


def read_autocannon(lines: Sequence[TextLine]) -> Iterator[Run]:
    """autocannon's boxes; the rates of single seconds but the smallest, and bytes, are left out."""
    starts = [at for at, line in enumerate(lines) if re.match(r"^\s*[│|] Stat\s", line.text)]
    previous = -1
    for start in starts:
        if start <= previous:
            continue
        ends = range(start, min(len(lines), start + 80))
        finish = next((at for at in ends if _CANNON_COUNT.match(lines[at].text)), None)
        if finish is None:
            continue
        above = range(start, max(-1, start - 8), -1)
        first = next((at for at in above if re.match(r"^\s*Running \S+(?: requests)? test @", lines[at].text)), start)
        run, heads = Run("autocannon", lines=set(range(first, finish + 1))), list[str]()
        for at in range(first, finish + 1):
            heads = _cannon_line(run, lines[at], heads)
        previous = finish
        yield run


def _cannon_line(run: Run, line: TextLine, heads: list[str]) -> list[str]:
    text = line.text
    cells = [cell for cell in _BARS.split(text.strip().strip("│|").strip()) if cell]
    if found := re.match(r"^\s*(\d+) connections", text):
        run.add("concurrency", found.group(1), line)
    elif found := _CANNON_COUNT.match(text):
        scale = {"k": 1000, "M": 1_000_000}.get(found.group(2), 1)
        run.add("requests_total", (decimal_of(found.group(1)) or 0) * scale, line, raw=found.group(1))
        run.add("duration", found.group(3), line, unit="second")
    elif found := re.match(r"^\s*(\d+) 2xx responses, (\d+) non 2xx responses", text):
        run.add("requests_ok", found.group(1), line)
        run.add("requests_failed", found.group(2), line)
    elif "│" not in text and "|" not in text:
        return heads
    elif cells[:1] in (["Stat"], ["Code"], ["Percentile"]):
        return cells
    elif heads[:1] == ["Stat"] and cells[:1] == ["Latency"]:
        for head, value in zip(heads[1:], cells[1:], strict=False):
            if head in _CANNON_LATENCY:
                run.time(f"latency_{_CANNON_LATENCY[head]}", value, line)
    elif heads[:1] == ["Stat"] and cells[:1] == ["Req/Sec"]:
        row = dict(zip(heads[1:], cells[1:], strict=False))
        for head, metric in (("Avg", "throughput"), ("Min", "throughput_min")):
            run.add(metric, row.get(head, "").replace(",", ""), line)
    elif heads[:1] == ["Code"] and len(cells) == 2 and cells[0][:1] in "45":
        run.add("error_count", cells[1], line, scope=f"HTTP {cells[0]}")
    elif heads[:1] == ["Percentile"] and len(cells) == 2 and (name := PERCENTILES.get(cells[0])):
        known = {metric.metric for metric in run.metrics}
        run.add(f"latency_{name}", None if f"latency_{name}" in known else cells[1], line, unit="millisecond")
    return heads


# --- ApacheBench in other layouts -----------------------------------------------------------------------------------


def is_ab_percentages(header: Sequence[str]) -> bool:
    """Whether a CSV header is that of ab's file of percentages (-e)."""
    return list(header) == ["Percentage served", "Time in ms"]


def read_ab_percentages(rows: Iterator[tuple[int, list[str]]]) -> list[Metric]:
    """The percentiles that the product keeps, and the shortest and longest request at 0 and 100."""
    names = {**PERCENTILES, "0": "min", "100": "max"}
    made = [
        make("ab", f"latency_{names[row[0]]}", row[1], Place(line=line), unit="millisecond", snippet=", ".join(row))
        for line, row in rows
        if len(row) == 2 and row[0] in names
    ]
    return [metric for metric in made if metric is not None]
