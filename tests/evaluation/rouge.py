"""ROUGE-1, -2 and -L as F1 between a summary and references, after Lin (2004). Chinese is compared by characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_TOKEN = re.compile(r"[a-z0-9]+|[㐀-鿿]")


def tokens(text: str) -> list[str]:
    """Lower-case words and numbers, and single Chinese characters."""
    return _TOKEN.findall(text.lower())


def _f1(hits: int, said: int, wanted: int) -> float:
    return 2 * hits / (said + wanted) if hits else 0.0


def rouge_n(summary: str, reference: str, size: int) -> float:
    """F1 of shared n-grams, each counted as often as both texts have it."""

    def grams(text: str) -> Counter[tuple[str, ...]]:
        words = tokens(text)
        return Counter(tuple(words[i : i + size]) for i in range(len(words) - size + 1))

    said, wanted = grams(summary), grams(reference)
    return _f1((said & wanted).total(), said.total(), wanted.total())


def rouge_l(summary: str, reference: str) -> float:
    """F1 of the longest common subsequence."""
    said, wanted = tokens(summary), tokens(reference)
    row = [0] * (len(wanted) + 1)
    for word in said:
        diagonal = 0
        for index, other in enumerate(wanted, 1):
            above = row[index]
            row[index] = diagonal + 1 if word == other else max(above, row[index - 1])
            diagonal = above
    return _f1(row[-1], len(said), len(wanted))


def rouge(summary: str, references: Sequence[str]) -> dict[str, float]:
    """Mean over the references."""
    count = max(1, len(references))
    return {
        "rouge_1": sum(rouge_n(summary, each, 1) for each in references) / count,
        "rouge_2": sum(rouge_n(summary, each, 2) for each in references) / count,
        "rouge_l": sum(rouge_l(summary, each) for each in references) / count,
    }
