"""The default engine: the notes' own sentences, chosen for what many people speak of. Deterministic, no weights.

A brief is good when it covers the concepts that most people use (Gillick and Favre, 2009) with sentences that are
central and concrete. What a sentence adds shrinks as others are chosen, so the greedy choice by what it adds for its
length is near the best one (Lin and Bilmes, 2011).
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.brief.agreement import Claim, bears, claim, contradict, same_claim
from ml.brief.checks import group_of
from ml.brief.contract import Draft, EngineError, Pack, Passage
from ml.brief.vectors import Matrix, lexrank, tfidf
from ml.text.folding import Language, language_of
from ml.text.words import concepts, count_words

VERSION = "extractive-4"
CONSIDERED = 2500
"""Passages that enter the similarity matrix; of more, the most concrete are taken."""
ALIKE, LIKE = 0.1, 0.22
"""Cosine above which two sentences are looked at as the same claim, and as a contradiction."""
CENTRAL, CONCRETE = 1.0, 0.3
"""What a sentence at the centre of all, and an entirely concrete one about a person, are worth; covering most is worth
1. Chosen on the tuning part of the packs of reviews and on halves of three public sets, as is all below. Of a thing,
what is concrete is mostly the writer's own story."""
LENGTH = 0.4
"""Power of the length by which the worth of a sentence is divided: 0 favours long ones, 1 short ones."""
ASIDE = 0.5
"""What is left of the worth of a sentence about a thing that tells others little: its writer appears in it ("I stop
here every Friday", "Been there twice"), it has figures, which are mostly of one visit, or it has three words at most.
Chinese leaves the pronoun out, so that its absence tells nothing there."""
_WRITER = re.compile(
    r"\b(?:I|me|[Mm]y|mine|myself|[Ww]e|us|[Oo]ur|ours|ourselves)\b|\bi(?:['’]?(?:m|ve|ll|d))?\b(?!\.)"
)
_WRITER_LEFT_OUT = re.compile(
    r"\W*(?:have|had|been|went|got|tried|ordered|came|stopped|bought|loved?|will|would|can['’]?t|could|won['’]t|"
    r"definitely|did|purchased|received|wish|thought|hope|thanks?)\b",
    re.IGNORECASE,
)
_SHORT = 3
"""Words."""

_SINGLE = str.maketrans('“”「」"', "‘’‘’'")
_CONFLICT = {"zh": "说法不一：“{0}”；“{1}”", "en": "Accounts differ: “{0}” / “{1}”"}


@dataclass(slots=True)
class _Group:
    """Sentences that make the same claim; the first is the one shown."""

    members: list[int]
    conflict: int | None = None
    """A member of another group that contradicts this one."""


class ExtractiveEngine:
    """Chooses sentences; writes nothing but the frame around two quotations that contradict each other."""

    name = VERSION

    def draft(self, packs: Sequence[Pack]) -> list[list[Draft] | EngineError]:
        """Drafts in order of importance; the caller cuts them to the room there is."""
        return [self._draft(pack) for pack in packs]

    def _draft(self, pack: Pack) -> list[Draft]:
        passages = list(pack.passages)
        if len(passages) > CONSIDERED:
            order = sorted(range(len(passages)), key=lambda index: (-passages[index].weight, index))[:CONSIDERED]
            passages = [passages[index] for index in sorted(order)]
        if not passages:
            return []
        similarity = _similarity(passages)
        centrality = lexrank(similarity)
        groups = _grouped(passages, pack.subject_names, similarity, centrality)
        return [_sentence(group, passages, pack) for group in _in_order(groups, pack, passages, similarity, centrality)]


def _voices(pack: Pack) -> Counter[str]:
    """How many different people use each concept; a note without an author is a person of its own."""
    said: dict[str, set[str]] = {}
    for note in pack.notes.values():
        for concept in concepts(note.text):
            said.setdefault(concept, set()).add(f"author {note.author_id}" if note.author_id else f"note {note.id}")
    return Counter({concept: len(people) for concept, people in said.items()})


def _similarity(passages: Sequence[Passage]) -> Matrix:
    matrix = tfidf([passage.text for passage in passages])
    similarity = np.asarray(matrix @ matrix.T, np.float32)
    np.fill_diagonal(similarity, 1.0)
    return similarity


def _grouped(passages: Sequence[Passage], names: Sequence[str], similarity: Matrix, centrality: Matrix) -> list[_Group]:
    """Groups of passages that make one claim; conflicts are kept apart and linked."""
    claims: list[Claim] = [claim(_without(passage.text, names)) for passage in passages]
    rows, columns = np.nonzero(np.triu(similarity >= ALIKE, 1))
    order = np.argsort(-similarity[rows, columns], kind="stable")
    parent = list(range(len(passages)))
    against: dict[int, set[int]] = {}

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    members: dict[int, list[int]] = {index: [index] for index in range(len(passages))}
    pairs = [(int(rows[at]), int(columns[at])) for at in order]
    for left, right in pairs:
        if similarity[left, right] < LIKE:
            break
        if passages[left].note.id != passages[right].note.id and contradict(passages[left].text, passages[right].text):
            against.setdefault(left, set()).add(right)
            against.setdefault(right, set()).add(left)
    for left, right in pairs:
        one, other = root(left), root(right)
        if one == other or group_of(passages[left].note.kind) != group_of(passages[right].note.kind):
            continue
        if {passages[left].kind, passages[right].kind} == {"strength", "concern"}:
            continue
        if not same_claim(claims[left], claims[right], float(similarity[left, right])):
            continue
        # no member may contradict a member of the other group, nor give other figures
        if any(b in against.get(a, ()) for a in members[one] for b in members[other]):
            continue
        if not all(_compatible(claims[a], claims[b]) for a in members[one] for b in members[other]):
            continue
        keep, gone = min(one, other), max(one, other)
        parent[gone] = keep
        members[keep] += members.pop(gone)
    groups = []
    for ids in members.values():
        # what is shown must be said by as many as possible: "clean rooms" speaks for those who add small ones
        borne = {index: [other for other in ids if bears(claims[index], claims[other])] for index in ids}
        ordered = sorted(
            ids,
            key=lambda index: (
                -len(borne[index]),
                -(float(centrality[index]) * 0.5 + passages[index].weight + _figures(claims[index])),
                index,
            ),
        )
        conflict = min((other for index in ids for other in against.get(index, ()) if other not in ids), default=None)
        # the member that is contradicted speaks for the group
        first = next((index for index in ordered if conflict in against.get(index, ())), ordered[0])
        groups.append(_Group([first, *(index for index in borne[first] if index != first)], conflict))
        groups += [_Group([index]) for index in ordered if index != first and index not in borne[first]]
    return groups


def _without(text: str, names: Sequence[str]) -> str:
    """The text without the subject's names, which all sentences share."""
    for name in names:
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text


def _told_to_others(text: str) -> float:
    """What is left of the worth of a sentence about a thing, 0 to 1 (see `ASIDE`)."""
    own = _WRITER.search(text) or _WRITER_LEFT_OUT.match(text)
    return ASIDE ** sum(map(bool, (own, re.search(r"\d", text), count_words(text) <= _SHORT)))


def _figures(said: Claim) -> float:
    return 0.1 * min(2, len(said.figures) + len(said.dates))


def _compatible(left: Claim, right: Claim) -> bool:
    if left.figures and right.figures and not (left.figures <= right.figures or right.figures <= left.figures):
        return False
    return not (left.dates and right.dates and not left.dates & right.dates)


def _in_order(
    groups: Sequence[_Group], pack: Pack, passages: Sequence[Passage], similarity: Matrix, centrality: Matrix
) -> list[_Group]:
    """All groups by what each adds to those before it; of a conflict the first side brings the other with it."""
    voices = _voices(pack)
    held = [concepts(passages[group.members[0]].text) for group in groups]
    # what one person alone says is no part of what people have in common
    worth = {concept: voices[concept] - 1 for each in held for concept in each if voices[concept] > 1}
    most = max((sum(worth.get(concept, 0) for concept in each) for each in held), default=0) or 1
    size = [max(1, count_words(passages[group.members[0]].text)) ** LENGTH for group in groups]
    concrete = CONCRETE if pack.of_person else 0.0
    share = [1.0 if pack.of_person else _told_to_others(passages[group.members[0]].text) for group in groups]
    covered: set[str] = set()
    nearest = np.zeros(len(passages), np.float32)

    def gain(at: int) -> float:
        first = groups[at].members[0]
        new = sum(worth.get(concept, 0) for concept in held[at] - covered) / most
        central = CENTRAL * float(centrality[first]) * (1 - float(nearest[first]))
        worth_of_it: float = (new + central + concrete * passages[first].weight) / size[at]
        return share[at] * worth_of_it

    # gains only shrink, so a gain that is still the greatest after counting again needs no look at the others
    queue = [(-gain(at), group.members[0], at) for at, group in enumerate(groups)]
    heapq.heapify(queue)
    chosen: list[_Group] = []
    settled: set[int] = set()
    while queue:
        _, first, at = heapq.heappop(queue)
        if first in settled:
            continue
        now = (-gain(at), first, at)
        if queue and now > queue[0]:
            heapq.heappush(queue, now)
            continue
        chosen.append(groups[at])
        conflict = groups[at].conflict
        if conflict is not None:
            settled.add(conflict)
        covered |= held[at]
        np.maximum(nearest, similarity[first], out=nearest)
    return chosen


def _sentence(group: _Group, passages: Sequence[Passage], pack: Pack) -> Draft:
    first = passages[group.members[0]]
    if group.conflict is not None:
        other = passages[group.conflict]
        spoken: Language = language_of(first.text)
        text = _CONFLICT[spoken].format(_inside(first.text), _inside(other.text))
        return Draft(text, (first.note.id, other.note.id), "fact", conflict=True)
    cited = tuple(dict.fromkeys(passages[index].note.id for index in group.members))
    text = first.text
    if first.quoted and len(cited) < 3:
        text = f"“{_inside(text)}”"
    return Draft(text, cited, first.kind)


def _inside(text: str) -> str:
    """A sentence fit to stand between quotation marks: without its final stop, its own marks made single."""
    return text.strip().rstrip("。.；;").translate(_SINGLE)
