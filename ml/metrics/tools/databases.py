"""Console output of the loads that databases are measured with: YCSB, go-ycsb, go-tpc, CockroachDB's workload."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ml.metrics.tools.record import PERCENTILES, Run, TextLine

_UNITS = {"us": "microsecond", "ms": "millisecond", "s": "second"}
_TIMES = {"Avg": "avg", "Min": "min", "Max": "max", "pMax": "max", "avg": "avg", "Average": "avg"}

_GO_LINE = re.compile(r"^\s*(?:\[(?P<when>\w+)\] )?(?P<name>[A-Z][A-Z_]*)\s+- (?P<values>Takes\(s\): .+)$")
_GO_VALUE = re.compile(r"(?P<name>[\w.]+?)(?:th)?(?:\((?P<unit>us|ms|s)\))?: (?P<value>[\d.]+)")
_GO_END = re.compile(r"^\s*(?:Run|Load) finished, takes ", re.IGNORECASE)


def _read_go(lines: Sequence[TextLine]) -> Iterator[Run]:
    """go-ycsb and go-tpc, whose lines name each value; of what they say while they run nothing is read."""
    found = [(at, line, match) for at, line in enumerate(lines) if (match := _GO_LINE.match(line.text))]
    if not found:
        return
    ended = max((at for at, line in enumerate(lines) if _GO_END.match(line.text)), default=-1)
    last = {match.group("when", "name"): at for at, _, match in found}
    run = Run("go-ycsb", lines={at for at, _, _ in found})
    for at, line, match in found:
        told = at > ended if match.group("when") is None else match.group("when") == "Summary"
        if told and at == last[match.group("when", "name")]:
            _go_values(run, line, match)
    if run.metrics:
        yield run


def _go_values(run: Run, line: TextLine, match: re.Match[str]) -> None:
    scope, failed, _ = match.group("name").partition("_ERR")
    for value in _GO_VALUE.finditer(match.group("values")):
        name, number = value.group("name"), value.group("value")
        if name == "Count":
            run.add("requests_failed" if failed else "requests_total", number, line, scope=scope)
        elif failed:
            continue
        elif name == "OPS":
            run.add("throughput", number, line, scope=scope)
        elif name == "Takes":
            run.add("duration", number, line, scope=scope, unit="second")
        elif (time := _TIMES.get(name) or PERCENTILES.get(name)) and value.group("unit"):
            run.add(f"latency_{time}", number, line, scope=scope, unit=_UNITS[value.group("unit")])


_YCSB_LINE = re.compile(r"^\s*\[(?P<part>[A-Z_-]+)\], (?P<name>[\w()/=-]+), (?P<value>[\d.eE+-]+)\s*$")
_YCSB_TIME = re.compile(
    r"(?:(?P<share>\d\d(?:\.\d+)?)thPercentile|(?P<which>Average|Min|Max))Latency\((?P<unit>us|ms)\)"
)
_YCSB_FACTS = {
    "RunTime(ms)": ("duration", "millisecond"), "Throughput(ops/sec)": ("throughput", None),
    "Operations": ("requests_total", None),
}  # fmt: skip


def _read_ycsb(lines: Sequence[TextLine]) -> Iterator[Run]:
    """YCSB's summary; its collector's and clean-up's lines are taken and left out."""
    run = Run("ycsb")
    for at, line in enumerate(lines):
        match = _YCSB_LINE.match(line.text)
        if match is None:
            continue
        if match.group("part") == "OVERALL" and match.group("name") == "RunTime(ms)" and run.metrics:
            yield run
            run = Run("ycsb")
        run.lines.add(at)
        part = match.group("part")
        if part == "CLEANUP" or "GC" in part:
            continue
        scope = "" if part == "OVERALL" else part
        name, value = match.group("name", "value")
        if name in _YCSB_FACTS:
            metric, unit = _YCSB_FACTS[name]
            run.add(metric, value, line, scope=scope, unit=unit)
        elif time := _YCSB_TIME.fullmatch(name):
            share = time.group("share")
            kept = PERCENTILES.get(share) if share else _TIMES[time.group("which")]
            if kept:
                run.add(f"latency_{kept}", value, line, scope=scope, unit=_UNITS[time.group("unit")])
        elif name == "Return=ERROR":
            run.add("requests_failed", value, line, scope=scope)
    if run.metrics:
        yield run


_WORKLOAD_HEAD = re.compile(r"^\s*_elapsed_+(?=.*\(ms\))\S+\s*$")
_WORKLOAD_TIME = re.compile(r"(?:p(?P<share>\d\d)|(?P<which>avg|pMax))\(ms\)")
_WORKLOAD_FACTS = {"errors": "requests_failed", "ops(total)": "requests_total", "ops/sec(cum)": "throughput"}


def _read_workload(lines: Sequence[TextLine]) -> Iterator[Run]:
    """CockroachDB's workload: the tables of what came of the run; those that have "(inst)" are of single moments."""
    run = Run("cockroach workload")
    heads: list[str] = []
    for at, line in enumerate(lines):
        if _WORKLOAD_HEAD.match(line.text):
            heads = re.split("_+", line.text.strip(" _"))
            run.lines.add(at)
            continue
        cells = line.text.split()
        if not heads or not cells or not re.fullmatch(r"[\d.]+s", cells[0]):
            heads = heads if not cells else []
            continue
        run.lines.add(at)
        if "ops/sec(inst)" in heads:
            continue
        named = heads[-1] in ("total", "result")
        scope = cells[-1] if named and heads[-1] == "total" and len(cells) == len(heads) else ""
        if not named or heads[-1] == "result" or "tpmC" in heads:
            run.add("duration", cells[0].rstrip("s"), line, unit="second")
        for head, cell in zip(heads, cells, strict=False):
            time = _WORKLOAD_TIME.fullmatch(head)
            if head in _WORKLOAD_FACTS:
                run.add(_WORKLOAD_FACTS[head], cell, line, scope=scope)
            elif time:
                share = time.group("share")
                kept = PERCENTILES.get(share) if share else _TIMES[time.group("which")]
                if kept:
                    run.add(f"latency_{kept}", cell, line, scope=scope, unit="millisecond")
    if run.metrics:
        yield run


def read_database_loads(lines: Sequence[TextLine]) -> Iterator[Run]:
    """What any of these tools says of a run."""
    text = "\n".join(line.text for line in lines)
    for mark, read in (("Takes(s): ", _read_go), ("[OVERALL], ", _read_ycsb), ("_elapsed_", _read_workload)):
        if mark in text:
            yield from read(lines)
