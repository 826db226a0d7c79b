"""What a template requires of a file: which of it is there, and where."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from ml.metrics.blocks import Block, Document, Heading, Table
from ml.metrics.contract import Checked, Kind, Metric, Outcome, Requirement, RequirementKind


def check(requirements: Sequence[Requirement], metrics: Sequence[Metric], document: Document) -> tuple[Checked, ...]:
    """The answer to each requirement, in their order."""
    return tuple(_check(wanted, metrics, document) for wanted in requirements)


def _check(wanted: Requirement, metrics: Sequence[Metric], document: Document) -> Checked:
    if wanted.kind is RequirementKind.METRIC:
        return _metric(wanted, metrics)
    words = tuple(_folded(word) for word in wanted.words)
    if wanted.kind is RequirementKind.SECTION:
        return _section(wanted, words, document)
    return _picture(wanted, words, document)


def _metric(wanted: Requirement, metrics: Sequence[Metric]) -> Checked:
    """Found where it was measured; a target or an example alone is no result."""
    about = [metric for metric in metrics if metric.metric == wanted.metric]
    for metric in about:
        if metric.kind is Kind.MEASURED:
            return Checked(wanted.key, Outcome.FOUND, metric.snippet or metric.raw, metric.where)
    for metric in about:
        return Checked(wanted.key, Outcome.UNCLEAR, metric.snippet or metric.raw, metric.where)
    return Checked(wanted.key, Outcome.MISSING)


def _section(wanted: Requirement, words: Sequence[str], document: Document) -> Checked:
    """A heading that has one of the words, and something below it before the next one of its level."""
    unclear: Checked | None = None
    for at, block in enumerate(document.blocks):
        if not isinstance(block, Heading) or not _has(block.text, words):
            continue
        if any(_says_something(below) for below in _below(document.blocks, at, block.level)):
            return Checked(wanted.key, Outcome.FOUND, block.text, block.where)
        unclear = unclear or Checked(wanted.key, Outcome.UNCLEAR, block.text, block.where)
    return unclear or Checked(wanted.key, Outcome.MISSING)


def _below(blocks: Sequence[Block], at: int, level: int) -> Iterator[Block]:
    for block in blocks[at + 1 :]:
        if isinstance(block, Heading) and block.level <= level:
            return
        yield block


_EMPTY = frozenset({"", "-", "–", "—", "/", "n/a", "na", "tbd", "todo", "待补充", "待填写", "待定", "略"})
"""What people leave in a section that they have not written; "无" and "none" are answers."""


def _says_something(block: Block) -> bool:
    if isinstance(block, Heading):
        return False
    if isinstance(block, Table):
        filled = [cell for row in block.rows[1:] for cell in row if _folded(cell.text) not in _EMPTY]
        return bool(filled)
    return _folded(block.text).strip(" .。…:：()（）[]【】<>《》") not in _EMPTY or block.where.image is not None


def _picture(wanted: Requirement, words: Sequence[str], document: Document) -> Checked:
    return Checked(wanted.key, Outcome.MISSING)


def _has(text: str, words: Sequence[str]) -> bool:
    folded = _folded(text)
    return any(word in folded for word in words)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
