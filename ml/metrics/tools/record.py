"""What all tool readers share: values in the product's units, durations as tools print them, runs of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from ml.metrics.contract import Kind, Metric, Place
from ml.metrics.names import product_unit
from ml.metrics.numbers import to_decimal
from ml.metrics.units import Unit, convert, match_unit, plain

EXACT = 0.99
"""Confidence of a value in a tool's own format."""

PERCENTILES = {"50": "p50", "75": "p75", "90": "p90", "95": "p95", "99": "p99", "99.9": "p99.9"}
"""The percentiles that the product keeps of a tool's output."""


class TextLine(NamedTuple):
    """A line as the tools see it."""

    text: str
    where: Place
    confidence: float = 1.0
    heading: bool = False


@dataclass(slots=True)
class Run:
    """One report of a tool within a text: its values and the lines (indexes) that it took."""

    tool: str
    metrics: list[Metric] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)
    left_out: bool = False
    """A report of what has no name here (disks, networks): its lines are taken, nothing is read of them."""

    def add(
        self,
        metric: str,
        value: Decimal | int | str | None,
        line: TextLine,
        *,
        scope: str = "",
        unit: str | None = None,
        raw: str = "",
    ) -> None:
        """Record a value found on a line; `unit` is a unit of the registry, else the value is in the product's."""
        made = make(self.tool, metric, value, line.where, scope=scope, unit=unit, raw=raw, snippet=line.text)
        if made is not None:
            self.metrics.append(made)

    def time(self, metric: str, text: str, line: TextLine, *, scope: str = "", unit: str = "millisecond") -> None:
        """Record a time printed with its unit ("1.66s", "804.1µs", "2m3.5s"); `unit` is that of a bare number."""
        seconds = duration_seconds(text)
        if seconds is not None:
            self.add(metric, seconds, line, scope=scope, unit="second", raw=text)
        else:
            self.add(metric, text, line, scope=scope, unit=unit, raw=text)


def make(
    tool: str,
    metric: str,
    value: object,
    where: Place,
    *,
    scope: str = "",
    unit: str | None = None,
    raw: str = "",
    snippet: str = "",
    method: str = "",
) -> Metric | None:
    """A metric of a tool's format; None when the value is no number ("-", "N/A", NaN)."""
    number = decimal_of(value)
    if number is None:
        return None
    product = product_unit(metric)
    if unit is not None:
        converted = convert(number, _UNITS[unit], product)
        if converted is None:
            return None
        number = converted
    return Metric(
        metric=metric,
        value=plain(number),
        unit=product,
        scope=" ".join(scope.split())[:120],
        kind=Kind.MEASURED,
        raw=(raw or str(value))[:80],
        where=where,
        method=method or tool,
        confidence=EXACT,
        snippet=" ".join((snippet or f"{metric} {value}").split())[:200],
    )


_UNITS = {
    **{name: Unit(name, "time") for name in ("nanosecond", "microsecond", "millisecond", "second")},
    **{name: Unit(name, "share") for name in ("percent", "fraction")},
    **{name: Unit(name, "rate") for name in ("per_second", "per_minute", "per_hour")},
    **{
        name: Unit(name, "data")
        for name in ("byte", "kilobyte", "megabyte", "gigabyte", "kibibyte", "mebibyte", "gibibyte")
    },
}


def decimal_of(value: object) -> Decimal | None:
    """A finite decimal of what JSON, CSV or a console gave."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        number = Decimal(repr(value))
        return number if number.is_finite() else None
    if isinstance(value, str):
        return to_decimal(value.strip().rstrip("%").strip())
    return None


_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(h|ms|us|µs|μs|ns|m|s)(?![A-Za-z])|(\d+(?:\.\d+)?)\s*(h|m)(?=\d)")
_SECONDS = {
    "h": Decimal(3600), "m": Decimal(60), "s": Decimal(1), "ms": Decimal("0.001"), "us": Decimal("0.000001"),
    "µs": Decimal("0.000001"), "μs": Decimal("0.000001"), "ns": Decimal("0.000000001"),
}  # fmt: skip


def duration_seconds(text: str) -> Decimal | None:
    """Seconds of a duration as Go, wrk and k6 print it ("1m00.5s", "804.1µs"); None when it is none."""
    compact = text.strip().replace(" ", "")
    total, at = Decimal(0), 0
    for found in _DURATION_PART.finditer(compact):
        if found.start() != at:
            return None
        number, unit = (found.group(1), found.group(2)) if found.group(1) else (found.group(3), found.group(4))
        try:
            total += Decimal(number) * _SECONDS[unit]
        except InvalidOperation:
            return None
        at = found.end()
    return total if at == len(compact) and at else None


def clock_seconds(text: str) -> Decimal | None:
    """Seconds of a time as a clock shows it ("00:03:00", "02:05", "00:00:30.5"); None when it is none."""
    parts = [decimal_of(part) for part in text.strip().split(":")]
    known = [part for part in parts if part is not None]
    if not 2 <= len(parts) <= 3 or len(known) < len(parts):
        return None
    return sum((part * 60**place for place, part in enumerate(reversed(known))), Decimal(0))


_SPOKEN = re.compile(r"(\d+(?:\.\d+)?) (hour|minute|second)s?\b")
_SPOKEN_SECONDS = {"hour": 3600, "minute": 60, "second": 1}


def spoken_seconds(text: str) -> Decimal | None:
    """Seconds of a duration in words ("1 hour, 2 minutes and 5 seconds"); None when it is none."""
    parts = [Decimal(number) * _SPOKEN_SECONDS[unit] for number, unit in _SPOKEN.findall(text)]
    return sum(parts, Decimal(0)) if parts else None


def byte_count(text: str) -> Decimal | None:
    """Bytes of an amount with its unit ("1.2GiB", "512MB")."""
    found = re.match(r"\s*([\d.]+)\s*", text)
    number = to_decimal(found.group(1)) if found else None
    unit = match_unit(text, found.end()) if found else None
    if number is None or unit is None or unit[0].dimension != "data":
        return None
    return convert(number, unit[0], "bytes")


def until(lines: Sequence[TextLine], start: int, stop: re.Pattern[str], most: int) -> int:
    """The index after the block that begins at `start`: before the next line that matches, at most `most` lines on."""
    for at in range(start + 1, min(len(lines), start + most)):
        if stop.search(lines[at].text):
            return at
    return min(len(lines), start + most)
