"""A table's labels: which cells name metrics, of which template, with which unit, kind and scope."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from ml.metrics import kinds, vocabulary
from ml.metrics.blocks import Cell, Table
from ml.metrics.contract import Kind, MetricDefinition
from ml.metrics.names import product_unit
from ml.metrics.numbers import Quantity, became, cell_quantity, normalise, quantities
from ml.metrics.units import COUNT, SHARE, TIME, Unit, unit_in_label, without_unit
from ml.metrics.values import Context
from ml.metrics.vocabulary import Label


@dataclass(frozen=True, slots=True)
class Column:
    """What a column (or, in the other layout, a row) of values is."""

    label: Label | None
    definition: MetricDefinition | None
    kind: Kind | None
    text: str
    unit: Unit | None
    scope: str = ""


class Grid:
    """A table with its cells' texts normalised once."""

    def __init__(self, table: Table) -> None:
        self.cells: list[tuple[Cell, ...]] = []
        self.texts: list[list[str]] = []
        for row in table.rows:
            texts = [clean(cell.text) for cell in row]
            if any(texts):
                self.cells.append(row)
                self.texts.append(texts)
        self.caption = normalise(table.caption)
        self.height = len(self.texts)
        self.width = len(self.texts[0]) if self.texts else 0
        self._snippets: dict[int, str] = {}
        self.percentiles = self._percentile_cells()
        self.words = [
            [at for at, text in enumerate(row) if not text.replace(",", "").replace(".", "", 1).isdigit()]
            for row in self.texts
        ]
        """Of each row the columns that hold more than a bare number."""
        self.numbers: list[list[Quantity | None]] = [
            [_number(text) if text else None for text in row] for row in self.texts
        ]

    def _percentile_cells(self) -> set[tuple[int, int]]:
        """Cells like "95%" that name a percentile: three or more in a row, or down the first columns, all rising."""
        lines = [[(row, column) for column in range(self.width)] for row in range(min(self.height, 5))]
        lines += [[(row, column) for row in range(self.height)] for column in range(min(self.width, 2))]
        found: set[tuple[int, int]] = set()
        for line in lines:
            cells = [
                (at, float(match.group(1))) for at in line if (match := _PERCENT_CELL.match(self.texts[at[0]][at[1]]))
            ]
            values = [value for _, value in cells]
            if len(cells) >= 3 and values == sorted(set(values)) and values[0] >= 50 and values[-1] >= 90:
                found.update(at for at, _ in cells)
        return found

    def snippet(self, row: int) -> str:
        """A row as one line."""
        if row not in self._snippets:
            self._snippets[row] = " | ".join(text for text in self.texts[row] if text)[:200]
        return self._snippets[row]

    def labelled(self, row: int, column: int, context: Context) -> bool:
        """Whether a cell names a metric or an aggregate."""
        if column not in self.words[row]:
            return False
        number = self.numbers[row][column]
        if (
            number is not None
            and number.unit is not None
            and number.raw == self.texts[row][column]
            and number.unit.dimension != SHARE
        ):
            return False  # "200 orders/s" is a value
        if _PERCENT_CELL.match(self.texts[row][column]):
            return (row, column) in self.percentiles
        return _labelled(self.texts[row][column], context.definitions)


@lru_cache(maxsize=16_384)
def _number(text: str) -> Quantity | None:
    """The number of a cell: none for the name of a percentile ("90%响应时间"), the last of "8 s → 2 s"."""
    if _NAMED_BY_NUMBER.match(text) or _CHANGE.match(text):
        return None
    quantity = cell_quantity(became(_WRITTEN_OUT.sub("", text) if "=" in text and len(text) < 80 else text))
    if quantity is not None and quantity.raw != text and _PERCENT_NAME.match(text):
        label = vocabulary.classify(text)
        return None if label is not None and label.aggregate.startswith("p") else quantity
    return quantity


_NAMED_BY_NUMBER = re.compile(r"\d+/(?=[A-Z]{2,})(?!QPS|TPS|RPS|MIN|SEC|HOUR)")
""" "8/TCP": a load and what else tells the row apart, so its name."""
_CHANGE = re.compile(r"\+\s?\d")
""" "+21.4 %": by how much it is more than elsewhere."""
_WRITTEN_OUT = re.compile(r"^[\d\s().,/*×+%-]*[/*×+][\d\s().,/*×+%-]*=\s*")
"""What stands before the result of a sum that is written out: "(52/56)*100 = 92.86"."""
_PERCENT_NAME = re.compile(r"\d{2}(?:\.\d+)?\s*%\s*[^\W\d]")
_PERCENT_CELL = re.compile(r"^(\d{2,3}(?:\.\d+)?)\s*%$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"\*\*|__|`|<br\s*/?>|[✅❌⚠️🟢🔴🟡✔✓✗✘️]", re.IGNORECASE)


@lru_cache(maxsize=16_384)
def clean(text: str) -> str:
    return " ".join(_MARKS.sub(" ", _LINK.sub(r"\1", normalise(text)) if "](" in text else normalise(text)).split())


def definition_for(label: str, definitions: tuple[MetricDefinition, ...]) -> MetricDefinition | None:
    """The template's metric that a header or label names, whatever unit and kind words stand around the name."""
    if not definitions:
        return None
    _, bare = unit_in_label(label)
    bare = re.sub(r"[(（\[][^)）\]]*[)）\]]", "", bare)
    for text in (label, bare, kinds.without_kind_words(bare)):
        key = _key(text)
        for definition in definitions:
            if key and key in {_key(normalise(name)) for name in definition.labels()}:
                return definition
    return None


def _key(text: str) -> str:
    return re.sub(r"[\s_\-*:：()（）/]+", "", text).casefold()


@lru_cache(maxsize=16_384)
def _labelled(text: str, definitions: tuple[MetricDefinition, ...]) -> bool:
    text = kinds.without_limit(text)
    if not text or len(text) > 60 or "=" in text:
        return False
    if definition_for(text, definitions):
        return True
    if vocabulary.classify(kinds.without_kind_words(text) or text) is None:
        return False
    # "平均响应时间为200ms" names a metric and tells its value: no label.
    told = quantities(text, tuple((cue.start, cue.end) for cue in vocabulary.cues(text)))
    return not any(quantity.unit is not None and quantity.unit.dimension != COUNT for quantity in told)


@lru_cache(maxsize=4096)
def column_of(group: str, own: str, definitions: tuple[MetricDefinition, ...]) -> Column:
    """What a header names; `group` is what stands over several columns."""
    own = kinds.without_limit(own)
    together = f"{group} {own}".strip()
    kind = kinds.header_kind(together)
    definition = definition_for(own, definitions) or definition_for(together, definitions)
    if definition is None and group and kinds.KIND_HEADER.match(own):
        definition = definition_for(group, definitions)
    if definition is not None and _key(own) in {_key(normalise(name)) for name in definition.labels()}:
        kind = kinds.header_kind(group)  # "目标完成率" is its name
    unit, _ = unit_in_label(own)
    if unit is None and group:
        unit, _ = unit_in_label(group)
    label = vocabulary.classify(kinds.without_kind_words(own) or own) if definition is None else None
    scope = label.scope if label else ""
    if definition is None and group and (label is None or not label.base):
        # "Response time (ms)" over "Mean": the two rows of a header make one name.
        joined = vocabulary.classify(kinds.without_kind_words(together) or together)
        above = vocabulary.classify(kinds.without_kind_words(group) or group)
        if joined is not None and joined.base:
            label, scope = joined, joined.scope
        elif label is None and own and _plain_name(own):
            label = None
        elif label is None:
            label, scope = above, above.scope if above else ""
    elif group and label is not None and _plain_name(group):
        # "100 users" over "TPS": the upper row says what the value is about.
        scope = " ".join(part for part in (group, scope) if part)
    return Column(label, definition, kind, own or group, unit or (label.unit if label else None), scope)


_GENERIC_GROUP = re.compile(
    r"executions?|network.*|statistics?|results?|metrics?|requests?|performance|values?|summary|responses?|data|执行.*|统计.*|结果.*|.*指标|数据"
    r"|请求.*|响应.*|资源.*|.*使用率.*|性能.*|测试.*|响应时间.*|流量.*",
    re.IGNORECASE,
)


def _plain_name(group: str) -> bool:
    """Whether the upper row of a header names a thing (a scenario, a load step) and no quantity."""
    if not group or kinds.header_kind(group) is not None or _GENERIC_GROUP.fullmatch(without_unit(group)):
        return False
    found = vocabulary.classify(group)
    return found is None or bool(re.search(r"\d", group))


def _domain_base(columns: list[Column], context: Context) -> str:
    """What a bare "Average" or "p95" is an average of in this table."""
    named = {column.label.base for column in columns if column.label and column.label.base}
    bare = [column for column in columns if column.label and not column.label.base]
    if not bare:
        return ""
    units = {column.unit.dimension for column in bare if column.unit}
    if units == {TIME}:
        return vocabulary.LATENCY
    if context.base and not (named & {context.base}) and product_unit(context.base) != "count":
        return context.base
    load = {"requests_total", "throughput", "error_rate", "concurrency", "requests_failed", "success_rate"}
    percentiles = sum(1 for column in bare if column.label and re.match(r"p\d", column.label.aggregate))
    if vocabulary.LATENCY in named or named & load or percentiles:
        return vocabulary.LATENCY
    return ""


AS_REQUESTS = {
    "test_cases_passed": "requests_ok",
    "test_cases_failed": "requests_failed",
    "test_cases_errors": "requests_failed",
}
_AS_CASES = {"requests_ok": "test_cases_passed", "requests_failed": "test_cases_failed", "success_rate": "pass_rate"}
_LOAD_ALONE = {"latency", "throughput", "concurrency", "requests_total"}
_CASES_ALONE = {
    "test_cases_total", "test_cases_executed", "test_cases_blocked", "test_cases_skipped", "pass_rate",
}  # fmt: skip
_LOAD = {"latency", "throughput", "concurrency", "requests_total", "error_rate"}


def outcome_names(bases: set[str], context: Context) -> dict[str, str]:
    """How "passed" and "failed" read beside these bases: requests in a load test, cases in a test run."""
    if "test_cases_total" in bases and not bases & {"requests_total", "throughput", "concurrency"}:
        return _AS_CASES
    if "availability" in bases or bases & _LOAD or context.base in _LOAD or (context.load and not bases & _CASES_ALONE):
        return AS_REQUESTS
    if context.cases or bases & _CASES_ALONE:
        return _AS_CASES
    return {}


_TOTAL = re.compile(r"total|all|sum|总数|合计|总计|数量", re.IGNORECASE)


_RUN = re.compile(r"run|ran|executed|(?:已|实际)?执行", re.IGNORECASE)
_TESTS = re.compile(r"\b(?:tests?|cases?|suites?)\b|用例|测试", re.IGNORECASE)
_RUN_OF_CASES = frozenset({"test_cases_total", "throughput", "concurrency", "requests_total", "error_rate"})
_FAILURES = re.compile(r"fail(?:ures?|ed)|失败数?", re.IGNORECASE)
_ERRORS = re.compile(r"errors?|错误数?", re.IGNORECASE)
"""Beside failures, what broke before it could fail."""
_ITEMS = re.compile(r"测试(?:项目?|点|类别|类型|用例)|用例|\btest (?:items?|cases?|types?|suites?)\b", re.IGNORECASE)
"""Heads that say that a table is of a test run, whatever load the document tells of elsewhere."""
_ANSWERS = re.compile(r"响应|延迟|时延|\b(?:response|latency)\b", re.IGNORECASE)
_CALLS = re.compile(r"#?\s*(?:count|calls|hits|executions|次数|笔数|(?:调用|执行|访问)(?:次数|量|数))", re.IGNORECASE)
"""How often something was timed, beside its times."""


def resolve(columns: list[Column], context: Context, *, cases: bool = False) -> list[Column]:
    base = _domain_base(columns, context)
    bases = {column.label.base for column in columns if column.label}
    if base:
        bases.add(base)
    renamed = outcome_names(bases, context)
    outcome_of_cases = {"test_cases_passed", "test_cases_failed"} <= bases and not bases & _LOAD
    heads = " ".join(column.text for column in columns)
    if "test_cases_passed" in bases and not bases & _LOAD and _ITEMS.search(heads):
        renamed = _AS_CASES
    words = f"{context.about} {heads}"
    if renamed == {} and outcome_of_cases and _TESTS.search(words):
        renamed = _AS_CASES
    lonely = renamed == {} and not cases
    outcomes = {renamed.get(base, base) for base in bases}
    times = sum(column.label is not None and (column.label.base or base) == vocabulary.LATENCY for column in columns)
    failures = any(_FAILURES.fullmatch(column.text) for column in columns)
    resolved = []
    for column in columns:
        label = column.label
        if label is None and column.definition is None and _TOTAL.fullmatch(column.text):
            if {"test_cases_passed", "test_cases_failed"} <= outcomes:
                label = Label("test_cases_total", "", None, "")
            elif {"requests_ok", "requests_failed"} <= outcomes:
                label = Label("requests_total", "", None, "")
        if label is None and column.definition is None and outcome_of_cases and _RUN.fullmatch(column.text):
            label = Label("test_cases_executed", "", None, "")
        if label is None and column.definition is None and times >= 2 and _CALLS.fullmatch(column.text):
            label = Label("requests_total", "", None, "")
        if label is not None and not label.base:
            label = replace(label, base=base) if base else None
        if label is not None and label.base == "error_rate" and renamed is _AS_CASES and not bases & _LOAD_ALONE:
            label = None  # the share of cases that failed
        timed = label is not None and label.base == vocabulary.LATENCY and not _ANSWERS.search(column.text)
        if timed and {"test_cases_total"} == bases & _RUN_OF_CASES:
            label = None  # how long the cases of a row took
        if label is not None and renamed is _AS_CASES and failures and _ERRORS.fullmatch(column.text):
            label = Label("test_cases_errors", "", None, "")
        if label is not None:
            label = replace(label, base=renamed.get(label.base, label.base))
            if lonely and label.base in ("test_cases_passed", "test_cases_failed", "test_cases_errors"):
                label = None
        resolved.append(replace(column, label=label))
    return _with_shared_time_unit(_without_workers(resolved), context)


def _without_workers(columns: list[Column]) -> list[Column]:
    loads = [column for column in columns if column.label and column.label.base == vocabulary.CONCURRENCY]
    if not any(vocabulary.are_callers(column.text) for column in loads):
        return columns
    return [
        replace(column, label=None) if column in loads and vocabulary.are_workers(column.text) else column
        for column in columns
    ]


def _with_shared_time_unit(columns: list[Column], context: Context) -> list[Column]:
    """Give a time column without a unit that of its neighbours, or the one stated over the table."""
    units = {
        column.unit for column in columns if column.label and column.label.base == vocabulary.LATENCY and column.unit
    }
    shared = next(iter(units)) if len(units) == 1 else None
    shared = shared or context.unit_of(TIME)
    return columns if shared is None or shared.dimension != TIME else in_unit(shared, columns)


def is_bare_time(column: Column) -> bool:
    """Whether a column holds times and does not say in what unit."""
    return column.label is not None and column.label.base == vocabulary.LATENCY and column.unit is None


def in_unit(unit: Unit, columns: list[Column]) -> list[Column]:
    """The columns with `unit` for times that bear none."""
    return [replace(column, unit=unit) if is_bare_time(column) else column for column in columns]
