"""Whether a measure moved the good way: "complaints fell", "scrap from 50 to 12", "97.5 %, target 95 %"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from ml.assist.lexicon import chinese, english
from ml.text.folding import Language
from ml.text.polarity import Direction
from ml.text.quantities import Kind, Quantity

_LOWER = {"zh": re.compile(chinese.LOWER_IS_BETTER), "en": re.compile(rf"\b(?:{english.LOWER_IS_BETTER})\b")}
_HIGHER = {"zh": re.compile(chinese.HIGHER_IS_BETTER), "en": re.compile(rf"\b(?:{english.HIGHER_IS_BETTER})\b")}
_CHANGE = re.compile(r"\bto\b|到|至|变|为|成|->|→")
_INSTEAD = re.compile(
    r"instead of|rather than|而不是|以前|原来|上季度|上月|去年|previously|before it was|down from|up from|"
    r"compared (?:to|with)|against"
)
_TARGET = re.compile(r"target|plan\b|goal|quota|allowed|promised|目标|计划|规定|要求|标准|指标值")
COMPARED = re.compile(f"{_INSTEAD.pattern}|{_TARGET.pattern}")
"""Words that set two figures of one sentence against each other."""
_OF_TARGET = re.compile(r"of (?:the )?(?:plan|target|quota|budget)|(?:计划|目标|任务|指标)的|完成率|达成率")
_COMPARABLE = {Kind.NUMBER, Kind.PERCENT, Kind.DURATION, Kind.MONTHS, Kind.MONEY, Kind.MEASURE}


def _value(quantity: Quantity) -> Decimal | None:
    match = re.match(r"\w+:(-?[\d.]+)", quantity.key)
    try:
        return Decimal(match[1]) if match else None
    except InvalidOperation:
        return None


def _better(part: str, kind: Kind | None, language: Language) -> int:
    """+1 when more is better, -1 when less is, 0 when the text does not say; the first measure named decides."""
    lower, higher = _LOWER[language].search(part), _HIGHER[language].search(part)
    if lower and (not higher or lower.start() <= higher.start()):
        return -1
    if higher:
        return 1
    return -1 if kind is Kind.DURATION else 0


def measure_sign(part: str, quantities: Sequence[Quantity], directions: Sequence[Direction], language: Language) -> int:
    """+1 when a measure in the folded clause moved or stands the good way, -1 the bad way, 0 when that is not said."""
    figures = [
        (quantity, value)
        for quantity in quantities
        if quantity.kind in _COMPARABLE and (value := _value(quantity)) is not None
    ]
    if figures and _OF_TARGET.search(part) and figures[0][0].kind is Kind.PERCENT:
        return 1 if figures[0][1] >= 100 else -1 if figures[0][1] < 95 else 0
    for (left, before), (right, after) in pairwise(figures):
        if left.kind is not right.kind or before == after:
            continue
        between = part[left.end : right.start]
        better = _better(part, left.kind, language)
        if _TARGET.search(between):
            return (1 if before > after else -1) * (better or 1)
        if _INSTEAD.search(between):
            return (1 if before > after else -1) * better
        if _CHANGE.search(between):
            return (1 if after > before else -1) * better
    moved = next((direction.sign for direction in directions if direction.axis == "change"), 0)
    return moved * _better(part, None, language)
