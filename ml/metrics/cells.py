"""One cell of a table as a metric."""

from __future__ import annotations

import re
from decimal import Decimal

from ml.metrics import vocabulary
from ml.metrics.contract import Kind, Metric
from ml.metrics.grid import Column, Grid
from ml.metrics.numbers import Quantity, share_of
from ml.metrics.units import DATA, SHARE, Unit, plain
from ml.metrics.unnamed import no_load
from ml.metrics.values import Context, Settled, build, settle, settle_definition

INDEX_HEADER = re.compile(r"^(?:序号|编号|no\.?|#|id|index|行号|)$", re.IGNORECASE)


def cell_metric(
    grid: Grid, row: int, at: int, column: Column, quantity: Quantity, *, scope: str, kind: Kind | None,
    context: Context, unit: Unit | None = None,
) -> list[Metric]:  # fmt: skip
    """The value of a cell as its column or row names it, and the share behind a count; nothing when they do not fit."""
    if column.definition is not None:
        settled = settle_definition(column.definition, quantity, unit or column.unit)
    elif column.label is not None and column.label.base:
        base, aggregate = column.label.base, column.label.aggregate
        if vocabulary.dimension(base) == SHARE:
            quantity = share_of(grid.texts[row][at]) or quantity
        if context.configuration and base not in (vocabulary.CONCURRENCY, vocabulary.DURATION):
            return []
        unit = unit or column.unit
        if unit is None:
            # "Unit: ms" over a table is of its times, not of its counts.
            unit = context.unit_of(DATA if base == vocabulary.MEMORY_USAGE else vocabulary.dimension(base))
        if base == vocabulary.CONCURRENCY and no_load("", grid.texts[row][at][quantity.end :], ""):
            return []
        settled = settle(base, aggregate, quantity, unit)
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
    share = _SHARE_BEHIND.search(grid.texts[row][at]) if settled.metric in vocabulary.SHARES else None
    if share is not None:
        # "385 (91.7%)": the count and its share.
        told.append(Settled(vocabulary.SHARES[settled.metric], plain(Decimal(share.group(1))), "%", 1.0))
    return [
        build(
            one, scope=scope, kind=settled_kind, raw=grid.texts[row][at], where=cell.where, method="table",
            confidence=0.95 * cell.confidence, snippet=grid.snippet(row),
        )
        for one in told
    ]  # fmt: skip


_SHARE_BEHIND = re.compile(r"\d\s*[(（]\s*(\d+(?:\.\d+)?)\s*%\s*[)）]\s*$", re.ASCII)
