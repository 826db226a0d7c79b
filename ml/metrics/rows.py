"""Tables with metrics as rows: columns are values, targets, load steps, builds."""

from __future__ import annotations

import re
from dataclasses import replace

from ml.metrics import kinds, vocabulary
from ml.metrics.blocks import Line
from ml.metrics.cells import INDEX_HEADER, cell_metric
from ml.metrics.contract import Kind, Metric
from ml.metrics.grid import AS_REQUESTS, Column, Grid, column_of, in_unit, is_bare_time, resolve
from ml.metrics.numbers import quantities
from ml.metrics.phrases import pairs
from ml.metrics.sentences import read_sentence
from ml.metrics.units import COUNT, SHARE, TIME, whole_unit, without_unit
from ml.metrics.values import ASSUMED_MILLISECOND, Context, rescoped
from ml.metrics.vocabulary import Label

_UNIT_HEADER = re.compile(r"^(?:单位|计量单位|units?)$", re.IGNORECASE)
_AGGREGATE_HEADER = {
    "最大": "max", "最大值": "max", "max": "max", "maximum": "max", "峰值": "peak", "peak": "peak",
    "平均": "avg", "平均值": "avg", "avg": "avg", "average": "avg", "mean": "avg",
    "最小": "min", "最小值": "min", "min": "min", "minimum": "min",
}  # fmt: skip
_OF_USE = re.compile(r"\s*(?:使用|利用|占用)(?:率|量)?$|\s+(?:usage|use|utili[sz]ation)$", re.IGNORECASE)


def _aggregate_of(head: str) -> str:
    """The aggregate that a column of values is: "峰值", "Average usage"; empty for any other head."""
    return _AGGREGATE_HEADER.get(_OF_USE.sub("", head).casefold(), "")


_PLAIN_VALUE = re.compile(r"values?|数值|值|内容|amount", re.IGNORECASE)
_DEMAND = re.compile(r"(?:技术|性能|指标|业务|系统)?(?:要求|需求)(?:项|内容|描述)?|requirements?", re.IGNORECASE)
_GENERIC_VALUE_HEADER = re.compile(
    r"^(?:值|数值|结果|实测|实测值|实际|实际值|实际结果|测试结果|测试值|数据|数量|当前值?|指标值|统计值?|values?|results?|actual|measured|observed|details?|__details__|data|count|number|amount|total|achieved|current|stats?|figure|)$",
    re.IGNORECASE,
)


def read_rows(grid: Grid, label_column: int, context: Context) -> list[Metric]:
    """All values to the right of the labels in `label_column`."""
    heads, first = _value_heads(grid, label_column, context)
    if _in_pairs(grid, label_column, first, context):
        heads = [""] * grid.width
    unit_column = next((at for at, head in enumerate(heads) if _UNIT_HEADER.match(head)), None)
    titled = {
        label.base
        for head in heads[label_column + 1 :]
        if (label := vocabulary.classify(head)) is not None and vocabulary.dimension(label.base or "") != COUNT
    }
    if len(titled) == 1 and not context.base:
        context = replace(context, base=titled.pop())
    labels = resolve(
        [column_of("", grid.texts[row][label_column], context.definitions) for row in range(first, grid.height)],
        context,
        cases=context.cases,
    )
    values = range(label_column + 1, grid.width)
    if any(
        is_bare_time(column)
        and any(
            (quantity := grid.numbers[row][at]) is not None and quantity.unit is None and quantity.value >= 60
            for at in values
        )
        for row, column in zip(range(first, grid.height), labels, strict=True)
    ):
        labels = in_unit(ASSUMED_MILLISECOND, labels)
    bare = [
        (own := vocabulary.classify(grid.texts[row][label_column])) is not None and not own.base
        for row in range(first, grid.height)
    ]
    several = sum(_names_values(head) for head in heads[label_column + 1 :]) > 0
    # "Light | Normal | Peak": one aggregate among names is a name, too.
    lone = several and sum(_aggregate_of(head) != "" for head in heads[label_column + 1 :]) == 1
    # "Requirement | Value", or any "Value" among what is wanted: the value is the demand.
    demanded = context.kind is Kind.TARGET or _DEMAND.fullmatch(heads[label_column]) is not None
    found: list[Metric] = []
    group = ""
    over = [""] * label_column
    for row, column in zip(range(first, grid.height), labels, strict=True):
        texts = grid.texts[row]
        for at in range(label_column):
            over[at] = texts[at] or over[at]  # written once, a name holds for the rows below it
        before = [text for text in over if text and not re.fullmatch(r"\d{1,3}\.?", text)]
        if re.fullmatch(r"(?i)name|名称|step", texts[label_column]) and label_column + 1 < grid.width:
            group = texts[label_column + 1]
            continue
        if column.label is None and column.definition is None:
            alone = [text for text in texts if text]
            if len(set(alone)) == 1 and not any(number for number in grid.numbers[row]):
                group = alone[0]
            found += _told_in_cells(grid, row, heads, label_column, context)
            continue
        unit = whole_unit(texts[unit_column]) if unit_column is not None else None
        current = column
        for at in range(label_column + 1, grid.width):
            head = heads[at]
            text = texts[at]
            quantity = grid.numbers[row][at]
            if quantity is None and grid.labelled(row, at, context):
                # A second label in the same row: "并发数 | 100 | TPS | 412".
                current = resolve([column, column_of("", text, context.definitions)], context)[1]
                continue
            if at == unit_column or kinds.is_ignored_header(head) or (INDEX_HEADER.match(head) and head):
                continue
            kind = kinds.header_kind(head) or current.kind
            if kind is Kind.MEASURED and demanded and _PLAIN_VALUE.fullmatch(head):
                kind = Kind.TARGET
            if not lone and (named := _aggregate_of(head)) and current.label and not current.label.aggregate:
                shown = replace(current, label=replace(current.label, aggregate=named))
                scope_head = ""
            else:
                shown = current
                known = _GENERIC_VALUE_HEADER.match(head) or kinds.header_kind(head)
                if several and _OTHER_RUN.fullmatch(head):
                    known = None
                above = vocabulary.classify(head)
                scope_head = "" if known or (above is not None and above.base and not above.scope) else head
                plain = above is not None and above.base and not above.scope and not any(ch.isdigit() for ch in head)
                if plain and above and current.label and above.base != current.label.base and not known:
                    # A column of another metric ("并发数") beside the one that the row names; in a row "P95", its p95.
                    ranked = current.label.aggregate if bare[row - first] else ""
                    shown = replace(
                        current, label=replace(above, aggregate=above.aggregate or ranked), unit=above.unit, kind=None
                    )
                elif above is not None and above.unit is not None and unit is None:
                    shown = replace(current, unit=above.unit)  # "P95" under "Latency (seconds)"
            scope = " ".join(dict.fromkeys(part for part in (group, *before, current.scope, scope_head) if part))
            if quantity is not None:
                found += cell_metric(grid, row, at, shown, quantity, scope=scope, kind=kind, context=context, unit=unit)
            elif current.label is not None and any(ch.isdigit() for ch in text):
                told = _phrase_metrics(grid, row, at, shown, text, scope=scope, kind=kind, context=context)
                said = _cell_sentence(grid, row, at, kind, context) if len(told) < len(quantities(text)) else []
                found += said if len(said) > len(told) else told
    return found


def _value_heads(grid: Grid, label_column: int, context: Context) -> tuple[list[str], int]:
    """The header over metrics as rows, and the first row below it: the last row of words above the first metric,
    since names of the project and the tester may stand over it."""
    first = 0
    while first < grid.height - 1 and not grid.labelled(first, label_column, context):
        first += 1
    if first == 0 and all(number is None for number in grid.numbers[0][label_column + 1 :]):
        return list(grid.texts[0]), 1
    for above in range(first - 1, -1, -1):
        texts = grid.texts[above]
        names = not any(quantities(text) for text in texts[label_column + 1 :])
        if len({text for text in texts if text}) > 1 and names and not any(grid.numbers[above]):
            return list(texts), above + 1
    return ([""] * grid.width, 0) if first == 0 else (list(grid.texts[0]), 1)


def _in_pairs(grid: Grid, label_column: int, first: int, context: Context) -> bool:
    """Whether labels and values take turns in the rows ("并发数 | 100 | TPS | 412"): nothing stands over them."""
    second = range(label_column + 2, grid.width - 1)
    return any(
        sum(
            grid.numbers[row][at] is None and grid.numbers[row][at + 1] is not None and grid.labelled(row, at, context)
            for row in range(first, grid.height)
        )
        > 1
        for at in second
    )


_OTHER_RUN = re.compile(r"current|now|present|当前|本次|本轮|现在", re.IGNORECASE)
"""A value column of no special name, unless one of another run stands beside it."""


def _names_values(head: str) -> bool:
    """Whether a header names whose values stand below it: a build, a run, a thing."""
    return bool(
        head
        and not _GENERIC_VALUE_HEADER.match(head)
        and not kinds.is_ignored_header(head)
        and kinds.header_kind(head) is None
        and not _UNIT_HEADER.match(head)
        and vocabulary.classify(without_unit(head)) in (None, vocabulary.classify("baseline"))
    )


def read_told(grid: Grid, context: Context) -> list[Metric]:
    """Values in the sentences of a table none of whose labels is a metric: criteria in words beside what was found."""
    heads = grid.texts[0]
    if Kind.MEASURED not in {kinds.header_kind(head) for head in heads}:
        return []
    return [metric for row in range(1, grid.height) for metric in _told_in_cells(grid, row, heads, 0, context)]


def _told_in_cells(grid: Grid, row: int, heads: list[str], label_column: int, context: Context) -> list[Metric]:
    """Values of a row whose label names no metric, in cells that do: "p95 = 1.64 s" beside a criterion in words."""
    found: list[Metric] = []
    for at in range(label_column + 1, grid.width):
        text = grid.texts[row][at]
        if kinds.is_ignored_header(heads[at]) or grid.numbers[row][at] is not None:
            continue
        if "=" not in text:
            told = _cell_sentence(grid, row, at, kinds.header_kind(heads[at]), context)
            name = _name_of_row(grid.texts[row][label_column])
            found += [metric if metric.scope or not name else rescoped(metric, name) for metric in told]
            continue
        for label, quantity in pairs(grid.texts[row][at]):
            base = label.base if label else ""
            if label and not base and label.aggregate and quantity.unit and quantity.unit.dimension == TIME:
                base = vocabulary.LATENCY
            if label and base:
                kind = kinds.header_kind(heads[at])
                column = Column(replace(label, base=base), None, kind, "", label.unit)
                found += cell_metric(grid, row, at, column, quantity, scope=label.scope, kind=kind, context=context)
    return found


def _name_of_row(text: str) -> str:
    """What a row is about, when its first cell is a name and no criterion, and no metric."""
    named = 0 < len(text) <= 40 and not vocabulary.cues(text) and not quantities(text)
    return text if named and not kinds.asks(text) else ""


def _cell_sentence(grid: Grid, row: int, at: int, kind: Kind | None, context: Context) -> list[Metric]:
    """Values of a cell that is a sentence, below a header that says of which kind: "实测平均响应时间 0.86 秒" below
    "测试情况"."""
    text, cell = grid.texts[row][at], grid.cells[row][at]
    if kind is None or not any(ch.isdigit() for ch in text):
        return []
    line = Line(text, cell.where, confidence=cell.confidence)
    return read_sentence(text, line, replace(context, kind=context.kind or kind, load=True))


def _phrase_metrics(
    grid: Grid, row: int, at: int, column: Column, text: str, *, scope: str, kind: Kind | None, context: Context
) -> list[Metric]:
    """Values of a cell that names them itself: "min = 2, mean = 8", "平均响应时间为200ms"."""
    assert column.label is not None
    found: list[Metric] = []
    told = list(pairs(text))
    whole = column.label.base
    if is_bare_time(column) and any(quantity.unit is None and quantity.value >= 60 for _, quantity in told):
        column = replace(column, unit=ASSUMED_MILLISECOND)
    for label, quantity in told:
        if label is None:
            continue
        timed = label.aggregate and quantity.unit is not None and quantity.unit.dimension == TIME
        base = label.base or (vocabulary.LATENCY if timed else whole)
        if whole == "requests_total" and label.base in ("test_cases_passed", "test_cases_failed"):
            base = AS_REQUESTS[label.base]
        over = None if base != vocabulary.LATENCY and column.unit == ASSUMED_MILLISECOND else column.unit
        named = replace(column, label=Label(base, label.aggregate, label.unit, ""), unit=label.unit or over)
        found += cell_metric(grid, row, at, named, quantity, scope=scope, kind=kind, context=context)
    if not found and len(quantities(text)) == 1 and not re.search(r"[A-Za-z\u4e00-\u9fff]{12,}", text):
        quantity = quantities(text)[0]
        if quantity.unit is not None and quantity.unit.dimension in (TIME, SHARE, "rate"):
            found += cell_metric(grid, row, at, column, quantity, scope=scope, kind=kind, context=context)
    return found
