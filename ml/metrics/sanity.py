"""What cannot all be true: duplicates that differ, percentiles out of order, counts that do not add up.

Nothing is preferred and nothing is dropped but exact repetition; every contradiction names both places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from ml.metrics.contract import Conflict, Kind, Metric
from ml.metrics.vocabulary import is_overall

_ORDER = ("min", "p50", "p75", "p90", "p95", "p99", "p99.9", "max")
ORDER_TOLERANCE = Decimal("0.05")
"""Tools round percentiles to two digits, so that one may stand 5 % above the next."""
THROUGHPUT_TOLERANCE = Decimal("0.25")
"""Ramp-up and pauses lie between throughput × duration and the requests."""
_LOOSE = ("prose", "labelled", "table", "pattern", "json")
_AFFIX = re.compile(
    r"接口|场景|页面|模块|业务|事务|交易|请求|功能|服务|\b(?:api|endpoint|request|scenario|page)\b|[\s/_\-:：,，()（）'\"`*]+",
    re.IGNORECASE,
)


@lru_cache(maxsize=65_536)
def scope_key(scope: str) -> str:
    """A scope without words that only decorate it: 登录接口 and 登录 are one; overall scopes are empty."""
    if is_overall(scope):
        return ""
    return _AFFIX.sub("", scope).casefold() or scope.casefold()


def without_repetition(metrics: Sequence[Metric]) -> list[Metric]:
    """Each value once: the better-read one stays where text repeats a table or a summary repeats a row."""
    seen: dict[tuple[str, Kind, Decimal], tuple[set[str], set[str]]] = {}
    kept: set[int] = set()
    for at in sorted(range(len(metrics)), key=lambda at: -metrics[at].confidence):
        metric = metrics[at]
        exact, loose = seen.setdefault((metric.metric, metric.kind, metric.value), (set(), set()))
        key = scope_key(metric.scope)
        in_text = metric.method in ("prose", "labelled")
        if key in exact or any(_covers(key, other) for other in (exact if in_text else loose)):
            continue
        exact.add(key)
        if in_text:
            loose.add(key)
        kept.add(at)
    once = [metric for at, metric in enumerate(metrics) if at in kept]
    read = [metric for metric in once if metric.method != "prose" and metric.kind is Kind.MEASURED]
    return [metric for metric in once if metric.method != "prose" or not any(_rounds(metric, other) for other in read)]


ROUNDING = Decimal("0.025")
"""A sentence that says 550 of 547.8 repeats it; one that says 300 of 340 contradicts it."""


def _rounds(said: Metric, exact: Metric) -> bool:
    """Whether a sentence only gives a value of a table again, in fewer digits."""
    if said.metric.removesuffix("_max") != exact.metric.removesuffix("_max") or said.value == exact.value:
        return False
    if not _covers(scope_key(said.scope), scope_key(exact.scope)) or exact.value == 0:
        return False
    step = Decimal(1).scaleb(_last_digit(said.value))
    return _last_digit(said.value) > _last_digit(exact.value) and abs(said.value - exact.value) <= min(
        step, abs(exact.value) * ROUNDING
    )


def _last_digit(value: Decimal) -> int:
    """The power of ten of the last digit that is not zero: 2 for 500, -1 for 547.8."""
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _covers(key: str, other: str) -> bool:
    """Whether one of two scopes is the other with less said: text often leaves out what its table names."""
    return not key or not other or key in other or other in key


def _same(first: Metric, second: Metric) -> bool:
    """Whether two values agree within the digits that the shorter one shows."""
    if first.value == second.value:
        return True
    digits = min(_decimals(first), _decimals(second))
    step = Decimal(1).scaleb(-digits)
    return abs(first.value - second.value) <= step / 2 + abs(first.value) * Decimal("0.001")


def _decimals(metric: Metric) -> int:
    # A value in ms that was written in s ("1.66s") has fewer digits than its integer form shows.
    exponent = metric.value.as_tuple().exponent
    shown = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    if metric.unit == "ms" and re.search(r"\d\s*(?:s|秒|sec)", metric.raw) and "ms" not in metric.raw:
        fraction = re.search(r"\.(\d+)", metric.raw)
        return (len(fraction.group(1)) if fraction else 0) - 3
    if "万" in metric.raw:
        return -2
    return shown


def find_conflicts(metrics: Sequence[Metric]) -> list[Conflict]:
    """All contradictions among the measured values."""
    measured = [metric for metric in metrics if metric.kind is Kind.MEASURED]
    found = list(_different(measured))
    groups: dict[str, dict[str, Metric]] = {}
    for metric in measured:
        groups.setdefault(scope_key(metric.scope), {}).setdefault(metric.metric, metric)
    for group in groups.values():
        found += _group_conflicts(group)
    return found


def _different(measured: Sequence[Metric]) -> Iterable[Conflict]:
    by_metric: dict[str, list[Metric]] = {}
    for metric in measured:
        if metric.metric not in ("error_count", "concurrency"):
            by_metric.setdefault(metric.metric, []).append(metric)
    for name, values in by_metric.items():
        keys = {scope_key(metric.scope) for metric in values if scope_key(metric.scope)}
        only = next(iter(keys)) if len(keys) == 1 else None
        by_scope: dict[str, list[Metric]] = {}
        for metric in values:
            key = scope_key(metric.scope)
            if not metric.scope.strip() and only is not None and metric.method in _LOOSE:
                key = only
            by_scope.setdefault(key, []).append(metric)
        for group in by_scope.values():
            first = group[0]
            others = [metric for metric in group[1:] if not _same(first, metric)]
            if others and not _compares(group):
                shown = ", ".join(f"{metric.value} {metric.unit}" for metric in (first, *others[:4]))
                yield Conflict(
                    "different_values",
                    f"{name} of {first.scope or 'the whole'} is given as {shown}.",
                    (first, *others[:4]),
                )


def _compares(group: Sequence[Metric]) -> bool:
    """Whether a text only sets several things side by side: one sentence, or three values and more without a name."""
    if any(metric.method != "prose" for metric in group):
        return False
    return (
        len({(metric.where, metric.snippet) for metric in group}) == 1 or len({metric.value for metric in group}) >= 3
    )


def _group_conflicts(group: dict[str, Metric]) -> list[Conflict]:
    return [*_order(group), *_sums(group), *_shares(group), *_rates(group)]


def _order(group: dict[str, Metric]) -> Iterable[Conflict]:
    chain = [group[f"latency_{name}"] for name in _ORDER if f"latency_{name}" in group]
    for lower, upper in pairwise(chain):
        if lower.value > upper.value * (1 + ORDER_TOLERANCE) and lower.value - upper.value > Decimal("0.6"):
            yield Conflict(
                "percentiles_out_of_order",
                f"{lower.metric} ({lower.value} ms) is above {upper.metric} ({upper.value} ms).",
                (lower, upper),
            )
    average = group.get("latency_avg")
    for name, below in (("latency_min", True), ("latency_max", False)):
        bound = group.get(name)
        if average is None or bound is None:
            continue
        excess = bound.value - average.value if below else average.value - bound.value
        if excess > max(average.value, bound.value) * ORDER_TOLERANCE and excess > Decimal("0.6"):
            yield Conflict(
                "average_outside_range",
                f"The average ({average.value} ms) lies outside {name} ({bound.value} ms).",
                (average, bound),
            )


def _sums(group: dict[str, Metric]) -> Iterable[Conflict]:
    for total_name, part_names in (
        (
            "test_cases_total",
            ("test_cases_passed", "test_cases_failed", "test_cases_errors", "test_cases_skipped", "test_cases_blocked"),
        ),
        ("requests_total", ("requests_ok", "requests_failed")),
        ("checks_total", ("checks_passed", "checks_failed")),
    ):
        total = (
            group.get("test_cases_executed", group.get(total_name))
            if total_name == "test_cases_total"
            else group.get(total_name)
        )
        parts = [group[name] for name in part_names if name in group]
        if total is not None and total.metric == "test_cases_executed":
            # What was skipped was not executed.
            parts = [part for part in parts if part.metric != "test_cases_skipped"]
        needed = {part_names[0], part_names[1]}
        if total is None or not needed <= {part.metric for part in parts} or total.method == "autocannon":
            continue  # autocannon counts what was still under way at the end
        summed = sum((part.value for part in parts), Decimal(0))
        if (
            len(parts) == 2
            and total_name == "test_cases_total"
            and summed < total.value
            and needed == {part.metric for part in parts}
        ):
            # Blocked and skipped cases are often left unsaid.
            continue
        if abs(summed - total.value) > max(Decimal(1), total.value * Decimal("0.001")):
            yield Conflict(
                "parts_do_not_add_up", f"{total_name} is {total.value}, its parts add up to {summed}.", (total, *parts)
            )


def _shares(group: dict[str, Metric]) -> Iterable[Conflict]:
    for share_name, part_name, total_name in (
        ("error_rate", "requests_failed", "requests_total"),
        ("success_rate", "requests_ok", "requests_total"),
        ("pass_rate", "test_cases_passed", "test_cases_total"),
    ):
        share, part, total = group.get(share_name), group.get(part_name), group.get(total_name)
        if total_name == "test_cases_total" and "test_cases_executed" in group:
            total = group["test_cases_executed"]
        if share is None or part is None or total is None or total.value == 0:
            continue
        worked_out = 100 * part.value / total.value
        step = Decimal(1).scaleb(-_decimals(share))
        if abs(worked_out - share.value) > step + worked_out * Decimal("0.02"):
            yield Conflict(
                "share_does_not_fit",
                f"{share_name} is {share.value} %, {part.value} of {total.value} is {worked_out:.3f} %.",
                (share, part, total),
            )
    error, success = group.get("error_rate"), group.get("success_rate")
    if error is not None and success is not None and abs(error.value + success.value - 100) > Decimal("0.15"):
        yield Conflict(
            "share_does_not_fit",
            f"error_rate {error.value} % and success_rate {success.value} % do not make 100 %.",
            (error, success),
        )


def _rates(group: dict[str, Metric]) -> Iterable[Conflict]:
    rate, seconds, total = group.get("throughput"), group.get("duration"), group.get("requests_total")
    # vegeta's throughput counts successes only, autocannon's requests also those still under way: neither rate is of
    # all requests.
    if rate is None or seconds is None or total is None or rate.method in ("vegeta", "autocannon") or total.value < 100:
        return
    expected = rate.value * seconds.value
    if expected > 0 and abs(expected - total.value) > THROUGHPUT_TOLERANCE * max(expected, total.value):
        yield Conflict(
            "throughput_does_not_fit",
            f"{rate.value} req/s over {seconds.value} s make {expected:.0f} requests; {total.value} are given.",
            (rate, seconds, total),
        )
