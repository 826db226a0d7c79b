"""From notes to the passages a brief may use: about the subject, concrete, and weighed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ml.assist.assist import Analysis, analyse
from ml.assist.valence import valence
from ml.brief.checks import generalises
from ml.brief.contract import BriefOptions, Note, NoteKind, Pack, Passage, SentenceKind, Unused
from ml.brief.people import about_a_person, somebody_else, subject_names
from ml.text.folding import Language, language_of
from ml.text.quantities import Kind
from ml.text.sentences import sentences
from ml.text.words import concepts

SHORTEST = {"en": 3, "zh": 4}
"""Words, or Chinese characters, below which a sentence says too little to stand alone. An opinion of a thing may have
one fewer: "friendly staff", 隔音差."""
LONGEST = 400
"""Characters of a sentence that may be quoted; a longer one is a paragraph without stops."""
EMPTY, EMPTY_ALONE = 0.5, 0.35
"""Probability of being empty above which a sentence about a person is not used. A note of one or two sentences is
judged more strictly than a sentence of a long text: empty praise is short, and nobody looks at it again. Of things it
is not asked: the model learned from notes about people, and finds "the lecture notes are excellent" empty."""
SURE = 0.6
"""How far the probabilities of strength and concern must lie apart for a sentence to be called one of them."""
_OF_PEOPLE_TEXT = "work job effort team attitude skill perform keep 工作 表现 态度 能力 努力 加油 团队"
_OF_PEOPLE = frozenset(_OF_PEOPLE_TEXT.split())
"""Stems and pairs that praise of people is made of: they make no sentence worth using by themselves."""
CONCRETE, CONCRETE_OF_THINGS = 0.2, 0.15
"""A sentence below this is not used. Between 0 and 0.15 are "great product" and 总体不错, "the shower was hot" and
服务人员态度很好 above."""


def subject_of(notes: Sequence[Note], wanted: str | None) -> str | None:
    """The subject asked for, or the commonest one; among equals the one that comes first. None when no note has one."""
    if wanted is not None:
        return wanted
    counts = Counter(note.subject_id for note in notes if note.subject_id is not None)
    return counts.most_common(1)[0][0] if counts else None


def language_of_pack(notes: Sequence[Note]) -> Language:
    """The language that most notes are written in."""
    counts = Counter(language_of(note.text) for note in notes)
    return "zh" if counts["zh"] > counts["en"] else "en"


def concreteness(analysis: Analysis) -> float:
    """How checkable a sentence is, 0 to 1: acts, effects, figures, dates and names, a little less where it seems empty:
    what surely is empty is left out before."""
    if not analysis.rows:
        return 0.0
    facts = [fact for row in analysis.rows for fact in row]
    parts = analysis.parts.max(axis=0)
    figures = sum(1 for fact in facts for q in fact.quantities if q.kind is not Kind.CLOCK)
    named = any(fact.names for fact in facts)
    content = sum(len(fact.content) for fact in facts)
    score = 0.2 * float(max(parts[1], parts[2])) + 0.1 * float(parts[0]) + 0.15 * min(figures, 2) + 0.05 * named
    score += 0.1 * min(content, 4)
    return max(0.0, min(1.0, score * (1.05 - 0.3 * analysis.empty)))


def kind_of(analysis: Analysis, note: Note) -> SentenceKind:
    """Strength or concern where that is sure, else a fact, as is what a system measured."""
    if note.kind is NoteKind.METRIC or abs(analysis.strength - analysis.concern) < SURE:
        return "fact"
    return "strength" if analysis.strength > analysis.concern else "concern"


def _long_enough(text: str, by: int = 0) -> bool:
    if language_of(text) == "zh":
        return sum(character.isalnum() for character in text) >= SHORTEST["zh"] - by
    return len(text.split()) >= SHORTEST["en"] - by


def gather(notes: Sequence[Note], options: BriefOptions) -> tuple[Pack, list[Unused]]:
    """The pack of the subject, and the notes that cannot be used with the reason for each."""
    subject = subject_of(notes, options.subject)
    mine = [note for note in notes if note.subject_id in {None, subject} or subject is None]
    chosen = {note.id for note in mine}
    unused = [Unused(note.id, "another_person") for note in notes if note.id not in chosen]
    of_person = about_a_person(mine, subject) if options.of_person is None else options.of_person
    # what is no person has no colleagues: whoever serves in a hotel is part of it
    known = subject_names(mine, subject) if of_person else ()
    aspects = None if of_person else shared_aspects(mine)
    passages: list[Passage] = []
    for note in mine:
        kept, reason = _passages(note, known, aspects)
        passages.extend(kept)
        if not kept:
            unused.append(Unused(note.id, reason))
    pack = Pack(
        subject_id=subject,
        subject_names=known,
        of_person=of_person,
        language=options.language or language_of_pack(mine),
        notes={note.id: note for note in mine},
        passages=tuple(passages),
        options=options,
    )
    return pack, unused


def shared_aspects(notes: Sequence[Note]) -> frozenset[str]:
    """Concepts that two notes at least use and that are no judgement: "staff" and 隔音, not "great"."""
    counts: Counter[str] = Counter()
    for note in notes:
        counts.update(concepts(note.text))
    return frozenset(concept for concept, of in counts.items() if of >= 2 and not _judges(concept))


def _judges(concept: str) -> bool:
    if concept in _OF_PEOPLE:
        return True
    said = valence(concept, language_of(concept))
    return bool(said.good or said.bad)


def _passages(note: Note, known: Sequence[str], aspects: frozenset[str] | None) -> tuple[list[Passage], str]:
    """The sentences that may be used, or why there are none. `aspects`: of a thing, what its notes share."""
    kept: list[Passage] = []
    reason = "empty"
    spans = sentences(note.text)
    limit = EMPTY_ALONE if len(spans) <= 2 else EMPTY
    for span in spans:
        text = span.of(note.text)
        if not _long_enough(text, by=aspects is not None) or len(text) > LONGEST:
            continue
        if somebody_else(text, known):
            reason = "another_person"
            continue
        analysis = analyse(text)
        weight = concreteness(analysis)
        if aspects is None:
            if analysis.empty >= limit:
                continue
            if weight < CONCRETE:
                reason = "not_concrete" if reason == "empty" else reason
                continue
        # "friendly staff" says nothing of a person's work, and much of a hotel when other guests speak of the staff too
        elif aspects.isdisjoint(concepts(text)) and weight < CONCRETE_OF_THINGS:
            continue
        kept.append(Passage(note, text, kind_of(analysis, note), round(weight, 4), quoted=generalises(text)))
    return kept, reason


def authors(pack: Pack) -> set[str]:
    """Known authors of usable notes."""
    return {passage.note.author_id for passage in pack.passages if passage.note.author_id is not None}
