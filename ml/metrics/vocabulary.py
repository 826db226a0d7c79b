"""The words of load tests, test runs and defects, Chinese and English → metric names.

A metric is a base (latency, throughput, …) and an aggregate (average, p95, …). Both are searched as atoms of a text; a
label is the metric they make when hardly anything else is left over. What is left over names the scope.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from ml.metrics.names import product_unit
from ml.metrics.units import COUNT, DATA, RATE, SHARE, TIME, Unit, unit_in_label
from ml.metrics.words import AGGREGATE_PATTERNS, BASE_PATTERNS, BASES, BLOCKED, FILLER, SEVERITIES, STEM

LATENCY, THROUGHPUT, CONCURRENCY = "latency", "throughput", "concurrency"
CPU, MEMORY, MEMORY_USAGE, DURATION = "cpu", "memory", "memory_usage", "duration"


SHARES = {"requests_failed": "error_rate", "requests_ok": "success_rate", "test_cases_passed": "pass_rate"}
"""What a percentage under the name of a count is."""

KEPT_PERCENTILES = frozenset({"p50", "p75", "p80", "p85", "p90", "p95", "p99", "p99.9"})
"""Percentiles that become metrics; the finer and odder ones that tools print beside them do not."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A metric named in a text at `start`–`end`. `base` alone when no aggregate stands with it."""

    start: int
    end: int
    base: str
    aggregate: str = ""

    @property
    def metric(self) -> str:
        return metric_name(self.base, self.aggregate)


@dataclass(frozen=True, slots=True)
class Label:
    """What a header cell or row label says. `base` is empty when only an aggregate is named ("Average")."""

    base: str
    aggregate: str
    unit: Unit | None
    scope: str


@lru_cache(maxsize=512)
def metric_name(base: str, aggregate: str) -> str:
    """The contract's name: latency without an aggregate is its average, a peak of anything but users is a maximum."""
    if base == LATENCY:
        return f"latency_{'max' if aggregate == 'peak' else aggregate or 'avg'}"
    if base == THROUGHPUT and aggregate in ("avg", "p50"):
        return THROUGHPUT
    if base in (THROUGHPUT, CPU, MEMORY, MEMORY_USAGE) and aggregate:
        return f"{base}_{'max' if aggregate == 'peak' else aggregate}"
    if base == CONCURRENCY and aggregate in ("max", "peak", "min"):
        return f"{base}_{aggregate}"
    return base


def dimension(base: str) -> str:
    """What the values of a base measure."""
    return {"ms": TIME, "s": TIME, "%": SHARE, "req/s": RATE, "bytes": DATA}.get(product_unit(base), COUNT)


def _percentile(found: re.Match[str]) -> str:
    groups = found.groupdict()
    if groups.get("p3") or groups.get("p4"):
        digits = groups.get("p3") or groups["p4"]
        return f"p{digits[:2]}.{digits[2:]}" if len(digits) > 2 else f"p{digits}"
    whole = groups.get("p1") or groups.get("p2") or ""
    fraction = groups.get("f1") or groups.get("f2") or ""
    return f"p{whole}.{fraction}".rstrip("0").rstrip(".") if fraction else f"p{whole}"


_SHARE_BEFORE = re.compile(
    r"(?:\b(?:at|to|of|was|is|were|reach\w*|hit|averag\w+|peak\w*|stay\w*|around|about|nearly|above|over|below|under|by|from"
    r"|and|usage|utili[sz]ation|load|only|just)|[约为达到是])\s*$",
    re.IGNORECASE,
)


def atoms(text: str) -> list[Cue]:
    """Bases and aggregates of a text, the longest at each place, without overlaps."""
    found = [
        Cue(match.start(), match.end(), name)
        for name, pattern in BASE_PATTERNS
        for match in pattern.finditer(text)
        if match.end() > match.start()
    ]
    # A base that swallows an aggregate word ("CPU峰值") still yields the aggregate from the inside.
    kept: list[Cue] = []
    order = {name: at for at, (name, _) in enumerate(BASES)}
    for cue in sorted(found, key=lambda cue: (cue.start - cue.end, order[cue.base])):
        if all(cue.end <= other.start or cue.start >= other.end for other in kept):
            kept.append(cue)
    for name, pattern in AGGREGATE_PATTERNS:
        for match in pattern.finditer(text):
            if match.group().casefold().endswith("percent") and _SHARE_BEFORE.search(text[: match.start()]):
                continue  # "CPU reached 90 percent"
            aggregate = _percentile(match) if name == "pct" else name
            inside = next(
                (cue for cue in kept if cue.base and cue.start <= match.start() and match.end() <= cue.end), None
            )
            if inside and not inside.aggregate and aggregate != "p50" and not aggregate.startswith("p9"):
                kept[kept.index(inside)] = Cue(inside.start, inside.end, inside.base, aggregate)
            elif all(match.end() <= other.start or match.start() >= other.end for other in kept):
                kept.append(Cue(match.start(), match.end(), "", aggregate))
    return _over_runs(sorted(kept, key=lambda cue: cue.start), text)


_RUNS_BETWEEN = re.compile(r"[\s的(（]*(?:of|of the)?\s*", re.IGNORECASE)


def _over_runs(found: list[Cue], text: str) -> list[Cue]:
    """A percentile's median or mean over several runs ("P99 中位数", "median of p95") as that percentile."""
    made: list[Cue] = []
    for cue in found:
        last = made[-1] if made else None
        if last and not last.base and not cue.base and _RUNS_BETWEEN.fullmatch(text[last.end : cue.start]):
            ranked = [one for one in (last, cue) if text[one.start : one.end].strip("pPtT(")[:1].isdigit()]
            other = cue if ranked == [last] else last
            if len(ranked) == 1 and other.aggregate in ("avg", "p50"):
                made[-1] = Cue(last.start, cue.end, "", ranked[0].aggregate)
                continue
        made.append(cue)
    return made


_JOINED = re.compile(
    r"[\s_\-:/()（）\[\]*`]{0,3}(?:(?:of|for|the|http|请求|事务|操作|调用|查询|用户|的|值|接口|响应|系统|all|overall)[\s_]*){0,2}"
    r"[\s_\-()（）*`]{0,2}(?:\(?(?:ms|s|sec|毫秒|秒|%|req/s)\)?[\s_]*)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def cues(text: str) -> tuple[Cue, ...]:
    """The metrics that a normalised running text names, aggregates joined to the base they stand beside."""
    joined: list[Cue] = []
    found = atoms(text)
    for at, atom in enumerate(found):
        last = joined[-1] if joined else None
        near = last is not None and _JOINED.fullmatch(text[last.end : atom.start]) is not None
        following = found[at + 1] if at + 1 < len(found) else None
        # "150 virtual users, the median response time": the aggregate belongs to the base that follows it at once.
        leads = (
            following is not None
            and following.base
            and following.start - atom.end <= 1
            and following.start - atom.end < atom.start - (last.end if last else 0)
        )
        fits = last is not None and (
            dimension(last.base) in (TIME, RATE) or not re.match(r"p\d|stddev", atom.aggregate)
        )
        if last and near and last.base and not last.aggregate and not atom.base and not leads and fits:
            joined[-1] = Cue(last.start, atom.end, last.base, atom.aggregate)
        elif (
            last
            and near
            and not last.base
            and atom.base
            and not atom.aggregate
            and (dimension(atom.base) in (TIME, RATE) or not re.match(r"p\d|stddev", last.aggregate))
        ):
            joined[-1] = Cue(last.start, atom.end, atom.base, last.aggregate)
        elif (
            last
            and near
            and last.base
            and re.match(r"p\d", last.aggregate)
            and atom.aggregate == "avg"
            and not atom.base
        ):
            joined[-1] = replace(last, end=atom.end)  # "90%响应时间平均为"
        else:
            joined.append(atom)
    return tuple(cue for cue in joined if not _no_average(cue, text))


def _no_average(cue: Cue, text: str) -> bool:
    """Whether a latency without an aggregate is the sum of all, or a tail that nobody says how far out."""
    return cue.base == LATENCY and not cue.aggregate and _SUM_OR_TAIL.search(text[: cue.start][-7:]) is not None


_SUM_OR_TAIL = re.compile(r"(?:\b(?:tail|total)[ -]?|尾部?|总)$", re.IGNORECASE)


def is_blocked(text: str) -> bool:
    """Whether a label is about something near a metric that is not the metric: a model, a change, a sub-time."""
    return bool(BLOCKED.search(_PATH.sub(" ", text) if "/" in text else text))


_PATH = re.compile(r"(?<!\S)/[\w{}:.-]+\S*|\b(?!bytes)[A-Za-z][\w.-]{2,}/(?!s(?:ec|$)|min)[A-Za-z][\w./{}-]{2,}")
"""An address: that a comment or a name is fetched there says nothing of what is measured."""


_PHASE = re.compile(
    r"before|after|baseline|current|new|old|previous|[vV]?\d+(?:\.\d+)+(?:[-.]\w+)?|v\d[\w.]*|(?:run|round"
    r"|build) ?\d+|(?:优化|调优|升级|改造"
    r"|扩容)?[前后]|基线|[新旧老](?:版本?|架构|系统|集群)|(?:第?[一二三四五\d]|上|本)[轮次期]|方案[A-Z一二三]",
    re.IGNORECASE,
)
_SCOPE_EDGES = " \t-_:：·|,，()（）[]/.*'\"`#=>→"


@lru_cache(maxsize=4096)
def classify(label: str) -> Label | None:
    """What a header cell or row label names, or None when it is no metric or more than one."""
    text = re.sub(r"[*`_]{2,}|`", " ", label).strip()
    if not text or len(text) > 80 or not STEM.search(text):
        return None
    if _QUALIFIED.fullmatch(text):
        return None  # "tests.account.LoginTests": a class or a test
    if re.fullmatch(r"(?i)request|transaction|sample|sampler|req|call|事务|请求|交易|业务", text):
        return None
    if re.fullmatch(r"(?:50|[6-9]\d)(?:\.\d{1,2})?\s*%", text):
        name = f"p{text.rstrip('% ')}"
        return Label("", name, None, "") if name in KEPT_PERCENTILES else None
    unit, rest = unit_in_label(text)
    rest = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])", " ", rest)
    if unit and unit.dimension == "data_rate":
        return None
    rest = re.sub(r"\([^()]*\+[^()]*\)", " ", rest)  # "Executed (passed + failed)"
    rest, load = without_load(rest)
    found = atoms(rest)
    if not found or is_blocked(rest):
        return None
    bases = [cue for cue in found if cue.base]
    aggregates = [cue.aggregate for cue in found if cue.aggregate]
    # "Throughput (requests/sec)", "并发用户数(VU)": the second only says the first again.
    distinct = list(dict.fromkeys(cue.base for cue in bases))
    if len(distinct) > 1:
        distinct = _narrow(distinct)
        if len(distinct) > 1:
            return None
    if any(re.match(r"p\d", aggregate) and aggregate not in KEPT_PERCENTILES for aggregate in aggregates):
        return None
    if "stddev" in aggregates and len(set(aggregates)) > 1:
        return None  # how far a percentile strays from run to run
    if len(dict.fromkeys(aggregates)) > 1:
        aggregates = [
            aggregate for aggregate in aggregates if aggregate.startswith("p") and aggregate != "peak"
        ] or aggregates
        if len(dict.fromkeys(aggregates)) > 1:
            return None
    if distinct and _PERCENTAGE_OF.match(rest):
        distinct = [SHARES.get(distinct[0], distinct[0])]
        if dimension(distinct[0]) == COUNT:
            return None  # "Percentage of test cases executed" is no number of them
    if distinct == ["requests_total"] and aggregates and re.match(r"p\d", aggregates[0]):
        distinct = [LATENCY]  # "总请求 P95"
    if distinct and distinct[0] in _OUTCOMES and _said(rest[: found[0].start]) and _said(rest[found[-1].end :]):
        return None  # "retry after failed payment callback": what is tested, not how many cases failed
    left = rest
    for cue in reversed(found):
        left = left[: cue.start] + " " + left[cue.end :]
    scope = left.strip(_SCOPE_EDGES)
    if not re.sub(FILLER, "", scope):
        scope = ""
    if load:
        scope = f"{scope} {load}".strip()
    if not distinct and scope and not _PHASE.fullmatch(scope) and not re.match(r"p\d", aggregates[0]):
        return None
    if scope and scope not in text:
        # "getDetail" was taken apart to find words in it
        whole = re.search("[ _]?".join(re.escape(word) for word in scope.split(" ")), text)
        scope = whole.group() if whole else scope
    if (
        distinct == [MEMORY]
        and not aggregates
        and re.fullmatch(r"(?i)memory|mem|ram|(?:物理)?内存", rest.strip(_SCOPE_EDGES))
    ):
        # "Memory: 32 GB" is how much a machine has; only a share of it is a reading.
        distinct = [MEMORY_USAGE]
    if distinct and distinct[0].startswith(MEMORY) and PART_OF_MEMORY.search(rest):
        return None  # of each thing that is kept, or what came back
    if distinct == ["test_cases_errors"] and scope:
        return None  # "system_error": a class of outcomes
    if distinct == [CONCURRENCY] and scope and _VARIABLE.fullmatch(text):
        return None  # "OMP_NUM_THREADS": how a program is set
    if distinct == [LATENCY] and not aggregates and re.search(r"(?i)\btail\b|尾|\btotal\b|总", rest):
        return None  # the tail is no average, nor is the sum
    if distinct and dimension(distinct[0]) == COUNT and _PER_TIME.search(rest):
        return None  # "Users/sec" arrive, they are not there at once
    if len(scope) > 40 or (distinct == [CONCURRENCY] and re.search(r"(?i)creat|complet|finish|fail|spawn|skip", scope)):
        return None
    return Label(distinct[0] if distinct else "", aggregates[0] if aggregates else "", unit, scope)


_QUALIFIED = re.compile(r"(?:[a-z_$][\w$]*\.)+[A-Z][A-Za-z0-9_$]*(?:[.#]\w+)?")
PART_OF_MEMORY = re.compile(r"\bper [a-z]|\b(?:recover|leak|freed|growth|overhead)", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_THREADS")
_PERCENTAGE_OF = re.compile(r"\s*(?:percent(?:age)?|share|proportion) of\b", re.IGNORECASE)
_OUTCOMES = frozenset({"test_cases_passed", "test_cases_failed", "test_cases_blocked", "test_cases_skipped"})


def _said(part: str) -> bool:
    """Whether a part of a label says more than filling words."""
    return bool(re.sub(FILLER, "", part.strip(_SCOPE_EDGES)))


def without_load(label: str) -> tuple[str, str]:
    """A label without the load under which it was measured, and that load: "50并发 TPS", "p95 @ 200 users"."""
    found = _AT_LOAD.search(label)
    if found:
        without = f"{label[: found.start()]} {label[found.end() :]}"
        if any(cue.base or re.match(r"p\d", cue.aggregate) for cue in atoms(without)):
            return without, found.group().strip("@() ")
    return label, ""


_AT_LOAD = re.compile(
    r"[@(]?\s*\d[\d,]*\s*(?:个?并发(?:用户|连接)?数?|个?(?:用户|线程|连接)数?|(?:concurrent )?(?:users?|connections?"
    r"|clients?)\b|vus?\b|threads?\b)\s*\)?",
    re.IGNORECASE,
)
_PER_TIME = re.compile(
    r"(?:/|\bper )\s*(?:s|sec|second|min|minute|h|hour)\b|/\s*(?:秒|分钟?|小时)|每(?:秒|分钟?|小时)", re.IGNORECASE
)


def _narrow(bases: list[str]) -> list[str]:
    """One of several bases of a label when the others only qualify it."""
    found = set(bases)
    if THROUGHPUT in found and found <= {THROUGHPUT, "requests_total", "requests_ok"}:
        return [THROUGHPUT]
    if LATENCY in found and found <= {LATENCY, "requests_total", DURATION, CONCURRENCY}:
        return [LATENCY]
    if CONCURRENCY in found and found <= {CONCURRENCY, "requests_total", "test_cases_total"}:
        return [CONCURRENCY]
    if "error_rate" in found and found <= {"error_rate", "requests_total", "requests_failed"}:
        return ["error_rate"]
    if "requests_failed" in found and found <= {"requests_failed", "requests_total"}:
        return ["requests_failed"]
    if DURATION in found and found <= {DURATION, "test_cases_total"}:
        return [DURATION]
    if "pass_rate" in found and found <= {"pass_rate", "test_cases_total"}:
        return ["pass_rate"]
    for outcome in (*_OUTCOMES, "test_cases_executed"):
        if outcome in found and found <= {outcome, "test_cases_total"}:
            return [outcome]
    return bases


_SEVERITY_PATTERNS = tuple(
    (
        name,
        re.compile(
            rf"(?:{pattern})(?:级别?|问题|缺陷|bugs?|defects?|个?数量?|的|\s+(?:severity|priority))*", re.IGNORECASE
        ),
    )
    for name, pattern in SEVERITIES
)


@lru_cache(maxsize=4096)
def severity(label: str) -> str | None:
    """The class of defects that a label names ("严重", "Critical", "P1", "已修复"), or None."""
    text = label.strip().strip("*:：").strip()
    text = re.sub(r"\s*[(（].*[)）]$", "", text)
    coded = re.fullmatch(r"[SP]\d\s*[-:.]\s*(\S.*)", text)
    if coded and (grade := severity(coded.group(1))):
        return grade  # "S2 - Critical"
    return next((name for name, pattern in _SEVERITY_PATTERNS if pattern.fullmatch(text)), None)


OVERALL = re.compile(
    r"^(?:|total|totals|overall|aggregated?|all|sum|summary|global(?: information)?"
    r"|all requests|whole|总体|总计|合计|汇总|全部|整体|总和|总)$",
    re.IGNORECASE,
)


_WORKERS = re.compile(r"threads?\b|线程", re.IGNORECASE)
_CALLERS = re.compile(
    r"clients?\b|connections?\b|users?\b|\bvus?\b|concurren|连接|用户|客户端|并发(?!线程)", re.IGNORECASE
)


def are_callers(label: str) -> bool:
    """Whether a label of a load counts those who call."""
    return _CALLERS.search(label) is not None


def are_workers(label: str) -> bool:
    """Whether a label counts the threads that a tool spreads its callers over: beside callers they are no load."""
    return _WORKERS.search(label) is not None and not are_callers(label)


def is_overall(scope: str) -> bool:
    """Whether a scope means the whole run."""
    return bool(OVERALL.match(scope.strip(" *:：")))
