"""Values in set phrases: "17 of 2,400 requests failed", "one request in a hundred took longer than 410 ms"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ml.metrics.blocks import Line
from ml.metrics.contract import Metric
from ml.metrics.marks import Mark, kind_at
from ml.metrics.numbers import Quantity, quantities, to_decimal
from ml.metrics.spelled import spelled_number
from ml.metrics.units import COUNT, Unit, plain
from ml.metrics.values import Context, Settled, build, settle
from ml.metrics.vocabulary import DURATION, LATENCY

OUT_OF = re.compile(
    r"\b(?P<part>\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s*(?:of|out of"
    r"|/)\s*(?:the |all )?"
    r"(?P<whole>\d[\d,.]*(?:\s*(?:million|thousand|[kKM])\b)?)\s*(?:https? )?(?:requests?"
    r"|calls|transactions|samples)\s*(?:\w+\s){0,2}(?P<verb>failed|errored|timed out|(?:hit|met|ran into|saw|got"
    r"|returned) (?:an? )?(?:[\w-]+ )?(?:timeouts?|errors?|exceptions?|failures?)"
    r"|succeeded|passed)",
    re.IGNORECASE,
)
_HOW_LONG = re.compile(
    r"\bfor (?P<words>[\d.]+|an?|one|two|three|four|five|six|eight|ten|twelve) (?P<unit>hours?|minutes?|mins?)\b"
    r"|^\W*(?P<number>[\d.]+) ?(?P<short>h|min|m|s) @ \d",
    re.IGNORECASE,
)
_NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12
}  # fmt: skip
_SECONDS = {"h": 3600, "m": 60, "s": 1}


def how_long(sentence: str, line: Line, metrics: Sequence[Metric]) -> list[Metric]:
    """How long a load was held, in a sentence that says what came of it: "1,200 req/s for two hours", "15m @ 300"."""
    held = {"throughput", "concurrency"}
    carrier = next((metric for metric in metrics if metric.metric in held), None)
    found = _HOW_LONG.search(sentence)
    if found is None or carrier is None or any(metric.metric == DURATION for metric in metrics):
        return []
    said = (found.group("words") or found.group("number")).casefold()
    number = _NUMBER_WORDS.get(said) or to_decimal(said)
    if number is None:
        return []
    seconds = Decimal(number) * _SECONDS[(found.group("unit") or found.group("short"))[0].casefold()]
    return [
        build(
            Settled(DURATION, plain(seconds), "s", 1.0), scope="", kind=carrier.kind, raw=found.group().strip(),
            where=line.where, method="prose", confidence=0.75 * line.confidence, snippet=sentence.strip(),
        )
    ]  # fmt: skip


_ONE_IN = re.compile(
    r"\b(?:one|1) (?:request|call|response|transaction|query)s? (?:in|out of) (?:an? |every )?(?P<of>ten|10|twenty|20"
    r"|hundred|100|thousand|1,?000)\b[^.;]{0,24}?\b(?:longer|more|slower) than (?P<value>[\d.,]+ ?[a-zµ]+)"
    r"|\bslowest (?P<slow>one|1|five|5|ten|10) ?(?:percent|%)(?: of [\w ]+?)? (?:took|needed|waited) (?:longer"
    r"|more) than (?P<than>[\d.,]+ ?[a-zµ]+)"
    r"|(?P<share>百分之一|百分之五|百分之十|千分之一)的?(?:请求|调用|交易|查询)[^。;；,，]{0,8}?"
    r"(?:超过|大于|高于)(?:了)?\s*(?P<zh>[\d.,]+\s*(?:ms|s|毫秒|秒))",
    re.IGNORECASE,
)
_TAILS = {
    "ten": "p90", "10": "p90", "twenty": "p95", "20": "p95", "hundred": "p99", "100": "p99", "thousand": "p99.9",
    "1000": "p99.9", "slowest one": "p99", "slowest 1": "p99", "slowest five": "p95", "slowest 5": "p95",
    "slowest ten": "p90", "slowest 10": "p90",
    "百分之十": "p90", "百分之五": "p95", "百分之一": "p99", "千分之一": "p99.9",
}  # fmt: skip


def one_in(sentence: str, line: Line, context: Context, marks: list[Mark]) -> list[Metric]:
    """A percentile in words: "one request in a hundred took longer than 410 ms"."""
    found = []
    for match in _ONE_IN.finditer(sentence):
        group = next(name for name in ("value", "than", "zh") if match.group(name))
        at = match.start(group)
        value = quantities(match.group(group))
        settled = (
            settle(
                LATENCY,
                _TAILS[
                    (match.group("of") or match.group("share") or f"slowest {match.group('slow')}")
                    .casefold()
                    .replace(",", "")
                ],
                value[0],
                None,
            )
            if value
            else None
        )
        if settled is not None:
            told = replace(value[0], start=at, end=match.end(), comparison="")
            kind = kind_at(sentence, marks, told, following=len(sentence), context=context)
            found.append(
                build(
                    settled, scope="", kind=kind, raw=match.group(), where=line.where, method="prose",
                    confidence=0.8 * line.confidence, snippet=sentence.strip(),
                )
            )  # fmt: skip
    return found


OF_CASES = re.compile(
    r"(?<![\d./\w-])(?P<part>\d[\d,]*)\s*(?:/|(?:out )?of (?:the |all )?)\s*"
    r"(?P<whole>\d[\d,]*)(?![\d./])\s*[个条项例]?\s*"
    r"(?:(?:(?:unit|integration|automated|api|e2e|regression) )?(?:test ?cases?|tests?|cases?|specs?|scenarios?)"
    r"|(?:测试)?用例|测试)?\s*"
    r"(?:(?:were|have|are|all|全部|全都|均|都|已|执行)\s*)*"
    r"(?P<verb>passed|passing|pass|failed|failing|通过(?!率)|失败(?!率))(?![A-Za-z])",
    re.IGNORECASE,
)
"""Of how many test cases how many passed: "52/53 通过", "52 of 53 tests passed"."""


_PLAIN_LEAD = re.compile(
    r"测试|用例|结果|共计?|其中|现在|当前|全部|执行|已|有|\b(?:tests?|cases?|results?|all|total)\b|[\W\d_]",
    re.IGNORECASE,
)


def cases_told(sentence: str) -> list[re.Match[str]]:
    """Where a sentence says of how many test cases how many passed or failed; nothing for a part above its whole."""
    if "/" not in sentence and " of " not in sentence:
        return []
    return [
        match
        for match in OF_CASES.finditer(sentence)
        if int(match.group("part").replace(",", "")) <= int(match.group("whole").replace(",", ""))
    ]


def of_cases(sentence: str, line: Line, context: Context, marks: list[Mark], named: str) -> list[Metric]:
    """Both numbers of "后端 52/53 通过", about `named` or what stands right before them."""
    found: list[Metric] = []
    for match in cases_told(sentence):
        lead = re.split(r"[,，;；。:：(（|]", sentence[: match.start()])[-1].strip(" -*•·=")
        scope = named or (lead if len(lead) <= 20 and _PLAIN_LEAD.sub("", lead) else "")
        outcome = "failed" if match.group("verb")[:1] in "fF失" else "passed"
        for name, group in ((f"test_cases_{outcome}", "part"), ("test_cases_total", "whole")):
            value = Decimal(match.group(group).replace(",", ""))
            quantity = Quantity(value, Unit("event", COUNT), match.start(group), match.end(group), match.group(group))
            settled = settle(name, "", quantity, None)
            if settled is not None:
                kind = kind_at(sentence, marks, quantity, following=len(sentence), context=context)
                found.append(
                    build(
                        settled, scope=scope, kind=kind, raw=match.group(), where=line.where, method="prose",
                        confidence=0.85 * line.confidence, snippet=sentence.strip(),
                    )
                )  # fmt: skip
    return found


def out_of(sentence: str, line: Line, context: Context, marks: list[Mark]) -> list[Metric]:
    """Both numbers of "17 of 2,400 requests failed"."""
    found: list[Metric] = []
    for match in OUT_OF.finditer(sentence):
        failed = match.group("verb").lower() not in ("succeeded", "passed")
        for name, group in (("requests_failed" if failed else "requests_ok", "part"), ("requests_total", "whole")):
            value = spelled_number(match.group(group).casefold())
            if match.group(group)[0].isdigit():
                value = quantities(match.group(group))[0].value
            if value is None:
                continue
            quantity = Quantity(value, Unit("event", COUNT), match.start(group), match.end(group), match.group(group))
            settled = settle(name, "", quantity, None)
            if settled is not None:
                kind = kind_at(sentence, marks, quantity, following=len(sentence), context=context)
                found.append(
                    build(
                        settled, scope="", kind=kind, raw=match.group(), where=line.where, method="prose",
                        confidence=0.85 * line.confidence, snippet=sentence.strip(),
                    )
                )  # fmt: skip
    return found
