"""Whether two sentences say the same, contradict each other, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ml.text.folding import fold
from ml.text.polarity import directions, negations, signs
from ml.text.quantities import Kind, quantities
from ml.text.words import terms

_FIGURES = {Kind.NUMBER, Kind.PERCENT, Kind.POINTS, Kind.DURATION, Kind.MONTHS, Kind.MONEY, Kind.MEASURE}
_CLAUSE = re.compile(r"[,，;；。、]|\.(?=\s|$)|\b(?:but|although|though|while|because|so)\b|但|虽然|因为|所以")
_DECISIVE = ("time", "change", "success", "correct", "consent", "presence", "opening")


@dataclass(frozen=True, slots=True)
class Claim:
    """What is compared of a sentence."""

    topic: frozenset[str]
    """Terms without figures, direction words and negation."""
    figures: frozenset[str]
    dates: frozenset[str]
    signs: dict[str, set[int]]
    negated: bool


@lru_cache(maxsize=8192)
def claim(text: str) -> Claim:
    """The comparable parts of a sentence."""
    folded = fold(text)
    found = quantities(text)
    keep = list(folded)
    spans = [(q.start, q.end) for q in found] + [(d.start, d.end) for d in directions(text)] + negations(text)
    for start, end in spans:
        keep[start:end] = " " * (end - start)
    return Claim(
        # pairs of Chinese characters differ at every word boundary; what two clauses are about shows in the characters
        frozenset(term for term in terms("".join(keep)) if term.isascii() or len(term) == 1),
        frozenset(q.key for q in found if q.kind in _FIGURES),
        frozenset(q.key for q in found if q.kind is Kind.DATE),
        signs(text),
        bool(negations(text)),
    )


def overlap(left: Claim, right: Claim) -> float:
    """Shared share of the smaller topic, 0 to 1."""
    smaller = min(len(left.topic), len(right.topic))
    return len(left.topic & right.topic) / smaller if smaller else 0.0


def bears(said: Claim, other: Claim) -> bool:
    """Whether `other` says what `said` says, not only a part of it: a figure of it, or three quarters of its topic (the
    half where both give one date)."""
    share = 0.5 if said.dates & other.dates else 0.75
    return bool(said.figures & other.figures) or len(said.topic & other.topic) >= share * len(said.topic)


def contradict(left: str, right: str) -> bool:
    """Whether both cannot be true: two clauses on one topic, no different dates, and opposite direction or a denial.

    Different figures alone are no contradiction: they may belong to different months or customers.
    """
    whole, other = claim(left), claim(right)
    if whole.dates and other.dates and not whole.dates & other.dates:
        return False
    return any(_clauses_contradict(claim(a), claim(b)) for a in clauses(left) for b in clauses(right))


def _clauses_contradict(left: Claim, right: Claim) -> bool:
    if left.dates and right.dates and not left.dates & right.dates:
        return False
    common = len(left.topic & right.topic)
    shared = overlap(left, right)
    dates = len(left.dates & right.dates)
    anchored = common >= 2 and common + dates >= 3
    if shared < 0.6 or (not anchored and (shared < 0.99 or common + dates < 2)):
        return False
    for axis in _DECISIVE:
        mine, other = left.signs.get(axis), right.signs.get(axis)
        if mine and other and len(mine) == len(other) == 1 and mine != other:
            return True
    return anchored and shared >= 0.7 and left.negated != right.negated and not _same_direction(left, right)


@lru_cache(maxsize=8192)
def clauses(text: str) -> tuple[str, ...]:
    """The clauses of a sentence that say something by themselves."""
    return tuple(piece for piece in _CLAUSE.split(text) if len(terms(piece)) >= 2) or (text,)


def _same_direction(left: Claim, right: Claim) -> bool:
    """Whether a direction word that both use points the same way, so that the negation belongs to something else."""
    return any(
        left.signs[axis] == right.signs[axis] for axis in _DECISIVE if axis in left.signs and axis in right.signs
    )


def same_claim(left: Claim, right: Claim, similarity: float) -> bool:
    """Whether two sentences may stand as one with both notes cited: alike, and nothing said differently."""
    if left.negated != right.negated and similarity < 0.8:
        return False
    for axis in _DECISIVE:
        mine, other = left.signs.get(axis), right.signs.get(axis)
        if mine and other and mine.isdisjoint(other):
            return False
    if left.dates and right.dates and not left.dates & right.dates:
        return False
    if left.figures and right.figures and not (left.figures <= right.figures or right.figures <= left.figures):
        return False
    figures, dates = len(left.figures & right.figures), len(left.dates & right.dates)
    topic = overlap(left, right)
    return (
        similarity >= 0.55
        or (similarity >= 0.3 and topic >= 0.6)
        or (figures + dates >= 1 and (similarity >= 0.28 or topic >= 0.5))
        # other words for one measured thing: the figure and two words, or four Chinese characters, are the same
        or (figures >= 1 and topic >= 0.3 and sum(2 if term.isascii() else 1 for term in left.topic & right.topic) >= 4)
    )
