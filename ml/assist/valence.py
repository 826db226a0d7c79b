"""What went well and what went badly in a clause, with negation composed: "no dose was spoiled" is good news.

Standard library only. Words come from the lexicon. A negation, or a verb such as "prevented" or "found", before a bad
word in the same clause makes it good; a true negation before a good word makes it bad; a bad thing that ended is good.
A negation that meets neither ("did not tell anyone") is a thing left undone, which counts as bad.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from ml.assist.lexicon import chinese_valence, english_valence
from ml.text.folding import Language


class Valence(NamedTuple):
    """How many things in the clause went well, badly, and were left undone."""

    good: int
    bad: int
    undone: int


@dataclass(frozen=True, slots=True)
class _Rules:
    word: re.Pattern[str]
    bad: frozenset[str]
    """Chinese only: the words of the bad side; English words are told apart by group."""
    negator: re.Pattern[str]
    real: re.Pattern[str]
    ended: re.Pattern[str]
    reach: int


def _english(items: tuple[str, ...]) -> str:
    parts = [
        re.escape(item.removesuffix("*")).replace(r"\ ", r"\s+") + (r"\w*" if item.endswith("*") else r"\b")
        for item in sorted(set(items), key=lambda each: (-len(each), each))
    ]
    return rf"\b(?:{'|'.join(parts)})"


_EN = _Rules(
    re.compile(rf"(?P<bad>{_english(english_valence.BAD)}|\bun\w+ed\b)|(?P<good>{_english(english_valence.GOOD)})"),
    frozenset(),
    re.compile(english_valence.NEGATORS),
    re.compile(english_valence.REAL_NEGATION),
    re.compile(english_valence.ENDED),
    26,
)
_ZH_WORDS = sorted({*chinese_valence.GOOD, *chinese_valence.BAD}, key=lambda each: (-len(each), each))
_ZH = _Rules(
    re.compile("|".join(map(re.escape, _ZH_WORDS))),
    frozenset(chinese_valence.BAD),
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
    good = bad = 0
    used: set[int] = set()
    relief = list((_NO_NEED if language == "zh" else _NO_NEED_EN).finditer(folded))
    for match in rules.word.finditer(folded):
        if any(piece.start() <= match.start() < piece.end() for piece in relief):
            continue
        is_bad = match.group() in rules.bad if language == "zh" else match["bad"] is not None
        left = max(0, match.start() - rules.reach)
        before = folded[left : match.start()]
        relieved = any(
            piece.end() <= match.start() and match.start() - piece.end() <= 2 * rules.reach for piece in relief
        )
        if is_bad:
            negators = list(rules.negator.finditer(before))
            used.update(left + piece.start() for piece in negators)
            if relieved or negators or rules.ended.match(folded[match.end() :]):
                good += 1
            else:
                bad += 1
        else:
            negators = [
                piece
                for piece in rules.real.finditer(before)
                if match.start() - left - piece.end() <= rules.reach * 2 // 3
            ]
            used.update(left + piece.start() for piece in negators)
            if negators and not relieved:
                bad += 1
            else:
                good += 1
    good += len(relief)
    undone = sum(
        1
        for match in rules.real.finditer(folded)
        if match.start() not in used and not any(piece.start() <= match.start() < piece.end() for piece in relief)
    )
    return Valence(good, bad, undone)
