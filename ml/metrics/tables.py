"""Tables anywhere: which cells are labels, which are values, and what each value is about.

Two layouts: metrics as columns (a row is a scenario, an endpoint, a load step) and metrics as rows (columns are values,
targets, load steps, builds). Labels decide the layout; nothing is read where no label is known.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal

from ml.metrics import kinds, vocabulary
from ml.metrics.blocks import Table
from ml.metrics.contract import Kind, Metric
from ml.metrics.counted import read_counts
from ml.metrics.grid import AS_REQUESTS, Column, Grid, column_of, resolve
from ml.metrics.numbers import Quantity, is_empty, quantities
from ml.metrics.phrases import pairs
from ml.metrics.units import COUNT, SHARE, TIME, Unit, plain, stated_unit, whole_unit, without_unit
from ml.metrics.values import SHARES, Context, Settled, build, settle, settle_definition
from ml.metrics.vocabulary import Label

_INDEX_HEADER = re.compile(r"^(?:序号|编号|no\.?|#|id|index|行号|)$", re.IGNORECASE)
_UNIT_HEADER = re.compile(r"^(?:单位|计量单位|units?)$", re.IGNORECASE)
_ROW_KIND = re.compile(
    r"^(?:性能|业务|设计|预期|系统)?(?:目标|期望|预期|要求|标准|阈值|指标|限值|需求)(?:值"
    r"|指标|结果)?$|^(?:target|goal|sla|slo|threshold|requirement|required|expected"
    r"|limit|objective|budget)s?(?: values?)?$",
    re.IGNORECASE,
)  # fmt: skip
_ROW_IGNORED = re.compile(
    r"^(?:提升|增幅|降幅|变化|变化率|提升率|改善|差异|结论|是否(?:通过|达标)|change"
    r"|improvement|delta|diff(?:erence)?|Δ|%? ?change|status|pass/fail)\s*(?:\(%\)|%"
    r"|幅度|比例)?$",
    re.IGNORECASE,
)
_AGGREGATE_HEADER = {
    "最大": "max", "最大值": "max", "max": "max", "maximum": "max", "峰值": "peak", "peak": "peak",
    "平均": "avg", "平均值": "avg", "avg": "avg", "average": "avg", "mean": "avg",
    "最小": "min", "最小值": "min", "min": "min", "minimum": "min",
}  # fmt: skip
_GENERIC_VALUE_HEADER = re.compile(
    r"^(?:值|数值|结果|实测|实测值|实际|实际值|实际结果|测试结果|测试值|数据|数量|当前值?|指标值|统计值?|values?|results?|actual|measured|observed|details?|__details__|data|count|number|amount|total|achieved|current|stats?|figure|)$",
    re.IGNORECASE,
)


def read_table(table: Table, context: Context) -> list[Metric]:
    """All values of a table that a known label names, targets and bounds among them with their kind."""
    grid = Grid(table)
    if grid.height < 1 or grid.width < 2:
        return []
    if grid.caption:
        caption_kind = kinds.section_kind(grid.caption)
        base = _base_of(grid.caption)
        context = replace(
            context,
            kind=caption_kind or context.kind,
            unit=stated_unit(grid.caption) or context.unit,
            base=base or context.base,
        )
    counted = read_counts(grid, context)
    if counted:
        return counted
    header, metric_columns = _header_row(grid, context)
    label_column, metric_rows = _label_column(grid, context)
    if metric_columns == 0 and metric_rows == 0:
        return []
    if metric_columns >= metric_rows and not (metric_columns == metric_rows == 1 and grid.width == 2):
        return _read_columns(grid, header, context)
    return _read_rows(grid, label_column, context)


def _base_of(text: str) -> str:
    bases = {cue.base for cue in vocabulary.cues(text) if cue.base}
    return bases.pop() if len(bases) == 1 else ""


def _header_row(grid: Grid, context: Context) -> tuple[int, int]:
    """The row that names most metrics with numbers below it, and how many it names."""
    best, best_count = 0, 0
    for at in range(min(5, grid.height - 1)):
        count = 0
        for column in range(grid.width):
            if grid.labelled(at, column, context) and any(
                grid.numbers[row][column] is not None for row in range(at + 1, min(grid.height, at + 12))
            ):
                count += 1
        if count > best_count:
            best, best_count = at, count
    return best, best_count


def _tells(text: str) -> bool:
    """Whether a cell without a bare number still tells one: "min = 2, mean = 8", "平均响应时间为200ms"."""
    return any(ch.isdigit() for ch in text) and len(text) <= 90 and ("=" in text or len(quantities(text)) == 1)


def _label_column(grid: Grid, context: Context) -> tuple[int, int]:
    """The column that names most metrics with a number to the right, and how many it names."""
    best, best_count = 0, 0
    for column in range(min(3, grid.width - 1)):
        count = 0
        for row in range(grid.height):
            right = range(column + 1, grid.width)
            if grid.labelled(row, column, context) and any(
                grid.numbers[row][other] is not None or _tells(grid.texts[row][other]) for other in right
            ):
                count += 1
        if count > best_count:
            best, best_count = column, count
    return best, best_count


# --- metrics as columns ---


def _is_header_continuation(grid: Grid, row: int, context: Context) -> bool:
    known = [grid.labelled(row, at, context) for at in range(grid.width)]
    numeric = sum(number is not None for number, label in zip(grid.numbers[row], known, strict=True) if not label)
    # "Orders | Orders" over "target | actual": the second row says which of both a column is.
    said = sum(bool(kinds.KIND_HEADER.match(text)) for text in grid.texts[row])
    return (any(known) or said >= 2) and numeric == 0


def _header_texts(grid: Grid, header: int, context: Context) -> tuple[list[tuple[str, str]], int]:
    """For each column its (group, own) header text, and the first row of data."""
    top, bottom = header, header
    if header + 1 < grid.height - 1 and _is_header_continuation(grid, header + 1, context):
        bottom = header + 1
    if header > 0 and bottom == header:
        above = grid.texts[header - 1]
        if len({text for text in above if text}) > 1 and all(number is None for number in grid.numbers[header - 1]):
            top = header - 1
    heads = []
    for column in range(grid.width):
        own = grid.texts[bottom][column]
        group = grid.texts[top][column] if top != bottom else ""
        heads.append((group if group != own else "", own))
    return heads, bottom + 1


def _scope_columns(grid: Grid, columns: list[Column], first_row: int) -> list[int]:
    chosen: list[int] = []
    known = [at for at, column in enumerate(columns) if column.label or column.definition]
    stop = known[0] if known else grid.width
    for at, column in enumerate(columns):
        if at in known or kinds.is_ignored_header(column.text) or (column.kind is Kind.TARGET):
            continue
        values = [grid.texts[row][at] for row in range(first_row, grid.height) if grid.texts[row][at]]
        if not values:
            continue
        if _INDEX_HEADER.match(column.text) and all(re.fullmatch(r"\d{1,4}", value) for value in values):
            continue
        numeric = sum(grid.numbers[row][at] is not None for row in range(first_row, grid.height))
        if at > stop and (numeric * 2 > len(values) or len(chosen) >= 1):
            continue
        if numeric * 2 > len(values) and at > 0 and chosen:
            continue
        chosen.append(at)
    return chosen[:3]


def _read_columns(grid: Grid, header: int, context: Context) -> list[Metric]:
    heads, first_row = _header_texts(grid, header, context)
    named = [column_of(group, own, context) for group, own in heads]
    bare = {at for at, column in enumerate(named) if column.label is not None and not column.label.base}
    columns = resolve(named, context)
    columns = _told_apart(_without_guessed_units(grid, columns, first_row))
    scopes = _scope_columns(grid, columns, first_row)
    steps = [at for at, column in enumerate(columns) if column.label and column.label.base == vocabulary.CONCURRENCY]
    many = grid.height - first_row > 1
    # A load that is the same in every row tells no row from another.
    stepped = len(steps) == 1 and (
        not many or len({grid.texts[row][steps[0]] for row in range(first_row, grid.height)}) > 1
    )
    names = Counter(
        " ".join(
            dict.fromkeys(
                grid.texts[row][at] for at in scopes if grid.texts[row][at] and not is_empty(grid.texts[row][at])
            )
        )
        for row in range(first_row, grid.height)
    )
    by_percentile = bool(scopes) and _PERCENTILES.search(columns[scopes[0]].text) is not None
    found: list[Metric] = []
    for row in range(first_row, grid.height):
        texts = grid.texts[row]
        if sum(grid.labelled(row, at, context) for at in range(grid.width)) >= max(
            2, sum(bool(text) for text in texts) - 1
        ):
            return found + _read_columns(_below(grid, row), 0, context)
        again = row > first_row and texts[0] and texts[0] == heads[0][1]
        if again and all(
            number is None or _PERCENT.fullmatch(text) for number, text in zip(grid.numbers[row], texts, strict=True)
        ):
            return found + _read_columns(_below(grid, row), 0, context)
        name = " ".join(dict.fromkeys(texts[at] for at in scopes if texts[at] and not is_empty(texts[at])))
        if not stepped and ((many and not name) or names[name] > 1):
            name = f"{name} #{row - first_row + 1}".strip()
        if _ROW_IGNORED.match(name):
            continue
        own = vocabulary.classify(name) if bare else None
        share = _percentile_row(name) if by_percentile else None
        if share is not None:
            own, name = share, ""
        if bare and own is None and _RATE_ROW.match(name):
            continue
        row_kind = Kind.TARGET if _ROW_KIND.match(name) else None
        step = ""
        if stepped and grid.numbers[row][steps[0]] is not None:
            step = f"{without_unit(columns[steps[0]].text)} {texts[steps[0]]}"
        for at, column in enumerate(columns):
            quantity = grid.numbers[row][at]
            if quantity is None:
                continue
            scope = " ".join(part for part in (column.scope, name) if part)
            if share is not None and column.label is not None and column.label.base == vocabulary.LATENCY:
                if share.aggregate not in vocabulary.KEPT_PERCENTILES:
                    continue
                column = replace(column, label=replace(column.label, aggregate=share.aggregate))  # noqa: PLW2901
            if own is not None and own.base and not own.scope and at in bare:
                # "Req/Sec | avg | max": the row names what the columns are averages of.
                column = _of_row(named[at], own)  # noqa: PLW2901
                scope = " ".join(part for part in (column.scope, own.scope) if part)
            if column.label is None or column.label.base != vocabulary.CONCURRENCY:
                scope = " / ".join(part for part in (scope, step) if part)
            found += _cell_metric(
                grid, row, at, column, quantity, scope=scope, kind=row_kind or column.kind, context=context
            )
    return found


_PERCENT = re.compile(r"[\d.]+\s*%")
_RATE_ROW = re.compile(r"(?:bytes?|data|traffic|流量|带宽)\b", re.IGNORECASE)


def _told_apart(columns: list[Column]) -> list[Column]:
    """Columns of results that are one metric under two names ("TPS", "QPS"), each with its name as scope."""
    same = Counter(
        (column.label.base, column.label.aggregate, column.scope)
        for column in columns
        if column.label is not None and column.kind is not Kind.TARGET
    )
    return [
        replace(column, scope=f"{column.scope} {without_unit(column.text)}".strip())
        if column.label is not None
        and column.label.base == vocabulary.THROUGHPUT
        and column.kind is not Kind.TARGET
        and same[column.label.base, column.label.aggregate, column.scope] > 1
        else column
        for column in columns
    ]


_PERCENTILES = re.compile(r"percentile|分位|百分位", re.IGNORECASE)
_PERCENTILE = re.compile(r"[pP]?(\d{2}(?:\.\d+)?)\s*(?:%|th)?")


def _percentile_row(name: str) -> Label | None:
    """The percentile that a row is, in a table whose first column is headed "Percentile"."""
    found = _PERCENTILE.fullmatch(name)
    return Label("", f"p{found.group(1)}", None, "") if found else None


def _of_row(column: Column, row: Label) -> Column:
    """A column that names an aggregate alone, as a column of what its row names."""
    assert column.label is not None
    aggregate = column.label.aggregate
    if row.base != vocabulary.LATENCY and aggregate not in ("avg", "min", "max", "peak"):
        return replace(column, label=None)
    return replace(column, label=Label(row.base, aggregate, row.unit, row.scope), unit=column.unit or row.unit)


def _below(grid: Grid, row: int) -> Grid:
    return Grid(Table(tuple(grid.cells[row:]), grid.caption))


def _without_guessed_units(grid: Grid, columns: list[Column], first_row: int) -> list[Column]:
    """Seconds for time columns without a unit whose values are all small and written to the millisecond (0.231), and
    for LoadRunner's summary, which is in seconds."""
    plain = [
        quantity
        for at, column in enumerate(columns)
        if column.label and column.label.base == vocabulary.LATENCY and column.unit is None
        for row in range(first_row, grid.height)
        if (quantity := grid.numbers[row][at]) is not None and quantity.unit is None
    ]
    if not plain or any(quantity.value >= 60 for quantity in plain):
        return columns
    heads = {column.text.casefold() for column in columns}
    precise = sum(len(quantity.raw.partition(".")[2]) == 3 for quantity in plain)
    if precise * 2 < len(plain) and not {"90 percent", "std. deviation"} <= heads:
        return columns
    second = Unit("second", TIME)
    return [
        replace(column, unit=second)
        if column.label and column.label.base == vocabulary.LATENCY and column.unit is None
        else column
        for column in columns
    ]


def _cell_metric(
    grid: Grid, row: int, at: int, column: Column, quantity: Quantity, *, scope: str, kind: Kind | None,
    context: Context, unit: Unit | None = None,
) -> list[Metric]:  # fmt: skip
    if column.definition is not None:
        settled = settle_definition(column.definition, quantity, unit or column.unit)
    elif column.label is not None and column.label.base:
        base, aggregate = column.label.base, column.label.aggregate
        if context.configuration and base not in (vocabulary.CONCURRENCY, vocabulary.DURATION):
            return []
        # "Unit: ms" over a table is of its times, not of its counts.
        over = context.unit if context.unit and context.unit.dimension == vocabulary.dimension(base) else None
        settled = settle(base, aggregate, quantity, unit or column.unit or over)
    else:
        return []
    if settled is None:
        return []
    settled_kind = context.merge_kind(kind)
    if kind is None and context.kind is not None:
        settled_kind = context.kind
    if quantity.comparison in ("<", ">", "-") and settled_kind is Kind.MEASURED:
        settled_kind = Kind.BOUND
    cell = grid.cells[row][at]
    told = [settled]
    share = _SHARE_BEHIND.search(grid.texts[row][at]) if settled.metric in SHARES else None
    if share is not None:
        # "385 (91.7%)": the count and its share.
        told.append(Settled(SHARES[settled.metric], plain(Decimal(share.group(1))), "%", 1.0))
    return [
        build(
            one, scope=scope, kind=settled_kind, raw=grid.texts[row][at], where=cell.where, method="table",
            confidence=0.95 * cell.confidence, snippet=grid.snippet(row),
        )
        for one in told
    ]  # fmt: skip


_SHARE_BEHIND = re.compile(r"\d\s*[(（]\s*(\d+(?:\.\d+)?)\s*%\s*[)）]\s*$", re.ASCII)


# --- metrics as rows ---


def _read_rows(grid: Grid, label_column: int, context: Context) -> list[Metric]:
    heads, first = _value_heads(grid, label_column, context)
    unit_column = next((at for at, head in enumerate(heads) if _UNIT_HEADER.match(head)), None)
    titled = {
        label.base
        for head in heads[label_column + 1 :]
        if (label := vocabulary.classify(head)) is not None and vocabulary.dimension(label.base or "") != COUNT
    }
    if len(titled) == 1 and not context.base:
        context = replace(context, base=titled.pop())
    labels = resolve(
        [column_of("", grid.texts[row][label_column], context) for row in range(first, grid.height)],
        context,
        cases=context.cases,
    )
    several = sum(_names_values(head) for head in heads[label_column + 1 :]) > 0
    found: list[Metric] = []
    group = ""
    for row, column in zip(range(first, grid.height), labels, strict=True):
        texts = grid.texts[row]
        before = [texts[at] for at in range(label_column) if texts[at] and not re.fullmatch(r"\d{1,3}\.?", texts[at])]
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
                current = resolve([column, column_of("", text, context)], context)[1]
                continue
            if at == unit_column or kinds.is_ignored_header(head) or (_INDEX_HEADER.match(head) and head):
                continue
            kind = kinds.header_kind(head) or current.kind
            if (named := _AGGREGATE_HEADER.get(head.casefold())) and current.label and not current.label.aggregate:
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
                    # A column of another metric ("并发数") beside the one that the row names.
                    shown = replace(current, label=above, unit=above.unit, kind=None)
            scope = " ".join(dict.fromkeys(part for part in (group, *before, current.scope, scope_head) if part))
            if quantity is not None:
                found += _cell_metric(
                    grid, row, at, shown, quantity, scope=scope, kind=kind, context=context, unit=unit
                )
            elif current.label is not None and any(ch.isdigit() for ch in text):
                found += _phrase_metrics(grid, row, at, shown, text, scope=scope, kind=kind, context=context)
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


def _told_in_cells(grid: Grid, row: int, heads: list[str], label_column: int, context: Context) -> list[Metric]:
    """Values of a row whose label names no metric, in cells that do: "p95 = 1.64 s" beside a criterion in words."""
    found: list[Metric] = []
    for at in range(label_column + 1, grid.width):
        if kinds.is_ignored_header(heads[at]) or "=" not in grid.texts[row][at]:
            continue
        for label, quantity in pairs(grid.texts[row][at]):
            base = label.base if label else ""
            if label and not base and label.aggregate and quantity.unit and quantity.unit.dimension == TIME:
                base = vocabulary.LATENCY
            if label and base:
                kind = kinds.header_kind(heads[at])
                column = Column(replace(label, base=base), None, kind, "", label.unit)
                found += _cell_metric(grid, row, at, column, quantity, scope=label.scope, kind=kind, context=context)
    return found


def _phrase_metrics(
    grid: Grid, row: int, at: int, column: Column, text: str, *, scope: str, kind: Kind | None, context: Context
) -> list[Metric]:
    """Values of a cell that names them itself: "min = 2, mean = 8", "平均响应时间为200ms"."""
    assert column.label is not None
    found: list[Metric] = []
    for label, quantity in pairs(text):
        if label is None:
            continue
        timed = label.aggregate and quantity.unit is not None and quantity.unit.dimension == TIME
        base = label.base or (vocabulary.LATENCY if timed else column.label.base)
        if column.label.base == "requests_total" and label.base in ("test_cases_passed", "test_cases_failed"):
            base = AS_REQUESTS[label.base]
        named = replace(column, label=Label(base, label.aggregate, label.unit, ""), unit=label.unit or column.unit)
        found += _cell_metric(grid, row, at, named, quantity, scope=scope, kind=kind, context=context)
    if not found and len(quantities(text)) == 1 and not re.search(r"[A-Za-z\u4e00-\u9fff]{12,}", text):
        quantity = quantities(text)[0]
        if quantity.unit is not None and quantity.unit.dimension in (TIME, SHARE, "rate"):
            found += _cell_metric(grid, row, at, column, quantity, scope=scope, kind=kind, context=context)
    return found
