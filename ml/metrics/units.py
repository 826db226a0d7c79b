"""Units as people and tools write them, and their conversion to the product's own.

Conversion is pint's, on a registry of the few units that deliverables use (its full registry takes a second to load).
Prefixes follow the letters: kB and KB are 1,000 bytes, KiB 1,024.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import cache, lru_cache

import pint

TIME, SHARE, RATE, DATA, DATA_RATE, COUNT = "time", "share", "rate", "data", "data_rate", "count"
ARRIVAL = "arrival"
"""Users a second: no metric is of it."""

_DEFINITIONS = """
second = [time] = s
minute = 60 * second
hour = 3600 * second
day = 86400 * second
millisecond = 0.001 * second
microsecond = 0.000001 * second
nanosecond = 0.000000001 * second
byte = [data]
kilobyte = 1000 * byte
megabyte = 1000000 * byte
gigabyte = 1000000000 * byte
terabyte = 1000000000000 * byte
kibibyte = 1024 * byte
mebibyte = 1048576 * byte
gibibyte = 1073741824 * byte
tebibyte = 1099511627776 * byte
event = [event]
percent = [share]
fraction = 100 * percent
permille = 0.1 * percent
per_second = event / second
per_minute = event / minute
per_hour = event / hour
"""


@cache
def _registry() -> pint.UnitRegistry[Decimal]:
    registry: pint.UnitRegistry[Decimal] = pint.UnitRegistry(None, non_int_type=Decimal)
    for line in _DEFINITIONS.strip().splitlines():
        registry.define(line)
    return registry


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as read: `name` is a unit of the registry, `dimension` what it measures, `thing` what is counted."""

    name: str
    dimension: str
    thing: str = ""
    scale: int = 1
    """What a header multiplies its column by: 10,000 for "请求总量（万）"."""


_TIME_WORDS = {
    "nanosecond": "ns|nanos|nanoseconds?|纳秒",
    "microsecond": "us|µs|μs|usec|micros|microseconds?|微秒",
    "millisecond": "ms|msec|msecs|millis|milliseconds?|毫秒",
    "second": "s|sec|secs|seconds?|秒钟?",
    "minute": "min|mins|minutes?|分钟|m(?=\\b)",
    "hour": "h|hr|hrs|hours?|个?小时|个?钟头",
    "day": "d(?=\\b)|days?|天",
}
_DATA_WORDS = {
    "kibibyte": "KiB|Ki",
    "mebibyte": "MiB|Mi",
    "gibibyte": "GiB|Gi",
    "tebibyte": "TiB",
    "kilobyte": "[kK]B|Kbytes|kilobytes?",
    "megabyte": "MB|Mbytes|megabytes?|兆字节?",
    "gigabyte": "GB|Gbytes|gigabytes?|G(?![A-Za-z])",
    "terabyte": "TB|terabytes?",
    "byte": "bytes?|B(?![A-Za-z])|字节",
}
_EVENTS = (
    r"(?:https? ?)?(?:requests?|reqs?|hits?|trans(?:actions?)?|txn?s?|ops|operations?|queries|calls?|msgs?|messages?|"
    r"records?|rows?|iterations?|samples?|pages?|orders?)"
)
_EVENTS_ZH = r"(?:个?请求|个?事务|次请求|笔交易|笔|次|个|条|单)"
_PER_SECOND = r"(?:\s*(?:/|per|a)\s*s(?:ec(?:ond)?)?s?\b)"
_PER_MINUTE = r"(?:\s*(?:/|per|a)\s*m(?:in(?:ute)?)?s?\b)"
_PER_HOUR = r"(?:\s*(?:/|per|an)\s*h(?:(?:ou)?r)?s?\b)"
_THINGS = (
    r"(?:concurrent |virtual |simultaneous |simulated |active |parallel )*"
    r"(?:users?|vus?|connections?|threads?|clients?|sessions?"
    r"|(?:(?<=concurrent )|(?<=virtual )|(?<=simultaneous )|(?<=simulated ))(?:agents|devices|terminals|stations"
    r"|sensors|drivers|students|customers|players"
    r"|callers|browsers))"
)

_PATTERNS: tuple[tuple[str, str, str, str], ...] = (
    (
        "per_second",
        RATE,
        "",
        rf"(?:{_EVENTS}{_PER_SECOND}|/\s*s(?:ec)?\b|per sec(?:ond)?\b"
        rf"|(?:rps|qps|tps)\b|{_EVENTS_ZH}\s*(?:/|每)\s*(?:秒|s\b|sec\b))",
    ),
    (
        "per_minute",
        RATE,
        "",
        rf"(?:{_EVENTS}{_PER_MINUTE}|/\s*min\b|(?:rpm|tpm|qpm)\b|{_EVENTS_ZH}\s*(?:/|每)\s*(?:分钟?|min\b))",
    ),
    ("per_hour", RATE, "", rf"(?:{_EVENTS}{_PER_HOUR}|/\s*h(?:our)?\b|{_EVENTS_ZH}\s*(?:/|每)\s*(?:小时|h\b))"),
    ("byte", DATA_RATE, "", r"(?:[KMGT]?i?B|[KMGT]?bytes|[kKMG]b(?:it)?s?|兆)\s*(?:/|p|per)\s*s(?:ec(?:ond)?)?\b"),
    ("permille", SHARE, "", r"‰"),
    ("percent", SHARE, "", r"(?:%|percent\b|pct\b|per cent\b|个百分点)"),
    *((name, TIME, "", rf"(?:{words})(?![A-Za-z/])") for name, words in _TIME_WORDS.items()),
    *((name, DATA, "", rf"(?:{words})(?![A-Za-z/])") for name, words in _DATA_WORDS.items()),
    (
        "arrival",
        ARRIVAL,
        "",
        rf"(?:{_THINGS}|(?:并发)?(?:用户|连接|线程)|人)\s*(?:/|per|每)\s*(?:s\b|sec(?:ond)?\b|min(?:ute)?\b|秒|分)",
    ),
    (
        "event",
        COUNT,
        "users",
        rf"(?:{_THINGS}\b|(?:个|路|名)?(?:并发用户数?|并发连接数?|虚拟用户|并发(?!梯度|级别|等级|阶梯|场景|档)|用户|线程|连接)|人)",
    ),
    ("event", COUNT, "requests", rf"(?:{_EVENTS}\b|(?:次|个|条|笔)?(?:请求|事务|样本|交易))"),
    ("event", COUNT, "", r"(?:个|次|条|笔|件|例|项|起|台|单|times\b|cases?\b|tests?\b|bugs?\b|defects?\b)"),
)
_COMPILED = tuple(
    (Unit(name, dimension, thing), re.compile(pattern, re.ASCII | (re.IGNORECASE if dimension != DATA else 0)))
    for name, dimension, thing, pattern in _PATTERNS
)


def match_unit(text: str, at: int = 0) -> tuple[Unit, int] | None:
    """The unit that stands at `at` in `text` (spaces and a hyphen before it allowed) and the position after it."""
    start = at
    while start < len(text) and text[start] in " \u00a0":
        start += 1
    if start < len(text) - 1 and text[start] == "-" and text[start + 1].isalpha():
        start += 1
    bracket = text[start : start + 1] == "["
    for unit, pattern in _COMPILED:
        found = pattern.match(text, start + bracket)
        if found and found.end() > start and (not bracket or text[found.end() : found.end() + 1] == "]"):
            return unit, found.end() + bracket  # "17.0 [ms]"
    return None


_BRACKETED = re.compile(r"[(\[（【]\s*(?:单位\s*[:：]?\s*|in\s+|unit\s*:?\s*)?([^()\[\]（）【】]{1,24}?)\s*[)\]）】]")
_SCALES = {"千": 10**3, "万": 10**4, "百万": 10**6, "亿": 10**8, "k": 10**3, "million": 10**6, "thousand": 10**3}
_SCALE = re.compile(r"(百万|千|万|亿|k|million|thousand)[次个笔条人]?")
_TRAILING = re.compile(
    r"(?:[,，]|\s(?=(?:ms|msec|s|sec|secs|seconds|毫秒|秒)\s*$)|(?<!per)_|\bin\b|/(?=(?:ms|毫秒|%)\s*$)|(?<=时间|延迟|时延|耗时)/(?=(?:s|秒)\s*$)|(?:(?<=RT)|(?<=[pP]\d\d))/(?=s\s*$))\s*([A-Za-zµμ%/]{1,12}"
    r"|毫秒|秒|分钟)\s*$"
)
_STATED = re.compile(r"(?:单位|units?)\s*(?:为|是|[:：]|in)?\s*([A-Za-zµμ%/]{1,20}|毫秒|秒|分钟)", re.IGNORECASE)


def whole_unit(text: str) -> Unit | None:
    """The unit that `text` is, when it is nothing else."""
    found = match_unit(text.strip())
    return found[0] if found and found[1] == len(text.strip()) else None


@lru_cache(maxsize=4096)
def unit_in_label(label: str) -> tuple[Unit | None, str]:
    """The unit that a column header or row label states, and the label without it: "Avg (ms)" → ms, "Avg"."""
    for found in _BRACKETED.finditer(label):
        unit = whole_unit(found.group(1))
        if unit and unit.dimension != COUNT:
            return unit, (label[: found.start()] + " " + label[found.end() :]).strip()
        if scale := _SCALE.fullmatch(found.group(1).strip()):
            multiplied = Unit("event", COUNT, scale=_SCALES[scale.group(1)])
            return multiplied, (label[: found.start()] + " " + label[found.end() :]).strip()
        if found.group(1).strip() in {"个", "次", "人", "笔", "条", "count", "#", "vu", "VU", "VUs"}:
            return Unit("event", COUNT), (label[: found.start()] + " " + label[found.end() :]).strip()
    trailing = _TRAILING.search(label)
    if trailing:
        unit = whole_unit(trailing.group(1))
        if unit and unit.dimension in (TIME, SHARE, RATE) and len(label[: trailing.start()].strip()) > 1:
            return unit, label[: trailing.start()].strip()
    return None, label


def without_unit(label: str) -> str:
    """A header without the unit that it states."""
    return unit_in_label(label)[1] or label


_DECLARED = re.compile(
    r"(?:响应(?:时间)?|[时延]延|延时|耗时|时间)(?:的)?(?:单位)?(?:均|都|统一)?\s*(?:为|是|以|[-:：/])\s*(?P<zh>毫秒|秒|ms|s)(?![A-Za-z])"
    r"|\b(?:latenc(?:y|ies)|(?:response )?times|durations?|memory)\s+(?:(?:is|are|given|shown|reported"
    r"|measured) )*in (?P<en>[A-Za-zµ]+)",
    re.IGNORECASE,
)


def declared_units(text: str) -> tuple[Unit, ...]:
    """The units that a normalised sentence states for all figures of a kind: "单位: 响应时间-秒"."""
    said = (whole_unit(found.group("zh") or found.group("en")) for found in _DECLARED.finditer(text))
    return tuple(unit for unit in said if unit is not None and unit.dimension in (TIME, DATA))


_CAPTIONED = re.compile(
    r"(?:响应(?:时间)?|[时延]延|延时|耗时|\bRT|\blatenc(?:y|ies)|\btimes?)\s*[(（/]?\s*(毫秒|秒|ms|s)(?![A-Za-z])",
    re.IGNORECASE,
)


def captioned_units(text: str) -> tuple[Unit, ...]:
    """The units that the line over a table gives for its columns: "时延 ms, 吞吐 req/s"."""
    said = (whole_unit(found.group(1)) for found in _CAPTIONED.finditer(text))
    return (*declared_units(text), *(unit for unit in said if unit is not None))


def stated_unit(text: str) -> Unit | None:
    """The unit that a caption or a heading states for all that follows: "单位：ms", "Latency (ms)"."""
    found = _STATED.search(text)
    if found and (unit := whole_unit(found.group(1))):
        return unit
    unit, _ = unit_in_label(text)
    return unit


_PRECISION = Context(prec=12)
"""Twelve digits: a division by 60 leaves a tail that was never measured."""

_PRODUCT_UNITS = {
    "ms": ("millisecond", TIME),
    "s": ("second", TIME),
    "%": ("percent", SHARE),
    "req/s": ("per_second", RATE),
    "bytes": ("byte", DATA),
}


def dimension_of(product_unit: str) -> str:
    """What a unit of the product measures; `count` and units of templates' own metrics are numbers of things."""
    return _PRODUCT_UNITS[product_unit][1] if product_unit in _PRODUCT_UNITS else COUNT


def convert(value: Decimal, unit: Unit, product_unit: str) -> Decimal | None:
    """`value` in a unit of the product (`ms`, `s`, `%`, `req/s`, `bytes`), or None when the dimensions differ."""
    if product_unit not in _PRODUCT_UNITS:
        return value
    name, dimension = _PRODUCT_UNITS[product_unit]
    if unit.dimension != dimension:
        return None
    if unit.name == name:
        return value
    registry = _registry()
    return plain(_PRECISION.plus(Decimal(registry.Quantity(value, unit.name).to(name).magnitude)))


def plain(value: Decimal) -> Decimal:
    """The same number without an exponent or trailing zeros: 1E+3 → 1000, 0.050 → 0.05."""
    if value == value.to_integral_value() and -15 < value.adjusted() < 15:
        return Decimal(int(value))
    normal = value.normalize()
    return normal.quantize(Decimal(1)) if normal == normal.to_integral_value() else normal
