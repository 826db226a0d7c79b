"""Whether a report still waits for its results: what it then says of loads was never run."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ml.metrics import kinds
from ml.metrics.blocks import Block, Heading, Table
from ml.metrics.contract import Kind
from ml.metrics.numbers import is_empty, normalise
from ml.metrics.words import PENDING

_ALONE = re.compile(rf"(?:[^:：]{{1,30}}[:：])?[\W_]*(?:{PENDING}|x{{2,}}(?:\.x+)?\s*(?:ms|s|%)?)[\W_]*", re.IGNORECASE)
_AT_THE_END = re.compile(
    rf"(?:{PENDING}|(?:跑|测|执行|运行|压测|测试)完?(?:成|毕)?(?:之?后|再)填写?)[\W_]*$", re.IGNORECASE
)
_BLANK_VALUE = re.compile(r"[:=]\s*(?:x{2,}(?:\.x+)?|_{3,})\s*(?:ms|s|%|$|[\s,;])", re.IGNORECASE)


def awaits_results(blocks: Sequence[Block]) -> bool:
    """Whether a line, a heading or a cell says that its result comes later, or a column of results is empty."""
    return any(_waits(block) for block in blocks)


def _waits(block: Block) -> bool:
    if isinstance(block, Table):
        return _table_waits(block)
    text = normalise(block.text).strip()
    if isinstance(block, Heading):
        return _AT_THE_END.search(text) is not None
    return len(text) <= 120 and (_ALONE.fullmatch(text) is not None or _BLANK_VALUE.search(text) is not None)


def _table_waits(table: Table) -> bool:
    rows = [[normalise(cell.text).strip() for cell in row] for row in table.rows]
    if any(text and _ALONE.fullmatch(text) for row in rows for text in row):
        return True
    if len(rows) < 2:
        return False
    results = [at for at, head in enumerate(rows[0]) if kinds.header_kind(head) is Kind.MEASURED]
    return any(all(at >= len(row) or is_empty(row[at]) for row in rows[1:]) for at in results)
