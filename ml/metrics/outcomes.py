"""Cells of a table that count outcomes of test cases in words: "6 通过 / 0 失败", "12/13 passed"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from ml.metrics import vocabulary
from ml.metrics.contract import Metric
from ml.metrics.grid import Grid
from ml.metrics.numbers import Quantity, is_empty
from ml.metrics.units import COUNT, Unit
from ml.metrics.values import Context, build, settle

_NAMES = {
    "通": "passed", "p": "passed", "失": "failed", "不": "failed", "f": "failed", "跳": "skipped", "s": "skipped",
    "阻": "blocked", "b": "blocked",
}  # fmt: skip
_WORD = r"通过|失败|不通过|跳过|阻塞|pass(?:ed|es)?|fail(?:ed|ures?)?|skip(?:ped)?|blocked"
_COUNT = rf"\d[\d,]*\s*[个条项例]?\s*(?:{_WORD})"
_NAMED = rf"(?:{_WORD})\s*[:：=]?\s*\d[\d,]*\s*[个条项例]?"
_SEVERAL = re.compile(
    rf"{_COUNT}(?:\s*[/,，、;；|+]\s*{_COUNT})+|{_NAMED}(?:\s*[/,，、;；|+]?\s*{_NAMED})+", re.IGNORECASE
)
_ONE = re.compile(
    rf"(?P<count>\d[\d,]*)\s*[个条项例]?\s*(?P<word>{_WORD})|(?P<named>{_WORD})\s*[:：=]?\s*(?P<number>\d[\d,]*)",
    re.IGNORECASE,
)
_OF_ALL = re.compile(
    r"(?P<count>\d+)\s*/\s*(?P<whole>\d+)\s*[个条项例]?\s*(?:全部)?(?P<word>通过|pass(?:ed)?)", re.IGNORECASE
)


def read_outcomes(grid: Grid, context: Context, known: Sequence[Metric]) -> list[Metric]:
    """What such cells count, about what their row begins with; nothing that is among `known`."""
    found: list[Metric] = []
    told = {(metric.metric, metric.where) for metric in known}
    for row in range(1, grid.height):
        for at in range(1, grid.width):
            counts = _counts(grid.texts[row][at])
            name = grid.texts[row][0]
            scope = "" if is_empty(name) or vocabulary.is_overall(name) else name
            cell = grid.cells[row][at]
            for outcome, value in counts:
                metric = f"test_cases_{outcome}"
                settled = settle(metric, "", Quantity(value, Unit("event", COUNT), 0, 0, str(value)), None)
                if settled is not None and (metric, cell.where) not in told:
                    found.append(
                        build(
                            settled, scope=scope, kind=context.merge_kind(None), raw=grid.texts[row][at],
                            where=cell.where, method="table", confidence=0.9 * cell.confidence,
                            snippet=grid.snippet(row),
                        )
                    )  # fmt: skip
    return found


def _counts(text: str) -> list[tuple[str, Decimal]]:
    """The outcomes that a cell counts; empty for a cell that says anything else."""
    if not any(ch.isdigit() for ch in text) or len(text) > 60:
        return []
    if part := _OF_ALL.fullmatch(text):
        passed, whole = Decimal(part.group("count")), Decimal(part.group("whole"))
        return [("passed", passed), ("total", whole)] if passed <= whole else []
    if not _SEVERAL.fullmatch(text):
        return []
    return [
        (
            _NAMES[(one.group("word") or one.group("named"))[0].casefold()],
            Decimal((one.group("count") or one.group("number")).replace(",", "")),
        )
        for one in _ONE.finditer(text)
    ]
