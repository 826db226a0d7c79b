"""NBomber: its report as text, Markdown or console, in the layouts of versions 1 to 6. Bare times are milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ml.metrics.numbers import to_decimal
from ml.metrics.tools.record import PERCENTILES, Run, TextLine, clock_seconds

_SCENARIO = re.compile(r"^[>\s]*scenario: (?P<name>.+?)(?:, duration(?: time)?: (?P<facts>\d.*))?$")
_FACT = re.compile(r"^\s*-\s+(?P<name>ok count|fail count|duration): (?P<value>[\d:.]+)\s*$")
_COUNTED = re.compile(r"\b(ok|fail) count: (\d+)")
_PAIR = re.compile(r"(?P<name>\w+)%?\s*=\s*(?P<value>[\d.,]*\d)\s*(?P<unit>[a-zµ]*)")
_DECORATION = re.compile(r"[`'*]")
_FACTS = {"ok count": "requests_ok", "fail count": "requests_failed"}
_COUNTS = {"all": "requests_total", "ok": "requests_ok", "fail": "requests_failed", "failed": "requests_failed"}
_TIMES = {"min": "min", "mean": "avg", "max": "max", "stddev": "stddev"}


def read_nbomber(lines: Sequence[TextLine]) -> Iterator[Run]:
    """Every scenario and its steps; times of failed requests and the load that was planned are left out."""
    run = Run("nbomber")
    scenario = step = ""
    failures = by_code = False
    first = last = -1
    for at, line in enumerate(lines):
        text = _DECORATION.sub("", line.text)
        cells = [cell.strip().removeprefix("- ") for cell in text.strip().strip("|│").replace("│", "|").split("|")]
        known = len(run.metrics)
        if found := _SCENARIO.match(text.strip()):
            scenario, step, failures, by_code = found.group("name"), "", False, False
            first = at if first < 0 else first
            _facts(run, found.group("facts") or "", line, scenario)
        elif not scenario:
            continue
        elif found := _FACT.match(text):
            if found.group("name") == "duration":
                run.add("duration", clock_seconds(found.group("value")), line, scope=scenario, unit="second")
            else:
                run.add(_FACTS[found.group("name")], found.group("value"), line, scope=scenario)
        elif cells[0].startswith("status code"):
            by_code = True
        elif cells[0] == "step" and len(cells) > 1:
            failures, by_code = "fail" in cells[1], False
        elif cells[0] == "name" and len(cells) > 1:
            step = "" if cells[1] == "global information" else cells[1]
        elif by_code and len(cells) > 1 and re.fullmatch(r"-?\d+|[A-Z]\w+", cells[0]) and cells[1].isdigit():
            if cells[0][:1] not in "123" and not cells[0].startswith(("OK", "ok")):
                run.add("error_count", cells[1], line, scope=f"{scenario} / {cells[0]}")
            last = at
        else:
            _row(run, cells, line, " / ".join(filter(None, (scenario, step))), failures=failures)
        if len(run.metrics) > known:
            last = at
    if len(run.metrics) >= 4:
        run.lines = set(range(first, last + 1))
        yield run


def _facts(run: Run, facts: str, line: TextLine, scope: str) -> None:
    if facts:
        run.add("duration", clock_seconds(facts.split(",", maxsplit=1)[0]), line, scope=scope, unit="second")
    for name, count in _COUNTED.findall(facts):
        run.add(_FACTS[f"{name} count"], count, line, scope=scope)


def _row(run: Run, cells: list[str], line: TextLine, scope: str, *, failures: bool) -> None:
    if len(cells) < 2 or not cells[0].startswith(("request count", "latency", "response time")):
        return
    for pair in _PAIR.finditer(" | ".join(cells[1:])):
        name, value = pair.group("name").lower(), to_decimal(pair.group("value").replace(",", "."))
        share = PERCENTILES.get(name.removeprefix("p"))
        if cells[0].startswith("request count"):
            if name in _COUNTS and not (failures and name != "fail"):
                run.add(_COUNTS[name], value, line, scope=scope)
            elif name == "rps" and not failures:
                run.add("throughput", value, line, scope=scope)
        elif name == "rps":
            run.add("throughput", value, line, scope=scope)
        elif not failures and (metric := _TIMES.get(name) or share):
            unit = "second" if pair.group("unit") in ("s", "sec") else "millisecond"
            run.add(f"latency_{metric}", value, line, scope=scope, unit=unit, raw=pair.group())
