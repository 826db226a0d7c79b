"""Lines of logs that name several values: "total=120000 failed=120 avg=35ms p95=88ms"."""

from __future__ import annotations

import re

from ml.metrics import kinds, vocabulary
from ml.metrics.blocks import Line
from ml.metrics.contract import Metric
from ml.metrics.numbers import cell_quantity, quantities
from ml.metrics.units import TIME
from ml.metrics.values import Context, build, settle
from ml.metrics.vocabulary import LATENCY

_KEY_VALUE = re.compile(r"(?<![\w.=-])(?P<key>[A-Za-z][\w./%-]{0,30})=(?P<value>[^\s,;=]+)")
_OUTCOMES = {
    "total": "requests_total", "requests": "requests_total", "count": "requests_total", "ok": "requests_ok",
    "success": "requests_ok", "succeeded": "requests_ok", "failed": "requests_failed", "fail": "requests_failed",
    "failures": "requests_failed", "errors": "requests_failed",
}  # fmt: skip


def key_values(text: str, line: Line, context: Context) -> list[Metric]:
    """The values of a log line that names several: "total=120000 failed=120 avg=35ms p95=88ms"; none for other lines.

    Bare counts are requests where at least two of them stand together and times beside them.
    """
    pairs = [(match.group("key"), match.group()) for match in _KEY_VALUE.finditer(text)]
    read = [(key, raw, cell_quantity(raw.split("=", 1)[1])) for key, raw in pairs]
    named = [
        (_OUTCOMES.get(key.casefold(), ""), vocabulary.classify(key.replace("_", " ")), key, raw, quantity)
        for key, raw, quantity in read
        if quantity is not None
    ]
    timed = [
        (label, quantity)
        for _, label, _, _, quantity in named
        if label is not None and re.match(r"p\d|avg|min|max", label.aggregate)
    ]
    # A line that says more in words, or of what else the average is, is for those who read words.
    strange = any(
        not label.base and (quantity.unit is None or quantity.unit.dimension != TIME) for label, quantity in timed
    )
    more = any(quantity.unit is not None for quantity in quantities(_KEY_VALUE.sub(" ", text)))
    if len(timed) < 2 or strange or more or context.configuration:
        return []
    counted = sum(bool(outcome) for outcome, *_ in named) >= 2
    found = []
    for outcome, label, key, raw, quantity in named:
        base = outcome if counted and outcome and quantity.unit is None else ""
        aggregate = ""
        if not base and label is not None:
            base, aggregate = label.base or context.base or LATENCY, label.aggregate
            if not label.base and not aggregate:
                continue
        settled = settle(base, aggregate, quantity, label.unit if label else None) if base else None
        if settled is not None:
            found.append(
                build(
                    settled, scope="", kind=context.merge_kind(kinds.header_kind(key.replace("_", " "))), raw=raw,
                    where=line.where, method="labelled", confidence=0.88 * line.confidence, snippet=text,
                )
            )  # fmt: skip
    return found
