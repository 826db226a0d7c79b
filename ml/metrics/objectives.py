"""Tables of objectives (SLO, SLA): what is wanted names the metric, and the result beside it is a bare value."""

from __future__ import annotations

import re
from dataclasses import replace

from ml.metrics import kinds, vocabulary
from ml.metrics.cells import INDEX_HEADER, cell_metric
from ml.metrics.contract import Kind, Metric
from ml.metrics.grid import Column, Grid, column_of
from ml.metrics.numbers import Quantity, quantities
from ml.metrics.units import SHARE, TIME, unit_in_label
from ml.metrics.values import Context
from ml.metrics.vocabulary import Label

_COMPARED = re.compile(
    r"[<>=≤≥~]+|不(?:得|能|应)?(?:低于|高于|超过|少于|大于|小于)|(?:大于|小于|高于|低于)(?:等于)?|至少|达到|以[上下内]|及以上"
    r"|\b(?:at (?:least|most)|below|under|above|within|up to|(?:no|not) (?:more|less) than|or (?:more|less|better))\b",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"(?:\d{4}[-/年.]?\s?)?(?:\d{1,2}\s?月|Q[1-4]|第[一二三四1-4]季度|W\d{1,2}|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?"
    r"|oct|nov|dec)[a-z]{0,6})(?:\s?\d{4})?|本(?:月|季度|周|期)|\d{4}-\d\d",
    re.IGNORECASE,
)

_REACHED = re.compile(r"达成(?:值|情况|结果)?")


def read_objectives(grid: Grid, context: Context) -> list[Metric]:
    """The results and objectives of a table whose objective's cell, or the head over it, or the heading over the table
    names the metric; nothing of a table whose rows name their metrics themselves, or whose results are told in words.
    """
    heads = grid.texts[0]
    goals = [at for at, head in enumerate(heads) if _is_goal(head)]
    results = _result_columns(grid, heads, context)
    if len(goals) != 1 or not results or grid.height < 2:
        return []
    goal, rows = goals[0], range(1, grid.height)
    others = [at for at in range(grid.width) if at != goal and at not in results]
    if any(grid.labelled(row, at, context) for row in rows for at in others):
        return []
    if any(_in_words(grid, row, at) for row in rows for at in results):
        return []
    names = [at for at in others if not kinds.is_ignored_header(heads[at]) and not INDEX_HEADER.match(heads[at])]
    found: list[Metric] = []
    for row in rows:
        wanted = _objective(grid.texts[row][goal], heads[goal], context)
        if wanted is None:
            continue
        column, quantity = wanted
        parts = [grid.texts[row][at] for at in names if grid.numbers[row][at] is None] + [column.scope]
        scope = " ".join(dict.fromkeys(part for part in parts if part))
        found += cell_metric(grid, row, goal, column, quantity, scope=scope, kind=Kind.TARGET, context=context)
        for at in results:
            told = grid.numbers[row][at]
            if told is None or _may_be_fulfilment(heads[at], told):
                continue
            period = heads[at] if len(results) > 1 or _PERIOD.fullmatch(heads[at]) else ""
            found += cell_metric(
                grid, row, at, column, told, scope=" ".join(filter(None, (scope, period))), kind=Kind.MEASURED,
                context=context, unit=unit_in_label(heads[at])[0] or quantity.unit,
            )  # fmt: skip
    return found


def _is_goal(head: str) -> bool:
    return kinds.header_kind(head) is Kind.TARGET and not kinds.is_ignored_header(head)


def _result_columns(grid: Grid, heads: list[str], context: Context) -> list[int]:
    """The columns headed as results and, where there is none, what was reached, or months and quarters."""
    open_heads = [at for at in range(grid.width) if not grid.labelled(0, at, context)]
    said = [at for at in open_heads if kinds.header_kind(heads[at]) is Kind.MEASURED]
    reached = [at for at in open_heads if _REACHED.fullmatch(heads[at])]
    return said or reached or [at for at in open_heads if _PERIOD.fullmatch(heads[at])]


def _may_be_fulfilment(head: str, told: Quantity) -> bool:
    """Whether a share below "达成" may say how far the objective was met: 100 %, 80 %, not 99.97 %."""
    shared = told.unit is not None and told.unit.dimension == SHARE
    return shared and _REACHED.fullmatch(head) is not None and told.value == told.value.to_integral_value()


def _in_words(grid: Grid, row: int, at: int) -> bool:
    """Whether a cell tells a figure among words: "p95 = 1.64 s", "平均 1.2 秒, 最大 2.1 秒"."""
    text, number = grid.texts[row][at], grid.numbers[row][at]
    return any(ch.isdigit() for ch in text) and (number is None or len(text) > len(number.raw) + 4)


def _objective(text: str, head: str, context: Context) -> tuple[Column, Quantity] | None:
    """What a cell wants of which metric; None when it names none, or wants several things."""
    spans = tuple((cue.start, cue.end) for cue in vocabulary.cues(text))
    told = [quantity for quantity in quantities(text, spans) if quantity.unit is not None]
    if len(told) != 1 or told[0].unit is None:
        return None
    quantity = told[0]
    bare = _COMPARED.sub(" ", f"{text[: quantity.start]} {text[quantity.end :]}").strip(" ,，。.()（）")
    column = column_of("", bare or head, context.definitions)
    label = column.label or (None if bare else _only_metric(context.about))
    if label is not None and not label.base and told[0].unit.dimension == TIME:
        label = replace(label, base=vocabulary.LATENCY)
    fits = label is not None and label.base and vocabulary.dimension(label.base) == told[0].unit.dimension
    if column.definition is None and not fits:
        return None
    return replace(column, label=label, kind=None, scope=label.scope if label else ""), quantity


def _only_metric(heading: str) -> Label | None:
    """The share that a heading names, when it names no other metric: "各服务可用性"."""
    named = {(cue.base, cue.aggregate) for cue in vocabulary.cues(heading) if cue.base}
    base, aggregate = named.pop() if len(named) == 1 else ("", "")
    return Label(base, aggregate, None, "") if base and vocabulary.dimension(base) == SHARE else None
