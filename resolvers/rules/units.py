"""Whether a reading fits a measure: the unit that people wrote for the measure against the reader's own.

Readings come in `ms`, `s`, `req/s`, `%`, `bytes`, `count`, or a template's own unit; measures have whatever a person
typed. Times and amounts of data are converted exactly; everything else must be the same word.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal

_TIMES = {
    "us": Decimal("0.001"),
    "µs": Decimal("0.001"),
    "μs": Decimal("0.001"),
    "微秒": Decimal("0.001"),
    "ms": Decimal(1),
    "毫秒": Decimal(1),
    "millisecond": Decimal(1),
    "milliseconds": Decimal(1),
    "s": Decimal(1000),
    "sec": Decimal(1000),
    "秒": Decimal(1000),
    "second": Decimal(1000),
    "seconds": Decimal(1000),
    "min": Decimal(60_000),
    "分钟": Decimal(60_000),
    "minute": Decimal(60_000),
    "minutes": Decimal(60_000),
    "h": Decimal(3_600_000),
    "小时": Decimal(3_600_000),
    "hour": Decimal(3_600_000),
    "hours": Decimal(3_600_000),
}
_AMOUNTS = {
    "b": Decimal(1),
    "bytes": Decimal(1),
    "字节": Decimal(1),
    "kb": Decimal(1000),
    "mb": Decimal(1000) ** 2,
    "gb": Decimal(1000) ** 3,
    "kib": Decimal(1024),
    "mib": Decimal(1024) ** 2,
    "gib": Decimal(1024) ** 3,
}
_SAME = {
    "%": ("percent", "pct", "百分比"),
    "req/s": ("rps", "qps", "tps", "请求/秒", "次/秒", "requests/s", "req/sec"),
    "count": ("", "次", "个", "条", "例", "人", "times", "cases", "users", "requests"),
}
_CANON = {word: unit for unit, words in _SAME.items() for word in words}
_DIMENSIONS = (_TIMES, _AMOUNTS)


def converted(value: Decimal, unit: str, wanted: str | None) -> Decimal | None:
    """The value in the unit that is wanted; None when the units measure different things or are not known to agree.

    A measure without a unit takes the value as it is.
    """
    if wanted is None or not wanted.strip():
        return value
    given, asked = _folded(unit), _folded(wanted)
    if _CANON.get(given, given) == _CANON.get(asked, asked):
        return value
    for factors in _DIMENSIONS:
        if given in factors and asked in factors:
            return value * factors[given] / factors[asked]
    return None


def _folded(unit: str) -> str:
    return unicodedata.normalize("NFKC", unit).strip().casefold()
