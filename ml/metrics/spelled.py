"""Numbers in English words: "two hundred and fifty", "forty-eight", "1.2 million" not among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_ONES = f"zero one two three four five six seven eight nine ten eleven twelve {_TEENS}".split(" ")
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: at for at, word in enumerate(_ONES)} | {word: 20 + 10 * at for at, word in enumerate(_TENS)}
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_WORD = "|".join(sorted((*_VALUES, "hundred", *_SCALES), key=len, reverse=True))
_SPELLED = re.compile(
    rf"(?<![\w.])(?<!\d )(?:(?:an?) (?=hundred|thousand|million))?(?:{_WORD})(?:(?:[ -]| and )(?:{_WORD}))*(?!\w"
    rf"|-(?!hour|minute|second|day))",
    re.IGNORECASE | re.ASCII,
)


def spelled(text: str) -> Iterator[re.Match[str]]:
    """Every run of number words of a text."""
    return _SPELLED.finditer(text)


def spelled_number(words: str) -> Decimal | None:
    """The number that a run of words is, or None for a run that is none ("two three")."""
    total, part, last = 0, 0, ""
    for word in re.findall(r"[a-z]+", words.casefold()):
        if word in _VALUES:
            follows = last in _TENS and 0 < _VALUES[word] < 10
            if last in _VALUES and not follows:
                return None
            part += _VALUES[word]
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in _SCALES:
            total, part = total + (part or 1) * _SCALES[word], 0
        else:
            continue  # "and", "a"
        last = word
    return Decimal(total + part)
