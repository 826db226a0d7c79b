"""Tables anywhere: which cells are labels, which are values, and what each value is about.

Two layouts: metrics as columns (a row is a scenario, an endpoint, a load step) and metrics as rows (columns are values,
targets, load steps, builds). Labels decide the layout; nothing is read where no label is known.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from ml.metrics import kinds, vocabulary
from ml.metrics.blocks import Table
from ml.metrics.columns import read_columns
from ml.metrics.contract import Metric
from ml.metrics.counted import read_classes_below, read_counts
from ml.metrics.grid import Grid
from ml.metrics.numbers import quantities
from ml.metrics.objectives import read_objectives
from ml.metrics.outcomes import read_outcomes
from ml.metrics.rows import read_rows, read_told
from ml.metrics.spread import spread
from ml.metrics.units import captioned_units, stated_unit
from ml.metrics.values import ASSUMED_UNIT, Context


def read_table(table: Table, context: Context) -> list[Metric]:
    """All values of a table that a known label names, targets and bounds among them with their kind."""
    grid = Grid(spread(table))
    if grid.height < 1 or grid.width < 2:
        return []
    if grid.caption:
        caption_kind = kinds.section_kind(grid.caption)
        base = _base_of(grid.caption)
        context = replace(
            context,
            kind=caption_kind or context.kind,
            unit=stated_unit(grid.caption) or context.unit,
            declared=(*captioned_units(grid.caption), *context.declared),
            base=base or context.base,
        )
    counted = read_counts(grid, context) or read_objectives(grid, context) or _read_labelled(grid, context)
    return counted + read_outcomes(grid, context, counted)


def _read_labelled(grid: Grid, context: Context) -> list[Metric]:
    header, metric_columns = _header_row(grid, context)
    label_column, metric_rows = _label_column(grid, context)
    if metric_columns == 0 and metric_rows == 0:
        return read_told(grid, context)
    if metric_columns >= metric_rows and not (metric_columns == metric_rows == 1 and grid.width == 2):
        return _of_calls(grid, header, read_columns(grid, header, context))
    return read_rows(grid, label_column, context) + read_classes_below(grid, label_column, context)


_CODE_HEADER = re.compile(r"(?:http |response )?(?:status|code)(?: code)?|(?:响应|状态|返回)码", re.IGNORECASE)
_CODE = re.compile(r"[1-5]\d\d(?: [A-Z][\w ]*)?", re.ASCII)
_CALLER_HEADER = re.compile(
    r"(?:virtual )?users?(?: id)?|vus?|workers?|threads?|clients?|iterations?|attempts?|samples?"
    r"|(?:request|call) ?(?:#|no\.?)|time(?:stamp)?",
    re.IGNORECASE,
)


def _of_calls(grid: Grid, header: int, found: list[Metric]) -> list[Metric]:
    """The values of a table that may tell of single calls, each with the code of its answer: none where it says who
    called, and otherwise unsure ones, as one call is no average."""
    heads = grid.texts[header]
    codes = next((at for at, head in enumerate(heads) if _CODE_HEADER.fullmatch(head)), None)
    below = range(header + 1, grid.height)
    if codes is None or len(below) < 2 or not all(_CODE.fullmatch(grid.texts[row][codes]) for row in below):
        return found
    if any(_CALLER_HEADER.fullmatch(head) for head in heads):
        return [metric for metric in found if metric.metric != "latency_avg"]
    return [
        metric._replace(confidence=round(metric.confidence * ASSUMED_UNIT, 3))
        if metric.metric == "latency_avg"
        else metric
        for metric in found
    ]


def _base_of(text: str) -> str:
    bases = {cue.base for cue in vocabulary.cues(text) if cue.base}
    return bases.pop() if len(bases) == 1 else ""


def _header_row(grid: Grid, context: Context) -> tuple[int, int]:
    """The row that names most metrics with numbers below it, and how many it names."""
    best, best_count = 0, 0
    pairs = grid.width == 2 and grid.height > 2 and _PLAIN_HEADS.fullmatch(grid.texts[0][1]) is not None
    for at in range(1 if pairs else min(5, grid.height - 1)):
        count = 0
        for column in grid.words[at]:
            if (
                grid.labelled(at, column, context)
                and not _demands(grid.texts[at][column])
                and any(grid.numbers[row][column] is not None for row in range(at + 1, min(grid.height, at + 12)))
            ):
                count += 1
        if count > best_count:
            best, best_count = at, count
    return best, best_count


@lru_cache(maxsize=4096)
def _demands(text: str) -> bool:
    """Whether a cell tells what is wanted of its metric and is no header: "p95 below 800 ms at 300 users"."""
    spans = tuple((cue.start, cue.end) for cue in vocabulary.cues(text))
    return any(told.unit is not None and told.comparison in ("<", ">") for told in quantities(text, spans))


def _tells(text: str) -> bool:
    """Whether a cell without a bare number still tells one: "min = 2, mean = 8", "平均响应时间为200ms"."""
    return any(ch.isdigit() for ch in text) and len(text) <= 90 and ("=" in text or len(quantities(text)) == 1)


_PLAIN_HEADS = re.compile(r"值|数值|内容|配置|结果|说明|values?|settings?|results?", re.IGNORECASE)
"""Over the second of two columns: whatever stands below is a value and no header."""
_VERDICTS = re.compile(
    r"(?:测试|执行|演练|验证)?(?:结果|状态|结论)|(?:test )?(?:result|status|verdict|outcome)", re.IGNORECASE
)


def _label_column(grid: Grid, context: Context) -> tuple[int, int]:
    """The column that names most metrics with a number to the right, and how many it names."""
    best, best_count = 0, 0
    for column in range(min(3, grid.width - 1)):
        count = 0
        if column and _VERDICTS.fullmatch(grid.texts[0][column]):
            continue  # "通过" below "结果" is a verdict and counts nothing
        for row in range(grid.height):
            right = range(column + 1, grid.width)
            if grid.labelled(row, column, context) and any(
                grid.numbers[row][other] is not None or _tells(grid.texts[row][other]) for other in right
            ):
                count += 1
        if count > best_count:
            best, best_count = column, count
    return best, best_count
