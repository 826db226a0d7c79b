"""Several values in one place, as their label lists them: "avg / p95 / max" over "3 ms / 9 ms / 40 ms"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ml.metrics import vocabulary
from ml.metrics.blocks import Cell, Table, rectangular
from ml.metrics.grid import clean
from ml.metrics.numbers import cell_quantity, is_empty
from ml.metrics.words import STEM

_BETWEEN_NAMES = re.compile(r"[\s%)）]*[/|、][\s(（]*")


def _may_list(text: str) -> bool:
    return "/" in text or "、" in text or "|" in text


def names_of(label: str) -> list[str]:
    """The names that a label lists, each with what stands before and behind the list: "Latency (p50/p99), ms" names
    "Latency (p50), ms" and "Latency (p99), ms". Empty for a label that names one thing."""
    if not _may_list(label) or not STEM.search(label):
        return []
    atoms = vocabulary.atoms(label)
    run = atoms[:1]
    for atom in atoms[1:]:
        if _BETWEEN_NAMES.fullmatch(label[run[-1].end : atom.start]):
            run = [*run, atom]
        elif len(run) < 2:
            run = [atom]
        else:
            break
    if len(run) < 2:
        return []
    before, behind = label[: run[0].start], label[run[-1].end :]
    return [f"{before}{label[one.start : one.end]}{behind}" for one in run]


def values_of(text: str, count: int) -> list[str]:
    """The `count` values that a text lists, with the unit that only the last one bears; empty when it lists others."""
    for separator in (r"\s+[/|]\s+", r"\s*[/|、]\s*"):
        parts = re.split(separator, text.strip())
        if len(parts) != count:
            continue
        numbers = [cell_quantity(part) for part in parts]
        if any(number is None and not is_empty(part) for number, part in zip(numbers, parts, strict=True)):
            continue
        last = numbers[-1]
        if last is None or last.unit is None or any(number and number.unit for number in numbers[:-1]):
            return parts
        unit = last.raw.lstrip("0123456789.,")
        return [*(f"{part}{unit}" for part in parts[:-1]), parts[-1]]
    return []


def spread(table: Table) -> Table:
    """The table with a row or column of its own for each value that a label lists."""
    rows = [spread_row for row in table.rows for spread_row in _spread(row)]
    if any(_may_list(cell.text) for row in rows[:5] for cell in row):
        columns = [
            column for one in zip(*rectangular([list(row) for row in rows]), strict=True) for column in _spread(one)
        ]
        rows = list(zip(*columns, strict=True))
    return replace(table, rows=tuple(rows))


def _spread(row: Sequence[Cell]) -> list[tuple[Cell, ...]]:
    """A row (or column) as one for each value that its label, one of its first cells, lists."""
    for at, cell in enumerate(row[:5]):
        text = cell.text
        if not 3 <= len(text) <= 80 or not _may_list(text):
            continue
        if not any(_may_list(other.text) for other in row[at + 1 :]) or not (names := names_of(clean(text))):
            continue
        told = [values_of(clean(other.text), len(names)) for other in row[at + 1 :]]
        if any(told):
            return [
                (
                    *row[:at],
                    cell._replace(text=name),
                    *(
                        other._replace(text=values[index])
                        if values
                        else other
                        if _is_words(other)
                        else Cell("", other.where)
                        for other, values in zip(row[at + 1 :], told, strict=True)
                    ),
                )
                for index, name in enumerate(names)
            ]
    return [tuple(row)]


def _is_words(cell: Cell) -> bool:
    return cell_quantity(clean(cell.text)) is None
