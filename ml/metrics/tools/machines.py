"""redis-benchmark (full, quiet, CSV) and what machines say of themselves: docker stats, kubectl top, free, top,
pidstat, Prometheus; fio and iperf3, whose figures have no name here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ml.metrics.contract import Metric, Place
from ml.metrics.tools.record import Run, TextLine, byte_count, decimal_of, make

_TEST = re.compile(r"^\s*={3,} (?P<name>.+?) ={3,}\s*$")
_COMPLETED = re.compile(r"^\s*(\d+) requests completed in ([\d.]+) seconds")
_QUIET = re.compile(
    r"^\s*(?P<name>[A-Z_]{3,}[A-Z0-9_]*(?: \([^)]*\))?): (?P<rate>[\d.]+) requests per second(?:, p50=(?P<p50>"
    r"[\d.]+) msec)?\s*$"
)
_PROGRESS = re.compile(r"^\s*[A-Za-z0-9_ ()]+: rps=[\d.]+ \(overall")
_REDIS_CALL = re.compile(r"\bredis-benchmark\s+-")
_LATENCIES = ("avg", "min", "p50", "p95", "p99", "max")


def read_redis(lines: Sequence[TextLine]) -> Iterator[Run]:
    """redis-benchmark's full and quiet output; its progress lines (rps=…) are moments and left out."""
    seen: set[str] = set()
    first = 0
    for at, line in enumerate(lines):
        name = found.group("name") if (found := _TEST.match(line.text) or _QUIET.match(line.text)) else ""
        if line.heading or _REDIS_CALL.search(line.text) or name in seen:
            yield from _redis_run(lines, first, at)
            first, seen = at, set()
        seen |= {name} - {""}
    yield from _redis_run(lines, first, len(lines))


def _redis_run(lines: Sequence[TextLine], first: int, end: int) -> Iterator[Run]:
    """What one call printed, in the lines from `first` up to `end`."""
    run: Run | None = None
    scope, summary = "", False
    for at in range(first, end):
        line, text = lines[at], lines[at].text
        if (found := _TEST.match(text)) and any(_COMPLETED.match(other.text) for other in lines[at + 1 : at + 3]):
            run, scope, summary = run or Run("redis-benchmark"), found.group("name"), False
        elif run is not None and (found := _COMPLETED.match(text)):
            run.add("requests_total", found.group(1), line, scope=scope)
            run.add("duration", found.group(2), line, scope=scope, unit="second")
        elif run is not None and (found := re.match(r"^\s*(\d+) parallel clients", text)):
            run.add("concurrency", found.group(1), line, scope=scope)
        elif run is not None and (
            found := re.match(r"^\s*(?:throughput summary:\s*)?([\d.]+) requests per second\s*$", text)
        ):
            run.add("throughput", found.group(1), line, scope=scope)
        elif run is not None and "latency summary" in text:
            summary = True
        elif run is not None and summary and (numbers := re.fullmatch(r"\s*([\d.]+(?:\s+[\d.]+){5})\s*", text)):
            for name, value in zip(_LATENCIES, numbers.group(1).split(), strict=True):
                run.add(f"latency_{name}", value, line, scope=scope, unit="millisecond")
            summary = False
        elif found := _QUIET.match(text):
            run = run or Run("redis-benchmark")
            run.add("throughput", found.group("rate"), line, scope=found.group("name"))
            run.add("latency_p50", found.group("p50"), line, scope=found.group("name"), unit="millisecond")
        elif not re.match(
            r"^\s*(?:[\d.]+% <= |\d+ bytes payload|keep alive|host config|multi-thread"
            r"|Latency by|Cumulative|Summary:|avg\s+min)",
            text,
        ):
            continue
        if run is not None:
            run.lines.add(at)
    if run is not None and run.metrics:
        run.lines |= {at for at in range(first, end) if _PROGRESS.match(lines[at].text)}
        yield run


_REDIS_CSV = {
    "rps": ("throughput", None),
    "avg_latency_ms": ("latency_avg", "millisecond"),
    "min_latency_ms": ("latency_min", "millisecond"),
    "p50_latency_ms": ("latency_p50", "millisecond"),
    "p95_latency_ms": ("latency_p95", "millisecond"),
    "p99_latency_ms": ("latency_p99", "millisecond"),
    "max_latency_ms": ("latency_max", "millisecond"),
}


def is_redis_csv(header: Sequence[str]) -> bool:
    """Whether a CSV header is redis-benchmark's."""
    return list(header[:2]) == ["test", "rps"]


def is_redis_row(row: Sequence[str]) -> bool:
    """Whether a CSV begins as that of redis-benchmark before version 6.2: no header, a command and its rate."""
    return len(row) == 2 and re.fullmatch(r"PING_INLINE|PING_BULK|SET|GET", row[0]) is not None


def read_redis_csv(header: Sequence[str], rows: Iterator[tuple[int, list[str]]]) -> list[Metric]:
    """One row a command."""
    found: list[Metric | None] = []
    for line, row in rows:
        for name, value in zip(header[1:], row[1:], strict=False):
            if name in _REDIS_CSV:
                metric, unit = _REDIS_CSV[name]
                found.append(
                    make(
                        "redis-benchmark",
                        metric,
                        value,
                        Place(line=line),
                        scope=row[0],
                        unit=unit,
                        snippet=", ".join(row),
                    )
                )
    return [metric for metric in found if metric is not None]


_DOCKER_HEAD = re.compile(r"^\s*(?P<names>(?:CONTAINER(?: ID)?\s+)?(?:NAME\s+)?)CPU %\s+MEM USAGE / LIMIT\s+MEM %")
_DOCKER_ROW = re.compile(
    r"^\s*(?P<names>\S+(?:\s+\S+)?)\s+(?P<cpu>[\d.]+)%\s+(?P<used>[\d.]+\s?[KMGT]?i?B)\s*/\s*[\d.]+\s?[KMGT]?i?B\s+(?P<share>[\d.]+)%"
)


def read_docker_stats(lines: Sequence[TextLine]) -> Iterator[Run]:
    """docker stats; the limit beside the memory is no measurement and is left out."""
    for start, head in enumerate(lines):
        if not _DOCKER_HEAD.match(head.text):
            continue
        run = Run("docker stats", lines={start})
        for at in range(start + 1, len(lines)):
            row = _DOCKER_ROW.match(lines[at].text)
            if row is None:
                break
            scope = row.group("names").split()[-1]
            run.lines.add(at)
            run.add("cpu", row.group("cpu"), lines[at], scope=scope, raw=row.group("cpu") + "%")
            run.add("memory", byte_count(row.group("used")), lines[at], scope=scope, raw=row.group("used"))
            run.add("memory_usage", row.group("share"), lines[at], scope=scope, raw=row.group("share") + "%")
        if run.metrics:
            yield run


_TOP_HEAD = re.compile(r"^(?:NAMESPACE\s+)?(?:POD\s+)?NAME\s+CPU\(cores\)\s+(?:CPU%\s+)?MEMORY\(bytes\)")
_TOP_NAMES = {"CPU%": "cpu", "MEMORY(bytes)": "memory", "MEMORY%": "memory_usage"}


def read_kubectl_top(lines: Sequence[TextLine]) -> Iterator[Run]:
    """kubectl top of nodes, pods and containers; cores are no share of a machine and are left out."""
    for head, line in enumerate(lines):
        if not _TOP_HEAD.match(line.text):
            continue
        names = line.text.split()
        run = Run("kubectl top", lines={head})
        for at in range(head + 1, len(lines)):
            cells = lines[at].text.split()
            if len(cells) != len(names):
                break
            scope = " ".join(cells[: names.index("CPU(cores)")])
            run.lines.add(at)
            for name, cell in zip(names, cells, strict=True):
                if metric := _TOP_NAMES.get(name):
                    value = byte_count(f"{cell}B") if metric == "memory" else cell
                    run.add(metric, value, lines[at], scope=scope, raw=cell)
        if run.metrics:
            yield run


_FREE_UNITS = {"b": "byte", "k": "kibibyte", "m": "mebibyte", "g": "gibibyte"}


def read_free(lines: Sequence[TextLine]) -> Iterator[Run]:
    """free: the memory in use. A bare number has the unit of the call above it (`free -m`), else it has none."""
    for at, line in enumerate(lines[:-1]):
        row = re.match(r"^\s*Mem:\s+\S+\s+([\d.]+)([KMGT]i?)?B?\s", lines[at + 1].text)
        if row is None or not re.match(r"^\s+total\s+used\s+free\s", line.text):
            continue
        run = Run("free", lines={at, at + 1}, left_out=True)
        call = re.search(r"\bfree\s+-([bkmg])\b", lines[at - 1].text) if at else None
        if row.group(2):
            run.add(
                "memory", byte_count(f"{row.group(1)}{row.group(2)[0]}iB"), lines[at + 1], raw="".join(row.groups())
            )
        elif call is not None:
            run.add("memory", row.group(1), lines[at + 1], unit=_FREE_UNITS[call.group(1)])
        yield run


def read_fio(lines: Sequence[TextLine]) -> Iterator[Run]:
    """fio: nothing; waits for a disk are no response times."""
    return _left_out("fio", lines, _FIO, re.compile(r"^\s+\w+: ios=|^\S+@|^\$ "))


def read_iperf(lines: Sequence[TextLine]) -> Iterator[Run]:
    """iperf3: nothing; bits a second are no requests."""
    return _left_out("iperf3", lines, _IPERF, re.compile(r"^iperf Done|^\$ |^\s*$"))


_FIO = re.compile(r"^\S.*: \(g=\d+\): rw=")
_IPERF = re.compile(r"^\[ ID\] Interval\s+Transfer\s+(?:Bitrate|Bandwidth)")


def _left_out(tool: str, lines: Sequence[TextLine], start: re.Pattern[str], end: re.Pattern[str]) -> Iterator[Run]:
    stop = -1
    for at, line in enumerate(lines):
        if at > stop and start.match(line.text):
            stop = next((last for last in range(at + 1, len(lines)) if end.match(lines[last].text)), len(lines) - 1)
            yield Run(tool, lines=set(range(at, stop + 1)), left_out=True)


def read_pidstat(lines: Sequence[TextLine]) -> Iterator[Run]:
    """pidstat: the averages at its end; without them nothing, for its other lines are moments."""
    for at, line in enumerate(lines):
        if not re.match(r"^Average:\s+UID\s.*%CPU\s", line.text):
            continue
        names = line.text.split()
        run = Run("pidstat", lines=set(range(at + 1)))
        for below in range(at + 1, len(lines)):
            cells = lines[below].text.split(maxsplit=len(names) - 1)
            if len(cells) != len(names) or cells[0] != "Average:":
                break
            row = dict(zip(names, cells, strict=True))
            run.add("cpu", row["%CPU"], lines[below], scope=row.get("Command", ""))
            run.lines.add(below)
        yield run


_TOP_MEMORY = re.compile(r"^(?P<unit>[KMG]i?)B Mem\s*:.*?(?P<used>[\d.]+)\+? used")


_TOP_HEADING = re.compile(r"^(?:Tasks:|Threads:|%Cpu|[KMG]i?B (?:Mem|Swap))")


def read_top(lines: Sequence[TextLine]) -> Iterator[Run]:
    """top once (-b -n1): the memory in use and what each process takes; of several times none is a result."""
    starts = [at for at, line in enumerate(lines) if re.match(r"^top - \d\d:\d\d:\d\d up ", line.text)]
    if not starts:
        return
    run = Run("top", left_out=True)
    names: list[str] = []
    for at in range(starts[0], len(lines)):
        text, here = lines[at].text, lines[at]
        cells = text.split(maxsplit=len(names) - 1) if names else []
        if found := _TOP_MEMORY.match(text):
            run.add("memory", byte_count(f"{found.group('used')}{found.group('unit')[0]}iB"), here)
        elif text.split()[:2] == ["PID", "USER"]:
            names = text.split()
        elif names and len(cells) == len(names) and cells[0].isdigit():
            row = dict(zip(names, cells, strict=True))
            run.add("cpu", row.get("%CPU"), here, scope=row.get("COMMAND", ""))
            run.add("memory_usage", row.get("%MEM"), here, scope=row.get("COMMAND", ""))
        elif text.strip() and at not in starts and (names or not _TOP_HEADING.match(text)):
            break
        run.lines.add(at)
    if len(starts) > 1:
        run.metrics.clear()
    yield run


_SAR = re.compile(r"^.*\bCPU\s+%us(?:e)?r\b|^avg-cpu:|^Average:\s+all\b")


def read_sar(lines: Sequence[TextLine]) -> Iterator[Run]:
    """sar, mpstat and iostat: nothing; the parts of a processor's time are not its load."""
    return _left_out("sar", lines, _SAR, re.compile(r"^\s*$"))


_EXPOSED = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>[^}]*)\})?\s+(?P<value>\S+)(?:\s+\d+)?$")


def read_prometheus(lines: Sequence[TextLine]) -> Iterator[Run]:
    """The text that Prometheus scrapes: requests counted by their labels and the memory that a process holds."""
    if not any(re.match(r"^# TYPE \S+ (?:counter|gauge|histogram|summary)$", line.text) for line in lines):
        return
    run = Run("prometheus", left_out=True)
    for at, line in enumerate(lines):
        found = _EXPOSED.match(line.text)
        if found is None and not line.text.startswith(("# HELP ", "# TYPE ")):
            continue
        run.lines.add(at)
        if found is None or ("e" not in found.group("value") and decimal_of(found.group("value")) is None):
            continue
        scope = (found.group("labels") or "").replace('"', "")
        if found.group("name").startswith("promhttp_"):
            continue  # how often it was scraped
        if found.group("name").endswith("requests_total"):
            run.add("requests_total", decimal_of(float(found.group("value"))), line, scope=scope)
        elif found.group("name") == "process_resident_memory_bytes":
            run.add("memory", decimal_of(float(found.group("value"))), line, scope=scope)
    yield run
