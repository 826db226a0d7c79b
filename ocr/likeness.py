"""Which of several forms a picture shows, when no code says so: by the words it shares with each, and by rivals.

A placement that stands up for one form may stand up for another one too, when both print nearly the same. Then nobody
is asked to trust the better of two guesses: a person chooses.
"""

from __future__ import annotations

from collections.abc import Sequence

from ocr.arrays import Picture
from ocr.blank import BlankPage
from ocr.contract import Line, TemplateCandidate
from ocr.engine import Engine
from ocr.labels import Settled, matched_labels, plain, settle
from ocr.register import Candidate

AKIN = 0.6
"""Share of labels in common from which on two forms may be taken for each other."""
MARGIN = 0.04
"""A rival that shows less of its labels by more than this is none."""
HALF = 0.45
LEAST_SCORE = 0.2
MOST_CANDIDATES = 5


def shows_words_of(lines: Sequence[Line], page: BlankPage) -> bool:
    """Whether the lines hold about half of what a page prints, and not only the labels that all forms share.

    A page whose print is not known is known by its labels alone.
    """
    return not page.anchors or _share(lines, page) >= HALF


def candidates_by_words(lines: Sequence[Line], pages: Sequence[BlankPage]) -> tuple[TemplateCandidate, ...]:
    """The forms whose labels the lines hold, by the share of them, the best page of each counting."""
    scores: dict[tuple[str, int], float] = {}
    for page in pages:
        if not page.anchors:
            continue
        share = _share(lines, page)
        key = (page.template.key, page.template.version)
        scores[key] = max(scores.get(key, 0.0), share)
    return _ordered(scores)


def rivals(
    upright: Picture, settled: Settled, pages: Sequence[BlankPage], engine: Engine
) -> tuple[TemplateCandidate, ...]:
    """The forms, this one among them, that fit the picture about equally well; empty when this one alone does.

    A later version that asks for the same things in the same places is no rival of the earlier one: it is taken.
    """
    scores = {_key(settled.page): settled.share_found}
    for page in pages:
        if page.grey is None or _key(page) == _key(settled.page) or not _akin(page, settled.page):
            continue
        other = settle(Candidate(settled.placement, settled.matched_by, settled.markers), upright, page, engine)
        if other.confirmed and other.share_found >= settled.share_found - MARGIN and not _same_form(page, settled.page):
            scores[_key(page)] = other.share_found
    return _ordered(scores) if len(scores) > 1 else ()


def _share(lines: Sequence[Line], page: BlankPage) -> float:
    return len(matched_labels(lines, page.anchors, None)) / len(page.anchors)


def _ordered(scores: dict[tuple[str, int], float]) -> tuple[TemplateCandidate, ...]:
    found = [TemplateCandidate(key, version, round(score, 3)) for (key, version), score in scores.items()]
    likely = [candidate for candidate in found if candidate.score >= LEAST_SCORE]
    return tuple(sorted(likely, key=lambda one: (-one.score, one.key, -one.version))[:MOST_CANDIDATES])


def _key(page: BlankPage) -> tuple[str, int]:
    return page.template.key, page.template.version


def _akin(one: BlankPage, other: BlankPage) -> bool:
    mine, theirs = ({plain(anchor.text) for anchor in page.anchors} for page in (one, other))
    return bool(mine and theirs) and len(mine & theirs) >= AKIN * min(len(mine), len(theirs))


def _same_form(one: BlankPage, other: BlankPage) -> bool:
    return one.template.key == other.template.key and one.fields == other.fields
