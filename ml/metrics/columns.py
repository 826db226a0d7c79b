"""Tables with metrics as columns: a row is a scenario, an endpoint, a load step."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from ml.metrics import kinds, vocabulary
from ml.metrics.blocks import Table
from ml.metrics.cells import INDEX_HEADER, cell_metric
from ml.metrics.contract import Kind, Metric
from ml.metrics.grid import Column, Grid, column_of, in_unit, is_bare_time, resolve
from ml.metrics.mistaken import is_errand
from ml.metrics.numbers import is_empty
from ml.metrics.units import without_unit
from ml.metrics.values import ASSUMED_MILLISECOND, SECOND, Context
from ml.metrics.vocabulary import Label

_ROW_KIND = re.compile(
    r"^(?:年度|月度|季度|全年|本年|总体?|整体|性能|业务|设计|预期|系统|合格|通过|验收|准出|参考|达标|警戒|预警|告警|门限|上限|下限)?(?:目标|期望|预期|要求|标准|阈值|指标|限值|需求|线|条件|(?:警戒|预警|告警)(?=[值线]))(?:值"
    r"|指标|结果)?$|^(?:target|goal|sla|slo|threshold|requirement|required|expected"
    r"|limit|objective|budget)s?(?: values?)?$",
    re.IGNORECASE,
)  # fmt: skip
_ROW_EXAMPLE = re.compile(
    r"^(?:填写|填报)?(?:示例|样例|举例|范例|例)$|^(?:an? )?(?:example|sample)(?: row| entry)?$", re.IGNORECASE
)
_ROW_IGNORED = re.compile(
    r"^(?:提升|增幅|降幅|变化|变化率|提升率|改善|差异|结论|是否(?:通过|达标)|change"
    r"|improvement|delta|diff(?:erence)?|Δ|%? ?change|status|pass/fail)\s*(?:\(%\)|%"
    r"|幅度|比例)?$",
    re.IGNORECASE,
)


_TAKES = re.compile(r"(?:平均)?(?:耗时|用时)")
_ERRAND = re.compile(r"备份|恢复|还原|部署|启动|重启|导入|导出|迁移|升级|回滚|切换|构建|编译|打包|安装|初始化")
_LOADS = (vocabulary.CONCURRENCY, vocabulary.DURATION)


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
    heads: list[tuple[str, str]] = []
    for column in range(grid.width):
        own = grid.texts[bottom][column]
        group = grid.texts[top][column] if top != bottom else ""
        label = vocabulary.classify(own) if top != bottom and not group and column else None
        if label is not None and label.aggregate and not label.base:
            # "CPU% | | 内存% |" over "均值 | 峰值 | 均值 | 峰值": the upper name reaches over the gap.
            group = heads[-1][0]
        heads.append((group if group != own else "", own))
    return heads, bottom + 1


def _scope_columns(grid: Grid, columns: list[Column], first_row: int) -> list[int]:
    chosen: list[int] = []
    known = [at for at, column in enumerate(columns) if column.label or column.definition]
    stop = known[0] if known else grid.width
    for at, column in enumerate(columns):
        if at in known or kinds.is_ignored_header(column.text):
            continue
        if column.kind is Kind.TARGET and any(grid.numbers[row][at] for row in range(first_row, grid.height)):
            continue
        values = [grid.texts[row][at] for row in range(first_row, grid.height) if grid.texts[row][at]]
        if not values:
            continue
        if INDEX_HEADER.match(column.text) and all(re.fullmatch(r"\d{1,4}", value) for value in values):
            continue
        numeric = sum(grid.numbers[row][at] is not None for row in range(first_row, grid.height))
        if at > stop and (numeric * 2 > len(values) or len(chosen) >= 1):
            continue
        if numeric * 2 > len(values) and at > 0 and chosen:
            continue
        chosen.append(at)
    return chosen[:3]


_ITEM_COUNT = re.compile(r"测试(?:项目?|点)(?:数|总数)?|test items?", re.IGNORECASE)
_OF_INCIDENTS = re.compile(
    r"根因|故障|事故|影响(?:范围|用户)|\broot cause\b|\bincidents?\b|\boutages?\b", re.IGNORECASE
)


def _by_what_they_hold(grid: Grid, columns: list[Column], first_row: int) -> list[Column]:
    """Columns whose cells or neighbours tell more than their heads: a count of items, the names of rows, an outage."""
    outcomes = {"test_cases_passed", "test_cases_failed"} <= {column.label.base for column in columns if column.label}
    incidents = any(_OF_INCIDENTS.search(column.text) for column in columns)
    made = []
    for at, column in enumerate(columns):
        held = {grid.numbers[row][at] is not None for row in range(first_row, grid.height) if grid.texts[row][at]}
        label = column.label
        if label is None and column.definition is None and held == {True} and _ITEM_COUNT.fullmatch(column.text):
            label = Label("test_cases_total", "", None, "") if outcomes else None
        elif label is not None and ((at == 0 and held == {False}) or (label.base == vocabulary.DURATION and incidents)):
            label = None  # the rows' names; how long a service was down, not how long a test ran
        made.append(replace(column, label=label))
    return made


def read_columns(grid: Grid, header: int, context: Context) -> list[Metric]:
    """All values below the header row `header`."""
    heads, first_row = _header_texts(grid, header, context)
    named = [column_of(group, own, context.definitions) for group, own in heads]
    bare = {at for at, column in enumerate(named) if column.label is not None and not column.label.base}
    columns = _by_what_they_hold(grid, resolve(named, context), first_row)
    told = [column.kind for column in columns if column.label and column.label.base not in _LOADS]
    wished = kinds.is_advice(f"{context.about} {grid.caption}")
    if context.kind is Kind.TARGET and Kind.TARGET in told and None in told and not wished:
        # Under "Forecast" a column that is called so sets the others apart as what was found.
        context = replace(context, kind=None)
    columns = _told_apart(_without_guessed_units(grid, columns, first_row))
    scopes = _scope_columns(grid, columns, first_row)
    steps = [at for at, column in enumerate(columns) if column.label and column.label.base == vocabulary.CONCURRENCY]
    many = grid.height - first_row > 1
    # A load that is the same in every row tells no row from another.
    stepped = len(steps) == 1 and (
        not many or len({grid.texts[row][steps[0]] for row in range(first_row, grid.height)}) > 1
    )
    if not steps and not scopes and many and _counts_up(grid, columns, first_row):
        steps, stepped = [0], True
    names = Counter(
        " ".join(
            dict.fromkeys(
                grid.texts[row][at] for at in scopes if grid.texts[row][at] and not is_empty(grid.texts[row][at])
            )
        )
        for row in range(first_row, grid.height)
    )
    by_percentile = bool(scopes) and _PERCENTILES.search(columns[scopes[0]].text) is not None
    over = _groups(grid, scopes, first_row)
    errand = is_errand(" ".join([context.about, grid.caption, *(column.text for column in columns)]))
    step = ""
    found: list[Metric] = []
    for row in range(first_row, grid.height):
        texts = grid.texts[row]
        needed = max(2, grid.width - texts.count("") - 1)
        if len(grid.words[row]) >= needed and sum(grid.labelled(row, at, context) for at in grid.words[row]) >= needed:
            return found + read_columns(_below(grid, row), 0, context)
        again = row > first_row and texts[0] and texts[0] == heads[0][1]
        if again and all(
            number is None or _PERCENT.fullmatch(text) for number, text in zip(grid.numbers[row], texts, strict=True)
        ):
            return found + read_columns(_below(grid, row), 0, context)
        name = " ".join(dict.fromkeys(texts[at] for at in scopes if texts[at] and not is_empty(texts[at])))
        group = over[row - first_row]
        if group:
            name = f"{group[0]} #{group[1]}"
        elif not stepped and ((many and not name) or names[name] > 1):
            name = f"{name} #{row - first_row + 1}".strip()
        if _ROW_IGNORED.match(name):
            continue
        own = vocabulary.classify(name) if bare else None
        share = _percentile_row(name) if by_percentile else None
        if share is not None:
            own, name = share, ""
        if bare and own is None and _RATE_ROW.match(name):
            continue
        row_kind = _kind_of_row(grid, row, name, columns)
        step = step if group else ""
        if stepped and grid.numbers[row][steps[0]] is not None:
            step = f"{without_unit(columns[steps[0]].text)} {texts[steps[0]]}"
        for at, column in enumerate(columns):
            quantity = grid.numbers[row][at]
            if quantity is None:
                continue
            if column.label is not None and _TAKES.match(column.text) and (errand or _ERRAND.search(name)):
                continue  # how long a backup took, not how long somebody waited for an answer
            scope = f"{column.scope} {name}" if column.scope and name else column.scope or name
            if share is not None and column.label is not None:
                if share.aggregate not in vocabulary.KEPT_PERCENTILES or column.label.base != vocabulary.LATENCY:
                    continue
                column = replace(column, label=replace(column.label, aggregate=share.aggregate))  # noqa: PLW2901
            if own is not None and own.base and not own.scope and at in bare:
                # "Req/Sec | avg | max": the row names what the columns are averages of.
                column = _of_row(named[at], own)  # noqa: PLW2901
                scope = " ".join(part for part in (column.scope, own.scope) if part)
            if step and (column.label is None or column.label.base != vocabulary.CONCURRENCY):
                scope = f"{scope} / {step}" if scope else step
            found += cell_metric(
                grid, row, at, column, quantity, scope=scope, kind=row_kind or column.kind, context=context
            )
    return found


def _groups(grid: Grid, scopes: list[int], first_row: int) -> list[tuple[str, int] | None]:
    """For each row without a name of its own the name that stands over it and which of its rows it is: written once,
    it holds until the next. Where the last row is the only one, it may be the sum of all and stays without."""
    made: list[tuple[str, int] | None] = []
    name, nth = "", 0
    for row in range(first_row, grid.height):
        own = " ".join(dict.fromkeys(grid.texts[row][at] for at in scopes if grid.texts[row][at]))
        if own or not scopes:
            name, nth = own, 1
            made.append(None)
            continue
        nth += 1
        sums = row == grid.height - 1 and nth == 2 and not any(made)
        made.append((name, nth) if name and not sums else None)
    return made


def _counts_up(grid: Grid, columns: list[Column], first_row: int) -> bool:
    """Whether the first column is an amount that grows from row to row ("Transactions | Nodes | p99"): it tells them
    apart."""
    label = columns[0].label
    values = [quantity.value if (quantity := grid.numbers[row][0]) else None for row in range(first_row, grid.height)]
    known = [value for value in values if value is not None]
    return (
        (label is None or label.base == "requests_total")
        and bool(columns[0].text)
        and len(known) == len(values)
        and known == sorted(set(known))
        and not INDEX_HEADER.match(columns[0].text)
    )


def _kind_of_row(grid: Grid, row: int, name: str, columns: list[Column]) -> Kind | None:
    """What a row's name says of its values; a load with nothing measured beside it is only planned."""
    if _ROW_KIND.match(name):
        return Kind.TARGET
    if _ROW_EXAMPLE.match(name):
        return Kind.EXAMPLE
    for at, column in enumerate(columns):
        told = column.label is not None and column.label.base not in _LOADS and column.kind is not Kind.TARGET
        if told and not is_empty(grid.texts[row][at]):
            return None
    return Kind.TARGET if any(column.label and column.label.base not in _LOADS for column in columns) else None


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
    for LoadRunner's summary, which is in seconds. Other small values in fractions (1.21) may be either: a
    thousand times too fast would be green, so these columns are not read."""
    plain = [
        quantity
        for at, column in enumerate(columns)
        if is_bare_time(column)
        for row in range(first_row, grid.height)
        if (quantity := grid.numbers[row][at]) is not None and quantity.unit is None
    ]
    if not plain:
        return columns
    if any(quantity.value >= 60 for quantity in plain):
        return in_unit(ASSUMED_MILLISECOND, columns)
    heads = {column.text.casefold() for column in columns}
    precise = sum(len(quantity.raw.partition(".")[2]) == 3 for quantity in plain)
    in_seconds = precise * 2 >= len(plain) or {"90 percent", "std. deviation"} <= heads
    if not in_seconds and all(quantity.value == quantity.value.to_integral_value() for quantity in plain):
        return columns
    if in_seconds:
        return in_unit(SECOND, columns)
    return [replace(column, label=None) if is_bare_time(column) else column for column in columns]
