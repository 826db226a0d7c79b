"""The words of a sentence that say of what kind its numbers are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ml.metrics import kinds
from ml.metrics.contract import Kind
from ml.metrics.numbers import Quantity
from ml.metrics.values import Context
from ml.metrics.vocabulary import CONCURRENCY, DURATION

_SETTING = re.compile(r"(?:设置|设定|配置)(?:的|了|为)|\b(?:configured|set (?:to|at)|limited to)\b", re.IGNORECASE)
_RESULT_MARK = re.compile(
    r"实际|实测|测得|结果(?:为|显示|表明)|本次(?:压测|测试)|压测(?:结果|中|期间|过程)"
    r"|达到了|\b(?:actual(?:ly)?|measured|achieved|observed|recorded|reached|handled"
    r"|we (?:saw|ran|got|measured)|in practice|came in at)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    at: int
    kind: Kind
    end: int = 1 << 30
    """Where it says nothing any more."""


_FOR_REFERENCE = re.compile(r"供(?:大家|各位)?参考|\bfor (?:reference|comparison)(?: only)?\W*$", re.IGNORECASE)
"""At the end of a sentence: all of it only sets something beside the results."""


def _end_of(sentence: str, at: int) -> int:
    """The end of a clause about a run before: of the bracket that follows, or of the part of the sentence."""
    bracket = re.compile(r"\s*[(（][^)）]*[)）]").match(sentence, at)
    if (
        bracket
        and any(ch.isdigit() for ch in bracket.group())
        and not re.match(r"\s*[:：]?\s*[\w\u4e00-\u9fff]", sentence[bracket.end() :])
    ):
        return bracket.end()
    edge = re.compile(r"[;；。]").search(sentence, at)
    return edge.start() if edge else len(sentence)


def marks_of(sentence: str) -> list[Mark]:
    """The words of a sentence that say of what kind the numbers behind them are."""
    met = kinds.plain_words(sentence)
    marks = [Mark(found.start(), Kind.TARGET) for found in kinds.TARGET_WORDS.finditer(met)]
    marks += [Mark(found.start(), Kind.EXAMPLE) for found in kinds.EXAMPLE_WORDS.finditer(met)]
    marks += [Mark(found.start(), Kind.EXAMPLE) for found in kinds.OTHERS_WORDS.finditer(met)]
    marks += [Mark(found.start(), Kind.EXAMPLE, _end_of(met, found.end())) for found in kinds.PAST_WORDS.finditer(met)]
    marks += [Mark(found.start(), Kind.MEASURED) for found in _RESULT_MARK.finditer(met)]
    if _FOR_REFERENCE.search(met):
        marks.append(Mark(0, Kind.EXAMPLE))
    return sorted(marks, key=lambda mark: mark.at)


def _closed(between: str) -> bool:
    """Whether a bracket closes between a word and a number: what is said in brackets ends with them."""
    return between.count(")") + between.count("）") > between.count("(") + between.count("（")


def kind_at(
    sentence: str, marks: list[Mark], quantity: Quantity, *, following: int, context: Context, base: str = ""
) -> Kind:
    """The kind of one number of a sentence; `following` is where the next number begins."""
    before = [
        mark
        for mark in marks
        if mark.at < quantity.start < mark.end and not _closed(sentence[mark.at : quantity.start])
    ]
    kind: Kind | None = before[-1].kind if before else None
    # "1000 users is the target", "500 ms (target)": a mark behind the number, before the clause ends.
    tail = sentence[quantity.end : following]
    edge = re.search(r"[,，;；。]|[(（](?!\s*[\w\u4e00-\u9fff ]+[)）])|\b(?:but|while|whereas|and)\b|而|但", tail)
    reach = quantity.end + (edge.start() if edge else len(tail))
    after = next((mark for mark in marks if quantity.end <= mark.at < reach), None)
    if after is not None and after.kind is not Kind.MEASURED and kind in (None, Kind.MEASURED):
        kind = after.kind
    if kind is None:
        kind = context.kind or Kind.MEASURED
    if kind is Kind.MEASURED and base not in (CONCURRENCY, DURATION) and _SETTING.search(sentence[: quantity.start]):
        kind = Kind.TARGET
    # "Under 1,000 users" is the load that was put on, not a limit of it.
    if kind is Kind.MEASURED and quantity.comparison in (("-",) if base == CONCURRENCY else ("<", ">", "-")):
        return Kind.BOUND
    return kind
