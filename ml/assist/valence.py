"""What went well and what went badly in a clause, with negation composed: "no dose was spoiled" is good news.

Standard library only. Words come from the lexicon. A negation, or a verb such as "prevented" or "found", before a bad
word in the same clause makes it good; a true negation before a good word makes it bad; a bad thing that ended is good.
A negation that meets neither ("did not tell anyone") is a thing left undone, which counts as bad.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ml.assist.lexicon import chinese_conduct, chinese_valence, english_conduct, english_valence
from ml.text.folding import Language


class Valence(NamedTuple):
    """How many things in the clause went well, badly, and were left undone; and how many of them are somebody's way of
    working, which says more of a person than what befell them ("the outage")."""

    good: int
    bad: int
    undone: int
    well_done: int
    badly_done: int


class _Sense(NamedTuple):
    bad: bool
    conduct: bool


class _Word(NamedTuple):
    start: int
    end: int
    sense: _Sense


def _senses(language: Language) -> dict[str, _Sense]:
    """Words, and stems with a `*`; where both lists have one it is conduct."""
    happened, conduct = (chinese_valence, chinese_conduct) if language == "zh" else (english_valence, english_conduct)
    return {
        item: _Sense(bad, source is conduct)
        for source in (happened, conduct)
        for bad, items in ((False, source.GOOD), (True, source.BAD))
        for item in items
    }


class _Chinese:
    """Finds words of the lexicon in Chinese, the longest that begins at each place."""

    def __init__(self, senses: Mapping[str, _Sense]) -> None:
        self._senses = senses
        self._longest = max(map(len, senses))

    def find(self, folded: str) -> list[_Word]:
        found, at = [], 0
        while at < len(folded):
            for end in range(min(len(folded), at + self._longest), at, -1):
                sense = self._senses.get(folded[at:end])
                if sense is not None:
                    found.append(_Word(at, end, sense))
                    at = end
                    break
            else:
                at += 1
        return found


class _English:
    """Finds words, stems and phrases of the lexicon in English, the longest that begins at each word."""

    _TOKEN = re.compile(r"[\w'/-]+")

    def __init__(self, senses: Mapping[str, _Sense]) -> None:
        self._whole = {item: sense for item, sense in senses.items() if not item.endswith("*")}
        self._stems = {item[:-1]: sense for item, sense in senses.items() if item.endswith("*")}
        self._shortest = min(map(len, self._stems))
        self._most = max(item.count(" ") + 1 for item in senses)

    def find(self, folded: str) -> list[_Word]:
        tokens = list(self._TOKEN.finditer(folded))
        words = [token.group() for token in tokens]
        found, at = [], 0
        while at < len(words):
            for many in range(min(self._most, len(words) - at), 0, -1):
                sense = self._sense(" ".join(words[at : at + many]), words[at + many - 1])
                if sense is not None:
                    found.append(_Word(tokens[at].start(), tokens[at + many - 1].end(), sense))
                    at += many
                    break
            else:
                at += 1
        return found

    def _sense(self, phrase: str, last: str) -> _Sense | None:
        sense = self._whole.get(phrase)
        if sense is not None:
            return sense
        for end in range(len(phrase), max(len(phrase) - len(last), self._shortest - 1), -1):
            sense = self._stems.get(phrase[:end])
            if sense is not None:
                return sense
        return _Sense(bad=True, conduct=False) if _UNDONE.fullmatch(phrase) else None


@dataclass(frozen=True, slots=True)
class _Rules:
    lexicon: _Chinese | _English
    negator: re.Pattern[str]
    real: re.Pattern[str]
    ended: re.Pattern[str]
    reach: int


_UNDONE = re.compile(r"un[a-z]+ed")
"""unsigned, untested: a word of this form that the lexicon does not know is a thing left undone."""
_EN = _Rules(
    _English(_senses("en")),
    re.compile(english_valence.NEGATORS),
    re.compile(english_valence.REAL_NEGATION),
    re.compile(english_valence.ENDED),
    26,
)
_ZH = _Rules(
    _Chinese(_senses("zh")),
    re.compile(chinese_valence.NEGATORS),
    re.compile(chinese_valence.REAL_NEGATION),
    re.compile(chinese_valence.ENDED),
    6,
)
_NO_NEED = re.compile(chinese_valence.NO_NEED)
_NO_NEED_EN = re.compile(
    r"\b(?:(?:do|does|did|would|had) (?:not|n't) (?:have|need) to|don't have to|didn't have to|no need|nobody "
    r"(?:has|had) to|nobody (?:has|had|was|were) (?:been )?(?:paged|woken|hurt|nervous|called)|no longer "
    r"(?:has|have|needs?|waits?)|without (?:an?|a single|any) \w+)\b"
)


def valence(folded: str, language: Language) -> Valence:
    """Count in one folded clause."""
    rules = _ZH if language == "zh" else _EN
    good = bad = well_done = badly_done = 0
    used: set[int] = set()
    relief = list((_NO_NEED if language == "zh" else _NO_NEED_EN).finditer(folded))
    words = rules.lexicon.find(folded)
    own = {piece.start() for word in words for piece in rules.real.finditer(folded, word.start, word.end)}
    """Negations within a phrase of the lexicon ("never asks", 没有责任心), which turn nothing else."""
    used |= own
    for start, end, sense in words:
        if any(piece.start() <= start < piece.end() for piece in relief):
            continue
        left = max(0, start - rules.reach)
        before = folded[left:start]
        relieved = any(piece.end() <= start and start - piece.end() <= 2 * rules.reach for piece in relief)
        if sense.bad:
            negators = [piece for piece in rules.negator.finditer(before) if left + piece.start() not in own]
            used.update(left + piece.start() for piece in negators)
            turned = bool(relieved or negators or rules.ended.match(folded[end:]))
        else:
            negators = [
                piece
                for piece in rules.real.finditer(before)
                if left + piece.start() not in own and start - left - piece.end() <= rules.reach * 2 // 3
            ]
            used.update(left + piece.start() for piece in negators)
            turned = bool(negators) and not relieved
        if sense.bad is turned:
            good += 1
            well_done += sense.conduct
        else:
            bad += 1
            badly_done += sense.conduct
    good += len(relief)
    undone = sum(
        1
        for match in rules.real.finditer(folded)
        if match.start() not in used and not any(piece.start() <= match.start() < piece.end() for piece in relief)
    )
    return Valence(good, bad, undone, well_done, badly_done)
