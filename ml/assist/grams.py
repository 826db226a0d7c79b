"""Short runs of characters and words, by which the models know a text, as places in one long line of weights.

Chinese is read by characters (runs of one to four), English by stems (one and two) and the beginnings and ends of
words. Every number counts as the same one. A gram's place is a hash of it, so that no list of them has to be kept.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from itertools import pairwise

from ml.text.folding import Language
from ml.text.polarity import negations
from ml.text.words import stem

BUCKETS = 1 << 16
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[^\w\s!]")
_LOUD = re.compile(r"[ !]+")
"""An exclamation mark says how loud, not which way: praise in the training notes has it more often than complaint."""
_HAN = re.compile(r"[㐀-鿿]+")
_LETTERS = re.compile(r"[a-z]+(?:'[a-z]+)?")
_BREAK = re.compile(r"[,;:.!?，；：。！？]")
_REACH = {"zh": 6, "en": 26}
"""Characters behind a negation that it turns, if no punctuation stands between."""


def bucket(gram: str) -> int:
    """The place of a gram."""
    return zlib.crc32(gram.encode()) % BUCKETS


def _runs(text: str, longest: int) -> list[str]:
    return [text[i : i + n] for n in range(1, longest + 1) for i in range(len(text) - n + 1)]


@lru_cache(maxsize=256)
def grams(folded: str, language: Language) -> tuple[str, ...]:
    """What stands in a folded text, with its beginning and end marked."""
    if language == "zh":
        text = _LOUD.sub("", _FIGURE.sub("0", folded))
        return (*_runs(text, 4), "^" + text[:1], "^" + text[:2], text[-1:] + "$", text[-2:] + "$")
    words = ["#" if word[0].isdigit() else word for word in _WORD.findall(folded)]
    found = list(short_grams(folded, language))
    for word in words:
        if len(word) > 4:
            found += ["-" + word[-3:], word[:4] + "-"]
        if len(word) > 3:
            found.append("-" + word[-2:])
    return tuple(found)


@lru_cache(maxsize=256)
def short_grams(folded: str, language: Language) -> tuple[str, ...]:
    """Fewer of them, for what stands beside a segment or is counted by the part it tells."""
    if language == "zh":
        text = _LOUD.sub("", _FIGURE.sub("0", folded))
        return (*_runs(text, 2), "^" + text[:1], "^" + text[:2], text[-1:] + "$", text[-2:] + "$")
    stems = ["#" if word[0].isdigit() else stem(word) for word in _WORD.findall(folded)]
    if not stems:
        return ()
    pairs = [f"{left} {right}" for left, right in pairwise(stems)]
    return (*stems, *pairs, "^" + stems[0], stems[-1] + "$", "^" + " ".join(stems[:2]))


def turned_grams(folded: str, language: Language) -> dict[str, float]:
    """Words and runs of a text with +1, or -1 where a negation before them turns them: 没出错 is not 出错."""
    negated = bytearray(len(folded))
    for _, stop in negations(folded):
        end = min(len(folded), stop + _REACH[language])
        pause = _BREAK.search(folded, stop, end)
        for at in range(stop, pause.start() if pause else end):
            negated[at] ^= 1
    sums: dict[str, float] = {}
    if language == "zh":
        for match in _HAN.finditer(folded):
            run, start = match.group(), match.start()
            for n in (1, 2, 3):
                for i in range(len(run) - n + 1):
                    gram = run[i : i + n]
                    sums[gram] = sums.get(gram, 0.0) + (-1.0 if negated[start + i] else 1.0)
    else:
        for match in _LETTERS.finditer(folded):
            word = stem(match.group())
            sums[word] = sums.get(word, 0.0) + (-1.0 if negated[match.start()] else 1.0)
    return {gram: 1.0 if total > 0 else -1.0 for gram, total in sums.items() if total}
